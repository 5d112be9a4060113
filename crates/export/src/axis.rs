//! Time as length. Servers wait a second for what happens in a few milliseconds, so waiting is drawn short.

use alloc::vec::Vec;

use quorum_core::sim::Time;

/// Waiting longer than this, in simulated milliseconds, is drawn as if it were this long.
const LONGEST_WAIT: Time = 50;

/// From time to length: even while something happens, short where nothing does.
pub(crate) struct Axis {
    /// Where what happened when is: both ascend, and the first is at length 0.
    knots: Vec<(Time, f64)>,
    /// Waits that are drawn shorter than they were, from when to when.
    waits: Vec<(Time, Time)>,
}

impl Axis {
    /// An axis for things that happen at these times, in any order, at most so long and with so much length for a
    /// millisecond if that fits.
    pub(crate) fn new(times: impl IntoIterator<Item = Time>, scale: f64, longest: f64) -> Self {
        let mut times: Vec<Time> = times.into_iter().collect();
        times.sort_unstable();
        times.dedup();
        let (mut knots, mut waits, mut drawn) = (Vec::new(), Vec::new(), 0);
        for (position, time) in times.iter().enumerate() {
            let before = times[position.saturating_sub(1)];
            if time - before > LONGEST_WAIT {
                waits.push((before, *time));
            }
            drawn += (time - before).min(LONGEST_WAIT);
            knots.push((*time, drawn));
        }
        let scale = if drawn as f64 * scale > longest { longest / drawn as f64 } else { scale };
        Self { knots: knots.into_iter().map(|(time, drawn)| (time, drawn as f64 * scale)).collect(), waits }
    }

    /// Where a time is.
    pub(crate) fn at(&self, time: Time) -> f64 {
        let after = self.knots.partition_point(|(known, _)| *known < time);
        match (self.knots.get(after.wrapping_sub(1)), self.knots.get(after)) {
            (Some((before, x)), Some((next, y))) => x + (y - x) * (time - before) as f64 / (next - before) as f64,
            (None, Some((_, x))) | (Some((_, x)), None) => *x,
            (None, None) => 0.0,
        }
    }

    /// How long it is in all.
    pub(crate) fn length(&self) -> f64 {
        self.knots.last().map_or(0.0, |(_, x)| *x)
    }

    /// The waits that are drawn shorter than they were.
    pub(crate) fn waits(&self) -> &[(Time, Time)] {
        &self.waits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_even_and_waiting_is_short() {
        let axis = Axis::new([0, 50, 1050, 1100], 2.0, 1e9);
        assert_eq!(
            [0, 25, 50, 550, 1050, 1100, 9999].map(|time| axis.at(time)),
            [0.0, 50.0, 100.0, 150.0, 200.0, 300.0, 300.0]
        );
        assert_eq!((axis.length(), axis.waits()), (300.0, &[(50, 1050)][..]));
    }

    #[test]
    fn a_long_run_is_drawn_closer_and_an_empty_one_has_no_length() {
        let axis = Axis::new((0..=1000).map(|step| step * 10), 2.0, 1000.0);
        assert_eq!((axis.at(5000), axis.length()), (500.0, 1000.0));
        let nothing = Axis::new([], 2.0, 1000.0);
        assert_eq!((nothing.at(7), nothing.length()), (0.0, 0.0));
    }
}
