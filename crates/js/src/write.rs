//! A tree as plain JavaScript data.
//!
//! A tree has six shapes, and none of them can fail to become what `JSON.parse` would have made of it.

use quorum_core::json::Json;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A plain object.
    #[wasm_bindgen(js_name = Object)]
    type Plain;
    #[wasm_bindgen(constructor, js_class = Object)]
    fn new() -> Plain;
    #[wasm_bindgen(method, indexing_setter)]
    fn set(this: &Plain, name: &str, value: JsValue);
    /// A plain list.
    type Array;
    #[wasm_bindgen(constructor)]
    fn new() -> Array;
    #[wasm_bindgen(method)]
    fn push(this: &Array, item: JsValue);
}

/// The tree as plain objects.
pub(crate) fn value(json: &Json) -> JsValue {
    match json {
        Json::Null => JsValue::NULL,
        Json::Bool(truth) => (*truth).into(),
        Json::Number(number) => (*number).into(),
        Json::Text(text) => text.into(),
        Json::List(items) => {
            let list = Array::new();
            for item in items {
                list.push(value(item));
            }
            list.into()
        }
        Json::Object(object) => {
            let plain = Plain::new();
            for (name, item) in object.iter() {
                plain.set(name, value(item));
            }
            plain.into()
        }
    }
}
