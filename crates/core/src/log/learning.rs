//! One server as a learner: the index, and what it fetches.

use alloc::vec::Vec;

use super::replica::send;
use super::{BATCH, Effect, Entry, Fetch, Fetched, How, Message, Replica, Role, Rule, Trace};
use crate::paxos::{Ballot, NodeId, Slot};

impl Replica {
    /// The leader of a ballot knows that every slot up to this one is chosen. A vote cast in that very ballot was for what the
    /// leader proposed there, and so for what is chosen. A vote cast in another ballot may have been for anything.
    pub(super) fn hear_index(&mut self, by: NodeId, ballot: Ballot, to: Slot, out: &mut Vec<Effect>) {
        for slot in self.learned.to() + 1..=to {
            let Some(vote) = self.acceptor.as_ref().and_then(|acceptor| acceptor.vote(slot)) else { continue };
            let mut although = None;
            if vote.ballot != ballot {
                although = self.settings.rules.unless_on(Rule::IndexNeedsBallot);
                if although.is_none() {
                    continue;
                }
            }
            let (entry, voted) = (vote.value.clone(), vote.ballot);
            self.learn(slot, entry, How::Index { ballot, by, voted, although }, out);
        }
        self.apply(out);
    }

    /// Takes in that a slot is chosen. Whoever calls it applies what can be applied.
    pub(super) fn learn(&mut self, slot: Slot, entry: Entry, how: How, out: &mut Vec<Effect>) {
        if !self.settings.paxos.roles.learners.contains(self.me) || !self.learned.learn(slot, entry.clone()) {
            return;
        }
        out.push(Effect::Trace(Trace::Learned { slot, entry, how }));
        if let Some(command) = self.asked.remove(&slot) {
            self.answer_whatever_is_in_it(slot, &command, out);
        }
    }

    /// Asks for chosen entries that it lacks, if it lacked them at its last heartbeat already: until then they may be on
    /// their way.
    pub(super) fn fetch_what_lacks(&mut self, out: &mut Vec<Effect>) {
        let first = self.learned.to() + 1;
        let lacks = (self.heard_to >= first && !matches!(self.role, Role::Leader(_))).then_some(first);
        let still = lacks.is_some() && lacks == self.lacks;
        self.lacks = lacks;
        if still && let Some((of, to)) = self.hearing.knows_more(self.learned.to()) {
            self.fetch(of, to, out);
        }
    }

    pub(super) fn fetch(&self, of: NodeId, to: Slot, out: &mut Vec<Effect>) {
        if !self.settings.rules.on(Rule::FetchGaps) || !self.settings.paxos.roles.learners.contains(self.me) {
            return;
        }
        let from = self.learned.to() + 1;
        out.push(Effect::Trace(Trace::Fetches { of, from, to }));
        out.push(send(of, Message::Fetch(Fetch { ballot: self.follows(), from, to })));
    }

    pub(super) fn on_fetch(&self, from: NodeId, fetch: &Fetch, out: &mut Vec<Effect>) -> Option<()> {
        if fetch.from <= self.learned.forgotten() {
            self.send_snapshot(from, fetch.from, out);
            return Some(());
        }
        let last = fetch.to.min(self.learned.to()).min(fetch.from.saturating_add(BATCH - 1));
        let entries: Vec<_> = (fetch.from..=last).filter_map(|slot| self.learned.get(slot).cloned()).collect();
        if !entries.is_empty() {
            let fetched = Fetched { ballot: self.follows(), from: fetch.from, entries };
            out.push(send(from, Message::Fetched(fetched)));
        }
        Some(())
    }

    pub(super) fn on_fetched(&mut self, by: NodeId, fetched: Fetched, out: &mut Vec<Effect>) -> Option<()> {
        let before = self.learned.to();
        for (slot, entry) in (fetched.from..).zip(fetched.entries) {
            self.learn(slot, entry, How::Fetched { by }, out);
        }
        self.apply(out);
        self.goes_on_fetching(by, before, out);
        Some(())
    }

    /// Something was fetched. What is still lacking is fetched next, from whom had something to tell.
    pub(super) fn goes_on_fetching(&mut self, by: NodeId, before: Slot, out: &mut Vec<Effect>) {
        let progress = self.learned.to() > before;
        if self.goes_on_after_catching_up(out) {
            return;
        }
        if progress && self.heard_to > self.learned.to() && !matches!(self.role, Role::Leader(_)) {
            self.fetch(by, self.heard_to, out);
        }
    }
}
