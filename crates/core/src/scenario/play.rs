//! Playing a scenario: each moment is waited for, what is planned for it is done, and what was expected is checked.

use alloc::{format, string::String, string::ToString, vec::Vec};

use super::expect::Evidence;
use super::{Checked, Expectation, Moment, Pattern, Planned, Played, Scenario, ScenarioError};
use crate::json::{FromJson, Json};
use crate::limits::MAX_PATIENCE;
use crate::run::{Annotation, Ended, History, Simulation};
use crate::sim::{Action, Envelope, MessageId};
use crate::tell::envelope;

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The clock had nothing left to do, or the run had gone on for [`MAX_PATIENCE`] steps after its last intervention.
    Over(Ended),
    /// It had come to the moment at which it was to end.
    Until,
}

impl Ending {
    /// Nothing is known of what would have happened after it.
    pub const LIMIT: Self = Self::Over(Ended::Limit);

    /// Its name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Over(ended) => ended.as_str(),
            Self::Until => "until",
        }
    }

    /// Why a run ends here that was to end here: the clock may have had something left to do.
    #[must_use]
    pub fn here(simulation: &Simulation) -> Self {
        simulation.ended().map_or(Self::Until, Self::Over)
    }
}

impl Scenario {
    /// Plays it to its end.
    ///
    /// # Errors
    /// A sentence, when it is not valid, a moment never comes, or something is done that is not possible then.
    /// Expectations that are not met are no error: they are in the result.
    pub fn play(&self) -> Result<Played, ScenarioError> {
        let history = History::new(self.config.clone());
        let mut history = history.map_err(|error| ScenarioError(format!("Its config is not valid: {error}.")))?;
        plan(&mut history, &self.interventions)?;
        let ended = match &self.until {
            Moment::Next => settle(&mut history),
            moment => reach_end(&mut history, moment).map_err(|why| ScenarioError(format!("Its end: {why}")))?,
        };
        let length = history.branch().length();
        let events = history.events(0, length);
        let evidence = Evidence { history: &history, events: &events, ended };
        let notes = self.place_notes(&evidence)?;
        let mut checked: Vec<_> = self.expect.iter().map(|expectation| expectation.check(&evidence)).collect();
        if !Expectation::expects_a_breach(&self.expect) {
            checked.push(no_breach(&history));
        }
        let (title, about) = (self.title.clone(), self.about.clone());
        Ok(Played { title, about, history, ended, notes, checked })
    }

    /// Each sentence at the step at which its moment comes; patterns count from the note before.
    fn place_notes(&self, evidence: &Evidence<'_>) -> Result<Vec<Annotation>, ScenarioError> {
        let mut notes: Vec<Annotation> = Vec::new();
        for (remark, number) in self.notes.iter().zip(1_usize..) {
            let failed = |why: &str| ScenarioError(format!("Note {number}, {}: {why}", remark.when.says()));
            let last = notes.last().map_or(0, |note| note.step);
            let later = evidence.events.partition_point(|event| event.step <= last);
            let rest = Evidence { events: &evidence.events[later..], ..*evidence };
            let step = match &remark.when {
                Moment::Next => Some(last),
                moment => rest.step_of(moment),
            };
            let step = step.ok_or_else(|| failed("that moment never comes in this run."))?;
            if !notes.is_empty() && step <= last {
                return Err(failed("the note before it is not earlier: notes go in order, one at a step."));
            }
            notes.push(Annotation { step, says: remark.says.clone(), question: remark.question.clone() });
        }
        Ok(notes)
    }
}

/// Does what is planned, each thing at its moment.
pub(super) fn plan(history: &mut History, planned: &[Planned]) -> Result<(), ScenarioError> {
    for (planned, number) in planned.iter().zip(1_usize..) {
        let failed = |why: String| ScenarioError(format!("Intervention {number}, {}: {why}", planned.when.says()));
        reach(history, &planned.when).map_err(failed)?;
        let action = resolve(&planned.action, history).map_err(failed)?;
        history.apply(&action).map_err(|refusal| failed(refusal.to_string()))?;
    }
    Ok(())
}

/// Follows the clock to a moment that is looked for from the beginning of the run. No moment: stays where it is.
pub(super) fn follow(history: &mut History, moment: &Moment) -> Result<(), String> {
    match moment {
        Moment::Next => Ok(()),
        moment => reach_end(history, moment).map(drop),
    }
}

fn no_breach(history: &History) -> Checked {
    let broken: Vec<_> =
        history.now().violations().iter().map(|(_, violation)| violation.invariant().as_str()).collect();
    Checked { says: "every invariant holds".into(), met: broken.is_empty(), seen: broken.join(", ") }
}

/// Follows the clock until nothing is left to happen, or it has gone on for very long.
fn settle(history: &mut History) -> Ending {
    let end = history.now().steps() + MAX_PATIENCE;
    while history.step().is_some() {
        if history.now().steps() == end && history.next().is_some() {
            return Ending::LIMIT;
        }
    }
    Ending::here(history.now())
}

/// Follows the clock to the moment at which the run ends. A pattern is looked for from the beginning of the run: what
/// has happened already ends it at once.
fn reach_end(history: &mut History, moment: &Moment) -> Result<Ending, String> {
    match moment {
        Moment::After(pattern, times) => {
            let scheme = history.now().config().ballots;
            let before = history.events(0, history.now().steps().saturating_sub(1));
            let seen = before.iter().filter(|event| pattern.fits_event(event, scheme)).count();
            await_event(history, pattern, times.saturating_sub(seen as u32))?;
        }
        moment => reach(history, moment)?,
    }
    Ok(Ending::Until)
}

/// Follows the clock to a moment.
fn reach(history: &mut History, moment: &Moment) -> Result<(), String> {
    match moment {
        Moment::Next => Ok(()),
        Moment::Step(step) => reach_step(history, *step),
        Moment::After(pattern, times) => await_event(history, pattern, *times),
    }
}

/// Follows the clock until something has happened so often. It is looked for in the latest step too: that is where the
/// intervention before left its events.
fn await_event(history: &mut History, pattern: &Pattern, mut left: u32) -> Result<(), String> {
    let end = history.now().steps() + MAX_PATIENCE;
    let scheme = history.now().config().ballots;
    loop {
        let seen = history.latest().iter().filter(|event| pattern.fits_event(event, scheme)).count();
        left = left.saturating_sub(seen as u32);
        if left == 0 {
            return Ok(());
        }
        let step = history.now().steps();
        if step >= end {
            return Err(format!("that does not happen within {MAX_PATIENCE} steps."));
        }
        if history.step().is_none() {
            return Err(format!("that never happens: {}.", over(history)));
        }
    }
}

fn reach_step(history: &mut History, step: u64) -> Result<(), String> {
    let now = history.now().steps();
    if now > step {
        return Err(format!("the one before it is at step {}: they go in order.", now - 1));
    }
    while history.now().steps() < step {
        if history.step().is_none() {
            return Err(format!("{}.", over(history)));
        }
    }
    Ok(())
}

/// Why the clock does not go on.
fn over(history: &History) -> String {
    let step = history.now().steps();
    match history.now().ended() {
        Some(Ended::Limit) => format!("the run is as long as a run may be after step {step}"),
        _ => format!("nothing is left to happen after step {step}"),
    }
}

/// The action, with the number of the message its pattern means: of several, the first one made.
fn resolve(action: &Json, history: &History) -> Result<Action, String> {
    let read = |action: &Json| Action::from_json(action, "action").map_err(|malformed| malformed.sentence());
    let Json::Object(fields) = action else { return read(action) };
    let Some(Json::Object(_)) = fields.get("message") else { return read(action) };
    let pattern: Pattern = fields.required("message").map_err(|malformed| malformed.sentence())?;
    let message =
        find_message(history, &pattern).ok_or_else(|| format!("no message under way is {}.", pattern.says()))?;
    read(&fields.clone().set("message", message.into()).into())
}

fn find_message(history: &History, pattern: &Pattern) -> Option<MessageId> {
    let cluster = history.now().cluster();
    let scheme = history.now().config().ballots;
    let waiting =
        cluster.nodes().flat_map(|node| cluster.server(node).outbox().iter().map(|outgoing| &outgoing.message));
    let fits = |message: &&Envelope| pattern.fits(&envelope(message, &scheme.into()).into());
    cluster.network().in_flight().chain(waiting).filter(fits).map(|message| message.id).min()
}
