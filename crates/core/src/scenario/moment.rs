//! When: a moment of a run, by its number or by what happens there.
//!
//! Numbers are exact and brittle: another seed, and step 12 is another step. A *pattern* says what has to happen: any
//! fields of an event, as the log has them. `{"event":"accepted","node":2}` is every moment at which server 2 accepts.

use alloc::{format, string::String, vec::Vec};

use super::vocabulary::{self, Scope};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::MAX_STEPS;
use crate::paxos::Scheme;
use crate::run::Event;
use crate::text::short;

/// Most letters with which a pattern is repeated.
const SAID: usize = 200;

/// Fields that an event, or a message, must have. What is not named may be anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Object);

impl Pattern {
    /// Whether something has these fields, and each with this value; of an object within, those named there.
    #[must_use]
    pub fn fits(&self, json: &Json) -> bool {
        fits(&self.0, json)
    }

    /// Whether an event does.
    #[must_use]
    pub fn fits_event(&self, event: &Event, scheme: Scheme) -> bool {
        // Most events are of another kind: their sentences need not be made.
        let kind = self.0.get("event");
        kind.is_none_or(|kind| kind.text("event") == Ok(event.name())) && self.fits(&event.json(scheme))
    }

    /// Refuses what names an event, a field or a server that does not exist.
    ///
    /// # Errors
    /// The name, and those that there are.
    pub(super) fn check(&self, scope: Scope) -> Result<(), Malformed> {
        vocabulary::check_event(&self.0, scope)
    }

    /// The same of a pattern of a message.
    pub(super) fn check_message(&self, scope: Scope) -> Result<(), Malformed> {
        vocabulary::check_message(&self.0, scope)
    }

    /// In a few words: `event accepted, node 2`.
    #[must_use]
    pub fn says(&self) -> String {
        let fields: Vec<_> = self.0.iter().map(|(name, value)| format!("{name} {}", says(value))).collect();
        short(&fields.join(", "), SAID)
    }
}

fn fits(pattern: &Object, json: &Json) -> bool {
    let Json::Object(object) = json else { return false };
    pattern.iter().all(|(name, wanted)| is_like(object.get(name).unwrap_or(&Json::Null), wanted))
}

/// Whether something is what is wanted: a list one by one, an object in the fields that are named, in any order.
fn is_like(found: &Json, wanted: &Json) -> bool {
    match (wanted, found) {
        (Json::Object(pattern), inside) => fits(pattern, inside),
        (Json::List(wanted), Json::List(found)) => {
            wanted.len() == found.len() && found.iter().zip(wanted).all(|(found, wanted)| is_like(found, wanted))
        }
        (wanted, found) => wanted == found,
    }
}

fn says(json: &Json) -> String {
    match json {
        Json::Null => "none".into(),
        Json::Bool(truth) => format!("{truth}"),
        Json::Number(number) => format!("{number}"),
        Json::Text(text) => text.clone(),
        Json::List(items) => format!("[{}]", items.iter().map(says).collect::<Vec<_>>().join(", ")),
        Json::Object(object) => format!("({})", Pattern(object.clone()).says()),
    }
}

impl FromJson for Pattern {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        match json {
            Json::Object(object) if object.iter().len() > 0 => Ok(Self(object.clone())),
            _ => Err(Malformed::new(&format!("\"{name}\" must be an object with the fields of an event"))),
        }
    }
}

/// A moment of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// Right after the one before it.
    Next,
    /// After so many steps.
    Step(u64),
    /// After the step in which something happens, for the n-th time since the moment before it.
    After(Pattern, u32),
}

impl Moment {
    /// The fields a moment is written with.
    pub(super) const FIELDS: [&'static str; 3] = ["step", "after", "times"];

    /// Reads the moment among other fields.
    pub(super) fn among(fields: &Object) -> Result<Self, Malformed> {
        let step = match fields.get("step") {
            Some(step) => Some(step.whole("step", 0..=MAX_STEPS)?),
            None => None,
        };
        let times = match fields.get("times") {
            Some(times) => times.whole("times", 1..=10_000)? as u32,
            None => 1,
        };
        match (step, fields.optional("after")?) {
            (None, None) => Ok(Self::Next),
            (Some(step), None) => Ok(Self::Step(step)),
            (None, Some(pattern)) => Ok(Self::After(pattern, times)),
            (Some(_), Some(_)) => Err(Malformed::new("a moment has a \"step\" or an \"after\", not both")),
        }
    }

    /// Refuses a moment whose pattern names something unknown.
    pub(super) fn check(&self, scope: Scope) -> Result<(), Malformed> {
        match self {
            Self::After(pattern, _) => pattern.check(scope),
            Self::Next | Self::Step(_) => Ok(()),
        }
    }

    /// In a few words.
    pub(super) fn says(&self) -> String {
        match self {
            Self::Next => "at once".into(),
            Self::Step(step) => format!("after step {step}"),
            Self::After(pattern, 1) => format!("after {}", pattern.says()),
            Self::After(pattern, times) => format!("after {}, {times} times", pattern.says()),
        }
    }
}
