//! Clients in the world: what they may do, and a log that works.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::json::FromJson;
use crate::sim::{Action, Conditions, Config, LogConfig, Schedule};

fn config(log: LogConfig) -> Config {
    Config { protocol: ProtocolKind::Log, log, ..Config::default() }
}

fn action(json: &str) -> Action {
    Action::from_json(&serde_json::from_str(json).unwrap(), "action").unwrap()
}

/// A world that follows its clock.
struct World {
    cluster: Cluster,
    schedule: Schedule,
    facts: Vec<Fact>,
}

impl World {
    fn new(config: &Config) -> Self {
        let cluster = Cluster::new(config).unwrap();
        let mut schedule = Schedule::new(config);
        schedule.begin(&cluster);
        Self { cluster, schedule, facts: Vec::new() }
    }

    fn apply(&mut self, action: &Action) {
        let facts = self.cluster.apply(action).unwrap();
        self.schedule.observe(&self.cluster, &facts);
        self.facts.extend(facts);
    }

    /// Follows the clock up to a time, in milliseconds.
    fn run(&mut self, until: u64) {
        while let Some((at, action)) = self.schedule.next(&self.cluster)
            && at <= until
        {
            self.schedule.advance(at);
            self.apply(&action);
        }
    }

    fn answers(&self) -> Vec<&Reply> {
        let replies = self.facts.iter().filter_map(|fact| match fact {
            Fact::Client(ClientFact::Answered { reply, .. }) => Some(reply),
            _ => None,
        });
        replies.collect()
    }
}

#[test]
fn a_request_is_answered_and_every_server_comes_to_hold_the_same_store() {
    let mut world = World::new(&config(LogConfig::default()));
    world.run(500);
    world.apply(&action(r#"{"type":"request","client":"a","op":{"put":["x","1"]}}"#));
    world.run(1_000);
    world.apply(&action(r#"{"type":"request","client":"b","op":{"get":"x"},"node":3}"#));
    world.run(2_000);
    let answers: Vec<_> = world.answers().into_iter().cloned().collect();
    let value = crate::log::Output::Value(Some(Text::new("1").unwrap()));
    let done = |output, slot| Reply::Done { output, slot };
    assert_eq!(answers, [done(crate::log::Output::Done, 1), done(value, 2)]);
    let redirected = |fact: &Fact| matches!(fact, Fact::Client(ClientFact::Redirected { .. }));
    assert!(world.facts.iter().any(redirected), "server 3 does not lead");
    let mut machines = world.cluster.nodes().map(|node| world.cluster.server(node).log().unwrap().machine().clone());
    let first = machines.next().unwrap();
    assert_eq!(first.store().len(), 1);
    assert!(machines.all(|machine| machine == first));
}

#[test]
fn a_workload_asks_by_itself_until_it_ends_and_one_operation_a_client_at_a_time() {
    let workload = Some(Workload { clients: 3, rate: 20, keys: 2 });
    let mut world = World::new(&config(LogConfig { clients: 4, workload, ..LogConfig::default() }));
    world.run(20_000);
    let answered = world.answers().len();
    assert!((200..=420).contains(&answered), "{answered} answers in 20 seconds at 20 a second");
    let asked = |client: u8| {
        let of = ClientId::at(client as usize);
        world.facts.iter().filter(|fact| matches!(fact, Fact::Client(it) if it.client() == of)).count()
    };
    assert!(asked(0) > 50 && asked(1) > 50 && asked(2) > 50);
    assert_eq!(asked(3), 0);
    world.apply(&action(r#"{"type":"workload","rate":0}"#));
    world.run(22_000);
    let then = world.answers().len();
    world.run(30_000);
    assert_eq!(world.answers().len(), then);
}

/// What is said again is the very same message: a heartbeat, a vote, an answer. It must not meet the same luck for ever.
#[test]
fn what_is_said_again_may_arrive_although_it_was_lost_before() {
    let workload = Some(Workload { clients: 2, rate: 20, keys: 2 });
    let network = Conditions { loss: crate::sim::Probability::thousandths(100).unwrap(), ..Conditions::default() };
    for seed in 0..10 {
        let log = LogConfig { workload, ..LogConfig::default() };
        let mut world = World::new(&Config { seed, network, ..config(log) });
        world.run(10_000);
        world.apply(&action(r#"{"type":"workload","rate":0}"#));
        world.run(120_000);
        assert!(!world.answers().is_empty());
        assert!(world.cluster.clients().all(|client| client.waiting().is_none()), "seed {seed}");
    }
}

/// A cut between two servers is none between servers and clients, however many clients there are.
#[test]
fn the_last_of_many_clients_is_answered_and_cut_off_like_the_first() {
    let workload = Some(Workload { clients: 150, rate: 400, keys: 2 });
    let mut world = World::new(&config(LogConfig { clients: 150, workload, ..LogConfig::default() }));
    world.apply(&action(r#"{"type":"cut","from":2,"to":1}"#));
    world.run(3_000);
    let last = ClientId::at(149).unwrap();
    let asked = |world: &World| world.cluster.clients.get(last).unwrap().seq();
    assert!(asked(&world) > 1);
    world.cluster.clients().for_each(|client| {
        let cut = world.cluster.nodes().any(|node| world.cluster.network().is_cut(node, client.id()));
        assert!(!cut, "client {}", client.id());
    });
}

#[test]
fn a_leader_that_crashes_is_replaced_and_its_clients_are_answered() {
    let workload = Some(Workload { clients: 2, rate: 10, keys: 2 });
    let mut world = World::new(&config(LogConfig { workload, ..LogConfig::default() }));
    world.run(3_000);
    world.apply(&action(r#"{"type":"crash","node":1}"#));
    let before = world.answers().len();
    world.run(10_000);
    assert!(world.answers().len() > before + 20);
    assert!(world.cluster.clients().all(|client| client.leader() != crate::paxos::NodeId::FIRST));
}

#[test]
fn what_is_refused_is_refused_in_a_sentence() {
    let mut world = World::new(&config(LogConfig::default()));
    world.apply(&action(r#"{"type":"request","client":"a","op":{"get":"x"}}"#));
    world.apply(&action(r#"{"type":"crash","node":2}"#));
    world.apply(&action(r#"{"type":"pause","node":3}"#));
    let refusal = |json: &str| -> String { world.cluster.check(&action(json)).unwrap_err().to_string() };
    for (json, says) in [
        (r#"{"type":"request","client":"a","op":{"get":"x"}}"#, "one operation under way at most"),
        (r#"{"type":"request","client":"c","op":{"get":"x"}}"#, "no such client: this cluster has 2"),
        (r#"{"type":"request","client":"b","op":{"get":"x"},"node":2}"#, "server 2 is down; restart it first"),
        (r#"{"type":"request","client":"b","op":{"get":"x"},"node":3}"#, "server 3 is paused"),
        (r#"{"type":"request","client":"b","op":{"get":"x"},"node":4}"#, "there is no server 4"),
        (r#"{"type":"retry","client":"b"}"#, "it waits for nothing"),
        (r#"{"type":"workload","clients":3,"rate":1}"#, "1 to 2 clients"),
        (r#"{"type":"workload","clients":2,"rate":1001}"#, "1 to 1000 requests a second"),
        (r#"{"type":"workload","rate":0}"#, "there is none"),
        (r#"{"type":"propose","node":1,"value":"blue"}"#, "takes requests of clients, not proposals"),
        (r#"{"type":"cut","from":"a","to":"b"}"#, "clients have no link to each other"),
        (r#"{"type":"cut","from":"c","to":1}"#, "no such client"),
        (r#"{"type":"timeout","node":1,"timer":"retry"}"#, "its timer is not running"),
    ] {
        assert!(refusal(json).contains(says), "{json}: {}", refusal(json));
    }
    let single = Cluster::new(&Config::default()).unwrap();
    for json in [
        r#"{"type":"request","client":"a","op":{"get":"x"}}"#,
        r#"{"type":"workload","clients":1,"rate":1}"#,
        r#"{"type":"rule","rule":"fill-gaps","on":false}"#,
    ] {
        assert!(single.check(&action(json)).is_err(), "{json}");
    }
}

#[test]
fn a_link_of_a_client_can_be_cut_and_what_comes_to_the_cut_is_lost() {
    let mut world = World::new(&config(LogConfig::default()));
    world.run(500);
    world.apply(&action(r#"{"type":"cut","from":1,"to":"a"}"#));
    world.apply(&action(r#"{"type":"request","client":"a","op":{"append":["x","1"]}}"#));
    world.run(700);
    assert!(world.answers().is_empty(), "the answer is lost");
    world.apply(&action(r#"{"type":"heal"}"#));
    world.run(5_000);
    assert_eq!(world.answers().len(), 1, "it has asked again");
    let server = world.cluster.server(crate::paxos::NodeId::FIRST);
    let value = server.log().unwrap().machine().get(&Text::new("x").unwrap()).cloned();
    assert_eq!(value, Text::new("1"), "and it took effect once");
}

#[test]
fn configs_of_a_log_are_read_and_refused() {
    let read = |json: &str| Config::from_json(&serde_json::from_str(json).unwrap(), "config");
    let json = r#"{"protocol":"log","window":3,"election":"timeout","leader":null,"clients":5,
        "workload":{"clients":5,"rate":20,"keys":3},"rules":{"fill-gaps":false,"keep-promise":false}}"#;
    let config = read(json).unwrap();
    assert_eq!((config.log.window, config.log.leader, config.log.clients), (3, None, 5));
    assert!(!config.log.rules.on(crate::log::Rule::FillGaps) && !config.rules.on(crate::paxos::Rule::KeepPromise));
    assert_eq!(Config::from_json(&crate::json::Json::from(&config), "config").unwrap(), config);
    let wrong = |json: &str| match read(json) {
        Err(error) => error.to_string(),
        Ok(config) => config.check().unwrap_err().to_string(),
    };
    for (json, says) in [
        (r#"{"window":3}"#, "add \"protocol\": \"log\""),
        (r#"{"rules":{"fill-gaps":false}}"#, "fill-gaps"),
        (r#"{"protocol":"log","window":0}"#, "a window is 1 to 1000 slots"),
        (r#"{"protocol":"log","window":1001}"#, "1001"),
        (r#"{"protocol":"log","clients":151}"#, "1 to 150 clients"),
        (r#"{"protocol":"log","leader":4}"#, "server 4 cannot lead first"),
        (r#"{"protocol":"log","workload":{"clients":3,"rate":1}}"#, "1 to 2 clients"),
        (r#"{"protocol":"log","election":"raft"}"#, "one of content, timeout"),
    ] {
        assert!(wrong(json).contains(says), "{json}: {}", wrong(json));
    }
}
