//! How long timers run: exponential backoff with jitter, so that two proposers do not keep meeting.
//!
//! *Paxos Made Simple* (§2.4) shows two proposers that outbid each other for ever, and asks for a leader. Waiting a random
//! and growing time before the next try ends such a duel with probability 1, and needs no leader.

#[cfg(feature = "log")]
use crate::log;

/// The waiting time doubles this often at most.
const DOUBLINGS: u32 = 3;

/// A heartbeat comes this often within a retry time.
#[cfg(feature = "log")]
const HEARTBEATS: u32 = 3;

/// From what all waiting times are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// The shortest time before a try is repeated, in milliseconds.
    pub retry: u32,
    /// Whether the time before a try is repeated grows and is random. Without, it is `retry`, always.
    pub backoff: bool,
}

impl Delays {
    /// The time before another try, after so many failed ones: the least and the most, in milliseconds.
    #[must_use]
    pub const fn before_retry(self, failed: u32) -> (u32, u32) {
        if !self.backoff {
            return (self.retry, self.retry);
        }
        let doublings = if failed < DOUBLINGS { failed } else { DOUBLINGS };
        with_jitter(self.retry << doublings)
    }

    /// A time that does not grow, and is this many times the time before a try is repeated: the least and the most, in
    /// milliseconds.
    #[must_use]
    pub const fn after(self, retries: u32) -> (u32, u32) {
        with_jitter(self.retry * retries)
    }
}

#[cfg(feature = "log")]
impl Delays {
    /// How long a timer of a log's server runs after so many failed tries: the least and the most, in milliseconds.
    #[must_use]
    pub const fn of(self, timer: log::Timer, tries: u32) -> (u32, u32) {
        match timer {
            log::Timer::Heartbeat => (self.heartbeat(), self.heartbeat()),
            // As long as a server may be silent before nobody hears it any more.
            log::Timer::Stand => (0, log::SUSPICION * self.heartbeat()),
            log::Timer::Repeat => self.before_retry(tries),
        }
    }

    /// From one heartbeat of a server to the next, in milliseconds.
    const fn heartbeat(self) -> u32 {
        if self.retry < HEARTBEATS { 1 } else { self.retry / HEARTBEATS }
    }
}

const fn with_jitter(base: u32) -> (u32, u32) {
    (base, 2 * base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_doubles_with_every_failed_try_up_to_a_limit() {
        let delays = Delays { retry: 100, backoff: true };
        let spans = [0, 1, 2, 3, 4, 1000].map(|failed| delays.before_retry(failed));
        assert_eq!(spans, [(100, 200), (200, 400), (400, 800), (800, 1600), (800, 1600), (800, 1600)]);
        assert_eq!(delays.after(2), (200, 400));
    }

    #[test]
    fn without_backoff_every_try_waits_as_long() {
        let delays = Delays { retry: 100, backoff: false };
        assert_eq!(delays.before_retry(7), (100, 100));
    }

    #[cfg(feature = "log")]
    #[test]
    fn a_server_of_a_log_stands_within_the_time_that_makes_another_one_suspect() {
        let delays = Delays { retry: 300, backoff: true };
        assert_eq!(delays.of(log::Timer::Heartbeat, 0), (100, 100));
        assert_eq!(delays.of(log::Timer::Stand, 0), (0, 400));
        assert_eq!(delays.of(log::Timer::Repeat, 1), (600, 1200));
        assert_eq!(Delays { retry: 2, backoff: true }.of(log::Timer::Heartbeat, 0), (1, 1));
    }
}
