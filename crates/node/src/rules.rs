//! Rules that are switched off, by the names that the laboratory has for them.
//!
//! A rule is consulted in one place of the core, so a real server without it does exactly what a simulated one does. What the
//! shell around the replica has to do with rules is one question, too, and both shells ask it: whether a message waits for the
//! disk ([`Message::waits_for_disk`](quorum_core::log::Message::waits_for_disk)). And both obey where the replica wants votes to
//! go before the snapshot that takes their place is durable ([`Effect::Forget`](quorum_core::log::Effect::Forget)).

use std::fmt::Write as _;

use quorum_core::sim::ProtocolKind;
pub use quorum_core::sim::Rule;
use quorum_core::{log, paxos};

/// Most letters of a wrong name that are repeated.
const SHOWN: usize = 40;

/// The rule of that name.
///
/// # Errors
/// A sentence: there is no such rule.
pub fn named(name: &str) -> Result<Rule, String> {
    let rule = Rule::of(ProtocolKind::Log).find(|rule| rule.as_str() == name);
    rule.ok_or_else(|| {
        let names: Vec<_> = Rule::of(ProtocolKind::Log).map(Rule::as_str).collect();
        let name: String = name.chars().take(SHOWN).collect();
        format!("there is no rule {name:?}. There are: {}", names.join(", "))
    })
}

/// All rules but these: those that each slot rests on, and those of the log.
#[must_use]
pub fn without(off: &[Rule]) -> (paxos::Rules, log::Rules) {
    let (mut single, mut of_log) = (paxos::Rules::default(), log::Rules::default());
    for rule in off {
        match rule {
            Rule::Paxos(rule) => single.set(*rule, false),
            Rule::Log(rule) => of_log.set(*rule, false),
        }
    }
    (single, of_log)
}

/// Those that are off, in the order in which the laboratory lists them.
#[must_use]
pub fn off(single: paxos::Rules, of_log: log::Rules) -> Vec<Rule> {
    single.off().map(Rule::from).chain(of_log.off().map(Rule::from)).collect()
}

/// Their names, with commas.
#[must_use]
pub fn names(off: &[Rule]) -> String {
    off.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", ")
}

/// What is said, and not overheard, when servers start without rules; nothing where all rules hold.
#[must_use]
pub fn warning(off: &[Rule]) -> String {
    let mut text = String::new();
    if !off.is_empty() {
        let _ = write!(text, "RULES OFF {}\n          ", names(off));
        text += "Answers may be wrong, and what was answered may be lost. Keep nothing here that anybody needs.";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_the_names_of_the_laboratory_and_other_names_are_answered_with_all_of_them() {
        let disk = named("persist-accepted").unwrap();
        assert_eq!(disk, paxos::Rule::PersistAccepted.into());
        let both = [log::Rule::Deduplicate.into(), disk];
        let (single, of_log) = without(&both);
        assert!(!single.on(paxos::Rule::PersistAccepted) && !of_log.on(log::Rule::Deduplicate));
        // Whatever the order in which they were named.
        assert_eq!(off(single, of_log), [disk, log::Rule::Deduplicate.into()]);
        assert_eq!(names(&off(single, of_log)), "persist-accepted, deduplicate");
        let unknown = named("dedupe").unwrap_err();
        assert!(unknown.starts_with("there is no rule \"dedupe\". There are: keep-promise, "), "{unknown}");
        let all = Rule::of(ProtocolKind::Log).map(|rule| named(rule.as_str())).collect::<Result<Vec<_>, _>>().unwrap();
        assert!(all.iter().all(|rule| unknown.contains(rule.as_str())), "all rules of a log are offered: {unknown}");
        assert!(all.contains(&log::Rule::TruncateAfterDurable.into()), "those about snapshots are among them");
    }

    #[test]
    fn a_warning_names_what_is_off_and_there_is_none_where_all_holds() {
        assert!(warning(&[named("deduplicate").unwrap()]).starts_with("RULES OFF deduplicate\n"));
        assert_eq!(warning(&[]), "");
    }
}
