//! What crosses between JavaScript and the search, in a browser.

use js_sys::{Function, JSON, JsString};
use quorum_search::{Search, rules};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

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

fn taken(outcome: Result<Search, wasm_bindgen::JsError>) -> Search {
    outcome.unwrap_or_else(|error| panic!("{:?}", JsValue::from(error)))
}

fn search(question: &str) -> Result<Search, wasm_bindgen::JsError> {
    Search::new(&about(&JsValue::NULL, question))
}

/// The answer of a search that works in slices of so many states.
fn answer(question: &str, slice: u32) -> JsValue {
    let mut search = taken(search(question));
    while told(&search.advance(slice), "$.status") == r#""running""# {}
    search.report()
}

#[wasm_bindgen_test]
fn an_answer_has_every_shape_it_promises_however_it_was_cut() {
    let question = "{off: ['phase-2-intersects']}";
    let report = answer(question, 7);
    let fields = r#"["model","off","bounds","says","states","depth","complete","budgetReached","properties","violation","bytesPerState"]"#;
    assert_eq!(told(&report, "Object.keys($)"), fields);
    assert_eq!(told(&report, "[$.violation.property, $.violation.length]"), r#"["one-value-chosen",12]"#);
    assert_eq!(told(&report, "$.violation.run.config.rules"), r#"{"phase-2-intersects":false}"#);
    assert_eq!(told(&report, "$"), told(&answer(question, u32::MAX), "$"));

    let mut small = taken(search("{bounds: {ballots: 1, values: 1}}"));
    let progress = small.advance(10);
    assert_eq!(told(&progress, "Object.keys($)"), r#"["status","states","generated","depth","frontier","bytes"]"#);
    assert_eq!(told(&progress, "[$.status, $.states > 10, $.frontier > 0]"), r#"["running",true,true]"#);
}

#[wasm_bindgen_test]
fn each_rule_comes_with_its_lesson() {
    let rules = rules();
    assert_eq!(told(&rules, "$.length"), "20");
    let fields = r#"["rule","group","name","protects","without","bit","source","bounds","says"]"#;
    assert_eq!(told(&rules, "Object.keys($[0])"), fields);
}

#[wasm_bindgen_test]
fn what_is_no_question_or_too_large_a_one_is_refused_with_a_sentence() {
    for (question, sentence) in [
        ("7", "This question is not valid"),
        ("{off: ['gravity']}", "off"),
        ("{bounds: {servers: 9}}", "up to 7 servers, and this one would have 9"),
        ("{bounds: {servers: 7, ballots: 8}}", "no search gets through"),
        ("{from: {}}", "This question is not valid"),
    ] {
        let Err(error) = search(question) else { panic!("{question} should have been refused") };
        let says = String::from(JsValue::from(error).unchecked_into::<js_sys::Error>().message());
        assert!(says.contains(sentence), "{question}: {says}");
    }
}
