//! Learning out what one server does about one event, on the real cluster.

use alloc::vec::Vec;

use super::local_event::LocalEvent;
use super::transition_table::{ComponentState, LocalTransition, NO_COMPONENT, Packet, Scope, Span, TransitionTable};
use crate::paxos::{Learner, Message, NodeId, Phase, Record, Role, Trace, Vote};
use crate::sim::{self, Action, Cluster, Fact, Server, ServerStatus};

impl TransitionTable {
    /// What becomes of a part of a server at an event; `None`: it is not possible, or makes no difference now or later.
    pub(super) fn execute(&mut self, at: ComponentState, event: LocalEvent) -> Option<LocalTransition> {
        let state = self.server(at).clone();
        let mut message = None;
        match event {
            LocalEvent::Deliver(packet) if !self.can_affect(&state, packet) => return None,
            // What waits to be sent would be sent by it, and that is a move.
            LocalEvent::Settle if !state.outbox().is_empty() => return None,
            LocalEvent::Propose(request) if self.requests.get(usize::from(request)).is_none() => return None,
            // A client does not ask a server that is busy with another's request.
            LocalEvent::Propose(_) if is_asked(&state) => return None,
            _ => {}
        }
        let node = at.component.id();
        self.scratch.replace(node, state);
        if let LocalEvent::Deliver(packet) = event {
            let Packet { from, to, message: says } = self.packets[packet as usize].clone();
            message = Some(self.scratch.inject(from, to, says.into()));
        }
        let mut facts = Vec::new();
        for action in event.actions(node, message, &self.requests) {
            facts.append(&mut self.scratch.apply(&action).ok()?);
        }
        while let Some(action) = settle_io(&self.scratch, node) {
            facts.append(&mut self.scratch.apply(&action).ok()?);
        }
        let after = self.scratch.server(node).clone();
        let mut transition = LocalTransition::default();
        (transition.number, transition.rest) = self.number_after(at, &after);
        self.take_in(node, &facts, &mut transition);
        let changes_nothing =
            transition.number == at.number && transition.rest.is_none() && transition.votes.0 == transition.votes.1;
        let says_nothing = transition.hears.0 == transition.sends.1;
        if changes_nothing && says_nothing && message.is_none() {
            return None;
        }
        let refuses = |at| self.is_refusal(self.sent(at));
        transition.only_refuses = changes_nothing && (transition.hears.0..transition.sends.1).all(refuses);
        Some(transition)
    }

    /// The number of what a part has become, and what its server's other part has become with it, if that is not by itself.
    fn number_after(
        &mut self,
        ComponentState { component, number }: ComponentState,
        after: &Server,
    ) -> (u32, Option<u32>) {
        let role = match component.scope {
            Scope::Server => return (self.number(component, after.clone(), true), None),
            Scope::Acceptor if self.summary(ComponentState { component, number }).joined => {
                let (voter, rest) = self.decompose(component.node, after);
                return (voter, Some(rest).filter(|rest| *rest != NO_COMPONENT));
            }
            Scope::Acceptor => Role::Acceptor,
            Scope::Other => self.reductions.other_role(component.id()),
        };
        (self.number(component, after.project_onto(role), false), None)
    }

    /// Notes what facts say about messages and votes.
    fn take_in(&mut self, node: NodeId, facts: &[Fact], transition: &mut LocalTransition) {
        let mut votes: Vec<Vote> = Vec::new();
        let mut sent = Vec::new();
        for fact in facts {
            match fact {
                Fact::Sent(envelope) => {
                    let sim::Message::Paxos(message) = envelope.message.clone();
                    let (from, to) = (envelope.from, envelope.to);
                    if let Message::Accepted(accepted) = &message {
                        votes.push(accepted.0.clone());
                    }
                    sent.push(self.intern_packet(Packet { from, to, message }));
                }
                Fact::Durable { records, .. } => {
                    for record in records {
                        if let sim::Record::Paxos(Record::Accepted(vote)) = record {
                            votes.push(vote.clone());
                        }
                    }
                }
                Fact::Did { trace: sim::Trace::Paxos(Trace::Prepares { .. }), .. } => transition.begins = true,
                _ => {}
            }
        }
        sent.sort_unstable();
        let (heard, sent): (Vec<u32>, Vec<u32>) = sent.into_iter().partition(|packet| self.is_heard_at_once(*packet));
        transition.hears = append(&mut self.sent, heard);
        transition.sends = append(&mut self.sent, sent);
        let mut votes: Vec<u32> = votes.iter().map(|vote| self.vote_sets.intern_vote(node, vote)).collect();
        votes.sort_unstable();
        votes.dedup();
        transition.votes = append(&mut self.voted, votes);
    }

    /// Whether a message could make a difference to its receiver, now or later. One that cannot is no part of a state: the
    /// state is the same whether it has arrived or not.
    fn can_affect(&self, server: &Server, packet: u32) -> bool {
        let Packet { to, message, .. } = self.packet(packet);
        let Some(replica) = server.paxos() else { return true };
        let sound = self.reductions;
        match message {
            Message::Prepare(_) | Message::Accept(_) => replica.acceptor().is_some(),
            Message::Promise(promise) => replica.proposer().is_some_and(|proposer| {
                let current = proposer.phase() == Phase::Preparing && proposer.ballot() == Some(promise.ballot);
                current || !sound.ballots_once
            }),
            // A proposer that hears that it has won falls silent, and it may fall silent anyway.
            Message::Accepted(accepted) => {
                let hears = Some(*to) == sound.listener;
                let knows = |learner: &Learner| learner.learned(accepted.0.slot).is_some();
                hears && replica.learner().is_some_and(|learner| !(sound.learns_once && knows(learner)))
            }
            Message::Nack(nack) => replica.proposer().is_some_and(|proposer| {
                let current = proposer.ballot() == Some(nack.ballot) || !sound.ballots_once;
                current || proposer.floor() < Some(nack.promised.round)
            }),
        }
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

/// Whether something can happen to a server alone.
pub(super) fn may_happen(server: &Server, event: LocalEvent) -> bool {
    let up = server.status() != ServerStatus::Down;
    match event {
        LocalEvent::Timeout(timer) => server.timers().any(|armed| armed == timer.into()),
        LocalEvent::Flush => !server.outbox().is_empty(),
        LocalEvent::Restart => !up,
        LocalEvent::LateCrash => up && (!server.disk().queued().is_empty() || !server.disk().written().is_empty()),
        _ => up,
    }
}

/// What a server does of itself after something happened to it, before anything else happens.
///
/// Nobody can tell a server that has answered from one that is about to, except by crashing it, and then a message that
/// was not sent is as good as one that never arrives. So whatever waits is sent at once, and the disk is synced if
/// something has to wait for it. Nothing else makes a disk hurry: where a rule about the disk is off, what nobody waits for
/// is not durable, and a crash loses it.
pub(crate) fn settle_io(cluster: &Cluster, node: NodeId) -> Option<Action> {
    let server = cluster.server(node);
    match server.status() {
        ServerStatus::Up if server.ready() > 0 => Some(Action::Flush { node }),
        ServerStatus::Up if !server.outbox().is_empty() => Some(Action::Sync { node }),
        _ => None,
    }
}
