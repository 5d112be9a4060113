//! A replicated log: the same as of one value, and how long a frame of the page takes that shows a thousand slots.

use crate::rewind::{EVENT, Way, go_through, time_of_events};
use crate::{Measured, median};
use quorum_core::json::Json;
use quorum_core::run::History;
use quorum_core::sim::{Config, LogConfig, ProtocolKind, Workload};
use quorum_tests::{PLAIN, Page, Result, Value, json};

/// The longest that a seek in a log may take, in milliseconds.
const SEEK: f64 = 16.0;
/// Sixty frames a second, in milliseconds.
const FRAME: f64 = 16.7;
const FRAMES: u32 = 240;
/// So many frames are left out: in each the page reads a part of what has happened.
const REST: u32 = 240;
const SLOTS: u64 = 1000;
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

/// A run in which so many slots are chosen, as a page opens it.
fn of_slots(slots: u64) -> Result<Value> {
    let mut history = busy();
    while history.now().observer().log().is_some_and(|log| log.highest_chosen() < slots) {
        history.step();
    }
    Ok(serde_json::to_value(Json::from(&history.run()))?)
}

/// Plays, and says how far the frames are apart, in milliseconds.
const PLAY: &str = "
    const [lab, frames, rest] = args;
    lab.setAttribute('pace', 'time');
    const frame = () => new Promise(requestAnimationFrame);
    const step = lab.view().step;
    lab.play();
    const times = [];
    for (let last = await frame(); times.length < frames + rest; ) {
        const now = await frame();
        times.push(now - last);
        last = now;
    }
    lab.pause();
    return { times: times.slice(rest), played: lab.view().step - step };";

pub(crate) async fn in_the_browser(page: &Page) -> Result<Vec<Measured>> {
    let way =
        Way { of: "a log", module: "quorum_log", config: config(), actions: json!([]), seek: SEEK, event: 2.0 * EVENT };
    let mut all = go_through(page, way).await?.all;
    let lab = page.open(PLAIN).await?;
    lab.load(of_slots(SLOTS)?).await?;
    let found: Value = page.js(PLAY, vec![lab.element().to_json()?, json!(FRAMES), json!(REST)]).await?;
    assert!(found["played"].as_u64() > Some(0), "nothing is played: {found}");
    let times: Vec<f64> = found["times"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let runs = times.len();
    all.push(Measured::new("a frame of the page, a log of 1,000 slots", "ms", median(times), FRAME, runs));
    Ok(all)
}
