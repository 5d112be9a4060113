//! A run as a person reads it: a line for each event, and the sentences of a scenario where they belong.

use crate::subject::Subject;
use quorum_core::run::{Annotation, Event};
use std::fmt::Write;

/// The whole run, ready to print.
pub(crate) fn tell(subject: &Subject) -> String {
    let title = &subject.played.title;
    let mut text = format!("{}\n{}\n", title, "=".repeat(title.chars().count()));
    if !subject.played.about.is_empty() {
        text += &format!("{}\n", wrapped(&subject.played.about, ""));
    }
    let history = &subject.played.history;
    let scheme = history.now().config().ballots;
    let mut notes = subject.played.notes.iter().peekable();
    for event in history.events(0, u64::MAX) {
        while let Some(note) = notes.next_if(|note| note.step < event.step) {
            remark(&mut text, note);
        }
        line(&mut text, &event, &event.why(scheme));
    }
    notes.for_each(|note| remark(&mut text, note));
    text += "\n";
    for checked in &subject.played.checked {
        let sign = if checked.met { "✓" } else { "✗" };
        let seen = if checked.met { String::new() } else { format!(" (seen: {})", checked.seen) };
        let _ = writeln!(text, "{sign} {}{seen}", checked.says);
    }
    text
}

fn remark(text: &mut String, note: &Annotation) {
    let _ = write!(text, "\n{}\n", wrapped(&note.says, "  │ "));
}

fn line(text: &mut String, event: &Event, why: &str) {
    let _ = writeln!(text, "{:>4} {:>6} ms  {:<11} {why}", event.step, event.at, event.name());
}

/// The text in lines that fit a terminal.
fn wrapped(text: &str, margin: &str) -> String {
    const WIDTH: usize = 92;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + word.chars().count() >= WIDTH {
            lines.push(word.into());
        } else {
            let line = &mut lines[last];
            *line += if line.is_empty() { "" } else { " " };
            *line += word;
        }
    }
    lines.iter().map(|line| format!("{margin}{line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_keep_them_all() {
        let text = "word ".repeat(60);
        let lines = wrapped(&text, "| ");
        assert!(lines.lines().all(|line| line.starts_with("| ") && line.chars().count() <= 96), "{lines}");
        assert_eq!(lines.matches("word").count(), 60);
    }
}
