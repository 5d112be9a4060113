//! A replica's timers, as moments of the real clock.

use std::time::Duration;

use quorum_core::host::Delays;
use quorum_core::log::Timer;
use tokio::time::Instant;

/// Which timers are set, and when they run out.
#[derive(Debug)]
pub(super) struct Timers {
    delays: Delays,
    due: [Option<Instant>; Timer::ALL.len()],
}

impl Timers {
    pub(super) const fn new(delays: Delays) -> Self {
        Self { delays, due: [None; Timer::ALL.len()] }
    }

    /// Sets a timer, or sets it anew: to a random time between those that the core allows after so many failed tries.
    pub(super) fn set(&mut self, timer: Timer, tries: u32, now: Instant) {
        let (least, most) = self.delays.of(timer, tries);
        let wait = fastrand::u64(u64::from(least) * 1000..=u64::from(most) * 1000);
        self.due[timer as usize] = Some(now + Duration::from_micros(wait));
    }

    pub(super) const fn cancel(&mut self, timer: Timer) {
        self.due[timer as usize] = None;
    }

    /// Those that are set.
    pub(super) fn set_now(&self) -> Vec<Timer> {
        Timer::ALL.into_iter().filter(|timer| self.due[*timer as usize].is_some()).collect()
    }

    /// When the next one runs out.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.iter().flatten().min().copied()
    }

    /// Takes out the one that ran out first, if one has.
    pub(super) fn take(&mut self, now: Instant) -> Option<Timer> {
        let due = |timer: &Timer| self.due[*timer as usize].filter(|due| *due <= now);
        let timer = Timer::ALL.into_iter().filter(|timer| due(timer).is_some()).min_by_key(due)?;
        self.cancel(timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_run_out_in_order_and_once_and_never_early() {
        let mut timers = Timers::new(Delays { retry: 300, backoff: true });
        let now = Instant::now();
        timers.set(Timer::Heartbeat, 0, now);
        timers.set(Timer::Repeat, 2, now);
        let after = |ms: u64| now + Duration::from_millis(ms);
        assert_eq!(timers.next(), Some(after(100)));
        assert_eq!(timers.take(after(99)), None);
        assert_eq!(timers.take(after(100)), Some(Timer::Heartbeat));
        assert_eq!(timers.take(after(1199)), None, "after two failed tries it waits four times as long");
        assert_eq!(timers.take(after(2400)), Some(Timer::Repeat));
        timers.set(Timer::Stand, 0, now);
        timers.cancel(Timer::Stand);
        assert_eq!((timers.next(), timers.take(after(9999))), (None, None));
    }
}
