//! Where a state can go.
//!
//! The same code answers and learns: with an [`Lookup`] that only looks things up, it expands a state or finds that
//! something has never been tried; with one that may try, it sees to it that nothing it needs is missing.

use super::Bounds;
use super::local_event::LocalEvent;
use super::state::{State, Used};
use super::transition_table::{ComponentState, NO_COMPONENT, NO_TRANSITION, Span, TransitionTable};
use crate::search::explorer::SleepSet;

/// Something has not been tried yet.
pub(super) struct Unknown;

/// Who knows what servers do.
pub(super) trait Lookup {
    fn table(&self) -> &TransitionTable;
    /// What becomes of a part of a server at an event: see [`TransitionTable::transition`].
    fn transition(&mut self, at: ComponentState, event: LocalEvent) -> Result<u32, Unknown>;
    /// Whether a packet could make a difference to a part of a server: see [`TransitionTable::is_relevant`].
    fn is_relevant(&mut self, at: ComponentState, packet: u32, refusals: bool) -> Result<bool, Unknown>;
    /// A history with one more vote.
    fn with_vote(&mut self, set: u32, vote: u32) -> Result<u32, Unknown>;
    /// The parts of a server: see [`TransitionTable::decomposed`].
    fn decomposed(&mut self, node: u8, whole: u32) -> Result<(u32, u32), Unknown>;
}

/// A table that is only read.
pub(super) struct Frozen<'a>(pub(super) &'a TransitionTable);

/// A table that finds out what it does not know.
pub(super) struct Learning<'a>(pub(super) &'a mut TransitionTable);

impl Lookup for Frozen<'_> {
    #[inline]
    fn table(&self) -> &TransitionTable {
        self.0
    }

    #[inline]
    fn transition(&mut self, at: ComponentState, event: LocalEvent) -> Result<u32, Unknown> {
        self.0.transition(at, event).ok_or(Unknown)
    }

    #[inline]
    fn is_relevant(&mut self, at: ComponentState, packet: u32, refusals: bool) -> Result<bool, Unknown> {
        self.0.is_relevant(at, packet, refusals).ok_or(Unknown)
    }

    #[inline]
    fn with_vote(&mut self, set: u32, vote: u32) -> Result<u32, Unknown> {
        self.0.vote_sets.with_vote(set, vote).ok_or(Unknown)
    }

    fn decomposed(&mut self, node: u8, whole: u32) -> Result<(u32, u32), Unknown> {
        self.0.decomposed(node, whole).ok_or(Unknown)
    }
}

impl Lookup for Learning<'_> {
    fn table(&self) -> &TransitionTable {
        self.0
    }

    fn transition(&mut self, at: ComponentState, event: LocalEvent) -> Result<u32, Unknown> {
        Ok(self.0.learn(at, event))
    }

    fn is_relevant(&mut self, at: ComponentState, packet: u32, refusals: bool) -> Result<bool, Unknown> {
        self.0.learn(at, LocalEvent::Deliver(packet));
        self.0.is_relevant(at, packet, refusals).ok_or(Unknown)
    }

    fn with_vote(&mut self, set: u32, vote: u32) -> Result<u32, Unknown> {
        Ok(self.0.learn_with_vote(set, vote))
    }

    fn decomposed(&mut self, node: u8, whole: u32) -> Result<(u32, u32), Unknown> {
        Ok(self.0.learn_decomposed(node, whole))
    }
}

/// One move, as far as a state needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    /// Something happens to a server, counted from 0.
    Happens(usize, LocalEvent),
    /// A packet is lost.
    Drop(u32),
    /// A packet is duplicated.
    Duplicate(u32),
}

/// In place of a packet's place: none has arrived. The place after it is none either.
const NO_PACKET: usize = usize::MAX - 1;

/// Expands states within bounds.
pub(super) struct Moves<'a, O> {
    pub(super) bounds: &'a Bounds,
    pub(super) lookup: O,
}

impl<O: Lookup> Moves<'_, O> {
    /// Every state after one move, in a fixed order.
    pub(super) fn each(&mut self, state: &State, mut found: impl FnMut(Transition, &State)) -> Result<(), Unknown> {
        let mut next = State::new();
        for (at, packet) in state.in_flight.iter().enumerate() {
            // Of equal packets, it does not matter which.
            if is_in(state.sleep_set, at) || at > 0 && state.in_flight[at - 1] == *packet {
                continue;
            }
            let (node, event) = (self.lookup.table().receiver(*packet), LocalEvent::Deliver(*packet));
            next.used = state.used;
            if self.happens(state, node, event, at, &mut next)? {
                found(Transition::Happens(node, event), &next);
            }
        }
        for node in 0..self.bounds.servers as usize {
            let may_begin = state.decomposed >> node & 1 == 0;
            if may_begin && u32::from(state.used.values) < self.bounds.values {
                next.used = state.used;
                next.used.values += 1;
                self.alone(state, node, LocalEvent::Propose(state.used.values), &mut next, &mut found)?;
            }
            let mut open = self.lookup.table().summary(state.hears(node, false)).alone & self.open(state, may_begin);
            while open != 0 {
                let event = LocalEvent::ALONE[open.trailing_zeros() as usize];
                open &= open - 1;
                next.used = state.used;
                match event {
                    LocalEvent::Crash | LocalEvent::LateCrash => next.used.crashes += 1,
                    LocalEvent::Wipe => next.used.wipes += 1,
                    _ => {}
                }
                self.alone(state, node, event, &mut next, &mut found)?;
            }
        }
        self.lose_or_duplicate(state, &mut next, found);
        Ok(())
    }

    fn alone(
        &mut self,
        state: &State,
        node: usize,
        event: LocalEvent,
        next: &mut State,
        found: &mut impl FnMut(Transition, &State),
    ) -> Result<(), Unknown> {
        if self.happens(state, node, event, NO_PACKET, next)? {
            found(Transition::Happens(node, event), next);
        }
        Ok(())
    }

    /// Which of [`LocalEvent::ALONE`] the bounds leave room for, one bit each.
    #[inline]
    fn open(&self, state: &State, may_begin: bool) -> u8 {
        let crashes = u32::from(state.used.crashes) < self.bounds.crashes;
        let wipes = u32::from(state.used.wipes) < self.bounds.wipes;
        LocalEvent::open(may_begin, crashes, wipes)
    }

    fn lose_or_duplicate(&self, state: &State, next: &mut State, mut found: impl FnMut(Transition, &State)) {
        let may_lose = u32::from(state.used.losses) < self.bounds.losses;
        let may_copy = u32::from(state.used.duplicates) < self.bounds.duplicates;
        for (at, packet) in state.in_flight.iter().enumerate() {
            if !may_lose && !may_copy || at > 0 && state.in_flight[at - 1] == *packet {
                continue;
            }
            if may_lose {
                next.clone_from(state);
                next.sleep_set = 0;
                next.in_flight.remove(at);
                next.used.losses += 1;
                found(Transition::Drop(*packet), next);
            }
            if may_copy {
                next.clone_from(state);
                next.sleep_set = 0;
                next.in_flight.insert(at, *packet);
                next.used.duplicates += 1;
                found(Transition::Duplicate(*packet), next);
            }
        }
    }

    /// Makes `next`, which has used what the event takes, the state after it; whether it can happen. The packet at `gone`
    /// has arrived by it.
    #[inline]
    fn happens(
        &mut self,
        state: &State,
        node: usize,
        event: LocalEvent,
        gone: usize,
        next: &mut State,
    ) -> Result<bool, Unknown> {
        let is_answer = matches!(event, LocalEvent::Deliver(packet) if self.lookup.table().is_answer(packet));
        let at = state.hears(node, is_answer);
        let number = self.lookup.transition(at, event)?;
        (next.servers, next.others, next.votes) = (state.servers, state.others, state.votes);
        let mut happened = number != NO_TRANSITION;
        if event.is_crash_or_wipe()
            && let Some(rest) = state.rest(node)
        {
            let after_crash = self.lookup.transition(rest, event)?;
            if after_crash != NO_TRANSITION {
                next.others[node] = self.lookup.table().known(after_crash).number;
                happened = true;
            }
        }
        if !happened {
            return Ok(false);
        }
        let mut sends = (0, 0);
        let candidates = self.sleep_candidates(state, node, event, gone);
        next.decomposed = state.decomposed;
        if number != NO_TRANSITION {
            let transition = *self.lookup.table().known(number);
            if transition.begins {
                if !next.used.may_begin(self.bounds, node) {
                    return Ok(false);
                }
                next.used.begin_ballot(node);
            }
            next.turn(at, &transition);
            for at in transition.votes.0..transition.votes.1 {
                let vote = self.lookup.table().voted(at);
                next.votes = self.lookup.with_vote(next.votes, vote)?;
            }
            self.hear(transition.hears, next)?;
            sends = transition.sends;
        }
        self.canonicalize(state, next)?;
        self.in_flight_after(state, gone, sends, candidates, next)?;
        Ok(true)
    }

    /// Lets somebody hear at once of what was said.
    #[inline]
    fn hear(&mut self, hears: Span, next: &mut State) -> Result<(), Unknown> {
        for at in hears.0..hears.1 {
            let packet = self.lookup.table().sent(at);
            let listener = next.hears(self.lookup.table().receiver(packet), true);
            let heard = self.lookup.transition(listener, LocalEvent::Deliver(packet))?;
            if heard != NO_TRANSITION {
                next.turn(listener, self.lookup.table().known(heard));
            }
        }
        Ok(())
    }

    /// Forgets of the servers what can make no difference any more.
    #[inline]
    fn canonicalize(&mut self, before: &State, next: &mut State) -> Result<(), Unknown> {
        if next.used != before.used {
            next.decomposed = next.used.decomposed(self.bounds);
            let new = next.decomposed & !before.decomposed;
            for node in (0..self.bounds.servers as usize).filter(|node| new >> node & 1 == 1) {
                (next.servers[node], next.others[node]) = self.lookup.decomposed(node as u8, next.servers[node])?;
            }
        }
        if self.end(&next.used).settles {
            for node in 0..self.bounds.servers as usize {
                let at = next.hears(node, false);
                let settled = self.lookup.transition(at, LocalEvent::Settle)?;
                if settled != NO_TRANSITION {
                    next.turn(at, self.lookup.table().known(settled));
                }
            }
        }
        Ok(())
    }

    /// The packets of a state: those that were there, save the one at `gone`, and those that are sent. What can make no
    /// difference any more is left out.
    #[inline]
    fn in_flight_after(
        &mut self,
        before: &State,
        gone: usize,
        sends: Span,
        candidates: SleepCandidates,
        next: &mut State,
    ) -> Result<(), Unknown> {
        let end = self.end(&next.used);
        let changed = if end == self.end(&before.used) { before.changed(next, self.bounds) } else { u16::MAX };
        next.in_flight.clear();
        next.sleep_set = 0;
        let (mut at, mut send) = (0, sends.0);
        loop {
            let old = before.in_flight.get(at).copied().unwrap_or(u32::MAX);
            let new = if send < sends.1 { self.lookup.table().sent(send) } else { u32::MAX };
            if new <= old {
                if new == u32::MAX {
                    return Ok(());
                }
                send += 1;
                if self.is_relevant(next, new, end)? {
                    next.in_flight.push(new);
                }
                continue;
            }
            at += 1;
            if at == gone + 1 {
                continue;
            }
            let sleeps = is_in(candidates.packets, at - 1) && self.lookup.table().touches(old) & candidates.but_at == 0;
            let place = 2 * self.lookup.table().receiver(old) + usize::from(self.lookup.table().is_answer(old));
            if changed >> place & 1 == 0 || self.is_relevant(next, old, end)? {
                next.sleep_set |= u32::from(sleeps).checked_shl(next.in_flight.len() as u32).unwrap_or(0);
                next.in_flight.push(old);
            }
        }
    }

    /// Which packets sleep after an event. Those that came before it in the order of moves do, and those that slept
    /// already, if it does not matter whether they arrive before or after it. An arrival changes one part of one server and
    /// whoever hears at once of its vote; what it sends is as good wherever it is put.
    #[inline]
    fn sleep_candidates(&self, state: &State, node: usize, event: LocalEvent, gone: usize) -> SleepCandidates {
        let table = self.lookup.table();
        let both = 0b11 << (2 * node);
        match event {
            LocalEvent::Deliver(packet) if table.reductions().commutes => {
                let before = 1u32.checked_shl(gone as u32).map_or(u32::MAX, |bit| bit - 1);
                let whole = state.others[node] == NO_COMPONENT;
                SleepCandidates {
                    packets: state.sleep_set | before,
                    but_at: table.touches(packet) | if whole { both } else { 0 },
                }
            }
            _ if event.is_crash_or_wipe() && table.reductions().crashes_commute && self.end(&state.used).last => {
                SleepCandidates { packets: SleepSet::MAX, but_at: both }
            }
            _ => SleepCandidates { packets: 0, but_at: 0 },
        }
    }

    fn end(&self, used: &Used) -> End {
        let (bounds, sound) = (self.bounds, self.lookup.table().reductions());
        let last = used.all_ballots() >= bounds.ballots;
        let no_crash = u32::from(used.crashes) >= bounds.crashes;
        let no_fault = no_crash && u32::from(used.wipes) >= bounds.wipes;
        End { last, refused: last && (no_fault || sound.refuses_for_ever), settles: no_crash && sound.lazy }
    }

    /// Whether a packet can make a difference. A refusal tells a proposer to go higher; once none can begin another ballot,
    /// it makes none, and neither does a request that is going to be refused.
    #[inline(always)]
    fn is_relevant(&mut self, state: &State, packet: u32, end: End) -> Result<bool, Unknown> {
        let table = self.lookup.table();
        if end.last && table.is_refusal(packet) {
            return Ok(false);
        }
        let at = state.hears(table.receiver(packet), table.is_answer(packet));
        self.lookup.is_relevant(at, packet, !end.refused)
    }
}

/// Letters that may sleep, by their places, and the parts of servers whose packets do not.
#[derive(Clone, Copy)]
struct SleepCandidates {
    packets: SleepSet,
    but_at: u16,
}

#[inline]
const fn is_in(places: SleepSet, at: usize) -> bool {
    at < SleepSet::BITS as usize && places >> at & 1 == 1
}

/// What cannot come any more, by the bounds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct End {
    /// A ballot.
    last: bool,
    /// An answer other than a refusal from who would refuse now.
    refused: bool,
    /// A crash, so that everything may as well be durable.
    settles: bool,
}
