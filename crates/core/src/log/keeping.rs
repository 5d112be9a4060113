//! One server as the keeper of its log: what it has a snapshot of, and what it still has itself.

use alloc::{sync::Arc, vec::Vec};

use super::replica::send;
use super::{
    Effect, FetchedSnapshot, Machine, Message, MessageKind, Record, Replica, Rule, Snapshot, Snapshots, Stored, Trace,
};
use crate::paxos::{Acceptor, NodeId, Slot};

impl Replica {
    /// Its latest durable snapshot.
    #[must_use]
    pub const fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.snapshot.as_ref()
    }

    /// The first slot that it still has its votes of; 1: it has all of them.
    #[must_use]
    pub const fn kept_from(&self) -> Slot {
        self.kept_from
    }

    /// The last slot of the latest snapshot that it took or installed, durable or not; 0: there is none.
    #[must_use]
    pub const fn taken_to(&self) -> Slot {
        self.taken_to
    }

    /// Takes a snapshot of what it has applied: if it is time, or somebody says so and there is anything new.
    pub(super) fn take_snapshot(&mut self, by_hand: bool, out: &mut Vec<Effect>) {
        let Some(Snapshots { every, keep }) = self.settings.snapshots else { return };
        let applied = self.learned.applied();
        let since = applied.saturating_sub(self.taken_to);
        if since == 0 || !by_hand && (every == 0 || since < Slot::from(every)) {
            return;
        }
        let (snapshot, although) = Snapshot::of(&self.machine, applied, self.settings.rules);
        let (keys, sessions) = (snapshot.store.len() as u32, snapshot.sessions.len() as u32);
        let (to, since) = (snapshot.to, since as u32);
        out.push(Effect::Trace(Trace::TookSnapshot { to, applied, since, keys, sessions, by_hand, although }));
        self.taken_to = applied;
        let kept_from = self.kept_from.max((to + 1).saturating_sub(Slot::from(keep)));
        self.store(Stored { snapshot: snapshot.into(), kept_from, in_place_of_all: false }, out);
    }

    /// Writes a snapshot. Votes make room for it when it is durable: until then a crash would leave neither.
    fn store(&mut self, stored: Stored, out: &mut Vec<Effect>) {
        out.push(Effect::Write(Record::Snapshot(stored.clone())));
        if let Some(although) = self.settings.rules.unless_on(Rule::TruncateAfterDurable) {
            self.truncate(&stored, Some(although), out);
            out.push(Effect::Forget(stored));
        }
    }

    /// A snapshot that it wrote is durable, and has taken the place of votes on its disk. It does the same in memory.
    pub(super) fn stored(&mut self, stored: &Stored, out: &mut Vec<Effect>) {
        self.snapshot = Some(stored.snapshot.clone());
        let although = stored.in_place_of_all.then_some(Rule::SnapshotKeepsVotes);
        self.truncate(stored, although, out);
    }

    /// Votes and entries make room for a snapshot.
    fn truncate(&mut self, stored: &Stored, although: Option<Rule>, out: &mut Vec<Effect>) {
        let to = stored.snapshot.to;
        let (before, below) = (self.kept_from, stored.replaces_below());
        let goes = |acceptor: &Acceptor<_>| acceptor.votes().iter().take_while(|vote| vote.slot < below).count();
        let votes = self.acceptor.as_ref().map_or(0, goes) as u32;
        let stays =
            |acceptor: &Acceptor<_>| acceptor.votes().since(to + 1).take_while(|vote| vote.slot < below).count();
        let above = self.acceptor.as_ref().map_or(0, stays) as u32;
        if let Some(acceptor) = &mut self.acceptor {
            acceptor.forget_below(below);
        }
        self.kept_from = before.max(stored.kept_from);
        self.learned.forget_below(self.kept_from);
        if votes > 0 || self.kept_from > before {
            out.push(Effect::Trace(Trace::Truncated { below: self.kept_from, to, votes, above, although }));
        }
    }

    /// What a promise says of the first slot that its sender still has its votes of; and the rule that is off, where slots that
    /// were asked about look empty because of that.
    pub(super) fn says_kept_from(&self, from: Slot) -> (Slot, Option<Rule>) {
        let truncated = self.settings.rules.unless_on(Rule::SayTruncated).filter(|_| self.kept_from > from);
        (if truncated.is_some() { 1 } else { self.kept_from }, truncated)
    }

    /// Somebody asks for entries that it does not keep any more: a snapshot has what they came to.
    pub(super) fn send_snapshot(&self, to: NodeId, from: Slot, out: &mut Vec<Effect>) {
        let Some(snapshot) = &self.snapshot else { return };
        let (forgotten, last) = (self.learned.forgotten(), snapshot.to);
        out.push(Effect::Trace(Trace::SendsSnapshot { to, from, forgotten, snapshot: last }));
        let fetched = FetchedSnapshot { ballot: self.follows(), snapshot: snapshot.clone() };
        out.push(send(to, Message::Snapshot(fetched)));
    }

    /// A snapshot has come in place of entries.
    pub(super) fn on_snapshot(&mut self, by: NodeId, snapshot: &Arc<Snapshot>, out: &mut Vec<Effect>) -> Option<()> {
        if !self.settings.paxos.roles.learners.contains(self.me) {
            return None;
        }
        let before = self.learned.to();
        if snapshot.to > before {
            self.install(by, snapshot, out);
        } else {
            out.push(Effect::Trace(Trace::Stale { from: by, message: MessageKind::Snapshot }));
        }
        self.goes_on_fetching(by, before, out);
        Some(())
    }

    /// A snapshot takes the place of its store, of its sessions, and of what it knows of the slots that it covers. Votes above
    /// it stay: what they helped to choose is in no snapshot yet.
    fn install(&mut self, by: NodeId, snapshot: &Arc<Snapshot>, out: &mut Vec<Effect>) {
        let (to, applied) = (snapshot.to, self.learned.applied());
        let votes_above = |acceptor: &Acceptor<_>| acceptor.votes().since(to + 1).next().is_some();
        let above = self.acceptor.as_ref().is_some_and(votes_above);
        let although = self.settings.rules.unless_on(Rule::SnapshotKeepsVotes).filter(|_| above);
        out.push(Effect::Trace(Trace::Installed { by, to, applied, snapshot: snapshot.clone(), although }));
        self.machine = Machine::from_snapshot(snapshot, self.settings.sessions);
        self.learned.install(to);
        self.asked.retain(|slot, _| *slot > to);
        self.taken_to = to;
        let kept_from = self.kept_from.max(to + 1);
        self.store(Stored { snapshot: snapshot.clone(), kept_from, in_place_of_all: although.is_some() }, out);
        self.apply(out);
    }
}
