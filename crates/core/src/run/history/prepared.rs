//! A step in two halves: what it will need, and the step itself.
//!
//! What survives a crash must be kept outside before anything rests on it. So a step is *prepared*: it is found possible,
//! worked out, and says what must be kept. Once that is kept, it is *confirmed*: what was worked out becomes the present.
//! Nothing is worked out twice, and until then the present is what it was.

use alloc::vec::Vec;

use super::{Branch, History, repeat};
use crate::run::{Event, Intervention, Run, Simulation};
use crate::sim::{Action, NotEnabled, Records, Time};

/// What must be kept outside before a step may happen.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingSave {
    /// The run up to and including the step.
    pub run: Run,
    /// Every server's disk after it.
    pub disks: Vec<Records>,
}

/// A step that is about to happen.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    plan: Plan,
    /// What it leads to, where that had to be known beforehand.
    after: Option<(Simulation, Vec<Event>)>,
}

/// What is about to be done.
#[derive(Clone, Debug)]
enum Plan {
    /// What is on record.
    Repeat,
    /// What the clock does.
    Follow(Time, Action),
    /// What somebody else does.
    Apply(Action),
}

impl History {
    /// Prepares a step: `action`, or else what comes next. Says what must be kept outside before it may happen: `None` when
    /// what is kept already leads to the same disks. Nothing has happened until [`History::confirm`], and nothing ever will
    /// if something else happens first.
    ///
    /// # Errors
    /// [`NotEnabled`] when the action cannot happen.
    pub fn prepare(&mut self, action: Option<&Action>) -> Result<Option<PendingSave>, NotEnabled> {
        self.prepared = None;
        let plan = match action {
            Some(action) => {
                self.check(action)?;
                if self.repeats(action) { Plan::Repeat } else { Plan::Apply(action.clone()) }
            }
            None if !self.is_at_end() => Plan::Repeat,
            None => match self.now.planned() {
                Some((at, action)) => Plan::Follow(at, action),
                None => return Ok(None),
            },
        };
        let survives = match &plan {
            Plan::Repeat => false,
            Plan::Follow(_, action) => action.changes_what_survives(),
            // Elsewhere than at the end it begins a branch, and another one is kept.
            Plan::Apply(action) => !self.is_at_end() || action.changes_what_survives(),
        };
        let after = survives.then(|| {
            let (mut after, mut events) = (self.now.clone(), Vec::new());
            carry_out(&plan, self.branch(), &mut after, &mut events);
            (after, events)
        });
        let save = after.as_ref().map(|(after, _)| self.pending(&plan, after));
        self.prepared = Some(Prepared { plan, after });
        Ok(save)
    }

    /// What was prepared happens. `None` when nothing was, or nothing is left to happen.
    pub fn confirm(&mut self) -> Option<&[Event]> {
        let Prepared { plan, after } = self.prepared.take()?;
        if let Plan::Apply(action) = &plan {
            self.put_on_record(action, None);
        }
        let before = self.now.schedule().now();
        self.heard.next_step();
        match after {
            Some((after, events)) => {
                self.now = after;
                self.heard.events.extend(events);
            }
            None => carry_out(&plan, &self.branches[self.current], &mut self.now, &mut self.heard.events),
        }
        Some(self.took(before))
    }

    /// What was prepared will not happen.
    pub fn cancel(&mut self) {
        self.prepared = None;
    }

    fn pending(&self, plan: &Plan, after: &Simulation) -> PendingSave {
        let step = self.now.steps();
        let mut interventions = self.branch().interventions_until(step).to_vec();
        if let Plan::Apply(action) = plan {
            interventions.push(Intervention { step, action: action.clone(), at: None });
        }
        let run = Run::of(after.config(), interventions, after.steps(), after.steps(), after.digest());
        PendingSave { run, disks: after.durable() }
    }
}

fn carry_out(plan: &Plan, branch: &Branch, moment: &mut Simulation, events: &mut Vec<Event>) {
    match plan {
        Plan::Repeat => {
            repeat(branch, moment, events);
        }
        Plan::Follow(at, action) => moment.follow(*at, action, events),
        Plan::Apply(action) => moment.apply_into(action, None, events),
    }
}
