//! Random worlds of a replicated log: clients that ask by themselves, and every fault at once, from one number.

use quorum_core::log::{self, Election, Reads, Snapshots};
use quorum_core::paxos::{self, NodeId};
use quorum_core::run::{Event, Simulation};
use quorum_core::sim::{
    Action, ClientAction, Conditions, Config, Counter, LogConfig, Probability, ProtocolKind, QuorumSpec, Target,
    Workload,
};

/// A run that is made up as it goes.
pub(crate) struct LogWorld {
    pub(crate) simulation: Simulation,
    draws: Counter,
    wipes: u32,
    /// In a hundred steps, so many are somebody's mischief.
    mischief: u32,
    /// What was done that the clock would not have done, and after how many steps.
    pub(crate) done: Vec<(u64, Action)>,
}

impl LogWorld {
    /// The world of this seed, at its beginning, under these rules, with or without snapshots, with so many sessions, and
    /// with reads of this kind.
    pub(crate) fn new(
        seed: u64,
        slots: paxos::Rules,
        rules: log::Rules,
        (snapshots, sessions, reads): (Option<Snapshots>, Option<u32>, Reads),
    ) -> Self {
        let mut draws = Counter::new(seed);
        let nodes = draws.between(3, 5);
        let phase2 = draws.between(1, nodes);
        let latency = draws.between(1, 20);
        let clients = draws.between(2, 5);
        let chance = |draws: &mut Counter, most| {
            Probability::thousandths(draws.between(0, most).saturating_sub(most / 2) as u16).unwrap()
        };
        let workload = Workload { clients, rate: draws.between(20, 200), keys: draws.between(1, 3) };
        let config = Config {
            nodes,
            protocol: ProtocolKind::Log,
            seed,
            quorums: match draws.between(0, 3) {
                0 => QuorumSpec::Sizes { phase1: nodes + 1 - phase2, phase2 },
                _ => QuorumSpec::Majority,
            },
            network: Conditions {
                loss: chance(&mut draws, 200),
                duplicate: chance(&mut draws, 200),
                latency: (latency, latency + draws.between(0, 60)),
            },
            disk: (0, draws.between(0, 20)),
            rules: slots,
            log: LogConfig {
                window: draws.between(1, 8),
                election: if draws.between(0, 3) == 0 { Election::Timeout } else { Election::Content },
                leader: (draws.between(0, 1) == 0).then_some(NodeId::FIRST),
                clients,
                workload: Some(workload),
                rules,
                snapshots,
                sessions,
                reads,
                begins: None,
            },
            ..Config::default()
        };
        let simulation = Simulation::new(config).unwrap_or_else(|error| panic!("world {seed}: {error}"));
        let quorums = simulation.cluster().settings().quorums();
        let wipes = nodes - quorums.phase1.max(quorums.phase2);
        let mischief = draws.between(1, 8);
        Self { simulation, draws, wipes, mischief, done: Vec::new() }
    }

    /// One more step, good or bad: its events.
    pub(crate) fn step(&mut self) -> Vec<Event> {
        let mischief = self.draws.between(0, 99) < self.mischief;
        match mischief.then(|| self.fault()).flatten() {
            Some(action) => {
                let (before, events) = (self.simulation.steps(), self.simulation.apply(&action));
                if events.is_ok() {
                    self.done.push((before, action));
                }
                events.unwrap_or_default()
            }
            None => self.simulation.step().unwrap_or_default(),
        }
    }

    /// Something to do that the clock would not.
    fn fault(&mut self) -> Option<Action> {
        let cluster = self.simulation.cluster();
        let nodes: Vec<NodeId> = cluster.nodes().collect();
        let node = *self.draws.pick(&nodes)?;
        let candidates = match self.draws.between(0, 19) {
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
            _ => nodes
                .iter()
                .flat_map(|node| [Action::Restart { node: *node }, Action::Resume { node: *node }])
                .collect(),
        };
        let cluster = self.simulation.cluster();
        let possible: Vec<_> = candidates.into_iter().filter(|action| cluster.is_enabled(action)).collect();
        let action = self.draws.pick(&possible)?.clone();
        if matches!(action, Action::Wipe { .. }) {
            self.wipes = self.wipes.checked_sub(1)?;
        }
        Some(action)
    }
}
