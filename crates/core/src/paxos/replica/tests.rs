//! What a server does about its inputs, and in which order.

use super::*;
use crate::paxos::{Quorums, Roles, Scheme, Vote};
use crate::sample::{ballot, node};

fn server_2(durable: &Records, eager: bool) -> Replica {
    let all: NodeSet = (1..=3).map(node).collect();
    let roles = Roles { proposers: all, acceptors: all, learners: all };
    let sizes = Quorums::majority(all);
    let settings = Settings { roles, sizes, scheme: Scheme::Rounds, eager, rules: crate::paxos::Rules::default() };
    Replica::recover(node(2), Arc::new(settings), durable)
}

fn vote() -> Vote {
    Vote { slot: 0, ballot: ballot(1, 1), value: "blue".parse().unwrap() }
}

/// What it does about an input, notes left out: only they may change without harm.
fn does(replica: &mut Replica, input: Input) -> Vec<Effect> {
    let mut effects = Vec::new();
    replica.handle(input, &mut effects);
    effects.retain(|effect| !matches!(effect, Effect::Trace(_)));
    effects
}

fn hears(replica: &mut Replica, from: u32, message: Message) -> Vec<Effect> {
    does(replica, Input::Receive { from: node(from), message })
}

fn prepare(ballot: Ballot) -> Message {
    Message::Prepare(Prepare { ballot, from: SLOT })
}

/// *Paxos Made Simple* §2.5: "An acceptor records its intended response in stable storage before actually sending
/// the response."
#[test]
fn what_an_acceptor_says_is_written_first() {
    let mut replica = server_2(&Records::default(), false);
    let promised = hears(&mut replica, 1, prepare(ballot(1, 1)));
    assert!(matches!(promised[..], [Effect::Write(Record::Promised(_)), Effect::Send { .. }]), "{promised:?}");
    let voted = hears(&mut replica, 1, Message::Accept(Accept(vote())));
    assert_eq!(voted[0], Effect::Write(Record::Accepted(vote())));
    assert!(voted[1..4].iter().all(|effect| matches!(effect, Effect::Send { .. })), "{voted:?}");
}

#[test]
fn what_is_on_disk_already_is_said_again_and_not_written_again() {
    let mut replica = server_2(&Records::default(), false);
    hears(&mut replica, 1, prepare(ballot(1, 1)));
    hears(&mut replica, 1, Message::Accept(Accept(vote())));
    for again in [prepare(ballot(1, 1)), Message::Accept(Accept(vote()))] {
        let said = hears(&mut replica, 1, again);
        assert!(said.iter().any(|effect| matches!(effect, Effect::Send { .. })));
        assert!(!said.iter().any(|effect| matches!(effect, Effect::Write(_))), "{said:?}");
    }
}

/// §2.5: a proposer "remembers (in stable storage) the highest-numbered proposal it has tried to issue".
#[test]
fn a_round_is_written_before_anyone_hears_of_it() {
    let durable = Records { round: Some(6), ..Records::default() };
    let begun = does(&mut server_2(&durable, false), Input::Request("red".parse().unwrap()));
    assert_eq!(begun[1], Effect::Write(Record::Round(7)));
    assert_eq!(begun[2], Effect::Send { to: node(1), message: prepare(ballot(7, 2)) });
}

#[test]
fn a_vote_whose_outcome_is_unknown_is_followed_up_after_a_restart_too() {
    let mut durable = Records::default();
    durable.apply(Record::Accepted(vote()));
    let mut replica = server_2(&durable, false);
    assert_eq!(does(&mut replica, Input::Start), [Effect::SetTimer { timer: Timer::Learn, tries: 0 }]);
    let begun = does(&mut replica, Input::Timeout(Timer::Learn));
    assert!(matches!(begun[1], Effect::Write(Record::Round(1))), "{begun:?}");
    // Its own vote was not in the quorum that answered, so it still does not know.
    let ballot = ballot(1, 2);
    let promise = |accepted| Message::Promise(Promise { ballot, accepted });
    hears(&mut replica, 1, promise(Vec::new()));
    let waits = [Effect::CancelTimer(Timer::Retry), Effect::SetTimer { timer: Timer::Learn, tries: 0 }];
    assert_eq!(hears(&mut replica, 3, promise(Vec::new())), waits);
    assert_eq!(does(&mut server_2(&Records::default(), false), Input::Start), []);
}

#[test]
fn on_a_lost_disk_only_the_learner_comes_back() {
    let lost = Records { lost: true, ..Records::default() };
    let mut replica = server_2(&lost, false);
    assert!(replica.acceptor().is_none() && replica.proposer().is_none() && replica.learner().is_some());
    for message in [prepare(ballot(9, 1)), Message::Accept(Accept(vote()))] {
        assert_eq!(hears(&mut replica, 1, message), []);
    }
    assert_eq!(does(&mut replica, Input::Request("red".parse().unwrap())), []);
}

#[test]
fn only_an_eager_proposer_yields_to_a_prepare_it_promises() {
    for eager in [false, true] {
        let mut replica = server_2(&Records::default(), eager);
        does(&mut replica, Input::Request("red".parse().unwrap()));
        let heard = hears(&mut replica, 3, prepare(ballot(5, 3)));
        assert_eq!(heard.contains(&Effect::Write(Record::Round(6))), eager, "{heard:?}");
    }
}
