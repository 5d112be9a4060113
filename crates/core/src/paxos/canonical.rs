//! The state of a server as a search compares it.
//!
//! Only [`search`](crate::search) needs any of this. Two servers that behave alike from now on should be one state of a search,
//! so a *canonical key* keeps what a role's future depends on and leaves out the rest. A *projection* goes further: it removes a
//! part of the state that nothing reads any more. Which projection is sound, and when, is decided in
//! `search/paxos_model/reductions.rs`.

use alloc::vec::Vec;

use serde::Serialize;

use super::{Acceptor, Learner, Phase, Proposer, Replica, Role};

impl Replica {
    /// The memories of its roles. The number of tries is left out: it only decides how long to wait.
    pub(crate) fn canonical_key(&self) -> impl Serialize + '_ {
        let acceptor = self.acceptor.as_ref().map(Acceptor::canonical_key);
        let proposer = self.proposer.as_ref().map(Proposer::canonical_key);
        (acceptor, proposer, self.learner.as_ref().map(Learner::canonical_key))
    }

    /// Removes what only the proposer's next ballot would read.
    pub(crate) fn project_out_next_ballot(&mut self) {
        if let Some(proposer) = &mut self.proposer {
            proposer.project_out_next_ballot();
        }
    }

    /// Removes every role but this one.
    pub(crate) fn project_onto(&mut self, role: Role) {
        self.acceptor.take_if(|_| role != Role::Acceptor);
        self.proposer.take_if(|_| role != Role::Proposer);
        self.learner.take_if(|_| role != Role::Learner);
    }
}

impl Acceptor {
    /// Its promise and its votes.
    fn canonical_key(&self) -> impl Serialize + '_ {
        (self.promised, &self.accepted)
    }
}

impl Proposer {
    /// The round that its next ballot has to go above.
    pub(crate) fn floor(&self) -> Option<u32> {
        self.known.used.max(self.known.seen.map(|ballot| ballot.round))
    }

    /// Three things are left out: who reported a vote; who promised, once a quorum of promises has led to a request; and who
    /// voted, because a proposer that has won only falls silent.
    fn canonical_key(&self) -> impl Serialize + '_ {
        let attempt = self.attempt.as_ref().map(|attempt| {
            let asking = attempt.asking.as_ref().map(|(accept, _)| accept);
            let promises = attempt.promises;
            (
                attempt.ballot,
                asking,
                asking.is_none().then_some(promises),
                attempt.reported.as_ref().map(|(vote, _)| vote),
            )
        });
        (self.floor(), &self.asked, attempt)
    }

    /// Removes the ballots it used and saw, and an attempt that can ask for nothing more.
    fn project_out_next_ballot(&mut self) {
        self.known.used = None;
        self.known.seen = None;
        if self.phase() != Phase::Preparing {
            self.settle();
        }
    }
}

impl Learner {
    /// The votes it counts and the outcomes it knows.
    fn canonical_key(&self) -> impl Serialize + '_ {
        let mut votes = Vec::new();
        for (slot, ballots) in self.votes.iter() {
            votes.push((*slot, ballots.iter().collect::<Vec<_>>()));
        }
        (votes, &self.learned)
    }
}
