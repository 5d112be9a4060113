//! Each slot is a run of single-decree Paxos, under one phase 1.

use super::*;

#[test]
fn an_entry_may_be_chosen_in_two_slots_and_a_slot_has_one_entry() {
    let mut watch = Watch::with_two_slots();
    assert_eq!(watch.chooses(3, (1, 1), &entry(&put(1, "1"))), [], "its client asked two leaders");
    assert_eq!(watch.votes(3, 1, (2, 2), &entry(&put(2, "2"))), []);
    let broken = watch.votes(2, 1, (2, 2), &entry(&put(2, "2")));
    assert_eq!(broken, [Invariant::OneCommandPerSlot]);
    assert_eq!(watch.observer.chosen(1).len(), 2);
    assert_eq!(watch.observer.highest_chosen(), 3);
}

#[test]
fn a_vote_that_chose_and_is_forgotten_is_noticed_where_a_server_crashes_or_votes() {
    let crashed = |number| Fact::Crashed { node: node(number), queued: vec![], written: vec![], waiting: 0, ready: 0 };
    let mut watch = Watch::with_two_slots();
    assert_eq!(watch.sees(&[crashed(2)]), []);
    watch.world.stub.disks[1] = paxos::Records::default();
    assert_eq!(watch.sees(&[crashed(2)]), [Invariant::ChosenStaysChosen; 2], "in both slots");
    assert_eq!(watch.sees(&[crashed(2)]), [], "each is said once");
    let mut watch = Watch::with_two_slots();
    let vote = Vote { slot: 2, ballot: ballot(1, 1), value: Entry::NoOp };
    watch.world.stub.disks[0].apply(crate::paxos::Record::Accepted(vote));
    let (entry, ballot) = (Entry::NoOp, ballot(1, 1));
    let trace = Trace::Accepted { ballot, slot: 2, entry, before: None, voted: None, although: None };
    assert_eq!(watch.did(1, trace), [Invariant::ChosenStaysChosen]);
}

fn prepares(watch: &mut Watch, (round, server): (u32, u32), from: Slot) -> Vec<alloc::string::String> {
    watch.reads(sent(server, Message::Prepare(Prepare { ballot: ballot(round, server), from })))
}

fn promises(
    watch: &mut Watch,
    number: u32,
    (round, server): (u32, u32),
    accepted: &[Vote<Entry>],
) -> Vec<alloc::string::String> {
    let promise = crate::paxos::Promise { ballot: ballot(round, server), accepted: accepted.to_vec() };
    watch.reads(sent(number, Message::Promise(Promise { promise, chosen_to: 0, kept_from: 1 })))
}

/// Servers 1 and 2 have promised 1.1, and server 1 has proposed and voted in slots 1 to 3.
fn led() -> Watch {
    let mut watch = Watch::new();
    assert_eq!(prepares(&mut watch, (1, 1), 1), ["Phase1a(1.1)"]);
    assert_eq!(promises(&mut watch, 1, (1, 1), &[]), ["Phase1b(1, 1.1)"]);
    assert_eq!(promises(&mut watch, 2, (1, 1), &[]), ["Phase1b(2, 1.1)"]);
    for slot in 1..=3 {
        let command = put(slot as u32, "v");
        watch.asks(&command);
        let step = alloc::format!("slot {slot}, put x = v of client a)");
        let proposed = Trace::Proposed { ballot: ballot(1, 1), slot, command: command.clone() };
        assert_eq!(watch.reads(did(1, proposed)), [alloc::format!("Phase2a(1.1, {step}")]);
        let vote = vote_of(slot);
        watch.world.stub.disks[0].apply(crate::paxos::Record::Accepted(vote));
        let accepted = log::Accepted { ballot: ballot(1, 1), slot };
        let voted = watch.reads(sent(1, Message::Accepted(accepted)));
        assert_eq!(voted, [alloc::format!("Phase2b(1, 1.1, {step}")]);
    }
    assert_eq!(prepares(&mut watch, (2, 2), 2), ["Phase1a(2.2)"]);
    watch
}

fn vote_of(slot: Slot) -> Vote<Entry> {
    Vote { slot, ballot: ballot(1, 1), value: entry(&put(slot as u32, "v")) }
}

#[test]
fn a_promise_reports_the_slots_that_were_asked_about_and_no_others_count() {
    let wrong = ["Server 1 promises 2.2, but what it reports is not its latest vote."];
    assert_eq!(promises(&mut led(), 1, (2, 2), &[vote_of(2), vote_of(3)]), ["Phase1b(1, 2.2)"]);
    assert_eq!(promises(&mut led(), 1, (2, 2), &[vote_of(3)]), wrong);
    assert_eq!(promises(&mut led(), 1, (2, 2), &[vote_of(2)]), wrong);
    assert_eq!(promises(&mut led(), 2, (2, 2), &[vote_of(3)]), [wrong[0].replace("Server 1", "Server 2")]);
}

#[test]
fn a_new_leader_keeps_to_what_was_reported_slot_by_slot() {
    let ready = || {
        let mut watch = led();
        promises(&mut watch, 1, (2, 2), &[vote_of(2), vote_of(3)]);
        promises(&mut watch, 3, (2, 2), &[]);
        watch
    };
    let finishes = |slot, entry: &Entry| {
        let because = log::Because::NobodyVoted;
        did(2, Trace::Finishes { ballot: ballot(2, 2), slot, entry: entry.clone(), because })
    };
    let no_op = Entry::NoOp;
    assert_eq!(ready().reads(finishes(4, &no_op)), ["Phase2a(2.2, slot 4, a no-op)"]);
    let kept = ready().reads(finishes(3, &vote_of(3).value));
    assert_eq!(kept, ["Phase2a(2.2, slot 3, put x = v of client a)"]);
    let undone = "Ballot 2.2 asks for a no-op in slot 3, but no quorum of promises allows that value.";
    assert_eq!(ready().reads(finishes(3, &no_op)), [undone]);
}

/// It comes again after votes in its ballot, and reports those that it had when it was made.
#[test]
fn a_promise_that_comes_late_is_no_step() {
    let mut watch = led();
    assert!(promises(&mut watch, 1, (1, 1), &[vote_of(1), vote_of(2), vote_of(3)]).is_empty());
    assert!(promises(&mut watch, 1, (1, 1), &[vote_of(1)]).is_empty());
    assert!(promises(&mut watch, 1, (1, 1), &[]).is_empty());
    let other = Vote { value: Entry::NoOp, ..vote_of(1) };
    assert_eq!(promises(&mut watch, 1, (1, 1), &[other]).len(), 1);
}

/// An accepted names no entry: it stands for the vote that its sender holds.
#[test]
fn an_accepted_stands_for_a_vote() {
    let mut watch = led();
    let accepted = log::Accepted { ballot: ballot(1, 1), slot: 2 };
    let facts = [sent(3, Message::Accepted(accepted))];
    assert_eq!(watch.sees(&facts), [Invariant::DurableBeforeSent], "and it counts, as it was said");
    assert_eq!(watch.observer.chosen(2).len(), 1);
    assert_eq!(watch.observer.chosen(2)[0].quorum, [node(1), node(3)].into_iter().collect::<NodeSet>());
}

/// What a durable snapshot covers needs no votes any more; what nothing covers is missed.
#[test]
fn votes_may_make_room_for_a_durable_snapshot_that_covers_them_and_for_nothing_else() {
    let crashed = || Fact::Crashed { node: node(2), queued: vec![], written: vec![], waiting: 0, ready: 0 };
    let stored = |kept_from| {
        let snapshot = Arc::new(log::Snapshot::of(&Machine::default(), kept_from - 1, Rules::default()).0);
        let record = Record::Snapshot(log::Stored { snapshot, kept_from, in_place_of_all: false });
        Fact::Durable { node: node(2), records: vec![record.into()], freed: 0 }
    };
    let mut watch = Watch::with_two_slots();
    watch.world.stub.disks[1].accepted.forget_below(2);
    watch.world.kept_from[1] = 2;
    assert_eq!(watch.sees(&[stored(2), crashed()]), [], "slot 1 is in the snapshot, and the vote in slot 2 is there");
    watch.world.stub.disks[1].accepted.forget_below(3);
    assert_eq!(watch.sees(&[stored(2)]), [Invariant::ChosenStaysChosen], "nothing covers slot 2");
    let mut watch = Watch::with_two_slots();
    watch.world.stub.disks[1].accepted.forget_below(2);
    assert_eq!(watch.sees(&[crashed()]), [Invariant::ChosenStaysChosen], "no snapshot is durable");
}

/// Of slots below that number a promise says nothing. What is proposed there must be right all the same.
#[test]
fn a_promise_need_not_report_votes_in_slots_that_it_says_it_does_not_keep() {
    let promise = |number, kept_from, accepted: &[Vote<Entry>]| {
        let promise = paxos::Promise { ballot: ballot(2, 2), accepted: accepted.to_vec() };
        sent(number, Message::Promise(Promise { promise, chosen_to: 2, kept_from }))
    };
    assert_eq!(led().reads(promise(1, 3, &[vote_of(3)])), ["Phase1b(1, 2.2)"]);
    let wrong = ["Server 1 promises 2.2, but what it reports is not its latest vote."];
    assert_eq!(led().reads(promise(1, 1, &[vote_of(3)])), wrong);
    assert_eq!(led().reads(promise(1, 4, &[])), ["Phase1b(1, 2.2)"]);
    let mut watch = led();
    watch.reads(promise(1, 4, &[]));
    watch.reads(promise(3, 1, &[]));
    let because = log::Because::NobodyVoted;
    let fills = did(2, Trace::Finishes { ballot: ballot(2, 2), slot: 3, entry: Entry::NoOp, because });
    assert_eq!(
        watch.reads(fills),
        ["Ballot 2.2 asks for a no-op in slot 3, but no quorum of promises allows that value."]
    );
}
