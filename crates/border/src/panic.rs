//! A panic is a bug in this program. The console says so, and the page can ask.

use std::panic::PanicHookInfo;
use std::sync::Mutex;

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// What the latest panic said. It is never freed: after a panic nothing of this instance is used again.
///
/// There is one thread only, so this is never waited for. A variable of each thread would be larger: it can end.
static MESSAGE: Mutex<Option<&str>> = Mutex::new(None);

/// From now on every panic is printed to the console, and the latest is kept for the page.
///
/// The text alone is printed, and the browser adds the stack if it can: this is for the module of a first visit.
pub fn report_panics() {
    report(|_, text| error(text));
}

/// The same with the stack in the text, for browsers that add none. It is 0.6 KB more to download.
pub fn report_panics_with_stack() {
    report(|info, _| console_error_panic_hook::hook(info));
}

fn report(print: impl Fn(&PanicHookInfo<'_>, &str) + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |info| {
        let text = info.to_string().leak();
        print(info, text);
        if let Ok(mut message) = MESSAGE.try_lock() {
            *message = Some(text);
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
