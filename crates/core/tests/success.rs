//! The table of what an implementation of Paxos has to show, one test a row.

mod support;

use quorum_core::sim::{Action, Config};
use support::{all_learned, chosen, cluster, crash, learned, propose, restart, settle, until, until_did};

#[test]
fn single_proposer_agrees() {
    let mut simulation = cluster(5);
    propose(&mut simulation, 1, "blue");
    settle(&mut simulation);
    all_learned(&simulation, 1..=5, "blue");
}

#[test]
fn concurrent_proposers_agree() {
    for seed in 0..200 {
        let config = Config { nodes: 5, seed, ..Config::default() };
        let mut simulation = quorum_core::run::Simulation::new(config).unwrap();
        for (at, value) in [(1, "blue"), (3, "red"), (5, "green")] {
            propose(&mut simulation, at, value);
        }
        settle(&mut simulation);
        let value = chosen(&simulation).unwrap_or_else(|| panic!("seed {seed}: nothing was chosen"));
        assert!(["blue", "red", "green"].contains(&value.as_str()), "seed {seed}");
        all_learned(&simulation, 1..=5, &value);
    }
}

#[test]
fn single_failure_of_five_goes_on() {
    for down in 2..=5 {
        let mut simulation = cluster(5);
        crash(&mut simulation, down);
        propose(&mut simulation, 1, "blue");
        settle(&mut simulation);
        all_learned(&simulation, (1..=5).filter(|at| *at != down), "blue");
    }
}

#[test]
fn double_failure_of_five_goes_on() {
    for (a, b) in [(2, 3), (2, 5), (3, 4), (4, 5)] {
        let mut simulation = cluster(5);
        crash(&mut simulation, a);
        crash(&mut simulation, b);
        propose(&mut simulation, 1, "blue");
        settle(&mut simulation);
        all_learned(&simulation, (1..=5).filter(|at| ![a, b].contains(at)), "blue");
    }
}

#[test]
fn majority_failure_blocks_until_recovery() {
    let mut simulation = cluster(5);
    (3..=5).for_each(|at| crash(&mut simulation, at));
    propose(&mut simulation, 1, "blue");
    for _ in 0..500 {
        assert!(simulation.step().is_some(), "the proposer keeps trying");
    }
    assert_eq!(chosen(&simulation), None);
    assert_eq!(learned(&simulation, 1), None);
    (3..=5).for_each(|at| restart(&mut simulation, at));
    settle(&mut simulation);
    all_learned(&simulation, 1..=5, "blue");
}

#[test]
fn proposer_crash_before_any_vote_lets_another_proposer_choose() {
    let mut simulation = cluster(5);
    propose(&mut simulation, 1, "blue");
    until_did(&mut simulation, 1, "quorum");
    crash(&mut simulation, 1);
    propose(&mut simulation, 2, "red");
    settle(&mut simulation);
    all_learned(&simulation, 2..=5, "red");
}

/// Once a single acceptor has voted, the value survives its proposer: whoever hears of the vote must propose it again.
#[test]
fn proposer_crash_after_one_vote_is_survived_without_it() {
    let mut simulation = cluster(5);
    propose(&mut simulation, 1, "blue");
    until_did(&mut simulation, 1, "quorum");
    // The requests wait in the outbox: one leaves, then the proposer dies.
    let outbox = simulation.cluster().server(support::node(1)).outbox();
    let to_2 = outbox.iter().find(|outgoing| outgoing.message.to == support::node(2)).unwrap().message.id;
    simulation.apply(&Action::Send { message: to_2 }).unwrap();
    crash(&mut simulation, 1);
    until_did(&mut simulation, 2, "accepted");
    until(&mut simulation, |event| event.name() == "adopted");
    settle(&mut simulation);
    all_learned(&simulation, 2..=5, "blue");
}
