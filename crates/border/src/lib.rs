//! The border between Rust and JavaScript: what every module of ours does there, done once.
//!
//! * Memory: the allocator of a module is here, and comes with this crate.
//! * Panics: they are printed to the console, and the page can ask for the latest.
//! * Plain data: what comes in is untrusted. It may be anything, of any size, and may run code while it is read. What goes
//!   out is what `JSON.parse` would have made.

mod memory;
mod panic;
mod read;
mod write;

use quorum_core::json::{FromJson, Json, Malformed};
use wasm_bindgen::prelude::*;

pub use panic::{panic_message, report_panics, report_panics_with_stack};

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

/// The same of JSON that is written already.
#[must_use]
pub fn write_text(json: &str) -> JsValue {
    write::parse(json)
}

/// The refusal of an input.
#[must_use]
pub fn not_valid(what: &str, error: &dyn core::fmt::Display) -> JsError {
    JsError::new(&format!("This {what} is not valid: {error}."))
}
