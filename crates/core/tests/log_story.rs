//! A run of a replicated log, to be read as a story: each event that says something, then the beats of two sizes.
//!
//! A change in how it reads is a diff to be read before it is accepted
//! (`UPDATE_GOLDENFILES=1 cargo test -p quorum-core --test log_story`).

use std::fmt::Write;
use std::fs;
use std::path::Path;

use quorum_core::json::{FromJson, Json};
use quorum_core::run::{BeatSize, Event, EventKind, History, Pace};
use quorum_core::sim::{Action, Config, Fact, Target};
use quorum_core::tell::Slots;
use serde_json::{Value, json};

fn read(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn config(text: &str) -> Config {
    Config::from_json(&read(text), "config").unwrap()
}

fn act(history: &mut History, action: &str) {
    let action = Action::from_json(&read(action), "action").unwrap();
    history.apply(&action).unwrap();
}

/// Follows the clock up to a time, in milliseconds.
fn until(history: &mut History, ms: u64) {
    while history.next().is_some_and(|next| next.at <= ms) {
        history.step();
    }
}

/// Three servers and two clients. The leader crashes after it asked for votes for a command, and comes back.
fn run() -> History {
    let mut history = History::new(config(r#"{"protocol":"log","nodes":3,"clients":2,"seed":7}"#)).unwrap();
    until(&mut history, 300);
    act(&mut history, r#"{"type":"request","client":"a","op":{"put":["x","1"]}}"#);
    until(&mut history, 600);
    act(&mut history, r#"{"type":"request","client":"b","op":{"append":["x","2"]},"node":3}"#);
    until(&mut history, 760);
    act(&mut history, r#"{"type":"request","client":"a","op":{"cas":["x","12","9"]}}"#);
    until(&mut history, 830);
    act(&mut history, r#"{"type":"crash","node":1}"#);
    until(&mut history, 1500);
    act(&mut history, r#"{"type":"request","client":"b","op":{"get":"x"}}"#);
    until(&mut history, 3200);
    act(&mut history, r#"{"type":"restart","node":1}"#);
    until(&mut history, 4000);
    history
}

/// Whether an event would be missed in a story: of messages and of heartbeats there are very many.
fn matters(event: &Event) -> bool {
    match &event.kind {
        EventKind::Fact(Fact::Sent(_) | Fact::Delivered(_) | Fact::Wrote { .. } | Fact::Durable { .. }) => false,
        EventKind::Fact(Fact::TimedOut { timer, .. }) => timer.as_str() != "heartbeat",
        EventKind::Fact(Fact::Dropped { envelope, .. }) => envelope.message.kind_name() != "heartbeat",
        _ => true,
    }
}

fn line(event: &Event) -> String {
    format!("{:>5} ms {:>4}  {}\n", event.at, event.step, event.why(Default::default()))
}

/// A line for each beat: when, until which step, and what is said.
fn beats(history: &mut History, size: BeatSize) -> String {
    let pace = Pace { size, notes: Vec::new() };
    let (mut text, mut end) = (String::new(), 0);
    while end < history.branch().length() {
        end = history.beat_from(&pace, end + 1);
        history.seek(end);
        let says = history.says(&pace);
        if !says.is_empty() {
            let _ = writeln!(text, "{:>5} ms {end:>4}  {says}", history.now().schedule().now());
        }
    }
    text
}

/// The first message of each kind as it left and as it arrived, and the first write.
fn firsts(events: &[Event]) -> String {
    let (mut text, mut seen) = (String::new(), Vec::new());
    for event in events {
        let EventKind::Fact(fact) = &event.kind else { continue };
        let what = match fact {
            Fact::Sent(it) | Fact::Delivered(it) => (event.name(), it.message.kind_name()),
            Fact::Wrote { .. } | Fact::Durable { .. } => (event.name(), ""),
            Fact::TimedOut { timer, .. } => (event.name(), timer.as_str()),
            _ => continue,
        };
        if !seen.contains(&what) {
            seen.push(what);
            text += &line(event);
        }
    }
    text
}

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
        fs::write(&path, text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap_or_default());
}

#[test]
fn a_log_whose_leader_crashes_reads_as_the_golden_story_says() {
    let mut history = run();
    let events = history.events(1, history.branch().length());
    let story: String = events.iter().filter(|event| matters(event)).map(line).collect();
    let firsts = firsts(&events);
    let ideas = beats(&mut history, BeatSize::Ideas);
    let commands = beats(&mut history, BeatSize::Commands);
    golden(
        "log_story.txt",
        &format!("{story}\nFirst of each kind\n{firsts}\nBy ideas\n{ideas}\nBy commands\n{commands}"),
    );
}

fn view(history: &History, slots: Option<Slots>) -> Value {
    serde_json::to_value(history.view_of(&Pace::default(), slots)).unwrap()
}

#[test]
fn a_view_shows_what_each_server_knows_and_what_each_client_waits_for() {
    let mut history = run();
    history.seek(165);
    let view_now = view(&history, None);
    let server = &view_now["nodes"][0];
    let put = json!({"client": "a", "seq": 1, "op": {"put": ["x", "1"]}});
    let append = json!({"client": "b", "seq": 1, "op": {"append": ["x", "2"]}});
    let cas = json!({"client": "a", "seq": 2, "op": {"cas": ["x", "12", "9"]}});
    assert_eq!(view_now["protocol"], "log");
    assert_eq!(
        server["accepted"],
        json!([
            {"slot": 1, "ballot": "1.1", "command": put},
            {"slot": 2, "ballot": "1.1", "command": append},
            {"slot": 3, "ballot": "1.1", "command": cas},
        ])
    );
    assert_eq!(server["learned"], json!([{"slot": 1, "command": put}, {"slot": 2, "command": append}]));
    for (field, value) in [
        ("phase", json!("leading")),
        ("leader", json!(1)),
        ("leads", json!(true)),
        ("believes", json!(true)),
        ("content", json!(true)),
        ("chosenTo", json!(2)),
        ("applied", json!(2)),
        ("keptFrom", json!(1)),
        ("sessions", json!({"a": 1, "b": 1})),
    ] {
        assert_eq!(server[field], value, "{field}");
    }
    assert_eq!((&server["store"]["keys"], &server["store"]["some"]), (&json!(1), &json!([["x", "12"]])));
    let follower = &view_now["nodes"][1];
    assert_eq!(
        (&follower["leader"], &follower["leads"], &follower["believes"]),
        (&json!(1), &json!(false), &json!(false))
    );
    assert_ne!(server["store"]["digest"], follower["store"]["digest"]);
    assert_eq!((&view_now["slots"], &view_now["window"]), (&json!([1, 3]), &json!([3, 10])));
    let waiting = json!({"op": {"cas": ["x", "12", "9"]}, "since": 741, "at": 1, "tries": 0});
    assert_eq!(view_now["clients"][0], json!({"id": "a", "seq": 2, "leader": 1, "waiting": waiting}));
    let accept = view_now["messages"].as_array().unwrap().iter().find(|message| message["kind"] == "accept").unwrap();
    assert_eq!((&accept["slot"], &accept["command"], &accept["ballot"]), (&json!(3), &cas, &json!("1.1")));
    let answer = view_now["messages"].as_array().unwrap().iter().find(|message| message["kind"] == "answer").unwrap();
    assert_eq!((&answer["from"], &answer["to"], &answer["result"]), (&json!(1), &json!("b"), &json!("ok")));
    let chosen = json!([
        {"slot": 1, "command": put, "ballot": "1.1", "quorum": [1, 3]},
        {"slot": 2, "command": append, "ballot": "1.1", "quorum": [1, 3]},
    ]);
    assert_eq!(view_now["chosen"], chosen);
    let history_now = &view_now["history"];
    assert_eq!(
        (&history_now["verdict"], &history_now["since"], &history_now["of"]),
        (&json!("linearizable"), &Value::Null, &json!(3))
    );
    let asked = json!({"client": "a", "seq": 1, "op": {"put": ["x", "1"]}, "call": 61, "return": 97, "result": "ok", "slot": 1});
    assert_eq!(history_now["operations"][0], asked);
    assert_eq!(
        (&history_now["operations"][2]["return"], &history_now["operations"][2]["slot"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(view_now["rules"]["index-needs-ballot"], true);
    assert_eq!(view_now["rules"]["keep-promise"], true);
    let slots = |text: &str| Slots::from_json(&read(text), "slots");
    assert!(slots("[3,2]").is_err() && slots("[1]").is_err() && slots("[1,1.5]").is_err());
    let some = view(&history, Some(slots("[2,2]").unwrap()));
    assert_eq!(some["nodes"][0]["learned"], json!([{"slot": 2, "command": append}]));
    assert_eq!(some["nodes"][0]["disk"]["durable"]["accepted"].as_array().map(Vec::len), Some(1));
}

/// A leader that nobody follows any more believes that it leads until it hears so.
#[test]
fn who_believes_to_lead_need_not_lead() {
    let mut history = History::new(config(r#"{"protocol":"log","nodes":3,"clients":1,"seed":7}"#)).unwrap();
    until(&mut history, 300);
    act(&mut history, r#"{"type":"isolate","node":1}"#);
    until(&mut history, 3000);
    let nodes = view(&history, None)["nodes"].clone();
    let told = |node: usize| (nodes[node]["believes"] == true, nodes[node]["leads"] == true);
    assert_eq!(told(0), (true, false));
    assert!(told(1) == (true, true) || told(2) == (true, true), "{nodes}");
}

#[test]
fn what_a_client_can_do_is_in_its_menu_with_the_reason_why_not() {
    let mut history = run();
    let target = Target::from_json(&read(r#"{"client":"a"}"#), "target").unwrap();
    let menu = |history: &History| serde_json::to_value(history.now().choices(target)).unwrap();
    history.seek(165);
    let waits = menu(&history);
    assert_eq!((&waits[0]["name"], &waits[1]["name"]), (&json!("Ask…"), &json!("Retry now")));
    assert_eq!(waits[0]["why"], "It waits for an answer, and a client has one operation under way at most.");
    assert_eq!(waits[1]["why"], Value::Null);
    history.seek(history.branch().length());
    let done = menu(&history);
    assert_eq!((&done[0]["why"], &done[1]["why"]), (&Value::Null, &json!("It waits for nothing.")));
    let nobody = Target::from_json(&read(r#"{"client":"z"}"#), "target").unwrap();
    assert_eq!(serde_json::to_value(history.now().choices(nobody)).unwrap(), json!([]));
}

/// Where an idea ends a command ends, where a command ends a message does, and where a message ends a step does.
#[test]
fn beats_of_a_log_nest() {
    let history = run();
    let ends = |size| {
        let pace = Pace { size, notes: Vec::new() };
        (0..=history.branch().length()).filter(|step| history.ends_beat(&pace, *step)).collect::<Vec<_>>()
    };
    let sizes = BeatSize::ALL.map(ends);
    for pair in sizes.windows(2) {
        assert!(pair[0].iter().all(|end| pair[1].contains(end)));
        assert!(pair[0].len() < pair[1].len());
    }
}
