//! The four moments around a write, and what each leaves behind.

mod support;

use quorum_core::paxos::{MessageKind, NodeId};
use quorum_core::run::Simulation;
use quorum_core::sim::Action;
use support::{cluster, crash, message, node, propose, restart, until_did};

const THREE: u32 = 3;

/// Server 3 has just decided to promise 1.1.
fn about_to_promise() -> Simulation {
    let mut simulation = cluster(3);
    propose(&mut simulation, 1, "blue");
    until_did(&mut simulation, THREE, "promised");
    simulation
}

/// Crashes server 3 after these steps, restarts it, and says whether it still knows its promise and whether the
/// promise was sent.
fn crash_after(steps: &[fn(NodeId) -> Action]) -> (bool, bool) {
    let mut simulation = about_to_promise();
    for step in steps {
        simulation.apply(&step(node(THREE))).unwrap();
    }
    crash(&mut simulation, THREE);
    restart(&mut simulation, THREE);
    let acceptor = simulation.cluster().server(node(THREE)).paxos().unwrap().acceptor().unwrap();
    let outcome = (acceptor.promised().is_some(), message(&simulation, MessageKind::Promise, THREE, 1).is_some());
    support::settle(&mut simulation);
    assert_eq!(support::chosen(&simulation).as_deref(), Some("blue"), "whenever it crashes, the others go on");
    outcome
}

const WRITE: fn(NodeId) -> Action = |node| Action::Write { node };
const SYNC: fn(NodeId) -> Action = |node| Action::Sync { node };
const FLUSH: fn(NodeId) -> Action = |node| Action::Flush { node };

#[test]
fn before_the_write_nothing_remains_and_nothing_was_said() {
    assert_eq!(crash_after(&[]), (false, false));
}

#[test]
fn after_the_write_and_before_it_is_durable_nothing_remains_either() {
    assert_eq!(crash_after(&[WRITE]), (false, false));
}

#[test]
fn once_durable_the_promise_remains_although_nobody_heard_it() {
    assert_eq!(crash_after(&[WRITE, SYNC]), (true, false));
}

#[test]
fn once_sent_the_promise_remains_and_travels_on() {
    assert_eq!(crash_after(&[WRITE, SYNC, FLUSH]), (true, true));
}

#[test]
fn nothing_leaves_before_its_write_is_durable() {
    let mut simulation = about_to_promise();
    let waiting = simulation.cluster().server(node(THREE)).outbox()[0].message.id;
    for step in [WRITE, SYNC] {
        let refusal = simulation.apply(&Action::Send { message: waiting }).unwrap_err().to_string();
        assert!(refusal.contains("waits for a write that is not durable"), "{refusal}");
        assert!(simulation.apply(&FLUSH(node(THREE))).is_err());
        simulation.apply(&step(node(THREE))).unwrap();
    }
    simulation.apply(&Action::Send { message: waiting }).unwrap();
}

#[test]
fn a_sync_takes_along_what_still_waits_to_be_written() {
    assert_eq!(crash_after(&[SYNC]), (true, false));
}
