//! Answers to questions about every run of a replicated log.
//!
//! A [`LogQuestion`] says which rules are off, how far to look, and where to begin: with a new cluster, or at a step of a run. A
//! [`LogCheck`] answers it by searching the [`LogModel`]. It works in slices, exactly as a [`ModelCheck`](super::ModelCheck)
//! does.

use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

use super::explorer::{Batch, Budget, Model, PropertyKind, Search, SearchStatus};
use super::log_model::{Bounds, LogModel};
use super::paxos_model::too_large;
use super::question::read_budget;
use super::{ModelCheckError, log_counterexample, start};
use crate::json::{FromJson, Json, Malformed, Object};
use crate::run::{History, Run};
use crate::sim::{Clock, Config, LogConfig, ProtocolKind, Rule};
use crate::{log, paxos};

/// A question about every run of a log within bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct LogQuestion {
    /// Which rules of the log hold.
    pub rules: log::Rules,
    /// Which rules of single-decree Paxos hold.
    pub single: paxos::Rules,
    /// How far the search looks.
    pub bounds: Bounds,
    /// The run and the step at which the search begins; `None`: with a new cluster. Rules that are off in the run stay off.
    pub from: Option<(Run, u64)>,
    /// When the search gives up.
    pub budget: Budget,
}

impl LogQuestion {
    /// Whether these rules are enough, within bounds in which each rule that is off matters if it ever does.
    #[must_use]
    pub fn without(rules: log::Rules, single: paxos::Rules) -> Self {
        let budget = Budget { states: 8_000_000, bytes: 1 << 30 };
        Self { rules, single, bounds: Bounds::for_rules(rules, single), from: None, budget }
    }

    /// The same question, beginning at a step of a run: with two more ballots, and with two clients that wait, or ask for
    /// something new.
    #[must_use]
    pub fn starting_at(self, run: Run, step: u64) -> Self {
        let servers = run.config.nodes;
        let snapshots = if run.config.log.snapshots.is_some() { self.bounds.snapshots } else { 0 };
        let sessions = run.config.log.sessions.unwrap_or(0);
        let bounds = Bounds { servers, asks: 1, ballots: 2, snapshots, sessions, ..self.bounds };
        let proposers = bounds.proposers.min(servers);
        Self { bounds: Bounds { proposers, ..bounds }, from: Some((run, step)), ..self }
    }

    /// The names of the rules that are off: those of the log first.
    #[must_use]
    pub fn off(&self) -> Vec<&'static str> {
        names(self.rules, self.single)
    }

    /// Refuses a question that makes no sense.
    fn check(&self) -> Result<(), ModelCheckError> {
        if let Some((run, _)) = &self.from {
            let nodes = run.config.nodes;
            if run.config.protocol != ProtocolKind::Log {
                let sentence =
                    "This run is of one agreed value, and the question is about a log: ask it about one value.";
                return Err(ModelCheckError(sentence.into()));
            }
            if nodes > Bounds::MOST_SERVERS {
                return Err(ModelCheckError(too_large("A search of the log", nodes, Bounds::MOST_SERVERS)));
            }
            if nodes != self.bounds.servers {
                let sentence = format!("This run has {nodes} servers: a search that goes on from it has as many.");
                return Err(ModelCheckError(sentence));
            }
        }
        self.bounds.refusal().map_or(Ok(()), |sentence| Err(ModelCheckError(sentence)))
    }

    /// The run at which the search begins, at the step at which it begins.
    pub(super) fn history(&self) -> Result<History, ModelCheckError> {
        let Some(from) = &self.from else {
            return History::new(self.config()).map_err(|error| ModelCheckError(format!("{error}")));
        };
        start::history(from, self.rules.off().map(Rule::Log).chain(self.single.off().map(Rule::Paxos)))
    }

    /// A new cluster for this question.
    fn config(&self) -> Config {
        let Self { rules, single, bounds, .. } = self;
        let log = LogConfig {
            window: bounds.window,
            leader: None,
            clients: bounds.clients,
            rules: *rules,
            snapshots: bounds.snapshots(),
            sessions: bounds.sessions(),
            ..LogConfig::default()
        };
        Config {
            nodes: bounds.servers,
            protocol: ProtocolKind::Log,
            clock: Clock::Guided,
            rules: *single,
            log,
            ..Config::default()
        }
    }

    /// What is searched, and the rules that hold there.
    fn model(&self) -> Result<(LogModel, log::Rules, paxos::Rules), ModelCheckError> {
        let Some(from) = &self.from else {
            return Ok((LogModel::new(self.bounds, self.rules, self.single), self.rules, self.single));
        };
        let history = self.history()?;
        let (cluster, observer) = (history.now().cluster(), history.now().observer());
        let single = cluster.settings().rules;
        let observer = observer.log().unwrap_or_else(|| unreachable!("the run is of a log"));
        let model = LogModel::from_present(cluster, observer, start::held(from, single), self.bounds);
        Ok((model.map_err(ModelCheckError)?, cluster.log_rules(), single))
    }
}

fn names(rules: log::Rules, single: paxos::Rules) -> Vec<&'static str> {
    rules.off().map(log::Rule::as_str).chain(single.off().map(paxos::Rule::as_str)).collect()
}

/// Every field but the protocol may be left out. Bounds that are not given are such that each rule that is off matters.
impl FromJson for LogQuestion {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let fields = Object::of(json, name, &["protocol", "off", "bounds", "from", "step", "budget"])?;
        let (mut rules, mut single) = (log::Rules::default(), paxos::Rules::default());
        for rule in fields.optional::<Vec<Rule>>("off")?.unwrap_or_default() {
            match rule {
                Rule::Log(rule) => rules.set(rule, false),
                Rule::Paxos(rule) => single.set(rule, false),
            }
        }
        let mut question = Self::without(rules, single);
        if let Some(run) = fields.optional::<Run>("from")? {
            let step = fields.optional("step")?.unwrap_or(run.cursor);
            question = question.starting_at(run, step);
        }
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
    /// The rules in the world that is searched.
    rules: log::Rules,
    single: paxos::Rules,
}

impl LogCheck {
    /// Begins to search.
    ///
    /// # Errors
    /// A sentence, when the bounds make no sense, or no search can go on from that step.
    pub fn new(question: LogQuestion) -> Result<Self, ModelCheckError> {
        question.check()?;
        let (model, rules, single) = question.model()?;
        let search = Search::new(model, question.budget);
        Ok(Self { question, status: search.status(), search, rules, single })
    }

    /// The names of the rules that are off in the world that is searched: those of the log first.
    #[must_use]
    pub fn off(&self) -> Vec<&'static str> {
        names(self.rules, self.single)
    }

    /// The question.
    #[must_use]
    pub const fn question(&self) -> &LogQuestion {
        &self.question
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
        let bounds = self.search.model().bounds();
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
            .with("off", self.off().into_iter().map(Json::from).collect::<Json>())
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
