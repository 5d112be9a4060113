//! The search: how many states of the specification it visits in a second, beside `stateright`'s breadth-first search.

mod peer_paxos;
mod peer_spec;

use crate::{Measured, median};
use quorum_core::json::Json;
use quorum_core::paxos::Rules;
use quorum_core::search::explorer::{Budget, Search, SearchStatus};
use quorum_core::search::paxos_model::Bounds;
use quorum_core::search::spec::Spec;
use quorum_core::search::{ModelCheck, Question};
use quorum_tests::{PLAIN, Page, Result, Value};
use std::time::Instant;

/// The states of the specification with three acceptors, two values and three ballots.
const STATES: u32 = 185_369;
/// The most that a state may take, in bytes.
const STATE_BYTES: f64 = 64.0;
const RUNS: usize = 9;

pub(crate) fn natively() -> Vec<Measured> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(per_second(|| search().states(), STATES));
        theirs.push(per_second(|| peer_spec::search() as u32, STATES));
    }
    let search = search();
    let bytes = search.bytes() as f64 / f64::from(search.states());
    let mut measured = cluster();
    measured.extend([
        Measured::new("states of the specification in a second", "states", median(ours), median(theirs), RUNS)
            .beside("stateright"),
        Measured::new("memory of such a state", "bytes", bytes, STATE_BYTES, 1),
    ]);
    measured
}

/// How many crashes there may be, and the states of the cluster with three servers, two values and three ballots then.
const CLUSTERS: [(u32, u32); 2] = [(0, 394_460), (1, 2_256_131)];
/// How often the peer searches while we do once: its example is a small one.
const AS_MANY: u32 = 20;

/// The real cluster beside the other's own Paxos: three servers and two clients, which must have as many states as its
/// authors published.
fn cluster() -> Vec<Measured> {
    let mut measured = Vec::new();
    for (crashes, states) in CLUSTERS {
        let (mut ours, mut theirs, mut bytes) = (Vec::new(), Vec::new(), 0.0);
        for _ in 0..RUNS / 2 {
            ours.push(per_second(
                || {
                    let check = check(crashes);
                    let field = |name: &str| match check.progress().get(name) {
                        Some(Json::Number(number)) => *number,
                        _ => 0.0,
                    };
                    bytes = field("bytes") / field("states");
                    field("states") as u32
                },
                states,
            ));
            let published = peer_paxos::STATES as u32 * AS_MANY;
            theirs.push(per_second(|| (0..AS_MANY).map(|_| peer_paxos::search() as u32).sum(), published));
        }
        let runs = ours.len();
        let what = if crashes == 0 { String::new() } else { format!(", {crashes} crash") };
        measured.extend([
            Measured::new(
                format!("states of the cluster in a second{what}"),
                "states",
                median(ours),
                median(theirs),
                runs,
            )
            .beside("stateright’s Paxos"),
            Measured::new(format!("memory of such a state{what}"), "bytes", bytes, STATE_BYTES, 1),
        ]);
    }
    measured
}

fn check(crashes: u32) -> ModelCheck {
    let mut question = Question::without(Rules::default());
    question.bounds = Bounds { crashes, ..Bounds::default() };
    let mut check = ModelCheck::new(question).unwrap_or_else(|error| panic!("{error}"));
    while check.advance(10_000) == SearchStatus::Running {}
    assert_eq!(check.status(), SearchStatus::Complete);
    check
}

/// How long a counterexample may take to be found, in milliseconds.
const FOUND: f64 = 1000.0;

/// The same search in WebAssembly.
const SEARCH: &str = "
    const { ready } = await import(new URL('search-worker.js', document.baseURI).href);
    const { Search } = await ready();
    const start = performance.now();
    const search = new Search({ model: 'spec' });
    while (search.advance(10000).status === 'running');
    const { states } = search.report();
    const took = performance.now() - start;
    search.free();
    return { states, took };";

/// How long the search without each rule takes, its run included.
const WITHOUT: &str = "
    const { ready } = await import(new URL('search-worker.js', document.baseURI).href);
    const { rules, Search } = await ready();
    return rules().map(({ rule }) => {
        const start = performance.now();
        const search = new Search({ off: [rule] });
        while (search.advance(10000).status === 'running');
        const broken = search.report().violation !== null;
        const took = performance.now() - start;
        search.free();
        return { rule, took, broken };
    });";

/// Runs before the first that counts: the browser compiles well what runs often.
const WARM: usize = 3;

pub(crate) async fn in_the_browser(page: &Page) -> Result<Vec<Measured>> {
    page.go(PLAIN).await?;
    let number = |value: &Value, name: &str| value[name].as_f64().unwrap_or(f64::NAN);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..WARM + RUNS {
        let one: Value = page.js(SEARCH, vec![]).await?;
        assert_eq!(one["states"], STATES);
        ours.push(f64::from(STATES) / number(&one, "took") * 1000.0);
        theirs.push(per_second(|| search().states(), STATES));
    }
    let (ours, theirs) = (ours.split_off(WARM), theirs.split_off(WARM));
    let found: Value = page.js(WITHOUT, vec![]).await?;
    let rules = found.as_array().cloned().unwrap_or_default();
    assert!(rules.iter().all(|one| one["broken"] == true), "{rules:?}");
    let slowest = rules.iter().map(|one| number(one, "took")).fold(0.0, f64::max);
    Ok(vec![
        Measured::new("states of the specification in a second, wasm", "states", median(ours), median(theirs), RUNS)
            .beside("the same natively"),
        Measured::new("the slowest of all rules’ counterexamples, wasm", "ms", slowest, FOUND, rules.len()),
    ])
}

fn search() -> Search<Spec> {
    let spec = Spec::new(3, 2, 3).unwrap_or_else(|error| panic!("{error}"));
    let mut search = Search::new(spec, Budget::UNLIMITED);
    while search.advance(10_000) == SearchStatus::Running {}
    search
}

/// Runs a search of so many states.
fn per_second(run: impl FnOnce() -> u32, all: u32) -> f64 {
    let start = Instant::now();
    let states = run();
    let took = start.elapsed();
    assert_eq!(states, all, "all are searched");
    f64::from(states) / took.as_secs_f64()
}
