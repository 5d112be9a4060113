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
    /// Whether it votes: not without a disk, and not where it is no acceptor.
    pub(crate) votes: bool,
    pub(crate) knows: Knowledge,
    /// Of a server that is down: what it will know again.
    pub(crate) kept: Option<Kept>,
}

/// What is on the disk of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) is_lost: bool,
    pub(crate) promised: Option<Ballot>,
    /// Of single-decree Paxos.
    pub(crate) accepted: Option<Vote>,
    /// Of a log: up to which slot it has a snapshot, and the first and the last slot that it voted in.
    pub(crate) snapshot: Option<Slot>,
    pub(crate) slots: Option<(Slot, Slot)>,
    pub(crate) round: Option<u32>,
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
        let acceptors = now.cluster().settings().roles.acceptors;
        let votes = acceptors.contains(node) && !server.disk().durable().is_lost();
        let kept = (server.status() == ServerStatus::Down).then(|| Kept::of(server));
        Self { status: server.status(), votes, knows, kept }
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

impl Kept {
    fn of(server: &Server) -> Self {
        let disk = server.disk().durable();
        let nothing =
            Self { is_lost: disk.is_lost(), promised: None, accepted: None, snapshot: None, slots: None, round: None };
        if let Some(kept) = disk.paxos() {
            let accepted = kept.accepted.last().cloned();
            return Self { promised: kept.promised, accepted, round: kept.round, ..nothing };
        }
        let Some(kept) = disk.log() else { return nothing };
        let slots = || kept.paxos.accepted.iter().map(|vote| vote.slot);
        Self {
            promised: kept.paxos.promised,
            snapshot: kept.latest().map(|snapshot| snapshot.to),
            slots: slots().min().zip(slots().max()),
            round: kept.paxos.round,
            ..nothing
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
            _ if votes => "no leader".into(),
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
