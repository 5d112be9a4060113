//! The state of a replica as a search compares it.
//!
//! Only [`search`](crate::search) needs any of this. Two replicas that behave alike from now on are one state of a search, so a
//! *canonical key* keeps what the future depends on. It leaves out who reported a vote (that only says why), the round that the
//! next ballot goes above where there is none, and what a leader proposed itself while nobody answers by that.
//!
//! A search has no time: a server stands, repeats and sends heartbeats whenever it may, and not when it is time. So what a
//! replica has of time is [projected out](Replica::project_out_time) after each event.

use alloc::vec::Vec;

use serde::Serialize;

use super::{Accepted, Candidate, Confirmed, Effect, Hearing, Leader, Learned, Machine, Replica, Role, Rule};
use crate::paxos::{self, Acceptor, Ballot, Known, NodeId, Slot};

impl Replica {
    /// The memories of its parts.
    pub(crate) fn canonical_key(&self) -> impl Serialize + '_ {
        let acceptor = self.acceptor.as_ref().map(|acceptor: &Acceptor<_>| (acceptor.promised(), acceptor.votes()));
        let round = self.known.used.max(self.known.seen.map(|ballot| ballot.round));
        let candidate = match &self.role {
            Role::Candidate { candidate, queue, catches_up } => {
                Some((candidate.canonical_key(), queue.iter().collect::<Vec<_>>(), *catches_up))
            }
            _ => None,
        };
        let leader = if let Role::Leader(leader) = &self.role { Some(leader.canonical_key()) } else { None };
        let keeps = !self.settings.rules.on(Rule::AnswerOwnCommand);
        let asked: Vec<_> = self.asked.iter().filter(|_| keeps).collect();
        let kept = (&self.snapshot, self.kept_from, self.taken_to);
        let knows = (self.learned.canonical_key(), self.machine.canonical_key(), kept);
        (self.me, self.proposes, round.filter(|_| self.proposes), acceptor, candidate, leader, knows, asked)
    }

    /// Removes what only its timers and its heartbeats would read: whom it hears and which leader it knows of, how often it has
    /// repeated, and how far it heard the log to be known.
    pub(crate) fn project_out_time(&mut self) {
        (self.hearing, self.leader, self.lacks, self.heard_to) = (Hearing::default(), None, None, 0);
        (self.stands_soon, self.tries, self.repeats_to) = (false, 0, 0);
    }

    /// Removes what only its next ballot would read.
    pub(crate) const fn project_out_next_ballot(&mut self) {
        self.known = Known { used: None, seen: None, forgot: None };
    }

    /// Whether this ballot would make it step down, or its next ballot a higher one.
    pub(crate) fn is_below(&self, ballot: Ballot, stands_again: bool) -> bool {
        let round = self.known.used.max(self.known.seen.map(|seen| seen.round));
        self.own_ballot().is_some_and(|own| own < ballot) || stands_again && self.proposes && round < Some(ballot.round)
    }

    /// Whether this promise would be counted, now or later.
    pub(crate) fn counts_promise(&self, ballot: Ballot) -> bool {
        let own = self.settings.paxos.rules.on(paxos::Rule::PromisesForOwnBallot);
        match &self.role {
            _ if !own => true,
            Role::Candidate { candidate, catches_up: false, .. } => candidate.ballot() == ballot,
            _ => false,
        }
    }

    /// Whether this vote would be counted, now or later.
    pub(crate) fn counts_vote(&self, from: NodeId, Accepted { ballot, slot }: &Accepted) -> bool {
        let rules = self.settings.paxos.rules;
        let again = !rules.on(paxos::Rule::OneVotePerAcceptor);
        match &self.role {
            _ if !rules.on(paxos::Rule::VotesWithinBallot) => true,
            Role::Leader(leader) if leader.ballot() == *ballot => {
                leader.pending().get(slot).is_some_and(|pending| again || !pending.votes.contains(from))
            }
            _ => false,
        }
    }

    /// Whether this answer to a question would be counted, now or later.
    pub(crate) fn counts_confirmation(&self, from: NodeId, confirmed: &Confirmed) -> bool {
        let Role::Leader(leader) = &self.role else { return false };
        leader.ballot() == confirmed.ballot && leader.reads.counts(from, confirmed.question)
    }

    /// Whether it could still cast this vote.
    pub(crate) fn casts(&self, ballot: Ballot) -> bool {
        let promised = self.acceptor.as_ref().and_then(Acceptor::promised);
        promised <= Some(ballot) || !self.settings.paxos.rules.on(paxos::Rule::KeepPromise)
    }

    /// Whether the index of a ballot could tell it of a slot, now or later.
    pub(crate) fn hears_index(&self, ballot: Ballot, to: Slot) -> bool {
        let Some(acceptor) = &self.acceptor else { return false };
        let new = |slot: Slot| slot > self.learned.to() && slot <= to;
        let voted = acceptor.votes().iter().any(|vote| new(vote.slot) && vote.ballot == ballot);
        let any = !self.settings.rules.on(Rule::IndexNeedsBallot);
        to > self.learned.to() && (any || voted || self.casts(ballot))
    }

    /// Whether it plays that part at all.
    pub(crate) const fn stands_at_all(&self) -> bool {
        self.proposes
    }

    /// It tells the others now up to where it knows the log.
    pub(crate) fn says_so_now(&self, out: &mut Vec<Effect>) {
        self.send_heartbeats(out);
    }
}

impl Candidate {
    fn canonical_key(&self) -> impl Serialize + '_ {
        let reported: Vec<_> = self.reported.values().map(|(vote, _)| vote).collect();
        let kept_from = self.kept_from.map(|(_, slot)| slot);
        (self.ballot(), self.from(), self.promises(), reported, self.ahead, kept_from)
    }
}

impl Leader {
    fn canonical_key(&self) -> impl Serialize + '_ {
        let found: Vec<_> = self.found.iter().map(|found| (found.slot, &found.entry)).collect();
        let pending: Vec<_> =
            self.pending().iter().map(|(slot, pending)| (*slot, &pending.entry, pending.votes)).collect();
        let reads: Vec<_> = self.reads.waiting().map(|read| (&read.command, read.index, read.question)).collect();
        let reads = (self.reads.asked(), self.reads.open(), reads);
        let queue: Vec<_> = self.queue().iter().collect();
        (self.ballot(), found, self.found_to(), self.next(), queue, pending, reads)
    }
}

impl Learned {
    fn canonical_key(&self) -> impl Serialize + '_ {
        (self.iter().collect::<Vec<_>>(), self.to(), self.applied(), &self.early)
    }
}

impl Machine {
    fn canonical_key(&self) -> impl Serialize + '_ {
        (self.store().collect::<Vec<_>>(), self.sessions().collect::<Vec<_>>(), self.horizon())
    }
}
