//! The border between Rust and JavaScript: what every module of ours does there, done once.
//!
//! * Memory: the allocator of a module is here, and comes with this crate.
//! * Panics: they are printed to the console, and the page can ask for the latest.
//! * Plain data: what comes in is untrusted. It may be anything, of any size, and may run code while it is read. What goes
//!   out is what `JSON.parse` would have made.

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod memory;
#[cfg_attr(feature = "std", path = "panic_with_std.rs")]
mod panic;
mod read;
mod write;

use alloc::string::String;

use quorum_core::json::{FromJson, Json, Malformed};
use quorum_core::text::Piece;
use wasm_bindgen::prelude::*;

pub use panic::panic_message;
#[cfg(not(feature = "std"))]
pub use panic::report_panic;
#[cfg(feature = "std")]
pub use panic::report_panics;

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

/// A refusal, in words.
#[must_use]
pub fn sentence(why: &dyn Piece) -> String {
    let mut text = String::new();
    why.put(&mut text);
    text
}

/// A refusal, as the `Error` that is thrown.
#[must_use]
pub fn refused(why: impl Piece) -> JsError {
    JsError::new(&sentence(&why))
}

/// The refusal of an input.
#[must_use]
pub fn not_valid(what: &str, why: &dyn Piece) -> JsError {
    let mut text = String::from("This ");
    for piece in [&what as &dyn Piece, &" is not valid: ", &why, &"."] {
        piece.put(&mut text);
    }
    JsError::new(&text)
}
