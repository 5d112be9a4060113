//! `quorum scenarios`: what there is to play and to bring about, and whether it still teaches what it says.

use crate::outcome::Outcome;
use crate::{output, progress, subject};
use anyhow::Result;
use clap::Args;
use quorum_core::json::{Json, Object};
use quorum_core::scenario::{CHALLENGES, LOG_CHALLENGES, LOG_SCENARIOS, SCENARIOS};
use quorum_core::text::visible;

/// The arguments of `scenarios`.
#[derive(Args)]
pub(crate) struct Scenarios {
    /// Play every one and check its expectations; of a challenge, that its solution meets the goal
    #[arg(long)]
    check: bool,
}

/// What is said of all of them.
#[derive(Default)]
struct Listed {
    text: String,
    scenarios: Vec<Object>,
    challenges: Vec<Object>,
    unmet: bool,
}

impl Scenarios {
    /// Lists them.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        let mut listed = Listed::default();
        let count = [SCENARIOS, LOG_SCENARIOS, CHALLENGES, LOG_CHALLENGES].map(<[_]>::len).iter().sum::<usize>();
        let bar = progress::bar(if self.check { count as u64 } else { 0 }, "scenarios");
        for (heading, all) in [("", SCENARIOS), ("\nA replicated log:\n", LOG_SCENARIOS)] {
            listed.text += heading;
            for (name, _) in all {
                self.scenario(name, &mut listed)?;
                bar.inc(1);
            }
        }
        listed.text += "\nChallenges, for `quorum run --challenge NAME FILE-OR-LINK`:\n";
        for (name, _) in CHALLENGES.iter().chain(LOG_CHALLENGES) {
            self.challenge(name, &mut listed)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        if json {
            let object = Object::new().with("scenarios", listed.scenarios.into_iter().collect::<Json>());
            output::print_json(&object.with("challenges", listed.challenges.into_iter().collect::<Json>()).into())?;
        } else {
            output::print(&listed.text)?;
        }
        Ok(Outcome::of(!listed.unmet))
    }

    fn scenario(&self, name: &'static str, listed: &mut Listed) -> Result<()> {
        let scenario = subject::shipped(name)?;
        let object = Object::new().with("name", name).with("title", scenario.title.as_str());
        let mut object = object.with("about", scenario.about.as_str());
        listed.text += &format!("{name:28} {}\n", scenario.title);
        if self.check {
            let checked = subject::play(name, scenario, None)?.played.checked;
            for unmet in checked.iter().filter(|checked| !checked.met) {
                listed.unmet = true;
                listed.text += &format!("{:28} ✗ {} (seen: {})\n", "", visible(&unmet.says), visible(&unmet.seen));
            }
            object = object.with("expectations", checked.iter().collect::<Json>());
        }
        listed.scenarios.push(object);
        Ok(())
    }

    fn challenge(&self, name: &'static str, listed: &mut Listed) -> Result<()> {
        let challenge = subject::challenge(name)?;
        let object = Object::new().with("name", name).with("title", challenge.title.as_str());
        let mut object = object.with("about", challenge.about.as_str());
        listed.text += &format!("{name:28} {}\n", challenge.title);
        if self.check {
            let (_, verdict) = challenge.attempt(&challenge.solution)?;
            if verdict.met.is_none() {
                listed.unmet = true;
                listed.text += &format!("{:28} ✗ its solution does not meet its goal\n", "");
            }
            object = object.with("solution", &verdict);
        }
        listed.challenges.push(object);
        Ok(())
    }
}
