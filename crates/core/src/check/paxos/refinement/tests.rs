//! Every way to leave the specification is noticed, and nothing less is.

use alloc::{format, string::String, vec, vec::Vec};

use super::*;
use crate::paxos::{Nack, Records, Scheme};
use crate::sample::{ballot, node, vote};
use crate::sim::{self, MessageId};

/// Facts of three servers or more, as somebody might make them up. Clients have proposed red and blue.
#[derive(Clone)]
struct Tale(Refinement);

impl Tale {
    fn new() -> Self {
        Self::of(Quorums::majority(NodeSet::first(3)))
    }

    fn of(quorums: Quorums) -> Self {
        Self(Refinement::new(quorums))
    }

    /// What a fact is: names of steps, or sentences.
    fn tells(&mut self, fact: &Fact) -> Vec<String> {
        let mut reading = Reading::default();
        self.0.read(fact, &["red".parse().unwrap(), "blue".parse().unwrap()], &mut reading);
        let names = reading.steps.iter().map(|step| step.name(Scheme::Rounds));
        let whole = |stray: &Violation| {
            let step = stray.in_the_specification(Scheme::Rounds);
            if step.is_empty() {
                stray.sentence(Scheme::Rounds)
            } else {
                format!("{} {step}", stray.sentence(Scheme::Rounds))
            }
        };
        names.chain(reading.strays.iter().map(whole)).collect()
    }

    fn sends(&mut self, from: u32, message: Message) -> Vec<String> {
        self.tells(&Fact::Sent(Envelope { id: MessageId(1), from: node(from), to: node(1), message, copy: 0 }))
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
fn a_promise_beside_a_vote_is_part_of_the_vote_unless_a_prepare_was_answered_with_it() {
    let records = [
        Record::Paxos(paxos::Record::Promised(ballot(1, 1))),
        Record::Paxos(paxos::Record::Accepted(vote(1, 1, "red"))),
    ];
    let mut tale = Tale::with_red_asked_for();
    assert_eq!(tale.stores(3, &records), ["Phase2b(3, 1.1, red)"]);
    let mut tale = Tale::with_red_asked_for();
    tale.answers(3, (1, 1), None);
    assert_eq!(tale.stores(3, &records), ["Phase1b(3, 1.1)", "Phase2b(3, 1.1, red)"]);
    assert!(tale.promises(3, (1, 1), None).is_empty(), "it reports what it had voted for when it promised: nothing");
}

#[test]
fn a_late_prepare_is_answered_with_the_vote_in_its_own_ballot_and_that_is_no_step() {
    for promised in [false, true] {
        let mut tale = Tale::with_red_asked_for();
        if promised {
            assert_eq!(tale.promises(3, (1, 1), None), ["Phase1b(3, 1.1)"]);
        }
        assert_eq!(tale.votes(3, vote(1, 1, "red")), ["Phase2b(3, 1.1, red)"]);
        tale.answers(3, (1, 1), Some(ballot(1, 1)));
        assert!(tale.promises(3, (1, 1), Some(vote(1, 1, "red"))).is_empty());
    }
}

#[test]
fn a_promise_of_a_ballot_that_nobody_began_is_no_step() {
    assert_eq!(
        Tale::new().promises(2, (1, 1), None),
        stray("Server 2 promises 1.1, but nobody has begun that ballot", "Phase1b(2, 1.1)")
    );
}

#[test]
fn a_promise_below_another_is_no_step_however_it_was_forgotten() {
    for event in [
        Fact::Wiped { node: node(2) },
        Fact::Restarted { node: node(2), records: sim::Records::Paxos(Records::default()) },
    ] {
        let mut tale = Tale::new();
        tale.prepares((1, 1));
        tale.prepares((2, 2));
        assert_eq!(tale.promises(2, (2, 2), None), ["Phase1b(2, 2.2)"]);
        tale.tells(&event);
        let below = stray("Server 2 promises 1.1, but it has promised 2.2", "Phase1b(2, 1.1)");
        assert_eq!(tale.promises(2, (1, 1), None), below);
    }
    let mut tale = Tale::new();
    tale.prepares((1, 1));
    tale.prepares((2, 2));
    tale.answers(2, (1, 1), None);
    tale.answers(2, (2, 2), None);
    let said = tale.stores(
        2,
        &[Record::Paxos(paxos::Record::Promised(ballot(2, 2))), Record::Paxos(paxos::Record::Promised(ballot(1, 1)))],
    );
    assert_eq!(said[0], "Phase1b(2, 2.2)");
    assert_eq!(said[1..], stray("Server 2 promises 1.1, but it has promised 2.2", "Phase1b(2, 1.1)"));
}

#[test]
fn a_promise_that_reports_anything_but_the_latest_vote_is_no_step() {
    let other = stray("Server 1 promises 2.2, but it reports another vote than its latest", "Phase1b(1, 2.2)");
    for report in [None, Some(vote(1, 1, "blue")), Some(vote(1, 2, "red")), Some(vote(2, 2, "red"))] {
        assert_eq!(Tale::with_red_voted_for().promises(1, (2, 2), report), other);
    }
    let mut tale = Tale::with_red_voted_for();
    let made_up = stray("Server 3 promises 2.2, but it reports another vote than its latest", "Phase1b(3, 2.2)");
    assert_eq!(tale.promises(3, (2, 2), Some(vote(1, 1, "red"))), made_up);
    // An earlier vote is not the latest, and saying it again does not make it so.
    let mut tale = Tale::with_red_voted_for();
    tale.promises(1, (2, 2), Some(vote(1, 1, "red")));
    tale.promises(3, (2, 2), None);
    tale.asks(vote(2, 2, "red"));
    tale.votes(1, vote(2, 2, "red"));
    tale.prepares((3, 3));
    assert!(tale.promises(1, (2, 2), Some(vote(1, 1, "red"))).is_empty());
    let again = Tale(tale.0.clone()).promises(1, (2, 2), None);
    assert_eq!(again, other, "a promise said again with another report");
    let earlier = stray("Server 1 promises 3.3, but it reports another vote than its latest", "Phase1b(1, 3.3)");
    assert_eq!(tale.promises(1, (3, 3), Some(vote(1, 1, "red"))), earlier);
}

#[test]
fn a_promise_after_a_vote_in_its_ballot_must_report_that_vote() {
    let mut tale = Tale::with_red_asked_for();
    tale.votes(3, vote(1, 1, "red"));
    let forgot = stray("Server 3 promises 1.1, but it reports another vote than its latest", "Phase1b(3, 1.1)");
    assert_eq!(tale.promises(3, (1, 1), None), forgot);
}

#[test]
fn a_request_without_a_quorum_of_promises_is_no_step() {
    let alone = stray("Ballot 1.1 asks for red, but no quorum of promises allows that value", "Phase2a(1.1, red)");
    let mut tale = Tale::new();
    tale.prepares((1, 1));
    tale.promises(1, (1, 1), None);
    assert_eq!(tale.asks(vote(1, 1, "red")), alone);
    // Two of three are enough for most, and not where phase 1 takes all; and only acceptors count.
    for (acceptors, phase1) in [(3, 3), (2, 2)] {
        let mut tale = Tale::of(Quorums { acceptors: NodeSet::first(acceptors), phase1, phase2: 1 });
        tale.prepares((1, 1));
        tale.promises(3, (1, 1), None);
        tale.promises(2, (1, 1), None);
        assert_eq!(tale.asks(vote(1, 1, "red")), alone, "{phase1} of {acceptors} are needed");
    }
}

#[test]
fn a_request_for_another_value_than_the_promises_allow_is_no_step() {
    let reports = |number| (number < 3).then(|| vote(1, 1, "red"));
    for (who, red, blue) in [([1, 2], true, false), ([1, 3], true, false), ([3, 2], true, false)] {
        for (value, allowed) in [("red", red), ("blue", blue)] {
            let mut tale = Tale::with_red_voted_for();
            for number in who {
                tale.promises(number, (2, 2), reports(number));
            }
            let said = tale.asks(vote(2, 2, value));
            let forbidden =
                stray("Ballot 2.2 asks for blue, but no quorum of promises allows that value", "Phase2a(2.2, blue)");
            assert_eq!(said == ["Phase2a(2.2, red)"], allowed, "{who:?} {value}: {said:?}");
            assert_eq!(said == forbidden, !allowed);
        }
    }
}

/// Server 1 voted for red in 1.1, server 2 for blue in 2.2, and server 3 for nothing: which two are asked decides.
#[test]
fn every_quorum_among_the_promises_may_choose() {
    let split = || {
        let mut tale = Tale::with_red_asked_for();
        tale.votes(1, vote(1, 1, "red"));
        tale.prepares((2, 2));
        assert_eq!(tale.promises(2, (2, 2), None), ["Phase1b(2, 2.2)"]);
        assert_eq!(tale.promises(3, (2, 2), None), ["Phase1b(3, 2.2)"]);
        assert_eq!(tale.asks(vote(2, 2, "blue")), ["Phase2a(2.2, blue)"]);
        assert_eq!(tale.votes(2, vote(2, 2, "blue")), ["Phase2b(2, 2.2, blue)"]);
        tale.prepares((3, 3));
        tale
    };
    let report = |number| match number {
        1 => Some(vote(1, 1, "red")),
        2 => Some(vote(2, 2, "blue")),
        _ => None,
    };
    for (who, red, blue) in
        [(&[1, 2][..], false, true), (&[1, 3], true, false), (&[2, 3], false, true), (&[1, 2, 3], true, true)]
    {
        for (value, allowed) in [("red", red), ("blue", blue), ("green", false)] {
            let mut tale = split();
            for number in who {
                tale.promises(*number, (3, 3), report(*number));
            }
            let said = tale.asks(vote(3, 3, value));
            assert_eq!(said[0].ends_with(')'), allowed, "{who:?} {value}: {said:?}");
        }
    }
}

#[test]
fn a_request_for_what_no_client_proposed_is_no_step_unless_it_was_voted_for() {
    let mut tale = Tale::new();
    tale.prepares((1, 1));
    tale.promises(1, (1, 1), None);
    tale.promises(2, (1, 1), None);
    let forbidden =
        stray("Ballot 1.1 asks for green, but no quorum of promises allows that value", "Phase2a(1.1, green)");
    assert_eq!(tale.asks(vote(1, 1, "green")), forbidden);
    // It was done all the same, and what follows from it is in order.
    assert_eq!(tale.votes(1, vote(1, 1, "green")), ["Phase2b(1, 1.1, green)"]);
    tale.prepares((2, 2));
    tale.promises(1, (2, 2), Some(vote(1, 1, "green")));
    tale.promises(3, (2, 2), None);
    assert_eq!(tale.asks(vote(2, 2, "green")), ["Phase2a(2.2, green)"]);
}

#[test]
fn a_ballot_that_asks_for_a_second_value_takes_no_step() {
    let second = stray("Ballot 1.1 asks for blue, but it has asked for another value", "Phase2a(1.1, blue)");
    assert_eq!(Tale::with_red_asked_for().asks(vote(1, 1, "blue")), second);
}

#[test]
fn a_vote_below_a_promise_is_no_step() {
    let below = stray("Server 2 votes for red in ballot 1.1, but it has promised 2.2", "Phase2b(2, 1.1, red)");
    let record = Record::Paxos(paxos::Record::Accepted(vote(1, 1, "red")));
    for said in [false, true] {
        let mut tale = Tale::with_red_asked_for();
        tale.prepares((2, 2));
        assert_eq!(tale.promises(2, (2, 2), None), ["Phase1b(2, 2.2)"]);
        assert_eq!(
            if said { tale.votes(2, vote(1, 1, "red")) } else { tale.stores(2, core::slice::from_ref(&record)) },
            below
        );
    }
}

#[test]
fn a_vote_below_a_vote_is_no_step() {
    let mut tale = Tale::with_red_asked_for();
    tale.prepares((2, 2));
    tale.promises(1, (2, 2), None);
    tale.promises(2, (2, 2), None);
    assert_eq!(tale.asks(vote(2, 2, "blue")), ["Phase2a(2.2, blue)"]);
    assert_eq!(tale.votes(3, vote(2, 2, "blue")), ["Phase2b(3, 2.2, blue)"], "a vote promises, too");
    let below = stray("Server 3 votes for red in ballot 1.1, but it has promised 2.2", "Phase2b(3, 1.1, red)");
    assert_eq!(tale.votes(3, vote(1, 1, "red")), below);
}

#[test]
fn a_vote_for_what_its_ballot_did_not_ask_for_is_no_step() {
    let unasked = stray(
        "Server 3 votes for red in ballot 1.1, but that ballot has not asked for that value",
        "Phase2b(3, 1.1, red)",
    );
    assert_eq!(Tale::new().votes(3, vote(1, 1, "red")), unasked);
    let other = stray(
        "Server 3 votes for blue in ballot 1.1, but that ballot has not asked for that value",
        "Phase2b(3, 1.1, blue)",
    );
    let mut tale = Tale::with_red_asked_for();
    assert_eq!(tale.votes(3, vote(1, 1, "blue")), other);
    let second = stray(
        "Server 1 votes for blue in ballot 1.1, but that ballot has not asked for that value",
        "Phase2b(1, 1.1, blue)",
    );
    assert_eq!(Tale::with_red_voted_for().votes(1, vote(1, 1, "blue")), second);
}

#[test]
fn a_server_with_an_empty_disk_is_held_to_what_it_said_with_the_lost_one() {
    let mut tale = Tale::with_red_voted_for();
    tale.tells(&Fact::Wiped { node: node(1) });
    tale.tells(&Fact::Restarted {
        node: node(1),
        records: sim::Records::Paxos(Records { lost: true, ..Records::default() }),
    });
    let forgot = stray("Server 1 promises 2.2, but it reports another vote than its latest", "Phase1b(1, 2.2)");
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
    assert_eq!(tale.asks(blue.clone()), ["Phase2a(1.1, blue)"], "the promises of 1.1 are for this slot, too");
    assert_eq!(tale.votes(1, blue.clone()), ["Phase2b(1, 1.1, blue)"]);
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
    assert_eq!(tale.asks(in_slot(1, vote(2, 2, "blue"))), ["Phase2a(2.2, blue)"]);
}
