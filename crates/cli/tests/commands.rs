//! Every command, as the contract has it: what it prints, for people and for machines, and how it ends.

mod support;

use quorum_core::scenario::{CHALLENGES, LOG_CHALLENGES, LOG_SCENARIOS, SCENARIOS};
use quorum_export::Format;
use serde_json::{Value, json};
use std::fs;
use support::{UNMET, fields, files, quorum};
use tempfile::tempdir;

#[test]
fn run_tells_the_story_and_leaves_the_log_and_the_disks() {
    let here = tempdir().unwrap();
    let said = quorum(here.path(), &["run", "--scenario", "first-agreement"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("First agreement\n===============\n"), "{}", said.out);
    assert!(said.out.contains("blue is chosen: a quorum,") && said.out.contains("✓ blue is chosen"), "{}", said.out);
    assert!(said.err.contains("first-agreement.jsonl"), "{}", said.err);
    let expected = ["logs/first-agreement.jsonl", "state/server-1.json", "state/server-2.json", "state/server-3.json"];
    assert_eq!(files(here.path()), expected);
    let log = fs::read_to_string(here.path().join(expected[0])).unwrap();
    let first: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!((&first["event"], &first["step"], &first["value"]), (&json!("proposed"), &json!(1), &json!("blue")));
    let disk: Value = serde_json::from_str(&fs::read_to_string(here.path().join(expected[1])).unwrap()).unwrap();
    assert_eq!(disk["accepted"][0]["value"], "blue");
}

#[test]
fn run_in_json_is_as_the_contract_says() {
    let here = tempdir().unwrap();
    let run = quorum(here.path(), &["run", "--scenario", "first-agreement", "--json"]).json();
    let contract = ["at", "chosen", "digest", "ended", "expectations", "learned", "messages", "steps", "violations"];
    assert_eq!(fields(&run), contract);
    assert_eq!(run["chosen"][0]["value"], "blue");
    assert_eq!(run["learned"]["1"], json!([{"slot": 0, "value": "blue"}]));
    assert_eq!(run["violations"], json!([]));
    assert_eq!(fields(&run["messages"]), ["delivered", "dropped", "sent"]);
    assert!(run["messages"]["sent"].as_u64() > Some(10));
    assert_eq!(run["digest"].as_str().map(str::len), Some(16));
    let met = run["expectations"].as_array().unwrap();
    assert!(!met.is_empty() && met.iter().all(|expectation| expectation["met"] == true), "{met:?}");
    assert!(met[0]["says"].is_string());
}

#[test]
fn run_takes_another_seed_and_stops_where_it_is_told_to() {
    let here = tempdir().unwrap();
    let run = |more: &[&str]| {
        let said = quorum(here.path(), &[&["run", "--scenario", "first-agreement", "--json"], more].concat());
        // What a scenario expects need not come true with another seed.
        assert!(said.code < 2, "{}", said.err);
        said.json()
    };
    assert_ne!(run(&["--seed", "7"])["digest"], run(&[])["digest"]);
    assert_eq!(run(&["--seed", "7"])["digest"], run(&["--seed", "7"])["digest"]);
    let short = run(&["--steps", "9"]);
    assert_eq!((&short["steps"], &short["chosen"], &short["expectations"]), (&json!(9), &json!([]), &json!([])));
}

#[test]
fn a_run_travels_in_its_link_and_comes_back_as_the_same_run() {
    let here = tempdir().unwrap();
    let first = quorum(here.path(), &["run", "--scenario", "first-agreement", "--json", "--link"]).json();
    let link = first["link"].as_str().unwrap();
    assert!(link.starts_with("#q1."), "{link}");
    let said = quorum(here.path(), &["run", "--scenario", "first-agreement", "--link"]);
    assert_eq!(said.out.lines().last(), Some(link), "for people, it is the last line");
    for text in [link, &link[1..], &format!("https://example.org/lab/?x=1{link}")] {
        let again = quorum(here.path(), &["run", text, "--json"]);
        assert_eq!(again.code, 0, "{}", again.err);
        assert_eq!(again.json()["digest"], first["digest"]);
        let picture = quorum(here.path(), &["export", text, "--format", "svg"]);
        assert!(picture.out.starts_with("<svg "), "{}", picture.err);
    }
}

#[test]
fn a_run_in_a_file_is_replayed_to_its_end_wherever_it_points() {
    let here = tempdir().unwrap();
    let mut world = quorum_core::scenario::RandomRun::new(5);
    world.disturb(60, drop);
    let mut run = world.run();
    run.cursor = 3;
    let json = quorum_core::json::Json::from(&run).to_string();
    fs::write(here.path().join("world.quorum.json"), json).unwrap();
    let said = quorum(here.path(), &["run", "world.quorum.json", "--json"]);
    let (steps, digest) = (json!(run.length), json!(run.digest));
    assert!(run.length > 30, "it happened");
    assert_eq!((&said.json()["steps"], &said.json()["digest"]), (&steps, &digest), "{}", said.err);
    assert!(here.path().join("logs/world.jsonl").exists());
}

#[test]
fn an_expectation_that_is_not_met_fails_and_says_what_was_expected_and_what_was_seen() {
    let here = tempdir().unwrap();
    fs::write(here.path().join("wrong.quorum.json"), UNMET).unwrap();
    let said = quorum(here.path(), &["run", "wrong.quorum.json"]);
    assert_eq!(said.code, 1);
    let line = said.out.lines().find(|line| line.starts_with('✗')).expect("a line says so");
    assert!(line.contains("white is chosen") && line.contains("seen: ") && line.contains("blue"), "{line}");
    let said = quorum(here.path(), &["run", "wrong.quorum.json", "--json"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.json()["expectations"][0]["met"], false);
}

#[test]
fn demo_plays_the_first_scenarios() {
    let here = tempdir().unwrap();
    let said = quorum(here.path(), &["demo"]);
    assert_eq!((said.code, said.out.contains("First agreement\n")), (0, true), "{}", said.err);
    let demo = quorum(here.path(), &["demo", "--count", "2", "--json"]).json();
    let played = demo["scenarios"].as_array().unwrap();
    assert_eq!(played.len(), 2);
    assert_eq!((&played[0]["scenario"], &played[0]["chosen"][0]["value"]), (&json!("first-agreement"), &json!("blue")));
    assert_eq!(files(here.path()), [""; 0], "a demonstration leaves nothing behind");
}

#[test]
fn demo_plays_the_first_scenarios_of_a_log_when_asked_and_run_counts_their_messages() {
    let here = tempdir().unwrap();
    let demo = quorum(here.path(), &["demo", "--protocol", "log", "--json"]).json();
    let names: Vec<_> = demo["scenarios"].as_array().unwrap().iter().map(|played| &played["scenario"]).collect();
    assert_eq!(names, ["from-one-value-to-a-log", "steady-leader", "gap-filled"]);
    let said = quorum(here.path(), &["run", "--scenario", "steady-leader", "--json"]);
    let expectations = said.json()["expectations"].clone();
    assert_eq!(said.code, 0, "{}", said.err);
    for kind in ["accept", "accepted"] {
        let says = format!("servers send each other, times 20: kind {kind}");
        let found = expectations.as_array().unwrap().iter().find(|it| it["says"] == says.as_str());
        assert_eq!(found.expect("it is counted")["met"], true);
    }
}

#[test]
fn demo_goes_by_ideas_or_by_messages_or_by_everything() {
    let here = tempdir().unwrap();
    let told = |size: &str| {
        let said = quorum(here.path(), &["demo", "--count", "9", "--beats", size]);
        assert_eq!(said.code, 0, "{}", said.err);
        said.out
    };
    let [ideas, messages, everything] = ["ideas", "messages", "everything"].map(told);
    assert_eq!(quorum(here.path(), &["demo", "--count", "9"]).out, ideas);
    let lines = |text: &str| text.lines().count();
    assert!(lines(&ideas) < lines(&messages) && lines(&messages) < lines(&everything));
    assert!(ideas.lines().any(|line| line.trim_start().starts_with("… ") && line.ends_with(" ms later")), "{ideas}");
    let chosen = ideas.find("blue is chosen: a quorum").expect("it is chosen");
    let known = ideas.find("It is the first to know.").expect("somebody knows");
    assert!(chosen < known);
    let refused = quorum(here.path(), &["demo", "--beats", "huge"]);
    assert_eq!(refused.code, 2);
}

#[test]
fn scenarios_lists_every_one_and_checks_them_when_asked() {
    let here = tempdir().unwrap();
    let said = quorum(here.path(), &["scenarios"]);
    let (scenarios, challenges) = (SCENARIOS.len() + LOG_SCENARIOS.len(), CHALLENGES.len() + LOG_CHALLENGES.len());
    // A line for each, and two between the groups.
    assert_eq!((said.code, said.out.lines().count()), (0, scenarios + 4 + challenges));
    let said = quorum(here.path(), &["scenarios", "--check", "--json"]);
    let json = said.json();
    let list = json["scenarios"].as_array().unwrap();
    assert_eq!((said.code, list.len()), (0, scenarios));
    for (scenario, (name, _)) in list.iter().zip(SCENARIOS.iter().chain(LOG_SCENARIOS)) {
        assert_eq!(fields(scenario), ["about", "expectations", "name", "title"]);
        assert_eq!(scenario["name"], *name);
    }
    let list = json["challenges"].as_array().unwrap();
    assert_eq!(list.len(), challenges);
    for (challenge, (name, _)) in list.iter().zip(CHALLENGES.iter().chain(LOG_CHALLENGES)) {
        assert_eq!(fields(challenge), ["about", "name", "solution", "title"]);
        assert_eq!(challenge["name"], *name);
        assert!(challenge["solution"]["met"].is_u64(), "{name}");
    }
    let said = quorum(here.path(), &["scenarios", "--check"]);
    assert!(
        said.code == 0 && !said.out.contains('✗') && said.err.is_empty(),
        "no bar where nobody watches: {}",
        said.err
    );
}

#[test]
fn run_judges_a_run_by_the_goal_of_a_challenge_and_ends_accordingly() {
    let here = tempdir().unwrap();
    let name = "a-lost-vote";
    let (_, text) = CHALLENGES.iter().find(|(known, _)| *known == name).unwrap();
    let mut challenge: Value = serde_json::from_str(text).unwrap();
    let mut tries = |field: &str| {
        let start = challenge["interventions"].as_array().unwrap().clone();
        let more = if field == "solution" { &challenge["solution"] } else { &challenge["wrong"][0] };
        let all = [&start[..], more.as_array().unwrap()].concat();
        let file = format!("{field}.quorum.json");
        let scenario = json!({ "quorum": 1, "config": challenge["config"].take(), "interventions": all });
        challenge["config"] = scenario["config"].clone();
        fs::write(here.path().join(&file), scenario.to_string()).unwrap();
        file
    };
    let (right, wrong) = (tries("solution"), tries("wrong"));
    let judged = |file: &str, more: &[&str]| quorum(here.path(), &[&["run", "--challenge", name, file], more].concat());
    let said = judged(&right, &[]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.ends_with("✓ blue is chosen\nDone at step 30.\n"), "{}", said.out);
    let said = judged(&wrong, &[]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.out.contains("✗ a crash takes a vote that is not durable yet (seen: no crash takes a vote)"));
    assert!(said.out.ends_with("Not done.\n"), "{}", said.out);
    // What is judged may as well be a link.
    let link = quorum(here.path(), &["run", &right, "--json", "--link"]).json()["link"].as_str().unwrap().to_owned();
    let verdict = judged(&link, &["--json"]).json()["challenge"].clone();
    assert_eq!((&verdict["met"], &verdict["lost"]), (&json!(30), &Value::Null));
    let said = quorum(here.path(), &["run", "--challenge", name, "--scenario", "first-agreement"]);
    assert!(said.code == 1 && said.out.contains("Not done. This run does not begin where the goal was set."));
    let said = quorum(here.path(), &["run", "--challenge", "nothing", &right]);
    assert!(said.code == 2 && said.err.contains("There is no challenge \"nothing\"."), "{}", said.err);
}

#[test]
fn export_writes_every_format_to_standard_output_or_into_a_file() {
    let here = tempdir().unwrap();
    for format in Format::ALL {
        let export = ["export", "--scenario", "first-agreement", "--format", format.as_str()];
        let said = quorum(here.path(), &export);
        assert!(said.code == 0 && said.out.len() > 500 && said.err.is_empty(), "{}: {}", format.as_str(), said.err);
        let file = format!("deep/down/run.{}", format.extension());
        let into = quorum(here.path(), &[&export[..], &["-o", &file]].concat());
        assert_eq!((into.code, into.out.as_str()), (0, ""), "{}", into.err);
        assert!(into.err.contains(&file), "{}", into.err);
        assert_eq!(fs::read_to_string(here.path().join(&file)).unwrap(), said.out);
        let json = quorum(here.path(), &[&export[..], &["--json"]].concat()).json();
        assert_eq!((&json["format"], &json["text"]), (&json!(format.as_str()), &json!(said.out)));
        let json = quorum(here.path(), &[&export[..], &["--json", "-o", &file]].concat()).json();
        assert_eq!(fields(&json), ["bytes", "file", "format", "from", "to"]);
        assert_eq!(json["bytes"], said.out.len());
    }
    assert!(files(here.path()).iter().all(|file| !file.ends_with(".part")), "{:?}", files(here.path()));
}

#[test]
fn a_log_is_exported_in_every_format() {
    let here = tempdir().unwrap();
    for format in Format::ALL {
        let said = quorum(here.path(), &["export", "--scenario", "steady-leader", "--format", format.as_str()]);
        assert!(said.code == 0 && said.out.contains("chosen"), "{}: {}", format.as_str(), said.err);
    }
}

#[test]
fn export_takes_an_excerpt() {
    let here = tempdir().unwrap();
    let lines = ["export", "--scenario", "first-agreement", "--format", "jsonl", "--from", "3", "--to", "5"];
    let said = quorum(here.path(), &lines);
    let steps: Vec<u64> =
        said.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["step"].as_u64().unwrap()).collect();
    assert_eq!((steps.first(), steps.last()), (Some(&3), Some(&5)));
}

#[test]
fn a_picture_of_the_stage_is_of_one_step_and_carries_its_note() {
    let here = tempdir().unwrap();
    let stage = ["export", "--scenario", "chosen-but-nobody-knows", "--format", "stage", "--step"];
    let said = quorum(here.path(), &[&stage[..], &["40"]].concat());
    assert!(
        said.out.contains("step 40, 134 ms") && said.out.contains("A third vote for purple is durable."),
        "{}",
        said.out
    );
    assert!(said.out.contains("by 1, 2 and 3"), "it says who chose it: {}", said.out);
    let said = quorum(here.path(), &[&stage[..], &["4000"]].concat());
    assert_eq!(said.code, 2);
    assert!(said.err.contains("there is no step 4000: chosen-but-nobody-knows has"), "{}", said.err);
}

#[test]
fn fuzz_says_the_same_whatever_the_number_of_threads() {
    let here = tempdir().unwrap();
    let fuzz = |threads: &str| {
        let said = quorum(
            here.path(),
            &["fuzz", "--seeds", "60", "--from", "7", "--steps", "150", "--threads", threads, "--json"],
        );
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(said.err, "", "no bar where nobody watches");
        let mut json = said.json();
        assert!(json["seconds"].is_f64() || json["seconds"].is_u64());
        json["seconds"] = Value::Null;
        json
    };
    let alone = fuzz("1");
    assert_eq!(fields(&alone), ["faults", "outOfBallots", "seconds", "seeds", "steps", "unconverged", "violations"]);
    assert_eq!((&alone["seeds"], &alone["violations"], &alone["unconverged"]), (&json!(60), &json!([]), &json!([])));
    assert!(alone["steps"].as_u64() > Some(60 * 150));
    for fault in ["crashed", "dropped", "held", "partitioned", "paused"] {
        assert!(alone["faults"][fault].as_u64() > Some(0), "{fault}: {alone}");
    }
    let steps = |from: &str, seeds: &str| {
        let said = quorum(here.path(), &["fuzz", "--seeds", seeds, "--from", from, "--steps", "150", "--json"]);
        said.json()["steps"].as_u64().unwrap()
    };
    assert_eq!(steps("7", "20") + steps("27", "40"), alone["steps"].as_u64().unwrap(), "the same worlds, in two parts");
    assert_ne!(steps("7", "1"), steps("8", "1"));
    assert_eq!(alone, fuzz("2"));
    assert_eq!(alone, fuzz("7"));
    let said = quorum(here.path(), &["fuzz", "--seeds", "3", "--steps", "20"]);
    assert!(said.out.contains("3 worlds") && said.out.contains("✓"), "{}", said.out);
}

#[test]
fn every_command_says_how_to_use_it() {
    let here = tempdir().unwrap();
    let main = quorum(here.path(), &["--help"]);
    assert!(main.code == 0 && main.out.contains("Exit codes: 0 "), "{}", main.out);
    for command in ["demo", "run", "export", "check", "fuzz", "scenarios"] {
        assert!(main.out.contains(&format!("  {command} ")), "{}", main.out);
        let said = quorum(here.path(), &[command, "--help"]);
        assert!(said.code == 0 && said.out.contains("--json") && said.out.contains("Usage: quorum"), "{command}");
        for line in said.out.lines().filter(|line| line.trim_start().starts_with("--")) {
            let has_words = line.trim_start().split_once("  ").is_some_and(|(_, says)| says.trim().len() > 10);
            let next = said.out.lines().skip_while(|other| *other != line).nth(1).unwrap_or_default();
            assert!(has_words || next.trim().len() > 10, "{command} {line} is not explained");
        }
    }
}
