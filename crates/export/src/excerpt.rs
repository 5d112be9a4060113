//! An excerpt of a run, gathered for whoever draws it: each message with its way, each server with what it holds.
//!
//! Events say that a message left and that it arrived; a picture needs to know where it was in between. So the excerpt
//! is played again, and the clock is asked after each step.

use alloc::{format, string::String, vec::Vec};

use super::value_style::ValueStyles;
use quorum_core::paxos::{self, Ballot, Chosen, Learner, NodeId, Replica, Scheme, Value, Vote};
use quorum_core::run::{Annotation, BeatSize, Event, EventKind, History, Pace, Simulation};
use quorum_core::sim::{Config, Envelope, Fact, MessageId, ServerStatus, Time, Trace};

/// The whole way of a message, from its sender to its receiver.
pub(crate) const WHOLE_WAY: u32 = 1000;

/// What became of a message by the end of the excerpt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrived,
    Lost,
    /// Lost with all others under way, in a power cut.
    CutOff,
    UnderWay,
}

/// The end of a step. Several steps may end at one time, so the time alone does not say which of them has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    pub(crate) at: Time,
    pub(crate) step: u64,
}

impl Moment {
    fn of(now: &Simulation) -> Self {
        Self { at: now.schedule().now(), step: now.steps() }
    }
}

/// A message on its way.
#[derive(Clone, Debug)]
pub(crate) struct MessagePath {
    pub(crate) envelope: Envelope,
    /// Who sent it, and whom it is for.
    pub(crate) ends: (NodeId, NodeId),
    /// The step it was made in, or the one before the excerpt begins.
    pub(crate) since: u64,
    /// Where it was when: times ascend, and ways in thousandths of the whole. Between two points it moves evenly; two
    /// points at the same way: it was held there.
    pub(crate) points: Vec<(Time, u32)>,
    pub(crate) fate: Fate,
    /// When it left and when it would arrive.
    plan: (Time, Time),
    held: bool,
}

/// What a server holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerState {
    pub(crate) status: ServerStatus,
    pub(crate) promised: Option<Ballot>,
    pub(crate) accepted: Option<Vote>,
    pub(crate) learned: Option<Value>,
}

/// Steps `steps` of a run, and the time from `start` to `end` in which they happen.
pub(crate) struct Excerpt {
    pub(crate) config: Config,
    pub(crate) nodes: Vec<NodeId>,
    pub(crate) steps: (u64, u64),
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) events: Vec<Event>,
    /// In the order in which they were made.
    pub(crate) paths: Vec<MessagePath>,
    /// The end of every step, and before them the beginning.
    pub(crate) moments: Vec<Moment>,
    /// For each server what it held from when on; the first is at the start.
    pub(crate) cards: Vec<Vec<(Moment, ServerState)>>,
    /// What is said, and from when on: the notes of the run, and where it has none, or no more, its ideas.
    pub(crate) sayings: Vec<(Moment, String)>,
    /// What nothing else in a page is called.
    pub(crate) name: String,
    /// What had been chosen before the excerpt begins.
    pub(crate) chosen_before: Vec<Chosen>,
    pub(crate) value_styles: ValueStyles,
}

impl Excerpt {
    /// Plays steps `from` to `to` again, both included. Of the notes of the run, those are taken that are in force
    /// then.
    pub(crate) fn of(history: &History, notes: &[Annotation], from: u64, to: u64) -> Self {
        let mut past = history.clone();
        past.seek(from.saturating_sub(1));
        let now = past.now();
        let nodes: Vec<NodeId> = now.cluster().nodes().collect();
        let begin = Moment::of(now);
        let start = begin.at;
        let mut excerpt = Self {
            config: now.config().clone(),
            steps: (now.steps() + 1, now.steps()),
            start,
            end: start,
            events: Vec::new(),
            paths: now
                .cluster()
                .network()
                .in_flight()
                .filter_map(|envelope| MessagePath::begun(envelope, now))
                .collect(),
            moments: [begin].into(),
            cards: nodes.iter().map(|node| [(begin, ServerState::of(now, *node))].into()).collect(),
            sayings: Vec::new(),
            name: String::new(),
            chosen_before: now.observer().chosen().to_vec(),
            value_styles: ValueStyles::met_in(history),
            nodes,
        };
        excerpt.play(&mut past, notes, to);
        excerpt.finish(past.now());
        excerpt.name = format!("q{}-{}-{}-", history.branch().digest(), excerpt.steps.0, excerpt.steps.1);
        excerpt
    }

    /// Follows the run to the end of step `to`, and takes down what is said of it, as the page says it: a note stays
    /// until the next one, and behind the last one ideas are told.
    fn play(&mut self, past: &mut History, notes: &[Annotation], to: u64) {
        let pace = Pace { size: BeatSize::Ideas, notes: notes.iter().map(|note| note.step).collect() };
        let begin = self.moments[0];
        let in_force = notes.iter().rfind(|note| note.step <= begin.step);
        self.sayings.extend(in_force.map(|note| (begin, note.says.clone())));
        let mut beat = None;
        while past.now().steps() < to.min(past.branch().length()) && past.step().is_some() {
            self.take_in(past.now(), past.latest());
            let moment = Moment::of(past.now());
            let note = notes.iter().find(|note| note.step == moment.step);
            self.sayings.extend(note.map(|note| (moment, note.says.clone())));
            let says = past.says(&pace);
            if says.is_empty() || pace.notes.last().is_some_and(|last| moment.step <= *last) {
                continue;
            }
            // What one beat says grows as it goes on.
            let before = past.beat_before(&pace, moment.step);
            match self.sayings.last_mut().filter(|_| beat == Some(before)) {
                Some((_, said)) => *said = says,
                None => self.sayings.push((moment, says)),
            }
            beat = Some(before);
        }
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.config.ballots
    }

    fn take_in(&mut self, now: &Simulation, events: &[Event]) {
        self.steps.1 = now.steps();
        let moment = Moment::of(now);
        self.end = moment.at;
        self.moments.push(moment);
        for event in events {
            if let EventKind::Fact(fact) = &event.kind {
                self.follow(now, fact);
            }
        }
        for (node, cards) in self.nodes.iter().zip(&mut self.cards) {
            let card = ServerState::of(now, *node);
            if cards.last().is_none_or(|(_, last)| *last != card) {
                cards.push((moment, card));
            }
        }
        self.events.extend(events.iter().cloned());
    }

    /// Notes what a fact means for the way of a message.
    fn follow(&mut self, now: &Simulation, fact: &Fact) {
        let at = self.end;
        match fact {
            Fact::Sent(envelope) => self.paths.extend(MessagePath::begun(envelope, now)),
            Fact::Duplicated { envelope, copy } => {
                let way = self.path(envelope.id).map_or(0, |path| path.way(at));
                let twin = now.cluster().network().get(*copy);
                if let Some(path) = twin.and_then(|twin| MessagePath::begun(twin, now)) {
                    self.paths.push(MessagePath { points: [(at, way)].into(), ..path });
                }
            }
            Fact::Delivered(envelope) => self.end_of(envelope.id, Fate::Arrived, WHOLE_WAY),
            Fact::Dropped { envelope, .. } => {
                let way = self.path(envelope.id).map_or(0, |path| path.way(at));
                self.end_of(envelope.id, Fate::Lost, way);
            }
            Fact::Held(envelope) | Fact::Released(envelope) => {
                let transit = now.schedule().transit(envelope.id);
                let Some(path) = self.path(envelope.id) else { return };
                let way = path.way(at);
                path.points.push((at, way));
                path.held = matches!(fact, Fact::Held(_));
                path.plan = transit.map_or(path.plan, |transit| (transit.left, transit.arrives()));
            }
            Fact::PowerCut { .. } => {
                for path in self.paths.iter_mut().filter(|path| path.fate == Fate::UnderWay) {
                    let way = path.way(at);
                    path.points.push((at, way));
                    path.fate = Fate::CutOff;
                }
            }
            _ => {}
        }
    }

    fn path(&mut self, id: MessageId) -> Option<&mut MessagePath> {
        // The latest are the likeliest.
        self.paths.iter_mut().rev().find(|path| path.envelope.id == id)
    }

    fn end_of(&mut self, id: MessageId, fate: Fate, way: u32) {
        let at = self.end;
        if let Some(path) = self.path(id) {
            if path.held {
                let held_at = path.way(at);
                path.points.push((at, held_at));
            }
            path.points.push((at, way));
            path.fate = fate;
        }
    }

    fn finish(&mut self, now: &Simulation) {
        let end = now.schedule().now();
        for path in self.paths.iter_mut().filter(|path| path.fate == Fate::UnderWay) {
            let way = path.way(end);
            path.points.push((end, way));
        }
    }

    /// What is chosen in the excerpt, and when.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = (Moment, &Chosen)> {
        self.events.iter().filter_map(|event| match &event.kind {
            EventKind::Chosen(chosen) => Some((Moment { at: event.at, step: event.step }, chosen)),
            _ => None,
        })
    }

    /// What a server learns in the excerpt, and when.
    pub(crate) fn learned(&self) -> impl Iterator<Item = (Time, NodeId, &Chosen)> {
        self.events.iter().filter_map(|event| match &event.kind {
            EventKind::Fact(Fact::Did { node, trace: Trace::Paxos(paxos::Trace::Learned { chosen, .. }) }) => {
                Some((event.at, *node, chosen))
            }
            _ => None,
        })
    }
}

impl MessagePath {
    /// A message that has just left, or was under way already; `None` of another protocol.
    fn begun(envelope: &Envelope, now: &Simulation) -> Option<Self> {
        let (from, to, _) = envelope.paxos()?;
        let at = now.schedule().now();
        let held = now.cluster().network().is_held(envelope.id);
        let transit = now.schedule().transit(envelope.id);
        let plan = transit.map_or((at, at), |transit| (transit.left, transit.arrives()));
        let way = if held { transit.map_or(0, |transit| transit.progress()) } else { between(plan, at) };
        Some(Self {
            envelope: envelope.clone(),
            ends: (from, to),
            since: now.steps(),
            points: [(at, way)].into(),
            fate: Fate::UnderWay,
            plan,
            held,
        })
    }

    /// How far it has come.
    fn way(&self, at: Time) -> u32 {
        let last = self.points.last().map_or(0, |(_, way)| *way);
        // A copy begins where its original was, so by the plan alone it might seem to go back.
        if self.held { last } else { between(self.plan, at).max(last) }
    }

    /// The message itself.
    pub(crate) fn message(&self) -> &paxos::Message {
        let message = self.envelope.message.paxos();
        message.unwrap_or_else(|| unreachable!("a path is made of messages of single-decree Paxos only"))
    }

    /// When it was first seen.
    pub(crate) fn begin(&self) -> Time {
        self.points.first().map_or(0, |(at, _)| *at)
    }

    /// When it was last seen.
    pub(crate) fn end(&self) -> Time {
        self.points.last().map_or(0, |(at, _)| *at)
    }

    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.fate, Fate::Lost | Fate::CutOff)
    }

    pub(crate) fn is_to_itself(&self) -> bool {
        self.ends.0 == self.ends.1
    }
}

fn between((left, arrives): (Time, Time), at: Time) -> u32 {
    let under_way = at.clamp(left, arrives) - left;
    // Latencies are at most a minute, so this neither overflows nor exceeds the whole way.
    (under_way * Time::from(WHOLE_WAY) / (arrives - left).max(1)) as u32
}

impl ServerState {
    fn of(now: &Simulation, node: NodeId) -> Self {
        let server = now.cluster().server(node);
        let replica = server.paxos();
        // Of a server that is down, the disk is all there is.
        let (promised, accepted) = match (replica.and_then(Replica::acceptor), server.disk().durable().paxos()) {
            (Some(acceptor), _) => (acceptor.promised(), acceptor.votes().last().cloned()),
            (None, Some(kept)) => (kept.promised, kept.accepted.last().cloned()),
            (None, None) => (None, None),
        };
        let learned = replica.and_then(Replica::learner).and_then(|learner| Learner::all(learner).last());
        let learned = learned.map(|(_, value)| value.clone());
        Self { status: server.status(), promised, accepted, learned }
    }
}
