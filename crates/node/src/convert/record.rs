//! Records, as bytes on a disk.

use prost::Message as _;
use quorum_core::log::Record;
use quorum_core::paxos;

use super::{Malformed, needed};
use crate::proto::{self, record};

/// A record as bytes: the message `quorum.v1.Record`.
///
/// # Panics
/// For a snapshot: the settings of a real server have none.
#[must_use]
pub fn record_to_bytes(record: &Record) -> Vec<u8> {
    let kind = match record {
        Record::Paxos(paxos::Record::Promised(ballot)) => record::Kind::Promised((*ballot).into()),
        Record::Paxos(paxos::Record::Accepted(vote)) => record::Kind::Accepted(vote.into()),
        Record::Paxos(paxos::Record::Round(round)) => record::Kind::Round(*round),
        Record::Snapshot(_) => unreachable!("real servers take no snapshots: their settings have none"),
    };
    proto::Record { kind: Some(kind) }.encode_to_vec()
}

/// A record from the bytes that [`record_to_bytes`] made of it.
///
/// # Errors
/// Why they are none.
pub fn record_from_bytes(bytes: &[u8]) -> Result<Record, Malformed> {
    let record = proto::Record::decode(bytes).map_err(|error| Malformed(format!("this is no record: {error}")))?;
    Ok(match needed(record.kind, "kind")? {
        record::Kind::Promised(ballot) => paxos::Record::Promised(ballot.try_into()?),
        record::Kind::Accepted(vote) => paxos::Record::Accepted(vote.try_into()?),
        record::Kind::Round(round) => paxos::Record::Round(round),
    }
    .into())
}
