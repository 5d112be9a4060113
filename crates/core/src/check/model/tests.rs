use super::*;
use crate::check::explore::{Budget, Search, Status};
use crate::paxos::{Rule, Rules};

fn search(rules: Rules, bounds: Bounds) -> Search<ClusterModel> {
    let config = Config { nodes: bounds.servers, rules, ..Config::default() };
    Search::new(ClusterModel::new(&config, bounds).unwrap(), Budget { states: 20_000_000, bytes: 2 << 30 })
}

#[test]
fn look() {
    extern crate std;
    for ballots in 1..=3 {
        let t = std::time::Instant::now();
        let mut search = search(Rules::default(), Bounds { ballots, ballots_each: ballots, ..Bounds::default() });
        let status = search.advance(u32::MAX);
        std::println!(
            "{ballots} ballots: {status:?} {} states depth {} bytes/state {} locals {} {:?}",
            search.states(),
            search.depth(),
            search.bytes() as f64 / search.states() as f64,
            search.model().atlas.weight(),
            t.elapsed()
        );
    }
}

#[test]
fn rules() {
    extern crate std;
    for rule in Rule::ALL {
        let t = std::time::Instant::now();
        let rules = Rules::without(&[rule]);
        for ballots in [2, 3] {
            let mut search = search(rules, Bounds { ballots, ..Bounds::for_rules(rules) });
            let status = search.advance(u32::MAX);
            let names = match status {
                Status::Violated { property, state } => {
                    std::format!("{} length {}", PROPERTIES[property].name, search.level(state) - 1)
                }
                s => std::format!("{s:?}"),
            };
            std::println!(
                "RULE {} {ballots}: {names} {} states depth {} tried {} {:?}",
                rule.word(),
                search.states(),
                search.depth(),
                search.model().atlas.tried(),
                t.elapsed()
            );
        }
    }
}
