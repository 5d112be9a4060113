//! An action in a link: its number, and then what it is about.

use alloc::{format, vec::Vec};

use crate::LinkError;
use crate::binary::{Reader, Writer, damaged, refused};
use crate::clients;
use crate::config::read_chance;
use crate::number::{Numbered, numbered};
use quorum_core::limits::{MAX_NODES, MAX_VALUE_BYTES};
use quorum_core::log::{self, ClientId};
use quorum_core::paxos::{self, NodeId, NodeSet, Value};
use quorum_core::sim::{Action, ClientAction, Conditions, Endpoint, MessageId, Timer};

numbered! {
    /// The kinds of actions.
    enum ActionCode {
        Propose = 1,
        Deliver = 2,
        Drop = 3,
        Duplicate = 4,
        Hold = 5,
        Release = 6,
        Send = 7,
        Timeout = 8,
        Write = 9,
        Sync = 10,
        Flush = 11,
        Crash = 12,
        Restart = 13,
        Wipe = 14,
        Pause = 15,
        Resume = 16,
        Cut = 17,
        Mend = 18,
        Isolate = 19,
        Rejoin = 20,
        Partition = 21,
        Heal = 22,
        Network = 23,
        PowerCut = 24,
        Rule = 25,
        Request = 26,
        RetryOfClient = 27,
        Workload = 28,
        SyncFirst = 29,
        RetryOfClientAt = 30,
        Stray = 31,
        Snapshot = 32,
        RequestSince = 33,
        StraySince = 34,
    }
}

numbered! { paxos::Timer { Retry = 1, Learn = 2, } }
numbered! { log::Timer { Heartbeat = 3, Stand = 4, Repeat = 5, } }

impl Numbered for Timer {
    fn number(self) -> u8 {
        match self {
            Self::Paxos(timer) => timer.number(),
            Self::Log(timer) => timer.number(),
        }
    }

    fn numbered(number: u8) -> Option<Self> {
        paxos::Timer::numbered(number).map(Self::Paxos).or_else(|| log::Timer::numbered(number).map(Self::Log))
    }
}

/// Bits that say which of its conditions a change of the network names; they follow in this order.
const LOSS: u8 = 1;
const DUPLICATE: u8 = 2;
const LATENCY: u8 = 4;

const fn kind(action: &Action) -> ActionCode {
    match action {
        Action::Propose { .. } => ActionCode::Propose,
        Action::Deliver { .. } => ActionCode::Deliver,
        Action::Drop { .. } => ActionCode::Drop,
        Action::Duplicate { .. } => ActionCode::Duplicate,
        Action::Hold { .. } => ActionCode::Hold,
        Action::Release { .. } => ActionCode::Release,
        Action::Send { .. } => ActionCode::Send,
        Action::Timeout { .. } => ActionCode::Timeout,
        Action::Write { .. } => ActionCode::Write,
        Action::Sync { .. } => ActionCode::Sync,
        Action::SyncFirst { .. } => ActionCode::SyncFirst,
        Action::Flush { .. } => ActionCode::Flush,
        Action::Crash { .. } => ActionCode::Crash,
        Action::Restart { .. } => ActionCode::Restart,
        Action::Wipe { .. } => ActionCode::Wipe,
        Action::Pause { .. } => ActionCode::Pause,
        Action::Resume { .. } => ActionCode::Resume,
        Action::Cut { .. } => ActionCode::Cut,
        Action::Mend { .. } => ActionCode::Mend,
        Action::Isolate { .. } => ActionCode::Isolate,
        Action::Rejoin { .. } => ActionCode::Rejoin,
        Action::Partition { .. } => ActionCode::Partition,
        Action::Heal => ActionCode::Heal,
        Action::Network { .. } => ActionCode::Network,
        Action::PowerCut => ActionCode::PowerCut,
        Action::Rule { .. } => ActionCode::Rule,
        Action::Client(ClientAction::Request { since: None, .. }) => ActionCode::Request,
        Action::Client(ClientAction::Request { since: Some(_), .. }) => ActionCode::RequestSince,
        Action::Client(ClientAction::Retry { node: None, .. }) => ActionCode::RetryOfClient,
        Action::Client(ClientAction::Retry { node: Some(_), .. }) => ActionCode::RetryOfClientAt,
        Action::Client(ClientAction::Stray { since: 0, .. }) => ActionCode::Stray,
        Action::Client(ClientAction::Stray { .. }) => ActionCode::StraySince,
        Action::Client(ClientAction::Workload(_)) => ActionCode::Workload,
        Action::Snapshot { .. } => ActionCode::Snapshot,
    }
}

pub(crate) fn write(action: &Action, to: &mut Writer) {
    to.numbered(kind(action));
    match action {
        Action::Propose { node, value } => {
            write_node(*node, to);
            to.text(value.as_str());
        }
        Action::Deliver { message }
        | Action::Drop { message }
        | Action::Duplicate { message }
        | Action::Hold { message }
        | Action::Release { message }
        | Action::Send { message } => to.number(message.0),
        Action::Timeout { node, timer } => {
            write_node(*node, to);
            to.numbered(*timer);
        }
        Action::Write { node }
        | Action::Sync { node }
        | Action::Flush { node }
        | Action::Crash { node }
        | Action::Restart { node }
        | Action::Wipe { node }
        | Action::Pause { node }
        | Action::Resume { node }
        | Action::Isolate { node }
        | Action::Rejoin { node }
        | Action::Snapshot { node } => write_node(*node, to),
        Action::SyncFirst { node, records } => {
            write_node(*node, to);
            to.number(*records);
        }
        Action::Cut { from, to: end } | Action::Mend { from, to: end } => {
            to.number(from.number());
            to.number(end.number());
        }
        Action::Partition { groups } => {
            to.count(groups.len());
            for group in groups {
                to.count(group.len());
                group.iter().for_each(|node| write_node(*node, to));
            }
        }
        Action::Network { loss, duplicate, latency } => {
            let named = |is: bool, bit| if is { bit } else { 0 };
            to.byte(
                named(loss.is_some(), LOSS) | named(duplicate.is_some(), DUPLICATE) | named(latency.is_some(), LATENCY),
            );
            loss.iter().chain(duplicate).for_each(|chance| to.number(chance.in_thousandths()));
            latency.iter().for_each(|span| to.pair(*span));
        }
        Action::Rule { rule, on } => {
            to.numbered(*rule);
            to.byte((*on).into());
        }
        Action::Heal | Action::PowerCut => {}
        Action::Client(action) => clients::write(action, to),
    }
}

pub(crate) fn read(from: &mut Reader<'_>) -> Result<Action, LinkError> {
    Ok(match from.numbered("an action")? {
        ActionCode::Propose => Action::Propose { node: read_node(from)?, value: read_value(from)? },
        ActionCode::Deliver => Action::Deliver { message: read_message(from)? },
        ActionCode::Drop => Action::Drop { message: read_message(from)? },
        ActionCode::Duplicate => Action::Duplicate { message: read_message(from)? },
        ActionCode::Hold => Action::Hold { message: read_message(from)? },
        ActionCode::Release => Action::Release { message: read_message(from)? },
        ActionCode::Send => Action::Send { message: read_message(from)? },
        ActionCode::Timeout => Action::Timeout { node: read_node(from)?, timer: from.numbered("a timer")? },
        ActionCode::Write => Action::Write { node: read_node(from)? },
        ActionCode::Sync => Action::Sync { node: read_node(from)? },
        ActionCode::SyncFirst => {
            Action::SyncFirst { node: read_node(from)?, records: from.small("a number of records")? }
        }
        ActionCode::Flush => Action::Flush { node: read_node(from)? },
        ActionCode::Crash => Action::Crash { node: read_node(from)? },
        ActionCode::Restart => Action::Restart { node: read_node(from)? },
        ActionCode::Wipe => Action::Wipe { node: read_node(from)? },
        ActionCode::Pause => Action::Pause { node: read_node(from)? },
        ActionCode::Resume => Action::Resume { node: read_node(from)? },
        ActionCode::Isolate => Action::Isolate { node: read_node(from)? },
        ActionCode::Rejoin => Action::Rejoin { node: read_node(from)? },
        ActionCode::Cut => Action::Cut { from: read_end(from)?, to: read_end(from)? },
        ActionCode::Mend => Action::Mend { from: read_end(from)?, to: read_end(from)? },
        ActionCode::Partition => Action::Partition { groups: read_groups(from)? },
        ActionCode::Heal => Action::Heal,
        ActionCode::Network => read_network(from)?,
        ActionCode::PowerCut => Action::PowerCut,
        ActionCode::Rule => {
            Action::Rule { rule: from.numbered("a rule")?, on: read_switch(from, "a switch of a rule")? }
        }
        ActionCode::Request => Action::Client(clients::read_request(from, false)?),
        ActionCode::RequestSince => Action::Client(clients::read_request(from, true)?),
        ActionCode::RetryOfClient => {
            Action::Client(ClientAction::Retry { client: clients::read_client(from)?, node: None })
        }
        ActionCode::RetryOfClientAt => {
            let (client, node) = (clients::read_client(from)?, Some(read_node(from)?));
            Action::Client(ClientAction::Retry { client, node })
        }
        ActionCode::Stray => Action::Client(clients::read_stray(from, false)?),
        ActionCode::StraySince => Action::Client(clients::read_stray(from, true)?),
        ActionCode::Snapshot => Action::Snapshot { node: read_node(from)? },
        ActionCode::Workload => Action::Client(ClientAction::Workload(clients::read_workload(from)?)),
    })
}

/// One byte, 0 for off or 1 for on.
pub(crate) fn read_switch(from: &mut Reader<'_>, what: &str) -> Result<bool, LinkError> {
    match from.byte(what)? {
        0 => Ok(false),
        1 => Ok(true),
        number => Err(LinkError::Newer(format!("{what} with number {number}"))),
    }
}

fn write_node(node: NodeId, to: &mut Writer) {
    to.number(node.get());
}

/// One end of a link: a server's number, or behind all of those, a client's.
fn read_end(from: &mut Reader<'_>) -> Result<Endpoint, LinkError> {
    let number = from.small("one end of a link")?;
    let server = NodeId::new(number).map(Endpoint::Server);
    let client = || number.checked_sub(MAX_NODES + 1).and_then(|index| ClientId::at(index as usize));
    let found = server.or_else(|| client().map(Endpoint::Client));
    let limit = format!("servers are numbered from 1 to at most {MAX_NODES}");
    found.map_or_else(|| refused(format!("there is no server {number}: {limit}")), Ok)
}

pub(crate) fn read_node(from: &mut Reader<'_>) -> Result<NodeId, LinkError> {
    let number = from.small("the number of a server")?;
    NodeId::new(number).map_or_else(
        || refused(format!("there is no server {number}: servers are numbered from 1 to at most {MAX_NODES}")),
        Ok,
    )
}

fn read_message(from: &mut Reader<'_>) -> Result<MessageId, LinkError> {
    from.small("the number of a message").map(MessageId)
}

fn read_value(from: &mut Reader<'_>) -> Result<Value, LinkError> {
    from.text(MAX_VALUE_BYTES, "a value")?.parse().or_else(refused)
}

/// Groups, none of them empty and no server twice: so there are never more than a cluster has servers.
fn read_groups(from: &mut Reader<'_>) -> Result<Vec<Vec<NodeId>>, LinkError> {
    const MOST: usize = MAX_NODES as usize;
    let mut named = NodeSet::default();
    // A group is at least its count and one server.
    let count = from.count(MOST, 2, "the groups of a partition")?;
    let mut groups = Vec::with_capacity(count);
    for _ in 0..count {
        let count = from.count(MOST, 1, "the servers of a group")?;
        let mut group = Vec::with_capacity(count);
        for _ in 0..count {
            let node = read_node(from)?;
            if !named.insert(node) {
                return damaged(&format!("It has a partition that lists server {node} twice."));
            }
            group.push(node);
        }
        if group.is_empty() {
            return damaged("It has a partition with an empty group.");
        }
        groups.push(group);
    }
    Ok(groups)
}

fn read_network(from: &mut Reader<'_>) -> Result<Action, LinkError> {
    let named = from.byte("a change of the network")?;
    if named & !(LOSS | DUPLICATE | LATENCY) != 0 {
        return Err(LinkError::Newer(format!("a change of the network with number {named}")));
    }
    let is = |bit| (named & bit != 0).then_some(());
    let loss = is(LOSS).map(|()| read_chance(from)).transpose()?;
    let duplicate = is(DUPLICATE).map(|()| read_chance(from)).transpose()?;
    let latency = is(LATENCY).map(|()| from.pair("a latency")).transpose()?;
    if let Some(latency) = latency {
        Conditions { latency, ..Conditions::default() }.check().or_else(refused)?;
    }
    Ok(Action::Network { loss, duplicate, latency })
}
