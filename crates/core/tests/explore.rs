//! The search gives the same numbers for all slices and threads, finds what is nearest, and never says that it is complete
//! when it is not.

#[path = "support/toy_model.rs"]
mod toy_model;

use quorum_core::search::explorer::{Budget, Model, Property, Search, SearchStatus, SleepSet, Successors};
use quorum_core::search::spec::{Fault, Spec};
use std::collections::BTreeMap;
use toy_model::ToyModel;

const PADS: u8 = 12;
const FROGS: u8 = 4;
/// No property stops the search.
const NOTHING: u32 = 0;

fn frogs(budget: Budget) -> Search<ToyModel> {
    Search::stopping_at(ToyModel::new(PADS, FROGS), budget, NOTHING)
}

fn whole<M: Model>(mut search: Search<M>) -> Search<M> {
    while search.advance(1000) == SearchStatus::Running {}
    search
}

/// All results of a search.
fn seen<M: Model>(search: &Search<M>) -> impl PartialEq + std::fmt::Debug + use<M> {
    let all = || 0..search.states();
    let states: Vec<_> = all().map(|state| (search.state(state).to_vec(), search.parent(state))).collect();
    let witnesses: Vec<_> = (0..search.model().properties().len()).map(|property| search.witness(property)).collect();
    let counts = (search.generated(), search.frontier(), search.depth(), search.bytes());
    (states, witnesses, counts, search.status())
}

/// The same search, with every block of states shared out between so many threads.
fn threaded<M: Model + Sync>(mut search: Search<M>, threads: u32, block: u32) -> Search<M> {
    while search.status() == SearchStatus::Running {
        let pending = search.pending(block);
        let share = (pending.len() as u32).div_ceil(threads).max(1);
        let parts = pending.clone().step_by(share as usize).map(|start| start..(start + share).min(pending.end));
        let batches: Vec<_> = std::thread::scope(|scope| {
            let reading = &search;
            let working: Vec<_> = parts.map(|part| scope.spawn(move || reading.batch(part))).collect();
            working.into_iter().map(|thread| thread.join().expect("expanding does not panic")).collect()
        });
        for batch in &batches {
            if search.absorb(batch) == SearchStatus::Budget {
                return search;
            }
        }
    }
    search
}

#[test]
fn any_slices_and_any_number_of_threads_give_the_same_search() {
    let expected = whole(frogs(Budget::UNLIMITED));
    assert_eq!(expected.status(), SearchStatus::Complete);
    assert!(expected.model().learned.len() > 3, "something had to be learned");
    let mut single = frogs(Budget::UNLIMITED);
    while single.advance(1) == SearchStatus::Running {}
    let mut all = vec![single];
    for threads in 1..=3 {
        all.extend([1, 7, 500].map(|block| threaded(frogs(Budget::UNLIMITED), threads, block)));
    }
    for search in all {
        assert_eq!(search.model().learned, expected.model().learned);
        assert!(seen(&search) == seen(&expected));
    }
}

#[test]
fn threads_stop_at_the_very_same_violation_and_at_the_very_same_budget() {
    let spec = || Spec::new(3, 2, 2).unwrap().with_fault(Fault::ReportsIgnored);
    let violated = whole(Search::new(spec(), Budget::UNLIMITED));
    assert!(matches!(violated.status(), SearchStatus::Violated { property: 0, .. }));
    let budget = Budget { states: 1234, ..Budget::UNLIMITED };
    let short = whole(Search::new(spec(), budget));
    for threads in 1..=3 {
        assert!(seen(&threaded(Search::new(spec(), Budget::UNLIMITED), threads, 100)) == seen(&violated));
        assert!(seen(&threaded(Search::new(spec(), budget), threads, 100)) == seen(&short));
    }
}

#[test]
fn the_specification_is_searched_alike_by_one_two_and_three_threads() {
    let spec = || Search::new(Spec::new(3, 2, 3).unwrap(), Budget::UNLIMITED);
    let expected = whole(spec());
    for threads in 1..=3 {
        assert!(seen(&threaded(spec(), threads, 4096)) == seen(&expected));
    }
}

/// The distances as another algorithm finds them: each state is one further than the nearest state before it, corrected until
/// nothing changes.
fn distances() -> BTreeMap<Vec<u8>, usize> {
    let mut toy = ToyModel::new(PADS, FROGS);
    toy.learned.extend(0..PADS);
    let mut out = Default::default();
    toy.begin(&mut out);
    let mut distances: BTreeMap<_, _> = out.iter().map(|(.., state)| (state.to_vec(), 1)).collect();
    let mut left: Vec<_> = distances.keys().cloned().collect();
    while let Some(state) = left.pop() {
        let distance = distances[&state] + 1;
        out.truncate(0);
        assert!(toy.successors(&state, 0, &mut out));
        for (.., next) in out.iter() {
            if distances.get(next).is_none_or(|known| *known > distance) {
                distances.insert(next.to_vec(), distance);
                left.push(next.to_vec());
            }
        }
    }
    distances
}

#[test]
fn every_state_is_found_at_its_distance_and_every_path_leads_there() {
    let search = whole(frogs(Budget::UNLIMITED));
    let distances = distances();
    assert_eq!(search.states() as usize, distances.len());
    assert_eq!(Some(search.depth()), distances.values().copied().max());
    for state in 0..search.states() {
        let path = search.path(state);
        assert_eq!(search.level(state), distances[search.state(state)]);
        assert_eq!(path.len() + 1, search.level(state));
        let mut at = path.first().map_or(state, |first| first.from);
        assert_eq!(search.parent(at), None);
        for step in path {
            assert_eq!(step.from, at);
            let mut out = Default::default();
            assert!(search.model().successors(search.state(at), 0, &mut out));
            let leads_there =
                out.iter().any(|(number, _, next)| number == step.number && next == search.state(step.to));
            assert!(leads_there, "action {} of state {at}", step.number);
            at = step.to;
        }
        assert_eq!(at, state);
    }
}

#[test]
fn the_first_state_that_violates_is_a_nearest_one_and_ends_the_search() {
    let mut search = Search::new(ToyModel::new(PADS, FROGS), Budget::UNLIMITED);
    let status = loop {
        match search.advance(10) {
            SearchStatus::Running => {}
            status => break status,
        }
    };
    let SearchStatus::Violated { property, state } = status else { panic!("{status:?}") };
    assert_eq!((property, state), (1, search.states() - 1));
    assert_eq!(search.advance(10), status, "it goes no further");
    let judge = ToyModel::new(PADS, FROGS);
    let nearest =
        distances().into_iter().filter(|(state, _)| judge.evaluate(state) & 2 != 0).map(|(_, distance)| distance);
    assert_eq!(Some(search.level(state)), nearest.min());
    assert_eq!(whole(frogs(Budget::UNLIMITED)).witness(1), Some(state), "told as well by a search that does not stop");
}

#[test]
fn what_sometimes_happens_stops_nothing_and_what_never_happens_has_no_witness() {
    let search = whole(frogs(Budget::UNLIMITED));
    let empty = search.witness(0).expect("all may leave");
    assert!(search.state(empty).is_empty());
    assert_eq!(search.witness(2), None);
    assert_eq!(search.witness(3), None, "there is no such property");
}

#[test]
fn a_search_without_room_is_not_complete_and_goes_on_where_it_stopped() {
    let expected = whole(frogs(Budget::UNLIMITED));
    for states in [3, 100, expected.states() - 1] {
        let mut search = whole(frogs(Budget { states, ..Budget::UNLIMITED }));
        assert_eq!((search.advance(1), search.states()), (SearchStatus::Budget, states));
        assert!(search.frontier() > 0);
        search.set_budget(Budget::UNLIMITED);
        let search = whole(search);
        assert!(seen(&search) == seen(&expected));
        assert_eq!(search.model().learned, expected.model().learned);
    }
    let exact = whole(frogs(Budget { states: expected.states(), ..Budget::UNLIMITED }));
    assert_eq!(exact.status(), SearchStatus::Complete, "nothing was left out");
}

#[test]
fn a_search_stops_before_it_takes_more_memory_than_it_may() {
    let expected = Search::new(Spec::new(3, 2, 3).unwrap(), Budget::UNLIMITED);
    let bytes = 1 << 20;
    let mut search = whole(Search::new(Spec::new(3, 2, 3).unwrap(), Budget { bytes, ..Budget::UNLIMITED }));
    assert_eq!(search.advance(1), SearchStatus::Budget);
    assert!(search.bytes() <= 2 * bytes && search.bytes() > bytes / 4, "{}", search.bytes());
    assert!(search.states() < 185_369);
    search.set_budget(Budget::UNLIMITED);
    assert!(seen(&whole(search)) == seen(&whole(expected)));
}

#[test]
fn a_state_of_forty_bytes_takes_less_than_sixty_four_in_all() {
    /// Ten thousand and some states in a row for each of the sizes that tables have.
    struct Row;
    impl Model for Row {
        fn begin(&mut self, out: &mut Successors) {
            out.push(0, &[0; 40]);
        }
        fn successors(&self, state: &[u8], _: SleepSet, out: &mut Successors) -> bool {
            let number = u32::from_le_bytes(state[..4].try_into().unwrap());
            for next in [number * 2 + 1, number * 2 + 2].into_iter().filter(|next| *next < 1_000_000) {
                out.push(next, &[[0; 36].as_slice(), &[0; 4]].concat())[..4].copy_from_slice(&next.to_le_bytes());
            }
            true
        }
        fn properties(&self) -> &[Property] {
            &[]
        }
        fn evaluate(&self, _: &[u8]) -> u32 {
            0
        }
    }
    let mut search = Search::new(Row, Budget::UNLIMITED);
    let mut most: f64 = 0.0;
    while search.advance(10_000) == SearchStatus::Running {
        if search.states() > 100_000 {
            most = most.max(search.bytes() as f64 / f64::from(search.states()));
        }
    }
    assert_eq!(search.states(), 1_000_000);
    assert!(most > 48.0 && most <= 64.0, "{most}");
}

/// Wheels that turn one notch at a time until they stop. All actions are independent.
struct Wheels {
    has_sleep_sets: bool,
}

const WHEELS: usize = 4;
const STOP: u8 = 5;

impl Model for Wheels {
    fn begin(&mut self, out: &mut Successors) {
        out.push(0, &[0; WHEELS]);
    }

    fn successors(&self, state: &[u8], sleep_set: SleepSet, out: &mut Successors) -> bool {
        let mut before = sleep_set;
        for wheel in (0..WHEELS).filter(|wheel| state[*wheel] < STOP && sleep_set >> wheel & 1 == 0) {
            out.write(wheel as u32, if self.has_sleep_sets { before } else { 0 }, |bytes| {
                bytes.extend(state.iter().enumerate().map(|(at, turns)| turns + u8::from(at == wheel)));
            });
            before |= 1 << wheel;
        }
        true
    }

    fn properties(&self) -> &[Property] {
        &[]
    }

    fn evaluate(&self, _: &[u8]) -> u32 {
        0
    }
}

/// Godefroid, 1996: "sleep sets […] avoid the exploration of multiple interleavings of independent transitions".
#[test]
fn sleep_sets_leave_out_no_state_and_where_all_is_independent_every_state_is_generated_once() {
    let search = |has_sleep_sets| whole(Search::new(Wheels { has_sleep_sets }, Budget::UNLIMITED));
    let (without, with) = (search(false), search(true));
    let found = |search: &Search<Wheels>| {
        (0..search.states()).map(|at| (search.state(at).to_vec(), search.parent(at))).collect::<Vec<_>>()
    };
    assert!(found(&without) == found(&with));
    assert_eq!(with.states(), 6u32.pow(4));
    assert_eq!(with.generated(), u64::from(with.states()) - 1);
    assert!(without.generated() > 3 * with.generated());
    for threads in 2..=3 {
        let threaded = threaded(Search::new(Wheels { has_sleep_sets: true }, Budget::UNLIMITED), threads, 64);
        assert!(seen(&threaded) == seen(&with));
    }
}
