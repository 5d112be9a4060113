//! No reason is ever false: each is read back against the events before it.
//!
//! The runs are those in which something goes wrong: each rule's counterexample, all scenarios, runs that once were told
//! wrongly (`told/`), and random worlds, with each rule off.

#[path = "support/truth/mod.rs"]
mod witness;

use quorum_core::json::{FromJson, Json};
use quorum_core::paxos::{Rule, Rules, Scheme};
use quorum_core::run::{History, Run, Simulation};
use quorum_core::scenario::{RandomRun, SCENARIOS, Scenario};
use serde_json::{Value, json};
use witness::Witness;

/// Random worlds for each rule. To be told in JSON makes a step slow: every tenth world is followed far, the others a little.
const WORLDS: u64 = 1000;
const FAR: u32 = 120;
const NEAR: u32 = 10;

fn told(history: &History) -> Vec<Value> {
    let scheme = history.now().config().ballots;
    let events = history.events(1, history.branch().length());
    events.iter().map(|event| serde_json::to_value(event.json(scheme)).unwrap()).collect()
}

fn witness_of(history: &History) -> Witness {
    Witness::of(history.now().config().nodes, history.now().config().rules.off())
}

fn read_back(name: &str, history: &History) -> usize {
    let mut witness = witness_of(history);
    for event in told(history) {
        witness.read(&event).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    witness.read
}

fn file(path: &str) -> Json {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn counterexample(rule: Rule) -> History {
    let name = rule.as_str();
    let run = Run::from_json(&file(&format!("counterexamples/{name}.quorum.json")), name).unwrap();
    let mut history = run.replay().unwrap();
    history.seek(u64::MAX);
    history
}

#[test]
fn every_reason_in_a_counterexample_is_true() {
    for rule in Rule::ALL {
        assert!(read_back(rule.as_str(), &counterexample(rule)) > 5);
    }
}

#[test]
fn every_counterexample_names_its_rule_in_a_sentence() {
    for rule in Rule::ALL {
        let events = told(&counterexample(rule));
        let named = events.iter().any(|event| event["although"] == rule.as_str());
        assert!(named, "no event names {}", rule.as_str());
    }
}

#[test]
fn every_reason_in_a_scenario_is_true() {
    for (name, text) in SCENARIOS {
        let scenario = Scenario::from_json(&serde_json::from_str::<Json>(text).unwrap(), name).unwrap();
        assert!(read_back(name, &scenario.play().unwrap().history) > 5, "{name}");
    }
}

#[test]
fn every_reason_in_a_run_that_was_told_wrongly_is_true() {
    let folder = format!("{}/tests/told", env!("CARGO_MANIFEST_DIR"));
    let mut runs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let scenario = Scenario::from_json(&file(&format!("tests/told/{name}")), &name).unwrap();
        assert!(read_back(&name, &scenario.play().unwrap().history) > 5, "{name}");
        runs += 1;
    }
    assert_eq!(runs, 6);
}

#[test]
fn every_reason_in_a_random_world_is_true_with_any_rule_off() {
    let mut read = 0;
    for rule in Rule::ALL {
        for seed in 0..WORLDS {
            let mut world = RandomRun::under(seed, Rules::without(&[rule]));
            let config = world.run().config;
            let mut witness = Witness::of(config.nodes, config.rules.off());
            world.disturb(if seed % 10 == 0 { FAR } else { NEAR }, |event| {
                let event = serde_json::to_value(event.json(config.ballots)).unwrap();
                witness.read(&event).unwrap_or_else(|error| panic!("world {seed} without {}: {error}", rule.as_str()));
            });
            read += witness.read;
        }
    }
    assert!(read > 50_000, "only {read} reasons");
}

/// What the witness says to a run in which one event was altered.
fn objects(events: &[Value], at: usize, altered: &Value, mut witness: Witness) -> bool {
    for event in &events[..at] {
        witness.read(event).unwrap();
    }
    witness.read(altered).is_err()
}

/// The test of the test: a reason that is altered is noticed.
#[test]
fn a_wrong_reason_is_noticed() {
    let mut planted = 0;
    for rule in Rule::ALL {
        let history = counterexample(rule);
        let events = told(&history);
        for (at, event) in events.iter().enumerate() {
            let Some(reason) = event["because"].as_object() else { continue };
            let mut wrong = vec![json!({ "kind": "because" }), Value::Null];
            for name in ["promised", "voted", "used", "reported", "have", "needed"] {
                let mut reason = reason.clone();
                let lie = match name {
                    "promised" | "voted" => json!("77.3"),
                    "used" => json!(77),
                    "reported" => json!({ "slot": 0, "ballot": "77.3", "value": "mauve" }),
                    "have" => json!([90, 91, 92]),
                    _ => json!(if event["event"] == "counted" { 0 } else { 90 }),
                };
                let excused = event["event"] == "chosen" || (name == "needed" && !event["although"].is_null());
                if reason.contains_key(name) && !(excused && name == "needed") {
                    reason.insert(name.into(), lie);
                    wrong.push(reason.into());
                }
            }
            for lie in wrong {
                let mut altered = event.clone();
                altered["because"] = lie;
                let null_is_fine =
                    altered["because"].is_null() && (event["event"] == "sent" || event["event"] == "dropped");
                planted += 1;
                assert!(
                    null_is_fine || objects(&events, at, &altered, witness_of(&history)),
                    "nobody objects: {altered}"
                );
            }
            let other = Rule::ALL[(rule as usize + 1) % Rule::ALL.len()];
            let mut blamed = event.clone();
            blamed["although"] = other.as_str().into();
            assert!(objects(&events, at, &blamed, witness_of(&history)), "nobody objects: {blamed}");
        }
    }
    assert!(planted > 500, "{planted}");
}

#[test]
fn a_sentence_that_claims_too_much_is_noticed() {
    let history = counterexample(Rule::KeepPromise);
    let events = told(&history);
    let at = events.iter().position(|event| event["event"] == "chosen").unwrap();
    let mut altered = events[at].clone();
    assert!(!objects(&events, at, &altered, witness_of(&history)));
    altered["so"] = "It can never be undone.".into();
    assert!(objects(&events, at, &altered, witness_of(&history)));
}

#[test]
fn a_rule_switched_in_the_middle_is_named_where_it_decides_and_not_before() {
    let off = counterexample(Rule::KeepPromise);
    let run = off.run();
    let mut config = run.config.clone();
    config.rules = Rules::default();
    let mut world = Simulation::new(config.clone()).unwrap();
    let mut witness = Witness::of(config.nodes, [].into_iter());
    let mut said = Vec::new();
    let switch = quorum_core::sim::Action::Rule { rule: Rule::KeepPromise.into(), on: false };
    let mut actions: Vec<_> = run.interventions.iter().map(|done| done.action.clone()).collect();
    actions.insert(actions.len() / 2, switch);
    for action in actions {
        let Ok(events) = world.apply(&action) else { break };
        for event in events {
            let event = serde_json::to_value(event.json(Scheme::Rounds)).unwrap();
            witness.read(&event).unwrap_or_else(|error| panic!("{error}"));
            said.push(event);
        }
    }
    let switched = said.iter().position(|event| event["event"] == "rule").unwrap();
    let named = said.iter().position(|event| event["although"] == "keep-promise").unwrap();
    assert!(named > switched);
}

/// Whether some server knows what is chosen.
fn somebody_knows(now: &Simulation) -> bool {
    let learner = |node| now.cluster().server(node).paxos()?.learner()?.learned(0);
    now.cluster().nodes().any(|node| learner(node).is_some())
}

/// A note stands on the stage from its step until the next one's. What it says in these words must be true all that time.
#[test]
fn what_a_note_says_is_true_as_long_as_it_stands_on_the_stage() {
    let (mut claims, mut untrue) = (0, Vec::new());
    for (name, text) in SCENARIOS {
        let scenario = Scenario::from_json(&serde_json::from_str::<Json>(text).unwrap(), name).unwrap();
        let played = scenario.play().unwrap();
        let mut history = played.history.clone();
        let end = history.branch().length();
        for (place, note) in played.notes.iter().enumerate() {
            let last = played.notes.get(place + 1).map_or(end, |next| next.step.max(note.step + 1) - 1);
            let says = note.says.to_lowercase();
            let nothing = says.contains("nothing is chosen");
            let chosen = !nothing && says.contains(" is chosen");
            let unknown =
                ["nobody knows", "no server knows", "not one server knows"].iter().any(|words| says.contains(words));
            for step in note.step..=last.min(end) {
                if !(nothing || chosen || unknown) {
                    break;
                }
                history.seek(step);
                let now = history.now();
                let beside = format!("{name}, step {step}, beside: {}", note.says);
                let is_chosen = !now.observer().chosen().is_empty();
                if nothing && is_chosen || chosen && !is_chosen || unknown && somebody_knows(now) {
                    untrue.push(beside);
                    break;
                }
                claims += 1;
            }
        }
    }
    assert!(untrue.is_empty(), "{untrue:#?}");
    assert!(claims > 100, "{claims}");
}
