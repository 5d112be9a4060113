//! The smallest model that uses everything a model can: frogs on lily pads.
//!
//! Frogs sit on the pads of a row, at most one on each. A frog may jump one pad or two to either side onto a free one, and from
//! the first pad it may leave for ever. A state lists the pads that are taken, so states differ in length. The model has to
//! learn about each pad before a state whose first frog sits there can be expanded, and it remembers in which order it learned.

use quorum_core::search::explorer::{Model, Property, SleepSet, Successors};

pub(crate) struct ToyModel {
    pads: u8,
    frogs: u8,
    /// The pads that it learned about, in this order.
    pub(crate) learned: Vec<u8>,
}

impl ToyModel {
    pub(crate) fn new(pads: u8, frogs: u8) -> Self {
        Self { pads, frogs, learned: Vec::new() }
    }
}

const PROPERTIES: &[Property] = &[
    Property::sometimes("nobody is left"),
    Property::always("the last pad is free or all sit at the end"),
    Property::always("nobody leaves from the middle"),
];

impl Model for ToyModel {
    fn begin(&mut self, out: &mut Successors) {
        out.push(0, &(0..self.frogs).collect::<Vec<_>>());
        // Equal initial states are one.
        out.push(0, &(0..self.frogs).collect::<Vec<_>>());
        out.push(0, &(1..=self.frogs).collect::<Vec<_>>());
    }

    fn successors(&self, state: &[u8], _: SleepSet, out: &mut Successors) -> bool {
        let before = out.len();
        for (number, frog) in (0..).zip(state) {
            let rest: Vec<u8> = state.iter().copied().filter(|other| other != frog).collect();
            for (jump, to) in (0..).zip([frog.wrapping_sub(2), frog.wrapping_sub(1), frog + 1, frog + 2]) {
                if to < self.pads && !rest.contains(&to) {
                    let mut next = rest.clone();
                    next.push(to);
                    next.sort_unstable();
                    out.push(number * 8 + jump, &next);
                }
            }
            if *frog == 0 {
                out.write(number * 8 + 7, 0, |bytes| bytes.extend_from_slice(&rest));
            }
        }
        let knows = state.first().is_none_or(|pad| self.learned.contains(pad));
        if !knows {
            out.truncate(before);
        }
        knows
    }

    fn learn(&mut self, state: &[u8]) {
        assert!(!self.learned.contains(&state[0]), "nothing is learned twice");
        self.learned.push(state[0]);
    }

    fn properties(&self) -> &[Property] {
        PROPERTIES
    }

    fn evaluate(&self, state: &[u8]) -> u32 {
        let end = self.pads - state.len() as u8;
        let at_the_end = state.last() != Some(&(self.pads - 1)) || state.iter().all(|pad| *pad >= end);
        let holds = [!state.is_empty(), at_the_end, true];
        (0..).zip(holds).filter(|(_, holds)| !holds).fold(0, |verdict, (at, _)| verdict | 1 << at)
    }

    fn approx_bytes(&self) -> usize {
        self.learned.capacity()
    }
}
