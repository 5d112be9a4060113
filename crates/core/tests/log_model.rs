//! Every run of a replicated log within bounds: how many states there are, that nothing goes wrong in any of them, and which
//! rules a search finds the reason for.

use std::env;

use quorum_core::json::Json;
use quorum_core::search::explorer::{Budget, SearchStatus};
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

/// What is asked for first of all: three servers, a window of two, two clients that reach different leaders in either order, two
/// ballots. Every client asks once; with two tries each, the search takes longer: see the next test.
#[test]
fn every_state_of_three_servers_two_clients_and_two_ballots_is_visited_and_safe() {
    assert_eq!(safe(Bounds { asks: 1, ..Bounds::default() }), (35_888, 23));
}

#[test]
fn every_state_of_other_small_bounds_is_visited_and_safe() {
    let small = Bounds { asks: 1, window: 1, ..Bounds::default() };
    for (bounds, states, depth) in [
        (Bounds { ballots: 1, window: 2, asks: 2, ..small }, 835, 16),
        (Bounds { reads: true, ..small }, 0, 0),
        (Bounds { heartbeats: 1, ..small }, 0, 0),
        (Bounds { repeats: 1, clients: 1, ..small }, 0, 0),
        (Bounds { own_travel: true, clients: 1, ..small }, 0, 0),
        (Bounds { crashes: 1, clients: 1, ..small }, 0, 0),
        (Bounds { wipes: 1, clients: 1, ..small }, 0, 0),
        (Bounds { ballots: 3, ..small }, 0, 0),
    ] {
        assert_eq!(safe(bounds), (states, depth), "{bounds}");
    }
}

/// Figures of `QUORUM_HISTORIES=full cargo test --profile native -p quorum-core --test log_model`.
#[test]
fn with_time_every_state_of_larger_bounds_is_visited_and_safe() {
    if !full() {
        return;
    }
    let usual = Bounds::default();
    for (bounds, states, depth) in [(usual, 787_251, 32), (Bounds { heartbeats: 1, ..usual }, 0, 0)] {
        assert_eq!(safe(bounds), (states, depth), "{bounds}");
    }
}

/// Each rule, the property that is broken without it, and after how many actions; `None`: nothing is, within the bounds that
/// [`Bounds::for_rules`] gives.
#[test]
fn without_a_rule_the_shortest_way_to_break_something_is_found() {
    use log::Rule as Of;
    let slot = "one-command-per-slot";
    for (rule, property, length) in [
        (Of::ReportEveryVote, slot, 10),
        (Of::NextAboveKnown, slot, 13),
        (Of::IndexNeedsBallot, "only-chosen-learned", 12),
        (Of::ApplyInOrder, "applied-is-chosen", 7),
        (Of::Deduplicate, "applied-once", 9),
        (Of::DeduplicateWhenApplying, "applied-once", 12),
        (Of::OwnVoteWhenDurable, "only-chosen-learned", 10),
        (Of::AnswerOwnCommand, "answers-follow-the-log", 12),
        (Of::ReadAfterFound, "answers-follow-the-log", 10),
        (Of::ReadThroughLog, "answers-follow-the-log", 10),
    ] {
        let rules = log::Rules::without(&[rule]);
        let single = paxos::Rules::default();
        let (found, steps) = search(rules, single, Bounds::for_rules(rules, single)).violation().expect("it is found");
        assert_eq!((found, steps.len()), (property, length), "{rule:?}: {steps:#?}");
    }
}
