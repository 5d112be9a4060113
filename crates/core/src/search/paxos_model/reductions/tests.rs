//! Each reduction is taken away, and the search finds the same.

use alloc::{format, string::String, vec::Vec};

use super::super::{BELIEFS, PaxosModel};
use super::*;
use crate::check::Observer;
use crate::search::explorer::no_sleep_sets::{NoSleepSets, shape};
use crate::search::explorer::{Budget, Search, SearchStatus};
use crate::sim::{Action, Config};

/// How a search ended; how many states there are at each distance; at which distance each property is violated or reached first.
type Shape = (SearchStatus, Vec<u32>, Vec<Option<usize>>);

/// What is searched.
#[derive(Clone, Copy)]
struct Sample {
    rules: Rules,
    bounds: Bounds,
    backoff: bool,
}

impl Sample {
    /// Every rule alone, with and without faults, and the ordinary rules.
    fn all() -> Vec<Self> {
        let ordinary = |rules, bounds| Self { rules, bounds, backoff: true };
        let without = |rule| Rules::without(&[rule]);
        let mut samples: Vec<_> =
            Rule::ALL.into_iter().map(|rule| ordinary(without(rule), Bounds::for_rules(without(rule)))).collect();
        let two = Bounds { ballots: 2, ballots_each: 2, ..Bounds::default() };
        for rule in [None, Some(Rule::KeepPromise), Some(Rule::PersistPromise), Some(Rule::RecoverPromise)] {
            let rules = Rules::without(rule.as_slice());
            samples.push(ordinary(rules, two));
            samples.push(ordinary(rules, Bounds { crashes: 1, duplicates: 1, ..two }));
            samples.push(ordinary(rules, Bounds { wipes: 1, losses: 1, ..two }));
            samples.push(ordinary(rules, Bounds { crashes: 2, ..two }));
            samples.push(ordinary(rules, Bounds { ballots: 3, ballots_each: 1, proposers: 3, ..two }));
        }
        let eager = Self { rules: Rules::default(), bounds: two, backoff: false };
        samples.push(eager);
        samples.push(Self { bounds: Bounds { crashes: 1, ..two }, ..eager });
        samples
    }

    fn cluster(self) -> Cluster {
        let Self { rules, bounds, backoff } = self;
        Cluster::new(&Config { nodes: bounds.servers, rules, backoff, ..Config::default() }).unwrap()
    }

    fn reductions(self) -> Reductions {
        Reductions::new(&self.cluster(), self.rules, self.bounds, true)
    }

    fn model(self, reductions: Reductions) -> PaxosModel {
        let cluster = self.cluster();
        PaxosModel::with(&cluster, &Observer::new(&cluster), self.bounds, reductions)
    }

    fn says(self) -> String {
        let off: Vec<_> = self.rules.off().map(Rule::as_str).collect();
        format!("{off:?} {} backoff: {}", self.bounds, self.backoff)
    }
}

/// Sleep sets leave out successors that are known, so nothing that is counted can tell.
#[test]
fn sleep_sets_leave_out_no_state() {
    for sample in Sample::all() {
        let model = || sample.model(sample.reductions());
        assert_eq!(shape(NoSleepSets(model()), 60_000), shape(model(), 60_000), "{}", sample.says());
    }
}

/// A refusal that tells a proposer nothing new may tell it something once the proposer has crashed and forgotten what it saw. So
/// a crash and a delivery at another server are dependent as long as the proposer can begin another ballot.
#[test]
fn sleep_sets_leave_out_no_state_where_a_crash_makes_a_refusal_news() {
    let bounds = Bounds { ballots: 3, ballots_each: 2, crashes: 1, ..Bounds::default() };
    let sample = Sample { rules: Rules::default(), bounds, backoff: true };
    let model = || sample.model(sample.reductions());
    let (without, with) = (shape(NoSleepSets(model()), 400_000), shape(model(), 400_000));
    assert_eq!(without, with);
}

/// A message that waits in an outbox to begin with leaves with the next event at its server, whichever that is.
#[test]
fn sleep_sets_leave_out_no_state_where_an_outbox_is_full_to_begin_with() {
    let rules = Rules::default();
    let bounds = Bounds { values: 1, ballots: 2, ballots_each: 1, crashes: 1, ..Bounds::default() };
    let mut cluster = Cluster::new(&Config { nodes: 3, ..Config::default() }).unwrap();
    let mut observer = Observer::new(&cluster);
    let actions = ["blue", "red"].into_iter().zip(cluster.nodes());
    for action in actions.map(|(text, node)| Action::Propose { node, value: text.parse().unwrap() }).collect::<Vec<_>>()
    {
        let facts = cluster.apply(&action).unwrap();
        observer.observe(&cluster, &facts);
    }
    let model = || PaxosModel::from_present(&cluster, &observer, rules, bounds);
    assert_eq!(shape(NoSleepSets(model()), 60_000), shape(model(), 60_000));
}

/// The states of a decomposed server are pairs, and there are as many pairs as states of the whole server.
#[test]
fn a_decomposed_server_can_do_what_a_whole_one_can() {
    for sample in Sample::all() {
        let reductions = sample.reductions();
        let decomposed = shape(sample.model(reductions), 60_000);
        let whole = shape(sample.model(Reductions { decomposes: false, ..reductions }), 60_000);
        assert_eq!(decomposed, whole, "{}", sample.says());
    }
}

/// How many states a search visits where many searches are compared.
const STATES: u32 = 10_000;

/// Whether everything is violated or reached first at the same distance, as far as both searches got. Properties in the mask
/// `but` may differ.
fn same_firsts(one: &Shape, other: &Shape, but: u32) -> bool {
    let deepest = one.1.len().min(other.1.len());
    let firsts = |shape: &Shape| {
        let kept = shape.2.iter().enumerate().filter(|(property, _)| but >> property & 1 == 0);
        kept.map(|(_, first)| first.filter(|level| *level <= deepest)).collect::<Vec<_>>()
    };
    firsts(one) == firsts(other)
}

/// What a reduction leaves out of a state changes nothing that is asked: without the reduction, everything is violated or
/// reached first at the same distance.
#[test]
fn a_reduction_hides_no_violation() {
    for sample in Sample::all() {
        let all = sample.reductions();
        // Crashes commute with deliveries only where other reductions hold.
        let without = [
            ("ballots_are_unique", Reductions { ballots_are_unique: false, crashes_commute: false, ..all }, 0),
            ("refusals_last", Reductions { refusals_last: false, crashes_commute: false, ..all }, 0),
            ("learns_once", Reductions { learns_once: false, ..all }, 0),
            ("settles", Reductions { settles: false, ..all }, 0),
            // Each role by itself forgets them in any case.
            ("forgets_ballots", Reductions { forgets_ballots: false, decomposes: false, ..all }, 0),
            // A vote that has to be delivered is heard an action later.
            (
                "votes_arrive_at_once",
                Reductions { votes_arrive_at_once: false, crashes_commute: false, ..all },
                BELIEFS,
            ),
        ];
        let reduced = shape(sample.model(all), STATES);
        for (name, reductions, but) in without.into_iter().filter(|(_, reductions, _)| *reductions != all) {
            let full = shape(sample.model(reductions), STATES);
            assert!(same_firsts(&reduced, &full, but), "{name} {}: {reduced:?} {full:?}", sample.says());
        }
    }
}

/// Any server's learner may be the one that hears of votes, also that of a server that proposes.
#[test]
fn every_learner_is_as_good_as_the_listener() {
    for sample in Sample::all() {
        let all = sample.reductions();
        let listening = |listener| {
            let separate =
                Reductions { votes_arrive_at_once: false, crashes_commute: false, decomposes: false, listener, ..all };
            shape(sample.model(separate), STATES)
        };
        if all.listens() {
            let last = listening(all.listener);
            for node in sample.cluster().nodes().filter(|node| Some(*node) != all.listener) {
                let other = listening(Some(node));
                assert!(same_firsts(&last, &other, 0), "{node} {}: {last:?} {other:?}", sample.says());
            }
        }
    }
}

/// A path leads to every state, although the table has learned nothing about events that were left out.
#[test]
fn every_state_has_its_path() {
    for sample in Sample::all() {
        let model = sample.model(sample.reductions());
        let mut search = Search::stopping_at(model, Budget { states: 20_000, ..Budget::UNLIMITED }, 0);
        search.advance(u32::MAX);
        for state in (0..search.states()).rev().step_by(7) {
            assert_eq!(search.path(state).len() + 1, search.level(state));
        }
    }
}
