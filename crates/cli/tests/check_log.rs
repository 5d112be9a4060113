//! `quorum check --protocol log`: what it answers, for people and for machines, and what it refuses.

mod support;

use serde_json::{Value, json};
use support::{fields, quorum};
use tempfile::tempdir;

fn check(arguments: &[&str]) -> (i32, Value) {
    let here = tempdir().unwrap();
    let said = quorum(here.path(), &[&["check", "--protocol", "log", "--json"], arguments].concat());
    assert!(said.code != 2, "{}", said.err);
    let mut answer = said.json();
    assert!(answer["seconds"].as_f64().is_some_and(|seconds| seconds >= 0.0));
    answer.as_object_mut().unwrap().remove("seconds");
    (said.code, answer)
}

#[test]
fn with_every_rule_on_all_states_of_a_log_keep_what_they_must_on_any_number_of_threads() {
    let (code, one) = check(&["--asks", "1", "--threads", "1"]);
    let (_, two) = check(&["--asks", "1", "--threads", "2"]);
    assert_eq!(one, two);
    assert_eq!((code, &one["states"], &one["depth"], &one["complete"]), (0, &json!(44_099), &json!(24), &json!(true)));
    assert_eq!((&one["model"], &one["off"], &one["violation"]), (&json!("log"), &json!([]), &Value::Null));
    assert_eq!(one["says"], "3 servers, window 2, 2 clients, 2 ballots");
    assert_eq!((&one["bounds"]["asks"], &one["bounds"]["reads"]), (&json!(1), &json!(false)));
    let properties = one["properties"].as_array().unwrap();
    let always = properties.iter().filter(|property| property["kind"] == "always");
    assert!(always.clone().count() == 7 && always.clone().all(|property| property["holds"] == true), "{properties:?}");
}

#[test]
fn without_a_rule_the_shortest_way_is_given_in_words() {
    let (code, answer) = check(&["--off", "report-every-vote"]);
    assert_eq!((code, &answer["off"]), (1, &json!(["report-every-vote"])));
    let violation = &answer["violation"];
    assert_eq!(fields(violation), ["length", "property", "run", "says", "steps"]);
    assert_eq!((&violation["property"], &violation["length"]), (&json!("one-command-per-slot"), &json!(10)));
    let steps = violation["steps"].as_array().unwrap();
    assert_eq!((steps.len(), &steps[0]), (10, &json!("Server 1 stands for leader.")));
    // It is a run that plays to the harm, and opens on the page.
    let here = tempdir().unwrap();
    std::fs::write(here.path().join("found.quorum.json"), violation["run"].to_string()).unwrap();
    let played = quorum(here.path(), &["run", "found.quorum.json", "--json"]).out;
    let played: Value = serde_json::from_str(&played).unwrap();
    assert!(played["violations"].as_array().is_some_and(|all| !all.is_empty()), "{played}");
    let said = quorum(here.path(), &["check", "--protocol", "log", "--off", "report-every-vote"]);
    assert!(said.out.contains("On the page: #q1."), "{}", said.out);
    assert_eq!(said.code, 1);
    assert!(
        said.out
            .starts_with("Within 3 servers, window 2, 2 clients, 2 ballots and with the rule report-every-vote off")
    );
    assert!(said.out.contains("step  10  Server 1 receives server 2's accept of a no-op in slot 1"), "{}", said.out);
}

/// A rule of single-decree Paxos is one of a log, too.
#[test]
fn rules_of_one_decision_can_be_off_as_well() {
    let (code, answer) = check(&["--off", "keep-promise", "--off", "fetch-gaps"]);
    assert_eq!((code, &answer["off"]), (1, &json!(["fetch-gaps", "keep-promise"])));
}

#[test]
fn what_was_not_looked_at_is_never_called_safe() {
    let (code, answer) = check(&["--max-states", "500"]);
    assert_eq!((code, &answer["complete"], &answer["budgetReached"]), (3, &json!(false), &json!(true)));
    let here = tempdir().unwrap();
    let said = quorum(here.path(), &["check", "--protocol", "log", "--max-states", "500"]).out;
    assert!(said.contains("budget was reached") && said.contains("does not mean safe"), "{said}");
}

#[test]
fn questions_that_make_no_sense_are_refused_with_a_sentence() {
    let here = tempdir().unwrap();
    let log = ["check", "--protocol", "log"];
    for (arguments, says) in [
        (&["--off", "gravity"][..], "no rule \"gravity\". There are: fill-gaps"),
        (&["--servers", "9"], "up to 5 servers, and this one would have 9. Search within fewer."),
        (&["--clients", "0"], "at least one server, one that stands, one slot and one client"),
        (&["--spec"], "--spec is about a single decision"),
        (&["--from", "two-proposers"], "This run is of one agreed value"),
        (&["--from", "steady-leader", "--step", "9999"], "There is no step 9999"),
        (&["--from", "steady-leader", "--servers", "4"], "has as many"),
    ] {
        let said = quorum(here.path(), &[&log, arguments].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}: {}", said.err);
        assert!(said.err.contains(says), "{arguments:?}: {}", said.err);
    }
    let said = quorum(here.path(), &["check", "--window", "3"]);
    assert!(said.code == 2 && said.err.contains("--window is about a log: add --protocol log"), "{}", said.err);
}

/// The run says itself that it is of a log, and which of its rules are off.
#[test]
fn a_search_goes_on_from_where_a_log_is() {
    let here = tempdir().unwrap();
    let from = ["check", "--from", "gap-filled", "--step", "60"];
    let safe = quorum(here.path(), &[&from[..], &["--ballots", "1", "--clients", "1"]].concat());
    assert_eq!(safe.code, 0, "{}", safe.err);
    assert!(safe.out.contains("on from step 60 keeps what it must"), "{}", safe.out);
    let broken = quorum(here.path(), &[&from[..], &["--off", "report-every-vote", "--json"]].concat());
    assert_eq!(broken.code, 1, "{}", broken.err);
    let report: serde_json::Value = serde_json::from_str(&broken.out).unwrap();
    assert_eq!(report["violation"]["property"], "one-command-per-slot");
    // What is found is a run that begins as the other did. From its end it is broken already, with the same rule off.
    let found = here.path().join("found.quorum.json");
    std::fs::write(&found, report["violation"]["run"].to_string()).unwrap();
    let end = report["violation"]["run"]["length"].to_string();
    let again = quorum(here.path(), &["check", "--from", "found.quorum.json", "--step", &end, "--json"]);
    let again: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((&again["violation"]["length"], &again["off"]), (&0.into(), &serde_json::json!(["report-every-vote"])));
}
