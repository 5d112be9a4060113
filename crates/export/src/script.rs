//! A golden script: the commands that lead to a run, `---`, and the log they lead to, in the format of
//! `crates/core/tests/golden.rs`. So whatever was found by playing becomes a test by being saved.
//!
//! A command names a message by what it is (`drop accept 1 3`) wherever that means the right one: such a script still
//! says what was meant when something before it has changed. Elsewhere it gives the message's number.

use alloc::{format, string::String, string::ToString, vec::Vec};

use super::shapes::put;
use super::value_style::ValueStyles;
use super::words::joined;
use quorum_core::json::Json;
use quorum_core::run::History;
use quorum_core::run::{Event, EventKind, Simulation};
use quorum_core::sim::{Action, ClientAction, Config, Envelope, Fact, MessageId};
use quorum_core::text::spelled;

/// Most steps that one command may take.
const AT_ONCE: u64 = 10_000;

/// The script of the first `to` steps.
pub(crate) fn write(history: &History, to: u64) -> String {
    let (length, digest) = (history.branch().length(), history.branch().digest());
    let mut past = history.clone();
    past.seek(0);
    let mut commands = format!("# The first {} of {length} steps of run {digest}.\n", to.min(length));
    let (mut log, mut values) = (String::new(), ValueStyles::default());
    put!(&mut commands, "cluster{}\n", config(history.now().config()));
    let mut waited = 0;
    while past.now().steps() < to.min(length) {
        let done = past.branch().interventions().binary_search_by_key(&past.now().steps(), |done| done.step).ok();
        let action = done.map(|position| past.branch().interventions()[position].action.clone());
        if let Some(action) = &action {
            if let Action::Propose { value, .. } = action {
                values.meet([value]);
            }
            steps(&mut commands, &mut waited);
            command(&mut commands, past.now(), action);
        }
        waited += u64::from(action.is_none());
        if waited == AT_ONCE {
            steps(&mut commands, &mut waited);
        }
        let Some(events) = past.step() else { break };
        let scheme = history.now().config().ballots;
        for event in events.iter().filter(|event| action.is_some() || !is_routine(event)) {
            put!(&mut log, "{:>4} {:>5} ms  {}\n", event.step, event.at, values.plain(&event.why(scheme)));
        }
    }
    steps(&mut commands, &mut waited);
    if log.is_empty() {
        log.push_str("ok\n");
    }
    format!("{commands}---\n{log}")
}

fn steps(commands: &mut String, waited: &mut u64) {
    if *waited > 0 {
        put!(commands, "step {waited}\n");
    }
    *waited = 0;
}

/// Of what the clock does, who sent and got which message says little.
const fn is_routine(event: &Event) -> bool {
    matches!(event.kind, EventKind::Fact(Fact::Sent(_) | Fact::Delivered(_) | Fact::Wrote { .. }))
}

/// The fields of a config that are not as they are when nobody says otherwise.
fn config(config: &Config) -> String {
    let (Json::Object(fields), Json::Object(usual)) = (Json::from(config), Json::from(&Config::default())) else {
        return String::new();
    };
    fields_of(fields.iter().filter(|(name, value)| *name == "nodes" || usual.get(name) != Some(value)))
}

/// ` key=value` for each.
fn fields_of<'a>(fields: impl Iterator<Item = (&'a str, &'a Json)>) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        let value = if let Json::Text(word) = value { word.clone() } else { value.to_string() };
        put!(&mut text, " {name}={}", word(&value));
    }
    text
}

/// A word as a script has it: as it is if it is plain, or else in quotation marks. It is read back, so a value is not
/// spelled as in the log below: what could not be seen is escaped, and means the same.
fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    if text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.chars().all(plain) {
        return text.into();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            _ if hidden(letter) => quoted.extend(letter.escape_unicode()),
            _ => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// Whether a person could not see it, or not tell it from a blank.
fn hidden(letter: char) -> bool {
    let text = letter.to_string();
    letter != ' ' && spelled(&text) != text
}

fn command(out: &mut String, now: &Simulation, action: &Action) {
    let name = action.name();
    match action {
        Action::Propose { node, value } => put!(out, "{name} {node} {}\n", word(value.as_str())),
        Action::Timeout { node, timer } => put!(out, "{name} {node} {}\n", timer.as_str()),
        Action::Cut { from, to } | Action::Mend { from, to } => put!(out, "{name} {from} {to}\n"),
        Action::Partition { groups } => {
            let group = |group: &Vec<_>| word(&joined(group, ","));
            put!(out, "{name} {}\n", joined(groups.iter().map(group), " "));
        }
        Action::Client(ClientAction::Request { client, op, node, since }) => {
            let operands: Vec<String> = op.operands().iter().map(|text| word(text.as_str())).collect();
            let node = node.map_or_else(String::new, |node| format!(" node={node}"));
            let since = since.map_or_else(String::new, |since| format!(" since={since}"));
            put!(out, "{name} {client} {} {}{node}{since}\n", op.name(), operands.join(" "));
        }
        Action::Client(ClientAction::Retry { client, node }) => {
            let node = node.map_or_else(String::new, |node| format!(" node={node}"));
            put!(out, "{name} {client}{node}\n");
        }
        Action::Client(ClientAction::Stray { client, seq, op, node, since }) => {
            let operands: Vec<String> = op.operands().iter().map(|text| word(text.as_str())).collect();
            let since = if *since > 0 { format!(" since={since}") } else { String::new() };
            put!(out, "{name} {client} {seq} {} {} node={node}{since}\n", op.name(), operands.join(" "));
        }
        Action::Network { .. } | Action::Client(ClientAction::Workload(_)) => {
            let Json::Object(fields) = Json::from(action) else { return };
            put!(out, "{name}{}\n", fields_of(fields.iter().filter(|(field, _)| *field != "type")));
        }
        Action::Rule { rule, on } => put!(out, "{name} {} {on}\n", rule.as_str()),
        Action::SyncFirst { node, records } => put!(out, "{name} {node} {records}\n"),
        Action::Heal | Action::PowerCut => put!(out, "{name}\n"),
        Action::Deliver { message }
        | Action::Drop { message }
        | Action::Duplicate { message }
        | Action::Hold { message }
        | Action::Release { message }
        | Action::Send { message } => put!(out, "{name} {}\n", which(now, *message)),
        Action::Write { node }
        | Action::Sync { node }
        | Action::Flush { node }
        | Action::Crash { node }
        | Action::Restart { node }
        | Action::Wipe { node }
        | Action::Pause { node }
        | Action::Resume { node }
        | Action::Isolate { node }
        | Action::Rejoin { node }
        | Action::Snapshot { node } => put!(out, "{name} {node}\n"),
    }
}

/// What a message is, if the first that is so is this one; else its number.
fn which(now: &Simulation, id: MessageId) -> String {
    let cluster = now.cluster();
    let waiting = cluster.nodes().flat_map(|node| cluster.server(node).outbox()).map(|outgoing| &outgoing.message);
    let all = || cluster.network().in_flight().chain(waiting.clone());
    let Some(wanted) = all().find(|envelope| envelope.id == id) else { return id.to_string() };
    let alike = |other: &&Envelope| {
        (other.from, other.to, other.message.kind_name()) == (wanted.from, wanted.to, wanted.message.kind_name())
    };
    match all().find(alike) {
        Some(first) if first.id == id => {
            format!("{} {} {}", wanted.message.kind_name(), wanted.from, wanted.to)
        }
        _ => id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_not_plain_are_quoted() {
        assert_eq!((word("blue"), word("1.5"), word("-1")), ("blue".into(), "1.5".into(), "\"-1\"".into()));
        assert_eq!(word("a \"b\"\\\n"), "\"a \\\"b\\\"\\\\\\u{a}\"");
        assert_eq!(word("\u{202e}x\u{a0}אב"), "\"\\u{202e}x\\u{a0}אב\"", "what nobody could see is escaped, too");
    }
}
