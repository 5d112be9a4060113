//! Moments that are kept, so that the way to any other is short.

use alloc::{sync::Arc, vec::Vec};

use crate::limits::{MAX_KEYFRAME_BYTES, MAX_KEYFRAMES};
use crate::run::Simulation;

/// Steps between two keyframes, to begin with.
const SPACING: u64 = 64;

/// Some moments of a run, from its beginning on.
///
/// * The first is step 0; the others are at multiples of the spacing, in ascending order.
/// * The spacing doubles when they become too many or too large. So a run of any length keeps a bounded number of
///   them, and the way from one to the next grows with the length, at a slow walk.
/// * A moment is the same whoever reaches it: branches share those before their fork.
#[derive(Clone, Debug)]
pub(super) struct Keyframes {
    spacing: u64,
    frames: Vec<Arc<Simulation>>,
    approx_bytes: usize,
}

impl Keyframes {
    /// Only the beginning.
    pub(super) fn new(beginning: Simulation) -> Self {
        Self { spacing: SPACING, approx_bytes: 0, frames: [Arc::new(beginning)].into() }
    }

    /// The beginning.
    pub(super) fn beginning(&self) -> &Simulation {
        &self.frames[0]
    }

    /// The latest of which this is true: true of the beginning, and once false of one, false of those after.
    pub(super) fn last_of(&self, is_it: impl Fn(&Simulation) -> bool) -> &Simulation {
        let after = self.frames.partition_point(|frame| is_it(frame));
        &self.frames[after.saturating_sub(1)]
    }

    /// Those of a branch that leaves this one after `step` steps.
    pub(super) fn until(&self, step: u64) -> Self {
        let frames = self.frames[..self.frames.partition_point(|frame| frame.steps() <= step)].to_vec();
        Self { spacing: self.spacing, approx_bytes: approx_bytes(&frames), frames }
    }

    /// Takes a moment in if its place is empty; whether it did.
    pub(super) fn offer(&mut self, moment: &Simulation) -> bool {
        let step = moment.steps();
        let last = self.frames.last().map_or(0, |frame| frame.steps());
        if !step.is_multiple_of(self.spacing) || step <= last {
            return false;
        }
        self.approx_bytes += moment.approx_bytes();
        self.frames.push(Arc::new(moment.clone()));
        while self.frames.len() > MAX_KEYFRAMES || (self.approx_bytes > MAX_KEYFRAME_BYTES && self.frames.len() > 2) {
            self.thin_out();
        }
        true
    }

    /// Forgets every other one.
    pub(super) fn thin_out(&mut self) {
        self.spacing *= 2;
        self.frames.retain(|frame| frame.steps().is_multiple_of(self.spacing));
        self.approx_bytes = approx_bytes(&self.frames);
    }

    /// How many there are, and about how many bytes they take.
    pub(super) const fn cost(&self) -> (usize, usize) {
        (self.frames.len(), self.approx_bytes)
    }
}

/// Roughly how many bytes all of these take together. Branches that share a moment each count their part of it.
pub(super) fn approx_bytes_of_all<'a>(all: impl Iterator<Item = &'a Keyframes>) -> usize {
    let share = |frame: &Arc<Simulation>| frame.approx_bytes() / Arc::strong_count(frame);
    all.map(|keyframes| keyframes.frames.iter().skip(1).map(share).sum::<usize>()).sum()
}

/// Roughly how many bytes these take. The beginning is kept in any case, and not counted.
fn approx_bytes(frames: &[Arc<Simulation>]) -> usize {
    frames.iter().skip(1).map(|frame| frame.approx_bytes()).sum()
}
