//! Which actions a state has.
//!
//! The actions are tried in a fixed order: deliveries, by place in flight; then for each server the client's next request and
//! the spontaneous events; then lost and duplicated packets. The order is part of a search's result, and sleep sets count on it.

use super::Bounds;
use super::action::ActionKey;
use super::apply::Transition;
use super::local_event::{EventSet, LocalEvent};
use super::lookup::{Lookup, Unknown};
use super::sleep::is_in;
use super::state::State;

/// Expands states within bounds.
pub(super) struct Expander<'a, L> {
    pub(super) bounds: &'a Bounds,
    pub(super) lookup: L,
}

impl<L: Lookup> Expander<'_, L> {
    /// Calls `found` for each action that the state's sleep set does not leave out, with the state it leads to.
    pub(super) fn expand(&mut self, state: &State, mut found: impl FnMut(ActionKey, &State)) -> Result<(), Unknown> {
        let mut next = State::new();
        self.deliveries(state, &mut next, &mut found)?;
        for node in 0..self.bounds.servers as usize {
            self.request(state, node, &mut next, &mut found)?;
            self.spontaneous(state, node, &mut next, &mut found)?;
        }
        self.losses_and_duplicates(state, &mut next, found);
        Ok(())
    }

    #[inline]
    fn deliveries(
        &mut self,
        state: &State,
        next: &mut State,
        found: &mut impl FnMut(ActionKey, &State),
    ) -> Result<(), Unknown> {
        for (place, packet) in state.in_flight.iter().enumerate() {
            if is_in(state.sleep_set, place) || repeats(state, place) {
                continue;
            }
            let (info, event) = (self.lookup.table().info(*packet), LocalEvent::Deliver(*packet));
            let component = state.receiver(info.receiver(), info.is_answer());
            next.used = state.used;
            if self.apply(&Transition { state, component, event, consumed: Some(place) }, next)? {
                found(ActionKey::Local(info.receiver(), event), next);
            }
        }
        Ok(())
    }

    #[inline]
    fn request(
        &mut self,
        state: &State,
        node: usize,
        next: &mut State,
        found: &mut impl FnMut(ActionKey, &State),
    ) -> Result<(), Unknown> {
        if !state.may_begin(node) || u32::from(state.used.values) >= self.bounds.values {
            return Ok(());
        }
        next.used = state.used;
        next.used.values += 1;
        self.local(state, node, LocalEvent::Propose(state.used.values), next, found)
    }

    #[inline]
    fn spontaneous(
        &mut self,
        state: &State,
        node: usize,
        next: &mut State,
        found: &mut impl FnMut(ActionKey, &State),
    ) -> Result<(), Unknown> {
        let crashes = u32::from(state.used.crashes) < self.bounds.crashes;
        let wipes = u32::from(state.used.wipes) < self.bounds.wipes;
        let within_bounds = EventSet::within_bounds(state.may_begin(node), crashes, wipes);
        let possible = self.lookup.table().summary(state.receiver(node, false)).events;
        for event in possible.intersection(within_bounds) {
            next.used = state.used;
            match event {
                LocalEvent::Crash | LocalEvent::LateCrash => next.used.crashes += 1,
                LocalEvent::Wipe => next.used.wipes += 1,
                _ => {}
            }
            self.local(state, node, event, next, found)?;
        }
        Ok(())
    }

    /// An event that consumes no packet.
    fn local(
        &mut self,
        state: &State,
        node: usize,
        event: LocalEvent,
        next: &mut State,
        found: &mut impl FnMut(ActionKey, &State),
    ) -> Result<(), Unknown> {
        let component = state.receiver(node, false);
        if self.apply(&Transition { state, component, event, consumed: None }, next)? {
            found(ActionKey::Local(node, event), next);
        }
        Ok(())
    }

    fn losses_and_duplicates(&self, state: &State, next: &mut State, mut found: impl FnMut(ActionKey, &State)) {
        let may_lose = u32::from(state.used.losses) < self.bounds.losses;
        let may_duplicate = u32::from(state.used.duplicates) < self.bounds.duplicates;
        for (place, packet) in state.in_flight.iter().enumerate() {
            if !may_lose && !may_duplicate || repeats(state, place) {
                continue;
            }
            if may_lose {
                next.clone_from(state);
                next.sleep_set = 0;
                next.in_flight.remove(place);
                next.used.losses += 1;
                found(ActionKey::Drop(*packet), next);
            }
            if may_duplicate {
                next.clone_from(state);
                next.sleep_set = 0;
                next.in_flight.insert(place, *packet);
                next.used.duplicates += 1;
                found(ActionKey::Duplicate(*packet), next);
            }
        }
    }
}

/// Whether the packet before this place is the same: then it does not matter which of them is delivered or lost.
#[inline]
fn repeats(state: &State, place: usize) -> bool {
    place > 0 && state.in_flight[place - 1] == state.in_flight[place]
}
