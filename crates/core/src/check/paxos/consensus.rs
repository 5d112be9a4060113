//! Consensus, slot by slot: what is chosen, and what is broken.

use alloc::vec::Vec;
use core::mem::take;

use super::Violation;
use super::reading::{Finding, Reading};
use super::refinement::Refinement;
use crate::check::WorldView;
use crate::limits::MAX_VIOLATIONS;
use crate::paxos::{Ballot, Chosen, NodeId, NodeSet, Prepare, Promise, Quorums, Record, Slot, Vote};
use crate::slot_map::SlotMap;

/// What a message says to Paxos.
pub(in crate::check) enum Said<'a, V> {
    /// Phase 1a.
    Prepare(&'a Prepare),
    /// Phase 1b.
    Promise {
        /// What it says.
        promise: &'a Promise<V>,
        /// Of the slots below this one it says nothing.
        kept_from: Slot,
    },
    /// Phase 2a.
    Accept(&'a Vote<V>),
    /// Phase 2b.
    Accepted(&'a Vote<V>),
}

/// Watches the consensus in every slot of a run, from its beginning.
///
/// * A vote counts from the moment it is durable: before that, a crash would take it back. Or from the moment it is said,
///   should that come first: others may build on it.
/// * What it has seen chosen stays chosen, whatever happens to disks afterwards.
/// * Each breach is found once, and the first [`MAX_VIOLATIONS`] of them are kept.
#[derive(Clone, Debug)]
pub(in crate::check) struct Consensus<V> {
    /// All that was ever said, which the other invariants rest on, too.
    pub(super) refinement: Refinement<V>,
    /// By slot. More than one in a slot only if agreement is broken.
    pub(super) chosen: SlotMap<Slot, Vec<Chosen<V>>>,
    found: Vec<Violation<V>>,
}

impl<V> Consensus<V> {
    /// Nothing has happened yet. The specification has these quorums: those of the world while all rules hold.
    pub(in crate::check) const fn new(quorums: Quorums) -> Self {
        Self { refinement: Refinement::new(quorums), chosen: SlotMap::new(), found: Vec::new() }
    }

    /// Every breach so far.
    pub(in crate::check) fn found(&self) -> &[Violation<V>] {
        &self.found
    }
}

impl<V: Clone + PartialEq> Consensus<V> {
    /// What was chosen in a slot, each value with the first ballot that chose it.
    pub(in crate::check) fn chosen(&self, slot: Slot) -> &[Chosen<V>] {
        self.chosen.get(&slot).map_or(&[], |chosen| chosen)
    }

    /// The highest slot in which something was chosen; 0: in none, or in the only one.
    #[cfg(feature = "log")]
    pub(in crate::check) fn highest_chosen(&self) -> Slot {
        self.chosen.last().map_or(0, |(slot, _)| *slot)
    }

    /// Whether this value is chosen in its slot, in whatever ballot.
    pub(in crate::check) fn has_chosen(&self, vote: &Vote<V>) -> bool {
        self.chosen(vote.slot).iter().any(|chosen| chosen.vote.value == vote.value)
    }

    /// What a ballot asked for in a slot, if it did.
    #[cfg(feature = "log")]
    pub(in crate::check) fn asked(&self, slot: Slot, ballot: Ballot) -> Option<&V> {
        self.refinement.asked(slot, ballot)
    }

    /// Every vote that ever counted: slot, ballot and value, and who cast it.
    pub(in crate::check) fn votes(&self) -> impl Iterator<Item = (Vote<V>, NodeSet)> {
        self.refinement.counted()
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(in crate::check) const fn approx_bytes(&self) -> usize {
        self.refinement.approx_bytes() + self.chosen.approx_bytes() + self.found.len() * size_of::<Violation<V>>()
    }

    /// A prepare was answered with a promise that is new.
    pub(in crate::check) fn answers(&mut self, node: NodeId, ballot: Ballot) {
        self.refinement.answers(node, ballot);
    }

    /// A record became durable.
    pub(in crate::check) fn stores(
        &mut self,
        world: &impl WorldView<V>,
        node: NodeId,
        record: &Record<V>,
        proposed: impl Fn(&V) -> bool,
        out: &mut Reading<V>,
    ) {
        match record {
            Record::Promised(ballot) => self.refinement.stores(node, *ballot, out),
            Record::Accepted(vote) => {
                self.refinement.casts(node, vote, out);
                self.counts(world.quorums(), node, vote, proposed, out);
            }
            Record::Round(_) => {}
        }
    }

    /// A message left: what it rests on must be durable, and from now on it binds its sender.
    pub(in crate::check) fn says(
        &mut self,
        world: &impl WorldView<V>,
        node: NodeId,
        said: &Said<'_, V>,
        proposed: impl Fn(&V) -> bool,
        out: &mut Reading<V>,
    ) {
        let durable = world.durable(node);
        match said {
            Said::Prepare(prepare) => {
                self.refinement.begins(prepare, out);
                self.rests_on(durable.round >= Some(prepare.ballot.round), node, prepare.ballot, out);
            }
            Said::Promise { promise, kept_from } => {
                self.refinement.says_promise(node, promise, *kept_from, out);
                self.rests_on(durable.promised >= Some(promise.ballot), node, promise.ballot, out);
                self.binds(node, promise.ballot);
            }
            Said::Accept(vote) => self.asks(vote, proposed, out),
            Said::Accepted(vote) => {
                self.refinement.casts(node, vote, out);
                let held = durable.accepted.get(vote.slot).is_some_and(|held| held.ballot >= vote.ballot);
                // Where its vote has made room for a snapshot, it was durable before.
                let covered = held || vote.slot < world.kept_from(node);
                self.rests_on(covered, node, vote.ballot, out);
                self.counts(world.quorums(), node, vote, proposed, out);
                self.binds(node, vote.ballot);
            }
        }
    }

    /// A server's disk was lost. It may not vote any more, so what it told others binds nobody.
    pub(in crate::check) fn wiped(&mut self, node: NodeId) {
        self.refinement.bound(node).told = None;
    }

    /// A server believes that this is chosen.
    pub(in crate::check) fn learned(&mut self, node: NodeId, vote: &Vote<V>, out: &mut Reading<V>) {
        if !self.has_chosen(vote) {
            violated(&mut self.found, Violation::LearnedUnchosen { node, vote: vote.clone() }, out);
        }
    }

    /// A ballot asks for its value in a slot.
    pub(in crate::check) fn asks(&mut self, vote: &Vote<V>, proposed: impl Fn(&V) -> bool, out: &mut Reading<V>) {
        self.refinement.asks(vote, proposed, out);
        let asked = self.refinement.phase2(vote.slot, vote.ballot).asked.clone();
        if let Some(value) = asked.filter(|asked| *asked != vote.value) {
            let first = Vote { slot: vote.slot, ballot: vote.ballot, value };
            violated(&mut self.found, Violation::TwoValuesInBallot { first, second: vote.value.clone() }, out);
        }
        let contradicted = |chosen: &&Chosen<V>| chosen.vote.ballot < vote.ballot && chosen.vote.value != vote.value;
        if let Some(chosen) = self.chosen(vote.slot).iter().find(contradicted) {
            let chosen = chosen.vote.clone();
            violated(&mut self.found, Violation::AskedForAnother { chosen, asked: vote.clone() }, out);
        }
    }

    /// A vote counts: it may be the one that chooses.
    fn counts(
        &mut self,
        quorums: Quorums,
        node: NodeId,
        vote: &Vote<V>,
        proposed: impl Fn(&V) -> bool,
        out: &mut Reading<V>,
    ) {
        let voters = self.refinement.phase2(vote.slot, vote.ballot).voters_for(&vote.value);
        let before = *voters;
        voters.insert(node);
        let quorum = *voters;
        if quorums.chooses(before) || !quorums.chooses(quorum) {
            return;
        }
        // Chosen is chosen: a higher ballot that chooses the same value again adds nothing.
        if self.has_chosen(vote) {
            return;
        }
        let chosen = Chosen { vote: vote.clone(), quorum };
        out.findings.push(Finding::Chosen(chosen.clone()));
        if !proposed(&vote.value) {
            violated(&mut self.found, Violation::NeverProposed(vote.clone()), out);
        }
        if let Some(first) = self.chosen(vote.slot).first() {
            let first = first.vote.clone();
            violated(&mut self.found, Violation::TwoChosen { first, second: vote.clone() }, out);
        }
        self.chosen.entry(vote.slot).push(chosen);
    }

    fn rests_on(&mut self, covered: bool, node: NodeId, ballot: Ballot, out: &mut Reading<V>) {
        if !covered {
            violated(&mut self.found, Violation::SentTooEarly { node, ballot }, out);
        }
    }

    fn binds(&mut self, node: NodeId, ballot: Ballot) {
        let told = &mut self.refinement.bound(node).told;
        *told = (*told).max(Some(ballot));
    }

    /// What must hold of a server now, whatever led to it: it knows what it promised others, and holds the votes that chose.
    pub(in crate::check) fn look_at(&mut self, world: &impl WorldView<V>, node: NodeId, out: &mut Reading<V>) {
        if self.look_at_promise(world, node, out) {
            return;
        }
        for (slot, all) in self.chosen.since(world.kept_from(node)) {
            let vote = world.held(node, *slot);
            for chosen in all.iter().filter(|chosen| is_forgotten(node, chosen, vote)) {
                violated(&mut self.found, Violation::Forgotten { node, chosen: chosen.vote.clone() }, out);
            }
        }
    }

    /// [`Consensus::look_at`], where only the vote in one slot can have changed, and the promise.
    #[cfg(feature = "log")]
    pub(in crate::check) fn look_at_slot(
        &mut self,
        world: &impl WorldView<V>,
        node: NodeId,
        slot: Slot,
        out: &mut Reading<V>,
    ) {
        if self.look_at_promise(world, node, out) {
            return;
        }
        if slot < world.kept_from(node) {
            return;
        }
        let vote = world.held(node, slot);
        let all = self.chosen.get(&slot).map_or(&[][..], |all| all);
        for chosen in all.iter().filter(|chosen| is_forgotten(node, chosen, vote)) {
            violated(&mut self.found, Violation::Forgotten { node, chosen: chosen.vote.clone() }, out);
        }
    }

    /// A server knows what it promised others. Returns whether it lost its disk, and so is bound by nothing.
    pub(in crate::check) fn look_at_promise(
        &mut self,
        world: &impl WorldView<V>,
        node: NodeId,
        out: &mut Reading<V>,
    ) -> bool {
        let durable = world.durable(node);
        if let Some(told) = self.refinement.told(node).filter(|_| !durable.lost) {
            // A disk that lags behind has done no harm while memory makes up for it.
            let knows = world.remembers(node).unwrap_or(durable.promised);
            if knows < Some(told) {
                violated(&mut self.found, Violation::PromiseWentBack { node, told, knows }, out);
            }
        }
        durable.lost
    }

    /// At the end of a step. What agreement itself has lost by it is said first.
    pub(in crate::check) fn end(&mut self, out: &mut Reading<V>) {
        for stray in take(&mut out.strays) {
            violated(&mut self.found, stray, out);
        }
    }
}

fn violated<V: PartialEq + Clone>(found: &mut Vec<Violation<V>>, violation: Violation<V>, out: &mut Reading<V>) {
    if found.len() < MAX_VIOLATIONS && !found.contains(&violation) {
        found.push(violation.clone());
        out.findings.push(Finding::Violated(violation));
    }
}

/// Whether a server that holds this vote has forgotten one that helped to choose.
fn is_forgotten<V: PartialEq>(node: NodeId, chosen: &Chosen<V>, held: Option<&Vote<V>>) -> bool {
    let still = |held: &Vote<V>| held.ballot > chosen.vote.ballot || *held == chosen.vote;
    chosen.quorum.contains(node) && !held.is_some_and(still)
}
