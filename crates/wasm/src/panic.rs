//! A panic is a bug in this program. The page must be able to say so, not only the console.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

thread_local! {
    /// Never freed: after a panic nothing of this instance is used again.
    static MESSAGE: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Prints panics to the console, and keeps the latest for the page.
pub(crate) fn keep_message() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        MESSAGE.set(Some(info.to_string().leak()));
    }));
}

/// What the latest panic said; `undefined` if there was none. Every `Lab` made before it is broken from then on: only
/// a fresh instance of this module can start again.
#[wasm_bindgen(js_name = panicMessage)]
#[must_use]
pub fn panic_message() -> Option<String> {
    MESSAGE.get().map(Into::into)
}
