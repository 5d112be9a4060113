//! The things of a log as data.

use crate::json::{Flat, Json, Object};
use crate::log::{
    Accept, Accepted, Answer, Command, Confirm, Confirmed, Entry, Fetch, Fetched, FetchedSnapshot, Heartbeat, Message,
    Promise, Record, Reply, Snapshot, Stored, Trace,
};
use crate::paxos::{self, Slot, Vote};
use crate::sim::ClientFact;
use crate::tell::language::Language;

/// `{"client":"a","seq":2,"op":{"put":["x","9"]}}`, and `"since":7` where its client said what it knew.
pub(in crate::tell) fn command(command: &Command) -> Object {
    let Command { client, seq, op, since } = command;
    let object = Object::new().with("client", *client).with("seq", *seq).with("op", op);
    object.maybe("since", (*since > 0).then_some(*since))
}

/// A command, or `"no-op"`.
pub(in crate::tell) fn entry(entry: &Entry) -> Json {
    match entry.command() {
        Some(it) => command(it).into(),
        None => "no-op".into(),
    }
}

/// `{"slot":5,"command":…}` and what else is known of the slot.
pub(in crate::tell) fn in_slot(object: Object, slot: Slot, it: &Entry) -> Object {
    object.with("slot", slot).with("command", entry(it))
}

pub(in crate::tell) fn vote(vote: &Vote<Entry>, language: &Language) -> Json {
    let object = Object::new().with("slot", vote.slot).with("ballot", language.text(vote.ballot));
    object.with("command", entry(&vote.value)).into()
}

/// The fields of an answer: what kind it is, and what it says.
pub(in crate::tell) fn reply(object: Object, reply: &Reply) -> Object {
    match reply {
        Reply::Done { output, slot } => object.with("reply", "done").with("result", output).with("slot", *slot),
        Reply::NotLeader { leader } => object.with("reply", "not-leader").with("leader", *leader),
        Reply::Old { latest } => object.with("reply", "old").with("latest", *latest),
        Reply::Expired { from } => object.with("reply", "expired").with("since", *from),
    }
}

/// What a message says, as fields of it.
pub(in crate::tell) fn says_as_data(object: Object, message: &Message, language: &Language) -> Object {
    match message {
        Message::Heartbeat(Heartbeat { leads, content, chosen_to, .. }) => {
            object.with("leads", *leads).with("content", *content).with("chosenTo", *chosen_to)
        }
        Message::Prepare(paxos::Prepare { from, .. }) => object.with("slot", *from),
        Message::Promise(Promise { promise, chosen_to, kept_from }) => {
            let accepted: Json = promise.accepted.iter().map(|cast| vote(cast, language)).collect();
            object.with("accepted", accepted).with("chosenTo", *chosen_to).with("keptFrom", *kept_from)
        }
        Message::Accept(Accept { vote: Vote { slot, value, .. }, chosen_to }) => {
            in_slot(object, *slot, value).with("chosenTo", *chosen_to)
        }
        Message::Accepted(Accepted { slot, .. }) => object.with("slot", *slot),
        Message::Nack(nack) => {
            object.set("ballot", language.text(nack.ballot)).with("promised", language.text(nack.promised))
        }
        Message::Fetch(Fetch { from, to, .. }) => object.with("slot", *from).with("lastSlot", *to),
        Message::Fetched(Fetched { from, entries, .. }) => {
            object.with("slot", *from).with("commands", entries.iter().map(entry).collect::<Json>())
        }
        Message::Snapshot(FetchedSnapshot { snapshot, .. }) => taken(object, snapshot),
        Message::Confirm(Confirm { question, .. }) | Message::Confirmed(Confirmed { question, .. }) => {
            object.with("question", *question)
        }
        Message::Request(it) => object.with("command", command(it)),
        Message::Answer(Answer { client, seq, reply: it }) => {
            reply(object.with("client", *client).with("seq", *seq), it)
        }
    }
}

/// `{"slot":64,"keys":3,"sessions":2}`.
fn taken(object: Object, Snapshot { to, store, sessions, .. }: &Snapshot) -> Object {
    object.with("slot", *to).with("keys", store.len() as u32).with("sessions", sessions.len() as u32)
}

/// A snapshot on a disk.
pub(in crate::tell) fn stored(Stored { snapshot, kept_from, .. }: &Stored) -> Json {
    taken(Object::new(), snapshot).with("keptFrom", *kept_from).into()
}

/// What only a log writes: `{"snapshot":{…}}`.
pub(in crate::tell) fn record(record: &Record) -> Option<Json> {
    Some(Object::new().with("snapshot", stored(record.snapshot()?)).into())
}

/// What a row has of what a server did.
pub(in crate::tell) fn row(trace: &Trace, row: &mut Flat<'_>) {
    match trace {
        Trace::Finishes { slot, .. }
        | Trace::Proposed { slot, .. }
        | Trace::Accepted { slot, .. }
        | Trace::Voted { slot, .. }
        | Trace::Learned { slot, .. }
        | Trace::Applied { slot, .. } => row.number("slot", *slot),
        Trace::TookSnapshot { to, .. } | Trace::Truncated { to, .. } | Trace::Installed { to, .. } => {
            row.number("slot", *to);
        }
        Trace::Answered { client, .. } => row.text("client", &text!(client)),
        Trace::Asked { command, .. } | Trace::AskedAgain { command } | Trace::Read { command, .. } => {
            row.text("client", &text!(command.client));
        }
        _ => {}
    }
}

/// What a row has of what a client did.
pub(in crate::tell) fn row_of_client(fact: &ClientFact, row: &mut Flat<'_>) {
    if let Some(client) = fact.client() {
        row.text("client", &text!(client));
    }
}
