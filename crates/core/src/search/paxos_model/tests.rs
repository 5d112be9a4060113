use alloc::vec::Vec;

use super::*;
use crate::paxos::{Rule, Rules};
use crate::search::explorer::no_sleep_sets::{NoSleepSets, shape};
use crate::search::explorer::{Budget, PropertyKind, Search, SearchStatus};
use crate::sim::{Action, Cluster};

type Shape = (SearchStatus, Vec<u32>, Vec<Option<usize>>);

/// As many states as a test looks at that compares many searches.
const STATES: u32 = 10_000;

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

/// Every rule alone, with and without faults, and the ordinary rules.
fn samples() -> Vec<(Rules, Bounds)> {
    let mut samples: Vec<_> = Rule::ALL
        .into_iter()
        .map(|rule| (Rules::without(&[rule]), Bounds::for_rules(Rules::without(&[rule]))))
        .collect();
    let two = Bounds { ballots: 2, ballots_each: 2, ..Bounds::default() };
    for rule in [None, Some(Rule::KeepPromise), Some(Rule::PersistPromise), Some(Rule::RecoverPromise)] {
        let rules = Rules::without(rule.as_slice());
        samples.push((rules, two));
        samples.push((rules, Bounds { crashes: 1, duplicates: 1, ..two }));
        samples.push((rules, Bounds { wipes: 1, losses: 1, ..two }));
        samples.push((rules, Bounds { crashes: 2, ..two }));
        samples.push((rules, Bounds { ballots: 3, ballots_each: 1, proposers: 3, ..two }));
    }
    samples
}

fn config(rules: Rules, bounds: Bounds) -> Config {
    Config { nodes: bounds.servers, rules, ..Config::default() }
}

/// Shape of the model whose reductions were changed.
fn shape_with(rules: Rules, bounds: Bounds, states: u32, change: impl Fn(&mut Reductions)) -> Shape {
    let cluster = Cluster::new(&config(rules, bounds)).unwrap();
    let observer = Observer::new(cluster.settings().sizes);
    let mut reductions = Reductions::new(&cluster, rules, bounds, true);
    change(&mut reductions);
    shape(PaxosModel::with(&cluster, &observer, bounds, reductions), states)
}

fn described(rules: Rules, bounds: Bounds) -> alloc::string::String {
    let off: Vec<_> = rules.off().map(Rule::as_str).collect();
    alloc::format!("{off:?} {bounds}")
}

/// Sleep sets leave out successors that are known, so nothing that is counted can tell.
#[test]
fn sleep_sets_leave_out_no_state() {
    for (rules, bounds) in samples() {
        let model = || PaxosModel::new(&config(rules, bounds), bounds).unwrap();
        let what = described(rules, bounds);
        assert_eq!(shape(NoSleepSets(model()), 60_000), shape(model(), 60_000), "{what}");
    }
}

/// The states of a decomposed server are pairs, and there are as many pairs as states of the whole server.
#[test]
fn a_decomposed_server_can_do_what_a_whole_one_can() {
    for (rules, bounds) in samples() {
        let decomposed = shape_with(rules, bounds, 60_000, |_| {});
        let whole = shape_with(rules, bounds, 60_000, |reductions| reductions.decomposes = false);
        assert_eq!(decomposed, whole, "{}", described(rules, bounds));
    }
}

/// The distance at which each property is violated or reached first, as far as both searches got; without those in `but`.
fn same_firsts(one: &Shape, other: &Shape, but: u32) -> bool {
    let deepest = one.1.len().min(other.1.len());
    let firsts = |shape: &Shape| {
        let kept = shape.2.iter().enumerate().filter(|(property, _)| but >> property & 1 == 0);
        kept.map(|(_, first)| first.filter(|level| *level <= deepest)).collect::<Vec<_>>()
    };
    firsts(one) == firsts(other)
}

/// What a reduction leaves out of a state changes nothing that is asked: with it in, everything is violated or reached first
/// at the same distance.
#[test]
fn a_reduction_hides_no_violation() {
    type Change = (&'static str, fn(&mut Reductions), u32);
    // Crashes commute with deliveries only if other reductions hold.
    let changes: [Change; 5] = [
        ("ballots_are_unique", |it| (it.ballots_are_unique, it.crashes_commute) = (false, false), 0),
        ("refusals_last", |it| (it.refusals_last, it.crashes_commute) = (false, false), 0),
        ("learns_once", |it| it.learns_once = false, 0),
        ("settles", |it| it.settles = false, 0),
        // A vote that travels takes an action to arrive: beliefs come later.
        ("votes_arrive_at_once", |it| (it.votes_arrive_at_once, it.crashes_commute) = (false, false), BELIEFS),
    ];
    for (rules, bounds) in samples() {
        let reductions = Reductions::new(&Cluster::new(&config(rules, bounds)).unwrap(), rules, bounds, true);
        let reduced = shape_with(rules, bounds, STATES, |_| {});
        for (name, change, but) in changes {
            let mut changed = reductions;
            change(&mut changed);
            if changed == reductions {
                continue;
            }
            let full = shape_with(rules, bounds, STATES, change);
            let what = described(rules, bounds);
            assert!(same_firsts(&reduced, &full, but), "{name} {what}: {reduced:?} {full:?}");
        }
    }
}

/// Each server's learner may be the one that hears of votes, also a server that proposes.
#[test]
fn every_learner_is_as_good_as_the_listener() {
    for (rules, bounds) in samples() {
        let listening = |node: Option<NodeId>| {
            shape_with(rules, bounds, STATES, |it| {
                (it.votes_arrive_at_once, it.crashes_commute, it.decomposes) = (false, false, false);
                it.listener = node.filter(|_| it.listens()).or(it.listener);
            })
        };
        let last = listening(None);
        for node in 1..bounds.servers {
            let other = listening(NodeId::new(node));
            assert!(same_firsts(&last, &other, 0), "{node} {}: {last:?} {other:?}", described(rules, bounds));
        }
    }
}

/// A path leads to every state, although the table has learned nothing about events that were left out.
#[test]
fn every_state_has_its_path() {
    for (rules, bounds) in samples() {
        let model = PaxosModel::new(&config(rules, bounds), bounds).unwrap();
        let mut search = Search::stopping_at(model, Budget { states: 20_000, ..Budget::UNLIMITED }, 0);
        search.advance(u32::MAX);
        for state in (0..search.states()).rev().step_by(7) {
            assert_eq!(search.path(state).len() + 1, search.level(state));
        }
    }
}

/// A cluster in the middle of something.
fn midway(rules: Rules, actions: &[Action]) -> (Cluster, Observer) {
    let mut cluster = Cluster::new(&config(rules, Bounds::default())).unwrap();
    let mut observer = Observer::new(cluster.settings().sizes);
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
