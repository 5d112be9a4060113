//! Random worlds of a replicated log: every invariant holds throughout, and with a rule off the right one does not.
#![cfg(feature = "log")]

#[path = "support/log_world.rs"]
mod log_world;

use std::collections::BTreeSet;

use log_world::LogWorld;
use quorum_core::check::{Invariant, Judged, Operation};
use quorum_core::log::{Reads, Rule, Snapshots};
use quorum_core::{log, paxos};

const STEPS: u32 = 2000;

/// What happened in some worlds: worlds in which little happens would prove little.
#[derive(Debug, Default)]
struct Seen {
    slots: u64,
    worlds_with_slots: u64,
    answered: u64,
    spec: u64,
    events: u64,
    installed: u64,
    truncated: u64,
    forgotten: u64,
    gave_up: u64,
    read: u64,
}

fn whole(seed: u64, besides: (Option<Snapshots>, Option<u32>, Reads), seen: &mut Seen) {
    let sessions = besides.1;
    let mut world = LogWorld::new(seed, paxos::Rules::default(), log::Rules::default(), besides);
    for _ in 0..STEPS {
        for event in world.step() {
            seen.spec += event.spec.len() as u64;
            seen.events += 1;
            seen.installed += u64::from(event.name() == "installed");
            seen.truncated += u64::from(event.name() == "truncated");
            seen.read += u64::from(event.name() == "reads");
        }
        let violations = world.simulation.violations();
        assert!(violations.is_empty(), "world {seed}: {violations:?}");
    }
    let observer = world.simulation.observer().log().unwrap();
    // Whoever is told that an outcome is open leaves one more explanation to follow for ever.
    let gave_up = observer.judged() == Judged::Unknown && sessions.is_some();
    assert!(observer.judged() == Judged::Linearizable || gave_up, "world {seed}: {:?}", observer.judged());
    seen.gave_up += u64::from(gave_up);
    seen.slots += observer.highest_chosen();
    seen.worlds_with_slots += u64::from(observer.highest_chosen() > 3);
    seen.answered += observer.history().filter(|operation| operation.result.is_some()).count() as u64;
    let told_nothing = |operation: &&Operation| operation.returned.is_some() && operation.result.is_none();
    seen.forgotten += observer.history().filter(told_nothing).count() as u64;
}

#[test]
fn a_thousand_random_worlds_of_a_log_keep_every_invariant() {
    let mut seen = Seen::default();
    for seed in 0..1000 {
        whole(seed, (None, None, Reads::Log), &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.slots > 5_000 && seen.answered > 5_000 && seen.worlds_with_slots > 500, "{seen:?}");
    assert!(seen.spec > seen.slots * 3, "{seen:?}");
}

/// Every fault at once, and a snapshot every four slots: servers let go of votes all the time, and begin with snapshots.
#[test]
fn a_thousand_random_worlds_with_snapshots_keep_every_invariant() {
    let mut seen = Seen::default();
    for seed in 0..1000 {
        whole(seed, (Some(Snapshots { every: 4, keep: (seed % 5) as u32 }), None, Reads::Log), &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.slots > 5_000 && seen.answered > 5_000, "{seen:?}");
    assert!(seen.truncated > 5_000 && seen.installed > 100, "{seen:?}");
}

/// Fewer sessions than clients: they make room for each other all the time, and snapshots carry what is left of those that went.
#[test]
fn a_thousand_random_worlds_whose_servers_forget_clients_keep_every_invariant() {
    let mut seen = Seen::default();
    for seed in 0..1000 {
        let snapshots = (seed % 2 == 0).then_some(Snapshots { every: 4, keep: (seed % 5) as u32 });
        whole(seed, (snapshots, Some(1 + (seed % 3) as u32), Reads::Log), &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.slots > 5_000 && seen.answered > 5_000 && seen.forgotten > 500, "{seen:?}");
    assert!(seen.gave_up < 100, "{seen:?}");
}

/// Reads that take no slot, with snapshots and with clients that are forgotten in some.
#[test]
fn a_thousand_random_worlds_that_read_by_index_keep_every_invariant() {
    let mut seen = Seen::default();
    for seed in 0..1000 {
        let snapshots = (seed % 2 == 0).then_some(Snapshots { every: 4, keep: (seed % 5) as u32 });
        let sessions = (seed % 3 == 0).then_some(1 + (seed % 4) as u32);
        whole(seed, (snapshots, sessions, Reads::Index), &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.slots > 5_000 && seen.answered > 5_000 && seen.read > 1_000, "{seen:?}");
    assert!(seen.gave_up < 100, "{seen:?}");
}

#[test]
fn a_rule_about_reads_is_needed_by_reads_without_a_slot_too() {
    for rule in [Rule::ReadAfterFound, Rule::ReadThroughLog] {
        let rules = log::Rules::without(&[rule]);
        let stale = (0..3000).any(|seed| {
            let mut world = LogWorld::new(seed, paxos::Rules::default(), rules, (None, None, Reads::Index));
            (0..STEPS).for_each(|_| drop(world.step()));
            world.simulation.violations().iter().any(|(_, it)| it.invariant() == Invariant::Linearizable)
        });
        assert!(stale, "{rule:?}");
    }
}

/// The invariants that break within so many steps of a world.
fn broken(seed: u64, slots: paxos::Rules, rules: log::Rules) -> BTreeSet<Invariant> {
    let snapshots = rules.off().any(Rule::is_about_snapshots).then_some(Snapshots { every: 4, keep: 0 });
    let sessions = rules.off().any(Rule::is_about_expiry).then_some(1);
    let mut world = LogWorld::new(seed, slots, rules, (snapshots, sessions, Reads::Log));
    for _ in 0..STEPS {
        world.step();
    }
    world.simulation.violations().iter().map(|(_, violation)| violation.invariant()).collect()
}

#[test]
fn each_rule_of_safety_has_a_world_that_needs_it() {
    let rules = [
        (Rule::ReportEveryVote, Invariant::ChosenStaysChosen),
        (Rule::NextAboveKnown, Invariant::ChosenStaysChosen),
        (Rule::IndexNeedsBallot, Invariant::OnlyChosenLearned),
        (Rule::ApplyInOrder, Invariant::AppliedIsChosen),
        (Rule::Deduplicate, Invariant::AppliedOnce),
        (Rule::DeduplicateWhenApplying, Invariant::AppliedOnce),
        (Rule::OwnVoteWhenDurable, Invariant::OnlyChosenLearned),
        (Rule::AnswerOwnCommand, Invariant::Linearizable),
        (Rule::ReadAfterFound, Invariant::Linearizable),
        (Rule::ReadThroughLog, Invariant::Linearizable),
        (Rule::SayTruncated, Invariant::StepOfSpecification),
        (Rule::SessionsInSnapshot, Invariant::EqualStores),
        (Rule::SnapshotSaysWhere, Invariant::EqualStores),
        (Rule::SnapshotKeepsVotes, Invariant::ChosenStaysChosen),
        (Rule::TruncateAfterDurable, Invariant::ChosenStaysChosen),
        (Rule::RefuseExpired, Invariant::AppliedOnce),
    ];
    for (rule, invariant) in rules {
        let mut all = BTreeSet::new();
        let found = (0..5000).find(|seed| {
            let broken = broken(*seed, paxos::Rules::default(), log::Rules::without(&[rule]));
            all.extend(broken.iter().map(|invariant| invariant.as_str()));
            broken.contains(&invariant)
        });
        println!("{}: {} in world {found:?}; until then {all:?}", rule.as_str(), invariant.as_str());
        assert!(found.is_some(), "no world needs {}", rule.as_str());
    }
}
