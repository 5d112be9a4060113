//! Checkpoints, and the messages that are under way beside them, as files have them: writing.
//!
//! Most of a checkpoint is commands: the same ones on the disk and among what is known to be chosen. So each of them is written
//! once, in a list, and what holds one says which: 1 is the first, and 0 a no-op. Votes in slots that follow each other, in one
//! ballot, are one row. What only is where sessions are dropped is left out where it is 0: the horizon, and up to where a client
//! knew the log, at the end of its command.

use alloc::collections::BTreeMap;
use alloc::{collections::VecDeque, sync::Arc, vec::Vec};

use super::{Checkpoint, Memory};
use crate::json::{Json, Object};
use crate::log::{
    Accept, Accepted, Because, ClientId, Command, Confirm, Confirmed, Entry, Fetch, Fetched, FetchedSnapshot, Found,
    Heartbeat, Message, Output, Promise, Read, ReadQueue, Records, Role, Session, Snapshot, Stored, Text,
};
use crate::paxos::{Ballot, Nack, NodeId, Prepare, Slot, Vote};

/// The commands that are written once.
#[derive(Default)]
struct Writer {
    commands: Vec<Json>,
    numbers: BTreeMap<Arc<Command>, u32>,
}

fn list(items: impl IntoIterator<Item = Json>) -> Json {
    Json::List(items.into_iter().collect())
}

fn ballot(ballot: Ballot) -> Json {
    list([ballot.round.into(), ballot.server.into()])
}

fn maybe_ballot(it: Option<Ballot>) -> Json {
    it.map_or(Json::Null, ballot)
}

fn output(output: &Output) -> Json {
    match output {
        Output::Done => "ok".into(),
        Output::TooLong => "too-long".into(),
        Output::Swapped(swapped) => (*swapped).into(),
        Output::Value(value) => list(value.as_ref().map(Json::from)),
    }
}

fn store<'a>(
    pairs: impl Iterator<Item = (&'a Text, &'a Text)>,
    sessions: impl Iterator<Item = (&'a ClientId, &'a Session)>,
    horizon: Slot,
) -> Object {
    let pairs = list(pairs.map(|(key, value)| list([key.into(), value.into()])));
    let session = |(client, Session { seq, output: it, slot }): (&ClientId, &Session)| {
        list([(*client).into(), (*seq).into(), output(it), (*slot).into()])
    };
    let object = Object::new().with("store", pairs).with("sessions", list(sessions.map(session)));
    object.maybe("horizon", (horizon > 0).then_some(horizon))
}

fn snapshot(it: &Snapshot) -> Object {
    let pairs = it.store.iter().map(|(key, value)| (key, value));
    let sessions = it.sessions.iter().map(|(client, session)| (client, session));
    store(pairs, sessions, it.horizon).with("to", it.to)
}

fn heartbeat(Heartbeat { ballot, leads, content, chosen_to }: &Heartbeat) -> Json {
    list([maybe_ballot(*ballot), (*leads).into(), (*content).into(), (*chosen_to).into()])
}

impl Writer {
    fn command(&mut self, command: &Arc<Command>) -> Json {
        let next = self.numbers.len() as u32 + 1;
        let number = *self.numbers.entry(command.clone()).or_insert(next);
        if number == next {
            let Command { client, seq, op, since } = &**command;
            let since = (*since > 0).then(|| (*since).into());
            self.commands.push(list([(*client).into(), (*seq).into(), op.into()].into_iter().chain(since)));
        }
        number.into()
    }

    fn entry(&mut self, entry: &Entry) -> Json {
        match entry {
            Entry::NoOp => 0_u32.into(),
            Entry::Command(command) => self.command(command),
        }
    }

    fn queue(&mut self, queue: &VecDeque<Arc<Command>>) -> Json {
        list(queue.iter().map(|command| self.command(command)))
    }

    fn votes<'a>(&mut self, votes: impl Iterator<Item = &'a Vote<Entry>>) -> Json {
        let mut rows: Vec<(Ballot, Slot, Vec<Json>)> = Vec::new();
        for vote in votes {
            let entry = self.entry(&vote.value);
            match rows.last_mut() {
                Some((of, first, row)) if (*of, *first + row.len() as Slot) == (vote.ballot, vote.slot) => {
                    row.push(entry);
                }
                _ => rows.push((vote.ballot, vote.slot, Vec::from([entry]))),
            }
        }
        list(rows.into_iter().map(|(of, first, row)| list([ballot(of), first.into(), row.into()])))
    }

    fn records(&mut self, Records { paxos, snapshot: stored }: &Records) -> Json {
        let object = Object::new()
            .with("promised", maybe_ballot(paxos.promised))
            .with("round", paxos.round)
            .with("votes", self.votes(paxos.accepted.iter()))
            .maybe("lost", paxos.lost.then_some(true));
        let stored = stored.as_ref().map(|Stored { snapshot: it, kept_from, in_place_of_all }| {
            let object = snapshot(it).with("keptFrom", *kept_from);
            object.maybe("inPlaceOfAll", in_place_of_all.then_some(true))
        });
        object.maybe("snapshot", stored).into()
    }

    fn found(&mut self, Found { slot, entry, because }: &Found) -> Json {
        let because = match because {
            Because::Reported { ballot: of, by } => list([ballot(*of), (*by).into()]),
            Because::Chosen => "chosen".into(),
            Because::NobodyVoted => "nobody-voted".into(),
        };
        list([(*slot).into(), self.entry(entry), because])
    }

    /// Nothing where nothing was ever read without a slot.
    fn reads(&mut self, reads: &ReadQueue) -> Option<Object> {
        let row = |read: &Read| list([self.command(&read.command), read.index.into(), read.question.into()]);
        let waiting = list(reads.waiting().map(row));
        let object =
            Object::new().with("asked", reads.asked()).maybe("answered", reads.open()).with("waiting", waiting);
        (reads.asked() > 0).then_some(object)
    }

    fn role(&mut self, role: &Role) -> Json {
        match role {
            Role::Follower => "follower".into(),
            Role::Candidate { candidate, queue, catches_up } => {
                let at = |it: Option<(NodeId, Slot)>| it.map(|(node, slot)| list([node.into(), slot.into()]));
                let reported = candidate.reported.values();
                let reported = reported.map(|(vote, by)| {
                    list([ballot(vote.ballot), vote.slot.into(), self.entry(&vote.value), (*by).into()])
                });
                let fields = Object::new()
                    .with("ballot", ballot(candidate.ballot()))
                    .with("from", candidate.from())
                    .with("promises", candidate.promises())
                    .with("reported", list(reported))
                    .with("ahead", at(candidate.ahead))
                    .with("keptFrom", at(candidate.kept_from))
                    .with("queue", self.queue(queue))
                    .with("catchesUp", *catches_up);
                Object::new().with("candidate", fields).into()
            }
            Role::Leader(leader) => {
                let found = list(leader.found.iter().map(|found| self.found(found)));
                let pending = leader.pending().iter();
                let pending = pending.map(|(slot, it)| list([(*slot).into(), self.entry(&it.entry), it.votes.into()]));
                let fields = Object::new()
                    .with("ballot", ballot(leader.ballot()))
                    .with("found", found)
                    .with("foundTo", leader.found_to())
                    .with("next", leader.next())
                    .with("pending", list(pending))
                    .with("queue", self.queue(leader.queue()));
                let fields = fields.maybe("reads", self.reads(leader.reads()));
                Object::new().with("leader", fields).into()
            }
        }
    }

    fn memory(&mut self, memory: &Memory) -> Json {
        let Memory { known, acceptor, role, learned, machine, hearing, .. } = memory;
        let known = list([known.used.into(), maybe_ballot(known.seen), known.forgot.into()]);
        let acceptor = acceptor.as_ref().map(|(promised, votes)| {
            Object::new().with("promised", maybe_ballot(*promised)).with("votes", self.votes(votes.iter()))
        });
        let mut entries = list([]);
        let rows = learned.iter().map(|(slot, entry)| Vote { slot, ballot: Ballot::LOWEST, value: entry.clone() });
        let rows: Vec<Vote<Entry>> = rows.collect();
        if let (Json::List(entries), Json::List(rows)) = (&mut entries, self.votes(rows.iter())) {
            entries.extend(rows.into_iter().filter_map(|row| match row {
                Json::List(row) => Some(list(row.into_iter().skip(1))),
                _ => None,
            }));
        }
        let machine = machine.as_ref().map(|machine| store(machine.store(), machine.sessions(), machine.horizon()));
        let heard = hearing.last.iter().map(|(node, tick, it)| list([(*node).into(), (*tick).into(), heartbeat(it)]));
        let hearing =
            Object::new().with("tick", hearing.tick).with("promised", hearing.promised).with("heard", list(heard));
        let asked = memory.asked.iter().map(|(slot, command)| list([(*slot).into(), self.command(command)]));
        let asked = list(asked.collect::<Vec<_>>());
        Object::new()
            .with("known", known)
            .maybe("acceptor", acceptor)
            .with("role", self.role(role))
            .with("forgotten", learned.forgotten())
            .with("applied", learned.applied())
            .maybe(
                "early",
                Some(&learned.early)
                    .filter(|early| !early.is_empty())
                    .map(|early| early.iter().copied().collect::<Json>()),
            )
            .with("learned", entries)
            .maybe("machine", machine)
            .with("hearing", hearing)
            .with("standsSoon", memory.stands_soon)
            .with("leader", memory.leader)
            .with("heardTo", memory.heard_to)
            .with("lacks", memory.lacks)
            .with("asked", asked)
            .with("tries", memory.tries)
            .with("repeatsTo", memory.repeats_to)
            .with("takenTo", memory.taken_to)
            .into()
    }

    fn finish(self, fields: Object) -> Json {
        fields.with("commands", Json::List(self.commands)).into()
    }
}

impl From<&Checkpoint> for Json {
    fn from(Checkpoint { durable, memory, timers }: &Checkpoint) -> Self {
        let mut writer = Writer::default();
        let durable = writer.records(durable);
        let memory = memory.as_ref().map(|memory| writer.memory(memory));
        let timers = timers.iter().map(|timer| timer.as_str()).collect::<Self>();
        writer.finish(Object::new().with("disk", durable).with("memory", memory).with("timers", timers))
    }
}

/// A message between two servers. Those of clients are told of in another way: `null`.
impl From<&Message> for Json {
    fn from(message: &Message) -> Self {
        let mut writer = Writer::default();
        let object = Object::new().with("kind", message.kind().as_str());
        let object = match message {
            Message::Heartbeat(it) => object.with("says", heartbeat(it)),
            Message::Prepare(Prepare { ballot: of, from }) => object.with("ballot", ballot(*of)).with("from", *from),
            Message::Promise(Promise { promise, chosen_to, kept_from }) => object
                .with("ballot", ballot(promise.ballot))
                .with("votes", writer.votes(promise.accepted.iter()))
                .with("chosenTo", *chosen_to)
                .with("keptFrom", *kept_from),
            Message::Accept(Accept { vote, chosen_to }) => {
                object.with("votes", writer.votes(core::iter::once(vote))).with("chosenTo", *chosen_to)
            }
            Message::Accepted(Accepted { ballot: of, slot }) => object.with("ballot", ballot(*of)).with("slot", *slot),
            Message::Nack(Nack { ballot: of, promised }) => {
                object.with("ballot", ballot(*of)).with("promised", ballot(*promised))
            }
            Message::Fetch(Fetch { ballot: of, from, to }) => {
                object.with("ballot", maybe_ballot(*of)).with("from", *from).with("to", *to)
            }
            Message::Fetched(Fetched { ballot: of, from, entries }) => {
                let entries = list(entries.iter().map(|entry| writer.entry(entry)).collect::<Vec<_>>());
                object.with("ballot", maybe_ballot(*of)).with("from", *from).with("entries", entries)
            }
            Message::Snapshot(FetchedSnapshot { ballot: of, snapshot: it }) => {
                object.with("ballot", maybe_ballot(*of)).with("snapshot", snapshot(it))
            }
            Message::Confirm(Confirm { ballot: of, question })
            | Message::Confirmed(Confirmed { ballot: of, question }) => {
                object.with("ballot", ballot(*of)).with("question", *question)
            }
            Message::Request(_) | Message::Answer(_) => return Self::Null,
        };
        writer.finish(object)
    }
}
