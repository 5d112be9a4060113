//! How much of the world a search looks at.

use core::fmt;

use crate::paxos::{NodeId, Rule, Rules};

/// What may happen at most in every run that a search looks at. Whatever is not bounded here (how long a message travels,
/// in which order messages arrive, when a timer runs out, whether a message arrives at all) is left entirely free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Servers, 1 to 7. Each plays every role.
    pub servers: u32,
    /// Client requests, 0 to 4, each with a value of its own.
    pub values: u32,
    /// Ballots begun, 0 to 8, by all proposers together: as many as the specification has.
    pub ballots: u32,
    /// Ballots begun by any one proposer, at most.
    pub ballots_each: u32,
    /// Servers that propose, the first ones; the others only vote.
    pub proposers: u32,
    /// Crashes, each followed by a restart.
    pub crashes: u32,
    /// Messages lost. One that never arrives is as good as lost, so safety needs none.
    pub losses: u32,
    /// Messages duplicated.
    pub duplicates: u32,
    /// Disks lost, each followed by a restart.
    pub wipes: u32,
}

impl Default for Bounds {
    /// Three servers, two values and three ballots: with two ballots, two of the broken protocols look safe.
    fn default() -> Self {
        Self {
            servers: 3,
            values: 2,
            ballots: 3,
            ballots_each: 3,
            proposers: 2,
            crashes: 0,
            losses: 0,
            duplicates: 0,
            wipes: 0,
        }
    }
}

impl Bounds {
    /// The server whose learner hears of votes, and hears of them at once: the last one, if it does not propose. To the
    /// others votes are for ever on their way. What one learner can learn, another could; and a server that does nothing
    /// about it may as well learn it at once.
    #[must_use]
    pub fn listener(&self) -> Option<NodeId> {
        NodeId::new(self.servers).filter(|_| self.servers > self.proposers)
    }

    /// The ordinary ones, and what has to happen for these rules to matter: a rule about crashes is safe to break where
    /// nothing crashes.
    #[must_use]
    pub fn for_rules(rules: Rules) -> Self {
        let mut bounds = Self::default();
        for rule in rules.off() {
            match rule {
                Rule::BallotsUniqueAcrossRestarts
                | Rule::PersistBeforeReply
                | Rule::PersistPromise
                | Rule::PersistAccepted
                | Rule::PersistRound
                | Rule::RecoverState
                | Rule::RecoverPromise
                | Rule::RecoverAccepted => bounds.crashes = 1,
                Rule::WipedStaysSilent => bounds.wipes = 1,
                Rule::OneVotePerAcceptor => bounds.duplicates = 1,
                _ => {}
            }
        }
        bounds
    }
}

fn count(f: &mut fmt::Formatter<'_>, before: &str, number: u32, what: &str) -> fmt::Result {
    match (number, what) {
        (1, _) => write!(f, "{before}1 {what}"),
        (_, "loss") => write!(f, "{before}{number} losses"),
        (_, "crash") => write!(f, "{before}{number} crashes"),
        _ => write!(f, "{before}{number} {what}s"),
    }
}

/// In words: `3 servers, 2 values, 3 ballots, 1 crash`.
impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(f, "", self.servers, "server")?;
        count(f, ", ", self.values, "value")?;
        count(f, ", ", self.ballots, "ballot")?;
        let rare =
            [(self.crashes, "crash"), (self.wipes, "lost disk"), (self.losses, "loss"), (self.duplicates, "duplicate")];
        for (number, what) in rare {
            if number > 0 {
                count(f, ", ", number, what)?;
            }
        }
        Ok(())
    }
}
