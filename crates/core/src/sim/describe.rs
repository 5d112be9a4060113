//! An action in a few words.

use alloc::string::String;

use super::{Action, Cluster, Timer};
use crate::paxos;

impl Cluster {
    /// What an action is, in a few words: `server 3’s disk syncs`.
    #[must_use]
    pub fn describe(&self, action: &Action) -> String {
        let about = |verb: &str, id| match self.network().get(id) {
            Some(envelope) => {
                let (kind, ballot) = (envelope.message.kind_name(), envelope.message.ballot());
                let ballot = self.settings().scheme.name(ballot);
                text!(kind, " ", ballot, " from server ", envelope.from, " to server ", envelope.to, " ", verb)
            }
            None => text!(action),
        };
        match action {
            Action::Deliver { message } => about("arrives", *message),
            Action::Drop { message } => about("is lost", *message),
            Action::Duplicate { message } => about("is duplicated", *message),
            Action::Write { node } => text!("server ", node, " writes to its disk"),
            Action::Sync { node } => text!("what server ", node, " wrote becomes durable"),
            Action::Flush { node } => {
                text!("server ", node, " sends what waited for its disk")
            }
            Action::Timeout { node, timer: Timer::Paxos(paxos::Timer::Retry) } => {
                text!("server ", node, " has waited long enough and tries again")
            }
            Action::Timeout { node, timer: Timer::Paxos(paxos::Timer::Learn) } => {
                text!("server ", node, " goes to find out what came of its vote")
            }
            other => text!(other),
        }
    }
}
