//! `quorum check --protocol log`: every run of a replicated log within bounds, from a new cluster or from a step of a run.

use crate::check::{Check, Searches, SingleOnly, all_visited, number, without};
use crate::linearizable::counted;
use crate::outcome::Outcome;
use crate::output;
use anyhow::{Context, Result, bail};
use clap::Args;
use quorum_core::json::{Json, Object};
use quorum_core::run::Run;
use quorum_core::search::explorer::{Batch, SearchStatus};
use quorum_core::search::{LogCheck, LogQuestion};
use quorum_core::text::short;
use quorum_core::{log, paxos};
use std::fmt::Write;
use std::ops::Range;
use std::time::Instant;

/// The bounds that only a log has.
#[derive(Args)]
#[command(next_help_heading = "Of a log")]
pub(crate) struct LogBounds {
    /// How many slots a leader proposes in at once
    #[arg(long, value_name = "N")]
    window: Option<u32>,
    /// How many clients, each with one command
    #[arg(long, value_name = "N")]
    clients: Option<u32>,
    /// How often each client asks, any server
    #[arg(long, value_name = "N")]
    asks: Option<u32>,
    /// The last client reads, and the others append
    #[arg(long)]
    reads: bool,
    /// A leader asks a quorum before it answers a read, and gives it no slot. The last client reads
    #[arg(long)]
    read_index: bool,
    /// How many heartbeats of leaders
    #[arg(long, value_name = "N")]
    heartbeats: Option<u32>,
    /// How often a leader repeats what was not answered
    #[arg(long, value_name = "N")]
    repeats: Option<u32>,
    /// How many snapshots
    #[arg(long, value_name = "N")]
    snapshots: Option<u32>,
    /// How many clients servers remember; one more takes the place of the one that was served longest ago
    #[arg(long, value_name = "N")]
    sessions: Option<u32>,
    /// What a server says to itself travels like any other message, instead of arriving at once
    #[arg(long)]
    own_travel: bool,
    /// Messages that could tell nobody anything any more stay on their way
    #[arg(long)]
    keep_all: bool,
}

impl LogBounds {
    /// One of them that is given, as it is spelled.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let given = [
            ("--window", self.window.is_some()),
            ("--clients", self.clients.is_some()),
            ("--asks", self.asks.is_some()),
            ("--reads", self.reads),
            ("--read-index", self.read_index),
            ("--heartbeats", self.heartbeats.is_some()),
            ("--repeats", self.repeats.is_some()),
            ("--snapshots", self.snapshots.is_some()),
            ("--sessions", self.sessions.is_some()),
            ("--own-travel", self.own_travel),
            ("--keep-all", self.keep_all),
        ];
        given.into_iter().find_map(|(name, given)| given.then_some(name))
    }

    /// Those that are given.
    fn json(&self, common: Object) -> Json {
        let only_if = |given: bool| given.then_some(true);
        common
            .maybe("window", self.window)
            .maybe("clients", self.clients)
            .maybe("asks", self.asks)
            .maybe("reads", only_if(self.reads))
            .maybe("readIndex", only_if(self.read_index))
            .maybe("heartbeats", self.heartbeats)
            .maybe("repeats", self.repeats)
            .maybe("snapshots", self.snapshots)
            .maybe("sessions", self.sessions)
            .maybe("ownTravel", only_if(self.own_travel))
            .maybe("keeps", only_if(self.keep_all))
            .into()
    }
}

impl Searches for LogCheck {
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

/// Searches, and says what was found.
///
/// # Errors
/// What is wrong with the question, or that standard output cannot be written.
pub(crate) fn execute(check: &Check, from: Option<(Run, u64)>, json: bool) -> Result<Outcome> {
    let mut search = LogCheck::new(question(check, from)?)?;
    let begun = Instant::now();
    check.search(&mut search);
    let seconds = begun.elapsed().as_secs_f64();
    if json {
        output::print_json(&search.report().with("seconds", Json::Number(seconds)).into())?;
    } else {
        output::print(&tell(&search, seconds))?;
    }
    Ok(Outcome::of_search(search.status()))
}

fn question(check: &Check, from: Option<(Run, u64)>) -> Result<LogQuestion> {
    if let Some(SingleOnly(name)) = check.single_only() {
        bail!("{name} is about a single decision: leave it out, or leave out --protocol log");
    }
    let (mut rules, mut single) = (log::Rules::default(), paxos::Rules::default());
    for name in &check.off {
        let of_log = log::Rule::ALL.into_iter().find(|rule| rule.as_str() == name);
        let of_paxos = paxos::Rule::ALL.into_iter().find(|rule| rule.as_str() == name);
        match (of_log, of_paxos) {
            (Some(rule), _) => rules.set(rule, false),
            (None, Some(rule)) => single.set(rule, false),
            (None, None) => {
                let names = [&log::Rule::ALL.map(log::Rule::as_str)[..], &paxos::Rule::ALL.map(paxos::Rule::as_str)];
                bail!("there is no rule \"{}\". There are: {}", short(name, 40), names.concat().join(", "));
            }
        }
    }
    let mut question = LogQuestion::without(rules, single);
    if let Some((run, step)) = from {
        question = question.starting_at(run, step);
    }
    let bounds = check.log.json(check.common_bounds());
    question.bounds = question.bounds.with_json(&bounds).context("these bounds are not valid")?;
    question.budget = check.budget();
    Ok(question)
}

/// The answer in words. What was not looked at is never called safe.
fn tell(search: &LogCheck, seconds: f64) -> String {
    let (progress, report) = (search.progress(), search.report());
    let bounds = match report.get("says") {
        Some(Json::Text(says)) => says.clone(),
        _ => String::new(),
    };
    let on =
        if let Some((_, step)) = &search.question().from { format!(", on from step {step}") } else { String::new() };
    let bounds = bounds + &without(report.get("off")) + &on;
    let states = number(&progress, "states") as usize;
    let mut text = String::new();
    let verdict = match search.status() {
        SearchStatus::Complete => {
            format!("Every run of a log within {bounds} keeps what it must: {}.", all_visited(states))
        }
        SearchStatus::Budget | SearchStatus::Running => format!(
            "The budget was reached after {} within {bounds}. Nothing was found, and that does not mean safe.",
            counted(states, "state")
        ),
        SearchStatus::Violated { .. } => format!("Within {bounds}, a log can be broken. The shortest way:"),
    };
    let _ = writeln!(text, "{verdict}");
    if let Some((property, steps)) = search.violation() {
        let _ = writeln!(text, "\n{property} is violated: {}", counted(steps.len(), "step"));
        for (step, says) in (1..).zip(&steps) {
            let _ = writeln!(text, "  step {step:>3}  {says}");
        }
        if let Some(link) = search.run().and_then(|run| quorum_link::to_link(&run).ok()) {
            let _ = writeln!(text, "\nOn the page: {link}");
        }
    }
    let _ = writeln!(text, "\nDepth {}, {seconds:.1} s.", number(&progress, "depth"));
    text
}
