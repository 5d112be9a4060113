//! Every safety rule of a log matters: without it, the shortest run that goes wrong is found, and it plays in the world.

use quorum_core::json::Json;
use quorum_core::run::{Edit, Run};
use quorum_core::search::explorer::SearchStatus;
use quorum_core::search::{LogCheck, LogQuestion};
use quorum_core::{log, paxos};

fn found(rules: log::Rules, single: paxos::Rules) -> Option<Run> {
    let mut check = LogCheck::new(LogQuestion::without(rules, single)).expect("these bounds make sense");
    while check.advance(10_000) == SearchStatus::Running {}
    check.run()
}

/// The rules that the search finds the reason for. Four others are about progress: without them nothing wrong is ever done. And
/// without the rule that a snapshot keeps votes, random worlds go wrong: in the search a server is sent a snapshot only before it
/// leads.
const RULES: [log::Rule; 15] = [
    log::Rule::ReportEveryVote,
    log::Rule::NextAboveKnown,
    log::Rule::IndexNeedsBallot,
    log::Rule::ApplyInOrder,
    log::Rule::Deduplicate,
    log::Rule::DeduplicateWhenApplying,
    log::Rule::OwnVoteWhenDurable,
    log::Rule::AnswerOwnCommand,
    log::Rule::ReadAfterFound,
    log::Rule::ReadThroughLog,
    log::Rule::SayTruncated,
    log::Rule::SessionsInSnapshot,
    log::Rule::SnapshotSaysWhere,
    log::Rule::TruncateAfterDurable,
    log::Rule::RefuseExpired,
];

/// Tools list them without compiling this crate.
#[test]
fn the_index_beside_the_files_lists_them_in_the_order_of_the_rules() {
    let lines: Vec<_> = include_str!("../counterexamples/log/index.txt").lines().collect();
    assert_eq!(lines, RULES.map(log::Rule::as_str));
    let all = log::Rule::ALL.iter().filter(|rule| RULES.contains(rule));
    assert!(all.eq(RULES.iter()));
}

#[test]
fn without_any_one_safety_rule_the_shortest_run_that_goes_wrong_is_found_and_it_plays() {
    for rule in RULES {
        let name = rule.as_str();
        let run = found(log::Rules::without(&[rule]), paxos::Rules::default());
        let run = run.unwrap_or_else(|| panic!("{name}: the world cannot be led to where the search was"));
        goes_wrong_at_its_end(name, &run);
        is_kept(rule, &run);
        with_its_rule_nothing_goes_wrong(name, &run);
    }
}

#[test]
fn without_a_rule_of_single_decree_paxos_a_log_goes_wrong_in_a_run_that_plays() {
    use paxos::Rule;
    // The search for it takes minutes.
    let told_only = [Rule::AcceptPromises];
    for rule in Rule::ALL.into_iter().filter(|rule| !told_only.contains(rule)) {
        let name = rule.as_str();
        let run = found(log::Rules::default(), paxos::Rules::without(&[rule]));
        let run = run.unwrap_or_else(|| panic!("{name}: the world cannot be led to where the search was"));
        goes_wrong_at_its_end(name, &run);
    }
}

fn goes_wrong_at_its_end(name: &str, run: &Run) {
    let mut history = run.replay().unwrap_or_else(|error| panic!("{name}: {error}"));
    history.seek(u64::MAX);
    let violations = history.now().violations();
    println!("{name}: {} steps, {:?}", run.length, violations.last());
    assert!(violations.last().is_some_and(|(step, _)| *step == run.length), "{name}: {violations:#?}");
    assert!(run.notes.len() >= 2 && !run.title.is_empty(), "{name}: {:?}", run.notes);
    assert_eq!(quorum_link::from_link(&quorum_link::to_link(run).unwrap()).unwrap(), *run);
}

/// The same run with the rule back on, however far it can be followed.
fn with_its_rule_nothing_goes_wrong(name: &str, run: &Run) {
    let mut config = run.config.clone();
    config.log.rules = log::Rules::default();
    let mut history = run.varied(&Edit::Config(config)).unwrap().run.replay().unwrap();
    history.seek(u64::MAX);
    assert!(history.now().violations().is_empty(), "{name}");
    assert!(history.now().steps() > 5, "{name}");
}

/// What the search finds is also kept in `counterexamples/log/`, for people to look at without searching.
/// `UPDATE_GOLDENFILES=1` writes it there.
fn is_kept(rule: log::Rule, run: &Run) {
    let path = format!("{}/counterexamples/log/{}.quorum.json", env!("CARGO_MANIFEST_DIR"), rule.as_str());
    let text = serde_json::to_string_pretty(&Json::from(run)).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
        std::fs::write(&path, &text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(kept == text, "{path} is not what the search finds any more: write it anew, and look at what is different");
}
