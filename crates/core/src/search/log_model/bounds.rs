//! How far a search of the log looks.

use alloc::{format, string::String};
use core::fmt;

use crate::json::{Json, Malformed, Object};
use crate::limits::MAX_SESSIONS;
use crate::log::{self, Snapshots};
use crate::paxos;
use crate::search::paxos_model::beyond;

/// How often each thing may happen in a run that the search looks at. Everything else is free: how long a message travels, in
/// which order messages arrive, whether a message arrives at all and how often, when a candidate gives up waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Servers, 1 to 5. Each votes and learns.
    pub servers: u32,
    /// The window α: 1 to 4.
    pub window: u32,
    /// Clients, 1 to 3. Each has one command, and all commands are about one key.
    pub clients: u32,
    /// How often each client asks: any server, and the same or another one again.
    pub asks: u32,
    /// Whether the last client reads. Otherwise every client appends a text of its own.
    pub reads: bool,
    /// Whether a leader asks a quorum before it answers a read, and gives it no slot. Then the last client reads. A search that goes
    /// on from a run does what the run does.
    pub read_index: bool,
    /// Whether what a server says to itself travels like any other message. Otherwise it arrives at once.
    pub own_travel: bool,
    /// Whether a message that could tell its receiver nothing any more stays on its way. Otherwise it is lost.
    pub keeps: bool,
    /// Ballots begun, by all servers together.
    pub ballots: u32,
    /// Servers that may stand: the first ones.
    pub proposers: u32,
    /// Heartbeats of leaders, each sent to all others.
    pub heartbeats: u32,
    /// How often a leader repeats what was not answered.
    pub repeats: u32,
    /// Crashes, each followed by a restart.
    pub crashes: u32,
    /// Disks lost, each followed by a restart.
    pub wipes: u32,
    /// Snapshots that servers take. They keep no slot in spite of one.
    pub snapshots: u32,
    /// Clients that servers remember; 0: all of them. A search that goes on from a run has what the run has.
    pub sessions: u32,
}

impl Default for Bounds {
    /// Three servers, a window of two slots, two clients with one command each, two ballots.
    fn default() -> Self {
        Self {
            servers: 3,
            window: 2,
            clients: 2,
            asks: 2,
            reads: false,
            read_index: false,
            own_travel: false,
            keeps: false,
            ballots: 2,
            proposers: 2,
            heartbeats: 0,
            repeats: 0,
            crashes: 0,
            wipes: 0,
            snapshots: 0,
            sessions: 0,
        }
    }
}

impl Bounds {
    /// Most servers.
    pub const MOST_SERVERS: u32 = 5;
    /// Most clients.
    pub const MOST_CLIENTS: u32 = 3;

    /// Each bound with its name in JSON and the most it can be.
    fn fields(&mut self) -> [(&'static str, &mut u32, u32); 12] {
        let most_proposers = self.servers;
        [
            ("servers", &mut self.servers, Self::MOST_SERVERS),
            ("window", &mut self.window, 4),
            ("clients", &mut self.clients, Self::MOST_CLIENTS),
            ("asks", &mut self.asks, 4),
            ("ballots", &mut self.ballots, 4),
            ("proposers", &mut self.proposers, most_proposers),
            ("heartbeats", &mut self.heartbeats, 4),
            ("repeats", &mut self.repeats, 4),
            ("crashes", &mut self.crashes, 4),
            ("wipes", &mut self.wipes, 4),
            ("snapshots", &mut self.snapshots, 4),
            ("sessions", &mut self.sessions, MAX_SESSIONS),
        ]
    }

    /// When servers take snapshots, and what they keep.
    pub(in crate::search) fn snapshots(&self) -> Option<Snapshots> {
        (self.snapshots > 0).then_some(Snapshots { every: 0, keep: 0 })
    }

    /// How many clients servers remember; `None`: all.
    pub(in crate::search) fn sessions(&self) -> Option<u32> {
        (self.sessions > 0).then_some(self.sessions)
    }

    /// A sentence about what makes no sense in these bounds.
    pub(crate) fn refusal(mut self) -> Option<String> {
        if self.servers == 0 || self.proposers == 0 || self.window == 0 || self.clients == 0 {
            return Some(
                "A search of the log needs at least one server, one that stands, one slot and one client.".into(),
            );
        }
        for (name, number, most) in self.fields() {
            if *number > most {
                return Some(beyond("A search of the log", name, *number, most));
            }
        }
        None
    }

    /// The bounds within which these rules matter, as small as they can be.
    ///
    /// Most rules matter within the ordinary bounds. These need something more, or something else:
    ///
    /// | rules | what must happen |
    /// |---|---|
    /// | next-above-known | a follower learns a slot from a heartbeat, and then leads |
    /// | read-after-found, read-through-log | a client reads |
    /// | adopt-highest, adopt-by-ballot, promises-for-own-ballot | three ballots, of three servers |
    /// | accept-promises, votes-within-ballot | three ballots, and a leader that loses its own vote in a crash: among three servers, whoever leads next hears of it otherwise |
    /// | one-vote-per-acceptor | a leader's own vote arrives twice |
    /// | own-vote-when-durable, and those about disks | a crash, or a lost disk |
    /// | those about snapshots | a snapshot; truncate-after-durable, a crash, too |
    /// | refuse-expired | servers remember one client |
    ///
    /// fill-gaps, content-before-standing, repeat-accepts and fetch-gaps are about progress: without them nothing wrong is ever
    /// done. And snapshot-keeps-votes is not found here: here a server is sent a snapshot only before it leads, and then it votes
    /// again for what it has just forgotten. Random worlds find it, and a scenario shows it.
    #[must_use]
    pub fn for_rules(rules: log::Rules, single: paxos::Rules) -> Self {
        use paxos::Rule;
        let mut bounds = Self::default();
        for rule in rules.off() {
            match rule {
                log::Rule::NextAboveKnown => bounds.heartbeats = 1,
                log::Rule::ReadAfterFound | log::Rule::ReadThroughLog => bounds.reads = true,
                log::Rule::OwnVoteWhenDurable => bounds.crashes = 1,
                log::Rule::SayTruncated
                | log::Rule::SessionsInSnapshot
                | log::Rule::SnapshotSaysWhere
                | log::Rule::SnapshotKeepsVotes => bounds.snapshots = 1,
                log::Rule::TruncateAfterDurable => (bounds.snapshots, bounds.crashes) = (1, 1),
                log::Rule::RefuseExpired => bounds.sessions = 1,
                _ => {}
            }
        }
        for rule in single.off() {
            match rule {
                Rule::AdoptHighest | Rule::AdoptByBallot | Rule::PromisesForOwnBallot => {
                    (bounds.ballots, bounds.proposers) = (3, 3);
                }
                Rule::AcceptPromises | Rule::VotesWithinBallot => (bounds.ballots, bounds.crashes) = (3, 1),
                Rule::OneVotePerAcceptor => bounds.own_travel = true,
                Rule::WipedStaysSilent => bounds.wipes = 1,
                Rule::BallotsUniqueAcrossRestarts | Rule::PersistRound => (bounds.crashes, bounds.proposers) = (1, 1),
                Rule::PersistBeforeReply
                | Rule::PersistPromise
                | Rule::PersistAccepted
                | Rule::RecoverState
                | Rule::RecoverPromise
                | Rule::RecoverAccepted => bounds.crashes = 1,
                _ => {}
            }
        }
        if bounds.ballots > 2 || bounds.crashes + bounds.wipes > 0 {
            (bounds.asks, bounds.window) = (1, 1);
        }
        bounds
    }
}

/// In words: `3 servers, window 2, 2 clients, 2 ballots, 1 crash`.
impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = |number: u32, what: &str| match (number, what) {
            (1, _) => format!("1 {what}"),
            (_, "crash") => format!("{number} crashes"),
            _ => format!("{number} {what}s"),
        };
        write!(f, "{}, window {}, {}", some(self.servers, "server"), self.window, some(self.clients, "client"))?;
        if self.reads {
            f.write_str(if self.read_index { " (one reads, by read index)" } else { " (one reads)" })?;
        }
        write!(f, ", {}", some(self.ballots, "ballot"))?;
        for (number, what) in [
            (self.heartbeats, "heartbeat"),
            (self.repeats, "repeat"),
            (self.crashes, "crash"),
            (self.wipes, "lost disk"),
            (self.snapshots, "snapshot"),
            (self.sessions, "session"),
        ] {
            if number > 0 {
                write!(f, ", {}", some(number, what))?;
            }
        }
        Ok(())
    }
}

impl From<&Bounds> for Json {
    fn from(bounds: &Bounds) -> Self {
        let (mut object, mut bounds) = (Object::new(), *bounds);
        for (name, number, _) in bounds.fields() {
            object = object.with(name, *number);
        }
        object
            .with("reads", bounds.reads)
            .with("readIndex", bounds.read_index)
            .with("ownTravel", bounds.own_travel)
            .with("keeps", bounds.keeps)
            .into()
    }
}

impl Bounds {
    /// These bounds, with some of them replaced by what JSON says.
    ///
    /// # Errors
    /// What is wrong with the JSON.
    pub fn with_json(mut self, json: &Json) -> Result<Self, Malformed> {
        let names = self.fields().map(|(name, ..)| name);
        let fields = Object::of(json, "bounds", &[&names[..], &["reads", "readIndex", "ownTravel", "keeps"]].concat())?;
        for (name, number, _) in self.fields() {
            fields.update(name, number)?;
        }
        fields.update("reads", &mut self.reads)?;
        fields.update("readIndex", &mut self.read_index)?;
        fields.update("ownTravel", &mut self.own_travel)?;
        fields.update("keeps", &mut self.keeps)?;
        if fields.get("proposers").is_none() {
            self.proposers = self.proposers.min(self.servers.max(1));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_a_search_of_the_log_has_is_said_in_words() {
        let said = |(name, ..): (&str, &mut u32, u32)| {
            let mut bounds = Bounds::default();
            for (field, number, most) in bounds.fields() {
                *number = if field == name { most + 1 } else { *number };
            }
            bounds.refusal().expect("it is too much")
        };
        assert_eq!(
            Bounds::default().fields().map(said),
            [
                "5 servers, and this one would have 6",
                "4 slots at once, and this one would have 5",
                "3 clients, and this one would have 4",
                "4 requests of each client, and this one would have 5",
                "4 ballots, and this one would have 5",
                "3 servers that propose, and this one would have 4",
                "4 heartbeats, and this one would have 5",
                "4 repeats, and this one would have 5",
                "4 crashes, and this one would have 5",
                "4 lost disks, and this one would have 5",
                "4 snapshots, and this one would have 5",
                "1000000 remembered clients, and this one would have 1000001",
            ]
            .map(|limit| format!("A search of the log looks at up to {limit}. Search within fewer."))
        );
    }
}
