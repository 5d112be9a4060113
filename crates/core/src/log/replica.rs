//! One server: acceptor, learner, and whatever it is at present (follower, candidate or leader), behind one door.
//!
//! Here is what every server does. What a candidate and a leader do is in `leading`.

use alloc::{collections::VecDeque, sync::Arc, vec::Vec};

use litemap::LiteMap;

use super::{
    Accept, Accepted, Answer, Candidate, Command, Effect, Election, Entry, Hearing, Heartbeat, Input, Leader, Learned,
    Machine, Message, MessageKind, Promise, Records, Reply, Rule, Settings, Snapshot, Timer, Trace,
};
use crate::endpoint::Endpoint;
use crate::paxos::{self, Acceptor, Ballot, Known, Nack, NodeId, NodeSet, Prepare, Slot};

/// What a server is at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It votes and learns.
    Follower,
    /// It stands for leader: phase 1.
    Candidate {
        /// The phase 1 under way.
        candidate: Candidate,
        /// The requests that came meanwhile, in order.
        queue: VecDeque<Arc<Command>>,
        /// Whether it has its quorum, and learns what somebody who promised knows before it decides.
        catches_up: bool,
    },
    /// It leads.
    Leader(Leader),
}

/// One server.
///
/// Whatever it says rests on what it wrote before: see [`Effect::Send`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    pub(super) me: NodeId,
    pub(super) settings: Arc<Settings>,
    /// Whether it may stand: it plays that part, and knows which ballots it used.
    pub(super) proposes: bool,
    pub(super) known: Known,
    pub(super) acceptor: Option<Acceptor<Entry>>,
    pub(super) role: Role,
    pub(super) learned: Learned,
    pub(super) machine: Machine,
    pub(super) hearing: Hearing,
    /// Whether it waits to stand.
    pub(super) stands_soon: bool,
    /// The server that leads, as far as this one knows.
    pub(super) leader: Option<NodeId>,
    /// The highest index it heard.
    pub(super) heard_to: Slot,
    /// The first slot that it lacked at its last heartbeat, though somebody knows it.
    pub(super) lacks: Option<Slot>,
    /// The commands that it proposed, until it knows what is chosen in their slots.
    pub(super) asked: LiteMap<Slot, Arc<Command>>,
    /// Failed tries so far, and the slots up to which they count.
    pub(super) tries: u32,
    pub(super) repeats_to: Slot,
    /// Its latest durable snapshot.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    /// The first slot that it still has its votes of.
    pub(super) kept_from: Slot,
    /// The last slot of the latest snapshot that it took or installed, durable or not.
    pub(super) taken_to: Slot,
}

impl Replica {
    /// A server as its disk knows it. Starting and restarting are this one call, followed by [`Input::Start`]. What it knew to
    /// be chosen, and its store, it has from its snapshot, if it has one; the rest it learns anew. On a disk that replaces a lost one, it no longer knows which ballots it used: it
    /// never stands again, and only learns.
    #[must_use]
    pub fn recover(me: NodeId, settings: Arc<Settings>, durable: &Records) -> Self {
        let paxos::Settings { roles, rules, .. } = settings.paxos;
        let Records { paxos: durable, snapshot } = durable;
        let votes = roles.acceptors.contains(me) && !(durable.lost && rules.on(paxos::Rule::WipedStaysSilent));
        let kept_from = snapshot.as_ref().map_or(1, |stored| stored.kept_from);
        let snapshot = snapshot.as_ref().map(|stored| stored.snapshot.clone());
        let taken_to = snapshot.as_ref().map_or(0, |snapshot| snapshot.to);
        let most = settings.sessions;
        let machine =
            snapshot.as_ref().map_or_else(|| Machine::new(most), |snapshot| Machine::from_snapshot(snapshot, most));
        Self {
            me,
            proposes: roles.proposers.contains(me) && !durable.lost,
            known: Known::recover(rules, durable),
            acceptor: votes.then(|| Acceptor::recover(rules, durable)),
            role: Role::Follower,
            learned: Learned::after(taken_to),
            machine,
            hearing: Hearing::default(),
            stands_soon: false,
            leader: None,
            heard_to: 0,
            lacks: None,
            asked: LiteMap::new(),
            tries: 0,
            repeats_to: 0,
            snapshot,
            kept_from,
            taken_to,
            settings,
        }
    }

    /// Its settings change under it: somebody switched a rule.
    pub fn change(&mut self, settings: Arc<Settings>) {
        self.settings = settings;
    }

    /// Its acceptor, if it plays that part.
    #[must_use]
    pub const fn acceptor(&self) -> Option<&Acceptor<Entry>> {
        self.acceptor.as_ref()
    }

    /// What it is at present.
    #[must_use]
    pub const fn role(&self) -> &Role {
        &self.role
    }

    /// What it knows to be chosen.
    #[must_use]
    pub const fn learned(&self) -> &Learned {
        &self.learned
    }

    /// Its store and its sessions.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Whom it hears.
    #[must_use]
    pub const fn hearing(&self) -> &Hearing {
        &self.hearing
    }

    /// The server that leads, as far as it knows.
    #[must_use]
    pub const fn leader(&self) -> Option<NodeId> {
        match &self.role {
            Role::Leader(_) => Some(self.me),
            _ => self.leader,
        }
    }

    /// The ballot it leads or stands with.
    #[must_use]
    pub const fn own_ballot(&self) -> Option<Ballot> {
        match &self.role {
            Role::Follower => None,
            Role::Candidate { candidate, .. } => Some(candidate.ballot()),
            Role::Leader(leader) => Some(leader.ballot()),
        }
    }

    /// The ballot it follows: the one it leads or stands with, or else the highest it promised.
    #[must_use]
    pub fn follows(&self) -> Option<Ballot> {
        self.own_ballot().or_else(|| self.acceptor.as_ref().and_then(Acceptor::promised))
    }

    /// Whether it is content.
    #[must_use]
    pub fn is_content(&self) -> bool {
        let leads = matches!(self.role, Role::Leader(_));
        self.hearing.is_content(self.me, leads, self.follows(), &self.settings)
    }

    /// Roughly how many bytes a copy of it takes that shares what it can.
    pub(crate) fn approx_bytes(&self) -> usize {
        let votes = self.acceptor.as_ref().map_or(0, |acceptor| acceptor.votes().approx_bytes());
        votes + self.learned.approx_bytes() + self.machine.approx_bytes()
    }

    /// Takes one input, and appends what is to be done about it.
    pub fn handle(&mut self, input: Input, out: &mut Vec<Effect>) {
        match input {
            Input::Start => {
                self.send_heartbeats(out);
                out.push(Effect::SetTimer { timer: Timer::Heartbeat, tries: 0 });
                let never_started = self.known == Known::default();
                if never_started && self.proposes && self.settings.first == Some(self.me) {
                    self.stand(out);
                }
            }
            Input::Receive { from: Endpoint::Client(_), message: Message::Request(command) } => {
                self.request(command, out);
            }
            Input::Receive { from: Endpoint::Client(_), .. } => {}
            Input::Receive { from: Endpoint::Server(from), message } => self.receive(from, message, out),
            Input::Timeout(Timer::Heartbeat) => self.tick(out),
            Input::Timeout(Timer::Stand) => {
                self.stands_soon = false;
                if self.should_stand() {
                    self.stand(out);
                }
            }
            Input::Timeout(Timer::Repeat) => self.repeat(out),
            Input::TakeSnapshot => self.take_snapshot(true, out),
            Input::Stored(stored) => self.stored(&stored, out),
            Input::Stand => {
                if self.may_stand() {
                    out.push(Effect::Trace(Trace::LetStand));
                    self.stand(out);
                }
            }
        }
    }

    fn receive(&mut self, from: NodeId, message: Message, out: &mut Vec<Effect>) {
        self.heed(from, &message, out);
        let kind = message.kind();
        let heeded = match message {
            Message::Heartbeat(heartbeat) => self.on_heartbeat(from, heartbeat, out),
            Message::Prepare(prepare) => self.on_prepare(from, &prepare, out),
            Message::Promise(promise) => self.on_promise(from, &promise, out),
            Message::Accept(accept) => self.on_accept(from, &accept, out),
            Message::Accepted(accepted) => self.on_accepted(from, &accepted, out),
            // That it met a higher ballot is all that a refusal says.
            Message::Nack(_) => Some(()),
            Message::Fetch(fetch) => self.on_fetch(from, &fetch, out),
            Message::Fetched(fetched) => self.on_fetched(from, fetched, out),
            Message::Snapshot(fetched) => self.on_snapshot(from, &fetched.snapshot, out),
            Message::Confirm(confirm) => self.on_confirm(from, &confirm, out),
            Message::Confirmed(confirmed) => self.on_confirmed(from, &confirmed, out),
            Message::Request(_) | Message::Answer(_) => None,
        };
        if heeded.is_none() {
            out.push(Effect::Trace(Trace::NotMyRole { from, message: kind }));
        }
    }

    /// A higher ballot in any message ends whatever this server is: whoever promised it votes for this server no more.
    fn heed(&mut self, from: NodeId, message: &Message, out: &mut Vec<Effect>) {
        let Some(ballot) = message.ballot() else { return };
        self.known.saw(ballot);
        if self.own_ballot().is_some_and(|own| own < ballot) {
            self.step_down(ballot, from, out);
        }
    }

    /// Time for a heartbeat.
    fn tick(&mut self, out: &mut Vec<Effect>) {
        self.hearing.tick();
        self.send_heartbeats(out);
        out.push(Effect::SetTimer { timer: Timer::Heartbeat, tries: 0 });
        self.fetch_what_lacks(out);
        if self.should_stand() {
            if !self.stands_soon {
                self.stands_soon = true;
                let hears = self.hearing.heard().map(|(node, _)| node).collect();
                let careful = self.settings.election == Election::Content;
                let stands = self.hearing.stands_for_a_reason(self.me, &self.settings);
                let although =
                    self.settings.rules.unless_on(Rule::ContentBeforeStanding).filter(|_| careful && !stands);
                out.push(Effect::Trace(Trace::Discontent { hears, although }));
                out.push(Effect::SetTimer { timer: Timer::Stand, tries: 0 });
            }
        } else if self.stands_soon {
            self.stands_soon = false;
            out.push(Effect::CancelTimer(Timer::Stand));
        }
    }

    pub(super) fn send_heartbeats(&self, out: &mut Vec<Effect>) {
        let heartbeat = Heartbeat {
            ballot: self.follows(),
            leads: matches!(self.role, Role::Leader(_)),
            content: self.is_content(),
            chosen_to: self.learned.to(),
        };
        let mut others = self.everyone();
        others.remove(self.me);
        for to in others {
            out.push(send(to, Message::Heartbeat(heartbeat.clone())));
        }
    }

    fn everyone(&self) -> NodeSet {
        let roles = &self.settings.paxos.roles;
        roles.proposers.iter().chain(roles.acceptors).chain(roles.learners).collect()
    }

    /// Whether it plays that part, and neither stands nor leads.
    #[must_use]
    pub const fn may_stand(&self) -> bool {
        self.proposes && matches!(self.role, Role::Follower)
    }

    fn should_stand(&self) -> bool {
        self.may_stand() && !self.is_content() && self.hearing.may_stand(self.me, &self.settings)
    }

    fn on_heartbeat(&mut self, from: NodeId, heartbeat: Heartbeat, out: &mut Vec<Effect>) -> Option<()> {
        if heartbeat.leads && heartbeat.ballot >= self.follows() {
            self.leader = Some(from);
        }
        self.heard_to = self.heard_to.max(heartbeat.chosen_to);
        let index = heartbeat.ballot.filter(|_| heartbeat.leads).map(|ballot| (ballot, heartbeat.chosen_to));
        self.hearing.hear(from, heartbeat);
        if let Some((ballot, to)) = index {
            self.hear_index(from, ballot, to, out);
        }
        Some(())
    }

    /// Phase 1b.
    fn on_prepare(&mut self, from: NodeId, prepare: &Prepare, out: &mut Vec<Effect>) -> Option<()> {
        let acceptor = self.acceptor.as_mut()?;
        let before = acceptor.promised();
        match acceptor.prepare(prepare.ballot, prepare.from) {
            Ok(mut promise) => {
                let ballot = promise.ballot;
                let mut although = None;
                if promise.accepted.len() > 1 {
                    although = self.settings.rules.unless_on(Rule::ReportEveryVote);
                }
                if although.is_some() {
                    promise.accepted.drain(..promise.accepted.len() - 1);
                }
                let votes = promise.accepted.len() as u32;
                let (kept_from, looks_empty) = self.says_kept_from(prepare.from);
                let although = although.or(looks_empty);
                out.push(Effect::Trace(Trace::Promised {
                    to: from,
                    ballot,
                    before,
                    votes,
                    from: prepare.from,
                    although,
                }));
                if before != Some(ballot) {
                    out.push(Effect::Write(paxos::Record::Promised(ballot).into()));
                    self.leader = None;
                }
                if from != self.me {
                    self.hearing.promised();
                }
                let promise = Promise { promise, chosen_to: self.learned.to(), kept_from };
                out.push(send(from, Message::Promise(promise)));
            }
            Err(nack) => reject(from, MessageKind::Prepare, nack, out),
        }
        Some(())
    }

    /// Phase 2b.
    fn on_accept(&mut self, from: NodeId, Accept { vote, chosen_to }: &Accept, out: &mut Vec<Effect>) -> Option<()> {
        self.heard_to = self.heard_to.max(*chosen_to);
        self.acceptor.as_ref()?;
        match self.vote(vote, out) {
            Ok(()) => {
                self.leader = Some(from);
                out.push(send(from, Message::Accepted(Accepted { ballot: vote.ballot, slot: vote.slot })));
            }
            Err(nack) => reject(from, MessageKind::Accept, nack, out),
        }
        self.hear_index(from, vote.ballot, *chosen_to, out);
        Some(())
    }

    /// Casts a vote here, if the acceptor may.
    pub(super) fn vote(&mut self, vote: &paxos::Vote<Entry>, out: &mut Vec<Effect>) -> Result<(), Nack> {
        let Some(acceptor) = &mut self.acceptor else { return Ok(()) };
        let before = acceptor.promised();
        let earlier = acceptor.vote(vote.slot);
        let (voted, again) = (earlier.map(|vote| vote.ballot), earlier == Some(vote));
        let (_, although) = acceptor.accept(self.settings.paxos.rules, &paxos::Accept(vote.clone()))?;
        let paxos::Vote { slot, ballot, value: entry } = vote.clone();
        out.push(Effect::Trace(Trace::Accepted { ballot, slot, entry, before, voted, although }));
        if acceptor.promised() != before {
            out.push(Effect::Write(paxos::Record::Promised(ballot).into()));
        }
        if !again {
            out.push(Effect::Write(paxos::Record::Accepted(vote.clone()).into()));
        }
        Ok(())
    }

    pub(super) fn answer(&self, command: &Command, reply: Reply, although: Option<Rule>, out: &mut Vec<Effect>) {
        let Command { client, seq, .. } = *command;
        out.push(Effect::Trace(Trace::Answered { client, seq, reply: reply.clone(), although }));
        Self::say(command, reply, out);
    }

    /// What its client is told.
    pub(super) fn say(&Command { client, seq, .. }: &Command, reply: Reply, out: &mut Vec<Effect>) {
        let message = Message::Answer(Answer { client, seq, reply });
        out.push(Effect::Send { to: Endpoint::Client(client), message });
    }
}

pub(super) const fn send(to: NodeId, message: Message) -> Effect {
    Effect::Send { to: Endpoint::Server(to), message }
}

pub(super) fn reject(to: NodeId, request: MessageKind, nack: Nack, out: &mut Vec<Effect>) {
    out.push(Effect::Trace(Trace::Rejected { to, request, nack: nack.clone() }));
    out.push(send(to, Message::Nack(nack)));
}
