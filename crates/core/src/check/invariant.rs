//! What must always hold, and how a breach of it reads.

use alloc::string::String;

use serde::Serialize;

use super::{Obstacle, SpecAction};
use crate::paxos::{Ballot, NodeId, Scheme, Value, Vote};

words! {
    /// A property of every state of a correct run.
    ///
    /// The first four are what consensus *means* (*Paxos Made Simple*, §2.1 and §2.2); the others are how Paxos gets
    /// there. Digests count on the order of these, as on that of [`Violation`]: add at the end.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    pub enum Invariant {
        /// "Only a single value is chosen" (§2.1).
        OneValueChosen = "one-value-chosen",
        /// "Only a value that has been proposed may be chosen" (§2.1).
        OnlyProposedChosen = "only-proposed-chosen",
        /// "If a proposal with value v is chosen, then every higher-numbered proposal issued by any proposer has value
        /// v" (§2.2, P2b), and the acceptors that chose it still hold it.
        ChosenStaysChosen = "chosen-stays-chosen",
        /// "A process never learns that a value has been chosen unless it actually has been" (§2.1).
        OnlyChosenLearned = "only-chosen-learned",
        /// An acceptor never promises, remembers or restarts with less than it has told others it promised (§2.5).
        PromisesNeverGoBack = "promises-never-go-back",
        /// What a message rests on is durable before the message leaves (§2.5).
        DurableBeforeSent = "durable-before-sent",
        /// "Different proposals have different numbers" (§2.2): no ballot asks for two values.
        OneValuePerBallot = "one-value-per-ballot",
        /// Whatever happens is a step of the specification, or several, or none.
        StepOfSpecification = "step-of-specification",
    }
}

/// A broken invariant, with what broke it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Violation {
    /// Two values were chosen in one slot.
    TwoChosen {
        /// The first.
        first: Vote,
        /// The second.
        second: Vote,
    },
    /// A value was chosen that no client asked for.
    NeverProposed(Vote),
    /// A value other than the chosen one was asked for in a higher ballot.
    AskedForAnother {
        /// What was chosen.
        chosen: Vote,
        /// What was asked for.
        asked: Vote,
    },
    /// An acceptor that helped to choose a value no longer holds it.
    Forgotten {
        /// The acceptor.
        node: NodeId,
        /// What was chosen.
        chosen: Vote,
    },
    /// A server learned what was not chosen.
    LearnedUnchosen {
        /// The server.
        node: NodeId,
        /// What it thinks was chosen.
        vote: Vote,
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
        first: Vote,
        /// The second value.
        second: Value,
    },
    /// Something was done that the specification does not allow.
    NotAStep {
        /// The step it would have been.
        step: SpecAction,
        /// Why it is none.
        obstacle: Obstacle,
    },
}

impl Violation {
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

    /// What went wrong, in one sentence.
    #[must_use]
    pub fn sentence(&self, scheme: Scheme) -> String {
        let name = |ballot: &Ballot| scheme.name(*ballot);
        match self {
            Self::TwoChosen { first, second } => text!(
                "Agreement is broken: ",
                first.value,
                " was chosen in ballot ",
                name(&first.ballot),
                ", and now ",
                second.value,
                " is chosen in ballot ",
                name(&second.ballot),
                "."
            ),
            Self::NeverProposed(vote) => {
                text!(vote.value, " was chosen in ballot ", name(&vote.ballot), ", and no client ever proposed it.")
            }
            Self::AskedForAnother { chosen, asked } => text!(
                chosen.value,
                " was chosen in ballot ",
                name(&chosen.ballot),
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
                " in ballot ",
                name(&chosen.ballot),
                ", and no longer holds it."
            ),
            Self::LearnedUnchosen { node, vote } => text!(
                "Server ",
                node,
                " believes that ",
                vote.value,
                " was chosen in ballot ",
                name(&vote.ballot),
                ", and it was not."
            ),
            Self::PromiseWentBack { node, told, knows: Some(knows) } => text!(
                "Server ",
                node,
                " told others that it promised ",
                name(told),
                ", and has gone back to ",
                name(knows),
                "."
            ),
            Self::PromiseWentBack { node, told, knows: None } => {
                text!("Server ", node, " told others that it promised ", name(told), ", and has forgotten it.")
            }
            Self::SentTooEarly { node, ballot } => text!(
                "Server ",
                node,
                " said something about ballot ",
                name(ballot),
                " before what that rests on was durable."
            ),
            Self::TwoValuesInBallot { first, second } => {
                text!("Ballot ", name(&first.ballot), " asked for ", first.value, ", and now it asks for ", second, ".")
            }
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
