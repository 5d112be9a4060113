//! One server: any subset of the three roles behind one door.
//!
//! Inputs go in, ordered effects come out. The replica joins the roles and decides what neither of them may:
//! what must be on disk before what is said, and when to try again. It counts tries; how long to wait after so
//! many tries is the world's business, as is every clock.

use alloc::{sync::Arc, vec::Vec};

use serde::Serialize;

use super::{
    Accept, Accepted, Acceptor, Ballot, Chosen, Count, Decision, Exhausted, Kind, Learner, Message, Nack, NodeId,
};
use super::{NodeSet, Prepare, Promise, Proposer, Quorums, Record, Records, Scheme, Slot, Value, Vote};

/// Single-decree Paxos agrees on this one slot.
const SLOT: Slot = 0;

/// A part a server plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Wants values chosen.
    Proposer,
    /// Votes.
    Acceptor,
    /// Finds out.
    Learner,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Proposer, Self::Acceptor, Self::Learner];

    /// Its name in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proposer => "proposer",
            Self::Acceptor => "acceptor",
            Self::Learner => "learner",
        }
    }
}

/// Which servers play which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Those that may propose.
    pub proposers: NodeSet,
    /// Those that vote.
    pub acceptors: NodeSet,
    /// Those that are told of votes.
    pub learners: NodeSet,
}

/// What every server of a cluster knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who plays which part.
    pub roles: Roles,
    /// How many is enough.
    pub quorums: Quorums,
    /// How ballots are numbered.
    pub scheme: Scheme,
    /// Whether an outbid proposer begins again at once, without backing off. It then takes a higher prepare at its
    /// own acceptor as being outbid, too; two such proposers can keep each other from ever finishing.
    pub eager: bool,
}

/// Something a server waits for. Setting a timer that is set starts it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Timer {
    /// The proposer tries again.
    Retry,
    /// The server voted, and never heard what came of it: it will find out by proposing (*Paxos Made Simple*, §2.3).
    Learn,
}

impl Timer {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Retry, Self::Learn];

    /// Its name in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Learn => "learn",
        }
    }
}

/// What happens to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// It has just started, for the first time or again.
    Start,
    /// A client asks it to propose.
    Request(Value),
    /// A message reaches it.
    Receive {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        message: Message,
    },
    /// A timer it set has run out.
    Timeout(Timer),
}

/// What a server does about it, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make this durable.
    Write(Record),
    /// Say this, once everything written before is durable.
    Send {
        /// To whom; possibly itself.
        to: NodeId,
        /// What.
        message: Message,
    },
    /// Wake me up. The more failed tries, the later.
    SetTimer {
        /// Which timer.
        timer: Timer,
        /// Failed tries so far.
        tries: u32,
    },
    /// Do not, after all.
    CancelTimer(Timer),
    /// For whoever watches: what the algorithm just did. Changes nothing.
    Note(Note),
}

/// One thing the algorithm did, with what made it do so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Note {
    /// A client asked for a value.
    Proposed(Value),
    /// Phase 1 begins.
    Prepares {
        /// The ballot it is about.
        ballot: Ballot,
    },
    /// The acceptor promised.
    Promised {
        /// To whom.
        to: NodeId,
        /// The ballot it is about.
        ballot: Ballot,
        /// What was promised before.
        before: Option<Ballot>,
        /// The vote reported along with it.
        reports: Option<Vote>,
    },
    /// The acceptor voted.
    Accepted {
        /// The vote.
        vote: Vote,
        /// What was promised before.
        before: Option<Ballot>,
    },
    /// The acceptor refused.
    Rejected {
        /// To whom.
        to: NodeId,
        /// Which request was refused.
        request: Kind,
        /// The refusal, with the promise that caused it.
        nack: Nack,
    },
    /// An answer was counted, and it was not yet enough.
    Counted {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of answer.
        answer: Kind,
        /// The ballot it is about.
        ballot: Ballot,
        /// Who has answered so far.
        have: NodeSet,
        /// How many answers make a quorum.
        needed: u32,
    },
    /// An answer completed a quorum.
    Quorum {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of answer.
        answer: Kind,
        /// The ballot it is about.
        ballot: Ballot,
        /// Who answered.
        nodes: NodeSet,
    },
    /// The proposer must propose a value that somebody voted for.
    Adopted {
        /// The vote.
        vote: Vote,
        /// The highest vote reported.
        reported: Vote,
        /// Whose message told of it.
        by: NodeId,
        /// What the proposer's own client wants.
        asked: Option<Value>,
    },
    /// The proposer may propose its client's value.
    FreeChoice(Vote),
    /// The proposer has nothing to propose.
    NothingToPropose {
        /// The ballot it is about.
        ballot: Ballot,
    },
    /// The proposer gave an attempt up, because of a higher promise.
    GaveUp {
        /// The ballot it is about.
        ballot: Ballot,
        /// The higher ballot promised.
        promised: Ballot,
        /// Whose message told of it.
        by: NodeId,
    },
    /// The proposer has no ballot left that is high enough.
    Exhausted(Exhausted),
    /// The learner knows.
    Learned(Chosen),
    /// The message concerns a role this server does not play, or no longer may.
    NotMyRole {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of message.
        message: Kind,
    },
    /// The message came too late to matter.
    Stale {
        /// Who sent the message.
        from: NodeId,
        /// Which kind of message.
        message: Kind,
        /// The ballot it is about.
        ballot: Ballot,
    },
}

/// One server.
///
/// Whatever it says rests on what it wrote before: see [`Effect::Send`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    me: NodeId,
    settings: Arc<Settings>,
    acceptor: Option<Acceptor>,
    proposer: Option<Proposer>,
    learner: Option<Learner>,
    tries: u32,
}

impl Replica {
    /// A server as its disk knows it. Starting and restarting are this one call, followed by [`Input::Start`].
    ///
    /// On a disk that replaces a lost one, only the learner comes back: the server no longer knows what it
    /// promised, what it voted for, or which ballots it used.
    #[must_use]
    pub fn recover(me: NodeId, settings: Arc<Settings>, durable: &Records) -> Self {
        let Settings { roles, quorums, scheme, .. } = *settings;
        let plays = |players: NodeSet| players.contains(me);
        Self {
            me,
            settings,
            acceptor: (plays(roles.acceptors) && !durable.lost).then(|| Acceptor::recover(durable)),
            proposer: (plays(roles.proposers) && !durable.lost)
                .then(|| Proposer::recover(me, scheme, quorums, durable.round)),
            learner: plays(roles.learners).then(|| Learner::new(quorums)),
            tries: 0,
        }
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
        out.push(Effect::Note(Note::Proposed(value.clone())));
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
            out.push(Effect::Note(Note::NotMyRole { from, message: kind }));
        }
    }

    /// Phase 1a.
    fn begin(&mut self, out: &mut Vec<Effect>) {
        let Some(proposer) = &mut self.proposer else {
            return;
        };
        match proposer.prepare(SLOT) {
            Ok(prepare) => {
                let ballot = prepare.ballot;
                out.push(Effect::Note(Note::Prepares { ballot }));
                out.push(Effect::Write(Record::Round(ballot.round)));
                send(self.settings.roles.acceptors, &Message::Prepare(prepare), out);
                out.push(Effect::SetTimer { timer: Timer::Retry, tries: self.tries });
            }
            Err(exhausted) => {
                out.push(Effect::Note(Note::Exhausted(exhausted)));
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
                out.push(Effect::Note(Note::Promised { to: from, ballot, before, reports }));
                if before != Some(ballot) {
                    out.push(Effect::Write(Record::Promised(ballot)));
                }
                out.push(Effect::Send { to: from, message: Message::Promise(promise) });
                self.see(ballot, from, out);
            }
            Err(nack) => reject(from, Kind::Prepare, nack, out),
        }
        Some(())
    }

    /// Somebody else's ballot was promised here. A patient proposer only remembers it, to go above it next time;
    /// an eager one takes it for a defeat (§2.3: "abandon a proposal if some proposer has begun trying to issue a
    /// higher-numbered one").
    fn see(&mut self, promised: Ballot, by: NodeId, out: &mut Vec<Effect>) {
        let Some(proposer) = &mut self.proposer else {
            return;
        };
        proposer.saw(promised);
        match proposer.ballot() {
            Some(ballot) if ballot < promised && self.settings.eager => {
                out.push(Effect::Note(Note::GaveUp { ballot, promised, by }));
                self.begin(out);
            }
            _ => {}
        }
    }

    /// Phase 2a, at a quorum of promises.
    fn on_promise(&mut self, from: NodeId, promise: &Promise, out: &mut Vec<Effect>) -> Option<()> {
        let proposer = self.proposer.as_mut()?;
        let (ballot, answer) = (promise.ballot, Kind::Promise);
        let needed = self.settings.quorums.phase1;
        let decision = match proposer.promised(from, promise, SLOT) {
            Count::Stale => {
                out.push(Effect::Note(Note::Stale { from, message: answer, ballot }));
                return Some(());
            }
            Count::Of(have) => {
                out.push(Effect::Note(Note::Counted { from, answer, ballot, have, needed }));
                return Some(());
            }
            Count::Quorum(nodes, decision) => {
                out.push(Effect::Note(Note::Quorum { from, answer, ballot, nodes }));
                decision
            }
        };
        let accept = match decision {
            Decision::Adopt { accept, reported, by } => {
                let (vote, asked) = (accept.0.clone(), proposer.asked().cloned());
                out.push(Effect::Note(Note::Adopted { vote, reported, by, asked }));
                accept
            }
            Decision::Free(accept) => {
                out.push(Effect::Note(Note::FreeChoice(accept.0.clone())));
                accept
            }
            Decision::Nothing => {
                out.push(Effect::Note(Note::NothingToPropose { ballot }));
                out.push(Effect::CancelTimer(Timer::Retry));
                return Some(());
            }
        };
        send(self.settings.roles.acceptors, &Message::Accept(accept), out);
        out.push(Effect::SetTimer { timer: Timer::Retry, tries: self.tries });
        Some(())
    }

    /// Phase 2b.
    fn on_accept(&mut self, from: NodeId, accept: &Accept, out: &mut Vec<Effect>) -> Option<()> {
        let acceptor = self.acceptor.as_mut()?;
        let before = acceptor.promised();
        let known = acceptor.votes().any(|vote| *vote == accept.0);
        match acceptor.accept(accept) {
            Ok(Accepted(vote)) => {
                let ballot = vote.ballot;
                out.push(Effect::Note(Note::Accepted { vote: vote.clone(), before }));
                if before != Some(ballot) {
                    out.push(Effect::Write(Record::Promised(ballot)));
                }
                if !known {
                    out.push(Effect::Write(Record::Accepted(vote.clone())));
                }
                let mut told = self.settings.roles.learners;
                told.insert(from);
                send(told, &Message::Accepted(Accepted(vote)), out);
                if from != self.me {
                    self.see(ballot, from, out);
                }
                self.await_outcome(out);
            }
            Err(nack) => reject(from, Kind::Accept, nack, out),
        }
        Some(())
    }

    /// A vote: the proposer counts it if it is for its ballot, the learner in any case.
    fn on_accepted(&mut self, from: NodeId, accepted: &Accepted, out: &mut Vec<Effect>) -> Option<()> {
        if self.proposer.is_none() && self.learner.is_none() {
            return None;
        }
        let (ballot, answer) = (accepted.0.ballot, Kind::Accepted);
        let needed = self.settings.quorums.phase2;
        let mine = self.proposer.as_mut().map_or(Count::Stale, |proposer| proposer.accepted(from, accepted));
        let known = self.learner.as_mut().map_or(Count::Stale, |learner| learner.accepted(from, accepted));
        match (&mine, &known) {
            (Count::Quorum(nodes, ()), _) => {
                out.push(Effect::Note(Note::Quorum { from, answer, ballot, nodes: *nodes }));
                self.tries = 0;
                out.push(Effect::CancelTimer(Timer::Retry));
            }
            // That it now knows says it all.
            (_, Count::Quorum(..)) => {}
            (Count::Of(have), _) | (_, Count::Of(have)) => {
                out.push(Effect::Note(Note::Counted { from, answer, ballot, have: *have, needed }));
            }
            (Count::Stale, Count::Stale) => out.push(Effect::Note(Note::Stale { from, message: answer, ballot })),
        }
        if let Count::Quorum(_, chosen) = known {
            self.learned(chosen, out);
        }
        Some(())
    }

    /// The outcome is known: nothing is left to wait for.
    fn learned(&mut self, chosen: Chosen, out: &mut Vec<Effect>) {
        out.push(Effect::Note(Note::Learned(chosen)));
        out.push(Effect::CancelTimer(Timer::Learn));
        if let Some(proposer) = &mut self.proposer {
            proposer.settle();
            self.tries = 0;
            out.push(Effect::CancelTimer(Timer::Retry));
        }
    }

    fn on_nack(&mut self, from: NodeId, nack: &Nack, out: &mut Vec<Effect>) -> Option<()> {
        let Nack { ballot, promised } = *nack;
        if !self.proposer.as_mut()?.rejected(nack) {
            out.push(Effect::Note(Note::Stale { from, message: Kind::Nack, ballot }));
            return Some(());
        }
        out.push(Effect::Note(Note::GaveUp { ballot, promised, by: from }));
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
        let voted = acceptor.votes().next().is_some();
        if voted && learner.learned(SLOT).is_none() && proposer.ballot().is_none() {
            out.push(Effect::SetTimer { timer: Timer::Learn, tries: 0 });
        }
    }
}

fn send(to: NodeSet, message: &Message, out: &mut Vec<Effect>) {
    out.extend(to.iter().map(|to| Effect::Send { to, message: message.clone() }));
}

fn reject(to: NodeId, request: Kind, nack: Nack, out: &mut Vec<Effect>) {
    out.push(Effect::Note(Note::Rejected { to, request, nack: nack.clone() }));
    out.push(Effect::Send { to, message: Message::Nack(nack) });
}
