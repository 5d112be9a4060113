//! How the things of a log read in a sentence: operations, entries, answers, slots.

use alloc::vec::Vec;

use crate::log::{Command, Entry, Op, Output, Rule};
use crate::paxos::{NodeId, NodeSet, Slot};
use crate::tell::sentence::{Say, Sentence, say};

impl Say for Slot {
    fn say(self, to: &mut Sentence<'_>) {
        text!(self).as_str().say(to);
    }
}

/// `put x = 9`, `get x`, `cas x from 1 to 2`: as in the sentence of a breach.
impl Say for &Op {
    fn say(self, to: &mut Sentence<'_>) {
        text!(self).as_str().say(to);
    }
}

/// `put x = 9 of client a`.
impl Say for &Command {
    fn say(self, to: &mut Sentence<'_>) {
        text!(self).as_str().say(to);
    }
}

/// `put x = 9`, `a no-op`.
impl Say for &Entry {
    fn say(self, to: &mut Sentence<'_>) {
        match self.command() {
            Some(command) => say!(to, &command.op),
            None => say!(to, "a no-op"),
        }
    }
}

/// `9`, `nothing`, `done`, `swapped`.
impl Say for &Output {
    fn say(self, to: &mut Sentence<'_>) {
        text!(self).as_str().say(to);
    }
}

/// `slot 5`, `slots 4 and 5`, `slots 4 to 9`.
pub(super) struct Slots(pub(super) Slot, pub(super) Slot);

impl Say for Slots {
    fn say(self, to: &mut Sentence<'_>) {
        let Self(first, last) = self;
        if first == last {
            return say!(to, "slot ", first);
        }
        say!(to, "slots ", first, if first + 1 == last { " and " } else { " to " }, last);
    }
}

/// `2 to 5 and 7`: slots in their order, each once.
pub(super) struct SlotList<'a>(pub(super) &'a [Slot]);

impl Say for SlotList<'_> {
    fn say(self, to: &mut Sentence<'_>) {
        // Two slots behind each other are named as two: `2, 3 and 7`.
        let named = |run: &[Slot]| match *run {
            [first, _, .., last] if last > first + 1 => alloc::vec![(first, last)],
            _ => run.iter().map(|slot| (*slot, *slot)).collect(),
        };
        let runs: Vec<_> = self.0.chunk_by(|one, next| one + 1 == *next).flat_map(named).collect();
        for (position, (first, last)) in runs.iter().enumerate() {
            let last_of_all = position + 1 == runs.len();
            say!(
                to,
                if position == 0 {
                    ""
                } else if last_of_all {
                    " and "
                } else {
                    ", "
                }
            );
            say!(to, *first);
            if first != last {
                say!(to, " to ", *last);
            }
        }
    }
}

/// `1 key`, `3 keys`.
pub(super) struct Count(pub(super) u32, pub(super) &'static str);

impl Say for Count {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, self.0, " ", self.1, if self.0 == 1 { "" } else { "s" });
    }
}

/// `2 of 3 needed`.
pub(super) struct Of(pub(super) NodeSet, pub(super) u32);

impl Say for Of {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, self.0.len(), " of ", self.1, " needed");
    }
}

/// `its own promise`, `the promise of server 2`.
pub(super) struct Whose {
    pub(super) what: &'static str,
    pub(super) of: NodeId,
    pub(super) me: NodeId,
}

impl Say for Whose {
    fn say(self, to: &mut Sentence<'_>) {
        if self.of == self.me {
            return say!(to, "its own ", self.what);
        }
        say!(to, "the ", self.what, " of server ", self.of);
    }
}

/// `“The index needs its ballot” is off`.
pub(super) struct LogOff(pub(super) Rule);

impl Say for LogOff {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, "“", self.0.title(), "” is off");
    }
}
