//! `quorum scenarios`: what there is to play, and whether it still teaches what it says.

use crate::outcome::Outcome;
use crate::{output, progress, subject};
use anyhow::Result;
use clap::Args;
use quorum_core::json::{Json, Object};
use quorum_core::scenario::SCENARIOS;
use quorum_core::text::visible;

/// The arguments of `scenarios`.
#[derive(Args)]
pub(crate) struct Scenarios {
    /// Play every one and check its expectations
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
        let bar = progress::bar(if self.check { SCENARIOS.len() as u64 } else { 0 }, "scenarios");
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
        bar.finish_and_clear();
        if json {
            output::print_json(&Object::new().with("scenarios", list.into_iter().collect::<Json>()).into())?;
        } else {
            output::print(&text)?;
        }
        Ok(Outcome::of(all_met))
    }
}
