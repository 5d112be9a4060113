//! `quorum check`: every run within bounds. Either all of them keep what they must, or the shortest that does not is
//! shown.
//!
//! States are dealt out to threads a slice at a time, and what they find is taken in in order: the answer is the same
//! with any number of threads.

use crate::check_log::{self, LogBounds};
use crate::fuzz::protocols;
use crate::linearizable::counted;
use crate::outcome::Outcome;
use crate::threads::{self, Threads};
use crate::{output, progress, subject};
use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{HumanBytes, HumanCount};
use quorum_core::json::{Json, Object};
use quorum_core::paxos::{Rule, Rules};
use quorum_core::run::Run;
use quorum_core::search::ModelCheck;
use quorum_core::search::explorer::{Batch, Budget, SearchStatus};
use quorum_core::search::{ModelKind, Question};
use quorum_core::sim::ProtocolKind;
use quorum_core::text::{short, visible};
use std::fmt::Write;
use std::ops::Range;
use std::time::Instant;

/// States that one thread looks at before what it found is taken in.
const SLICE: u32 = 2048;

/// The arguments of `check`. Bounds that are not given are such that what is off matters.
#[derive(Args)]
pub(crate) struct Check {
    /// What the servers speak: single-decree Paxos, or a replicated log with clients
    #[arg(long, default_value = "single", value_name = "PROTOCOL", value_parser = protocols())]
    protocol: ProtocolKind,
    /// Search Lamport's specification instead of the cluster
    #[arg(long)]
    spec: bool,
    /// A rule that is off; may be given more than once
    #[arg(long, value_name = "RULE")]
    pub(crate) off: Vec<String>,
    /// How many servers; each is an acceptor
    #[arg(long, value_name = "N")]
    servers: Option<u32>,
    /// How many requests, each for a value of its own
    #[arg(long, value_name = "N")]
    values: Option<u32>,
    /// How many ballots are begun in all
    #[arg(long, value_name = "N")]
    ballots: Option<u32>,
    /// How many ballots any one server begins [default: as many as there are]
    #[arg(long, value_name = "N")]
    ballots_each: Option<u32>,
    /// How many servers propose
    #[arg(long, value_name = "N")]
    proposers: Option<u32>,
    /// How many crashes, each followed by a restart
    #[arg(long, value_name = "N")]
    crashes: Option<u32>,
    /// How many lost disks, each followed by a restart
    #[arg(long, value_name = "N")]
    wipes: Option<u32>,
    /// How many lost messages
    #[arg(long, value_name = "N")]
    losses: Option<u32>,
    /// How many duplicated messages
    #[arg(long, value_name = "N")]
    duplicates: Option<u32>,
    /// Merge states of the specification that differ only in names
    #[arg(long, requires = "spec")]
    merged: bool,
    /// Begin where a run has come to: a scenario's name, a file or a link
    #[arg(long, value_name = "RUN", conflicts_with = "spec")]
    from: Option<String>,
    /// At which of its steps [default: the one it points at]
    #[arg(long, value_name = "N", requires = "from")]
    step: Option<u64>,
    #[command(flatten)]
    pub(crate) log: LogBounds,
    #[command(flatten)]
    threads: Threads,
    /// Give up after so many states
    #[arg(long, value_name = "N", default_value_t = 100_000_000)]
    max_states: u32,
    /// Give up at so many mebibytes
    #[arg(long, value_name = "MIB", default_value_t = 4096)]
    max_memory: u32,
}

/// The name of an argument that is about a single decision.
pub(crate) struct SingleOnly(pub(crate) &'static str);

/// A search that is done in slices, by any number of threads.
pub(crate) trait Searches {
    fn status(&self) -> SearchStatus;
    fn progress(&self) -> Object;
    fn pending(&self, count: u32) -> Range<u32>;
    fn batch(&self, states: Range<u32>) -> Batch;
    fn advance(&mut self, states: u32);
    fn absorb(&mut self, batches: &[Batch]);
}

impl Searches for ModelCheck {
    fn status(&self) -> SearchStatus {
        self.status()
    }

    fn progress(&self) -> Object {
        self.progress()
    }

    fn pending(&self, count: u32) -> Range<u32> {
        self.pending(count)
    }

    fn batch(&self, states: Range<u32>) -> Batch {
        self.batch(states)
    }

    fn advance(&mut self, states: u32) {
        self.advance(states);
    }

    fn absorb(&mut self, batches: &[Batch]) {
        self.absorb(batches);
    }
}

impl Check {
    /// Searches, and says what was found.
    ///
    /// # Errors
    /// What is wrong with the question, or that standard output cannot be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        let from = self.from()?;
        // A run says itself what its servers speak.
        let of_log = from.as_ref().is_some_and(|(run, _)| run.config.protocol == ProtocolKind::Log);
        if self.protocol == ProtocolKind::Log || of_log {
            return check_log::execute(self, from, json);
        }
        if let Some(name) = self.log.given() {
            bail!("{name} is about a log: add --protocol log");
        }
        let mut search = ModelCheck::new(self.question(from)?)?;
        let begun = Instant::now();
        self.search(&mut search);
        let seconds = begun.elapsed().as_secs_f64();
        if json {
            output::print_json(&search.report().with("seconds", Json::Number(seconds)).into())?;
        } else {
            output::print(&tell(&search, seconds))?;
        }
        Ok(Outcome::of_search(search.status()))
    }

    /// The run and the step to begin at.
    fn from(&self) -> Result<Option<(Run, u64)>> {
        let Some(from) = &self.from else { return Ok(None) };
        let run = subject::open(from)?.played.run();
        let step = self.step.unwrap_or(run.cursor);
        Ok(Some((run, step)))
    }

    fn question(&self, from: Option<(Run, u64)>) -> Result<Question> {
        let mut rules = Rules::default();
        for name in &self.off {
            let Some(rule) = Rule::ALL.into_iter().find(|rule| rule.as_str() == name) else {
                let names = Rule::ALL.map(Rule::as_str).join(", ");
                bail!("there is no rule \"{}\". There are: {names}", short(name, 40));
            };
            rules.set(rule, false);
        }
        let mut question = Question::without(rules);
        if let Some((run, step)) = from {
            question = question.starting_at(run, step);
        }
        question.bounds = question.bounds.with_json(&self.bounds()).context("these bounds are not valid")?;
        question.model = if self.spec { ModelKind::Spec } else { ModelKind::Cluster };
        question.merged = self.merged;
        question.budget = self.budget();
        Ok(question)
    }

    /// When a search gives up.
    pub(crate) fn budget(&self) -> Budget {
        let bytes = usize::try_from(u64::from(self.max_memory) << 20).unwrap_or(usize::MAX);
        Budget { states: self.max_states, bytes }
    }

    /// Those that are given.
    fn bounds(&self) -> Json {
        self.common_bounds()
            .maybe("values", self.values)
            .maybe("ballotsEach", self.ballots_each)
            .maybe("losses", self.losses)
            .maybe("duplicates", self.duplicates)
            .into()
    }

    /// Those that are given, of those that both protocols have.
    pub(crate) fn common_bounds(&self) -> Object {
        Object::new()
            .maybe("servers", self.servers)
            .maybe("ballots", self.ballots)
            .maybe("proposers", self.proposers)
            .maybe("crashes", self.crashes)
            .maybe("wipes", self.wipes)
    }

    /// An argument that is given and is not about a log.
    pub(crate) fn single_only(&self) -> Option<SingleOnly> {
        let given = [
            ("--spec", self.spec),
            ("--values", self.values.is_some()),
            ("--ballots-each", self.ballots_each.is_some()),
            ("--losses", self.losses.is_some()),
            ("--duplicates", self.duplicates.is_some()),
        ];
        given.into_iter().find_map(|(name, given)| given.then_some(SingleOnly(name)))
    }

    /// Searches until there is an answer.
    pub(crate) fn search(&self, search: &mut (impl Searches + Sync)) {
        let threads = self.threads.count();
        let bar = progress::spinner();
        while search.status() == SearchStatus::Running {
            let pending = search.pending(SLICE * threads as u32);
            if threads == 1 || pending.len() < SLICE as usize {
                search.advance(SLICE);
            } else {
                let batches = expand(search, pending, threads);
                search.absorb(&batches);
            }
            bar.set_message(told(&search.progress(), self.max_states));
            bar.tick();
        }
        bar.finish_and_clear();
    }
}

/// What threads find out about a range of states, each about a part of it.
fn expand(search: &(impl Searches + Sync), states: Range<u32>, threads: usize) -> Vec<Batch> {
    let share = (states.len().div_ceil(threads)) as u32;
    let parts = states.clone().step_by(share as usize).map(|first| first..states.end.min(first + share));
    threads::all(parts.map(|part| move || search.batch(part)).collect())
}

pub(crate) fn number(progress: &Object, name: &str) -> u64 {
    match progress.get(name) {
        Some(Json::Number(number)) => *number as u64,
        _ => 0,
    }
}

/// How far a search has come. How many states there are is known only at its end; how many it may look at is known.
fn told(progress: &Object, most: u32) -> String {
    let (states, frontier) = (HumanCount(number(progress, "states")), HumanCount(number(progress, "frontier")));
    let bytes = HumanBytes(number(progress, "bytes"));
    let (depth, most) = (number(progress, "depth"), HumanCount(u64::from(most)));
    format!("{states} states (at most {most}), depth {depth}, {frontier} waiting, {bytes}")
}

/// Which rules were off in the world that was searched, as an end of a sentence. A run may have brought some along.
pub(crate) fn without(off: Option<&Json>) -> String {
    let Some(Json::List(rules)) = off else { return String::new() };
    let names: Vec<&str> = rules.iter().filter_map(|rule| rule.text("off").ok()).collect();
    match names.split_last() {
        None => String::new(),
        Some((rule, [])) => format!(" and with the rule {rule} off"),
        Some((last, rest)) => format!(" and with the rules {} and {last} off", rest.join(", ")),
    }
}

/// That nothing was left out of so many states, in words.
pub(crate) fn all_visited(states: usize) -> String {
    match states {
        1 => "the only state was visited".into(),
        _ => format!("all {} were visited", counted(states, "state")),
    }
}

/// The answer in words. What was not looked at is never called safe.
fn tell(search: &ModelCheck, seconds: f64) -> String {
    let progress = search.progress();
    let report = search.report();
    let bounds = match report.get("says") {
        Some(Json::Text(says)) => says.clone(),
        _ => String::new(),
    };
    let bounds = bounds + &without(report.get("off"));
    let states = number(&progress, "states") as usize;
    let mut text = String::new();
    let verdict = match search.status() {
        SearchStatus::Complete => {
            format!("Every run within {bounds} keeps agreement: {}.", all_visited(states))
        }
        SearchStatus::Budget | SearchStatus::Running => format!(
            "The budget was reached after {} within {bounds}. Nothing was found, and that does not mean safe.",
            counted(states, "state")
        ),
        SearchStatus::Violated { .. } => format!("Within {bounds}, agreement can be broken. The shortest way:"),
    };
    let _ = writeln!(text, "{verdict}");
    if let Some(run) = search.run() {
        let _ = writeln!(text, "\n{}: {}", visible(&run.title), counted(run.length as usize, "step"));
        for note in &run.notes {
            let _ = writeln!(text, "  step {:>3}  {}", note.step, visible(&note.says));
        }
        if let Ok(link) = quorum_link::to_link(&run) {
            let _ = writeln!(text, "\nOn the page: {link}");
        }
    }
    let _ = writeln!(text, "\nDepth {}, {seconds:.1} s.", number(&progress, "depth"));
    text
}
