//! Two proposers that outbid each other (*Paxos Made Simple*, §2.4), and what ends it.

mod support;

use quorum_core::run::Simulation;
use quorum_core::sim::Config;
use support::{all_learned, chosen, propose, settle};

fn duel(nodes: u32, seed: u64, backoff: bool) -> Simulation {
    let mut simulation = Simulation::new(Config { nodes, seed, backoff, ..Config::default() }).unwrap();
    propose(&mut simulation, 1, "blue");
    propose(&mut simulation, 2, "red");
    simulation
}

#[test]
fn without_backoff_two_proposers_duel_for_ever() {
    for (nodes, seed) in [(3, 1), (3, 2), (5, 3), (5, 4), (7, 5)] {
        let mut simulation = duel(nodes, seed, false);
        for _ in 0..20_000 {
            assert!(simulation.step().is_some());
        }
        assert_eq!(chosen(&simulation), None, "{nodes} servers, seed {seed}");
        let rounds = simulation.cluster().server(support::node(1)).disk().durable().paxos().unwrap().round.unwrap();
        assert!(rounds > 100, "they do keep trying: {rounds} rounds");
    }
}

#[test]
fn with_backoff_the_same_duels_end() {
    for (nodes, seed) in [(3, 1), (3, 2), (5, 3), (5, 4), (7, 5)] {
        let mut simulation = duel(nodes, seed, true);
        settle(&mut simulation);
        let value = chosen(&simulation).unwrap();
        all_learned(&simulation, 1..=nodes, &value);
    }
}
