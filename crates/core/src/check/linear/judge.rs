//! The verdict on a whole history.

use alloc::{string::String, vec::Vec};

use super::history::{History, Part};
use super::jit::{Broken, Called, Jit};
use super::shrink::shrunk;
use super::tell::sentences;
use super::wgl::{Found, Wgl};
use crate::limits::{MAX_EXPLANATIONS, MAX_EXPLORED, MAX_EXPLORED_BYTES};
use crate::log::Text;

/// What a checker came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whether the history is linearizable. `None`: undecided, which is never a pass.
    pub linearizable: Option<bool>,
    /// How many explanations were looked at.
    pub explored: u64,
}

/// The verdict on a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is an order of its operations that explains every answer.
    Linearizable {
        /// How many explanations were looked at.
        explored: u64,
    },
    /// There is none.
    Not(NotLinearizable),
    /// Nobody knows: there were more explanations than the budget allows.
    Unknown {
        /// How many explanations were looked at.
        explored: u64,
    },
}

/// Why there is no order. Operations are positions in [`History::operations`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotLinearizable {
    /// The first key that was found to be bad.
    pub key: Text,
    /// The operation whose return left no explanation. `None` where naming it was beyond the budget.
    pub event: Option<usize>,
    /// The smallest bad part, in the order of calls: whatever all other operations did, these contradict each other.
    /// Without any of them there would be an explanation (or finding out was beyond the budget).
    pub operations: Vec<usize>,
    /// Why each explanation that was alive before the event does not explain it: at most three sentences.
    pub sentences: Vec<String>,
    /// How many explanations there were besides those.
    pub more: usize,
    /// How many explanations were looked at.
    pub explored: u64,
}

/// The verdict on a history, with its reasons.
#[must_use]
pub fn judge(history: &History) -> Verdict {
    let parts = history.parts();
    let mut explored = 0;
    let mut undecided = Vec::new();
    // Most keys are decided at once, one way or the other. What is left is hard for a reason of its own: for some keys
    // breadth is the better way, for some depth.
    for part in &parts {
        let fed = feed(part, FEW, None, |_| Role::Bound);
        explored += fed.jit.explored();
        if let Some(broken) = fed.jit.broken() {
            return not_linearizable(part, Some((broken, &fed.operations)), explored);
        }
        if fed.jit.gave_up() {
            undecided.push(part);
        }
    }
    let searched = in_turns(&undecided, MAX_EXPLORED);
    explored += searched.explored;
    let mut is_unknown = false;
    for (part, found) in undecided.into_iter().zip(searched.found) {
        if found == Found::Order || (found != Found::None && searched.is_bad) {
            continue;
        }
        let fed = feed(part, MAX_EXPLANATIONS, None, |_| Role::Bound);
        explored += fed.jit.explored();
        match fed.jit.broken() {
            Some(broken) => return not_linearizable(part, Some((broken, &fed.operations)), explored),
            None if found == Found::None => return not_linearizable(part, None, explored),
            None => is_unknown |= fed.jit.gave_up(),
        }
    }
    if is_unknown { Verdict::Unknown { explored } } else { Verdict::Linearizable { explored } }
}

/// As many explanations at a time are few enough to try breadth first.
const FEW: usize = 2000;

/// What just-in-time linearization alone says, with so many explanations at a time at most.
#[must_use]
pub fn breadth_first(history: &History, budget: usize) -> Checked {
    let mut checked = Checked { linearizable: Some(true), explored: 0 };
    for part in history.parts() {
        let fed = feed(&part, budget, None, |_| Role::Bound);
        checked.explored += fed.jit.explored();
        if fed.jit.broken().is_some() {
            return Checked { linearizable: Some(false), ..checked };
        }
        if fed.jit.gave_up() {
            checked.linearizable = None;
        }
    }
    checked
}

/// What the search for an order alone says, with so many explanations in all at most.
#[must_use]
pub fn depth_first(history: &History, budget: u64) -> Checked {
    let parts = history.parts();
    let Searched { found, is_bad, explored } = in_turns(&parts.iter().collect::<Vec<_>>(), budget);
    let are_good = found.iter().all(|found| *found == Found::Order);
    let linearizable = if is_bad { Some(false) } else { are_good.then_some(true) };
    Checked { linearizable, explored }
}

struct Searched {
    found: Vec<Found>,
    is_bad: bool,
    explored: u64,
}

/// The explanations that each key may look at in its first turn.
const FIRST_TURN: u64 = 1000;

/// Keys take turns, and each turn is twice as long as the one before: so a key that is hard does not keep one that is
/// bad from being found. The first bad one ends it.
fn in_turns(parts: &[&Part<'_>], budget: u64) -> Searched {
    let room = MAX_EXPLORED_BYTES / parts.len().max(1);
    let mut searches: Vec<Option<Wgl<'_>>> = parts.iter().map(|part| Some(Wgl::new(part, room))).collect();
    let mut found = alloc::vec![Found::Nothing; parts.len()];
    let (mut explored, mut turn) = (0, FIRST_TURN);
    while explored < budget && found.contains(&Found::Nothing) {
        for (search, found) in searches.iter_mut().zip(&mut found) {
            let Some(running) = search else { continue };
            let before = running.explored();
            *found = running.advance(turn.min(budget.saturating_sub(explored)));
            explored += running.explored() - before;
            if *found != Found::Nothing {
                // What it remembers is no longer needed.
                *search = None;
            }
            if *found == Found::None {
                break;
            }
        }
        if found.contains(&Found::None) {
            return Searched { found, is_bad: true, explored };
        }
        turn *= 2;
    }
    Searched { found, is_bad: false, explored }
}

/// A part that was fed to just-in-time linearization.
pub(super) struct Fed {
    pub(super) jit: Jit,
    /// For each operation that was fed, in order, which one of the history it is.
    pub(super) operations: Vec<u32>,
}

/// What an operation is held to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It took effect between its call and its return, and was answered as it was.
    Bound,
    /// It may take effect at any time from its call on, or never, and its answer does not count.
    Excused,
    /// It never happened.
    Absent,
}

/// Feeds a part event by event, up to the return of one operation.
pub(super) fn feed(part: &Part<'_>, budget: usize, until: Option<u32>, role: impl Fn(u32) -> Role) -> Fed {
    let all = part.happenings();
    let is_last = |operation| Some(operation) == until;
    let end =
        all.iter().position(|event| event.is_return && is_last(event.operation)).map_or(all.len(), |last| last + 1);
    let place = |operation| part.operations.binary_search(&operation).unwrap_or_default();
    let mut returns = alloc::vec![false; part.operations.len()];
    for event in all[..end].iter().filter(|event| event.is_return) {
        returns[place(event.operation)] = role(event.operation) == Role::Bound;
    }
    let initial = part.initial().map(|value| (part.key.clone(), value.clone()));
    let mut fed = Fed { jit: Jit::new(initial.into_iter().collect(), budget), operations: Vec::new() };
    let mut called: Vec<Option<Called>> = alloc::vec![None; part.operations.len()];
    for event in &all[..end] {
        let (operation, place) = (part.get(event.operation), place(event.operation));
        let is_awaited = returns[place];
        if event.is_return {
            if let (true, Some(called)) = (is_awaited, called[place]) {
                fed.jit.returned(called, operation.output.as_ref());
            }
            if fed.jit.broken().is_some() || fed.jit.gave_up() {
                break;
            }
        } else if !operation.says_nothing() && (is_awaited || !operation.op.only_reads()) {
            let process = match role(event.operation) {
                Role::Bound => part.process(event.operation),
                // It is not bound to its process either.
                Role::Excused => u32::MAX - place as u32,
                Role::Absent => continue,
            };
            let call = fed.jit.call(process, operation.op.clone());
            fed.operations.push(event.operation);
            called[place] = Some(call);
            if !is_awaited {
                fed.jit.lost(call);
            }
        }
    }
    fed
}

fn not_linearizable(part: &Part<'_>, broken: Option<(&Broken, &[u32])>, explored: u64) -> Verdict {
    let event = broken.map(|(broken, operations)| operations[broken.operation as usize]);
    let mut verdict = NotLinearizable {
        key: part.key.clone(),
        event: event.map(|event| event as usize),
        operations: part.operations.iter().map(|operation| *operation as usize).collect(),
        sentences: Vec::new(),
        more: 0,
        explored,
    };
    if let Some(event) = event {
        let smallest = shrunk(part, event);
        verdict.explored += smallest.explored;
        (verdict.sentences, verdict.more) = sentences(part, event, &smallest.operations);
        verdict.operations = smallest.operations.into_iter().map(|operation| operation as usize).collect();
    }
    Verdict::Not(verdict)
}
