//! An excerpt of a run, gathered for whoever draws it: each message with its way, each server with what it holds.
//!
//! Events say that a message left and that it arrived; a picture needs to know where it was in between. So the excerpt
//! is played again, and the clock is asked after each step.

mod operations;
mod path;
mod state;

use alloc::{format, string::String, vec::Vec};

use super::ballot_style::BallotStyles;
use super::in_force;
use super::shapes::{self, kind_of};
use super::value_style::ValueStyles;
use quorum_core::log::{self, Client, ClientId, Entry};
use quorum_core::paxos::{self, Chosen, NodeId, Scheme};
use quorum_core::run::{Annotation, BeatSize, Event, EventKind, History, Pace, Simulation};
use quorum_core::sim::{Config, Fact, MessageId, ProtocolKind, Time, Timer, Trace};

pub(crate) use operations::Operation;
pub(crate) use path::{Fate, MessagePath, WHOLE_WAY};
pub(crate) use state::{Kept, Knowledge, OfLog, OfValue, ServerState};

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

    /// `Step 4 · 0 ms`.
    pub(crate) fn says(self) -> String {
        format!("Step {} · {} ms", self.step, self.at)
    }
}

/// A sentence, and the steps that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saying {
    /// From when on it is said.
    pub(crate) since: Moment,
    /// The first of its steps, and the end of the last.
    pub(crate) begin: u64,
    pub(crate) end: Moment,
    pub(crate) says: String,
}

impl Saying {
    /// A note is about one step, which may be before the excerpt in which it is said.
    fn note(note: &Annotation, since: Moment, end: Moment) -> Self {
        Self { since, begin: end.step, end, says: note.says.clone() }
    }

    /// Which steps, and when, as the page says it: `Step 4 · 0 ms`, `Steps 4 to 7 · 12 ms`.
    pub(crate) fn when(&self) -> String {
        let Moment { at, step } = self.end;
        if self.begin < step { format!("Steps {} to {step} · {at} ms", self.begin) } else { self.end.says() }
    }
}

/// Steps `steps` of a run, and the time from `start` to `end` in which they happen.
pub(crate) struct Excerpt {
    pub(crate) config: Config,
    pub(crate) nodes: Vec<NodeId>,
    /// The clients of a log.
    pub(crate) clients: Vec<ClientId>,
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
    /// What is said: the notes of the run, and where it has none, or no more, its ideas.
    pub(crate) sayings: Vec<Saying>,
    /// What nothing else in a page is called.
    pub(crate) name: String,
    /// What had been chosen before the excerpt begins.
    pub(crate) chosen_before: Vec<Chosen>,
    pub(crate) value_styles: ValueStyles,
    /// In a log colour means ballot.
    pub(crate) ballot_styles: BallotStyles,
    /// What clients of a log asked, as far as something of it is in the excerpt.
    pub(crate) operations: Vec<Operation>,
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
            paths: now.cluster().network().in_flight().map(|envelope| MessagePath::begun(envelope, now)).collect(),
            moments: [begin].into(),
            cards: nodes.iter().map(|node| [(begin, ServerState::of(now, *node))].into()).collect(),
            sayings: Vec::new(),
            name: String::new(),
            chosen_before: now.observer().chosen().to_vec(),
            value_styles: ValueStyles::met_in(history),
            ballot_styles: BallotStyles::met_in(history, to),
            operations: Vec::new(),
            clients: now.cluster().clients().map(Client::id).collect(),
            nodes,
        };
        excerpt.play(&mut past, notes, to);
        excerpt.finish(past.now());
        excerpt.operations = operations::within(past.now(), &excerpt.moments);
        excerpt.name = format!("q{}-{}-{}-", history.branch().digest(), excerpt.steps.0, excerpt.steps.1);
        excerpt
    }

    /// Follows the run to the end of step `to`, and takes down what is said of it, as the page says it: a note stays
    /// until the next one, and behind the last one ideas are told.
    fn play(&mut self, past: &mut History, notes: &[Annotation], to: u64) {
        let pace = Pace { size: BeatSize::Ideas, notes: notes.iter().map(|note| note.step).collect() };
        let begin = self.moments[0];
        self.sayings.extend(
            in_force(notes, past, begin.step)
                .map(|note| Saying::note(note, begin, Moment::of(&past.moment(note.step)))),
        );
        let mut beat = None;
        while past.now().steps() < to.min(past.branch().length()) && past.step().is_some() {
            self.take_in(past.now(), past.latest());
            let end = Moment::of(past.now());
            let note = notes.iter().find(|note| note.step == end.step);
            self.sayings.extend(note.map(|note| Saying::note(note, end, end)));
            let says = past.says(&pace);
            if says.is_empty() || pace.notes.last().is_some_and(|last| end.step <= *last) {
                continue;
            }
            // What one beat says grows as it goes on.
            let before = past.beat_before(&pace, end.step);
            match self.sayings.last_mut().filter(|_| beat == Some(before)) {
                Some(said) if said.says == says => {}
                Some(said) => (said.end, said.says) = (end, says),
                None => {
                    let begin = past.heard().first().map_or(end.step, |event| event.step);
                    self.sayings.push(Saying { since: end, begin, end, says });
                }
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
            Fact::Sent(envelope) => self.paths.push(MessagePath::begun(envelope, now)),
            Fact::Duplicated { envelope, copy } => {
                let way = self.path(envelope.id).map_or(0, |path| path.way(at));
                let twin = now.cluster().network().get(*copy);
                if let Some(twin) = twin {
                    let path = MessagePath::begun(twin, now);
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

    /// What is chosen in slots of a log in the excerpt, and when.
    pub(crate) fn chosen_in_slots(&self) -> impl Iterator<Item = (Moment, &Chosen<Entry>)> {
        self.events.iter().filter_map(|event| match &event.kind {
            EventKind::ChosenInSlot(chosen) => Some((Moment { at: event.at, step: event.step }, chosen)),
            _ => None,
        })
    }

    /// The end of a step, or of the nearest one in the excerpt.
    pub(crate) fn moment(&self, step: u64) -> Moment {
        operations::moment_of(&self.moments, step)
    }

    /// Whether it is one of a log.
    pub(crate) fn is_log(&self) -> bool {
        self.config.protocol == ProtocolKind::Log
    }

    /// The times by which a picture divides its length: when something happened, the start and the end. Where nothing but
    /// heartbeats goes on, a log waits.
    pub(crate) fn times(&self) -> impl Iterator<Item = Time> {
        let paths = self.paths.iter().filter(|path| !path.is_quiet()).flat_map(|path| [path.begin(), path.end()]);
        let events = self.events.iter().filter(|event| !is_quiet(event)).map(|event| event.at);
        events.chain(paths).chain([self.start, self.end])
    }

    /// What the picture is of, in words: `Paxos on 3 servers`.
    pub(crate) fn subject(&self) -> String {
        let many = |count: usize, one: &str| match count {
            1 => format!("1 {one}"),
            more => format!("{more} {one}s"),
        };
        let servers = many(self.nodes.len(), "server");
        match self.config.protocol {
            ProtocolKind::Single => format!("Paxos on {servers}"),
            ProtocolKind::Log => format!("A replicated log on {servers} with {}", many(self.clients.len(), "client")),
        }
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

/// Whether it is only that a server says that it is there.
fn is_quiet(event: &Event) -> bool {
    match &event.kind {
        EventKind::Fact(Fact::TimedOut { timer, .. }) => *timer == Timer::Log(log::Timer::Heartbeat),
        EventKind::Fact(fact) => fact.envelope().is_some_and(|envelope| shapes::is_quiet(kind_of(&envelope.message))),
        _ => false,
    }
}
