//! `quorum fuzz`: random worlds with every fault at once. Each must stay safe throughout, and once it is healed, every
//! server must learn what is chosen.
//!
//! A world whose ballots are used up cannot agree any more, and no protocol could help it: that is an outcome of its own,
//! and no failure.
//!
//! A world is a function of its seed. So worlds are dealt out to threads, and their outcomes are put in the order of
//! their seeds: the number of threads changes nothing but the time it takes.

mod report;

use report::Report;

use crate::outcome::Outcome;
use crate::threads::{self, Threads};
use crate::{files, output, progress};
use anyhow::{Result, bail};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use quorum_core::json::Json;
use quorum_core::limits::{MAX_SEED, MAX_SESSIONS};
use quorum_core::log::Reads;
use quorum_core::scenario::{Besides, RandomLog, RandomRun, RandomWorld};
use quorum_core::sim::{ProtocolKind, Rule};
use quorum_core::text::{short, visible};
use quorum_core::{log, paxos};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The arguments of `fuzz`.
#[derive(Args)]
pub(crate) struct Fuzz {
    /// How many worlds
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=MAX_SEED))]
    seeds: u64,
    /// The seed of the first; the others follow
    #[arg(long, value_name = "SEED", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=MAX_SEED))]
    from: u64,
    /// How many steps of trouble in each, before it is healed
    #[arg(long, value_name = "S", default_value_t = 400, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    steps: u32,
    /// What the servers speak: single-decree Paxos, or a replicated log with clients
    #[arg(long, default_value = "single", value_name = "PROTOCOL", value_parser = protocols())]
    protocol: ProtocolKind,
    /// A rule that is off; may be given more than once. Then the first world that needs it is looked for
    #[arg(long, value_name = "RULE")]
    off: Vec<String>,
    /// Servers of a log take snapshots every four slots. Rules about snapshots switch that on by themselves
    #[arg(long)]
    snapshots: bool,
    /// Servers of a log remember so many clients, and one more takes the place of the one that was served longest ago. Rules
    /// about that switch it on by themselves, with one client
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SESSIONS)))]
    sessions: Option<u32>,
    /// What a leader of a log does before it answers a read: "log", it gives it a slot; "index", it asks a quorum whether it still
    /// leads
    #[arg(long, value_name = "HOW", value_parser = reads())]
    reads: Option<Reads>,
    #[command(flatten)]
    threads: Threads,
    /// Write every world that is listed into this directory, as a run that `quorum run` and the page open
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

/// The rules that hold.
#[derive(Clone, Copy, Default)]
struct Off {
    slots: paxos::Rules,
    log: log::Rules,
}

/// The protocols, by name.
pub(crate) fn protocols() -> impl TypedValueParser<Value = ProtocolKind> {
    let named = ProtocolKind::ALL.map(ProtocolKind::as_str);
    let parse = |word: String| ProtocolKind::ALL.into_iter().find(|it| it.as_str() == word).ok_or("no such protocol");
    PossibleValuesParser::new(named).try_map(parse)
}

/// What a leader may do before it answers a read, by name.
fn reads() -> impl TypedValueParser<Value = Reads> {
    let parse = |word: String| Reads::ALL.into_iter().find(|it| it.as_str() == word).ok_or("no such way to read");
    PossibleValuesParser::new(Reads::ALL.map(Reads::as_str)).try_map(parse)
}

impl Fuzz {
    /// Lets the worlds happen.
    ///
    /// # Errors
    /// When there are no such seeds, or standard output or a world's file cannot be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        if self.seeds > MAX_SEED - self.from + 1 {
            bail!("a seed is at most {MAX_SEED}: there are fewer than {} from {} on", self.seeds, self.from);
        }
        for (option, given) in [
            ("--snapshots", self.snapshots),
            ("--sessions", self.sessions.is_some()),
            ("--reads", self.reads.is_some()),
        ] {
            if given && self.protocol == ProtocolKind::Single {
                bail!("{option} is about a log: add --protocol log, or leave it out");
            }
        }
        let begun = Instant::now();
        let rules = self.rules()?;
        let report = if self.off.is_empty() { self.worlds(rules)? } else { self.first_broken(rules)? };
        let seconds = begun.elapsed().as_secs_f64();
        if json {
            output::print_json(&report.json(seconds).into())?;
        } else {
            output::print(&report.tell(seconds, self))?;
        }
        Ok(report.outcome())
    }

    /// The rules that hold.
    fn rules(&self) -> Result<Off> {
        let mut off = Off::default();
        for name in &self.off {
            let all: Vec<Rule> = Rule::of(self.protocol).collect();
            match all.iter().find(|rule| rule.as_str() == name) {
                Some(Rule::Paxos(rule)) => off.slots.set(*rule, false),
                Some(Rule::Log(rule)) => off.log.set(*rule, false),
                None => {
                    let names: Vec<_> = all.iter().map(|rule| rule.as_str()).collect();
                    let name = visible(&short(name, 40)).to_string();
                    bail!("there is no rule \"{name}\"; the rules are {}", names.join(", "));
                }
            }
        }
        Ok(off)
    }

    /// A world of the protocol.
    fn world(&self, seed: u64, off: Off) -> Box<dyn RandomWorld> {
        if self.protocol == ProtocolKind::Single {
            return Box::new(RandomRun::under(seed, off.slots));
        }
        let snapshots = self.snapshots || off.log.off().any(log::Rule::is_about_snapshots);
        let besides = Besides { snapshots, sessions: self.sessions, reads: self.reads.unwrap_or_default() };
        Box::new(RandomLog::with(seed, off.slots, off.log, besides))
    }

    /// The world of the lowest seed that breaks or does not converge, if one does.
    fn first_broken(&self, off: Off) -> Result<Report> {
        let bar = progress::bar(self.seeds, "worlds");
        let (next, found) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
        let work = || -> Option<(u64, Report)> {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                // A lower seed than one that was found may still be found by another thread.
                if number >= self.seeds || number > found.load(Ordering::Relaxed) {
                    return None;
                }
                let seed = self.from + number;
                let mut report = Report::default();
                if report.one(self.world(seed, off), seed, self.steps).is_some() && !report.is_held() {
                    found.fetch_min(number, Ordering::Relaxed);
                    return Some((number, report));
                }
                bar.inc(1);
            }
        };
        let all = threads::all(vec![work; self.threads.count()]);
        bar.finish_and_clear();
        let Some((number, report)) = all.into_iter().flatten().min_by_key(|(number, _)| *number) else {
            return Ok(Report { worlds: self.seeds, searched: true, ..Report::default() });
        };
        let runs = report.violations.iter().map(|violated| (violated.seed, &violated.run));
        if let (Some((seed, run)), Some(directory)) = (runs.into_iter().next_back(), &self.save) {
            files::write(&file_of(directory, seed), format!("{}\n", Json::from(run)).as_bytes())?;
        }
        Ok(Report { worlds: number + 1, searched: true, ..report })
    }

    /// All of them, in the order of their seeds.
    fn worlds(&self, off: Off) -> Result<Report> {
        let bar = progress::bar(self.seeds, "worlds");
        let next = AtomicU64::new(0);
        let work = || -> Result<Report> {
            let mut report = Report::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.seeds {
                    return Ok(report);
                }
                let seed = self.from + number;
                if let (Some(run), Some(directory)) = (report.one(self.world(seed, off), seed, self.steps), &self.save)
                {
                    let file = file_of(directory, seed);
                    files::write(&file, format!("{}\n", Json::from(&run)).as_bytes())?;
                }
                bar.inc(1);
            }
        };
        let mut report = Report::default();
        for part in threads::all(vec![work; self.threads.count()]) {
            report.add(part?);
        }
        bar.finish_and_clear();
        Ok(report)
    }
}

/// Where `--save` writes a world.
fn file_of(directory: &Path, seed: u64) -> PathBuf {
    directory.join(format!("world-{seed}.quorum.json"))
}
