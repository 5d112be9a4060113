//! Questions about other moments than the present, and about other branches. Asking moves nothing.

use alloc::vec::Vec;

use super::prepared::PendingSave;
use super::{Branch, BranchError, BranchId, History, repeat};
use crate::run::{Event, Run, Simulation};
use crate::sim::Time;

impl History {
    /// The events of the current branch's steps `from` to `to`, both included, whether or not they are before the
    /// present.
    #[must_use]
    pub fn events(&self, from: u64, to: u64) -> Vec<Event> {
        let mut moment = self.moment(from.saturating_sub(1));
        let mut events = Vec::new();
        while moment.steps() < to.min(self.branch().length) {
            repeat(self.branch(), &mut moment, &mut events);
        }
        events
    }

    /// A moment of the current branch, or its end if it has fewer steps.
    #[must_use]
    pub fn moment(&self, step: u64) -> Simulation {
        let branch = self.branch();
        let step = step.min(branch.length);
        let mut moment = self.nearest(|moment| moment.steps() <= step).clone();
        let mut passed = Vec::new();
        while moment.steps() < step && repeat(branch, &mut moment, &mut passed) {
            passed.clear();
        }
        moment
    }

    /// The last step on record of the current branch at or before a time.
    #[must_use]
    pub fn step_at(&self, time: Time) -> u64 {
        let by_then = |moment: &Simulation| moment.schedule().now() <= time;
        // Mostly it is the present: somebody watches, and seldom is a step due with a frame.
        if by_then(&self.now) && self.next_at().is_none_or(|next| next > time) {
            return self.now.steps();
        }
        let mut moment = self.nearest(by_then).clone();
        let (mut step, mut passed) = (0, Vec::new());
        while by_then(&moment) {
            step = moment.steps();
            if step == self.branch().length || !repeat(self.branch(), &mut moment, &mut passed) {
                break;
            }
            passed.clear();
        }
        step
    }

    /// When what comes next happens; `None` when nothing does.
    #[must_use]
    pub fn next_at(&self) -> Option<Time> {
        match self.recorded() {
            Some(intervention) => Some(self.now.turn(&intervention.action, intervention.at)),
            None => self.now.next_at(),
        }
    }

    /// What is to be kept of the current branch: all of it, and the disks at its end, wherever the present is.
    #[must_use]
    pub fn saved(&self) -> PendingSave {
        let length = self.branch().length;
        let disks = if self.is_at_end() { self.now.durable() } else { self.moment(length).durable() };
        PendingSave { run: self.run_at(self.branch(), length), disks }
    }

    /// A branch as a run of its own, with its end as the cursor.
    ///
    /// # Errors
    /// A sentence, when there is no such branch.
    pub fn run_of(&self, id: BranchId) -> Result<Run, BranchError> {
        let branch = &self.branches[self.index(id)?];
        Ok(self.run_at(branch, branch.length))
    }

    /// The current branch with the present as its cursor, to be kept and replayed.
    #[must_use]
    pub fn run(&self) -> Run {
        self.run_at(self.branch(), self.now.steps())
    }

    fn run_at(&self, branch: &Branch, cursor: u64) -> Run {
        Run::of(self.now.config(), branch.interventions.clone(), cursor, branch.length, branch.digest())
    }

    /// The latest moment at hand of which this is true: true of the beginning, and once false of one, false of those after.
    fn nearest(&self, is_it: impl Fn(&Simulation) -> bool) -> &Simulation {
        let kept = self.branch().keyframes.last_of(&is_it);
        if is_it(&self.now) && kept.steps() <= self.now.steps() { &self.now } else { kept }
    }
}
