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
use crate::sim::{Config, Endpoint, Message, ProtocolKind, Rule, Timer};
use crate::text::{commas, short};

/// What there is to name: so many servers, which run a protocol.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    nodes: u32,
    protocol: ProtocolKind,
}

impl From<&Config> for Scope {
    fn from(config: &Config) -> Self {
        Self { nodes: config.nodes, protocol: config.protocol }
    }
}

impl Scope {
    /// The protocol.
    pub(super) const fn protocol(self) -> ProtocolKind {
        self.protocol
    }

    fn is_log(self) -> bool {
        self.protocol != ProtocolKind::Single
    }

    /// These names, and where a log runs, those, too.
    fn names(self, all: &[&'static str], of_log: &[&'static str]) -> Vec<&'static str> {
        let more = if self.is_log() { of_log } else { &[] };
        [all, more].concat()
    }
}

/// Fields of every event.
const EVERY: [&str; 8] = ["step", "at", "event", "why", "so", "spec", "because", "although"];

/// Every event, and the fields that it may have besides [`EVERY`].
const EVENTS: [(&str, &[&str]); 36] = [
    ("proposed", &["node", "slot", "value"]),
    ("prepares", &["node", "ballot"]),
    ("promised", &["node", "to", "ballot", "accepted"]),
    ("accepted", &["node", "slot", "ballot", "value"]),
    ("rejected", &["node", "to", "ballot", "promised"]),
    ("counted", &["node", "from", "ballot", "quorum"]),
    ("quorum", &["node", "from", "ballot", "quorum"]),
    ("adopted", &["node", "slot", "ballot", "value", "from", "reported"]),
    ("free-choice", &["node", "slot", "ballot", "value"]),
    ("gave-up", &["node", "from", "ballot", "promised"]),
    ("exhausted", &["node", "ballot"]),
    ("learned", &["node", "slot", "ballot", "value", "quorum"]),
    ("ignored", &["node", "from", "ballot"]),
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
];

/// Events with no fields besides [`EVERY`].
const BARE: [&str; 2] = ["healed", "power-cut"];

/// Every event of a log and of its clients; and what events that are in [`EVENTS`] have besides in a log.
const LOG_EVENTS: [(&str, &[&str]); 33] = [
    ("proposed", &["ballot", "command"]),
    ("prepares", &["slot"]),
    ("promised", &["slot", "votes"]),
    ("accepted", &["command"]),
    ("counted", &["slot"]),
    ("adopted", &["command"]),
    ("learned", &["command"]),
    ("ignored", &["command"]),
    ("chosen", &["command"]),
    ("discontent", &["node", "hears"]),
    ("catches-up", &["node", "from", "ballot", "slot"]),
    ("leads", &["node", "ballot", "quorum", "found", "slot"]),
    ("finishes", &["node", "slot", "ballot", "command"]),
    ("fills", &["node", "slot", "ballot", "command"]),
    ("taken", &["node", "command", "waits"]),
    ("applied", &["node", "slot", "command", "result", "forgets"]),
    ("answers", &["node", "client", "seq", "reply", "result", "slot", "leader", "latest", "since"]),
    ("stepped-down", &["node", "from", "ballot", "promised"]),
    ("fetches", &["node", "from", "slots"]),
    ("repeats", &["node", "count"]),
    ("requested", &["client", "to", "command"]),
    ("retried", &["client", "to", "seq", "tries"]),
    ("redirected", &["client", "from", "to", "seq"]),
    ("answered", &["client", "from", "command", "reply", "result", "slot", "leader", "latest", "since"]),
    ("workload", &["workload"]),
    ("gave-up", &["keptFrom"]),
    ("snapshot", &["node", "slot", "keys", "sessions"]),
    ("truncated", &["node", "slot", "keptFrom", "votes", "above"]),
    ("sends-snapshot", &["node", "to", "asked", "slot"]),
    ("installed", &["node", "from", "slot", "applied"]),
    ("asks-whether-it-leads", &["node", "ballot", "question", "count"]),
    ("confirmed", &["node", "to", "ballot", "promised"]),
    ("reads", &["node", "command", "result", "slot"]),
];

/// Every kind of action but switching a rule.
pub(super) const ACTIONS: [&str; 28] = [
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
    "request",
    "retry",
    "workload",
    "snapshot",
];

const MESSAGE: [&str; 9] = ["id", "kind", "from", "to", "ballot", "slot", "value", "accepted", "promised"];
const LOG_MESSAGE: [&str; 17] = [
    "command", "commands", "lastSlot", "leads", "content", "chosenTo", "keptFrom", "client", "seq", "reply", "result",
    "leader", "latest", "keys", "sessions", "since", "question",
];
const VOTE: [&str; 3] = ["slot", "ballot", "value"];
const LOG_VOTE: [&str; 1] = ["command"];
const COMMAND: [&str; 4] = ["client", "seq", "op", "since"];
const RECORD: [&str; 3] = ["promised", "accepted", "round"];
const LOG_RECORD: [&str; 1] = ["snapshot"];
const STORED: [&str; 4] = ["slot", "keys", "sessions", "keptFrom"];
const NETWORK: [&str; 3] = ["loss", "duplicate", "latency"];

/// Refuses a pattern of an event that names something unknown.
pub(super) fn check_event(pattern: &Object, scope: Scope) -> Result<(), Malformed> {
    let more = || LOG_EVENTS.iter().filter(|_| scope.is_log());
    let Some(event) = pattern.get("event") else {
        let fields = EVENTS.iter().chain(more()).flat_map(|(_, fields)| fields.iter().copied());
        return check_fields(pattern, "an event", &fields.chain(EVERY).collect::<Vec<_>>(), scope);
    };
    let event = event.text("event")?;
    let Some(fields) = fields_of(event, scope) else {
        let is_new = |name: &&str| EVENTS.iter().all(|(known, _)| known != name);
        let more = more().map(|(name, _)| *name).filter(is_new);
        let names: Vec<&str> = EVENTS.iter().map(|(name, _)| *name).chain(more).chain(BARE).collect();
        let (event, names) = (short(event, 40), commas(&names));
        return Err(Malformed::new(&format!("there is no event \"{event}\"; the events are {names}")));
    };
    check_fields(pattern, &format!("the event \"{event}\""), &[&*fields, &EVERY].concat(), scope)
}

/// Refuses a pattern of a message that names something unknown.
pub(super) fn check_message(pattern: &Object, scope: Scope) -> Result<(), Malformed> {
    check_fields(pattern, "a message", &scope.names(&MESSAGE, &LOG_MESSAGE), scope)
}

/// Refuses a server that does not exist.
pub(super) fn check_server(node: NodeId, Scope { nodes, .. }: Scope) -> Result<(), Malformed> {
    if node.get() <= nodes {
        return Ok(());
    }
    Err(Malformed::new(&format!("there is no server {node}: this run has {nodes}")))
}

fn fields_of(event: &str, scope: Scope) -> Option<Vec<&'static str>> {
    let of = |events: &[(&str, &'static [&'static str])]| {
        let found = events.iter().find(|(name, _)| *name == event);
        found.map(|(_, fields)| *fields)
    };
    let bare = || BARE.contains(&event).then_some::<&[_]>(&[]);
    let more = of(&LOG_EVENTS).filter(|_| scope.is_log());
    let fields = of(&EVENTS).or(more).or_else(bare)?;
    Some(scope.names(fields, more.unwrap_or_default()))
}

fn check_fields(pattern: &Object, whose: &str, known: &[&str], scope: Scope) -> Result<(), Malformed> {
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
            check_field(name, wanted, scope)?;
        }
    }
    Ok(())
}

fn check_field(name: &str, wanted: &Json, scope: Scope) -> Result<(), Malformed> {
    let object =
        |what: &str, known: &[&'static str]| check_fields(Object::of(wanted, name, known)?, what, known, scope);
    let (message, vote) = (scope.names(&MESSAGE, &LOG_MESSAGE), scope.names(&VOTE, &LOG_VOTE));
    match name {
        "node" => check_server(FromJson::from_json(wanted, name)?, scope),
        "from" | "to" if scope.is_log() => match Endpoint::from_json(wanted, name)?.server() {
            Some(node) => check_server(node, scope),
            None => Ok(()),
        },
        "from" | "to" => check_server(FromJson::from_json(wanted, name)?, scope),
        #[cfg(feature = "log")]
        "client" => ClientId::from_json(wanted, name).map(drop),
        "command" => match wanted {
            Json::Text(text) if text == "no-op" => Ok(()),
            _ => object("a command", &COMMAND),
        },
        "quorum" | "hears" => each(wanted, |node| check_field("node", node, scope)),
        "groups" => each(wanted, |group| each(group, |node| check_field("node", node, scope))),
        "kind" => wanted.one_of(name, &Message::kind_names(scope.protocol), |kind| kind).map(drop),
        "timer" => wanted.one_of(name, Timer::of(scope.protocol), Timer::as_str).map(drop),
        "rule" => wanted.one_of(name, &Rule::of(scope.protocol).collect::<Vec<_>>(), Rule::as_str).map(drop),
        "invariant" => wanted.one_of(name, &Invariant::ALL, Invariant::as_str).map(drop),
        "message" => check_message(Object::of(wanted, name, &message)?, scope),
        "snapshot" => object("a snapshot", &STORED),
        "reported" => object("a vote", &vote),
        "network" => object("the network", &NETWORK),
        "records" => {
            let known = scope.names(&RECORD, &LOG_RECORD);
            each(wanted, |record| check_fields(Object::of(record, "records", &known)?, "a record", &known, scope))
        }
        "accepted" => match wanted {
            Json::List(votes) => {
                votes.iter().try_for_each(|it| check_fields(Object::of(it, "accepted", &vote)?, "a vote", &vote, scope))
            }
            // Of a record, it is one vote.
            _ => object("a vote", &vote),
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
    use crate::run::Simulation;
    use crate::scenario::{LOG_SCENARIOS, RandomRun, SCENARIOS, Scenario};
    use crate::sim::{Action, ClientAction};
    use alloc::collections::BTreeSet;

    /// An event that is not in the table could not be waited for: each that happens is its own pattern.
    #[test]
    fn only_a_log_has_clients_commands_and_their_events() {
        let read = |text: &str| match serde_json::from_str(text).unwrap() {
            Json::Object(object) => object,
            other => panic!("{other:?} is no object"),
        };
        let log = Config { protocol: ProtocolKind::Log, ..Config::default() };
        for pattern in [
            r#"{"event":"leads","node":2}"#,
            r#"{"event":"learned","command":"no-op"}"#,
            r#"{"event":"applied","command":{"client":"a","op":{"put":["x","9"]}}}"#,
            r#"{"event":"sent","message":{"kind":"heartbeat"}}"#,
            r#"{"event":"dropped","message":{"kind":"answer","to":"a"}}"#,
            r#"{"event":"timer","timer":"stand"}"#,
            r#"{"event":"rule","rule":"fill-gaps"}"#,
        ] {
            assert!(check_event(&read(pattern), (&log).into()).is_ok(), "{pattern}");
            assert!(check_event(&read(pattern), (&Config::default()).into()).is_err(), "{pattern}");
        }
        for pattern in [r#"{"event":"leads","node":4}"#, r#"{"event":"requested","client":"A"}"#, r#"{"event":"gone"}"#]
        {
            assert!(check_event(&read(pattern), (&log).into()).is_err(), "{pattern}");
        }
    }

    #[test]
    fn every_event_that_happens_is_in_the_table_with_all_its_fields() {
        let mut seen = BTreeSet::new();
        let mut check = |event: &crate::run::Event, config: &Config| {
            let Json::Object(json) = event.json(config.ballots) else { panic!("an event is an object") };
            check_event(&json, config.into()).unwrap_or_else(|error| panic!("{json:?}: {error}"));
            seen.insert(event.name());
        };
        for seed in 0..150 {
            let mut world = RandomRun::new(seed);
            let config = world.simulation().config().clone();
            world.disturb(300, |event| check(&event, &config));
            assert!(world.converge(|event| check(&event, &config)).is_ok());
        }
        for (_, text) in SCENARIOS.iter().chain(LOG_SCENARIOS) {
            let scenario: Scenario =
                crate::json::FromJson::from_json(&serde_json::from_str(text).unwrap(), "scenario").unwrap();
            let played = scenario.play().unwrap();
            for event in played.history.events(0, u64::MAX) {
                check(&event, &scenario.config);
            }
        }
        for seed in 0..8 {
            let config = alloc::format!(
                r#"{{"protocol":"log","nodes":3,"seed":{seed},"clients":3,"window":2,"network":{{"loss":0.08,
                    "latency":[10,300]}},"workload":{{"clients":3,"rate":30,"keys":2}}}}"#
            );
            let config = Config::from_json(&serde_json::from_str(&config).unwrap(), "config").unwrap();
            let mut world = Simulation::new(config.clone()).unwrap();
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
                    world.step().unwrap().iter().for_each(|event| check(event, &config));
                }
                world.apply(&action).unwrap().iter().for_each(|event| check(event, &config));
            }
        }
        let all = EVENTS.iter().chain(&LOG_EVENTS).map(|(name, _)| *name).chain(BARE);
        let never: Vec<_> = all.filter(|it| !seen.contains(it)).collect();
        // Two need a rule that is off, and one is rare.
        assert_eq!(never, ["violated", "rule", "finishes"]);
    }
}
