//! `quorum fuzz`: random worlds with every fault at once. Each must stay safe throughout, and once it is healed, every
//! server must come to know what is chosen.
//!
//! A world is a function of its seed, so worlds are dealt out to as many threads as there are, and what comes of them is
//! put in the order of their seeds: the number of threads changes nothing but the time it takes.

use crate::command::Outcome;
use crate::{output, progress};
use anyhow::{Result, bail};
use clap::Args;
use indicatif::HumanCount;
use quorum_core::json::{Json, Object};
use quorum_core::limits::MAX_SEED;
use quorum_core::run::Run;
use quorum_core::scenario::RandomRun;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

/// The events that make trouble.
const FAULTS: [&str; 12] = [
    "crashed",
    "cut",
    "dropped",
    "duplicated",
    "held",
    "isolated",
    "network",
    "partitioned",
    "paused",
    "power-cut",
    "timer",
    "wiped",
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
    /// How many threads [default: as many as there are cores]
    #[arg(long, value_name = "T")]
    threads: Option<NonZero<u16>>,
}

/// What came of some worlds.
#[derive(Default)]
struct Report {
    worlds: u64,
    steps: u64,
    faults: BTreeMap<&'static str, u64>,
    violations: Vec<Violated>,
    unconverged: Vec<u64>,
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
    /// When there are no such seeds, or standard output cannot be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        if self.seeds > MAX_SEED - self.from + 1 {
            bail!("a seed is at most {MAX_SEED}: there are fewer than {} from {} on", self.seeds, self.from);
        }
        let begun = Instant::now();
        let report = self.worlds();
        let seconds = begun.elapsed().as_secs_f64();
        if json {
            output::print_json(&report.json(seconds).into())?;
        } else {
            output::print(&report.tell(seconds, self.steps))?;
        }
        Ok(report.outcome())
    }

    /// All of them, in the order of their seeds.
    fn worlds(&self) -> Report {
        let threads = self.threads.map_or_else(
            || thread::available_parallelism().map_or(1, NonZero::get),
            |threads| usize::from(threads.get()),
        );
        let bar = progress::bar(self.seeds, "worlds");
        let next = AtomicU64::new(0);
        let work = || {
            let mut report = Report::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.seeds {
                    return report;
                }
                report.one(self.from + number, self.steps);
                bar.inc(1);
            }
        };
        let mut report = Report::default();
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            for worker in workers {
                // A panic is a bug in the engine, and is passed on as it is.
                report.add(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
        });
        bar.finish_and_clear();
        report
    }
}

impl Report {
    /// One world more.
    fn one(&mut self, seed: u64, steps: u32) {
        let mut world = RandomRun::new(seed);
        let mut see = |event: quorum_core::run::Event| {
            if let Some(fault) = FAULTS.iter().find(|fault| **fault == event.name()) {
                *self.faults.entry(fault).or_default() += 1;
            }
        };
        world.disturb(steps, &mut see);
        let healed = world.converge(&mut see);
        let now = world.simulation();
        self.worlds += 1;
        self.steps += now.steps();
        if let Some((step, violation)) = now.violations().first() {
            let why = format!("step {step}: {}", violation.sentence(now.config().ballots));
            self.violations.push(Violated { seed, why, run: world.run() });
        } else if healed.is_err() {
            self.unconverged.push(seed);
        }
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
        self.unconverged.extend(other.unconverged);
        self.unconverged.sort_unstable();
    }

    fn outcome(&self) -> Outcome {
        Outcome::of(self.violations.is_empty() && self.unconverged.is_empty())
    }

    fn json(&self, seconds: f64) -> Object {
        let mut faults = Object::new();
        for fault in FAULTS {
            faults.push(fault.into(), self.faults.get(fault).copied().unwrap_or_default().into());
        }
        let violated = |violated: &Violated| Object::new().with("seed", violated.seed).with("run", &violated.run);
        Object::new()
            .with("seeds", self.worlds)
            .with("steps", self.steps)
            .with("faults", faults)
            .with("violations", self.violations.iter().map(violated).collect::<Json>())
            .with("unconverged", self.unconverged.iter().copied().collect::<Json>())
            .with("seconds", Json::Number((seconds * 1000.0).round() / 1000.0))
    }

    fn tell(&self, seconds: f64, steps: u32) -> String {
        let mut text =
            format!("{} worlds, {} steps, {seconds:.1} seconds.\n", HumanCount(self.worlds), HumanCount(self.steps));
        let faults: Vec<_> =
            self.faults.iter().map(|(fault, count)| format!("{fault} {}", HumanCount(*count))).collect();
        let _ = writeln!(text, "Faults: {}.", if faults.is_empty() { "none".into() } else { faults.join(", ") });
        for Violated { seed, why, run } in &self.violations {
            let _ = writeln!(text, "✗ World {seed}, {why}");
            // A run too large for a link is in what --json says.
            if let Ok(link) = quorum_link::to_link(run) {
                let _ = writeln!(text, "  Look at it: quorum run '{link}'");
            }
        }
        for seed in &self.unconverged {
            let _ = writeln!(text, "✗ World {seed}: once everything is healed, not every server comes to know.");
            let _ = writeln!(text, "  Again: quorum fuzz --from {seed} --seeds 1 --steps {steps}");
        }
        if self.outcome() == Outcome::Held {
            text += "✓ Every world stayed safe, and agreed once it was healed.\n";
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_that_broke_or_never_agreed_fails_and_says_how_to_have_it_again() {
        let mut good = Report::default();
        good.one(3, 50);
        assert_eq!(good.outcome(), Outcome::Held);
        let run = RandomRun::new(3).run();
        let violated = |seed| Violated { seed, why: "step 9: two values are chosen.".into(), run: run.clone() };
        let broken = Report { violations: vec![violated(9)], ..Report::default() };
        let other = Report { violations: vec![violated(2)], unconverged: vec![8, 5], ..Report::default() };
        good.add(broken);
        good.add(other);
        assert_eq!(good.outcome(), Outcome::Failed);
        assert_eq!(good.violations.iter().map(|violated| violated.seed).collect::<Vec<_>>(), [2, 9]);
        assert_eq!(good.unconverged, [5, 8]);
        let text = good.tell(1.0, 50);
        assert!(text.contains("✗ World 2, step 9: two values are chosen.\n  Look at it: quorum run '#q1."), "{text}");
        assert!(text.contains("quorum fuzz --from 5 --seeds 1 --steps 50") && !text.contains('✓'), "{text}");
        let json = good.json(1.0).to_string();
        assert!(json.contains(r#""violations":[{"seed":2,"run":{"quorum":1,"#), "{json}");
        let unconverged = Report { unconverged: vec![1], ..Report::default() };
        assert_eq!(unconverged.outcome(), Outcome::Failed);
    }
}
