//! `quorum fuzz`: random worlds with every fault at once. Each must stay safe throughout, and once it is healed, every
//! server must learn what is chosen.
//!
//! A world whose ballots are used up cannot agree any more, and no protocol could help it: that is an outcome of its own,
//! and no failure.
//!
//! A world is a function of its seed. So worlds are dealt out to threads, and their outcomes are put in the order of
//! their seeds: the number of threads changes nothing but the time it takes.

use crate::outcome::Outcome;
use crate::threads::{self, Threads};
use crate::{files, output, progress};
use anyhow::{Result, bail};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::HumanCount;
use quorum_core::json::{Json, Object};
use quorum_core::limits::MAX_SEED;
use quorum_core::run::Run;
use quorum_core::scenario::{RandomLog, RandomRun, RandomWorld, Unconverged};
use quorum_core::sim::{ProtocolKind, Rule};
use quorum_core::tell::EventName;
use quorum_core::text::{short, visible};
use quorum_core::{log, paxos};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The events that make trouble.
const FAULTS: [EventName; 12] = [
    EventName::Crashed,
    EventName::Cut,
    EventName::Dropped,
    EventName::Duplicated,
    EventName::Held,
    EventName::Isolated,
    EventName::Network,
    EventName::Partitioned,
    EventName::Paused,
    EventName::PowerCut,
    EventName::Timer,
    EventName::Wiped,
];

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
    #[command(flatten)]
    threads: Threads,
    /// Write every world that is listed into this directory, as a run that `quorum run` and the page open
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

/// What came of some worlds.
#[derive(Default)]
struct Report {
    worlds: u64,
    steps: u64,
    faults: BTreeMap<&'static str, u64>,
    violations: Vec<Violated>,
    unconverged: Vec<Stuck>,
    out_of_ballots: Vec<Stuck>,
    /// Whether the first world was looked for that needs a rule.
    searched: bool,
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

/// A world that does not agree once it is healed.
struct Stuck {
    seed: u64,
    why: String,
}

/// A world that broke an invariant.
struct Violated {
    seed: u64,
    why: String,
    run: Run,
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
        match self.protocol {
            ProtocolKind::Single => Box::new(RandomRun::under(seed, off.slots)),
            ProtocolKind::Log => Box::new(RandomLog::under(seed, off.slots, off.log)),
        }
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

impl Report {
    /// One world more. Gives its run if it will be listed.
    fn one(&mut self, mut world: Box<dyn RandomWorld>, seed: u64, steps: u32) -> Option<Run> {
        let mut see = |event: quorum_core::run::Event| {
            let name = event.kind_name();
            if FAULTS.contains(&name) {
                *self.faults.entry(name.as_str()).or_default() += 1;
            }
        };
        world.disturb(steps, &mut see);
        let healed = world.converge(&mut see);
        let now = world.simulation();
        self.worlds += 1;
        self.steps += now.steps();
        if let Some((step, violation)) = now.violations().first() {
            let why = format!("step {step}: {}", violation.sentence(now.config().ballots));
            let run = world.run();
            self.violations.push(Violated { seed, why, run: run.clone() });
            return Some(run);
        }
        let stuck = healed.err()?;
        let why = stuck.to_string();
        match stuck {
            Unconverged::OutOfBallots(_) => self.out_of_ballots.push(Stuck { seed, why }),
            Unconverged::Ignorant(_) | Unconverged::Unanswered(_) | Unconverged::Behind(_) => {
                self.unconverged.push(Stuck { seed, why });
            }
        }
        Some(world.run())
    }

    /// What came of other worlds, too.
    fn add(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.steps += other.steps;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
        self.violations.extend(other.violations);
        self.violations.sort_by_key(|violated| violated.seed);
        for (all, more) in
            [(&mut self.unconverged, other.unconverged), (&mut self.out_of_ballots, other.out_of_ballots)]
        {
            all.extend(more);
            all.sort_by_key(|stuck| stuck.seed);
        }
    }

    /// Whether nothing was found: only a fault of the protocol is a failure.
    fn is_held(&self) -> bool {
        self.violations.is_empty() && self.unconverged.is_empty()
    }

    fn outcome(&self) -> Outcome {
        Outcome::of(self.is_held())
    }

    fn json(&self, seconds: f64) -> Object {
        let mut faults = Object::new();
        for fault in FAULTS.map(EventName::as_str) {
            faults.push(fault.into(), self.faults.get(fault).copied().unwrap_or_default().into());
        }
        let violated = |violated: &Violated| Object::new().with("seed", violated.seed).with("run", &violated.run);
        Object::new()
            .with("seeds", self.worlds)
            .with("steps", self.steps)
            .with("faults", faults)
            .with("violations", self.violations.iter().map(violated).collect::<Json>())
            .with("unconverged", self.unconverged.iter().map(|stuck| stuck.seed).collect::<Json>())
            .with(
                "outOfBallots",
                self.out_of_ballots
                    .iter()
                    .map(|stuck| Object::new().with("seed", stuck.seed).with("why", stuck.why.as_str()))
                    .collect::<Json>(),
            )
            .with("seconds", Json::Number((seconds * 1000.0).round() / 1000.0))
    }

    fn tell_counts(&self, seconds: f64) -> String {
        let (worlds, steps) = (HumanCount(self.worlds), HumanCount(self.steps));
        let mut text = format!("{worlds} worlds, {steps} steps, {seconds:.1} seconds.\n");
        let faults: Vec<_> =
            self.faults.iter().map(|(fault, count)| format!("{fault} {}", HumanCount(*count))).collect();
        let _ = writeln!(text, "Faults: {}.", if faults.is_empty() { "none".into() } else { faults.join(", ") });
        text
    }

    fn tell(&self, seconds: f64, fuzz: &Fuzz) -> String {
        let mut text = if self.searched { String::new() } else { self.tell_counts(seconds) };
        for Violated { seed, why, run } in &self.violations {
            let _ = writeln!(text, "✗ World {seed}, {}", visible(why));
            // A run too large for a link is in what --json says.
            match quorum_link::to_link(run) {
                Ok(link) => drop(writeln!(text, "  Look at it: quorum run '{link}'")),
                Err(_) => text += &fuzz.again(*seed),
            }
        }
        for (sign, all) in [('✗', &self.unconverged), ('○', &self.out_of_ballots)] {
            for Stuck { seed, why } in all {
                let _ = writeln!(text, "{sign} World {seed}: {why}.");
                text += &fuzz.again(*seed);
            }
        }
        if self.searched {
            text += &match self.is_held() {
                true => format!(
                    "○ {} worlds, and in none of them does it matter that {} is off.\n",
                    HumanCount(self.worlds),
                    fuzz.off.join(" and ")
                ),
                false => {
                    format!("It is the {}. world that was tried without {}.\n", self.worlds, fuzz.off.join(" and "))
                }
            };
            return text;
        }
        match (self.outcome(), self.out_of_ballots.len()) {
            (Outcome::Held, 0) => text += "✓ Every world stayed safe, and agreed once it was healed.\n",
            (Outcome::Held, used_up) => {
                let _ = writeln!(
                    text,
                    "✓ Every world stayed safe, and agreed once it was healed, apart from {used_up} whose ballots are used \
                     up. That is a limit of ballot ranges, and no fault of the protocol."
                );
            }
            _ => {}
        }
        text
    }
}

impl Fuzz {
    /// How to look at a world.
    fn again(&self, seed: u64) -> String {
        let directory = self.save.clone().unwrap_or_else(|| "worlds".into());
        let file = file_of(&directory, seed);
        let mut how = String::new();
        if self.protocol != ProtocolKind::Single {
            how += &format!(" --protocol {}", self.protocol.as_str());
        }
        for rule in &self.off {
            how += &format!(" --off {rule}");
        }
        let make = format!("quorum fuzz{how} --from {seed} --seeds 1 --steps {} --save worlds && ", self.steps);
        let make = if self.save.is_some() { String::new() } else { make };
        format!("  Look at it: {make}quorum run {}\n", visible(&file.display().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUZZ: Fuzz = Fuzz {
        seeds: 1,
        from: 0,
        steps: 50,
        protocol: ProtocolKind::Single,
        off: Vec::new(),
        threads: Threads::DEFAULT,
        save: None,
    };

    #[test]
    fn a_world_that_broke_or_never_agreed_fails_and_says_how_to_have_it_again() {
        let mut good = Report::default();
        good.one(Box::new(RandomRun::new(3)), 3, 50);
        assert_eq!(good.outcome(), Outcome::Held);
        let run = RandomRun::new(3).run();
        let violated = |seed| Violated { seed, why: "step 9: two values are chosen.".into(), run: run.clone() };
        let stuck = |seed| Stuck { seed, why: "server 2 never learns what is chosen".into() };
        let broken = Report { violations: vec![violated(9)], ..Report::default() };
        let other =
            Report { violations: vec![violated(2)], unconverged: vec![stuck(8), stuck(5)], ..Report::default() };
        good.add(broken);
        good.add(other);
        assert_eq!(good.outcome(), Outcome::Failed);
        assert_eq!(good.violations.iter().map(|violated| violated.seed).collect::<Vec<_>>(), [2, 9]);
        assert_eq!(good.unconverged.iter().map(|stuck| stuck.seed).collect::<Vec<_>>(), [5, 8]);
        let text = good.tell(1.0, &FUZZ);
        assert!(text.contains("✗ World 2, step 9: two values are chosen.\n  Look at it: quorum run '#q1."), "{text}");
        assert!(text.contains("✗ World 5: server 2 never learns what is chosen.\n"), "{text}");
        let again =
            "quorum fuzz --from 5 --seeds 1 --steps 50 --save worlds && quorum run worlds/world-5.quorum.json\n";
        assert!(text.contains(again) && !text.contains('✓'), "{text}");
        let json = good.json(1.0).to_string();
        assert!(json.contains(r#""violations":[{"seed":2,"run":{"quorum":1,"#), "{json}");
        assert!(json.contains(r#""unconverged":[5,8],"outOfBallots":[]"#), "{json}");
        let unconverged = Report { unconverged: vec![stuck(1)], ..Report::default() };
        assert_eq!(unconverged.outcome(), Outcome::Failed);
    }

    #[test]
    fn a_world_whose_ballots_are_used_up_is_named_and_is_no_failure() {
        let stuck = Stuck { seed: 7, why: "its ballots are used up".into() };
        let report = Report { out_of_ballots: vec![stuck], ..Report::default() };
        assert_eq!(report.outcome(), Outcome::Held);
        let text = report.tell(1.0, &FUZZ);
        assert!(
            text.contains("○ World 7: its ballots are used up.\n") && text.contains("apart from 1 whose"),
            "{text}"
        );
        let json = report.json(1.0).to_string();
        assert!(
            json.contains(r#""unconverged":[],"outOfBallots":[{"seed":7,"why":"its ballots are used up"}]"#),
            "{json}"
        );
    }
}
