//! Answers to questions about every run.
//!
//! A [`Question`] says which rules are off, how far to look ([`Bounds`](super::paxos_model::Bounds)) and where to begin: with a
//! new cluster, or at a step of a run. A [`ModelCheck`] answers it by searching the cluster or Lamport's specification. It
//! works in slices, so that a page or a terminal can show its progress and stop it. A counterexample is a [`Run`] like any
//! other.

use alloc::boxed::Box;
use core::ops::Range;

use super::{ModelCheckError, ModelKind, Question, counterexample};
use crate::json::{Json, Object};
use crate::paxos::{Rule, Rules};
use crate::run::Run;
use crate::search::explorer::{Batch, Model, PropertyKind, Search, SearchStatus};
use crate::search::paxos_model::PaxosModel;
use crate::search::spec::Spec;

/// A search of one of the two models.
#[derive(Clone, Debug)]
enum Searching {
    Cluster(Box<Search<PaxosModel>>),
    Spec(Box<Search<Spec>>),
}

/// The same for both models.
macro_rules! on_either {
    ($self:expr, $search:ident => $body:expr) => {
        match $self {
            Searching::Cluster($search) => $body,
            Searching::Spec($search) => $body,
        }
    };
}

/// A question, and the search that answers it.
#[derive(Clone, Debug)]
pub struct ModelCheck {
    question: Question,
    searching: Searching,
    status: SearchStatus,
    /// The rules in the world that is searched.
    rules: Rules,
}

impl ModelCheck {
    /// Begins to search.
    ///
    /// # Errors
    /// A sentence, when there is no answer: the run does not replay, or no search can exhaust the bounds (with an estimate of
    /// how many states there are).
    pub fn new(question: Question) -> Result<Self, ModelCheckError> {
        question.check()?;
        let budget = question.budget;
        let searching = match question.model {
            ModelKind::Spec => Searching::Spec(Box::new(Search::new(question.spec()?, budget))),
            ModelKind::Cluster => Searching::Cluster(Box::new(Search::new(question.cluster()?, budget))),
        };
        let status = on_either!(&searching, search => search.status());
        let rules = question.rules_searched()?;
        Ok(Self { question, searching, status, rules })
    }

    /// Expands at most so many states more.
    pub fn advance(&mut self, states: u32) -> SearchStatus {
        if self.status == SearchStatus::Running {
            self.status = on_either!(&mut self.searching, search => search.advance(states));
        }
        self.status
    }

    /// The status of the search.
    #[must_use]
    pub const fn status(&self) -> SearchStatus {
        self.status
    }

    /// The states that are not expanded yet, at most so many, as a range to be split among threads: see [`ModelCheck::batch`].
    #[must_use]
    pub fn pending(&self, count: u32) -> Range<u32> {
        on_either!(&self.searching, search => search.pending(count))
    }

    /// Expands some of the pending states without taking in their successors, so that many threads can do it at once.
    #[must_use]
    pub fn batch(&self, states: Range<u32>) -> Batch {
        on_either!(&self.searching, search => search.batch(states))
    }

    /// Takes in batches, one after the other from the first pending state. The answer is the same, to the last state, as
    /// without threads.
    pub fn absorb(&mut self, batches: &[Batch]) -> SearchStatus {
        for batch in batches {
            if self.status == SearchStatus::Running {
                self.status = on_either!(&mut self.searching, search => search.absorb(batch));
            }
        }
        self.status
    }

    /// The progress of the search, as numbers.
    #[must_use]
    pub fn progress(&self) -> Object {
        on_either!(&self.searching, search => progress(search, self.status))
    }

    /// The run that violates a property, if one was found. The specification has no servers, so it has no run.
    #[must_use]
    pub fn run(&self) -> Option<Run> {
        match (&self.searching, self.status) {
            (Searching::Cluster(search), SearchStatus::Violated { property, state }) => {
                Some(counterexample::run(&self.question, search, property, state))
            }
            _ => None,
        }
    }

    /// The answer: the bounds, which properties hold, and the run that violates one, if there is one.
    #[must_use]
    pub fn report(&self) -> Object {
        let bounds = self.question.bounds;
        let (states, depth, bytes) =
            on_either!(&self.searching, search => (search.states(), search.depth(), search.bytes()));
        Object::new()
            .with("model", self.question.model.as_str())
            .with("off", self.rules.off().map(Rule::as_str).collect::<Json>())
            .with("bounds", self.question.bounds_json())
            .with("says", alloc::format!("{bounds}"))
            .with("states", states)
            .with("depth", depth as u64)
            .with("complete", self.status == SearchStatus::Complete)
            .with("budgetReached", self.status == SearchStatus::Budget)
            .with("properties", self.properties())
            .with("violation", self.violation())
            .with("bytesPerState", bytes as u64 / u64::from(states.max(1)))
    }

    /// Whether each property holds. `null`: it was not decided when the search stopped; or it is about what servers believe,
    /// and none of them hears of votes.
    fn properties(&self) -> Json {
        let unheard = match &self.searching {
            Searching::Cluster(search) => search.model().unheard(),
            Searching::Spec(_) => 0,
        };
        let decided = |at: usize| self.status == SearchStatus::Complete && unheard >> at & 1 == 0;
        let properties = on_either!(&self.searching, search => {
            let properties = search.model().properties();
            let found = |at| search.witness(at).is_some();
            properties.iter().enumerate().map(|(at, property)| (*property, found(at))).collect::<alloc::vec::Vec<_>>()
        });
        let told = properties.into_iter().enumerate().map(|(at, (property, found))| {
            let complete = decided(at);
            let (kind, holds) = match property.kind {
                PropertyKind::Always => ("always", if found { Some(false) } else { complete.then_some(true) }),
                PropertyKind::Sometimes => ("sometimes", if found { Some(true) } else { complete.then_some(false) }),
            };
            Object::new().with("name", property.name).with("kind", kind).with("holds", holds)
        });
        told.collect()
    }

    fn violation(&self) -> Option<Object> {
        let SearchStatus::Violated { property, state } = self.status else { return None };
        let (name, length) = on_either!(&self.searching, search => {
            (search.model().properties()[property].name, search.level(state) - 1)
        });
        let object = Object::new().with("property", name).with("length", length as u64);
        Some(match &self.searching {
            Searching::Cluster(_) => {
                let run = self.run();
                let says = run.as_ref().and_then(|run| run.notes.last()).map(|note| note.says.clone());
                object.with("run", run.as_ref().map(Json::from)).with("says", says)
            }
            Searching::Spec(search) => {
                let steps = Spec::run(search, state);
                let names = steps.iter().map(|step| alloc::format!("{}", step.told(&crate::search::spec::Numbers)));
                object.with("run", Json::Null).with("steps", names.map(Json::from).collect::<Json>())
            }
        })
    }
}

/// The progress of a search, as numbers.
pub(super) fn progress<M: Model>(search: &Search<M>, status: SearchStatus) -> Object {
    let status = match status {
        SearchStatus::Running => "running",
        SearchStatus::Complete => "complete",
        SearchStatus::Violated { .. } => "violated",
        SearchStatus::Budget => "budget",
    };
    Object::new()
        .with("status", status)
        .with("states", search.states())
        .with("generated", search.generated())
        .with("depth", search.depth() as u64)
        .with("frontier", search.frontier())
        .with("bytes", search.bytes() as u64)
}
