//! The rules that keep Paxos safe, each with a switch.
//!
//! A proof of Paxos uses every one of them, and what a rule is for is best seen without it. So each is named here, and
//! each is consulted in exactly one place, given below; switching one off changes nothing else.
//!
//! | rule | consulted in |
//! |---|---|
//! | [`Rule::KeepPromise`], [`Rule::AcceptPromises`] | `Acceptor::accept` |
//! | [`Rule::AdoptReported`] | `Proposer::decide` |
//! | [`Rule::AdoptHighest`], [`Rule::AdoptByBallot`] | `Rules::replaces` |
//! | [`Rule::Phase1Intersects`], [`Rule::Phase2Intersects`] | `Settings::quorums` |
//! | [`Rule::OneVotePerAcceptor`] | `Rules::count_vote` |
//! | [`Rule::VotesWithinBallot`] | `Learner::accepted` |
//! | [`Rule::PromisesForOwnBallot`] | `Proposer::promised` |
//! | [`Rule::BallotsUniqueAcrossServers`] | `Scheme::next` |
//! | [`Rule::BallotsUniqueAcrossRestarts`] | `Known::recover` |
//! | [`Rule::PersistBeforeReply`], [`Rule::PersistPromise`], [`Rule::PersistAccepted`], [`Rule::PersistRound`] | `Rules::lets_leave` |
//! | [`Rule::RecoverState`], [`Rule::RecoverPromise`], [`Rule::RecoverAccepted`] | `Rules::recovered` |
//! | [`Rule::WipedStaysSilent`] | `Replica::recover` |

use super::{Ballot, LatestVotes, MessageKind, NodeId, NodeSet, Records};
use serde::Serialize;

words! {
    /// A rule that safety rests on. Digests count on the order of these: add at the end.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    pub enum Rule {
        /// An acceptor refuses to vote below its promise (*Paxos Made Simple*, §2.2, P1a). Off: it votes whenever
        /// asked.
        KeepPromise = "keep-promise",
        /// An acceptor that votes in a ballot has promised it, too (`Phase2b` of Lamport's specification sets `maxBal`;
        /// *Paxos Made Simple* is silent). Off: a vote leaves the promise where it was.
        AcceptPromises = "accept-promises",
        /// A proposer takes over a value that a promise reported (§2.2, P2c). Off: it asks for its own client's all the
        /// same.
        AdoptReported = "adopt-reported",
        /// … the one of the *highest* ballot reported (§2.2, P2c). Off: of the lowest.
        AdoptHighest = "adopt-highest",
        /// … highest by *ballot*, in whatever order promises arrive. Off: the one that came in last.
        AdoptByBallot = "adopt-by-ballot",
        /// A phase-1 quorum shares an acceptor with every phase-2 quorum. Off: it is one too small for that.
        Phase1Intersects = "phase-1-intersects",
        /// A phase-2 quorum shares an acceptor with every phase-1 quorum. Off: it is one too small for that.
        Phase2Intersects = "phase-2-intersects",
        /// A vote counts once, however often it arrives. Off: messages are counted, and a copy counts for another
        /// acceptor.
        OneVotePerAcceptor = "one-vote-per-acceptor",
        /// Only votes of one ballot add up (§2.3). Off: a learner adds up all votes it hears of.
        VotesWithinBallot = "votes-within-ballot",
        /// Only promises of the present ballot complete its phase 1. Off: answers to an earlier attempt count, too.
        PromisesForOwnBallot = "promises-for-own-ballot",
        /// No two servers use one ballot (§2.2: "different proposals have different numbers"). Off: a ballot is its
        /// round alone, and all servers draw from the same.
        BallotsUniqueAcrossServers = "ballots-unique-across-servers",
        /// A proposer remembers through a crash which ballots it used (§2.5). Off: it starts counting afresh.
        BallotsUniqueAcrossRestarts = "ballots-unique-across-restarts",
        /// No message leaves before what it rests on is durable (§2.5). Off: no message waits for the disk.
        PersistBeforeReply = "persist-before-reply",
        /// … no promise does. Off: a promise may leave before it is durable.
        PersistPromise = "persist-promise",
        /// … no vote does. Off: a vote may leave before it is durable.
        PersistAccepted = "persist-accepted",
        /// … no prepare or accept does. Off: a ballot may be used before the disk knows of it.
        PersistRound = "persist-round",
        /// An acceptor that restarts takes up what its disk holds (§2.5). Off: neither its promise nor its votes.
        RecoverState = "recover-state",
        /// … its promise. Off: not its promise.
        RecoverPromise = "recover-promise",
        /// … its votes. Off: not its votes.
        RecoverAccepted = "recover-accepted",
        /// An acceptor whose disk was lost votes no more. Off: it takes part again, and remembers nothing.
        WipedStaysSilent = "wiped-stays-silent",
    }
}

impl Rule {
    /// What it is called for people, on its switch and in sentences: a few plain words, at most 45 bytes, without a full
    /// stop.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::KeepPromise => "Acceptors keep their promises",
            Self::AcceptPromises => "A vote is a promise, too",
            Self::AdoptReported => "Proposers adopt what promises report",
            Self::AdoptHighest => "The highest reported ballot wins",
            Self::AdoptByBallot => "Ballots decide, not the order of arrival",
            Self::Phase1Intersects => "Phase-1 quorums meet every phase-2 quorum",
            Self::Phase2Intersects => "Phase-2 quorums meet every phase-1 quorum",
            Self::OneVotePerAcceptor => "An acceptor counts once",
            Self::VotesWithinBallot => "Votes of different ballots do not add up",
            Self::PromisesForOwnBallot => "Only answers to this attempt count",
            Self::BallotsUniqueAcrossServers => "No two servers share a ballot",
            Self::BallotsUniqueAcrossRestarts => "No ballot is used again after a restart",
            Self::PersistBeforeReply => "Nothing is said before it is durable",
            Self::PersistPromise => "Promises are durable before they leave",
            Self::PersistAccepted => "Votes are durable before they leave",
            Self::PersistRound => "Ballots are durable before they are used",
            Self::RecoverState => "Acceptors read their disk when they restart",
            Self::RecoverPromise => "Promises outlive a crash",
            Self::RecoverAccepted => "Votes outlive a crash",
            Self::WipedStaysSilent => "An acceptor that lost its disk stays silent",
        }
    }
}

switches! {
    /// Which rules hold. All of them, unless somebody switched one off.
    pub struct Rules of Rule
}

impl Rules {
    /// Whether a vote reported for one ballot takes the place of one reported earlier for another.
    pub(crate) fn replaces(self, newer: Ballot, older: Ballot) -> bool {
        if !self.on(Rule::AdoptByBallot) {
            return true;
        }
        if self.on(Rule::AdoptHighest) { newer > older } else { newer < older }
    }

    /// Adds a vote to those counted. Without [`Rule::OneVotePerAcceptor`], one that was counted before passes for the
    /// vote of the first acceptor that has not been heard of. Returns the acceptor whose vote it is taken for; `None` if it
    /// adds nothing.
    pub(crate) fn count_vote(self, votes: &mut NodeSet, from: NodeId, acceptors: NodeSet) -> Option<NodeId> {
        if votes.insert(from) {
            return Some(from);
        }
        if self.on(Rule::OneVotePerAcceptor) {
            return None;
        }
        acceptors.iter().find(|acceptor| votes.insert(*acceptor))
    }

    /// Whether a message has to wait until everything written before it is durable.
    #[must_use]
    pub const fn waits_for_disk(self, message: MessageKind) -> bool {
        self.lets_leave(message).is_none()
    }

    /// The rule that is off and lets a message leave before everything written before it is durable.
    #[must_use]
    pub const fn lets_leave(self, message: MessageKind) -> Option<Rule> {
        let own = match message {
            MessageKind::Promise => Rule::PersistPromise,
            MessageKind::Accepted => Rule::PersistAccepted,
            MessageKind::Prepare | MessageKind::Accept => Rule::PersistRound,
            // It rests on nothing, and keeps its place behind what was written.
            MessageKind::Nack => Rule::PersistBeforeReply,
        };
        match self.unless_on(Rule::PersistBeforeReply) {
            None => self.unless_on(own),
            all => all,
        }
    }

    /// What an acceptor takes up from its disk: its promise, and its votes.
    pub(super) fn recovered<V: Clone>(self, durable: &Records<V>) -> (Option<Ballot>, LatestVotes<V>) {
        let state = self.on(Rule::RecoverState);
        let promised = durable.promised.filter(|_| state && self.on(Rule::RecoverPromise));
        let votes = if state && self.on(Rule::RecoverAccepted) { durable.accepted.clone() } else { LatestVotes::new() };
        (promised, votes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_a_switch_and_a_name_of_its_own() {
        for (position, rule) in Rule::ALL.into_iter().enumerate() {
            assert_eq!(rule as usize, position);
            let mut rules = Rules::without(&[rule]);
            assert_eq!(rules.off().collect::<alloc::vec::Vec<_>>(), [rule]);
            assert!(Rule::ALL.into_iter().all(|other| rules.on(other) == (other != rule)));
            assert!(Rule::ALL.into_iter().all(|other| other == rule || other.as_str() != rule.as_str()));
            rules.set(rule, true);
            assert!(rules.all_on());
        }
    }

    /// "An acceptor counts once": a copy of its vote is no second vote.
    #[test]
    fn without_one_vote_per_acceptor_a_copy_passes_for_another() {
        let node = |number| NodeId::new(number).unwrap();
        let all: NodeSet = (1..=3).map(node).collect();
        for (rules, votes) in [(Rules::default(), 1), (Rules::without(&[Rule::OneVotePerAcceptor]), 2)] {
            let mut counted = NodeSet::default();
            rules.count_vote(&mut counted, node(2), all);
            rules.count_vote(&mut counted, node(2), all);
            assert_eq!(counted.len(), votes);
        }
    }
}
