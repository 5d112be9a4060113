//! Going back is going there: every moment is what it was, and no course is lost.

use alloc::{string::ToString, vec, vec::Vec};

use super::*;
use crate::json::Json;
use crate::limits::{MAX_KEYFRAME_BYTES, MAX_KEYFRAMES};
use crate::sample::node;
use crate::scenario::RandomRun;
use crate::sim::{Clock, Counter};

fn propose(at: u32, value: &str) -> Action {
    Action::Propose { node: node(at), value: value.parse().unwrap() }
}

fn crash(number: u32) -> Action {
    Action::Crash { node: node(number) }
}

fn go_on(history: &mut History, steps: u32) {
    for _ in 0..steps {
        history.step().unwrap();
    }
}

/// A run of a random world with some trouble in it.
fn troubled(seed: u64) -> History {
    let mut world = RandomRun::new(seed);
    world.disturb(400, drop);
    world.run().replay().unwrap()
}

/// Two proposers that never finish.
fn duel(steps: u32) -> History {
    let mut history = History::new(Config { nodes: 3, backoff: false, ..Config::default() }).unwrap();
    history.apply(&propose(1, "blue")).unwrap();
    history.apply(&propose(2, "red")).unwrap();
    go_on(&mut history, steps);
    history
}

#[test]
fn every_moment_is_what_it_was_when_it_was_the_present() {
    for seed in 0..5 {
        let end = troubled(seed);
        let mut live = History::new(end.now().config().clone()).unwrap();
        let mut views = vec![live.view()];
        let mut events = Vec::new();
        for step in 0..end.branch().length() {
            let happened = match end.branch().intervention_at(step) {
                Some(intervention) => live.apply(&intervention.action).unwrap(),
                None => live.step().unwrap(),
            };
            events.extend(happened.iter().cloned());
            views.push(live.view());
        }
        let length = end.branch().length();
        assert_eq!(end.events(0, length), events);
        let some: Vec<_> = events.iter().filter(|event| (70..=90).contains(&event.step)).cloned().collect();
        assert_eq!(end.events(70, 90), some);

        let (mut back, mut draws) = (end.clone(), Counter::new(seed));
        for _ in 0..200 {
            let step = u64::from(draws.between(0, length as u32));
            back.seek(step);
            // Only what comes next is told differently: what is on record there had yet to be done then.
            let same = |view: Json| match view {
                Json::Object(view) => {
                    ["next", "length", "marks"].iter().fold(view, |view, name| view.set(name, Json::Null))
                }
                other => panic!("{other:?}"),
            };
            assert!(same(back.view()) == same(views[step as usize].clone()), "seed {seed}, step {step}");
            assert_eq!(back.branches().len(), 1);
        }
        while back.step().is_some() && !back.is_at_end() {}
        assert_eq!(back.run().digest, end.run().digest, "seed {seed}");
    }
}

#[test]
fn acting_in_the_past_begins_a_branch_and_the_former_future_stays() {
    let mut history = History::new(Config { nodes: 5, ..Config::default() }).unwrap();
    history.apply(&propose(1, "blue")).unwrap();
    while history.step().is_some() {}
    let first = history.run();
    history.seek(20);
    history.apply(&crash(3)).unwrap();
    assert_eq!(history.branch().left(), Some(Fork { branch: 1, step: 20 }));
    assert_eq!(history.branch().name(), "Crash server 3");
    while history.step().is_some() {}
    let second = history.run();
    assert_ne!(first.digest, second.digest);
    assert_eq!(second.replay().unwrap().run(), second, "a branch alone is a run");

    history.switch(1).unwrap();
    assert_eq!(history.run(), first);
    history.switch(2).unwrap();
    assert_eq!(history.run(), second);
    assert!(history.switch(3).unwrap_err().to_string().contains("no branch 3"));
    assert_eq!(history.run(), second, "a refusal changes nothing");
}

#[test]
fn doing_again_what_was_done_there_repeats_it() {
    let mut history = History::new(Config::default()).unwrap();
    history.apply(&propose(1, "blue")).unwrap();
    go_on(&mut history, 5);
    history.apply(&crash(2)).unwrap();
    let run = history.run();
    history.seek(0);
    assert_eq!(history.next().map(|next| next.action), Some(propose(1, "blue")));
    history.apply(&propose(1, "blue")).unwrap();
    go_on(&mut history, 6);
    assert_eq!((history.branches().len(), history.run()), (1, run));
}

#[test]
fn a_refused_action_in_the_past_begins_nothing() {
    let mut history = troubled(1);
    history.seek(10);
    let before = history.run();
    assert!(history.apply(&crash(99)).is_err());
    assert_eq!((history.branches().len(), history.run()), (1, before));
}

#[test]
fn going_on_from_here_leaves_what_was_on_record() {
    let mut history = History::new(Config::default()).unwrap();
    history.apply(&propose(1, "blue")).unwrap();
    go_on(&mut history, 9);
    history.fork().unwrap();
    assert_eq!(history.branches().len(), 1, "at the end there is nothing to leave");
    history.apply(&crash(1)).unwrap();
    history.seek(10);
    history.fork().unwrap();
    assert!(history.is_at_end());
    assert_eq!(history.branch().interventions().len(), 1);
    while history.step().is_some() {}
    assert!(!history.now().observer().chosen().is_empty(), "nobody crashed here");
}

#[test]
fn a_discarded_branch_leaves_the_others_whole() {
    let mut history = troubled(2);
    for step in [300, 200, 100] {
        history.seek(step);
        history.fork().unwrap();
        history.apply(&Action::PowerCut).unwrap();
    }
    let runs: Vec<_> = [1, 2, 4]
        .map(|id| {
            history.switch(id).unwrap();
            (id, history.run())
        })
        .into();
    assert!(history.discard(4).unwrap_err().to_string().contains("branch you are on"));
    history.discard(3).unwrap();
    assert_eq!(history.branches().last().and_then(Branch::left), Some(Fork { branch: 2, step: 100 }));
    for (id, run) in runs {
        history.switch(id).unwrap();
        assert_eq!(history.run(), run);
    }
    history.seek(50);
    history.fork().unwrap();
    assert_eq!(history.branch().id(), 5, "no number is given twice");
}

#[test]
fn there_are_so_many_branches_and_no_more() {
    let mut history = troubled(3);
    while history.branches().len() < MAX_BRANCHES {
        history.switch(1).unwrap();
        history.seek(7);
        history.fork().unwrap();
    }
    history.switch(1).unwrap();
    history.seek(7);
    assert!(history.fork().unwrap_err().to_string().starts_with("This run has 64 branches"));
    let refusal = history.apply(&Action::PowerCut).unwrap_err();
    assert!(refusal.to_string().contains("64 branches"), "{refusal}");
    history.seek(u64::MAX);
    history.apply(&Action::PowerCut).unwrap();
}

#[test]
fn a_branch_has_the_name_it_was_given() {
    let mut history = troubled(4);
    history.rename(1, " as it was ").unwrap();
    assert_eq!(history.branch().name(), "as it was");
    for name in ["", "  ", &"é".repeat(33)] {
        assert!(history.rename(1, name).unwrap_err().to_string().contains("1 to 64 bytes"));
    }
    history.seek(3);
    let nodes: Vec<_> = history.now().cluster().nodes().collect();
    history.apply(&Action::Partition { groups: nodes.iter().map(|node| [*node].into_iter().collect()).collect() }).ok();
    assert!(history.branch().name().len() <= MAX_NAME_BYTES);
}

#[test]
fn marks_say_where_something_is_to_be_found() {
    let mut history = History::new(Config::default()).unwrap();
    history.apply(&propose(1, "blue")).unwrap();
    while history.now().observer().chosen().is_empty() {
        history.step().unwrap();
    }
    let chosen = history.now().steps();
    history.apply(&crash(2)).unwrap();
    let marks =
        [(1, Mark::Intervention), (chosen, Mark::Chosen), (chosen + 1, Mark::Intervention), (chosen + 1, Mark::Crash)];
    assert_eq!(history.branch().marks(), marks);
    history.seek(chosen - 1);
    history.fork().unwrap();
    assert_eq!(history.branch().marks(), &marks[..1], "a branch has those of its own past");
}

#[test]
fn what_needs_no_commitment_changes_no_disk_and_a_commitment_is_what_the_disks_become() {
    let mut history = History::new(Config { nodes: 5, ..Config::default() }).unwrap();
    history.apply(&propose(1, "blue")).unwrap();
    history.apply(&propose(4, "red")).unwrap();
    let mut committed = 0;
    while let Some(next) = history.next() {
        let commitment = history.commitment(None).unwrap();
        assert_eq!(history.next(), Some(next), "asking changes nothing");
        let before = history.now().durable();
        history.step().unwrap();
        match commitment {
            None => assert_eq!(history.now().durable(), before),
            Some(Commitment { run, disks }) => {
                committed += 1;
                assert_eq!((run, disks), (history.run(), history.now().durable()));
            }
        }
    }
    assert!(committed > 10);
}

#[test]
fn looking_back_commits_to_nothing_and_leaving_the_record_always_does() {
    let mut history = troubled(6);
    history.seek(0);
    while !history.is_at_end() {
        assert_eq!(history.commitment(None).unwrap(), None);
        let again = history.next().map(|next| next.action);
        assert_eq!(history.commitment(again.as_ref().filter(|_| history.recorded().is_some())).unwrap(), None);
        history.step().unwrap();
    }
    history.seek(100);
    // It changes no disk; but what is kept leads elsewhere.
    let cut = Action::Network { loss: None, duplicate: None, latency: Some((1, 2)) };
    let commitment = history.commitment(Some(&cut)).unwrap().unwrap();
    history.apply(&cut).unwrap();
    assert_eq!((commitment.run, commitment.disks), (history.run(), history.now().durable()));
}

#[test]
fn keyframes_stay_few_and_small_however_long_the_run() {
    let history = duel(40_000);
    let (count, bytes) = history.keyframes();
    assert!((MAX_KEYFRAMES / 2 - 1..=MAX_KEYFRAMES).contains(&count), "{count}");
    assert!(bytes < 8 << 20, "{bytes}");
    assert!(bytes <= MAX_KEYFRAME_BYTES);
}

/// Whoever plays a run on record has to know when the next thing happens, most of all in a guided one.
#[test]
fn what_is_next_on_record_happens_when_it_says() {
    for clock in Clock::ALL {
        let mut history = History::new(Config { clock, ..Config::default() }).unwrap();
        history.apply(&propose(1, "blue")).unwrap();
        for _ in 0..20 {
            let Some(next) = history.next() else { break };
            history.apply(&next.action).unwrap();
        }
        let end = history.now().schedule().now();
        assert_eq!(end > 0, clock == Clock::Guided, "by hand, only a guided run takes its time");
        history.seek(0);
        while history.now().steps() < history.branch().length() {
            let says = history.next().unwrap().at;
            assert_eq!(history.step().unwrap()[0].at, says, "{clock:?}");
        }
        assert_eq!(history.now().schedule().now(), end);
    }
}
