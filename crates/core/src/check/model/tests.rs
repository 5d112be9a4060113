use alloc::vec::Vec;

use super::*;
use crate::check::explore::{Budget, Kind, Search, Status};
use crate::paxos::{Rule, Rules};

fn search(rules: Rules, bounds: Bounds) -> Search<ClusterModel> {
    let config = Config { nodes: bounds.servers, rules, ..Config::default() };
    let mut search =
        Search::new(ClusterModel::new(&config, bounds).unwrap(), Budget { states: 2_000_000, bytes: 1 << 30 });
    search.advance(u32::MAX);
    search
}

fn reached(search: &Search<ClusterModel>) -> Vec<&'static str> {
    let named = PROPERTIES.iter().enumerate().filter(|(at, _)| search.witness(*at).is_some());
    named.map(|(_, property)| property.name).collect()
}

/// A search that reaches nothing would find nothing wrong either.
#[test]
fn with_two_ballots_everything_that_should_be_possible_is_and_nothing_else() {
    let search = search(Rules::default(), Bounds { ballots: 2, ballots_each: 2, ..Bounds::default() });
    assert_eq!(search.status(), Status::Complete);
    assert_eq!((search.states(), search.depth()), (8669, 18));
    let possible: Vec<_> =
        PROPERTIES.iter().filter(|property| property.kind == Kind::Sometimes).map(|property| property.name).collect();
    assert_eq!(reached(&search), possible);
}

#[test]
fn with_one_ballot_a_value_is_chosen_once() {
    let search = search(Rules::default(), Bounds { ballots: 1, ballots_each: 1, ..Bounds::default() });
    assert_eq!((search.status(), search.states(), search.depth()), (Status::Complete, 105, 10));
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
        assert_eq!(search.status(), Status::Complete, "{bounds}");
        assert!(search.states() > 8669, "{bounds}");
    }
}

#[test]
fn a_rule_about_crashes_does_not_matter_where_nothing_crashes() {
    let bounds = Bounds { ballots: 2, ballots_each: 2, ..Bounds::default() };
    for rule in [Rule::RecoverState, Rule::PersistBeforeReply, Rule::WipedStaysSilent] {
        assert_eq!(search(Rules::without(&[rule]), bounds).status(), Status::Complete, "{}", rule.word());
    }
}

#[test]
fn bounds_read_as_a_sentence() {
    let text = |bounds: Bounds| alloc::format!("{bounds}");
    assert_eq!(text(Bounds::default()), "3 servers, 2 values, 3 ballots");
    let bounds = Bounds { crashes: 1, losses: 2, wipes: 1, ..Bounds::default() };
    assert_eq!(text(bounds), "3 servers, 2 values, 3 ballots, 1 crash, 1 lost disk, 2 losses");
}
