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
                alloc::format!("{kind} {ballot} from server {} to server {} {verb}", envelope.from, envelope.to)
            }
            None => alloc::format!("{action}"),
        };
        match action {
            Action::Deliver { message } => about("arrives", *message),
            Action::Drop { message } => about("is lost", *message),
            Action::Duplicate { message } => about("is duplicated", *message),
            Action::Write { node } => alloc::format!("server {node} writes to its disk"),
            Action::Sync { node } => alloc::format!("what server {node} wrote becomes durable"),
            Action::Flush { node } => {
                alloc::format!("server {node} sends what waited for its disk")
            }
            Action::Timeout { node, timer: Timer::Paxos(paxos::Timer::Retry) } => {
                alloc::format!("server {node} has waited long enough and tries again")
            }
            Action::Timeout { node, timer: Timer::Paxos(paxos::Timer::Learn) } => {
                alloc::format!("server {node} goes to find out what came of its vote")
            }
            other => alloc::format!("{other}"),
        }
    }
}
