//! Which protocols the world can run: the only file below [`crate::tell`] that knows all of them.
//!
//! Each protocol has types of its own for messages, records, timers and traces, and a reader of `paxos/` never meets
//! another protocol. The world handles all of them alike. So for each kind of thing there is one closed enum here, with a
//! variant for each protocol. A `match` on it has to name them all: a protocol that is added is asked for, by the compiler,
//! at every place that has to know about it.
//!
//! The enums serialise as what they hold (`untagged`). So a run's digest and its random draws do not depend on how many
//! protocols there are.

use alloc::{sync::Arc, vec::Vec};

use serde::Serialize;

use super::ProtocolKind;
use crate::host::Delays;
use crate::paxos::{self, Ballot, NodeId, Rules, Settings};

/// Makes one enum with a variant for each protocol.
macro_rules! one_of_each {
    ($(#[$meta:meta])* $name:ident { $($variant:ident($inner:ty)),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Serialize)]
        #[serde(untagged)]
        pub enum $name {
            $(
                #[doc = concat!("Of the protocol `", stringify!($variant), "`.")]
                $variant($inner),
            )+
        }

        $(
            impl From<$inner> for $name {
                fn from(inner: $inner) -> Self {
                    Self::$variant(inner)
                }
            }
        )+
    };
}

one_of_each! {
    /// What one server says to another.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    Message { Paxos(paxos::Message) }
}

one_of_each! {
    /// One thing written to a server's disk.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    Record { Paxos(paxos::Record) }
}

one_of_each! {
    /// Everything on a server's disk.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    Records { Paxos(paxos::Records) }
}

one_of_each! {
    /// One thing the algorithm did on a server, with what made it do so.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Trace { Paxos(paxos::Trace) }
}

one_of_each! {
    /// Something a server waits for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    Timer { Paxos(paxos::Timer) }
}

impl Message {
    /// The name of its kind: `prepare`, `promise` …
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        match self {
            Self::Paxos(message) => message.kind().as_str(),
        }
    }

    /// The ballot it is about.
    #[must_use]
    pub const fn ballot(&self) -> Ballot {
        match self {
            Self::Paxos(message) => message.ballot(),
        }
    }

    /// Whether it has to wait until everything written before it is durable.
    #[must_use]
    pub const fn waits_for_disk(&self, rules: Rules) -> bool {
        match self {
            Self::Paxos(message) => rules.waits_for_disk(message.kind()),
        }
    }
}

impl Records {
    /// A disk on which nothing was ever written.
    #[must_use]
    pub fn empty(protocol: ProtocolKind) -> Self {
        match protocol {
            ProtocolKind::Single => Self::Paxos(paxos::Records::default()),
        }
    }

    /// A fresh disk in place of this one, which was lost.
    #[must_use]
    pub fn replaced(&self) -> Self {
        match self {
            Self::Paxos(_) => Self::Paxos(paxos::Records { lost: true, ..paxos::Records::default() }),
        }
    }

    /// Whether this is a fresh disk in place of one that was lost.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        match self {
            Self::Paxos(records) => records.lost,
        }
    }

    /// Takes in one record. The latest of a kind stands.
    pub fn apply(&mut self, record: Record) {
        match (self, record) {
            (Self::Paxos(records), Record::Paxos(record)) => records.apply(record),
        }
    }

    /// Those of single-decree Paxos; `None` where another protocol runs.
    #[must_use]
    pub const fn paxos(&self) -> Option<&paxos::Records> {
        match self {
            Self::Paxos(records) => Some(records),
        }
    }
}

/// How many retry times a server waits before it finds out what came of its vote.
const LEARN_AFTER: u32 = 2;

impl Timer {
    /// All timers of all protocols, in the order of [`Timer::index`].
    pub const ALL: [Self; paxos::Timer::ALL.len()] =
        [Self::Paxos(paxos::Timer::Retry), Self::Paxos(paxos::Timer::Learn)];

    /// Its position among all timers.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Paxos(timer) => timer as usize,
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paxos(timer) => timer.as_str(),
        }
    }

    /// How long it runs after so many failed tries: the least and the most, in milliseconds.
    #[must_use]
    pub const fn delay(self, delays: Delays, tries: u32) -> (u32, u32) {
        match self {
            Self::Paxos(paxos::Timer::Retry) => delays.before_retry(tries),
            Self::Paxos(paxos::Timer::Learn) => delays.after(LEARN_AFTER),
        }
    }
}

/// What happens to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// It has just started, for the first time or again.
    Start,
    /// A client asks it for a value.
    Request(paxos::Value),
    /// A message reaches it.
    Receive { from: NodeId, message: Message },
    /// A timer it set has run out.
    Timeout(Timer),
}

/// What a server does about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Write(Record),
    Send { to: NodeId, message: Message },
    SetTimer { timer: Timer, tries: u32 },
    CancelTimer(Timer),
    Trace(Trace),
}

impl From<Input> for paxos::Input {
    fn from(input: Input) -> Self {
        match input {
            Input::Start => Self::Start,
            Input::Request(value) => Self::Request(value),
            Input::Receive { from, message: Message::Paxos(message) } => Self::Receive { from, message },
            Input::Timeout(Timer::Paxos(timer)) => Self::Timeout(timer),
        }
    }
}

impl From<paxos::Effect> for Effect {
    fn from(effect: paxos::Effect) -> Self {
        match effect {
            paxos::Effect::Write(record) => Self::Write(record.into()),
            paxos::Effect::Send { to, message } => Self::Send { to, message: message.into() },
            paxos::Effect::SetTimer { timer, tries } => Self::SetTimer { timer: timer.into(), tries },
            paxos::Effect::CancelTimer(timer) => Self::CancelTimer(timer.into()),
            paxos::Effect::Trace(trace) => Self::Trace(trace.into()),
        }
    }
}

/// One server's replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replica {
    /// Of the protocol `Paxos`.
    Paxos(paxos::Replica),
}

impl Replica {
    /// A server as its disk knows it. Starting and restarting are this one call, followed by [`Input::Start`].
    pub(super) fn recover(me: NodeId, settings: Arc<Settings>, durable: &Records) -> Self {
        match durable {
            Records::Paxos(durable) => Self::Paxos(paxos::Replica::recover(me, settings, durable)),
        }
    }

    /// Its settings change under it: somebody switched a rule.
    pub(super) fn change(&mut self, settings: Arc<Settings>) {
        match self {
            Self::Paxos(replica) => replica.change(settings),
        }
    }

    /// Takes one input, and says what is to be done about it, in order.
    pub(super) fn handle(&mut self, input: Input) -> impl Iterator<Item = Effect> + use<> {
        match self {
            Self::Paxos(replica) => {
                // As many as most inputs lead to.
                let mut effects = Vec::with_capacity(8);
                replica.handle(input.into(), &mut effects);
                effects.into_iter().map(Effect::from)
            }
        }
    }

    /// That of single-decree Paxos; `None` where another protocol runs.
    #[must_use]
    pub const fn paxos(&self) -> Option<&paxos::Replica> {
        match self {
            Self::Paxos(replica) => Some(replica),
        }
    }

    /// [`Replica::paxos`], to be changed.
    pub(super) const fn paxos_mut(&mut self) -> Option<&mut paxos::Replica> {
        match self {
            Self::Paxos(replica) => Some(replica),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{ballot, vote};

    #[test]
    fn a_timer_stands_where_its_index_says() {
        for (index, timer) in Timer::ALL.into_iter().enumerate() {
            assert_eq!(timer.index(), index);
        }
    }

    /// Digests and draws are made of these bytes: they must not know that there could be another protocol.
    #[test]
    fn what_a_protocol_says_serialises_as_if_there_were_no_other() {
        fn same(wrapped: &impl Serialize, inner: &impl Serialize) {
            assert_eq!(postcard::to_allocvec(wrapped), postcard::to_allocvec(inner));
        }
        let message = paxos::Message::Accepted(paxos::Accepted(vote(3, 1, "blue")));
        same(&Message::from(message.clone()), &message);
        let record = paxos::Record::Promised(ballot(3, 1));
        same(&Record::from(record.clone()), &record);
        let records = paxos::Records { round: Some(7), ..paxos::Records::default() };
        same(&Records::from(records.clone()), &records);
        let trace = paxos::Trace::Prepares { ballot: ballot(2, 2), known: paxos::Known::default() };
        same(&Trace::from(trace.clone()), &trace);
        same(&Timer::from(paxos::Timer::Learn), &paxos::Timer::Learn);
    }
}
