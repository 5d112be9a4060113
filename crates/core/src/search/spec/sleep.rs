//! Which steps of the specification are independent.
//!
//! Messages stay for ever, so a step that a message enables stays enabled. Two steps are dependent only if one acceptor takes both
//! of them, or if both ask for a value in one ballot, which asks once.

use alloc::{vec, vec::Vec};

use super::step::SpecAction;
use crate::search::explorer::SleepSet;

/// A step as a bit of a sleep set, and the steps that depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// 0 for a step that is never in a sleep set, because there are more steps than bits.
    pub(super) bit: SleepSet,
    /// The steps for which it matters whether they come before or after it.
    pub(super) dependent: SleepSet,
}

/// The place of every step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places(Vec<Place>);

/// Four kinds of steps; up to eight ballots, and up to eight acceptors or values.
const STEPS: usize = 4 * 8 * 8;

impl Places {
    pub(super) fn new(acceptors: u8, values: u8, ballots: u8) -> Self {
        let (mut places, mut taken) = (Self(vec![Place::default(); STEPS]), 0);
        for ballot in 0..ballots {
            places.group(&[SpecAction::Phase1a { ballot }], &mut taken);
            let asks: Vec<_> = (0..values).map(|value| SpecAction::Phase2a { ballot, value }).collect();
            places.group(&asks, &mut taken);
        }
        for acceptor in 0..acceptors {
            let promises = (0..ballots).map(|ballot| SpecAction::Phase1b { acceptor, ballot });
            let votes = (0..ballots).map(|ballot| SpecAction::Phase2b { acceptor, ballot });
            places.group(&promises.chain(votes).collect::<Vec<_>>(), &mut taken);
        }
        places
    }

    /// Gives bits to steps that depend on one another, while there are bits left.
    fn group(&mut self, steps: &[SpecAction], taken: &mut u32) {
        let bit = |at: u32| 1u32.checked_shl(at).unwrap_or(0);
        let all = (*taken..).zip(steps);
        let dependent = all.clone().fold(0, |bits, (at, _)| bits | bit(at));
        for (at, step) in all {
            self.0[index(*step)] = Place { bit: bit(at), dependent };
        }
        *taken += steps.len() as u32;
    }

    #[inline]
    pub(super) fn of(&self, step: SpecAction) -> Place {
        self.0[index(step)]
    }
}

#[inline]
const fn index(step: SpecAction) -> usize {
    let [other, ballot, kind, _] = step.number().to_le_bytes();
    ((kind & 3) as usize) << 6 | ((other & 7) as usize) << 3 | (ballot & 7) as usize
}
