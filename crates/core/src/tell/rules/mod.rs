//! What a rule is for, in words.
//!
//! Each [`Rule`] is a switch, and whoever is about to turn it should know four things: what it protects, what servers do
//! without it, where leaving it out hurt somebody, and where to read on. The stories are other people's, so each names
//! its source, and says no more than is found there. Where a source only reports something, so does the story.
//!
//! Raft is Paxos's nearest relative, and many stories are told of it. Its terms are our ballots, its votes for a leader
//! our promises, and its acknowledged entries our votes.

mod table;

pub use table::RULE_STORIES;

use crate::json::{Json, Object};
use crate::paxos::Rule;

/// What people should know about a rule. Every sentence is at most 200 bytes long and ends with a full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleStory<R = Rule> {
    /// The rule.
    pub rule: R,
    /// A few plain words for its switch, at most 45 bytes, without a full stop.
    pub name: &'static str,
    /// What it protects: one sentence.
    pub protects: &'static str,
    /// What a server does when it is off: one sentence.
    pub without: &'static str,
    /// Where leaving it out bit somebody, or who warns of it: one or two sentences.
    pub bit: &'static str,
    /// Where that is told: papers with their sections, reports with their addresses.
    pub source: &'static str,
}

/// What is to be known about a rule.
#[must_use]
pub const fn rule_story(rule: Rule) -> &'static RuleStory {
    &RULE_STORIES[rule as usize]
}

words! {
    /// What a rule is about. Switches are shown in these groups, in this order.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Group {
        /// What an acceptor may vote for.
        Promises = "promises",
        /// Which value a proposer asks for.
        Adoption = "adoption",
        /// How many is enough, and who counts.
        Quorums = "quorums",
        /// No ballot is used for two values.
        Ballots = "ballots",
        /// What outlives a crash.
        Disk = "disk",
    }
}

impl Group {
    /// The group of a rule.
    #[must_use]
    pub const fn of(rule: Rule) -> Self {
        match rule {
            Rule::KeepPromise | Rule::AcceptPromises => Self::Promises,
            Rule::AdoptReported | Rule::AdoptHighest | Rule::AdoptByBallot => Self::Adoption,
            Rule::Phase1Intersects
            | Rule::Phase2Intersects
            | Rule::OneVotePerAcceptor
            | Rule::VotesWithinBallot
            | Rule::PromisesForOwnBallot => Self::Quorums,
            Rule::BallotsUniqueAcrossServers | Rule::BallotsUniqueAcrossRestarts => Self::Ballots,
            Rule::PersistBeforeReply
            | Rule::PersistPromise
            | Rule::PersistAccepted
            | Rule::PersistRound
            | Rule::RecoverState
            | Rule::RecoverPromise
            | Rule::RecoverAccepted
            | Rule::WipedStaysSilent => Self::Disk,
        }
    }
}

impl<R> RuleStory<R> {
    /// As an object, with the name of the rule and of its group.
    pub(super) fn json(&self, rule: &'static str, group: &'static str) -> Object {
        Object::new()
            .with("rule", rule)
            .with("group", group)
            .with("name", self.name)
            .with("protects", self.protects)
            .with("without", self.without)
            .with("bit", self.bit)
            .with("source", self.source)
    }
}

impl From<&RuleStory> for Json {
    fn from(lesson: &RuleStory) -> Self {
        lesson.json(lesson.rule.as_str(), Group::of(lesson.rule).as_str()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log;
    use crate::tell::log::{LOG_RULE_STORIES, LogGroup, log_rule_story};
    use alloc::{collections::BTreeSet, string::ToString, vec::Vec};

    /// The stories of all rules, whichever protocol they are of.
    fn all() -> impl Iterator<Item = RuleStory<()>> {
        fn plain<R>(story: &RuleStory<R>) -> RuleStory<()> {
            let RuleStory { name, protects, without, bit, source, .. } = *story;
            RuleStory { rule: (), name, protects, without, bit, source }
        }
        RULE_STORIES.iter().map(plain).chain(LOG_RULE_STORIES.iter().map(plain))
    }

    /// The sentences of a text: a full stop, a space and a capital part two of them.
    fn sentences(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let mut start = 0;
        for (end, _) in text.match_indices(". ") {
            if text[end + 2..].starts_with(char::is_uppercase) {
                found.push(&text[start..=end]);
                start = end + 2;
            }
        }
        found.push(&text[start..]);
        found
    }

    #[test]
    fn every_rule_has_its_own_lesson() {
        for rule in Rule::ALL {
            assert_eq!(rule_story(rule).rule, rule);
        }
        for rule in log::Rule::ALL {
            assert_eq!(log_rule_story(rule).rule, rule);
        }
    }

    #[test]
    fn names_are_short_and_no_two_are_alike() {
        let names: BTreeSet<_> = all().map(|lesson| lesson.name).collect();
        assert_eq!(names.len(), RULE_STORIES.len() + LOG_RULE_STORIES.len());
        for name in names {
            assert!((1..=45).contains(&name.len()), "{name:?} has {} bytes", name.len());
            assert!(!name.ends_with('.'), "{name:?} is a label, not a sentence");
        }
    }

    #[test]
    fn a_lesson_is_told_in_short_whole_sentences() {
        for lesson in all() {
            for (text, most) in [(lesson.protects, 1), (lesson.without, 1), (lesson.bit, 2)] {
                let told = sentences(text);
                assert!(told.len() <= most, "{} sentences instead of {most}: {text}", told.len());
                for sentence in told {
                    assert!((20..=200).contains(&sentence.len()), "{} bytes: {sentence}", sentence.len());
                    assert!(sentence.ends_with('.'), "no full stop: {sentence}");
                    assert!(sentence.starts_with(char::is_uppercase), "no capital: {sentence}");
                }
                assert!(!text.contains("  "), "two spaces: {text}");
            }
        }
    }

    #[test]
    fn every_story_can_be_looked_up() {
        for RuleStory { name, source, .. } in all() {
            assert!(source.contains("https://") || source.contains('§'), "{name}: {source:?} leads nowhere");
            assert!(!source.contains("  ") && source.trim() == source, "{name}: spaces in {source:?}");
        }
    }

    #[test]
    fn every_group_has_rules_and_a_word_of_its_own() {
        for group in Group::ALL {
            assert!(Rule::ALL.into_iter().any(|rule| Group::of(rule) == group), "{group:?} is empty");
        }
        for group in LogGroup::ALL {
            assert!(log::Rule::ALL.into_iter().any(|rule| LogGroup::of(rule) == group), "{group:?} is empty");
        }
        let words = || Group::ALL.map(Group::as_str).into_iter().chain(LogGroup::ALL.map(LogGroup::as_str));
        assert_eq!(words().collect::<BTreeSet<_>>().len(), words().count());
    }

    #[test]
    fn as_json_a_lesson_has_every_field_and_its_group() {
        let json = Json::from(rule_story(Rule::WipedStaysSilent)).to_string();
        assert!(
            json.starts_with(r#"{"rule":"wiped-stays-silent","group":"disk","name":"An acceptor that lost"#),
            "{json}"
        );
        for field in ["protects", "without", "bit", "source"] {
            assert!(json.contains(&alloc::format!(r#","{field}":""#)), "no {field} in {json}");
        }
    }
}
