//! A message on its way: where it was when.

use alloc::vec::Vec;

use crate::shapes::{self, kind_of};
use quorum_core::run::Simulation;
use quorum_core::sim::{Endpoint, Envelope, Message, Time};

/// The whole way of a message, from its sender to its receiver.
pub(crate) const WHOLE_WAY: u32 = 1000;

/// What became of a message by the end of the excerpt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrived,
    Lost,
    /// Lost with all others under way, in a power cut.
    CutOff,
    UnderWay,
}

/// A message on its way.
#[derive(Clone, Debug)]
pub(crate) struct MessagePath {
    pub(crate) envelope: Envelope,
    /// Who sent it, and whom it is for.
    pub(crate) ends: (Endpoint, Endpoint),
    /// The step it was made in, or the one before the excerpt begins.
    pub(crate) since: u64,
    /// Where it was when: times ascend, and ways in thousandths of the whole. Between two points it moves evenly; two
    /// points at the same way: it was held there.
    pub(crate) points: Vec<(Time, u32)>,
    pub(crate) fate: Fate,
    /// When it left and when it would arrive.
    pub(super) plan: (Time, Time),
    pub(super) held: bool,
}

impl MessagePath {
    /// A message that has just left, or was under way already.
    pub(super) fn begun(envelope: &Envelope, now: &Simulation) -> Self {
        let at = now.schedule().now();
        let held = now.cluster().network().is_held(envelope.id);
        let transit = now.schedule().transit(envelope.id);
        let plan = transit.map_or((at, at), |transit| (transit.left, transit.arrives()));
        let way = if held { transit.map_or(0, |transit| transit.progress()) } else { between(plan, at) };
        Self {
            envelope: envelope.clone(),
            ends: (envelope.from, envelope.to),
            since: now.steps(),
            points: [(at, way)].into(),
            fate: Fate::UnderWay,
            plan,
            held,
        }
    }

    /// How far it has come.
    pub(super) fn way(&self, at: Time) -> u32 {
        let last = self.points.last().map_or(0, |(_, way)| *way);
        // A copy begins where its original was, so by the plan alone it might seem to go back.
        if self.held { last } else { between(self.plan, at).max(last) }
    }

    /// The message itself.
    pub(crate) const fn message(&self) -> &Message {
        &self.envelope.message
    }

    /// Whether it only says that its sender is there.
    pub(crate) const fn is_quiet(&self) -> bool {
        shapes::is_quiet(kind_of(self.message()))
    }

    /// When it was first seen.
    pub(crate) fn begin(&self) -> Time {
        self.points.first().map_or(0, |(at, _)| *at)
    }

    /// When it was last seen.
    pub(crate) fn end(&self) -> Time {
        self.points.last().map_or(0, |(at, _)| *at)
    }

    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.fate, Fate::Lost | Fate::CutOff)
    }

    pub(crate) fn is_to_itself(&self) -> bool {
        self.ends.0 == self.ends.1
    }
}

fn between((left, arrives): (Time, Time), at: Time) -> u32 {
    let under_way = at.clamp(left, arrives) - left;
    // Latencies are at most a minute, so this neither overflows nor exceeds the whole way.
    (under_way * Time::from(WHOLE_WAY) / (arrives - left).max(1)) as u32
}
