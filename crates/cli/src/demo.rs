//! `quorum demo`: the first scenarios, one after the other, as a story.

use crate::outcome::Outcome;
use crate::{fuzz, output, run, story, subject};
use anyhow::Result;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use quorum_core::json::{Json, Object};
use quorum_core::run::BeatSize;
use quorum_core::scenario::{LOG_SCENARIOS, SCENARIOS};
use quorum_core::sim::ProtocolKind;

/// How many scenarios make a demonstration.
const FIRST: usize = 3;

/// The arguments of `demo`.
#[derive(Args)]
pub(crate) struct Demo {
    /// How many scenarios to play, from the first
    #[arg(long, default_value_t = FIRST, value_name = "N")]
    count: usize,
    /// How much is told at once
    #[arg(long, default_value = "ideas", value_name = "SIZE", value_parser = sizes())]
    beats: BeatSize,
    /// Whose scenarios: those of single-decree Paxos, or those of a replicated log
    #[arg(long, default_value = "single", value_name = "PROTOCOL", value_parser = fuzz::protocols())]
    protocol: ProtocolKind,
}

fn sizes() -> impl TypedValueParser<Value = BeatSize> {
    let named = BeatSize::ALL.map(|size| PossibleValue::new(size.as_str()).help(says(size)));
    let parse = |word: String| BeatSize::ALL.into_iter().find(|size| size.as_str() == word).ok_or("no such size");
    PossibleValuesParser::new(named).try_map(parse)
}

const fn says(size: BeatSize) -> &'static str {
    match size {
        BeatSize::Ideas => "what a story of the run would mention",
        BeatSize::Commands => "what a client of a log waits for, and every idea",
        BeatSize::Messages => "one arrival with all it causes",
        BeatSize::Everything => "each event",
    }
}

impl Demo {
    /// Plays them.
    ///
    /// # Errors
    /// When a scenario cannot be played, or standard output not be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        let mut all_met = true;
        let mut summaries = Vec::new();
        let all = match self.protocol {
            ProtocolKind::Single => SCENARIOS,
            ProtocolKind::Log => LOG_SCENARIOS,
        };
        for (name, _) in all.iter().take(self.count) {
            let subject = subject::play(name, subject::shipped(name)?, None)?;
            all_met &= subject.played.is_as_expected();
            if json {
                summaries.push(run::summary(&subject).with("scenario", *name));
            } else {
                let told = match self.beats {
                    BeatSize::Everything => story::tell(&subject),
                    size => story::tell_by(&subject, size),
                };
                output::print(&format!("{told}\n"))?;
            }
        }
        if json {
            output::print_json(&Object::new().with("scenarios", summaries.into_iter().collect::<Json>()).into())?;
        }
        Ok(Outcome::of(all_met))
    }
}
