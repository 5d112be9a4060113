//! A scenario: a lesson that is a test.
//!
//! A scenario is data: what a run starts from, what is done to it and when, a few sentences for whoever watches, and
//! what must come of it. It is written by hand, so its moments may be patterns ("when server 2 accepts") instead of
//! numbers, and a message is named by what it is ("the accept from 1 to 3"). Playing it gives an ordinary run, in which
//! every moment is a number again, and says of each expectation whether it was met.

mod challenge;
mod claim;
mod expect;
mod judge;
#[cfg(feature = "log")]
mod log_claim;
mod moment;
mod opening;
mod play;
mod question;
mod random;
#[cfg(feature = "log")]
mod random_log;
mod shipped;
mod vocabulary;

use alloc::{format, string::String, vec::Vec};

#[cfg(feature = "log")]
pub use challenge::LOG_CHALLENGES;
pub use challenge::{CHALLENGES, Challenge, Limits, shipped as shipped_challenge};
pub use expect::{Checked, Expectation};
pub use judge::{Judge, Verdict};
pub use moment::{Moment, Pattern};
pub use play::Ending;
pub use question::{Question, Wanted};
pub use random::{CONVERGES_WITHIN, RandomRun, RandomWorld, Unconverged};
#[cfg(feature = "log")]
pub use random_log::{ANSWERED_WITHIN, Besides, RandomLog};
#[cfg(feature = "log")]
pub use shipped::LOG_SCENARIOS;
pub use shipped::SCENARIOS;
pub use vocabulary::Scope;

use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_EXPECTATIONS, MAX_INTERVENTIONS, MAX_NOTE_BYTES, MAX_NOTES, MAX_TITLE_BYTES};
use crate::run::{Annotation, History, Run};
use crate::sim::Config;

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
    /// What it asks, if it asks something: see [`Question`].
    pub question: Option<Json>,
}

/// A lesson that is a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What it is called; may be empty.
    pub title: String,
    /// What it shows, in a sentence or two; may be empty.
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
    /// Why it ended there.
    pub ended: Ending,
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
        if !self.about.is_empty() && notes.len() < MAX_NOTES && notes.first().is_none_or(|note| note.step > 0) {
            notes.insert(0, Annotation { step: 0, says: self.about.clone(), question: None });
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ScenarioError(String);

impl FromJson for Scenario {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        const FIELDS: [&str; 8] = ["quorum", "title", "about", "config", "interventions", "notes", "until", "expect"];
        let fields = Object::of(json, name, &FIELDS)?;
        read_format(fields, "scenario")?;
        fields.at_most("interventions", MAX_INTERVENTIONS)?;
        fields.at_most("notes", MAX_NOTES)?;
        fields.at_most("expect", MAX_EXPECTATIONS)?;
        let scenario = Self {
            title: optional_text(fields, "title", MAX_TITLE_BYTES)?,
            about: optional_text(fields, "about", MAX_NOTE_BYTES)?,
            config: fields.optional("config")?.unwrap_or_default(),
            interventions: fields.optional("interventions")?.unwrap_or_default(),
            notes: fields.optional("notes")?.unwrap_or_default(),
            until: named_moment(fields, "until")?,
            expect: fields.optional("expect")?.unwrap_or_default(),
        };
        scenario.check_names()?;
        Ok(scenario)
    }
}

/// Refuses a file of another format.
fn read_format(fields: &Object, what: &str) -> Result<(), Malformed> {
    if fields.required::<u32>("quorum")? == Run::FORMAT {
        return Ok(());
    }
    let format = Run::FORMAT;
    Err(Malformed::new(&format!("this {what} is in another format, and this version of Quorum reads format {format}")))
}

fn text(fields: &Object, name: &str, most: usize) -> Result<String, Malformed> {
    let text: String = fields.required(name)?;
    if text.is_empty() || text.len() > most {
        return Err(Malformed::new(&format!("\"{name}\" is 1 to {most} bytes of text")));
    }
    Ok(text)
}

/// A text that may be left out, and is empty then.
fn optional_text(fields: &Object, name: &str, most: usize) -> Result<String, Malformed> {
    fields.get(name).map_or(Ok(String::new()), |_| text(fields, name, most))
}

/// A moment in a field of its own.
fn named_moment(fields: &Object, name: &str) -> Result<Moment, Malformed> {
    match fields.get(name) {
        Some(moment) => Moment::among(Object::of(moment, name, &Moment::FIELDS)?),
        None => Ok(Moment::Next),
    }
}

/// Says of what is wrong where it is.
fn within(place: String) -> impl FnOnce(Malformed) -> Malformed {
    move |error| Malformed::new(&format!("{place}: {error}"))
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
        let fields = Object::of(json, name, &[&Moment::FIELDS[..], &["says", "question"]].concat())?;
        let (says, question) = (text(fields, "says", MAX_NOTE_BYTES)?, fields.get("question").cloned());
        Ok(Self { says, question, when: Moment::among(fields)? })
    }
}

impl Scenario {
    /// Refuses a pattern that names something unknown, and says where it is.
    fn check_names(&self) -> Result<(), Malformed> {
        let scope = (&self.config).into();
        for (planned, number) in self.interventions.iter().zip(1_usize..) {
            planned.check_names(scope).map_err(within(format!("intervention {number}")))?;
        }
        for (note, number) in self.notes.iter().zip(1_usize..) {
            note.when.check(scope).map_err(within(format!("note {number}")))?;
            let question = note.question.as_ref().map(|json| Question::read(json, scope)).transpose();
            question.map_err(within(format!("note {number}")))?;
        }
        self.until.check(scope).map_err(within("\"until\"".into()))?;
        for (expectation, number) in self.expect.iter().zip(1_usize..) {
            expectation.check_names(scope).map_err(within(format!("expectation {number}")))?;
        }
        Ok(())
    }
}

impl Planned {
    fn check_names(&self, scope: Scope) -> Result<(), Malformed> {
        self.when.check(scope)?;
        match self.message()? {
            Some(pattern) => pattern.check_message(scope),
            None => Ok(()),
        }
    }

    /// The pattern of the message it is done to, if it is named by a pattern.
    fn message(&self) -> Result<Option<Pattern>, Malformed> {
        match &self.action {
            Json::Object(fields) if matches!(fields.get("message"), Some(Json::Object(_))) => {
                fields.required("message").map(Some)
            }
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;
