//! A search of a log that goes on from a step of a run.
#![cfg(feature = "log")]

#[path = "support/log_world.rs"]
mod log_world;

use log_world::LogWorld;
use quorum_core::json::{FromJson, Json};
use quorum_core::log::{Reads, Snapshots};
use quorum_core::paxos::Role;
use quorum_core::run::{History, Run};
use quorum_core::scenario::{LOG_SCENARIOS, Scenario};
use quorum_core::search::explorer::{Budget, SearchStatus};
use quorum_core::search::log_model::Bounds;
use quorum_core::search::{LogCheck, LogQuestion};
use quorum_core::sim::{Clock, Config, LogConfig, ProtocolKind};
use quorum_core::{log, paxos};

fn scenario(name: &str) -> Run {
    let (_, text) = LOG_SCENARIOS.iter().find(|(known, _)| *known == name).expect("it ships");
    let json: Json = serde_json::from_str(text).expect("it is JSON");
    Scenario::from_json(&json, "scenario").expect("it can be read").play().expect("it plays").run()
}

fn without(rules: &[log::Rule], single: &[paxos::Rule]) -> LogQuestion {
    LogQuestion::without(log::Rules::without(rules), paxos::Rules::without(single))
}

fn answer(question: LogQuestion) -> LogCheck {
    let mut check = LogCheck::new(question).unwrap_or_else(|error| panic!("{error}"));
    while check.advance(10_000) == SearchStatus::Running {}
    check
}

/// A new cluster is found again at step 0 of a run that has not begun.
#[test]
fn from_the_first_step_of_a_run_it_is_the_search_of_a_new_cluster() {
    let small = Bounds { clients: 1, asks: 1, window: 1, ..Bounds::default() };
    for bounds in [
        small,
        Bounds { crashes: 1, ..small },
        Bounds { wipes: 1, ..small },
        Bounds { clients: 2, ballots: 1, reads: true, window: 2, ..small },
        Bounds { snapshots: 1, ballots: 1, crashes: 1, ..small },
        Bounds { clients: 2, reads: true, read_index: true, ..small },
    ] {
        let log = LogConfig {
            leader: None,
            window: bounds.window,
            clients: bounds.clients,
            snapshots: (bounds.snapshots > 0).then_some(Snapshots { every: 0, keep: 0 }),
            reads: if bounds.read_index { Reads::Index } else { Reads::Log },
            ..LogConfig::default()
        };
        let all = [Role::Proposer, Role::Acceptor, Role::Learner];
        let roles = (0..3).map(|node| all[usize::from(node >= bounds.proposers)..].to_vec()).collect();
        let (nodes, protocol, clock) = (3, ProtocolKind::Log, Clock::Guided);
        let config = Config { nodes, protocol, clock, roles: Some(roles), log, ..Config::default() };
        let run = History::new(config).expect("it can be run").run();
        let budget = Budget::UNLIMITED;
        let new = answer(LogQuestion { bounds, budget, ..without(&[], &[]) });
        let from = answer(LogQuestion { bounds, from: Some((run, 0)), budget, ..without(&[], &[]) });
        let figures = |check: &LogCheck| (check.status(), check.search().states(), check.search().depth());
        assert_eq!(figures(&from), figures(&new), "{bounds}");
    }
}

/// Wherever a correct log is, it goes on correctly.
#[test]
fn from_any_moment_of_what_ships_nothing_goes_wrong_while_the_rules_hold() {
    let mut complete = 0;
    for (name, _) in LOG_SCENARIOS {
        let run = scenario(name);
        if run.config.nodes > Bounds::MOST_SERVERS || run.config.rules.off().chain([]).count() > 0 {
            continue;
        }
        let last = run.length.min(1_500);
        for step in [last / 4, last / 2, last] {
            let mut question = without(&[], &[]).starting_at(run.clone(), step);
            question.bounds = Bounds { ballots: 1, clients: 1, ..question.bounds };
            question.budget = Budget { states: 20_000, ..Budget::UNLIMITED };
            let check = answer(question);
            complete += u32::from(check.status() == SearchStatus::Complete);
            assert_eq!(check.violation(), None, "{name}, from step {step}");
        }
    }
    println!("{complete} searches saw everything");
    assert!(complete > 10, "{complete}");
}

fn world(seed: u64, steps: u32) -> Run {
    let snapshots = (seed.is_multiple_of(3)).then_some(Snapshots { every: 4, keep: 2 });
    let mut world = LogWorld::new(seed, paxos::Rules::default(), log::Rules::default(), (snapshots, None, Reads::Log));
    for _ in 0..steps {
        world.step();
    }
    let mut history = History::new(world.simulation.config().clone()).expect("it began");
    for (step, action) in &world.done {
        while history.now().steps() < *step {
            history.step();
        }
        history.apply(action).expect("it could be done");
    }
    while history.now().steps() < world.simulation.steps() {
        history.step();
    }
    history.run()
}

/// Servers down, paused, cut off, with slow disks, in the middle of an election, with answers on their way: the model goes on
/// from there, nothing is broken while the rules hold, and where a rule is off, the way to the harm can be walked in the world.
#[test]
fn from_the_middle_of_random_worlds_what_is_found_can_be_played() {
    let (mut found, mut silent, mut already) = (0, 0, 0);
    // `QUORUM_HISTORIES=full` looks at more worlds, and longer.
    let full = std::env::var("QUORUM_HISTORIES").is_ok_and(|value| value == "full");
    let (worlds, states) = if full { (600, 20_000) } else { (60, 3_000) };
    for seed in 0..worlds {
        let run = world(seed, 100 + 20 * (seed as u32 % 20));
        let budget = Budget { states, ..Budget::UNLIMITED };
        let step = run.length;
        let right = answer(LogQuestion { budget, ..without(&[], &[]).starting_at(run.clone(), step) });
        assert_eq!(right.violation(), None, "world {seed}, from step {step}");
        for (rules, single) in [
            (&[log::Rule::ApplyInOrder][..], &[][..]),
            (&[log::Rule::ReportEveryVote], &[]),
            (&[log::Rule::IndexNeedsBallot], &[]),
            (&[log::Rule::Deduplicate], &[]),
            (&[log::Rule::ReadThroughLog], &[]),
            (&[], &[paxos::Rule::KeepPromise]),
            (&[], &[paxos::Rule::AdoptHighest]),
        ] {
            let check = answer(LogQuestion { budget, ..without(rules, single).starting_at(run.clone(), step) });
            let Some((property, steps)) = check.violation() else {
                silent += 1;
                continue;
            };
            let played = check.run().unwrap_or_else(|| {
                panic!("world {seed}, from step {step} without {:?}: {property} by {steps:#?}", check.off())
            });
            let mut history = played.replay().expect("it replays");
            history.seek(u64::MAX);
            let violations = history.now().violations();
            let after = violations.iter().any(|(at, _)| *at > step);
            already += u32::from(steps.is_empty());
            assert!(
                after || steps.is_empty(),
                "world {seed} from {step} without {:?}: {property}, {violations:?}, {steps:#?}",
                check.off()
            );
            found += 1;
        }
    }
    println!("{found} ways to harm, {silent} searches that found none, {already} were broken already");
    assert!(found > 40, "{found}");
}

/// In these logs an operation is in two slots already, and took effect once.
#[test]
fn a_rule_about_applying_can_be_switched_off_where_it_has_mattered_before() {
    let mut twice = 0;
    for seed in 0..150 {
        let run = world(seed, 600);
        let mut history = run.replay().expect("it replays");
        history.seek(u64::MAX);
        let observer = history.now().observer().log().expect("it is a log");
        let entries = (1..=observer.highest_chosen()).filter_map(|slot| observer.chosen(slot).first());
        let mut commands: Vec<_> = entries.filter_map(|chosen| chosen.vote.value.command()).collect();
        let all = commands.len();
        commands.sort_unstable();
        commands.dedup();
        if commands.len() < all {
            twice += 1;
            let off = without(&[log::Rule::DeduplicateWhenApplying], &[]);
            let budget = Budget { states: 500, ..Budget::UNLIMITED };
            answer(LogQuestion { budget, ..off.starting_at(run.clone(), run.length) });
        }
    }
    assert!(twice > 0);
}

#[test]
fn what_no_search_can_go_on_from_is_refused_in_a_sentence() {
    let refused = |question: LogQuestion| LogCheck::new(question).expect_err("it is refused").to_string();
    let run = scenario("gap-filled");
    let beyond = without(&[], &[]).starting_at(run.clone(), run.length + 1);
    assert_eq!(refused(beyond), format!("There is no step {}: this run has {}.", run.length + 1, run.length));
    let mut fewer = without(&[], &[]).starting_at(run.clone(), 10);
    fewer.bounds.servers = 4;
    assert!(refused(fewer).contains("a search that goes on from it has as many"));
    let mut snapshots = without(&[], &[]).starting_at(run, 10);
    snapshots.bounds.snapshots = 1;
    assert_eq!(refused(snapshots), "In this run servers take no snapshots: look for none.");
    let single = History::new(Config::default()).expect("a run").run();
    assert!(refused(without(&[], &[]).starting_at(single, 0)).contains("is of one agreed value"));
    let config = Config { nodes: 7, protocol: ProtocolKind::Log, ..Config::default() };
    let seven = History::new(config).expect("a run").run();
    assert!(
        refused(without(&[], &[]).starting_at(seven, 0))
            .contains("up to 5 servers, and this run has 7. Search on from a run of fewer.")
    );
    let long = scenario("follower-away-for-long");
    let end = long.length;
    assert!(refused(without(&[], &[]).starting_at(long, end)).contains("begin earlier"));
}
