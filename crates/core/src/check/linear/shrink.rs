//! The smallest bad part of a bad history.
//!
//! Simply leaving operations out would prove nothing. Without the `put` of a value, the `get` that found it is bad by
//! itself, and nothing is explained. So an operation is not left out but **excused**: it may take effect at any time
//! from its call on, or never, and its answer does not count. If what is left is still bad, it is bad whatever the
//! excused ones did, and they need not be shown.
//!
//! What is shown must also make sense by itself: every answer before the guilty one has an explanation without the
//! excused operations. So the `put` of a value that was read stays, although it might be excused.

use alloc::vec::Vec;

use super::history::Part;
use super::judge::{Role, feed};

/// Explanations at a time while one set of excuses is tried. Where there are more, it is not tried further.
const AT_A_TIME: usize = 2000;
/// Explanations in all after which it is left as small as it is.
const IN_ALL: u64 = 500_000;

/// A part that was made small.
pub(super) struct Smallest {
    /// Its operations, ascending.
    pub(super) operations: Vec<u32>,
    pub(super) explored: u64,
}

/// The operations without which the return of `event` would have an explanation.
pub(super) fn shrunk(part: &Part<'_>, event: u32) -> Smallest {
    let last = part.get(event).end();
    // What was called later explains nothing.
    let mut kept: Vec<u32> =
        part.operations.iter().copied().filter(|operation| part.get(*operation).call <= last).collect();
    let mut explored = 0;
    let mut is_bad = |kept: &[u32]| {
        let is_kept = |operation: u32| kept.binary_search(&operation).is_ok();
        explored <= IN_ALL
            && is_kept(event)
            && [Role::Absent, Role::Excused].into_iter().all(|others| {
                let role = |operation| if is_kept(operation) { Role::Bound } else { others };
                let fed = feed(part, AT_A_TIME, Some(event), role);
                explored += fed.jit.explored();
                fed.jit.broken().is_some_and(|broken| fed.operations[broken.operation as usize] == event)
            })
    };
    let mut size = kept.len().div_ceil(2);
    loop {
        let before = kept.len();
        // What happened long ago matters least.
        let mut first = 0;
        while first < kept.len() {
            let mut fewer = kept.clone();
            fewer.drain(first..kept.len().min(first + size));
            if is_bad(&fewer) {
                kept = fewer;
            } else {
                first += size;
            }
        }
        // One that is gone may have been why another one had to stay.
        if size == 1 && kept.len() == before {
            return Smallest { operations: kept, explored };
        }
        size = size.div_ceil(2);
    }
}
