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
/// The most memory that going to and fro may add to a run, in megabytes: it is flat.
const ADDED: f64 = 1.0;
/// The longest that an event may take natively with every invariant on, in microseconds: a million a second. In WebAssembly,
/// twice as long.
pub(crate) const EVENT: f64 = 1.0;
const RUNS: usize = 9;
/// Who asks for what in a duel.
const PROPOSALS: [(u32, &str); 2] = [(1, "blue"), (2, "red")];

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
    for (node, value) in PROPOSALS {
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
    vec![time_of_events("one value", duel), memory, keyframes, cost.beside("step 1,000")]
}

/// The time of an event of a run of a hundred thousand steps, every invariant on, in microseconds.
pub(crate) fn time_of_events(of: &str, begin: impl Fn() -> History) -> Measured {
    let times = (0..RUNS).map(|_| {
        let (mut history, mut events) = (begin(), 0);
        let start = Instant::now();
        while history.now().steps() < STEPS {
            events += history.step().map_or(0, <[_]>::len);
        }
        assert!(history.now().violations().is_empty(), "no invariant is broken");
        start.elapsed().as_secs_f64() * 1e6 / events as f64
    });
    Measured::new(format!("an event, every invariant on, {of}"), "µs", median(times.collect()), EVENT, RUNS)
}

/// The time of one of the thousand steps up to and after `step`, in microseconds.
fn time_of_steps(history: &mut History, step: u64) -> f64 {
    go_on(history, step - 500);
    let start = Instant::now();
    go_on(history, step + 500);
    start.elapsed().as_secs_f64() * 1e6 / 1000.0
}

/// A run in WebAssembly: a long way on, then to and fro; and the same way again, as fast as the engine can. Times in
/// milliseconds.
const SEEKS: &str = "
    const [steps, name, config, actions] = args;
    // Under an address of its own: the page's engine has begun already.
    const { default: init, Lab } = await import(new URL(`wasm/${name}.js?alone`, document.baseURI).href);
    let memory;
    const make = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...given) => {
        const made = await make.apply(WebAssembly, given);
        memory = Object.values(made.instance.exports).find((it) => it instanceof WebAssembly.Memory);
        return made;
    };
    await init();
    WebAssembly.instantiateStreaming = make;
    const begin = () => {
        const lab = new Lab(config);
        for (const action of actions) lab.apply(action);
        return lab;
    };
    const lab = begin();
    lab.seek(0);
    const from = memory.buffer.byteLength;
    const times = [];
    let events = 0;
    for (let at = 0; at < steps; at += 1000) {
        const start = performance.now();
        for (let i = 0; i < 1000; i++) events += lab.step().length;
        times.push(performance.now() - start);
    }
    const grown = memory.buffer.byteLength;
    const seeks = [], draws = [];
    for (let i = 0; i < 1000; i++) {
        const step = (i * 7919 * 104729) % steps;
        const start = performance.now();
        lab.seek(step);
        seeks.push(performance.now() - start);
        const view = lab.view();
        draws.push(performance.now() - start);
        if (view.step !== step) throw new Error(`${view.step} is not ${step}`);
    }
    const bytes = memory.buffer.byteLength - from;
    const added = memory.buffer.byteLength - grown;
    lab.free();
    const ran = [];
    for (let turn = 0; turn < 5; turn++) {
        const again = begin();
        again.pace('ideas', new Float64Array());
        const start = performance.now();
        for (let at = 0; at < steps; at = again.position().step) again.beat(steps - at);
        ran.push(performance.now() - start);
        again.free();
    }
    return { times, seeks, draws, bytes, added, events, ran };";

/// A run that is gone through in the browser.
pub(crate) struct Way {
    /// What it is called in the table.
    pub(crate) of: &'static str,
    /// The module of the engine.
    pub(crate) module: &'static str,
    pub(crate) config: Value,
    /// What is done before its first step.
    pub(crate) actions: Value,
    /// The longest that a seek may take, in milliseconds.
    pub(crate) seek: f64,
    /// The longest that an event may take, in microseconds.
    pub(crate) event: f64,
}

/// What came of it.
pub(crate) struct Gone {
    /// A thousand steps each, called from JavaScript, in milliseconds.
    pub(crate) times: Vec<f64>,
    pub(crate) all: Vec<Measured>,
}

/// Goes through a run of a hundred thousand steps.
pub(crate) async fn go_through(page: &Page, way: Way) -> Result<Gone> {
    page.go(PLAIN).await?;
    let Way { of, module, config, actions, seek, event } = way;
    let found: Value = page.js(SEEKS, vec![json!(STEPS), json!(module), config, actions]).await?;
    let list =
        |name: &str| -> Vec<f64> { found[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect() };
    let number = |name: &str| found[name].as_f64().unwrap_or(f64::NAN);
    let slowest = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() * 99 / 100]
    };
    let (seeks, draws, times) = (list("seeks"), list("draws"), list("times"));
    let (ran, runs) = (list("ran"), seeks.len());
    let runs_of_events = ran.len();
    let of = |what: &str| format!("{what}, {of}, wasm");
    let all = vec![
        Measured::new(
            of("an event, every invariant on"),
            "µs",
            median(ran) * 1e3 / number("events"),
            event,
            runs_of_events,
        ),
        Measured::new(of("a seek in 100,000 steps, 99th percentile"), "ms", slowest(seeks), seek, runs),
        Measured::new("… and reading what to draw there", "ms", slowest(draws), seek, runs),
        Measured::new(
            of("time of steps to 100,000"),
            "ms",
            median(times[90..].to_vec()),
            median(times[..10].to_vec()),
            10,
        )
        .beside("steps to 10,000"),
        Measured::new(of("memory of the run"), "MB", number("bytes") / MEGABYTE, KEYFRAMES, 1),
        Measured::new("… and what 1,000 seeks add to it", "MB", number("added") / MEGABYTE, ADDED, runs),
    ];
    Ok(Gone { times, all })
}

pub(crate) async fn in_the_browser(page: &Page) -> Result<Vec<Measured>> {
    let asks = |(node, value): (u32, &str)| json!({ "type": "propose", "node": node, "value": value });
    let way = Way {
        of: "one value",
        module: "quorum_wasm",
        config: json!({ "nodes": 5, "backoff": false }),
        actions: PROPOSALS.map(asks).into_iter().collect(),
        seek: SEEK,
        event: 2.0 * EVENT,
    };
    let Gone { times, mut all } = go_through(page, way).await?;
    let natively = median((0..RUNS).map(|_| time_of_steps(&mut duel(), 5000)).collect());
    let step =
        Measured::new("a step of the first 10,000, from JavaScript", "µs", median(times[..10].to_vec()), natively, 10);
    all.insert(0, step.beside("a step natively"));
    Ok(all)
}
