//! The shortest run in which servers disagree once acceptors may break their promises:
//! `cargo run -p quorum-core --example break_a_rule`.

use quorum_core::paxos::{Rule, Rules};
use quorum_core::run::Run;
use quorum_core::search::explorer::SearchStatus;
use quorum_core::search::{ModelCheck, Question};
use std::error::Error;

/// Searches until a run breaks agreement.
pub(crate) fn break_a_rule() -> Result<Run, Box<dyn Error>> {
    let mut check = ModelCheck::new(Question::without(Rules::without(&[Rule::KeepPromise])))?;
    while check.status() == SearchStatus::Running {
        check.advance(1000);
    }
    check.run().ok_or_else(|| "within these bounds nothing goes wrong".into())
}

#[allow(dead_code, reason = "the tests call what it calls")]
fn main() -> Result<(), Box<dyn Error>> {
    let run = break_a_rule()?;
    let scheme = run.config.ballots;
    for event in run.replay()?.events(0, run.length) {
        println!("{:>3}  {}", event.step, event.why(scheme));
    }
    Ok(())
}
