//! What servers wait for, in any protocol, and for how long.

use serde::Serialize;

use crate::host::Delays;
#[cfg(feature = "log")]
use crate::log;
use crate::paxos;
use crate::sim::ProtocolKind;

one_of_each! {
    /// Something a server waits for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    Timer; Paxos(paxos::Timer) as paxos, #[cfg(feature = "log")] Log(log::Timer) as log
}

/// How many retry times a server waits before it finds out what came of its vote.
const LEARN_AFTER: u32 = 2;

impl Timer {
    /// All timers of all protocols, in the order of [`Timer::index`].
    #[cfg(not(feature = "log"))]
    pub const ALL: [Self; 2] = [Self::Paxos(paxos::Timer::Retry), Self::Paxos(paxos::Timer::Learn)];
    /// All timers of all protocols, in the order of [`Timer::index`].
    #[cfg(feature = "log")]
    pub const ALL: [Self; 5] = [
        Self::Paxos(paxos::Timer::Retry),
        Self::Paxos(paxos::Timer::Learn),
        Self::Log(log::Timer::Heartbeat),
        Self::Log(log::Timer::Stand),
        Self::Log(log::Timer::Repeat),
    ];

    /// The timers of one protocol.
    #[must_use]
    pub fn of(protocol: ProtocolKind) -> &'static [Self] {
        match protocol {
            ProtocolKind::Single => &Self::ALL[..paxos::Timer::ALL.len()],
            #[cfg(feature = "log")]
            ProtocolKind::Log => &Self::ALL[paxos::Timer::ALL.len()..],
        }
    }

    /// Its position among all timers.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Paxos(timer) => timer as usize,
            #[cfg(feature = "log")]
            Self::Log(timer) => paxos::Timer::ALL.len() + timer as usize,
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paxos(timer) => timer.as_str(),
            #[cfg(feature = "log")]
            Self::Log(timer) => timer.as_str(),
        }
    }

    /// How long it runs after so many failed tries: the least and the most, in milliseconds.
    #[must_use]
    pub const fn delay(self, delays: Delays, tries: u32) -> (u32, u32) {
        match self {
            Self::Paxos(paxos::Timer::Retry) => delays.before_retry(tries),
            Self::Paxos(paxos::Timer::Learn) => delays.after(LEARN_AFTER),
            #[cfg(feature = "log")]
            Self::Log(timer) => delays.of(timer, tries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_stands_where_its_index_says() {
        for (index, timer) in Timer::ALL.into_iter().enumerate() {
            assert_eq!(timer.index(), index);
        }
    }
}
