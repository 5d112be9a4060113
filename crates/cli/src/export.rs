//! `quorum export`: a run in the format of another tool.

use crate::outcome::Outcome;
use crate::subject::Source;
use crate::{files, output};
use anyhow::{Result, bail};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use quorum_core::json::Object;
use quorum_export::Format;
use std::path::PathBuf;

/// The arguments of `export`.
#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    source: Source,
    /// What to write
    #[arg(long, value_name = "F", value_parser = formats())]
    format: Format,
    /// The first step to write; a script always begins at the beginning
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    /// The last step to write [default: the last there is]
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// The one step to write: short for `--from N --to N`, and what `--format stage` is of [default: the last there is]
    #[arg(long, value_name = "N", conflicts_with_all = ["from", "to"])]
    step: Option<u64>,
    /// Where to write it, whole or not at all; `-` is standard output [default: -]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    let named = Format::ALL.map(|format| PossibleValue::new(format.as_str()).help(says(format)));
    let parse = |word: String| Format::ALL.into_iter().find(|format| format.as_str() == word).ok_or("no such format");
    PossibleValuesParser::new(named).try_map(parse)
}

const fn says(format: Format) -> &'static str {
    match format {
        Format::Svg => "a space-time diagram: a lane for each server, an arrow for each message",
        Format::AnimatedSvg => "a film: messages that move between servers on a ring, at reading pace, with the notes",
        Format::Stage => "the stage at a step: servers on a ring, the messages between them, and its note",
        Format::Mermaid => "a sequence diagram for Mermaid",
        Format::Shiviz => "a log with vector clocks for ShiViz",
        Format::Jsonl => "the events, one JSON object a line",
        Format::Script => "a golden script: commands, and the log they lead to",
    }
}

impl Export {
    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be played or written, or has no such steps.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        let subject = self.source.open(None)?;
        let history = &subject.played.history;
        let length = history.branch().length();
        if let Some(step) = self.step.filter(|step| *step > length) {
            bail!("there is no step {step}: {} has {length} steps", subject.name);
        }
        let from = self.step.unwrap_or(self.from);
        let to = self.step.or(self.to).unwrap_or(length).min(length);
        if from > to {
            bail!("there is nothing from step {from} to step {to}: {} has {length} steps", subject.name);
        }
        let notes = &subject.played.notes;
        let text = quorum_export::export(history, notes, self.format, from, to);
        let path = self.output.as_ref().filter(|path| path.as_os_str() != "-");
        if let Some(path) = path {
            files::write(path, text.as_bytes())?;
        }
        let file = path.map(|path| path.display().to_string());
        match (&file, json) {
            (_, true) => {
                let object = Object::new().with("format", self.format.as_str()).with("from", from).with("to", to);
                let object = object.with("bytes", text.len() as u64);
                output::print_json(&match file {
                    Some(file) => object.with("file", file).into(),
                    None => object.with("text", text).into(),
                })?;
            }
            (Some(file), false) if self.format == Format::AnimatedSvg => {
                let seconds = quorum_export::film_seconds(history, notes, from, to);
                output::say(&format!("Wrote {file}: {} bytes. The film takes {seconds} seconds.", text.len()));
            }
            (Some(file), false) => output::say(&format!("Wrote {file}: {} bytes.", text.len())),
            (None, false) => output::print(&text)?,
        }
        Ok(Outcome::Held)
    }
}
