//! Which deliveries need not be explored after a transition.
//!
//! Say that a state has two independent transitions, *a* and *b*, and *a* comes first in the order of [`expand`](super::expand).
//! What *a* then *b* lead to is found through *a*. So after *b* the delivery *a* is in the sleep set: it is enabled, and it leads
//! to a state that is known by then. See [`SleepSet`].

use super::apply::Transition;
use super::component::ComponentSet;
use super::expand::Expander;
use super::local_event::LocalEvent;
use super::lookup::Lookup;
use crate::search::explorer::SleepSet;

/// What the sleep set after a transition is made of.
#[derive(Clone, Copy)]
pub(super) struct SleepCandidates {
    /// The packets that may be in it, by their places in flight before the transition.
    pub(super) packets: SleepSet,
    /// The packets that are not in it after all: those whose delivery changes one of these components.
    pub(super) dependent: ComponentSet,
}

impl<L: Lookup> Expander<'_, L> {
    /// The sleep set after a transition: every packet already in it or ordered before the transition, if the two are
    /// independent. A delivery changes one component, and the listener if it leads to a vote.
    #[inline]
    pub(super) fn sleep_candidates(&self, transition: &Transition) -> SleepCandidates {
        let Transition { state, component, event, consumed } = *transition;
        let reductions = self.lookup.table().reductions;
        let node = usize::from(component.component.node);
        match (event, consumed) {
            (LocalEvent::Deliver(packet), Some(place)) if reductions.deliveries_commute => {
                let before = 1u32.checked_shl(place as u32).map_or(SleepSet::MAX, |bit| bit - 1);
                let changes = self.lookup.table().info(packet).changes;
                let is_whole = state.other(node).is_none();
                let server = if is_whole { ComponentSet::server(node) } else { ComponentSet::NONE };
                SleepCandidates { packets: state.sleep_set | before, dependent: changes.union(server) }
            }
            _ if event.is_crash_or_wipe()
                && reductions.crashes_commute
                && reductions.applicable(&state.used, self.bounds).no_ballot_left =>
            {
                SleepCandidates { packets: SleepSet::MAX, dependent: ComponentSet::server(node) }
            }
            _ => SleepCandidates { packets: 0, dependent: ComponentSet::NONE },
        }
    }
}

/// Whether the packet at this place in flight is in a sleep set. Only the first 32 can be.
#[inline]
pub(super) const fn is_in(sleep_set: SleepSet, place: usize) -> bool {
    place < SleepSet::BITS as usize && sleep_set >> place & 1 == 1
}
