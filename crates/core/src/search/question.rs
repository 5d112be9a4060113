//! Questions about every run, and which of them are refused.

use alloc::string::{String, ToString};
use core::fmt;

use super::start;
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_CHECK_STATES, MAX_CHECK_VALUES};
use crate::paxos::{Rule, Rules};
use crate::run::{History, Run};
use crate::search::explorer::Budget;
use crate::search::paxos_model::{Bounds, PaxosModel, too_large};
use crate::search::spec::{Fault, Spec};
use crate::sim::{Clock, Config, ProtocolKind};

/// As long as a person would wait, and as many bytes as a page can hold without harm.
const PATIENCE: Budget = Budget { states: 8_000_000, bytes: 768 << 20 };

words! {
    /// The model that is searched.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum ModelKind {
        /// The program itself, with its servers, messages and disks.
        #[default]
        Cluster = "cluster",
        /// Lamport's abstract algorithm.
        Spec = "spec",
    }
}

/// A question about every run within bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The model that is searched.
    pub model: ModelKind,
    /// Which rules hold.
    pub rules: Rules,
    /// How far the search looks.
    pub bounds: Bounds,
    /// The run and the step at which the search begins; `None`: with a new cluster. Rules that are off in the run stay off.
    pub from: Option<(Run, u64)>,
    /// Whether states that differ only in names are merged. Sound in the specification, and only there.
    pub merged: bool,
    /// When the search gives up.
    pub budget: Budget,
}

/// Why a question has no answer: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ModelCheckError(pub(super) String);

fn wrong<T>(text: impl fmt::Display) -> Result<T, ModelCheckError> {
    Err(ModelCheckError(text.to_string()))
}

impl Question {
    /// Whether these rules are enough for agreement, within bounds in which each rule that is off matters.
    #[must_use]
    pub fn without(rules: Rules) -> Self {
        let bounds = Bounds::for_rules(rules);
        Self { model: ModelKind::Cluster, rules, bounds, from: None, merged: false, budget: PATIENCE }
    }

    /// The same question, beginning at a step of a run: with two more ballots and one more request.
    #[must_use]
    pub fn starting_at(self, run: Run, step: u64) -> Self {
        let servers = run.config.nodes;
        let proposers = self.bounds.proposers.min(servers);
        let bounds = Bounds { servers, proposers, values: 1, ballots: 2, ballots_each: 2, ..self.bounds };
        Self { bounds, from: Some((run, step)), ..self }
    }

    /// Refuses a question that makes no sense or that no search can finish.
    pub(super) fn check(&self) -> Result<(), ModelCheckError> {
        if self.from.is_some() && self.model == ModelKind::Spec {
            return wrong(
                "A run cannot be searched from in the specification, which has no servers: search the cluster.",
            );
        }
        if self.from.as_ref().is_some_and(|(run, _)| run.config.protocol != ProtocolKind::Single) {
            return wrong(
                "This run is of a replicated log, and the question is about one agreed value: ask it about a log.",
            );
        }
        if let Some((run, _)) = &self.from {
            let nodes = run.config.nodes;
            if nodes > Bounds::MOST_SERVERS {
                return wrong(too_large("A search", nodes, Bounds::MOST_SERVERS));
            }
            if nodes != self.bounds.servers {
                return wrong(format_args!("This run has {nodes} servers: a search that goes on from it has as many."));
            }
        }
        if let Some(sentence) = self.bounds.refusal() {
            return wrong(sentence);
        }
        if self.model == ModelKind::Cluster && self.bounds.estimate() > MAX_CHECK_STATES {
            return wrong(format_args!(
                "Within {} there are about {:.0e} states, and no search gets through more than {MAX_CHECK_STATES:.0e}: \
                 look at fewer servers, ballots or faults.",
                self.bounds,
                self.bounds.estimate()
            ));
        }
        Ok(())
    }

    pub(super) fn config(&self) -> Config {
        Config { nodes: self.bounds.servers, clock: Clock::Guided, rules: self.rules, ..Config::default() }
    }

    /// The run at which the search begins, at the step at which it begins.
    pub(super) fn history(&self) -> Result<History, ModelCheckError> {
        let Some(from) = &self.from else {
            return History::new(self.config()).map_err(|error| ModelCheckError(error.to_string()));
        };
        start::history(from, self.rules.off().map(Into::into))
    }

    /// The rules in the world that is searched: those asked for, and in a run what it says itself at that step.
    pub(super) fn rules_searched(&self) -> Result<Rules, ModelCheckError> {
        match (&self.from, self.model) {
            (Some(_), ModelKind::Cluster) => Ok(self.history()?.now().cluster().settings().rules),
            _ => Ok(self.rules),
        }
    }

    pub(super) fn cluster(&self) -> Result<PaxosModel, ModelCheckError> {
        if let Some(from) = &self.from {
            let history = self.history()?;
            let now = history.now();
            let held = start::held(from, now.cluster().settings().rules);
            let asked = now.observer().proposed().len();
            if asked > MAX_CHECK_VALUES {
                return wrong(format_args!(
                    "Until then {asked} values are asked for, and a search tells {MAX_CHECK_VALUES} apart: begin earlier."
                ));
            }
            return Ok(PaxosModel::from_present(now.cluster(), now.observer(), held, self.bounds));
        }
        PaxosModel::new(&self.config(), self.bounds).map_err(|error| ModelCheckError(error.to_string()))
    }

    pub(super) fn spec(&self) -> Result<Spec, ModelCheckError> {
        let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
        let Bounds { servers, values, ballots, .. } = self.bounds;
        let mut spec =
            Spec::new(small(servers), small(values), small(ballots)).map_err(|error| ModelCheckError(error + "."))?;
        for rule in self.rules.off() {
            spec = match rule {
                Rule::AcceptPromises => spec.with_fault(Fault::VoteRaisesNoPromise),
                Rule::AdoptReported => spec.with_fault(Fault::ReportsIgnored),
                _ => {
                    return wrong(format_args!(
                        "The specification has no rule {}: only accept-promises and adopt-reported can be off there.",
                        rule.as_str()
                    ));
                }
            };
        }
        if self.merged {
            spec = spec.merged();
        }
        spec.check().map_err(|error| ModelCheckError(error + "."))?;
        Ok(spec)
    }

    /// The bounds that the model has.
    pub(super) fn bounds_json(&self) -> Json {
        match self.model {
            ModelKind::Cluster => Json::from(&self.bounds),
            ModelKind::Spec => {
                let Bounds { servers, values, ballots, .. } = self.bounds;
                Object::new()
                    .with("servers", servers)
                    .with("values", values)
                    .with("ballots", ballots)
                    .with("merged", self.merged)
                    .into()
            }
        }
    }
}

impl FromJson for ModelKind {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.one_of(name, &Self::ALL, Self::as_str)
    }
}

/// Every field may be left out. Bounds that are not given are such that each rule that is off matters.
impl FromJson for Question {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields =
            Object::of(json, name, &["protocol", "model", "off", "bounds", "from", "step", "merged", "budget"])?;
        fields.optional::<ProtocolKind>("protocol")?;
        let off: alloc::vec::Vec<Rule> = fields.optional("off")?.unwrap_or_default();
        let mut question = Self::without(Rules::without(&off));
        fields.update("model", &mut question.model)?;
        if let Some(run) = fields.optional::<Run>("from")? {
            let step = fields.optional("step")?.unwrap_or(run.cursor);
            question = question.starting_at(run, step);
        }
        if let Some(json) = fields.get("bounds") {
            question.bounds = question.bounds.with_json(json)?;
        }
        fields.update("merged", &mut question.merged)?;
        read_budget(fields, &mut question.budget)?;
        Ok(question)
    }
}

/// The field "budget" of a question, if it has one.
pub(super) fn read_budget(question: &Object, budget: &mut Budget) -> Result<(), Malformed> {
    let Some(json) = question.get("budget") else { return Ok(()) };
    let fields = Object::of(json, "budget", &["states", "bytes"])?;
    fields.update("states", &mut budget.states)?;
    let mut bytes = budget.bytes as u64;
    fields.update("bytes", &mut bytes)?;
    budget.bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    Ok(())
}
