//! What goes there and back is the same, and what means nothing is refused.

use std::collections::BTreeSet;
use std::sync::Arc;

use prost::Message as _;
use quorum_core::log::{self, ClientId, Message, Output, Text};
use quorum_core::paxos::{self, Ballot, NodeId};
use quorum_core::run::EventKind;
use quorum_core::scenario::{RandomLog, RandomWorld as _};
use quorum_core::sim::{self, Fact};

use super::{record_from_bytes, record_to_bytes};
use crate::proto;

/// Worlds that are run, and how many steps of each.
const WORLDS: u64 = 40;
const STEPS: u32 = 600;

/// Everything that was said and written in random worlds, with every fault there is.
fn said_and_written() -> (Vec<Message>, Vec<sim::Record>) {
    let (mut messages, mut records) = (Vec::new(), Vec::new());
    for seed in 0..WORLDS {
        let mut world = RandomLog::new(seed);
        world.disturb(STEPS, &mut |event| match event.kind {
            EventKind::Fact(Fact::Sent(envelope)) => messages.extend(envelope.message.log().cloned()),
            EventKind::Fact(Fact::Wrote { records: written, .. }) => records.extend(written),
            _ => {}
        });
    }
    // A server that was away for long is rare in these worlds.
    let text = |text: &str| Text::new(text).unwrap();
    let session = |seq, output| log::Session { seq, output, slot: 40 };
    let sessions = vec![
        (ClientId::at(0).unwrap(), session(7, Output::Value(Some(text("v"))))),
        (ClientId::numbered(u64::MAX), session(1, Output::Swapped(true))),
    ];
    let snapshot = Arc::new(log::Snapshot {
        to: 41,
        store: vec![(text("k"), text("v")), (text(""), text(""))],
        sessions,
        horizon: 39,
    });
    let op = log::Op::Get { key: text("k") };
    messages.push(Message::Request(Arc::new(log::Command { client: ClientId::at(3).unwrap(), seq: 2, op, since: 40 })));
    let reply = log::Reply::Expired { from: 41 };
    messages.push(Message::Answer(log::Answer { client: ClientId::at(3).unwrap(), seq: 2, reply }));
    let (ballot, question) = (Ballot { round: 3, server: NodeId::FIRST }, u64::MAX);
    messages.push(Message::Confirm(log::Confirm { ballot, question }));
    messages.push(Message::Confirmed(log::Confirmed { ballot, question }));
    messages.push(Message::Snapshot(log::FetchedSnapshot { ballot: None, snapshot: Arc::clone(&snapshot) }));
    let stored = log::Stored { snapshot, kept_from: 30, in_place_of_all: false };
    records.push(sim::Record::from(log::Record::Snapshot(stored)));
    (messages, records)
}

#[test]
fn whatever_is_said_or_written_in_random_worlds_goes_there_and_back_unchanged() {
    let (messages, records) = said_and_written();
    let mut kinds = BTreeSet::new();
    for message in &messages {
        kinds.insert(message.kind());
        let bytes = proto::Message::from(message).encode_to_vec();
        let back = Message::try_from(proto::Message::decode(bytes.as_slice()).unwrap()).unwrap();
        assert_eq!(back, *message);
    }
    assert_eq!(kinds.len(), quorum_core::log::MessageKind::ALL.len(), "every kind was among them: {kinds:?}");
    let mut written = [0; 4];
    for record in records {
        let record = record.log().unwrap().clone();
        written[match record {
            log::Record::Paxos(paxos::Record::Promised(_)) => 0,
            log::Record::Paxos(paxos::Record::Accepted(_)) => 1,
            log::Record::Paxos(paxos::Record::Round(_)) => 2,
            log::Record::Snapshot(_) => 3,
        }] += 1;
        assert_eq!(record_from_bytes(&record_to_bytes(&record)).unwrap(), record);
    }
    assert!(written.iter().all(|count| *count > 0), "every kind of record was among them: {written:?}");
}

/// Each byte of each kind of message, changed in every way that one bit can be, and every beginning of it: all of that is a
/// message or is refused. None of it is a panic.
#[test]
fn a_damaged_message_is_another_one_or_is_refused_and_never_a_panic() {
    let (messages, _) = said_and_written();
    let mut seen = BTreeSet::new();
    let (mut good, mut bad) = (0, 0);
    let mut read = |bytes: &[u8]| {
        let message = proto::Message::decode(bytes).map_err(drop);
        match message.and_then(|message| Message::try_from(message).map_err(drop)) {
            Ok(_) => good += 1,
            Err(()) => bad += 1,
        }
    };
    for message in messages.iter().filter(|message| seen.insert(message.kind())) {
        let bytes = proto::Message::from(message).encode_to_vec();
        for at in 0..bytes.len() {
            read(&bytes[..at]);
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                read(&damaged);
            }
        }
    }
    assert!(good > 100 && bad > 100, "{good} were read, {bad} were refused");
}

#[test]
fn what_the_core_cannot_hold_is_refused_with_a_sentence() {
    let ballot = |server| Some(proto::Ballot { round: 1, server });
    let message = |kind| Message::try_from(proto::Message { kind: Some(kind) }).unwrap_err().to_string();
    let prepare = |ballot| message(proto::message::Kind::Prepare(proto::Prepare { ballot, from: 1 }));
    assert_eq!(prepare(ballot(0)), "there is no server 0: servers are numbered 1 to 101");
    assert_eq!(prepare(ballot(102)), "there is no server 102: servers are numbered 1 to 101");
    assert_eq!(prepare(None), "the field \"ballot\" is missing: every message of quorum.v1 names it");
    assert!(Message::try_from(proto::Message { kind: None }).is_err());
    let key = "k".repeat(65_537);
    let get = proto::operation::Kind::Get(proto::operation::Get { key });
    let command = proto::Command { client: 1, seq: 1, operation: Some(proto::Operation { kind: Some(get) }), since: 0 };
    let long = message(proto::message::Kind::Request(command));
    assert_eq!(long, "\"key\" has at most 65536 bytes, and this one has 65537: shorten it");
    let get = proto::operation::Kind::Get(proto::operation::Get { key: "k".to_owned() });
    let operation = Some(proto::Operation { kind: Some(get) });
    let command = |since| proto::Command { client: 1, seq: 1, operation: operation.clone(), since };
    assert!(log::Command::try_from(command((1 << 53) - 1)).is_ok());
    let far = message(proto::message::Kind::Request(command(1 << 53)));
    assert!(far.starts_with("\"since\" is at most 9007199254740991, and this one is 9007199254740992: take"), "{far}");
    assert!(record_from_bytes(&[0xFF, 1, 2]).unwrap_err().to_string().starts_with("this is no record"));
    assert!(record_from_bytes(&[]).is_err());
}
