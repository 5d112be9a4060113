//! A panic is a bug in this program. The console says so, with the stack, and the page can ask.
//!
//! This is for modules that are loaded later, and may be larger.

use alloc::boxed::Box;
use alloc::string::ToString;
use std::sync::Mutex;

use wasm_bindgen::prelude::*;

/// What the latest panic said. It is never freed: after a panic nothing of this instance is used again.
///
/// There is one thread only, so this is never waited for.
static MESSAGE: Mutex<Option<&str>> = Mutex::new(None);

/// From now on every panic is printed to the console, and the latest is kept for the page.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        if let Ok(mut message) = MESSAGE.try_lock() {
            *message = Some(info.to_string().leak());
        }
    }));
}

/// What the latest panic said; `undefined` if there was none. Everything this module made before it is broken from then
/// on: only a fresh instance of the module can start again. A trap without a panic is the end of the memory.
#[wasm_bindgen(js_name = panicMessage, unchecked_return_type = "string | undefined")]
#[must_use]
pub fn panic_message() -> JsValue {
    let message = MESSAGE.try_lock().ok().and_then(|message| *message);
    message.map_or(JsValue::UNDEFINED, JsValue::from)
}
