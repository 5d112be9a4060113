//! `quorum check`: what it answers, for people and for machines, and what it refuses.

mod support;

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use support::{fields, quorum};
use tempfile::tempdir;

fn check(arguments: &[&str]) -> (i32, Value) {
    let here = tempdir().unwrap();
    let said = quorum(here.path(), &[&["check", "--json"], arguments].concat());
    assert!(said.code != 2, "{}", said.err);
    let mut answer = said.json();
    assert!(answer["seconds"].as_f64().is_some_and(|seconds| seconds >= 0.0));
    answer.as_object_mut().unwrap().remove("seconds");
    (said.code, answer)
}

/// The default bounds: every state, and the same on any number of threads.
#[test]
fn with_every_rule_on_all_states_keep_agreement_on_any_number_of_threads() {
    let (code, one) = check(&["--threads", "1"]);
    let (_, two) = check(&["--threads", "2"]);
    assert_eq!(one, two);
    assert_eq!((code, &one["states"], &one["depth"], &one["complete"]), (0, &json!(394_460), &json!(26), &json!(true)));
    assert_eq!((&one["violation"], &one["says"]), (&Value::Null, &json!("3 servers, 2 values, 3 ballots")));
    let properties = one["properties"].as_array().unwrap();
    assert!(properties.iter().all(|property| property["holds"] == true), "{properties:?}");
    assert!(properties.iter().any(|property| property["kind"] == "sometimes"));
    assert!(one["bytesPerState"].as_u64().is_some_and(|bytes| bytes <= 64), "{}", one["bytesPerState"]);
}

#[test]
fn the_specification_has_the_states_it_is_known_to_have() {
    for (ballots, states, depth) in [("2", 3921, 17), ("3", 185_369, 25)] {
        let (_, answer) = check(&["--spec", "--ballots", ballots]);
        assert_eq!(
            (&answer["states"], &answer["depth"], &answer["model"]),
            (&json!(states), &json!(depth), &json!("spec"))
        );
    }
    let (_, merged) = check(&["--spec", "--merged"]);
    assert_eq!((&merged["states"], &merged["depth"]), (&json!(17_153), &json!(25)));
    let (code, _) = check(&["--spec", "--off", "accept-promises", "--ballots", "2"]);
    let (broken, answer) = check(&["--spec", "--off", "accept-promises"]);
    assert_eq!((code, broken, &answer["violation"]["length"]), (0, 1, &json!(17)));
    assert!(answer["violation"]["steps"][0].as_str().is_some_and(|step| step.starts_with("Phase1a")));
}

/// The run that is found can be played like any other, and ends where it was said to end.
#[test]
fn without_a_rule_the_shortest_run_is_given_and_plays() {
    let (code, answer) = check(&["--off", "persist-accepted"]);
    assert_eq!((code, &answer["off"]), (1, &json!(["persist-accepted"])));
    let violation = &answer["violation"];
    assert_eq!(fields(violation), ["length", "property", "run", "says"]);
    assert_eq!((&violation["property"], &violation["length"]), (&json!("one-value-chosen"), &json!(15)));
    let here = tempdir().unwrap();
    fs::write(here.path().join("found.quorum.json"), violation["run"].to_string()).unwrap();
    let played = quorum(here.path(), &["run", "found.quorum.json", "--json"]);
    assert_eq!(played.code, 1, "{}", played.err);
    let played = played.json();
    assert_eq!(played["steps"], violation["run"]["length"]);
    assert!(played["violations"].to_string().contains("Agreement is broken"), "{}", played["violations"]);
}

#[test]
fn a_search_can_go_on_from_any_step_of_any_run() {
    let from = ["--from", "two-proposers", "--step", "30"];
    let (code, safe) = check(&from);
    assert_eq!((code, &safe["complete"], &safe["violation"]), (0, &json!(true), &Value::Null));
    let can = safe["properties"].as_array().unwrap();
    assert!(can.iter().any(|it| it["name"] == "a value is chosen" && it["holds"] == true), "{can:?}");
    let (code, broken) = check(&[&from[..], &["--off", "keep-promise"]].concat());
    assert_eq!(code, 1);
    let interventions = broken["violation"]["run"]["interventions"].as_array().unwrap();
    let switched = interventions.iter().find(|it| it["action"]["type"] == "rule").unwrap();
    assert_eq!((&switched["step"], &switched["action"]["rule"]), (&json!(30), &json!("keep-promise")));
}

#[test]
fn where_it_has_gone_wrong_already_the_answer_says_so() {
    let here = tempdir().unwrap();
    let found = check(&["--off", "keep-promise"]).1["violation"]["run"].clone();
    fs::write(here.path().join("found.quorum.json"), found.to_string()).unwrap();
    let last = found["length"].to_string();
    let again = quorum(here.path(), &["check", "--from", "found.quorum.json", "--step", &last, "--json"]);
    let violation = again.json()["violation"].clone();
    assert_eq!((again.code, &violation["length"]), (1, &json!(0)), "{}", again.err);
    let note = violation["run"]["notes"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(note["step"], found["length"]);
    let says = note["says"].as_str().unwrap();
    assert!(says.contains("It has happened already. At step") && says.contains("Agreement is broken"), "{says}");
}

/// The rule is off in the run's own config, and not in the question.
#[test]
fn a_search_names_every_rule_that_is_off_in_the_world_it_went_on_from() {
    let here = tempdir().unwrap();
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/told/a_vote_that_was_no_promise.quorum.json");
    let from = ["check", "--from", run.to_str().unwrap(), "--step", "48"];
    let said = quorum(here.path(), &from);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.out.starts_with("Within 3 servers, 1 value, 2 ballots and with the rule accept-promises off"),
        "{}",
        said.out
    );
    let answer = quorum(here.path(), &[&from[..], &["--json"]].concat()).json();
    assert_eq!(answer["off"], json!(["accept-promises"]));
}

/// A proposer does not wait for votes in a search, and with as many of them as servers nobody else does.
#[test]
fn what_servers_believe_is_left_open_where_nobody_listens() {
    let (_, answer) = check(&["--proposers", "3", "--ballots", "1"]);
    let holds = |name: &str| {
        let properties = answer["properties"].as_array().unwrap();
        properties.iter().find(|property| property["name"] == name).unwrap()["holds"].clone()
    };
    assert_eq!(answer["complete"], true);
    assert_eq!((holds("one-value-chosen"), holds("a value is chosen")), (json!(true), json!(true)));
    assert_eq!((holds("only-chosen-learned"), holds("a value is learned")), (Value::Null, Value::Null));
}

#[test]
fn what_was_not_looked_at_is_never_called_safe() {
    let (code, answer) = check(&["--max-states", "5000"]);
    assert_eq!((code, &answer["complete"], &answer["budgetReached"]), (3, &json!(false), &json!(true)));
    let undecided = answer["properties"].as_array().unwrap().iter().filter(|it| it["kind"] == "always");
    assert!(undecided.clone().count() > 0 && undecided.clone().all(|it| it["holds"].is_null()));
    let here = tempdir().unwrap();
    let said = quorum(here.path(), &["check", "--max-states", "5000"]).out;
    assert!(said.contains("budget was reached") && said.contains("does not mean safe"), "{said}");
    assert!(said.contains("3 servers, 2 values, 3 ballots"), "{said}");
}

#[test]
fn one_state_is_one() {
    let here = tempdir().unwrap();
    let nothing = ["check", "--servers", "1", "--values", "0", "--ballots", "0"];
    let said = quorum(here.path(), &nothing).out;
    assert!(said.contains("keeps agreement: the only state was visited.\n"), "{said}");
    let said = quorum(here.path(), &["check", "--max-states", "1"]).out;
    assert!(said.contains("was reached after 1 state within"), "{said}");
}

#[test]
fn questions_that_make_no_sense_are_refused_with_a_sentence() {
    let here = tempdir().unwrap();
    for (arguments, says) in [
        (&["--off", "gravity"][..], "no rule \"gravity\". There are: keep-promise, accept-promises"),
        (&["--servers", "7", "--ballots", "8"], "no search gets through more than"),
        (&["--servers", "9"], "up to 7 servers, and this one would have 9. Search within fewer."),
        (&["--servers", "0"], "at least one server"),
        (&["--spec", "--off", "keep-promise"], "has no rule keep-promise"),
        (&["--spec", "--servers", "7", "--ballots", "8"], "take fewer of them"),
        (&["--from", "steady-leader", "--values", "2"], "--values is about a single decision"),
        (&["--from", "two-proposers", "--step", "9999"], "There is no step 9999"),
        (&["--from", "two-proposers", "--servers", "4"], "has as many"),
        (&["--from", "nowhere.json"], "nowhere.json"),
    ] {
        let said = quorum(here.path(), &[&["check"], arguments].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}: {}", said.err);
        assert!(said.err.contains(says), "{arguments:?}: {}", said.err);
    }
}
