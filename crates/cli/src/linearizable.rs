//! `quorum linearizable`: is a history of clients linearizable? The history may come from anywhere: one operation a
//! line.

use crate::outcome::Outcome;
use crate::{files, output, progress};
use anyhow::{Context, Result, anyhow};
use clap::Args;
use indicatif::HumanCount;
use quorum_core::check::linear::{History, HistoryReader, NotLinearizable, Verdict, judge, phrase};
use quorum_core::json::{Json, Object};
use quorum_core::text::{short, visible};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;
use textwrap::core::display_width;

/// Most letters of a name in the table.
const LETTERS: usize = 24;

/// What a file holds.
const FORMAT: &str = r#"One operation a line, in any order:

  {"client":"a","call":12,"return":30,"op":{"put":["k","v"]},"result":"ok"}
  {"client":"b","call":14,"return":20,"op":{"get":"k"},"result":null}
  {"client":"c","call":15,"return":null,"op":{"cas":["k","v","w"]}}

Times are whole numbers; only their order counts. "return" is null where no answer ever came. Operations are get, put,
delete, cas and append. Results: a text or null for get, true or false for cas, "ok" for the others. A client has at
most one operation open. The first line may say which values there are at the beginning, and that a result that is left
out was not observed: {"initial":{"k":"v"},"unobserved":true}

Exit codes: 0 linearizable; 1 not; 2 bad input; 3 undecided within the budget, which is no pass."#;

/// The arguments of `linearizable`.
#[derive(Args)]
#[command(after_help = FORMAT)]
pub(crate) struct Linearizable {
    /// The history (`*.jsonl`); `-` is standard input
    file: PathBuf,
}

impl Linearizable {
    /// Judges the history.
    ///
    /// # Errors
    /// What is wrong with it, or that standard output cannot be written.
    pub(crate) fn execute(&self, json: bool) -> Result<Outcome> {
        let (lines, history) = self.read()?;
        let bar = progress::spinner();
        bar.set_message(format!("{} operations", HumanCount(history.operations().len() as u64)));
        bar.enable_steady_tick(Duration::from_millis(100));
        let verdict = judge(&history);
        bar.finish_and_clear();
        let told = Told { history: &history, lines: &lines };
        if json {
            output::print_json(&told.json(&verdict).into())?;
        } else {
            output::print(&told.text(&verdict))?;
        }
        Ok(match verdict {
            Verdict::Linearizable { .. } => Outcome::Held,
            Verdict::Not(_) => Outcome::Failed,
            Verdict::Unknown { .. } => Outcome::Undecided,
        })
    }

    fn read(&self) -> Result<(HistoryReader, History)> {
        let (name, text) = files::read_or_input(&self.file)?;
        let mut lines = HistoryReader::default();
        for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
            if line.trim().is_empty() {
                continue;
            }
            let json: Json = serde_json::from_str(line)
                .map_err(|error| anyhow!("{name}: line {number} is not JSON, from its column {} on", error.column()))?;
            lines.read(number, &json).with_context(|| format!("{name}: line {number} is no operation"))?;
        }
        let history = lines.history().map_err(|error| {
            let place = match error.operation {
                Some(operation) => format!("{name}: line {} cannot be", lines.line(operation)),
                None => format!("{name} cannot be judged"),
            };
            anyhow!("{place}: {}", error.what)
        })?;
        Ok((lines, history))
    }
}

/// A verdict on its way to somebody.
struct Told<'a> {
    history: &'a History,
    lines: &'a HistoryReader,
}

impl Told<'_> {
    fn line(&self, operation: usize) -> usize {
        self.lines.line(self.history.given(operation))
    }

    fn operation(&self, operation: usize) -> Object {
        self.history.line(operation).with("line", self.line(operation) as u64)
    }

    fn json(&self, verdict: &Verdict) -> Object {
        let none = || Object::new().with("key", Json::Null).with("event", Json::Null).with("operations", list(&[]));
        let (word, object, explored) = match verdict {
            Verdict::Linearizable { explored } => ("linearizable", none(), *explored),
            Verdict::Unknown { explored } => ("unknown", none(), *explored),
            Verdict::Not(not) => {
                let operations: Vec<Json> = not.operations.iter().map(|it| self.operation(*it).into()).collect();
                let object = Object::new()
                    .with("key", not.key.as_str())
                    .with("event", not.event.map(|event| self.operation(event)))
                    .with("operations", operations)
                    .with("sentences", list(&not.sentences))
                    .with("more", not.more as u64);
                ("not", object, not.explored)
            }
        };
        let mut all = Object::new().with("verdict", word);
        for (name, value) in object.iter() {
            all.push(name.to_owned().into(), value.clone());
        }
        all.with("explored", explored)
    }

    fn text(&self, verdict: &Verdict) -> String {
        let operations = self.history.operations();
        let open = operations.iter().filter(|operation| operation.returned.is_none()).count();
        let keys = self.history.parts().len();
        let of = format!("{} on {}", counted(operations.len(), "operation"), counted(keys, "key"));
        match verdict {
            Verdict::Linearizable { explored } => {
                let open = if open == 0 { String::new() } else { format!(", of which {open} never returned") };
                format!(
                    "✓ Linearizable: one order of the operations explains every answer ({of}{open}; {} explanations \
                     were looked at).\n",
                    HumanCount(*explored)
                )
            }
            Verdict::Unknown { explored } => format!(
                "○ Undecided: the budget was reached after {} explanations ({of}). That does not mean linearizable.\n",
                HumanCount(*explored)
            ),
            Verdict::Not(not) => self.not(not),
        }
    }

    fn not(&self, not: &NotLinearizable) -> String {
        let key = visible(&short(not.key.as_str(), LETTERS));
        let mut text = match not.event {
            None => format!("✗ Not linearizable: no order of the operations on {key} explains every answer.\n"),
            Some(event) => {
                let operation = &self.history.operations()[event];
                let client = visible(&short(&self.history.clients()[operation.client], LETTERS));
                format!(
                    "✗ Not linearizable: when {client}'s {} returns at {}, nothing explains it (key {key}, line {}).\n",
                    phrase(operation),
                    operation.returned.unwrap_or_default(),
                    self.line(event)
                )
            }
        };
        let initial = match self.history.initial(&not.key) {
            None => "no value".into(),
            Some(value) => format!("the value {}", visible(&short(value.as_str(), LETTERS))),
        };
        let _ = writeln!(text, "\nAt the beginning, {key} has {initial}.");
        let part = self.history.parts().into_iter().find(|part| part.key == not.key);
        let others = part.map_or(0, |part| part.operations.len() - not.operations.len());
        if others > 0 {
            let others = counted(others, "other operation");
            let _ = writeln!(text, "Whatever {others} on {key} did, this cannot have been:");
        }
        text += &self.table(not);
        if !not.sentences.is_empty() {
            text.push('\n');
        }
        for sentence in &not.sentences {
            let _ = writeln!(text, "{}", visible(sentence));
        }
        if not.more > 0 {
            let _ = writeln!(text, "And {} more that do not explain it either.", counted(not.more, "explanation"));
        }
        text
    }

    /// The smallest bad part, in the order of calls.
    fn table(&self, not: &NotLinearizable) -> String {
        let head = ["line", "client", "called", "returned", "operation"].map(String::from);
        let mut rows = vec![head];
        for operation in &not.operations {
            let it = &self.history.operations()[*operation];
            let guilty = if Some(*operation) == not.event { "  ◀" } else { "" };
            rows.push([
                self.line(*operation).to_string(),
                visible(&short(&self.history.clients()[it.client], LETTERS)),
                it.call.to_string(),
                it.returned.map_or_else(|| "never".into(), |returned| returned.to_string()),
                phrase(it) + guilty,
            ]);
        }
        let width = |column: usize| rows.iter().map(|row| display_width(&row[column])).max().unwrap_or_default();
        let widths: Vec<usize> = (0..4).map(width).collect();
        let mut text = String::new();
        for row in &rows {
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(text, "  {cell}{}", " ".repeat(width - display_width(cell)));
            }
            let _ = writeln!(text, "  {}", row[4]);
        }
        text
    }
}

fn list(texts: &[String]) -> Json {
    texts.iter().map(String::as_str).collect()
}

/// `1 state`, `1,234 states`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{} {what}{}", HumanCount(count as u64), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_undecided_is_not_called_linearizable() {
        let mut lines = HistoryReader::default();
        let line = r#"{"client":"a","call":1,"return":2,"op":{"get":"k"},"result":null}"#;
        lines.read(1, &serde_json::from_str(line).unwrap()).unwrap();
        let history = lines.history().unwrap();
        let text = Told { history: &history, lines: &lines }.text(&Verdict::Unknown { explored: 2_000_000 });
        let expected = "○ Undecided: the budget was reached after 2,000,000 explanations (1 operation on 1 key). That \
                        does not mean linearizable.\n";
        assert_eq!(text, expected);
    }
}
