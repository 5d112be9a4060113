//! The scenarios and the counterexamples, as files the page can ask for: each as it is written, and a list of all, in the
//! order in which scenarios teach and rules are numbered.

use crate::{mirror, project};
use anyhow::{Context, Result};
use quorum_core::paxos::Rule;
use quorum_core::run::SCENARIOS;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Brings web/scenarios/ up to date. Files that would not change are not written.
///
/// # Errors
/// When a scenario is not JSON, or the files cannot be written.
pub(crate) fn build() -> Result<()> {
    let out = tempfile::tempdir().context("no temporary directory can be made")?;
    let mut index = Vec::new();
    for (name, text) in SCENARIOS {
        let scenario: Value = serde_json::from_str(text).with_context(|| format!("the scenario {name} is not JSON"))?;
        index.push(json!({ "name": name, "title": scenario["title"], "about": scenario["about"] }));
        fs::write(out.path().join(format!("{name}.json")), scenario.to_string())?;
    }
    fs::write(out.path().join("index.json"), Value::from(index).to_string())?;
    counterexamples(out.path())?;
    mirror::mirror(out.path(), &project::web_scenarios(), mirror::everything)
}

/// Writes what is kept of runs without a rule: `without-RULE.json`, and their list.
fn counterexamples(out: &Path) -> Result<()> {
    let mut index = Vec::new();
    for rule in Rule::ALL.map(Rule::word) {
        let file = project::counterexamples().join(format!("{rule}.quorum.json"));
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let run: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
        let name = format!("without-{rule}");
        index.push(json!({ "name": name, "rule": rule, "title": run["title"] }));
        fs::write(out.join(format!("{name}.json")), run.to_string())?;
    }
    Ok(fs::write(out.join("counterexamples.json"), Value::from(index).to_string())?)
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
        let index = read("index.json");
        assert_eq!(index.as_array().map(Vec::len), Some(SCENARIOS.len()));
        for line in index.as_array().into_iter().flatten() {
            let scenario = read(&format!("{}.json", line["name"].as_str().expect("a name")));
            assert_eq!(scenario["title"], line["title"]);
        }
        let broken = read("counterexamples.json");
        assert_eq!(broken.as_array().map(Vec::len), Some(Rule::ALL.len()));
        for line in broken.as_array().into_iter().flatten() {
            let run = read(&format!("{}.json", line["name"].as_str().expect("a name")));
            assert_eq!(run["config"]["rules"], json!({ line["rule"].as_str().expect("a rule"): false }));
        }
    }
}
