//! A run with a way back.
//!
//! Nothing here runs backwards. A moment of the past is had again by going forward to it, from the nearest moment that
//! was kept (a *keyframe*): the same config and the same interventions lead to the same events, so what is reached is
//! what was. That is why a way back costs next to nothing for each step, and why nothing had to be written twice.
//!
//! Doing something in the past that was not done there then *forks* the run: what is done now begins a branch, and the
//! former future stays, whole, as the branch it was. Going on where something is on record only repeats the record.

mod beats;
mod branch;
mod gathered;
mod keyframes;
mod moments;
mod prepared;

use alloc::{string::String, string::ToString, vec::Vec};

pub use beats::{BeatSize, Pace, is_idea};
pub(crate) use beats::{Knows, is_answer, who_knows};
pub use branch::{Branch, BranchId, Fork, Mark};
pub use prepared::PendingSave;

use beats::Heard;
use prepared::Prepared;

use super::simulation::{SPARE, too_long};
use super::{Ended, Event, Intervention, Next, Simulation};
use crate::limits::{MAX_BRANCHES, MAX_INTERVENTIONS, MAX_KEYFRAME_BYTES, MAX_NAME_BYTES};
use crate::sim::{Action, Config, ConfigError, NotEnabled, Reason, Time};
use crate::text::{Piece, capital};

/// Why something cannot be done to a branch: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchError(String);

impl Piece for BranchError {
    fn put(&self, to: &mut String) {
        to.push_str(&self.0);
    }
}

displayed!(BranchError);

impl core::error::Error for BranchError {}

/// A run in progress, everything that led to the present, and every course it took besides.
///
/// * The present is a moment of the current branch, at its end or before.
/// * Before the end, a step repeats what is on record. At the end, it follows the clock.
/// * There is always a branch, and each is whole: any of them alone is a run.
#[derive(Clone, Debug)]
pub struct History {
    now: Simulation,
    heard: Heard,
    branches: Vec<Branch>,
    current: usize,
    last_id: BranchId,
    prepared: Option<Prepared>,
}

impl History {
    /// A run at step 0.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let now = Simulation::new(config)?;
        let branches = [Branch::new(&now)].into();
        Ok(Self { now, heard: Heard::default(), branches, current: 0, last_id: 1, prepared: None })
    }

    /// The present.
    #[must_use]
    pub const fn now(&self) -> &Simulation {
        &self.now
    }

    /// The events of the step that led to the present.
    #[must_use]
    pub fn latest(&self) -> &[Event] {
        &self.heard.events[self.heard.latest..]
    }

    /// Takes the events of the present beat away, for whoever makes runs up and has no use for them here.
    pub(crate) fn drain_latest(&mut self) -> impl Iterator<Item = Event> {
        self.heard.latest = 0;
        self.heard.events.drain(..)
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
            Some(Intervention { action, at, .. }) => {
                let (at, says) = (self.now.turn(action, *at), self.now.cluster().describe(action));
                Some(Next { at, action: action.clone(), says })
            }
            None => self.now.next(),
        }
    }

    /// Why nothing happens next; `None` when something does.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        if self.is_at_end() { self.now.ended() } else { None }
    }

    /// Repeats the next step on record; at the end, follows the clock for one step. `None` when nothing is left to
    /// happen.
    pub fn step(&mut self) -> Option<&[Event]> {
        self.prepared = None;
        let (before, first) = (self.now.schedule().now(), self.heard.events.len());
        if !repeat(&self.branches[self.current], &mut self.now, &mut self.heard.events) {
            return None;
        }
        self.heard.latest = first;
        Some(self.took(before))
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
        self.apply_at(action, None)
    }

    /// [`History::apply`] at a time, in milliseconds since the run began; a time that is past means now. So what real
    /// servers did is had again when they did it.
    ///
    /// # Errors
    /// [`NotEnabled`], and nothing has changed.
    pub fn apply_at(&mut self, action: &Action, at: Option<Time>) -> Result<&[Event], NotEnabled> {
        self.check(action)?;
        self.prepared = None;
        self.put_on_record(action, at);
        let before = self.now.schedule().now();
        self.heard.next_step();
        let at = self.recorded().and_then(|intervention| intervention.at);
        self.now.apply_into(action, at, &mut self.heard.events);
        Ok(self.took(before))
    }

    /// Something is about to be done now: unless it is on record, it will be.
    fn put_on_record(&mut self, action: &Action, at: Option<Time>) {
        if self.repeats(action) {
            return;
        }
        if !self.is_at_end() {
            self.begin_branch(capital(&self.now.cluster().describe(action)));
        }
        let intervention = Intervention { step: self.now.steps(), action: action.clone(), at };
        self.branches[self.current].intervene(intervention);
    }

    /// Goes to a moment of the current branch, or to its end if it has fewer steps.
    pub fn seek(&mut self, step: u64) {
        let step = step.min(self.branch().length);
        self.prepared = None;
        if step == self.now.steps() {
            return;
        }
        // The moment before the present message's beat, and that beat: what was heard belongs to the present.
        let begins = self.branch().steps.beginning_of(step);
        let mut now = self.moment(step.min(begins - 1));
        self.heard.clear();
        let [by_messages, by_more] = [true, false].map(|but_for_breaths| {
            let busy = self.branch().steps.busy_before(now.steps(), but_for_breaths);
            if busy == now.steps() { now.schedule().now() } else { self.moment(busy).schedule().now() }
        });
        (self.heard.since, self.heard.idle_since) = (by_messages, by_more);
        while now.steps() < step {
            self.heard.next_step();
            repeat(&self.branches[self.current], &mut now, &mut self.heard.events);
        }
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
            return Err(BranchError(capital(&text!(full())) + "."));
        }
        self.prepared = None;
        self.begin_branch(text!("From step ", self.now.steps()));
        Ok(())
    }

    /// Goes to the end of a branch.
    ///
    /// # Errors
    /// A sentence, when there is no such branch.
    pub fn switch(&mut self, id: BranchId) -> Result<(), BranchError> {
        self.current = self.index(id)?;
        self.prepared = None;
        // Nothing of the other branch may be taken for a moment of this one.
        self.now = self.branch().keyframes.beginning().clone();
        self.heard.clear();
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
            return Err(BranchError(text!("A branch's name is 1 to ", MAX_NAME_BYTES, " bytes of text.")));
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

    /// A step happened, and before it was this time: if it is new, the branch has grown.
    fn took(&mut self, before: Time) -> &[Event] {
        let branch = &mut self.branches[self.current];
        let step = self.now.steps();
        let kept = step > branch.length && branch.grow(&self.now, &self.heard.events[self.heard.latest..]);
        if branch.steps.begins(step) == Some(true) {
            let idle = [true, false].map(|but_for_breaths| branch.steps.is_idle(step - 1, but_for_breaths));
            self.heard.begin(before, idle);
        }
        if kept && self.branches.len() > 1 {
            self.forget_keyframes(MAX_KEYFRAME_BYTES);
        }
        self.latest()
    }

    /// Keyframes of all branches together come to be within a bound of bytes. Those of branches that were left go first: the way to
    /// their moments gets longer, and no moment is lost.
    fn forget_keyframes(&mut self, bound: usize) {
        while keyframes::approx_bytes_of_all(self.branches.iter().map(|branch| &branch.keyframes)) > bound {
            let left = (0..self.branches.len()).filter(|index| *index != self.current);
            let most = left.max_by_key(|index| self.branches[*index].keyframes.cost().1);
            let spare = most.filter(|index| self.branches[*index].keyframes.cost().1 > 0).unwrap_or(self.current);
            self.branches[spare].keyframes.thin_out();
        }
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
        found.ok_or_else(|| BranchError(text!("There is no branch ", id, " (any more).")))
    }
}

/// One step of a branch on from a moment of it: what is on record, or else what the clock does. Whether there was one;
/// then its events are at the end of the list.
fn repeat(branch: &Branch, moment: &mut Simulation, events: &mut Vec<Event>) -> bool {
    match branch.intervention_at(moment.steps()) {
        // It was possible once, and this is the same moment.
        Some(Intervention { action, at, .. }) => {
            moment.apply_into(action, *at, events);
            true
        }
        None => moment.step_into(events),
    }
}

const fn full() -> Reason {
    const TEXT: &str = "this run has # branches, and cannot have more: discard one you no longer need";
    Reason::new(TEXT, [MAX_BRANCHES as u32, 0])
}

#[cfg(test)]
mod tests;
