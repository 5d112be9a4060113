//! The things of a log as data.

use crate::json::{Json, Object};
use crate::log::{Command, Entry, Reply};
use crate::paxos::{Slot, Vote};
use crate::tell::language::Language;

/// `{"client":"a","seq":2,"op":{"put":["x","9"]}}`.
pub(in crate::tell) fn command(command: &Command) -> Object {
    let Command { client, seq, op } = command;
    Object::new().with("client", *client).with("seq", *seq).with("op", op)
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
    }
}
