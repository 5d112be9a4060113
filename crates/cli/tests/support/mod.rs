//! The program as somebody else starts it.
#![allow(dead_code, reason = "each test file uses some of it")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// A scenario that is not met: white is never chosen.
pub(crate) const UNMET: &str = r#"{
    "quorum": 1, "title": "Wrong", "about": "What it expects does not come.", "config": {"nodes": 3, "seed": 1},
    "interventions": [{"action": {"type": "propose", "node": 1, "value": "blue"}}],
    "expect": [{"chosen": "white"}]
}"#;

/// What came of a call.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("it speaks UTF-8");
        Self {
            code: output.status.code().expect("it ends by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Said {
    /// The one JSON object on standard output.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one object on one line: {}", self.out);
        let json: Value = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out));
        assert!(json.is_object(), "{json}");
        json
    }
}

/// The command, in this directory.
pub(crate) fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorum"));
    command.args(arguments).current_dir(directory);
    command
}

pub(crate) fn quorum(directory: &Path, arguments: &[&str]) -> Said {
    command(directory, arguments).output().expect("it can be started").into()
}

/// The names of an object's fields, in order.
pub(crate) fn fields(json: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// Everything in a directory and those in it, in order.
pub(crate) fn files(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![directory.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path.strip_prefix(directory).unwrap().to_str().unwrap().to_string());
            }
        }
    }
    found.sort();
    found
}
