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
                    let Some(Json::Object(beat)) = view.get("beat").cloned() else { panic!("{view:?}") };
                    let view = view.set("beat", beat.set("to", Json::Null).into());
                    ["next", "length", "marks", "ended"].iter().fold(view, |view, name| view.set(name, Json::Null))
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

/// Everything that tells two histories apart.
fn state(history: &History) -> (Json, Json, crate::run::Run, Vec<crate::sim::Records>) {
    (history.view(), history.timeline(), history.run(), history.now().durable())
}

#[test]
fn a_prepared_step_changes_nothing_until_it_is_confirmed_and_then_is_the_step() {
    for seed in 0..6 {
        let (mut world, mut draws) = (troubled(seed), Counter::new(seed));
        for _ in 0..300 {
            match draws.between(0, 9) {
                0 => world.seek(u64::from(draws.between(0, world.branch().length() as u32))),
                1 if world.branches().len() < 20 => world.fork().unwrap(),
                _ => {}
            }
            let actions = world.now().cluster().actions();
            let action = draws.pick(&actions).filter(|_| draws.between(0, 2) == 0).cloned();
            let (before, is_new) = (state(&world), world.is_at_end());
            let save = world.prepare(action.as_ref()).unwrap();
            assert!(state(&world) == before, "seed {seed}: preparing is not doing");
            world.cancel();
            assert!(
                world.confirm().is_none() && state(&world) == before,
                "seed {seed}: what is cancelled never happens"
            );
            let mut plainly = world.clone();
            let happened = match &action {
                Some(action) => Some(plainly.apply(action).unwrap().to_vec()),
                None => plainly.step().map(<[_]>::to_vec),
            };
            assert_eq!(world.prepare(action.as_ref()).unwrap(), save);
            assert_eq!(world.confirm().map(<[_]>::to_vec), happened, "seed {seed}");
            assert!(state(&world) == state(&plainly), "seed {seed}");
            match save {
                Some(PendingSave { run, disks }) => assert_eq!((run, disks), (world.run(), world.now().durable())),
                None if is_new => assert_eq!(world.now().durable(), before.3, "seed {seed}: no disk changed unsaved"),
                None => {}
            }
        }
    }
}

#[test]
fn what_was_prepared_is_void_once_something_else_happens() {
    let others: [fn(&mut History); 6] = [
        |history| assert!(history.step().is_some()),
        |history| assert!(history.apply(&Action::PowerCut).is_ok()),
        |history| history.seek(3),
        |history| history.switch(1).unwrap(),
        |history| history.fork().unwrap(),
        |history| assert!(history.prepare(Some(&crash(99))).is_err()),
    ];
    for other in others {
        let mut history = troubled(1);
        history.seek(20);
        history.prepare(Some(&Action::PowerCut)).unwrap();
        other(&mut history);
        let before = state(&history);
        assert!(history.confirm().is_none());
        assert!(state(&history) == before);
    }
}

#[test]
fn looking_back_needs_no_save_and_leaving_the_record_always_does() {
    let mut history = troubled(6);
    history.seek(0);
    while !history.is_at_end() {
        assert_eq!(history.prepare(None).unwrap(), None);
        let again = history.recorded().map(|recorded| recorded.action.clone());
        assert_eq!(history.prepare(again.as_ref()).unwrap(), None);
        history.confirm().unwrap();
    }
    history.seek(100);
    // It changes no disk; but what is kept leads elsewhere.
    let cut = Action::Network { loss: None, duplicate: None, latency: Some((1, 2)) };
    let save = history.prepare(Some(&cut)).unwrap().unwrap();
    history.confirm().unwrap();
    assert_eq!((save.run, save.disks), (history.run(), history.now().durable()));
}

#[test]
fn a_time_leads_to_the_last_step_by_then_wherever_the_present_is() {
    for seed in 0..4 {
        let mut history = troubled(seed);
        let length = history.branch().length();
        let times: Vec<_> = (0..=length).map(|step| history.moment(step).schedule().now()).collect();
        let end = times[length as usize];
        for time in (0..=end + 20).step_by(7) {
            let step = times.iter().rposition(|at| *at <= time).unwrap() as u64;
            history.seek(time * 13 % (length + 1));
            let before = history.now().steps();
            assert_eq!(history.step_at(time), step, "seed {seed}, {time} ms, from step {before}");
            assert_eq!(history.now().steps(), before);
        }
    }
}

#[test]
fn what_is_saved_is_the_end_of_the_branch_wherever_the_present_is() {
    let mut history = troubled(3);
    let (run, disks) = (history.run(), history.now().durable());
    history.seek(50);
    assert_eq!(history.saved(), PendingSave { run: run.clone(), disks });
    history.fork().unwrap();
    history.apply(&Action::PowerCut).unwrap();
    let before = state(&history);
    assert_eq!(history.run_of(1).unwrap(), run);
    assert_eq!(history.run_of(2).unwrap(), history.run());
    assert!(history.run_of(3).unwrap_err().to_string().contains("no branch 3"));
    assert!(state(&history) == before, "asking moves nothing");
}

#[test]
fn nothing_happens_next_for_one_of_two_reasons() {
    let mut history = History::new(Config::default()).unwrap();
    assert_eq!(history.ended(), Some(Ended::NothingLeft));
    history.apply(&propose(1, "blue")).unwrap();
    assert_eq!(history.ended(), None);
    let mut history = duel(crate::limits::MAX_STEPS as u32 - SPARE as u32 - 2);
    assert_eq!((history.ended(), history.step()), (Some(Ended::Limit), None));
    history.seek(7);
    assert_eq!(history.ended(), None);
}

#[test]
fn keyframes_stay_few_and_small_however_long_the_run() {
    let history = duel(40_000);
    let (count, bytes) = history.keyframes();
    assert!((MAX_KEYFRAMES / 2 - 1..=MAX_KEYFRAMES).contains(&count), "{count}");
    assert!(bytes < 8 << 20, "{bytes}");
    assert!(bytes <= MAX_KEYFRAME_BYTES);
}

#[test]
fn keyframes_of_branches_that_were_left_make_room_for_those_of_the_current_one() {
    let mut history = duel(30_000);
    let (_, one) = history.keyframes();
    for _ in 0..3 {
        history.switch(1).unwrap();
        history.seek(100);
        history.fork().unwrap();
        go_on(&mut history, 30_000);
    }
    let all =
        |history: &History| keyframes::approx_bytes_of_all(history.branches.iter().map(|branch| &branch.keyframes));
    assert!(all(&history) > 3 * one, "nothing is forgotten before it has to be");
    history.forget_keyframes(one);
    assert!(all(&history) <= one);
    assert!(history.keyframes().1 > one / 2, "the current branch keeps its own");
    history.switch(2).unwrap();
    assert_eq!((history.now().steps(), history.now().digest()), (30_100, history.branch().digest()));
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
