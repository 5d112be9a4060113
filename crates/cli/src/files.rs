//! What is read from and written to disk. Nothing is left half-written: a file is made beside its place and moved there.

use anyhow::{Context, Result, bail};
use quorum_core::json::{FromJson, Json};
use quorum_core::run::{Played, Run, SCENARIOS, Scenario};
use std::fs;
use std::path::Path;

/// Longest file that is read, in bytes: a run of a hundred thousand interventions is shorter.
const LONGEST: u64 = 32 << 20;

/// A run that is to be looked at: played already, with what a scenario says about it.
pub(crate) struct Subject {
    /// What it is called.
    pub(crate) title: String,
    /// What it shows; empty for a run without a word about it.
    pub(crate) about: String,
    /// What came of it.
    pub(crate) played: Played,
}

/// A scenario that comes with the program.
///
/// # Errors
/// When there is none of this name.
pub(crate) fn shipped(name: &str) -> Result<Scenario> {
    let Some((_, text)) = SCENARIOS.iter().find(|(known, _)| *known == name) else {
        let names: Vec<_> = SCENARIOS.iter().map(|(name, _)| *name).collect();
        bail!("there is no scenario \"{name}\". There are: {}", names.join(", "));
    };
    let json: Json = serde_json::from_str(text).with_context(|| format!("the scenario {name} is not JSON"))?;
    Scenario::from_json(&json, "scenario").with_context(|| format!("the scenario {name} is not valid"))
}

/// Plays a scenario.
///
/// # Errors
/// Why it cannot be played.
pub(crate) fn play(scenario: Scenario) -> Result<Subject> {
    let played = scenario.play()?;
    Ok(Subject { title: scenario.title, about: scenario.about, played })
}

/// Plays what is in a file: a run, which has a digest, or a scenario. Another seed than its own may be given.
///
/// # Errors
/// Why the file cannot be read, or what is in it cannot be played.
pub(crate) fn open(path: &Path, seed: Option<u64>) -> Result<Subject> {
    let name = path.display();
    let size = fs::metadata(path).with_context(|| format!("{name} cannot be read"))?.len();
    if size > LONGEST {
        bail!("{name} has {size} bytes, and a run or scenario has at most {LONGEST}");
    }
    let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read as text"))?;
    let json: Json = serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))?;
    let is_run = matches!(&json, Json::Object(fields) if fields.get("digest").is_some());
    if !is_run {
        let scenario = Scenario::from_json(&json, "scenario").with_context(|| format!("{name} is no scenario"))?;
        return play(reseeded(scenario, seed)).with_context(|| format!("{name} cannot be played"));
    }
    if seed.is_some() {
        bail!("{name} is a run, which has happened with its own seed: only a scenario can be played with another");
    }
    let run = Run::from_json(&json, "run").with_context(|| format!("{name} is no run"))?;
    let mut history = run.replay().with_context(|| format!("{name} cannot be replayed"))?;
    history.seek(u64::MAX);
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let title = if run.title.is_empty() { stem } else { run.title };
    let played = Played { title: title.clone(), history, notes: run.notes, checked: Vec::new() };
    Ok(Subject { title, about: String::new(), played })
}

/// The scenario with another seed, if one is given.
pub(crate) fn reseeded(mut scenario: Scenario, seed: Option<u64>) -> Scenario {
    scenario.config.seed = seed.unwrap_or(scenario.config.seed);
    scenario
}

/// Writes a file whole or not at all, and the directories it is in.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory).with_context(|| format!("the directory {} cannot be made", directory.display()))?;
    let half = path.with_extension("part");
    let written = fs::write(&half, contents).and_then(|()| fs::rename(&half, path));
    if written.is_err() {
        drop(fs::remove_file(&half));
    }
    written.with_context(|| format!("{} cannot be written", path.display()))
}
