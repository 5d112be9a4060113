//! The rules as something to ask about: what each is for, and how far to look to see why.

use super::paxos_model::Bounds;
use crate::json::Json;
use crate::paxos::Rules;
use crate::tell::RULE_STORIES;

/// All rules, each with its story, and the bounds within which a search finds out why the rule is there.
#[must_use]
pub fn rules() -> Json {
    let told = RULE_STORIES.iter().map(|story| {
        let bounds = Bounds::for_rules(Rules::without(&[story.rule]));
        match Json::from(story) {
            Json::Object(object) => object.with("bounds", &bounds).with("says", alloc::format!("{bounds}")).into(),
            other => other,
        }
    });
    told.collect()
}
