//! What a scenario must lead to. That is what makes a lesson a test, and a challenge something that can be judged.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::claim::{Claim, Lost, Request, Watch};
#[cfg(feature = "log")]
use super::log_claim::{self, LogClaim};
use super::moment::Moment;
use super::{Ending, Scope, text, vocabulary};
use crate::check::Invariant;
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_NODES, MAX_TITLE_BYTES};
use crate::paxos::Scheme;
use crate::run::{Event, History};

/// Something that must be true of a run: at its end, or at the moment it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    pub(super) claim: Claim,
    at: Moment,
    /// What it says, where its author has better words for it.
    words: Option<String>,
}

/// An expectation and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What was expected, in words.
    pub says: String,
    /// Whether it was so.
    pub met: bool,
    /// What was seen instead, in words; empty if it was so.
    pub seen: String,
}

impl From<&Checked> for Json {
    fn from(checked: &Checked) -> Self {
        let object = Object::new().with("says", checked.says.as_str()).with("met", checked.met);
        object.with("seen", checked.seen.as_str()).into()
    }
}

/// The fields of which an expectation has exactly one.
const CLAIMS: [&str; 13] = [
    "chosen",
    "knows",
    "blockedUntil",
    "ballots",
    "duel",
    "rechosen",
    "adopts",
    "loses",
    "refuses",
    "underWay",
    "happens",
    "sent",
    "breaks",
];

/// All of them: a log has some of its own.
fn claims() -> Vec<&'static str> {
    let all = Vec::from(CLAIMS);
    #[cfg(feature = "log")]
    let all = [&all[..], &log_claim::CLAIMS].concat();
    all
}

impl FromJson for Expectation {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let claims = claims();
        let fields = Object::of(json, name, &[&claims[..], &Moment::FIELDS, &["says"]].concat())?;
        let named: Vec<_> = claims.iter().copied().filter(|claim| fields.has(claim)).collect();
        let [claim] = named[..] else {
            return Err(Malformed::new(&format!("an expectation has exactly one of {}", claims.join(", "))));
        };
        let words = fields.get("says").map(|_| text(fields, "says", MAX_TITLE_BYTES)).transpose()?;
        if let "happens" | "sent" = claim {
            // The number is of times that it happens, and not of a moment.
            let of = if claim == "sent" { Claim::Sent } else { Claim::Happens };
            let claim = of(fields.required(claim)?, fields.optional("times")?);
            return Ok(Self { claim, at: Moment::Next, words });
        }
        Ok(Self { claim: read_claim(fields, claim)?, at: Moment::among(fields)?, words })
    }
}

fn read_claim(fields: &Object, claim: &str) -> Result<Claim, Malformed> {
    Ok(match claim {
        "chosen" => match fields.get("chosen") {
            Some(Json::Bool(true)) => Claim::SomethingChosen,
            _ => Claim::Chosen(fields.optional("chosen")?),
        },
        "knows" => {
            fields.at_most("knows", MAX_NODES as usize)?;
            Claim::Knows(fields.required("knows")?)
        }
        "blockedUntil" => Claim::BlockedUntil(match fields.required("blockedUntil") {
            Ok(step) => Moment::Step(step),
            Err(_) => Moment::After(fields.required("blockedUntil")?, 1),
        }),
        "ballots" => Claim::Ballots(fields.required("ballots")?),
        "duel" => Claim::Duel(fields.required("duel")?),
        "rechosen" => Claim::Rechosen(fields.required("rechosen")?),
        "adopts" => {
            named(fields, "adopts", &["another"], |word| word)?;
            Claim::AdoptsAnother
        }
        "loses" => Claim::Loses(named(fields, "loses", &Lost::ALL, Lost::as_str)?),
        "refuses" => Claim::Refuses(named(fields, "refuses", &Request::ALL, Request::as_str)?),
        "underWay" => Claim::UnderWay(fields.required("underWay")?),
        #[cfg(feature = "log")]
        claim if log_claim::CLAIMS.contains(&claim) => Claim::Log(LogClaim::read(fields, claim)?),
        _ => Claim::Breaks(named(fields, "breaks", &Invariant::ALL, Invariant::as_str)?),
    })
}

/// One of a few things, by its name.
fn named<T: Copy>(fields: &Object, field: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, Malformed> {
    fields.get(field).cloned().unwrap_or_default().one_of(field, all, name)
}

/// Everything there is to check expectations against.
pub(super) struct Evidence<'a> {
    pub(super) history: &'a History,
    pub(super) events: &'a [Event],
    pub(super) ended: Ending,
}

impl Evidence<'_> {
    fn scheme(&self) -> Scheme {
        self.history.now().config().ballots
    }

    /// The step of a moment, counted from the beginning.
    pub(super) fn step_of(&self, moment: &Moment) -> Option<u64> {
        match moment {
            Moment::Next => Some(self.history.branch().length()),
            Moment::Step(step) => Some(*step).filter(|step| *step <= self.history.branch().length()),
            Moment::After(pattern, times) => {
                let fitting = self.events.iter().filter(|event| pattern.fits_event(event, self.scheme()));
                fitting.map(|event| event.step).nth(*times as usize - 1)
            }
        }
    }
}

impl Expectation {
    /// Whether any expectation among these is that an invariant breaks.
    pub(super) fn expects_a_breach(all: &[Self]) -> bool {
        all.iter().any(|expectation| matches!(expectation.claim, Claim::Breaks(_)))
    }

    /// Refuses an expectation that names an event, a field or a server that does not exist: it might be met for ever.
    /// And one that another protocol alone can meet.
    pub(super) fn check_names(&self, scope: Scope) -> Result<(), Malformed> {
        self.at.check(scope)?;
        if let Some(protocol) = self.claim.protocol().filter(|protocol| *protocol != scope.protocol()) {
            let (says, protocol, runs) = (self.claim.says(), protocol.as_str(), scope.protocol().as_str());
            return Err(Malformed::new(&format!(
                "\"{says}\" can be expected of the protocol \"{protocol}\" only, and this run is of \"{runs}\""
            )));
        }
        match &self.claim {
            Claim::Happens(pattern, _) => pattern.check(scope),
            Claim::Sent(pattern, _) => pattern.check_message(scope),
            #[cfg(feature = "log")]
            Claim::Log(claim) => claim.check_names(scope),
            Claim::BlockedUntil(moment) => moment.check(scope),
            Claim::Knows(known) => known.iter().try_for_each(|node| vocabulary::check_server(*node, scope)),
            _ => Ok(()),
        }
    }

    /// Refuses an expectation that names a moment: a goal is looked at after every step.
    pub(super) fn check_is_a_goal(&self) -> Result<(), Malformed> {
        match self.at {
            Moment::Next => Ok(()),
            Moment::Step(_) | Moment::After(..) => {
                Err(Malformed::new("a goal is judged after every step, so it has no \"step\" and no \"after\""))
            }
        }
    }

    /// Whether more steps could change what it comes to. Of a run that a limit ended, such a thing is not known.
    const fn is_about_the_end(&self) -> bool {
        match self.claim {
            Claim::Chosen(_) | Claim::SomethingChosen | Claim::Knows(_) | Claim::UnderWay(_) => {
                matches!(self.at, Moment::Next)
            }
            Claim::Ballots(_) | Claim::Happens(_, Some(_)) | Claim::Sent(_, Some(_)) => true,
            #[cfg(feature = "log")]
            Claim::Log(_) => matches!(self.at, Moment::Next),
            Claim::Duel(_)
            | Claim::Rechosen(_)
            | Claim::AdoptsAnother
            | Claim::Loses(_)
            | Claim::Refuses(_)
            | Claim::Happens(_, None)
            | Claim::Sent(_, None)
            | Claim::BlockedUntil(_)
            | Claim::Breaks(_) => false,
        }
    }

    /// In a few words.
    #[must_use]
    pub fn says(&self) -> String {
        match (&self.words, &self.at) {
            (Some(words), _) => words.clone(),
            (None, Moment::Next) => self.claim.says(),
            (None, moment) => format!("{}: {}", moment.says(), self.claim.says()),
        }
    }

    /// What came of it, if this was seen instead.
    pub(super) fn checked(&self, seen: Option<String>) -> Checked {
        Checked { says: self.says(), met: seen.is_none(), seen: seen.unwrap_or_default() }
    }

    /// Looks whether it is so.
    pub(super) fn check(&self, evidence: &Evidence<'_>) -> Checked {
        let Some(step) = evidence.step_of(&self.at) else {
            return self.checked(Some("that moment never comes".to_string()));
        };
        if evidence.ended == Ending::LIMIT && self.is_about_the_end() {
            let steps = evidence.history.branch().length();
            return self.checked(Some(format!("a limit ended the run after {steps} steps")));
        }
        let mut watch = Watch::new(&self.claim);
        for event in evidence.events {
            watch.take_in(&self.claim, event, evidence.scheme());
        }
        self.checked(watch.contradicted(&self.claim, &evidence.history.moment(step)))
    }
}
