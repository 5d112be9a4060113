//! `quorum scenarios`: what there is to play and to bring about, and whether it still teaches what it says.

use crate::outcome::Outcome;
use crate::{output, progress, subject};
use anyhow::Result;
use clap::Args;
use quorum_core::json::{Json, Object};
use quorum_core::scenario::{CHALLENGES, SCENARIOS};
use quorum_core::text::visible;

/// The arguments of `scenarios`.
#[derive(Args)]
pub(crate) struct Scenarios {
    /// Play every one and check its expectations; of a challenge, that its solution meets the goal
    #[arg(long)]
    check: bool,
}

impl Scenarios {
    /// Lists them.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        let mut all_met = true;
        let mut list = Vec::new();
        let mut text = String::new();
        let bar = progress::bar(if self.check { (SCENARIOS.len() + CHALLENGES.len()) as u64 } else { 0 }, "scenarios");
        for (name, _) in SCENARIOS {
            let scenario = subject::shipped(name)?;
            let object = Object::new().with("name", *name).with("title", scenario.title.as_str());
            let mut object = object.with("about", scenario.about.as_str());
            text += &format!("{name:28} {}\n", scenario.title);
            if self.check {
                let checked = subject::play(name, scenario, None)?.played.checked;
                for unmet in checked.iter().filter(|checked| !checked.met) {
                    all_met = false;
                    text += &format!("{:28} ✗ {} (seen: {})\n", "", visible(&unmet.says), visible(&unmet.seen));
                }
                object = object.with("expectations", checked.iter().collect::<Json>());
            }
            list.push(object);
            bar.inc(1);
        }
        text += "\nChallenges, for `quorum run --challenge NAME FILE-OR-LINK`:\n";
        let mut challenges = Vec::new();
        for (name, _) in CHALLENGES {
            let challenge = subject::challenge(name)?;
            let object = Object::new().with("name", *name).with("title", challenge.title.as_str());
            let mut object = object.with("about", challenge.about.as_str());
            text += &format!("{name:28} {}\n", challenge.title);
            if self.check {
                let (_, verdict) = challenge.attempt(&challenge.solution)?;
                if verdict.met.is_none() {
                    all_met = false;
                    text += &format!("{:28} ✗ its solution does not meet its goal\n", "");
                }
                object = object.with("solution", &verdict);
            }
            challenges.push(object);
            bar.inc(1);
        }
        bar.finish_and_clear();
        if json {
            let object = Object::new().with("scenarios", list.into_iter().collect::<Json>());
            output::print_json(&object.with("challenges", challenges.into_iter().collect::<Json>()).into())?;
        } else {
            output::print(&text)?;
        }
        Ok(Outcome::of(all_met))
    }
}
