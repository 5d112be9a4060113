//! What a witness remembers: of each server its memory and its disk, of the network which links are cut. All of it was
//! read in earlier events.

use std::collections::BTreeSet;

use quorum_core::paxos::Rule;
use serde_json::Value;

use super::{Witness, rule_named};

/// Round and server, or a plain number and 0.
pub(super) type Number = (u64, u64);

pub(super) fn number(text: &Value) -> Option<Number> {
    let mut parts = text.as_str()?.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next().flatten().unwrap_or(0)))
}

pub(super) fn id(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

pub(super) fn ids(value: &Value) -> BTreeSet<u64> {
    value.as_array().into_iter().flatten().map(id).collect()
}

/// A ballot and a value.
pub(super) fn vote(value: &Value) -> Option<(Number, String)> {
    Some((number(&value["ballot"])?, value["value"].as_str()?.to_owned()))
}

#[derive(Clone, Default)]
pub(super) struct Disk {
    pub(super) promised: Option<Number>,
    pub(super) voted: Option<(Number, String)>,
    pub(super) round: Option<u64>,
    pub(super) lost: bool,
}

impl Disk {
    pub(super) fn keep(&mut self, record: &Value) {
        if record.get("promised").is_some() {
            self.promised = number(&record["promised"]);
        }
        if record.get("accepted").is_some() {
            self.voted = vote(&record["accepted"]);
        }
        if record.get("round").is_some() {
            self.round = record["round"].as_u64();
        }
    }
}

/// A promise: from whom, for which ballot, reporting which vote.
pub(super) type Promise = (u64, Number, Option<(Number, String)>);

/// What a server must have in its memory, from what was told of it.
#[derive(Clone, Default)]
pub(super) struct Server {
    pub(super) promised: Option<Number>,
    pub(super) voted: Option<(Number, String)>,
    pub(super) seen: Option<Number>,
    pub(super) used: Option<u64>,
    pub(super) attempt: Option<Number>,
    pub(super) asking: bool,
    pub(super) learned: bool,
    /// Promises since the attempt began: from whom, for which ballot, reporting which vote.
    pub(super) promises: Vec<Promise>,
    /// Votes since it started: from whom, in which ballot.
    pub(super) votes: Vec<(u64, Number)>,
    pub(super) down: bool,
    pub(super) paused: bool,
    pub(super) disk: Disk,
    /// Every vote it ever cast.
    pub(super) cast: BTreeSet<(Number, String)>,
}

impl Witness {
    /// What an event changes.
    pub(super) fn take_in(&mut self, event: &Value) {
        let (lost_stays_silent, accept_promises) = (self.holds("wiped-stays-silent"), self.holds("accept-promises"));
        let recovers = |rule: &str| self.holds("recover-state") && self.holds(rule);
        let (promise, votes) = (recovers("recover-promise"), recovers("recover-accepted"));
        let round = self.holds("ballots-unique-across-restarts");
        let arrived = self.arrived.clone();
        let node = id(&event["node"]);
        let it = self.servers.entry(node).or_default();
        let ballot = number(&event["ballot"]);
        match event["event"].as_str().unwrap_or_default() {
            "delivered" => {
                let message = &event["message"];
                let from = id(&message["from"]);
                let ballot = number(&message["ballot"]).unwrap_or_default();
                match message["kind"].as_str() {
                    Some("promise") => {
                        it.promises.push((from, ballot, message["accepted"].get(0).and_then(vote)));
                    }
                    Some("accepted") => it.votes.push((from, ballot)),
                    Some("nack") if !it.disk.lost => it.seen = it.seen.max(number(&message["promised"])),
                    _ => {}
                }
                self.arrived = message.clone();
            }
            "prepares" => {
                (it.attempt, it.asking, it.used) = (ballot, false, ballot.map(|ballot| ballot.0));
                it.promises.clear();
            }
            "promised" => {
                it.promised = ballot;
                it.seen = it.seen.max(ballot);
            }
            "accepted" => {
                it.voted = vote(event);
                it.cast.extend(vote(event));
                if accept_promises {
                    it.promised = it.promised.max(ballot);
                }
                if id(&arrived["from"]) != node {
                    it.seen = it.seen.max(ballot);
                }
            }
            "adopted" | "free-choice" => it.asking = true,
            "gave-up" | "exhausted" => it.attempt = None,
            "quorum" if arrived["kind"] == "accepted" => it.attempt = None,
            "learned" => (it.attempt, it.learned) = (None, true),
            "durable" => event["records"].as_array().into_iter().flatten().for_each(|record| it.disk.keep(record)),
            "crashed" => *it = Server { down: true, disk: it.disk.clone(), cast: it.cast.clone(), ..Server::default() },
            "wiped" => it.disk = Disk { lost: true, ..Disk::default() },
            "paused" => it.paused = true,
            "resumed" => it.paused = false,
            "restarted" => {
                let votes_again = !it.disk.lost || !lost_stays_silent;
                it.down = false;
                it.promised = it.disk.promised.filter(|_| votes_again && promise);
                it.voted = it.disk.voted.clone().filter(|_| votes_again && votes);
                it.seen = it.disk.promised;
                it.used = it.disk.round.filter(|_| round);
            }
            "rule" => {
                let rule = event["rule"].as_str().and_then(rule_named).map_or("", Rule::as_str);
                if event["on"] == true {
                    self.off.remove(rule);
                } else {
                    self.off.insert(rule);
                    self.once_off.insert(rule);
                }
            }
            _ => self.take_in_links(event),
        }
        // A switch in the same step is read with the event itself.
    }

    fn take_in_links(&mut self, event: &Value) {
        let all = || (1..=self.nodes).flat_map(|from| (1..=self.nodes).map(move |to| (from, to)));
        let all: Vec<_> = all().filter(|(from, to)| from != to).collect();
        let node = id(&event["node"]);
        let own = |link: &(u64, u64)| link.0 == node || link.1 == node;
        match event["event"].as_str().unwrap_or_default() {
            "cut" => self.cut.extend([(id(&event["from"]), id(&event["to"]))]),
            "mended" => self.cut.retain(|link| *link != (id(&event["from"]), id(&event["to"]))),
            "isolated" => self.cut.extend(all.into_iter().filter(own)),
            "rejoined" => self.cut.retain(|link| !own(link)),
            "healed" => self.cut.clear(),
            "partitioned" => {
                let groups: Vec<_> = event["groups"].as_array().into_iter().flatten().map(ids).collect();
                let together =
                    |(from, to): &(u64, u64)| groups.iter().any(|one| one.contains(from) && one.contains(to));
                self.cut = all.into_iter().filter(|link| !together(link)).collect();
            }
            _ => {}
        }
    }
}
