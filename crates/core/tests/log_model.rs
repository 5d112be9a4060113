//! Every run of a replicated log within bounds: how many states there are, that nothing goes wrong in any of them, and which
//! rules a search finds the reason for.

use std::env;

use quorum_core::search::explorer::{Budget, Model, PropertyKind, SearchStatus};
use quorum_core::search::log_model::Bounds;
use quorum_core::search::{LogCheck, LogQuestion};
use quorum_core::{log, paxos};

/// `QUORUM_HISTORIES=full` visits every state within bounds in which that takes minutes.
fn full() -> bool {
    env::var("QUORUM_HISTORIES").is_ok_and(|value| value == "full")
}

fn search(rules: log::Rules, single: paxos::Rules, bounds: Bounds) -> LogCheck {
    let budget = Budget { bytes: 4 << 30, ..Budget::UNLIMITED };
    let question = LogQuestion { bounds, budget, ..LogQuestion::without(rules, single) };
    let mut check = LogCheck::new(question).expect("these bounds make sense");
    while check.advance(10_000) == SearchStatus::Running {}
    check
}

/// The states and the depth of a search that is complete and finds nothing wrong.
fn safe(bounds: Bounds) -> (u32, usize) {
    let check = search(log::Rules::default(), paxos::Rules::default(), bounds);
    assert_eq!((check.status(), check.violation()), (SearchStatus::Complete, None), "{bounds}");
    (check.search().states(), check.search().depth())
}

/// Three servers, a window of two, two clients whose commands reach different leaders in either order, two ballots. Here every
/// client asks once; with a retry each, the search takes longer: see below.
#[test]
fn every_state_of_three_servers_two_clients_and_two_ballots_is_visited_and_safe() {
    let bounds = Bounds { asks: 1, ..Bounds::default() };
    assert_eq!(safe(bounds), (44_099, 24));
}

/// A search in which nothing ever happens would be safe, too.
#[test]
fn what_makes_a_log_interesting_happens_in_the_search() {
    let check =
        search(log::Rules::default(), paxos::Rules::default(), Bounds { asks: 2, ballots: 1, ..Bounds::default() });
    let reached = |name: &str| {
        let model = check.search().model();
        let at =
            model.properties().iter().position(|property| property.name == name).expect("there is such a property");
        check.search().witness(at).is_some()
    };
    assert!(reached("every client's command is chosen") && reached("a command is chosen in two slots"));
    assert!(reached("a slot is chosen before one in front of it"));
    assert!(!reached("a no-op is chosen") && !reached("a slot is chosen in two ballots"), "that takes two ballots");
    let check = search(log::Rules::default(), paxos::Rules::default(), Bounds { asks: 1, ..Bounds::default() });
    let all = 0..check.search().model().properties().len();
    let missed: Vec<_> = all
        .map(|at| (check.search().model().properties()[at], check.search().witness(at)))
        .filter(|(property, witness)| property.kind == PropertyKind::Sometimes && witness.is_none())
        .map(|(property, _)| property.name)
        .collect();
    assert_eq!(
        missed,
        ["a command is chosen in two slots", "a command is chosen in one slot and voted for in another"]
    );
}

#[test]
fn every_state_of_other_small_bounds_is_visited_and_safe() {
    let small = Bounds { asks: 1, window: 1, ..Bounds::default() };
    for (bounds, states, depth) in [
        (Bounds { ballots: 1, window: 2, asks: 2, ..small }, 835, 16),
        (Bounds { reads: true, ..small }, 43_879, 24),
        (Bounds { read_index: true, ..small }, 11_339, 19),
        (Bounds { read_index: true, crashes: 1, ..small }, 148_327, 24),
        (Bounds { heartbeats: 1, ..small }, 72_475, 25),
        (Bounds { repeats: 1, clients: 1, ..small }, 1398, 18),
        (Bounds { own_travel: true, clients: 1, ..small }, 8985, 22),
        (Bounds { crashes: 1, clients: 1, ..small }, 17_702, 21),
        (Bounds { wipes: 1, clients: 1, ..small }, 4478, 17),
        (Bounds { snapshots: 1, clients: 1, ..small }, 2573, 18),
        (Bounds { snapshots: 1, crashes: 1, clients: 1, ..small }, 40_770, 25),
    ] {
        assert_eq!(safe(bounds), (states, depth), "{bounds}");
    }
}

/// `QUORUM_HISTORIES=full cargo test --profile native -p quorum-core --test log_model`: about a minute for each million states,
/// or less.
#[test]
fn with_time_every_state_of_larger_bounds_is_visited_and_safe() {
    if !full() {
        return;
    }
    let usual = Bounds::default();
    for (bounds, states, depth) in [
        (usual, 1_003_635, 32),
        (Bounds { asks: 1, window: 1, ballots: 3, ..usual }, 473_717, 30),
        (Bounds { asks: 1, window: 1, crashes: 1, ..usual }, 418_387, 32),
    ] {
        assert_eq!(safe(bounds), (states, depth), "{bounds}");
    }
}

/// The property that is broken without these rules, within the bounds that belong to them, and after how many actions.
fn broken(rules: log::Rules, single: paxos::Rules) -> Option<(&'static str, usize)> {
    let (property, steps) = search(rules, single, Bounds::for_rules(rules, single)).violation()?;
    Some((property, steps.len()))
}

const SLOT: &str = "one-command-per-slot";
const LEARNED: &str = "only-chosen-learned";
const ANSWERS: &str = "answers-follow-the-log";

#[test]
fn without_a_rule_of_the_log_the_shortest_way_to_break_something_is_found() {
    use log::Rule;
    for (rule, property, length) in [
        (Rule::ReportEveryVote, SLOT, 10),
        (Rule::NextAboveKnown, SLOT, 13),
        (Rule::IndexNeedsBallot, LEARNED, 12),
        (Rule::ApplyInOrder, "applied-is-chosen", 7),
        (Rule::Deduplicate, "applied-once", 9),
        (Rule::DeduplicateWhenApplying, "applied-once", 12),
        (Rule::OwnVoteWhenDurable, LEARNED, 8),
        (Rule::AnswerOwnCommand, ANSWERS, 15),
        (Rule::ReadAfterFound, ANSWERS, 10),
        (Rule::ReadThroughLog, ANSWERS, 10),
        (Rule::SayTruncated, SLOT, 13),
        (Rule::SessionsInSnapshot, "equal-stores", 12),
        (Rule::SnapshotSaysWhere, "equal-stores", 15),
        (Rule::TruncateAfterDurable, SLOT, 15),
        (Rule::RefuseExpired, "applied-once", 12),
    ] {
        let found = broken(log::Rules::without(&[rule]), paxos::Rules::default());
        assert_eq!(found, Some((property, length)), "{rule:?}");
    }
}

/// Without these nothing wrong is done, and something is never done.
#[test]
fn without_a_rule_of_progress_every_state_is_safe() {
    use log::Rule;
    for rule in [Rule::FillGaps, Rule::ContentBeforeStanding, Rule::RepeatAccepts, Rule::FetchGaps] {
        let bounds = Bounds { asks: 1, ..Bounds::default() };
        let check = search(log::Rules::without(&[rule]), paxos::Rules::default(), bounds);
        assert_eq!(check.status(), SearchStatus::Complete, "{rule:?}");
    }
}

/// The rules of single-decree Paxos are the log's, too. The search for the last one takes minutes.
#[test]
fn without_a_rule_of_single_decree_paxos_the_shortest_way_to_break_a_log_is_found() {
    use paxos::Rule;
    let many = [
        (Rule::KeepPromise, SLOT, 10),
        (Rule::AdoptReported, SLOT, 10),
        (Rule::AdoptHighest, SLOT, 13),
        (Rule::AdoptByBallot, SLOT, 13),
        (Rule::Phase1Intersects, SLOT, 6),
        (Rule::Phase2Intersects, SLOT, 8),
        (Rule::OneVotePerAcceptor, LEARNED, 8),
        (Rule::VotesWithinBallot, LEARNED, 12),
        (Rule::PromisesForOwnBallot, SLOT, 11),
        (Rule::BallotsUniqueAcrossServers, SLOT, 10),
        (Rule::BallotsUniqueAcrossRestarts, LEARNED, 13),
        (Rule::PersistBeforeReply, LEARNED, 10),
        (Rule::PersistPromise, SLOT, 11),
        (Rule::PersistAccepted, SLOT, 11),
        (Rule::PersistRound, LEARNED, 12),
        (Rule::RecoverState, SLOT, 11),
        (Rule::RecoverPromise, SLOT, 11),
        (Rule::RecoverAccepted, SLOT, 11),
        (Rule::WipedStaysSilent, SLOT, 11),
    ];
    let rare = [(Rule::AcceptPromises, SLOT, 17)];
    for (rule, property, length) in many.into_iter().chain(rare.into_iter().filter(|_| full())) {
        let found = broken(log::Rules::default(), paxos::Rules::without(&[rule]));
        assert_eq!(found, Some((property, length)), "{rule:?}");
    }
    assert_eq!(many.len() + rare.len(), Rule::ALL.len());
}
