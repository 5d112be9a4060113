//! One cell of the transition table, in 32 bits.

use core::num::NonZeroU32;

/// The number of a local transition, from 1.
pub(super) type TransitionId = NonZeroU32;

/// What is known of an event in one state of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// The event cannot happen, or it changes nothing, now or later.
    Nothing,
    /// A message reaches a server that is down. It changes nothing now, and it may change something later.
    Waits,
    /// The event leads to this transition.
    Transition {
        id: TransitionId,
        /// Whether all the server does is refuse.
        only_refuses: bool,
    },
}

/// An [`Entry`], or nothing known yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell(u32);

impl Cell {
    const UNKNOWN: u32 = 0;
    const NOTHING: u32 = 1;
    const WAITS: u32 = u32::MAX;

    #[inline]
    pub(super) const fn new(entry: Entry) -> Self {
        match entry {
            Entry::Nothing => Self(Self::NOTHING),
            Entry::Waits => Self(Self::WAITS),
            Entry::Transition { id, only_refuses } => Self(id.get() << 1 | only_refuses as u32),
        }
    }

    /// The entry; `None`: the table has to learn it first.
    #[inline]
    pub(super) const fn get(self) -> Option<Entry> {
        Some(match self.0 {
            Self::UNKNOWN => return None,
            Self::NOTHING => Entry::Nothing,
            Self::WAITS => Entry::Waits,
            cell => match NonZeroU32::new(cell >> 1) {
                Some(id) => Entry::Transition { id, only_refuses: cell & 1 == 1 },
                None => Entry::Nothing,
            },
        })
    }
}

impl Entry {
    /// The transition, if there is one now.
    #[inline]
    pub(super) const fn transition(self) -> Option<TransitionId> {
        match self {
            Self::Transition { id, .. } => Some(id),
            Self::Nothing | Self::Waits => None,
        }
    }

    /// Whether the event changes something now or later. `refusals`: whether being refused counts as a change.
    #[inline]
    pub(super) const fn is_relevant(self, refusals: bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Waits => true,
            Self::Transition { only_refuses, .. } => refusals || !only_refuses,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back_from_its_cell() {
        assert_eq!(Cell::default().get(), None);
        let id = |number| TransitionId::new(number).unwrap();
        let transition = |number, only_refuses| Entry::Transition { id: id(number), only_refuses };
        let last = u32::MAX >> 1;
        for entry in [
            Entry::Nothing,
            Entry::Waits,
            transition(1, false),
            transition(1, true),
            transition(last, false),
            transition(last - 1, true),
        ] {
            assert_eq!(Cell::new(entry).get(), Some(entry));
        }
    }
}
