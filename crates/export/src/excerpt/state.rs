//! What a server holds at one moment, as far as a card shows it.

use alloc::{format, string::String};

use quorum_core::log::{self, Role};
use quorum_core::paxos::{Ballot, Learner, NodeId, Replica, Slot, Value, Vote};
use quorum_core::run::Simulation;
use quorum_core::sim::{ProtocolKind, Server, ServerStatus};

/// What a server holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerState {
    pub(crate) status: ServerStatus,
    pub(crate) knows: Knowledge,
}

/// What it knows, by its protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Knowledge {
    Value(OfValue),
    Log(OfLog),
}

/// What a server of single-decree Paxos knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfValue {
    pub(crate) promised: Option<Ballot>,
    pub(crate) accepted: Option<Vote>,
    pub(crate) learned: Option<Value>,
}

/// What a server of a log knows: as on its card on the page (`web/lab/protocols/log/card.js`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfLog {
    /// In two words: `leads`, `follows 1`.
    pub(crate) word: String,
    /// The ballot that it leads with, believes to lead with, or wants to.
    pub(crate) own: Option<Ballot>,
    /// Whether it believes that it leads, and a quorum has promised another.
    pub(crate) alone: bool,
    /// Whether it waits for promises.
    pub(crate) stands: bool,
    pub(crate) chosen_to: Slot,
    pub(crate) applied: Slot,
    /// The first slot that it lacks although it knows a later one.
    pub(crate) gap: Option<Slot>,
    /// The last slot that it knows or voted in.
    pub(crate) last: Slot,
}

impl ServerState {
    pub(super) fn of(now: &Simulation, node: NodeId) -> Self {
        let server = now.cluster().server(node);
        let knows = match now.config().protocol {
            ProtocolKind::Single => Knowledge::Value(OfValue::of(server)),
            ProtocolKind::Log => Knowledge::Log(OfLog::of(now, node)),
        };
        Self { status: server.status(), knows }
    }

    /// Of single-decree Paxos.
    pub(crate) const fn value(&self) -> Option<&OfValue> {
        match &self.knows {
            Knowledge::Value(of) => Some(of),
            Knowledge::Log(_) => None,
        }
    }

    /// Of a log.
    pub(crate) const fn log(&self) -> Option<&OfLog> {
        match &self.knows {
            Knowledge::Value(_) => None,
            Knowledge::Log(of) => Some(of),
        }
    }
}

impl OfValue {
    fn of(server: &Server) -> Self {
        let replica = server.paxos();
        // Of a server that is down, the disk is all there is.
        let (promised, accepted) = match (replica.and_then(Replica::acceptor), server.disk().durable().paxos()) {
            (Some(acceptor), _) => (acceptor.promised(), acceptor.votes().last().cloned()),
            (None, Some(kept)) => (kept.promised, kept.accepted.last().cloned()),
            (None, None) => (None, None),
        };
        let learned = replica.and_then(Replica::learner).and_then(|learner| Learner::all(learner).last());
        Self { promised, accepted, learned: learned.map(|(_, value)| value.clone()) }
    }
}

impl OfLog {
    fn of(now: &Simulation, node: NodeId) -> Self {
        let server = now.cluster().server(node);
        let replica = server.log();
        let (leads, believes) = (now.leads(node), replica.is_some_and(|it| matches!(it.role(), Role::Leader(_))));
        let stands = replica.is_some_and(|it| matches!(it.role(), Role::Candidate { .. }));
        let voted = match (replica.and_then(log::Replica::acceptor), server.disk().durable().log()) {
            (Some(acceptor), _) => acceptor.votes().last(),
            (None, kept) => kept.and_then(|kept| kept.paxos.accepted.last()),
        };
        let learned = replica.map(log::Replica::learned);
        let votes = replica.is_none_or(|it| it.acceptor().is_some());
        let leader = replica.and_then(log::Replica::leader);
        let up = server.status() == ServerStatus::Up;
        let word = match (server.status(), leader) {
            (ServerStatus::Down | ServerStatus::Paused, _) => server.status().as_str().into(),
            _ if leads => "leads".into(),
            _ if believes => "believes it leads".into(),
            _ if stands => "stands".into(),
            (_, Some(leader)) => format!("follows {leader}"),
            _ if votes => "follows nobody".into(),
            _ => "listens only".into(),
        };
        Self {
            word,
            own: replica.and_then(log::Replica::own_ballot).filter(|_| up),
            alone: up && believes && !leads,
            stands: up && stands,
            chosen_to: learned.map_or(0, log::Learned::to),
            applied: learned.map_or(0, log::Learned::applied),
            gap: learned.and_then(gap),
            last: learned.map_or(0, log::Learned::highest).max(voted.map_or(0, |vote| vote.slot)),
        }
    }

    /// Its role, with its ballot where that is said beside it.
    pub(crate) fn role(&self) -> (&str, Option<Ballot>) {
        (&self.word, self.own.filter(|_| !self.alone))
    }
}

/// The first slot that is lacking although a later one is known.
fn gap(learned: &log::Learned) -> Option<Slot> {
    (learned.applied() + 1..=learned.highest()).find(|slot| learned.get(*slot).is_none())
}
