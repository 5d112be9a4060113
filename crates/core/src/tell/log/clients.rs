//! What clients do, in words and as data.

use super::data;
use super::words::{MayHave, Old};
use crate::json::Object;
use crate::log::{ClientId, Command, Reply};
use crate::paxos::NodeId;
use crate::sim::{ClientFact, Workload};
use crate::tell::EventName;
use crate::tell::language::{Because, Language, Tell, reason};
use crate::tell::sentence::{Say, Sentence, say};

impl Tell for ClientFact {
    type Who = ();

    fn name(&self) -> EventName {
        match self {
            Self::Asked { .. } => EventName::Requested,
            Self::Retried { .. } => EventName::Retried,
            Self::Redirected { .. } => EventName::Redirected,
            Self::Answered { .. } => EventName::Answered,
            Self::Workload(_) => EventName::Workload,
        }
    }

    fn importance(&self) -> u8 {
        match self {
            Self::Workload(_) => 9,
            Self::Answered { .. } | Self::Asked { .. } => 8,
            Self::Retried { .. } => 7,
            Self::Redirected { .. } => 6,
        }
    }

    fn fields(&self, object: Object, _: &Language) -> Object {
        let object = object.maybe("client", self.client());
        match self {
            Self::Asked { command, at } => object.with("to", *at).with("command", data::command(command)),
            Self::Retried { seq, tries, at, .. } => object.with("to", *at).with("seq", *seq).with("tries", *tries),
            Self::Redirected { seq, from, to, .. } => object.with("from", *from).with("to", *to).with("seq", *seq),
            Self::Answered { command, from, reply } => {
                data::reply(object.with("from", *from).with("command", data::command(command)), reply)
            }
            Self::Workload(workload) => object.with("workload", *workload),
        }
    }

    fn because(&self, (): (), _: &Language) -> Option<Because> {
        match self {
            Self::Retried { tries, .. } => Some(reason("no-answer").with("tries", *tries).into()),
            Self::Redirected { from, to, .. } => {
                Some(reason("not-leader").with("from", *from).with("leader", *to).into())
            }
            Self::Asked { .. } | Self::Answered { .. } | Self::Workload(_) => None,
        }
    }

    fn why(&self, (): (), to: &mut Sentence<'_>) {
        match self {
            Self::Asked { command, at } => asked(command, *at, to),
            Self::Retried { client, seq, tries, at } => retried(*client, *seq, *tries, *at, to),
            Self::Redirected { client, seq, from, to: whom } => redirected(*client, *seq, *from, *whom, to),
            Self::Answered { command, from, reply } => answered(command, *from, reply, to),
            Self::Workload(Some(Workload { clients, rate, keys })) => workload(*clients, *rate, *keys, to),
            Self::Workload(None) => no_workload(to),
        }
    }

    fn so(&self, (): (), to: &mut Sentence<'_>) {
        if let Self::Retried { seq, .. } = self {
            keeps_its_number(*seq, to);
        }
    }
}

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
    say!(to, "Client ", client, " has no answer to its operation ", seq);
    say!(to, ", and asks server ", at, " for it: try ", tries + 1, ".");
}

/// A client is sent on.
pub(super) fn redirected(client: ClientId, seq: u32, from: NodeId, whom: NodeId, to: &mut Sentence<'_>) {
    say!(to, "Client ", client, " asks server ", whom, " for its operation ", seq);
    say!(to, ", because server ", from, " says that server ", whom, " leads.");
}

/// A client has its answer.
pub(super) fn answered(command: &Command, from: NodeId, reply: &Reply, to: &mut Sentence<'_>) {
    let Command { client, seq, op, .. } = command;
    say!(to, "Client ", *client, " has the answer of server ", from, " to its operation ", *seq, ", ", op, ": ");
    match reply {
        Reply::Done { output, .. } => say!(to, output),
        Reply::NotLeader { .. } => say!(to, "it does not lead"),
        Reply::Old { latest } => say!(to, Old { latest: *latest, client: &text!(client) }),
        Reply::Expired { .. } => say!(to, MayHave),
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
