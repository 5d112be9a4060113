//! A run as a person reads it: a line for each event, and the sentences of a scenario where they belong.
//!
//! Titles, sentences and values come from outside, and a terminal obeys what it is sent. So every piece of text is made
//! visible before it becomes part of a line.

use crate::subject::Subject;
use quorum_core::json::FromJson;
use quorum_core::run::{Annotation, BeatSize, Event, Pace};
use quorum_core::scenario::{Checked, Ending, Question, Verdict, Wanted};
use quorum_core::text::visible;
use std::fmt::Write;
use textwrap::Options;
use textwrap::core::display_width;

/// Lines of prose are at most so many columns wide.
const WIDTH: usize = 96;

/// So many simulated milliseconds in which nothing happens are worth a line.
const IDLE: u64 = 100;

/// The whole run, ready to print: each event.
pub(crate) fn tell(subject: &Subject) -> String {
    let mut text = head(subject);
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
    text + &outcome(subject)
}

/// The whole run by beats, ready to print.
pub(crate) fn tell_by(subject: &Subject, size: BeatSize) -> String {
    let mut text = head(subject);
    let pace = Pace { size, notes: Vec::new() };
    let mut history = subject.played.history.clone();
    history.seek(0);
    let mut notes = subject.played.notes.iter().peekable();
    // When something else happened last than that servers say that they are there; and how long nothing has happened since
    // something was told.
    let (mut at, mut idle) = (0, 0);
    loop {
        let step = history.now().steps();
        let now = history.now().schedule().now();
        let noted = notes.peek().is_some_and(|note| note.step <= step);
        let ended = step > 0 && history.ends_beat(&pace, step);
        let says = if ended { history.says(&pace) } else { String::new() };
        if !history.is_idle() || noted || !says.is_empty() {
            idle += if now - at >= IDLE { now - at } else { 0 };
            at = now;
        }
        if idle > 0 && (noted || !says.is_empty()) {
            let _ = writeln!(text, "{:>9}  … {idle} ms later", "");
            idle = 0;
        }
        if !says.is_empty() {
            beat(&mut text, now, &says);
        }
        while let Some(note) = notes.next_if(|note| note.step <= step) {
            remark(&mut text, note);
        }
        if history.is_at_end() || history.step().is_none() {
            break;
        }
    }
    text + &outcome(subject)
}

fn head(subject: &Subject) -> String {
    let title = visible(subject.title());
    let mut text = format!("{title}\n{}\n", "=".repeat(display_width(&title)));
    if !subject.played.about.is_empty() {
        text += &format!("{}\n", wrapped(&subject.played.about, ""));
    }
    text
}

fn outcome(subject: &Subject) -> String {
    let mut text = String::from("\n");
    if subject.played.ended == Ending::LIMIT {
        let steps = subject.played.history.branch().length();
        let _ = writeln!(text, "A limit ended this run after {steps} steps. What would have come of it is not known.");
    }
    for checked in &subject.played.checked {
        expectation(&mut text, checked);
    }
    text
}

fn remark(text: &mut String, note: &Annotation) {
    let _ = write!(text, "\n{}\n", wrapped(&note.says, "  │ "));
    // Whoever opens a run has checked its questions.
    let Some(Question { wanted, answer }) = note.question.as_ref().and_then(|json| Question::from_json(json, "").ok())
    else {
        return;
    };
    match &wanted {
        Wanted::Choice { choices, right } => {
            for (choice, number) in choices.iter().zip(1_usize..) {
                let sign = if number == *right { "✓" } else { "✗" };
                let _ = writeln!(text, "{}", wrapped(choice, &format!("  │ {sign} ")));
            }
        }
        Wanted::Goal(parts) => {
            for part in parts {
                let _ = writeln!(text, "{}", wrapped(&part.says(), "  │ → "));
            }
        }
    }
    if !answer.is_empty() {
        let _ = writeln!(text, "{}", wrapped(&answer, "  │ "));
    }
}

/// What the judge of a challenge says, ready to print.
pub(crate) fn judged(verdict: &Verdict) -> String {
    let mut text = String::from("\n");
    for part in &verdict.goal {
        expectation(&mut text, part);
    }
    let _ = match (verdict.met, &verdict.lost) {
        (Some(step), _) => writeln!(text, "Done at step {step}."),
        (None, Some(why)) => writeln!(text, "Not done. {why}"),
        (None, None) => writeln!(text, "Not done."),
    };
    text
}

fn expectation(text: &mut String, checked: &Checked) {
    let sign = if checked.met { "✓" } else { "✗" };
    let seen = if checked.met { String::new() } else { format!(" (seen: {})", visible(&checked.seen)) };
    let _ = writeln!(text, "{sign} {}{seen}", visible(&checked.says));
}

fn beat(text: &mut String, at: u64, says: &str) {
    let options = Options::new(WIDTH).subsequent_indent("           ");
    let _ = writeln!(text, "{}", textwrap::fill(&format!("{at:>6} ms  {}", visible(says)), options));
}

fn line(text: &mut String, event: &Event, why: &str) {
    let _ = writeln!(text, "{:>4} {:>6} ms  {:<11} {}", event.step, event.at, event.name(), visible(why));
}

/// The text in lines that fit a terminal, each after this margin.
fn wrapped(text: &str, margin: &str) -> String {
    let options = Options::new(WIDTH).initial_indent(margin).subsequent_indent(margin);
    textwrap::fill(&visible(text), options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_keep_them_all() {
        let text = "word ".repeat(60);
        let lines = wrapped(&text, "| ");
        assert!(lines.lines().all(|line| line.starts_with("| ") && display_width(line) <= WIDTH), "{lines}");
        assert_eq!(lines.matches("word").count(), 60);
    }

    /// A character may be two columns wide, and text may have no spaces.
    #[test]
    fn lines_are_measured_in_columns() {
        let lines = wrapped(&"漢字".repeat(60), "| ");
        assert!(lines.lines().all(|line| display_width(line) <= WIDTH), "{lines}");
        assert_eq!((lines.matches("漢字").count() + lines.matches("漢\n| 字").count(), lines.lines().count()), (60, 3));
    }

    #[test]
    fn a_text_cannot_begin_a_line_of_its_own() {
        assert_eq!(wrapped("one\n✓ chosen\u{1b}[2K", "| "), "| one␊✓ chosen␛[2K");
    }
}
