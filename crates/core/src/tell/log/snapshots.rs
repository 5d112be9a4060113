//! The sentences about snapshots, and about what makes room for them.

use super::pieces::{Count, LogOff, Slots};
use crate::log::{Rule, Trace};
use crate::paxos::{NodeId, Slot};
use crate::tell::sentence::{Sentence, say};

/// What happened and why.
pub(super) fn why(trace: &Trace, node: NodeId, to: &mut Sentence<'_>) {
    match trace {
        Trace::TookSnapshot { to: slot, applied, since, keys, sessions, by_hand, although } => {
            say!(to, "Server ", node, " takes a snapshot up to slot ", *slot, ": ", Count(*keys, "key"));
            say!(to, " and ", Count(*sessions, "session"), ". ");
            if *by_hand {
                say!(to, "It is told to");
            } else {
                say!(to, "It has applied ", Count(*since, "slot"), " since the last one");
            }
            match although {
                None => {}
                Some(rule @ Rule::SessionsInSnapshot) => say!(to, ". It leaves the sessions out: ", LogOff(*rule)),
                Some(rule) => {
                    say!(to, ". It has applied slot ", *applied, ", too, and does not say so: ", LogOff(*rule));
                }
            }
            say!(to, ".");
        }
        Trace::Truncated { below, to: slot, votes, above, although } => {
            truncated(node, *below, *slot, (*votes, *above), *although, to);
        }
        Trace::SendsSnapshot { to: receiver, from, forgotten, snapshot } => {
            say!(to, "Server ", node, " does not keep ", Slots(*from, *forgotten), " any more, and sends server ");
            say!(to, *receiver, " its snapshot up to slot ", *snapshot, " in their place.");
        }
        Trace::Installed { by, to: slot, applied, although, .. } => {
            say!(
                to,
                "Server ",
                node,
                " takes the snapshot of server ",
                *by,
                " in place of its store: it has everything "
            );
            say!(to, "up to slot ", *slot, " now, and had applied ");
            match applied {
                0 => say!(to, "nothing"),
                applied => say!(to, "the log up to slot ", *applied),
            }
            if let Some(rule) = although {
                say!(to, ". Its votes above that slot will make room, too: ", LogOff(*rule));
            }
            say!(to, ".");
        }
        Trace::CannotDecide { ballot, known, by, kept_from } => {
            say!(to, "Server ", node, " gives up ballot ", *ballot, ": server ", *by, " has no votes below slot ");
            say!(to, *kept_from, " any more, and what is chosen in ", Slots(known + 1, kept_from - 1));
            say!(to, " is not known here.");
        }
        _ => {}
    }
}

fn truncated(
    node: NodeId,
    below: Slot,
    snapshot: Slot,
    (votes, above): (u32, u32),
    although: Option<Rule>,
    to: &mut Sentence<'_>,
) {
    say!(to, "Server ", node, " lets go of ");
    if above > 0 {
        say!(to, Count(votes, "vote"), ", of which ", above, " in slots above its snapshot up to slot ", snapshot);
    } else {
        say!(to, "its votes and entries below slot ", below, " (", Count(votes, "vote"), ")");
        say!(to, ": what they came to is in its snapshot up to slot ", snapshot);
    }
    match although {
        None => say!(to, ", which is durable"),
        Some(rule @ Rule::TruncateAfterDurable) => say!(to, ", which is not durable yet: ", LogOff(rule)),
        Some(rule) => say!(to, ": ", LogOff(rule)),
    }
    say!(to, ".");
}

/// What follows from it.
pub(super) fn so(trace: &Trace, to: &mut Sentence<'_>) {
    match trace {
        Trace::TookSnapshot { although: None, .. } => {
            say!(to, "Once it is durable, the votes of old slots may go, and a restart begins with it.");
        }
        Trace::SendsSnapshot { .. } => {
            say!(to, "Who was away for long needs one message instead of every slot.");
        }
        Trace::Installed { snapshot, .. } if !snapshot.sessions.is_empty() => {
            say!(
                to,
                "The sessions come with it: an operation that its client asks for again will not take effect again."
            );
        }
        Trace::CannotDecide { .. } => {
            say!(
                to,
                "A missing vote says nothing where votes are not kept. So nothing is decided, and it stands again "
            );
            say!(to, "when it is time.");
        }
        _ => {}
    }
}
