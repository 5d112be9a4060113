//! Random worlds: every fault at once, from one number.
//!
//! A world is a random config and a driver that mostly follows the clock and often does not: it crashes, wipes, pauses,
//! cuts, holds, duplicates, reorders, fires timers early and cuts the power, whatever is possible. Safety must hold
//! throughout. Then the world is healed, and must agree within a bound. The same seed makes the same world
//! everywhere; what was done in it is an ordinary [`Run`].

use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "log")]
use crate::log::ClientId;
use crate::paxos::{self, NodeId, NodeSet, Role, Rule, Rules, Scheme, Value};
use crate::run::{Event, EventKind, History, Run, Simulation};
use crate::sim::{
    Action, Conditions, Config, Counter, Fact, Probability, QuorumSpec, ServerStatus, Target, Time, Trace,
};

/// A healed world in which every server can be heard must have agreed, and every server know it, this many simulated
/// milliseconds later. About twice what the slowest of ten thousand worlds needs.
pub const CONVERGES_WITHIN: Time = 20_000;

/// Clients of a healed world ask this often at most.
const ASK_AT_MOST: u32 = 100;

/// Why a healed world does not come to agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unconverged {
    /// No server that may propose has a ballot left that the others would hear of: each has used up its range, or others
    /// have promised a higher one. That is a limit of the scheme `ranges`, and no fault of the protocol.
    OutOfBallots(Vec<NodeId>),
    /// These servers do not come to know what is chosen, and nothing excuses it.
    Ignorant(Vec<NodeId>),
    /// These clients of a log are not answered.
    #[cfg(feature = "log")]
    Unanswered(Vec<ClientId>),
    /// These servers do not come to apply what others have applied.
    #[cfg(feature = "log")]
    Behind(Vec<NodeId>),
}

/// A run that is made up as it goes, of any protocol.
pub trait RandomWorld {
    /// The world now.
    fn simulation(&self) -> &Simulation;

    /// The run so far.
    fn run(&self) -> Run;

    /// Lets so many steps happen, good and bad. Stops at the first violation.
    fn disturb(&mut self, steps: u32, seen: &mut dyn FnMut(Event));

    /// Mends everything that can be mended, and waits until the world is as it must come to be. Says how long it took, in
    /// simulated milliseconds.
    ///
    /// # Errors
    /// What is not so after a stated time.
    fn converge(&mut self, seen: &mut dyn FnMut(Event)) -> Result<Time, Unconverged>;
}

impl RandomWorld for RandomRun {
    fn simulation(&self) -> &Simulation {
        self.simulation()
    }

    fn run(&self) -> Run {
        self.run()
    }

    fn disturb(&mut self, steps: u32, seen: &mut dyn FnMut(Event)) {
        self.disturb(steps, seen);
    }

    fn converge(&mut self, seen: &mut dyn FnMut(Event)) -> Result<Time, Unconverged> {
        self.converge(seen)
    }
}

impl fmt::Display for Unconverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |nodes: &[NodeId]| match nodes {
            [node] => alloc::format!("server {node}"),
            _ => alloc::format!("servers {}", nodes.iter().copied().collect::<NodeSet>()),
        };
        match self {
            Self::OutOfBallots(nodes) => write!(
                f,
                "its ballots are used up: of {}, none has a ballot left that is high enough to be promised",
                list(nodes)
            ),
            Self::Ignorant(nodes) => write!(
                f,
                "once everything is healed, {} never {} what is chosen",
                list(nodes),
                if nodes.len() == 1 { "learns" } else { "learn" }
            ),
            #[cfg(feature = "log")]
            Self::Unanswered(clients) => {
                let names: Vec<_> = clients.iter().map(|client| alloc::format!("client {client}")).collect();
                let verb = if names.len() == 1 { "is" } else { "are" };
                write!(f, "once everything is healed, {} {verb} never answered", names.join(" and "))
            }
            #[cfg(feature = "log")]
            Self::Behind(nodes) => write!(
                f,
                "once everything is healed, {} never {} what others have applied",
                list(nodes),
                if nodes.len() == 1 { "applies" } else { "apply" }
            ),
        }
    }
}

/// A run that is made up as it goes.
#[derive(Clone, Debug)]
pub struct RandomRun {
    history: History,
    draws: Counter,
    wipes: u32,
}

impl RandomRun {
    /// The world of this seed, at its beginning: 3 to 7 servers, lossy and slow links, majorities or flexible quorums,
    /// either ballot scheme.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::under(seed, Rules::default())
    }

    /// The same world under other rules. Where some are off, there are worlds in which server 1 proposes and does not vote,
    /// and only server 2 proposes beside it: what a proposer has to remember is then not what an acceptor beside it remembers.
    #[must_use]
    pub fn under(seed: u64, rules: Rules) -> Self {
        let mut draws = Counter::new(seed);
        let nodes = draws.between(3, 7);
        let apart = !rules.all_on() && draws.between(0, 3) == 0;
        let voters = if apart { nodes - 1 } else { nodes };
        let phase2 = draws.between(1, voters);
        let latency = draws.between(1, 40);
        let chance =
            |draws: &mut Counter, most| Probability::thousandths(draws.between(0, most) as u16).unwrap_or_default();
        let config = Config {
            nodes,
            seed,
            quorums: match draws.between(0, 3) {
                0 => QuorumSpec::Sizes { phase1: voters + 1 - phase2, phase2 },
                _ => QuorumSpec::Majority,
            },
            ballots: if draws.between(0, 3) == 0 { Scheme::Ranges } else { Scheme::Rounds },
            network: Conditions {
                loss: chance(&mut draws, 300),
                duplicate: chance(&mut draws, 300),
                latency: (latency, latency + draws.between(0, 100)),
            },
            disk: (0, draws.between(0, 20)),
            roles: apart.then(|| separate_roles(nodes)),
            rules,
            ..Config::default()
        };
        let history = History::new(config).unwrap_or_else(|error| panic!("world {seed}: {error}"));
        let quorums = history.now().cluster().settings().quorums();
        // A wiped server never votes or proposes again. As many can be spared as leave a quorum; none where servers own
        // ranges, because nobody can outbid the promises that the owner of the highest range has collected.
        let wipes = match history.now().config().ballots {
            Scheme::Rounds => voters - quorums.phase1.max(quorums.phase2),
            Scheme::Ranges => 0,
        };
        Self { history, draws, wipes }
    }

    /// The world now.
    #[must_use]
    pub const fn simulation(&self) -> &Simulation {
        self.history.now()
    }

    /// The run so far.
    #[must_use]
    pub fn run(&self) -> Run {
        self.history.run()
    }

    /// Switches a rule, and says what happened.
    pub fn switch(&mut self, rule: Rule, on: bool) -> Vec<Event> {
        self.history.apply(&Action::Rule { rule: rule.into(), on }).map(<[Event]>::to_vec).unwrap_or_default()
    }

    /// Lets so many steps happen, good and bad. Stops at the first violation.
    pub fn disturb(&mut self, steps: u32, mut seen: impl FnMut(Event)) {
        for _ in 0..steps {
            if !self.simulation().violations().is_empty() {
                return;
            }
            let mischief = self.draws.between(0, 99) < 20;
            let happened = match mischief.then(|| self.random_fault()).flatten() {
                Some(action) => self.history.apply(&action).is_ok(),
                None => self.history.step().is_some(),
            };
            if happened {
                self.history.drain_latest().for_each(&mut seen);
            }
        }
    }

    /// Something to do that the clock would not: mostly to servers and messages.
    fn random_fault(&mut self) -> Option<Action> {
        let cluster = self.history.now().cluster();
        let nodes: Vec<NodeId> = cluster.nodes().collect();
        let node = *self.draws.pick(&nodes)?;
        let candidates = match self.draws.between(0, 19) {
            0..=3 => [Action::Propose { node, value: value(self.draws.between(1, 8)) }].into(),
            4..=8 => cluster.candidates(Target::Node(node)),
            9..=15 => {
                let messages: Vec<_> = cluster.network().in_flight().map(|envelope| envelope.id).collect();
                cluster.candidates(Target::Message(*self.draws.pick(&messages)?))
            }
            16 => cluster.candidates(Target::Link(node.into(), (*self.draws.pick(&nodes)?).into())),
            17 => {
                let groups = self.draws.between(0, 1 << nodes.len());
                let group = nodes.iter().copied().filter(|node| groups >> node.get() & 1 == 1);
                [Action::Partition { groups: [group.collect()].into() }].into()
            }
            18 => [Action::Heal].into(),
            _ if self.draws.between(0, 9) == 0 => [Action::PowerCut].into(),
            _ => nodes.iter().map(|node| Action::Restart { node: *node }).collect(),
        };
        let cluster = self.simulation().cluster();
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

    /// Mends everything that can be mended, and waits until every server knows what is chosen; clients keep asking.
    /// Says how long it took, in simulated milliseconds.
    ///
    /// # Errors
    /// Why some server does not know after [`CONVERGES_WITHIN`].
    pub fn converge(&mut self, mut seen: impl FnMut(Event)) -> Result<Time, Unconverged> {
        // Who has said, since last it began a ballot, that it cannot begin another.
        let mut exhausted = NodeSet::default();
        let mut seen = |event: Event| {
            if let EventKind::Fact(Fact::Did { node, trace: Trace::Paxos(trace) }) = &event.kind {
                match trace {
                    paxos::Trace::BallotsExhausted(_) => drop(exhausted.insert(*node)),
                    paxos::Trace::Prepares { .. } => drop(exhausted.remove(*node)),
                    _ => {}
                }
            }
            seen(event);
        };
        self.mend().into_iter().for_each(&mut seen);
        let start = self.simulation().schedule().now();
        let mut asked = 0;
        let ignorant = loop {
            let passed = self.simulation().schedule().now() - start;
            let ignorant = self.ignorant();
            if ignorant.is_empty() {
                return Ok(passed);
            }
            if passed > CONVERGES_WITHIN || asked > ASK_AT_MOST || !self.simulation().violations().is_empty() {
                break ignorant;
            }
            if self.history.step().is_some() {
                self.history.drain_latest().for_each(&mut seen);
            } else {
                asked += 1;
                self.ask_everyone().into_iter().for_each(&mut seen);
            }
        };
        let proposers = self.proposers();
        let is_safe = self.simulation().violations().is_empty();
        if is_safe && !proposers.is_empty() && proposers.iter().all(|node| exhausted.contains(*node)) {
            return Err(Unconverged::OutOfBallots(proposers));
        }
        Err(Unconverged::Ignorant(ignorant))
    }

    /// The servers that may propose now: they are up, and know which ballots they have used.
    fn proposers(&self) -> Vec<NodeId> {
        let cluster = self.simulation().cluster();
        let proposes = |node: &NodeId| cluster.server(*node).paxos().is_some_and(|it| it.proposer().is_some());
        cluster.nodes().filter(proposes).collect()
    }

    /// Nothing is left to happen, and somebody does not know: clients ask again. Where servers own ranges of ballots
    /// only the highest is sure to be heard, so they ask everywhere.
    fn ask_everyone(&mut self) -> Vec<Event> {
        let asks = self.simulation().cluster().nodes().map(|node| Action::Propose { node, value: value(9) });
        self.do_what_is_possible(asks)
    }

    fn mend(&mut self) -> Vec<Event> {
        let calm = Probability::default();
        let network = Action::Network { loss: Some(calm), duplicate: Some(calm), latency: None };
        let mut actions = Vec::from([Action::Heal, network]);
        for node in self.simulation().cluster().nodes() {
            actions.push(match self.simulation().cluster().server(node).status() {
                ServerStatus::Down => Action::Restart { node },
                ServerStatus::Up | ServerStatus::Paused => Action::Resume { node },
            });
        }
        let network = self.simulation().cluster().network();
        actions.extend(network.in_flight().map(|envelope| Action::Release { message: envelope.id }));
        self.do_what_is_possible(actions)
    }

    fn do_what_is_possible(&mut self, actions: impl IntoIterator<Item = Action>) -> Vec<Event> {
        let mut events = Vec::new();
        for action in actions {
            events.extend(self.history.apply(&action).unwrap_or_default().iter().cloned());
        }
        events
    }

    fn ignorant(&self) -> Vec<NodeId> {
        let cluster = self.simulation().cluster();
        let knows = |node: &NodeId| {
            let learner = cluster.server(*node).paxos().and_then(|replica| replica.learner());
            learner.is_none_or(|learner| learner.learned(0).is_some())
        };
        cluster.nodes().filter(|node| !knows(node)).collect()
    }
}

/// Server 1 proposes and learns, server 2 plays all roles, and all others vote and learn.
pub(super) fn separate_roles(nodes: u32) -> Vec<Vec<Role>> {
    let others = (2..nodes).map(|_| [Role::Acceptor, Role::Learner].into());
    [[Role::Proposer, Role::Learner].into(), Role::ALL.into()].into_iter().chain(others).collect()
}

/// Whether a server's disk must not be lost, because nobody else would be left to propose.
pub(super) fn is_spared(config: &Config, action: &Action) -> bool {
    matches!(action, Action::Wipe { node } if config.roles.is_some() && *node == NodeId::FIRST)
}

fn value(number: u32) -> Value {
    let text = alloc::format!("value {number}");
    text.parse().unwrap_or_else(|_| unreachable!("{text} is short"))
}
