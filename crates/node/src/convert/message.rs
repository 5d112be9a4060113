//! What servers say to each other.

use std::sync::Arc;

use quorum_core::log::{
    Accept, Accepted, Answer, ClientId, Confirm, Confirmed, Entry, Fetch, Fetched, FetchedSnapshot, Heartbeat, Message,
    Promise,
};
use quorum_core::paxos::{self, Ballot, Nack, Prepare, Vote};

use super::entry::ballot;
use super::{Malformed, needed};
use crate::proto::{self, message};

fn maybe(ballot: Option<proto::Ballot>) -> Result<Option<Ballot>, Malformed> {
    ballot.map(Ballot::try_from).transpose()
}

impl From<&Prepare> for proto::Prepare {
    fn from(Prepare { ballot, from }: &Prepare) -> Self {
        Self { ballot: Some((*ballot).into()), from: *from }
    }
}

impl TryFrom<proto::Prepare> for Prepare {
    type Error = Malformed;

    fn try_from(prepare: proto::Prepare) -> Result<Self, Malformed> {
        Ok(Self { ballot: ballot(prepare.ballot, "ballot")?, from: prepare.from })
    }
}

impl From<&Promise> for proto::Promise {
    fn from(Promise { promise, chosen_to, kept_from }: &Promise) -> Self {
        Self {
            ballot: Some(promise.ballot.into()),
            accepted: promise.accepted.iter().map(proto::Vote::from).collect(),
            chosen_to: *chosen_to,
            kept_from: *kept_from,
        }
    }
}

impl TryFrom<proto::Promise> for Promise {
    type Error = Malformed;

    fn try_from(promise: proto::Promise) -> Result<Self, Malformed> {
        let votes = promise.accepted.into_iter().map(Vote::try_from).collect::<Result<_, _>>()?;
        let (chosen_to, kept_from) = (promise.chosen_to, promise.kept_from);
        let promise = paxos::Promise { ballot: ballot(promise.ballot, "ballot")?, accepted: votes };
        Ok(Self { promise, chosen_to, kept_from })
    }
}

impl From<&Accept> for proto::Accept {
    fn from(Accept { vote, chosen_to }: &Accept) -> Self {
        Self { vote: Some(vote.into()), chosen_to: *chosen_to }
    }
}

impl TryFrom<proto::Accept> for Accept {
    type Error = Malformed;

    fn try_from(proto::Accept { vote, chosen_to }: proto::Accept) -> Result<Self, Malformed> {
        Ok(Self { vote: needed(vote, "vote")?.try_into()?, chosen_to })
    }
}

impl From<&Accepted> for proto::Accepted {
    fn from(Accepted { ballot, slot }: &Accepted) -> Self {
        Self { ballot: Some((*ballot).into()), slot: *slot }
    }
}

impl From<&Nack> for proto::Nack {
    fn from(Nack { ballot, promised }: &Nack) -> Self {
        Self { ballot: Some((*ballot).into()), promised: Some((*promised).into()) }
    }
}

impl From<&Message> for proto::Message {
    fn from(message: &Message) -> Self {
        let kind = match message {
            Message::Heartbeat(Heartbeat { ballot, leads, content, chosen_to }) => {
                let ballot = ballot.map(proto::Ballot::from);
                let (leads, content, chosen_to) = (*leads, *content, *chosen_to);
                message::Kind::Heartbeat(proto::Heartbeat { ballot, leads, content, chosen_to })
            }
            Message::Prepare(prepare) => message::Kind::Prepare(prepare.into()),
            Message::Promise(promise) => message::Kind::Promise(promise.into()),
            Message::Accept(accept) => message::Kind::Accept(accept.into()),
            Message::Accepted(accepted) => message::Kind::Accepted(accepted.into()),
            Message::Nack(nack) => message::Kind::Nack(nack.into()),
            Message::Fetch(Fetch { ballot, from, to }) => {
                message::Kind::Fetch(proto::Fetch { ballot: ballot.map(proto::Ballot::from), from: *from, to: *to })
            }
            Message::Fetched(Fetched { ballot, from, entries }) => {
                let entries = entries.iter().map(proto::Entry::from).collect();
                let ballot = ballot.map(proto::Ballot::from);
                message::Kind::Fetched(proto::Fetched { ballot, from: *from, entries })
            }
            Message::Snapshot(FetchedSnapshot { ballot, snapshot }) => {
                let (ballot, snapshot) = (ballot.map(proto::Ballot::from), Some((&**snapshot).into()));
                message::Kind::Snapshot(proto::FetchedSnapshot { ballot, snapshot })
            }
            Message::Confirm(Confirm { ballot, question }) => {
                message::Kind::Confirm(proto::Confirm { ballot: Some((*ballot).into()), question: *question })
            }
            Message::Confirmed(Confirmed { ballot, question }) => {
                message::Kind::Confirmed(proto::Confirmed { ballot: Some((*ballot).into()), question: *question })
            }
            Message::Request(command) => message::Kind::Request((&**command).into()),
            Message::Answer(Answer { client, seq, reply }) => {
                let (client, reply) = (client.number(), Some(reply.into()));
                message::Kind::Answer(proto::Answer { client, seq: *seq, reply })
            }
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<proto::Message> for Message {
    type Error = Malformed;

    fn try_from(message: proto::Message) -> Result<Self, Malformed> {
        Ok(match needed(message.kind, "message")? {
            message::Kind::Heartbeat(proto::Heartbeat { ballot, leads, content, chosen_to }) => {
                Self::Heartbeat(Heartbeat { ballot: maybe(ballot)?, leads, content, chosen_to })
            }
            message::Kind::Prepare(prepare) => Self::Prepare(prepare.try_into()?),
            message::Kind::Promise(promise) => Self::Promise(promise.try_into()?),
            message::Kind::Accept(accept) => Self::Accept(accept.try_into()?),
            message::Kind::Accepted(accepted) => {
                Self::Accepted(Accepted { ballot: ballot(accepted.ballot, "ballot")?, slot: accepted.slot })
            }
            message::Kind::Nack(nack) => {
                let (refused, promised) = (ballot(nack.ballot, "ballot")?, ballot(nack.promised, "promised")?);
                Self::Nack(Nack { ballot: refused, promised })
            }
            message::Kind::Fetch(proto::Fetch { ballot, from, to }) => {
                Self::Fetch(Fetch { ballot: maybe(ballot)?, from, to })
            }
            message::Kind::Fetched(proto::Fetched { ballot, from, entries }) => {
                let entries = entries.into_iter().map(Entry::try_from).collect::<Result<_, _>>()?;
                Self::Fetched(Fetched { ballot: maybe(ballot)?, from, entries })
            }
            message::Kind::Snapshot(proto::FetchedSnapshot { ballot, snapshot }) => {
                let snapshot = Arc::new(needed(snapshot, "snapshot")?.try_into()?);
                Self::Snapshot(FetchedSnapshot { ballot: maybe(ballot)?, snapshot })
            }
            message::Kind::Confirm(proto::Confirm { ballot: of, question }) => {
                Self::Confirm(Confirm { ballot: ballot(of, "ballot")?, question })
            }
            message::Kind::Confirmed(proto::Confirmed { ballot: of, question }) => {
                Self::Confirmed(Confirmed { ballot: ballot(of, "ballot")?, question })
            }
            message::Kind::Request(command) => Self::Request(Arc::new(command.try_into()?)),
            message::Kind::Answer(proto::Answer { client, seq, reply }) => {
                let reply = needed(reply, "reply")?.try_into()?;
                Self::Answer(Answer { client: ClientId::numbered(client), seq, reply })
            }
        })
    }
}
