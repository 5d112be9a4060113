//! No reason in a log is ever false: each is read back against the events before it.
//!
//! The runs are the shipped scenarios and random worlds. With rules off, `log_told.rs` sees to it that the rule is named.

#[path = "support/log_truth/mod.rs"]
mod witness;

use quorum_core::json::{FromJson, Json};
use quorum_core::log::Reads;
use quorum_core::run::{Event, History, Simulation};
use quorum_core::scenario::{Besides, LOG_SCENARIOS, RandomLog, RandomWorld, Scenario};
use quorum_core::{log, paxos};
use serde_json::{Value, json};
use witness::Witness;

/// How many random worlds, and how far each is followed.
const WORLDS: u64 = 60;
const STEPS: u32 = 400;

fn witness_of(start: &Simulation) -> Witness {
    let config = start.config();
    let quorums = start.cluster().settings().quorums();
    let voters = quorums.acceptors.iter().map(|node| u64::from(node.get())).collect();
    Witness::new(config.nodes, (quorums.phase1, quorums.phase2), config.log.window, voters)
}

fn told(event: &Event, scheme: quorum_core::paxos::Scheme) -> Value {
    serde_json::to_value(event.json(scheme)).unwrap()
}

fn scenario(name: &str) -> History {
    let (_, text) = LOG_SCENARIOS.iter().find(|(other, _)| *other == name).unwrap();
    Scenario::from_json(&serde_json::from_str::<Json>(text).unwrap(), name).unwrap().play().unwrap().history
}

fn events(history: &History) -> Vec<Value> {
    let scheme = history.now().config().ballots;
    history.events(0, u64::MAX).iter().map(|event| told(event, scheme)).collect()
}

#[test]
fn every_reason_in_a_scenario_of_a_log_is_true() {
    let mut read = 0;
    for (name, _) in LOG_SCENARIOS {
        let history = scenario(name);
        let mut witness = witness_of(&history.moment(0));
        for event in events(&history) {
            witness.read(&event).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert!(witness.read > 20, "{name}: {}", witness.read);
        read += witness.read;
    }
    assert!(read > 2000, "{read}");
}

#[test]
fn every_reason_in_a_random_log_is_true() {
    random_worlds(RandomLog::new);
}

#[test]
fn every_reason_in_a_random_log_with_snapshots_is_true() {
    random_worlds(|seed| RandomLog::with_snapshots(seed, paxos::Rules::default(), log::Rules::default()));
}

#[test]
fn every_reason_in_a_random_log_that_is_read_by_index_is_true() {
    let besides = Besides { reads: Reads::Index, snapshots: true, ..Besides::default() };
    random_worlds(|seed| RandomLog::with(seed, paxos::Rules::default(), log::Rules::default(), besides));
}

fn random_worlds(world: impl Fn(u64) -> RandomLog) {
    let mut read = 0;
    for seed in 0..WORLDS {
        let mut world = world(seed);
        let scheme = world.simulation().config().ballots;
        let mut witness = witness_of(world.simulation());
        world.disturb(STEPS, &mut |event| {
            witness.read(&told(&event, scheme)).unwrap_or_else(|error| panic!("log {seed}: {error}"));
        });
        read += witness.read;
    }
    assert!(read > 5000, "{read}");
}

/// Lies about what a reason names.
fn lies(event: &Value) -> Vec<Value> {
    let Some(because) = event["because"].as_object() else { return Vec::new() };
    let mut lies = vec![json!({ "kind": "because" })];
    for (field, value) in because {
        let lie = match field.as_str() {
            "promised" | "voted" | "ballot" => json!("77.3"),
            "used" | "latest" | "tries" | "slot" | "since" | "applied" => json!(7777),
            "have" | "hears" => json!([90, 91, 92]),
            "needed" | "round" => json!(90),
            "accepted" => json!([{ "slot": 7777, "ballot": "77.3", "command": "no-op" }]),
            "reported" => json!({ "slot": 1, "ballot": "77.3", "command": "no-op" }),
            "slots" => json!([7777, 7778]),
            "from" => json!(90),
            "snapshot" => json!({ "slot": 7777 }),
            _ => continue,
        };
        // A server that learns from its own promise may name itself; who is lost to a message is for the world.
        if event["event"] == "dropped" || lie == *value {
            continue;
        }
        let mut because = because.clone();
        because.insert(field.clone(), lie);
        lies.push(because.into());
    }
    lies
}

/// The test of the test: a reason that is altered is noticed.
#[test]
fn a_wrong_reason_in_a_log_is_noticed() {
    let (mut planted, mut unnoticed) = (0, Vec::new());
    for name in [
        "gap-filled",
        "old-leader-returns",
        "divergent-suffix",
        "follower-away",
        "cas-retry",
        "quorum-loss",
        "behind-a-truncated-prefix",
        "snapshot-keeps-votes",
    ] {
        let history = scenario(name);
        let mut witness = witness_of(&history.moment(0));
        for (place, event) in events(&history).iter().enumerate() {
            // Of what happens again and again, a part will do.
            let lies = if place % 7 == 0 || event["event"] != "accepted" { lies(event) } else { Vec::new() };
            for because in lies {
                let mut altered = event.clone();
                altered["because"] = because;
                planted += 1;
                if event["event"] != "dropped" && witness.clone().read(&altered).is_ok() {
                    unnoticed.push(format!("{} {}", altered["event"], altered["because"]));
                }
            }
            if !event["because"].is_null() {
                let mut blamed = event.clone();
                blamed["although"] = "keep-promise".into();
                assert!(witness.clone().read(&blamed).is_err(), "nobody objects: {blamed}");
                let mut silent = event.clone();
                silent["because"] = Value::Null;
                let excused = ["dropped", "taken", "timer"].iter().any(|name| event["event"] == *name);
                assert!(excused || witness.clone().read(&silent).is_err(), "nobody objects: {silent}");
            }
            witness.read(event).unwrap();
        }
    }
    assert!(unnoticed.is_empty(), "{} lies: {:#?}", unnoticed.len(), &unnoticed[..unnoticed.len().min(9)]);
    assert!(planted > 1000, "{planted}");
}
