//! Records of processes that have been at work for a while: they begin in the middle, and are runs like any other.

mod support;

use std::time::Duration;

use quorum_core::check::Judged;
use quorum_core::json::{FromJson, Json};
use quorum_core::run::Run;
use quorum_core::sim::{Action, Beginning, ServerStatus};
use quorum_recording::Recording;
use support::chaos::Crowd;
use support::{Processes, get, put};
use tokio::time::{Instant, sleep};

/// What a recording begins with.
fn begins(recording: &Recording) -> &Beginning {
    recording.now().config().begins().unwrap()
}

/// Nothing is broken, everything was judged, and the run is had again from its file.
fn is_a_run(recording: &Recording) {
    assert!(recording.now().violations().is_empty(), "{:?}", recording.now().violations());
    assert_eq!(recording.now().observer().log().unwrap().judged(), Judged::Linearizable);
    let run = recording.run();
    let text = serde_json::to_string(&Json::from(&run)).unwrap();
    let read = <Run as FromJson>::from_json(&serde_json::from_str(&text).unwrap(), "run").unwrap();
    assert_eq!(read, run);
    let mut history = Run { cursor: run.length, ..read }.replay().unwrap_or_else(|error| panic!("{error}"));
    history.seek(0);
    // What if one had been killed there and then? The others go on by themselves.
    let cluster = history.now().cluster();
    let up = cluster.nodes().find(|node| cluster.server(*node).status() == ServerStatus::Up).unwrap();
    history.apply(&Action::Crash { node: up }).unwrap();
    for _ in 0..3_000 {
        history.step();
    }
    assert!(history.now().violations().is_empty(), "{:?}", history.now().violations());
    let clients = history.now().cluster().clients().filter(|client| client.waiting().is_some()).count();
    assert_eq!(clients, 0, "whoever waited at the beginning is answered");
}

async fn pass(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

#[tokio::test]
async fn a_record_begins_in_the_middle_of_work_and_of_trouble() {
    let mut processes = Processes::start(5);
    processes.leader().await;
    let begun = Instant::now();
    let crowd = Crowd::ask(7, (4, 3, 2), begun, || processes.client());
    pass(600).await;
    let first = processes.leader().await;
    processes.kill(first);
    let second = processes.leader().await;
    processes.start_one(first);
    pass(400).await;
    let down = processes.ids().into_iter().find(|id| ![first, second].contains(id)).unwrap();
    processes.kill(down);
    pass(300).await;
    // As if it had run for days: what happened by then is nowhere noted any more.
    processes.lose_notes();
    let up: Vec<u32> = processes.ids().into_iter().filter(|id| *id != down).collect();
    let middle = processes.begin(&up).await;
    assert!(middle.beginning.standing.values().all(|server| server.records > 0));
    pass(400).await;
    let third = processes.leader().await;
    processes.kill(third);
    processes.start_one(down);
    pass(700).await;
    processes.start_one(third);
    let other = up.into_iter().find(|id| *id != third).unwrap();
    processes.cut(other, down, true).await;
    pass(400).await;
    processes.cut(other, down, false).await;
    pass(300).await;
    let told = crowd.hush().await;
    assert_eq!(told.silent, 0);
    for id in processes.ids() {
        processes.kill(id);
    }
    let recording = processes.recording_from(&middle);
    let (steps, messages) = (recording.now().steps(), recording.messages());
    println!("{steps} steps, {messages} messages, {} under way at the beginning", begins(&recording).messages.len());
    assert!(messages > 500, "{messages} messages were compared");
    let down = begins(&recording).servers.iter().filter(|server| server.memory.is_none()).count();
    assert_eq!(down, 1, "one was down when it began");
    let actions = recording.run().interventions;
    assert!(actions.iter().any(|one| matches!(one.action, Action::Restart { .. })));
    is_a_run(&recording);
}

/// A server that hears nobody is the last to hear of the record. What it says until then crosses the cut.
#[tokio::test]
async fn messages_that_cross_the_cut_are_in_the_run() {
    let mut processes = Processes::start(3);
    let leader = processes.leader().await;
    let deaf = processes.ids().into_iter().find(|id| *id != leader).unwrap();
    let others: Vec<u32> = processes.ids().into_iter().filter(|id| *id != deaf).collect();
    let mut client = processes.client();
    client.execute(&put("k", "before"), support::SOON).await.unwrap();
    for other in &others {
        processes.set_link(deaf, *other, None, Some(true)).await;
    }
    let order: Vec<u32> = others.iter().copied().chain([deaf]).collect();
    let middle = processes.begin(&order).await;
    for other in &others {
        processes.set_link(deaf, *other, None, Some(false)).await;
    }
    let read = client.execute(&get("k"), support::SOON).await.unwrap();
    assert_eq!(format!("{:?}", read.0), "Value(Some(\"before\"))");
    pass(500).await;
    for id in processes.ids() {
        processes.kill(id);
    }
    let recording = processes.recording_from(&middle);
    let crossing = &begins(&recording).messages;
    let from_deaf = crossing.iter().filter(|it| it.from.get() == deaf).count();
    assert!(from_deaf >= 2, "{crossing:?}");
    let first = crossing.len() as u32;
    let arrive =
        |one: &&quorum_core::run::Intervention| matches!(one.action, Action::Deliver { message } if message.0 <= first);
    assert_eq!(recording.run().interventions.iter().filter(arrive).count(), crossing.len());
    is_a_run(&recording);
}
