//! A witness of a run: it knows each event as the JSON that people get, remembers what came before, and objects to a reason
//! or a sentence that does not fit.
//!
//! It shares no code with the servers. What it believes of a server it has read in earlier events.

mod memory;

use std::collections::{BTreeMap, BTreeSet};

use quorum_core::paxos::Rule;
use quorum_core::tell::rule_story;
use serde_json::Value;

use self::memory::{Disk, Number, Server, id, ids, number, vote};

/// Somebody who reads along.
#[derive(Default)]
pub(crate) struct Witness {
    servers: BTreeMap<u64, Server>,
    off: BTreeSet<&'static str>,
    once_off: BTreeSet<&'static str>,
    cut: BTreeSet<(u64, u64)>,
    nodes: u64,
    /// The message that arrived last.
    arrived: Value,
    /// How many reasons were read back.
    pub(crate) read: usize,
}

fn rule_named(name: &str) -> Option<Rule> {
    Rule::ALL.into_iter().find(|rule| rule.as_str() == name)
}

macro_rules! must {
    ($holds:expr, $($says:tt)+) => {
        if !$holds {
            return Err(format!($($says)+));
        }
    };
}

impl Witness {
    pub(crate) fn of(nodes: u32, off: impl Iterator<Item = Rule>) -> Self {
        let off: BTreeSet<_> = off.map(Rule::as_str).collect();
        Self { nodes: nodes.into(), once_off: off.clone(), off, ..Self::default() }
    }

    /// Reads one event: first its reason and its sentences, beside all that came before; then what it changes.
    pub(crate) fn read(&mut self, event: &Value) -> Result<(), String> {
        self.check(event).map_err(|error| format!("{error}: {event}"))?;
        self.take_in(event);
        Ok(())
    }

    fn holds(&self, rule: &str) -> bool {
        !self.off.contains(rule)
    }

    fn server(&self, event: &Value) -> Server {
        self.servers.get(&id(&event["node"])).cloned().unwrap_or_default()
    }

    fn check(&mut self, event: &Value) -> Result<(), String> {
        self.sentences(event)?;
        let because = &event["because"];
        let decides = ["prepares", "promised", "accepted", "rejected", "counted", "quorum", "adopted", "free-choice"];
        let decides = decides.iter().chain(&["gave-up", "exhausted", "learned", "ignored", "restarted", "chosen"]);
        if because.is_null() {
            must!(!decides.into_iter().any(|name| event["event"] == **name), "a decision without a reason");
            return Ok(());
        }
        self.read += 1;
        let kind = because["kind"].as_str().ok_or("a reason without a kind")?;
        let it = self.server(event);
        match (event["event"].as_str().unwrap_or_default(), kind) {
            ("promised" | "accepted" | "rejected", _) => self.admitted(event, kind, &it),
            ("prepares", "above-known") => self.begins(event, &it),
            ("counted", "too-few") | ("quorum" | "learned", "enough") => self.counted(event, &it),
            ("adopted", "highest-vote" | "lower-vote") | ("free-choice", "no-vote-reported" | "vote-ignored") => {
                self.chose(event, kind, &it)
            }
            ("gave-up", "outbid") => {
                let promised = number(&because["promised"]);
                let said =
                    if because["from"] == event["node"] { it.promised } else { number(&self.arrived["promised"]) };
                must!(promised == said && promised > number(&because["ballot"]), "nobody promised that");
                must!(it.attempt == number(&because["ballot"]), "that ballot is not under way");
                Ok(())
            }
            ("gave-up", "nothing-to-propose") => {
                must!(it.attempt == number(&because["ballot"]), "that ballot is not under way");
                let reports =
                    |(_, ballot, vote): &(u64, Number, Option<_>)| Some(*ballot) == it.attempt && vote.is_some();
                must!(!it.promises.iter().any(reports), "a vote was reported");
                Ok(())
            }
            ("exhausted", "ballots-used-up") => {
                must!(because["used"].as_u64() == it.used && number(&because["promised"]) == it.seen, "other ballots");
                Ok(())
            }
            ("restarted", "from-disk" | "from-new-disk") => self.restarts(event, kind, &it),
            ("ignored", _) => ignored(because, kind, &it),
            ("dropped", _) => self.dropped(event, kind),
            ("sent", "not-durable") => {
                must!(!is_durable(&event["message"], &it.disk), "it is durable");
                Ok(())
            }
            ("chosen", "quorum-accepted") => {
                let vote = vote(event).ok_or("no vote")?;
                for voter in ids(&because["have"]) {
                    let cast = self.servers.get(&voter).is_some_and(|voter| voter.cast.contains(&vote));
                    must!(cast, "server {voter} has not voted for it");
                }
                Ok(())
            }
            (name, kind) => Err(format!("{name} for a reason nobody knows, {kind}")),
        }
    }

    /// What is said of rules must fit those in force; what is said for ever needs all rules that make it so.
    fn sentences(&self, event: &Value) -> Result<(), String> {
        let (why, so) = (event["why"].as_str().unwrap_or(""), event["so"].as_str().unwrap_or(""));
        if let Some(name) = event["although"].as_str() {
            let story = rule_story(rule_named(name).ok_or("no such rule")?).name;
            must!(self.once_off.contains(name), "{name} was never off");
            must!(why.contains(story) || so.contains(story), "the sentence does not name {name}");
        } else if let Some("below-vote" | "lower-vote" | "vote-ignored" | "not-durable") =
            event["because"]["kind"].as_str()
        {
            return Err("no rule is named".into());
        } else {
            must!(event["event"] != "accepted" || event["because"]["kind"] != "below-promise", "no rule is named");
        }
        for rule in Rule::ALL {
            let named = format!("“{}” is off", rule_story(rule).name);
            must!(
                !(why.contains(&named) || so.contains(&named)) || !self.holds(rule.as_str()),
                "{named}, and it is not"
            );
        }
        let only_about_learning = ["one-vote-per-acceptor", "votes-within-ballot"];
        let unsafe_once = self.once_off.iter().any(|rule| !only_about_learning.contains(rule));
        for eternal in ["never be undone", "harmless"] {
            must!(!so.contains(eternal) || !unsafe_once, "{eternal:?} with rules off");
        }
        let waits = so.contains("waits for server");
        let own = match event["event"].as_str() {
            Some("promised") => "persist-promise",
            Some("accepted") => "persist-accepted",
            _ => "persist-round",
        };
        must!(!waits || (self.holds("persist-before-reply") && self.holds(own)), "it does not wait");
        let kept = |rule| !self.once_off.contains(rule);
        must!(
            !why.contains("durably accepted") || (kept("persist-before-reply") && kept("persist-accepted")),
            "durably?"
        );
        Ok(())
    }

    fn admitted(&self, event: &Value, kind: &str, it: &Server) -> Result<(), String> {
        let because = &event["because"];
        let (ballot, promised) = (number(&because["ballot"]), number(&because["promised"]));
        must!(ballot == number(&event["ballot"]), "another ballot");
        must!(promised == it.promised, "it promised {:?}", it.promised);
        let voted = it.voted.as_ref().map(|vote| vote.0);
        if event["event"] != "rejected" {
            must!(number(&because["voted"]) == voted, "it voted {voted:?}");
        }
        let right = match kind {
            "below-promise" => ballot < promised,
            "below-vote" => ballot < voted && ballot >= promised,
            "nothing-promised" => promised.is_none() && voted <= ballot,
            "at-promise" => ballot == promised && voted <= ballot,
            "above-promise" => promised.is_some() && ballot > promised && voted <= ballot,
            _ => false,
        };
        must!(right, "that is not how they compare");
        must!(kind != "below-promise" || event["event"] != "promised", "it promises below its promise");
        Ok(())
    }

    fn begins(&self, event: &Value, it: &Server) -> Result<(), String> {
        let because = &event["because"];
        let (ballot, seen, used) = (number(&because["ballot"]), number(&because["promised"]), because["used"].as_u64());
        must!(ballot == number(&event["ballot"]), "another ballot");
        must!(used == it.used, "it remembers {:?}", it.used);
        must!(seen == it.seen, "it knows of {:?}", it.seen);
        must!(ballot > seen && ballot.map(|ballot| ballot.0) > used, "it is not above");
        Ok(())
    }

    fn counted(&self, event: &Value, it: &Server) -> Result<(), String> {
        let because = &event["because"];
        let (ballot, have) = (number(&because["ballot"]).ok_or("no ballot")?, ids(&because["have"]));
        let needed = id(&because["needed"]);
        let of_promises = event["event"] != "learned" && self.arrived["kind"] == "promise";
        let mut answers: Vec<(u64, Number)> = it.votes.clone();
        if of_promises {
            answers = it.promises.iter().map(|(from, ballot, _)| (*from, *ballot)).collect();
        }
        let loose = because["loose"].as_array().cloned().unwrap_or_default();
        for one in &loose {
            let answer = (id(&one["from"]), number(&one["ballot"]).ok_or("no ballot")?);
            must!(answers.contains(&answer), "that answer never came: {one}");
            must!(one["for"] != one["from"] || answer.1 != ballot, "that answer is as good as any: {one}");
        }
        for node in &have {
            let is_loose = loose.iter().any(|one| id(&one["for"]) == *node);
            must!(is_loose || answers.contains(&(*node, ballot)), "server {node} has not answered");
        }
        must!(loose.is_empty() || !event["although"].is_null(), "answers that do not count, and no rule is named");
        let few = (have.len() as u64) < needed;
        match event["event"].as_str() {
            Some("counted") => must!(few, "that is enough"),
            _ => must!(!few || !event["although"].is_null(), "that is too few, and no rule is named"),
        }
        Ok(())
    }

    fn chose(&self, event: &Value, kind: &str, it: &Server) -> Result<(), String> {
        let because = &event["because"];
        let counts =
            |ballot: &Number| number(&event["ballot"]) == Some(*ballot) || !self.holds("promises-for-own-ballot");
        let answers = it.promises.iter().filter(|(_, ballot, _)| counts(ballot));
        let reported = answers.filter_map(|(from, _, vote)| Some((vote.clone()?, *from)));
        let reported: Vec<_> = reported.collect();
        let highest = reported.iter().map(|(vote, _)| vote.0).max();
        let told = |vote: Option<(Number, String)>, from: &Value| {
            vote.is_some_and(|vote| reported.contains(&(vote, id(from))))
        };
        if kind == "no-vote-reported" {
            must!(reported.is_empty(), "a vote was reported");
            return Ok(());
        }
        let adopted = vote(&because["reported"]);
        must!(told(adopted.clone(), &because["from"]), "nobody reported that vote");
        let is_highest = adopted.map(|vote| vote.0) == highest;
        match kind {
            "lower-vote" => {
                let other = vote(&because["highest"]);
                must!(told(other.clone(), &because["highestFrom"]), "nobody reported the highest vote");
                must!(!is_highest && other.map(|vote| vote.0) == highest, "that is not the highest vote");
            }
            _ => must!(is_highest, "the highest vote is {highest:?}"),
        }
        must!(kind == "vote-ignored" || event["value"] == because["reported"]["value"], "another value");
        Ok(())
    }

    fn restarts(&self, event: &Value, kind: &str, it: &Server) -> Result<(), String> {
        let because = &event["because"];
        must!(number(&because["promised"]) == it.disk.promised, "the disk holds {:?}", it.disk.promised);
        must!(vote(&because["accepted"][0]) == it.disk.voted, "the disk holds {:?}", it.disk.voted);
        must!(because["round"].as_u64() == it.disk.round, "the disk holds {:?}", it.disk.round);
        must!((kind == "from-new-disk") == it.disk.lost, "which disk?");
        let unread = |rule: &str, holds: bool| holds && !self.holds(rule);
        let state = it.disk.promised.is_some() || it.disk.voted.is_some();
        let ignores = unread("recover-state", state)
            || unread("recover-promise", it.disk.promised.is_some())
            || unread("recover-accepted", it.disk.voted.is_some())
            || unread("ballots-unique-across-restarts", it.disk.round.is_some())
            || unread("wiped-stays-silent", it.disk.lost);
        must!(ignores != event["although"].is_null(), "does it read all of its disk?");
        Ok(())
    }

    fn dropped(&self, event: &Value, kind: &str) -> Result<(), String> {
        let (from, to) = (id(&event["message"]["from"]), id(&event["message"]["to"]));
        let receiver = self.servers.get(&to).cloned().unwrap_or_default();
        let right = match kind {
            "link-cut" => self.cut.contains(&(from, to)),
            "receiver-down" => receiver.down,
            "receiver-paused" => receiver.paused && !receiver.down,
            _ => !self.cut.contains(&(from, to)) && !receiver.down && !receiver.paused,
        };
        must!(right, "that is not why it is lost");
        Ok(())
    }
}

fn ignored(because: &Value, kind: &str, it: &Server) -> Result<(), String> {
    let ballot = number(&because["ballot"]);
    let right = match kind {
        "no-attempt" => it.attempt.is_none(),
        "other-attempt" => it.attempt == ballot && ballot.is_some(),
        "enough-already" => it.attempt == ballot && it.asking,
        "not-asked-yet" => it.attempt == ballot && !it.asking,
        "learned-already" => it.learned,
        "disk-lost" => it.disk.lost,
        "not-my-role" => true,
        _ => false,
    };
    must!(right, "that is not why");
    Ok(())
}

fn is_durable(message: &Value, disk: &Disk) -> bool {
    let ballot = number(&message["ballot"]);
    match message["kind"].as_str() {
        Some("promise") => disk.promised >= ballot,
        Some("accepted") => disk.voted.as_ref().map(|vote| vote.0) >= ballot,
        Some("prepare" | "accept") => disk.round >= ballot.map(|ballot| ballot.0),
        _ => true,
    }
}
