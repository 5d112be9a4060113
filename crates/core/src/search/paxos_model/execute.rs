//! Executing one event at one server, on the real cluster.
//!
//! This is where the search and the rest of the program meet: it hands a server, a packet and an event to [`Cluster::apply`],
//! and reads the facts that come back. A cluster can run any protocol; the search knows single-decree Paxos only, and what it
//! hands over and reads is converted here.

use alloc::vec::Vec;

use super::component::{ComponentState, Scope};
use super::local_event::LocalEvent;
use super::packet::Packet;
use super::transition_table::{LocalTransition, Span, TransitionTable};
use crate::paxos::{Learner, Message, NodeId, Phase, Record, Role, Trace, Value, Vote};
use crate::sim::{self, Action, Cluster, Envelope, Fact, MessageId, Server, ServerStatus};

impl TransitionTable {
    /// What an event does to a component. `None`: the event cannot happen, or it changes nothing, now or later.
    pub(super) fn execute(&mut self, at: ComponentState, event: LocalEvent) -> Option<LocalTransition> {
        let node = at.component.id();
        let facts = self.run(node, self.server(at).clone(), event)?;
        let after = self.scratch.server(node).clone();
        let mut transition = LocalTransition::default();
        (transition.to, transition.other) = self.intern_after(at, &after);
        self.read(node, &facts, &mut transition);
        let LocalTransition { to, other, delivers, sends, votes, .. } = transition;
        let changes_nothing = to == at.number && other.is_none() && votes.0 == votes.1;
        // The two spans follow one another.
        let sent = delivers.0..sends.1;
        if changes_nothing && sent.is_empty() && !matches!(event, LocalEvent::Deliver(_)) {
            return None;
        }
        let is_refusal = |place: u32| {
            let packet = self.packets.get(self.sent[place as usize]);
            matches!(packet.message, Message::Nack(_))
        };
        transition.only_refuses = changes_nothing && sent.into_iter().all(is_refusal);
        Some(transition)
    }

    /// Lets the event happen to a server in the scratch cluster, and the server send what it has to say.
    fn run(&mut self, node: NodeId, server: Server, event: LocalEvent) -> Option<Vec<Fact>> {
        let is_possible = match event {
            LocalEvent::Deliver(packet) => self.can_affect(&server, packet),
            // Settling would send what is in the outbox, and sending is an action of its own.
            LocalEvent::Settle => server.outbox().is_empty(),
            // A client does not ask a server that is busy with another client's request.
            LocalEvent::Propose(request) => usize::from(request) < self.requests.len() && !is_asked(&server),
            _ => true,
        };
        if !is_possible {
            return None;
        }
        self.scratch.replace(node, server);
        let message = match event {
            LocalEvent::Deliver(packet) => {
                let Packet { from, to, message } = self.packets.get(packet).clone();
                Some(self.scratch.inject(from, to, message.into()))
            }
            _ => None,
        };
        let mut facts = Vec::new();
        for action in actions(event, node, message, &self.requests) {
            facts.append(&mut self.scratch.apply(&action).ok()?);
        }
        while let Some(action) = settle_io(&self.scratch, node) {
            facts.append(&mut self.scratch.apply(&action).ok()?);
        }
        Some(facts)
    }

    /// The number of the component's state after an event; and the number of its server's other component, if the event
    /// decomposes the server.
    fn intern_after(&mut self, at: ComponentState, after: &Server) -> (u32, Option<u32>) {
        let component = at.component;
        let role = match component.scope {
            Scope::Server => return (self.intern_state(component, after.clone(), true), None),
            Scope::Acceptor if self.summary(at).whole => return self.decompose(component.node, after),
            Scope::Acceptor => Role::Acceptor,
            Scope::Other => self.reductions.other_role(component.id()),
        };
        (self.intern_state(component, after.project_onto(role), false), None)
    }

    /// Notes in the transition what facts say about messages and votes.
    fn read(&mut self, node: NodeId, facts: &[Fact], transition: &mut LocalTransition) {
        let mut votes: Vec<Vote> = Vec::new();
        let mut sent = Vec::new();
        for fact in facts {
            match fact {
                Fact::Sent(envelope) => {
                    let packet = packet_of(envelope);
                    if let Message::Accepted(accepted) = &packet.message {
                        votes.push(accepted.0.clone());
                    }
                    sent.push(self.intern_packet(packet));
                }
                Fact::Durable { records, .. } => {
                    for record in records {
                        if let sim::Record::Paxos(Record::Accepted(vote)) = record {
                            votes.push(vote.clone());
                        }
                    }
                }
                Fact::Did { trace: sim::Trace::Paxos(Trace::Prepares { .. }), .. } => transition.begins_ballot = true,
                _ => {}
            }
        }
        sent.sort_unstable();
        let (at_once, later): (Vec<u32>, Vec<u32>) =
            sent.into_iter().partition(|packet| self.is_delivered_at_once(*packet));
        transition.delivers = append(&mut self.sent, at_once);
        transition.sends = append(&mut self.sent, later);
        let mut votes: Vec<u32> = votes.iter().map(|vote| self.vote_sets.intern_vote(node, vote)).collect();
        votes.sort_unstable();
        votes.dedup();
        transition.votes = append(&mut self.votes, votes);
    }

    /// Whether a packet could change its receiver, now or later. A packet that could not is left out of a state, so the state
    /// is the same before and after its delivery.
    fn can_affect(&self, server: &Server, packet: u32) -> bool {
        let Packet { to, message, .. } = self.packets.get(packet);
        let Some(replica) = server.paxos() else { return true };
        let reductions = self.reductions;
        match message {
            Message::Prepare(_) | Message::Accept(_) => replica.acceptor().is_some(),
            Message::Promise(promise) => replica.proposer().is_some_and(|proposer| {
                let current = proposer.phase() == Phase::Preparing && proposer.ballot() == Some(promise.ballot);
                current || !reductions.ballots_are_unique
            }),
            // A proposer that hears that it has won only falls silent. It may be silent without hearing it.
            Message::Accepted(accepted) => {
                let listens = Some(*to) == reductions.listener;
                let knows = |learner: &Learner| learner.learned(accepted.0.slot).is_some();
                listens && replica.learner().is_some_and(|learner| !(reductions.learns_once && knows(learner)))
            }
            Message::Nack(nack) => replica.proposer().is_some_and(|proposer| {
                let current = proposer.ballot() == Some(nack.ballot) || !reductions.ballots_are_unique;
                current || proposer.floor() < Some(nack.promised.round)
            }),
        }
    }
}

/// A message of the cluster as a packet.
pub(super) fn packet_of(envelope: &Envelope) -> Packet {
    let (from, to, message) = envelope.paxos().unwrap_or_else(|| unreachable!("the model is of single-decree Paxos"));
    Packet { from, to, message: message.clone() }
}

/// An event as actions of the cluster, in which the packet is the message with this number.
fn actions(event: LocalEvent, node: NodeId, message: Option<MessageId>, requests: &[Value]) -> Vec<Action> {
    match event {
        LocalEvent::Deliver(_) => message.map(|message| Action::Deliver { message }).into_iter().collect(),
        LocalEvent::Propose(request) => {
            let value = requests.get(usize::from(request)).cloned();
            value.map(|value| Action::Propose { node, value }).into_iter().collect()
        }
        LocalEvent::Timeout(timer) => [Action::Timeout { node, timer: timer.into() }].into(),
        LocalEvent::Flush => Vec::new(),
        LocalEvent::Restart => [Action::Restart { node }].into(),
        LocalEvent::Crash => [Action::Crash { node }, Action::Restart { node }].into(),
        LocalEvent::LateCrash => [Action::Sync { node }, Action::Crash { node }, Action::Restart { node }].into(),
        LocalEvent::Wipe => [Action::Wipe { node }, Action::Restart { node }].into(),
        LocalEvent::Settle => [Action::Sync { node }].into(),
    }
}

fn append(list: &mut Vec<u32>, more: Vec<u32>) -> Span {
    let start = list.len() as u32;
    list.extend(more);
    (start, list.len() as u32)
}

fn is_asked(server: &Server) -> bool {
    let proposer = server.paxos().and_then(|replica| replica.proposer());
    proposer.is_some_and(|proposer| proposer.asked().is_some() || proposer.ballot().is_some())
}

/// Whether a spontaneous event can happen to a server.
pub(super) fn may_happen(server: &Server, event: LocalEvent) -> bool {
    let up = server.status() != ServerStatus::Down;
    match event {
        LocalEvent::Timeout(timer) => server.timers().any(|armed| armed == timer.into()),
        LocalEvent::Flush => !server.outbox().is_empty(),
        LocalEvent::Restart => !up,
        LocalEvent::LateCrash => up && (!server.disk().queued().is_empty() || !server.disk().written().is_empty()),
        LocalEvent::Crash | LocalEvent::Wipe | LocalEvent::Settle | LocalEvent::Deliver(_) | LocalEvent::Propose(_) => {
            up
        }
    }
}

/// The input or output that a server does next by itself after an event, before anything else happens to it.
///
/// Only a crash could tell a server that has answered from a server that is about to answer, and a message that was not sent
/// is as good as one that never arrives. So every message leaves at once. The disk is synced only if a message waits for it.
/// With a persistence rule off, a record that no message waits for is not durable and is lost in a crash.
pub(crate) fn settle_io(cluster: &Cluster, node: NodeId) -> Option<Action> {
    let server = cluster.server(node);
    match server.status() {
        ServerStatus::Up if server.ready() > 0 => Some(Action::Flush { node }),
        ServerStatus::Up if !server.outbox().is_empty() => Some(Action::Sync { node }),
        _ => None,
    }
}
