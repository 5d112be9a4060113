//! The rules that can be switched, and all else that servers know about their cluster.

use alloc::sync::Arc;

use serde::Serialize;

#[cfg(feature = "log")]
use crate::log;
use crate::paxos;
use crate::sim::ProtocolKind;

/// A rule of the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// One that each slot rests on: a rule of single-decree Paxos.
    Paxos(paxos::Rule),
    /// One that a log rests on beside those.
    #[cfg(feature = "log")]
    Log(log::Rule),
}

impl Rule {
    /// All rules that a protocol rests on.
    pub fn of(protocol: ProtocolKind) -> impl Iterator<Item = Self> {
        let paxos = paxos::Rule::ALL.into_iter().map(Self::Paxos);
        match protocol {
            #[cfg(not(feature = "log"))]
            ProtocolKind::Single => paxos,
            #[cfg(feature = "log")]
            ProtocolKind::Single => paxos.chain(log::Rule::ALL[..0].iter().copied().map(Self::Log)),
            #[cfg(feature = "log")]
            ProtocolKind::Log => paxos.chain(log::Rule::ALL[..].iter().copied().map(Self::Log)),
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paxos(rule) => rule.as_str(),
            #[cfg(feature = "log")]
            Self::Log(rule) => rule.as_str(),
        }
    }

    /// What it is called for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Paxos(rule) => rule.title(),
            #[cfg(feature = "log")]
            Self::Log(rule) => rule.title(),
        }
    }

    /// The rule of single-decree Paxos that it is, if it is one.
    #[must_use]
    pub const fn paxos(self) -> Option<paxos::Rule> {
        match self {
            Self::Paxos(rule) => Some(rule),
            #[cfg(feature = "log")]
            Self::Log(_) => None,
        }
    }
}

impl From<paxos::Rule> for Rule {
    fn from(rule: paxos::Rule) -> Self {
        Self::Paxos(rule)
    }
}

#[cfg(feature = "log")]
impl From<log::Rule> for Rule {
    fn from(rule: log::Rule) -> Self {
        Self::Log(rule)
    }
}

/// A rule of a log is told from one of single-decree Paxos by this much in a digest. There are at most 32 of either.
#[cfg(feature = "log")]
const LOG_RULES_FROM: u32 = 64;

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Paxos(rule) => rule.serialize(serializer),
            #[cfg(feature = "log")]
            Self::Log(rule) => serializer.serialize_unit_variant("Rule", LOG_RULES_FROM + *rule as u32, rule.as_str()),
        }
    }
}

/// What the servers of a cluster know about it.
#[derive(Clone, Debug)]
pub(in crate::sim) enum Settings {
    Paxos(Arc<paxos::Settings>),
    #[cfg(feature = "log")]
    Log(Arc<log::Settings>),
}

impl Settings {
    /// What single-decree Paxos needs to know. A log rests on it.
    pub(in crate::sim) fn paxos(&self) -> &paxos::Settings {
        match self {
            Self::Paxos(settings) => settings,
            #[cfg(feature = "log")]
            Self::Log(settings) => &settings.paxos,
        }
    }

    #[cfg(feature = "log")]
    pub(in crate::sim) fn log(&self) -> Option<&log::Settings> {
        match self {
            Self::Paxos(_) => None,
            Self::Log(settings) => Some(settings),
        }
    }

    /// The rules of the log that hold; where no log runs, all of them.
    #[cfg(feature = "log")]
    pub(in crate::sim) fn log_rules(&self) -> log::Rules {
        match self {
            Self::Paxos(_) => log::Rules::default(),
            #[cfg(feature = "log")]
            Self::Log(settings) => settings.rules,
        }
    }

    /// Whether a rule holds; `None` where the protocol does not know it.
    pub(in crate::sim) fn rule(&self, rule: Rule) -> Option<bool> {
        match rule {
            Rule::Paxos(rule) => Some(self.paxos().rules.on(rule)),
            #[cfg(feature = "log")]
            Rule::Log(rule) => Some(self.log()?.rules.on(rule)),
        }
    }

    /// Switches a rule that the protocol knows.
    pub(in crate::sim) fn switch(&mut self, rule: Rule, on: bool) {
        match (self, rule) {
            (Self::Paxos(settings), Rule::Paxos(rule)) => Arc::make_mut(settings).rules.set(rule, on),
            #[cfg(feature = "log")]
            (Self::Log(settings), Rule::Paxos(rule)) => Arc::make_mut(settings).paxos.rules.set(rule, on),
            #[cfg(feature = "log")]
            (Self::Log(settings), Rule::Log(rule)) => Arc::make_mut(settings).rules.set(rule, on),
            #[cfg(feature = "log")]
            (Self::Paxos(_), Rule::Log(_)) => {}
        }
    }
}

#[cfg(all(test, feature = "log"))]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn each_rule_serialises_in_its_own_way() {
        let rules: Vec<Rule> = Rule::of(ProtocolKind::Log).collect();
        let mut bytes: Vec<_> = rules.iter().map(|rule| postcard::to_allocvec(rule).unwrap()).collect();
        bytes.sort();
        bytes.dedup();
        assert_eq!(bytes.len(), rules.len());
    }
}
