//! The judge: whether a run that begins like another one has reached a goal, and at which step.
//!
//! A page asks after every step. So the judge keeps the run as far as it has followed it: asked about the same run gone on,
//! it takes in the new steps alone, and a step costs about as much as it cost to play. Asked about another course, it
//! begins again where the goal was set.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::challenge::Limits;
use super::claim::Watch;
use super::{Checked, Expectation, ScenarioError};
use crate::json::{Json, Object};
use crate::run::{Event, Intervention, LoadError, Run, Simulation};

/// What the judge says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The first step after which the whole goal was met.
    pub met: Option<u64>,
    /// Each part of the goal: as it was when the goal was met, or else as it is at the end of the run.
    pub goal: Vec<Checked>,
    /// Why this run cannot meet the goal any more, whatever else happens: a sentence.
    pub lost: Option<String>,
}

impl From<&Verdict> for Json {
    fn from(verdict: &Verdict) -> Self {
        let object = Object::new().with("met", verdict.met).with("goal", verdict.goal.iter().collect::<Self>());
        object.with("lost", verdict.lost.clone()).into()
    }
}

/// Watches whether somebody reaches a goal.
///
/// * A goal is met when all of it is true after one and the same step, and somebody has done something since the start, unless it
///   is enough that time passes.
/// * Once met it stays met, also when more happens.
/// * What happened before the start counts as seen: a crash there is a crash.
#[derive(Clone, Debug)]
pub struct Judge {
    goal: Vec<Expectation>,
    limits: Limits,
    start: Run,
    at_start: Course,
    course: Course,
}

/// A run, followed so far.
#[derive(Clone, Debug)]
struct Course {
    now: Simulation,
    watches: Vec<Watch>,
    /// What was done to it.
    done: Vec<Intervention>,
    met: Option<(u64, Vec<Checked>)>,
    lost: Option<String>,
}

impl From<LoadError> for ScenarioError {
    fn from(error: LoadError) -> Self {
        Self(error.to_string())
    }
}

impl Judge {
    /// A judge of runs that begin like this one, up to its end.
    ///
    /// # Errors
    /// A sentence, when the start does not replay.
    pub fn new(start: Run, goal: Vec<Expectation>, limits: Limits) -> Result<Self, ScenarioError> {
        let history = start.replay()?;
        let watches = goal.iter().map(|expectation| Watch::new(&expectation.claim)).collect();
        let (now, done) = (history.moment(start.length), start.interventions.clone());
        let mut at_start = Course { now, watches, done, met: None, lost: None };
        at_start.take_in(&goal, &history.events(0, start.length));
        Ok(Self { goal, limits, start, course: at_start.clone(), at_start })
    }

    /// The run that every run it judges begins with.
    #[must_use]
    pub const fn start(&self) -> &Run {
        &self.start
    }

    /// Judges a run, to its end.
    ///
    /// # Errors
    /// A sentence, when it is no run that can be played.
    pub fn look(&mut self, run: &Run) -> Result<Verdict, ScenarioError> {
        run.validate()?;
        run.check_work()?;
        if !self.begins_here(run) {
            let lost = "This run does not begin where the goal was set. Go back to that moment.";
            return Ok(Verdict { met: None, goal: self.at_start.parts(&self.goal), lost: Some(lost.into()) });
        }
        if !self.course.leads_to(run) {
            self.course = self.at_start.clone();
        }
        let Self { goal, limits, start, course, .. } = self;
        while course.now.steps() < run.length && course.met.is_none() {
            course.go_on(run, goal, limits, start)?;
        }
        Ok(match &course.met {
            Some((step, goal)) => Verdict { met: Some(*step), goal: goal.clone(), lost: None },
            None => Verdict { met: None, goal: course.parts(goal), lost: course.lost.clone() },
        })
    }

    fn begins_here(&self, run: &Run) -> bool {
        let Run { config, interventions, length, .. } = &self.start;
        let (begun, rest) = run.interventions.split_at(interventions.len().min(run.interventions.len()));
        let later = rest.first().is_none_or(|next| next.step >= *length);
        run.config == *config && begun == interventions && later && run.length >= *length
    }
}

impl Course {
    /// Whether a run is this course, or this course gone on.
    fn leads_to(&self, run: &Run) -> bool {
        let steps = self.now.steps();
        let until_here = run.interventions.iter().take_while(|intervention| intervention.step < steps);
        run.length >= steps && until_here.eq(&self.done)
    }

    /// Follows a run by one step, and judges the moment after it.
    fn go_on(&mut self, run: &Run, goal: &[Expectation], limits: &Limits, start: &Run) -> Result<(), ScenarioError> {
        let step = self.now.steps();
        let next = run.interventions.get(self.done.len()).filter(|next| next.step == step);
        let events = match next {
            Some(next) => {
                let refused = |why| ScenarioError(format!("This run cannot be replayed past step {step}. {why}"));
                self.now.apply(&next.action).map_err(refused)?
            }
            None => self.now.step().ok_or_else(|| {
                let text = "This run says it has # steps, but nothing is left to happen after step";
                ScenarioError(format!("{} {step}.", text.replace('#', &run.length.to_string())))
            })?,
        };
        self.done.extend(next.cloned());
        self.take_in(goal, &events);
        if self.lost.is_none() {
            self.lost = limits.broken(next.map(|next| &next.action), step + 1, start.length);
        }
        let acted = limits.idly || self.done.len() > start.interventions.len();
        if acted && self.lost.is_none() && self.meets(goal) {
            self.met = Some((step + 1, self.parts(goal)));
        }
        Ok(())
    }

    fn take_in(&mut self, goal: &[Expectation], events: &[Event]) {
        let scheme = self.now.config().ballots;
        for (expectation, watch) in goal.iter().zip(&mut self.watches) {
            for event in events {
                watch.take_in(&expectation.claim, event, scheme);
            }
        }
    }

    fn meets(&self, goal: &[Expectation]) -> bool {
        let mut each = goal.iter().zip(&self.watches);
        each.all(|(expectation, watch)| watch.contradicted(&expectation.claim, &self.now).is_none())
    }

    fn parts(&self, goal: &[Expectation]) -> Vec<Checked> {
        let each = goal.iter().zip(&self.watches);
        each.map(|(it, watch)| it.checked(watch.contradicted(&it.claim, &self.now))).collect()
    }
}
