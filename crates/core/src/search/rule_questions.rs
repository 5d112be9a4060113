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
        within(Json::from(story), Json::from(&bounds), alloc::format!("{bounds}"))
    });
    told.collect()
}

/// [`rules`] of a log: its own first, and then those that it shares with single-decree Paxos.
#[cfg(feature = "log")]
#[must_use]
pub fn log_rules() -> Json {
    use super::log_model::Bounds;
    use crate::log;
    use crate::tell::LOG_RULE_STORIES;

    let of = |story: Json, rules: log::Rules, single: Rules| {
        let bounds = Bounds::for_rules(rules, single);
        within(story, Json::from(&bounds), alloc::format!("{bounds}"))
    };
    let own = LOG_RULE_STORIES
        .iter()
        .map(|story| of(Json::from(story), log::Rules::without(&[story.rule]), Rules::default()));
    let shared =
        RULE_STORIES.iter().map(|story| of(Json::from(story), log::Rules::default(), Rules::without(&[story.rule])));
    own.chain(shared).collect()
}

fn within(story: Json, bounds: Json, says: alloc::string::String) -> Json {
    match story {
        Json::Object(object) => object.with("bounds", bounds).with("says", says).into(),
        other => other,
    }
}
