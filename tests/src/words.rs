//! What tests ask of a view and of events.

use anyhow::{Context, Result};
use serde_json::Value;

/// The values chosen: one, however many ballots chose it, unless Paxos is broken.
pub fn chosen(view: &Value) -> Vec<&str> {
    let all = view["chosen"].as_array().into_iter().flatten();
    let mut values: Vec<_> = all.filter_map(|chosen| chosen["value"].as_str()).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// What each server knows to be chosen, server 1 first.
pub fn learned(view: &Value) -> Vec<Option<&str>> {
    let nodes = view["nodes"].as_array().into_iter().flatten();
    nodes.map(|node| node["learned"][0]["value"].as_str()).collect()
}

/// The first event of this name.
pub fn event<'a>(events: &'a [Value], name: &str) -> Option<&'a Value> {
    events.iter().find(|event| event["event"] == name)
}

/// A ballot in the order of ballots: `3.1` is round 3 of server 1. `null` is below all others.
///
/// # Errors
/// When it is written in another way.
pub fn ballot(text: &Value) -> Result<(u32, u32)> {
    let Some(text) = text.as_str() else { return Ok((0, 0)) };
    let (round, server) = text.split_once('.').with_context(|| format!("{text} is no ballot"))?;
    Ok((round.parse()?, server.parse()?))
}

/// What is true at a moment, whatever has become of the branch that it is on.
pub fn state(view: &Value) -> Value {
    let mut view = view.clone();
    for of_the_branch in ["length", "branch", "marks", "next", "ended", "beat"] {
        view.as_object_mut().map(|view| view.remove(of_the_branch));
    }
    view
}
