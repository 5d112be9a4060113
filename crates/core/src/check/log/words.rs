//! How the things of a log read in the sentence of a breach.

use alloc::string::String;

use crate::log::{Command, Entry, Op, Output, Text};
use crate::text::{Piece, short, told};

/// Most letters of a key or a value that a sentence repeats.
const LETTERS: usize = 20;

/// What a key without a value is answered with.
const NOTHING: &str = "nothing";

/// `x`; in quotation marks where it could be taken for something else.
pub(super) fn shown(text: &Text) -> String {
    let seen = told(&short(text.as_str(), LETTERS), LETTERS);
    let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '…');
    if seen.chars().all(is_word) && !seen.is_empty() && seen != NOTHING { seen } else { text!("\"", seen, "\"") }
}

/// `x`; `nothing` where a key has no value.
pub(super) fn value(value: Option<&Text>) -> String {
    value.map_or_else(|| NOTHING.into(), shown)
}

/// `put x = 9`, `get x`, `cas x from 1 to 2`.
impl Piece for Op {
    fn put(&self, to: &mut String) {
        *to += &match self {
            Self::Get { key } => text!("get ", shown(key)),
            Self::Put { key, value } => text!("put ", shown(key), " = ", shown(value)),
            Self::Delete { key } => text!("delete ", shown(key)),
            Self::Cas { key, from, to } => text!("cas ", shown(key), " from ", shown(from), " to ", shown(to)),
            Self::Append { key, value } => text!("append ", shown(value), " to ", shown(key)),
        };
    }
}

/// `put x = 9 of client a`.
impl Piece for Command {
    fn put(&self, to: &mut String) {
        *to += &text!(self.op, " of client ", self.client);
    }
}

/// `put x = 9 of client a`, `a no-op`.
impl Piece for Entry {
    fn put(&self, to: &mut String) {
        match self.command() {
            Some(command) => command.put(to),
            None => *to += "a no-op",
        }
    }
}

/// `9`, `nothing`, `done`, `swapped`.
impl Piece for Output {
    fn put(&self, to: &mut String) {
        *to += &match self {
            Self::Done => "done".into(),
            Self::Value(found) => value(found.as_ref()),
            Self::Swapped(true) => "swapped".into(),
            Self::Swapped(false) => "not swapped".into(),
            Self::TooLong => "not done, because the value would become too long".into(),
        };
    }
}
