//! Reads that take no slot of the log.
//!
//! A read changes nothing, so nobody needs to remember it. What it must not do is miss a write that was answered before the read
//! was asked for. A leader's store has every such write, *as long as it leads*: somebody else may have taken over without its
//! noticing. So it asks the acceptors first. This is how etcd reads, and is called **read index** there (Ongaro, *Consensus:
//! Bridging Theory and Practice*, 2014, §6.4).
//!
//! 1. The read comes. The leader notes its **index**: up to where it knows the log to be chosen, or what its phase 1 found if that
//!    is more.
//! 2. It asks the acceptors: have you promised anything above my ballot? A quorum says no.
//! 3. It waits until the log is applied up to the index, and answers from its store.
//!
//! Why that is enough: whoever took over before step 1 had promises of a quorum for a higher ballot by then. That quorum and the
//! one of step 2 have a server in common, and that server would not have said no. So every write that was answered before the
//! read came was answered in this leader's ballot, by this leader, or in a lower one, and then its phase 1 found it or it knew.
//!
//! An answer counts only if it was given after the read came. So questions are numbered, and a read that comes while one is under
//! way waits for the next one. That makes one question serve all reads that came during the one before.

use alloc::{collections::VecDeque, sync::Arc};

use super::{Command, Confirmed, Settings};
use crate::paxos::{NodeId, NodeSet, Slot};

/// A read that is not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What was asked for.
    pub command: Arc<Command>,
    /// Its store must have applied every slot up to this one.
    pub index: Slot,
    /// A quorum must have answered this question, or a later one.
    pub question: u64,
}

/// The reads of a leader that are not answered yet.
///
/// * Neither the index nor the question of a read is below those of the one before it.
/// * No read waits for a question after the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadQueue {
    /// The number of the last question that was asked; 0: none was.
    asked: u64,
    /// Who has answered it; `None`: a quorum has.
    open: Option<NodeSet>,
    waiting: VecDeque<Read>,
}

impl ReadQueue {
    /// The number of the last question that was asked; 0: none was.
    #[must_use]
    pub const fn asked(&self) -> u64 {
        self.asked
    }

    /// Who has answered the question that is under way; `None`: none is.
    #[must_use]
    pub const fn open(&self) -> Option<NodeSet> {
        self.open
    }

    /// The reads, first come first.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Read> {
        self.waiting.iter()
    }

    /// What these reads asked for.
    pub fn commands(&self) -> impl Iterator<Item = &Arc<Command>> {
        self.waiting.iter().map(|read| &read.command)
    }

    /// The highest index.
    #[must_use]
    pub fn spoken_of(&self) -> Slot {
        self.waiting.back().map_or(0, |read| read.index)
    }

    pub(super) fn commands_mut(&mut self) -> impl Iterator<Item = &mut Arc<Command>> {
        self.waiting.iter_mut().map(|read| &mut read.command)
    }

    pub(super) fn into_commands(self) -> impl Iterator<Item = Arc<Command>> {
        self.waiting.into_iter().map(|read| read.command)
    }

    /// One in the middle of its work. `None`: no queue can be like that.
    pub(super) fn restored(asked: u64, open: Option<NodeSet>, waiting: VecDeque<Read>) -> Option<Self> {
        let key = |read: &Read| (read.index, read.question);
        let in_order = waiting.iter().zip(waiting.iter().skip(1)).all(|(one, next)| {
            let ((index, question), (next_index, next_question)) = (key(one), key(next));
            index <= next_index && question <= next_question
        });
        let last = waiting.back().map_or(0, |read| read.question);
        let possible = in_order && last <= asked + u64::from(open.is_some()) && (open.is_none() || asked > 0);
        possible.then_some(Self { asked, open, waiting })
    }

    /// A read comes.
    pub(super) fn ask(&mut self, command: Arc<Command>, index: Slot) {
        let index = index.max(self.spoken_of());
        self.waiting.push_back(Read { command, index, question: self.asked + 1 });
    }

    /// The next question, if reads wait for it and none is under way: its number, and for how many reads it is.
    pub(super) fn next_question(&mut self) -> Option<(u64, u32)> {
        let reads = self.waiting.iter().filter(|read| read.question > self.asked).count();
        if self.open.is_some() || reads == 0 {
            return None;
        }
        self.asked += 1;
        self.open = Some(NodeSet::default());
        Some((self.asked, reads as u32))
    }

    /// Whether this answer would be counted.
    pub(super) fn counts(&self, from: NodeId, question: u64) -> bool {
        self.asked == question && self.open.is_some_and(|answered| !answered.contains(from))
    }

    /// An answer to the question under way. Returns who has answered by now; `None`: it is one to another question.
    pub(super) fn answered(
        &mut self,
        settings: &Settings,
        from: NodeId,
        Confirmed { question, .. }: &Confirmed,
    ) -> Option<NodeSet> {
        let answered = self.open.as_mut().filter(|_| self.asked == *question)?;
        answered.insert(from);
        let have = *answered;
        if settings.paxos.quorums().chooses(have) {
            self.open = None;
        }
        Some(have)
    }

    /// The next read that may be answered, where every slot up to this one is applied.
    pub(super) fn next_within(&mut self, applied: Slot) -> Option<Read> {
        let answered = self.asked - u64::from(self.open.is_some());
        let first = self.waiting.front()?;
        (first.question <= answered && first.index <= applied).then(|| self.waiting.pop_front()).flatten()
    }
}
