//! What clients of a replicated log do, in a link.

use alloc::format;

use crate::LinkError;
use crate::action::read_node;
use crate::binary::{Reader, Writer, refused};
use crate::number::numbered;
use quorum_core::limits::{MAX_CLIENTS, MAX_SINCE, MAX_TEXT_BYTES};
use quorum_core::log::{ClientId, Op, Text};
use quorum_core::paxos::{NodeId, Slot};
use quorum_core::sim::{ClientAction, Workload};

numbered! {
    /// The kinds of operations.
    enum OpCode {
        Get = 1,
        Put = 2,
        Delete = 3,
        Cas = 4,
        Append = 5,
    }
}

pub(crate) fn write(action: &ClientAction, to: &mut Writer) {
    match action {
        ClientAction::Request { client, op, node, since } => {
            write_client(*client, to);
            write_op(op, to);
            // There is no server 0.
            to.number(node.map_or(0, NodeId::get));
            since.iter().for_each(|since| to.number(*since));
        }
        ClientAction::Retry { client, node } => {
            write_client(*client, to);
            if let Some(node) = node {
                to.number(node.get());
            }
        }
        ClientAction::Stray { client, seq, op, node, since } => {
            write_client(*client, to);
            to.number(*seq);
            write_op(op, to);
            to.number(node.get());
            if *since > 0 {
                to.number(*since);
            }
        }
        ClientAction::Workload(workload) => write_workload(*workload, to),
    }
}

/// None is a rate of 0.
pub(crate) fn write_workload(workload: Option<Workload>, to: &mut Writer) {
    match workload {
        None => to.number(0_u32),
        Some(Workload { clients, rate, keys }) => {
            to.number(rate);
            to.pair((clients, keys));
        }
    }
}

pub(crate) fn read_workload(from: &mut Reader<'_>) -> Result<Option<Workload>, LinkError> {
    let rate = from.small("the rate of a workload")?;
    if rate == 0 {
        return Ok(None);
    }
    let (clients, keys) = from.pair("the size of a workload")?;
    Ok(Some(Workload { clients, rate, keys }))
}

/// A request; behind it, if it says so, what its client knew.
pub(crate) fn read_request(from: &mut Reader<'_>, says_since: bool) -> Result<ClientAction, LinkError> {
    let (client, op) = (read_client(from)?, read_op(from)?);
    let node = from.optional_node()?;
    let since = if says_since { Some(read_since(from)?) } else { None };
    Ok(ClientAction::Request { client, op, node, since })
}

pub(crate) fn read_stray(from: &mut Reader<'_>, says_since: bool) -> Result<ClientAction, LinkError> {
    let (client, seq) = (read_client(from)?, from.small("which of a client's operations it is")?);
    let (op, node) = (read_op(from)?, read_node(from)?);
    let since = if says_since { read_since(from)? } else { 0 };
    Ok(ClientAction::Stray { client, seq, op, node, since })
}

fn read_since(from: &mut Reader<'_>) -> Result<Slot, LinkError> {
    let since = from.number("what a client knew")?;
    if since > MAX_SINCE {
        return refused(format!("What a client knew is a slot, 0 to {MAX_SINCE}, and here it is {since}"));
    }
    Ok(since)
}

fn write_client(client: ClientId, to: &mut Writer) {
    to.number(client.index() as u32);
}

pub(crate) fn read_client(from: &mut Reader<'_>) -> Result<ClientId, LinkError> {
    let number = from.small("a client")? as usize;
    let limit = || refused(format!("there is no client {number}: a log has at most {MAX_CLIENTS} clients"));
    ClientId::at(number).map_or_else(limit, Ok)
}

fn write_op(op: &Op, to: &mut Writer) {
    let (code, texts): (_, &[&Text]) = match op {
        Op::Get { key } => (OpCode::Get, &[key]),
        Op::Put { key, value } => (OpCode::Put, &[key, value]),
        Op::Delete { key } => (OpCode::Delete, &[key]),
        Op::Cas { key, from, to } => (OpCode::Cas, &[key, from, to]),
        Op::Append { key, value } => (OpCode::Append, &[key, value]),
    };
    to.numbered(code);
    for text in texts {
        to.text(text.as_str());
    }
}

fn read_op(from: &mut Reader<'_>) -> Result<Op, LinkError> {
    let code = from.numbered("an operation")?;
    let key = read_text(from)?;
    Ok(match code {
        OpCode::Get => Op::Get { key },
        OpCode::Put => Op::Put { key, value: read_text(from)? },
        OpCode::Delete => Op::Delete { key },
        OpCode::Cas => Op::Cas { key, from: read_text(from)?, to: read_text(from)? },
        OpCode::Append => Op::Append { key, value: read_text(from)? },
    })
}

fn read_text(from: &mut Reader<'_>) -> Result<Text, LinkError> {
    let text = from.text(MAX_TEXT_BYTES, "a key or a value")?;
    Text::new(text).map_or_else(|| refused("a key or a value is too long"), Ok)
}

impl Reader<'_> {
    /// A server, or 0 for none.
    pub(crate) fn optional_node(&mut self) -> Result<Option<NodeId>, LinkError> {
        if self.skip_zero() { Ok(None) } else { read_node(self).map(Some) }
    }
}
