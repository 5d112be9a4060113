//! What a scenario may say, and what is said to one that cannot be played.

use super::*;
use alloc::string::ToString;
use alloc::vec;

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
    for (name, text) in SCENARIOS.iter().chain(LOG_SCENARIOS) {
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
        (r#"{"chosen":true,"step":3}"#, "after step 3: a value is chosen; seen: nothing is chosen"),
        (
            r#"{"duel":2}"#,
            "ballots begun in turn by different servers: 2; seen: ballots begun in turn by different servers: 1",
        ),
        (
            r#"{"rechosen":2}"#,
            "ballots in which the same value is chosen: 2; seen: ballots in which the same value is chosen: 1",
        ),
        (
            r#"{"adopts":"another"}"#,
            "a proposer adopts a value that is not its own; seen: no proposer adopts another value than its own",
        ),
        (r#"{"loses":"vote"}"#, "a crash takes a vote that is not durable yet; seen: no crash takes a vote"),
        (r#"{"loses":"promise"}"#, "a crash takes a promise that is not durable yet; seen: no crash takes a promise"),
        (
            r#"{"refuses":"prepare"}"#,
            "an acceptor refuses a request to promise; seen: no request to promise is refused",
        ),
        (r#"{"refuses":"accept"}"#, "an acceptor refuses a request to accept; seen: no request to accept is refused"),
        (r#"{"underWay":0,"step":3}"#, "after step 3: no message is under way; seen: messages under way: 3"),
        (r#"{"chosen":"red","says":"it is red"}"#, "it is red; seen: blue is chosen"),
        (r#"{"blockedUntil":4000}"#, "nothing is chosen until after step 4000; seen: that moment never comes"),
        (
            r#"{"blockedUntil":{"event":"crashed"}}"#,
            "nothing is chosen until after event crashed; seen: that moment never comes",
        ),
    ] {
        assert_eq!(unmet(expectation), report);
    }
    assert!(unmet(r#"{"blockedUntil":38}"#).contains("a value is chosen at step"));
}

/// What one crash or one refusal takes is not taken for the other.
#[test]
fn what_a_crash_takes_and_what_is_refused_is_told_apart() {
    let crash =
        |event: &str| format!(r#"{{"after":{{"event":"{event}","node":2}},"action":{{"type":"crash","node":2}}}}"#);
    let met = |more: &str, expectations: [&str; 2]| {
        let expect = format!(r#","expect":[{}]"#, expectations.join(","));
        let played = play(&[ASK, more].join(","), &expect).unwrap();
        [played.checked[0].met, played.checked[1].met]
    };
    let lost = [r#"{"loses":"promise"}"#, r#"{"loses":"vote"}"#];
    assert_eq!(met(&crash("promised"), lost), [true, false]);
    assert_eq!(met(&crash("accepted"), lost), [false, true]);
    assert_eq!(met(&crash("learned"), lost), [false, false]);
    let rival = |event: &str| {
        format!(r#"{{"after":{{"event":"{event}","node":2}},"action":{{"type":"propose","node":2,"value":"red"}}}}"#)
    };
    let refused = [r#"{"refuses":"prepare"}"#, r#"{"refuses":"accept"}"#];
    assert_eq!(met(&rival("promised"), refused), [false, true]);
    let early = r#"{"action":{"type":"propose","node":2,"value":"red"}}"#;
    assert_eq!(met(early, refused), [true, false]);
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
        (r#"{"quorum":1,"about":""}"#, "\"about\" is 1 to 600 bytes"),
    ] {
        let error = scenario(text).unwrap_err().to_string();
        assert!(error.contains(report), "{error}");
    }
}

fn found(text: &str) -> Played {
    scenario(text).unwrap().play().unwrap()
}

/// Each would be met, or waited for, for ever.
#[test]
fn a_pattern_that_names_something_unknown_is_refused_by_name() {
    let misspelt = scenario(include_str!("../../tests/found/misspelt-names.quorum.json")).unwrap_err().to_string();
    assert!(
        misspelt.starts_with("expectation 1: there is no event \"acepted\"; the events are proposed, "),
        "{misspelt}"
    );
    let long = "x".repeat(300_000);
    for (fields, report) in [
        (
            r#""expect":[{"happens":{"event":"accepted","nodee":2}}]"#,
            r#"expectation 1: the event "accepted" has no field "nodee"; it may have"#,
        ),
        (
            r#""expect":[{"chosen":"a"},{"happens":{"event":"accepted","node":99}}]"#,
            "expectation 2: there is no server 99: this run has 3",
        ),
        (r#""expect":[{"happens":{"event":"accepted","to":2}}]"#, r#"the event "accepted" has no field "to""#),
        (r#""expect":[{"happens":{"evnt":"accepted"}}]"#, r#"an event has no field "evnt""#),
        (r#""expect":[{"happens":{"event":"healed","node":1}}]"#, r#"the event "healed" has no field "node""#),
        (r#""expect":[{"knows":[1,4]}]"#, "there is no server 4: this run has 3"),
        (r#""expect":[{"blockedUntil":{"event":"crash"}}]"#, r#"there is no event "crash""#),
        (r#""expect":[{"chosen":"a","after":{"event":"crash"}}]"#, r#"there is no event "crash""#),
        (
            r#""notes":[{"after":{"event":"sent","message":{"kind":"ack"}},"says":"a"}]"#,
            r#"note 1: "kind" is one of prepare, promise, accept, accepted, nack, not "ack""#,
        ),
        (
            r#""until":{"after":{"event":"timer","timer":"tea"}}"#,
            r#""until": "timer" is one of retry, learn, not "tea""#,
        ),
        (
            r#""interventions":[{"after":{"event":"sent","message":{"knid":"ack"}},"action":{"type":"heal"}}]"#,
            r#"intervention 1: "message" has no field "knid""#,
        ),
        (r#""interventions":[{"action":{"type":"drop","message":{"to":7}}}]"#, "intervention 1: there is no server 7"),
        (r#""until":{"after":{"event":"chosen","quorum":[1,9]}}"#, "there is no server 9"),
        (r#""until":{"after":{"event":"prepares","ballot":1.1}}"#, r#""ballot" must be a text"#),
        (r#""until":{"after":{"event":"wrote","records":[{"promise":"1.1"}]}}"#, r#""records" has no field "promise""#),
        (&format!(r#""until":{{"after":{{"event":"{long}"}}}}"#), "xxx…\"; the events are"),
        (&format!(r#""until":{{"after":{{"event":"sent","{long}":1}}}}"#), "xxx…\"; it may have"),
        (&format!(r#""{long}":1"#), "xxx…\"; it may have"),
        (&format!(r#""expect":[{{"breaks":"{long}"}}]"#), "xxx…\""),
    ] {
        let error = scenario(&format!(r#"{{"quorum":1,{fields}}}"#)).unwrap_err().to_string();
        assert!(error.contains(report), "{error} should have {report}");
        assert!(error.len() < 600, "{} bytes", error.len());
    }
    // What is asked not to be there need not exist.
    assert!(scenario(r#"{"quorum":1,"until":{"after":{"event":"sent","message":{"value":null}}}}"#).is_ok());
}

/// Nothing is known about the end of a run that a limit ended.
#[test]
fn a_run_that_a_limit_ended_meets_no_expectation_about_its_end() {
    let cut = found(include_str!("../../tests/found/cut-off-by-a-limit.quorum.json"));
    assert_eq!((cut.ended, cut.is_as_expected()), (Ending::LIMIT, false));
    let steps = cut.history.branch().length();
    let seen = format!("a limit ended the run after {steps} steps");
    assert!(steps >= crate::limits::MAX_PATIENCE);
    assert_eq!(
        cut.checked.iter().map(|it| (it.met, it.seen.as_str())).collect::<Vec<_>>(),
        [(false, &*seen), (false, &*seen), (true, "")]
    );
    // What has been seen has been seen, however the run would have gone on.
    let alone = r#"{"action":{"type":"isolate","node":1}}"#;
    let expect = r#","expect":[{"happens":{"event":"prepares"}},{"chosen":null,"step":9},{"knows":[]},{"ballots":7}]"#;
    let cut = play(&[alone, ASK].join(","), expect).unwrap();
    assert_eq!(cut.checked.iter().map(|it| it.met).collect::<Vec<_>>(), [true, true, false, false, true]);
}

#[test]
fn a_run_says_why_it_ended() {
    let ended = |rest: &str| play(ASK, rest).unwrap().ended;
    assert_eq!(ended(""), Ending::Over(crate::run::Ended::NothingLeft));
    assert_eq!(ended(r#","until":{"step":7}"#), Ending::Until);
    assert_eq!(ended(r#","until":{"after":{"event":"chosen"}}"#), Ending::Until);
    for (name, text) in SCENARIOS {
        assert_ne!(scenario(text).unwrap().play().unwrap().ended, Ending::LIMIT, "{name}");
    }
}

/// It used to be looked for after the last intervention only, and then it never came.
#[test]
fn the_end_of_a_run_is_looked_for_from_its_beginning() {
    let text = include_str!("../../tests/found/until-has-happened.quorum.json");
    let played = found(text);
    let steps = played.history.branch().length();
    assert_eq!((played.ended, played.is_as_expected()), (Ending::Until, true));
    assert_eq!(
        played.history.branch().interventions().last().unwrap().step + 1,
        steps,
        "right after the last intervention"
    );
    let times = |times: &str| {
        let until = format!(r#","until":{{"after":{{"event":"learned"}},"times":{times}}}"#);
        play(ASK, &until).unwrap().history.branch().length()
    };
    assert!(times("1") < times("2") && times("2") < times("3"));
    // Counted from the beginning: one server has learned before the last intervention.
    let late = r#"{"after":{"event":"learned"},"action":{"type":"pause","node":3}}"#;
    let all = play(&[ASK, late].join(","), r#","until":{"after":{"event":"learned"},"times":2}"#).unwrap();
    let learned = all.history.events(0, u64::MAX).iter().filter(|event| event.name() == "learned").count();
    assert_eq!(learned, 2);
}

#[test]
fn a_scenario_needs_no_title_and_says_nothing_then() {
    let played = found(include_str!("../../tests/found/no-title.quorum.json"));
    let run = played.run();
    assert_eq!((run.title.as_str(), run.notes.len()), ("", 0));
    assert!(run.replay().is_ok());
}

/// Reading 300,000 interventions only to refuse them took ten seconds.
#[test]
fn lists_are_counted_before_their_items_are_read() {
    let many = |item: &str, count: usize| vec![item; count].join(",");
    // No item is what it should be, and only their number is spoken of.
    for (list, count, report) in [
        ("interventions", 100_001, "\"interventions\" is a list of 100001, and may have at most 100000 items"),
        ("notes", 201, "\"notes\" is a list of 201, and may have at most 200 items"),
        ("expect", 1001, "\"expect\" is a list of 1001, and may have at most 1000 items"),
    ] {
        let error = scenario(&format!(r#"{{"quorum":1,"{list}":[{}]}}"#, many("0", count))).unwrap_err().to_string();
        assert_eq!(error, report);
    }
    let knows = scenario(&format!(r#"{{"quorum":1,"expect":[{{"knows":[{}]}}]}}"#, many("0", 102)));
    assert!(knows.unwrap_err().to_string().contains("\"knows\" is a list of 102"));
}
