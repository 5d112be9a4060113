//! The examples do what they say.

#[path = "../../../examples/break_a_rule.rs"]
mod break_a_rule;
#[path = "../../../examples/four_crash_points.rs"]
mod four_crash_points;
#[path = "../../../examples/one_round.rs"]
mod one_round;

#[test]
fn one_round_chooses_what_was_asked_for() {
    assert_eq!(one_round::one_round().unwrap(), "blue");
}

#[test]
fn a_promise_survives_a_crash_once_it_is_durable_and_no_sooner() {
    let remains = [0, 1, 2, 3].map(|done| four_crash_points::remembers(done).unwrap());
    assert_eq!(remains, [false, false, true, true]);
}

#[test]
fn without_a_rule_a_run_breaks_agreement() {
    let mut history = break_a_rule::break_a_rule().unwrap().replay().unwrap();
    history.seek(u64::MAX);
    assert!(!history.now().violations().is_empty());
}
