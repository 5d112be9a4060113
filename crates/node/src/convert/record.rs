//! Records, as bytes on a disk.

use prost::Message as _;
use quorum_core::log::Record;

use super::{Malformed, needed};
use crate::proto::{self, record};

/// A record as bytes: the message `quorum.v1.Record`.
#[must_use]
pub fn record_to_bytes(record: &Record) -> Vec<u8> {
    let kind = match record {
        Record::Promised(ballot) => record::Kind::Promised((*ballot).into()),
        Record::Accepted(vote) => record::Kind::Accepted(vote.into()),
        Record::Round(round) => record::Kind::Round(*round),
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
        record::Kind::Promised(ballot) => Record::Promised(ballot.try_into()?),
        record::Kind::Accepted(vote) => Record::Accepted(vote.try_into()?),
        record::Kind::Round(round) => Record::Round(round),
    })
}
