//! The four actions: when each may happen, and what it does.

use alloc::{format, string::String, vec::Vec};

use super::state::{Report, State};
use super::step::Step;
use crate::check::explore::Property;
use crate::limits::{MAX_SPEC_ACCEPTORS, MAX_SPEC_BALLOTS, MAX_SPEC_STATES, MAX_SPEC_VALUES};

/// One line of the specification that is not as it should be.
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
        let spec = Self { acceptors, values, ballots, quorum, merged: false, fault: None, properties: Vec::new() };
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

    /// Refuses what no search can finish.
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
    #[inline]
    pub fn after(&self, state: &State, step: Step) -> Option<State> {
        if !self.may_happen(state, step) {
            return None;
        }
        let mut next = *state;
        match step {
            Step::Phase1a { ballot } => next.begin(ballot),
            Step::Phase1b { acceptor, ballot } => {
                next.raise(acceptor, ballot);
                next.report(acceptor, ballot);
            }
            Step::Phase2a { ballot, value } => next.ask(ballot, value),
            Step::Phase2b { acceptor, ballot } => {
                if self.fault != Some(Fault::VoteRaisesNoPromise) {
                    next.raise(acceptor, ballot);
                }
                next.vote(acceptor, ballot);
            }
        }
        (next != *state).then_some(next)
    }

    /// All steps that may happen in a state, each with the state after it, in a fixed order.
    #[inline]
    pub fn steps(&self, state: &State, mut each: impl FnMut(Step, &State)) {
        let mut try_it = |step| {
            if let Some(next) = self.after(state, step) {
                each(step, &next);
            }
        };
        for ballot in 0..self.ballots {
            try_it(Step::Phase1a { ballot });
            if state.begun(ballot) {
                (0..self.acceptors).for_each(|acceptor| try_it(Step::Phase1b { acceptor, ballot }));
            }
            if state.asked(ballot).is_none() {
                (0..self.values).for_each(|value| try_it(Step::Phase2a { ballot, value }));
            } else {
                (0..self.acceptors).for_each(|acceptor| try_it(Step::Phase2b { acceptor, ballot }));
            }
        }
    }

    /// The values that a quorum of voters has chosen, as bits.
    #[must_use]
    #[inline]
    pub fn chosen(&self, state: &State) -> u8 {
        self.choosing(state).filter_map(|ballot| state.asked(ballot)).fold(0, |chosen, value| chosen | 1 << value)
    }

    /// The ballots in which a quorum voted.
    #[inline]
    pub(super) fn choosing(&self, state: &State) -> impl Iterator<Item = u8> {
        let votes = state.votes();
        (0..self.ballots).filter(move |ballot| votes.of(*ballot) >= self.quorum)
    }

    /// Whether a ballot asks for a value that it was not free to pick: no quorum promised it without reporting a vote.
    #[inline]
    pub(super) fn adopted(&self, state: &State, ballot: u8) -> bool {
        let fresh = |acceptor: &u8| state.promise(*acceptor, ballot) == Some(Report { vote: None });
        state.asked(ballot).is_some() && (0..self.acceptors).filter(fresh).count() < usize::from(self.quorum)
    }

    #[inline]
    fn may_happen(&self, state: &State, step: Step) -> bool {
        match step {
            Step::Phase1a { ballot } => ballot < self.ballots && !state.begun(ballot),
            Step::Phase1b { acceptor, ballot } => {
                self.has(acceptor, ballot) && state.begun(ballot) && Some(ballot) > state.max_bal(acceptor)
            }
            Step::Phase2a { ballot, value } => {
                let is_free = ballot < self.ballots && value < self.values && state.asked(ballot).is_none();
                is_free && self.allowed(state, ballot) >> value & 1 == 1
            }
            Step::Phase2b { acceptor, ballot } => {
                let is_asked = self.has(acceptor, ballot) && state.asked(ballot).is_some();
                is_asked && Some(ballot) >= state.max_bal(acceptor)
            }
        }
    }

    const fn has(&self, acceptor: u8, ballot: u8) -> bool {
        acceptor < self.acceptors && ballot < self.ballots
    }

    /// The values that the promises of some quorum let this ballot ask for, as bits.
    ///
    /// A quorum that reports no vote allows all; any other one allows the value of the highest vote it reports. Now order
    /// the promises by what they report. The first quorum in this order has the lowest highest report there is, and each
    /// later report is the highest of some quorum: of itself and of others before it.
    #[inline]
    fn allowed(&self, state: &State, ballot: u8) -> u8 {
        let (mut reports, mut count) = ([None; MAX_SPEC_ACCEPTORS as usize], 0);
        for report in (0..self.acceptors).filter_map(|acceptor| state.promise(acceptor, ballot)) {
            reports[count] = report.vote;
            count += 1;
        }
        let first = usize::from(self.quorum) - 1;
        if count <= first {
            return 0;
        }
        reports[..count].sort_unstable();
        if reports[first].is_none() || self.fault == Some(Fault::ReportsIgnored) {
            return (1 << self.values) - 1;
        }
        let values = reports[first..count].iter().filter_map(|vote| state.asked((*vote)?));
        values.fold(0, |values, value| values | 1 << value)
    }
}

fn within(what: &str, count: u8, most: u8) -> Result<(), String> {
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(format!("the specification is searched with 1 to {most} {what}, not with {count}"))
}
