//! Five processes, five clients, and every fault there is, as a printed seed chooses. Afterwards every client is answered, and
//! what they were told is linearizable.
//!
//! `QUORUM_CHAOS_SECONDS=600 QUORUM_CHAOS_SEED=7 cargo test -p quorum-node --test chaos -- --nocapture` runs it longer.
//!
//! Would such a test notice? So the same is done to servers that do without a rule. Each of the three is found within a few seconds
//! of the weather that it is there for; the history says so, and the recorded run says at which step. With
//! `QUORUM_CHAOS_RULES=on` all rules hold in the same weather, and then nothing may be found.

mod support;

use std::time::Duration;

use quorum_core::check::LogObserver;
use quorum_core::check::linear::Verdict;
use quorum_node::rules;
use support::chaos::{Aftermath, Storm, Weather, from_environment};
use support::snapshots_in;

fn seed() -> u64 {
    let seed = from_environment("QUORUM_CHAOS_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("QUORUM_CHAOS_SEED={seed}");
    seed
}

/// What the servers did is a run: every message is the one that the laboratory sends, and nothing in it is wrong.
fn nothing_is_wrong(seed: u64, after: &Aftermath) {
    let Aftermath { operations, silent, verdict, recording, .. } = after;
    assert_eq!(*silent, 0, "clients are not answered, seed {seed}");
    assert!(*operations > 100, "they did ask: {operations}");
    assert!(recording.now().violations().is_empty(), "seed {seed}: {:?}", recording.now().violations());
    assert!(
        recording.is_full() || recording.waiting() == 0,
        "seed {seed}: {} notes have no cause",
        recording.waiting()
    );
    assert!(recording.messages() > 1_000, "seed {seed}");
    assert!(matches!(verdict, Verdict::Linearizable { .. }), "seed {seed}: {verdict:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_clients_are_told_what_one_store_could_have_said() {
    let seed = seed();
    let time = Duration::from_secs(from_environment("QUORUM_CHAOS_SECONDS").unwrap_or(20));
    let storm = Storm { servers: 5, off: Vec::new(), weather: Weather::Everything, seed, time };
    let after = storm.rage().await;
    nothing_is_wrong(seed, &after);
    let snapshots = snapshots_in(&after.recording);
    let sent = snapshots.iter().filter(|(_, how)| *how == "installed").count();
    println!("          {} snapshots taken, {sent} installed", snapshots.len() - sent);
    assert!(snapshots.len() > sent, "seed {seed}: they took snapshots");
}

/// How long one try takes, and how many there are: chance decides whether a kill falls between two moments.
const TRY: Duration = Duration::from_secs(4);
const TRIES: u64 = 6;

/// Servers without a rule, until it shows: in what clients were told, and in the run.
async fn it_shows_without(rule: &str, servers: usize, weather: Weather) {
    let first = seed();
    let time = from_environment("QUORUM_CHAOS_SECONDS").map_or(TRY, Duration::from_secs);
    let holds = std::env::var("QUORUM_CHAOS_RULES").is_ok_and(|value| value == "on");
    let off = if holds { Vec::new() } else { vec![rules::named(rule).unwrap()] };
    for seed in first..first + TRIES {
        let after = Storm { servers, off: off.clone(), weather, seed, time }.rage().await;
        println!("          seed {seed}, {} operations, faults {:?}", after.operations, after.faults);
        if holds {
            nothing_is_wrong(seed, &after);
            return;
        }
        let Verdict::Not(bad) = &after.verdict else { continue };
        println!("          NOT LINEARIZABLE: {}: {}", bad.key.as_str(), bad.sentences.join(" "));
        let now = after.recording.now();
        let (first, violation) = now.violations().first().expect("the laboratory finds something wrong");
        let steps = now.steps();
        println!("          step {first} of {steps}: {}", violation.sentence(now.config().ballots));
        // A client's operation is no longer in the record than it was to the client, so the record is no easier to explain.
        let since = now.observer().log().and_then(LogObserver::since);
        assert!(since.is_some() || after.recording.is_full(), "seed {seed}: the record is linearizable");
        if let Some(since) = since {
            println!("          step {since} of {steps}: no order explains what clients were told so far");
        }
        return;
    }
    panic!("without {rule} nothing was found in {TRIES} tries from seed {first} on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_deduplicate_an_operation_takes_effect_twice_when_a_leader_dies() {
    it_shows_without("deduplicate", 5, Weather::LeadersDie).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_persist_accepted_a_power_failure_takes_back_what_was_answered() {
    it_shows_without("persist-accepted", 5, Weather::PowerFailures).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_own_vote_when_durable_a_leader_forgets_a_vote_that_it_counted() {
    it_shows_without("own-vote-when-durable", 3, Weather::LeaderAndVoterDie).await;
}
