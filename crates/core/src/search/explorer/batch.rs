//! Expanding states on several threads at once.

use alloc::vec::Vec;
use core::ops::Range;

use super::search::Search;
use super::store::Store;
use super::table::{Table, hash, same};
use super::{Model, SleepSet, Successors};

/// In place of a count of successors: the model has to learn about the state first.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// The successors of some states, made by [`Search::batch`] and taken in by [`Search::absorb`].
#[derive(Clone, Debug)]
pub struct Batch {
    pub(super) range: Range<u32>,
    /// How many successors each state of the range has, or [`UNKNOWN`].
    pub(super) generated: Vec<u32>,
    /// The successors that the search did not know, each once, with the first state of the range that leads to it.
    pub(super) found: Store,
    pub(super) hashes: Vec<u64>,
    pub(super) sleep_set: Vec<SleepSet>,
    pub(super) verdicts: Vec<u32>,
}

impl<M: Model> Search<M> {
    /// Expands these states and changes nothing, so that several threads can do it at once. The states must be
    /// [pending](Self::pending), and the batches must be [absorbed](Self::absorb) in order.
    #[must_use]
    pub fn batch(&self, range: Range<u32>) -> Batch {
        let mut batch = Batch {
            generated: Vec::with_capacity(range.len()),
            range: range.clone(),
            found: Store::default(),
            hashes: Vec::new(),
            sleep_set: Vec::new(),
            verdicts: Vec::new(),
        };
        let (mut table, mut out) = (Table::default(), Successors::new());
        for parent in range {
            out.truncate(0);
            if !self.model().successors(self.state(parent), self.sleep_set(parent), &mut out) {
                batch.generated.push(UNKNOWN);
                continue;
            }
            batch.generated.push(out.len() as u32);
            for (_, sleep_set, state) in out.iter() {
                let hash = hash(state);
                if self.knows(hash, state) {
                    continue;
                }
                let number = batch.found.len();
                if table.is_full(number) {
                    table.grow(batch.hashes.iter().copied());
                }
                if let Err(slot) = table.find(hash, |other| same(batch.found.get(other), state)) {
                    table.put(slot, hash, number);
                    batch.found.push(state, parent);
                    batch.hashes.push(hash);
                    batch.sleep_set.push(sleep_set);
                    batch.verdicts.push(self.model().evaluate(state));
                }
            }
        }
        batch
    }
}
