//! Plain JavaScript data as a tree.
//!
//! By hand: a derived reader brings every kind of complaint serde knows, floating-point printing included, which would
//! be a fifth of what a visitor downloads.

use alloc::vec;
use alloc::vec::Vec;

use quorum_core::json::{Json, Object};
use quorum_core::limits::MAX_INTERVENTIONS;
use wasm_bindgen::prelude::*;

/// Deeper than any input of ours, and shallow enough for the stack.
const MAX_DEPTH: u32 = 16;
/// More values than the longest run that may be loaded has.
const MAX_VALUES: u32 = 2_000_000;

// Reading may run code of the caller's: getters, proxies. What that throws must come back as a result, because thrown
// through WebAssembly it would skip our destructors, and the lab would stay borrowed for ever.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object)]
    fn entries(value: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object)]
    fn values(value: &JsValue) -> Result<Array, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// What `entries` and `values` give. js-sys has one, and with it much that would be downloaded and never used.
    type Array;
    #[wasm_bindgen(method, getter)]
    fn length(this: &Array) -> u32;
    #[wasm_bindgen(method, indexing_getter)]
    fn at(this: &Array, index: u32) -> JsValue;
}

/// The value as a tree; `None` for what JSON cannot say (functions, symbols), for what cannot be read, and for what is
/// too large or nested too deeply, as objects that contain themselves are.
pub(crate) fn tree(value: &JsValue) -> Option<Json> {
    read(value, 0, &mut { MAX_VALUES })
}

fn read(value: &JsValue, depth: u32, left: &mut u32) -> Option<Json> {
    *left = left.checked_sub(1)?;
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
    if !value.is_object() {
        return None;
    }
    if is_array(value).ok()? {
        // A list of our own, as long as what is there: one that says it has billions of items has holes for most.
        let mut list = Vec::new();
        let values = values(value).ok()?;
        if values.length() as usize > MAX_INTERVENTIONS {
            // No list may be so long. Whoever expects one refuses it by its number of items, so they need not be read.
            *left = left.checked_sub(values.length())?;
            return Some(Json::List(vec![Json::Null; values.length() as usize]));
        }
        for index in 0..values.length() {
            list.push(read(&values.at(index), depth + 1, left)?);
        }
        return Some(Json::List(list));
    }
    let mut object = Object::new();
    let entries = entries(value).ok()?;
    for index in 0..entries.length() {
        let entry: Array = entries.at(index).unchecked_into();
        object.push(entry.at(0).as_string()?.into(), read(&entry.at(1), depth + 1, left)?);
    }
    Some(Json::Object(object))
}
