//! The four actions: when each is enabled, and what it changes.

use alloc::{format, string::String, vec::Vec};

use super::layout::Layout;
use super::sleep::Places;
use super::state::{Change, State};
use super::step::SpecAction;
use crate::limits::{MAX_SPEC_ACCEPTORS, MAX_SPEC_BALLOTS, MAX_SPEC_STATES, MAX_SPEC_VALUES};
use crate::search::explorer::Property;

/// One line of the specification that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `Phase2b` leaves `maxBal` alone: a vote does not raise the promise.
    VoteRaisesNoPromise,
    /// `Phase2a` asks for any value once a quorum has promised, whatever it reports.
    ReportsIgnored,
}

/// The specification within bounds. A majority is a quorum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    pub(super) acceptors: u8,
    pub(super) values: u8,
    pub(super) ballots: u8,
    pub(super) quorum: u8,
    pub(super) merged: bool,
    pub(super) fault: Option<Fault>,
    pub(super) properties: Vec<Property>,
    pub(super) layout: Layout,
    pub(super) places: Places,
}

impl Spec {
    /// The specification with so many acceptors (1 to 7), values (1 to 4) and ballots (1 to 8).
    ///
    /// # Errors
    /// A sentence, when one of them is out of its range.
    pub fn new(acceptors: u8, values: u8, ballots: u8) -> Result<Self, String> {
        within("acceptors", acceptors, MAX_SPEC_ACCEPTORS)?;
        within("values", values, MAX_SPEC_VALUES)?;
        within("ballots", ballots, MAX_SPEC_BALLOTS)?;
        let quorum = acceptors / 2 + 1;
        let layout = Layout::new(acceptors, ballots);
        let (properties, places) = (Vec::new(), Places::new(acceptors, values, ballots));
        let spec = Self { acceptors, values, ballots, quorum, merged: false, fault: None, properties, layout, places };
        Ok(spec.with_properties())
    }

    /// The same with states merged that differ only in which acceptor is which and which value is which. Nothing is lost:
    /// no rule tells two acceptors or two values apart, so what can happen to one can happen to any other.
    #[must_use]
    pub fn merged(self) -> Self {
        Self { merged: true, ..self }.with_properties()
    }

    /// The same with a fault.
    #[must_use]
    pub fn with_fault(self, fault: Fault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// At least as many states as there are (without a fault), as an estimate before a search.
    ///
    /// In a ballot, either nothing happened; or promises were asked for, and any acceptors gave them; or votes were asked for,
    /// which needs a quorum of promises, and any acceptors voted. What promises report follows from the votes. Ballots are
    /// taken for independent, which they are not, so this is exact for one ballot and too much for more.
    #[must_use]
    pub fn most_states(&self) -> f64 {
        let subsets = f64::from(1u32 << self.acceptors);
        let quorums = (0..1u32 << self.acceptors).filter(|set| set.count_ones() >= u32::from(self.quorum)).count();
        let of_a_ballot = 1.0 + subsets + f64::from(self.values) * quorums as f64 * subsets;
        (0..self.ballots).fold(1.0, |states, _| states * of_a_ballot)
    }

    /// Refuses bounds that no search can finish.
    ///
    /// # Errors
    /// A sentence with the [estimate](Self::most_states), when it is above [`MAX_SPEC_STATES`]. Merged states are counted as
    /// one.
    pub fn check(&self) -> Result<(), String> {
        let factorial = |n: u8| (1..=n).map(f64::from).product::<f64>();
        let alike = if self.merged { factorial(self.acceptors) * factorial(self.values) } else { 1.0 };
        let states = self.most_states() / alike;
        if states <= MAX_SPEC_STATES {
            return Ok(());
        }
        let Self { acceptors, values, ballots, .. } = self;
        let merge = if self.merged { "" } else { ", or merge states that differ only in names" };
        Err(format!(
            "{acceptors} acceptors, {values} values and {ballots} ballots have up to {states:.0e} states, and a search \
             visits at most {MAX_SPEC_STATES:.0e}: take fewer of them{merge}"
        ))
    }

    /// The state after a step; `None` when the step may not happen in this one, or changes nothing.
    #[must_use]
    pub fn after(&self, state: &State, step: SpecAction) -> Option<State> {
        let change = match step {
            SpecAction::Phase1a { ballot } => self.phase1a(state, ballot),
            SpecAction::Phase1b { acceptor, ballot } => self.phase1b(state, acceptor, ballot),
            SpecAction::Phase2a { ballot, value } => self.phase2a(state, ballot, value),
            SpecAction::Phase2b { acceptor, ballot } => self.phase2b(state, acceptor, ballot),
        };
        Some(state.changed(change?))
    }

    /// All enabled steps of a state, in a fixed order, each with what it changes.
    ///
    /// The same as asking for each step whether it is enabled. But the ballots in question are computed at once, as bits, so that
    /// the processor has few branches to guess.
    #[inline]
    pub(super) fn changes(&self, state: &State, mut each: impl FnMut(SpecAction, Change)) {
        let (begun, asked) = (state.ballots_begun(self.ballots), state.ballots_asked(self.ballots));
        for ballot in ones(!begun & first(self.ballots)) {
            each(SpecAction::Phase1a { ballot }, state.begin(ballot));
        }
        for acceptor in 0..self.acceptors {
            let above = !first(state.max_bal(acceptor).map_or(0, |ballot| ballot + 1));
            for ballot in ones(begun & above) {
                each(SpecAction::Phase1b { acceptor, ballot }, state.promised(acceptor, ballot));
            }
            let not_below = !first(state.max_bal(acceptor).unwrap_or(0));
            for ballot in ones(asked & not_below) {
                if let Some(change) = self.voting(state, acceptor, ballot) {
                    each(SpecAction::Phase2b { acceptor, ballot }, change);
                }
            }
        }
        let promised = state.promises(self.acceptors).at_least(self.quorum, self.ballots);
        for ballot in ones(promised & !asked) {
            for value in ones(self.allowed(state, ballot)) {
                each(SpecAction::Phase2a { ballot, value }, state.ask(ballot, value));
            }
        }
    }

    #[inline]
    fn phase1a(&self, state: &State, ballot: u8) -> Option<Change> {
        (ballot < self.ballots && !state.begun(ballot)).then(|| state.begin(ballot))
    }

    #[inline]
    fn phase1b(&self, state: &State, acceptor: u8, ballot: u8) -> Option<Change> {
        let is_asked = self.has(acceptor, ballot) && state.begun(ballot);
        (is_asked && Some(ballot) > state.max_bal(acceptor)).then(|| state.promised(acceptor, ballot))
    }

    #[inline]
    fn phase2a(&self, state: &State, ballot: u8, value: u8) -> Option<Change> {
        let is_known = ballot < self.ballots && value < self.values;
        (is_known && self.allowed(state, ballot) >> value & 1 == 1).then(|| state.ask(ballot, value))
    }

    #[inline]
    fn phase2b(&self, state: &State, acceptor: u8, ballot: u8) -> Option<Change> {
        let is_asked = self.has(acceptor, ballot) && state.asked(ballot).is_some();
        if is_asked && Some(ballot) >= state.max_bal(acceptor) { self.voting(state, acceptor, ballot) } else { None }
    }

    /// What a vote changes, if anything: it may be cast again.
    #[inline]
    fn voting(&self, state: &State, acceptor: u8, ballot: u8) -> Option<Change> {
        let change = state.vote(acceptor, ballot, self.fault != Some(Fault::VoteRaisesNoPromise));
        (change.to != state.words[change.word]).then_some(change)
    }

    /// The values that a quorum of voters has chosen, as bits.
    #[must_use]
    #[inline]
    pub fn chosen(&self, state: &State) -> u8 {
        let values = ones(self.choosing(state)).filter_map(|ballot| state.asked(ballot));
        values.fold(0, |chosen, value| chosen | 1 << value)
    }

    /// The ballots in which a quorum voted, as bits.
    #[inline]
    pub(super) fn choosing(&self, state: &State) -> u8 {
        state.votes(self.acceptors).at_least(self.quorum, self.ballots)
    }

    /// The ballots that a quorum promised without having voted, as bits: they are free to ask for any value.
    #[inline]
    pub(super) fn free(&self, state: &State) -> u8 {
        state.fresh_promises(self.acceptors).at_least(self.quorum, self.ballots)
    }

    const fn has(&self, acceptor: u8, ballot: u8) -> bool {
        acceptor < self.acceptors && ballot < self.ballots
    }

    /// The values that this ballot may ask for, as bits: none if it asked already, or else those that the promises of some
    /// quorum allow.
    ///
    /// A quorum that reports no vote allows all; any other one allows the value of the highest vote it reports. Now order
    /// the promises by what they report. The first quorum in this order has the lowest highest report there is, and each
    /// later report is the highest of some quorum: of itself and of others before it.
    #[inline]
    fn allowed(&self, state: &State, ballot: u8) -> u8 {
        if state.asked(ballot).is_some() {
            return 0;
        }
        let is_free = match self.fault {
            Some(Fault::ReportsIgnored) => state.promises(self.acceptors).at_least(self.quorum, self.ballots),
            _ => self.free(state),
        };
        if is_free >> ballot & 1 == 1 {
            return first(self.values);
        }
        // How often each report was made, four bits for each.
        let reports = (0..self.acceptors).map(|acceptor| state.report(acceptor, ballot));
        let tally = reports.fold(0u64, |tally, report| tally + (1 << (4 * report)));
        let (mut promised, mut values) = (0, 0);
        for report in 1..self.ballots + 2 {
            let made = (tally >> (4 * report)) as u8 & 0xf;
            promised += made;
            if made > 0 && promised >= self.quorum {
                let value = report.checked_sub(2).and_then(|vote| state.asked(vote));
                values |= value.map_or(0, |value| 1 << value);
            }
        }
        values
    }
}

/// The first so many bits.
const fn first(count: u8) -> u8 {
    ((1u16 << count) - 1) as u8
}

/// The places of the bits that are 1, lowest first.
pub(super) fn ones(bits: u8) -> impl Iterator<Item = u8> {
    let mut left = bits;
    core::iter::from_fn(move || {
        let at = left.trailing_zeros() as u8;
        (left != 0).then(|| {
            left &= left - 1;
            at
        })
    })
}

fn within(what: &str, count: u8, most: u8) -> Result<(), String> {
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(format!("the specification is searched with 1 to {most} {what}, not with {count}"))
}
