//! The state after one event.

use super::component::ComponentState;
use super::expand::Expander;
use super::local_event::LocalEvent;
use super::lookup::{Lookup, Unknown};
use super::reductions::Applicable;
use super::state::State;
use super::transition_table::Span;

/// One event in one state.
#[derive(Clone, Copy)]
pub(super) struct Transition<'a> {
    /// The state before.
    pub(super) state: &'a State,
    /// The component to which it happens. A crash happens to the server's other component as well.
    pub(super) component: ComponentState,
    pub(super) event: LocalEvent,
    /// The place in flight of the packet that it consumes.
    pub(super) consumed: Option<usize>,
}

impl<L: Lookup> Expander<'_, L> {
    /// Makes `next` the state after a transition, and says whether the transition can happen. What the event uses up of the
    /// bounds, `next.used` has used up already.
    #[inline]
    pub(super) fn apply(&mut self, transition: &Transition, next: &mut State) -> Result<bool, Unknown> {
        let Transition { state, component, event, .. } = *transition;
        let node = usize::from(component.component.node);
        let local = self.lookup.transition(component, event)?;
        next.follow(state);
        let mut happens = local.is_some();
        if event.is_crash_or_wipe()
            && let Some(other) = state.other(node)
            && let Some(local) = self.lookup.transition(other, event)?
        {
            next.apply(other, self.lookup.table().transition(local));
            happens = true;
        }
        if !happens {
            return Ok(false);
        }
        let mut sends = (0, 0);
        if let Some(local) = local {
            let local = *self.lookup.table().transition(local);
            if local.begins_ballot {
                if !next.used.may_begin(self.bounds, node) {
                    return Ok(false);
                }
                next.used.begin_ballot(node);
            }
            next.apply(component, &local);
            for place in local.votes.0..local.votes.1 {
                let vote = self.lookup.table().votes[place as usize];
                next.votes = self.lookup.with_vote(next.votes, vote)?;
            }
            self.deliver_at_once(local.delivers, next)?;
            sends = local.sends;
        }
        let applicable = self.lookup.table().reductions.applicable(&next.used, self.bounds);
        self.canonicalize(state, applicable, next)?;
        self.in_flight_after(transition, sends, applicable, next)?;
        Ok(true)
    }

    /// Delivers votes to the listener the moment they are cast.
    #[inline]
    fn deliver_at_once(&mut self, packets: Span, next: &mut State) -> Result<(), Unknown> {
        for place in packets.0..packets.1 {
            let packet = self.lookup.table().sent[place as usize];
            let listener = next.receiver(self.lookup.table().info(packet).receiver(), true);
            if let Some(local) = self.lookup.transition(listener, LocalEvent::Deliver(packet))? {
                next.apply(listener, self.lookup.table().transition(local));
            }
        }
        Ok(())
    }

    /// Removes from the servers what nothing reads any more.
    #[inline]
    fn canonicalize(&mut self, before: &State, applicable: Applicable, next: &mut State) -> Result<(), Unknown> {
        if next.used != before.used {
            next.retire(self.bounds, |node, server| self.lookup.decomposed(node, server))?;
        }
        if applicable.settles {
            for node in 0..self.bounds.servers as usize {
                let component = next.receiver(node, false);
                if let Some(local) = self.lookup.transition(component, LocalEvent::Settle)? {
                    next.apply(component, self.lookup.table().transition(local));
                }
            }
        }
        Ok(())
    }
}
