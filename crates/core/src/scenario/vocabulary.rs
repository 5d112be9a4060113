//! The names that a pattern may use: events, their fields, servers.
//!
//! A pattern with a misspelt name fits nothing. "It happens, times 0" would then hold for ever, and a moment would never
//! come. So a scenario is refused if one of its patterns names an event, a field or a server that does not exist.

use alloc::{format, vec::Vec};

use crate::check::Invariant;
use crate::json::{FromJson, Json, Malformed, Object};
#[cfg(feature = "log")]
use crate::log::ClientId;
use crate::paxos::NodeId;
use crate::sim::{Endpoint, Message, Rule, Timer};
use crate::text::{commas, short};

/// Fields of every event.
const EVERY: [&str; 8] = ["step", "at", "event", "why", "so", "spec", "because", "although"];

/// Every event, and the fields that it may have besides [`EVERY`].
const EVENTS: [(&str, &[&str]); 52] = [
    ("proposed", &["node", "slot", "value", "ballot", "command"]),
    ("prepares", &["node", "ballot", "slot"]),
    ("promised", &["node", "to", "ballot", "accepted", "slot", "votes"]),
    ("accepted", &["node", "slot", "ballot", "value", "command"]),
    ("rejected", &["node", "to", "ballot", "promised"]),
    ("counted", &["node", "from", "ballot", "quorum", "slot"]),
    ("quorum", &["node", "from", "ballot", "quorum"]),
    ("adopted", &["node", "slot", "ballot", "value", "from", "reported", "command"]),
    ("free-choice", &["node", "slot", "ballot", "value"]),
    ("gave-up", &["node", "from", "ballot", "promised"]),
    ("exhausted", &["node", "ballot"]),
    ("learned", &["node", "slot", "ballot", "value", "quorum", "command"]),
    ("ignored", &["node", "from", "ballot", "command"]),
    ("chosen", &["slot", "ballot", "value", "quorum"]),
    ("violated", &["invariant"]),
    ("sent", &["node", "message"]),
    ("delivered", &["node", "message"]),
    ("dropped", &["message"]),
    ("duplicated", &["message", "copy"]),
    ("held", &["message"]),
    ("released", &["message"]),
    ("wrote", &["node", "records"]),
    ("durable", &["node", "records"]),
    ("timer", &["node", "timer"]),
    ("crashed", &["node", "records"]),
    ("restarted", &["node"]),
    ("wiped", &["node"]),
    ("paused", &["node"]),
    ("resumed", &["node"]),
    ("isolated", &["node"]),
    ("rejoined", &["node"]),
    ("cut", &["from", "to"]),
    ("mended", &["from", "to"]),
    ("partitioned", &["groups"]),
    ("network", &["network"]),
    ("rule", &["rule", "on"]),
    // Of a log, and of its clients.
    ("discontent", &["node", "hears"]),
    ("catches-up", &["node", "from", "ballot", "slot"]),
    ("leads", &["node", "ballot", "quorum", "found", "slot"]),
    ("finishes", &["node", "slot", "ballot", "command"]),
    ("fills", &["node", "slot", "ballot", "command"]),
    ("taken", &["node", "command", "waits"]),
    ("applied", &["node", "slot", "command", "result"]),
    ("answers", &["node", "client", "seq", "reply", "result", "slot", "leader", "latest"]),
    ("stepped-down", &["node", "from", "ballot", "promised"]),
    ("fetches", &["node", "from", "slots"]),
    ("repeats", &["node", "count"]),
    ("requested", &["client", "to", "command"]),
    ("retried", &["client", "to", "seq", "tries"]),
    ("redirected", &["client", "from", "to", "seq"]),
    ("answered", &["client", "from", "command", "reply", "result", "slot", "leader", "latest"]),
    ("workload", &["workload"]),
];

/// Events with no fields besides [`EVERY`].
const BARE: [&str; 2] = ["healed", "power-cut"];

/// Every kind of action but switching a rule.
pub(super) const ACTIONS: [&str; 24] = [
    "propose",
    "deliver",
    "drop",
    "duplicate",
    "hold",
    "release",
    "timeout",
    "write",
    "sync",
    "flush",
    "send",
    "crash",
    "restart",
    "wipe",
    "pause",
    "resume",
    "cut",
    "mend",
    "isolate",
    "rejoin",
    "partition",
    "heal",
    "network",
    "power-cut",
];

const MESSAGE: [&str; 21] = [
    "id", "kind", "from", "to", "ballot", "slot", "value", "accepted", "promised", "command", "commands", "lastSlot",
    "leads", "content", "chosenTo", "keptFrom", "client", "seq", "reply", "result", "latest",
];
const VOTE: [&str; 4] = ["slot", "ballot", "value", "command"];
const COMMAND: [&str; 3] = ["client", "seq", "op"];
const RECORD: [&str; 3] = ["promised", "accepted", "round"];
const NETWORK: [&str; 3] = ["loss", "duplicate", "latency"];

/// Refuses a pattern of an event that names something unknown; `nodes` is the number of servers.
pub(super) fn check_event(pattern: &Object, nodes: u32) -> Result<(), Malformed> {
    let Some(event) = pattern.get("event") else {
        let known: Vec<&str> = EVENTS.iter().flat_map(|(_, fields)| fields.iter().copied()).chain(EVERY).collect();
        return check_fields(pattern, "an event", &known, nodes);
    };
    let event = event.text("event")?;
    let Some(fields) = fields_of(event) else {
        let names: Vec<&str> = EVENTS.iter().map(|(name, _)| *name).chain(BARE).collect();
        let (event, names) = (short(event, 40), commas(&names));
        return Err(Malformed::new(&format!("there is no event \"{event}\"; the events are {names}")));
    };
    check_fields(pattern, &format!("the event \"{event}\""), &[fields, &EVERY].concat(), nodes)
}

/// Refuses a pattern of a message that names something unknown.
pub(super) fn check_message(pattern: &Object, nodes: u32) -> Result<(), Malformed> {
    check_fields(pattern, "a message", &MESSAGE, nodes)
}

/// Refuses a server that does not exist.
pub(super) fn check_server(node: NodeId, nodes: u32) -> Result<(), Malformed> {
    if node.get() <= nodes {
        return Ok(());
    }
    Err(Malformed::new(&format!("there is no server {node}: this run has {nodes}")))
}

fn fields_of(event: &str) -> Option<&'static [&'static str]> {
    match EVENTS.iter().find(|(name, _)| *name == event) {
        Some((_, fields)) => Some(fields),
        None => BARE.contains(&event).then_some(&[]),
    }
}

fn check_fields(pattern: &Object, whose: &str, known: &[&str], nodes: u32) -> Result<(), Malformed> {
    for (name, wanted) in pattern.iter() {
        if !known.contains(&name) {
            let mut names = Vec::from(known);
            names.sort_unstable();
            names.dedup();
            let (name, names) = (short(name, 40), commas(&names));
            return Err(Malformed::new(&format!("{whose} has no field \"{name}\"; it may have {names}")));
        }
        // `null` asks for a field that is not there.
        if !matches!(wanted, Json::Null) {
            check_field(name, wanted, nodes)?;
        }
    }
    Ok(())
}

fn check_field(name: &str, wanted: &Json, nodes: u32) -> Result<(), Malformed> {
    let object = |what: &str, known: &[&str]| check_fields(Object::of(wanted, name, known)?, what, known, nodes);
    match name {
        "node" => check_server(FromJson::from_json(wanted, name)?, nodes),
        "from" | "to" => match Endpoint::from_json(wanted, name)? {
            Endpoint::Server(node) => check_server(node, nodes),
            #[cfg(feature = "log")]
            Endpoint::Client(_) => Ok(()),
        },
        #[cfg(feature = "log")]
        "client" => ClientId::from_json(wanted, name).map(drop),
        "command" => match wanted {
            Json::Text(text) if text == "no-op" => Ok(()),
            _ => object("a command", &COMMAND),
        },
        "quorum" | "hears" => each(wanted, |node| check_field("node", node, nodes)),
        "groups" => each(wanted, |group| each(group, |node| check_field("node", node, nodes))),
        "kind" => wanted.one_of(name, &Message::kind_names(), |kind| kind).map(drop),
        "timer" => wanted.one_of(name, &Timer::ALL, Timer::as_str).map(drop),
        "rule" => Rule::from_json(wanted, name).map(drop),
        "invariant" => wanted.one_of(name, &Invariant::ALL, Invariant::as_str).map(drop),
        "message" => check_message(Object::of(wanted, name, &MESSAGE)?, nodes),
        "reported" => object("a vote", &VOTE),
        "network" => object("the network", &NETWORK),
        "records" => {
            each(wanted, |record| check_fields(Object::of(record, "records", &RECORD)?, "a record", &RECORD, nodes))
        }
        "accepted" => match wanted {
            Json::List(votes) => votes
                .iter()
                .try_for_each(|vote| check_fields(Object::of(vote, "accepted", &VOTE)?, "a vote", &VOTE, nodes)),
            // Of a record, it is one vote.
            _ => object("a vote", &VOTE),
        },
        "ballot" | "promised" | "value" => wanted.text(name).map(drop),
        "step" | "at" | "slot" | "round" | "id" | "copy" => wanted.whole(name, 0..=crate::limits::MAX_SEED).map(drop),
        _ => Ok(()),
    }
}

/// Checks each item of a list. What is no list fits nothing, and is refused.
fn each(list: &Json, check: impl Fn(&Json) -> Result<(), Malformed>) -> Result<(), Malformed> {
    match list {
        Json::List(items) => items.iter().try_for_each(check),
        _ => Err(Malformed::new("a field that is a list has to be a list in a pattern too")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paxos::Scheme;
    use crate::run::Simulation;
    use crate::scenario::{RandomRun, SCENARIOS, Scenario};
    use crate::sim::{Action, ClientAction, Config};
    use alloc::collections::BTreeSet;

    /// An event that is not in the table could not be waited for: each that happens is its own pattern.
    #[test]
    fn every_event_that_happens_is_in_the_table_with_all_its_fields() {
        let mut seen = BTreeSet::new();
        let mut check = |event: &crate::run::Event, scheme, nodes| {
            let Json::Object(json) = event.json(scheme) else { panic!("an event is an object") };
            check_event(&json, nodes).unwrap_or_else(|error| panic!("{json:?}: {error}"));
            seen.insert(event.name());
        };
        for seed in 0..150 {
            let mut world = RandomRun::new(seed);
            let config = world.simulation().config().clone();
            world.disturb(300, |event| check(&event, config.ballots, config.nodes));
            assert!(world.converge(|event| check(&event, config.ballots, config.nodes)).is_ok());
        }
        for (_, text) in SCENARIOS {
            let scenario: Scenario =
                crate::json::FromJson::from_json(&serde_json::from_str(text).unwrap(), "scenario").unwrap();
            let played = scenario.play().unwrap();
            for event in played.history.events(0, u64::MAX) {
                check(&event, scenario.config.ballots, scenario.config.nodes);
            }
        }
        for seed in 0..8 {
            let config = alloc::format!(
                r#"{{"protocol":"log","nodes":3,"seed":{seed},"clients":3,"window":2,"network":{{"loss":0.08,
                    "latency":[10,300]}},"workload":{{"clients":3,"rate":30,"keys":2}}}}"#
            );
            let config = Config::from_json(&serde_json::from_str(&config).unwrap(), "config").unwrap();
            let mut world = Simulation::new(config).unwrap();
            let node = crate::sample::node;
            let workload = Action::Client(ClientAction::Workload(None));
            for (step, action) in [
                (500, Action::Crash { node: node(1) }),
                (1000, Action::Restart { node: node(1) }),
                (1500, Action::Isolate { node: node(2) }),
                (2200, Action::Heal),
                (3000, Action::Crash { node: node(3) }),
                (3500, workload),
                (3600, Action::Restart { node: node(3) }),
            ] {
                while world.steps() < step {
                    world.step().unwrap().iter().for_each(|event| check(event, Scheme::Rounds, 3));
                }
                world.apply(&action).unwrap().iter().for_each(|event| check(event, Scheme::Rounds, 3));
            }
        }
        let never: Vec<_> = EVENTS.iter().map(|(name, _)| *name).chain(BARE).filter(|it| !seen.contains(it)).collect();
        // These two need a rule that is off.
        assert_eq!(never, ["violated", "rule"]);
    }
}
