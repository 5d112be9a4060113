//! What can happen to one server.

use super::Bounds;
use crate::paxos::Timer;

/// Something that happens to one server. It does not say to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LocalEvent {
    /// The packet with this number arrives.
    Deliver(u32),
    /// A client asks for the value with this number in the list of requests.
    Propose(u8),
    /// A timer runs out.
    Timeout(Timer),
    /// The messages leave that were in the outbox when the search began.
    Flush,
    /// A server that was down comes back.
    Restart,
    /// The server stops, loses what is not durable, and comes back.
    Crash,
    /// The server's disk is synced; then the server stops and comes back.
    LateCrash,
    /// The server loses its disk and comes back.
    Wipe,
    /// The disk is synced because no server can crash any more. This is no action of the model: it makes states equal whose
    /// difference no crash can show.
    Settle,
}

const TIMERS: usize = Timer::ALL.len();
const SPONTANEOUS: usize = TIMERS + 5;

/// What bounds how often an event happens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Limit {
    Nothing,
    Ballots,
    Crashes,
    Wipes,
}

impl LocalEvent {
    /// The events that need no packet and no client, in the order in which they are tried.
    pub(super) const SPONTANEOUS: [Self; SPONTANEOUS] = {
        let mut events = [Self::Flush; SPONTANEOUS];
        let mut at = 0;
        while at < TIMERS {
            events[at] = Self::Timeout(Timer::ALL[at]);
            at += 1;
        }
        let others = [Self::Flush, Self::Restart, Self::Crash, Self::LateCrash, Self::Wipe];
        while at < SPONTANEOUS {
            events[at] = others[at - TIMERS];
            at += 1;
        }
        events
    };

    /// How many columns a row of the transition table has before those of packets.
    pub(super) const COLUMNS: usize = Self::FIRST_REQUEST + Bounds::MOST_VALUES as usize;

    const FIRST_TIMER: usize = 6;
    const FIRST_REQUEST: usize = Self::FIRST_TIMER + TIMERS;

    /// The column of this event in every row of the transition table. The column of a packet depends on its receiver: `None`.
    #[inline]
    pub(super) const fn column(self) -> Option<usize> {
        Some(match self {
            Self::Deliver(_) => return None,
            Self::Flush => 0,
            Self::Restart => 1,
            Self::Crash => 2,
            Self::LateCrash => 3,
            Self::Wipe => 4,
            Self::Settle => 5,
            Self::Timeout(timer) => Self::FIRST_TIMER + timer as usize,
            Self::Propose(request) => Self::FIRST_REQUEST + request as usize,
        })
    }

    /// Whether it happens to all components of a server at once.
    #[inline]
    pub(super) const fn is_crash_or_wipe(self) -> bool {
        matches!(self, Self::Crash | Self::LateCrash | Self::Wipe)
    }

    const fn limit(self) -> Limit {
        match self {
            Self::Timeout(_) => Limit::Ballots,
            Self::Crash | Self::LateCrash => Limit::Crashes,
            Self::Wipe => Limit::Wipes,
            Self::Deliver(_) | Self::Propose(_) | Self::Flush | Self::Restart | Self::Settle => Limit::Nothing,
        }
    }
}

/// A set of [spontaneous](LocalEvent::SPONTANEOUS) events, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EventSet(u8);

impl EventSet {
    const UNLIMITED: Self = Self::limited_by(Limit::Nothing);
    const TIMEOUTS: Self = Self::limited_by(Limit::Ballots);
    const CRASHES: Self = Self::limited_by(Limit::Crashes);
    const WIPES: Self = Self::limited_by(Limit::Wipes);

    const fn limited_by(limit: Limit) -> Self {
        assert!(SPONTANEOUS <= u8::BITS as usize, "an event has a bit");
        let (mut bits, mut at) = (0, 0);
        while at < SPONTANEOUS {
            bits |= ((LocalEvent::SPONTANEOUS[at].limit() as u8 == limit as u8) as u8) << at;
            at += 1;
        }
        Self(bits)
    }

    /// The events that `is_possible` says are.
    pub(super) fn of(is_possible: impl Fn(LocalEvent) -> bool) -> Self {
        let events = (0..).zip(LocalEvent::SPONTANEOUS);
        Self(events.fold(0, |bits, (bit, event)| bits | u8::from(is_possible(event)) << bit))
    }

    /// The events that are left if a ballot may begin or not, a server may crash or not, a disk may be lost or not.
    #[inline]
    pub(super) const fn within_bounds(ballots: bool, crashes: bool, wipes: bool) -> Self {
        let limited = Self::TIMEOUTS.only_if(ballots) | Self::CRASHES.only_if(crashes) | Self::WIPES.only_if(wipes);
        Self(Self::UNLIMITED.0 | limited)
    }

    #[inline]
    const fn only_if(self, is_so: bool) -> u8 {
        if is_so { self.0 } else { 0 }
    }

    #[inline]
    pub(super) const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Iterator for EventSet {
    type Item = LocalEvent;

    /// Takes the first event out of the set.
    #[inline]
    fn next(&mut self) -> Option<LocalEvent> {
        let event = LocalEvent::SPONTANEOUS.get(self.0.trailing_zeros() as usize).copied()?;
        self.0 &= self.0 - 1;
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn every_event_that_is_no_packet_has_a_column_of_its_own() {
        let mut events: Vec<_> = LocalEvent::SPONTANEOUS.into();
        events.push(LocalEvent::Settle);
        events.extend((0..Bounds::MOST_VALUES as u8).map(LocalEvent::Propose));
        let mut columns: Vec<_> = events.into_iter().filter_map(LocalEvent::column).collect();
        columns.sort_unstable();
        assert_eq!(columns, (0..LocalEvent::COLUMNS).collect::<Vec<_>>());
        assert_eq!(LocalEvent::Deliver(0).column(), None);
    }

    #[test]
    fn bounds_leave_the_events_that_they_do_not_limit() {
        let left = |ballots, crashes, wipes| EventSet::within_bounds(ballots, crashes, wipes).collect::<Vec<_>>();
        assert_eq!(left(true, true, true), LocalEvent::SPONTANEOUS);
        assert_eq!(left(false, false, false), [LocalEvent::Flush, LocalEvent::Restart]);
        assert_eq!(left(true, false, false)[..TIMERS], Timer::ALL.map(LocalEvent::Timeout));
        assert_eq!(left(false, true, false)[2..], [LocalEvent::Crash, LocalEvent::LateCrash]);
        assert_eq!(left(false, false, true)[2..], [LocalEvent::Wipe]);
        let restart = EventSet::of(|event| event == LocalEvent::Restart);
        assert_eq!(restart.collect::<Vec<_>>(), [LocalEvent::Restart]);
    }
}
