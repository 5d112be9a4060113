//! What a command is about: a scenario that comes with the program, or a run or scenario from a file or a link.

use crate::{files, progress};
use anyhow::{Context, Result, bail};
use clap::Args;
use quorum_core::json::{FromJson, Json, Object};
use quorum_core::run::{History, Replay, Run};
use quorum_core::scenario::{
    Challenge, Ending, LOG_SCENARIOS, Played, Question, SCENARIOS, Scenario, shipped_challenge,
};
use quorum_core::text::short;
use std::path::Path;

/// Steps of a replay between two looks at the progress: a few milliseconds, with few servers.
const SLICE: u64 = 1000;

/// Where it comes from.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Source {
    /// A scenario that comes with the program: see `quorum scenarios`
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// A run or a scenario (`*.quorum.json`), or a link to a run (`'#q1.…'`, or the whole address in quotes)
    file: Option<String>,
}

/// A run that is to be looked at: played already, with what a scenario says about it.
pub(crate) struct Subject {
    /// What files about it are called.
    pub(crate) name: String,
    /// What came of it, what it is called, and what it shows.
    pub(crate) played: Played,
}

impl Subject {
    /// What it is called: as its file, if it has no title.
    pub(crate) fn title(&self) -> &str {
        if self.played.title.is_empty() { &self.name } else { &self.played.title }
    }
}

impl Source {
    /// Plays it, with another seed than its own if one is given.
    ///
    /// # Errors
    /// Why it cannot be read or played.
    pub(crate) fn open(&self, seed: Option<u64>) -> Result<Subject> {
        match (&self.scenario, &self.file) {
            (Some(name), _) => play(name, shipped(name)?, seed).with_context(|| format!("{name} cannot be played")),
            (None, Some(file)) if is_link(file) => open_link(file, seed),
            (None, Some(file)) => open_file(Path::new(file), seed),
            (None, None) => unreachable!("one of them is required"),
        }
    }
}

/// A run by whatever names it: a scenario that comes with the program, a file, or a link.
///
/// # Errors
/// Why it cannot be read or played.
pub(crate) fn open(what: &str) -> Result<Subject> {
    let is_shipped = SCENARIOS.iter().chain(LOG_SCENARIOS).any(|(known, _)| *known == what);
    let (scenario, file) = if is_shipped { (Some(what.into()), None) } else { (None, Some(what.into())) };
    Source { scenario, file }.open(None)
}

/// A scenario that comes with the program.
///
/// # Errors
/// When there is none of this name.
pub(crate) fn shipped(name: &str) -> Result<Scenario> {
    let all = SCENARIOS.iter().chain(LOG_SCENARIOS);
    let Some((_, text)) = all.clone().find(|(known, _)| *known == name) else {
        let names: Vec<_> = all.map(|(name, _)| *name).collect();
        bail!("there is no scenario \"{}\". There are: {}", short(name, 40), names.join(", "));
    };
    let json: Json = serde_json::from_str(text).with_context(|| format!("the scenario {name} is not JSON"))?;
    Scenario::from_json(&json, "scenario").with_context(|| format!("the scenario {name} is not valid"))
}

/// A challenge that comes with the program.
///
/// # Errors
/// When there is none of this name.
pub(crate) fn challenge(name: &str) -> Result<Challenge> {
    let json: Json =
        serde_json::from_str(shipped_challenge(name)?).with_context(|| format!("the challenge {name} is not JSON"))?;
    Challenge::from_json(&json, "challenge").with_context(|| format!("the challenge {name} is not valid"))
}

/// Plays a scenario.
///
/// # Errors
/// Why it cannot be played.
pub(crate) fn play(name: &str, mut scenario: Scenario, seed: Option<u64>) -> Result<Subject> {
    scenario.config.seed = seed.unwrap_or(scenario.config.seed);
    let played = scenario.play()?;
    Ok(Subject { name: name.into(), played })
}

/// Whether this is a link. A file of this name comes first.
fn is_link(text: &str) -> bool {
    !Path::new(text).exists() && (quorum_link::is_like_link(text) || text.contains("://") || text.starts_with('#'))
}

fn open_link(link: &str, seed: Option<u64>) -> Result<Subject> {
    let run = quorum_link::from_link(link).context("the link cannot be opened")?;
    replay("run", run, seed).context("the run in the link cannot be replayed")
}

fn open_file(path: &Path, seed: Option<u64>) -> Result<Subject> {
    let text = files::read(path)?;
    let file = files::shown(path);
    let json: Json = serde_json::from_str(&text)
        .with_context(|| format!("{file} is neither a run nor a scenario, because it is not JSON"))?;
    let Json::Object(fields) = &json else { bail!("{file} is neither a run nor a scenario, because it is no object") };
    refuse_newer(fields).with_context(|| format!("{file} cannot be read"))?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = name.trim_end_matches(".json").trim_end_matches(".quorum");
    // Only what has happened has a digest.
    if fields.get("digest").is_some() {
        let run = Run::from_json(&json, "run").with_context(|| format!("{file} is no run"))?;
        return replay(name, run, seed).with_context(|| format!("{file} cannot be replayed"));
    }
    let scenario = Scenario::from_json(&json, "scenario").with_context(|| format!("{file} is no scenario"))?;
    play(name, scenario, seed).with_context(|| format!("{file} cannot be played"))
}

/// A newer format may have fields that would only seem to be wrong: its number decides, before anything else is read.
fn refuse_newer(fields: &Object) -> Result<()> {
    match fields.get("quorum") {
        Some(Json::Number(format)) if *format > f64::from(Run::FORMAT) => bail!(
            "it is in format {format}, and this version of Quorum, {}, reads format {}; use a newer one",
            Run::ENGINE,
            Run::FORMAT
        ),
        _ => Ok(()),
    }
}

fn replay(name: &str, run: Run, seed: Option<u64>) -> Result<Subject> {
    if seed.is_some() {
        bail!("it has happened with its own seed: only a scenario can be played with another");
    }
    Question::check_all(&run)?;
    let (title, notes) = (run.title.clone(), run.notes.clone());
    let history = played_back(run)?;
    let ended = Ending::here(history.now());
    let played = Played { title, about: String::new(), history, ended, notes, checked: Vec::new() };
    Ok(Subject { name: name.into(), played })
}

/// The run again, at its end. A short link may hold a million steps: a bar says how far it is.
fn played_back(run: Run) -> Result<History> {
    let end = run.length;
    let mut replay = Replay::new(Run { cursor: end, ..run })?;
    let bar = progress::bar(end, "steps");
    while !replay.advance(SLICE, &mut |_| ())? {
        bar.set_position(replay.progress().0);
    }
    bar.finish_and_clear();
    Ok(replay.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_from_files() {
        let links = [
            "#q1.abc",
            "q1.abc",
            " #q1.abc ",
            "https://example.org/lab/#q1.x",
            "#q7.x",
            "http://x/",
            "%23q1.abc",
            "“#q1.abc”.",
        ];
        for link in links {
            assert!(is_link(link), "{link}");
        }
        for file in ["run.quorum.json", "q1", "./q.json", "quorum.1", "a/q1x.json", "qx.json"] {
            assert!(!is_link(file), "{file}");
        }
    }
}
