//! One moment of a run, and how it becomes the next.

use alloc::{string::String, sync::Arc, vec::Vec};

use super::circumstances::Past;
use super::{Event, EventKind};
use crate::check::{Finding, Observed, Observer, Violation};
use crate::digest::digest;
use crate::json::{Json, Object};
use crate::limits::max_steps;
#[cfg(feature = "log")]
use crate::log::ClientId;
use crate::sim::{
    Action, Clock, Cluster, Config, ConfigError, Envelope, Fact, NotEnabled, Reason, Records, Replica, Schedule,
    Server, Time,
};

/// Steps and interventions kept free for the power cuts of a run that is as long as it may be.
pub(super) const SPARE: u64 = 1000;

/// A cluster, its clock and its observer, on one step counter.
///
/// * Every applied action is one step. The events of the step from *n* to *n* + 1 carry *n* + 1.
/// * The digest covers every event so far: equal digests, equal runs.
/// * It is the present and nothing else: how it came about, and the way back, are for [`super::History`]. So copies of
///   it are small, however long the run.
#[derive(Clone, Debug)]
pub struct Simulation {
    config: Arc<Config>,
    cluster: Cluster,
    schedule: Schedule,
    observer: Observer,
    step: u64,
    digest: u64,
    violations: Vec<(u64, Violation)>,
    facts: Scratch,
    past: Past,
}

/// The list that a step's facts are collected in. It is empty between two steps, and only its memory is kept: a copy of
/// a moment has nothing to copy here.
#[derive(Debug, Default)]
struct Scratch(Vec<Fact>);

impl Clone for Scratch {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// From one step of a guided run to the next, in simulated milliseconds, where nothing says more.
const STRIDE: Time = 5;

/// What the clock would do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// When, in simulated milliseconds.
    pub at: Time,
    /// What.
    pub action: Action,
    /// What that is, in a few words.
    pub says: String,
}

words! {
    /// Why nothing happens next.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Ended {
        /// Nothing is left to happen: only somebody who interferes can bring about more.
        NothingLeft = "nothing-left",
        /// The run is as long as a run may be.
        Limit = "limit",
    }
}

/// The refusal of a run that has no room left.
pub(super) fn too_long(action: &Action) -> NotEnabled {
    NotEnabled::new(action, Reason::new("this run is as long as a run may be; start a new one", [0, 0]))
}

impl From<Next> for Json {
    fn from(Next { at, action, says }: Next) -> Self {
        Object::new().with("at", at).with("action", &action).with("says", says).into()
    }
}

impl Simulation {
    /// A run at step 0.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let cluster = Cluster::new(&config)?;
        let mut schedule = Schedule::new(&config);
        schedule.begin(&cluster);
        let observer = Observer::new(&cluster);
        #[cfg(feature = "log")]
        let observer = match config.begins() {
            Some(begins) => observer.of_beginning(begins, config.log.sessions),
            None => observer,
        };
        Ok(Self {
            schedule,
            observer,
            past: Past::new(&cluster),
            cluster,
            config: Arc::new(config),
            step: 0,
            digest: 0,
            violations: Vec::new(),
            facts: Scratch::default(),
        })
    }

    /// What it started from.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The world now.
    #[must_use]
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The clock now.
    #[must_use]
    pub const fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// What is chosen, and what is broken.
    #[must_use]
    pub const fn observer(&self) -> &Observer {
        &self.observer
    }

    /// When a client asked for what it asked for last, in simulated milliseconds.
    #[must_use]
    #[cfg(feature = "log")]
    pub fn asked_at(&self, client: ClientId) -> Option<Time> {
        self.past.asked_at(client)
    }

    /// Steps so far.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.step
    }

    /// A digest of every event so far, 16 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        crate::digest::hexadecimal(self.digest)
    }

    /// [`Simulation::digest`] as a number.
    pub(crate) const fn fingerprint(&self) -> u64 {
        self.digest
    }

    /// What is durable on every server, that of server 1 first.
    #[must_use]
    pub fn durable(&self) -> Vec<Records> {
        self.cluster.nodes().map(|node| self.cluster.server(node).disk().durable().clone()).collect()
    }

    /// Broken invariants, each with the step that broke it.
    #[must_use]
    pub fn violations(&self) -> &[(u64, Violation)] {
        &self.violations
    }

    /// What the clock does next, unless somebody interferes; `None` when nothing is left to happen, or the run has
    /// reached its longest.
    #[must_use]
    pub fn next(&self) -> Option<Next> {
        let (at, action) = self.planned()?;
        Some(Next { at, says: self.cluster.describe(&action), action })
    }

    /// [`Simulation::next`] without a word about it.
    pub(super) fn planned(&self) -> Option<(Time, Action)> {
        if self.is_full() { None } else { self.schedule.next(&self.cluster) }
    }

    /// When the clock does what it does next.
    pub(super) fn next_at(&self) -> Option<Time> {
        self.planned().map(|(at, _)| at)
    }

    /// Why the clock does nothing next; `None` when it does something.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        match self.planned() {
            Some(_) => None,
            None if self.is_full() => Some(Ended::Limit),
            None => Some(Ended::NothingLeft),
        }
    }

    /// Whether the clock stops because the run has reached its longest.
    fn is_full(&self) -> bool {
        self.step + SPARE >= max_steps(self.config.nodes)
    }

    /// Follows the clock for one step; `None` when nothing is left to happen.
    pub fn step(&mut self) -> Option<Vec<Event>> {
        let mut events = Vec::new();
        self.step_into(&mut events).then_some(events)
    }

    /// [`Simulation::step`] for whoever keeps a list of events: whether a step happened, whose events are at its end.
    pub(super) fn step_into(&mut self, events: &mut Vec<Event>) -> bool {
        let Some((at, action)) = self.planned() else { return false };
        self.follow(at, &action, events);
        true
    }

    /// What the clock planned happens.
    pub(super) fn follow(&mut self, at: Time, action: &Action, events: &mut Vec<Event>) {
        self.schedule.advance(at);
        self.perform(action, events);
    }

    /// Whether something the clock did not choose may happen now.
    ///
    /// # Errors
    /// [`NotEnabled`], with the reason.
    pub fn check(&self, action: &Action) -> Result<(), NotEnabled> {
        // A power cut must always be possible: it is how a kept run is taken up again.
        let spare = if *action == Action::PowerCut { 0 } else { SPARE };
        if self.step + spare >= max_steps(self.config.nodes) {
            return Err(too_long(action));
        }
        self.cluster.check(action)
    }

    /// Does something the clock did not choose, now.
    ///
    /// # Errors
    /// [`NotEnabled`], and nothing has changed.
    pub fn apply(&mut self, action: &Action) -> Result<Vec<Event>, NotEnabled> {
        self.check(action)?;
        let mut events = Vec::new();
        self.apply_into(action, None, &mut events);
        Ok(events)
    }

    /// [`Simulation::apply`] at a time, in milliseconds since the run began; a time that is past means now.
    ///
    /// # Errors
    /// [`NotEnabled`], and nothing has changed.
    pub fn apply_at(&mut self, action: &Action, at: Time) -> Result<Vec<Event>, NotEnabled> {
        self.check(action)?;
        let mut events = Vec::new();
        self.apply_into(action, Some(at), &mut events);
        Ok(events)
    }

    /// [`Simulation::apply`] at a time, if one is given, for whoever knows already that the action may happen, and keeps a
    /// list of events.
    pub(super) fn apply_into(&mut self, action: &Action, at: Option<Time>, events: &mut Vec<Event>) {
        self.schedule.advance(self.turn(action, at));
        self.perform(action, events);
    }

    /// When something happens that the clock did not choose: when somebody says, or else now; in a guided run when it is
    /// due, or a little later than now.
    pub(super) fn turn(&self, action: &Action, at: Option<Time>) -> Time {
        let now = self.schedule.now();
        if let Some(at) = at {
            return at.max(now);
        }
        if self.config.clock == Clock::Seeded {
            return now;
        }
        let soon = if self.step == 0 { now } else { now + STRIDE };
        self.schedule.due(action).map_or(soon, |due| due.max(soon))
    }

    /// The step happens, and everyone who watches is told.
    fn perform(&mut self, action: &Action, events: &mut Vec<Event>) {
        let facts = &mut self.facts.0;
        self.cluster.perform(action, facts);
        self.step += 1;
        let (step, at, first) = (self.step, self.schedule.now(), events.len());
        let Observed { steps, findings } = self.observer.observe(&self.cluster, facts);
        self.schedule.observe(&self.cluster, facts);
        self.past.take_in(&self.cluster, at, facts);
        let (past, cluster, observer) = (&self.past, &self.cluster, &self.observer);
        events.extend(facts.drain(..).map(|fact| {
            let known = past.of_fact(&fact, cluster, observer);
            Event { step, at, kind: EventKind::Fact(fact), spec: Vec::new(), known }
        }));
        for (position, action) in steps {
            events[first + position].spec.push(action);
        }
        for finding in findings {
            let known = match &finding {
                Finding::Chosen(chosen) => self.past.of_choice(chosen, &self.cluster),
                Finding::Violated(violation) => {
                    self.violations.push((step, violation.clone()));
                    self.past.of_finding(&self.cluster)
                }
                #[cfg(feature = "log")]
                Finding::ChosenInSlot(chosen) => self.past.of_choice(chosen, &self.cluster),
            };
            events.push(Event { step, at, kind: finding.into(), spec: Vec::new(), known });
        }
        self.digest = digest(&events[first..], self.digest);
    }

    /// Roughly how many bytes a copy of this moment takes.
    pub(super) fn approx_bytes(&self) -> usize {
        // A message is in the network, in its transit and in the clock's queue.
        let messages = self.cluster.messages() * 3 * size_of::<Envelope>();
        let servers = self.cluster.nodes().map(|node| {
            let server = self.cluster.server(node);
            let replica = server.replica().map_or(0, Replica::approx_bytes);
            2 * size_of::<Server>() + replica + server.disk().durable().approx_bytes()
        });
        size_of::<Self>() + messages + servers.sum::<usize>() + self.observer.approx_bytes()
    }
}
