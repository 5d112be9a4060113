//! A panic is a bug in this program: the console says so, with the way that led there.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// Prints panics to the console, and tells `then` what each of them says.
///
/// What it says is never freed: after a panic nothing of this instance is used again.
pub fn on_panic(then: fn(&'static str)) {
    std::panic::set_hook(Box::new(move |info| {
        let text = info.to_string().leak();
        error(text);
        then(text);
    }));
}
