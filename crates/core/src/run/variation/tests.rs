//! One difference, and nothing else.

use alloc::vec;

use super::*;
use crate::sample::node;
use crate::scenario::RandomRun;
use crate::sim::Conditions;
use crate::tell::first_difference;

fn crash(number: u32) -> Action {
    Action::Crash { node: node(number) }
}

fn restart(number: u32) -> Action {
    Action::Restart { node: node(number) }
}

fn proposed(config: Config) -> History {
    let mut history = History::new(config).unwrap();
    history.apply(&Action::Propose { node: node(1), value: "blue".parse().unwrap() }).unwrap();
    history
}

fn go_on(history: &mut History, steps: u32) {
    for _ in 0..steps {
        history.step().unwrap();
    }
}

fn settle(history: &mut History) {
    while history.step().is_some() {}
}

/// A run of a random world with some trouble in it.
fn troubled(seed: u64) -> Run {
    let mut world = RandomRun::new(seed);
    world.disturb(200, drop);
    world.run()
}

/// Server 3 crashes in the middle of a round and comes back.
fn interrupted() -> Run {
    let mut history = proposed(Config::default());
    go_on(&mut history, 12);
    history.apply(&crash(3)).unwrap();
    go_on(&mut history, 6);
    history.apply(&restart(3)).unwrap();
    settle(&mut history);
    history.run()
}

#[test]
fn with_the_same_config_it_is_the_same_run() {
    for seed in 0..100 {
        let run = troubled(seed);
        let varied = run.varied(&Edit::Config(run.config.clone())).unwrap();
        assert_eq!((varied.run.digest, varied.left_out), (run.digest, vec![]), "seed {seed}");
        assert_eq!(varied.run.interventions, run.interventions, "seed {seed}");
    }
    let run = interrupted();
    assert_eq!(run.varied(&Edit::Config(run.config.clone())).unwrap().run.digest, run.digest);
}

#[test]
fn moved_to_where_it_is_an_intervention_changes_nothing() {
    for seed in 0..100 {
        let run = troubled(seed);
        let which = seed as usize % run.interventions.len();
        let varied = run.varied(&Edit::Moved { which, step: run.interventions[which].step }).unwrap();
        assert_eq!((varied.run.digest, varied.left_out), (run.digest, vec![]), "seed {seed}");
    }
}

#[test]
fn what_comes_before_the_difference_is_the_same() {
    for seed in 0..100 {
        let run = troubled(seed);
        let original = run.replay().unwrap();
        for which in [0, run.interventions.len() / 2, run.interventions.len() - 1] {
            let step = run.interventions[which].step;
            let varied = run.varied(&Edit::Without(which)).unwrap().run.replay().unwrap();
            assert_eq!(varied.events(0, step), original.events(0, step), "seed {seed}, without {which}");
            let earlier = step / 2;
            let varied = run.varied(&Edit::Moved { which, step: earlier }).unwrap().run.replay().unwrap();
            assert_eq!(varied.events(0, earlier), original.events(0, earlier), "seed {seed}, {which} earlier");
        }
    }
}

#[test]
fn what_the_difference_does_not_reach_keeps_its_luck() {
    let run = interrupted();
    let original = run.replay().unwrap();
    let varied = run.varied(&Edit::Without(1)).unwrap().run.replay().unwrap();
    assert_eq!(first_difference(&original, &varied).unwrap().step, run.interventions[1].step + 1);
    // Servers 1 and 2 make a quorum. What they say to each other comes at the same times in both runs.
    let between = |history: &History| -> Vec<_> {
        let events = history.events(0, u64::MAX).into_iter();
        let delivered = events.filter_map(|event| match event.kind {
            crate::run::EventKind::Fact(crate::sim::Fact::Delivered(it)) => {
                Some((event.at, it.from, it.to, it.message))
            }
            _ => None,
        });
        delivered.filter(|(_, from, to, _)| *from != node(3) && *to != node(3)).collect()
    };
    assert!(between(&original).len() > 8);
    assert_eq!(between(&original), between(&varied));
}

#[test]
fn what_is_not_possible_any_more_is_left_out_with_its_sentence() {
    let run = interrupted();
    let Variation { run: varied, left_out } = run.varied(&Edit::Without(1)).unwrap();
    assert_eq!(left_out, ["Cannot restart server 3: it is up."]);
    assert_eq!(varied.interventions.len(), 1);
    let fewer = Edit::Config(Config { nodes: 2, ..run.config.clone() });
    let left_out = run.varied(&fewer).unwrap().left_out;
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    assert!(left_out[0].contains("there is no server 3"), "{left_out:?}");
}

#[test]
fn a_crash_at_another_point_is_that_crash_there() {
    let run = interrupted();
    let original = run.replay().unwrap();
    for step in [2, 9, 15] {
        let varied = run.varied(&Edit::Moved { which: 1, step }).unwrap();
        let done = &varied.run.interventions[1];
        assert_eq!(done.action, crash(3));
        // Before it was done, the two are the same step by step; after, only the time is.
        assert!(done.step == step || step > run.interventions[1].step, "step {step}: {}", done.step);
        let there = varied.run.replay().unwrap().moment(done.step).schedule().now();
        assert_eq!(there, original.moment(step).schedule().now(), "step {step}");
    }
}

#[test]
fn among_things_at_one_time_it_is_done_after_as_many_of_them() {
    // Disks take no time, so a write, its sync and the sending of what waited for it are at one time.
    let mut history = proposed(Config {
        disk: (0, 0),
        network: Conditions { latency: (5, 5), ..Conditions::default() },
        ..Config::default()
    });
    history.apply(&Action::Pause { node: node(2) }).unwrap();
    while !history.latest().iter().any(|event| event.name() == "wrote" && event.at > 0) {
        history.step().unwrap();
    }
    history.apply(&crash(3)).unwrap();
    let before = history.now().schedule().now();
    history.step().unwrap();
    assert_eq!(history.now().schedule().now(), before, "the crash is among things at one time");
    settle(&mut history);
    let run = history.run();
    let varied = run.varied(&Edit::Without(1)).unwrap().run.replay().unwrap();
    let done = varied.branch().interventions()[1].step;
    let wrote = varied.events(done, done);
    assert_eq!(varied.moment(done).schedule().now(), before);
    assert!(wrote.iter().any(|event| event.name() == "wrote"), "{wrote:?}");
}

#[test]
fn a_message_is_found_again_by_what_it_is() {
    let mut history = proposed(Config::default());
    for (number, value) in [(2, "red"), (3, "green")] {
        history.apply(&Action::Propose { node: node(number), value: value.parse().unwrap() }).unwrap();
    }
    let prepare = |history: &History| {
        let in_flight = history.now().cluster().network().in_flight();
        let mut found =
            in_flight.filter(|it| it.from == node(2) && it.to == node(3) && it.message.kind_name() == "prepare");
        found.next().cloned()
    };
    while prepare(&history).is_none() {
        history.step().unwrap();
    }
    let message = prepare(&history).unwrap();
    history.apply(&Action::Drop { message: message.id }).unwrap();
    settle(&mut history);
    let run = history.run();

    // Without the first proposal that number is a message of server 3, and it is still the prepare from 2 to 3 that is lost.
    let Variation { run: varied, left_out } = run.varied(&Edit::Without(0)).unwrap();
    assert_eq!(left_out, Vec::<String>::new());
    let dropped = varied.interventions[2].clone();
    let varied = varied.replay().unwrap();
    let moment = varied.moment(dropped.step);
    assert_eq!(under_way(moment.cluster(), message.id).map(|it| it.from), Some(node(3).into()));
    let lost = under_way(moment.cluster(), dropped.action.message().unwrap()).cloned().unwrap();
    assert_eq!((lost.from, lost.to, &lost.message), (message.from, message.to, &message.message));

    // Without the second there is none.
    let left_out = run.varied(&Edit::Without(1)).unwrap().left_out;
    let says = "Cannot drop prepare 1.2 from server 2 to server 3: there is no such message under way.";
    assert_eq!(left_out, [says]);
}

#[test]
fn it_goes_on_as_long_as_the_original_and_a_settled_one_comes_to_its_own_end() {
    let mut duel = proposed(Config { backoff: false, ..Config::default() });
    duel.apply(&Action::Propose { node: node(2), value: "red".parse().unwrap() }).unwrap();
    go_on(&mut duel, 300);
    let end = duel.now().schedule().now();
    for seed in 2..20 {
        let config = Config { seed, ..duel.now().config().clone() };
        let varied = duel.run().varied(&Edit::Config(config)).unwrap().run.replay().unwrap();
        let last = varied.moment(u64::MAX);
        assert!(last.schedule().now() <= end && last.next().is_none_or(|next| next.at >= end), "seed {seed}");
    }
    let run = interrupted();
    for seed in 2..20 {
        let config = Config { seed, ..run.config.clone() };
        let varied = run.varied(&Edit::Config(config)).unwrap().run.replay().unwrap();
        assert!(varied.moment(u64::MAX).next().is_none(), "seed {seed}");
    }
    // What would go on for ever has as long again.
    let mut quick = proposed(Config::default());
    quick.apply(&Action::Propose { node: node(2), value: "red".parse().unwrap() }).unwrap();
    settle(&mut quick);
    let end = quick.now().schedule().now();
    let config = Config { backoff: false, ..Config::default() };
    let varied = quick.run().varied(&Edit::Config(config)).unwrap().run.replay().unwrap();
    let last = varied.moment(u64::MAX);
    assert!(last.next().is_some_and(|next| next.at >= 2 * end) && last.schedule().now() < 2 * end);
}

#[test]
fn what_is_wrong_with_a_change_is_a_sentence() {
    let run = interrupted();
    let refusal = |change: Edit| run.varied(&change).unwrap_err().to_string();
    assert_eq!(refusal(Edit::Without(3)), "There is no intervention 3: this run has 3, and they are counted from 0.");
    assert!(refusal(Edit::Moved { which: 0, step: 999_999 }).contains("There is no step 999999"));
    assert!(refusal(Edit::Config(Config { nodes: 0, ..Config::default() })).contains("1 to 101 servers"));
    let damaged = Run { digest: String::new(), ..run.clone() };
    assert!(damaged.varied(&Edit::Without(0)).unwrap_err().to_string().contains("damaged"));
}

#[test]
fn a_change_survives_json_and_what_is_none_is_refused() {
    let config = Config { seed: 9, backoff: false, ..Config::default() };
    for change in [Edit::Config(config), Edit::Without(4), Edit::Moved { which: 2, step: 77 }] {
        assert_eq!(Edit::from_json(&Json::from(&change), "change").unwrap(), change);
    }
    let read = |text: &str| Edit::from_json(&serde_json::from_str(text).unwrap(), "change").unwrap_err().sentence();
    assert_eq!(read(r#"{"type":"rule"}"#), "\"type\" is one of config, without, moved, not \"rule\".");
    assert!(read(r#"{"type":"without"}"#).contains("\"which\" is missing"));
    assert!(read(r#"{"type":"moved","which":1,"step":-1}"#).contains("whole number"));
    let varied = interrupted().varied(&Edit::Without(1)).unwrap();
    let text = serde_json::to_string(&Json::from(&varied)).unwrap();
    assert!(text.contains("\"leftOut\":[\"Cannot restart server 3"), "{text}");
}

#[test]
fn what_was_done_is_told_as_the_lab_says_it() {
    let history = interrupted().replay().unwrap();
    let told: Vec<_> = history.done().into_iter().map(|done| (done.step, done.says)).collect();
    let expected = [(0, "Propose blue at server 1"), (13, "Crash server 3"), (20, "Restart server 3")];
    assert_eq!(told, expected.map(|(step, says)| (step, says.to_string())));
    let at = history.moment(13).schedule().now();
    assert_eq!(
        Json::from(&history.done()[1]),
        Object::new().with("step", 13_u64).with("at", at).with("says", "Crash server 3").into()
    );
}
