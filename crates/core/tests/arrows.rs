//! Arrows between the rooms of this crate point one way, and only downwards.
//!
//! Each room may use the rooms below it. What a file uses is read from its lines: every `crate::room` outside of comments
//! and tests. So an arrow upwards fails here, with its file and line, before anybody has built on it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, lowest first. Rooms that stand on one line do not use each other.
const ROOMS: [&[&str]; 9] =
    [&["paxos"], &["log"], &["host"], &["sim"], &["check"], &["run"], &["tell"], &["scenario", "search"], &["lib"]];

/// What every room may use: it knows no room itself, but for the small types that `json` carries.
const TOOLS: [&str; 7] = ["cow_map", "digest", "endpoint", "json", "limits", "slot_map", "text"];

/// The name of a file without its ending.
fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.extension() {
            _ if ["tests", "sample"].contains(&stem(&path)) => {}
            _ if path.is_dir() => files(&path, found),
            Some(extension) if extension == "rs" => found.push(path),
            _ => {}
        }
    }
}

/// The rooms that a line of code names: `crate::sim::…`, or several of `use crate::{run, sim}`.
fn named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let mut rooms = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let list = rest.strip_prefix('{').map_or(rest, |list| list.split('}').next().unwrap_or(list));
        let names = if rest.starts_with('{') { list.split(',').collect() } else { vec![list] };
        for name in names {
            let name: String = name.trim().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            rooms.push(name);
        }
    }
    rooms
}

/// Every use of one room by another, with where it is.
fn arrows(root: &Path) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    let mut found = Vec::new();
    files(root, &mut found);
    for path in found {
        let inside = path.strip_prefix(root).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            if line.trim().starts_with("#[cfg(test)]") {
                break;
            }
            for other in named(line).into_iter().filter(|other| *other != room) {
                all.push((room.clone(), other, format!("{}:{}: {}", inside.display(), index + 1, line.trim())));
            }
        }
    }
    all
}

fn level(room: &str) -> Option<usize> {
    ROOMS.iter().position(|rooms| rooms.contains(&room))
}

/// Whether `room` may use `other`.
fn may_use(room: &str, other: &str) -> bool {
    TOOLS.contains(&other)
        || TOOLS.contains(&room)
        || matches!((level(room), level(other)), (Some(room), Some(other)) if other < room)
}

#[test]
fn no_arrow_points_upwards() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let arrows = arrows(&root);
    let wrong: Vec<_> = arrows.iter().filter(|(room, other, _)| !may_use(room, other)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let seen: BTreeSet<_> = arrows.iter().map(|(room, other, _)| (room.as_str(), other.as_str())).collect();
    for arrow in [("sim", "host"), ("check", "sim"), ("run", "check"), ("tell", "run"), ("search", "run")] {
        assert!(seen.contains(&arrow), "{arrow:?} is a real arrow, and was not read: {seen:?}");
    }
}

#[test]
fn the_tools_know_no_more_of_the_rooms_than_the_small_types_they_carry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (tool, other, place) in arrows(&root) {
        let carries = match tool.as_str() {
            "json" => ["paxos", "sim"].contains(&other.as_str()),
            "endpoint" => ["paxos", "log"].contains(&other.as_str()),
            _ => false,
        };
        assert!(!TOOLS.contains(&tool.as_str()) || TOOLS.contains(&other.as_str()) || carries, "{place}");
    }
}

#[test]
fn an_arrow_upwards_would_be_noticed() {
    assert_eq!(named("use crate::{run::Run, sim};"), ["run", "sim"]);
    assert_eq!(named("    let it: crate::tell::View = crate::run::it(); // crate::search"), ["tell", "run"]);
    assert!(!may_use("paxos", "sim") && !may_use("run", "tell") && !may_use("scenario", "search"));
    assert!(may_use("tell", "paxos") && may_use("search", "tell") && may_use("run", "json"));
}

/// `paxos/` never sees time, randomness, message numbers or a disk, and has no word of the search.
#[test]
fn the_algorithm_names_nothing_of_the_world() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/paxos");
    let mut found = Vec::new();
    files(&root, &mut found);
    assert!(found.len() > 10);
    for path in found {
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in ["MessageId", "Draws", "Schedule", "Disk", "Time"] {
                let is_named = code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == word);
                assert!(!is_named, "{}:{}: {line}", path.display(), index + 1);
            }
        }
    }
}
