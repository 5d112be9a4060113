//! The way back: how long a seek takes, what a step costs in time and in memory, in a run of a hundred thousand steps.

use crate::{Measured, median};
use quorum_core::limits::MAX_KEYFRAME_BYTES;
use quorum_core::paxos::NodeId;
use quorum_core::run::History;
use quorum_core::sim::{Action, Config};
use quorum_tests::{PLAIN, Page, Result, Value, json};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

const STEPS: u64 = 100_000;
/// The longest that a seek may take, in milliseconds.
const SEEK: f64 = 8.0;
/// The most that a step may take of memory, in bytes.
const STEP_BYTES: f64 = 64.0;
const MEGABYTE: f64 = (1 << 20) as f64;
/// The most that keyframes may take, in megabytes.
const KEYFRAMES: f64 = MAX_KEYFRAME_BYTES as f64 / MEGABYTE;
const RUNS: usize = 9;

/// Counts what is allocated and not freed.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: it only counts what it passes on.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Two proposers out of five that never back off: something is always left to happen.
fn duel() -> History {
    let config = Config { nodes: 5, backoff: false, ..Config::default() };
    let mut history = History::new(config).unwrap_or_else(|error| panic!("{error}"));
    for (node, value) in [(1, "blue"), (2, "red")] {
        let propose = NodeId::new(node).zip(value.parse().ok()).map(|(node, value)| Action::Propose { node, value });
        propose.iter().for_each(|propose| assert!(history.apply(propose).is_ok()));
    }
    history
}

fn go_on(history: &mut History, until: u64) {
    while history.now().steps() < until {
        assert!(history.step().is_some(), "a duel never ends");
    }
}

pub(crate) fn natively() -> Vec<Measured> {
    let before = LIVE.load(Relaxed);
    let mut history = duel();
    go_on(&mut history, STEPS);
    let taken = LIVE.load(Relaxed) - before;
    // A copy shares the keyframes, and nothing else.
    let copy = history.clone();
    let besides = LIVE.load(Relaxed) - before - taken;
    drop(copy);
    let memory =
        Measured::new("memory of a step, besides keyframes", "bytes", besides as f64 / STEPS as f64, STEP_BYTES, 1);
    let (count, _) = history.keyframes();
    let kept = (taken - besides) as f64 / MEGABYTE;
    let keyframes = Measured::new(format!("memory of its {count} keyframes"), "MB", kept, KEYFRAMES, 1);
    let (mut early, mut late) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut history = duel();
        early.push(time_of_steps(&mut history, 1000));
        late.push(time_of_steps(&mut history, STEPS));
    }
    let cost = Measured::new("time of step 100,000", "µs", median(late), median(early), RUNS);
    vec![memory, keyframes, cost.beside("step 1,000")]
}

/// The time of one of the thousand steps up to and after `step`, in microseconds.
fn time_of_steps(history: &mut History, step: u64) -> f64 {
    go_on(history, step - 500);
    let start = Instant::now();
    go_on(history, step + 500);
    start.elapsed().as_secs_f64() * 1e6 / 1000.0
}

/// The same run in WebAssembly: a long way on, then to and fro. Times in milliseconds.
const SEEKS: &str = "
    const { default: init, Lab } = await import(new URL('wasm/quorum_wasm.js', document.baseURI).href);
    let memory;
    const make = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...given) => {
        const made = await make.apply(WebAssembly, given);
        memory = Object.values(made.instance.exports).find((it) => it instanceof WebAssembly.Memory);
        return made;
    };
    await init();
    const [steps] = args;
    const lab = new Lab({ nodes: 5, backoff: false });
    lab.apply({ type: 'propose', node: 1, value: 'blue' });
    lab.apply({ type: 'propose', node: 2, value: 'red' });
    lab.seek(0);
    const from = memory.buffer.byteLength;
    const times = [];
    for (let at = 0; at < steps; at += 1000) {
        const start = performance.now();
        for (let i = 0; i < 1000; i++) lab.step();
        times.push(performance.now() - start);
    }
    const seeks = [], draws = [];
    for (let i = 0; i < 3000; i++) {
        const step = (i * 7919 * 104729) % steps;
        const start = performance.now();
        lab.seek(step);
        seeks.push(performance.now() - start);
        const view = lab.view();
        draws.push(performance.now() - start);
        if (view.step !== step) throw new Error(`${view.step} is not ${step}`);
    }
    const bytes = memory.buffer.byteLength - from;
    lab.free();
    return { times, seeks, draws, bytes };";

pub(crate) async fn in_the_browser(page: &Page) -> Result<Vec<Measured>> {
    page.go(PLAIN).await?;
    let found: Value = page.js(SEEKS, vec![json!(STEPS)]).await?;
    let list =
        |name: &str| -> Vec<f64> { found[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect() };
    let slowest = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() * 99 / 100]
    };
    let (seeks, draws, times) = (list("seeks"), list("draws"), list("times"));
    let runs = seeks.len();
    let cost = |of: &[f64]| median(of.to_vec());
    let natively = median((0..RUNS).map(|_| time_of_steps(&mut duel(), 5000)).collect());
    Ok(vec![
        Measured::new("a step of the first 10,000, from JavaScript", "µs", cost(&times[..10]), natively, 10)
            .beside("a step natively"),
        Measured::new("a seek in 100,000 steps, 99th percentile, wasm", "ms", slowest(seeks), SEEK, runs),
        Measured::new("… and reading what to draw there", "ms", slowest(draws), SEEK, runs),
        Measured::new("time of steps to 100,000, wasm", "µs", cost(&times[90..]), cost(&times[..10]), 10)
            .beside("steps to 10,000"),
        Measured::new(
            "memory of the run, wasm",
            "MB",
            found["bytes"].as_f64().unwrap_or(f64::NAN) / MEGABYTE,
            KEYFRAMES,
            1,
        ),
    ])
}
