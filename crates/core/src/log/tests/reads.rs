//! Reads that take no slot.

use alloc::vec::Vec;

use super::super::*;
use super::world::{Faults, World};
use super::{get, put, settings, text};
use crate::endpoint::Endpoint;
use crate::paxos;
use crate::sample::node;

fn value(of: &str) -> Output {
    Output::Value(Some(text(of)))
}

/// Servers that read by index and of which one leads already, with so many clients.
fn led_by(leader: u32, servers: u32, clients: usize) -> World {
    let settings = settings(servers, |settings| {
        settings.first = Some(node(leader));
        settings.reads = Reads::Index;
    });
    let mut world = World::new(settings, 7, clients);
    world.run(1000, Faults::NONE);
    assert_eq!(world.leader(), Some((leader, 1)));
    world
}

fn sent(world: &World, kind: MessageKind) -> u64 {
    world.sent[kind as usize]
}

#[test]
fn a_read_takes_no_slot_and_costs_a_question_and_an_answer_for_each_follower() {
    for (servers, cost) in [(1, 0), (3, 2), (5, 4)] {
        let mut world = led_by(1, servers, 1);
        world.request(0, put("a"), 1);
        world.run(500, Faults::NONE);
        let slots = world.book.len();
        for _ in 0..10 {
            world.request(0, get(), 1);
            world.run(500, Faults::NONE);
            assert_eq!(world.answer(0), Some(&value("a")), "{servers} servers");
        }
        assert_eq!(world.book.len(), slots);
        for kind in [MessageKind::Confirm, MessageKind::Confirmed] {
            assert_eq!(sent(&world, kind), 10 * cost, "{servers} servers, {kind:?}");
        }
    }
}

/// The first read has a question of its own. All that come while it is under way share the next one.
#[test]
fn one_question_serves_all_reads_that_came_during_the_one_before() {
    let mut world = led_by(1, 3, 10);
    (0..10).for_each(|client| world.request(client, get(), 1));
    world.run(2000, Faults::NONE);
    assert!(world.is_answered());
    let questions = sent(&world, MessageKind::Confirm) / 2;
    assert!((2..=4).contains(&questions), "{questions} questions");
}

/// Server 1 does not notice that somebody else leads. It may not answer from its store, and does not.
#[test]
fn a_leader_that_is_cut_off_answers_no_read() {
    let mut world = led_by(1, 5, 2);
    world.request(0, put("old"), 1);
    world.run(500, Faults::NONE);
    for (a, b) in [(1, 3), (1, 4), (1, 5), (2, 3), (2, 4), (2, 5)] {
        world.cut(a, b);
    }
    world.run(3000, Faults::NONE);
    let leader = world.leader().map(|(leader, _)| leader).unwrap();
    assert!(leader > 2 && matches!(world.replica(1).role(), Role::Leader(_)));
    world.request(0, put("new"), leader);
    world.run(1000, Faults::NONE);
    assert_eq!(world.answer(0), Some(&Output::Done));
    // Its client asks others, too, when it has waited long enough: they say that server 1 leads, or are not reached in time.
    world.request(1, get(), 1);
    world.run(200, Faults::NONE);
    assert_eq!(world.answer(1), None);
    world.heal_links();
    world.run(20_000, Faults::NONE);
    assert_eq!(world.answer(1), Some(&value("new")));
}

/// What only a leader that crashed knew to be chosen: whoever leads next applies it before it reads.
#[test]
fn a_new_leader_reads_after_it_has_applied_what_its_phase_1_found() {
    let mut world = led_by(1, 3, 2);
    world.request(0, put("a"), 1);
    world.run(500, Faults::NONE);
    // Server 1 alone knows by then that slot 2 is chosen.
    world.request(0, put("b"), 1);
    while world.answer(0).is_none() {
        world.run(1, Faults::NONE);
    }
    world.crash(node(1));
    while world.leader().is_none() {
        world.run(1, Faults::NONE);
    }
    let (leader, _) = world.leader().unwrap();
    world.request(1, get(), leader);
    world.run(5000, Faults::NONE);
    assert_eq!(world.answer(1), Some(&value("b")));
}

/// A read that the leader has not answered when it steps down was not taken, and its client hears that.
#[test]
fn a_leader_that_steps_down_sends_its_readers_elsewhere() {
    let settings = settings(3, |settings| settings.reads = Reads::Index);
    let durable = Records::default();
    let mut replica = Replica::recover(node(1), alloc::sync::Arc::new(settings), &durable);
    let mut out = Vec::new();
    let ballot = |round, server| paxos::Ballot { round, server: node(server) };
    let receive = |replica: &mut Replica, from: Endpoint, message, out: &mut Vec<Effect>| {
        replica.handle(Input::Receive { from, message }, out);
    };
    replica.handle(Input::Stand, &mut out);
    for from in [1, 2] {
        let promise = paxos::Promise { ballot: ballot(1, 1), accepted: Vec::new() };
        let promise = Promise { promise, chosen_to: 0, kept_from: 1 };
        receive(&mut replica, Endpoint::Server(node(from)), Message::Promise(promise), &mut out);
    }
    assert!(matches!(replica.role(), Role::Leader(_)));
    let client = ClientId::at(0).unwrap();
    let command = alloc::sync::Arc::new(Command { client, seq: 1, op: get(), since: 0 });
    receive(&mut replica, Endpoint::Client(client), Message::Request(command), &mut out);
    let nack = paxos::Nack { ballot: ballot(1, 1), promised: ballot(2, 3) };
    out.clear();
    receive(&mut replica, Endpoint::Server(node(2)), Message::Nack(nack), &mut out);
    let answered = out.iter().find_map(|effect| match effect {
        Effect::Send { message: Message::Answer(answer), .. } => Some(answer.reply.clone()),
        _ => None,
    });
    assert_eq!(answered, Some(Reply::NotLeader { leader: None }));
}

/// A late answer to an earlier question says nothing about now: it is not counted.
#[test]
fn an_answer_to_an_earlier_question_does_not_count() {
    let client = ClientId::at(0).unwrap();
    let command = |seq| alloc::sync::Arc::new(Command { client, seq, op: get(), since: 0 });
    let settings = settings(3, |settings| settings.reads = Reads::Index);
    let confirmed = |question| Confirmed { ballot: paxos::Ballot::LOWEST, question };
    let mut reads = ReadQueue::default();
    reads.ask(command(1), 4);
    assert_eq!(reads.next_question(), Some((1, 1)));
    reads.ask(command(2), 4);
    assert_eq!(reads.next_question(), None);
    assert!(reads.answered(&settings, node(1), &confirmed(1)).is_some());
    assert_eq!(reads.next_within(4), None);
    assert!(reads.answered(&settings, node(2), &confirmed(1)).is_some());
    // The slots up to 4 must be applied, too.
    assert_eq!(reads.next_within(3), None);
    assert_eq!(reads.next_within(4).map(|read| read.command.seq), Some(1));
    // The second one came after its question was asked.
    assert_eq!(reads.next_within(4), None);
    assert_eq!(reads.next_question(), Some((2, 1)));
    assert_eq!(reads.answered(&settings, node(3), &confirmed(1)), None);
    assert_eq!(reads.next_within(4), None);
}

/// Every fault at once, then none: the history is linearizable throughout, and in the end every client is answered.
#[test]
fn in_a_thousand_random_worlds_that_read_by_index_no_read_is_stale_and_everybody_is_answered() {
    let (mut read, mut refused) = (0, 0);
    for seed in 0..1000 {
        let servers = 1 + seed as u32 % 5;
        let settings = settings(servers, |settings| {
            settings.window = [1, 2, 8][seed as usize % 3];
            settings.election = Election::ALL[seed as usize / 3 % 2];
            settings.first = (seed % 2 == 0).then(|| node(1));
            settings.snapshots = (seed % 4 == 0).then_some(Snapshots { every: 3, keep: 1 });
            settings.reads = Reads::Index;
        });
        let mut world = World::new(settings, seed, 3);
        world.disk = [10, 300][seed as usize / 6 % 2];
        world.latency = [40, 1500][seed as usize / 12 % 2];
        world.workload(40);
        world.run(30_000, Faults::ALL);
        world.heal();
        world.run(90_000, Faults::NONE);
        assert_eq!(world.breach, None, "seed {seed}");
        assert!(world.is_answered(), "seed {seed}: {} of 40 answered", world.answered);
        assert!(world.has_converged(), "seed {seed}");
        read += sent(&world, MessageKind::Confirmed);
        refused += sent(&world, MessageKind::Nack);
    }
    assert!(read > 5000 && refused > 1000, "{read} {refused}");
}
