//! One server's replica, behind the same door in every protocol: inputs go in, effects come out.

use alloc::vec::Vec;

use super::{Message, Record, Records, Settings, Timer, Trace};
use crate::endpoint::Endpoint;
#[cfg(feature = "log")]
use crate::log;
use crate::paxos::{self, NodeId};

/// What happens to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Input {
    /// It has just started, for the first time or again.
    Start,
    /// A client asks it for a value.
    Request(paxos::Value),
    /// A message reaches it.
    Receive { from: Endpoint, message: Message },
    /// A timer it set has run out.
    Timeout(Timer),
    /// Somebody lets it stand for leader now.
    #[cfg(feature = "log")]
    Stand,
    /// Somebody lets it take a snapshot now.
    #[cfg(feature = "log")]
    TakeSnapshot,
    /// A snapshot that it wrote is durable.
    #[cfg(feature = "log")]
    Stored(log::Stored),
}

/// What a server does about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Effect {
    Write(Record),
    Send {
        to: Endpoint,
        message: Message,
    },
    SetTimer {
        timer: Timer,
        tries: u32,
    },
    CancelTimer(Timer),
    Trace(Trace),
    #[cfg(feature = "log")]
    Forget(log::Stored),
}

/// As a server of one protocol takes it; `None`: it belongs to another protocol.
impl Input {
    fn paxos(self) -> Option<paxos::Input> {
        Some(match self {
            Self::Start => paxos::Input::Start,
            Self::Request(value) => paxos::Input::Request(value),
            Self::Receive { from: Endpoint::Server(from), message: Message::Paxos(message) } => {
                paxos::Input::Receive { from, message }
            }
            Self::Timeout(Timer::Paxos(timer)) => paxos::Input::Timeout(timer),
            #[cfg(feature = "log")]
            _ => return None,
        })
    }

    #[cfg(feature = "log")]
    fn log(self) -> Option<log::Input> {
        Some(match self {
            Self::Start => log::Input::Start,
            Self::Receive { from, message: Message::Log(message) } => log::Input::Receive { from, message },
            Self::Timeout(Timer::Log(timer)) => log::Input::Timeout(timer),
            Self::Stand => log::Input::Stand,
            Self::TakeSnapshot => log::Input::TakeSnapshot,
            Self::Stored(stored) => log::Input::Stored(stored),
            _ => return None,
        })
    }
}

impl From<paxos::Effect> for Effect {
    fn from(effect: paxos::Effect) -> Self {
        match effect {
            paxos::Effect::Write(record) => Self::Write(record.into()),
            paxos::Effect::Send { to, message } => Self::Send { to: to.into(), message: message.into() },
            paxos::Effect::SetTimer { timer, tries } => Self::SetTimer { timer: timer.into(), tries },
            paxos::Effect::CancelTimer(timer) => Self::CancelTimer(timer.into()),
            paxos::Effect::Trace(trace) => Self::Trace(trace.into()),
        }
    }
}

#[cfg(feature = "log")]
impl From<log::Effect> for Effect {
    fn from(effect: log::Effect) -> Self {
        match effect {
            log::Effect::Write(record) => Self::Write(record.into()),
            log::Effect::Send { to, message } => Self::Send { to, message: message.into() },
            log::Effect::SetTimer { timer, tries } => Self::SetTimer { timer: timer.into(), tries },
            log::Effect::CancelTimer(timer) => Self::CancelTimer(timer.into()),
            log::Effect::Trace(trace) => Self::Trace(trace.into()),
            log::Effect::Forget(stored) => Self::Forget(stored),
        }
    }
}

/// What a server does about one input, in order.
pub(in crate::sim) enum Effects {
    Paxos(alloc::vec::IntoIter<paxos::Effect>),
    #[cfg(feature = "log")]
    Log(alloc::vec::IntoIter<log::Effect>),
}

impl Iterator for Effects {
    type Item = Effect;

    fn next(&mut self) -> Option<Effect> {
        match self {
            Self::Paxos(effects) => effects.next().map(Effect::from),
            #[cfg(feature = "log")]
            Self::Log(effects) => effects.next().map(Effect::from),
        }
    }
}

/// As many effects as most inputs lead to.
const EFFECTS: usize = 8;

/// One server's replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replica {
    /// Of the protocol `Paxos`.
    Paxos(paxos::Replica),
    /// Of the protocol `Log`.
    #[cfg(feature = "log")]
    Log(log::Replica),
}

impl Replica {
    /// A server as its disk knows it. Starting and restarting are this one call, followed by [`Input::Start`].
    pub(in crate::sim) fn recover(me: NodeId, settings: &Settings, durable: &Records) -> Self {
        match (settings, durable) {
            (Settings::Paxos(settings), Records::Paxos(durable)) => {
                Self::Paxos(paxos::Replica::recover(me, settings.clone(), durable))
            }
            #[cfg(feature = "log")]
            (Settings::Log(settings), Records::Log(durable)) => {
                Self::Log(log::Replica::recover(me, settings.clone(), durable))
            }
            #[cfg(feature = "log")]
            _ => unreachable!("a disk holds what its protocol wrote"),
        }
    }

    /// Its settings change under it: somebody switched a rule.
    pub(in crate::sim) fn change(&mut self, settings: &Settings) {
        match (self, settings) {
            (Self::Paxos(replica), Settings::Paxos(settings)) => replica.change(settings.clone()),
            #[cfg(feature = "log")]
            (Self::Log(replica), Settings::Log(settings)) => replica.change(settings.clone()),
            #[cfg(feature = "log")]
            _ => {}
        }
    }

    /// Takes one input, and says what is to be done about it, in order.
    pub(in crate::sim) fn handle(&mut self, input: Input) -> Effects {
        match self {
            Self::Paxos(replica) => {
                let mut effects = Vec::with_capacity(EFFECTS);
                if let Some(input) = input.paxos() {
                    replica.handle(input, &mut effects);
                }
                Effects::Paxos(effects.into_iter())
            }
            #[cfg(feature = "log")]
            Self::Log(replica) => {
                let mut effects = Vec::with_capacity(EFFECTS);
                if let Some(input) = input.log() {
                    replica.handle(input, &mut effects);
                }
                Effects::Log(effects.into_iter())
            }
        }
    }

    /// That of single-decree Paxos; `None` where another protocol runs.
    #[must_use]
    pub const fn paxos(&self) -> Option<&paxos::Replica> {
        match self {
            Self::Paxos(replica) => Some(replica),
            #[cfg(feature = "log")]
            Self::Log(_) => None,
        }
    }

    /// That of the log; `None` where another protocol runs.
    #[must_use]
    #[cfg(feature = "log")]
    pub const fn log(&self) -> Option<&log::Replica> {
        match self {
            Self::Paxos(_) => None,
            Self::Log(replica) => Some(replica),
        }
    }

    /// Roughly how many bytes a copy of its memory takes that shares what it can.
    pub(crate) fn approx_bytes(&self) -> usize {
        match self {
            Self::Paxos(replica) => replica.learner().map_or(0, paxos::Learner::approx_bytes),
            #[cfg(feature = "log")]
            Self::Log(replica) => replica.approx_bytes(),
        }
    }

    /// [`Replica::paxos`], to be changed.
    pub(in crate::sim) const fn paxos_mut(&mut self) -> Option<&mut paxos::Replica> {
        match self {
            Self::Paxos(replica) => Some(replica),
            #[cfg(feature = "log")]
            Self::Log(_) => None,
        }
    }
}
