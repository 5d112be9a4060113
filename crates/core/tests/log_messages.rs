//! What a command costs once a server leads: 2(n−1) messages between servers, exactly, and no phase 1 ever again.

use std::collections::BTreeMap;

use quorum_core::json::FromJson;
use quorum_core::log::Client;
use quorum_core::run::{EventKind, Simulation};
use quorum_core::sim::{Action, ClientFact, Config, Fact};

/// So many commands are counted.
const COMMANDS: u32 = 100;

/// Messages that servers send each other, by kind, until so many commands are answered and nothing of them is under way.
/// Heartbeats are left out: they come however much is asked.
fn messages(servers: u32) -> BTreeMap<&'static str, u32> {
    let config = format!(r#"{{"protocol":"log","nodes":{servers},"clients":2,"seed":5}}"#);
    let config = Config::from_json(&serde_json::from_str(&config).unwrap(), "config").unwrap();
    let mut world = Simulation::new(config).unwrap();
    let (mut counts, mut asked, mut answered) = (BTreeMap::new(), 0, 0);
    let mut last = 0;
    while answered < COMMANDS || world.steps() < last + 100 {
        let waiting = world.cluster().clients().find(|client| client.waiting().is_none()).map(Client::id);
        let ask = waiting.filter(|_| asked < COMMANDS && world.steps() > 100);
        let events = match ask {
            Some(client) => {
                asked += 1;
                let action = format!(r#"{{"type":"request","client":"{client}","op":{{"append":["x","{asked} "]}}}}"#);
                let action = Action::from_json(&serde_json::from_str(&action).unwrap(), "action").unwrap();
                world.apply(&action).unwrap()
            }
            None => world.step().unwrap(),
        };
        for event in &events {
            match &event.kind {
                EventKind::Fact(Fact::Client(ClientFact::Answered { .. })) => {
                    (answered, last) = (answered + 1, event.step);
                }
                EventKind::Fact(Fact::Sent(envelope)) => {
                    let ends = [envelope.from, envelope.to];
                    let between_servers = ends[0] != ends[1] && ends.iter().all(|end| end.server().is_some());
                    if between_servers && envelope.message.kind_name() != "heartbeat" {
                        *counts.entry(envelope.message.kind_name()).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
    }
    assert_eq!((asked, answered), (COMMANDS, COMMANDS));
    counts
}

#[test]
fn a_hundred_commands_cost_four_messages_each_among_three_servers_and_eight_among_five() {
    for servers in [3, 5] {
        let others = servers - 1;
        let expected =
            [("accept", COMMANDS * others), ("accepted", COMMANDS * others), ("prepare", others), ("promise", others)];
        assert_eq!(messages(servers), BTreeMap::from(expected), "{servers} servers");
    }
}
