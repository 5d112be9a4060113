//! A replicated log: the same as of one value, and how long a frame of the page takes that shows a thousand slots.

use crate::rewind::{EVENT, Way, go_through, time_of_events};
use crate::{Measured, median};
use quorum_core::run::History;
use quorum_core::sim::{Config, LogConfig, ProtocolKind, Workload};
use quorum_tests::{PLAIN, Page, Result, Value, json};

/// The longest that a seek in a log may take, in milliseconds.
const SEEK: f64 = 16.0;
/// Sixty frames a second, in milliseconds.
const FRAME: f64 = 16.7;
const FRAMES: u32 = 240;
const SLOTS: u32 = 1000;
/// Five clients, twenty requests a second, three keys.
const WORKLOAD: Workload = Workload { clients: 5, rate: 20, keys: 3 };

/// Five servers that agree on what five clients ask for.
fn busy() -> History {
    let log = LogConfig { clients: WORKLOAD.clients, workload: Some(WORKLOAD), ..LogConfig::default() };
    let config = Config { nodes: 5, protocol: ProtocolKind::Log, log, ..Config::default() };
    History::new(config).unwrap_or_else(|error| panic!("{error}"))
}

/// The same for JavaScript.
fn config() -> Value {
    let Workload { clients, rate, keys } = WORKLOAD;
    let workload = json!({ "clients": clients, "rate": rate, "keys": keys });
    json!({ "nodes": 5, "protocol": "log", "clients": clients, "workload": workload })
}

pub(crate) fn natively() -> Vec<Measured> {
    vec![time_of_events("a log", busy)]
}

/// Goes on until so many slots are chosen, plays, and says how far the frames are apart, in milliseconds.
const PLAY: &str = "
    const [config, slots, frames] = args;
    const lab = document.querySelector('quorum-lab');
    await lab.ready;
    await lab.reset(config);
    while ((lab.view().chosen.at(-1)?.slot ?? 0) < slots) await lab.step(500);
    lab.setAttribute('pace', 'time');
    const frame = () => new Promise(requestAnimationFrame);
    // What is read of so long a run a little in every frame has been read.
    for (let quiet = 0, seen = 0, last = await frame(); quiet < 60 && seen < 1200; seen++) {
        const now = await frame();
        quiet = now - last < 25 ? quiet + 1 : 0;
        last = now;
    }
    const step = lab.view().step;
    lab.play();
    const times = [];
    for (let last = await frame(); times.length < frames; ) {
        const now = await frame();
        times.push(now - last);
        last = now;
    }
    lab.pause();
    return { times, played: lab.view().step - step };";

pub(crate) async fn in_the_browser(page: &Page) -> Result<Vec<Measured>> {
    let way =
        Way { of: "a log", module: "quorum_log", config: config(), actions: json!([]), seek: SEEK, event: 2.0 * EVENT };
    let mut all = go_through(page, way).await?.all;
    page.open(PLAIN).await?;
    let found: Value = page.js(PLAY, vec![config(), json!(SLOTS), json!(FRAMES)]).await?;
    assert!(found["played"].as_u64() > Some(0), "nothing is played: {found}");
    let times: Vec<f64> = found["times"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let runs = times.len();
    all.push(Measured::new("a frame of the page, a log of 1,000 slots", "ms", median(times), FRAME, runs));
    Ok(all)
}
