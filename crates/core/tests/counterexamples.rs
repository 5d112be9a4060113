//! Every rule matters: without it, there is a run that breaks agreement, and this is how long the shortest one is.

use quorum_core::json::{FromJson, Json};
use quorum_core::paxos::{Rule, Rules};
use quorum_core::run::Run;
use quorum_core::search::explorer::SearchStatus;
use quorum_core::search::paxos_model::Bounds;
use quorum_core::search::{ModelCheck, Question};

/// Without each rule: which property is violated, and after how many actions.
const SHORTEST: [(Rule, &str, u64); 20] = [
    (Rule::KeepPromise, "one-value-chosen", 14),
    (Rule::AcceptPromises, "one-value-chosen", 20),
    (Rule::AdoptReported, "one-value-chosen", 14),
    (Rule::AdoptHighest, "one-value-chosen", 20),
    (Rule::AdoptByBallot, "one-value-chosen", 20),
    (Rule::Phase1Intersects, "one-value-chosen", 10),
    (Rule::Phase2Intersects, "one-value-chosen", 12),
    (Rule::OneVotePerAcceptor, "only-chosen-learned", 9),
    (Rule::VotesWithinBallot, "only-chosen-learned", 14),
    (Rule::PromisesForOwnBallot, "one-value-chosen", 15),
    (Rule::BallotsUniqueAcrossServers, "only-chosen-learned", 14),
    (Rule::BallotsUniqueAcrossRestarts, "only-chosen-learned", 15),
    (Rule::PersistBeforeReply, "one-value-chosen", 15),
    (Rule::PersistPromise, "one-value-chosen", 15),
    (Rule::PersistAccepted, "one-value-chosen", 15),
    (Rule::PersistRound, "only-chosen-learned", 15),
    (Rule::RecoverState, "one-value-chosen", 15),
    (Rule::RecoverPromise, "one-value-chosen", 15),
    (Rule::RecoverAccepted, "one-value-chosen", 15),
    (Rule::WipedStaysSilent, "one-value-chosen", 15),
];

fn answer(question: Question) -> ModelCheck {
    let mut check = ModelCheck::new(question).unwrap_or_else(|error| panic!("{error}"));
    check.advance(u32::MAX);
    check
}

/// The violated property, and after how many actions.
fn broken(check: &ModelCheck) -> Option<(String, u64)> {
    let violation = serde_json::to_value(Json::from(check.report())).unwrap()["violation"].clone();
    Some((violation.get("property")?.as_str()?.to_owned(), violation["length"].as_u64()?))
}

#[test]
fn without_any_one_rule_there_is_a_run_that_breaks_agreement_and_it_plays() {
    for (rule, property, length) in SHORTEST {
        let check = answer(Question::without(Rules::without(&[rule])));
        let name = rule.as_str();
        assert_eq!(broken(&check), Some((property.to_owned(), length)), "{name}");
        let run = check.run().unwrap();
        let mut history = run.replay().unwrap_or_else(|error| panic!("{name}: {error}"));
        history.seek(u64::MAX);
        let violations = history.now().violations();
        println!("{name}: {length} actions, {} steps", run.length);
        let last = violations.iter().filter(|(step, _)| *step == run.length);
        assert!(last.clone().any(|(_, broken)| broken.invariant().as_str() == property), "{name}: {violations:#?}");
        assert!(run.notes.len() >= 2 && !run.title.is_empty(), "{name}: {:?}", run.notes);
        assert_eq!(quorum_link::from_link(&quorum_link::to_link(&run).unwrap()).unwrap(), run);
        is_kept(rule, &run);
    }
}

/// What the search finds is also kept in `counterexamples/`, for people to look at without searching.
/// `UPDATE_GOLDENFILES=1` writes it there.
fn is_kept(rule: Rule, run: &Run) {
    let path = kept(rule);
    let text = serde_json::to_string_pretty(&Json::from(run)).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
        std::fs::write(&path, &text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(kept == text, "{path} is not what the search finds any more: write it anew, and look at what is different");
}

fn kept(rule: Rule) -> String {
    format!("{}/counterexamples/{}.quorum.json", env!("CARGO_MANIFEST_DIR"), rule.as_str())
}

/// The same run with the rule back on breaks nothing, however far it can be followed.
#[test]
fn with_its_rule_on_the_same_schedule_breaks_nothing() {
    for rule in Rule::ALL {
        let kept = std::fs::read_to_string(kept(rule)).unwrap();
        let run = <Run as FromJson>::from_json(&serde_json::from_str(&kept).unwrap(), "run").unwrap();
        let mut config = run.config.clone();
        config.rules = Rules::default();
        let varied = run.varied(&quorum_core::run::Edit::Config(config)).unwrap();
        let mut history = varied.run.replay().unwrap();
        history.seek(u64::MAX);
        assert!(history.now().violations().is_empty(), "{}", rule.as_str());
        assert!(history.now().steps() > 5, "{}", rule.as_str());
    }
}

/// Most states of a wider search: enough for 53 of the 80 to end. With `QUORUM_COUNTEREXAMPLES=full`, 73 do, in three times the
/// time.
fn most_states() -> u32 {
    let full = std::env::var("QUORUM_COUNTEREXAMPLES").is_ok_and(|asked| asked == "full");
    if full { 3_000_000 } else { 1_000_000 }
}

/// More of what is allowed finds nothing shorter. The rules are looked at in two halves, side by side.
fn no_shorter(wider: impl Fn(Bounds) -> Bounds + Sync) {
    let no_shorter = |(rule, _, length): (Rule, &str, u64)| {
        let mut question = Question::without(Rules::without(&[rule]));
        let bounds = wider(question.bounds);
        question.bounds = bounds;
        // As deep as the pinned run, and no deeper.
        question.budget.states = most_states();
        let check = answer(question);
        match broken(&check) {
            Some((_, other)) => assert!(other >= length, "{}: {other} actions within {bounds}", rule.as_str()),
            None => assert!(!matches!(check.status(), SearchStatus::Complete), "{}: {bounds}", rule.as_str()),
        }
    };
    std::thread::scope(|scope| {
        let (one, other) = SHORTEST.split_at(SHORTEST.len() / 2);
        for half in [one, other] {
            scope.spawn(|| half.iter().copied().for_each(no_shorter));
        }
    });
}

#[test]
fn with_more_duplicates_no_run_is_shorter() {
    no_shorter(|bounds| Bounds { duplicates: bounds.duplicates.max(1), ..bounds });
}

#[test]
fn with_more_values_no_run_is_shorter() {
    no_shorter(|bounds| Bounds { values: 3, ..bounds });
}

#[test]
fn with_more_crashes_and_losses_no_run_is_shorter() {
    no_shorter(|bounds| Bounds { crashes: bounds.crashes + u32::from(bounds.ballots == 2), losses: 1, ..bounds });
}

#[test]
fn with_more_ballots_no_run_is_shorter() {
    no_shorter(|bounds| Bounds { ballots: 3, ballots_each: 3, ..bounds });
}
