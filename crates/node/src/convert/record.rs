//! Records and snapshots, as bytes on a disk.

use std::sync::Arc;

use prost::Message as _;
use quorum_core::log::{ClientId, Record, Session, Snapshot, Stored};
use quorum_core::paxos;

use super::entry::text;
use super::{Malformed, needed};
use crate::proto::{self, record, snapshot};

impl From<&Snapshot> for proto::Snapshot {
    fn from(Snapshot { to, store, sessions, horizon }: &Snapshot) -> Self {
        let pairs = store
            .iter()
            .map(|(key, value)| snapshot::Pair { key: key.as_str().to_owned(), value: value.as_str().to_owned() });
        let sessions = sessions.iter().map(|(client, Session { seq, output, slot })| snapshot::Session {
            client: client.number(),
            seq: *seq,
            output: Some(output.into()),
            slot: *slot,
        });
        Self { to: *to, store: pairs.collect(), sessions: sessions.collect(), horizon: *horizon }
    }
}

impl TryFrom<proto::Snapshot> for Snapshot {
    type Error = Malformed;

    fn try_from(proto::Snapshot { to, store, sessions, horizon }: proto::Snapshot) -> Result<Self, Malformed> {
        let pair = |pair: snapshot::Pair| Ok((text(&pair.key, "key")?, text(&pair.value, "value")?));
        let session = |snapshot::Session { client, seq, output, slot }| {
            let output = needed(output, "output")?.try_into()?;
            Ok((ClientId::numbered(client), Session { seq, output, slot }))
        };
        let store = store.into_iter().map(pair).collect::<Result<_, Malformed>>()?;
        let sessions = sessions.into_iter().map(session).collect::<Result<_, Malformed>>()?;
        Ok(Self { to, store, sessions, horizon })
    }
}

/// A record as bytes: the message `quorum.v1.Record`.
#[must_use]
pub fn record_to_bytes(record: &Record) -> Vec<u8> {
    let kind = match record {
        Record::Paxos(paxos::Record::Promised(ballot)) => record::Kind::Promised((*ballot).into()),
        Record::Paxos(paxos::Record::Accepted(vote)) => record::Kind::Accepted(vote.into()),
        Record::Paxos(paxos::Record::Round(round)) => record::Kind::Round(*round),
        Record::Snapshot(Stored { snapshot, kept_from, in_place_of_all }) => record::Kind::Snapshot(proto::Stored {
            snapshot: Some((&**snapshot).into()),
            kept_from: *kept_from,
            in_place_of_all: *in_place_of_all,
        }),
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
        record::Kind::Promised(ballot) => paxos::Record::Promised(ballot.try_into()?).into(),
        record::Kind::Accepted(vote) => paxos::Record::Accepted(vote.try_into()?).into(),
        record::Kind::Round(round) => paxos::Record::Round(round).into(),
        record::Kind::Snapshot(proto::Stored { snapshot, kept_from, in_place_of_all }) => {
            let snapshot = Arc::new(needed(snapshot, "snapshot")?.try_into()?);
            Record::Snapshot(Stored { snapshot, kept_from, in_place_of_all })
        }
    })
}
