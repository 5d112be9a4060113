//! What every command comes to.

use quorum_core::search::explorer::SearchStatus;

/// What a command that could do its work came to. Bad input is an error instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It held, or succeeded.
    Held,
    /// A violation, or an expectation that was not met.
    Failed,
    /// The budget was reached before there was an answer.
    Undecided,
}

impl Outcome {
    /// Held, if this is true.
    pub(crate) const fn of(held: bool) -> Self {
        if held { Self::Held } else { Self::Failed }
    }

    /// What a search came to.
    pub(crate) const fn of_search(status: SearchStatus) -> Self {
        match status {
            SearchStatus::Violated { .. } => Self::Failed,
            SearchStatus::Budget | SearchStatus::Running => Self::Undecided,
            SearchStatus::Complete => Self::Held,
        }
    }
}
