//! The scenarios, the challenges and the counterexamples, as files the page can ask for, and a list of all: a scenario as the
//! run it makes, a challenge as it is written, without its solution and its tests.
//!
//! They are read from the core's folders, and not from the core itself: nobody should have to wait until it is compiled for
//! this machine, too. `index.txt` in each folder says in which order they are listed; the core's tests hold it to that.

use crate::{mirror, project};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Brings web/scenarios/ up to date. Files that would not change are not written.
///
/// # Errors
/// When a scenario is not JSON, or the files cannot be written.
pub(crate) fn build() -> Result<()> {
    let out = tempfile::tempdir().context("no temporary directory can be made")?;
    scenarios(out.path(), "", "index.json")?;
    scenarios(out.path(), "log", "log.json")?;
    challenges(out.path(), "", "challenges.json")?;
    challenges(out.path(), "log", "log-challenges.json")?;
    counterexamples(out.path(), "", "counterexamples.json")?;
    counterexamples(out.path(), "log", "log-counterexamples.json")?;
    mirror::mirror(out.path(), &project::web_scenarios(), mirror::everything)
}

/// Writes the scenarios of a folder, those of a log for example, as the runs they make, `NAME.json`, and their list.
fn scenarios(out: &Path, folder: &str, list: &str) -> Result<()> {
    let mut index = Vec::new();
    for (name, scenario) in listed(&project::scenarios().join(folder))? {
        index.push(json!({ "name": name, "title": scenario["title"], "about": scenario["about"] }));
        let run = read(&project::played().join(folder).join(format!("{name}.quorum.json")))?;
        fs::write(out.join(format!("{name}.json")), run.to_string())?;
    }
    Ok(fs::write(out.join(list), Value::from(index).to_string())?)
}

/// Writes what there is to bring about: `challenge-NAME.json`, and their list.
fn challenges(out: &Path, folder: &str, list: &str) -> Result<()> {
    let mut index = Vec::new();
    for (name, mut challenge) in listed(&project::challenges().join(folder))? {
        index.push(json!({ "name": name, "title": challenge["title"], "about": challenge["about"] }));
        for field in ["solution", "wrong"] {
            challenge.as_object_mut().map(|challenge| challenge.remove(field));
        }
        fs::write(out.join(format!("challenge-{name}.json")), challenge.to_string())?;
    }
    Ok(fs::write(out.join(list), Value::from(index).to_string())?)
}

/// Writes what is kept of runs without a rule: `without-RULE.json`, and their list.
fn counterexamples(out: &Path, folder: &str, list: &str) -> Result<()> {
    let mut index = Vec::new();
    for (rule, run) in listed(&project::counterexamples().join(folder))? {
        let name = format!("without-{rule}");
        index.push(json!({ "name": name, "rule": rule, "title": run["title"] }));
        fs::write(out.join(format!("{name}.json")), run.to_string())?;
    }
    Ok(fs::write(out.join(list), Value::from(index).to_string())?)
}

/// Every run or scenario of a folder with its name, in the order of its `index.txt`.
fn listed(folder: &Path) -> Result<Vec<(String, Value)>> {
    let names = text(&folder.join("index.txt"))?;
    names.lines().map(|name| Ok((name.to_owned(), read(&folder.join(format!("{name}.quorum.json")))?))).collect()
}

fn read(file: &Path) -> Result<Value> {
    serde_json::from_str(&text(file)?).with_context(|| format!("{} is not JSON", file.display()))
}

fn text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_and_every_rule_has_a_file_and_a_line_in_a_list() {
        build().expect("written");
        let read = |name: &str| -> Value {
            let text = fs::read_to_string(project::web_scenarios().join(name)).expect(name);
            serde_json::from_str(&text).expect(name)
        };
        let files = |folder: &Path| {
            let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
            entries.filter(|name| name.to_string_lossy().ends_with(".quorum.json")).count()
        };
        for (folder, index, challenges) in
            [("", "index.json", "challenges.json"), ("log", "log.json", "log-challenges.json")]
        {
            let index = read(index);
            assert_eq!(index.as_array().map(Vec::len), Some(files(&project::scenarios().join(folder))));
            for line in index.as_array().into_iter().flatten() {
                let scenario = read(&format!("{}.json", line["name"].as_str().expect("a name")));
                assert_eq!(scenario["title"], line["title"]);
            }
            let challenges = read(challenges);
            assert_eq!(challenges.as_array().map(Vec::len), Some(files(&project::challenges().join(folder))));
            for line in challenges.as_array().into_iter().flatten() {
                let challenge = read(&format!("challenge-{}.json", line["name"].as_str().expect("a name")));
                assert_eq!(challenge["about"], line["about"]);
                assert!(challenge["goal"].is_array() && challenge["solution"].is_null(), "the page is not told how");
            }
        }
        for (folder, list) in [("", "counterexamples.json"), ("log", "log-counterexamples.json")] {
            let broken = read(list);
            assert_eq!(broken.as_array().map(Vec::len), Some(files(&project::counterexamples().join(folder))));
            for line in broken.as_array().into_iter().flatten() {
                let run = read(&format!("{}.json", line["name"].as_str().expect("a name")));
                assert_eq!(run["config"]["rules"], json!({ line["rule"].as_str().expect("a rule"): false }));
            }
        }
    }
}
