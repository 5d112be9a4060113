//! Explanations that are alive at the same time, each one once.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::states::State;

/// How many operations an explanation can tell the order of. Sentences need no more.
const TOLD: usize = 8;

/// How what was answered so far may have come about.
#[derive(Clone, Debug)]
pub(super) struct Explanation {
    /// The value that the key has by it.
    pub(super) state: State,
    /// For each open operation, in the order of their calls, how far it is: see [`super::jit`].
    pub(super) progress: Progress,
    /// The operations that nobody waits for and that took effect, one bit each.
    pub(super) lost: SmallVec<[u64; 1]>,
    /// The operations that took effect last, in order.
    pub(super) order: SmallVec<[u32; TOLD]>,
}

pub(super) type Progress = SmallVec<[u32; 8]>;

impl Explanation {
    /// At the beginning.
    pub(super) fn new(state: State) -> Self {
        Self { state, progress: Progress::new(), lost: SmallVec::new(), order: SmallVec::new() }
    }

    /// One more operation took effect.
    pub(super) fn took_effect(&mut self, operation: u32, state: State) {
        if self.order.len() == TOLD {
            self.order.remove(0);
        }
        self.order.push(operation);
        self.state = state;
    }

    pub(super) fn has_lost(&self, bit: usize) -> bool {
        self.lost.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    pub(super) fn add_lost(&mut self, bit: usize) {
        if self.lost.len() <= bit / 64 {
            self.lost.resize(bit / 64 + 1, 0);
        }
        self.lost[bit / 64] |= 1 << (bit % 64);
    }

    /// Whether it has used up no operation that the other one still has.
    fn uses_no_more(&self, other: &Self) -> bool {
        let word = |at: usize| other.lost.get(at).copied().unwrap_or_default();
        self.lost.iter().enumerate().all(|(at, used)| used & !word(at) == 0)
    }
}

/// A set of explanations, in the order in which they were found.
///
/// Of two that differ only in the operations that nobody waits for, the one that has used up fewer of them can do all
/// that the other can: the other is left out.
#[derive(Debug, Default)]
pub(super) struct Explanations {
    all: Vec<Option<Explanation>>,
    places: HashMap<(State, Progress), SmallVec<[u32; 1]>, FxBuildHasher>,
    next: usize,
}

impl Explanations {
    /// Adds one, unless there is one that can do all that it can.
    pub(super) fn add(&mut self, explanation: Explanation) {
        let places = self.places.entry((explanation.state, explanation.progress.clone())).or_default();
        let all = &mut self.all;
        let known = |place: &u32| all[*place as usize].as_ref().is_none_or(|it| it.uses_no_more(&explanation));
        if places.iter().any(known) {
            return;
        }
        // Those that have been looked at already are what others were found from: they stay.
        let next = self.next;
        places.retain(|place| {
            let place = *place as usize;
            let is_useless = place >= next && all[place].as_ref().is_some_and(|it| explanation.uses_no_more(it));
            if is_useless {
                all[place] = None;
            }
            !is_useless
        });
        places.push(all.len() as u32);
        all.push(Some(explanation));
    }

    /// The next one that was not looked at yet.
    pub(super) fn next(&mut self) -> Option<Explanation> {
        while let Some(explanation) = self.all.get(self.next) {
            self.next += 1;
            if explanation.is_some() {
                return explanation.clone();
            }
        }
        None
    }

    /// How many were found.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn into_vec(self) -> Vec<Explanation> {
        self.all.into_iter().flatten().collect()
    }
}
