//! Why nothing explains the guilty event: a sentence for each explanation that was alive before it.

use alloc::{string::String, vec::Vec};

use super::history::{Operation, Part};
use super::jit::Alive;
use super::judge::{Role, feed};
use crate::limits::MAX_EXPLANATIONS;
use crate::log::{Op, Output, Text};
use crate::text::{add, short, visible};

/// Most sentences; the other explanations are counted.
const SENTENCES: usize = 3;
/// Most letters of a text that a sentence repeats.
const LETTERS: usize = 20;

/// The sentences, and how many explanations are left untold. `kept` is the smallest bad part, in the order of calls.
pub(super) fn sentences(part: &Part<'_>, event: u32, kept: &[u32]) -> (Vec<String>, usize) {
    let is_kept = |operation: u32| kept.binary_search(&operation).is_ok();
    let role = |operation| if is_kept(operation) { Role::Bound } else { Role::Absent };
    let fed = feed(part, MAX_EXPLANATIONS, Some(event), role);
    let Some(broken) = fed.jit.broken() else { return (Vec::new(), 0) };
    let mut told = Vec::new();
    for alive in &broken.alive {
        let order: Vec<u32> = alive.order.iter().map(|operation| fed.operations[*operation as usize]).collect();
        let sentence = Teller { part, event, kept }.sentence(alive, &order);
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    let more = told.len().saturating_sub(SENTENCES);
    told.truncate(SENTENCES);
    (told, more)
}

struct Teller<'a> {
    part: &'a Part<'a>,
    event: u32,
    kept: &'a [u32],
}

impl Teller<'_> {
    /// "If put b took effect before get → a, then x was b when C2 asked."
    fn sentence(&self, alive: &Alive, order: &[u32]) -> String {
        let asked = self.part.get(self.event);
        if self.kept.len() == 1 {
            // All others are excused: what they did to the value does not matter, and is not known here.
            let all = text!("None of the operations on ", shown(&self.part.key), ", in whatever order, leads to ");
            return text!(all, phrase(asked), ".");
        }
        // What came after the question says nothing of its answer.
        let until = order.iter().position(|operation| *operation == self.event).unwrap_or(order.len());
        let order = &order[..until];
        let would = match asked.op {
            Op::Get { .. } => text!(shown(&self.part.key), could_be(alive), " when ", self.client(asked), " asked"),
            _ => text!(self.client(asked), "'s ", asked.op.name(), " would have been answered ", answers(alive)),
        };
        let choices = self.choices(order);
        if choices.is_empty() {
            let why = match self.last_write(order) {
                Some(write) => text!(", because ", self.name(order[write]), " was the last to take effect"),
                None => ", because nothing had changed it".into(),
            };
            return text!(would, why, ".");
        }
        text!("If ", choices, ", then ", would, ".")
    }

    /// What could also have been otherwise: neighbours in the order that overlapped.
    fn choices(&self, order: &[u32]) -> String {
        let mut choices = String::new();
        let Some(last) = self.last_write(order) else {
            // Nothing took effect: each write that overlapped the question could have.
            let later = self.kept.iter().copied().filter(|it| self.is_write(*it) && self.overlap(*it, self.event));
            for write in later.take(2) {
                self.choice(self.event, write, &mut choices);
            }
            return choices;
        };
        let write = order[last];
        let before = order[..last].iter().rev().copied().find(|it| self.is_write(*it) && self.overlap(*it, write));
        if let Some(before) = before {
            self.choice(before, write, &mut choices);
        }
        if self.overlap(write, self.event) {
            self.choice(write, self.event, &mut choices);
        }
        let mut later = self.kept.iter().copied();
        let is_later = |it: &u32| self.is_write(*it) && self.overlap(*it, self.event) && !order.contains(it);
        if let (true, Some(later)) = (choices.is_empty(), later.find(is_later)) {
            self.choice(self.event, later, &mut choices);
        }
        choices
    }

    fn choice(&self, first: u32, second: u32, choices: &mut String) {
        let verb = if choices.is_empty() { " took effect before " } else { " before " };
        add(choices, " and ", &text!(self.name(first), verb, self.name(second)));
    }

    fn is_write(&self, operation: u32) -> bool {
        operation != self.event && !self.part.get(operation).op.only_reads()
    }

    /// Whether either may have taken effect first. Operations of one process have their order also where they meet.
    fn overlap(&self, one: u32, other: u32) -> bool {
        self.part.process(one) != self.part.process(other) && self.part.get(one).overlaps(self.part.get(other))
    }

    /// The last in the order that could change the value, and was not told that it did not.
    fn last_write(&self, order: &[u32]) -> Option<usize> {
        let changes = |operation: &u32| {
            let unchanged = matches!(self.part.get(*operation).output, Some(Output::Swapped(false) | Output::TooLong));
            self.is_write(*operation) && !unchanged
        };
        order.iter().rposition(changes)
    }

    /// The operation, and whose it is where another one reads the same.
    fn name(&self, operation: u32) -> String {
        let it = self.part.get(operation);
        let name = phrase(it);
        let same = self.kept.iter().filter(|other| phrase(self.part.get(**other)) == name).count();
        if same < 2 {
            return name;
        }
        text!(name, " of ", self.client(it))
    }

    fn client(&self, operation: &Operation) -> String {
        visible(&short(&self.part.history.clients()[operation.client], LETTERS))
    }
}

/// What the key was while a read was open.
fn could_be(alive: &Alive) -> String {
    let mut list = String::new();
    for output in &alive.answers {
        match output {
            Output::Value(None) if alive.answers.len() == 1 => return " had no value".into(),
            Output::Value(it) => add(&mut list, " or ", &value(it.as_ref())),
            _ => {}
        }
    }
    text!(" was ", list)
}

/// What anything else would have been answered.
fn answers(alive: &Alive) -> String {
    let mut list = String::new();
    for output in &alive.answers {
        let answer = match output {
            Output::Swapped(true) => "true",
            Output::Swapped(false) => "false",
            Output::TooLong => "too long",
            Output::Done | Output::Value(_) => "ok",
        };
        add(&mut list, " or ", answer);
    }
    list
}

/// An operation with its answer, without its key: `put b`, `get → a`, `cas a → b: false`.
#[must_use]
pub fn phrase(operation: &Operation) -> String {
    let said = match &operation.op {
        Op::Get { .. } => "get".into(),
        Op::Put { value, .. } => text!("put ", shown(value)),
        Op::Delete { .. } => "delete".into(),
        Op::Cas { from, to, .. } => text!("cas ", shown(from), " → ", shown(to)),
        Op::Append { value, .. } => text!("append ", shown(value)),
    };
    match &operation.output {
        Some(Output::Value(found)) => text!(said, " → ", value(found.as_ref())),
        Some(Output::Swapped(swapped)) => text!(said, if *swapped { ": true" } else { ": false" }),
        Some(Output::TooLong) => text!(said, ": too long"),
        Some(Output::Done) | None => said,
    }
}

fn value(value: Option<&Text>) -> String {
    value.map_or_else(|| "nothing".into(), shown)
}

/// A text of a store in a sentence: in quotation marks where it could be taken for something else.
fn shown(text: &Text) -> String {
    let seen = visible(&short(text.as_str(), LETTERS));
    let is_plain = !seen.is_empty() && seen != "nothing" && seen.chars().all(char::is_alphanumeric);
    if is_plain { seen } else { text!("\"", seen, "\"") }
}
