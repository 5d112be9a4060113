//! Situations that a log must get through, one test each.

use super::super::*;
use super::world::{Faults, World};
use super::{get, put, settings, text};
use crate::endpoint::Endpoint;
use crate::paxos::{self, Slot};
use crate::sample::node;

/// Servers of which one leads already, with so many clients.
fn led_by(leader: u32, servers: u32, clients: usize) -> World {
    led_with(leader, servers, clients, Election::Content, Rules::default())
}

fn led_with(leader: u32, servers: u32, clients: usize, election: Election, rules: Rules) -> World {
    let settings = settings(servers, |settings| {
        settings.first = Some(node(leader));
        settings.election = election;
        settings.rules = rules;
    });
    let mut world = World::new(settings, 7, clients);
    world.run(1000, Faults::NONE);
    assert_eq!(world.leader(), Some((leader, 1)));
    world
}

/// Two suspicions, each at its longest, in milliseconds.
const TWO_SUSPICIONS: u64 = 2 * 800;

fn slot_of(from: Endpoint, message: &Message) -> Slot {
    match (from, message) {
        (Endpoint::Server(_), Message::Accept(Accept { vote, .. })) => vote.slot,
        _ => 0,
    }
}

#[test]
fn a_gap_is_filled_and_what_is_behind_it_is_taken_over() {
    let mut world = led_by(1, 3, 3);
    for value in ["a", "b", "c", "d"] {
        world.request(0, put(value), 1);
        world.run(500, Faults::NONE);
    }
    // Nobody hears of slots 5 and 6, and one of slot 7. Then the leader is gone, with its votes.
    world.loses = |from, to, message| match slot_of(from, message) {
        5 | 6 => true,
        7 => to == Endpoint::Server(node(3)),
        _ => false,
    };
    for client in 0..3 {
        world.request(client, put(["five", "six", "seven"][client]), 1);
        world.run(20, Faults::NONE);
    }
    world.run(100, Faults::NONE);
    world.crash(node(1));
    world.loses = |_, _, _| false;
    world.run(20_000, Faults::NONE);
    assert_eq!(world.book[&5], Entry::NoOp);
    assert_eq!(world.book[&6], Entry::NoOp);
    assert_eq!(world.book[&7].command().unwrap().op, put("seven"));
    assert!(world.is_answered());
    assert_eq!(world.book.len(), 9);
}

#[test]
fn where_only_one_server_hears_a_quorum_it_takes_over() {
    let mut world = led_by(3, 5, 1);
    for (a, b) in [(2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)] {
        world.cut(a, b);
    }
    world.run(TWO_SUSPICIONS, Faults::NONE);
    assert_eq!(world.leader().map(|(leader, _)| leader), Some(1));
    world.request(0, put("a"), 1);
    world.run(1000, Faults::NONE);
    assert_eq!(world.answer(0), Some(&Output::Done));
}

/// In Raft it could not: its log is behind those of the servers whose votes it needs.
#[test]
fn a_server_that_is_behind_can_lead_and_takes_over_what_it_lacks() {
    let mut world = led_by(3, 5, 1);
    world.cut(1, 3);
    for value in ["a", "b", "c"] {
        world.request(0, put(value), 3);
        world.run(150, Faults::NONE);
    }
    assert!(world.replica(1).learned().to() < 3);
    for (a, b) in [(2, 3), (3, 4), (3, 5), (2, 4), (2, 5), (4, 5)] {
        world.cut(a, b);
    }
    world.run(TWO_SUSPICIONS + 1000, Faults::NONE);
    assert_eq!(world.leader().map(|(leader, _)| leader), Some(1));
    world.request(0, get(), 1);
    world.run(2000, Faults::NONE);
    assert_eq!(world.answer(0), Some(&Output::Value(Some(text("c")))));
}

#[test]
fn a_server_that_only_a_content_one_hears_does_not_disturb_and_learns_from_it() {
    let changes = |election, rules| {
        let mut world = led_with(2, 3, 1, election, rules);
        world.cut(2, 3);
        for _ in 0..10 {
            world.workload(1);
            world.run(1000, Faults::NONE);
        }
        assert!(world.is_answered());
        (world.leader(), world.replica(3).learned().to())
    };
    assert_eq!(changes(Election::Content, Rules::default()), (Some((2, 1)), 10));
    // Otherwise it stands, and the leader has to stand against it.
    let careless = Rules::without(&[Rule::ContentBeforeStanding]);
    for (election, rules) in [(Election::Timeout, Rules::default()), (Election::Content, careless)] {
        let (leader, _) = changes(election, rules);
        assert!(leader.is_some_and(|(_, round)| round > 5), "{leader:?}");
    }
}

#[test]
fn an_old_leader_that_comes_back_steps_down_and_every_client_is_answered_once() {
    let mut world = led_by(1, 5, 2);
    for a in [1, 2] {
        for b in [3, 4, 5] {
            world.cut(a, b);
        }
    }
    world.request(0, put("one"), 1);
    world.run(3000, Faults::NONE);
    assert_eq!(world.answer(0), None, "two of five choose nothing");
    let (leader, _) = world.leader().unwrap();
    assert!(leader >= 3);
    world.request(1, put("three"), leader);
    world.run(1000, Faults::NONE);
    assert_eq!(world.answer(1), Some(&Output::Done));
    world.cuts.clear();
    world.run(10_000, Faults::NONE);
    assert!(matches!(world.replica(1).role(), Role::Follower));
    assert!(world.is_answered() && world.has_converged());
}

#[test]
fn a_server_that_was_away_for_a_hundred_slots_fetches_them() {
    let mut world = led_by(1, 3, 2);
    world.crash(node(3));
    world.workload(100);
    world.run(30_000, Faults::NONE);
    assert_eq!(world.answered, 100);
    world.restart(node(3));
    world.run(5000, Faults::NONE);
    assert_eq!(world.replica(3).learned().applied(), world.replica(1).learned().applied());
    assert_eq!(world.sent[MessageKind::Fetched as usize], 4, "32 at a time");
    assert_eq!(world.leader(), Some((1, 1)), "its return disturbs nobody");
}

/// The answer to `put x 1` is lost, another client puts 2, and the first asks again, of the same leader or of the next one.
#[test]
fn an_operation_that_is_asked_for_again_takes_effect_once() {
    for leader_crashes in [false, true] {
        let mut world = led_by(1, 3, 2);
        world.loses =
            |_, to, message| matches!(message, Message::Answer(_)) && to == Endpoint::Client(ClientId::at(0).unwrap());
        world.request(0, put("1"), 1);
        world.run(200, Faults::NONE);
        world.request(1, put("2"), 1);
        world.run(200, Faults::NONE);
        assert_eq!((world.answer(0), world.answer(1)), (None, Some(&Output::Done)));
        if leader_crashes {
            world.crash(node(1));
        }
        world.loses = |_, _, _| false;
        world.run(10_000, Faults::NONE);
        assert_eq!(world.answer(0), Some(&Output::Done));
        world.request(1, get(), 2);
        world.run(10_000, Faults::NONE);
        assert_eq!(world.answer(1), Some(&Output::Value(Some(text("2")))));
    }
}

/// A slot is chosen and only its leader knows; a read at the next leader waits until that slot is applied.
#[test]
fn a_new_leader_answers_a_read_after_it_has_applied_what_it_found() {
    let mut world = led_by(1, 3, 2);
    world.loses = |_, to, message| match message {
        Message::Heartbeat(heartbeat) => heartbeat.chosen_to > 0,
        Message::Answer(_) => to == Endpoint::Client(ClientId::at(0).unwrap()),
        _ => false,
    };
    world.request(0, put("new"), 1);
    world.run(200, Faults::NONE);
    assert_eq!((world.replica(1).learned().to(), world.replica(2).learned().to()), (1, 0));
    world.crash(node(1));
    world.loses = |_, _, _| false;
    world.request(1, get(), 2);
    world.run(10_000, Faults::NONE);
    assert_eq!(world.answer(1), Some(&Output::Value(Some(text("new")))));
}

/// The leader's disk is slow. One follower has voted; then the leader crashes, and that follower is cut off.
#[test]
fn a_leader_that_counts_its_vote_before_it_is_durable_loses_an_answered_write() {
    for (rules, answered) in [(Rules::default(), false), (Rules::without(&[Rule::OwnVoteWhenDurable]), true)] {
        let settings = settings(3, |settings| settings.rules = rules);
        let mut world = World::new(settings, 7, 2);
        world.forgiving = true;
        world.run(1000, Faults::NONE);
        world.cut(1, 3);
        world.slow = Some((node(1), 2000));
        world.request(0, put("new"), 1);
        world.run(200, Faults::NONE);
        assert_eq!(world.answer(0).is_some(), answered);
        world.crash(node(1));
        world.slow = None;
        world.cuts.clear();
        world.cut(2, 1);
        world.cut(2, 3);
        world.restart(node(1));
        world.request(1, get(), 3);
        world.run(3000, Faults::NONE);
        assert_eq!(world.breach.is_some(), answered, "{:?}", world.breach);
    }
}

/// It no longer knows which ballots it used, what it promised and what it voted for.
#[test]
fn a_server_that_lost_its_disk_neither_stands_nor_votes_and_still_learns() {
    let mut world = led_by(1, 3, 1);
    world.request(0, put("a"), 1);
    world.run(1000, Faults::NONE);
    world.crash(node(1));
    world.wipe(node(1));
    world.restart(node(1));
    assert_eq!(world.replica(1).own_ballot(), None, "the server that stood at its first start does not stand again");
    assert!(world.replica(1).acceptor().is_none());
    world.run(10_000, Faults::NONE);
    assert!(world.leader().is_some_and(|(leader, _)| leader != 1));
    assert_eq!(world.replica(1).learned().to(), 1);
}

/// Servers that take snapshots, of which the first leads.
fn with_snapshots(every: u32, keep: u32, rules: Rules) -> World {
    let settings = settings(3, |settings| {
        settings.rules = rules;
        settings.snapshots = Some(Snapshots { every, keep });
    });
    let mut world = World::new(settings, 7, 3);
    world.run(1000, Faults::NONE);
    assert_eq!(world.leader(), Some((1, 1)));
    world
}

#[test]
fn a_server_that_was_away_for_a_thousand_slots_gets_one_snapshot_and_fetches_the_rest() {
    let mut world = with_snapshots(64, 24, Rules::default());
    world.crash(node(3));
    world.workload(1000);
    world.run(200_000, Faults::NONE);
    assert!(world.replica(1).learned().to() >= 1000 && world.is_answered());
    let kept = world.replica(1).acceptor().unwrap().votes().iter().count();
    assert!((24..24 + 64).contains(&kept), "{kept} votes are kept");
    assert!(world.replica(1).learned().iter().count() < 24 + 64);
    world.restart(node(3));
    world.run(3000, Faults::NONE);
    assert!(world.has_converged());
    assert_eq!((world.sent[MessageKind::Snapshot as usize], world.installed), (1, 1));
    let fetched = world.sent[MessageKind::Fetched as usize];
    assert!((1..=2).contains(&fetched), "{fetched}");
    // A short absence needs no snapshot.
    world.crash(node(3));
    world.workload(10);
    world.run(5000, Faults::NONE);
    world.restart(node(3));
    world.run(3000, Faults::NONE);
    assert!(world.has_converged());
    assert_eq!(world.sent[MessageKind::Snapshot as usize], 1);
}

/// Server 3 knows nothing; 1 and 2 have let go of all votes; 1 is gone, and 2 falls silent before it sends its snapshot.
#[test]
fn a_candidate_decides_nothing_where_a_promise_says_nothing() {
    for (rules, leads) in [(Rules::default(), false), (Rules::without(&[Rule::SayTruncated]), true)] {
        let settings = settings(3, |settings| {
            settings.paxos.roles.proposers.remove(node(2));
            (settings.rules, settings.snapshots) = (rules, Some(Snapshots { every: 1, keep: 0 }));
        });
        let mut world = World::new(settings, 7, 3);
        world.run(1000, Faults::NONE);
        world.cut(1, 3);
        world.cut(2, 3);
        world.workload(5);
        world.run(3000, Faults::NONE);
        assert_eq!((world.replica(2).kept_from(), world.replica(3).learned().to()), (6, 0));
        world.crash(node(1));
        world.heal_links();
        world.loses = |_, _, message| matches!(message, Message::Snapshot(_));
        world.input(node(3), Input::Stand);
        let led = (0..70).any(|_| {
            world.run(10, Faults::NONE);
            world.leader().is_some_and(|(leader, _)| leader == 3)
        });
        assert_eq!(led, leads);
        assert_eq!(world.undecided > 0, !leads);
        world.loses = |_, _, _| false;
        world.forgiving = true;
        world.heal();
        world.workload(5);
        world.run(10_000, Faults::NONE);
        assert_eq!(world.breach.is_some(), leads, "{:?}", world.breach);
        assert!(leads || world.is_answered() && world.has_converged());
    }
}

/// A snapshot of the first five slots reaches a server that has voted in the sixth, and that vote is one of two that chose.
#[test]
fn votes_above_an_installed_snapshot_stay() {
    for (rules, forgets) in [(Rules::default(), false), (Rules::without(&[Rule::SnapshotKeepsVotes]), true)] {
        let mut world = with_snapshots(5, 0, rules);
        world.forgiving = true;
        world.cut(1, 3);
        world.cut(2, 3);
        world.workload(5);
        world.run(3000, Faults::NONE);
        world.heal_links();
        world.cut(1, 2);
        world.request(0, put("six"), 1);
        while world.answer(0).is_none() || world.replica(3).kept_from() == 1 {
            world.run(10, Faults::NONE);
        }
        // What server 3 has learned is gone, and only its disk says what it voted for.
        world.crash(node(1));
        world.crash(node(3));
        world.restart(node(3));
        world.request(1, get(), 2);
        world.run(10_000, Faults::NONE);
        let read = world.answer(1).cloned();
        assert_eq!(read == Some(Output::Value(Some(text("six")))), !forgets, "{read:?} {:?}", world.breach);
    }
}

/// Votes go before the snapshot is durable, and the power goes in between.
#[test]
fn a_crash_around_a_snapshot_finds_the_votes_or_the_snapshot() {
    for (rules, loses) in [(Rules::default(), false), (Rules::without(&[Rule::TruncateAfterDurable]), true)] {
        let mut world = with_snapshots(0, 0, rules);
        world.request(0, put("kept"), 1);
        world.run(1000, Faults::NONE);
        for number in 1..=3 {
            world.input(node(number), Input::TakeSnapshot);
            world.crash(node(number));
        }
        world.heal();
        world.forgiving = true;
        world.request(1, get(), 2);
        world.run(10_000, Faults::NONE);
        let read = world.answer(1).cloned();
        assert_eq!(read == Some(Output::Value(Some(text("kept")))), !loses, "{read:?}");
    }
}

#[test]
fn a_server_that_only_learns_takes_snapshots_and_begins_with_one() {
    let settings = settings(3, |settings| {
        settings.paxos.roles.acceptors.remove(node(3));
        settings.paxos.roles.proposers.remove(node(3));
        settings.paxos.sizes = paxos::Quorums::majority(settings.paxos.roles.acceptors);
        settings.snapshots = Some(Snapshots { every: 3, keep: 0 });
    });
    let mut world = World::of(settings, 3, 7, 2);
    world.run(1000, Faults::NONE);
    world.workload(7);
    world.run(5000, Faults::NONE);
    let taken = world.replica(3).snapshot().map(|snapshot| snapshot.to);
    assert!(taken >= Some(3), "{taken:?}");
    world.crash(node(3));
    world.restart(node(3));
    assert_eq!(Some(world.replica(3).learned().applied()), taken);
    world.crash(node(3));
    world.wipe(node(3));
    world.restart(node(3));
    world.run(3000, Faults::NONE);
    assert!(world.has_converged() && world.installed > 0);
}
