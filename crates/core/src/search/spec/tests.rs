use alloc::vec::Vec;

use super::*;
use crate::search::explorer::no_sleep_sets::NoSleepSets;
use crate::search::explorer::{Budget, Model, Search};

type Found = Vec<(Vec<u8>, Option<u32>)>;

/// Every state with its parent, by number, up to a hundred thousand of them; and how many successors were generated.
fn found<M: Model>(model: M) -> (Found, u64) {
    let mut search = Search::stopping_at(model, Budget { states: 100_000, ..Budget::UNLIMITED }, 0);
    search.advance(u32::MAX);
    let states = (0..search.states()).map(|at| (search.state(at).to_vec(), search.parent(at)));
    (states.collect(), search.generated())
}

#[test]
fn sleep_sets_leave_out_no_state() {
    let mut specs = Vec::new();
    // From all steps having a bit to hardly any.
    for (acceptors, values, ballots) in [(3, 2, 2), (3, 2, 3), (2, 3, 3), (4, 2, 3), (5, 4, 4)] {
        specs.push(Spec::new(acceptors, values, ballots).unwrap());
    }
    for fault in [Fault::VoteRaisesNoPromise, Fault::ReportsIgnored] {
        specs.push(Spec::new(3, 2, 3).unwrap().with_fault(fault));
    }
    for spec in specs {
        let (sleep_set, few) = found(spec.clone());
        let (awake, many) = found(NoSleepSets(spec.clone()));
        assert!(awake == sleep_set, "{spec:?}");
        assert!(few < many, "{spec:?}");
    }
}

/// In the specification two steps that can be taken in both orders are independent, so every state is generated once.
#[test]
fn every_state_of_the_whole_search_is_generated_once() {
    for (ballots, states) in [(2, 3921), (3, 185_369)] {
        let mut search = Search::new(Spec::new(3, 2, ballots).unwrap(), Budget::UNLIMITED);
        search.advance(u32::MAX);
        assert_eq!((search.states(), search.generated()), (states, u64::from(states) - 1));
    }
}
