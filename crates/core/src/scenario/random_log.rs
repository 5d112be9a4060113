//! Random worlds of a replicated log: clients that ask by themselves, and every fault at once, from one number.
//!
//! Safety must hold throughout: every invariant, and with them that the clients' history is linearizable. Then the world is
//! healed and nobody asks for anything new. Within a bound every client must be answered, and every server must come to
//! hold the same store.

use alloc::vec::Vec;

use super::random::{RandomWorld, Unconverged, is_spared, separate_roles};
use crate::log::{self, Election, Reads, Snapshots};
use crate::paxos::{self, NodeId};
use crate::run::{Event, History, Run, Simulation};
use crate::sim::{
    Action, ClientAction, Conditions, Config, Counter, LogConfig, Probability, ProtocolKind, QuorumSpec, ServerStatus,
    Target, Time, Workload,
};

/// In a healed log in which no ballot is used up, every client is answered and every server holds the same store this many
/// simulated milliseconds later. About twice what the slowest of ten thousand worlds needs.
pub const ANSWERED_WITHIN: Time = 30_000;

/// A snapshot every four slots. What is kept is not one of the world's own draws: those are what they are without snapshots.
const fn often(seed: u64) -> Snapshots {
    Snapshots { every: 4, keep: (seed % 5) as u32 }
}

/// What a random world of a log has beside its own draws, which are the same ones without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Besides {
    /// Whether servers take snapshots, every four slots, and keep few slots in spite of one.
    pub snapshots: bool,
    /// How many clients servers remember, 1 to [`MAX_SESSIONS`](crate::limits::MAX_SESSIONS); `None`: all of them.
    pub sessions: Option<u32>,
    /// What a leader does before it answers a read.
    pub reads: Reads,
}

/// A run of a log that is made up as it goes.
#[derive(Clone, Debug)]
pub struct RandomLog {
    history: History,
    draws: Counter,
    wipes: u32,
    /// In a hundred steps, so many are somebody's mischief.
    mischief: u32,
}

impl RandomLog {
    /// The world of this seed, at its beginning: 3 to 5 servers and 2 to 5 clients, lossy and slow links, majorities or
    /// flexible quorums, either kind of election, windows of 1 to 8 slots; in some, server 1 leads and does not vote.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::under(seed, paxos::Rules::default(), log::Rules::default())
    }

    /// The same world under other rules: those that each slot rests on, and those of the log.
    #[must_use]
    pub fn under(seed: u64, slots: paxos::Rules, rules: log::Rules) -> Self {
        Self::with(seed, slots, rules, Besides::default())
    }

    /// The same world, in which servers take snapshots every four slots, and keep few slots in spite of one.
    #[must_use]
    pub fn with_snapshots(seed: u64, slots: paxos::Rules, rules: log::Rules) -> Self {
        Self::with(seed, slots, rules, Besides { snapshots: true, ..Besides::default() })
    }

    /// The same world, with this besides.
    ///
    /// # Panics
    /// If its servers are to remember no client, or more than [`MAX_SESSIONS`](crate::limits::MAX_SESSIONS).
    #[must_use]
    pub fn with(seed: u64, slots: paxos::Rules, rules: log::Rules, besides: Besides) -> Self {
        let Besides { snapshots, sessions, reads } = besides;
        let mut draws = Counter::new(seed);
        let mut config = Config { seed, rules: slots, ..config(&mut draws, rules) };
        config.log.snapshots = snapshots.then(|| often(seed));
        config.log.reads = reads;
        // Without these, what goes wrong goes wrong where servers forget clients.
        config.log.sessions = sessions.or(rules.off().any(log::Rule::is_about_expiry).then_some(1));
        let history = History::new(config).unwrap_or_else(|error| panic!("world {seed}: {error}"));
        let quorums = history.now().cluster().settings().quorums();
        // A wiped server never votes or leads again: as many can be spared as leave a quorum.
        let wipes = quorums.acceptors.len() - quorums.phase1.max(quorums.phase2);
        let mischief = draws.between(1, 8);
        Self { history, draws, wipes, mischief }
    }

    /// Something to do that the clock would not: mostly to servers and messages.
    fn random_fault(&mut self) -> Option<Action> {
        let candidates = self.random_candidates()?;
        let cluster = self.history.now().cluster();
        let possible: Vec<_> = candidates.into_iter().filter(|action| cluster.is_enabled(action)).collect();
        let action = self.draws.pick(&possible)?.clone();
        if is_spared(self.simulation().config(), &action) {
            return None;
        }
        if matches!(action, Action::Wipe { .. }) {
            self.wipes = self.wipes.checked_sub(1)?;
        }
        Some(action)
    }

    fn random_candidates(&mut self) -> Option<Vec<Action>> {
        let cluster = self.history.now().cluster();
        let nodes: Vec<NodeId> = cluster.nodes().collect();
        let node = *self.draws.pick(&nodes)?;
        Some(match self.draws.between(0, 19) {
            0..=4 => cluster.candidates(Target::Node(node)),
            5..=10 => {
                let messages: Vec<_> = cluster.network().in_flight().map(|envelope| envelope.id).collect();
                cluster.candidates(Target::Message(*self.draws.pick(&messages)?))
            }
            11..=12 => cluster.candidates(Target::Link(node.into(), (*self.draws.pick(&nodes)?).into())),
            13 => {
                let client = cluster.clients().nth(self.draws.between(0, 4) as usize)?.id();
                let retry = Action::Client(ClientAction::Retry { client, node: None });
                let cut = cluster.candidates(Target::Link(node.into(), client.into()));
                cut.into_iter().chain([retry]).collect()
            }
            14 => {
                let groups = self.draws.between(0, 1 << nodes.len());
                let group = nodes.iter().copied().filter(|node| groups >> node.get() & 1 == 1);
                [Action::Partition { groups: [group.collect()].into() }].into()
            }
            15..=16 => [Action::Heal].into(),
            17 if self.draws.between(0, 5) == 0 => [Action::PowerCut].into(),
            _ => {
                let back = |node: &NodeId| [Action::Restart { node: *node }, Action::Resume { node: *node }];
                nodes.iter().flat_map(back).collect()
            }
        })
    }

    /// Mends everything that can be mended, and ends the workload.
    fn mend(&mut self) -> Vec<Event> {
        let calm = Probability::default();
        let network = Action::Network { loss: Some(calm), duplicate: Some(calm), latency: None };
        let mut actions = Vec::from([Action::Heal, network, Action::Client(ClientAction::Workload(None))]);
        let cluster = self.simulation().cluster();
        for node in cluster.nodes() {
            actions.push(match cluster.server(node).status() {
                ServerStatus::Down => Action::Restart { node },
                ServerStatus::Up | ServerStatus::Paused => Action::Resume { node },
            });
        }
        actions.extend(cluster.network().in_flight().map(|envelope| Action::Release { message: envelope.id }));
        let mut events = Vec::new();
        for action in actions {
            events.extend(self.history.apply(&action).unwrap_or_default().iter().cloned());
        }
        events
    }

    /// What is not yet as it must come to be; `None` where all is.
    fn lacks(&self) -> Option<Unconverged> {
        let cluster = self.simulation().cluster();
        let waiting: Vec<_> =
            cluster.clients().filter(|client| client.waiting().is_some()).map(log::Client::id).collect();
        if !waiting.is_empty() {
            return Some(Unconverged::Unanswered(waiting));
        }
        let applied = |node: &NodeId| cluster.server(*node).log().map_or(0, |replica| replica.learned().applied());
        let most = cluster.nodes().map(|node| applied(&node)).max()?;
        let behind: Vec<_> = cluster.nodes().filter(|node| applied(node) < most).collect();
        (!behind.is_empty()).then_some(Unconverged::Behind(behind))
    }
}

fn config(draws: &mut Counter, rules: log::Rules) -> Config {
    let nodes = draws.between(3, 5);
    let roles = (draws.between(0, 3) == 0).then(|| separate_roles(nodes));
    let voters = if roles.is_some() { nodes - 1 } else { nodes };
    let phase2 = draws.between(1, voters);
    let latency = draws.between(1, 20);
    let clients = draws.between(2, 5);
    // Half of the worlds lose nothing.
    let chance = |draws: &mut Counter| {
        let thousandths = draws.between(0, 200).saturating_sub(100);
        Probability::thousandths(thousandths as u16).unwrap_or_default()
    };
    let workload = Workload { clients, rate: draws.between(20, 200), keys: draws.between(1, 3) };
    Config {
        nodes,
        protocol: ProtocolKind::Log,
        quorums: match draws.between(0, 3) {
            0 => QuorumSpec::Sizes { phase1: voters + 1 - phase2, phase2 },
            _ => QuorumSpec::Majority,
        },
        network: Conditions {
            loss: chance(draws),
            duplicate: chance(draws),
            latency: (latency, latency + draws.between(0, 60)),
        },
        disk: (0, draws.between(0, 20)),
        roles,
        log: LogConfig {
            window: draws.between(1, 8),
            election: if draws.between(0, 3) == 0 { Election::Timeout } else { Election::Content },
            leader: (draws.between(0, 1) == 0).then_some(NodeId::FIRST),
            clients,
            workload: Some(workload),
            rules,
            snapshots: None,
            sessions: None,
            reads: Reads::default(),
            begins: None,
        },
        ..Config::default()
    }
}

impl RandomWorld for RandomLog {
    fn simulation(&self) -> &Simulation {
        self.history.now()
    }

    fn run(&self) -> Run {
        self.history.run()
    }

    fn disturb(&mut self, steps: u32, seen: &mut dyn FnMut(Event)) {
        for _ in 0..steps {
            if !self.simulation().violations().is_empty() {
                return;
            }
            let mischief = self.draws.between(0, 99) < self.mischief;
            let happened = match mischief.then(|| self.random_fault()).flatten() {
                Some(action) => self.history.apply(&action).is_ok(),
                None => self.history.step().is_some(),
            };
            if happened {
                self.history.drain_latest().for_each(&mut *seen);
            }
        }
    }

    fn converge(&mut self, seen: &mut dyn FnMut(Event)) -> Result<Time, Unconverged> {
        self.mend().into_iter().for_each(&mut *seen);
        let start = self.simulation().schedule().now();
        loop {
            let passed = self.simulation().schedule().now() - start;
            let Some(lacks) = self.lacks() else { return Ok(passed) };
            let over = passed > ANSWERED_WITHIN || !self.simulation().violations().is_empty();
            if over || self.history.step().is_none() {
                return Err(lacks);
            }
            self.history.drain_latest().for_each(&mut *seen);
        }
    }
}
