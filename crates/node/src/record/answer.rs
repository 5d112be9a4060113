//! A record, as it is handed out: the run, and what is to be said about it.

use quorum_core::json::Json;
use quorum_core::run::Run;
use quorum_recording::Recording;
use serde::{Deserialize, Serialize};

use crate::rules;

/// Most sentences about what is wrong: where one rule is off, one mistake is followed by a hundred.
const TOLD: usize = 5;

/// A record of a cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The run, as the laboratory opens it: the contents of a file `*.quorum.json`.
    pub run: serde_json::Value,
    /// How many steps it has.
    pub steps: u64,
    /// How many messages were compared with what the laboratory sends. All are the same.
    pub messages: u64,
    /// How many clients asked for something.
    pub clients: usize,
    /// How many notes have no part in it: they came when it was as long as a run may be.
    pub left_out: usize,
    /// The rules that did not hold.
    #[serde(default)]
    pub off: Vec<String>,
    /// What is wrong with what the servers did, in sentences.
    pub violations: Vec<String>,
}

impl Record {
    /// What has come of the notes so far.
    #[must_use]
    pub fn of(recording: &Recording) -> Self {
        let now = recording.now();
        let off = rules::off(now.config().rules, now.config().log.rules);
        let run = Run { title: "What real servers did".to_owned(), ..recording.run() };
        let violations = now
            .violations()
            .iter()
            .map(|(step, violation)| format!("step {step}: {}", violation.sentence(now.config().ballots)));
        Self {
            run: serde_json::to_value(Json::from(&run)).unwrap_or_default(),
            steps: now.steps(),
            messages: recording.messages(),
            clients: recording.clients(),
            left_out: recording.waiting(),
            off: off.iter().map(|rule| rule.as_str().to_owned()).collect(),
            violations: violations.collect(),
        }
    }

    /// What is to be said about it, in lines.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { steps, messages, clients, left_out, off, .. } = self;
        let mut says = format!("{steps} steps of {clients} clients and their servers\n");
        says += &format!("{messages} messages are byte for byte what the laboratory sends\n");
        if *left_out > 0 {
            says += &format!(
                "the run has as many steps or clients as a recorded run may have: {left_out} notes that came later are not in it\n"
            );
        }
        if !off.is_empty() {
            says += &format!("the servers ran without {}\n", off.join(", "));
        }
        match self.violations.as_slice() {
            [] => says += "no invariant is broken\n",
            broken => {
                broken.iter().take(TOLD).for_each(|sentence| says += &format!("{sentence}\n"));
                let more = broken.len().saturating_sub(TOLD);
                if more > 0 {
                    says += &format!("and {more} more: `quorum run` tells them\n");
                }
            }
        }
        says
    }
}
