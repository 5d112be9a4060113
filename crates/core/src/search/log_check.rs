//! Answers to questions about every run of a replicated log.
//!
//! A [`LogQuestion`] says which rules are off and how far to look; a [`LogCheck`] answers it by searching the
//! [`LogModel`]. It works in slices, exactly as a [`ModelCheck`](super::ModelCheck) does.

use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

use super::explorer::{Batch, Budget, Model, PropertyKind, Search, SearchStatus};
use super::log_model::{Bounds, LogModel};
use super::question::read_budget;
use super::{ModelCheckError, log_counterexample};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::run::Run;
use crate::sim::Rule;
use crate::{log, paxos};

/// A question about every run of a log within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogQuestion {
    /// Which rules of the log hold.
    pub rules: log::Rules,
    /// Which rules of single-decree Paxos hold.
    pub single: paxos::Rules,
    /// How far the search looks.
    pub bounds: Bounds,
    /// When the search gives up.
    pub budget: Budget,
}

impl LogQuestion {
    /// Whether these rules are enough, within bounds in which each rule that is off matters if it ever does.
    #[must_use]
    pub fn without(rules: log::Rules, single: paxos::Rules) -> Self {
        let budget = Budget { states: 8_000_000, bytes: 1 << 30 };
        Self { rules, single, bounds: Bounds::for_rules(rules, single), budget }
    }

    /// The names of the rules that are off: those of the log first.
    #[must_use]
    pub fn off(&self) -> Vec<&'static str> {
        self.rules.off().map(log::Rule::as_str).chain(self.single.off().map(paxos::Rule::as_str)).collect()
    }
}

/// Every field but the protocol may be left out. Bounds that are not given are such that each rule that is off matters.
impl FromJson for LogQuestion {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["protocol", "off", "bounds", "budget"])?;
        let (mut rules, mut single) = (log::Rules::default(), paxos::Rules::default());
        for rule in fields.optional::<Vec<Rule>>("off")?.unwrap_or_default() {
            match rule {
                Rule::Log(rule) => rules.set(rule, false),
                Rule::Paxos(rule) => single.set(rule, false),
            }
        }
        let mut question = Self::without(rules, single);
        if let Some(json) = fields.get("bounds") {
            question.bounds = question.bounds.with_json(json)?;
        }
        read_budget(fields, &mut question.budget)?;
        Ok(question)
    }
}

/// A question, and the search that answers it.
#[derive(Clone, Debug)]
pub struct LogCheck {
    question: LogQuestion,
    search: Search<LogModel>,
    status: SearchStatus,
}

impl LogCheck {
    /// Begins to search.
    ///
    /// # Errors
    /// A sentence, when the bounds make no sense.
    pub fn new(question: LogQuestion) -> Result<Self, ModelCheckError> {
        let LogQuestion { rules, single, bounds, budget } = question;
        if let Some(sentence) = bounds.refusal() {
            return Err(ModelCheckError(sentence));
        }
        let search = Search::new(LogModel::new(bounds, rules, single), budget);
        Ok(Self { question, status: search.status(), search })
    }

    /// Expands at most so many states more.
    pub fn advance(&mut self, states: u32) -> SearchStatus {
        if self.status == SearchStatus::Running {
            self.status = self.search.advance(states);
        }
        self.status
    }

    /// The status of the search.
    #[must_use]
    pub const fn status(&self) -> SearchStatus {
        self.status
    }

    /// The search.
    #[must_use]
    pub const fn search(&self) -> &Search<LogModel> {
        &self.search
    }

    /// The states that are not expanded yet, at most so many, as a range to be split among threads.
    #[must_use]
    pub fn pending(&self, count: u32) -> Range<u32> {
        self.search.pending(count)
    }

    /// Expands some of the pending states without taking in their successors.
    #[must_use]
    pub fn batch(&self, states: Range<u32>) -> Batch {
        self.search.batch(states)
    }

    /// Takes in batches, one after the other from the first pending state.
    pub fn absorb(&mut self, batches: &[Batch]) -> SearchStatus {
        for batch in batches {
            if self.status == SearchStatus::Running {
                self.status = self.search.absorb(batch);
            }
        }
        self.status
    }

    /// The progress of the search, as numbers.
    #[must_use]
    pub fn progress(&self) -> Object {
        super::model_check::progress(&self.search, self.status)
    }

    /// The run that violates a property, if one was found, and the simulated world can be led there: see
    /// [`LogCheck::violation`] for the way itself.
    #[must_use]
    pub fn run(&self) -> Option<Run> {
        let SearchStatus::Violated { property, state } = self.status else { return None };
        log_counterexample::run(&self.question, &self.search, property, state)
    }

    /// The shortest way to a violation, one sentence for each action, and the property that it violates.
    #[must_use]
    pub fn violation(&self) -> Option<(&'static str, Vec<String>)> {
        let SearchStatus::Violated { property, state } = self.status else { return None };
        let model = self.search.model();
        let path = self.search.path(state);
        let steps = path.into_iter().map(|edge| model.told(edge, self.search.state(edge.from)));
        Some((model.properties()[property].name, steps.collect()))
    }

    /// The answer: the bounds, which properties hold, and the shortest way to a violation, if there is one.
    #[must_use]
    pub fn report(&self) -> Object {
        let LogQuestion { bounds, .. } = self.question;
        let (states, bytes) = (self.search.states(), self.search.bytes());
        let violation = self.violation().map(|(property, steps)| {
            let length = steps.len() as u64;
            let steps: Json = steps.into_iter().map(Json::from).collect();
            let run = self.run();
            let object = Object::new().with("property", property).with("length", length);
            let says = run.as_ref().and_then(|run| run.notes.last()).map(|note| note.says.clone());
            object.with("run", run.as_ref().map(Json::from)).with("says", says).with("steps", steps)
        });
        Object::new()
            .with("model", "log")
            .with("off", self.question.off().into_iter().map(Json::from).collect::<Json>())
            .with("bounds", &bounds)
            .with("says", format!("{bounds}"))
            .with("states", states)
            .with("depth", self.search.depth() as u64)
            .with("complete", self.status == SearchStatus::Complete)
            .with("budgetReached", self.status == SearchStatus::Budget)
            .with("properties", self.properties())
            .with("violation", violation)
            .with("bytesPerState", bytes as u64 / u64::from(states.max(1)))
    }

    /// Whether each property holds. `null`: it was not decided when the search stopped.
    fn properties(&self) -> Json {
        let complete = self.status == SearchStatus::Complete;
        let told = self.search.model().properties().iter().enumerate().map(|(at, property)| {
            let found = self.search.witness(at).is_some();
            let (kind, holds) = match property.kind {
                PropertyKind::Always => ("always", if found { Some(false) } else { complete.then_some(true) }),
                PropertyKind::Sometimes => ("sometimes", if found { Some(true) } else { complete.then_some(false) }),
            };
            Object::new().with("name", property.name).with("kind", kind).with("holds", holds)
        });
        told.collect()
    }
}
