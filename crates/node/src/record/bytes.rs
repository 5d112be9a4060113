//! Notes as bytes: the message `quorum.v1.Note`.

use std::time::Duration;

use prost::Message as _;
use quorum_core::log::{ClientId, Command, Message, Timer};
use quorum_core::paxos::NodeId;
use quorum_core::sim::Endpoint;
use quorum_recording::{Note, Number, digest};

use crate::convert::Malformed;
use crate::proto::{self, note};
use crate::rules;
use crate::runner;

/// A note as bytes.
#[must_use]
pub fn note_to_bytes(at: Duration, note: &runner::Note<'_>) -> Option<Vec<u8>> {
    let kind = match note {
        runner::Note::Start { incarnation, records, replaced, off } => {
            let off = off.iter().map(|rule| rule.as_str().to_owned()).collect();
            let (incarnation, records, replaced) = (*incarnation, *records, *replaced);
            note::Kind::Start(note::Start { incarnation, records, off, replaced })
        }
        runner::Note::Received { from: Endpoint::Client(_), message: Message::Request(command), .. } => {
            note::Kind::Request((&**command).into())
        }
        runner::Note::Received {
            from: Endpoint::Server(from), number: Some(Number { incarnation, sequence }), ..
        } => {
            let (incarnation, sequence) = (*incarnation, *sequence);
            note::Kind::Received(note::Received { from: from.get(), incarnation, sequence, crossing: None, epoch: 0 })
        }
        runner::Note::Crossed { from, number: Number { incarnation, sequence }, epoch, message } => {
            let (incarnation, sequence, crossing) = (*incarnation, *sequence, Some((*message).into()));
            note::Kind::Received(note::Received { from: from.get(), incarnation, sequence, crossing, epoch: *epoch })
        }
        runner::Note::Received { .. } => note::Kind::Outside(note::Outside {}),
        runner::Note::Timeout(timer) => note::Kind::Timeout(match timer {
            Timer::Heartbeat => note::Timer::Heartbeat.into(),
            Timer::Stand => note::Timer::Stand.into(),
            Timer::Repeat => note::Timer::Repeat.into(),
        }),
        // What was handed to the disk follows from the inputs.
        runner::Note::Written(_) => return None,
        runner::Note::Durable(count) => note::Kind::Durable(*count),
        runner::Note::Sent { to, number: Number { incarnation, sequence }, message, taken } => {
            let to = match to {
                Endpoint::Server(to) => note::sent::To::Server(to.get()),
                Endpoint::Client(to) => note::sent::To::Client(to.number()),
            };
            let (incarnation, sequence, taken) = (*incarnation, *sequence, *taken);
            note::Kind::Sent(note::Sent { to: Some(to), incarnation, sequence, digest: digest(message), taken })
        }
    };
    Some(proto::Note { at: at.as_micros() as u64, kind: Some(kind) }.encode_to_vec())
}

/// A note from the bytes that [`note_to_bytes`] made of it.
///
/// # Errors
/// Why they are none.
pub fn note_from_bytes(bytes: &[u8]) -> Result<(Duration, Note), Malformed> {
    let odd = |why: &str| Malformed::new(format!("this is no note: {why}"));
    let proto::Note { at, kind } = proto::Note::decode(bytes).map_err(|error| odd(&error.to_string()))?;
    let node = |number| NodeId::new(number).ok_or_else(|| odd("there is no such server"));
    let note = match kind.ok_or_else(|| odd("it is empty"))? {
        note::Kind::Start(note::Start { incarnation, records, off, replaced }) => {
            let off = off.iter().map(|name| rules::named(name).map_err(|why| odd(&why))).collect::<Result<_, _>>()?;
            Note::Start { incarnation, records, replaced, off }
        }
        note::Kind::Request(command) => {
            let Command { client, seq, op, since } = command.try_into()?;
            Note::Request { client: client.number(), seq, op, since }
        }
        note::Kind::Received(note::Received { from, incarnation, sequence, crossing, epoch }) => {
            let (from, number) = (node(from)?, Number { incarnation, sequence });
            match crossing {
                None => Note::Received { from, number },
                Some(message) => Note::Crossed { from, number, epoch, message: Box::new(message.try_into()?) },
            }
        }
        note::Kind::Timeout(timer) => Note::Timeout(match note::Timer::try_from(timer) {
            Ok(note::Timer::Heartbeat) => Timer::Heartbeat,
            Ok(note::Timer::Stand) => Timer::Stand,
            Ok(note::Timer::Repeat) => Timer::Repeat,
            _ => return Err(odd("there is no such timer")),
        }),
        note::Kind::Durable(count) => Note::Durable(count),
        note::Kind::Sent(note::Sent { to, incarnation, sequence, digest, taken }) => {
            let to = match to.ok_or_else(|| odd("a message went nowhere"))? {
                note::sent::To::Server(to) => Endpoint::Server(node(to)?),
                note::sent::To::Client(to) => Endpoint::Client(ClientId::numbered(to)),
            };
            Note::Sent { to, number: Number { incarnation, sequence }, digest, taken }
        }
        note::Kind::Outside(_) => Note::Outside,
    };
    Ok((Duration::from_micros(at), note))
}
