//! The search: how many states of the specification it visits in a second, beside `stateright`'s breadth-first search.

mod peer_paxos;
mod peer_spec;

use crate::{Measured, median};
use quorum_core::check::explore::{Budget, Search, Status};
use quorum_core::check::spec::Spec;
use std::time::Instant;

/// The states of the specification with three acceptors, two values and three ballots.
const STATES: u32 = 185_369;
/// The most that a state may take, in bytes.
const STATE_BYTES: f64 = 64.0;
const RUNS: usize = 9;

pub(crate) fn natively() -> Vec<Measured> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(per_second(|| search().states()));
        theirs.push(per_second(|| peer_spec::search() as u32));
    }
    let search = search();
    let bytes = search.bytes() as f64 / f64::from(search.states());
    // Not yet measured beside anything; but what it will be measured by must be what its authors published.
    assert_eq!(peer_paxos::search(), peer_paxos::STATES);
    vec![
        Measured::new("states of the specification in a second", "states", median(ours), median(theirs), RUNS)
            .beside("stateright"),
        Measured::new("memory of such a state", "bytes", bytes, STATE_BYTES, 1),
    ]
}

fn search() -> Search<Spec> {
    let spec = Spec::new(3, 2, 3).unwrap_or_else(|error| panic!("{error}"));
    let mut search = Search::new(spec, Budget::UNLIMITED);
    while search.advance(10_000) == Status::Running {}
    search
}

/// Runs a search of all [`STATES`].
fn per_second(run: impl FnOnce() -> u32) -> f64 {
    let start = Instant::now();
    let states = run();
    let took = start.elapsed();
    assert_eq!(states, STATES, "both search the same");
    f64::from(states) / took.as_secs_f64()
}
