//! Promises: phase 1 of the specification.

use super::*;

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
    let other = stray("Server 1 promises 2.2, but what it reports is not its latest vote", "Phase1b(1, 2.2)");
    for report in [None, Some(vote(1, 1, "blue")), Some(vote(1, 2, "red")), Some(vote(2, 2, "red"))] {
        assert_eq!(Tale::with_red_voted_for().promises(1, (2, 2), report), other);
    }
    let mut tale = Tale::with_red_voted_for();
    let made_up = stray("Server 3 promises 2.2, but what it reports is not its latest vote", "Phase1b(3, 2.2)");
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
    let earlier = stray("Server 1 promises 3.3, but what it reports is not its latest vote", "Phase1b(1, 3.3)");
    assert_eq!(tale.promises(1, (3, 3), Some(vote(1, 1, "red"))), earlier);
}

#[test]
fn a_promise_after_a_vote_in_its_ballot_must_report_that_vote() {
    let mut tale = Tale::with_red_asked_for();
    tale.votes(3, vote(1, 1, "red"));
    let forgot = stray("Server 3 promises 1.1, but what it reports is not its latest vote", "Phase1b(3, 1.1)");
    assert_eq!(tale.promises(3, (1, 1), None), forgot);
}
