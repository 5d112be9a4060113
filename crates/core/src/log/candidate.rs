//! The candidate: one phase 1 for all slots at once.
//!
//! It asks for promises in every slot from the first that it does not know to be chosen. When a quorum has promised, each slot
//! that somebody voted in is proposed again with the entry of the highest ballot reported, exactly as in single-decree
//! Paxos; in between, the slots that nobody voted in are filled with no-ops (*Paxos Made Simple*, §3). From there on the
//! choice is free: the new leader proposes its clients' commands, and needs no phase 1 any more.

use alloc::{collections::VecDeque, vec::Vec};

use litemap::LiteMap;
use serde::Serialize;

use super::{Entry, Learned, Promise, Rule, Settings};
use crate::paxos::{self, Ballot, NodeId, NodeSet, Slot, Vote};

/// Why a new leader proposes what it does in a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Because {
    /// Somebody voted for it there: the highest vote reported, and who reported it.
    Reported {
        /// The ballot of that vote.
        ballot: Ballot,
        /// Who reported it.
        by: NodeId,
    },
    /// It knows that it is chosen there.
    Chosen,
    /// Nobody in the quorum voted there, and somebody did in a slot behind it.
    NobodyVoted,
}

/// An entry that phase 1 found, or fills a gap with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The slot.
    pub slot: Slot,
    /// What is proposed there.
    pub entry: Entry,
    /// Why.
    pub because: Because,
}

/// What phase 1 led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What must be proposed before anything else, lowest slot first.
    pub found: VecDeque<Found>,
    /// The first slot that is free for clients' commands.
    pub next: Slot,
}

/// A phase 1 that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    ballot: Ballot,
    from: Slot,
    promises: NodeSet,
    /// The vote to be taken over in each slot, and who reported it.
    pub(super) reported: LiteMap<Slot, (Vote<Entry>, NodeId)>,
    /// Who promised and knows the log furthest, and how far.
    pub(super) ahead: Option<(NodeId, Slot)>,
    /// Who promised and has forgotten most of its votes, and the first slot that it still has them of.
    pub(super) kept_from: Option<(NodeId, Slot)>,
}

impl Candidate {
    /// Phase 1 begins, for every slot from this one on.
    #[must_use]
    pub const fn new(ballot: Ballot, from: Slot) -> Self {
        Self { ballot, from, promises: NodeSet::first(0), reported: LiteMap::new(), ahead: None, kept_from: None }
    }

    /// One that stands somewhere in the middle of its phase 1.
    pub(super) fn restored(ballot: Ballot, from: Slot, promises: NodeSet) -> Self {
        Self { promises, ..Self::new(ballot, from) }
    }

    /// Its ballot.
    #[must_use]
    pub const fn ballot(&self) -> Ballot {
        self.ballot
    }

    /// The first slot it asked about.
    #[must_use]
    pub const fn from(&self) -> Slot {
        self.from
    }

    /// Who has promised.
    #[must_use]
    pub const fn promises(&self) -> NodeSet {
        self.promises
    }

    /// Whether enough have promised.
    #[must_use]
    pub const fn has_quorum(&self, settings: &Settings) -> bool {
        settings.paxos.quorums().completes_phase1(self.promises)
    }

    /// Who knows the log further than this, and how far: that is learned first, and not proposed again.
    #[must_use]
    pub fn ahead_of(&self, known_to: Slot) -> Option<(NodeId, Slot)> {
        self.ahead.filter(|(_, to)| *to > known_to)
    }

    /// Who does not have its votes any more in slots that are not known here, and the first slot that it has them of. Its
    /// promise says nothing of the slots below: they may be chosen, although nobody reports a vote there.
    #[must_use]
    pub fn says_nothing_below(&self, known_to: Slot) -> Option<(NodeId, Slot)> {
        self.kept_from.filter(|(_, kept_from)| *kept_from > known_to + 1)
    }

    /// A promise has come in; whether it counts.
    pub fn promised(&mut self, settings: &Settings, from: NodeId, promise: &Promise) -> bool {
        let rules = settings.paxos.rules;
        let paxos::Promise { ballot, accepted } = &promise.promise;
        if *ballot != self.ballot && rules.on(paxos::Rule::PromisesForOwnBallot) {
            return false;
        }
        self.promises.insert(from);
        if self.ahead.is_none_or(|(_, to)| promise.chosen_to > to) {
            self.ahead = Some((from, promise.chosen_to));
        }
        if self.kept_from.is_none_or(|(_, kept_from)| promise.kept_from > kept_from) {
            self.kept_from = Some((from, promise.kept_from));
        }
        for vote in accepted {
            let other = self.reported.get(&vote.slot);
            if other.is_none_or(|(other, _)| rules.replaces(vote.ballot, other.ballot)) {
                self.reported.insert(vote.slot, (vote.clone(), from));
            }
        }
        true
    }

    /// Phase 2a for all slots: what must be proposed, now that a quorum has promised.
    #[must_use]
    pub fn decide(&self, settings: &Settings, known: &Learned) -> Decision {
        let adopts = settings.paxos.rules.on(paxos::Rule::AdoptReported);
        let reported = self.reported.last().filter(|_| adopts).map_or(0, |(slot, _)| *slot);
        let known_to = if settings.rules.on(Rule::NextAboveKnown) { known.highest() } else { 0 };
        let last = reported.max(known_to);
        let mut found = Vec::new();
        for slot in known.to() + 1..=last {
            let (entry, because) = match (known.get(slot), self.reported.get(&slot)) {
                (Some(entry), _) => (entry.clone(), Because::Chosen),
                (None, Some((vote, by))) => (vote.value.clone(), Because::Reported { ballot: vote.ballot, by: *by }),
                (None, None) if settings.rules.on(Rule::FillGaps) => (Entry::NoOp, Because::NobodyVoted),
                (None, None) => continue,
            };
            found.push(Found { slot, entry, because });
        }
        Decision { found: found.into(), next: last + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{ClientId, Command, Op, Rules, Text};
    use crate::sample::{ballot, node};
    use alloc::vec;

    fn put(value: &str) -> Entry {
        let text = |text: &str| Text::new(text).unwrap();
        let op = Op::Put { key: text("x"), value: text(value) };
        Command { client: ClientId::at(0).unwrap(), seq: 1, op, since: 0 }.into()
    }

    fn vote(slot: Slot, round: u32, server: u32, value: &str) -> Vote<Entry> {
        Vote { slot, ballot: ballot(round, server), value: put(value) }
    }

    fn promise(chosen_to: Slot, accepted: Vec<Vote<Entry>>) -> Promise {
        Promise { promise: paxos::Promise { ballot: ballot(9, 1), accepted }, chosen_to, kept_from: 1 }
    }

    fn decided(settings: &Settings, promises: &[Promise], known: &Learned) -> (Vec<(Slot, Entry)>, Slot) {
        let mut candidate = Candidate::new(ballot(9, 1), known.to() + 1);
        for (promise, number) in promises.iter().zip(1..) {
            assert!(candidate.promised(settings, node(number), promise));
        }
        assert!(candidate.has_quorum(settings));
        let Decision { found, next } = candidate.decide(settings, known);
        (found.into_iter().map(|found| (found.slot, found.entry)).collect(), next)
    }

    fn without(rules: &[Rule]) -> Settings {
        Settings { rules: Rules::without(rules), ..Settings::ordinary() }
    }

    #[test]
    fn where_nobody_voted_the_choice_is_free_from_the_first_slot_on() {
        let promises = [promise(0, vec![]), promise(0, vec![])];
        assert_eq!(decided(&without(&[]), &promises, &Learned::default()), (vec![], 1));
    }

    /// §3: it "executes phase 1 … for proposal numbers … and for all" slots; what was reported is proposed again, and gaps
    /// are filled with no-ops.
    #[test]
    fn the_highest_vote_of_each_slot_is_taken_over_and_gaps_are_filled() {
        let promises =
            [promise(0, vec![vote(1, 2, 2, "a"), vote(4, 1, 1, "old")]), promise(0, vec![vote(4, 3, 3, "b")])];
        let (found, next) = decided(&without(&[]), &promises, &Learned::default());
        assert_eq!(found, [(1, put("a")), (2, Entry::NoOp), (3, Entry::NoOp), (4, put("b"))]);
        assert_eq!(next, 5);
        let (found, next) = decided(&without(&[Rule::FillGaps]), &promises, &Learned::default());
        assert_eq!((found, next), (vec![(1, put("a")), (4, put("b"))], 5));
    }

    #[test]
    fn what_is_known_to_be_chosen_is_no_gap_and_no_free_slot() {
        let mut known = Learned::default();
        known.learn(1, put("a"));
        known.learn(3, put("c"));
        let promises = [promise(1, vec![]), promise(1, vec![])];
        let (found, next) = decided(&without(&[]), &promises, &known);
        assert_eq!((found, next), (vec![(2, Entry::NoOp), (3, put("c"))], 4));
        assert_eq!(decided(&without(&[Rule::NextAboveKnown]), &promises, &known).1, 1);
    }

    #[test]
    fn who_knows_more_is_remembered() {
        let settings = without(&[]);
        let mut candidate = Candidate::new(ballot(9, 1), 1);
        candidate.promised(&settings, node(1), &promise(2, vec![]));
        candidate.promised(&settings, node(2), &promise(7, vec![]));
        candidate.promised(&settings, node(3), &promise(5, vec![]));
        assert_eq!((candidate.ahead_of(6), candidate.ahead_of(7)), (Some((node(2), 7)), None));
    }

    #[test]
    fn a_promise_without_votes_says_nothing_of_slots_that_its_sender_does_not_keep() {
        let settings = without(&[]);
        let mut candidate = Candidate::new(ballot(9, 1), 20);
        candidate.promised(&settings, node(1), &promise(19, vec![]));
        assert_eq!(candidate.says_nothing_below(19), None);
        candidate.promised(&settings, node(2), &Promise { kept_from: 27, ..promise(50, vec![]) });
        candidate.promised(&settings, node(3), &Promise { kept_from: 23, ..promise(40, vec![]) });
        assert_eq!(candidate.says_nothing_below(25), Some((node(2), 27)));
        assert_eq!(candidate.says_nothing_below(26), None);
    }

    #[test]
    fn a_promise_for_another_ballot_does_not_count() {
        let mut candidate = Candidate::new(ballot(8, 1), 1);
        assert!(!candidate.promised(&without(&[]), node(2), &promise(0, vec![])));
        assert!(candidate.promises().is_empty());
    }
}
