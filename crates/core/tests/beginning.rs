//! A run that begins in the middle of another one, in the simulated world alone: it goes on as that one did, from its file, too;
//! and a file that cannot be is refused with a sentence.

use std::sync::Arc;

use quorum_core::check::Judged;
use quorum_core::json::{FromJson, Json};
use quorum_core::log::{Checkpoint, Role, Snapshots};
use quorum_core::paxos::NodeId;
use quorum_core::run::Simulation;
use quorum_core::sim::{Action, Beginning, Begun, Config, LogConfig, ProtocolKind, Timer, UnderWay, Workload};

fn config(seed: u64) -> Config {
    let workload = Some(Workload { clients: 2, rate: 60, keys: 2 });
    let snapshots = seed.is_multiple_of(2).then_some(Snapshots { every: 10, keep: 4 });
    // Two clients ask, so each of them is forgotten again and again where one is remembered.
    let sessions = seed.is_multiple_of(3).then_some(1);
    let log = LogConfig { clients: 3, workload, snapshots, sessions, ..LogConfig::default() };
    Config { seed, nodes: 3 + 2 * (seed % 2) as u32, protocol: ProtocolKind::Log, log, ..Config::default() }
}

/// What a simulation is at the next moment at which nothing waits for a disk; what clients say to servers is lost.
fn beginning(simulation: &mut Simulation) -> Beginning {
    let nodes: Vec<NodeId> = simulation.cluster().nodes().collect();
    while nodes.iter().any(|node| !simulation.cluster().server(*node).outbox().is_empty()) {
        let node = *nodes.iter().find(|node| !simulation.cluster().server(**node).outbox().is_empty()).unwrap();
        let _ = simulation.apply(&Action::Sync { node });
        simulation.apply(&Action::Flush { node }).unwrap();
    }
    let cluster = simulation.cluster();
    let servers = nodes.iter().map(|node| {
        let server = cluster.server(*node);
        let durable = server.disk().durable().log().unwrap().clone();
        let timers = server.timers().filter_map(|timer| if let Timer::Log(timer) = timer { Some(timer) } else { None });
        match server.log() {
            Some(replica) => Checkpoint::of(replica, durable, timers.collect()),
            None => Checkpoint::down(durable),
        }
    });
    let messages = cluster.network().in_flight().filter_map(|envelope| {
        let (from, to) = (envelope.from.server()?, envelope.to.server()?);
        Some(UnderWay { from, to, message: envelope.message.log()?.clone() })
    });
    let clients = cluster.clients().map(|client| {
        let command = client.waiting().map(|waiting| &waiting.command);
        let since = command.map_or_else(|| client.since(), |command| command.since);
        Begun { seq: client.seq(), waiting: command.map(|command| command.op.clone()), since }
    });
    Beginning { servers: servers.collect(), clients: clients.collect(), messages: messages.collect() }
}

fn begun(config: &Config, begins: Beginning) -> Config {
    let log = LogConfig { begins: Some(Arc::new(begins)), ..config.log.clone() };
    Config { log, ..config.clone() }
}

#[test]
fn a_run_goes_on_from_the_middle_and_its_clients_are_judged() {
    for seed in 0..24 {
        let config = config(seed);
        let mut simulation = Simulation::new(config.clone()).unwrap();
        for step in 0..400 + 90 * seed {
            if step == 300 {
                let node = NodeId::new(1 + (seed % 3) as u32).unwrap();
                simulation.apply(&Action::Crash { node }).unwrap();
            }
            simulation.step();
        }
        let begins = beginning(&mut simulation);
        let middle = begun(&config, begins.clone());
        let mut again = Simulation::new(middle.clone()).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for node in again.cluster().nodes() {
            let (here, there) = (again.cluster().server(node), simulation.cluster().server(node));
            assert_eq!(here.log(), there.log(), "seed {seed}: server {node} is what it was");
            assert!(here.timers().eq(there.timers()));
        }
        // From its file it is the same.
        let text = serde_json::to_string(&Json::from(&middle)).unwrap();
        let read = Config::from_json(&serde_json::from_str(&text).unwrap(), "config").unwrap();
        assert_eq!(read, middle);
        for _ in 0..2_500 {
            again.step();
        }
        assert!(again.violations().is_empty(), "seed {seed}: {:?}", again.violations());
        let observer = again.observer().log().unwrap();
        assert_eq!(observer.judged(), Judged::Linearizable, "seed {seed}");
        let answered = observer.history().filter(|operation| operation.returned.is_some()).count();
        assert!(answered > 20, "seed {seed}: {answered} operations were answered");
    }
}

/// The files of a run that begins in the middle, with something in them that cannot be.
#[test]
fn a_beginning_that_cannot_be_is_refused_with_a_sentence() {
    let config = config(2);
    let mut simulation = Simulation::new(config.clone()).unwrap();
    (0..2_000).for_each(|_| drop(simulation.step()));
    let middle = begun(&config, beginning(&mut simulation));
    let json: serde_json::Value = serde_json::to_value(Json::from(&middle)).unwrap();
    let refusal = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json = json.clone();
        change(&mut json);
        let json: Json = serde_json::from_value(json).unwrap();
        match Config::from_json(&json, "config") {
            Err(error) => error.to_string(),
            Ok(config) => Simulation::new(config).map(drop).unwrap_err().to_string(),
        }
    };
    let server = "/begins/servers/0";
    let at = |path: &'static str, value: serde_json::Value| {
        refusal(&move |json| *json.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value.clone())
    };
    assert!(at("/nodes", 5.into()).contains("with 3 servers: it cannot have 5"));
    assert!(at("/clients", 2.into()).contains("with 3 clients: it cannot have 2"));
    assert!(at("/begins/servers/0/memory/applied", 90_000.into()).contains("\"learned\" must be"));
    assert!(at("/begins/servers/0/memory/heardTo", 9_000_000_000_u64.into()).contains("more than 1000000 slots apart"));
    assert!(at("/begins/servers/0/memory/leader", 9.into()).contains("speaks of a server beyond the 3"));
    assert!(at("/begins/servers/0/memory/hearing/tick", 0.into()).contains("have come by now"));
    assert!(at("/begins/servers/0/timers", serde_json::json!(["tea"])).contains("is one of heartbeat"));
    assert!(at("/begins/servers/0/commands", serde_json::json!([])).contains("\"entry\" must be a whole number"));
    assert!(at("/begins/servers/0/disk/votes", serde_json::json!([[[1, 1], 0, [0]]])).contains("from 1 to"));
    assert!(at("/begins/servers/0/memory/known", serde_json::json!([])).contains("a list of rows of 3"));
    assert!(
        at("/begins/messages", serde_json::json!([{"from": 1, "to": 2, "message": {"kind": "tea", "commands": []}}]))
            .contains("kind")
    );
    assert!(json.pointer(server).is_some());
    let single = refusal(&|json| json["protocol"] = "single".into());
    assert!(single.contains("a field of a replicated log"), "{single}");
}

/// Goes on for so many steps, and returns how many operations were answered, and the verdict on them.
fn goes_on(config: Config, steps: u32) -> (usize, Judged) {
    let mut simulation = Simulation::new(config).unwrap_or_else(|error| panic!("{error}"));
    let nodes: Vec<NodeId> = simulation.cluster().nodes().collect();
    for node in nodes {
        // Those that are down come back.
        let _ = simulation.apply(&Action::Restart { node });
    }
    (0..steps).for_each(|_| drop(simulation.step()));
    assert!(simulation.violations().is_empty(), "{:?}", simulation.violations());
    let observer = simulation.observer().log().unwrap();
    (observer.history().filter(|operation| operation.returned.is_some()).count(), observer.judged())
}

/// All servers are down, and only their disks know what clients were answered. What is read then was written before: the history
/// must not be judged before everything of before is applied.
#[test]
fn what_was_written_before_the_beginning_explains_what_is_read_after_it() {
    for seed in 0..8 {
        let config = config(seed);
        let mut simulation = Simulation::new(config.clone()).unwrap();
        (0..1_500).for_each(|_| drop(simulation.step()));
        let mut begins = beginning(&mut simulation);
        for server in &mut begins.servers {
            *server = Checkpoint::down(server.durable.clone());
        }
        begins.messages.clear();
        let (answered, judged) = goes_on(begun(&config, begins), 3_000);
        assert!(answered > 20 && judged == Judged::Linearizable, "seed {seed}: {answered} answered, {judged:?}");
    }
}

/// A command that nobody waits for any more may still take effect, from a leader's queue.
#[test]
fn what_nobody_waits_for_may_still_take_effect() {
    let (mut tried, mut decided) = (0, 0);
    for seed in 0..40 {
        let workload = Some(Workload { clients: 6, rate: 1000, keys: 1 });
        let log = LogConfig { clients: 6, window: 1, workload, ..LogConfig::default() };
        let config = Config { seed, protocol: ProtocolKind::Log, log, ..Config::default() };
        let mut simulation = Simulation::new(config.clone()).unwrap();
        (0..900 + 7 * seed).for_each(|_| drop(simulation.step()));
        let mut begins = beginning(&mut simulation);
        let leads = |node: &NodeId| matches!(simulation.cluster().server(*node).log().unwrap().role(), Role::Leader(_));
        let Some(leader) = simulation.cluster().nodes().find(leads) else { continue };
        let Role::Leader(leader) = simulation.cluster().server(leader).log().unwrap().role() else { continue };
        let Some(command) = leader.queue().iter().find(|command| !command.op.only_reads()) else { continue };
        begins.clients[command.client.index()].waiting = None;
        tried += 1;
        let (answered, judged) = goes_on(begun(&config, begins), 1_500);
        assert!(answered > 20 && judged != Judged::Not, "seed {seed}: {answered} answered");
        decided += u32::from(judged == Judged::Linearizable);
    }
    assert!(tried > 5 && decided > 5, "{decided} of {tried} were decided");
}
