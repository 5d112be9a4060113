//! For tests: the same model with every sleep set empty.

use alloc::vec::Vec;

use super::{Budget, Model, Property, Search, SearchStatus, SleepSet, Successors};

/// A model that is never told a sleep set.
pub(crate) struct NoSleepSets<M>(pub(crate) M);

impl<M: Model> Model for NoSleepSets<M> {
    fn begin(&mut self, out: &mut Successors) {
        self.0.begin(out);
    }

    fn successors(&self, state: &[u8], _: SleepSet, out: &mut Successors) -> bool {
        self.0.successors(state, 0, out)
    }

    fn learn(&mut self, state: &[u8]) {
        self.0.learn(state);
    }

    fn properties(&self) -> &[Property] {
        self.0.properties()
    }

    fn evaluate(&self, state: &[u8]) -> u32 {
        self.0.evaluate(state)
    }
}

/// The results of a search that do not depend on the order in which the model learned: how many states there are at each
/// distance, and at which distance each property is violated or reached first.
pub(crate) fn shape<M: Model>(model: M, states: u32) -> (SearchStatus, Vec<u32>, Vec<Option<usize>>) {
    let mut search = Search::stopping_at(model, Budget { states, ..Budget::UNLIMITED }, 0);
    let status = search.advance(u32::MAX);
    let mut levels = alloc::vec![0; search.depth()];
    for state in 0..search.states() {
        levels[search.level(state) - 1] += 1;
    }
    // The last level is cut off where the budget ended.
    levels.truncate(search.depth() - usize::from(status == SearchStatus::Budget));
    let first = |property| Some(search.level(search.witness(property)?)).filter(|level| *level <= levels.len());
    let firsts = (0..search.model().properties().len()).map(first).collect();
    (status, levels, firsts)
}
