//! A witness: it reads the events of a run, one after the other, and knows nothing else of it.
//!
//! From what it has read it works out what each server has promised, accepted, used, heard and stored. So it can say of
//! every `because` whether that is what the server compared, and of every sentence whether it is false. It shares no code with
//! the servers, and none with the sentences.

macro_rules! ensure {
    ($holds:expr, $($says:tt)+) => {
        if !$holds {
            return Err(format!($($says)+));
        }
    };
}

/// Compares two things that must be equal.
macro_rules! same {
    ($what:literal, $said:expr, $was:expr) => {
        let (said, was) = (&$said, &$was);
        ensure!(said == was, concat!($what, " is said to be {:?}, and was {:?}"), said, was);
    };
}

mod checks;
mod event;
mod phrases;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

pub(crate) use event::{Ballot, Event, Message, Record, Vote};
use quorum_core::paxos::{Role, Rule, Rules};
use quorum_core::run::Simulation;

/// Why an event is not true, in one sentence.
pub(crate) type Objection = String;

/// What is known of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    pub(crate) down: bool,
    pub(crate) paused: bool,
    /// Whether its disk was lost, and is a new one.
    pub(crate) lost: bool,
    pub(crate) disk: Disk,
    pub(crate) promised: Option<Ballot>,
    pub(crate) accepted: Option<Vote>,
    /// The highest ballot that it ever promised so that it counts: said to others, or on its disk.
    pub(crate) bound: Option<Ballot>,
    /// Whether it ever voted so that it counts.
    pub(crate) has_voted: bool,
    /// The highest round that it ever began so that it counts.
    pub(crate) begun: Option<u32>,
    /// The votes that were ever durable on its present disk.
    pub(crate) stored: BTreeSet<(Ballot, String)>,
    pub(crate) used: Option<u32>,
    /// The round on its disk, if it did not read that when it restarted.
    pub(crate) forgot: Option<u32>,
    pub(crate) seen: Option<Ballot>,
    pub(crate) asked: Option<String>,
    pub(crate) attempt: Option<Attempt>,
    /// The votes that it heard since it started: who, in which ballot, for what.
    pub(crate) heard: BTreeSet<(u32, Ballot, String)>,
    pub(crate) learned: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    pub(crate) promised: Option<Ballot>,
    pub(crate) accepted: Option<Vote>,
    pub(crate) round: Option<u32>,
}

/// An attempt to have something chosen.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) ballot: Ballot,
    /// Whose promises arrived while it gathered them: for which ballots, with which votes.
    pub(crate) promises: BTreeMap<u32, Vec<(Ballot, Option<Vote>)>>,
    pub(crate) asking: bool,
}

impl Attempt {
    /// The votes that the promises counted have reported, and who reported them.
    pub(crate) fn reports(&self) -> impl Iterator<Item = (&Vote, u32)> {
        self.promises.iter().flat_map(|(from, said)| said.iter().filter_map(|(_, vote)| Some((vote.as_ref()?, *from))))
    }
}

/// What was read so far.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    pub(crate) rules: Rules,
    /// The rules that were on all the time.
    pub(crate) always: Rules,
    pub(crate) servers: Vec<Server>,
    pub(crate) roles: Vec<Vec<Role>>,
    /// How many acceptors there are, and how many make a quorum of each phase while all rules hold.
    pub(crate) acceptors: u32,
    pub(crate) phase1: u32,
    pub(crate) phase2: u32,
    pub(crate) cut: BTreeSet<(u32, u32)>,
    /// Every vote that counts: said, or durable.
    pub(crate) cast: BTreeSet<(u32, Ballot, String)>,
    pub(crate) chosen: BTreeSet<String>,
    /// The message that arrived in this step.
    pub(crate) delivered: Option<Message>,
}

impl Witness {
    pub(crate) fn new(start: &Simulation) -> Self {
        let settings = start.cluster().settings();
        let roles = start.cluster().nodes().map(|node| {
            let parts = [
                (Role::Proposer, settings.roles.proposers),
                (Role::Acceptor, settings.roles.acceptors),
                (Role::Learner, settings.roles.learners),
            ];
            parts.into_iter().filter(|(_, nodes)| nodes.contains(node)).map(|(role, _)| role).collect()
        });
        Self {
            rules: settings.rules,
            always: settings.rules,
            servers: vec![Server::default(); start.cluster().nodes().count()],
            roles: roles.collect(),
            acceptors: settings.sizes.acceptors.len(),
            phase1: settings.sizes.phase1,
            phase2: settings.sizes.phase2,
            cut: BTreeSet::new(),
            cast: BTreeSet::new(),
            chosen: BTreeSet::new(),
            delivered: None,
        }
    }

    pub(crate) fn server(&self, node: u32) -> &Server {
        &self.servers[node as usize - 1]
    }

    fn server_mut(&mut self, node: u32) -> &mut Server {
        &mut self.servers[node as usize - 1]
    }

    /// Whether a rule is off, or has been.
    pub(crate) fn was_off(&self, rule: Rule) -> bool {
        !self.rules.on(rule) || !self.always.on(rule)
    }

    /// Reads one step.
    pub(crate) fn read(&mut self, events: &[Event], objections: &mut Vec<Objection>) {
        self.delivered = None;
        for event in events {
            if event.kind() == "rule" {
                self.switch(event);
            }
        }
        for event in events {
            if let Err(objection) = self.check(event, events) {
                objections.push(format!(
                    "step {}, {}: {objection} ({})",
                    event.step(),
                    event.kind(),
                    event.text("why")
                ));
            }
            self.take_in(event);
        }
    }

    fn switch(&mut self, event: &Event) {
        let rule = Rule::ALL.into_iter().find(|rule| rule.as_str() == event.text("rule")).unwrap();
        self.rules.set(rule, event.flag("on"));
        if !event.flag("on") {
            self.always.set(rule, false);
        }
    }

    fn take_in(&mut self, event: &Event) {
        let node = event.number("node").unwrap_or_default();
        match event.kind() {
            "proposed" => self.server_mut(node).asked = Some(event.text("value").into()),
            "prepares" => {
                let ballot = event.ballot("ballot").unwrap();
                let server = self.server_mut(node);
                server.used = Some(ballot.0);
                server.attempt = Some(Attempt { ballot, promises: BTreeMap::new(), asking: false });
            }
            "exhausted" => self.server_mut(node).attempt = None,
            "promised" => {
                let server = self.server_mut(node);
                server.promised = event.ballot("ballot");
                server.seen = server.seen.max(server.promised);
            }
            "accepted" => self.accepts(node, event),
            "adopted" | "free-choice" => {
                self.server_mut(node).attempt.iter_mut().for_each(|attempt| attempt.asking = true);
            }
            "gave-up" => self.server_mut(node).attempt = None,
            "quorum" if self.delivered.as_ref().is_some_and(|message| message.kind == "accepted") => {
                self.server_mut(node).settle();
            }
            "learned" => {
                let server = self.server_mut(node);
                server.learned = true;
                server.settle();
            }
            "chosen" => {
                self.chosen.insert(event.text("value").into());
            }
            "sent" => self.says(&event.message().unwrap()),
            "delivered" => self.hears(event.message().unwrap()),
            "durable" => event.records().into_iter().for_each(|record| self.stores(node, record)),
            _ => self.world(node, event),
        }
    }

    fn accepts(&mut self, node: u32, event: &Event) {
        let (vote, raises) = (event.own_vote(), self.rules.on(Rule::AcceptPromises));
        let others = self.delivered.as_ref().is_some_and(|message| message.from != node);
        let server = self.server_mut(node);
        if raises {
            server.promised = server.promised.max(Some(vote.ballot));
        }
        if others {
            server.seen = server.seen.max(Some(vote.ballot));
        }
        server.accepted = Some(vote);
    }

    fn says(&mut self, message: &Message) {
        match message.kind.as_str() {
            "promise" => {
                let server = self.server_mut(message.from);
                server.bound = server.bound.max(Some(message.ballot));
            }
            "accepted" => self.casts(message.from, message.vote()),
            "prepare" => {
                let server = self.server_mut(message.from);
                server.begun = server.begun.max(Some(message.ballot.0));
            }
            _ => {}
        }
    }

    fn casts(&mut self, node: u32, vote: Vote) {
        self.server_mut(node).has_voted = true;
        self.cast.insert((node, vote.ballot, vote.value));
    }

    fn stores(&mut self, node: u32, record: Record) {
        match record {
            Record::Promised(ballot) => {
                let server = self.server_mut(node);
                server.disk.promised = Some(ballot);
                server.bound = server.bound.max(Some(ballot));
            }
            Record::Round(round) => {
                let server = self.server_mut(node);
                server.disk.round = Some(round);
                server.begun = server.begun.max(Some(round));
            }
            Record::Accepted(vote) => {
                let server = self.server_mut(node);
                server.disk.accepted = Some(vote.clone());
                server.stored.insert((vote.ballot, vote.value.clone()));
                self.casts(node, vote);
            }
        }
    }

    fn hears(&mut self, message: Message) {
        let own_only = self.rules.on(Rule::PromisesForOwnBallot);
        let proposes = self.plays(message.to, Role::Proposer);
        let server = self.server_mut(message.to);
        match message.kind.as_str() {
            "promise" => {
                if let Some(attempt) = server.attempt.as_mut().filter(|attempt| !attempt.asking)
                    && (attempt.ballot == message.ballot || !own_only)
                {
                    let said = attempt.promises.entry(message.from).or_default();
                    said.push((message.ballot, message.accepted.clone()));
                }
            }
            "accepted" => {
                server.heard.insert((message.from, message.ballot, message.value.clone().unwrap()));
            }
            "nack" if proposes => server.seen = server.seen.max(message.promised),
            _ => {}
        }
        self.delivered = Some(message);
    }

    /// Whether a server plays a part, and still may.
    pub(crate) fn plays(&self, node: u32, role: Role) -> bool {
        let server = self.server(node);
        let may = match role {
            Role::Learner => true,
            Role::Acceptor => !server.lost || self.was_off(Rule::WipedStaysSilent),
            Role::Proposer => !server.lost,
        };
        may && self.roles[node as usize - 1].contains(&role)
    }

    /// What happens to servers and links.
    fn world(&mut self, node: u32, event: &Event) {
        let everyone = 1..=self.servers.len() as u32;
        let pair = || (event.number("from").unwrap_or_default(), event.number("to").unwrap_or_default());
        match event.kind() {
            "crashed" => {
                let server = self.server_mut(node);
                let Server { lost, disk, bound, has_voted, begun, stored, .. } = take(server);
                *server = Server { down: true, lost, disk, bound, has_voted, begun, stored, ..Server::default() };
            }
            "wiped" => {
                let server = self.server_mut(node);
                (server.lost, server.disk) = (true, Disk::default());
                server.stored.clear();
            }
            "restarted" => self.restarts(node),
            "paused" => self.server_mut(node).paused = true,
            "resumed" => self.server_mut(node).paused = false,
            "cut" => drop(self.cut.insert(pair())),
            "mended" => drop(self.cut.remove(&pair())),
            "isolated" => everyone
                .filter(|other| *other != node)
                .for_each(|other| self.cut.extend([(node, other), (other, node)])),
            "rejoined" => self.cut.retain(|(from, to)| *from != node && *to != node),
            "healed" => self.cut.clear(),
            "partitioned" => {
                self.cut.clear();
                let groups = event.groups();
                let together = |a, b| groups.iter().any(|group| group.contains(&a) && group.contains(&b));
                let pairs = everyone.clone().flat_map(|a| everyone.clone().map(move |b| (a, b)));
                self.cut.extend(pairs.filter(|(a, b)| a != b && !together(*a, *b)));
            }
            _ => {}
        }
    }

    /// What a server takes up from its disk, by the rules in force.
    fn restarts(&mut self, node: u32) {
        let rules = self.rules;
        let server = self.server_mut(node);
        (server.down, server.paused) = (false, false);
        let state = rules.on(Rule::RecoverState);
        server.promised = server.disk.promised.filter(|_| state && rules.on(Rule::RecoverPromise));
        server.accepted = server.disk.accepted.clone().filter(|_| state && rules.on(Rule::RecoverAccepted));
        let remembers = rules.on(Rule::BallotsUniqueAcrossRestarts);
        (server.used, server.forgot) = if remembers { (server.disk.round, None) } else { (None, server.disk.round) };
        server.seen = server.disk.promised;
    }
}

impl Server {
    fn settle(&mut self) {
        self.asked = None;
        self.attempt = None;
    }
}
