use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::past::Past;
use super::*;
use crate::search::explorer::{Budget, Search, SearchStatus};

fn whole(bounds: Bounds, rules: &[log::Rule]) -> Search<LogModel> {
    let model = LogModel::new(bounds, log::Rules::without(rules), paxos::Rules::default());
    let mut search = Search::stopping_at(model, Budget::UNLIMITED, 0);
    assert_eq!(search.advance(u32::MAX), SearchStatus::Complete, "{bounds}");
    search
}

/// What servers come to, together with what is judged.
fn reached(search: &Search<LogModel>) -> BTreeSet<(Vec<Vec<u8>>, Past)> {
    let model = search.model();
    let states = (0..search.states()).map(|number| {
        let state = State::decode(model.bounds.servers, search.state(number));
        let servers = state.servers.iter().map(|server| model.table.server(*server).canonical_key());
        (servers.collect(), model.table.past(state.past).clone())
    });
    states.collect()
}

/// The first property that is broken in a search, by name, and after how many actions.
fn broken(search: &Search<LogModel>) -> Vec<(&'static str, usize)> {
    let properties = search.model().properties().iter().enumerate();
    let found = properties.filter_map(|(at, property)| Some((property.name, search.level(search.witness(at)?) - 1)));
    found.collect()
}

#[test]
fn a_message_that_is_lost_when_it_has_nothing_to_say_leaves_out_no_state_of_the_servers() {
    let small = Bounds { clients: 1, window: 1, ..Bounds::default() };
    for bounds in [
        small,
        Bounds { ballots: 1, clients: 2, window: 2, ..small },
        Bounds { own_travel: true, ballots: 1, ..small },
        Bounds { heartbeats: 1, asks: 1, ..small },
    ] {
        let (lost, kept) = (whole(bounds, &[]), whole(Bounds { keeps: true, ..bounds }, &[]));
        let (few, all) = (reached(&lost), reached(&kept));
        assert_eq!((few.difference(&all).count(), all.difference(&few).count()), (0, 0), "{bounds}: {}", all.len());
        assert!(lost.states() < kept.states(), "{bounds}: {} and {}", lost.states(), kept.states());
        assert_eq!(broken(&lost), broken(&kept), "{bounds}");
    }
}

#[test]
fn what_a_server_says_to_itself_may_arrive_late() {
    let small = Bounds { clients: 1, window: 1, ..Bounds::default() };
    let (at_once, late) = (whole(small, &[]), whole(Bounds { own_travel: true, ..small }, &[]));
    assert!(at_once.states() < late.states());
    let names = |search| broken(search).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&at_once), names(&late));
}
