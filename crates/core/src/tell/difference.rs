//! Where two runs come apart.
//!
//! The digest of a run is a chain: that of a step covers every event up to it. So once two runs have come apart their
//! digests differ for ever, and before that they never do. That makes the first difference something to be found by
//! halving, as a name in a directory: a look at some twenty moments of each run, however long they are, and two logs
//! that are never made. Only the events of the one step in question are looked at.

use alloc::{format, string::String};

use crate::digest::digest;
use crate::json::{Json, Object};
use crate::paxos::Scheme;
use crate::run::{Event, History};
use crate::sim::Time;

/// The first difference between two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The first step that is not the same in both, from 1.
    pub step: u64,
    /// When, in simulated milliseconds: in the run in which it is earlier.
    pub at: Time,
    /// The first event of one run that differs; `None` when it has no more events.
    pub a: Option<Event>,
    /// The event that the other run has in its place; `None` when it has no more events.
    pub b: Option<Event>,
    /// The difference in two or three sentences, in which one run is “here” and the other “there”.
    pub says: String,
    /// How each run writes its ballots.
    schemes: [Scheme; 2],
}

/// The first difference between the current branches of two runs, whatever moments are their present; `None` when their
/// events are the same.
#[must_use]
pub fn first_difference(a: &History, b: &History) -> Option<Difference> {
    let common = in_common(a, b);
    let lengths = [a, b].map(|run| run.branch().length());
    if lengths == [common; 2] {
        return None;
    }
    let step = common + 1;
    let [of_a, of_b] = [a, b].map(|run| run.events(step, step));
    let place = of_a.iter().zip(&of_b).take_while(|(a, b)| looks_same(a, b)).count();
    let [event_a, event_b] = [of_a, of_b].map(|events| events.into_iter().nth(place));
    let times = [&event_a, &event_b].map(|event| event.as_ref().map(|event| event.at));
    let since = a.moment(common).schedule().now();
    let sides = [Side::of(a, event_a.as_ref(), step), Side::of(b, event_b.as_ref(), step)];
    let says = format!("{} {}", until(common, since), then(&sides));
    let at = times.into_iter().flatten().min().unwrap_or(since);
    let schemes = [a, b].map(scheme);
    Some(Difference { step, at, a: event_a, b: event_b, says, schemes })
}

/// Whether two events are the same to a digest. What only explains them may differ.
fn looks_same(a: &Event, b: &Event) -> bool {
    let seen = |event| digest(core::slice::from_ref(event), 0);
    seen(a) == seen(b)
}

/// How many steps two runs have in common from their beginning.
fn in_common(a: &History, b: &History) -> u64 {
    let same = |step| a.moment(step).fingerprint() == b.moment(step).fingerprint();
    let shorter = a.branch().length().min(b.branch().length());
    if same(shorter) {
        return shorter;
    }
    // They are the same after `low` steps, as they are after none, and not after `high`.
    let (mut low, mut high) = (0, shorter);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if same(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

fn scheme(run: &History) -> Scheme {
    run.now().config().ballots
}

fn until(common: u64, at: Time) -> String {
    match common {
        0 => "Nothing is the same, from the first step on.".into(),
        _ => format!("Until step {common}, at {at} ms, both are the same."),
    }
}

/// What one run does when they come apart.
enum Side {
    /// This happens, at this time.
    Happens(Time, String),
    /// No more than in the other run: nothing for this reason.
    Nothing(&'static str),
}

impl Side {
    fn of(run: &History, event: Option<&Event>, step: u64) -> Self {
        match event {
            Some(event) => Self::Happens(event.at, event.why(scheme(run))),
            None if step <= run.branch().length() => Self::Nothing("no more comes of it"),
            None if run.moment(u64::MAX).next().is_some() => Self::Nothing("the record ends"),
            None => Self::Nothing("nothing is left to happen"),
        }
    }

    fn says(&self, place: &str) -> String {
        match self {
            Self::Happens(at, why) => format!("{place}, at {at} ms: {why}"),
            Self::Nothing(why) => format!("{place}, {why}."),
        }
    }
}

fn then(sides: &[Side; 2]) -> String {
    match sides {
        [Side::Happens(here, why), Side::Happens(there, same)] if why == same && here == there => {
            format!("Then, at {here} ms, they differ in what this does not tell: {why}")
        }
        [Side::Happens(here, why), Side::Happens(there, same)] if why == same => {
            format!("Then the same comes at {here} ms here and at {there} ms there: {why}")
        }
        [here, there] => format!("{} {}", here.says("Then here"), there.says("There")),
    }
}

impl From<&Difference> for Json {
    fn from(difference: &Difference) -> Self {
        let Difference { step, at, a, b, says, schemes } = difference;
        let event = |event: &Option<Event>, scheme: Scheme| event.as_ref().map(|event| event.json(scheme));
        Object::new()
            .with("step", *step)
            .with("at", *at)
            .with("a", event(a, schemes[0]))
            .with("b", event(b, schemes[1]))
            .with("says", says.as_str())
            .into()
    }
}

#[cfg(test)]
mod tests;
