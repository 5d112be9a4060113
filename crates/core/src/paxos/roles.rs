//! Who plays which part, and what every server knows about its cluster.

use super::{NodeSet, Quorums, Scheme};

/// A part a server plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Wants values chosen.
    Proposer,
    /// Votes.
    Acceptor,
    /// Finds out.
    Learner,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Proposer, Self::Acceptor, Self::Learner];

    /// Its name in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proposer => "proposer",
            Self::Acceptor => "acceptor",
            Self::Learner => "learner",
        }
    }
}

/// Which servers play which part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Those that may propose.
    pub proposers: NodeSet,
    /// Those that vote.
    pub acceptors: NodeSet,
    /// Those that are told of votes.
    pub learners: NodeSet,
}

/// What every server of a cluster knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who plays which part.
    pub roles: Roles,
    /// How many is enough.
    pub quorums: Quorums,
    /// How ballots are numbered.
    pub scheme: Scheme,
    /// Whether an outbid proposer begins again at once, without backing off. It then takes a higher prepare at its
    /// own acceptor as being outbid, too; two such proposers can keep each other from ever finishing.
    pub eager: bool,
}
