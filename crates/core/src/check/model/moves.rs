//! Where a state can go.
//!
//! The same code answers and learns: with an [`Oracle`] that only looks things up, it expands a state or finds that
//! something has never been tried; with one that may try, it sees to it that nothing it needs is missing.

use super::Bounds;
use super::atlas::{Atlas, Outcome};
use super::event::Event;
use super::state::{Spent, State};

/// Something has not been tried yet.
pub(super) struct Unknown;

/// Who knows what servers do.
pub(super) trait Oracle {
    fn atlas(&self) -> &Atlas;
    /// What a server does about an event; `None`: it is not possible, or makes no difference.
    fn outcome(&mut self, server: u32, event: Event) -> Result<Option<Outcome>, Unknown>;
    /// Whether a letter could make a difference to a server: see [`Atlas::matters_to`].
    fn matters(&mut self, server: u32, letter: u32, last: bool) -> Result<bool, Unknown>;
    /// A history with one more vote.
    fn with_vote(&mut self, history: u32, cast: u32) -> Result<u32, Unknown>;
}

/// An atlas that is only read.
pub(super) struct Known<'a>(pub(super) &'a Atlas);

/// An atlas that finds out what it does not know.
pub(super) struct Trying<'a>(pub(super) &'a mut Atlas);

impl Oracle for Known<'_> {
    #[inline]
    fn atlas(&self) -> &Atlas {
        self.0
    }

    #[inline]
    fn outcome(&mut self, server: u32, event: Event) -> Result<Option<Outcome>, Unknown> {
        self.0.outcome(server, event).ok_or(Unknown)
    }

    #[inline]
    fn matters(&mut self, server: u32, letter: u32, last: bool) -> Result<bool, Unknown> {
        self.0.matters_to(server, letter, last).ok_or(Unknown)
    }

    #[inline]
    fn with_vote(&mut self, history: u32, cast: u32) -> Result<u32, Unknown> {
        self.0.with_vote(history, cast).ok_or(Unknown)
    }
}

impl Oracle for Trying<'_> {
    fn atlas(&self) -> &Atlas {
        self.0
    }

    fn outcome(&mut self, server: u32, event: Event) -> Result<Option<Outcome>, Unknown> {
        Ok(self.0.find_out(server, event))
    }

    fn matters(&mut self, server: u32, letter: u32, last: bool) -> Result<bool, Unknown> {
        self.0.find_out(server, Event::Deliver(letter));
        self.0.matters_to(server, letter, last).ok_or(Unknown)
    }

    fn with_vote(&mut self, history: u32, cast: u32) -> Result<u32, Unknown> {
        Ok(self.0.grow(history, cast))
    }
}

/// One move, as far as a state needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Something happens to a server, counted from 0.
    Happens(usize, Event),
    /// A letter is lost.
    Drop(u32),
    /// A letter is duplicated.
    Duplicate(u32),
}

/// Expands states within bounds.
pub(super) struct Moves<'a, O> {
    pub(super) bounds: &'a Bounds,
    pub(super) oracle: O,
}

impl<O: Oracle> Moves<'_, O> {
    /// Every state after one move, in a fixed order.
    pub(super) fn each(&mut self, state: &State, mut found: impl FnMut(Step, &State)) -> Result<(), Unknown> {
        let mut next = State::default();
        for (at, letter) in state.letters.iter().enumerate() {
            // Of equal letters, it does not matter which.
            if at > 0 && state.letters[at - 1] == *letter {
                continue;
            }
            let (node, event) = (self.oracle.atlas().receiver(*letter), Event::Deliver(*letter));
            next.letters.clear();
            next.letters.extend_from_slice(&state.letters[..at]);
            next.letters.extend_from_slice(&state.letters[at + 1..]);
            next.spent = state.spent;
            if self.happens(state, node, event, &mut next)? {
                found(Step::Happens(node, event), &next);
            }
        }
        for node in 0..self.bounds.servers as usize {
            let alone = self.oracle.atlas().glance(state.servers[node]).alone;
            let alone = Event::ALONE.into_iter().enumerate().filter(|(bit, _)| alone >> bit & 1 == 1);
            for event in core::iter::once(Event::Propose(state.spent.values)).chain(alone.map(|(_, event)| event)) {
                next.spent = state.spent;
                if !self.spend(node, event, &mut next) {
                    continue;
                }
                next.letters.clone_from(&state.letters);
                if self.happens(state, node, event, &mut next)? {
                    found(Step::Happens(node, event), &next);
                }
            }
        }
        self.lose_or_duplicate(state, &mut next, found);
        Ok(())
    }

    fn lose_or_duplicate(&self, state: &State, next: &mut State, mut found: impl FnMut(Step, &State)) {
        let may_lose = u32::from(state.spent.losses) < self.bounds.losses;
        let may_copy = u32::from(state.spent.duplicates) < self.bounds.duplicates;
        for (at, letter) in state.letters.iter().enumerate() {
            if !may_lose && !may_copy || at > 0 && state.letters[at - 1] == *letter {
                continue;
            }
            if may_lose {
                next.clone_from(state);
                next.letters.remove(at);
                next.spent.losses += 1;
                found(Step::Drop(*letter), next);
            }
            if may_copy {
                next.clone_from(state);
                next.letters.insert(at, *letter);
                next.spent.duplicates += 1;
                found(Step::Duplicate(*letter), next);
            }
        }
    }

    /// Whether the bounds leave room for an event; it is counted.
    fn spend(&self, node: usize, event: Event, next: &mut State) -> bool {
        let (bounds, spent) = (self.bounds, &mut next.spent);
        let proposes = node < bounds.proposers as usize;
        let (part, most) = match event {
            Event::Propose(_) => (&mut spent.values, if proposes { bounds.values } else { 0 }),
            Event::Crash | Event::LateCrash => (&mut spent.crashes, bounds.crashes),
            Event::Wipe => (&mut spent.wipes, bounds.wipes),
            Event::Timeout(_) => return proposes && spent.all_ballots() < bounds.ballots,
            _ => return true,
        };
        *part += 1;
        u32::from(*part) <= most
    }

    /// Makes `next`, whose letters are those that are left, the state after an event at a server; whether it can happen.
    #[inline]
    fn happens(&mut self, state: &State, node: usize, event: Event, next: &mut State) -> Result<bool, Unknown> {
        let Some(outcome) = self.oracle.outcome(state.servers[node], event)? else { return Ok(false) };
        if outcome.begins {
            let begun = next.spent.ballots(node);
            let proposes = node < self.bounds.proposers as usize;
            if !proposes || begun >= self.bounds.ballots_each || next.spent.all_ballots() >= self.bounds.ballots {
                return Ok(false);
            }
            next.spent.begin_ballot(node);
        }
        next.servers = state.servers;
        next.servers[node] = outcome.server;
        next.history = state.history;
        for at in outcome.casts.0..outcome.casts.1 {
            let cast = self.oracle.atlas().cast(at);
            next.history = self.oracle.with_vote(next.history, cast)?;
        }
        let old = next.letters.len();
        for at in outcome.sends.0..outcome.sends.1 {
            let letter = self.oracle.atlas().sent(at);
            if self.oracle.atlas().is_heard_at_once(letter) {
                let to = self.oracle.atlas().receiver(letter);
                let heard = self.oracle.outcome(next.servers[to], Event::Deliver(letter))?;
                next.servers[to] = heard.map_or(next.servers[to], |heard| heard.server);
            } else {
                next.letters.push(letter);
            }
        }
        self.tidy(state, old, next)?;
        Ok(true)
    }

    /// Takes out of a state what can make no difference any more. The first `old` letters were there before.
    #[inline]
    fn tidy(&mut self, before: &State, old: usize, next: &mut State) -> Result<(), Unknown> {
        let end = self.end(&next.spent);
        for server in &mut next.servers[..self.bounds.servers as usize] {
            if end.settles
                && let Some(outcome) = self.oracle.outcome(*server, Event::Settle)?
            {
                *server = outcome.server;
            }
            if end.last {
                *server = self.oracle.atlas().glance(*server).retired;
            }
        }
        let comparable = end == self.end(&before.spent);
        let mut kept = 0;
        for at in 0..next.letters.len() {
            let letter = next.letters[at];
            let to = self.oracle.atlas().receiver(letter);
            let as_before = at < old && comparable && before.servers[to] == next.servers[to];
            if as_before || self.matters(next.servers[to], letter, end)? {
                next.letters[kept] = letter;
                kept += 1;
            }
        }
        next.letters.truncate(kept);
        next.letters.sort_unstable();
        Ok(())
    }

    fn end(&self, spent: &Spent) -> End {
        let (bounds, sound) = (self.bounds, self.oracle.atlas().reductions());
        let last = spent.all_ballots() >= bounds.ballots;
        let no_crash = u32::from(spent.crashes) >= bounds.crashes;
        let no_fault = no_crash && u32::from(spent.wipes) >= bounds.wipes;
        End { last, refused: last && (no_fault || sound.refuses_for_ever), settles: no_crash && sound.lazy }
    }

    /// Whether a letter can make a difference. A refusal tells a proposer to go higher; once none can begin another ballot,
    /// it makes none, and neither does a request that is going to be refused.
    #[inline]
    fn matters(&mut self, server: u32, letter: u32, end: End) -> Result<bool, Unknown> {
        if end.last && self.oracle.atlas().is_refusal(letter) {
            return Ok(false);
        }
        self.oracle.matters(server, letter, end.refused)
    }
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
