//! A thing always has the same menu: what is not possible stays in its place, with the reason.

use quorum_core::paxos::NodeId;
use quorum_core::run::History;
use quorum_core::scenario::RandomRun;
use quorum_core::sim::{Action, Config, MessageId, Target};
use serde_json::Value;

const WORLDS: u64 = 60;
const MOMENTS: u32 = 30;

/// The places of a menu: in each, the names that are ever shown there.
const SERVER: [&str; 11] = [
    "Propose…",
    "Crash",
    "Restart",
    "Pause|Resume",
    "Isolate|Rejoin",
    "Retry now",
    "Write now",
    "Sync now",
    "Send now",
    "Find out",
    "Wipe disk",
];
const MESSAGE: [&str; 5] = ["Deliver now", "Drop", "Duplicate", "Hold|Release", "Send now"];
const LINK: [&str; 2] = ["Cut", "Mend"];

/// Checks a menu, and counts what was possible and what was not.
fn check(world: &RandomRun, target: Target, places: &[&str], seen: &mut [u32; 2]) {
    let menu = serde_json::to_value(world.simulation().choices(target)).unwrap();
    let menu = menu.as_array().unwrap();
    assert_eq!(menu.len(), places.len(), "{target:?} has another number of choices: {menu:?}");
    let mut keys: Vec<_> = menu.iter().filter_map(|choice| choice["key"].as_str()).collect();
    assert_eq!(keys.len(), menu.len(), "every choice has a key: {menu:?}");
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), menu.len(), "two choices share a key: {menu:?}");
    for (choice, names) in menu.iter().zip(places) {
        let name = choice["name"].as_str().unwrap();
        assert!(names.split('|').any(|known| known == name), "{name} stands where {names} belongs");
        let why = &choice["why"];
        seen[usize::from(why.is_null())] += 1;
        assert!(*why == Value::Null || why.as_str().is_some_and(|why| why.ends_with('.')), "{why} is no sentence");
    }
}

#[test]
fn a_menu_has_the_same_places_at_every_moment_of_every_world() {
    let (mut servers, mut messages, mut links) = ([0; 2], [0; 2], [0; 2]);
    for seed in 0..WORLDS {
        let mut world = RandomRun::new(seed);
        for _ in 0..MOMENTS {
            world.disturb(7, &mut |_| ());
            let cluster = world.simulation().cluster();
            let nodes: Vec<_> = cluster.nodes().collect();
            for node in &nodes {
                check(&world, Target::Node(*node), &SERVER, &mut servers);
            }
            for (from, to) in cluster.links() {
                check(&world, Target::Link(from, to), &LINK, &mut links);
            }
            let flying = cluster.network().in_flight().map(|envelope| envelope.id);
            let waiting = nodes.iter().flat_map(|node| cluster.server(*node).outbox()).map(|out| out.message.id);
            let ids: Vec<MessageId> = flying.chain(waiting).collect();
            for id in ids {
                check(&world, Target::Message(id), &MESSAGE, &mut messages);
            }
        }
    }
    for seen in [servers, messages, links] {
        assert!(seen.iter().all(|times| *times > 100), "some were possible and some were not: {seen:?}");
    }
}

#[test]
fn a_server_is_offered_to_rejoin_once_all_of_its_links_are_cut() {
    let mut history = History::new(Config { nodes: 3, ..Config::default() }).unwrap();
    let node = |number: u32| NodeId::new(number).unwrap();
    let mut listed = |actions: &[Action]| {
        for action in actions {
            history.apply(action).unwrap();
        }
        let menu = serde_json::to_value(history.now().choices(Target::Node(node(1)))).unwrap();
        menu[4].clone()
    };
    let cut = |from: u32, to: u32| Action::Cut { from: node(from).into(), to: node(to).into() };
    let is = |choice: &Value, name: &str| choice["name"] == name && choice["why"].is_null();
    assert!(is(&listed(&[]), "Isolate"));
    assert!(is(&listed(&[cut(1, 2)]), "Isolate"), "one direction of one link");
    assert!(is(&listed(&[cut(2, 1), cut(1, 3)]), "Isolate"), "it still hears one server");
    assert!(is(&listed(&[cut(3, 1)]), "Rejoin"), "nothing gets to it or away from it");
}
