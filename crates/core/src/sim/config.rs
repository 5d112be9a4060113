//! What a run starts from.

use alloc::{string::String, sync::Arc, vec::Vec};

use super::Conditions;
use super::network::span;
use super::protocol::Settings;
#[cfg(feature = "log")]
use super::{Beginning, Workload};
#[cfg(feature = "log")]
use crate::limits::{MAX_CLIENTS, MAX_SESSIONS, MAX_SNAPSHOT_SLOTS, MAX_WINDOW};
use crate::limits::{MAX_DELAY, MAX_NODES, MAX_SEED};
#[cfg(feature = "log")]
use crate::log::{self, Election, Reads, Snapshots};
#[cfg(feature = "log")]
use crate::paxos::NodeId;
use crate::paxos::{self, NodeSet, Quorums, Role, Roles, Rules, Scheme};
use crate::text::Piece;

/// Which protocol the servers speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProtocolKind {
    /// Single-decree Paxos, one value: `"single"`.
    #[default]
    Single,
    /// Multi-Paxos, a log of commands: `"log"`.
    #[cfg(feature = "log")]
    Log,
}

impl ProtocolKind {
    /// All of them.
    #[cfg(feature = "log")]
    pub const ALL: [Self; 2] = [Self::Single, Self::Log];
    /// All of them.
    #[cfg(not(feature = "log"))]
    pub const ALL: [Self; 1] = [Self::Single];

    /// Its name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            #[cfg(feature = "log")]
            Self::Log => "log",
        }
    }
}

/// How many acceptors make a quorum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuorumSpec {
    /// More than half, in both phases: `"majority"`.
    #[default]
    Majority,
    /// So many in each phase: `{"phase1":4,"phase2":2}`. Their sum must exceed the number of acceptors.
    Sizes {
        /// Promises that complete phase 1.
        phase1: u32,
        /// Votes that choose a value.
        phase2: u32,
    },
}

/// Everything a run depends on, its interventions apart. In JSON every field may be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Servers, 1 to 101.
    pub nodes: u32,
    /// The protocol.
    pub protocol: ProtocolKind,
    /// The seed of everything random, 0 to 2⁵³ − 1.
    pub seed: u64,
    /// The quorum system.
    pub quorums: QuorumSpec,
    /// How ballots are numbered.
    pub ballots: Scheme,
    /// The roles of each server, server 1 first; `null`: every server plays all three.
    pub roles: Option<Vec<Vec<Role>>>,
    /// Whether an outbid proposer waits longer after every failed try. Without, it begins again at once.
    pub backoff: bool,
    /// How the network treats messages to begin with.
    pub network: Conditions,
    /// How long a disk takes to write, and again to sync: least and most, in simulated milliseconds.
    pub disk: (u32, u32),
    /// How long a proposer waits for answers at first, in simulated milliseconds. Each failed try doubles it, up to
    /// eightfold, and adds up to as much again at random.
    pub retry: u32,
    /// What tells the time.
    pub clock: Clock,
    /// Which rules of the algorithm hold to begin with: all, but for those that are named with `false`.
    pub rules: Rules,
    /// What only a replicated log has: its fields stand beside the others. Single-decree Paxos has none of them.
    #[cfg(feature = "log")]
    pub log: LogConfig,
}

/// What a run of a replicated log depends on beside all else.
#[cfg(feature = "log")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// The window α, 1 to 1000: a leader proposes in no slot above the last applied one plus this.
    pub window: u32,
    /// When a server stands for leader.
    pub election: Election,
    /// The server that stands at its first start without waiting; `null`: they find one.
    pub leader: Option<NodeId>,
    /// Clients, 1 to 150: `a` to `z`, then `aa`, `ab` …
    pub clients: u32,
    /// How clients ask by themselves to begin with; `null`: they do not.
    pub workload: Option<Workload>,
    /// Which rules of the log hold to begin with, beside those that each slot rests on.
    pub rules: log::Rules,
    /// When servers take snapshots; `null`: never, and the log grows for ever.
    pub snapshots: Option<Snapshots>,
    /// How many clients servers remember, 1 to 1,000,000: one more takes the place of the one that was served longest ago; `null`:
    /// all of them.
    pub sessions: Option<u32>,
    /// What a leader does before it answers a read.
    pub reads: Reads,
    /// What the run begins with; `null`: with servers and clients that have never done anything.
    pub begins: Option<Arc<Beginning>>,
}

#[cfg(feature = "log")]
impl Default for LogConfig {
    fn default() -> Self {
        let (election, rules) = (Election::default(), log::Rules::default());
        let leader = Some(NodeId::FIRST);
        Self {
            window: 8,
            election,
            leader,
            clients: 2,
            workload: None,
            rules,
            snapshots: None,
            sessions: None,
            reads: Reads::default(),
            begins: None,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            nodes: 3,
            protocol: ProtocolKind::Single,
            seed: 1,
            quorums: QuorumSpec::Majority,
            ballots: Scheme::Rounds,
            roles: None,
            backoff: true,
            network: Conditions::default(),
            disk: (2, 5),
            retry: 300,
            clock: Clock::Seeded,
            rules: Rules::default(),
            #[cfg(feature = "log")]
            log: LogConfig::default(),
        }
    }
}

words! {
    /// What tells the time of a run.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Clock {
        /// The seeded clock decides when each thing is due. What is done by hand happens now.
        #[default]
        Seeded = "seeded",
        /// Somebody, such as a search, decides every step. What is done by hand happens when it would have been due, and
        /// the clock goes there; what the clock had planned for before then is overdue, and waits.
        Guided = "guided",
    }
}

/// What is wrong with a config: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

#[cfg(feature = "log")]
impl ConfigError {
    pub(super) const fn new(sentence: String) -> Self {
        Self(sentence)
    }
}

impl Piece for ConfigError {
    fn put(&self, to: &mut String) {
        to.push_str(&self.0);
    }
}

displayed!(ConfigError);

impl core::error::Error for ConfigError {}

#[cfg(feature = "log")]
impl LogConfig {
    fn check(&self, paxos: paxos::Settings, nodes: u32) -> Result<log::Settings, ConfigError> {
        let wrong = |text: String| Err(ConfigError(text));
        let Self { window, election, leader, clients, rules, snapshots, sessions, reads, .. } = *self;
        if !(1..=MAX_WINDOW).contains(&window) {
            return wrong(text!("a window is 1 to ", MAX_WINDOW, " slots, and this config says ", window));
        }
        if !(1..=MAX_CLIENTS as u32).contains(&clients) {
            return wrong(text!("a log has 1 to ", MAX_CLIENTS as u32, " clients, and this config asks for ", clients));
        }
        if let Some(leader) = leader.filter(|leader| leader.get() > nodes || !paxos.roles.proposers.contains(*leader)) {
            return wrong(text!("server ", leader, " cannot lead first: it is not one of the proposers"));
        }
        if let Some(Err(reason)) = self.workload.map(|workload| workload.check(clients)) {
            return wrong(text!(reason));
        }
        if let Some(snapshots) = snapshots {
            check_snapshots(snapshots, &paxos.roles)?;
        }
        if sessions.is_some_and(|most| !(1..=MAX_SESSIONS).contains(&most)) {
            let limit = text!("servers remember 1 to ", MAX_SESSIONS, " sessions of clients, or all of them");
            return wrong(text!(limit, ", and this config says ", sessions.unwrap_or(0)));
        }
        let settings = log::Settings { paxos, rules, window, election, first: leader, snapshots, sessions, reads };
        if let Some(begins) = &self.begins {
            begins.check(nodes, clients, sessions)?;
        }
        Ok(settings)
    }
}

/// Who leads must be able to learn what nobody keeps the votes of any more.
#[cfg(feature = "log")]
fn check_snapshots(Snapshots { every, keep }: Snapshots, roles: &Roles) -> Result<(), ConfigError> {
    if every.max(keep) > MAX_SNAPSHOT_SLOTS {
        let limit = text!("every and keep of snapshots are at most ", MAX_SNAPSHOT_SLOTS, " slots");
        return Err(ConfigError(text!(limit, ", and this config says ", every, " and ", keep)));
    }
    let deaf = roles.proposers.without(roles.learners);
    if let Some(server) = deaf.iter().next() {
        let why =
            "a log with snapshots needs proposers that learn, because slots that nobody keeps cannot be proposed again";
        return Err(ConfigError(text!(why, ": make server ", server, " a learner, too")));
    }
    Ok(())
}

impl Config {
    /// What the run begins with, if it begins in the middle.
    #[cfg(feature = "log")]
    #[must_use]
    pub fn begins(&self) -> Option<&Beginning> {
        self.log.begins.as_deref().filter(|_| self.protocol == ProtocolKind::Log)
    }

    /// Whether a run can start from this.
    ///
    /// # Errors
    /// The first thing that is wrong with this config.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.settings().map(drop)
    }

    /// What the servers are told about their cluster.
    ///
    /// # Errors
    /// The first thing that is wrong with this config.
    pub(super) fn settings(&self) -> Result<Settings, ConfigError> {
        let wrong = |text: String| Err(ConfigError(text));
        if !(1..=MAX_NODES).contains(&self.nodes) {
            return wrong(text!("a cluster has 1 to ", MAX_NODES, " servers, and this config asks for ", self.nodes));
        }
        if self.seed > MAX_SEED {
            return wrong(text!("a seed is a whole number from 0 to ", MAX_SEED, ", and this one is ", self.seed));
        }
        if let Err(sentence) = self.network.check() {
            return wrong(sentence.into());
        }
        if span(self.disk).is_err() {
            let what = "disk is two numbers of milliseconds, the least and the most, each at most ";
            return wrong(text!(what, MAX_DELAY, " and in this order"));
        }
        if !(1..=MAX_DELAY).contains(&self.retry) {
            return wrong(text!("retry is 1 to ", MAX_DELAY, " milliseconds, and this config says ", self.retry));
        }
        let roles = self.players()?;
        let voters = roles.acceptors.len();
        let quorums = match self.quorums {
            QuorumSpec::Majority => Quorums::majority(roles.acceptors),
            QuorumSpec::Sizes { phase1, phase2 } => Quorums { acceptors: roles.acceptors, phase1, phase2 },
        };
        let Quorums { phase1, phase2, .. } = quorums;
        if !(1..=voters).contains(&phase1) || !(1..=voters).contains(&phase2) {
            let asked = text!("this config asks for ", phase1, " and ", phase2);
            return wrong(text!("a quorum has 1 to ", voters, " of the ", voters, " acceptors, and ", asked));
        }
        if phase1 + phase2 <= voters {
            let quorums = text!("quorums of ", phase1, " and ", phase2, " out of ", voters, " acceptors");
            let danger = text!(quorums, " need not share one, and two values could be chosen: ");
            return wrong(text!(danger, "make the two sizes add up to more than ", voters, ", or switch a rule off"));
        }
        let Self { ballots: scheme, backoff, rules, .. } = *self;
        let settings = paxos::Settings { roles, sizes: quorums, scheme, eager: !backoff, rules };
        match self.protocol {
            ProtocolKind::Single => Ok(Settings::Paxos(Arc::new(settings))),
            #[cfg(feature = "log")]
            ProtocolKind::Log => Ok(Settings::Log(Arc::new(self.log.check(settings, self.nodes)?))),
        }
    }

    fn players(&self) -> Result<Roles, ConfigError> {
        let everyone = NodeSet::first(self.nodes);
        let Some(lists) = &self.roles else {
            return Ok(Roles { proposers: everyone, acceptors: everyone, learners: everyone });
        };
        if lists.len() != self.nodes as usize {
            return Err(ConfigError(text!(
                "roles has one list for each of the ",
                self.nodes,
                " servers, and this config has ",
                lists.len()
            )));
        }
        let mut roles = Roles::default();
        for (node, list) in everyone.iter().zip(lists) {
            for role in list {
                match role {
                    Role::Proposer => roles.proposers.insert(node),
                    Role::Acceptor => roles.acceptors.insert(node),
                    Role::Learner => roles.learners.insert(node),
                };
            }
        }
        for (players, role) in
            [(roles.proposers, "proposer"), (roles.acceptors, "acceptor"), (roles.learners, "learner")]
        {
            if players.is_empty() {
                return Err(ConfigError(text!("no server plays the ", role, ": give at least one server that role")));
            }
        }
        Ok(roles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    fn refusal(config: &Config) -> String {
        config.check().unwrap_err().to_string()
    }

    #[test]
    fn limits_are_sentences() {
        let with = |change: fn(&mut Config)| {
            let mut config = Config { nodes: 5, ..Config::default() };
            change(&mut config);
            refusal(&config)
        };
        assert!(with(|c| c.nodes = 0).contains("1 to 101 servers"));
        assert!(with(|c| c.nodes = 102).contains("102"));
        assert!(with(|c| c.seed = u64::MAX).contains("seed"));
        assert!(with(|c| c.network.latency = (9, 5)).contains("latency"));
        assert!(with(|c| c.disk = (0, 60_001)).contains("disk"));
        assert!(with(|c| c.retry = 0).contains("retry"));
        assert!(with(|c| c.quorums = QuorumSpec::Sizes { phase1: 2, phase2: 3 }).contains("need not share one"));
        assert!(with(|c| c.quorums = QuorumSpec::Sizes { phase1: 6, phase2: 3 }).contains("1 to 5"));
        assert!(with(|c| c.roles = Some(vec![])).contains("one list for each of the 5"));
        assert!(with(|c| c.roles = Some(vec![vec![Role::Proposer]; 5])).contains("no server plays the acceptor"));
    }
}
