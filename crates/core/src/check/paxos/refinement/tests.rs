//! Every way to leave the specification is noticed, and nothing less is.

use alloc::{format, string::String, vec, vec::Vec};

use super::*;
use crate::check::Invariant;
use crate::check::paxos::{Finding, PaxosObserver};
use crate::check::stub::Stub;
use crate::paxos::{self, Accept, Accepted, Nack, Records, Scheme};
use crate::sample::{ballot, node, vote};
use crate::sim::{self, Envelope, Fact, Message, MessageId, Record, Trace};

mod promises;
mod votes;

/// Facts of three servers or more, as somebody might make them up. Clients have proposed red and blue.
#[derive(Clone)]
struct Tale(PaxosObserver);

impl Tale {
    fn new() -> Self {
        Self::of(Quorums::majority(NodeSet::first(3)))
    }

    fn of(quorums: Quorums) -> Self {
        let mut tale = Self(PaxosObserver::new(quorums));
        for value in ["red", "blue"] {
            let value = value.parse().unwrap();
            let trace = Trace::Paxos(paxos::Trace::Proposed { value, during: None });
            assert!(tale.tells(&Fact::Did { node: node(1), trace }).is_empty());
        }
        tale
    }

    /// What a fact is: names of steps, or sentences. The other invariants have tests of their own.
    fn tells(&mut self, fact: &Fact) -> Vec<String> {
        let observed = self.0.observe(&Stub::new(), core::slice::from_ref(fact));
        let names = observed.steps.iter().map(|(_, step)| step.name(Scheme::Rounds));
        let whole = |finding: &Finding<paxos::Value>| match finding {
            Finding::Violated(stray) if stray.invariant() == Invariant::StepOfSpecification => {
                let step = stray.in_the_specification(Scheme::Rounds);
                Some(format!("{} {step}", stray.sentence(Scheme::Rounds)))
            }
            _ => None,
        };
        names.chain(observed.findings.iter().filter_map(whole)).collect()
    }

    fn sends(&mut self, from: u32, message: Message) -> Vec<String> {
        self.tells(&Fact::Sent(Envelope {
            id: MessageId(1),
            from: node(from).into(),
            to: node(1).into(),
            message,
            copy: 0,
        }))
    }

    fn stores(&mut self, number: u32, records: &[Record]) -> Vec<String> {
        self.tells(&Fact::Durable { node: node(number), records: records.to_vec(), freed: 0 })
    }

    fn prepares(&mut self, (round, server): (u32, u32)) -> Vec<String> {
        self.sends(server, Message::Paxos(paxos::Message::Prepare(Prepare { ballot: ballot(round, server), from: 0 })))
    }

    /// A promise that is said.
    fn promises(&mut self, number: u32, (round, server): (u32, u32), report: Option<Vote>) -> Vec<String> {
        let promise = Promise { ballot: ballot(round, server), accepted: report.into_iter().collect() };
        self.sends(number, Message::Paxos(paxos::Message::Promise(promise)))
    }

    /// A prepare is answered in memory.
    fn answers(&mut self, number: u32, (round, server): (u32, u32), before: Option<Ballot>) {
        let trace = Trace::Paxos(paxos::Trace::Promised {
            to: node(server),
            ballot: ballot(round, server),
            before,
            reports: None,
        });
        assert!(self.tells(&Fact::Did { node: node(number), trace }).is_empty());
    }

    fn asks(&mut self, vote: Vote) -> Vec<String> {
        self.sends(vote.ballot.server.get(), Message::Paxos(paxos::Message::Accept(Accept(vote))))
    }

    fn votes(&mut self, number: u32, vote: Vote) -> Vec<String> {
        self.sends(number, Message::Paxos(paxos::Message::Accepted(Accepted(vote))))
    }

    /// Servers 1 and 2 have promised 1.1, and it asks for red.
    fn with_red_asked_for() -> Self {
        let mut tale = Self::new();
        assert_eq!(tale.prepares((1, 1)), ["Phase1a(1.1)"]);
        assert_eq!(tale.promises(1, (1, 1), None), ["Phase1b(1, 1.1)"]);
        assert_eq!(tale.promises(2, (1, 1), None), ["Phase1b(2, 1.1)"]);
        assert_eq!(tale.asks(vote(1, 1, "red")), ["Phase2a(1.1, red)"]);
        tale
    }

    /// Servers 1 and 2 have voted for red in 1.1, and 2.2 has begun.
    fn with_red_voted_for() -> Self {
        let mut tale = Self::with_red_asked_for();
        assert_eq!(tale.votes(1, vote(1, 1, "red")), ["Phase2b(1, 1.1, red)"]);
        assert_eq!(tale.votes(2, vote(1, 1, "red")), ["Phase2b(2, 1.1, red)"]);
        assert_eq!(tale.prepares((2, 2)), ["Phase1a(2.2)"]);
        tale
    }
}

fn stray(why: &str, step: &str) -> [String; 1] {
    [format!("{why}. In the specification there is no such step: {step}.")]
}

#[test]
fn to_say_a_thing_again_is_no_step() {
    let mut tale = Tale::with_red_voted_for();
    assert!(tale.prepares((1, 1)).is_empty());
    assert!(tale.promises(1, (1, 1), None).is_empty());
    assert!(tale.asks(vote(1, 1, "red")).is_empty());
    assert!(tale.votes(1, vote(1, 1, "red")).is_empty());
}

#[test]
fn what_is_durable_counts_before_it_is_said_and_then_no_more() {
    let mut tale = Tale::with_red_asked_for();
    assert_eq!(tale.stores(2, &[Record::Paxos(paxos::Record::Accepted(vote(1, 1, "red")))]), ["Phase2b(2, 1.1, red)"]);
    assert!(tale.votes(2, vote(1, 1, "red")).is_empty());
    tale.prepares((2, 2));
    tale.answers(2, (2, 2), Some(ballot(1, 1)));
    assert_eq!(tale.stores(2, &[Record::Paxos(paxos::Record::Promised(ballot(2, 2)))]), ["Phase1b(2, 2.2)"]);
    assert!(tale.promises(2, (2, 2), Some(vote(1, 1, "red"))).is_empty());
}

#[test]
fn what_is_said_counts_before_it_is_durable_and_then_no_more() {
    let mut tale = Tale::with_red_voted_for();
    tale.answers(2, (2, 2), Some(ballot(1, 1)));
    assert_eq!(tale.promises(2, (2, 2), Some(vote(1, 1, "red"))), ["Phase1b(2, 2.2)"]);
    let records = [
        Record::Paxos(paxos::Record::Promised(ballot(1, 1))),
        Record::Paxos(paxos::Record::Accepted(vote(1, 1, "red"))),
        Record::Paxos(paxos::Record::Promised(ballot(2, 2))),
    ];
    assert!(tale.stores(2, &records).is_empty());
}

#[test]
fn what_only_happens_in_memory_or_to_the_world_is_no_step() {
    let mut tale = Tale::with_red_voted_for();
    let number = node(2);
    let (nack, records) = (
        Nack { ballot: ballot(1, 1), promised: ballot(2, 2) },
        vec![Record::Paxos(paxos::Record::Promised(ballot(9, 9)))],
    );
    assert!(tale.sends(2, Message::Paxos(paxos::Message::Nack(nack))).is_empty());
    assert!(tale.stores(2, &[Record::Paxos(paxos::Record::Round(7))]).is_empty());
    let lost = Fact::Crashed { node: number, queued: vec![], written: records.clone(), waiting: 0, ready: 0 };
    for fact in [
        Fact::Wrote { node: number, records },
        lost,
        Fact::Restarted { node: number, records: sim::Records::Paxos(Records::default()) },
        Fact::Wiped { node: number },
        Fact::Did {
            node: number,
            trace: Trace::Paxos(paxos::Trace::Prepares { ballot: ballot(9, 9), known: Default::default() }),
        },
        Fact::Did {
            node: number,
            trace: Trace::Paxos(paxos::Trace::Accepted {
                vote: vote(9, 9, "blue"),
                before: None,
                again: false,
                voted: None,
                although: None,
            }),
        },
    ] {
        assert!(tale.tells(&fact).is_empty(), "{fact:?}");
    }
}

#[test]
fn a_server_with_an_empty_disk_is_held_to_what_it_said_with_the_lost_one() {
    let mut tale = Tale::with_red_voted_for();
    tale.tells(&Fact::Wiped { node: node(1) });
    tale.tells(&Fact::Restarted {
        node: node(1),
        records: sim::Records::Paxos(Records { lost: true, ..Records::default() }),
    });
    let forgot = stray("Server 1 promises 2.2, but what it reports is not its latest vote", "Phase1b(1, 2.2)");
    assert_eq!(tale.promises(1, (2, 2), None), forgot);
}

#[test]
fn after_a_stray_the_steps_that_follow_still_have_their_names() {
    let mut tale = Tale::new();
    tale.promises(2, (1, 1), None);
    assert_eq!(tale.prepares((1, 1)), ["Phase1a(1.1)"]);
    assert!(tale.promises(2, (1, 1), None).is_empty(), "it was promised");
    assert_eq!(tale.promises(1, (1, 1), None), ["Phase1b(1, 1.1)"]);
    assert_eq!(tale.asks(vote(1, 1, "red")), ["Phase2a(1.1, red)"]);
}

fn in_slot(slot: Slot, vote: Vote) -> Vote {
    Vote { slot, ..vote }
}

/// A promise is for a ballot and for all slots at once; a vote is for a slot and a ballot.
#[test]
fn each_slot_is_a_run_of_the_specification_under_one_phase_1() {
    let mut tale = Tale::with_red_voted_for();
    let blue = in_slot(1, vote(1, 1, "blue"));
    assert_eq!(tale.asks(blue.clone()), ["Phase2a(1.1, slot 1, blue)"], "the promises of 1.1 are for this slot, too");
    assert_eq!(tale.votes(1, blue.clone()), ["Phase2b(1, 1.1, slot 1, blue)"]);
    let both = Promise { ballot: ballot(2, 2), accepted: vec![vote(1, 1, "red"), blue.clone()] };
    let says = |promise: &Promise| Message::Paxos(paxos::Message::Promise(promise.clone()));
    let one = Promise { accepted: vec![vote(1, 1, "red")], ..both.clone() };
    assert_eq!(tale.clone().sends(1, says(&one)).len(), 1);
    assert!(tale.clone().sends(1, says(&one))[0].contains("no such step"), "its vote in slot 1 is missing");
    assert_eq!(tale.sends(1, says(&both)), ["Phase1b(1, 2.2)"]);
    assert_eq!(tale.sends(2, says(&one)), ["Phase1b(2, 2.2)"], "server 2 never voted in slot 1");
    assert_eq!(tale.asks(vote(2, 2, "red")), ["Phase2a(2.2, red)"]);
    let mut wrong = tale.clone();
    assert!(wrong.asks(in_slot(1, vote(2, 2, "red")))[0].contains("no such step"), "slot 1 has to keep blue");
    assert_eq!(tale.asks(in_slot(1, vote(2, 2, "blue"))), ["Phase2a(2.2, slot 1, blue)"]);
}
