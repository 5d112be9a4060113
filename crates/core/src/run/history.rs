//! A run with a way back.
//!
//! Nothing here runs backwards. A moment of the past is had again by going forward to it, from the nearest moment that
//! was kept (a *keyframe*): the same config and the same interventions lead to the same events, so what is reached is
//! what was. That is why a way back costs next to nothing for each step, and why nothing had to be written twice.
//!
//! Doing something in the past that was not done there then *forks* the run: what is done now begins a branch, and the
//! former future stays, whole, as the branch it was. Going on where something is on record only repeats the record.

mod branch;
mod keyframes;

use alloc::{string::String, string::ToString, vec::Vec};
use core::fmt;

pub use branch::{Branch, BranchId, Fork, Mark};

use super::simulation::{SPARE, too_long};
use super::{Event, Intervention, Next, Run, Simulation};
use crate::limits::{MAX_BRANCHES, MAX_INTERVENTIONS, MAX_NAME_BYTES};
use crate::sim::{Action, Config, ConfigError, NotEnabled, Records};
use crate::text::capital;

/// What must be kept outside before an action may happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Commitment {
    /// The run up to and including the action.
    pub run: Run,
    /// Every server's disk after it.
    pub disks: Vec<Records>,
}

/// Why something cannot be done to a branch: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchError(String);

impl fmt::Display for BranchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for BranchError {}

/// A run in progress, everything that led to the present, and every course it took besides.
///
/// * The present is a moment of the current branch, at its end or before.
/// * Before the end, a step repeats what is on record. At the end, it follows the clock.
/// * There is always a branch, and each is whole: any of them alone is a run.
#[derive(Clone, Debug)]
pub struct History {
    now: Simulation,
    latest: Vec<Event>,
    branches: Vec<Branch>,
    current: usize,
    last_id: BranchId,
}

impl History {
    /// A run at step 0.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let now = Simulation::new(config)?;
        let branches = [Branch::new(&now)].into();
        Ok(Self { now, latest: Vec::new(), branches, current: 0, last_id: 1 })
    }

    /// The present.
    #[must_use]
    pub const fn now(&self) -> &Simulation {
        &self.now
    }

    /// The events of the step that led to the present.
    #[must_use]
    pub fn latest(&self) -> &[Event] {
        &self.latest
    }

    /// The branch the present is a moment of.
    #[must_use]
    pub fn branch(&self) -> &Branch {
        &self.branches[self.current]
    }

    /// All branches, in the order they were made.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Whether nothing is on record after the present.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.now.steps() == self.branch().length
    }

    /// What happens next: what is on record, or else what the clock does; `None` when nothing is left to happen.
    #[must_use]
    pub fn next(&self) -> Option<Next> {
        match self.recorded() {
            Some(Intervention { action, .. }) => {
                let (at, says) = (self.now.turn(action), self.now.cluster().describe(action));
                Some(Next { at, action: action.clone(), says })
            }
            None => self.now.next(),
        }
    }

    /// Repeats the next step on record; at the end, follows the clock for one step. `None` when nothing is left to
    /// happen.
    pub fn step(&mut self) -> Option<&[Event]> {
        let events = repeat(&self.branches[self.current], &mut self.now)?;
        Some(self.took(events))
    }

    /// Whether something may be done now.
    ///
    /// # Errors
    /// [`NotEnabled`], with the reason.
    pub fn check(&self, action: &Action) -> Result<(), NotEnabled> {
        self.now.check(action)?;
        if self.repeats(action) {
            return Ok(());
        }
        // A power cut must always be possible: it is how a kept run is taken up again.
        let spare = if *action == Action::PowerCut { 0 } else { SPARE as usize };
        if self.branch().interventions_until(self.now.steps()).len() + spare >= MAX_INTERVENTIONS {
            return Err(too_long(action));
        }
        if !self.is_at_end() && self.branches.len() >= MAX_BRANCHES {
            return Err(NotEnabled::new(action, full()));
        }
        Ok(())
    }

    /// Does something now. Where it is on record already it is repeated; elsewhere before the end it begins a branch.
    ///
    /// # Errors
    /// [`NotEnabled`], and nothing has changed.
    pub fn apply(&mut self, action: &Action) -> Result<&[Event], NotEnabled> {
        self.check(action)?;
        if !self.repeats(action) {
            if !self.is_at_end() {
                self.begin_branch(capital(&self.now.cluster().describe(action)));
            }
            let intervention = Intervention { step: self.now.steps(), action: action.clone() };
            self.branches[self.current].intervene(intervention);
        }
        let events = self.now.apply(action)?;
        Ok(self.took(events))
    }

    /// Goes to a moment of the current branch, or to its end if it has fewer steps.
    pub fn seek(&mut self, step: u64) {
        let step = step.min(self.branch().length);
        if step == self.now.steps() {
            return;
        }
        // The step before it, and one more: the latest events belong to the present.
        let mut now = self.moment(step.saturating_sub(1));
        self.latest = if step == 0 { Vec::new() } else { repeat(self.branch(), &mut now).unwrap_or_default() };
        self.now = now;
    }

    /// Begins a branch here, with the same past and no future yet; at the end, there is nothing to leave.
    ///
    /// # Errors
    /// A sentence, when there are too many branches already.
    pub fn fork(&mut self) -> Result<(), BranchError> {
        if self.is_at_end() {
            return Ok(());
        }
        if self.branches.len() >= MAX_BRANCHES {
            return Err(BranchError(capital(&full()) + "."));
        }
        self.begin_branch(alloc::format!("From step {}", self.now.steps()));
        Ok(())
    }

    /// Goes to the end of a branch.
    ///
    /// # Errors
    /// A sentence, when there is no such branch.
    pub fn switch(&mut self, id: BranchId) -> Result<(), BranchError> {
        self.current = self.index(id)?;
        // Nothing of the other branch may be taken for a moment of this one.
        self.now = self.branch().keyframes.before(0).clone();
        self.latest.clear();
        self.seek(u64::MAX);
        Ok(())
    }

    /// Gives a branch another name.
    ///
    /// # Errors
    /// A sentence, when there is no such branch, or the name is empty or too long.
    pub fn rename(&mut self, id: BranchId, name: &str) -> Result<(), BranchError> {
        let index = self.index(id)?;
        // What a keyboard types; telling all the world's spaces apart takes a table.
        let name = name.trim_ascii();
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return Err(BranchError(alloc::format!("A branch's name is 1 to {MAX_NAME_BYTES} bytes of text.")));
        }
        self.branches[index].name = name.to_string();
        Ok(())
    }

    /// Forgets a branch that is not the current one. Those that left it now leave the one it left.
    ///
    /// # Errors
    /// A sentence, when there is no such branch, or it is the current one.
    pub fn discard(&mut self, id: BranchId) -> Result<(), BranchError> {
        let index = self.index(id)?;
        if index == self.current {
            return Err(BranchError("The branch you are on cannot be discarded: go to another one first.".into()));
        }
        let gone = self.branches.remove(index);
        self.current -= usize::from(index < self.current);
        for branch in &mut self.branches {
            if let Some(fork) = branch.fork.filter(|fork| fork.branch == id) {
                branch.fork = gone.fork.map(|left| Fork { step: left.step.min(fork.step), ..left });
            }
        }
        Ok(())
    }

    /// The events of the current branch's steps `from` to `to`, both included, whether or not they are before the
    /// present.
    #[must_use]
    pub fn events(&self, from: u64, to: u64) -> Vec<Event> {
        let mut moment = self.moment(from.saturating_sub(1));
        let mut events = Vec::new();
        while moment.steps() < to.min(self.branch().length) {
            events.extend(repeat(self.branch(), &mut moment).unwrap_or_default());
        }
        events
    }

    /// A moment of the current branch, or its end if it has fewer steps.
    #[must_use]
    pub fn moment(&self, step: u64) -> Simulation {
        let branch = self.branch();
        let step = step.min(branch.length);
        let kept = branch.keyframes.before(step);
        let nearer = self.now.steps() <= step && kept.steps() <= self.now.steps();
        let mut moment = if nearer { self.now.clone() } else { kept.clone() };
        while moment.steps() < step && repeat(branch, &mut moment).is_some() {}
        moment
    }

    /// What must be kept outside before `action` (or else what comes next) may happen: `None` when what is kept
    /// already leads to the same disks.
    ///
    /// # Errors
    /// [`NotEnabled`] when the action cannot happen.
    pub fn commitment(&self, action: Option<&Action>) -> Result<Option<Commitment>, NotEnabled> {
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
        let repeats = !self.is_at_end() && action.is_none_or(|action| self.repeats(action));
        if repeats || (self.is_at_end() && !planned.changes_what_survives()) {
            return Ok(None);
        }
        let mut after = self.now.clone();
        match action {
            Some(action) => drop(after.apply(action)?),
            None => drop(after.step()),
        }
        let step = self.now.steps();
        let mut interventions = self.branch().interventions_until(step).to_vec();
        if let Some(action) = action {
            interventions.push(Intervention { step, action: action.clone() });
        }
        let disks = after.durable();
        let run = Run::of(after.config(), interventions, after.steps(), after.steps(), after.digest());
        Ok(Some(Commitment { run, disks }))
    }

    /// The current branch with the present as its cursor, to be kept and replayed.
    #[must_use]
    pub fn run(&self) -> Run {
        let Branch { interventions, length, .. } = self.branch();
        Run::of(self.now.config(), interventions.clone(), self.now.steps(), *length, self.branch().digest())
    }

    /// How many keyframes the current branch keeps, and about how many bytes they take.
    #[must_use]
    pub fn keyframes(&self) -> (usize, usize) {
        self.branch().keyframes.cost()
    }

    /// The intervention that comes next, if one is on record.
    fn recorded(&self) -> Option<&Intervention> {
        self.branch().intervention_at(self.now.steps())
    }

    fn repeats(&self, action: &Action) -> bool {
        self.recorded().is_some_and(|intervention| intervention.action == *action)
    }

    fn took(&mut self, events: Vec<Event>) -> &[Event] {
        let branch = &mut self.branches[self.current];
        if self.now.steps() > branch.length {
            branch.grow(&self.now, &events);
        }
        self.latest = events;
        &self.latest
    }

    fn begin_branch(&mut self, mut name: String) {
        if name.len() > MAX_NAME_BYTES {
            let mut end = MAX_NAME_BYTES - "…".len();
            while !name.is_char_boundary(end) {
                end -= 1;
            }
            name.truncate(end);
            name.push('…');
        }
        self.last_id += 1;
        let branch = self.branch().fork(self.last_id, name, &self.now);
        self.current = self.branches.len();
        self.branches.push(branch);
    }

    fn index(&self, id: BranchId) -> Result<usize, BranchError> {
        let found = self.branches.iter().position(|branch| branch.id == id);
        found.ok_or_else(|| BranchError(alloc::format!("There is no branch {id} (any more).")))
    }
}

/// One step of a branch on from a moment of it: what is on record, or else what the clock does.
fn repeat(branch: &Branch, moment: &mut Simulation) -> Option<Vec<Event>> {
    match branch.intervention_at(moment.steps()) {
        Some(Intervention { action, .. }) => match moment.apply(action) {
            Ok(events) => Some(events),
            Err(refusal) => panic!("what was done once cannot be repeated. {refusal}"),
        },
        None => moment.step(),
    }
}

fn full() -> String {
    alloc::format!("this run has {MAX_BRANCHES} branches, and cannot have more: discard one you no longer need")
}

#[cfg(test)]
mod tests;
