//! An action in a few words.

use alloc::string::String;

use super::{Action, Cluster, Timer};
#[cfg(feature = "log")]
use crate::log;
use crate::paxos;

impl Cluster {
    /// What an action is, in a few words: `server 3’s disk syncs`.
    #[must_use]
    pub fn describe(&self, action: &Action) -> String {
        let about = |verb: &str, id| match self.network().get(id) {
            Some(envelope) => {
                let from = envelope.from.named();
                let itself = envelope.to == envelope.from;
                let to = if itself { String::from("itself") } else { text!(envelope.to.named()) };
                let mut text = String::from(envelope.message.kind_name());
                if let Some(ballot) = envelope.message.ballot() {
                    text += &text!(" ", self.settings().scheme.name(ballot));
                }
                text!(text, " from ", from, " to ", to, " ", verb)
            }
            None => text!(action),
        };
        match action {
            Action::Deliver { message } => about("arrives", *message),
            Action::Drop { message } => about("is lost", *message),
            Action::Duplicate { message } => about("is duplicated", *message),
            Action::Write { node } => text!("server ", node, " writes to its disk"),
            Action::Sync { node } | Action::SyncFirst { node, .. } => {
                text!("what server ", node, " wrote becomes durable")
            }
            Action::Flush { node } => {
                text!("server ", node, " sends what waited for its disk")
            }
            Action::Timeout { node, timer: Timer::Paxos(paxos::Timer::Retry) } => {
                text!("the retry timer of server ", node, " runs out, and it tries again")
            }
            Action::Timeout { node, timer: Timer::Paxos(paxos::Timer::Learn) } => {
                text!("server ", node, " goes to find out what came of its vote")
            }
            #[cfg(feature = "log")]
            Action::Timeout { node, timer: Timer::Log(log::Timer::Heartbeat) } => {
                text!("server ", node, " sends its heartbeat")
            }
            #[cfg(feature = "log")]
            Action::Timeout { node, timer: Timer::Log(log::Timer::Stand) } => {
                text!("server ", node, " stands for leader")
            }
            #[cfg(feature = "log")]
            Action::Timeout { node, timer: Timer::Log(log::Timer::Repeat) } => {
                text!("server ", node, " repeats what was not answered")
            }
            #[cfg(feature = "log")]
            Action::Snapshot { node } => text!("server ", node, " takes a snapshot"),
            other => text!(other),
        }
    }
}
