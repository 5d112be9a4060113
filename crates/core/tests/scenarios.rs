//! The scenarios that come with the program, as a teacher would look at them: complete, readable, and none of them
//! expecting something that is true of any run. That each leads to what it says is tested beside the code that plays it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quorum_core::json::{FromJson, Json, Object};
use quorum_core::scenario::{Checked, LOG_SCENARIOS, Played, SCENARIOS, Scenario};

/// Longest sentence, in characters: what one glance takes in.
const ONE_GLANCE: usize = 220;

/// Those of single-decree Paxos, then those of a replicated log.
fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    SCENARIOS.iter().chain(LOG_SCENARIOS)
}

/// Each list with the folder that it is in.
const FOLDERS: [(&str, &[(&str, &str)]); 2] = [("", SCENARIOS), ("log/", LOG_SCENARIOS)];

/// The names of the files in a folder of this crate, without folders.
fn files(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

fn object(text: &str) -> Object {
    match serde_json::from_str(text).expect("a scenario is JSON") {
        Json::Object(object) => object,
        other => panic!("a scenario is an object, not {other:?}"),
    }
}

fn play(object: &Object) -> Played {
    let scenario = Scenario::from_json(&object.clone().into(), "scenario").unwrap_or_else(|error| panic!("{error}"));
    scenario.play().unwrap_or_else(|error| panic!("{error}"))
}

fn list<'a>(object: &'a Object, field: &str) -> &'a [Json] {
    match object.get(field) {
        Some(Json::List(items)) => items,
        _ => &[],
    }
}

fn without(object: &Object, fields: &[&str]) -> Object {
    let mut rest = Object::new();
    object.iter().filter(|(name, _)| !fields.contains(name)).for_each(|(name, value)| {
        rest.push(name.to_string().into(), value.clone());
    });
    rest
}

/// What was said of the expectations themselves; the last one is that no invariant breaks.
fn asked(played: &Played) -> &[Checked] {
    let (last, asked) = played.checked.split_last().expect("that no invariant breaks is always expected");
    assert_eq!(last.says, "every invariant holds");
    asked
}

#[test]
fn every_file_is_a_scenario_and_every_scenario_has_its_own_name_title_and_subject() {
    let index = BTreeSet::from(["index.txt".to_owned()]);
    for (folder, listed) in FOLDERS {
        let listed: BTreeSet<_> = listed.iter().map(|(name, _)| format!("{name}.quorum.json")).collect();
        assert_eq!(&files(&format!("scenarios/{folder}")) - &index, listed);
    }
    let names: BTreeSet<_> = all().map(|(name, _)| name).collect();
    assert_eq!(names.len(), all().count(), "two scenarios have the same name");
    for field in ["title", "about"] {
        let texts: BTreeSet<_> = all().map(|(_, text)| object(text).required::<String>(field).unwrap()).collect();
        assert_eq!(texts.len(), all().count(), "two scenarios have the same {field}");
    }
    for (name, text) in all() {
        assert!(name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'), "{name}");
        let words = object(text).required::<String>("title").unwrap().split_whitespace().count();
        assert!((2..=6).contains(&words), "{name}: a title has 2 to 6 words");
    }
}

#[test]
fn every_scenario_is_told_in_a_few_short_sentences_each_at_a_moment_of_its_own() {
    for (name, text) in all() {
        let played = play(&object(text));
        let notes = &played.notes;
        assert!((3..=7).contains(&notes.len()), "{name} has {} notes", notes.len());
        for note in notes {
            let length = note.says.chars().count();
            assert!(length <= ONE_GLANCE, "{name}: {length} characters are too many: {}", note.says);
        }
        assert!(notes.is_sorted_by(|one, next| one.step < next.step), "{name}: two notes at one moment");
        assert!(notes.last().unwrap().step <= played.history.branch().length(), "{name}");
    }
}

#[test]
fn every_scenario_fits_into_a_link_with_its_notes() {
    for (name, text) in all() {
        let run = play(&object(text)).run();
        let link = quorum_link::to_link(&run).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(quorum_link::from_link(&link).unwrap().notes, run.notes, "{name}");
    }
}

#[test]
fn the_moment_at_which_nobody_knows_is_step_40() {
    let (_, text) = SCENARIOS.iter().find(|(name, _)| *name == "chosen-but-nobody-knows").unwrap();
    let scenario = without(&object(text), &["expect"]);
    let expect = r#"[{"chosen":"purple","step":40},{"knows":[],"step":40}]"#;
    let played = play(&scenario.with("expect", serde_json::from_str::<Json>(expect).unwrap()));
    assert!(played.is_as_expected(), "{:?}", played.checked);
    let Json::List(disks) = played.history.moment(40).disks() else { panic!("disks are a list") };
    let votes = |disk: &Json| matches!(disk, Json::Object(disk) if !list(disk, "accepted").is_empty());
    assert_eq!(disks.iter().map(votes).collect::<Vec<_>>(), [true, true, true, false, true]);
}

#[test]
fn an_idle_cluster_disappoints_every_scenario_at_least_three_times() {
    for (name, text) in all() {
        let object = object(text);
        let mut idle = without(&object, &["interventions", "notes", "until"]);
        if LOG_SCENARIOS.iter().any(|(known, _)| known == name) {
            // Heartbeats never end. It is looked at after as many steps.
            let steps = play(&object).history.branch().length();
            idle = idle.with("until", Object::new().with("step", steps));
        }
        let idle = play(&idle);
        let unmet = asked(&idle).iter().filter(|checked| !checked.met).count();
        assert!(unmet >= 3, "{name} expects only {unmet} things that are not true of a cluster that does nothing");
    }
}

#[test]
fn every_expectation_of_every_scenario_can_fail() {
    for (name, text) in all() {
        let scenario = object(text);
        let end = play(&scenario).history.branch().length();
        for expectation in list(&scenario, "expect") {
            let Json::Object(expectation) = expectation else { panic!("{name}: {expectation:?}") };
            let mutants = mutants(expectation, end);
            let played = play(&scenario.clone().set("expect", mutants.iter().cloned().collect::<Json>()));
            for (checked, mutant) in asked(&played).iter().zip(&mutants) {
                assert!(!checked.met, "{name}: {expectation:?} is expected, and {mutant:?} is true as well");
                assert_ne!(checked.seen, "", "{name}: {mutant:?}");
            }
        }
    }
}

/// The same expectation in other words, each of them wrong if it is right. `end` is the last step of the run.
fn mutants(expectation: &Object, end: u64) -> Vec<Object> {
    let has = |field: &str| expectation.iter().any(|(name, _)| name == field);
    let with = |field: &str, value: Json| expectation.clone().set(field, value);
    let never = || Json::from(Object::new().with("event", "proposed").with("value", "no such value"));
    let mut mutants = Vec::new();
    if has("chosen") {
        mutants.push(with("chosen", "no such value".into()));
        if expectation.get("chosen").is_some() {
            mutants.push(with("chosen", Json::Null));
        }
    } else if has("knows") {
        for server in [1_u32, 2].map(Json::from) {
            let mut servers = list(expectation, "knows").to_vec();
            let others = servers.len();
            servers.retain(|other| *other != server);
            if servers.len() == others {
                servers.push(server);
            }
            mutants.push(with("knows", Json::List(servers)));
        }
    } else if let Some(mutant) = another_of_a_log(expectation) {
        mutants.push(mutant);
    } else if has("ballots") {
        let ballots = expectation.required::<u64>("ballots").unwrap();
        mutants.extend([with("ballots", (ballots + 1).into()), with("ballots", (ballots - 1).into())]);
    } else if has("blockedUntil") {
        mutants.extend([with("blockedUntil", end.into()), with("blockedUntil", never())]);
    } else if has("duel") {
        mutants.push(with("duel", (expectation.required::<u64>("duel").unwrap() + 1).into()));
    } else if has("sent") {
        let times = expectation.required::<u64>("times").unwrap();
        mutants.push(with("times", (times + 1).into()));
        mutants
            .extend((times > 0).then(|| with("sent", Object::new().with("kind", "nack").with("ballot", "9.1").into())));
    } else if has("happens") {
        match expectation.optional::<u64>("times").unwrap() {
            Some(0) => mutants.push(with("times", 1_u64.into())),
            Some(times) => mutants.extend([with("times", (times + 1).into()), with("happens", never())]),
            None => mutants.extend([expectation.clone().with("times", 0_u64), with("happens", never())]),
        }
    } else {
        panic!("how is this contradicted? {expectation:?}");
    }
    // And none is met at a moment that never comes.
    for (field, moment) in [("step", Json::from(end + 1)), ("after", never())] {
        mutants.extend(has(field).then(|| with(field, moment)));
    }
    mutants
}

/// Of a log, the same with another client, server, slot or value.
fn another_of_a_log(expectation: &Object) -> Option<Object> {
    let (field, value) = expectation.iter().find(|(name, _)| {
        ["answered", "waiting", "holds", "leads", "believes", "applied", "slot", "linearizable"].contains(name)
    })?;
    let within = |name: &str, other: Json| match value {
        Json::Object(object) => object.clone().set(name, other).into(),
        _ => panic!("{field} is an object"),
    };
    let other: Json = match field {
        "answered" => within("result", "no such value".into()),
        "holds" => within("value", "no such value".into()),
        "applied" => within("slot", 1000_u32.into()),
        "slot" => within("is", Object::new().with("client", "z").with("seq", 1_u32).into()),
        "waiting" => ["z"].map(Json::from).into_iter().collect(),
        "believes" => Json::List(Vec::new()),
        "leads" if *value == Json::from(1_u32) => 2_u32.into(),
        "leads" => 1_u32.into(),
        // Where nobody has been answered yet, nothing is.
        _ => return Some(expectation.clone().with("step", 1_u32)),
    };
    Some(expectation.clone().set(field, other))
}

#[test]
fn the_example_for_those_who_write_their_own_plays_and_shows_what_it_says() {
    let page = include_str!("../../../docs/scenarios.md");
    let (_, rest) = page.split_once("```json\n").expect("there is an example");
    let (example, _) = rest.split_once("```").expect("the example ends");
    let example = object(example);
    let played = play(&example);
    assert!(played.is_as_expected(), "{:?}", played.checked);
    assert_eq!(played.notes.len(), list(&example, "notes").len());
    for (field, _) in example.iter() {
        assert!(page.contains(&format!("\n| `{field}` |")), "\"{field}\" is not explained");
    }
}

/// Tools list them without compiling this crate.
#[test]
fn the_index_beside_the_files_lists_them_in_the_order_they_teach_and_rules_are_numbered() {
    let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
    let names = |all: &[(&'static str, &str)]| all.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    assert_eq!(lines(include_str!("../scenarios/index.txt")), names(SCENARIOS));
    assert_eq!(lines(include_str!("../scenarios/log/index.txt")), names(LOG_SCENARIOS));
    let rules = quorum_core::paxos::Rule::ALL.map(quorum_core::paxos::Rule::as_str);
    assert_eq!(lines(include_str!("../counterexamples/index.txt")), rules);
}

/// Each scenario is also kept as the run it makes, in `played/`, so that a page can open it without playing it first.
/// `UPDATE_GOLDENFILES=1` writes it there.
#[test]
fn every_scenario_is_kept_as_the_run_it_makes() {
    let update = std::env::var_os("UPDATE_GOLDENFILES").is_some();
    for (folder, all) in FOLDERS {
        let directory = format!("{}/played/{folder}", env!("CARGO_MANIFEST_DIR"));
        for (name, text) in all {
            let path = format!("{directory}{name}.quorum.json");
            let run = serde_json::to_string_pretty(&Json::from(&play(&object(text)).run())).unwrap() + "\n";
            if update {
                fs::create_dir_all(&directory).and_then(|()| fs::write(&path, &run)).unwrap();
            }
            let kept = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(
                kept == run,
                "{path} is not the run of the scenario any more: write it anew, and look at the difference"
            );
        }
        assert_eq!(files(&format!("played/{folder}")).len(), all.len(), "a run is kept of no scenario");
    }
}
