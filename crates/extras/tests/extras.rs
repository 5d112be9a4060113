//! What crosses between JavaScript and the extras, in a browser.

use js_sys::{Function, JSON, JsString};
use quorum_core::json::Json;
use quorum_core::run::{History, Run};
use quorum_core::sim::{Action, Config, ProtocolKind, Rule};
use quorum_extras::{Judge, check_questions, compare, done, rule_titles, vary};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A run in which server 3 crashes and comes back.
fn run() -> Run {
    let mut history = History::new(Config::default()).unwrap();
    let [one, three] = [1, 3].map(|number| quorum_core::paxos::NodeId::new(number).unwrap());
    history.apply(&Action::Propose { node: one, value: "blue".parse().unwrap() }).unwrap();
    (0..12).for_each(|_| assert!(history.step().is_some()));
    history.apply(&Action::Crash { node: three }).unwrap();
    (0..6).for_each(|_| assert!(history.step().is_some()));
    history.apply(&Action::Restart { node: three }).unwrap();
    while history.step().is_some() {}
    history.run()
}

fn js(run: &Run) -> JsValue {
    quorum_border::write(&Json::from(run))
}

/// What an expression about `$` evaluates to.
fn about(value: &JsValue, expression: &str) -> JsValue {
    let function = Function::new_with_args("$", &format!("return ({expression});"));
    function.call1(&JsValue::UNDEFINED, value).unwrap_or_else(|error| panic!("{expression}: {error:?}"))
}

/// The same, as JSON.
fn told(value: &JsValue, expression: &str) -> String {
    let text = JSON::stringify(&about(value, expression)).map(|text: JsString| String::from(text));
    text.unwrap_or_else(|error| panic!("{expression}: {error:?}"))
}

fn change(text: &str) -> JsValue {
    about(&JsValue::NULL, text)
}

fn taken<E>(outcome: Result<JsValue, E>) -> JsValue {
    outcome.unwrap_or_else(|_| panic!("this should not have been refused"))
}

fn refusal<T>(outcome: Result<T, wasm_bindgen::JsError>) -> String {
    let Err(error) = outcome else { panic!("this should have been refused") };
    JsValue::from(error).unchecked_into::<js_sys::Error>().message().into()
}

#[wasm_bindgen_test]
fn a_variation_says_what_it_left_out_and_differs_where_the_difference_is() {
    let run = run();
    let original = js(&run);
    let varied = taken(vary(&original, &change("{type: 'without', which: 1}")));
    assert_eq!(told(&varied, "Object.keys($)"), r#"["run","leftOut"]"#);
    assert_eq!(told(&varied, "$.leftOut"), r#"["Cannot restart server 3: it is up."]"#);
    assert_eq!(told(&varied, "$.run.interventions.length"), "1");

    let difference = taken(compare(&original, &about(&varied, "$.run")));
    assert_eq!(told(&difference, "Object.keys($)"), r#"["step","at","a","b","says"]"#);
    assert_eq!(told(&difference, "[$.step, $.a.event, $.a.node]"), r#"[14,"crashed",3]"#);
    assert_eq!(told(&difference, "$.at === Math.min($.a.at, $.b.at)"), "true");
    assert_eq!(told(&difference, "$.says.includes($.a.why) && $.says.includes($.b.why)"), "true");
}

#[wasm_bindgen_test]
fn what_was_done_is_listed_as_a_change_counts_it() {
    let told = told(&taken(done(&js(&run()))), "$.map(({ step, says }) => [step, says])");
    assert_eq!(told, r#"[[0,"Propose blue at server 1"],[13,"Crash server 3"],[20,"Restart server 3"]]"#);
}

#[wasm_bindgen_test]
fn each_rule_of_the_protocol_has_a_title() {
    let titles = taken(rule_titles(&js(&run())));
    assert_eq!(told(&titles, "$['keep-promise']"), r#""Acceptors keep their promises""#);
    let known = Rule::of(ProtocolKind::Single).count();
    assert_eq!(told(&titles, "Object.values($).filter((title) => / /.test(title)).length"), known.to_string());
}

#[wasm_bindgen_test]
fn the_same_run_twice_does_not_differ() {
    let run = js(&run());
    assert!(taken(compare(&run, &run)).is_null());
    let varied = taken(vary(&run, &about(&run, "({type: 'config', config: $.config})")));
    assert!(taken(compare(&run, &about(&varied, "$.run"))).is_null());
}

#[wasm_bindgen_test]
fn what_is_no_run_and_no_change_is_refused_with_a_sentence() {
    let run = js(&run());
    assert!(refusal(vary(&run, &change("{type: 'rule'}"))).contains("This change is not valid"));
    assert!(refusal(vary(&run, &change("() => 1"))).contains("not plain data"));
    assert!(refusal(vary(&run, &change("{type: 'without', which: 9}"))).contains("There is no intervention 9"));
    assert!(refusal(vary(&JsValue::NULL, &change("{type: 'without', which: 0}"))).contains("This run is not valid"));
    assert!(refusal(compare(&run, &JsValue::from_f64(7.0))).contains("This runB is not valid"));
    let damaged = about(&run, "({...$, digest: ''})");
    assert!(refusal(compare(&damaged, &run)).contains("damaged"));
}

#[wasm_bindgen_test]
fn a_judge_follows_a_run_and_says_at_which_step_a_goal_was_met() {
    let challenge = change(
        "{quorum: 1, title: 'Lose it', goal: [{happens: {event: 'crashed', node: 3}}, {chosen: true}],
          interventions: [{action: {type: 'propose', node: 1, value: 'blue'}}]}",
    );
    let mut judge = Judge::of_challenge(&challenge).unwrap_or_else(|_| panic!("it is a challenge"));
    assert_eq!(told(&judge.start(), "[$.title, $.length, $.interventions.length]"), r#"["Lose it",1,1]"#);
    let begun = taken(judge.look(&judge.start()));
    assert_eq!(told(&begun, "[$.met, $.lost, $.goal.map(({ met }) => met)]"), "[null,null,[false,false]]");
    let met = taken(judge.look(&js(&run())));
    assert_eq!(told(&met, "Number.isInteger($.met) && $.goal.every(({ met }) => met)"), "true");
    let elsewhere = taken(judge.look(&about(&js(&run()), "({...$, interventions: []})")));
    assert_eq!(told(&elsewhere, "[$.met, $.lost.includes('does not begin')]"), "[null,true]");
    assert!(refusal(Judge::of_challenge(&change("{quorum: 1}"))).contains("goal"));
}

#[wasm_bindgen_test]
fn a_question_that_cannot_be_asked_is_refused_with_its_step() {
    let asking = |question: &str| {
        about(&js(&run()), &format!("({{...$, notes: [{{step: 4, says: 'A?', question: {question}}}]}})"))
    };
    assert!(check_questions(&asking("{choices: ['a', 'b'], right: 2}")).is_ok());
    let wrong = refusal(check_questions(&asking("{choices: ['a']}")));
    assert!(wrong.starts_with("The question at step 4 cannot be asked: "), "{wrong}");
    assert!(Judge::of_question(&asking("{goal: [{chosen: true}]}"), 4).is_ok());
    assert!(refusal(Judge::of_question(&js(&run()), 4)).starts_with("Nothing is asked for at step 4"));
}
