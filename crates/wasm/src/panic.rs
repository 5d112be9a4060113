//! A panic is a bug in this program. The page must be able to say so, not only the console.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

thread_local! {
    static MESSAGE: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Prints panics to the console, and keeps the latest for the page.
pub(crate) fn keep_message() {
    quorum_js::on_panic(|text| MESSAGE.set(Some(text)));
}

/// What the latest panic said; `undefined` if there was none. Every `Lab` made before it is broken from then on: only
/// a fresh instance of this module can start again.
#[wasm_bindgen(js_name = panicMessage)]
#[must_use]
pub fn panic_message() -> Option<String> {
    MESSAGE.get().map(Into::into)
}
