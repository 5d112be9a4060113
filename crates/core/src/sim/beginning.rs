//! A run that begins in the middle: what its servers, its clients and its network were like.
//!
//! Real servers run for days, and a run of the laboratory may have 100,000 steps. So it may begin at any moment of theirs. The
//! moment is a **consistent cut** (Chandy & Lamport, *Distributed snapshots*, 1985; Lai & Yang, *On distributed snapshots*,
//! 1987): the [`Checkpoint`] of each server, such that no message that reached one of them before left another one after. What
//! left before and arrives after is under way at the beginning.
//!
//! It is a part of the [config](super::Config), because everything that happens rests on it, and nothing that happens is like
//! it. A config without one is what it was.

use alloc::{sync::Arc, vec::Vec};

use super::config::ConfigError;
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_APART, MAX_CLIENTS, MAX_INTERVENTIONS, MAX_MESSAGES};
use crate::log::{Checkpoint, Command, Entry, Message, MessageKind, Op};
use crate::paxos::{Ballot, NodeId, NodeSet, Slot};

/// A client of a run that begins in the middle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begun {
    /// The sequence number of its last operation; 0: it never had one.
    pub seq: u32,
    /// What it waits for: that operation. `None`: it waits for nothing.
    pub waiting: Option<Op>,
    /// Up to where it says that it knows the log: with what it waits for, or else with what it asks for next, if servers remember
    /// so many clients and no more. 0: it knows of no slot.
    pub since: Slot,
}

/// A message that left before a run began, and arrives in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// Who sent it.
    pub from: NodeId,
    /// Whom it is for.
    pub to: NodeId,
    /// What it says.
    pub message: Message,
}

/// What a run begins with, if not with servers that have never done anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beginning {
    /// The servers, server 1 first.
    pub servers: Vec<Checkpoint>,
    /// The clients, a first. Those that are not named have never asked for anything.
    pub clients: Vec<Begun>,
    /// The messages under way between servers. They have the numbers from 1 on.
    pub messages: Vec<UnderWay>,
}

impl Beginning {
    /// Each server, with its number.
    pub fn standing(&self) -> impl Iterator<Item = (NodeId, &Checkpoint)> {
        NodeSet::first(self.servers.len() as u32).iter().zip(&self.servers)
    }

    /// Up to where some server has applied the log; 0: none has.
    #[must_use]
    pub fn applied(&self) -> Slot {
        self.servers.iter().map(Checkpoint::applied).max().unwrap_or(0)
    }

    /// Every ballot that somebody knows of.
    pub(crate) fn ballots(&self) -> impl Iterator<Item = Ballot> {
        let said = self.messages.iter().flat_map(|it| {
            let votes: Vec<Ballot> = match &it.message {
                Message::Promise(promise) => promise.promise.accepted.iter().map(|vote| vote.ballot).collect(),
                _ => Vec::new(),
            };
            it.message.ballot().into_iter().chain(votes)
        });
        self.standing().flat_map(|(node, checkpoint)| checkpoint.ballots(node)).chain(said)
    }

    /// Every command that is in a slot, in a queue or under way, some of them more than once.
    #[must_use]
    pub fn commands(&self) -> Vec<&Arc<Command>> {
        let mut all: Vec<_> = self.servers.iter().flat_map(Checkpoint::commands).collect();
        for it in &self.messages {
            let entries: Vec<&Entry> = match &it.message {
                Message::Promise(promise) => promise.promise.accepted.iter().map(|vote| &vote.value).collect(),
                Message::Accept(accept) => Vec::from([&accept.vote.value]),
                Message::Fetched(fetched) => fetched.entries.iter().collect(),
                _ => Vec::new(),
            };
            all.extend(entries.into_iter().filter_map(Entry::shared));
        }
        all
    }

    /// Whether a run with so many servers, clients and sessions can begin like this.
    pub(super) fn check(&self, nodes: u32, clients: u32, most_sessions: Option<u32>) -> Result<(), ConfigError> {
        let wrong = |text| Err(ConfigError::new(text));
        let count = self.servers.len();
        if count != nodes as usize {
            let has = text!("this run begins in the middle, with ", count, " servers: it cannot have ");
            return wrong(text!(has, nodes));
        }
        if self.clients.len() > clients as usize {
            let has = text!("this run begins in the middle, with ", self.clients.len(), " clients: it cannot have ");
            return wrong(text!(has, clients));
        }
        let strangers = self.servers.iter().any(|checkpoint| !checkpoint.knows_only(nodes));
        let ends = self.messages.iter().flat_map(|it| [it.from, it.to]);
        if strangers || ends.into_iter().any(|node| node.get() > nodes) {
            return wrong(text!("this run begins in the middle, and speaks of a server beyond the ", nodes, " it has"));
        }
        let spans = self.servers.iter().map(Checkpoint::spans).chain(self.messages.iter().filter_map(spoken_of));
        let (first, last) = spans.fold((Slot::MAX, 0), |(first, last), (from, to)| (first.min(from), last.max(to)));
        if last > first.saturating_add(MAX_APART) {
            let apart = text!("this run begins in the middle, with servers that are more than ", MAX_APART);
            return wrong(text!(apart, " slots apart: one that far behind is better recorded once it has caught up"));
        }
        if self.servers.iter().any(|checkpoint| checkpoint.machine(most_sessions).is_none()) {
            let lacks = "this run begins in the middle, and a server lacks entries that it has applied";
            return wrong(lacks.into());
        }
        Ok(())
    }
}

/// The slots that a message speaks of.
fn spoken_of(UnderWay { message, .. }: &UnderWay) -> Option<(Slot, Slot)> {
    let (from, to) = match message {
        Message::Heartbeat(it) => (Slot::MAX, it.chosen_to),
        Message::Prepare(it) => (Slot::MAX, it.from),
        Message::Promise(it) => {
            let voted = it.promise.accepted.iter().map(|vote| vote.slot).max().unwrap_or(0);
            (Slot::MAX, voted.max(it.chosen_to).max(it.kept_from))
        }
        Message::Accept(it) => (Slot::MAX, it.vote.slot.max(it.chosen_to)),
        Message::Accepted(it) => (Slot::MAX, it.slot),
        Message::Fetch(it) => (Slot::MAX, it.to),
        Message::Fetched(it) => (Slot::MAX, it.from.saturating_add(it.entries.len() as Slot)),
        Message::Snapshot(it) => (Slot::MAX, it.snapshot.to),
        Message::Nack(_) | Message::Confirm(_) | Message::Confirmed(_) | Message::Request(_) | Message::Answer(_) => {
            return None;
        }
    };
    Some((from, to))
}

impl From<&Beginning> for Json {
    fn from(Beginning { servers, clients, messages }: &Beginning) -> Self {
        let client = |it: &Begun| {
            let object = Object::new().with("seq", it.seq).maybe("waiting", it.waiting.as_ref());
            object.maybe("since", (it.since > 0).then_some(it.since))
        };
        let message = |it: &UnderWay| {
            Object::new().with("from", it.from).with("to", it.to).with("message", Self::from(&it.message))
        };
        Object::new()
            .with("servers", servers.iter().map(Self::from).collect::<Self>())
            .with("clients", clients.iter().map(client).collect::<Self>())
            .with("messages", messages.iter().map(message).collect::<Self>())
            .into()
    }
}

impl FromJson for Beginning {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["servers", "clients", "messages"])?;
        fields.at_most("clients", MAX_CLIENTS)?;
        fields.at_most("messages", MAX_MESSAGES.min(MAX_INTERVENTIONS))?;
        Ok(Self {
            servers: fields.required("servers")?,
            clients: fields.optional("clients")?.unwrap_or_default(),
            messages: fields.optional("messages")?.unwrap_or_default(),
        })
    }
}

impl FromJson for Begun {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["seq", "waiting", "since"])?;
        let since = fields.optional("since")?.unwrap_or(0);
        Ok(Self { seq: fields.required("seq")?, waiting: fields.optional("waiting")?, since })
    }
}

impl FromJson for UnderWay {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["from", "to", "message"])?;
        let message: Message = fields.required("message")?;
        debug_assert!(!matches!(message.kind(), MessageKind::Request | MessageKind::Answer));
        Ok(Self { from: fields.required("from")?, to: fields.required("to")?, message })
    }
}
