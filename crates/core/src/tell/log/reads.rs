//! The sentences about reads that take no slot.

use super::pieces::Of;
use crate::log::Trace;
use crate::paxos::NodeId;
use crate::tell::sentence::{Sentence, say};

/// What happened and why, if it is about such a read.
pub(super) fn why(trace: &Trace, node: NodeId, to: &mut Sentence<'_>) -> bool {
    match trace {
        Trace::AsksWhetherItLeads { again: true, .. } => {
            say!(to, "Server ", node, " asks those who did not answer once more whether it still leads.");
        }
        Trace::AsksWhetherItLeads { ballot, reads, .. } => {
            say!(to, "Server ", node, " asks whether it still leads with ballot ", *ballot, ", because ");
            match reads {
                1 => say!(to, "a read waits."),
                reads => say!(to, *reads, " reads wait."),
            }
        }
        Trace::Confirmed { to: leader, ballot, promised } => {
            say!(to, "Server ", node, " confirms to server ", *leader, " that it leads with ballot ", *ballot);
            match (promised, to.known().forgetful) {
                (Some(promised), false) => say!(to, ", because ", *promised, " is the highest it has promised."),
                (Some(promised), true) => {
                    say!(to, ", because ", *promised, " is the highest promise that it remembers.");
                }
                (None, false) => say!(to, ", because it has promised nothing."),
                (None, true) => say!(to, ", because it remembers no promise."),
            }
        }
        Trace::CountedConfirmation { from, have, needed } if *from == node => {
            say!(to, "Server ", node, " counts itself: ", Of(*have, *needed), ".");
        }
        Trace::CountedConfirmation { from, have, needed } => {
            say!(to, "Server ", node, " counts the confirmation of server ", *from, ": ", Of(*have, *needed), ".");
        }
        Trace::Read { command, output, applied, .. } => {
            say!(to, "Server ", node, " answers ", &**command, " from its store: ", output);
            say!(to, ". After the read had come, a quorum confirmed that it leads. ");
            match applied {
                0 => say!(to, "No slot is applied yet."),
                1 => say!(to, "Slot 1 is applied."),
                last => say!(to, "The log is applied up to slot ", *last, "."),
            }
        }
        _ => return false,
    }
    true
}

/// What follows from it, if it is about such a read.
pub(super) fn so(trace: &Trace, to: &mut Sentence<'_>) -> bool {
    match trace {
        Trace::AsksWhetherItLeads { again: false, .. } => {
            say!(to, "Another server may lead by now, and may have answered a write that its own store lacks.");
        }
        Trace::Read { .. } => say!(to, "The read took no slot and waited for no disk: nobody has to remember it."),
        _ => return false,
    }
    true
}
