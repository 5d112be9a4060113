//! Expanding states, and taking in their successors.

use alloc::vec::Vec;
use core::ops::Range;

use super::batch::Batch;
use super::search::{Budget, Search, SearchStatus};
use super::store::NONE;
use super::table::{hash, same};
use super::{Model, SleepSet, Successors};

/// States that [`Search::advance`] expands at once.
pub(super) const AT_ONCE: u32 = 32;

/// The successors of some states.
#[derive(Clone, Debug, Default)]
pub(super) struct Ahead {
    out: Successors,
    /// For each state, how many successors there are up to the end of its own.
    ends: Vec<usize>,
    hashes: Vec<u64>,
}

impl Ahead {
    fn clear(&mut self) {
        self.out.truncate(0);
        self.ends.clear();
        self.hashes.clear();
    }
}

/// The budget has no room for a state, or the state is a violation that ends the search.
pub(super) struct Stop;

/// A successor, or an initial state.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    /// The state before; [`NONE`] for an initial state.
    pub(super) parent: u32,
    pub(super) sleep_set: SleepSet,
    pub(super) hash: u64,
    pub(super) state: &'a [u8],
    /// What the model says of it, if it was asked already.
    pub(super) verdict: Option<u32>,
}

impl<M: Model> Search<M> {
    /// Expands at most `count` pending states, and returns how many. A model's answers do not depend on what the search does
    /// with them, so some states are expanded first, and then their successors are looked up, one after the other.
    pub(super) fn expand(&mut self, count: u32) -> Result<u32, Stop> {
        let mut ahead = core::mem::take(&mut self.ahead);
        ahead.clear();
        for state in self.pending(count) {
            if !self.model.successors(self.states.get(state), self.sleep_set(state), &mut ahead.out) {
                break;
            }
            ahead.ends.push(ahead.out.len());
        }
        if ahead.ends.is_empty() {
            let state = self.states.get(self.next);
            self.model.learn(state);
            let knows = self.model.successors(state, self.sleep_set[0], &mut ahead.out);
            assert!(knows, "a model that learned about a state expands it");
            ahead.ends.push(ahead.out.len());
        }
        ahead.hashes.extend(ahead.out.iter().map(|(.., state)| hash(state)));
        self.read_ahead(&ahead.hashes);
        let taken = self.take_in_all(&ahead);
        let count = ahead.ends.len() as u32;
        self.ahead = ahead;
        taken.map(|()| count)
    }

    /// Reads once what looking up these hashes will read. Each look-up waits for memory twice: for the table and for a state.
    /// Here the processor waits for all of them at the same time.
    #[inline]
    fn read_ahead(&self, hashes: &[u64]) {
        let last = self.states.len() - 1;
        let first_byte = |hash: &u64| self.states.get(self.table.first(*hash).min(last)).first().copied();
        core::hint::black_box(hashes.iter().filter_map(first_byte).fold(0, |all, byte| all ^ byte));
    }

    fn take_in_all(&mut self, ahead: &Ahead) -> Result<(), Stop> {
        let mut states = ahead.out.iter().zip(&ahead.hashes);
        let mut start = 0;
        for end in &ahead.ends {
            for ((_, sleep_set, state), hash) in states.by_ref().take(end - start) {
                self.insert(Found { parent: self.next, sleep_set, hash: *hash, state, verdict: None })?;
            }
            self.expanded((end - start) as u32);
            start = *end;
        }
        Ok(())
    }

    /// The first pending state has been expanded.
    pub(super) fn expanded(&mut self, generated: u32) {
        self.next += 1;
        self.sleep_set.pop_front();
        self.generated += u64::from(generated);
    }

    /// Takes in this parent's successors from a batch.
    pub(super) fn take_in(&mut self, parent: u32, batch: &Batch, found: &mut Range<u32>) -> Result<(), Stop> {
        while found.start < found.end && batch.found.parent(found.start) == parent {
            let at = found.start as usize;
            self.insert(Found {
                parent,
                sleep_set: batch.sleep_set[at],
                hash: batch.hashes[at],
                state: batch.found.get(found.start),
                verdict: Some(batch.verdicts[at]),
            })?;
            found.start += 1;
        }
        Ok(())
    }

    /// Takes in a state, unless it is known. A state that does not fit into the budget is left out; the state before it can
    /// be expanded again.
    #[inline]
    pub(super) fn insert(&mut self, found: Found) -> Result<(), Stop> {
        let Found { parent, sleep_set, hash, state, verdict } = found;
        let slot = match self.table.find(hash, |index| same(self.states.get(index), state)) {
            Ok(_) => return Ok(()),
            Err(slot) => self.make_room(hash, slot)?,
        };
        let number = self.states.len();
        self.table.put(slot, hash, number);
        self.states.push(state, parent);
        self.sleep_set.push_back(sleep_set);
        // A successor of the last level begins the next one.
        if self.levels.last().is_none_or(|first| parent != NONE && parent >= *first) {
            self.levels.push(number);
        }
        let verdict = verdict.unwrap_or_else(|| self.model.evaluate(state));
        if verdict & self.news == 0 { Ok(()) } else { self.note(verdict, number) }
    }

    /// Makes sure that the budget and the table have room for one more state, and returns its slot.
    #[inline]
    fn make_room(&mut self, hash: u64, slot: usize) -> Result<usize, Stop> {
        let len = self.states.len();
        let is_full = self.table.is_full(len);
        // A table that grows doubles; the old one is given back first.
        let more = if is_full { self.table.bytes() } else { 0 };
        // A pending state has a place in a queue, and the queue is copied when it grows.
        let queue = if self.sleep_set.len() == self.sleep_set.capacity() { 2 * self.sleep_set.capacity() } else { 0 };
        let more = more + queue * size_of::<SleepSet>();
        if len >= self.budget.states.min(Budget::MOST_STATES) || self.bytes() + more > self.budget.bytes {
            return Err(Stop);
        }
        if !is_full {
            return Ok(slot);
        }
        self.table.grow(self.states.iter().map(self::hash));
        Ok(self.table.vacant(hash))
    }

    /// Notes which properties a new state violates or reaches.
    #[cold]
    fn note(&mut self, verdict: u32, number: u32) -> Result<(), Stop> {
        for (at, witness) in self.witnesses.iter_mut().enumerate() {
            if verdict >> at & 1 == 1 {
                witness.get_or_insert(number);
            }
        }
        self.news &= !verdict;
        let stopping = verdict & self.stop_at;
        if stopping == 0 {
            return Ok(());
        }
        self.violated = Some(SearchStatus::Violated { property: stopping.trailing_zeros() as usize, state: number });
        Err(Stop)
    }
}
