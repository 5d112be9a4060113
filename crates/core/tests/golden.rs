//! Golden scripts: commands, `---`, and what happened, in the words of the log.
//!
//! Each file in `scripts/` tells one situation. A change in what happens, in which order, or in how it reads is a diff
//! to be read before it is accepted (`UPDATE_GOLDENFILES=1 cargo test -p quorum-core --test golden`).
//!
//! Commands: `cluster KEY=VALUE…` (the fields of a config), `propose SERVER VALUE`, `SERVERVERB SERVER` (crash, restart,
//! wipe, pause, resume, isolate, rejoin, write, sync, flush), `MESSAGEVERB KIND FROM TO` or `MESSAGEVERB NUMBER` (deliver,
//! drop, duplicate, hold, release, send), `timeout SERVER TIMER`, `cut|mend FROM TO`, `partition "1,2" 3`, `heal`,
//! `network KEY=VALUE…` (loss, duplicate, latency), `power-cut`, `step N`, `until EVENT [SERVER]`, `settle`, `show`. Only
//! what says something is printed: who sent and got which message is left out while the clock runs.
//!
//! Any run can be written as such a script (`quorum export --format script`).

mod support;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;

use goldenscript::{Command, Context, Runner};
use quorum_core::json::{FromJson, Json};
use quorum_core::paxos::{NodeId, Value};
use quorum_core::run::{Event, EventKind, History, Simulation};
use quorum_core::scenario::{RandomRun, SCENARIOS, Scenario};
use quorum_core::sim::{Action, Config, Fact};
use quorum_core::text::plain;
use quorum_export::Format;

#[derive(Default)]
struct Script {
    simulation: Option<Simulation>,
    /// What clients asked for so far: a sentence spells them.
    values: Vec<Value>,
}

type Said = Result<String, Box<dyn Error>>;

impl Script {
    fn simulation(&mut self) -> &mut Simulation {
        self.simulation.get_or_insert_with(|| Simulation::new(Config::default()).unwrap())
    }

    fn tell(&mut self, events: &[Event], everything: bool) -> String {
        let scheme = self.simulation().config().ballots;
        let mut text = String::new();
        for event in events {
            let routine =
                matches!(event.kind, EventKind::Fact(Fact::Sent(_) | Fact::Delivered(_) | Fact::Wrote { .. }));
            if everything || !routine {
                writeln!(
                    text,
                    "{:>4} {:>5} ms  {}",
                    event.step,
                    event.at,
                    plain(&event.why(scheme), self.values.iter().map(Value::as_str))
                )
                .unwrap();
            }
        }
        text
    }

    fn act(&mut self, json: &serde_json::Value) -> Said {
        let action = Action::from_json(&serde_json::from_value::<Json>(json.clone())?, "action")?;
        let events = self.simulation().apply(&action)?;
        if let Action::Propose { value, .. } = action {
            self.values.push(value);
        }
        Ok(self.tell(&events, true))
    }

    fn run_while(&mut self, mut more: impl FnMut(&[Event]) -> bool) -> String {
        let mut text = String::new();
        for _ in 0..10_000 {
            let Some(events) = self.simulation().step() else {
                return text + "nothing is left to happen\n";
            };
            text += &self.tell(&events, false);
            if !more(&events) {
                return text;
            }
        }
        text + "… and so on\n"
    }

    fn cluster(&mut self, command: &Command) -> Said {
        let config = Config::from_json(&serde_json::from_value::<Json>(fields(command)?.into())?, "config")?;
        self.simulation = Some(Simulation::new(config)?);
        Ok(String::new())
    }

    fn network(&mut self, command: &Command) -> Said {
        let mut action = fields(command)?;
        action.insert("type".into(), "network".into());
        self.act(&action.into())
    }

    /// One line a server: what it has in memory, what is durable, what it knows.
    fn show(&mut self) -> String {
        let view = serde_json::to_value(Json::from(self.simulation().view(&[]))).unwrap();
        let votes = |list: &serde_json::Value| match list.get(0) {
            Some(vote) => format!("{} at {}", vote["value"].as_str().unwrap(), vote["ballot"].as_str().unwrap()),
            None => "nothing".into(),
        };
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("nothing").to_string();
        let mut out = String::new();
        for node in view["nodes"].as_array().unwrap() {
            let (durable, learned) = (&node["disk"]["durable"], &node["learned"][0]["value"]);
            let (status, phase) = (text(&node["status"]), text(&node["phase"]));
            writeln!(
                out,
                "server {} {status}, {phase}: promised {}, accepted {}; durable: promised {}, accepted {}; learned {}",
                node["id"],
                text(&node["promised"]),
                votes(&node["accepted"]),
                text(&durable["promised"]),
                votes(&durable["accepted"]),
                text(learned),
            )
            .unwrap();
        }
        for chosen in view["chosen"].as_array().unwrap() {
            writeln!(out, "chosen: {} at {}", text(&chosen["value"]), text(&chosen["ballot"])).unwrap();
        }
        for violation in view["violations"].as_array().unwrap() {
            writeln!(out, "VIOLATION: {}", text(&violation["why"])).unwrap();
        }
        out
    }

    fn message(&mut self, verb: &str, kind: &str, from: u32, to: u32) -> Said {
        let view = serde_json::to_value(Json::from(self.simulation().view(&[])))?;
        let messages = view["messages"].as_array().ok_or("no messages")?;
        let wanted = messages.iter().find(|m| m["kind"] == kind && m["from"] == from && m["to"] == to);
        let id = &wanted.ok_or(format!("no {kind} from {from} to {to} is under way"))?["id"];
        self.act(&serde_json::json!({"type": verb, "message": id}))
    }
}

/// The arguments of a command as an object: each value is JSON, or else a text.
fn fields(command: &Command) -> Result<serde_json::Map<String, serde_json::Value>, Box<dyn Error>> {
    let mut fields = serde_json::Map::new();
    let mut arguments = command.consume_args();
    while let Some((key, value)) = arguments.next_key() {
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        fields.insert(key.into(), value);
    }
    arguments.reject_next()?;
    Ok(fields)
}

impl Runner for Script {
    type Command = Command;

    fn run(&mut self, command: &Command, _: &Context) -> Said {
        let mut arguments = command.consume_args();
        let words: Vec<&str> = std::iter::from_fn(|| arguments.next_pos()).collect();
        let number = |position: usize| {
            words.get(position).ok_or("a number is missing")?.parse::<u32>().map_err(Box::<dyn Error>::from)
        };
        match (command.name.as_str(), words.as_slice()) {
            ("cluster", _) => self.cluster(command),
            ("network", []) => self.network(command),
            ("show", []) => Ok(self.show()),
            ("settle", []) => Ok(self.run_while(|_| true)),
            ("step", [_]) => {
                let mut left = number(0)?;
                Ok(self.run_while(|_| {
                    left -= 1;
                    left > 0
                }))
            }
            ("until", [event, server @ ..]) => {
                let server: Option<u32> = server.first().map(|number| number.parse()).transpose()?;
                let is = |seen: &Event| {
                    let EventKind::Fact(fact) = &seen.kind else { return seen.name() == *event };
                    seen.name() == *event && (server.is_none() || fact.node().map(NodeId::get) == server)
                };
                Ok(self.run_while(|events| !events.iter().any(is)))
            }
            ("propose", [_, value]) => {
                let node = number(0)?;
                self.act(&serde_json::json!({"type": "propose", "node": node, "value": value}))
            }
            ("timeout", [_, timer]) => {
                let node = number(0)?;
                self.act(&serde_json::json!({"type": "timeout", "node": node, "timer": timer}))
            }
            (verb @ ("cut" | "mend"), [_, _]) => {
                let (from, to) = (number(0)?, number(1)?);
                self.act(&serde_json::json!({"type": verb, "from": from, "to": to}))
            }
            ("partition", groups) => {
                let servers = |group: &&str| group.split(',').map(str::parse::<u32>).collect::<Result<Vec<_>, _>>();
                let groups = groups.iter().map(servers).collect::<Result<Vec<_>, _>>()?;
                self.act(&serde_json::json!({"type": "partition", "groups": groups}))
            }
            (verb @ ("heal" | "power-cut"), []) => self.act(&serde_json::json!({"type": verb})),
            (verb @ ("deliver" | "drop" | "duplicate" | "hold" | "release" | "send"), [_]) => {
                let message = number(0)?;
                self.act(&serde_json::json!({"type": verb, "message": message}))
            }
            (verb, [_]) => {
                let node = number(0)?;
                self.act(&serde_json::json!({"type": verb, "node": node}))
            }
            (verb, [kind, _, _]) => {
                let (from, to) = (number(1)?, number(2)?);
                self.message(verb, kind, from, to)
            }
            (name, _) => Err(format!("there is no command {name}").into()),
        }
    }
}

/// What a run was, and what it becomes when its script is run.
fn assert_script_replays(history: &History, what: &str) {
    let script = quorum_export::export(history, &[], Format::Script, 0, u64::MAX);
    let mut runner = Script::default();
    let again =
        goldenscript::generate(&mut runner, &script).unwrap_or_else(|error| panic!("{what}: {error}\n{script}"));
    assert_eq!(again, script, "{what}");
    assert_eq!(runner.simulation().digest(), history.branch().digest(), "{what}");
}

#[test]
fn the_script_of_every_scenario_leads_to_the_same_run_and_the_same_log() {
    for (name, json) in SCENARIOS {
        let json: Json = serde_json::from_str(json).unwrap();
        let played = Scenario::from_json(&json, "scenario").unwrap().play().unwrap();
        assert_script_replays(&played.history, name);
    }
}

#[test]
fn the_script_of_every_kept_link_leads_to_the_same_run() {
    let (mut runs, mut kinds) = (0, BTreeSet::new());
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../link/tests/links")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "link") {
            // Some were written by hand to have everything in them, and could never happen.
            let run = quorum_link::from_link(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let Ok(history) = run.replay() else { continue };
            assert_script_replays(&history, path.to_str().unwrap());
            kinds.extend(run.interventions.iter().map(|intervention| intervention.action.name()));
            runs += 1;
        }
    }
    assert!(runs >= 15, "{runs}");
    assert_eq!(kinds.len(), 24, "they have every kind of action: {kinds:?}");
}

#[test]
fn the_script_of_a_random_world_leads_to_the_same_world() {
    for seed in 0..200 {
        let mut world = RandomRun::new(seed);
        world.disturb(400, drop);
        assert_script_replays(&world.run().replay().unwrap(), &format!("world {seed}"));
    }
}

macro_rules! scripts {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts/", stringify!($name), ".txt");
            goldenscript::run(&mut Script::default(), path).unwrap();
        }
    )* };
}

scripts! {
    a_plain_round
    two_competing_proposers
    adoption_after_a_proposer_dies_between_accepts
    crash_before_the_write
    crash_after_the_write
    crash_when_durable
    crash_when_sent
    a_duel_without_backoff
    a_duel_with_backoff
    a_minority_partition
    a_majority_down_and_back
    chosen_but_nobody_knows
    a_one_way_link
    a_message_delayed_across_ballots
    a_paused_proposer
    a_wiped_disk
    ballot_ranges_run_out
    flexible_quorums
    separate_roles
    a_power_cut
}
