//! A run for other people's tools: a picture for a page, a diagram for a document, a log for a debugger, a test.
//!
//! A run is only ever kept as what was done to it ([`Run`](quorum_core::run::Run)); everything here is worked out from it again, and
//! nothing here can be read back. Each format is a pure function from an excerpt of a run to a text. What the pictures
//! and diagrams have in common, messages with their ways and servers with what they hold, is gathered once
//! (`excerpt.rs`); each of them then only draws.
//!
//! Values are anybody's text. Where a person reads one, it is spelled so that it can be seen
//! ([`told`](quorum_core::text::told)). Where a machine reads it back, it is as it is. Each format escapes it in its own
//! module, beside what it must be safe from.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod animated;
mod axis;
mod ballot_style;
mod excerpt;
mod look;
mod mermaid;
mod op;
mod script;
mod shapes;
mod shiviz;
mod stage;
mod svg;
mod value_style;
mod words;

use alloc::string::String;
use core::fmt::Write;

use self::excerpt::Excerpt;
use self::value_style::ValueStyles;
use quorum_core::run::{Annotation, History, Intervention};

quorum_core::words! {
    /// What a run can be written as.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Format {
        /// The space-time diagram: a lane for each server, an arrow for each message. SVG without script, light and
        /// dark.
        Svg = "svg",
        /// Servers on a ring and messages that move between them, under the notes of the run or its ideas, over and over.
        /// SVG and CSS, without script. Opened by itself it can be paused; in an `<img>` it cannot. It stands still for
        /// whoever asks for reduced motion.
        AnimatedSvg = "animated-svg",
        /// The stage at the last step: servers on a ring, what they know, the messages between them, and its note. SVG
        /// without script, light and dark.
        Stage = "stage",
        /// A sequence diagram for [Mermaid](https://mermaid.js.org).
        Mermaid = "mermaid",
        /// A log with vector clocks for [ShiViz](https://bestchai.bitbucket.io/shiviz/), of the form it expects by
        /// default: `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`.
        Shiviz = "shiviz",
        /// The events, one JSON object a line.
        Jsonl = "jsonl",
        /// A golden script: commands that lead to the same run, and the log they lead to.
        Script = "script",
    }
}

impl Format {
    /// How the name of a file of this format ends, without a dot before it.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Svg | Self::AnimatedSvg | Self::Stage => "svg",
            Self::Mermaid => "mmd",
            Self::Shiviz => "log",
            Self::Jsonl => "jsonl",
            Self::Script => "txt",
        }
    }
}

/// Steps `from` to `to` of the current branch, both included, in another format. A script leads to the end of step
/// `to` and has to begin at the beginning, whatever `from` is. The stage and the film say what the notes of the run say;
/// notes ascend.
#[must_use]
pub fn export(history: &History, notes: &[Annotation], format: Format, from: u64, to: u64) -> String {
    match format {
        Format::Svg => svg::draw(&Excerpt::of(history, &[], from, to)),
        Format::AnimatedSvg => animated::draw(&Excerpt::of(history, notes, from, to)),
        Format::Stage => {
            let note = in_force(notes, history, to.min(history.branch().length()));
            stage::draw(history, to, note.map(|note| note.says.as_str()))
        }
        Format::Mermaid => mermaid::draw(&Excerpt::of(history, &[], from, to)),
        Format::Shiviz => shiviz::log(&history.events(from, to), history.now().config(), &ValueStyles::met_in(history)),
        Format::Jsonl => lines(history, from, to),
        Format::Script => script::write(history, to),
    }
}

/// The note that is said at a step: the last one until there. The last of all is silent once somebody has done something
/// after it, which it knows nothing of.
fn in_force<'a>(notes: &'a [Annotation], history: &History, step: u64) -> Option<&'a Annotation> {
    let at = notes.iter().rposition(|note| note.step <= step)?;
    let note = &notes[at];
    let changed = |by: &Intervention| by.step >= note.step && by.step < step;
    let silent = at + 1 == notes.len() && history.branch().interventions().iter().any(changed);
    (!silent).then_some(note)
}

/// How long the film of these steps is ([`Format::AnimatedSvg`]), in seconds.
#[must_use]
pub fn film_seconds(history: &History, notes: &[Annotation], from: u64, to: u64) -> u64 {
    animated::seconds(&Excerpt::of(history, notes, from, to))
}

/// The events as programs read them back, so values are as they are; JSON escapes what would break a line.
fn lines(history: &History, from: u64, to: u64) -> String {
    let scheme = history.now().config().ballots;
    let mut text = String::new();
    for event in history.events(from, to) {
        let _ = writeln!(text, "{}", event.json(scheme));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use quorum_core::paxos::NodeId;
    use quorum_core::sim::{Action, Config};

    #[test]
    fn the_last_note_is_silent_about_what_was_done_after_it_and_no_other_note_is() {
        let mut history = History::new(Config::default()).unwrap();
        let node = NodeId::new(1).unwrap();
        history.apply(&Action::Propose { node, value: "blue".parse().unwrap() }).unwrap();
        for _ in 0..9 {
            history.step();
        }
        history.apply(&Action::Crash { node }).unwrap();
        history.step();
        let note = |step| Annotation { step, says: String::new(), question: None };
        let said = |notes: &[Annotation], step| in_force(notes, &history, step).map(|note| note.step);
        let notes = [note(0), note(6)];
        assert_eq!([0, 1, 5, 6, 10].map(|step| said(&notes, step)), [0, 0, 0, 6, 6].map(Some));
        assert_eq!([11, 12].map(|step| said(&notes, step)), [None, None], "server 1 has crashed");
        assert_eq!([0, 1].map(|step| said(&notes[..1], step)), [Some(0), None], "blue was proposed");
        assert_eq!(said(&[note(11)], 12), Some(11));
    }
}
