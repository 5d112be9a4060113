//! What real servers once did, kept for the book: it must stay the run that it was.

use std::path::Path;

use quorum_core::json::FromJson;
use quorum_core::run::Run;
use quorum_core::sim::Action;

#[test]
fn the_leader_that_was_killed_is_killed_again() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/leader-killed.quorum.json");
    let json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let run = <Run as FromJson>::from_json(&json, "run").unwrap();
    let history = Run { cursor: run.length, ..run.clone() }.replay().unwrap_or_else(|error| panic!("{error}"));
    assert!(history.now().violations().is_empty());
    assert_eq!(run.interventions.len() as u64, run.length, "real servers had every step happen");
    let killed = run.interventions.iter().find(|one| matches!(one.action, Action::Crash { .. })).unwrap();
    assert!(run.notes.iter().any(|note| note.step == killed.step + 1 && note.says.contains("SIGKILL")));
}
