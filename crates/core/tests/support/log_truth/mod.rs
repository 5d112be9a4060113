//! A witness of a log: it reads the events of a run, one after the other, and knows nothing else of it.
//!
//! From what it has read it works out what each server has promised, voted for, counted, learned, applied and heard. So it can
//! say of every `because` whether that is what the server compared. It shares no code with the servers. All rules hold in the
//! runs that it reads.

mod reads;
mod reasons;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Round and server.
pub(crate) type Ballot = (u64, u64);

pub(crate) fn ballot(json: &Value) -> Option<Ballot> {
    let (round, server) = json.as_str()?.split_once('.')?;
    Some((round.parse().ok()?, server.parse().ok()?))
}

pub(crate) fn number(json: &Value) -> u64 {
    json.as_u64().unwrap_or_default()
}

pub(crate) fn set(json: &Value) -> BTreeSet<u64> {
    json.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

/// The votes of one server, by slot.
type Votes = BTreeMap<u64, (Ballot, Value)>;

/// What a phase 1 or a leader has counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Own {
    pub(crate) ballot: Ballot,
    /// Whose promises, each with its votes: slot, ballot and command.
    pub(crate) promises: BTreeMap<u64, Vec<(u64, Ballot, Value)>>,
    /// Up to where those who promised know the log.
    pub(crate) chosen_to: BTreeMap<u64, u64>,
    pub(crate) leads: bool,
    /// Whether it has its quorum, and learns what somebody knows: then it counts no more promises.
    catches_up: bool,
    /// Whose votes in which slot.
    pub(crate) votes: BTreeMap<u64, BTreeSet<u64>>,
    pub(crate) proposed: BTreeMap<u64, Value>,
    pub(crate) questions: reads::Questions,
}

/// What is known of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    pub(crate) promised: Option<Ballot>,
    pub(crate) votes: Votes,
    pub(crate) used: Option<u64>,
    pub(crate) seen: Option<Ballot>,
    pub(crate) own: Option<Own>,
    pub(crate) learned: BTreeMap<u64, Value>,
    pub(crate) applied: u64,
    /// By client: the last operation that took effect, and in which slot.
    pub(crate) sessions: BTreeMap<String, (u64, u64)>,
    /// The highest slot in which the last operation of a client took effect that it has forgotten.
    pub(crate) horizon: u64,
    /// Whose heartbeats it has heard since it started.
    pub(crate) heard: BTreeSet<u64>,
    /// On its disk: the promise, the votes and the round.
    pub(crate) disk: (Option<Ballot>, Votes, Option<u64>),
    /// The last slot of its latest durable snapshot, and the first slot that votes are kept from.
    pub(crate) stored: Option<(u64, u64)>,
    /// The last slot of the latest snapshot that it took or was sent.
    pub(crate) taken: u64,
    /// It has everything up to this slot from a snapshot, and what is in the slots up to the other is not kept.
    pub(crate) base: u64,
    pub(crate) forgotten: u64,
}

impl Server {
    /// Every slot up to this one is learned.
    pub(crate) fn to(&self) -> u64 {
        (self.base + 1..).take_while(|slot| self.learned.contains_key(slot)).last().unwrap_or(self.base)
    }
}

/// What was read so far.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    pub(crate) servers: Vec<Server>,
    pub(crate) phase1: u64,
    pub(crate) phase2: u64,
    pub(crate) window: u64,
    /// Who votes.
    pub(crate) voters: BTreeSet<u64>,
    pub(crate) chosen: BTreeMap<u64, Value>,
    /// Every vote ever cast: slot, ballot, server.
    pub(crate) cast: BTreeMap<(u64, Ballot), BTreeSet<u64>>,
    /// What each slot did: which operation of which client took effect there.
    effects: BTreeMap<u64, (String, u64)>,
    /// How often each client has asked in vain for what it asks for.
    pub(crate) tries: BTreeMap<String, u64>,
    /// The message that arrived in this step.
    pub(crate) delivered: Option<Value>,
    step: u64,
    /// How many reasons were read.
    pub(crate) read: usize,
}

impl Witness {
    pub(crate) fn new(nodes: u32, (phase1, phase2): (u32, u32), window: u32, voters: BTreeSet<u64>) -> Self {
        Self {
            servers: vec![Server::default(); nodes as usize],
            phase1: phase1.into(),
            phase2: phase2.into(),
            window: window.into(),
            voters,
            chosen: BTreeMap::new(),
            cast: BTreeMap::new(),
            effects: BTreeMap::new(),
            tries: BTreeMap::new(),
            delivered: None,
            step: 0,
            read: 0,
        }
    }

    pub(crate) fn server(&self, node: u64) -> &Server {
        &self.servers[node as usize - 1]
    }

    /// A server goes on from a snapshot up to this slot.
    fn begins_with(&mut self, node: u64, to: u64) {
        let sessions = self.effects.range(..=to).map(|(slot, (client, seq))| (client.clone(), (*seq, *slot)));
        let sessions = sessions.collect();
        let server = self.server_mut(node);
        (server.base, server.applied, server.taken, server.sessions) = (to, to, to, sessions);
        server.forgotten = server.forgotten.max(to);
    }

    fn server_mut(&mut self, node: u64) -> &mut Server {
        &mut self.servers[node as usize - 1]
    }

    /// Reads an event: its reason, and then what it means.
    pub(crate) fn read(&mut self, event: &Value) -> Result<(), String> {
        if number(&event["step"]) != self.step {
            self.step = number(&event["step"]);
            self.delivered = None;
        }
        // What a server has in hand counts before its reason is read.
        self.count(event);
        let checked = self.check(event);
        self.take_in(event);
        checked.map_err(|objection| format!("{objection}: {event}"))
    }

    /// Counts what a message brings its receiver, when it is delivered.
    fn count(&mut self, event: &Value) {
        if event["event"] != "delivered" {
            return;
        }
        let message = event["message"].clone();
        if let Some(to) = message["to"].as_u64() {
            let from = message["from"].as_u64();
            let server = self.server_mut(to);
            let of = ballot(&message[if message["kind"] == "nack" { "promised" } else { "ballot" }]);
            server.seen = server.seen.max(of);
            match (message["kind"].as_str().unwrap(), from) {
                ("heartbeat", Some(from)) => drop(server.heard.insert(from)),
                ("promise", Some(from)) => {
                    if let Some(own) =
                        server.own.as_mut().filter(|own| Some(own.ballot) == of && !own.leads && !own.catches_up)
                    {
                        let votes = message["accepted"].as_array().into_iter().flatten();
                        let votes = votes.map(|vote| {
                            (number(&vote["slot"]), ballot(&vote["ballot"]).unwrap(), vote["command"].clone())
                        });
                        own.promises.insert(from, votes.collect());
                        own.chosen_to.insert(from, number(&message["chosenTo"]));
                    }
                }
                ("accepted", Some(from)) => {
                    if let Some(own) = server.own.as_mut().filter(|own| Some(own.ballot) == of && own.leads) {
                        own.votes.entry(number(&message["slot"])).or_default().insert(from);
                    }
                }
                ("confirmed", Some(from)) => {
                    if let Some(own) = server.own.as_mut().filter(|own| Some(own.ballot) == of && own.leads) {
                        own.questions.is_answered(number(&message["question"]), from);
                    }
                }
                _ => {}
            }
        }
        self.delivered = Some(message);
    }

    fn take_in(&mut self, event: &Value) {
        let (node, slot, of) = (number(&event["node"]), number(&event["slot"]), ballot(&event["ballot"]));
        let client =
            || event["command"]["client"].as_str().or_else(|| event["client"].as_str()).unwrap_or("").to_string();
        match event["event"].as_str().unwrap() {
            "prepares" => {
                let server = self.server_mut(node);
                server.used = of.map(|of| of.0);
                server.own = Some(Own { ballot: of.unwrap(), ..Own::default() });
            }
            "promised" => self.server_mut(node).promised = of,
            "accepted" => {
                let (of, command) = (of.unwrap(), event["command"].clone());
                self.cast.entry((slot, of)).or_default().insert(node);
                let server = self.server_mut(node);
                server.promised = server.promised.max(Some(of));
                server.votes.insert(slot, (of, command));
            }
            "catches-up" => self.server_mut(node).own.iter_mut().for_each(|own| own.catches_up = true),
            "leads" => self.server_mut(node).own.iter_mut().for_each(|own| own.leads = true),
            "snapshot" => self.server_mut(node).taken = slot,
            "installed" => self.begins_with(node, slot),
            "truncated" => {
                let kept_from = number(&event["keptFrom"]);
                let server = self.server_mut(node);
                server.votes.retain(|slot, _| *slot >= kept_from);
                server.forgotten = server.forgotten.max(kept_from - 1);
            }
            "gave-up" | "stepped-down" | "exhausted" => self.server_mut(node).own = None,
            "proposed" | "adopted" | "finishes" | "fills" => {
                let command = event["command"].clone();
                self.server_mut(node).own.iter_mut().for_each(|own| drop(own.proposed.insert(slot, command.clone())));
            }
            "learned" => drop(self.server_mut(node).learned.insert(slot, event["command"].clone())),
            "applied" => {
                let (client, seq) = (client(), number(&event["command"]["seq"]));
                let server = self.server_mut(node);
                server.applied = slot;
                if let Some((_, used)) = event["forgets"].as_str().and_then(|client| server.sessions.remove(client)) {
                    server.horizon = server.horizon.max(used);
                }
                if event["because"]["kind"] == "next-in-order" && event["command"].is_object() {
                    server.sessions.insert(client.clone(), (seq, slot));
                    self.effects.insert(slot, (client, seq));
                }
            }
            "taken" => self.takes_read(event),
            "asks-whether-it-leads" => self.asks_whether_it_leads(event),
            "chosen" => drop(self.chosen.insert(slot, event["command"].clone())),
            "requested" => drop(self.tries.insert(client(), 0)),
            "retried" => *self.tries.entry(client()).or_default() += 1,
            "durable" => {
                let Server { disk, stored, .. } = self.server_mut(node);
                for record in event["records"].as_array().unwrap() {
                    disk.0 = disk.0.max(ballot(&record["promised"]));
                    disk.2 = disk.2.max(record["round"].as_u64());
                    if record["snapshot"].is_object() {
                        let kept_from = number(&record["snapshot"]["keptFrom"]);
                        disk.1.retain(|slot, _| *slot >= kept_from);
                        *stored = Some((number(&record["snapshot"]["slot"]), kept_from));
                    }
                    if let Some(of) = ballot(&record["accepted"]["ballot"]) {
                        let accepted = &record["accepted"];
                        disk.1.insert(number(&accepted["slot"]), (of, accepted["command"].clone()));
                    }
                }
            }
            "crashed" | "wiped" => {
                let wiped = event["event"] == "wiped";
                let server = self.server_mut(node);
                let (disk, stored) = if wiped { Default::default() } else { (server.disk.clone(), server.stored) };
                *server = Server { disk, stored, ..Server::default() };
            }
            "restarted" => {
                let server = self.server_mut(node);
                (server.promised, server.votes, server.used) = server.disk.clone();
                server.seen = server.promised;
                if let Some((to, _)) = server.stored {
                    self.begins_with(node, to);
                }
            }
            _ => {}
        }
    }
}
