//! The steps that the log names are a run of the specification, and that run says all that the cluster says.
//!
//! Here the specification is written down once more, as it stands in Lamport's *Paxos*: sets of messages that only grow,
//! quorums tried one by one. It shares nothing with the way the core keeps its history.

use std::collections::{BTreeMap, BTreeSet};

use quorum_core::check::{SpecAction, SpecActionKind};
use quorum_core::json::{FromJson, Json};
use quorum_core::paxos::{self, Accept, Accepted, Ballot, NodeId, NodeSet, Promise, Quorums, Scheme};
use quorum_core::paxos::{Value, Vote};
use quorum_core::run::{Event, EventKind, Simulation};
use quorum_core::scenario::{RandomRun, SCENARIOS, Scenario};
use quorum_core::sim::{Action, Config, Envelope, Fact, Message, Trace};

type Cast = Option<(Ballot, Value)>;

/// The abstract state: what was said, and `maxBal`, `maxVBal` and `maxVal` of each acceptor.
struct Specification {
    quorums: Quorums,
    proposed: BTreeSet<Value>,
    phase1a: BTreeSet<Ballot>,
    phase1b: BTreeMap<(Ballot, NodeId), Cast>,
    phase2a: BTreeMap<Ballot, Value>,
    phase2b: BTreeSet<(NodeId, Ballot, Value)>,
    promised: BTreeMap<NodeId, Ballot>,
    cast: BTreeMap<NodeId, (Ballot, Value)>,
}

impl Specification {
    fn new(quorums: Quorums) -> Self {
        Self {
            quorums,
            proposed: BTreeSet::new(),
            phase1a: BTreeSet::new(),
            phase1b: BTreeMap::new(),
            phase2a: BTreeMap::new(),
            phase2b: BTreeSet::new(),
            promised: BTreeMap::new(),
            cast: BTreeMap::new(),
        }
    }

    /// Takes a step; whether it was possible.
    fn take(&mut self, step: &SpecAction) -> bool {
        let SpecAction { kind, node, ballot, value, .. } = step;
        match (kind, node, value) {
            (SpecActionKind::Phase1a, None, None) => self.phase1a.insert(*ballot),
            (SpecActionKind::Phase1b, Some(node), None) => {
                let possible = self.phase1a.contains(ballot) && self.promised.get(node) < Some(ballot);
                self.promised.insert(*node, *ballot);
                self.phase1b.insert((*ballot, *node), self.cast.get(node).cloned());
                possible && self.quorums.acceptors.contains(*node)
            }
            (SpecActionKind::Phase2a, None, Some(value)) => {
                let possible = self.quorums().any(|quorum| self.allows(quorum, *ballot, value));
                possible && self.phase2a.insert(*ballot, value.clone()).is_none()
            }
            (SpecActionKind::Phase2b, Some(node), Some(value)) => {
                let possible = self.phase2a.get(ballot) == Some(value) && self.promised.get(node) <= Some(ballot);
                self.promised.insert(*node, *ballot);
                self.cast.insert(*node, (*ballot, value.clone()));
                let new = self.phase2b.insert((*node, *ballot, value.clone()));
                possible && new && self.quorums.acceptors.contains(*node)
            }
            _ => false,
        }
    }

    /// Every set of acceptors that is large enough for phase 1.
    fn quorums(&self) -> impl Iterator<Item = NodeSet> {
        let acceptors: Vec<NodeId> = self.quorums.acceptors.iter().collect();
        let phase1 = self.quorums.phase1;
        (0_u32..1 << acceptors.len()).filter(move |bits| bits.count_ones() >= phase1).map(move |bits| {
            let chosen = acceptors.iter().enumerate().filter(|(position, _)| bits >> position & 1 == 1);
            chosen.map(|(_, node)| *node).collect()
        })
    }

    /// `ShowsSafeAt`: all of the quorum promised, and the highest vote they report, if any, is for the value.
    fn allows(&self, quorum: NodeSet, ballot: Ballot, value: &Value) -> bool {
        let promises: Option<Vec<&Cast>> = quorum.iter().map(|node| self.phase1b.get(&(ballot, node))).collect();
        promises.is_some_and(|promises| match promises.into_iter().flatten().max() {
            Some((_, highest)) => highest == value,
            None => self.proposed.contains(value),
        })
    }

    /// Whether everything that a fact says was said in the specification, too.
    fn says(&self, fact: &Fact) -> bool {
        let voted = |node: &NodeId, vote: &Vote| self.phase2b.contains(&(*node, vote.ballot, vote.value.clone()));
        match fact {
            Fact::Sent(envelope) => match envelope.paxos().unwrap() {
                (_, _, paxos::Message::Prepare(prepare)) => self.phase1a.contains(&prepare.ballot),
                (from, _, paxos::Message::Promise(Promise { ballot, accepted })) => {
                    let report = accepted.last().map(|vote| (vote.ballot, vote.value.clone()));
                    let late = accepted.last().is_some_and(|vote| vote.ballot == *ballot && voted(&from, vote));
                    late || self.phase1b.get(&(*ballot, from)) == Some(&report)
                }
                (_, _, paxos::Message::Accept(Accept(vote))) => self.phase2a.get(&vote.ballot) == Some(&vote.value),
                (from, _, paxos::Message::Accepted(Accepted(vote))) => voted(&from, vote),
                (_, _, paxos::Message::Nack(_)) => true,
            },
            Fact::Durable { node, records, .. } => records.iter().all(|record| match record.paxos().unwrap() {
                paxos::Record::Accepted(vote) => voted(node, vote),
                paxos::Record::Promised(ballot) => self.promised.get(node) >= Some(ballot),
                paxos::Record::Round(_) => true,
            }),
            _ => true,
        }
    }

    /// Follows an event of the cluster.
    fn follow(&mut self, event: &Event) {
        let EventKind::Fact(fact) = &event.kind else {
            return assert!(event.spec.is_empty());
        };
        if let Fact::Did { trace: Trace::Paxos(paxos::Trace::Proposed { value, .. }), .. } = fact {
            self.proposed.insert(value.clone());
        }
        for step in &event.spec {
            assert!(self.take(step.paxos().unwrap()), "step {}: {step:?} is not possible", event.step);
        }
        assert!(self.says(fact), "step {}: {fact:?} says more than {:?}", event.step, event.spec);
    }
}

/// Counts what was followed: a test in which little happens would prove little.
#[derive(Default)]
struct Seen {
    steps: [u32; 4],
    two_at_once: u32,
    late: u32,
}

impl Seen {
    fn see(&mut self, event: &Event) {
        for step in &event.spec {
            self.steps[step.paxos().unwrap().kind as usize] += 1;
        }
        self.two_at_once += u32::from(event.spec.len() > 1);
        if let EventKind::Fact(Fact::Sent(Envelope {
            message: Message::Paxos(paxos::Message::Promise(promise)), ..
        })) = &event.kind
        {
            self.late += u32::from(promise.accepted.last().is_some_and(|vote| vote.ballot == promise.ballot));
        }
    }
}

#[test]
fn a_thousand_random_worlds_are_runs_of_the_specification() {
    let mut seen = Seen::default();
    for seed in 0..1000 {
        let mut world = RandomRun::new(seed);
        let mut specification = Specification::new(world.simulation().cluster().settings().sizes);
        let mut follow = |event: Event| {
            seen.see(&event);
            specification.follow(&event);
        };
        world.disturb(400, &mut follow);
        assert!(world.converge(&mut follow).is_ok(), "world {seed}");
        assert!(world.simulation().violations().is_empty(), "world {seed}");
    }
    assert!(seen.steps.iter().all(|count| *count > 2000), "{:?}", seen.steps);
    assert!(seen.two_at_once > 100, "{}", seen.two_at_once);
    assert!(seen.late > 100, "{}", seen.late);
}

#[test]
fn every_scenario_is_a_run_of_the_specification() {
    for (name, json) in SCENARIOS {
        let scenario = Scenario::from_json(&serde_json::from_str::<Json>(json).unwrap(), "scenario").unwrap();
        let run = scenario.play().unwrap().history.run();
        let mut simulation = Simulation::new(run.config.clone()).unwrap();
        let mut specification = Specification::new(simulation.cluster().settings().sizes);
        let mut interventions = run.interventions.iter().peekable();
        while simulation.steps() < run.length {
            let events = match interventions.next_if(|next| next.step == simulation.steps()) {
                Some(intervention) => simulation.apply(&intervention.action).unwrap(),
                None => simulation.step().unwrap(),
            };
            events.iter().for_each(|event| specification.follow(event));
        }
        assert_eq!(simulation.digest(), run.digest, "{name}");
    }
}

#[test]
fn the_log_of_a_plain_round_names_its_steps_in_order() {
    let mut simulation = Simulation::new(Config::default()).unwrap();
    let propose = Action::Propose { node: NodeId::new(1).unwrap(), value: "blue".parse().unwrap() };
    let mut events = simulation.apply(&propose).unwrap();
    while let Some(more) = simulation.step() {
        events.extend(more);
    }
    let lines: Vec<serde_json::Value> =
        events.iter().map(|event| serde_json::to_value(event.json(Scheme::Rounds)).unwrap()).collect();
    let named: Vec<String> = lines
        .iter()
        .filter(|line| line.get("spec").is_some())
        .map(|line| format!("{} {}", line["event"].as_str().unwrap(), line["spec"].as_str().unwrap()))
        .collect();
    let steps = [
        "sent Phase1a(1.1)",
        "durable Phase1b(1, 1.1)",
        "durable Phase1b(3, 1.1)",
        "durable Phase1b(2, 1.1)",
        "sent Phase2a(1.1, blue)",
        "durable Phase2b(1, 1.1, blue)",
        "durable Phase2b(2, 1.1, blue)",
        "durable Phase2b(3, 1.1, blue)",
    ];
    assert_eq!(named, steps);
    assert!(lines.len() > 5 * steps.len(), "most of what happens is no step");
}
