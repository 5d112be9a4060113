//! No sentence is ever false, also with rules off or switched in the middle of a run.
//!
//! A witness reads the events of many runs ([`witness`]) and works out from the events before each what its server compared.
//! Every reason has to say just that, and every sentence has to name the rule that is off where that rule decided.

#[path = "support/witness/mod.rs"]
mod witness;

use std::fs;
use std::path::{Path, PathBuf};

use quorum_core::json::{FromJson, Json, Object};
use quorum_core::paxos::{Rule, Rules};
use quorum_core::run::{self, History, Run};
use quorum_core::scenario::{RandomRun, SCENARIOS, Scenario};
use witness::{Event, Witness};

/// Random worlds for each rule.
const WORLDS: u64 = 100;
/// Steps of each.
const STEPS: u32 = 60;

fn parse(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The files of a directory of this crate, by name.
fn files(directory: &str) -> Vec<(String, Json)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut paths: Vec<PathBuf> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: &PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), parse(&fs::read_to_string(path).unwrap()))
    };
    paths.iter().map(read).collect()
}

/// The run of a scenario; `None` where the file is there to be refused.
fn played(scenario: &Json) -> Option<History> {
    Some(Scenario::from_json(scenario, "scenario").ok()?.play().ok()?.history)
}

fn replayed(name: &str, run: &Json) -> History {
    let run = Run::from_json(run, "run").unwrap_or_else(|error| panic!("{name}: {error}"));
    run.replay().unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn counterexamples() -> Vec<(String, History)> {
    let all = files("counterexamples").into_iter().map(|(name, run)| (name.clone(), replayed(&name, &run)));
    all.collect()
}

/// Counterexamples, scenarios, and runs that people made to see a rule fail.
fn told() -> Vec<(String, History)> {
    let mut runs = counterexamples();
    for (name, text) in SCENARIOS {
        runs.push(((*name).into(), played(&parse(text)).unwrap()));
    }
    for (name, scenario) in files("tests/told") {
        runs.extend(played(&scenario).map(|history| (name, history)));
    }
    runs
}

/// The events of a run, step by step.
fn steps(history: &History) -> Vec<Vec<Event>> {
    let scheme = history.now().config().ballots;
    let events = history.events(0, history.branch().length());
    events.chunk_by(|one, next| one.step == next.step).map(|step| told_as_json(step, scheme)).collect()
}

fn told_as_json(events: &[run::Event], scheme: quorum_core::paxos::Scheme) -> Vec<Event> {
    events.iter().map(|event| Event::of(event.json(scheme))).collect()
}

#[test]
fn in_every_run_that_is_kept_every_reason_is_true() {
    let mut wrong = Vec::new();
    for (name, history) in told() {
        let mut witness = Witness::new(&history.moment(0));
        let mut objections = Vec::new();
        steps(&history).iter().for_each(|step| witness.read(step, &mut objections));
        wrong.extend(objections.into_iter().map(|objection| format!("{name}: {objection}")));
    }
    assert!(wrong.is_empty(), "{} objections\n{}", wrong.len(), wrong.join("\n"));
}

/// Reads a world as it comes about: without a rule, or with one that is switched off and on again on the way.
fn objections(seed: u64, rule: Rule, switched: bool) -> Vec<String> {
    let mut world = RandomRun::under(seed, if switched { Rules::default() } else { Rules::without(&[rule]) });
    let scheme = world.simulation().config().ballots;
    let mut witness = Witness::new(world.simulation());
    let (mut found, mut step) = (Vec::new(), Vec::<run::Event>::new());
    let mut read = |event: Option<run::Event>, found: &mut Vec<String>| {
        if step.last().is_some_and(|last| event.as_ref().is_none_or(|event| event.step != last.step)) {
            witness.read(&told_as_json(&step, scheme), found);
            step.clear();
        }
        step.extend(event);
    };
    world.disturb(STEPS / 3, |event| read(Some(event), &mut found));
    for on in [false, true] {
        if switched {
            world.switch(rule, on).into_iter().for_each(|event| read(Some(event), &mut found));
        }
        world.disturb(STEPS / 3, |event| read(Some(event), &mut found));
    }
    read(None, &mut found);
    found.into_iter().map(|objection| format!("{} world {seed}: {objection}", rule.as_str())).collect()
}

fn read_worlds(worlds: u64, switched: bool) {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let share = Rule::ALL.len().div_ceil(threads);
    let read = |rules: &[Rule]| -> Vec<String> {
        let all = rules.iter().flat_map(|rule| (0..worlds).map(move |seed| (*rule, seed)));
        all.flat_map(|(rule, seed)| objections(seed, rule, switched)).collect()
    };
    let found: Vec<String> = std::thread::scope(|scope| {
        let reading: Vec<_> = Rule::ALL.chunks(share).map(|rules| scope.spawn(move || read(rules))).collect();
        reading.into_iter().flat_map(|thread| thread.join().expect("reading does not panic")).collect()
    });
    let shown: Vec<_> = found.iter().take(40).map(String::as_str).collect();
    assert!(found.is_empty(), "{} objections\n{}", found.len(), shown.join("\n"));
}

#[test]
fn in_random_worlds_without_each_rule_every_reason_is_true() {
    read_worlds(WORLDS, false);
}

#[test]
fn where_a_rule_is_switched_in_the_middle_of_a_run_every_reason_is_true() {
    read_worlds(WORLDS, true);
}

/// One way to make an event say what is not so; `None` where it has nothing to alter.
type Plant = fn(&Object) -> Option<Object>;

fn reason(event: &Object) -> Option<&Object> {
    match event.get("because")? {
        Json::Object(reason) => Some(reason),
        _ => None,
    }
}

fn with_reason(event: &Object, name: &str, value: Option<Json>) -> Option<Object> {
    let because = reason(event)?.clone();
    because.get(name)?;
    Some(event.clone().set("because", because.set(name, value?).into()))
}

/// Another ballot than this one.
fn other_ballot(json: &Json) -> Option<Json> {
    match json {
        Json::Text(ballot) if ballot != "7.2" => Some("7.2".into()),
        Json::Text(_) => Some("8.2".into()),
        _ => None,
    }
}

fn but_one(json: &Json) -> Option<Json> {
    match json {
        Json::List(list) => Some(Json::List(list[1..].to_vec())),
        _ => None,
    }
}

fn one_more(json: &Json) -> Option<Json> {
    match json {
        Json::Number(number) => Some(Json::Number(number + 1.0)),
        _ => None,
    }
}

fn altered(event: &Object, name: &str, alter: fn(&Json) -> Option<Json>) -> Option<Object> {
    with_reason(event, name, alter(reason(event)?.get(name)?))
}

const PLANTS: [(&str, Plant); 10] = [
    ("no reason", |event| {
        reason(event)?;
        let decided = !matches!(event.get("event"), Some(Json::Text(kind)) if kind == "dropped" || kind == "restarted");
        decided.then(|| event.clone().set("because", Json::Null))
    }),
    ("another kind of reason", |event| altered(event, "kind", |_| Some("because-i-say-so".into()))),
    ("another promise", |event| altered(event, "promised", other_ballot)),
    ("another vote", |event| altered(event, "voted", other_ballot)),
    ("an answer less", |event| altered(event, "have", but_one)),
    ("one more needed", |event| altered(event, "needed", one_more)),
    ("another round used", |event| altered(event, "used", one_more)),
    ("a rule that was never off", |event| {
        let mut altered = event.clone();
        reason(event)?;
        if event.get("although").is_some() {
            return None;
        }
        altered.push("although".into(), "wiped-stays-silent".into());
        Some(altered)
    }),
    ("no rule", |event| event.get("although").map(|_| event.clone().set("although", Json::Null))),
    ("a rule that is not named", |event| {
        event.get("although").map(|_| event.clone().set("why", "Something happened.".into()))
    }),
];

/// Whatever is planted in whichever event of a counterexample, the witness objects.
#[test]
fn whoever_plants_a_wrong_reason_is_found_out() {
    let mut planted = [0; PLANTS.len()];
    for (name, history) in counterexamples() {
        let mut witness = Witness::new(&history.moment(0));
        for step in steps(&history) {
            for place in 0..step.len() {
                for ((what, plant), count) in PLANTS.iter().zip(&mut planted) {
                    let Some(event) = plant(&step[place].0) else { continue };
                    if name.starts_with("wiped-stays-silent") && *what == "a rule that was never off" {
                        continue;
                    }
                    *count += 1;
                    let (mut witness, mut step, mut found) = (witness.clone(), step.clone(), Vec::new());
                    step[place] = Event(event);
                    witness.read(&step, &mut found);
                    let event = Json::from(step[place].0.clone()).to_string();
                    assert!(!found.is_empty(), "{name}: nobody objects to {what} in {event}");
                }
            }
            witness.read(&step, &mut Vec::new());
        }
    }
    for ((what, _), count) in PLANTS.iter().zip(planted) {
        assert!(count >= 5, "{what} was planted {count} times only");
    }
}

/// Sentences that are false as soon as a rule is off.
#[test]
fn a_sentence_that_is_false_without_a_rule_is_found_out() {
    let plants = [
        ("keep-promise", "chosen", "so", "It can never be undone."),
        (
            "persist-before-reply",
            "accepted",
            "so",
            "A vote may leave only once it is durable on server 1’s disk: after a crash before that, it was never cast.",
        ),
        ("recover-state", "durable", "why", "The promise 1.1 is durable on server 1: it survives a crash."),
        ("persist-round", "prepares", "so", "… so that a crash cannot make it be used twice."),
        ("phase-1-intersects", "free-choice", "so", "Nothing can have been chosen below 2.2: …"),
        ("adopt-reported", "violated", "why", "Phase2a(2.2, red) is no step of the specification."),
    ];
    let runs = counterexamples();
    for (rule, kind, field, sentence) in plants {
        let (_, history) = runs.iter().find(|(name, _)| name.starts_with(&format!("{rule}."))).unwrap();
        let mut witness = Witness::new(&history.moment(0));
        let (mut found, mut planted) = (Vec::new(), 0);
        for mut step in steps(history) {
            for event in
                step.iter_mut().filter(|event| event.kind() == kind && !event.text("why").starts_with("The note"))
            {
                let mut changed = event.0.clone();
                if changed.get(field).is_none() {
                    changed.push(field.into(), Json::Null);
                }
                *event = Event(changed.set(field, sentence.into()));
                planted += 1;
            }
            witness.read(&step, &mut found);
        }
        assert!(planted > 0 && found.len() == planted, "{rule}: {planted} times “{sentence}”, {found:#?}");
    }
}
