//! Logs in rough worlds, with each rule on and off: what is told of them is whole, and names the rule that is off where one
//! decided, and only there.

use std::collections::{BTreeMap, BTreeSet};

use quorum_core::json::{FromJson, Json};
use quorum_core::run::{BeatSize, Event, History, Pace, Simulation};
use quorum_core::scenario::{LOG_SCENARIOS, Scenario};
use quorum_core::sim::{Action, Config, ProtocolKind, Rule};
use serde_json::{Value, json};

/// A run of a log with a workload, loss, copies, crashes and partitions, all from a seed.
struct Rough {
    simulation: Simulation,
    random: u64,
}

impl Rough {
    fn new(seed: u64, off: Option<Rule>) -> Self {
        let index = seed as usize;
        let (window, disk, latency) = ([1, 2, 8][index % 3], [[0, 10], [20, 300]][index % 2], [60, 400][index / 2 % 2]);
        let election = if seed % 5 == 4 { "timeout" } else { "content" };
        let mut config = json!({
            "protocol": "log", "nodes": 3 + seed % 2, "clients": 3, "seed": seed, "window": window,
            "election": election,
            "disk": disk,
            "network": {"loss": 0.06, "duplicate": 0.06, "latency": [10, latency]},
            "workload": {"clients": 3, "rate": 20, "keys": 2},
        });
        if off.is_none_or(is_about_snapshots) && seed.is_multiple_of(2) {
            config["snapshots"] = json!({"every": 3, "keep": seed % 3});
        }
        if off.is_none_or(is_about_expiry) && !seed.is_multiple_of(3) {
            config["sessions"] = json!(2);
        }
        if let Some(rule) = off {
            config["rules"] = json!({ rule.as_str(): false });
        }
        let config = serde_json::from_value::<Json>(config).unwrap();
        let simulation = Simulation::new(Config::from_json(&config, "config").unwrap()).unwrap();
        Self { simulation, random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }

    /// Something goes wrong, or well again, where that is possible now.
    fn trouble(&mut self) -> Vec<Event> {
        let nodes = self.simulation.config().nodes;
        let node = self.below(nodes.into()) + 1;
        let action = match self.below(8) {
            0 => json!({"type": "crash", "node": node}),
            1..=3 => json!({"type": "restart", "node": node}),
            4 => json!({"type": "isolate", "node": node}),
            5 => json!({"type": "partition", "groups": [[1]]}),
            _ => json!({"type": "heal"}),
        };
        let action = Action::from_json(&serde_json::from_value(action).unwrap(), "action").unwrap();
        self.simulation.apply(&action).unwrap_or_default()
    }

    /// All events of so many steps.
    fn run(&mut self, steps: u64, mut each: impl FnMut(&Event)) {
        for step in 0..steps {
            self.simulation.step().unwrap_or_default().iter().for_each(&mut each);
            if step % 150 == 149 {
                self.trouble().iter().for_each(&mut each);
            }
        }
    }
}

fn is_about_snapshots(rule: Rule) -> bool {
    matches!(rule, Rule::Log(rule) if rule.is_about_snapshots())
}

fn is_about_expiry(rule: Rule) -> bool {
    matches!(rule, Rule::Log(rule) if rule.is_about_expiry())
}

fn whole(event: &Event) -> Value {
    serde_json::to_value(event.json(Default::default())).unwrap()
}

/// What is true of every event that is told.
fn check(event: &Event, off: Option<Rule>) {
    let told = whole(event);
    let why = told["why"].as_str().unwrap();
    let sentences = [Some(why), told["so"].as_str()];
    for sentence in sentences.into_iter().flatten() {
        // A breach begins with what it is about, which may be a command.
        let begins = |first: char| first.is_uppercase() || first == '“' || event.name() == "violated";
        assert!(sentence.starts_with(begins), "{told}");
        assert!(sentence.ends_with('.') && !sentence.contains("..") && !sentence.contains("  "), "{told}");
        for odd in [" .", " ,", ": .", ",,"] {
            assert!(!sentence.contains(odd), "{odd:?} in {told}");
        }
        if off.is_none() {
            assert!(!sentence.contains("” is off") && !sentence.contains("” was off"), "{told}");
        }
    }
    match told["although"].as_str() {
        None => {}
        Some(name) => {
            let rule = off.filter(|rule| rule.as_str() == name);
            let rule = rule.unwrap_or_else(|| panic!("{name} is on: {told}"));
            assert!(why.contains(&format!("“{}” is off", rule.title())), "{told}");
        }
    }
    let mut row = String::new();
    event.row(&mut row);
    let row: Value = serde_json::from_str(&row).unwrap();
    for field in ["step", "at", "event", "node", "slot", "client"] {
        let brief = &row[field];
        assert!(*brief == told[field] || brief.is_null() || field == "client", "{row} {told}");
    }
}

#[test]
fn every_event_of_a_log_is_told_in_whole_sentences_that_name_the_rule_that_decided() {
    let mut blamed = BTreeSet::new();
    for off in [None].into_iter().chain(Rule::of(ProtocolKind::Log).map(Some)) {
        for seed in 0..4 {
            Rough::new(seed, off).run(1500, |event| {
                check(event, off);
                blamed.extend(whole(event)["although"].as_str().map(str::to_owned));
            });
        }
    }
    // The others decide more rarely than this, or leave no trace.
    for rule in ["sessions-in-snapshot", "snapshot-says-where", "truncate-after-durable"] {
        assert!(blamed.contains(rule), "{rule} is not among {blamed:?}");
    }
    for rule in ["report-every-vote", "index-needs-ballot", "own-vote-when-durable", "read-through-log", "deduplicate"]
    {
        assert!(blamed.contains(rule), "{rule} is not among {blamed:?}");
    }
}

/// With every rule on, all that is told of a slot is told of one entry.
#[test]
fn with_every_rule_on_nothing_told_contradicts_anything_else() {
    let mut names = BTreeSet::new();
    for seed in 0..12 {
        let (mut entries, mut applied) = (BTreeMap::new(), BTreeMap::new());
        let mut lives: BTreeMap<u64, u64> = BTreeMap::new();
        Rough::new(seed, None).run(3000, |event| {
            let told = whole(event);
            names.insert(event.name());
            let node = told["node"].as_u64().unwrap_or(0);
            match event.name() {
                "learned" => {
                    let slot = told["slot"].as_u64().unwrap();
                    let known = entries.entry(slot).or_insert_with(|| told["command"].clone());
                    assert_eq!(*known, told["command"], "{told}");
                }
                "applied" => {
                    let life = lives.get(&node).copied().unwrap_or(0);
                    let last: &mut u64 = applied.entry((node, life)).or_default();
                    *last += 1;
                    assert_eq!(told["slot"], *last, "{told}");
                }
                "installed" => {
                    let life = lives.get(&node).copied().unwrap_or(0);
                    applied.insert((node, life), told["slot"].as_u64().unwrap());
                }
                "restarted" => {
                    let life = lives.entry(node).or_default();
                    *life += 1;
                    let snapshot = &told["because"]["snapshot"]["slot"];
                    applied.insert((node, *life), snapshot.as_u64().unwrap_or(0));
                }
                _ => {}
            }
        });
    }
    for name in ["snapshot", "truncated", "sends-snapshot", "installed"] {
        assert!(names.contains(name), "{name} is not among {names:?}");
    }
    for name in
        ["discontent", "leads", "adopted", "stepped-down", "fetches", "repeats", "retried", "redirected", "answers"]
    {
        assert!(names.contains(name), "{name} is not among {names:?}");
    }
}

#[test]
fn what_somebody_does_first_is_what_is_told_of_the_first_step_although_a_server_stands_with_it() {
    let read = |json: Value| serde_json::from_value::<Json>(json).unwrap();
    let config = Config::from_json(&read(json!({"protocol": "log", "nodes": 3})), "config").unwrap();
    let mut history = History::new(config).unwrap();
    let asks = json!({"type": "request", "client": "a", "op": {"put": ["x", "9"]}});
    history.apply(&Action::from_json(&read(asks), "action").unwrap()).unwrap();
    for size in [BeatSize::Messages, BeatSize::Everything] {
        let says = history.says(&Pace { size, notes: Vec::new() });
        assert_eq!(says, "Client a wants to put x = 9, and asks server 1.", "{size:?}");
    }
}

/// With eight slots under way, many are chosen by one vote that becomes durable: one sentence says so.
#[test]
fn what_is_chosen_in_many_slots_at_once_is_told_at_once() {
    let (_, text) = LOG_SCENARIOS.iter().find(|(name, _)| *name == "pipeline-under-loss").unwrap();
    let run = Scenario::from_json(&serde_json::from_str(text).unwrap(), "scenario").unwrap().play().unwrap().run();
    let mut history = run.replay().unwrap();
    let pace = Pace { size: BeatSize::Messages, notes: Vec::new() };
    let said: Vec<_> = (0..=run.length).map(|step| (history.seek(step), history.says(&pace)).1).collect();
    let several = "In slots 1 to 7, commands are chosen: a quorum, servers 1 and 3, has durably accepted them in one \
                   ballot, 1.1.";
    assert!(said.iter().any(|says| says.ends_with(several)), "{said:#?}");
    let longest = said.iter().map(String::len).max();
    assert!(longest < Some(300), "{longest:?}");
}
