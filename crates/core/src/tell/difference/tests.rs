//! The first difference is the one that reading both logs side by side finds.

use alloc::{string::ToString, vec::Vec};

use super::*;
use crate::run::Edit;
use crate::sample::node;
use crate::scenario::RandomRun;
use crate::sim::{Action, Config};

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

/// What `first_difference` must find, by making both logs and reading them.
fn by_reading(a: &History, b: &History) -> Option<(u64, Option<Event>, Option<Event>)> {
    let [all_a, all_b] = [a, b].map(|run| run.events(0, u64::MAX));
    let place = all_a.iter().zip(&all_b).take_while(|(a, b)| a == b).count();
    let [a, b] = [all_a, all_b].map(|events| events.into_iter().nth(place));
    let step = a.iter().chain(&b).map(|event| event.step).min()?;
    let of_step = |event: Option<Event>| event.filter(|event| event.step == step);
    Some((step, of_step(a), of_step(b)))
}

#[test]
fn halving_finds_what_reading_both_logs_finds() {
    let mut found = 0;
    for seed in 0..60 {
        let mut world = RandomRun::new(seed);
        world.disturb(150, drop);
        let run = world.run();
        let original = run.replay().unwrap();
        let which = seed as usize % run.interventions.len();
        let varied = run.varied(&Edit::Without(which)).unwrap().run.replay().unwrap();
        for (a, b) in [(&original, &varied), (&varied, &original), (&original, &original)] {
            let difference = first_difference(a, b);
            found += u32::from(difference.is_some());
            let told = difference.map(|it| (it.step, it.a, it.b));
            assert_eq!(told, by_reading(a, b), "seed {seed}");
        }
    }
    assert!(found > 100, "{found}");
}

#[test]
fn the_present_of_the_runs_does_not_matter() {
    let mut a = proposed(Config::default());
    go_on(&mut a, 20);
    let mut b = a.clone();
    b.seek(9);
    b.apply(&Action::Crash { node: node(3) }).unwrap();
    let expected = first_difference(&a, &b);
    assert_eq!(expected.as_ref().map(|it| it.step), Some(10));
    for step in [0, 5, 10] {
        a.seek(step);
        b.seek(step);
        assert_eq!(first_difference(&a, &b), expected);
    }
}

#[test]
fn a_difference_is_told_in_sentences() {
    let says = |a: &History, b: &History| first_difference(a, b).unwrap().says;
    let mut a = proposed(Config::default());
    go_on(&mut a, 8);
    let mut b = a.clone();
    a.apply(&Action::Crash { node: node(3) }).unwrap();
    go_on(&mut b, 1);
    let at = a.now().schedule().now();
    let told = says(&a, &b);
    let begins = format!("Until step 9, at {at} ms, both are the same. Then here, at {at} ms: Server 3 crashes");
    assert!(told.starts_with(&begins) && told.contains(" There, at "), "{told}");

    let shorter = proposed(Config::default());
    let told = says(&shorter, &a);
    assert!(told.contains("Then here, the record ends. There, at "), "{told}");

    let mut settled = proposed(Config::default());
    while settled.step().is_some() {}
    let mut asked = settled.clone();
    asked.apply(&Action::Crash { node: node(2) }).unwrap();
    assert!(says(&asked, &settled).ends_with("There, nothing is left to happen."));

    let mut slower = proposed(Config { disk: (6, 6), ..Config::default() });
    go_on(&mut slower, 8);
    let told = says(&a, &slower);
    assert!(told.contains("Then the same comes at ") && told.contains("at 6 ms there: "), "{told}");

    let nothing = History::new(Config::default()).unwrap();
    let told = says(&nothing, &a);
    assert!(told.starts_with("Nothing is the same, from the first step on. Then here, nothing is left"), "{told}");
}

#[test]
fn as_json_each_event_is_as_its_own_run_writes_it() {
    let a = proposed(Config::default());
    let mut b = proposed(Config { ballots: Scheme::Ranges, ..Config::default() });
    go_on(&mut b, 4);
    let difference = first_difference(&a, &b).unwrap();
    let json = Json::from(&difference);
    let text = serde_json::to_string(&json).unwrap();
    let Json::Object(object) = &json else { panic!("{text}") };
    let fields: Vec<_> = object.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(fields, ["step", "at", "a", "b", "says"]);
    assert!(text.contains("\"ballot\":\"1.1\"") && text.contains("\"ballot\":\"0\""), "{text}");
}
