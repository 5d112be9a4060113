//! `quorum demo`: the first scenarios, one after the other, as a story.

use crate::outcome::Outcome;
use crate::{output, run, story, subject};
use anyhow::Result;
use clap::Args;
use quorum_core::json::{Json, Object};
use quorum_core::scenario::SCENARIOS;

/// How many scenarios make a demonstration.
const FIRST: usize = 3;

/// The arguments of `demo`.
#[derive(Args)]
pub(crate) struct Demo {
    /// How many scenarios to play, from the first
    #[arg(long, default_value_t = FIRST, value_name = "N")]
    count: usize,
}

impl Demo {
    /// Plays them.
    ///
    /// # Errors
    /// When a scenario cannot be played, or standard output not be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        let mut all_met = true;
        let mut summaries = Vec::new();
        for (name, _) in SCENARIOS.iter().take(self.count) {
            let subject = subject::play(name, subject::shipped(name)?, None)?;
            all_met &= subject.played.is_as_expected();
            if json {
                summaries.push(run::summary(&subject).with("scenario", *name));
            } else {
                output::print(&format!("{}\n", story::tell(&subject)))?;
            }
        }
        if json {
            output::print_json(&Object::new().with("scenarios", summaries.into_iter().collect::<Json>()).into())?;
        }
        Ok(Outcome::of(all_met))
    }
}
