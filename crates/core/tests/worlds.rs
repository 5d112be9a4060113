//! Ten thousand random worlds with every fault at once: safety throughout, then healed and required to learn.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use quorum_core::json::Json;
use quorum_core::run::Event;
use quorum_core::scenario::{CONVERGES_WITHIN, RandomRun, Unconverged};

const WORLDS: u64 = 10_000;
const STEPS: u32 = 400;

/// Prints the seed and the run, so that a failure can be had again.
fn report(seed: u64, world: &RandomRun, what: &str) -> String {
    let run = serde_json::to_string(&Json::from(&world.run())).unwrap();
    format!("world {seed}: {what}\n{run}")
}

fn one(seed: u64, seen: &mut BTreeSet<&'static str>) -> Result<u64, String> {
    let mut world = RandomRun::new(seed);
    let mut see = |event: Event| {
        seen.insert(event.name());
    };
    world.disturb(STEPS, &mut see);
    let healed = world.converge(&mut see);
    let broken = world.simulation().violations();
    if !broken.is_empty() {
        return Err(report(seed, &world, &format!("{broken:?}")));
    }
    healed.map_err(|why| report(seed, &world, &format!("{why}, {CONVERGES_WITHIN} ms later")))
}

#[test]
fn ten_thousand_worlds_stay_safe_and_agree_once_healed() {
    let (mut seen, mut slowest) = (BTreeSet::new(), 0);
    for seed in 0..WORLDS {
        // A panic is reported with its seed, too.
        let outcome = catch_unwind(AssertUnwindSafe(|| one(seed, &mut seen)));
        slowest =
            slowest.max(outcome.unwrap_or_else(|_| panic!("world {seed} panicked")).unwrap_or_else(|e| panic!("{e}")));
    }
    println!("the slowest world agreed {slowest} ms after it was healed");
    assert!(slowest > 0, "if no world had to work for it, the test tests nothing");
    // Worlds in which little happens would prove little.
    for event in [
        "accepted",
        "adopted",
        "chosen",
        "counted",
        "crashed",
        "cut",
        "delivered",
        "dropped",
        "duplicated",
        "durable",
        "free-choice",
        "gave-up",
        "healed",
        "held",
        "ignored",
        "isolated",
        "learned",
        "mended",
        "partitioned",
        "paused",
        "power-cut",
        "prepares",
        "promised",
        "proposed",
        "quorum",
        "rejected",
        "rejoined",
        "released",
        "restarted",
        "resumed",
        "sent",
        "timer",
        "wiped",
        "wrote",
    ] {
        assert!(seen.contains(event), "no world had the event {event}");
    }
}

/// The pinned digests hold on every engine; the same list is checked in the browser.
#[test]
fn a_hundred_worlds_have_the_digests_they_always_had() {
    let digest = |seed| {
        let mut world = RandomRun::new(seed);
        world.disturb(STEPS, drop);
        world.simulation().digest()
    };
    let digests: String = (0..100).map(|seed| format!("{seed} {}\n", digest(seed))).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/digests.txt");
    if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
        std::fs::write(path, &digests).unwrap();
    }
    assert_eq!(digests, std::fs::read_to_string(path).unwrap());
}

#[test]
fn a_run_made_up_as_it_went_can_be_had_again() {
    for seed in 0..50 {
        let mut world = RandomRun::new(seed);
        world.disturb(STEPS, drop);
        let run = world.run();
        let again = run.replay().unwrap_or_else(|error| panic!("world {seed}: {error}"));
        assert_eq!(again.now().digest(), run.digest);
        assert_eq!(again.now().view(&[]), world.simulation().view(&[]));
    }
}

/// A server owns a thousand ballots where they are ranges, and a long world uses them up. Nothing is wrong with the
/// protocol then, and the verdict says what it is.
#[test]
fn a_world_whose_ballots_are_used_up_is_told_from_one_that_does_not_agree() {
    let mut world = RandomRun::new(9_000_028);
    world.disturb(60_000, drop);
    let why = world.converge(drop).unwrap_err();
    assert!(matches!(&why, Unconverged::OutOfBallots(nodes) if nodes.len() == 6), "{why}");
    assert!(why.to_string().starts_with("its ballots are used up: of servers 1, 2, 3, 4, 5 and 6, none has"), "{why}");
    assert!(world.simulation().violations().is_empty());
}
