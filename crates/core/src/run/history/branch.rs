//! One course a run took.

use alloc::{string::String, vec::Vec};

use super::beats::Steps;
use super::keyframes::Keyframes;
use crate::run::{Event, EventKind, Intervention, Simulation};
use crate::sim::Fact;

/// The number of a branch, from 1, in the order branches were made. It is never given to another.
pub type BranchId = u32;

/// Where a branch left another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The branch it left.
    pub branch: BranchId,
    /// After how many steps: so many the two have in common.
    pub step: u64,
}

words! {
    /// A moment worth finding again.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Mark {
        /// A person, or whoever else is not the clock, did something.
        Intervention = "intervention",
        /// A server stopped.
        Crash = "crash",
        /// A value was chosen.
        Chosen = "chosen",
        /// An invariant broke.
        Violation = "violation",
    }
}

impl Mark {
    /// What an event adds to the marks of its step.
    const fn of(event: &Event) -> Option<Self> {
        match &event.kind {
            EventKind::Chosen(_) => Some(Self::Chosen),
            #[cfg(feature = "log")]
            EventKind::ChosenInSlot(_) => None,
            EventKind::Violated(_) => Some(Self::Violation),
            EventKind::Fact(Fact::Crashed { .. }) => Some(Self::Crash),
            EventKind::Fact(_) => None,
        }
    }
}

/// One course a run took, from its beginning to the last step anyone has seen.
///
/// * It is whole: what it has in common with the branch it left is in both.
/// * Interventions ascend, at most one after each step, all before its end; marks ascend.
#[derive(Clone, Debug)]
pub struct Branch {
    pub(super) id: BranchId,
    pub(super) name: String,
    pub(super) fork: Option<Fork>,
    pub(super) interventions: Vec<Intervention>,
    pub(super) length: u64,
    pub(super) digest: u64,
    pub(super) marks: Vec<(u64, Mark)>,
    pub(super) steps: Steps,
    pub(super) keyframes: Keyframes,
}

impl Branch {
    pub(super) fn new(beginning: &Simulation) -> Self {
        Self {
            id: 1,
            name: "First run".into(),
            fork: None,
            interventions: Vec::new(),
            length: beginning.steps(),
            digest: beginning.fingerprint(),
            marks: Vec::new(),
            steps: Steps::default(),
            keyframes: Keyframes::new(beginning.clone()),
        }
    }

    /// A branch that leaves this one at a moment of it.
    pub(super) fn fork(&self, id: BranchId, name: String, at: &Simulation) -> Self {
        let step = at.steps();
        Self {
            id,
            name,
            fork: Some(Fork { branch: self.id, step }),
            interventions: self.interventions_until(step).to_vec(),
            length: step,
            digest: at.fingerprint(),
            marks: self.marks[..self.marks.partition_point(|(marked, _)| *marked <= step)].to_vec(),
            steps: self.steps.until(step),
            keyframes: self.keyframes.until(step),
        }
    }

    /// Takes in a step beyond what had been seen of it. Whether it is kept as a keyframe.
    pub(super) fn grow(&mut self, now: &Simulation, events: &[Event]) -> bool {
        let step = now.steps();
        self.length = step;
        self.digest = now.fingerprint();
        for mark in events.iter().filter_map(Mark::of) {
            if self.marks.last() != Some(&(step, mark)) {
                self.marks.push((step, mark));
            }
        }
        self.steps.push(events, now);
        self.keyframes.offer(now)
    }

    /// Takes in an intervention that is about to happen after its last step.
    pub(super) fn intervene(&mut self, intervention: Intervention) {
        if !intervention.happened_by_itself() {
            self.marks.push((intervention.step + 1, Mark::Intervention));
        }
        self.interventions.push(intervention);
    }

    /// What was done to it in its first `step` steps.
    pub(super) fn interventions_until(&self, step: u64) -> &[Intervention] {
        &self.interventions[..self.interventions.partition_point(|intervention| intervention.step < step)]
    }

    /// What was done to it after exactly `step` steps.
    pub(in crate::run) fn intervention_at(&self, step: u64) -> Option<&Intervention> {
        // At the end, where most steps are made, there is none.
        self.interventions.last().filter(|last| last.step >= step)?;
        let at = self.interventions.binary_search_by_key(&step, |intervention| intervention.step).ok()?;
        self.interventions.get(at)
    }

    /// Its number.
    #[must_use]
    pub const fn id(&self) -> BranchId {
        self.id
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it left another; `None` for the first.
    #[must_use]
    pub const fn left(&self) -> Option<Fork> {
        self.fork
    }

    /// How many steps it has.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The digest of all its events, 16 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        crate::digest::hexadecimal(self.digest)
    }

    /// What was done to it, in order of steps.
    #[must_use]
    pub fn interventions(&self) -> &[Intervention] {
        &self.interventions
    }

    /// What there is to find in it, in order of steps: each with the step that made it.
    #[must_use]
    pub fn marks(&self) -> &[(u64, Mark)] {
        &self.marks
    }
}
