//! What crosses the border, beside what the library for it makes of the same data.

use js_sys::{JSON, JsString};
use quorum_border::{read, write};
use quorum_core::json::{FromJson, Json, Malformed, Object};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Whatever it is.
struct Any(Json);

impl FromJson for Any {
    fn from_json(json: &Json, _: &str) -> Result<Self, Malformed> {
        Ok(Self(json.clone()))
    }
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).map(|text: JsString| String::from(text)).expect("plain data")
}

/// Every kind of value, and those of each kind that are hard to write.
fn values() -> Vec<Json> {
    let numbers = [0.0, 9.0, 10.0, 1_234_567.0, 4_294_967_295.0, 4_294_967_296.0, 9_007_199_254_740_991.0];
    let others = [-1.0, 0.1, -2.5, 1e-7, 1e300, f64::MIN_POSITIVE];
    let texts =
        ["", "blue", "\"\\/", "\0\u{1}\u{8}\t\n\r\u{1f}\u{7f}", "é 世 🦀 \u{2028}\u{feff}", "</script>", "null"];
    let mut values: Vec<Json> = numbers.into_iter().chain(others).map(Json::Number).collect();
    values.extend(texts.map(Json::from));
    values.extend([Json::Null, Json::Bool(true), Json::Bool(false), Json::List(vec![]), Object::new().into()]);
    let named = texts.into_iter().fold(Object::new(), |object, name| object.with(name, name));
    values.push(named.with("empty", Object::new()).with("list", Json::List(values.clone())).into());
    values
}

#[wasm_bindgen_test]
fn what_is_written_is_what_serde_writes() {
    for value in values() {
        let expected = value.serialize(&Serializer::json_compatible()).expect("serde writes it");
        let written = write(&value);
        assert_eq!(written.js_typeof(), expected.js_typeof(), "{value:?}");
        assert_eq!(text(&written), text(&expected));
    }
}

#[wasm_bindgen_test]
fn what_is_written_is_read_as_the_same() {
    for value in values() {
        let Any(again) = read(&write(&value), "value").expect("it is plain data");
        assert_eq!(again, value);
    }
}

#[wasm_bindgen_test]
fn a_number_that_json_has_no_word_for_is_null_in_a_list() {
    let numbers = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Json::Number);
    assert_eq!(text(&write(&Json::List(numbers.into()))), "[null,null,null]");
}
