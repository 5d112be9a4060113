//! A sequence diagram for Mermaid: a column for each server, an arrow for each message where it arrives, and a note for
//! what it led to. A lost message ends in a cross where it was lost; one that is still under way at the end, in an open
//! arrow. A log has a column for each client, too, and its heartbeats are left out.
//!
//! Mermaid reads its text in several passes: directives and comments are cut out, entities are put aside, and only then
//! it is parsed; and what it shows may be read as markup once more. So of any text from outside only letters, digits and
//! the plainest punctuation are left standing, and all else becomes an entity, `#38;`.

mod log;

use alloc::{format, string::String, string::ToString};

use super::excerpt::{Excerpt, Fate, MessagePath};
use super::shapes::put;
use super::words::{joined, seen};
use quorum_core::paxos::{Message, NodeId, Trace, Value};
use quorum_core::run::{Event, EventKind};
use quorum_core::sim::{self, Endpoint, Fact, MessageId};
use quorum_core::text::told;

/// What Mermaid draws unless it is set up for more, in characters (`maxTextSize`).
const USUAL_LIMIT: usize = 50_000;

pub(crate) fn draw(excerpt: &Excerpt) -> String {
    let mut out = String::from("sequenceDiagram\n");
    for node in &excerpt.nodes {
        put!(&mut out, "    participant S{node} as Server {node}\n");
    }
    for client in &excerpt.clients {
        put!(&mut out, "    actor C{client} as Client {client}\n");
    }
    // A note must stand somewhere, and what concerns all stands over all.
    let all = match excerpt.nodes[..] {
        [first, .., last] => format!("S{first},S{last}"),
        _ => "S1".into(),
    };
    for event in &excerpt.events {
        line(&mut out, excerpt, event, &all);
    }
    for path in excerpt.paths.iter().filter(|path| path.fate == Fate::UnderWay && !path.is_quiet()) {
        arrow(&mut out, excerpt, path, "-)", " (still under way)");
    }
    if out.len() > USUAL_LIMIT {
        let says = format!(
            "%% Longer than the {USUAL_LIMIT} characters that Mermaid draws by default: set its maxTextSize, or export \
             fewer steps."
        );
        put!(&mut out, "{says}\n");
    }
    out
}

/// What an event adds, if anything.
fn line(out: &mut String, excerpt: &Excerpt, event: &Event, all: &str) {
    let name = |ballot| excerpt.scheme().name(ballot);
    match &event.kind {
        EventKind::Chosen(chosen) => {
            let vote = &chosen.vote;
            let (value, ballot) = (value(&vote.value), name(vote.ballot));
            put!(out, "    Note over {all}: ★ {value} is chosen at {ballot} by {}\n", chosen.quorum);
        }
        EventKind::ChosenInSlot(chosen) => log::chosen(out, excerpt, chosen, all),
        EventKind::Violated(violation) => {
            put!(
                out,
                "    Note over {all}: ⚠ {}\n",
                Text(&excerpt.value_styles.plain(&violation.sentence(excerpt.scheme())))
            );
        }
        _ => {
            if let EventKind::Fact(fact) = &event.kind {
                happened(out, excerpt, event, fact, all);
            }
        }
    }
}

/// What something that happened in the world adds, if anything.
fn happened(out: &mut String, excerpt: &Excerpt, event: &Event, fact: &Fact, all: &str) {
    match fact {
        Fact::Did { node, trace: sim::Trace::Paxos(trace) } => did(out, excerpt, *node, trace),
        Fact::Did { node, trace: sim::Trace::Log(trace) } => log::did(out, excerpt, *node, trace),
        Fact::TimedOut { timer: sim::Timer::Log(quorum_core::log::Timer::Heartbeat), .. } => {}
        Fact::Delivered(envelope) => by_number(out, excerpt, envelope.id, "->>", ""),
        Fact::Dropped { envelope, .. } => by_number(out, excerpt, envelope.id, "--x", " (lost)"),
        Fact::PowerCut { .. } => {
            put!(out, "    Note over {all}: power cut\n");
            let lost = |path: &&MessagePath| path.fate == Fate::CutOff && path.end() == event.at;
            excerpt
                .paths
                .iter()
                .filter(lost)
                .filter(|path| !path.is_quiet())
                .for_each(|path| arrow(out, excerpt, path, "--x", " (lost)"));
        }
        Fact::Crashed { node, .. } => note_over(out, *node, "crash"),
        Fact::Restarted { node, .. } => note_over(out, *node, "restart"),
        Fact::Wiped { node } => note_over(out, *node, "disk lost"),
        Fact::Paused { node } => note_over(out, *node, "pause"),
        Fact::Resumed { node } => note_over(out, *node, "resume"),
        Fact::TimedOut { node, timer } => note_over(out, *node, &format!("timer: {}", timer.as_str())),
        Fact::Isolated { node } => note_over(out, *node, "cut off"),
        Fact::Rejoined { node } => note_over(out, *node, "rejoins"),
        Fact::Cut { from, to } => put!(out, "    Note over {},{}: {from} → {to} cut\n", column(*from), column(*to)),
        Fact::Mended { from, to } => {
            put!(out, "    Note over {},{}: {from} → {to} mended\n", column(*from), column(*to));
        }
        Fact::Partitioned { groups } => {
            let groups = joined(groups, " | ");
            put!(out, "    Note over {all}: partition {}\n", Text(&groups));
        }
        Fact::Healed => put!(out, "    Note over {all}: all links mended\n"),
        _ => {}
    }
}

/// What the algorithm did, where it is a change that a server remembers or a choice it made.
fn did(out: &mut String, excerpt: &Excerpt, node: NodeId, trace: &Trace) {
    let name = |ballot| excerpt.scheme().name(ballot);
    let says = match trace {
        Trace::Proposed { value: asked, .. } => format!("asked for {}", value(asked)),
        Trace::Promised { ballot, .. } => format!("promised {}", name(*ballot)),
        Trace::Accepted { vote, .. } => format!("accepted {} at {}", value(&vote.value), name(vote.ballot)),
        Trace::Adopted { vote, passed_over, .. } => {
            let must = if passed_over.is_none() { "must propose" } else { "proposes" };
            format!("{must} {}", value(&vote.value))
        }
        Trace::GaveUp { ballot, .. } => format!("gives {} up", name(*ballot)),
        Trace::BallotsExhausted(_) => "has no ballot left".into(),
        Trace::Learned { chosen, .. } => format!("learned {}", value(&chosen.vote.value)),
        _ => return,
    };
    note_over(out, node, &says);
}

/// A note on one column; the text must be fit to stand.
fn note_over(out: &mut String, node: NodeId, says: &str) {
    put!(out, "    Note over S{node}: {says}\n");
}

fn by_number(out: &mut String, excerpt: &Excerpt, id: MessageId, kind: &str, after: &str) {
    if let Some(path) = excerpt.paths.iter().find(|path| path.envelope.id == id && !path.is_quiet()) {
        arrow(out, excerpt, path, kind, after);
    }
}

fn arrow(out: &mut String, excerpt: &Excerpt, path: &MessagePath, kind: &str, after: &str) {
    let says = match path.message() {
        sim::Message::Paxos(message) => says(excerpt, message),
        sim::Message::Log(_) => Text(&excerpt.called(path.message())).to_string(),
    };
    let (from, to) = (column(path.ends.0), column(path.ends.1));
    put!(out, "    {from}{kind}{to}: {says}{after}\n");
}

/// A message of single-decree Paxos.
fn says(excerpt: &Excerpt, message: &Message) -> String {
    let name = |ballot| excerpt.scheme().name(ballot);
    let ballot = name(message.ballot()).to_string();
    let more = match message {
        Message::Accept(accept) => format!(" {}", value(&accept.0.value)),
        Message::Accepted(accepted) => format!(" {}", value(&accepted.0.value)),
        Message::Promise(promise) => match promise.accepted.last() {
            Some(vote) => format!(", accepted {} at {}", value(&vote.value), name(vote.ballot)),
            None => String::new(),
        },
        Message::Nack(nack) => format!(", promised {}", name(nack.promised)),
        Message::Prepare(_) => String::new(),
    };
    format!("{} {ballot}{more}", message.kind().as_str())
}

/// The column of a server or a client.
fn column(end: Endpoint) -> String {
    match end {
        Endpoint::Server(node) => format!("S{node}"),
        Endpoint::Client(client) => format!("C{client}"),
    }
}

/// A value, as it may stand in a diagram.
fn value(value: &Value) -> String {
    Text(&told(value.as_str(), usize::MAX)).to_string()
}

/// Text from outside whose values are spelled already, as it may stand in a diagram.
struct Text<'a>(&'a str);

impl core::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        use core::fmt::Write;
        for letter in seen(self.0).chars() {
            match letter {
                ' ' | '.' | ',' | '-' => f.write_char(letter)?,
                _ if letter.is_alphanumeric() => f.write_char(letter)?,
                _ => write!(f, "#{};", letter as u32)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_can_be_read_as_mermaids_own() {
        let seen = |text: &str| Text(text).to_string();
        assert_eq!(seen("a b-1.2, é"), "a b-1.2, é");
        assert_eq!(seen("#;:\"<%{"), "#35;#59;#58;#34;#60;#37;#123;");
        assert_eq!(seen("a\nend"), "a#9226;end");
        let named = |text: &str| value(&text.parse().unwrap());
        assert_eq!((named("  "), named("אב")), ("#9251;#9251;".into(), "#8296;אב#8297;".into()));
    }
}
