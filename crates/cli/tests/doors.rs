//! What comes in from files, devices and pipes, and what goes out to them: nothing is read without end, nothing is replaced
//! that is no regular file, and nothing that is printed is obeyed by a terminal.

mod support;

use serde_json::{Value, json};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::{command, files, quorum};
use tempfile::tempdir;

const EXPORT: [&str; 5] = ["export", "--scenario", "first-agreement", "--format", "jsonl"];

fn found(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found").join(name)
}

fn export_to(here: &Path, file: &str) -> support::Said {
    quorum(here, &[&EXPORT[..], &["-o", file]].concat())
}

fn as_it_should_be(here: &Path) -> String {
    let said = quorum(here, &EXPORT);
    assert!(said.code == 0 && said.out.len() > 1000, "{}", said.err);
    said.out
}

#[test]
fn a_dash_is_standard_output_and_no_file() {
    let here = tempdir().unwrap();
    let expected = as_it_should_be(here.path());
    let said = export_to(here.path(), "-");
    assert_eq!((said.code, said.out, said.err.as_str()), (0, expected, ""));
    assert_eq!(files(here.path()), [""; 0]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn make_pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    /// A device that is replaced is gone for everybody on the machine. So a pipe stands for one here, and standard output is
    /// named where nothing can be replaced.
    #[test]
    fn what_is_no_regular_file_is_written_to_and_stays_what_it_is() {
        let here = tempdir().unwrap();
        let expected = as_it_should_be(here.path());
        let pipe = here.path().join("pipe");
        make_pipe(&pipe);
        symlink("pipe", here.path().join("link")).unwrap();
        for name in ["pipe", "link"] {
            let reader = std::thread::spawn({
                let pipe = pipe.clone();
                move || fs::read_to_string(pipe).unwrap()
            });
            let said = export_to(here.path(), name);
            assert_eq!(said.code, 0, "{}", said.err);
            // A pipe that is gone would never end its reader: looked at first, so that the test fails and does not hang.
            assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
            assert_eq!(reader.join().unwrap(), expected);
        }
        assert!(fs::symlink_metadata(here.path().join("link")).unwrap().is_symlink());
        let said = export_to(here.path(), "/dev/fd/1");
        assert_eq!((said.code, said.out), (0, expected), "{}", said.err);
    }

    /// Standard output may be a regular file: a shell goes on writing to it.
    #[test]
    fn an_open_file_is_added_to_by_its_name() {
        let here = tempdir().unwrap();
        let expected = as_it_should_be(here.path());
        let out = here.path().join("out");
        fs::write(&out, "before\n").unwrap();
        let open = fs::OpenOptions::new().append(true).open(&out).unwrap();
        let mut child = command(here.path(), &[&EXPORT[..], &["-o", "/dev/fd/1"]].concat());
        let status = child.stdout(open).stderr(Stdio::null()).status().unwrap();
        assert_eq!((status.code(), fs::read_to_string(&out).unwrap()), (Some(0), format!("before\n{expected}")));
    }

    #[test]
    fn a_symbolic_link_stays_and_what_it_points_at_is_written() {
        let here = tempdir().unwrap();
        let expected = as_it_should_be(here.path());
        fs::create_dir(here.path().join("deep")).unwrap();
        fs::write(here.path().join("deep/there"), "old").unwrap();
        for (link, target) in [("one", "deep/there"), ("two", "one"), ("dangling", "deep/new")] {
            let link = here.path().join(link);
            symlink(target, &link).unwrap();
            let said = export_to(here.path(), link.to_str().unwrap());
            assert_eq!(said.code, 0, "{}", said.err);
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "{target}");
            assert_eq!(fs::read_to_string(&link).unwrap(), expected);
            assert!(fs::symlink_metadata(here.path().join("deep/there")).unwrap().is_file());
        }
        symlink("circle", here.path().join("circle")).unwrap();
        let said = export_to(here.path(), "circle");
        assert_eq!(said.code, 2);
        assert!(said.err.contains("circle cannot be written: its symbolic links lead in a circle"), "{}", said.err);
        // Logs and disks go through the same door.
        symlink("elsewhere", here.path().join("logs")).unwrap();
        fs::create_dir(here.path().join("elsewhere")).unwrap();
        fs::write(here.path().join("kept.json"), "old").unwrap();
        fs::create_dir(here.path().join("state")).unwrap();
        symlink("../kept.json", here.path().join("state/server-1.json")).unwrap();
        assert_eq!(quorum(here.path(), &["run", "--scenario", "first-agreement"]).code, 0);
        assert!(here.path().join("elsewhere/first-agreement.jsonl").exists());
        assert!(fs::symlink_metadata(here.path().join("state/server-1.json")).unwrap().is_symlink());
        assert!(fs::read_to_string(here.path().join("kept.json")).unwrap().contains("\"node\": 1"));
    }

    #[test]
    fn a_file_that_is_replaced_keeps_its_permissions_and_a_new_one_has_the_usual_ones() {
        let here = tempdir().unwrap();
        let (old, new, usual) = (here.path().join("old"), here.path().join("new"), here.path().join("usual"));
        fs::write(&usual, "").unwrap();
        for permissions in [0o640, 0o604, 0o755] {
            fs::write(&old, "old").unwrap();
            fs::set_permissions(&old, fs::Permissions::from_mode(permissions)).unwrap();
            assert_eq!(export_to(here.path(), "old").code, 0);
            assert_eq!(mode(&old), permissions);
        }
        assert_eq!(export_to(here.path(), "new").code, 0);
        assert_eq!(mode(&new), mode(&usual));
        assert_eq!(files(here.path()), ["new", "old", "usual"], "nothing else is left behind");
    }

    /// A device that never ends took 22 GB.
    #[test]
    fn no_more_is_read_than_a_run_may_have() {
        let here = tempdir().unwrap();
        for arguments in [
            &["run", "/dev/zero"][..],
            &["export", "/dev/zero", "--format", "svg"],
            &["check", "--from", "/dev/zero"],
            &["linearizable", "/dev/zero"],
        ] {
            let said = quorum(here.path(), arguments);
            assert_eq!((said.code, said.out.as_str()), (2, ""));
            assert!(said.err.contains("/dev/zero has more than 33554432 bytes"), "{}", said.err);
        }
        // What a pipe brings is read like a file.
        let mut child = command(here.path(), &["run", "/dev/stdin", "--json"]);
        let scenario = fs::File::open(found("byte-order-mark.quorum.json")).unwrap();
        let output = child.stdin(scenario).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Rust's runtime opens `/dev/null` in place of what is closed, and everything seems to be written.
    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_standard_output_a_command_fails_with_a_sentence() {
        let here = tempdir().unwrap();
        for arguments in ["scenarios", "scenarios --json", "--help", "run --scenario first-agreement"] {
            let script = format!("exec {} {arguments} >&-", env!("CARGO_BIN_EXE_quorum"));
            let output = Command::new("sh").args(["-c", &script]).current_dir(here.path()).output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments}: {err}");
            assert!(err.contains("standard output is closed"), "{arguments}: {err}");
        }
        // What goes elsewhere does not need it.
        let script = format!("exec {} {} -o x.jsonl >&-", env!("CARGO_BIN_EXE_quorum"), EXPORT.join(" "));
        let status = Command::new("sh").args(["-c", &script]).current_dir(here.path()).stderr(Stdio::null()).status();
        assert_eq!(status.unwrap().code(), Some(0));
        assert!(here.path().join("x.jsonl").exists());
        // A device that takes everything is no closed output, whichever way it was opened.
        let null = fs::OpenOptions::new().read(true).write(true).open("/dev/null").unwrap();
        assert_eq!(command(here.path(), &["scenarios"]).stdout(null).status().unwrap().code(), Some(0));
    }
}

#[test]
fn a_file_may_begin_with_a_byte_order_mark_and_may_be_utf_16() {
    let here = tempdir().unwrap();
    let plain = fs::read_to_string(found("byte-order-mark.quorum.json")).unwrap().replace('\u{feff}', "");
    fs::write(here.path().join("plain.json"), plain).unwrap();
    let digest = |file: &Path| {
        let said = quorum(here.path(), &["run", file.to_str().unwrap(), "--json"]);
        assert_eq!(said.code, 0, "{}", said.err);
        said.json()["digest"].clone()
    };
    let expected = digest(Path::new("plain.json"));
    assert!(expected.is_string());
    assert_eq!(digest(&found("byte-order-mark.quorum.json")), expected);
    assert_eq!(digest(&found("utf-16.quorum.json")), expected);
}

#[test]
fn a_list_that_is_too_long_is_refused_before_its_items_are_read() {
    let here = tempdir().unwrap();
    // None of them is an intervention, and it is their number that is spoken of.
    let many = vec!["0"; 300_000].join(",");
    let run = json!({"quorum": 1, "engine": "x", "config": {}, "cursor": 0, "length": 0, "digest": ""}).to_string();
    let run = run.replacen('{', &format!("{{\"interventions\":[{many}],"), 1);
    fs::write(here.path().join("run.json"), run).unwrap();
    fs::write(here.path().join("scenario.json"), format!("{{\"quorum\":1,\"interventions\":[{many}]}}")).unwrap();
    for file in ["run.json", "scenario.json"] {
        let said = quorum(here.path(), &["run", file]);
        assert_eq!(said.code, 2);
        assert!(
            said.err.contains("\"interventions\" is a list of 300000, and may have at most 100000"),
            "{}",
            said.err
        );
        assert!(said.err.len() < 300);
    }
}

/// A terminal obeys escape sequences, and a line break in a title would begin a line that nobody said.
#[test]
fn what_comes_from_outside_is_made_visible() {
    let here = tempdir().unwrap();
    let forged = "x\n✓ nothing is broken\u{1b}[2K\u{9b}1A\r\u{202e}";
    let scenario = json!({
        "quorum": 1, "title": forged, "about": forged,
        "interventions": [{"action": {"type": "propose", "node": 1, "value": forged}}],
        "notes": [{"after": {"event": "chosen"}, "says": forged}],
        "expect": [{"chosen": forged}, {"chosen": format!("not {forged}")}],
    });
    let file = here.path().join("forged.quorum.json");
    fs::write(&file, scenario.to_string()).unwrap();
    let tame = |text: &str| {
        let wild = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!text.contains(wild), "{text:?}");
        assert!(!text.lines().any(|line| line.starts_with("✓ nothing is broken")), "{text}");
    };
    let said = quorum(here.path(), &["run", "forged.quorum.json"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.out.starts_with("x␊✓ nothing is broken␛[2K⟨9b⟩1A␍⟨202e⟩\n===="), "{}", said.out);
    assert!(said.out.contains("✓ x␊✓ nothing is broken␛[2K⟨9b⟩1A␍⟨202e⟩ is chosen\n"), "{}", said.out);
    tame(&said.out);
    tame(&said.err);
    let said = quorum(here.path(), &["check", "--from", "forged.quorum.json", "--step", "3", "--off", "keep-promise"]);
    tame(&(said.out + &said.err));
    // A refusal repeats what it refuses, but only its beginning, and on its one line.
    let wrong = |name: &str, json: Value| {
        fs::write(here.path().join(name), json.to_string()).unwrap();
        let said = quorum(here.path(), &["run", name]);
        tame(&said.err);
        assert_eq!((said.code, said.err.lines().count()), (2, 1), "{}", said.err);
        assert!(said.err.len() < 1000, "{} bytes", said.err.len());
    };
    let long = format!("{forged}{}", "y".repeat(300_000));
    wrong("type.json", json!({"quorum": 1, "interventions": [{"action": {"type": long}}]}));
    wrong("field.json", json!({"quorum": 1, &long: 1}));
    wrong("event.json", json!({"quorum": 1, "until": {"after": {"event": long}}}));
    wrong("breaks.json", json!({"quorum": 1, "expect": [{"breaks": long}]}));
    wrong(
        "engine.json",
        json!({
            "quorum": 1, "engine": long, "config": {}, "interventions": [], "cursor": 0, "length": 0, "digest": "0"
        }),
    );
    wrong(
        "value.json",
        json!({"quorum": 1, "interventions": [{"action": {"type": "propose", "node": 1, "value": long}}]}),
    );
    wrong(
        "message.json",
        json!({"quorum": 1, "interventions": [{"action": {"type": "drop", "message": {"value": long}}}]}),
    );
    let argument = &long[..100_000];
    for arguments in
        [&["run", argument][..], &["run", "--scenario", argument], &["check", "--off", argument], &[argument]]
    {
        let said = quorum(here.path(), arguments);
        tame(&said.err);
        assert_eq!(said.code, 2);
        assert!(said.err.len() < 2000, "{} bytes", said.err.len());
    }
}

#[test]
fn no_more_threads_are_begun_than_a_machine_has_use_for() {
    let here = tempdir().unwrap();
    for command in [&["fuzz", "--seeds", "4", "--steps", "9"][..], &["check", "--spec", "--ballots", "2"]] {
        let said = quorum(here.path(), &[command, &["--threads", "65535"]].concat());
        assert_eq!(said.code, 2);
        assert!(said.err.contains("65535 is not in 1..=256"), "{}", said.err);
        assert_eq!(quorum(here.path(), &[command, &["--threads", "256"]].concat()).code, 0);
    }
}

#[test]
fn disks_of_another_run_are_removed_and_nothing_else_is() {
    let here = tempdir().unwrap();
    let state = here.path().join("state");
    assert_eq!(quorum(here.path(), &["run", "--scenario", "two-of-five-down"]).code, 0);
    fs::write(state.join("notes.txt"), "mine").unwrap();
    fs::write(state.join("server-04.json"), "mine").unwrap();
    fs::write(state.join("server-102.json"), "mine").unwrap();
    let said = quorum(here.path(), &["run", "--scenario", "first-agreement"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let mine = ["notes.txt", "server-04.json", "server-1.json", "server-102.json", "server-2.json", "server-3.json"];
    assert_eq!(files(&state), mine);
    // Something of such a name that the command would not have written is somebody's.
    for foreign in ["{}", "mine", r#"{"node": 5, "lost": false, "accepted": []}"#] {
        fs::write(state.join("server-4.json"), foreign).unwrap();
        let before: Vec<_> = files(here.path()).iter().map(|it| fs::read(here.path().join(it)).unwrap()).collect();
        let said = quorum(here.path(), &["run", "--scenario", "two-proposers"]);
        assert_eq!((said.code, said.out.as_str()), (2, ""));
        assert!(said.err.contains("server-4.json is there") && said.err.contains("--state-dir"), "{}", said.err);
        let after: Vec<_> = files(here.path()).iter().map(|it| fs::read(here.path().join(it)).unwrap()).collect();
        assert_eq!(before, after, "nothing is written or removed");
    }
}

#[test]
fn a_run_that_a_limit_ended_says_so() {
    let here = tempdir().unwrap();
    let text = include_str!("../../core/tests/found/cut-off-by-a-limit.quorum.json");
    fs::write(here.path().join("cut.quorum.json"), text).unwrap();
    let said = quorum(here.path(), &["run", "cut.quorum.json", "--json"]);
    let json = said.json();
    assert_eq!((said.code, &json["ended"]), (1, &json!("limit")));
    assert_eq!((&json["expectations"][0]["met"], &json["expectations"][1]["met"]), (&json!(false), &json!(false)));
    let said = quorum(here.path(), &["run", "cut.quorum.json"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("\nA limit ended this run after 20"), "{}", &said.out[said.out.len() - 500..]);
    let ended = |more: &[&str]| quorum(here.path(), &[&["run", "--json"], more].concat()).json()["ended"].clone();
    assert_eq!(ended(&["--scenario", "first-agreement"]), "nothing-left");
    assert_eq!(ended(&["--scenario", "first-agreement", "--steps", "9"]), "until");
    assert_eq!(ended(&["--scenario", "first-agreement", "--steps", "900"]), "nothing-left");
    assert_eq!(ended(&["--scenario", "duelling-proposers"]), "until");
}

#[test]
fn a_pattern_with_a_misspelt_name_is_refused_by_name() {
    let here = tempdir().unwrap();
    let text = include_str!("../../core/tests/found/misspelt-names.quorum.json");
    fs::write(here.path().join("typo.quorum.json"), text).unwrap();
    let said = quorum(here.path(), &["run", "typo.quorum.json"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("expectation 1: there is no event \"acepted\"; the events are "), "{}", said.err);
}

#[test]
fn a_scenario_without_a_title_is_called_as_its_file() {
    let here = tempdir().unwrap();
    let text = include_str!("../../core/tests/found/no-title.quorum.json");
    fs::write(here.path().join("lesson.quorum.json"), text).unwrap();
    let said = quorum(here.path(), &["run", "lesson.quorum.json"]);
    assert!(said.code == 0 && said.out.starts_with("lesson\n======\n"), "{}{}", said.out, said.err);
}

#[test]
fn the_codes_with_which_commands_end_are_those_that_the_help_says() {
    let here = tempdir().unwrap();
    fs::write(here.path().join("unmet.json"), support::UNMET).unwrap();
    for (code, arguments) in [
        (0, "demo"),
        (0, "run --scenario first-agreement"),
        (0, "export --scenario first-agreement --format svg"),
        (0, "check --spec --ballots 2"),
        (0, "fuzz --seeds 3 --steps 20"),
        (0, "scenarios --check"),
        (0, "--version"),
        (1, "run unmet.json"),
        (1, "check --off keep-promise"),
        (2, ""),
        (2, "run missing.json"),
        (2, "run #nothing"),
        (2, "check --off gravity"),
        (2, "fuzz --seeds 0"),
        (2, "export --scenario first-agreement --format svg -o unmet.json/x.svg"),
        (3, "check --max-states 500"),
        (3, "check --spec --max-states 500"),
    ] {
        for json in [&[][..], &["--json"]] {
            let arguments: Vec<_> = arguments.split_whitespace().chain(json.iter().copied()).collect();
            let said = quorum(here.path(), &arguments);
            assert_eq!(said.code, code, "{arguments:?}: {}", said.err);
            assert_eq!(
                said.err.contains("error: ") || arguments.is_empty() || arguments == ["--json"],
                code == 2,
                "{arguments:?}: {}",
                said.err
            );
        }
    }
    let mut child = command(here.path(), &["scenarios"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""), "a reader that goes away is no error");
}

#[test]
fn a_world_that_fuzzing_lists_can_be_opened() {
    let here = tempdir().unwrap();
    let fuzz = ["fuzz", "--from", "9000028", "--seeds", "1", "--steps", "60000", "--save", "worlds"];
    let said = quorum(here.path(), &[&fuzz[..], &["--json"]].concat());
    let json = said.json();
    assert_eq!((said.code, &json["unconverged"], &json["violations"]), (0, &json!([]), &json!([])));
    assert_eq!(json["outOfBallots"][0]["seed"], 9_000_028);
    assert_eq!(files(here.path()), ["worlds/world-9000028.quorum.json"]);
    let lines =
        quorum(here.path(), &["export", "worlds/world-9000028.quorum.json", "--format", "jsonl", "--from", "30000"]);
    assert_eq!(lines.code, 0, "{}", lines.err);
    assert!(lines.out.contains("\"event\":\"exhausted\""), "what the verdict says is in the run");
}
