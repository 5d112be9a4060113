//! Ballots, commands, entries and answers.

use std::sync::Arc;

use quorum_core::limits::{MAX_NODES, MAX_SINCE, MAX_TEXT_BYTES};
use quorum_core::log::{ClientId, Command, Entry, Op, Output, Reply, Text};
use quorum_core::paxos::{Ballot, NodeId, Slot, Vote};

use super::{Malformed, needed};
use crate::proto::{self, entry, operation, output, reply};

/// A server's number.
pub(crate) fn node(number: u32) -> Result<NodeId, Malformed> {
    NodeId::new(number)
        .ok_or_else(|| Malformed(format!("there is no server {number}: servers are numbered 1 to {MAX_NODES}")))
}

/// A key or a value.
pub(crate) fn text(text: &str, field: &str) -> Result<Text, Malformed> {
    Text::new(text).ok_or_else(|| {
        let bytes = text.len();
        Malformed(format!("\"{field}\" has at most {MAX_TEXT_BYTES} bytes, and this one has {bytes}: shorten it"))
    })
}

impl From<Ballot> for proto::Ballot {
    fn from(Ballot { round, server }: Ballot) -> Self {
        Self { round, server: server.get() }
    }
}

impl TryFrom<proto::Ballot> for Ballot {
    type Error = Malformed;

    fn try_from(proto::Ballot { round, server }: proto::Ballot) -> Result<Self, Malformed> {
        Ok(Self { round, server: node(server)? })
    }
}

/// A ballot that must be there.
pub(super) fn ballot(ballot: Option<proto::Ballot>, field: &str) -> Result<Ballot, Malformed> {
    needed(ballot, field)?.try_into()
}

impl From<&Op> for proto::Operation {
    fn from(op: &Op) -> Self {
        let of = |text: &Text| text.as_str().to_owned();
        let kind = match op {
            Op::Get { key } => operation::Kind::Get(operation::Get { key: of(key) }),
            Op::Put { key, value } => operation::Kind::Put(operation::Put { key: of(key), value: of(value) }),
            Op::Delete { key } => operation::Kind::Delete(operation::Delete { key: of(key) }),
            Op::Cas { key, from, to } => {
                operation::Kind::Cas(operation::Cas { key: of(key), from: of(from), to: of(to) })
            }
            Op::Append { key, value } => operation::Kind::Append(operation::Append { key: of(key), value: of(value) }),
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<proto::Operation> for Op {
    type Error = Malformed;

    fn try_from(operation: proto::Operation) -> Result<Self, Malformed> {
        let key = |key: String| text(&key, "key");
        let value = |value: String| text(&value, "value");
        Ok(match needed(operation.kind, "operation")? {
            operation::Kind::Get(it) => Self::Get { key: key(it.key)? },
            operation::Kind::Put(it) => Self::Put { key: key(it.key)?, value: value(it.value)? },
            operation::Kind::Delete(it) => Self::Delete { key: key(it.key)? },
            operation::Kind::Cas(it) => {
                Self::Cas { key: key(it.key)?, from: text(&it.from, "from")?, to: text(&it.to, "to")? }
            }
            operation::Kind::Append(it) => Self::Append { key: key(it.key)?, value: value(it.value)? },
        })
    }
}

/// Up to where a client says that it knew the log: a slot that a file can have, too.
pub(crate) fn known(since: u64) -> Result<Slot, Malformed> {
    if since > MAX_SINCE {
        return Err(Malformed::new(format!(
            "\"since\" is at most {MAX_SINCE}, and this one is {since}: take the slot of an earlier answer, or `applied_to` of \
             GetLeader"
        )));
    }
    Ok(since)
}

impl From<&Command> for proto::Command {
    fn from(Command { client, seq, op, since }: &Command) -> Self {
        Self { client: client.number(), seq: *seq, operation: Some(op.into()), since: *since }
    }
}

impl TryFrom<proto::Command> for Command {
    type Error = Malformed;

    fn try_from(proto::Command { client, seq, operation, since }: proto::Command) -> Result<Self, Malformed> {
        let since = known(since)?;
        Ok(Self { client: ClientId::numbered(client), seq, op: needed(operation, "operation")?.try_into()?, since })
    }
}

impl From<&Entry> for proto::Entry {
    fn from(entry: &Entry) -> Self {
        let kind = match entry {
            Entry::NoOp => entry::Kind::NoOp(entry::NoOp {}),
            Entry::Command(command) => entry::Kind::Command((&**command).into()),
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<proto::Entry> for Entry {
    type Error = Malformed;

    fn try_from(entry: proto::Entry) -> Result<Self, Malformed> {
        Ok(match needed(entry.kind, "entry")? {
            entry::Kind::NoOp(_) => Self::NoOp,
            entry::Kind::Command(command) => Self::Command(Arc::new(command.try_into()?)),
        })
    }
}

impl From<&Vote<Entry>> for proto::Vote {
    fn from(Vote { slot, ballot, value }: &Vote<Entry>) -> Self {
        Self { slot: *slot, ballot: Some((*ballot).into()), entry: Some(value.into()) }
    }
}

impl TryFrom<proto::Vote> for Vote<Entry> {
    type Error = Malformed;

    fn try_from(proto::Vote { slot, ballot: voted, entry }: proto::Vote) -> Result<Self, Malformed> {
        Ok(Self { slot, ballot: ballot(voted, "ballot")?, value: needed(entry, "entry")?.try_into()? })
    }
}

impl From<&Output> for proto::Output {
    fn from(output: &Output) -> Self {
        let kind = match output {
            Output::Done => output::Kind::Done(output::Done {}),
            Output::Value(value) => {
                output::Kind::Value(output::Value { value: value.as_ref().map(|value| value.as_str().to_owned()) })
            }
            Output::Swapped(swapped) => output::Kind::Swapped(*swapped),
            Output::TooLong => output::Kind::TooLong(output::TooLong {}),
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<proto::Output> for Output {
    type Error = Malformed;

    fn try_from(output: proto::Output) -> Result<Self, Malformed> {
        Ok(match needed(output.kind, "output")? {
            output::Kind::Done(_) => Self::Done,
            output::Kind::Value(value) => Self::Value(value.value.map(|it| text(&it, "value")).transpose()?),
            output::Kind::Swapped(swapped) => Self::Swapped(swapped),
            output::Kind::TooLong(_) => Self::TooLong,
        })
    }
}

impl From<&Reply> for proto::Reply {
    fn from(reply: &Reply) -> Self {
        let kind = match reply {
            Reply::Done { output, slot } => reply::Kind::Done(reply::Done { output: Some(output.into()), slot: *slot }),
            Reply::NotLeader { leader } => reply::Kind::NotLeader(reply::NotLeader { leader: leader.map(NodeId::get) }),
            Reply::Old { latest } => reply::Kind::Old(reply::Old { latest: *latest }),
            Reply::Expired { from } => reply::Kind::Expired(reply::Expired { from: *from }),
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<proto::Reply> for Reply {
    type Error = Malformed;

    fn try_from(reply: proto::Reply) -> Result<Self, Malformed> {
        Ok(match needed(reply.kind, "reply")? {
            reply::Kind::Done(done) => {
                Self::Done { output: needed(done.output, "output")?.try_into()?, slot: done.slot }
            }
            reply::Kind::NotLeader(not) => Self::NotLeader { leader: not.leader.map(node).transpose()? },
            reply::Kind::Old(old) => Self::Old { latest: old.latest },
            reply::Kind::Expired(expired) => Self::Expired { from: expired.from },
        })
    }
}
