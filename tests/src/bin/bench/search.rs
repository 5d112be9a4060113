//! The search: how many states of the specification it visits in a second, beside `stateright`'s breadth-first search.

mod peer_paxos;
mod peer_spec;

use crate::{Measured, median};
use quorum_core::check::explore::{Budget, Search, Status};
use quorum_core::check::spec::Spec;
use std::time::Instant;

/// The states of the specification with three acceptors, two values and three ballots.
const STATES: u32 = 185_369;
const RUNS: usize = 9;

pub(crate) fn natively() -> Vec<Measured> {
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    let mut bytes = 0.0;
    for _ in 0..RUNS {
        ours.push(per_second(|| {
            let search = search();
            bytes = search.bytes() as f64 / f64::from(search.states());
            search.states()
        }));
        peers.push(per_second(|| peer_spec::search() as u32));
    }
    let start = Instant::now();
    assert_eq!(peer_paxos::search(), peer_paxos::STATES, "the peer's own Paxos is what it was published as");
    let rate = peer_paxos::STATES as f64 / start.elapsed().as_secs_f64();
    eprintln!("peer paxos {rate}");
    vec![
        Measured::new("states of the specification", "in a second", median(ours), median(peers), RUNS)
            .beside("stateright"),
        Measured::new("memory of such a state", "bytes", bytes, 64.0, 1),
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
