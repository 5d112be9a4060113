//! A record, as it is handed out: the run, and what is to be said about it.

use quorum_core::check::Judged;
use quorum_core::json::Json;
use quorum_core::log::Checkpoint;
use quorum_core::run::Run;
use quorum_core::sim::Beginning;
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
    /// How many notes have no part in it: they came when it was as long as a run may be, or wait for what others had not noted yet.
    pub left_out: usize,
    /// Whether it is as long as a run may be, or has as many clients.
    #[serde(default)]
    pub full: bool,
    /// The rules that did not hold.
    #[serde(default)]
    pub off: Vec<String>,
    /// Whether nobody knows if one store could have given the clients' answers: there are too many explanations, or the record ends
    /// before everything is applied that was under way when it began.
    #[serde(default)]
    pub undecided: bool,
    /// Where it begins, if in the middle: a sentence.
    #[serde(default)]
    pub begins: Option<String>,
    /// What is wrong with what the servers did, in sentences.
    pub violations: Vec<String>,
}

/// Where a record begins that begins in the middle.
fn begins(beginning: &Beginning) -> String {
    let slot = beginning.servers.iter().map(Checkpoint::applied).max().unwrap_or(0);
    let down = beginning.servers.iter().filter(|server| server.memory.is_none()).count();
    let under_way = beginning.messages.len();
    let many = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let (down, under_way) = (many(down, "server"), many(under_way, "message"));
    format!("it begins behind slot {slot}, with {down} down and {under_way} under way")
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
            full: recording.is_full(),
            off: off.iter().map(|rule| rule.as_str().to_owned()).collect(),
            undecided: now.observer().log().is_some_and(|observer| observer.judged() == Judged::Unknown),
            begins: now.config().begins().map(begins),
            violations: violations.collect(),
        }
    }

    /// What is to be said about it, in lines.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { steps, messages, clients, left_out, full, off, begins, undecided, .. } = self;
        let mut says = format!("{steps} steps of {clients} clients and their servers\n");
        begins.iter().for_each(|begins| says += &format!("{begins}\n"));
        says += &format!("{messages} messages are byte for byte what the laboratory sends\n");
        if *full {
            says += &format!(
                "the run has as many steps or clients as a recorded run may have: {left_out} notes that came later are not in it\n"
            );
        } else if *left_out > 0 {
            says += &format!("it ends before {left_out} notes whose cause another server had not noted yet\n");
        }
        if !off.is_empty() {
            says += &format!("the servers ran without {}\n", off.join(", "));
        }
        if *undecided {
            says += "whether one store could have given the clients' answers is not decided\n";
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
