//! Plain data between Rust and JavaScript: how every module of ours reads what it is given and writes what it returns.
//!
//! What comes in is untrusted: it may be anything, of any size, and may run code while it is read. What goes out is what
//! `JSON.parse` would have made.

mod panic;
mod read;
mod write;

use quorum_core::json::{FromJson, Json, Malformed};
use wasm_bindgen::prelude::*;

pub use panic::on_panic;

/// Reads a value; `name` is what the person who gave it calls it.
///
/// # Errors
/// What it should have been.
pub fn read<T: FromJson>(value: &JsValue, name: &str) -> Result<T, Malformed> {
    T::from_json(&read::tree(value).ok_or_else(|| Malformed::new("it is not plain data"))?, name)
}

/// Plain objects, as `JSON.parse` would make them.
#[must_use]
pub fn write(json: &Json) -> JsValue {
    write::value(json)
}

/// The refusal of an input.
#[must_use]
pub fn not_valid(what: &str, error: &dyn core::fmt::Display) -> JsError {
    JsError::new(&format!("This {what} is not valid: {error}."))
}
