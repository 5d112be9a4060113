//! Which protocols the world can run: the only room below [`crate::check`] that knows all of them.
//!
//! Each protocol has types of its own for messages, records, timers and traces, and a reader of `paxos/` never meets
//! another protocol. The world handles all of them alike. So for each kind of thing there is one closed enum here, with a
//! variant for each protocol. A `match` on it has to name them all: a protocol that is added is asked for, by the compiler,
//! at every place that has to know about it.
//!
//! The enums serialise as what they hold (`untagged`). So a run's digest and its random draws do not depend on how many
//! protocols there are.
//!
//! The replicated log can be left out (the feature `log`): the engine of a page that shows single-decree Paxos only is
//! smaller without it. Code outside this room asks a thing for the part of one protocol ([`Message::paxos`]) instead of
//! taking it apart, and so need not know whether there are two.

use alloc::vec::Vec;

use serde::Serialize;

use super::ProtocolKind;
#[cfg(feature = "log")]
use crate::log;
use crate::paxos::{self, Ballot};

/// Makes one enum with a variant for each protocol, and a method for each that asks for it.
macro_rules! one_of_each {
    (
        $(#[$meta:meta])* $name:ident;
        $($(#[$when:meta])* $variant:ident($inner:ty) as $ask:ident),+ $(,)?
    ) => {
        $(#[$meta])*
        #[derive(Serialize)]
        #[serde(untagged)]
        pub enum $name {
            $(
                #[doc = concat!("Of the protocol `", stringify!($variant), "`.")]
                $(#[$when])*
                $variant($inner),
            )+
        }

        $(
            $(#[$when])*
            impl From<$inner> for $name {
                fn from(inner: $inner) -> Self {
                    Self::$variant(inner)
                }
            }
        )+

        impl $name {
            $(
                #[doc = concat!("That of the protocol `", stringify!($variant), "`; `None` of another protocol.")]
                #[must_use]
                $(#[$when])*
                pub const fn $ask(&self) -> Option<&$inner> {
                    match self {
                        Self::$variant(inner) => Some(inner),
                        #[cfg(feature = "log")]
                        _ => None,
                    }
                }
            )+
        }
    };
}

mod replica;
mod rule;
mod timer;

pub use replica::Replica;
pub(in crate::sim) use replica::{Effect, Input};
pub use rule::Rule;
pub(in crate::sim) use rule::Settings;
pub use timer::Timer;

one_of_each! {
    /// What one server says to another.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    Message; Paxos(paxos::Message) as paxos, #[cfg(feature = "log")] Log(log::Message) as log
}

one_of_each! {
    /// One thing written to a server's disk.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    Record; Paxos(paxos::Record) as paxos, #[cfg(feature = "log")] Log(log::Record) as log
}

one_of_each! {
    /// Everything on a server's disk.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
    Records; Paxos(paxos::Records) as paxos, #[cfg(feature = "log")] Log(log::Records) as log
}

one_of_each! {
    /// One thing the algorithm did on a server, with what made it do so.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Trace; Paxos(paxos::Trace) as paxos, #[cfg(feature = "log")] Log(log::Trace) as log
}

impl Message {
    /// The names of all kinds of messages of a protocol.
    #[must_use]
    pub fn kind_names(protocol: ProtocolKind) -> Vec<&'static str> {
        match protocol {
            ProtocolKind::Single => paxos::MessageKind::ALL.map(paxos::MessageKind::as_str).into(),
            #[cfg(feature = "log")]
            ProtocolKind::Log => log::MessageKind::ALL.map(log::MessageKind::as_str).into(),
        }
    }

    /// The name of its kind: `prepare`, `promise` …
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        match self {
            Self::Paxos(message) => message.kind().as_str(),
            #[cfg(feature = "log")]
            Self::Log(message) => message.kind().as_str(),
        }
    }

    /// The ballot it is about, if it is about one.
    #[must_use]
    pub const fn ballot(&self) -> Option<Ballot> {
        match self {
            Self::Paxos(message) => Some(message.ballot()),
            #[cfg(feature = "log")]
            Self::Log(message) => message.ballot(),
        }
    }

    /// Whether it has to wait until everything written before it is durable.
    #[must_use]
    pub const fn waits_for_disk(&self, rules: paxos::Rules) -> bool {
        match self {
            Self::Paxos(message) => rules.waits_for_disk(message.kind()),
            #[cfg(feature = "log")]
            Self::Log(message) => message.waits_for_disk(rules),
        }
    }
}

impl Records {
    /// A disk on which nothing was ever written.
    #[must_use]
    pub fn empty(protocol: ProtocolKind) -> Self {
        match protocol {
            ProtocolKind::Single => Self::Paxos(paxos::Records::default()),
            #[cfg(feature = "log")]
            ProtocolKind::Log => Self::Log(log::Records::default()),
        }
    }

    /// A fresh disk in place of this one, which was lost.
    #[must_use]
    pub fn replaced(&self) -> Self {
        match self {
            Self::Paxos(_) => Self::Paxos(paxos::Records { lost: true, ..paxos::Records::default() }),
            #[cfg(feature = "log")]
            Self::Log(_) => {
                let paxos = paxos::Records { lost: true, ..paxos::Records::default() };
                Self::Log(log::Records { paxos, snapshot: None })
            }
        }
    }

    /// Whether this is a fresh disk in place of one that was lost.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        match self {
            Self::Paxos(records) => records.lost,
            #[cfg(feature = "log")]
            Self::Log(records) => records.paxos.lost,
        }
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(crate) const fn approx_bytes(&self) -> usize {
        match self {
            Self::Paxos(records) => records.accepted.approx_bytes(),
            #[cfg(feature = "log")]
            Self::Log(records) => records.paxos.accepted.approx_bytes(),
        }
    }

    /// [`Records::paxos`], to be changed.
    pub(in crate::sim) const fn paxos_mut(&mut self) -> Option<&mut paxos::Records> {
        match self {
            Self::Paxos(records) => Some(records),
            #[cfg(feature = "log")]
            Self::Log(_) => None,
        }
    }

    /// The votes that make room for a snapshot go.
    #[cfg(feature = "log")]
    pub(in crate::sim) fn forget(&mut self, stored: &log::Stored) {
        if let Self::Log(records) = self {
            records.forget(stored);
        }
    }

    /// Takes in one record. The latest of a kind stands.
    pub fn apply(&mut self, record: Record) {
        match (self, record) {
            (Self::Paxos(records), Record::Paxos(record)) => records.apply(record),
            #[cfg(feature = "log")]
            (Self::Log(records), Record::Log(record)) => records.apply(record),
            #[cfg(feature = "log")]
            (records, record) => unreachable!("{record:?} is not of the protocol of {records:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{ballot, vote};

    /// Digests and draws are made of these bytes: they must not know that there could be another protocol.
    #[test]
    fn what_a_protocol_says_serialises_as_if_there_were_no_other() {
        fn same(wrapped: &impl Serialize, inner: &impl Serialize) {
            assert_eq!(postcard::to_allocvec(wrapped), postcard::to_allocvec(inner));
        }
        let message = paxos::Message::Accepted(paxos::Accepted(vote(3, 1, "blue")));
        same(&Message::from(message.clone()), &message);
        let record: paxos::Record = paxos::Record::Promised(ballot(3, 1));
        same(&Record::from(record.clone()), &record);
        let records: paxos::Records = paxos::Records { round: Some(7), ..paxos::Records::default() };
        same(&Records::from(records.clone()), &records);
        let trace = paxos::Trace::Prepares { ballot: ballot(2, 2), known: paxos::Known::default() };
        same(&Trace::from(trace.clone()), &trace);
        same(&Timer::from(paxos::Timer::Learn), &paxos::Timer::Learn);
        same(&Rule::from(paxos::Rule::PersistRound), &paxos::Rule::PersistRound);
    }
}
