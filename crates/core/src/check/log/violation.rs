//! How a log can be broken, and how a breach of it reads.

use alloc::{string::String, sync::Arc};

use serde::Serialize;

use super::words::{shown, value};
use crate::check::{Invariant, paxos};
use crate::log::{ClientId, Command, Entry, Output, Text};
use crate::paxos::{NodeId, Scheme, Slot};

/// In what two servers differ that have applied the same slots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Difference {
    /// In the value of the key that the slot's command is about.
    Value {
        /// The key.
        key: Text,
        /// Its value here.
        here: Option<Text>,
        /// Its value on the server that was first to apply the slot.
        first: Option<Text>,
    },
    /// In what is remembered of the slot's client.
    Session(ClientId),
    /// In what the slot's entry came to: whether it took effect, and what the answer is.
    Outcome,
    /// In which sessions were dropped so far.
    Horizon,
}

/// A broken invariant of a log, with what broke it. Digests count on the order of these: add at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Violation {
    /// Consensus is broken: in one slot, or in what all slots rest on.
    Consensus(paxos::Violation<Entry>),
    /// A server learned what was not chosen.
    LearnedUnchosen {
        /// The server.
        node: NodeId,
        /// The slot.
        slot: Slot,
        /// What it thinks was chosen there.
        entry: Entry,
    },
    /// A server applied what was not chosen.
    AppliedUnchosen {
        /// The server.
        node: NodeId,
        /// The slot.
        slot: Slot,
        /// What it applied.
        entry: Entry,
    },
    /// A server applied a slot before the slots in front of it, or again.
    OutOfOrder {
        /// The server.
        node: NodeId,
        /// The slot.
        slot: Slot,
        /// Every slot up to this one had been applied.
        applied: Slot,
    },
    /// A server applied what no client asked for.
    NeverAsked {
        /// The server.
        node: NodeId,
        /// The slot.
        slot: Slot,
        /// What it applied.
        entry: Entry,
    },
    /// Two servers have applied the same slots, and are not the same.
    StoresDiffer {
        /// The server that was not the first.
        node: NodeId,
        /// The last of those slots.
        slot: Slot,
        /// In what they differ.
        difference: Difference,
    },
    /// A server applied an operation of a client twice.
    AppliedTwice {
        /// The server.
        node: NodeId,
        /// The operation.
        command: Arc<Command>,
        /// The slot in which it took effect.
        first: Slot,
        /// The slot in which it took effect again.
        again: Slot,
    },
    /// A leader proposed beyond its window.
    OutsideWindow {
        /// The leader.
        node: NodeId,
        /// The slot it proposed in.
        slot: Slot,
        /// The last slot of its window.
        last: Slot,
    },
    /// A client was answered what no order of the operations explains.
    NotLinearizable {
        /// What it had asked.
        command: Arc<Command>,
        /// The answer.
        output: Output,
    },
}

impl Violation {
    /// Which invariant it breaks.
    #[must_use]
    pub const fn invariant(&self) -> Invariant {
        match self {
            Self::Consensus(paxos::Violation::TwoChosen { .. }) => Invariant::OneCommandPerSlot,
            Self::Consensus(violation) => violation.invariant(),
            Self::LearnedUnchosen { .. } => Invariant::OnlyChosenLearned,
            Self::AppliedUnchosen { .. } | Self::OutOfOrder { .. } => Invariant::AppliedIsChosen,
            Self::NeverAsked { .. } => Invariant::OnlyAskedApplied,
            Self::StoresDiffer { .. } => Invariant::EqualStores,
            Self::AppliedTwice { .. } => Invariant::AppliedOnce,
            Self::OutsideWindow { .. } => Invariant::WithinWindow,
            Self::NotLinearizable { .. } => Invariant::Linearizable,
        }
    }

    /// The server it is found on, where it is one.
    pub(super) const fn node(&self) -> Option<NodeId> {
        match self {
            Self::LearnedUnchosen { node, .. }
            | Self::AppliedUnchosen { node, .. }
            | Self::OutOfOrder { node, .. }
            | Self::NeverAsked { node, .. }
            | Self::StoresDiffer { node, .. }
            | Self::AppliedTwice { node, .. }
            | Self::OutsideWindow { node, .. } => Some(*node),
            Self::Consensus(_) | Self::NotLinearizable { .. } => None,
        }
    }

    /// What went wrong, in one sentence.
    #[must_use]
    pub fn sentence(&self, scheme: Scheme) -> String {
        match self {
            Self::Consensus(violation) => violation.sentence(scheme),
            Self::LearnedUnchosen { node, slot, entry } => {
                text!("Server ", node, " believes that ", entry, " was chosen in slot ", slot, ", and it was not.")
            }
            Self::AppliedUnchosen { node, slot, entry } => {
                text!("Server ", node, " applied ", entry, " in slot ", slot, ", and it was not chosen there.")
            }
            Self::OutOfOrder { node, slot, applied } => {
                text!("Server ", node, " applied slot ", slot, ", and slot ", applied + 1, " came next.")
            }
            Self::NeverAsked { node, slot, entry } => {
                text!("Server ", node, " applied ", entry, " in slot ", slot, ", and no client ever asked for it.")
            }
            Self::StoresDiffer { node, slot, difference } => {
                let differ = match difference {
                    Difference::Value { key, here, first } => {
                        let (here, first) = (value(here.as_ref()), value(first.as_ref()));
                        text!(shown(key), " is ", here, " on server ", node, ", and was ", first)
                    }
                    Difference::Session(client) => {
                        text!("server ", node, " remembers another last operation of client ", client, " than")
                    }
                    Difference::Horizon => text!("server ", node, " has forgotten other clients than"),
                    Difference::Outcome => {
                        text!("slot ", slot, " came to something else on server ", node, " than")
                    }
                };
                text!("After slot ", slot, ", ", differ, " on the first server that had applied it.")
            }
            Self::AppliedTwice { node, command, first, again } => {
                let what = text!("Server ", node, " applied ", **command, " twice: ");
                text!(what, "in slot ", first, " and in slot ", again, ".")
            }
            Self::OutsideWindow { node, slot, last } => {
                text!("Server ", node, " proposes in slot ", slot, ", and its window ends with slot ", last, ".")
            }
            Self::NotLinearizable { command, output } => {
                let answered = text!("Client ", command.client, " asked: ", command.op, ", and was answered: ", output);
                text!(answered, ". No order of the operations so far explains that.")
            }
        }
    }

    /// Which step of the specification there would have to be; empty for what breaks another invariant.
    #[must_use]
    pub fn in_the_specification(&self, scheme: Scheme) -> String {
        match self {
            Self::Consensus(violation) => violation.in_the_specification(scheme),
            _ => String::new(),
        }
    }
}
