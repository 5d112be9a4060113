//! `quorum linearizable`: the three verdicts, for people and for machines, and what is no history.

mod support;

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use support::{Said, command, fields, quorum};
use tempfile::tempdir;

/// The stale read that the documentation shows, in the order in which answers came.
const STALE: &str = r#"{"initial":{"x":"a"}}
{"client":"C1","call":2,"return":5,"op":{"get":"x"},"result":"b"}
{"client":"C2","call":6,"return":8,"op":{"get":"x"},"result":"a"}
{"client":"C3","call":1,"return":9,"op":{"put":["y","z"]},"result":"ok"}
{"client":"C0","call":1,"return":10,"op":{"put":["x","b"]},"result":"ok"}
"#;

fn judge(here: &Path, history: impl AsRef<[u8]>, more: &[&str]) -> Said {
    fs::write(here.join("history.jsonl"), history).unwrap();
    quorum(here, &[&["linearizable", "history.jsonl"], more].concat())
}

fn json_of(here: &Path, history: &str) -> (i32, Value) {
    let said = judge(here, history, &["--json"]);
    assert!(said.code != 2, "{}", said.err);
    (said.code, said.json())
}

#[test]
fn a_good_history_is_good_for_people_and_for_machines() {
    let here = tempdir().unwrap();
    let good = STALE.replace(r#""result":"a"}"#, r#""result":"b"}"#);
    let said = judge(here.path(), &good, &[]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.starts_with("✓ Linearizable: "), "{}", said.out);
    assert!(said.out.contains("(4 operations on 2 keys;"), "{}", said.out);
    let (code, answer) = json_of(here.path(), &good);
    assert_eq!(fields(&answer), ["event", "explored", "key", "operations", "verdict"]);
    assert_eq!((code, &answer["verdict"], &answer["key"]), (0, &json!("linearizable"), &Value::Null));
    assert_eq!((&answer["event"], &answer["operations"]), (&Value::Null, &json!([])));
    assert!(answer["explored"].as_u64() > Some(0));
}

#[test]
fn a_bad_history_is_shown_with_its_smallest_bad_part_and_with_reasons() {
    let here = tempdir().unwrap();
    let said = judge(here.path(), STALE, &[]);
    let expected = "\
✗ Not linearizable: when C2's get → a returns at 8, nothing explains it (key x, line 3).

At the beginning, x has the value a.
  line  client  called  returned  operation
  5     C0      1       10        put b
  2     C1      2       5         get → b
  3     C2      6       8         get → a  ◀

If put b took effect before get → a, then x was b when C2 asked.
";
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (1, expected, ""));
    // What has nothing to do with it is not shown, and is counted.
    let more = format!("{STALE}{}\n", r#"{"client":"C4","call":3,"return":4,"op":{"put":["x","c"]},"result":"ok"}"#);
    let said = judge(here.path(), more, &[]);
    assert!(said.out.contains("\nWhatever 2 other operations on x did, this cannot have been:\n"), "{}", said.out);
    let (code, answer) = json_of(here.path(), STALE);
    assert_eq!(fields(&answer), ["event", "explored", "key", "more", "operations", "sentences", "verdict"]);
    assert_eq!((code, &answer["verdict"], &answer["key"]), (1, &json!("not"), &json!("x")));
    let guilty = json!({"client": "C2", "call": 6, "return": 8, "op": {"get": "x"}, "result": "a", "line": 3});
    assert_eq!((&answer["event"], &answer["operations"][2]), (&guilty, &guilty));
    let lines: Vec<_> = answer["operations"].as_array().unwrap().iter().map(|it| it["line"].clone()).collect();
    assert_eq!((lines, &answer["more"]), (vec![json!(5), json!(2), json!(3)], &json!(0)));
    assert_eq!(answer["sentences"][0], "If put b took effect before get → a, then x was b when C2 asked.");
}

#[test]
fn what_is_beyond_the_budget_is_undecided_and_no_pass() {
    let here = tempdir().unwrap();
    let mut hard = String::new();
    for client in 0..40 {
        let op = json!({"append": ["x", char::from(b'a' + client % 26).to_string()]});
        hard +=
            &format!("{}\n", json!({"client": client.to_string(), "call": 1, "return": 90, "op": op, "result": "ok"}));
    }
    hard += "{\"client\":\"r\",\"call\":91,\"return\":92,\"op\":{\"get\":\"x\"},\"result\":\"none of these\"}\n";
    let (code, answer) = json_of(here.path(), &hard);
    assert_eq!((code, &answer["verdict"], &answer["operations"]), (3, &json!("unknown"), &json!([])));
}

#[test]
fn operations_that_never_returned_and_results_that_nobody_saw_are_taken_as_what_they_are() {
    let here = tempdir().unwrap();
    let lost = r#"{"unobserved":true}
{"client":"a","call":1,"return":null,"op":{"put":["x","b"]}}
{"client":"a","call":2,"return":3,"op":{"get":"x"},"result":null}
{"client":"b","call":4,"return":5,"op":{"cas":["x","b","c"]}}
{"client":"b","call":6,"return":7,"op":{"get":"x"},"result":"c"}
{"client":"b","call":8,"return":9,"op":{"append":["x","d"]},"result":"ok"}
{"client":"b","call":10,"return":11,"op":{"delete":"x"},"result":"ok"}
"#;
    let said = judge(here.path(), lost, &[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("of which 1 never returned"), "{}", said.out);
    let (code, _) = json_of(here.path(), &lost.replace(r#""result":"c""#, r#""result":"b""#));
    assert_eq!(code, 0, "the cas may have failed");
    let (code, _) = json_of(here.path(), &lost.replace(r#""result":"c""#, r#""result":"e""#));
    assert_eq!(code, 1);
}

#[test]
fn a_history_comes_from_standard_input_or_from_a_file_in_any_encoding_that_names_itself() {
    let here = tempdir().unwrap();
    let bytes = |units: Vec<u16>| -> Vec<u8> { units.into_iter().flat_map(u16::to_le_bytes).collect() };
    let utf16 = bytes(format!("\u{feff}{STALE}").encode_utf16().collect());
    for history in [format!("\u{feff}{STALE}").into_bytes(), utf16, STALE.replace('\n', "\r\n\r\n").into_bytes()] {
        let said = judge(here.path(), history, &["--json"]);
        assert_eq!((said.code, said.json()["verdict"].clone()), (1, json!("not")), "{}", said.err);
    }
    fs::write(here.path().join("plain.jsonl"), STALE).unwrap();
    let input = fs::File::open(here.path().join("plain.jsonl")).unwrap();
    let mut piped = command(here.path(), &["linearizable", "-"]);
    let said: Said = piped.stdin(input).stdout(Stdio::piped()).output().unwrap().into();
    assert_eq!(said.code, 1, "{}", said.err);
    let mut empty = command(here.path(), &["linearizable", "-"]);
    let said: Said = empty.stdin(Stdio::null()).output().unwrap().into();
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.starts_with("error: standard input cannot be judged: it has no operations"), "{}", said.err);
}

#[test]
fn what_is_no_history_is_refused_with_its_line() {
    let here = tempdir().unwrap();
    let good = r#"{"client":"a","call":1,"return":2,"op":{"get":"x"},"result":null}"#;
    let line = |change: &[(&str, &str)]| {
        let changed = change.iter().fold(good.to_owned(), |line, (from, to)| line.replace(from, to));
        format!("{good}\n\n{changed}\n")
    };
    let cases = [
        (String::new(), "history.jsonl cannot be judged: it has no operations"),
        ("{\"initial\":{\"x\":\"a\"}}\n".into(), "history.jsonl cannot be judged: it has no operations"),
        (good.replace("2,", "null,"), "history.jsonl cannot be judged: none of its operations returned"),
        (line(&[("}", "")]), "history.jsonl: line 3 is not JSON, from its column"),
        (line(&[(good, "[]")]), "line 3 is no operation: \"operation\" must be an object"),
        (line(&[("\"client\"", "\"name\"")]), "line 3 is no operation: \"operation\" has no field \"name\""),
        (line(&[("\"return\":2,", "")]), "line 3 is no operation: the field \"return\" is missing: it is null"),
        (line(&[(",\"result\":null", "")]), "the field \"result\" is missing; if it was not observed, a first line"),
        (line(&[("{\"get\":\"x\"}", "{\"incr\":\"x\"}")]), "line 3 is no operation: \"op\" is one operation: {\"get\""),
        (line(&[(":null", ":true")]), "the \"result\" of get is a text, or null where the key has no value"),
        (line(&[("1,", "1.5,")]), "line 3 is no operation: \"call\" must be a whole number"),
        (line(&[("1,", "5,")]), "history.jsonl: line 3 cannot be: it returned at 2, before it was called at 5"),
        (line(&[("2,", "null,"), ("t\":null", "t\":\"b\"")]), "line 3 cannot be: it has a result, although"),
        (
            format!("{good}\n{}", good.replace("1,", "0,")),
            "line 1 cannot be: client a calls it at 1, while its operation",
        ),
        (line(&[(good, r#"{"initial":{"x":"a"}}"#)]), "line 3 is no operation: a header comes before all operations"),
        (r#"{"initial":{"x":7}}"#.into(), "line 1 is no operation: \"x\" must be a text"),
    ];
    for (history, says) in cases {
        let said = judge(here.path(), &history, &[]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{says}: {history}");
        assert!(said.err.starts_with("error: ") && said.err.lines().count() == 1, "{}", said.err);
        assert!(said.err.contains(says), "should say {says}: {}", said.err);
    }
    let many = format!("{good}\n").repeat(100_001);
    let said = judge(here.path(), many.replace("\"return\":2", "\"return\":1"), &[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("line 100001 is no operation: a history has at most 100000"), "{}", said.err);
}

/// A terminal obeys escape sequences, and names and values come from anywhere.
#[test]
fn what_comes_from_outside_is_made_visible_and_cut() {
    let here = tempdir().unwrap();
    let forged = format!("x\n✓ Linearizable\u{1b}[2K\r\u{202e}{}", "y".repeat(9000));
    let line = |call: u64, op: Value, result: &str| {
        json!({"client": forged, "call": call, "return": call + 1, "op": op, "result": result}).to_string()
    };
    let put = line(1, json!({"put": [forged, forged]}), "ok");
    let read = line(3, json!({"get": forged}), "z");
    let said = judge(here.path(), format!("{put}\n{read}\n"), &[]);
    assert_eq!(said.code, 1, "{}", said.err);
    let wild = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
    assert!(!said.out.contains(wild) && said.out.lines().all(|line| line.len() < 400), "{}", said.out);
    assert!(!said.out.lines().any(|line| line.starts_with('✓')), "{}", said.out);
    let said = judge(here.path(), format!("{}\n", put.replace("\"ok\"", &json!(forged).to_string())), &[]);
    assert!(said.code == 2 && said.err.len() < 1000 && !said.err.contains(wild), "{}", said.err);
}
