//! What happens in a log, as notes of a sequence diagram.

use alloc::{format, string::String};

use super::{Text, note_over};
use crate::excerpt::Excerpt;
use crate::look::entry;
use crate::shapes::put;
use quorum_core::log::{Because, Entry, Trace};
use quorum_core::paxos::{Chosen, NodeId};

/// Something is chosen in a slot.
pub(super) fn chosen(out: &mut String, excerpt: &Excerpt, Chosen { vote, quorum }: &Chosen<Entry>, all: &str) {
    let (entry, ballot) = (entry(&vote.value), excerpt.ballot(vote.ballot));
    put!(out, "    Note over {all}: ★ slot {}: {} is chosen at {ballot} by {quorum}\n", vote.slot, Text(&entry));
}

/// What a server did, where it is about who leads, or changes what it remembers or its store. Votes are told by their messages.
pub(super) fn did(out: &mut String, excerpt: &Excerpt, node: NodeId, trace: &Trace) {
    let name = |ballot| excerpt.ballot(ballot);
    let says = match trace {
        Trace::Discontent { .. } => "is not content".into(),
        Trace::Stands { ballot, from, .. } => format!("stands with {} from slot {from} on", name(*ballot)),
        Trace::BallotsExhausted(_) => "has no ballot left".into(),
        Trace::Promised { ballot, .. } => format!("promised {}", name(*ballot)),
        Trace::CatchesUp { from, to, .. } => format!("learns from {from} up to slot {to}"),
        Trace::Leads { ballot, .. } => format!("leads with {}", name(*ballot)),
        Trace::SteppedDown { ballot, .. } => format!("steps down from {}", name(*ballot)),
        Trace::Finishes { slot, because: Because::NobodyVoted, .. } => format!("fills slot {slot} with a no-op"),
        Trace::Finishes { slot, entry: it, .. } => format!("proposes {} again in slot {slot}", Text(&entry(it))),
        Trace::Applied { slot, entry: it, .. } => format!("applies slot {slot}, {}", Text(&entry(it))),
        Trace::TookSnapshot { to, .. } => format!("takes a snapshot up to slot {to}"),
        Trace::Installed { by, to, .. } => format!("takes the snapshot of {by} up to slot {to}"),
        Trace::CannotDecide { ballot, .. } => format!("gives up {}", name(*ballot)),
        _ => return,
    };
    note_over(out, node, &says);
}
