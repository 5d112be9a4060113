use alloc::vec::Vec;

use super::*;
use crate::paxos::{Rule, Rules};
use crate::search::explorer::no_sleep_sets::shape;
use crate::search::explorer::{Budget, PropertyKind, Search, SearchStatus};
use crate::sim::{Action, Cluster};

fn search(rules: Rules, bounds: Bounds) -> Search<PaxosModel> {
    let config = Config { nodes: bounds.servers, rules, ..Config::default() };
    let mut search =
        Search::new(PaxosModel::new(&config, bounds).unwrap(), Budget { states: 2_000_000, bytes: 1 << 30 });
    search.advance(u32::MAX);
    search
}

fn reached(search: &Search<PaxosModel>) -> Vec<&'static str> {
    let named = PROPERTIES.iter().enumerate().filter(|(at, _)| search.witness(*at).is_some());
    named.map(|(_, property)| property.name).collect()
}

fn config(rules: Rules, bounds: Bounds) -> Config {
    Config { nodes: bounds.servers, rules, ..Config::default() }
}

/// A cluster in the middle of something.
fn midway(rules: Rules, actions: &[Action]) -> (Cluster, Observer) {
    let mut cluster = Cluster::new(&config(rules, Bounds::default())).unwrap();
    let mut observer = Observer::new(&cluster);
    for action in actions {
        let facts = cluster.apply(action).unwrap();
        observer.observe(&cluster, &facts);
    }
    (cluster, observer)
}

/// A search may begin with a cut link or with a server that is down. The link may be mended, and the server may come back and
/// take part: a message in flight to it is not lost.
#[test]
fn a_server_that_cannot_be_reached_to_begin_with_may_be_reached_later() {
    let (one, three) = (NodeId::FIRST, NodeId::new(3).unwrap());
    let bounds = Bounds { values: 1, ballots: 1, ballots_each: 1, ..Bounds::default() };
    let whole = shape(PaxosModel::new(&config(Rules::default(), bounds), bounds).unwrap(), u32::MAX);
    let cut = [Action::Isolate { node: three }, Action::Isolate { node: one }];
    let (cluster, observer) = midway(Rules::default(), &cut);
    let model = PaxosModel::from_present(&cluster, &observer, Rules::default(), bounds);
    assert_eq!(shape(model, u32::MAX), whole);
    // Two of three are down: without one of them coming back nothing is chosen.
    let two = NodeId::new(2).unwrap();
    let down = [Action::Crash { node: two }, Action::Crash { node: three }];
    let (cluster, observer) = midway(Rules::default(), &down);
    let model = PaxosModel::from_present(&cluster, &observer, Rules::default(), bounds);
    let (status, _, firsts) = shape(model, u32::MAX);
    assert_eq!(status, SearchStatus::Complete);
    assert!(firsts[3].is_some(), "a value is chosen");
    // One comes back only after the proposer has asked it: the prepare waits for it.
    let asked = "blue".parse().unwrap();
    let down =
        [Action::Propose { node: one, value: asked }, Action::Crash { node: two }, Action::Crash { node: three }];
    let (mut cluster, mut observer) = midway(Rules::default(), &down);
    while let Some(action) = settle_io(&cluster, one) {
        let facts = cluster.apply(&action).unwrap();
        observer.observe(&cluster, &facts);
    }
    let bounds = Bounds { values: 0, ballots: 0, ballots_each: 0, ..bounds };
    let model = PaxosModel::from_present(&cluster, &observer, Rules::default(), bounds);
    let (status, _, firsts) = shape(model, u32::MAX);
    assert_eq!(status, SearchStatus::Complete);
    assert!(firsts[3].is_some(), "a value is chosen");
}

/// A search that reaches nothing would find nothing wrong either.
#[test]
fn with_two_ballots_everything_that_should_be_possible_is_and_nothing_else() {
    let search = search(Rules::default(), Bounds { ballots: 2, ballots_each: 2, ..Bounds::default() });
    assert_eq!(search.status(), SearchStatus::Complete);
    assert_eq!((search.states(), search.depth()), (8669, 18));
    let possible: Vec<_> = PROPERTIES
        .iter()
        .filter(|property| property.kind == PropertyKind::Sometimes)
        .map(|property| property.name)
        .collect();
    assert_eq!(reached(&search), possible);
}

#[test]
fn with_one_ballot_a_value_is_chosen_once() {
    let search = search(Rules::default(), Bounds { ballots: 1, ballots_each: 1, ..Bounds::default() });
    assert_eq!((search.status(), search.states(), search.depth()), (SearchStatus::Complete, 105, 10));
    assert!(!reached(&search).contains(&"a value is chosen in two ballots"));
}

/// What loses, duplicates or crashes within the bounds breaks nothing while the rules hold.
#[test]
fn faults_break_nothing() {
    let two = Bounds { ballots: 2, ballots_each: 2, ..Bounds::default() };
    for bounds in [
        Bounds { losses: 1, ..two },
        Bounds { duplicates: 1, ..two },
        Bounds { crashes: 1, ..two },
        Bounds { wipes: 1, ..two },
    ] {
        let search = search(Rules::default(), bounds);
        assert_eq!(search.status(), SearchStatus::Complete, "{bounds}");
        assert!(search.states() > 8669, "{bounds}");
    }
}

#[test]
fn a_rule_about_crashes_does_not_matter_where_nothing_crashes() {
    let bounds = Bounds { ballots: 2, ballots_each: 2, ..Bounds::default() };
    for rule in [Rule::RecoverState, Rule::PersistBeforeReply, Rule::WipedStaysSilent] {
        assert_eq!(search(Rules::without(&[rule]), bounds).status(), SearchStatus::Complete, "{}", rule.as_str());
    }
}

#[test]
fn bounds_read_as_a_sentence() {
    let text = |bounds: Bounds| alloc::format!("{bounds}");
    assert_eq!(text(Bounds::default()), "3 servers, 2 values, 3 ballots");
    let bounds = Bounds { crashes: 1, losses: 2, wipes: 1, ..Bounds::default() };
    assert_eq!(text(bounds), "3 servers, 2 values, 3 ballots, 1 crash, 1 lost disk, 2 losses");
}
