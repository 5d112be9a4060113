//! What is told of a run: sentences, views, menus, and the stories of the rules.
//!
//! Everything a person reads is made here, once, so that the page, the terminal and a screen reader say the same.
//! [`crate::run`] knows what happened; this module says it.

mod beat;
mod difference;
mod event;
mod event_name;
mod language;
#[cfg(feature = "log")]
mod log;
mod menu;
mod paxos;
mod row;
mod rules;
mod sentence;
mod timeline;
mod view;
mod world;

pub use difference::{Difference, first_difference};
pub use event_name::EventName;
pub use language::Language;
#[cfg(feature = "log")]
pub use log::{LOG_RULE_STORIES, LogGroup, log_rule_story};
pub use rules::{Group, RULE_STORIES, RuleStory, rule_story};
pub use view::{Slots, envelope};
