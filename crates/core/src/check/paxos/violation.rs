//! How consensus can be broken, in one slot, and how a breach of it reads.

use alloc::string::String;

use serde::Serialize;

use super::spec_action::in_slot;
use super::{Obstacle, SpecAction};
use crate::check::Invariant;
use crate::paxos::{Ballot, NodeId, Scheme, Value, Vote};
use crate::text::Piece;

/// A broken invariant, with what broke it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Violation<V = Value> {
    /// Two values were chosen in one slot.
    TwoChosen {
        /// The first.
        first: Vote<V>,
        /// The second.
        second: Vote<V>,
    },
    /// A value was chosen that no client asked for.
    NeverProposed(Vote<V>),
    /// A value other than the chosen one was asked for in a higher ballot.
    AskedForAnother {
        /// What was chosen.
        chosen: Vote<V>,
        /// What was asked for.
        asked: Vote<V>,
    },
    /// An acceptor that helped to choose a value no longer holds it.
    Forgotten {
        /// The acceptor.
        node: NodeId,
        /// What was chosen.
        chosen: Vote<V>,
    },
    /// A server learned what was not chosen.
    LearnedUnchosen {
        /// The server.
        node: NodeId,
        /// What it thinks was chosen.
        vote: Vote<V>,
    },
    /// An acceptor's promise went back, in memory or on disk.
    PromiseWentBack {
        /// The acceptor.
        node: NodeId,
        /// What others were told.
        told: Ballot,
        /// What it knows now.
        knows: Option<Ballot>,
    },
    /// A message left before what it rests on was durable.
    SentTooEarly {
        /// The sender.
        node: NodeId,
        /// The ballot of the message.
        ballot: Ballot,
    },
    /// One ballot asked for two values.
    TwoValuesInBallot {
        /// The first request.
        first: Vote<V>,
        /// The second value.
        second: V,
    },
    /// Something was done that the specification does not allow.
    NotAStep {
        /// The step it would have been.
        step: SpecAction<V>,
        /// Why it is none.
        obstacle: Obstacle,
    },
}

impl<V> Violation<V> {
    /// Which invariant it breaks.
    #[must_use]
    pub const fn invariant(&self) -> Invariant {
        match self {
            Self::TwoChosen { .. } => Invariant::OneValueChosen,
            Self::NeverProposed(_) => Invariant::OnlyProposedChosen,
            Self::AskedForAnother { .. } | Self::Forgotten { .. } => Invariant::ChosenStaysChosen,
            Self::LearnedUnchosen { .. } => Invariant::OnlyChosenLearned,
            Self::PromiseWentBack { .. } => Invariant::PromisesNeverGoBack,
            Self::SentTooEarly { .. } => Invariant::DurableBeforeSent,
            Self::TwoValuesInBallot { .. } => Invariant::OneValuePerBallot,
            Self::NotAStep { .. } => Invariant::StepOfSpecification,
        }
    }
}

impl<V: Piece> Violation<V> {
    /// What went wrong, in one sentence.
    #[must_use]
    pub fn sentence(&self, scheme: Scheme) -> String {
        let name = |ballot: &Ballot| scheme.name(*ballot);
        let was_chosen =
            |vote: &Vote<V>| text!(vote.value, " was chosen", in_slot(vote.slot), " in ballot ", name(&vote.ballot));
        match self {
            Self::TwoChosen { first, second } => text!(
                "Agreement is broken: ",
                was_chosen(first),
                ", and now ",
                second.value,
                " is chosen in ballot ",
                name(&second.ballot),
                "."
            ),
            Self::NeverProposed(vote) => text!(was_chosen(vote), ", and no client ever proposed it."),
            Self::AskedForAnother { chosen, asked } => text!(
                was_chosen(chosen),
                ", and yet the higher ballot ",
                name(&asked.ballot),
                " asks for ",
                asked.value,
                "."
            ),
            Self::Forgotten { node, chosen } => text!(
                "Server ",
                node,
                " helped to choose ",
                chosen.value,
                in_slot(chosen.slot),
                " in ballot ",
                name(&chosen.ballot),
                ", and no longer holds it."
            ),
            Self::LearnedUnchosen { node, vote } => {
                text!("Server ", node, " believes that ", was_chosen(vote), ", and it was not.")
            }
            Self::PromiseWentBack { node, told, knows: Some(knows) } => text!(
                "Server ",
                node,
                " told others that it promised or voted at ",
                name(told),
                ", and has gone back to ",
                name(knows),
                "."
            ),
            Self::PromiseWentBack { node, told, knows: None } => {
                text!(
                    "Server ",
                    node,
                    " told others that it promised or voted at ",
                    name(told),
                    ", and has forgotten it."
                )
            }
            Self::SentTooEarly { node, ballot } => text!(
                "Server ",
                node,
                " sent a message of ballot ",
                name(ballot),
                " before what that rests on was durable."
            ),
            Self::TwoValuesInBallot { first, second } => text!(
                "Ballot ",
                name(&first.ballot),
                " asked for ",
                first.value,
                in_slot(first.slot),
                ", and now it asks for ",
                second,
                "."
            ),
            Self::NotAStep { step, obstacle } => step.refused(*obstacle, scheme),
        }
    }

    /// Which step of the specification there would have to be, for those who know its names; empty for what breaks another
    /// invariant.
    #[must_use]
    pub fn in_the_specification(&self, scheme: Scheme) -> String {
        match self {
            Self::NotAStep { step, .. } => {
                text!("In the specification there is no such step: ", step.name(scheme), ".")
            }
            _ => String::new(),
        }
    }
}
