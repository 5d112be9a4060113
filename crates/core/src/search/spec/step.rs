//! The steps of the specification, and how they are written.

use core::fmt::{self, Display};

/// One step. Acceptors, ballots and values are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpecAction {
    /// A leader begins a ballot: it asks for promises.
    Phase1a {
        /// The ballot.
        ballot: u8,
    },
    /// An acceptor promises a ballot, and reports its vote.
    Phase1b {
        /// The acceptor that promises.
        acceptor: u8,
        /// The ballot.
        ballot: u8,
    },
    /// A leader asks for votes.
    Phase2a {
        /// The ballot.
        ballot: u8,
        /// The value to vote for.
        value: u8,
    },
    /// An acceptor votes for what the ballot asks for.
    Phase2b {
        /// The acceptor that votes.
        acceptor: u8,
        /// The ballot.
        ballot: u8,
    },
}

impl SpecAction {
    /// The step as the number of an [`Edge`](crate::search::explorer::Edge): action, ballot, and acceptor or value, a byte
    /// each.
    #[must_use]
    pub const fn number(self) -> u32 {
        let (action, ballot, other) = match self {
            Self::Phase1a { ballot } => (0, ballot, 0),
            Self::Phase1b { acceptor, ballot } => (1, ballot, acceptor),
            Self::Phase2a { ballot, value } => (2, ballot, value),
            Self::Phase2b { acceptor, ballot } => (3, ballot, acceptor),
        };
        u32::from_le_bytes([other, ballot, action, 0])
    }

    /// The step with this [number](Self::number).
    #[must_use]
    pub const fn numbered(number: u32) -> Option<Self> {
        Some(match number.to_le_bytes() {
            [0, ballot, 0, 0] => Self::Phase1a { ballot },
            [acceptor, ballot, 1, 0] => Self::Phase1b { acceptor, ballot },
            [value, ballot, 2, 0] => Self::Phase2a { ballot, value },
            [acceptor, ballot, 3, 0] => Self::Phase2b { acceptor, ballot },
            _ => return None,
        })
    }

    /// The step in the caller's own names, such as `Phase1a(3.1)`.
    #[must_use]
    pub const fn told<N: Names>(self, names: &N) -> Told<'_, N> {
        Told { step: self, names }
    }
}

impl fmt::Display for SpecAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told(&Numbers).fmt(f)
    }
}

/// What acceptors, ballots and values are called.
pub trait Names {
    /// Writes the name of an acceptor.
    ///
    /// # Errors
    /// Those of the formatter.
    fn acceptor(&self, acceptor: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a{}", acceptor + 1)
    }

    /// Writes the name of a ballot.
    ///
    /// # Errors
    /// Those of the formatter.
    fn ballot(&self, ballot: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ballot.fmt(f)
    }

    /// Writes the name of a value.
    ///
    /// # Errors
    /// Those of the formatter.
    fn value(&self, value: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", value + 1)
    }
}

/// The names that the specification itself uses: acceptors `a1`, `a2`, …, ballots `0`, `1`, …, values `v1`, `v2`, ….
#[derive(Clone, Copy, Debug)]
pub struct Numbers;

impl Names for Numbers {}

/// A step in the caller's names: see [`SpecAction::told`].
#[derive(Debug)]
pub struct Told<'a, N> {
    step: SpecAction,
    names: &'a N,
}

impl<N: Names> fmt::Display for Told<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names;
        match self.step {
            SpecAction::Phase1a { ballot } => {
                f.write_str("Phase1a(")?;
                names.ballot(ballot, f)?;
            }
            SpecAction::Phase1b { acceptor, ballot } => {
                f.write_str("Phase1b(")?;
                names.acceptor(acceptor, f)?;
                f.write_str(", ")?;
                names.ballot(ballot, f)?;
            }
            SpecAction::Phase2a { ballot, value } => {
                f.write_str("Phase2a(")?;
                names.ballot(ballot, f)?;
                f.write_str(", ")?;
                names.value(value, f)?;
            }
            SpecAction::Phase2b { acceptor, ballot } => {
                f.write_str("Phase2b(")?;
                names.acceptor(acceptor, f)?;
                f.write_str(", ")?;
                names.ballot(ballot, f)?;
            }
        }
        f.write_str(")")
    }
}
