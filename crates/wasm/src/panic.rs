//! A panic is a bug in this program. The page must be able to say so, not only the console.

use std::sync::Mutex;

use wasm_bindgen::prelude::*;

/// There is one thread only, so this is never waited for. What belongs to one thread would be larger: it can end.
static MESSAGE: Mutex<Option<&str>> = Mutex::new(None);

/// Prints panics to the console, and keeps the latest for the page.
pub(crate) fn keep_message() {
    quorum_border::on_panic(|text| {
        if let Ok(mut message) = MESSAGE.try_lock() {
            *message = Some(text);
        }
    });
}

/// What the latest panic said; `undefined` if there was none. Every `Lab` made before it is broken from then on: only
/// a fresh instance of this module can start again.
#[wasm_bindgen(js_name = panicMessage)]
#[must_use]
pub fn panic_message() -> Option<String> {
    MESSAGE.try_lock().ok()?.map(Into::into)
}
