//! What a ballot of a log looks like: one colour, the same in every picture, and as on the page
//! (`web/lab/protocols/log/world.js`).

use alloc::vec::Vec;

use super::shapes::coloured;
use quorum_core::log;
use quorum_core::paxos::Ballot;
use quorum_core::run::{EventKind, History};
use quorum_core::sim::{Fact, ProtocolKind, Trace};

/// The ballots of a log, in the order in which somebody stood with them.
#[derive(Default)]
pub(crate) struct BallotStyles(Vec<Ballot>);

impl BallotStyles {
    /// Those of a run until the end of a step: a ballot looks the same in every excerpt.
    pub(crate) fn met_in(history: &History, to: u64) -> Self {
        let mut styles = Self::default();
        if history.now().config().protocol != ProtocolKind::Log {
            return styles;
        }
        for event in history.events(0, to) {
            if let EventKind::Fact(Fact::Did { trace: Trace::Log(log::Trace::Stands { ballot, .. }), .. }) = event.kind
                && !styles.0.contains(&ballot)
            {
                styles.0.push(ballot);
            }
        }
        styles
    }

    /// The class of a ballot's colour.
    pub(crate) fn class(&self, ballot: Ballot) -> &'static str {
        coloured(self.0.iter().position(|known| *known == ballot).unwrap_or_default())
    }

    /// The ballots, in the order in which they were met.
    pub(crate) fn all(&self) -> impl Iterator<Item = Ballot> {
        self.0.iter().copied()
    }
}
