//! Depth first with memory, over a whole history.
//!
//! Wing & Gong (1993) look for an order like this: of the operations that may come next, take one whose answer fits the
//! value there is, and go on; where none fits, take the last one back and try another. An operation may come next if it
//! was called before any of those left returned. Lowe (2017) remembers which sets of operations have been tried with
//! which value: the same set with the same value leads to the same end.
//!
//! * **Reads at once.** An operation that can *never* change the store and fits now is taken now, and never tried
//!   later: nothing becomes possible by waiting. The same for an operation that changes nothing *now* would be wrong: a
//!   `put` of the value that the key has already may have to take effect later, after another one.
//! * **Operations without an answer** are tried last, and none of them has to be taken. What is left of them is only
//!   ever good for something. So of two sets with the same answered operations and the same value, the one with fewer
//!   unanswered ones can do all that the other can: the other is not tried.
//! * **In slices.** It can be stopped and go on, so that keys can take turns.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::history::Part;
use super::states::{Answer, State, States};
use crate::log::Op;

/// No operation: the end of a list.
const NONE: u32 = u32::MAX;
/// The bits of a word.
const BITS: usize = 64;

/// What a search through the orders of one key has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// An order that explains every answer.
    Order,
    /// There is none.
    None,
    /// Nothing yet.
    Nothing,
    /// Nothing, and there is no room to go on.
    NoRoom,
}

struct Step<'a> {
    op: &'a Op,
    call: u64,
    end: u64,
    expects: Option<Answer>,
    only_reads: bool,
    /// The operation of the same process before it.
    previous: u32,
}

/// An operation that was taken, and how to take it back.
struct Taken {
    step: u32,
    state: State,
    limit: u64,
    /// Nothing else needs to be tried in its place.
    only: bool,
}

type Set = SmallVec<[u64; 2]>;
type Done = SmallVec<[u64; 4]>;

/// A search for an order of the operations on one key.
pub(super) struct Wgl<'a> {
    states: States,
    /// Those that returned, by their calls, and then those that did not.
    steps: Vec<Step<'a>>,
    returned: usize,
    /// A list of the returned ones that are left, in order; its head is behind the last.
    next: Vec<u32>,
    before: Vec<u32>,
    left: usize,
    done: Vec<u64>,
    /// The unanswered ones that were taken.
    unanswered: Set,
    state: State,
    room: usize,
    /// The earliest end of those left: only what was called until then may come next.
    limit: u64,
    /// What is tried next, or `None` where nothing was tried yet.
    cursor: Option<u32>,
    path: Vec<Taken>,
    tried: HashMap<Done, SmallVec<[Set; 1]>, FxBuildHasher>,
    explored: u64,
    found: Found,
}

impl<'a> Wgl<'a> {
    /// `room` is how many bytes all values may have.
    pub(super) fn new(part: &Part<'a>, room: usize) -> Self {
        let mut states = States::default();
        let state = states.of(part.initial());
        let (mut returned, unanswered): (Vec<u32>, Vec<u32>) = part
            .operations
            .iter()
            .copied()
            .filter(|operation| !part.get(*operation).says_nothing())
            .partition(|operation| part.get(*operation).returned.is_some());
        let count = returned.len();
        returned.extend(unanswered);
        let mut latest: HashMap<u32, u32, FxBuildHasher> = HashMap::default();
        let mut steps = Vec::with_capacity(returned.len());
        for (number, operation) in returned.iter().copied().enumerate() {
            let previous = latest.insert(part.process(operation), number as u32).unwrap_or(NONE);
            let operation = part.get(operation);
            steps.push(Step {
                op: &operation.op,
                call: operation.call,
                end: operation.end(),
                expects: operation.output.as_ref().map(|output| states.answer(output)),
                only_reads: operation.op.only_reads(),
                previous,
            });
        }
        let ring = count as u32 + 1;
        Self {
            states,
            returned: count,
            next: (0..ring).map(|number| (number + 1) % ring).collect(),
            before: (0..ring).map(|number| (number + ring - 1) % ring).collect(),
            left: count,
            done: alloc::vec![0; count.div_ceil(BITS)],
            unanswered: SmallVec::from_elem(0, (steps.len() - count).div_ceil(BITS)),
            steps,
            state,
            room,
            limit: 0,
            cursor: None,
            path: Vec::new(),
            tried: HashMap::default(),
            explored: 0,
            found: Found::Nothing,
        }
        .with_head()
    }

    /// The head of the list is number `returned`; the first operation follows it.
    fn with_head(mut self) -> Self {
        self.limit = self.earliest_end();
        self
    }

    pub(super) const fn explored(&self) -> u64 {
        self.explored
    }

    /// Goes on until so many more explanations have been looked at, or it is done.
    pub(super) fn advance(&mut self, budget: u64) -> Found {
        let until = self.explored + budget;
        while self.found == Found::Nothing && self.explored < until {
            if self.left == 0 {
                self.found = Found::Order;
            } else if self.states.bytes() > self.room {
                self.found = Found::NoRoom;
            } else if !self.forward() && !self.back() {
                self.found = Found::None;
            }
        }
        self.found
    }

    /// Takes the next operation that can be taken here.
    fn forward(&mut self) -> bool {
        let head = self.returned as u32;
        let mut cursor = match self.cursor {
            Some(cursor) => cursor,
            None => {
                if let Some(read) = self.fitting_read() {
                    // Where it has led to nothing before, nothing else would lead to more.
                    return self.take(read, true);
                }
                self.next[head as usize]
            }
        };
        while cursor < head && self.steps[cursor as usize].call <= self.limit {
            if self.take(cursor, false) {
                return true;
            }
            cursor = self.next[cursor as usize];
        }
        let first = if cursor <= head { self.returned } else { cursor as usize - 1 };
        for step in first..self.steps.len() {
            if self.steps[step].call > self.limit {
                break;
            }
            if !self.has_taken(step) && self.take(step as u32, false) {
                return true;
            }
        }
        false
    }

    fn fitting_read(&mut self) -> Option<u32> {
        let mut cursor = self.next[self.returned];
        while (cursor as usize) < self.returned && self.steps[cursor as usize].call <= self.limit {
            let step = &self.steps[cursor as usize];
            if step.only_reads && self.is_free(step.previous) {
                let answer = self.states.apply(cursor, step.op, self.state).1;
                if step.expects.is_none_or(|expected| expected == answer) {
                    return Some(cursor);
                }
            }
            cursor = self.next[cursor as usize];
        }
        None
    }

    fn is_free(&self, previous: u32) -> bool {
        previous == NONE || self.has_taken(previous as usize)
    }

    fn has_taken(&self, step: usize) -> bool {
        let (set, bit) = match step.checked_sub(self.returned) {
            Some(bit) => (&self.unanswered[..], bit),
            None => (&self.done[..], step),
        };
        set[bit / BITS] >> (bit % BITS) & 1 == 1
    }

    fn flip(&mut self, step: usize) {
        let (set, bit) = match step.checked_sub(self.returned) {
            Some(bit) => (&mut self.unanswered[..], bit),
            None => (&mut self.done[..], step),
        };
        set[bit / BITS] ^= 1 << (bit % BITS);
    }

    /// Takes an operation, if it fits and leads to something that was not tried.
    fn take(&mut self, number: u32, only: bool) -> bool {
        let step = &self.steps[number as usize];
        if !self.is_free(step.previous) {
            return false;
        }
        let (state, answer) = self.states.apply(number, step.op, self.state);
        if step.expects.is_some_and(|expected| expected != answer) {
            return false;
        }
        self.flip(number as usize);
        if !self.is_new(state) {
            self.flip(number as usize);
            return false;
        }
        self.path.push(Taken { step: number, state: self.state, limit: self.limit, only });
        self.explored += 1;
        self.state = state;
        self.cursor = None;
        if (number as usize) < self.returned {
            let (before, next) = (self.before[number as usize], self.next[number as usize]);
            self.next[before as usize] = next;
            self.before[next as usize] = before;
            self.left -= 1;
            self.limit = self.earliest_end();
        }
        true
    }

    /// Takes the last one back, and all before it that nothing else could stand in place of.
    fn back(&mut self) -> bool {
        while let Some(Taken { step, state, limit, only }) = self.path.pop() {
            self.flip(step as usize);
            (self.state, self.limit) = (state, limit);
            if (step as usize) < self.returned {
                let (before, next) = (self.before[step as usize], self.next[step as usize]);
                self.next[before as usize] = step;
                self.before[next as usize] = step;
                self.left += 1;
                self.cursor = Some(next);
            } else {
                // Numbers behind the head are those of the unanswered ones, one higher.
                self.cursor = Some(step + 2);
            }
            if !only {
                return true;
            }
        }
        false
    }

    fn earliest_end(&self) -> u64 {
        let mut earliest = u64::MAX;
        let mut cursor = self.next[self.returned];
        while let Some(step) = self.steps[..self.returned].get(cursor as usize) {
            if step.call > earliest {
                break;
            }
            earliest = earliest.min(step.end);
            cursor = self.next[cursor as usize];
        }
        earliest
    }

    /// Whether what has been taken, with this value, is nothing that was tried, and remembers it.
    fn is_new(&mut self, state: State) -> bool {
        let full = self.done.iter().take_while(|word| **word == u64::MAX).count();
        let used = self.done.iter().rposition(|word| *word != 0).map_or(full, |last| (last + 1).max(full));
        let mut key = Done::new();
        key.push(u64::from(state) | (full as u64) << 32);
        key.extend_from_slice(&self.done[full..used]);
        let sets = self.tried.entry(key).or_default();
        let within = |set: &Set| set.iter().zip(&self.unanswered).all(|(one, other)| one & !other == 0);
        if sets.iter().any(within) {
            return false;
        }
        let unanswered = &self.unanswered;
        sets.retain(|set| !unanswered.iter().zip(&*set).all(|(one, other)| one & !other == 0));
        sets.push(self.unanswered.clone());
        true
    }
}
