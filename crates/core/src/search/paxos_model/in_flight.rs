//! The packets in flight after a transition.

use super::apply::Transition;
use super::component::ComponentSet;
use super::expand::Expander;
use super::lookup::{Lookup, Unknown};
use super::reductions::Applicable;
use super::sleep::is_in;
use super::state::State;
use super::transition_table::Span;
use crate::paxos::MessageKind;

/// In place of a packet: the list is at its end.
const END: u32 = u32::MAX;

impl<L: Lookup> Expander<'_, L> {
    /// Gives `next` its packets in flight and their sleep set: the packets from before without the consumed one, merged with
    /// those that are sent. Packets that can change nothing any more are dropped.
    ///
    /// An old packet is asked about again only if its receiver has changed, or more reductions apply than before.
    #[inline]
    pub(super) fn in_flight_after(
        &mut self,
        transition: &Transition,
        sends: Span,
        applicable: Applicable,
        next: &mut State,
    ) -> Result<(), Unknown> {
        let before = transition.state;
        let candidates = self.sleep_candidates(transition);
        let reductions = self.lookup.table().reductions;
        let same_reductions = applicable == reductions.applicable(&before.used, self.bounds);
        let changed = if same_reductions { next.changed_since(before, self.bounds) } else { ComponentSet::ALL };
        next.in_flight.clear();
        next.sleep_set = 0;
        let (mut place, mut sent) = (0, sends.0);
        loop {
            let old = before.in_flight.get(place).copied().unwrap_or(END);
            let new = if sent < sends.1 { self.lookup.table().sent[sent as usize] } else { END };
            if new <= old {
                if new == END {
                    return Ok(());
                }
                sent += 1;
                if self.is_relevant(next, new, applicable)? {
                    next.in_flight.push(new);
                }
                continue;
            }
            let at = place;
            place += 1;
            if transition.consumed == Some(at) {
                continue;
            }
            let info = self.lookup.table().info(old);
            if changed.meets(info.component) && !self.is_relevant(next, old, applicable)? {
                continue;
            }
            let sleeps = is_in(candidates.packets, at) && !info.changes.meets(candidates.dependent);
            next.sleep_set |= u32::from(sleeps).checked_shl(next.in_flight.len() as u32).unwrap_or(0);
            next.in_flight.push(old);
        }
    }

    /// Whether a packet could change its receiver. A refusal tells a proposer to go higher: once no ballot can begin, it changes
    /// nothing, and neither does a request that would be refused.
    #[inline(always)]
    fn is_relevant(&mut self, state: &State, packet: u32, applicable: Applicable) -> Result<bool, Unknown> {
        let info = self.lookup.table().info(packet);
        if applicable.no_ballot_left && info.kind == MessageKind::Nack {
            return Ok(false);
        }
        let component = state.receiver(info.receiver(), info.is_answer());
        self.lookup.is_relevant(component, packet, !applicable.refused_is_dropped)
    }
}
