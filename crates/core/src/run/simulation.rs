//! A run in progress.

use alloc::{string::String, vec::Vec};

use xxhash_rust::xxh64::xxh64;

use super::{Event, Happening, Intervention, Run};
use crate::check::{Finding, Observer, Violation};
use crate::json::{Json, Object};
use crate::limits::{MAX_INTERVENTIONS, MAX_STEPS};
use crate::sim::{Action, Cluster, Config, ConfigError, Fact, NotPossible, Schedule, Time};

/// Steps and interventions kept free for the power cuts of a run that is as long as it may be.
const SPARE: u64 = 1000;

/// A cluster, its clock and its observer, on one step counter.
///
/// * Every applied action is one step. The events of the step from *n* to *n* + 1 carry *n* + 1.
/// * The digest covers every event so far: equal digests, equal runs.
#[derive(Clone, Debug)]
pub struct Simulation {
    config: Config,
    cluster: Cluster,
    schedule: Schedule,
    observer: Observer,
    step: u64,
    digest: u64,
    interventions: Vec<Intervention>,
    violations: Vec<(u64, Violation)>,
}

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

/// What must be kept outside before an action may happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Commitment {
    /// The run up to and including the action.
    pub run: Run,
    /// Every server's disk after it.
    pub disks: Json,
}

impl From<Next> for Json {
    fn from(Next { at, action, says }: Next) -> Self {
        Object::new().with("at", at).with("action", &action).with("says", says).into()
    }
}

impl From<Commitment> for Json {
    fn from(Commitment { run, disks }: Commitment) -> Self {
        Object::new().with("run", &run).with("disks", disks).into()
    }
}

impl Simulation {
    /// A run at step 0.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let cluster = Cluster::new(&config)?;
        Ok(Self {
            schedule: Schedule::new(&config),
            observer: Observer::new(cluster.settings().quorums),
            cluster,
            config,
            step: 0,
            digest: 0,
            interventions: Vec::new(),
            violations: Vec::new(),
        })
    }

    /// What it started from.
    #[must_use]
    pub const fn config(&self) -> &Config {
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

    /// Steps so far.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.step
    }

    /// A digest of every event so far, 16 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        alloc::format!("{:016x}", self.digest)
    }

    /// What was done to it by others than the clock.
    #[must_use]
    pub fn interventions(&self) -> &[Intervention] {
        &self.interventions
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
        if self.step + SPARE >= MAX_STEPS {
            return None;
        }
        let (at, action) = self.schedule.next(&self.cluster)?;
        Some(Next { at, says: self.says(&action), action })
    }

    /// Follows the clock for one step; `None` when nothing is left to happen.
    pub fn step(&mut self) -> Option<Vec<Event>> {
        if self.step + SPARE >= MAX_STEPS {
            return None;
        }
        let (at, action) = self.schedule.next(&self.cluster)?;
        self.schedule.advance(at);
        match self.cluster.apply(&action) {
            Ok(facts) => Some(self.take_in(facts)),
            Err(refusal) => panic!("the clock named an action that is not possible. {refusal}"),
        }
    }

    /// Whether something the clock did not choose may happen now.
    ///
    /// # Errors
    /// [`NotPossible`], with the reason.
    pub fn check(&self, action: &Action) -> Result<(), NotPossible> {
        // A power cut must always be possible: it is how a kept run is taken up again.
        let spare = if *action == Action::PowerCut { 0 } else { SPARE };
        if self.step + spare >= MAX_STEPS || self.interventions.len() as u64 + spare >= MAX_INTERVENTIONS as u64 {
            return Err(NotPossible::new(action, "this run is as long as a run may be; start a new one".into()));
        }
        self.cluster.check(action)
    }

    /// Does something the clock did not choose, now.
    ///
    /// # Errors
    /// [`NotPossible`], and nothing has changed.
    pub fn apply(&mut self, action: &Action) -> Result<Vec<Event>, NotPossible> {
        self.check(action)?;
        let facts = self.cluster.apply(action)?;
        self.interventions.push(Intervention { step: self.step, action: action.clone() });
        Ok(self.take_in(facts))
    }

    /// The step happened: everyone who watches is told.
    fn take_in(&mut self, facts: Vec<Fact>) -> Vec<Event> {
        self.step += 1;
        let (step, at) = (self.step, self.schedule.now());
        let findings = self.observer.observe(&self.cluster, &facts);
        self.schedule.observe(&self.cluster, &facts);
        self.violations.extend(findings.iter().filter_map(|finding| match finding {
            Finding::Violated(violation) => Some((step, violation.clone())),
            Finding::Chosen(_) => None,
        }));
        let happenings = facts.into_iter().map(Happening::Fact).chain(findings.into_iter().map(Happening::from));
        let events: Vec<_> = happenings.map(|happening| Event { step, at, happening }).collect();
        // Serialising into memory fails only for types that cannot be serialised at all.
        let bytes = postcard::to_allocvec(&events).unwrap_or_else(|_| unreachable!("events can be serialised"));
        self.digest = xxh64(&bytes, self.digest);
        events
    }

    /// What must be kept outside before `action` (or else what the clock does next) may happen: `None` when it
    /// changes nothing that survives a crash.
    ///
    /// # Errors
    /// [`NotPossible`] when the action cannot happen.
    pub fn commitment(&self, action: Option<&Action>) -> Result<Option<Commitment>, NotPossible> {
        let planned = match action {
            Some(action) => {
                self.check(action)?;
                action.clone()
            }
            None => match self.next() {
                Some(next) => next.action,
                None => return Ok(None),
            },
        };
        if !planned.changes_what_survives() {
            return Ok(None);
        }
        let mut after = self.clone();
        match action {
            Some(action) => drop(after.apply(action)?),
            None => drop(after.step()),
        }
        Ok(Some(Commitment { run: after.run(), disks: after.disks() }))
    }

    /// The run so far, to be kept and replayed.
    #[must_use]
    pub fn run(&self) -> Run {
        Run {
            quorum: Run::FORMAT,
            engine: Run::ENGINE.into(),
            config: self.config.clone(),
            interventions: self.interventions.clone(),
            cursor: self.step,
            length: self.step,
            digest: self.digest(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paxos::NodeId;

    #[test]
    fn what_needs_no_commitment_changes_no_disk_and_a_commitment_is_what_the_disks_become() {
        let mut simulation = Simulation::new(Config { nodes: 5, ..Config::default() }).unwrap();
        for (node, value) in [(1, "blue"), (4, "red")] {
            let node = NodeId::new(node).unwrap();
            simulation.apply(&Action::Propose { node, value: value.parse().unwrap() }).unwrap();
        }
        let mut committed = 0;
        while let Some(next) = simulation.next() {
            let commitment = simulation.commitment(None).unwrap();
            assert_eq!(simulation.next(), Some(next), "asking changes nothing");
            let before = simulation.disks();
            simulation.step().unwrap();
            match commitment {
                None => assert_eq!(simulation.disks(), before),
                Some(Commitment { run, disks }) => {
                    committed += 1;
                    assert_eq!((run, disks), (simulation.run(), simulation.disks()));
                }
            }
        }
        assert!(committed > 10);
    }
}
