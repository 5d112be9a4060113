//! Each invariant fires on a world that was broken on purpose, and on nothing less.

use alloc::{vec, vec::Vec};

use super::*;
use crate::check::Invariant;
use crate::check::paxos::Finding;
use crate::check::stub::Stub;
use crate::paxos::{Prepare, Promise, Records};
use crate::sample::{ballot, node, vote};
use crate::sim::MessageId;
use crate::sim::{Envelope, Message};

fn proposed(value: &str) -> Fact {
    Fact::Did {
        node: node(1),
        trace: Trace::Paxos(paxos::Trace::Proposed { value: value.parse().unwrap(), during: None }),
    }
}

fn sent(from: u32, message: Message) -> Fact {
    Fact::Sent(Envelope { id: MessageId(1), from: node(from).into(), to: node(1).into(), message, copy: 0 })
}

/// A run on a stub: votes are put on its disks as they become durable.
struct Watch {
    world: Stub,
    observer: PaxosObserver,
}

impl Watch {
    fn new() -> Self {
        Self { world: Stub::new(), observer: PaxosObserver::new(Stub::<Value>::all()) }
    }

    /// Which invariants break. That whatever happens is a step of the specification has tests of its own: these worlds
    /// leave most of what leads to a state out.
    fn sees(&mut self, facts: &[Fact]) -> Vec<Invariant> {
        let findings = self.observer.observe(&self.world, facts).findings;
        let broken = findings.iter().filter_map(|finding| match finding {
            Finding::Violated(violation) => Some(violation.invariant()),
            Finding::Chosen(_) => None,
        });
        broken.filter(|invariant| *invariant != Invariant::StepOfSpecification).collect()
    }

    fn votes(&mut self, number: u32, vote: &Vote) -> Vec<Invariant> {
        let disk = &mut self.world.disks[number as usize - 1];
        disk.promised = disk.promised.max(Some(vote.ballot));
        disk.apply(paxos::Record::Accepted(vote.clone()));
        let records = vec![Record::Paxos(paxos::Record::Accepted(vote.clone()))];
        self.sees(&[Fact::Durable { node: node(number), records, freed: 0 }])
    }

    /// `red` is chosen in 1.1 by servers 1 and 2.
    fn with_red_chosen() -> Self {
        let mut watch = Self::new();
        assert!(watch.sees(&[proposed("red")]).is_empty());
        assert!(watch.votes(1, &vote(1, 1, "red")).is_empty());
        assert!(watch.observer.chosen().is_empty(), "one vote of three chooses nothing");
        assert!(watch.votes(2, &vote(1, 1, "red")).is_empty());
        assert_eq!(watch.observer.chosen().len(), 1);
        watch
    }
}

#[test]
fn a_third_vote_chooses_nothing_new() {
    let mut watch = Watch::with_red_chosen();
    assert!(watch.votes(3, &vote(1, 1, "red")).is_empty());
    assert_eq!(watch.observer.chosen().len(), 1);
}

#[test]
fn votes_in_different_ballots_choose_nothing() {
    let mut watch = Watch::new();
    watch.sees(&[proposed("red")]);
    watch.votes(1, &vote(1, 1, "red"));
    watch.votes(2, &vote(2, 2, "red"));
    assert!(watch.observer.chosen().is_empty());
}

#[test]
fn two_chosen_values_are_noticed() {
    let mut watch = Watch::with_red_chosen();
    watch.sees(&[proposed("blue")]);
    watch.votes(3, &vote(2, 2, "blue"));
    let broken = watch.votes(2, &vote(2, 2, "blue"));
    assert!(broken.contains(&Invariant::OneValueChosen), "{broken:?}");
}

#[test]
fn a_chosen_value_that_nobody_proposed_is_noticed() {
    let mut watch = Watch::new();
    watch.votes(1, &vote(1, 1, "red"));
    assert_eq!(watch.votes(2, &vote(1, 1, "red")), [Invariant::OnlyProposedChosen]);
}

#[test]
fn a_higher_ballot_for_another_value_is_noticed_before_it_does_harm() {
    let mut watch = Watch::with_red_chosen();
    assert!(watch.sees(&[sent(3, Message::Paxos(paxos::Message::Accept(Accept(vote(2, 3, "red")))))]).is_empty());
    let broken = watch.sees(&[sent(2, Message::Paxos(paxos::Message::Accept(Accept(vote(2, 2, "blue")))))]);
    assert_eq!(broken, [Invariant::ChosenStaysChosen]);
}

#[test]
fn an_acceptor_that_forgets_a_chosen_value_is_noticed_once() {
    let mut watch = Watch::with_red_chosen();
    watch.world.disks[1].accepted = Default::default();
    assert_eq!(watch.sees(&[]), [Invariant::ChosenStaysChosen]);
    assert_eq!(watch.sees(&[]), []);
}

#[test]
fn learning_what_is_not_chosen_is_noticed() {
    let mut watch = Watch::new();
    let chosen = Chosen { vote: vote(1, 1, "red"), quorum: [node(1), node(2)].into_iter().collect() };
    let learned =
        Fact::Did { node: node(1), trace: Trace::Paxos(paxos::Trace::Learned { chosen, loose: Vec::new(), size: 2 }) };
    assert_eq!(watch.sees(core::slice::from_ref(&learned)), [Invariant::OnlyChosenLearned]);
    assert_eq!(Watch::with_red_chosen().sees(&[learned]), []);
}

#[test]
fn a_promise_that_goes_back_is_noticed_in_memory_and_on_disk() {
    let promise =
        || sent(2, Message::Paxos(paxos::Message::Promise(Promise { ballot: ballot(3, 1), accepted: vec![] })));
    // In memory while it is up; on disk once it is down.
    for (memory, disk) in [(Some(2), 3), (None, 2)] {
        let mut watch = Watch::new();
        watch.world.disks[1].promised = Some(ballot(3, 1));
        watch.world.memory[1] = Some(Some(ballot(3, 1)));
        assert_eq!(watch.sees(&[promise()]), []);
        watch.world.memory[1] = memory.map(|round| Some(ballot(round, 1)));
        watch.world.disks[1].promised = Some(ballot(disk, 1));
        assert_eq!(watch.sees(&[]), [Invariant::PromisesNeverGoBack]);
    }
}

#[test]
fn a_restart_that_forgets_a_promise_is_noticed() {
    let mut watch = Watch::new();
    watch.world.disks[1].promised = Some(ballot(3, 1));
    watch.sees(&[sent(2, Message::Paxos(paxos::Message::Promise(Promise { ballot: ballot(3, 1), accepted: vec![] })))]);
    watch.world.memory[1] = Some(None);
    assert_eq!(watch.sees(&[]), [Invariant::PromisesNeverGoBack]);
}

#[test]
fn what_is_said_before_it_is_durable_is_noticed() {
    let messages = [
        Message::Paxos(paxos::Message::Prepare(Prepare { ballot: ballot(1, 2), from: 0 })),
        Message::Paxos(paxos::Message::Promise(Promise { ballot: ballot(1, 1), accepted: vec![] })),
        Message::Paxos(paxos::Message::Accepted(Accepted(vote(1, 1, "red")))),
    ];
    for message in messages {
        let mut watch = Watch::new();
        let broken = watch.sees(&[sent(2, message.clone())]);
        assert!(broken.contains(&Invariant::DurableBeforeSent), "{message:?}");
        let mut watch = Watch::new();
        let disk = &mut watch.world.disks[1];
        (disk.promised, disk.round) = (Some(ballot(1, 1)), Some(1));
        disk.apply(paxos::Record::Accepted(vote(1, 1, "red")));
        assert_eq!(watch.sees(&[sent(2, message)]), []);
    }
}

#[test]
fn one_ballot_for_two_values_is_noticed() {
    let mut watch = Watch::new();
    assert_eq!(watch.sees(&[sent(1, Message::Paxos(paxos::Message::Accept(Accept(vote(1, 1, "red")))))]), []);
    assert_eq!(watch.sees(&[sent(1, Message::Paxos(paxos::Message::Accept(Accept(vote(1, 1, "red")))))]), []);
    let broken = watch.sees(&[sent(1, Message::Paxos(paxos::Message::Accept(Accept(vote(1, 1, "blue")))))]);
    assert_eq!(broken, [Invariant::OneValuePerBallot]);
}

#[test]
fn a_wiped_server_is_held_to_nothing() {
    let mut watch = Watch::with_red_chosen();
    watch.world.disks[0] = Records { lost: true, ..Records::default() };
    assert_eq!(watch.sees(&[Fact::Wiped { node: node(1) }]), []);
}

#[test]
fn a_value_chosen_again_in_a_higher_ballot_is_not_news() {
    let mut watch = Watch::with_red_chosen();
    watch.votes(2, &vote(2, 2, "red"));
    watch.votes(3, &vote(2, 2, "red"));
    assert_eq!(watch.observer.chosen().len(), 1);
}

#[test]
fn leaving_the_specification_is_said_once_for_each_kind_of_step_and_after_what_agreement_lost_by_it() {
    let mut watch = Watch::with_red_chosen();
    let broken = |watch: &mut Watch, message| {
        let findings = watch.observer.observe(&watch.world, &[sent(3, message)]).findings;
        let invariant = |finding: &Finding<Value>| match finding {
            Finding::Violated(violation) => violation.invariant(),
            Finding::Chosen(_) => panic!("nothing more is chosen"),
        };
        findings.iter().map(invariant).collect::<Vec<_>>()
    };
    let ask = |round| Message::Paxos(paxos::Message::Accept(Accept(vote(round, 3, "blue"))));
    let (first, second) = (broken(&mut watch, ask(2)), broken(&mut watch, ask(3)));
    assert_eq!(first, [Invariant::ChosenStaysChosen, Invariant::StepOfSpecification]);
    assert_eq!(second, [Invariant::ChosenStaysChosen]);
    let promise = Message::Paxos(paxos::Message::Promise(Promise { ballot: ballot(9, 1), accepted: vec![] }));
    let third = broken(&mut watch, promise);
    assert!(third.contains(&Invariant::StepOfSpecification), "another kind of step: {third:?}");
}
