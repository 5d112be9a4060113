//! A panic is a bug in this program. The console says where it is, and the page can ask.
//!
//! This is for the module of a first visit, which has no standard library. What was wrong is in the source, at the line that is
//! named; to put it into words, with whatever numbers it carries, takes 3 KB of what is downloaded. Nothing here can panic or
//! ask for memory, and that is what keeps the words out: a panic within a panic would need them.

use alloc::string::String;
use core::panic::Location;
use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use quorum_core::json::digits;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(what: &str, file: &str, line: u32);
}

const WHAT: &str = "panicked at";

/// The file and the line of the first panic. After it, nothing of this instance is used again.
static FILE: [AtomicU8; 100] = [const { AtomicU8::new(0) }; 100];
static LINE: AtomicU32 = AtomicU32::new(0);

/// Prints the place of a panic to the console, and keeps it for the page.
#[inline(always)]
pub fn report_panic(place: &Location<'_>) {
    error(WHAT, place.file(), place.line());
    if LINE.swap(place.line(), Ordering::Relaxed) == 0 {
        for (letter, byte) in FILE.iter().zip(place.file().bytes()) {
            letter.store(byte, Ordering::Relaxed);
        }
    }
}

/// What the first panic said; `undefined` if there was none. Everything this module made before it is broken from then
/// on: only a fresh instance of the module can start again. A trap without a panic is the end of the memory.
#[wasm_bindgen(js_name = panicMessage, unchecked_return_type = "string | undefined")]
#[must_use]
pub fn panic_message() -> JsValue {
    let line = LINE.load(Ordering::Relaxed);
    if line == 0 {
        return JsValue::UNDEFINED;
    }
    let mut text = String::from(WHAT);
    text.push(' ');
    for letter in FILE.iter().map(|letter| letter.load(Ordering::Relaxed)).take_while(|letter| *letter > 0) {
        text.push(letter.into());
    }
    text.push(':');
    digits(line.into(), &mut text);
    text.into()
}
