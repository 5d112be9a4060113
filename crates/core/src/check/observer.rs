//! The observer of a run, of whatever protocol.

use super::{Observed, PaxosObserver};
use crate::paxos::{Chosen, NodeSet, Value, Vote};
use crate::sim::{Cluster, Fact, ProtocolKind};

/// Watches a run from its beginning: what is chosen, and what is broken.
#[derive(Clone, Debug)]
pub enum Observer {
    /// Of single-decree Paxos.
    Paxos(PaxosObserver),
    /// Of a replicated log.
    #[cfg(feature = "log")]
    Log(alloc::boxed::Box<super::LogObserver>),
}

impl Observer {
    /// An observer of a world in which nothing has happened. Its specification has the quorums that the world has while all
    /// rules hold.
    #[must_use]
    pub fn new(world: &Cluster) -> Self {
        let quorums = world.settings().sizes;
        match world.protocol() {
            ProtocolKind::Single => Self::Paxos(PaxosObserver::new(quorums)),
            #[cfg(feature = "log")]
            ProtocolKind::Log => Self::Log(super::LogObserver::new(quorums).into()),
        }
    }

    /// The world that it watches begins in the middle, like this, and servers remember so many clients; `None`: all.
    #[cfg(feature = "log")]
    #[must_use]
    pub fn of_beginning(mut self, begins: &crate::sim::Beginning, most_sessions: Option<u32>) -> Self {
        if let Self::Log(observer) = &mut self {
            observer.begins(begins, most_sessions);
        }
        self
    }

    /// That of single-decree Paxos; `None` where a log runs.
    #[must_use]
    pub const fn paxos(&self) -> Option<&PaxosObserver> {
        match self {
            Self::Paxos(observer) => Some(observer),
            #[cfg(feature = "log")]
            Self::Log(_) => None,
        }
    }

    /// That of a log; `None` where single-decree Paxos runs.
    #[must_use]
    #[cfg(feature = "log")]
    pub fn log(&self) -> Option<&super::LogObserver> {
        match self {
            Self::Paxos(_) => None,
            Self::Log(observer) => Some(observer),
        }
    }

    /// Everything chosen so far by single-decree Paxos, each value with the first ballot that chose it. More than one only
    /// if agreement is broken.
    #[must_use]
    pub fn chosen(&self) -> &[Chosen] {
        self.paxos().map_or(&[], PaxosObserver::chosen)
    }

    /// Whether this value is chosen, in whatever ballot.
    #[must_use]
    pub fn has_chosen(&self, vote: &Vote) -> bool {
        self.paxos().is_some_and(|observer| observer.has_chosen(vote))
    }

    /// Everything that clients asked single-decree Paxos for.
    pub(crate) fn proposed(&self) -> &[Value] {
        self.paxos().map_or(&[], PaxosObserver::proposed)
    }

    /// Every vote of single-decree Paxos that ever counted: slot, ballot and value, and who cast it.
    pub(crate) fn votes(&self) -> impl Iterator<Item = (Vote, NodeSet)> {
        self.paxos().into_iter().flat_map(PaxosObserver::votes)
    }

    /// Whether any invariant was ever broken.
    #[must_use]
    pub fn has_violations(&self) -> bool {
        match self {
            Self::Paxos(observer) => !observer.violations().is_empty(),
            #[cfg(feature = "log")]
            Self::Log(observer) => !observer.violations().is_empty(),
        }
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(crate) fn approx_bytes(&self) -> usize {
        match self {
            Self::Paxos(observer) => observer.approx_bytes(),
            #[cfg(feature = "log")]
            Self::Log(observer) => observer.approx_bytes(),
        }
    }

    /// Takes in one step: what happened, and the world afterwards.
    pub fn observe(&mut self, world: &Cluster, facts: &[Fact]) -> Observed {
        match self {
            Self::Paxos(observer) => observer.observe(world, facts).into(),
            #[cfg(feature = "log")]
            Self::Log(observer) => observer.observe(world, facts),
        }
    }
}
