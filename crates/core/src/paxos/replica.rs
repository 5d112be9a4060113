//! One server: any subset of the three roles behind one door.
//!
//! Inputs go in, ordered effects come out. The replica joins the roles and decides what neither of them may:
//! what must be on disk before what is said, and when to try again. It counts tries; how long to wait after so
//! many tries is the world's business, as is every clock.

use alloc::{sync::Arc, vec::Vec};

use super::{
    Accept, Accepted, Acceptor, Ballot, Count, Decision, Effect, Input, Late, Learner, Message, MessageKind, Nack,
    Tally,
};
use super::{NodeId, NodeSet, Prepare, Promise, Proposer, Record, Records, Rule, Settings, Slot, Timer, Trace, Value};

/// Single-decree Paxos agrees on this one slot.
const SLOT: Slot = 0;

/// One server.
///
/// Whatever it says rests on what it wrote before: see [`Effect::Send`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    me: NodeId,
    settings: Arc<Settings>,
    pub(super) acceptor: Option<Acceptor>,
    pub(super) proposer: Option<Proposer>,
    pub(super) learner: Option<Learner>,
    tries: u32,
}

impl Replica {
    /// A server as its disk knows it. Starting and restarting are this one call, followed by [`Input::Start`].
    ///
    /// On a disk that replaces a lost one, only the learner comes back: the server no longer knows what it
    /// promised, what it voted for, or which ballots it used.
    #[must_use]
    pub fn recover(me: NodeId, settings: Arc<Settings>, durable: &Records) -> Self {
        let Settings { roles, rules, .. } = *settings;
        let votes = roles.acceptors.contains(me) && !(durable.lost && rules.on(Rule::WipedStaysSilent));
        let proposes = roles.proposers.contains(me) && !durable.lost;
        Self {
            me,
            settings,
            acceptor: votes.then(|| Acceptor::recover(rules, durable)),
            proposer: proposes.then(|| Proposer::recover(me, rules, durable)),
            learner: roles.learners.contains(me).then(Learner::default),
            tries: 0,
        }
    }

    /// Its settings change under it: somebody switched a rule.
    pub fn change(&mut self, settings: Arc<Settings>) {
        self.settings = settings;
    }

    /// Its acceptor, if it plays that part.
    #[must_use]
    pub const fn acceptor(&self) -> Option<&Acceptor> {
        self.acceptor.as_ref()
    }

    /// Its proposer, if it plays that part.
    #[must_use]
    pub const fn proposer(&self) -> Option<&Proposer> {
        self.proposer.as_ref()
    }

    /// Its learner, if it plays that part.
    #[must_use]
    pub const fn learner(&self) -> Option<&Learner> {
        self.learner.as_ref()
    }

    /// Takes one input, and appends what is to be done about it.
    pub fn handle(&mut self, input: Input, out: &mut Vec<Effect>) {
        match input {
            Input::Start => self.await_outcome(out),
            Input::Request(value) => self.request(value, out),
            Input::Receive { from, message } => self.receive(from, message, out),
            Input::Timeout(timer) => self.timeout(timer, out),
        }
    }

    fn request(&mut self, value: Value, out: &mut Vec<Effect>) {
        let Some(proposer) = &mut self.proposer else {
            return;
        };
        out.push(Effect::Trace(Trace::Proposed { value: value.clone(), during: proposer.ballot() }));
        proposer.ask(value);
        if proposer.ballot().is_none() {
            self.tries = 0;
            self.begin(out);
        }
    }

    fn timeout(&mut self, timer: Timer, out: &mut Vec<Effect>) {
        match timer {
            Timer::Retry => {
                self.failed();
                self.begin(out);
            }
            Timer::Learn if self.proposer.as_ref().is_some_and(|proposer| proposer.ballot().is_none()) => {
                self.begin(out);
            }
            Timer::Learn => {}
        }
    }

    fn receive(&mut self, from: NodeId, message: Message, out: &mut Vec<Effect>) {
        let kind = message.kind();
        let done = match message {
            Message::Prepare(prepare) => self.on_prepare(from, &prepare, out),
            Message::Promise(promise) => self.on_promise(from, &promise, out),
            Message::Accept(accept) => self.on_accept(from, &accept, out),
            Message::Accepted(accepted) => self.on_accepted(from, &accepted, out),
            Message::Nack(nack) => self.on_nack(from, &nack, out),
        };
        if done.is_none() {
            let lost = self.has_lost_role(kind);
            out.push(Effect::Trace(Trace::NotMyRole { from, message: kind, lost }));
        }
    }

    /// Whether it would do something about such a message, had its disk not been lost.
    fn has_lost_role(&self, message: MessageKind) -> bool {
        let roles = &self.settings.roles;
        match message {
            MessageKind::Prepare | MessageKind::Accept => roles.acceptors.contains(self.me),
            MessageKind::Promise | MessageKind::Accepted | MessageKind::Nack => roles.proposers.contains(self.me),
        }
    }

    /// Phase 1a.
    fn begin(&mut self, out: &mut Vec<Effect>) {
        let Some(proposer) = &mut self.proposer else {
            return;
        };
        out.push(Effect::CancelTimer(Timer::Learn));
        let known = proposer.known();
        match proposer.prepare(&self.settings, SLOT) {
            Ok(prepare) => {
                let ballot = prepare.ballot;
                out.push(Effect::Trace(Trace::Prepares { ballot, known }));
                out.push(Effect::Write(Record::Round(ballot.round)));
                send(self.settings.roles.acceptors, &Message::Prepare(prepare), out);
                out.push(Effect::SetTimer { timer: Timer::Retry, tries: self.tries });
            }
            Err(exhausted) => {
                out.push(Effect::Trace(Trace::BallotsExhausted(exhausted)));
                out.push(Effect::CancelTimer(Timer::Retry));
            }
        }
    }

    /// Phase 1b.
    fn on_prepare(&mut self, from: NodeId, prepare: &Prepare, out: &mut Vec<Effect>) -> Option<()> {
        let acceptor = self.acceptor.as_mut()?;
        let before = acceptor.promised();
        match acceptor.prepare(prepare.ballot, prepare.from) {
            Ok(promise) => {
                let ballot = promise.ballot;
                let reports = promise.accepted.last().cloned();
                out.push(Effect::Trace(Trace::Promised { to: from, ballot, before, reports }));
                if before != Some(ballot) {
                    out.push(Effect::Write(Record::Promised(ballot)));
                }
                out.push(Effect::Send { to: from, message: Message::Promise(promise) });
                self.see(ballot, out);
            }
            Err(nack) => reject(from, MessageKind::Prepare, nack, out),
        }
        Some(())
    }

    /// Somebody else's ballot was promised here. A patient proposer only remembers it, to go above it next time;
    /// an eager one takes it for a defeat (§2.3: "abandon a proposal if some proposer has begun trying to issue a
    /// higher-numbered one").
    fn see(&mut self, promised: Ballot, out: &mut Vec<Effect>) {
        let Some(proposer) = &mut self.proposer else {
            return;
        };
        proposer.saw(promised);
        match proposer.ballot() {
            Some(ballot) if ballot < promised && self.settings.eager => {
                out.push(Effect::Trace(Trace::GaveUp { ballot, promised, by: self.me }));
                self.begin(out);
            }
            _ => {}
        }
    }

    /// Phase 2a, at a quorum of promises.
    fn on_promise(&mut self, from: NodeId, promise: &Promise, out: &mut Vec<Effect>) -> Option<()> {
        let proposer = self.proposer.as_mut()?;
        let (ballot, answer) = (promise.ballot, MessageKind::Promise);
        let (needed, size) = (self.settings.quorums().phase1, self.settings.sizes.phase1);
        let towards = proposer.ballot().unwrap_or(ballot);
        let decision = match proposer.promised(&self.settings, from, promise, SLOT) {
            Tally::Stale(late) => {
                out.push(Effect::Trace(Trace::Stale { from, message: answer, ballot, late }));
                return Some(());
            }
            Tally::Of(Count { nodes: have, loose }) => {
                out.push(Effect::Trace(Trace::Counted { from, answer, ballot, have, needed, towards, loose }));
                return Some(());
            }
            Tally::Quorum(Count { nodes, loose }, decision) => {
                out.push(Effect::Trace(Trace::Quorum { from, answer, ballot, nodes, towards, loose, size }));
                decision
            }
        };
        self.decided(ballot, decision, out);
        Some(())
    }

    fn decided(&mut self, ballot: Ballot, decision: Decision, out: &mut Vec<Effect>) {
        let accept = match decision {
            Decision::Adopt { accept, reported, by, passed_over } => {
                let asked = self.proposer.as_ref().and_then(Proposer::asked).cloned();
                let vote = accept.0.clone();
                out.push(Effect::Trace(Trace::Adopted { vote, reported, by, asked, passed_over }));
                accept
            }
            Decision::Free { accept, ignored } => {
                out.push(Effect::Trace(Trace::FreeChoice(accept.0.clone(), ignored)));
                accept
            }
            Decision::Nothing => {
                out.push(Effect::Trace(Trace::NothingToPropose { ballot }));
                out.push(Effect::CancelTimer(Timer::Retry));
                // It may have voted in somebody else's ballot meanwhile.
                self.tries = 0;
                self.await_outcome(out);
                return;
            }
        };
        send(self.settings.roles.acceptors, &Message::Accept(accept), out);
        out.push(Effect::SetTimer { timer: Timer::Retry, tries: self.tries });
    }

    /// Phase 2b.
    fn on_accept(&mut self, from: NodeId, accept: &Accept, out: &mut Vec<Effect>) -> Option<()> {
        let acceptor = self.acceptor.as_mut()?;
        let before = acceptor.promised();
        let earlier = acceptor.vote(accept.0.slot);
        let (voted, known) = (earlier.map(|vote| vote.ballot), earlier == Some(&accept.0));
        match acceptor.accept(self.settings.rules, accept) {
            Ok((Accepted(vote), although)) => {
                let ballot = vote.ballot;
                out.push(Effect::Trace(Trace::Accepted { vote: vote.clone(), before, again: known, voted, although }));
                if acceptor.promised() != before {
                    out.push(Effect::Write(Record::Promised(ballot)));
                }
                if !known {
                    out.push(Effect::Write(Record::Accepted(vote.clone())));
                }
                let mut told = self.settings.roles.learners;
                told.insert(from);
                send(told, &Message::Accepted(Accepted(vote)), out);
                if from != self.me {
                    self.see(ballot, out);
                }
                self.await_outcome(out);
            }
            Err(nack) => reject(from, MessageKind::Accept, nack, out),
        }
        Some(())
    }

    /// A vote: the proposer counts it if it is for its ballot, the learner in any case.
    fn on_accepted(&mut self, from: NodeId, accepted: &Accepted, out: &mut Vec<Effect>) -> Option<()> {
        if self.proposer.is_none() && self.learner.is_none() {
            return None;
        }
        let (ballot, answer) = (accepted.0.ballot, MessageKind::Accepted);
        let (needed, size) = (self.settings.quorums().phase2, self.settings.sizes.phase2);
        let towards = ballot;
        let idle = || Tally::Stale(Late::Idle);
        let mine =
            self.proposer.as_mut().map_or_else(idle, |proposer| proposer.accepted(&self.settings, from, accepted));
        let known = match &mut self.learner {
            Some(learner) => learner.accepted(&self.settings, from, accepted),
            None => match &mine {
                Tally::Stale(late) => Tally::Stale(*late),
                _ => Tally::Stale(Late::Idle),
            },
        };
        match (mine, &known) {
            (Tally::Quorum(Count { nodes, loose }, ()), _) => {
                out.push(Effect::Trace(Trace::Quorum { from, answer, ballot, nodes, towards, loose, size }));
                self.tries = 0;
                out.push(Effect::CancelTimer(Timer::Retry));
            }
            // That it now knows says it all.
            (_, Tally::Quorum(..)) => {}
            (Tally::Of(Count { nodes: have, loose }), _) => {
                out.push(Effect::Trace(Trace::Counted { from, answer, ballot, have, needed, towards, loose }));
            }
            (Tally::Stale(_), Tally::Of(Count { nodes: have, loose })) => {
                let (have, loose) = (*have, loose.clone());
                out.push(Effect::Trace(Trace::Counted { from, answer, ballot, have, needed, towards, loose }));
            }
            (Tally::Stale(_), Tally::Stale(late)) => {
                out.push(Effect::Trace(Trace::Stale { from, message: answer, ballot, late: *late }));
            }
        }
        if let Tally::Quorum(Count { loose, .. }, chosen) = known {
            out.push(Effect::Trace(Trace::Learned { chosen, loose, size }));
            self.learned(out);
        }
        Some(())
    }

    /// The outcome is known: nothing is left to wait for.
    fn learned(&mut self, out: &mut Vec<Effect>) {
        out.push(Effect::CancelTimer(Timer::Learn));
        if let Some(proposer) = &mut self.proposer {
            proposer.settle();
            self.tries = 0;
            out.push(Effect::CancelTimer(Timer::Retry));
        }
    }

    fn on_nack(&mut self, from: NodeId, nack: &Nack, out: &mut Vec<Effect>) -> Option<()> {
        let Nack { ballot, promised } = *nack;
        let proposer = self.proposer.as_mut()?;
        if !proposer.rejected(nack) {
            let late = proposer.ballot().map_or(Late::Idle, Late::Other);
            out.push(Effect::Trace(Trace::Stale { from, message: MessageKind::Nack, ballot, late }));
            return Some(());
        }
        out.push(Effect::Trace(Trace::GaveUp { ballot, promised, by: from }));
        self.failed();
        if self.settings.eager {
            self.begin(out);
        } else {
            out.push(Effect::SetTimer { timer: Timer::Retry, tries: self.tries });
        }
        Some(())
    }

    /// One more try has come to nothing. Without backoff they are not counted: the wait does not grow.
    fn failed(&mut self) {
        if !self.settings.eager {
            self.tries = self.tries.saturating_add(1);
        }
    }

    /// A vote was cast here and its outcome is not known here: wait for it, but not for ever.
    fn await_outcome(&mut self, out: &mut Vec<Effect>) {
        let (Some(acceptor), Some(proposer), Some(learner)) = (&self.acceptor, &self.proposer, &self.learner) else {
            return;
        };
        let voted = !acceptor.votes().is_empty();
        if voted && learner.learned(SLOT).is_none() && proposer.ballot().is_none() {
            out.push(Effect::SetTimer { timer: Timer::Learn, tries: 0 });
        }
    }
}

fn send(to: NodeSet, message: &Message, out: &mut Vec<Effect>) {
    for to in to {
        out.push(Effect::Send { to, message: message.clone() });
    }
}

fn reject(to: NodeId, request: MessageKind, nack: Nack, out: &mut Vec<Effect>) {
    out.push(Effect::Trace(Trace::Rejected { to, request, nack: nack.clone() }));
    out.push(Effect::Send { to, message: Message::Nack(nack) });
}

#[cfg(test)]
mod tests;
