//! How the things of a log read in a sentence: operations, entries, answers, slots.

use super::rules::log_rule_name;
use crate::log::{Command, Entry, Op, Output, Rule, Text};
use crate::paxos::{NodeId, NodeSet, Slot};
use crate::tell::sentence::{Say, Sentence, say};
use crate::text::{short, told};

/// Most letters of a key or a value that a sentence repeats.
const LETTERS: usize = 20;

impl Say for Slot {
    fn say(self, to: &mut Sentence<'_>) {
        text!(self).as_str().say(to);
    }
}

/// `x`; in quotation marks where it could be taken for something else: `"a b"`, `""`, `"nothing"`.
impl Say for &Text {
    fn say(self, to: &mut Sentence<'_>) {
        let seen = told(&short(self.as_str(), LETTERS), LETTERS);
        let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '…');
        if !seen.is_empty() && seen != NOTHING && seen.chars().all(is_word) {
            return seen.as_str().say(to);
        }
        say!(to, "\"", seen.as_str(), "\"");
    }
}

/// What a key without a value is answered with.
const NOTHING: &str = "nothing";

/// `put x = 9`, `get x`, `cas x from 1 to 2`.
impl Say for &Op {
    fn say(self, to: &mut Sentence<'_>) {
        match self {
            Op::Get { key } => say!(to, "get ", key),
            Op::Put { key, value } => say!(to, "put ", key, " = ", value),
            Op::Delete { key } => say!(to, "delete ", key),
            Op::Cas { key, from, to: new } => say!(to, "cas ", key, " from ", from, " to ", new),
            Op::Append { key, value } => say!(to, "append ", value, " to ", key),
        }
    }
}

/// `put x = 9 of client a`.
impl Say for &Command {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, &self.op, " of client ", text!(self.client).as_str());
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
        match self {
            Output::Done => say!(to, "done"),
            Output::Value(Some(value)) => say!(to, value),
            Output::Value(None) => say!(to, NOTHING),
            Output::Swapped(true) => say!(to, "swapped"),
            Output::Swapped(false) => say!(to, "not swapped"),
            Output::TooLong => say!(to, "not done, because the value would become too long"),
        }
    }
}

/// `slot 5`, `slots 4 to 9`.
pub(super) struct Slots(pub(super) Slot, pub(super) Slot);

impl Say for Slots {
    fn say(self, to: &mut Sentence<'_>) {
        let Self(first, last) = self;
        if first == last {
            return say!(to, "slot ", first);
        }
        say!(to, "slots ", first, " to ", last);
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
        say!(to, "“", log_rule_name(self.0), "” is off");
    }
}
