//! What came of random worlds: counted, told, and how to have each one again.

use super::{Fuzz, file_of};
use crate::outcome::Outcome;
use indicatif::HumanCount;
use quorum_core::json::{Json, Object};
use quorum_core::run::Run;
use quorum_core::scenario::{RandomWorld, Unconverged};
use quorum_core::sim::ProtocolKind;
use quorum_core::tell::EventName;
use quorum_core::text::visible;
use std::collections::BTreeMap;
use std::fmt::Write;

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

/// What came of some worlds.
#[derive(Default)]
pub(super) struct Report {
    pub(super) worlds: u64,
    pub(super) steps: u64,
    pub(super) faults: BTreeMap<&'static str, u64>,
    pub(super) violations: Vec<Violated>,
    pub(super) unconverged: Vec<Stuck>,
    pub(super) out_of_ballots: Vec<Stuck>,
    /// Whether the first world was looked for that needs a rule.
    pub(super) searched: bool,
}

/// A world that does not agree once it is healed.
pub(super) struct Stuck {
    pub(super) seed: u64,
    pub(super) why: String,
}

/// A world that broke an invariant.
pub(super) struct Violated {
    pub(super) seed: u64,
    pub(super) why: String,
    pub(super) run: Run,
}

impl Report {
    /// One world more. Gives its run if it will be listed.
    pub(super) fn one(&mut self, mut world: Box<dyn RandomWorld>, seed: u64, steps: u32) -> Option<Run> {
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
    pub(super) fn add(&mut self, other: Self) {
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
    pub(super) fn is_held(&self) -> bool {
        self.violations.is_empty() && self.unconverged.is_empty()
    }

    pub(super) fn outcome(&self) -> Outcome {
        Outcome::of(self.is_held())
    }

    pub(super) fn json(&self, seconds: f64) -> Object {
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

    pub(super) fn tell_counts(&self, seconds: f64) -> String {
        let (worlds, steps) = (HumanCount(self.worlds), HumanCount(self.steps));
        let mut text = format!("{worlds} worlds, {steps} steps, {seconds:.1} seconds.\n");
        let faults: Vec<_> =
            self.faults.iter().map(|(fault, count)| format!("{fault} {}", HumanCount(*count))).collect();
        let _ = writeln!(text, "Faults: {}.", if faults.is_empty() { "none".into() } else { faults.join(", ") });
        text
    }

    pub(super) fn tell(&self, seconds: f64, fuzz: &Fuzz) -> String {
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
    pub(super) fn again(&self, seed: u64) -> String {
        let directory = self.save.clone().unwrap_or_else(|| "worlds".into());
        let file = file_of(&directory, seed);
        let mut how = String::new();
        if self.protocol != ProtocolKind::Single {
            how += &format!(" --protocol {}", self.protocol.as_str());
        }
        for rule in &self.off {
            how += &format!(" --off {rule}");
        }
        if self.snapshots {
            how += " --snapshots";
        }
        if let Some(most) = self.sessions {
            how += &format!(" --sessions {most}");
        }
        if let Some(reads) = self.reads {
            how += &format!(" --reads {}", reads.as_str());
        }
        let make = format!("quorum fuzz{how} --from {seed} --seeds 1 --steps {} --save worlds && ", self.steps);
        let make = if self.save.is_some() { String::new() } else { make };
        format!("  Look at it: {make}quorum run {}\n", visible(&file.display().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::Threads;
    use quorum_core::log::Reads;
    use quorum_core::scenario::RandomRun;

    const FUZZ: Fuzz = Fuzz {
        seeds: 1,
        from: 0,
        steps: 50,
        protocol: ProtocolKind::Single,
        off: Vec::new(),
        snapshots: false,
        sessions: None,
        reads: None,
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

    #[test]
    fn a_world_is_made_again_with_all_that_it_was_made_with() {
        let (off, protocol) = (vec!["refuse-expired".to_owned()], ProtocolKind::Log);
        let fuzz = Fuzz { protocol, off, snapshots: true, sessions: Some(2), ..FUZZ };
        let fuzz = Fuzz { reads: Some(Reads::Index), ..fuzz };
        let how = "quorum fuzz --protocol log --off refuse-expired --snapshots --sessions 2 --reads index --from 5 --seeds 1 --steps 50";
        assert!(fuzz.again(5).contains(how), "{}", fuzz.again(5));
    }
}
