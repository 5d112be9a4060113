//! What servers apply, and what clients are told.

use super::*;

#[test]
fn servers_that_apply_what_is_chosen_in_its_order_break_nothing() {
    let mut watch = Watch::with_two_slots();
    for number in 1..=3 {
        assert_eq!(watch.applies(number, 1, &entry(&put(1, "1"))), []);
        assert_eq!(watch.applies(number, 2, &entry(&put(2, "2"))), []);
    }
    watch.restarts(2);
    assert_eq!(watch.applies(2, 1, &entry(&put(1, "1"))), [], "in a new life it begins anew");
}

#[test]
fn what_was_not_chosen_is_not_learned_and_not_applied() {
    let mut watch = Watch::with_two_slots();
    let other = entry(&put(2, "2"));
    let how = How::Fetched { by: node(3) };
    let learned = |slot, entry: &Entry| Trace::Learned { slot, entry: entry.clone(), how };
    assert_eq!(watch.did(1, learned(2, &other)), []);
    assert_eq!(watch.did(1, learned(1, &other)), [Invariant::OnlyChosenLearned]);
    assert_eq!(watch.applies(1, 1, &other), [Invariant::AppliedIsChosen]);
    assert_eq!(watch.did(1, learned(3, &other)), [], "that is said once for a server");
    assert_eq!(watch.did(2, learned(3, &other)), [Invariant::OnlyChosenLearned]);
}

#[test]
fn a_slot_that_is_applied_before_those_in_front_of_it_or_twice_is_noticed() {
    let mut watch = Watch::with_two_slots();
    assert_eq!(watch.applies(1, 2, &entry(&put(2, "2"))), [Invariant::AppliedIsChosen]);
    assert_eq!(watch.applies(2, 1, &entry(&put(1, "1"))), []);
    let again = Applied::Again(watch.world.machines[1].sessions().next().unwrap().1.clone());
    let broken = watch.says_applied(2, 1, &entry(&put(1, "1")), again);
    assert!(broken.contains(&Invariant::AppliedIsChosen), "{broken:?}");
}

#[test]
fn what_no_client_asked_for_is_not_applied() {
    let mut watch = Watch::new();
    assert_eq!(watch.chooses(1, (1, 1), &Entry::NoOp), [], "a no-op needs no client");
    assert_eq!(watch.applies(1, 1, &Entry::NoOp), []);
    watch.asks(&put(1, "1"));
    // The same client and number, and another operation.
    let other = entry(&put(1, "9"));
    assert_eq!(watch.chooses(2, (1, 1), &other), [Invariant::OnlyProposedChosen]);
    assert_eq!(watch.applies(1, 2, &other), [Invariant::OnlyAskedApplied]);
}

#[test]
fn stores_and_sessions_that_differ_at_the_same_slot_are_noticed() {
    let first = entry(&put(1, "1"));
    let other = entry(&put(1, "9"));
    let ready = || {
        let mut watch = Watch::with_two_slots();
        assert_eq!(watch.applies(1, 1, &first), []);
        watch
    };
    let differs = |watch: &Watch, expected: &Difference| {
        let found = watch.observer.violations().iter();
        found.filter(|it| matches!(it, Violation::StoresDiffer { difference, .. } if difference == expected)).count()
    };
    // Another value is in its store than it says.
    let mut watch = ready();
    watch.world.machines[1].apply(1, &other, Rules::default());
    assert_eq!(watch.says_applied(2, 1, &first, Applied::Done(Output::Done)), [Invariant::EqualStores]);
    let (key, here, there) = (text("x"), Some(text("9")), Some(text("1")));
    assert_eq!(differs(&watch, &Difference::Value { key, here, first: there }), 1);
    // Another answer is remembered.
    let mut watch = ready();
    watch.world.machines[1].apply(7, &first, Rules::default());
    watch.says_applied(2, 1, &first, Applied::Done(Output::Done));
    assert_eq!(differs(&watch, &Difference::Session(ClientId::at(0).unwrap())), 1);
    // It came to something else.
    let mut watch = ready();
    watch.world.machines[1].apply(1, &first, Rules::default());
    watch.says_applied(2, 1, &first, Applied::Old { latest: 7 });
    assert_eq!(differs(&watch, &Difference::Outcome), 1);
}

/// Several slots may be applied in one step. Of a key that more than one is about, only the last value can be seen.
#[test]
fn slots_that_are_applied_in_one_step_are_compared_by_what_is_left_of_them() {
    let mut watch = Watch::with_two_slots();
    watch.asks(&command(1, 1, Op::Put { key: text("y"), value: text("1") }));
    let third = entry(&command(1, 1, Op::Put { key: text("y"), value: text("1") }));
    watch.chooses(3, (1, 1), &third);
    let entries = [entry(&put(1, "1")), entry(&put(2, "2")), third];
    for (slot, entry) in (1..).zip(&entries) {
        assert_eq!(watch.applies(1, slot, entry), []);
    }
    let mut all_at_once = |number: u32| {
        let machine = &mut watch.world.machines[number as usize - 1];
        let facts = (1..).zip(&entries).map(|(slot, entry)| {
            let applied = machine.apply(slot, entry, Rules::default());
            did(number, Trace::Applied { slot, entry: entry.clone(), applied, although: None, dropped: None })
        });
        let facts = facts.collect::<Vec<_>>();
        watch.sees(&facts)
    };
    assert_eq!(all_at_once(2), []);
    assert_eq!(all_at_once(3), []);
}

#[test]
fn an_operation_that_takes_effect_in_two_slots_is_noticed() {
    let mut watch = Watch::with_two_slots();
    let first = entry(&put(1, "1"));
    watch.chooses(3, (1, 1), &first);
    watch.applies(1, 1, &first);
    watch.applies(1, 2, &entry(&put(2, "2")));
    let done = Applied::Done(Output::Done);
    let broken = watch.says_applied(1, 3, &first, done.clone());
    assert_eq!(broken, [Invariant::AppliedOnce]);
    // In the slot itself it takes effect on every server, and in every life.
    watch.restarts(1);
    assert_eq!(watch.applies(1, 1, &first), []);
    assert_eq!(watch.applies(2, 1, &first), []);
}

#[test]
fn a_proposal_beyond_the_window_is_noticed() {
    let mut watch = Watch::with_two_slots();
    let proposed = |slot| Trace::Proposed { ballot: ballot(1, 1), slot, command: put(2, "2") };
    watch.applies(1, 1, &entry(&put(1, "1")));
    assert_eq!(watch.did(1, proposed(5)), [], "one is applied, and the window is 4");
    assert_eq!(watch.did(1, proposed(6)), [Invariant::WithinWindow]);
}

fn done(output: Output) -> Reply {
    Reply::Done { output, slot: 1 }
}

#[test]
fn an_answer_that_nothing_explains_is_noticed_once() {
    let mut watch = Watch::new();
    let get = |seq| command(1, seq, Op::Get { key: text("x") });
    watch.asks(&put(1, "1"));
    watch.asks(&get(1));
    assert_eq!(watch.answers(&get(1), done(Output::Value(None))), [], "the put may come later");
    assert_eq!(watch.answers(&put(1, "1"), done(Output::Done)), []);
    watch.asks(&get(2));
    assert_eq!(watch.observer.judged(), Judged::Linearizable);
    assert_eq!(watch.answers(&get(2), done(Output::Value(None))), [Invariant::Linearizable]);
    assert_eq!((watch.observer.judged(), watch.observer.since()), (Judged::Not, Some(6)));
    watch.asks(&get(3));
    assert_eq!(watch.answers(&get(3), done(Output::Value(None))), []);
}

#[test]
fn an_operation_that_was_refused_as_old_may_have_taken_effect_or_not() {
    let get = command(1, 1, Op::Get { key: text("x") });
    for seen in [None, Some(text("1"))] {
        let mut watch = Watch::new();
        watch.asks(&put(1, "1"));
        assert_eq!(watch.answers(&put(1, "1"), Reply::Old { latest: 7 }), []);
        watch.asks(&get);
        assert_eq!(watch.answers(&get, done(Output::Value(seen))), []);
    }
}

#[test]
fn the_history_has_every_operation_in_the_order_of_calls() {
    let mut watch = Watch::new();
    let get = command(1, 1, Op::Get { key: text("x") });
    watch.asks(&get);
    watch.asks(&put(1, "1"));
    watch.answers(&put(1, "1"), done(Output::Done));
    let history: Vec<_> = watch.observer.history().cloned().collect();
    let open = Operation { command: get, call: 1, returned: None, result: None };
    let over = Operation { command: put(1, "1"), call: 2, returned: Some(3), result: Some((Output::Done, 1)) };
    assert_eq!(history, [open, over]);
}

#[test]
fn the_latest_operations_come_with_those_that_are_older_and_not_answered() {
    let mut watch = Watch::new();
    let get = command(1, 1, Op::Get { key: text("x") });
    watch.asks(&get);
    for seq in 1..=3 {
        watch.asks(&put(seq, "1"));
        watch.answers(&put(seq, "1"), done(Output::Done));
    }
    let names = |watch: &Watch, count| -> Vec<_> {
        let latest = watch.observer.latest(count);
        latest.map(|operation| (operation.command.client.index(), operation.command.seq)).collect()
    };
    assert_eq!(watch.observer.asked_so_far(), 4);
    assert_eq!(names(&watch, 2), [(1, 1), (0, 2), (0, 3)]);
    assert_eq!(names(&watch, 9), [(1, 1), (0, 1), (0, 2), (0, 3)]);
    watch.answers(&get, done(Output::Value(None)));
    assert_eq!(names(&watch, 2), [(0, 2), (0, 3)]);
}

/// Server 1 has applied both slots, and server 3 begins with a snapshot of them.
#[test]
fn a_server_that_begins_with_a_snapshot_must_hold_what_the_slots_come_to() {
    let ready = || {
        let mut watch = Watch::with_two_slots();
        for slot in [1, 2] {
            assert_eq!(watch.applies(1, slot, &entry(&put(slot as u32, &alloc::format!("{slot}")))), []);
        }
        let (snapshot, _) = log::Snapshot::of(&watch.world.machines[0], 2, Rules::default());
        (watch, snapshot)
    };
    let installs = |watch: &mut Watch, snapshot: log::Snapshot| {
        watch.world.machines[2] = Machine::from_snapshot(&snapshot, None);
        let (by, snapshot) = (node(1), Arc::new(snapshot));
        watch.did(3, Trace::Installed { by, to: snapshot.to, applied: 0, snapshot, although: None })
    };
    let (mut watch, snapshot) = ready();
    assert_eq!(installs(&mut watch, snapshot.clone()), []);
    watch.asks(&put(3, "3"));
    assert_eq!(watch.chooses(3, (1, 1), &entry(&put(3, "3"))), []);
    assert_eq!(watch.applies(3, 3, &entry(&put(3, "3"))), [], "it goes on with the next slot");
    let (mut watch, snapshot) = ready();
    let earlier = log::Snapshot { to: 1, ..snapshot };
    assert_eq!(installs(&mut watch, earlier), [Invariant::EqualStores], "it holds more than it says");
    let (mut watch, snapshot) = ready();
    let bare = log::Snapshot { sessions: vec![], ..snapshot };
    assert_eq!(installs(&mut watch, bare), [Invariant::EqualStores], "it does not know whom it served");
    let (mut watch, snapshot) = ready();
    let stored = log::Stored { snapshot: Arc::new(snapshot.clone()), kept_from: 3, in_place_of_all: false };
    let records = Records { snapshot: Some(stored), ..Records::default() };
    watch.world.machines[2] = Machine::from_snapshot(&snapshot, None);
    assert_eq!(watch.sees(&[Fact::Restarted { node: node(3), records: sim::Records::Log(records) }]), []);
    assert_eq!(
        watch.says_applied(3, 2, &entry(&put(2, "2")), Applied::NoOp).first(),
        Some(&Invariant::AppliedIsChosen)
    );
}
