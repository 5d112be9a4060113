//! What may be expected of a replicated log: of its clients, its leader, its servers and its slots.
//!
//! Each of these is about one moment of a run, and is read from the world and from its observer. So nothing needs to be
//! kept of what happened before.

use alloc::{format, string::String, vec::Vec};

use super::vocabulary::{Scope, check_server};
use crate::check::{Judged, LogObserver};
use crate::json::{Json, Malformed, Object};
use crate::limits::{MAX_CLIENTS, MAX_NODES};
use crate::log::{ClientId, Entry, Replica, Role, Text};
use crate::paxos::{NodeId, Slot};
use crate::run::Simulation;
use crate::text::short;

/// Most letters of a key or a value that a sentence repeats.
const LETTERS: usize = 40;

/// Their fields.
pub(super) const CLAIMS: [&str; 8] =
    ["answered", "waiting", "holds", "leads", "believes", "applied", "slot", "linearizable"];

/// What is expected of a log.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LogClaim {
    /// This operation is answered; with a result: with this one.
    Answered(ClientId, u32, Option<Json>),
    /// These clients wait for an answer, and no others.
    Waiting(Vec<ClientId>),
    /// In the store of this server, this key has this value.
    Holds(NodeId, Text, Option<Text>),
    /// This server leads: so many follow it that it can have a slot chosen. `None`: none does.
    Leads(Option<NodeId>),
    /// These servers take themselves for the leader, and no others.
    Believes(Vec<NodeId>),
    /// This server has applied the slots up to this one, and no more.
    Applied(NodeId, Slot),
    /// This is chosen in this slot.
    Slot(Slot, Held),
    /// Clients were answered, and one store that does one operation after the other could have answered all that.
    Linearizable,
}

/// What is chosen in a slot.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Held {
    /// Nothing.
    Nothing,
    /// A no-op.
    NoOp,
    /// An operation of a client.
    Command(ClientId, u32),
}

impl LogClaim {
    /// Reads the claim in one of the fields.
    pub(super) fn read(fields: &Object, claim: &str) -> Result<Self, Malformed> {
        let within = |known: &[&str]| fields.get(claim).map_or(Err(missing(claim)), |it| Object::of(it, claim, known));
        Ok(match claim {
            "answered" => {
                let it = within(&["client", "seq", "result"])?;
                Self::Answered(it.required("client")?, it.required("seq")?, it.get("result").cloned())
            }
            "waiting" => {
                fields.at_most(claim, MAX_CLIENTS)?;
                Self::Waiting(fields.required(claim)?)
            }
            "holds" => {
                let it = within(&["node", "key", "value"])?;
                Self::Holds(it.required("node")?, it.required("key")?, it.optional("value")?)
            }
            "leads" => Self::Leads(fields.optional(claim)?),
            "believes" => {
                fields.at_most(claim, MAX_NODES as usize)?;
                Self::Believes(fields.required(claim)?)
            }
            "applied" => {
                let it = within(&["node", "slot"])?;
                Self::Applied(it.required("node")?, it.required("slot")?)
            }
            "slot" => {
                let it = within(&["slot", "is"])?;
                Self::Slot(it.required("slot")?, it.get("is").map_or(Ok(Held::Nothing), Held::read)?)
            }
            _ => match fields.get(claim) {
                Some(Json::Bool(true)) => Self::Linearizable,
                _ => return Err(Malformed::new("\"linearizable\" is true: what is not, breaks an invariant")),
            },
        })
    }

    /// Refuses a server that does not exist.
    pub(super) fn check_names(&self, scope: Scope) -> Result<(), Malformed> {
        match self {
            Self::Holds(node, ..) | Self::Applied(node, _) | Self::Leads(Some(node)) => check_server(*node, scope),
            Self::Believes(all) => all.iter().try_for_each(|node| check_server(*node, scope)),
            _ => Ok(()),
        }
    }

    /// In a few words.
    pub(super) fn says(&self) -> String {
        match self {
            Self::Answered(client, seq, None) => format!("operation {seq} of client {client} is answered"),
            Self::Answered(client, seq, Some(result)) => answered(*client, *seq, result),
            Self::Waiting(clients) => who_waits(clients),
            Self::Holds(node, key, value) => holds(*node, key, value.as_ref()),
            Self::Leads(leader) => who_leads(*leader),
            Self::Believes(nodes) => who_believes(nodes),
            Self::Applied(node, slot) => has_applied(*node, *slot),
            Self::Slot(slot, held) => format!("{} is chosen in slot {slot}", held.says()),
            Self::Linearizable => "what clients were answered is linearizable".into(),
        }
    }

    /// What is seen instead; `None` if it is so.
    pub(super) fn contradicted(&self, now: &Simulation) -> Option<String> {
        let Some(observer) = now.observer().log() else { return Some("no log runs here".into()) };
        let unless = |fine: bool, seen: String| (!fine).then_some(seen);
        match self {
            Self::Answered(client, seq, wanted) => not_answered(observer, *client, *seq, wanted.as_ref()),
            Self::Waiting(clients) => {
                let waiting = now.cluster().clients().filter(|client| client.waiting().is_some());
                let waiting: Vec<_> = waiting.map(crate::log::Client::id).collect();
                unless(waiting == sorted(clients), who_waits(&waiting))
            }
            Self::Holds(node, key, value) => match replica(now, *node) {
                Some(replica) => {
                    let found = replica.machine().get(key);
                    unless(found == value.as_ref(), holds(*node, key, found))
                }
                None => Some(format!("server {node} is down")),
            },
            Self::Leads(leader) => {
                let leads = now.cluster().nodes().find(|node| now.leads(*node));
                unless(leads == *leader, who_leads(leads))
            }
            Self::Believes(nodes) => {
                let leader = |node: &NodeId| replica(now, *node).is_some_and(|it| matches!(it.role(), Role::Leader(_)));
                let found: Vec<_> = now.cluster().nodes().filter(leader).collect();
                unless(found == sorted(nodes), who_believes(&found))
            }
            Self::Applied(node, slot) => match replica(now, *node).map(|replica| replica.learned().applied()) {
                Some(applied) => unless(applied == *slot, has_applied(*node, applied)),
                None => Some(format!("server {node} is down")),
            },
            Self::Slot(slot, held) => {
                let chosen: Vec<_> = observer.chosen(*slot).iter().map(|it| Held::of(&it.vote.value)).collect();
                let found = match &chosen[..] {
                    [] => Held::Nothing.says(),
                    [one] if one == held => return None,
                    all => all.iter().map(Held::says).collect::<Vec<_>>().join(" and "),
                };
                unless(chosen.is_empty() && *held == Held::Nothing, format!("{found} is chosen there"))
            }
            Self::Linearizable => not_linearizable(observer),
        }
    }
}

impl Held {
    fn read(json: &Json) -> Result<Self, Malformed> {
        Ok(match json {
            Json::Null => Self::Nothing,
            Json::Text(text) if text == "no-op" => Self::NoOp,
            json => {
                let it = Object::of(json, "is", &["client", "seq"])?;
                Self::Command(it.required("client")?, it.required("seq")?)
            }
        })
    }

    fn of(entry: &Entry) -> Self {
        entry.command().map_or(Self::NoOp, |command| Self::Command(command.client, command.seq))
    }

    fn says(&self) -> String {
        match self {
            Self::Nothing => "nothing".into(),
            Self::NoOp => "a no-op".into(),
            Self::Command(client, seq) => format!("operation {seq} of client {client}"),
        }
    }
}

fn missing(claim: &str) -> Malformed {
    Malformed::new(&format!("\"{claim}\" is missing"))
}

fn sorted<T: Copy + Ord>(all: &[T]) -> Vec<T> {
    let mut all = Vec::from(all);
    all.sort_unstable();
    all.dedup();
    all
}

fn replica(now: &Simulation, node: NodeId) -> Option<&Replica> {
    now.cluster().server(node).log()
}

fn not_answered(observer: &LogObserver, client: ClientId, seq: u32, wanted: Option<&Json>) -> Option<String> {
    let mut history = observer.history();
    let Some(found) = history.find(|it| it.command.client == client && it.command.seq == seq) else {
        return Some(format!("client {client} has not asked for an operation {seq}"));
    };
    if found.returned.is_none() {
        return Some(format!("operation {seq} of client {client} waits for its answer"));
    }
    let result = found.result.as_ref().map_or(Json::Null, |(output, _)| output.into());
    match wanted {
        Some(wanted) if *wanted != result => Some(answered(client, seq, &result)),
        _ => None,
    }
}

fn not_linearizable(observer: &LogObserver) -> Option<String> {
    if observer.history().all(|operation| operation.returned.is_none()) {
        return Some("no client was answered".into());
    }
    match observer.judged() {
        Judged::Linearizable => None,
        Judged::Not => Some("it is not".into()),
        Judged::Unknown => Some("there are too many explanations to tell".into()),
    }
}

fn answered(client: ClientId, seq: u32, result: &Json) -> String {
    let result = match result {
        Json::Null => "nothing".into(),
        Json::Bool(true) => "swapped".into(),
        Json::Bool(false) => "not swapped".into(),
        Json::Text(text) => short(text, LETTERS),
        other => format!("{other:?}"),
    };
    format!("operation {seq} of client {client} is answered: {result}")
}

fn holds(node: NodeId, key: &Text, value: Option<&Text>) -> String {
    let value = value.map_or_else(|| "nothing".into(), |value| short(value.as_str(), LETTERS));
    format!("server {node} holds {} = {value}", short(key.as_str(), LETTERS))
}

fn has_applied(node: NodeId, slot: Slot) -> String {
    if slot == 0 {
        format!("server {node} has applied no slot")
    } else {
        format!("server {node} has applied slots 1 to {slot}")
    }
}

fn who_leads(leader: Option<NodeId>) -> String {
    leader.map_or_else(|| "no server leads".into(), |leader| format!("server {leader} leads"))
}

fn who_believes(nodes: &[NodeId]) -> String {
    let names: Vec<_> = nodes.iter().map(|node| format!("{node}")).collect();
    match &names[..] {
        [] => "no server takes itself for the leader".into(),
        [one] => format!("server {one} takes itself for the leader"),
        many => format!("servers {} take themselves for the leader", many.join(", ")),
    }
}

fn who_waits(clients: &[ClientId]) -> String {
    let names: Vec<_> = clients.iter().map(|client| format!("{client}")).collect();
    match &names[..] {
        [] => "no client waits for an answer".into(),
        [one] => format!("client {one} waits for an answer"),
        many => format!("clients {} wait for an answer", many.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::FromJson;
    use crate::scenario::Scenario;
    use alloc::string::ToString;

    fn scenario(config: &str, expectation: &str) -> Result<Scenario, Malformed> {
        let text =
            if config == "{}" { format!(r#"{{"quorum":1,"expect":[{expectation}]}}"#) } else { of_a_log(expectation) };
        Scenario::from_json(&serde_json::from_str(&text).unwrap(), "scenario")
    }

    fn of_a_log(expectation: &str) -> String {
        format!(
            r#"{{"quorum":1,"config":{LOG},"interventions":[{{"after":{{"event":"leads"}},
                "action":{{"type":"request","client":"a","op":{{"put":["x","1"]}}}}}}],
                "until":{{"after":{{"event":"answered"}}}},"expect":[{expectation}]}}"#
        )
    }

    const LOG: &str = r#"{"protocol":"log"}"#;

    #[test]
    fn what_is_expected_of_a_log_and_not_so_is_reported_with_what_was_seen() {
        for (expectation, report) in [
            (r#"{"answered":{"client":"a","seq":1}}"#, ""),
            (r#"{"answered":{"client":"a","seq":1,"result":"ok"}}"#, ""),
            (r#"{"answered":{"client":"a","seq":1,"result":true}}"#, "operation 1 of client a is answered: ok"),
            (r#"{"answered":{"client":"a","seq":2}}"#, "client a has not asked for an operation 2"),
            (
                r#"{"answered":{"client":"a","seq":1},"after":{"event":"proposed"}}"#,
                "operation 1 of client a waits for its answer",
            ),
            (r#"{"waiting":[]}"#, ""),
            (r#"{"waiting":["a","b"]}"#, "no client waits for an answer"),
            (r#"{"waiting":[],"after":{"event":"proposed"}}"#, "client a waits for an answer"),
            (r#"{"holds":{"node":1,"key":"x","value":"1"}}"#, ""),
            (r#"{"holds":{"node":2,"key":"x"}}"#, ""),
            (r#"{"holds":{"node":1,"key":"x"}}"#, "server 1 holds x = 1"),
            (r#"{"leads":1}"#, ""),
            (r#"{"leads":2}"#, "server 1 leads"),
            (r#"{"leads":1,"step":2}"#, "no server leads"),
            (r#"{"believes":[1]}"#, ""),
            (r#"{"believes":[1,2]}"#, "server 1 takes itself for the leader"),
            (r#"{"applied":{"node":1,"slot":1}}"#, ""),
            (r#"{"applied":{"node":2,"slot":1}}"#, "server 2 has applied no slot"),
            (r#"{"slot":{"slot":1,"is":{"client":"a","seq":1}}}"#, ""),
            (r#"{"slot":{"slot":2}}"#, ""),
            (r#"{"slot":{"slot":1,"is":"no-op"}}"#, "operation 1 of client a is chosen there"),
            (r#"{"slot":{"slot":2,"is":"no-op"}}"#, "nothing is chosen there"),
            (r#"{"linearizable":true}"#, ""),
            (r#"{"linearizable":true,"step":2}"#, "no client was answered"),
            (r#"{"sent":{"kind":"accept"},"times":2}"#, ""),
            (r#"{"sent":{"kind":"accept"},"times":3}"#, "servers send each other, times 2"),
            (r#"{"refuses":"prepare"}"#, "no request to promise is refused"),
            (r#"{"ballots":2}"#, "ballots begun: 1"),
        ] {
            let played = scenario(LOG, expectation).unwrap().play().unwrap();
            assert_eq!(played.checked[0].seen, report, "{expectation}");
            assert_eq!(played.checked[0].met, report.is_empty(), "{expectation}");
        }
    }

    #[test]
    fn what_cannot_be_expected_is_refused_by_name() {
        for (config, expectation, report) in [
            ("{}", r#"{"leads":1}"#, r#"can be expected of the protocol "log" only, and this run is of "single""#),
            (LOG, r#"{"chosen":"blue"}"#, r#"can be expected of the protocol "single" only, and this run is of "log""#),
            (LOG, r#"{"knows":[1]}"#, r#"of the protocol "single" only"#),
            (LOG, r#"{"leads":4}"#, "there is no server 4"),
            (LOG, r#"{"believes":[1,7]}"#, "there is no server 7"),
            (LOG, r#"{"applied":{"node":4,"slot":1}}"#, "there is no server 4"),
            (LOG, r#"{"holds":{"node":1}}"#, "\"key\" is missing"),
            (LOG, r#"{"slot":{"slot":1,"is":{"client":"a"}}}"#, "\"seq\" is missing"),
            (LOG, r#"{"linearizable":false}"#, "\"linearizable\" is true"),
            (LOG, r#"{"sent":{"kind":"ack"}}"#, "not \"ack\""),
            (LOG, r#"{"answered":"a"}"#, "answered"),
        ] {
            let error = scenario(config, expectation).unwrap_err().to_string();
            assert!(error.contains(report), "{error} should have {report}");
        }
    }
}
