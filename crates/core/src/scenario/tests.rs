//! What a scenario may say, and what is said to one that cannot be played.

use super::*;
use alloc::string::ToString;

fn scenario(text: &str) -> Result<Scenario, Malformed> {
    Scenario::from_json(&serde_json::from_str(text).unwrap(), "scenario")
}

fn play(interventions: &str, rest: &str) -> Result<Played, ScenarioError> {
    let text = format!(r#"{{"quorum":1,"title":"T","about":"A","interventions":[{interventions}]{rest}}}"#);
    scenario(&text).unwrap().play()
}

const ASK: &str = r#"{"action":{"type":"propose","node":1,"value":"blue"}}"#;

fn unmet(expectation: &str) -> String {
    let played = play(ASK, &format!(r#","expect":[{expectation}]"#)).unwrap();
    assert!(!played.is_as_expected(), "{expectation}");
    let [checked] = &played.checked.iter().filter(|checked| !checked.met).collect::<Vec<_>>()[..] else { panic!() };
    format!("{}; seen: {}", checked.says, checked.seen)
}

#[test]
fn the_scenarios_that_come_with_the_program_lead_to_what_they_say() {
    for (name, text) in SCENARIOS {
        let scenario = scenario(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let played = scenario.play().unwrap_or_else(|error| panic!("{name}: {error}"));
        for checked in &played.checked {
            assert!(checked.met, "{name}: {}; seen: {}", checked.says, checked.seen);
        }
        assert!(played.checked.len() > 1, "{name} expects something besides that nothing breaks");
    }
}

#[test]
fn what_is_expected_and_not_so_is_reported_with_what_was_seen() {
    for (expectation, report) in [
        (r#"{"chosen":"red"}"#, "red is chosen; seen: blue is chosen"),
        (r#"{"chosen":null}"#, "nothing is chosen; seen: blue is chosen"),
        (r#"{"chosen":"blue","step":3}"#, "after step 3: blue is chosen; seen: nothing is chosen"),
        (r#"{"chosen":"blue","step":4000}"#, "after step 4000: blue is chosen; seen: that moment never comes"),
        (r#"{"knows":[1,2]}"#, "servers 1, 2 know; seen: servers 1, 2, 3 know"),
        (r#"{"knows":[]}"#, "nobody knows; seen: servers 1, 2, 3 know"),
        (r#"{"knows":[3]}"#, "server 3 knows; seen: servers 1, 2, 3 know"),
        (r#"{"ballots":2}"#, "ballots begun: 2; seen: ballots begun: 1"),
        (r#"{"happens":{"event":"crashed"}}"#, "it happens: event crashed; seen: it happens, times 0"),
        (
            r#"{"happens":{"event":"learned"},"times":2}"#,
            "it happens, times 2: event learned; seen: it happens, times 3",
        ),
        (r#"{"breaks":"one-value-chosen"}"#, "broken: one-value-chosen; seen: it holds"),
        (
            r#"{"blockedUntil":{"event":"crashed"}}"#,
            "nothing is chosen until after event crashed; seen: that moment never comes",
        ),
    ] {
        assert_eq!(unmet(expectation), report);
    }
    assert!(unmet(r#"{"blockedUntil":38}"#).contains("a value is chosen at step"));
}

#[test]
fn a_message_is_found_by_what_it_is_and_a_moment_by_what_happens() {
    let crash = r#"{"after":{"event":"promised"},"times":2,"action":{"type":"crash","node":3}}"#;
    let hold = r#"{"after":{"event":"sent","message":{"kind":"accept","to":2}},"action":{"type":"hold","message":{"kind":"accept","to":2}}}"#;
    let played = play(&[ASK, crash, hold].join(","), "").unwrap();
    let held = played.history.events(0, u64::MAX);
    let held = held.iter().find(|event| event.name() == "held").unwrap();
    let json = serde_json::to_string(&held.json(crate::paxos::Scheme::Rounds)).unwrap();
    assert!(json.contains(r#""kind":"accept","from":1,"to":2"#), "{json}");
}

#[test]
fn a_pattern_does_not_depend_on_the_order_of_fields() {
    let pattern = |text: &str| Pattern::from_json(&serde_json::from_str(text).unwrap(), "after").unwrap();
    let json = serde_json::from_str(r#"{"a":[{"x":1,"y":[2,3]}],"b":{"c":null,"d":4}}"#).unwrap();
    for fits in [
        r#"{"a":[{"y":[2,3],"x":1}]}"#,
        r#"{"a":[{"y":[2,3]}],"b":{"d":4}}"#,
        r#"{"b":{"d":4,"c":null}}"#,
        r#"{"e":null}"#,
    ] {
        assert!(pattern(fits).fits(&json), "{fits}");
    }
    for differs in [r#"{"a":[{"y":[3,2]}]}"#, r#"{"a":[]}"#, r#"{"b":4}"#, r#"{"b":{"e":4}}"#, r#"{"a":{"x":1}}"#] {
        assert!(!pattern(differs).fits(&json), "{differs}");
    }
}

#[test]
fn a_scenario_that_cannot_be_played_says_where_it_stopped_and_why() {
    let crash = |moment: &str, node: u32| format!(r#"{{{moment}"action":{{"type":"crash","node":{node}}}}}"#);
    for (interventions, report) in [
        (crash("", 9), "Intervention 1, at once: Cannot crash server 9: there is no server 9"),
        (
            format!("{},{}", crash(r#""step":9,"#, 1), crash(r#""step":4,"#, 2)),
            "Intervention 1, after step 9: nothing is left to happen after step 0.",
        ),
        (
            format!("{ASK},{},{}", crash(r#""step":9,"#, 1), crash(r#""step":4,"#, 2)),
            "Intervention 3, after step 4: the one before it is at step 9: they go in order.",
        ),
        (
            format!("{ASK},{}", crash(r#""after":{"event":"wiped"},"#, 1)),
            "Intervention 2, after event wiped: that never happens: nothing is left to happen after step 41.",
        ),
        (
            r#"{"action":{"type":"drop","message":{"kind":"nack"}}}"#.into(),
            "Intervention 1, at once: no message under way is kind nack.",
        ),
        (r#"{"action":{"type":"fly"}}"#.into(), r#"Intervention 1, at once: There is no action of type "fly"."#),
    ] {
        let error = play(&interventions, "").unwrap_err().to_string();
        assert!(error.starts_with(report), "{error}");
    }
    let late = play(ASK, r#","notes":[{"after":{"event":"learned"},"says":"a"},{"step":2,"says":"b"}]"#);
    assert!(late.unwrap_err().to_string().contains("Note 2, after step 2: the note before it is not earlier"));
    let never = play(ASK, r#","notes":[{"after":{"event":"crashed"},"says":"a"}]"#);
    assert!(never.unwrap_err().to_string().contains("never comes"));
}

#[test]
fn what_is_no_scenario_is_refused() {
    for (text, report) in [
        (r#"[]"#, "must be an object"),
        (r#"{"quorum":2,"title":"T","about":"A"}"#, "another format"),
        (r#"{"quorum":1,"title":"","about":"A"}"#, "\"title\" is 1 to 120 bytes"),
        (r#"{"quorum":1,"title":"T"}"#, "\"about\" is missing"),
        (r#"{"quorum":1,"title":"T","about":"A","extra":1}"#, "no field \"extra\""),
        (r#"{"quorum":1,"title":"T","about":"A","interventions":[{}]}"#, "needs an \"action\""),
        (
            r#"{"quorum":1,"title":"T","about":"A","interventions":[{"step":1,"after":{"a":1},"action":{}}]}"#,
            "not both",
        ),
        (r#"{"quorum":1,"title":"T","about":"A","expect":[{}]}"#, "exactly one of"),
        (r#"{"quorum":1,"title":"T","about":"A","expect":[{"chosen":"a","knows":[1]}]}"#, "exactly one of"),
        (r#"{"quorum":1,"title":"T","about":"A","expect":[{"breaks":"it"}]}"#, "is one of one-value-chosen"),
        (r#"{"quorum":1,"title":"T","about":"A","until":{"after":{}}}"#, "the fields of an event"),
    ] {
        let error = scenario(text).unwrap_err().to_string();
        assert!(error.contains(report), "{error}");
    }
}
