//! Who plays which part, and what every server knows about its cluster.

use super::{NodeSet, Quorums, Rule, Rules, Scheme};

words! {
    /// A part a server plays.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Role {
        /// Wants values chosen.
        Proposer = "proposer",
        /// Votes.
        Acceptor = "acceptor",
        /// Finds out.
        Learner = "learner",
    }
}

/// Which servers play which part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Those that may propose.
    pub proposers: NodeSet,
    /// Those that vote.
    pub acceptors: NodeSet,
    /// Those that are told of votes.
    pub learners: NodeSet,
}

/// What every server of a cluster knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who plays which part.
    pub roles: Roles,
    /// How many is enough, while the rules hold.
    pub sizes: Quorums,
    /// How ballots are numbered.
    pub scheme: Scheme,
    /// Whether an outbid proposer begins again at once, without backing off. It then takes a higher prepare at its
    /// own acceptor as being outbid, too; two such proposers can keep each other from ever finishing.
    pub eager: bool,
    /// Which rules hold.
    pub rules: Rules,
}

impl Settings {
    /// How many is enough. Without [`Rule::Phase1Intersects`] or [`Rule::Phase2Intersects`], a quorum of that phase is
    /// just small enough to miss one of the other's.
    #[must_use]
    pub const fn quorums(&self) -> Quorums {
        let Quorums { acceptors, phase1, phase2 } = self.sizes;
        Quorums {
            acceptors,
            phase1: if self.rules.on(Rule::Phase1Intersects) { phase1 } else { rest(acceptors, phase2) },
            phase2: if self.rules.on(Rule::Phase2Intersects) { phase2 } else { rest(acceptors, phase1) },
        }
    }
}

/// As many as a quorum of the other phase may leave out; at least one. Where that quorum is everyone (one server, or
/// two), nothing can miss it.
const fn rest(acceptors: NodeSet, other: u32) -> u32 {
    let rest = acceptors.len() - other;
    if rest == 0 { 1 } else { rest }
}

#[cfg(test)]
impl Settings {
    /// Three servers that play every part, for tests.
    pub(crate) fn ordinary() -> Self {
        let all = NodeSet::first(3);
        let roles = Roles { proposers: all, acceptors: all, learners: all };
        let sizes = Quorums::majority(all);
        Self { roles, sizes, scheme: Scheme::Rounds, eager: false, rules: Rules::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_its_rule_a_quorum_can_miss_one_of_the_other_phase_and_is_not_empty() {
        for servers in 1..=7 {
            let all = NodeSet::first(servers);
            for rule in [Rule::Phase1Intersects, Rule::Phase2Intersects] {
                let settings = Settings { sizes: Quorums::majority(all), ..Settings::ordinary() };
                let Quorums { phase1, phase2, .. } = settings.quorums();
                assert!(phase1 + phase2 > servers);
                let Quorums { phase1, phase2, .. } = Settings { rules: Rules::without(&[rule]), ..settings }.quorums();
                assert!(phase1 >= 1 && phase2 >= 1 && (phase1 + phase2 == servers || servers <= 2));
            }
        }
    }
}
