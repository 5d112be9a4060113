//! `quorum run`: plays a scenario or a run to its end, writes down what happened and what the disks hold, and says what
//! came of it.

use crate::outcome::Outcome;
use crate::subject::{self, Source, Subject};
use crate::{files, output, story};
use anyhow::{Context, Result, anyhow};
use clap::Args;
use quorum_core::json::{Json, Object};
use quorum_core::paxos::{NodeId, Vote};
use quorum_core::run::{Event, Simulation};
use quorum_core::scenario::{Ending, Verdict};
use quorum_export::Format;
use std::fs;
use std::path::{Path, PathBuf};

/// The arguments of `run`.
#[derive(Args)]
pub(crate) struct Run {
    #[command(flatten)]
    source: Source,
    /// Another seed than the scenario's own; what it expects need not come true then
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Stop after so many steps, and expect nothing
    #[arg(long, value_name = "N")]
    steps: Option<u64>,
    /// Where to write the log: one `.jsonl` file, an event on each line
    #[arg(long, value_name = "DIR", default_value = "logs")]
    log_dir: PathBuf,
    /// Where to write each server's durable state, as JSON
    #[arg(long, value_name = "DIR", default_value = "state")]
    state_dir: PathBuf,
    /// Judge the run: has it met the goal of this challenge? See `quorum scenarios`
    #[arg(long, value_name = "NAME")]
    challenge: Option<String>,
    /// Print the run's link, too: everything needed to have it again, on the page or here
    #[arg(long)]
    link: bool,
}

impl Run {
    /// Plays it.
    ///
    /// # Errors
    /// When it cannot be played, or a file cannot be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        let mut subject = self.source.open(self.seed)?;
        if let Some(steps) = self.steps {
            subject.played.history.seek(steps);
            subject.played.history.fork()?;
            subject.played.ended = Ending::here(subject.played.history.now());
            subject.played.notes.retain(|note| note.step <= steps);
            // They speak of the whole run.
            subject.played.checked.clear();
        }
        let verdict = self.challenge.as_deref().map(|name| judge(name, &subject)).transpose()?;
        let history = &subject.played.history;
        let servers = history.now().config().nodes;
        let advice = "Choose where to write with --log-dir and --state-dir";
        let stale = files::stale_servers(&self.state_dir, servers).map_err(|error| anyhow!("{error:#}. {advice}"))?;
        let link = if self.link { Some(quorum_link::to_link(&subject.played.run())?) } else { None };
        let log = self.log_dir.join(format!("{}.jsonl", subject.name));
        files::write(&log, quorum_export::export(history, &[], Format::Jsonl, 0, u64::MAX).as_bytes())
            .and_then(|()| write_state(&self.state_dir, history.now()))
            .and_then(|()| remove(&stale))
            .map_err(|error| anyhow!("{error:#}. {advice}"))?;
        if json {
            let summary = summary(&subject).maybe("challenge", verdict.as_ref());
            output::print_json(&summary.maybe("link", link).into())?;
        } else {
            let link = link.map_or(String::new(), |link| format!("\n{link}\n"));
            let judged = verdict.as_ref().map_or(String::new(), story::judged);
            output::print(&(story::tell(&subject) + &judged + &link))?;
            output::say(&format!("The log is {}, the disks are in {}.", log.display(), self.state_dir.display()));
        }
        if let Some(verdict) = verdict {
            return Ok(Outcome::of(verdict.met.is_some()));
        }
        let broken = !subject.played.history.now().violations().is_empty();
        let expected = subject.played.is_as_expected();
        // A scenario that is about a violation expects it.
        Ok(Outcome::of(expected && (!broken || !subject.played.checked.is_empty())))
    }
}

/// What the judge of a challenge says of a run.
fn judge(name: &str, subject: &Subject) -> Result<Verdict> {
    let challenge = subject::challenge(name)?;
    let mut judge = challenge.judge().with_context(|| format!("the challenge {name} cannot be judged"))?;
    Ok(judge.look(&subject.played.history.run())?)
}

/// Each disk in a file of its own, as the page keeps it in the browser.
fn write_state(directory: &Path, simulation: &Simulation) -> Result<()> {
    let Json::List(disks) = simulation.disks() else { return Ok(()) };
    for (disk, number) in disks.iter().zip(1..) {
        let text = serde_json::to_string_pretty(disk)? + "\n";
        files::write(&directory.join(files::server(number)), text.as_bytes())?;
    }
    Ok(())
}

/// Disks of servers that this run does not have are of another run.
fn remove(stale: &[PathBuf]) -> Result<()> {
    for path in stale {
        fs::remove_file(path)
            .with_context(|| format!("{} is of another run and cannot be removed", files::shown(path)))?;
    }
    Ok(())
}

/// What came of a run, as `--json` says it.
pub(crate) fn summary(subject: &Subject) -> Object {
    let history = &subject.played.history;
    let now = history.now();
    let scheme = now.config().ballots;
    let chosen = now.observer().chosen().iter().map(|chosen| {
        let Vote { slot, ballot, value } = &chosen.vote;
        let object = Object::new().with("slot", *slot).with("value", value);
        object.with("ballot", scheme.name(*ballot).to_string()).with("quorum", chosen.quorum)
    });
    let mut learned = Object::new();
    for node in now.cluster().nodes() {
        learned.push(node.to_string().into(), known_by(now, node));
    }
    let violations = now.violations().iter().map(|(step, violation)| {
        let object = Object::new().with("step", *step).with("invariant", violation.invariant().as_str());
        object.with("why", violation.sentence(scheme))
    });
    let events = history.events(0, u64::MAX);
    let count = |name: &str| events.iter().filter(|event: &&Event| event.name() == name).count() as u64;
    let messages = Object::new().with("sent", count("sent")).with("delivered", count("delivered"));
    Object::new()
        .with("steps", now.steps())
        .with("at", now.schedule().now())
        .with("digest", now.digest())
        .with("ended", subject.played.ended.as_str())
        .with("chosen", chosen.collect::<Json>())
        .with("learned", learned)
        .with("violations", violations.collect::<Json>())
        .with("messages", messages.with("dropped", count("dropped")))
        .with("expectations", subject.played.checked.iter().collect::<Json>())
}

fn known_by(simulation: &Simulation, node: NodeId) -> Json {
    let learner = simulation.cluster().server(node).paxos().and_then(|replica| replica.learner());
    let known = learner.into_iter().flat_map(quorum_core::paxos::Learner::all);
    known.map(|(slot, value)| Object::new().with("slot", slot).with("value", value)).collect()
}
