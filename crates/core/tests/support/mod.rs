//! Short words for long tests.
#![allow(dead_code, reason = "each test file uses some of it")]

use quorum_core::paxos::{MessageKind, NodeId};
use quorum_core::run::{Event, Simulation};
use quorum_core::sim::{Action, Config, MessageId};

pub(crate) fn node(number: u32) -> NodeId {
    NodeId::new(number).unwrap()
}

pub(crate) fn cluster(nodes: u32) -> Simulation {
    Simulation::new(Config { nodes, ..Config::default() }).unwrap()
}

pub(crate) fn propose(simulation: &mut Simulation, at: u32, value: &str) {
    simulation.apply(&Action::Propose { node: node(at), value: value.parse().unwrap() }).unwrap();
}

pub(crate) fn crash(simulation: &mut Simulation, at: u32) {
    simulation.apply(&Action::Crash { node: node(at) }).unwrap();
}

pub(crate) fn restart(simulation: &mut Simulation, at: u32) {
    simulation.apply(&Action::Restart { node: node(at) }).unwrap();
}

/// Follows the clock until nothing is left to happen.
pub(crate) fn settle(simulation: &mut Simulation) {
    for _ in 0..100_000 {
        if simulation.step().is_none() {
            return;
        }
    }
    panic!("something is always left to happen");
}

/// Follows the clock until an event is what is asked for.
pub(crate) fn until(simulation: &mut Simulation, wanted: impl Fn(&Event) -> bool) -> Event {
    for _ in 0..100_000 {
        let events = simulation.step().expect("it happens before nothing is left to happen");
        if let Some(event) = events.into_iter().find(&wanted) {
            return event;
        }
    }
    panic!("it never happens");
}

/// Follows the clock until a server did something.
pub(crate) fn until_did(simulation: &mut Simulation, at: u32, name: &str) {
    until(simulation, |event| {
        let quorum_core::run::EventKind::Fact(fact) = &event.kind else { return false };
        event.name() == name && fact.node() == Some(node(at))
    });
}

/// What a server knows to be chosen.
pub(crate) fn learned(simulation: &Simulation, at: u32) -> Option<String> {
    let learner = simulation.cluster().server(node(at)).paxos()?.learner()?;
    learner.learned(0).map(ToString::to_string)
}

/// What has been chosen, at most one value of it.
pub(crate) fn chosen(simulation: &Simulation) -> Option<String> {
    assert_eq!(simulation.violations(), []);
    simulation.observer().chosen().first().map(|chosen| chosen.vote.value.to_string())
}

pub(crate) fn all_learned(simulation: &Simulation, nodes: impl IntoIterator<Item = u32>, value: &str) {
    for at in nodes {
        assert_eq!(learned(simulation, at).as_deref(), Some(value), "server {at}");
    }
    assert_eq!(chosen(simulation).as_deref(), Some(value));
}

/// The first message of a kind on a link.
pub(crate) fn message(simulation: &Simulation, kind: MessageKind, from: u32, to: u32) -> Option<MessageId> {
    let mut in_flight = simulation.cluster().network().in_flight();
    let wanted = in_flight.find(|e| e.message.kind_name() == kind.as_str() && e.from == node(from) && e.to == node(to));
    wanted.map(|envelope| envelope.id)
}
