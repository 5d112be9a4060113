//! A scenario: a lesson that is a test.
//!
//! A scenario is data: what a run starts from, what is done to it and when, a few sentences for whoever watches, and
//! what must come of it. It is written by hand, so its moments may be patterns ("when server 2 accepts") instead of
//! numbers, and a message is named by what it is ("the accept from 1 to 3"). Playing it gives an ordinary run, in which
//! every moment is a number again, and says of each expectation whether it was met.

mod expect;
mod moment;
mod opening;
mod random;
mod shipped;

use alloc::{format, string::String, string::ToString, vec::Vec};
use core::fmt;

pub use expect::{Checked, Expectation};
pub use moment::{Moment, Pattern};
pub use random::{CONVERGES_WITHIN, RandomRun};
pub use shipped::SCENARIOS;

use self::expect::Evidence;
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_NOTE_BYTES, MAX_NOTES, MAX_PATIENCE, MAX_TITLE_BYTES};
use crate::run::{Annotation, History, Run};
use crate::sim::{Action, Config, Envelope, MessageId};
use crate::tell::envelope;

/// Something to do, once its moment has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// When.
    pub when: Moment,
    /// What: an action as JSON, in which `"message"` may be a pattern of a message under way.
    pub action: Json,
}

/// A sentence for whoever watches.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedAnnotation {
    /// When it is said.
    pub when: Moment,
    /// The sentence.
    pub says: String,
}

/// A lesson that is a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What it is called.
    pub title: String,
    /// What it shows, in a sentence or two.
    pub about: String,
    /// What it starts from.
    pub config: Config,
    /// What is done to it, in order.
    pub interventions: Vec<Planned>,
    /// What is said about it, in order.
    pub notes: Vec<PlannedAnnotation>,
    /// When it ends; [`Moment::Next`]: when nothing is left to happen.
    pub until: Moment,
    /// What must be true of it.
    pub expect: Vec<Expectation>,
}

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Played {
    /// What it is called.
    pub title: String,
    /// What it shows.
    pub about: String,
    /// The run, at its end.
    pub history: History,
    /// Its sentences, each at its step.
    pub notes: Vec<Annotation>,
    /// Its expectations.
    pub checked: Vec<Checked>,
}

impl Played {
    /// The run with its title and its notes, to be watched from the beginning. What it shows is said first, unless
    /// something else is.
    #[must_use]
    pub fn run(&self) -> Run {
        let mut notes = self.notes.clone();
        if notes.len() < MAX_NOTES && notes.first().is_none_or(|note| note.step > 0) {
            notes.insert(0, Annotation { step: 0, says: self.about.clone() });
        }
        Run { cursor: 0, title: self.title.clone(), notes, ..self.history.run() }
    }

    /// Whether everything is as expected.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        self.checked.iter().all(|checked| checked.met)
    }
}

/// Why a scenario cannot be played: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError(String);

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for ScenarioError {}

impl FromJson for Scenario {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        const FIELDS: [&str; 8] = ["quorum", "title", "about", "config", "interventions", "notes", "until", "expect"];
        let fields = Object::of(json, name, &FIELDS)?;
        if fields.required::<u32>("quorum")? != Run::FORMAT {
            return Err(Malformed::new(
                "this scenario is in another format, and this version of Quorum reads format 1",
            ));
        }
        let notes: Vec<PlannedAnnotation> = fields.optional("notes")?.unwrap_or_default();
        if notes.len() > MAX_NOTES {
            return Err(Malformed::new(&format!("a scenario has at most {MAX_NOTES} notes")));
        }
        Ok(Self {
            title: text(fields, "title", MAX_TITLE_BYTES)?,
            about: text(fields, "about", MAX_NOTE_BYTES)?,
            config: fields.optional("config")?.unwrap_or_default(),
            interventions: fields.optional("interventions")?.unwrap_or_default(),
            notes,
            until: match fields.get("until") {
                Some(until) => Moment::among(Object::of(until, "until", &Moment::FIELDS)?)?,
                None => Moment::Next,
            },
            expect: fields.optional("expect")?.unwrap_or_default(),
        })
    }
}

fn text(fields: &Object, name: &str, most: usize) -> Result<String, Malformed> {
    let text: String = fields.required(name)?;
    if text.is_empty() || text.len() > most {
        return Err(Malformed::new(&format!("\"{name}\" is 1 to {most} bytes of text")));
    }
    Ok(text)
}

impl FromJson for Planned {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &[&Moment::FIELDS[..], &["action"]].concat())?;
        let action = fields.get("action").cloned();
        let action = action.ok_or_else(|| Malformed::new("an intervention needs an \"action\""))?;
        Ok(Self { when: Moment::among(fields)?, action })
    }
}

impl FromJson for PlannedAnnotation {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &[&Moment::FIELDS[..], &["says"]].concat())?;
        Ok(Self { says: text(fields, "says", MAX_NOTE_BYTES)?, when: Moment::among(fields)? })
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
        for (planned, number) in self.interventions.iter().zip(1_usize..) {
            let failed = |why: String| ScenarioError(format!("Intervention {number}, {}: {why}", planned.when.says()));
            reach(&mut history, &planned.when).map_err(failed)?;
            let action = resolve(&planned.action, &history).map_err(failed)?;
            history.apply(&action).map_err(|refusal| failed(refusal.to_string()))?;
        }
        match &self.until {
            Moment::Next => settle(&mut history),
            moment => reach(&mut history, moment).map_err(|why| ScenarioError(format!("Its end: {why}")))?,
        }
        let length = history.branch().length();
        let events = history.events(0, length);
        let evidence = Evidence { history: &history, events: &events };
        let notes = self.place_notes(&evidence)?;
        let mut checked: Vec<_> = self.expect.iter().map(|expectation| expectation.check(&evidence)).collect();
        if !Expectation::expects_a_breach(&self.expect) {
            checked.push(no_breach(&history));
        }
        let (title, about) = (self.title.clone(), self.about.clone());
        Ok(Played { title, about, history, notes, checked })
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
            notes.push(Annotation { step, says: remark.says.clone() });
        }
        Ok(notes)
    }
}

fn no_breach(history: &History) -> Checked {
    let broken: Vec<_> =
        history.now().violations().iter().map(|(_, violation)| violation.invariant().as_str()).collect();
    Checked { says: "every invariant holds".into(), met: broken.is_empty(), seen: broken.join(", ") }
}

/// Follows the clock until nothing is left to happen, or it has gone on for very long.
fn settle(history: &mut History) {
    let end = history.now().steps() + MAX_PATIENCE;
    while history.now().steps() < end && history.step().is_some() {}
}

/// Follows the clock to a moment. A pattern is looked for in the latest step too: that is where the intervention before
/// left its events.
fn reach(history: &mut History, moment: &Moment) -> Result<(), String> {
    let end = history.now().steps() + MAX_PATIENCE;
    let scheme = history.now().config().ballots;
    let (mut left, pattern) = match moment {
        Moment::Next => return Ok(()),
        Moment::Step(step) => return reach_step(history, *step),
        Moment::After(pattern, times) => (*times, pattern),
    };
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
            return Err(format!("that never happens: nothing is left to happen after step {step}."));
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
            return Err(format!("nothing is left to happen after step {}.", history.now().steps()));
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests;
