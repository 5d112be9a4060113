//! Stands in for the told rules until they are there.

use quorum_core::check::model::Bounds;
use quorum_core::json::{Json, Object};
use quorum_core::paxos::{Rule, Rules};

pub(crate) fn rules() -> Json {
    let told = Rule::ALL.into_iter().map(|rule| {
        let bounds = Bounds::for_rules(Rules::without(&[rule]));
        Object::new()
            .with("rule", rule.word())
            .with("protects", "An acceptor that has promised a ballot refuses to vote below it.")
            .with("off", "It votes whenever it is asked, and an older proposer can still have its value chosen.")
            .with("bit", "")
            .with("bounds", &bounds)
    });
    told.collect()
}
