//! Plain JavaScript data as a tree.
//!
//! `serde-wasm-bindgen` writes for us. It is not used to read: a derived reader brings every kind of complaint serde
//! knows, floating-point printing included, which would be a fifth of what a visitor downloads.

use quorum_core::json::{Json, Object};
use wasm_bindgen::{JsCast, JsValue};

/// Deeper than any input of ours, and shallow enough for the stack.
const MAX_DEPTH: u32 = 16;

/// The value as a tree; `None` for what JSON cannot say (functions, symbols), and for what is nested too deeply, as
/// objects that contain themselves are.
pub(crate) fn tree(value: &JsValue, depth: u32) -> Option<Json> {
    if depth > MAX_DEPTH {
        return None;
    }
    if value.is_null() || value.is_undefined() {
        return Some(Json::Null);
    }
    if let Some(number) = value.as_f64() {
        return Some(Json::Number(number));
    }
    if let Some(truth) = value.as_bool() {
        return Some(Json::Bool(truth));
    }
    if let Some(text) = value.as_string() {
        return Some(Json::Text(text));
    }
    if js_sys::Array::is_array(value) {
        let items = value.unchecked_ref::<js_sys::Array>();
        return items.iter().map(|item| tree(&item, depth + 1)).collect::<Option<Vec<_>>>().map(Json::List);
    }
    if !value.is_object() {
        return None;
    }
    let mut object = Object::new();
    for entry in js_sys::Object::entries(value.unchecked_ref()).iter() {
        let entry: js_sys::Array = entry.unchecked_into();
        object.push(entry.get(0).as_string()?.into(), tree(&entry.get(1), depth + 1)?);
    }
    Some(Json::Object(object))
}
