//! Requests for votes, and votes: phase 2 of the specification.

use super::*;

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
