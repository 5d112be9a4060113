//! What clients do, in words.

use super::words::Old;
use crate::log::{ClientId, Command, Reply};
use crate::paxos::NodeId;
use crate::tell::sentence::{Say, Sentence, say};

impl Say for ClientId {
    fn say(self, to: &mut Sentence<'_>) {
        text!(self).as_str().say(to);
    }
}

/// A client asks for something.
pub(super) fn asked(command: &Command, at: NodeId, to: &mut Sentence<'_>) {
    say!(to, "Client ", command.client, " wants to ", &command.op, ", and asks server ", at, ".");
}

/// A client asks again.
pub(super) fn retried(client: ClientId, seq: u32, tries: u32, at: NodeId, to: &mut Sentence<'_>) {
    say!(to, "Client ", client, " has waited long enough for the answer to its operation ", seq);
    say!(to, ", and asks server ", at, " for it: try ", tries + 1, ".");
}

/// A client is sent on.
pub(super) fn redirected(client: ClientId, seq: u32, from: NodeId, whom: NodeId, to: &mut Sentence<'_>) {
    say!(to, "Client ", client, " asks server ", whom, " for its operation ", seq);
    say!(to, ", because server ", from, " says that server ", whom, " leads.");
}

/// A client has its answer.
pub(super) fn answered(command: &Command, from: NodeId, reply: &Reply, to: &mut Sentence<'_>) {
    let Command { client, seq, op } = command;
    say!(to, "Client ", *client, " has the answer of server ", from, " to its operation ", *seq, ", ", op, ": ");
    match reply {
        Reply::Done { output, .. } => say!(to, output),
        Reply::NotLeader { .. } => say!(to, "it does not lead"),
        Reply::Old { latest } => say!(to, Old { latest: *latest, client: &text!(client) }),
    }
    say!(to, ".");
}

/// A workload begins.
pub(super) fn workload(clients: u32, rate: u32, keys: u32, to: &mut Sentence<'_>) {
    let plural = |count: u32| if count == 1 { "" } else { "s" };
    let ask = if clients == 1 { " client asks" } else { " clients ask" };
    say!(to, "From now on ", clients, ask, " for something without being told to: ", rate, " time", plural(rate));
    say!(to, " a second all together, about ", keys, " key", plural(keys), ".");
}

/// A workload ends.
pub(super) fn no_workload(to: &mut Sentence<'_>) {
    say!(to, "From now on clients ask only for what they are told to ask for.");
}

/// What follows from it that a client asked again, or was sent on.
pub(super) fn keeps_its_number(seq: u32, to: &mut Sentence<'_>) {
    say!(to, "It is still operation ", seq, ": so servers can tell the same operation from a new one.");
}
