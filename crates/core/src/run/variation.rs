//! The same run with one difference.
//!
//! What would have happened without that crash? With another seed? Two runs can only be compared if nothing else
//! differs, and here nothing does: draws are functions of the seed and of what is decided, and remember nothing. So a
//! message that both runs send takes as long in both, and whatever the difference does not reach happens in both, at
//! the same time.
//!
//! What was done to the run is done again. Not after as many steps, because once the two have come apart a number of
//! steps means another moment in each, but *when the clock comes to the time* at which it was done. Where several
//! things happen at one time, it is after as many of them as before, so that a crash between a write and its sync stays
//! there; and as long as the two are the same, that is the very same step. A clock has only the times of its steps:
//! between two of them, it is done at the earlier one.

use alloc::{format, string::String, string::ToString, vec::Vec};

use litemap::LiteMap;

use super::{History, Intervention, Run};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::paxos::Scheme;
use crate::sim::{self, Action, Cluster, Config, Envelope, MessageId, Time};
use crate::text::capital;

/// The one difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It starts from something else: another seed, another latency, no backoff, and whatever else a config may say.
    Config(Config),
    /// One thing was never done: the intervention at this place, from 0.
    Without(usize),
    /// One thing was done earlier or later: another crash point.
    Moved {
        /// The place of the intervention, from 0.
        which: usize,
        /// After how many steps of the original it is done instead.
        step: u64,
    },
}

/// A run with one difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Variation {
    /// The run, at its beginning. It has no title and no notes: those are about the original.
    pub run: Run,
    /// What could not be done to it any more, and why: one sentence each, in order.
    pub left_out: Vec<String>,
}

/// Why there is no such variation of a run: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VariationError(String);

impl Run {
    /// The same run with one difference.
    ///
    /// * What is not possible any more is left out, and listed.
    /// * It goes on for as long as the original did, in simulated time. If nothing was left to happen in the original,
    ///   it may take as long again to come to an end of its own.
    ///
    /// # Errors
    /// A sentence, when the original cannot be replayed, the config is not valid, or there is no such intervention or
    /// step.
    pub fn varied(&self, change: &Edit) -> Result<Variation, VariationError> {
        let original = self.replay().map_err(|error| VariationError(error.to_string()))?;
        let interventions = self.changed(change)?;
        let Plan { doings, messages, end, settled } = Plan::of(original, &interventions);
        let config = if let Edit::Config(config) = change { config } else { &self.config };
        let history = History::new(config.clone());
        let history = history.map_err(|error| VariationError(format!("This config is not valid: {error}.")))?;
        let mut going = Going { history, clock: Clock::default() };
        let mut left_out = Vec::new();
        for (when, action) in doings {
            going.reach(when);
            let about = action.message().and_then(|id| messages.get(&id));
            if let Err(why) = going.apply(action, about) {
                left_out.push(why);
            }
        }
        going.reach(end);
        if settled {
            going.reach(Clock { at: end.at * 2, ticks: 0 });
        }
        Ok(Variation { run: Run { cursor: 0, ..going.history.run() }, left_out })
    }

    /// What is to be done to the varied run, each after so many steps of the *original*, in order. Unlike in a run, two
    /// may come after the same step.
    fn changed(&self, change: &Edit) -> Result<Vec<Intervention>, VariationError> {
        let mut all = self.interventions.clone();
        let (which, step) = match *change {
            Edit::Config(_) => return Ok(all),
            Edit::Without(which) => (which, None),
            Edit::Moved { which, step } => (which, Some(step)),
        };
        if which >= all.len() {
            let there = all.len();
            return Err(VariationError(format!(
                "There is no intervention {which}: this run has {there}, and they are counted from 0."
            )));
        }
        let one = all.remove(which);
        if let Some(step) = step {
            if step > self.length {
                return Err(VariationError(format!("There is no step {step}: this run has {}.", self.length)));
            }
            let place = all.partition_point(|other| other.step < step);
            all.insert(place, Intervention { step, ..one });
        }
        Ok(all)
    }
}

/// Something that was done to a run, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// After how many steps.
    pub step: u64,
    /// When, in simulated milliseconds.
    pub at: Time,
    /// What, in a few words: `Crash server 3`.
    pub says: String,
}

impl History {
    /// What was done to the current branch, in order: the interventions that a [`Edit`] counts.
    #[must_use]
    pub fn done(&self) -> Vec<Done> {
        let told = |Intervention { step, action, .. }: &Intervention| {
            let moment = self.moment(*step);
            Done { step: *step, at: moment.schedule().now(), says: capital(&moment.cluster().describe(action)) }
        };
        self.branch().interventions().iter().map(told).collect()
    }
}

impl From<&Done> for Json {
    fn from(Done { step, at, says }: &Done) -> Self {
        Object::new().with("step", *step).with("at", *at).with("says", says.as_str()).into()
    }
}

/// A moment of a run by its clock: a time, and how many of the clock's steps there were at that time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Clock {
    at: Time,
    ticks: u64,
}

impl Clock {
    /// The clock made a step at this time.
    fn tick(&mut self, at: Time) {
        let ticks = if at == self.at { self.ticks + 1 } else { 1 };
        *self = Self { at, ticks };
    }
}

/// What was done to a run, each by the clock instead of by the number of a step.
struct Plan {
    doings: Vec<(Clock, Action)>,
    /// What the messages were that something was done to.
    messages: LiteMap<MessageId, Envelope>,
    end: Clock,
    /// Whether nothing was left to happen.
    settled: bool,
}

impl Plan {
    /// Watches the original, and notes at which time what is to be done is due.
    fn of(mut original: History, wanted: &[Intervention]) -> Self {
        let (mut doings, mut messages, mut clock) = (Vec::new(), LiteMap::new(), Clock::default());
        let mut wanted = wanted.iter().peekable();
        original.seek(0);
        loop {
            let step = original.now().steps();
            while let Some(due) = wanted.next_if(|due| due.step == step) {
                doings.push((clock, due.action.clone()));
            }
            let done = original.branch().intervention_at(step).map(|done| done.action.message());
            if let Some(message) = done.flatten().and_then(|id| under_way(original.now().cluster(), id)) {
                messages.insert(message.id, message.clone());
            }
            if original.is_at_end() || original.step().is_none() {
                break;
            }
            if done.is_none() {
                clock.tick(original.now().schedule().now());
            }
        }
        let now = original.now();
        // In a guided run, time passes without the clock's steps.
        let end =
            if now.config().clock == sim::Clock::Guided { Clock { at: now.schedule().now(), ticks: 0 } } else { clock };
        Self { doings, messages, end, settled: original.next().is_none() }
    }
}

/// The varied run, as far as it has come.
struct Going {
    history: History,
    clock: Clock,
}

impl Going {
    /// Follows the clock up to a moment of it, or until nothing is left to happen.
    fn reach(&mut self, moment: Clock) {
        loop {
            let now = self.history.now();
            let Some((next, _)) = now.schedule().next(now.cluster()) else { return };
            let ticks = if next == self.clock.at { self.clock.ticks } else { 0 };
            if (next, ticks) >= (moment.at, moment.ticks) || self.history.step().is_none() {
                return;
            }
            self.clock.tick(next);
        }
    }

    /// Does what was done to the original; `about` is what the message was, if it was done to one.
    fn apply(&mut self, mut action: Action, about: Option<&Envelope>) -> Result<(), String> {
        if let Some(message) = about {
            let scheme = self.history.now().config().ballots;
            let found = find(self.history.now().cluster(), message);
            let found = found.ok_or_else(|| missing(&action, message, scheme))?;
            action = action.about_message(found);
        }
        // In a guided run, nobody else sees to the disk on which a message has to wait here.
        if let (true, Action::Flush { node }) = (self.history.now().config().clock == sim::Clock::Guided, &action)
            && self.history.check(&action).is_err()
        {
            let _ = self.history.apply(&Action::Sync { node: *node });
        }
        self.history.apply(&action).map(|_| ()).map_err(|refusal| refusal.to_string())
    }
}

/// A message that has left and not arrived, or that waits to leave.
fn under_way(cluster: &Cluster, id: MessageId) -> Option<&Envelope> {
    cluster.network().get(id).or_else(|| cluster.waiting(id).map(|(_, outgoing)| &outgoing.message))
}

/// The message that is to this cluster what `message` was to another. Numbers count every message, so they soon differ;
/// what it is, and between whom, does not. Of several, rather as much of a copy, and the first one made.
fn find(cluster: &Cluster, message: &Envelope) -> Option<MessageId> {
    let says = |it: &Envelope| (it.from, it.to, it.message.kind_name(), it.message.ballot());
    let alike = |other: &&Envelope| says(other) == says(message);
    if let Some(same) = under_way(cluster, message.id).filter(alike) {
        return Some(same.id);
    }
    let outboxes = cluster.nodes().flat_map(|node| cluster.server(node).outbox());
    let all = cluster.network().in_flight().chain(outboxes.map(|outgoing| &outgoing.message));
    all.filter(alike).min_by_key(|other| (other.copy != message.copy, other.id)).map(|other| other.id)
}

/// The refusal of something done to a message that is not there.
fn missing(action: &Action, message: &Envelope, scheme: Scheme) -> String {
    let Envelope { from, to, message, .. } = message;
    let (verb, kind, (from, to)) = (action.name(), message.kind_name(), (from.named(), to.named()));
    let ballot = message.ballot().map_or_else(String::new, |ballot| format!(" {}", scheme.name(ballot)));
    format!("Cannot {verb} {kind}{ballot} from {from} to {to}: there is no such message under way.")
}

impl From<&Edit> for Json {
    fn from(change: &Edit) -> Self {
        let object = |kind: &str| Object::new().with("type", kind);
        match change {
            Edit::Config(config) => object("config").with("config", config),
            Edit::Without(which) => object("without").with("which", *which as u64),
            Edit::Moved { which, step } => object("moved").with("which", *which as u64).with("step", *step),
        }
        .into()
    }
}

impl FromJson for Edit {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["type", "config", "which", "step"])?;
        let which = || Ok(fields.required::<u32>("which")? as usize);
        let kind: String = fields.required("type")?;
        match kind.as_str() {
            "config" => Ok(Self::Config(fields.required("config")?)),
            "without" => Ok(Self::Without(which()?)),
            "moved" => Ok(Self::Moved { which: which()?, step: fields.required("step")? }),
            _ => Err(Malformed::new(&format!(
                "\"type\" is one of config, without, moved, not \"{}\"",
                crate::text::short(&kind, 40)
            ))),
        }
    }
}

impl From<&Variation> for Json {
    fn from(Variation { run, left_out }: &Variation) -> Self {
        let left_out: Self = left_out.iter().map(String::as_str).collect();
        Object::new().with("run", run).with("leftOut", left_out).into()
    }
}

#[cfg(test)]
mod tests;
