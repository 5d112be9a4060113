//! Trying out what one server does about one event, on the real cluster.

use alloc::vec::Vec;

use super::{Atlas, Letter, Outcome, Part};
use crate::check::model::event::Event;
use crate::paxos::{Learner, Message, NodeId, Note, Phase, Record, Vote};
use crate::sim::{Action, Cluster, Fact, Server, Status};

impl Atlas {
    /// What a server does about an event; `None`: it is not possible, or makes no difference now or later.
    pub(super) fn try_out(&mut self, server: u32, event: Event) -> Option<Outcome> {
        let mut message = None;
        match event {
            Event::Deliver(letter) if !self.matters(server, letter) => return None,
            // A client does not ask a server that is busy with another's request.
            Event::Propose(_) if self.is_asked(server) => return None,
            _ => {}
        }
        let (node, state) = self.servers[server as usize].clone();
        self.scratch.put(node, state);
        if let Event::Deliver(letter) = event {
            let Letter { from, to, message: says } = self.letters[letter as usize].clone();
            message = Some(self.scratch.carry(from, to, says));
        }
        let mut facts = Vec::new();
        for action in event.actions(node, message, &self.requests) {
            facts.append(&mut self.scratch.apply(&action).ok()?);
        }
        while let Some(action) = follow_up(&self.scratch, node) {
            facts.append(&mut self.scratch.apply(&action).ok()?);
        }
        let after = self.number_server(node, self.scratch.server(node).clone());
        let (sends, casts, begins) = self.take_in(node, &facts);
        let changes_nothing = after == server && casts.0 == casts.1;
        if changes_nothing && sends.0 == sends.1 && message.is_none() {
            return None;
        }
        let only_refuses = changes_nothing && (sends.0..sends.1).all(|at| self.is_refusal(self.sent(at)));
        Some(Outcome { server: after, sends, casts, begins, only_refuses })
    }

    /// Notes what facts say about messages and votes.
    fn take_in(&mut self, node: NodeId, facts: &[Fact]) -> (Part, Part, bool) {
        let (sent, cast) = (self.sent.len() as u32, self.cast.len() as u32);
        let mut begins = false;
        let mut votes: Vec<Vote> = Vec::new();
        for fact in facts {
            match fact {
                Fact::Sent(envelope) => {
                    let (from, to, message) = (envelope.from, envelope.to, envelope.message.clone());
                    if let Message::Accepted(accepted) = &message {
                        votes.push(accepted.0.clone());
                    }
                    let letter = self.number_letter(Letter { from, to, message });
                    self.sent.push(letter);
                }
                Fact::Durable { records, .. } => {
                    for record in records {
                        if let Record::Accepted(vote) = record {
                            votes.push(vote.clone());
                        }
                    }
                }
                Fact::Did { note: Note::Prepares { .. }, .. } => begins = true,
                _ => {}
            }
        }
        for vote in votes {
            let number = self.number_cast(node, &vote);
            if !self.cast[cast as usize..].contains(&number) {
                self.cast.push(number);
            }
        }
        ((sent, self.sent.len() as u32), (cast, self.cast.len() as u32), begins)
    }

    /// Whether a message could make a difference to its receiver, now or later. One that cannot is no part of a state: the
    /// state is the same whether it has arrived or not.
    fn matters(&self, server: u32, letter: u32) -> bool {
        let (Letter { to, message, .. }, server) = (self.letter(letter), self.server(server));
        let Some(replica) = server.replica() else { return true };
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

    fn is_asked(&self, server: u32) -> bool {
        let proposer = self.server(server).replica().and_then(|replica| replica.proposer());
        proposer.is_some_and(|proposer| proposer.asked().is_some() || proposer.ballot().is_some())
    }
}

/// Whether something can happen to a server alone.
pub(super) fn may_happen(server: &Server, event: Event) -> bool {
    let up = server.status() != Status::Down;
    match event {
        Event::Timeout(timer) => server.timers().any(|armed| armed == timer),
        Event::Flush => !server.outbox().is_empty(),
        Event::Restart => !up,
        Event::LateCrash => up && (!server.disk().queued().is_empty() || !server.disk().written().is_empty()),
        _ => up,
    }
}

/// What a server does of itself after something happened to it, before anything else happens.
///
/// Nobody can tell a server that has answered from one that is about to, except by crashing it, and then a message that
/// was not sent is as good as one that never arrives. So whatever waits is sent at once, and the disk is synced if
/// something has to wait for it. Nothing else makes a disk hurry: where a rule about the disk is off, what nobody waits for
/// is not durable, and a crash loses it.
pub(crate) fn follow_up(cluster: &Cluster, node: NodeId) -> Option<Action> {
    let server = cluster.server(node);
    match server.status() {
        Status::Up if server.ready() > 0 => Some(Action::Flush { node }),
        Status::Up if !server.outbox().is_empty() => Some(Action::Sync { node }),
        _ => None,
    }
}
