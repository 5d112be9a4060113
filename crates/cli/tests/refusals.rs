//! Bad input, and an outside that does not cooperate: a sentence, an exit code, and nothing half done.

mod support;

use quorum_core::json::Json;
use quorum_core::run::Run;
use quorum_core::scenario::RandomRun;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use support::{command, files, quorum};
use tempfile::tempdir;

/// A run with the fields of its JSON changed.
fn changed(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut world = RandomRun::new(1);
    world.disturb(30, drop);
    let mut json = serde_json::from_str(&Json::from(&world.run()).to_string()).unwrap();
    change(&mut json);
    json.to_string()
}

/// Files that are wrong in one way each.
fn prepare(here: &Path) -> String {
    let scenario = |what: &str| {
        format!(r#"{{"quorum": 1, "title": "T", "about": "A.", "config": {{"nodes": 3, "seed": 1}}, {what}}}"#)
    };
    let write = |name: &str, text: &str| fs::write(here.join(name), text).unwrap();
    write("not.json", "once upon a time");
    write("list.json", "[]");
    write(
        "newer-run.json",
        &changed(|run| {
            run["quorum"] = 2.into();
            run["weather"] = "fine".into();
        }),
    );
    write("newer-scenario.json", &scenario(r#""interventions": []"#).replace("\"quorum\": 1", "\"quorum\": 3"));
    write("damaged.json", &changed(|run| run["digest"] = "0123456789abcdef".into()));
    write("long.json", &changed(|run| run["length"] = 99_999_999.into()));
    write("nobody.json", &scenario(r#""interventions": [{"action": {"type": "crash", "node": 9}}]"#));
    write("field.json", &scenario(r#""intervention": []"#));
    write("never.json", &scenario(r#""interventions": [{"after": {"event": "learned"}, "action": {"type": "heal"}}]"#));
    fs::write(here.join("bytes.json"), [0xff, 0xfe, 0x00]).unwrap();
    fs::create_dir(here.join("directory")).unwrap();
    let mut world = RandomRun::new(1);
    world.disturb(30, drop);
    quorum_link::to_link(&world.run()).unwrap()
}

#[test]
fn bad_input_is_a_sentence_that_names_it_and_exit_code_2() {
    let here = tempdir().unwrap();
    let link = prepare(here.path());
    let cut = &link[..link.len() / 2];
    let newer = link.replacen("#q1.", "#q2.", 1);
    let cases: &[(&str, &[&str])] = &[
        ("missing.json", &["missing.json cannot be read", "No such file"]),
        ("directory", &["directory is a directory", "name of a file"]),
        ("bytes.json", &["bytes.json is not text"]),
        ("not.json", &["not.json is neither a run nor a scenario", "not JSON"]),
        ("list.json", &["list.json is neither a run nor a scenario", "no object"]),
        ("newer-run.json", &["newer-run.json", "format 2", "newer"]),
        ("newer-scenario.json", &["newer-scenario.json", "format 3", "newer"]),
        ("damaged.json", &["damaged.json cannot be replayed", "damaged"]),
        ("long.json", &["long.json cannot be replayed", "too long"]),
        ("nobody.json", &["nobody.json cannot be played", "Intervention 1", "server 9"]),
        ("field.json", &["field.json is no scenario", "no field \"intervention\""]),
        ("never.json", &["never.json cannot be played", "event learned", "never happens"]),
        (cut, &["the link cannot be opened", "damaged", "Copy it again"]),
        (&newer, &["the link cannot be opened", "newer version"]),
        ("#nothing", &["the link cannot be opened", "not a link to a run"]),
        (
            "#q1.Y2Q10DPUM2CAght_bICIMZWdgevBFWYg4mFkAEJGxgoA",
            &["the run in the link cannot be replayed", "asks for too much: with 101 servers", "at most 495049 steps"],
        ),
    ];
    let before = files(here.path());
    for (file, parts) in cases {
        for arguments in
            [&["run", file][..], &["run", file, "--json"], &["export", file, "--format", "svg", "-o", "x.svg"]]
        {
            let said = quorum(here.path(), arguments);
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}: {}", said.err);
            assert!(said.err.starts_with("error: ") && said.err.lines().count() == 1, "{arguments:?}: {}", said.err);
            for part in *parts {
                assert!(said.err.contains(part), "{arguments:?} should say {part:?}: {}", said.err);
            }
        }
    }
    assert_eq!(files(here.path()), before, "nothing was written");
}

#[test]
fn bad_arguments_are_refused_with_what_would_be_good_ones() {
    let here = tempdir().unwrap();
    prepare(here.path());
    fs::write(here.path().join("run.json"), changed(|_| ())).unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&[], "Usage: quorum"),
        (&["explode"], "unrecognized subcommand"),
        (&["run"], "<--scenario <NAME>|FILE>"),
        (&["run", "--scenario", "frist-agreement"], "There are: first-agreement"),
        (&["run", "--scenario", "first-agreement", "run.json"], "cannot be used with"),
        (&["run", "run.json", "--seed", "3"], "only a scenario can be played with another"),
        (&["run", "--scenario", "first-agreement", "--seed", "x"], "invalid value 'x'"),
        (&["run", "--scenario", "first-agreement", "--seed", "9007199254740992"], "seed"),
        (&["export", "--scenario", "first-agreement"], "--format <F>"),
        (&["export", "--scenario", "first-agreement", "--format", "png"], "possible values: svg, animated-svg"),
        (&["export", "--scenario", "first-agreement", "--format", "svg", "--from", "900"], "nothing from step 900"),
        (
            &["export", "--scenario", "first-agreement", "--format", "svg", "--from", "5", "--to", "4"],
            "from step 5 to step 4",
        ),
        (&["fuzz", "--seeds", "0"], "1.."),
        (&["fuzz", "--threads", "0"], "invalid value '0'"),
        (&["fuzz", "--from", "9007199254740991", "--seeds", "2"], "there are fewer than 2"),
    ];
    for (arguments, part) in cases {
        let said = quorum(here.path(), arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}: {}", said.err);
        assert!(said.err.contains(part), "{arguments:?} should say {part:?}: {}", said.err);
    }
}

#[test]
fn what_cannot_be_written_is_a_sentence_and_leaves_what_was_there() {
    let here = tempdir().unwrap();
    fs::write(here.path().join("taken"), "a file").unwrap();
    fs::create_dir(here.path().join("directory")).unwrap();
    let export = ["export", "--scenario", "first-agreement", "--format", "svg", "-o"];
    for (file, part) in [
        ("taken/x.svg", "taken is no directory"),
        ("directory", "directory is a directory"),
        ("/proc/x.svg", "/proc/x.svg cannot be written"),
    ] {
        let said = quorum(here.path(), &[&export[..], &[file]].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{file}: {}", said.err);
        assert!(said.err.contains(part), "{file} should say {part:?}: {}", said.err);
    }
    for option in ["--log-dir", "--state-dir"] {
        let said = quorum(here.path(), &["run", "--scenario", "first-agreement", option, "taken/deep"]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
        assert!(
            said.err.contains("taken/deep") && said.err.contains("Choose where to write with --log-dir"),
            "{}",
            said.err
        );
    }
    assert_eq!(fs::read_to_string(here.path().join("taken")).unwrap(), "a file");
    assert!(!files(here.path()).iter().any(|file| file.ends_with(".part")));
}

#[test]
fn a_file_that_is_there_is_replaced_whole() {
    let here = tempdir().unwrap();
    let old = here.path().join("x.svg");
    fs::write(&old, "old").unwrap();
    let said = quorum(here.path(), &["export", "--scenario", "first-agreement", "--format", "svg", "-o", "x.svg"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(fs::read_to_string(&old).unwrap().ends_with("</svg>\n"));
    assert_eq!(files(here.path()), ["x.svg"]);
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_what_it_read_is_the_beginning_of_the_whole() {
    let here = tempdir().unwrap();
    let mut world = RandomRun::new(11);
    world.disturb(3000, drop);
    fs::write(here.path().join("long.json"), Json::from(&world.run()).to_string()).unwrap();
    let arguments = ["export", "long.json", "--format", "jsonl"];
    let whole = quorum(here.path(), &arguments).out;
    assert!(whole.len() > 500_000, "more than a pipe holds: {}", whole.len());
    for arguments in [&arguments[..], &["run", "long.json", "--json"], &["run", "long.json"]] {
        let mut child = command(here.path(), arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut some = vec![0; 40];
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        // Both are closed now, standard output after forty bytes, standard error unread.
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
        if arguments[0] == "export" {
            assert_eq!(some, &whole.as_bytes()[..40]);
        } else {
            let log = fs::read_to_string(here.path().join("logs/long.jsonl")).unwrap();
            assert_eq!(log, whole, "the log is whole all the same");
        }
    }
}

#[test]
fn a_run_of_another_engine_that_goes_differently_says_so() {
    let here = tempdir().unwrap();
    let run = changed(|run| {
        run["engine"] = "0.0.1".into();
        run["digest"] = "0000000000000000".into();
    });
    fs::write(here.path().join("old.json"), run).unwrap();
    let said = quorum(here.path(), &["run", "old.json"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("version 0.0.1") && said.err.contains(Run::ENGINE), "{}", said.err);
}
