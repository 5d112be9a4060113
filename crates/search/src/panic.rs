//! A panic is a bug in this program. The page must be able to say so, not only the console.

use std::cell::Cell;

thread_local! {
    /// Never freed: after a panic nothing of this instance is used again.
    static MESSAGE: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Prints panics to the console from now on, and keeps the latest for the page.
pub(crate) fn keep_message() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        MESSAGE.set(Some(info.to_string().leak()));
    }));
}

/// What the latest panic said; `None` if there was none.
pub(crate) fn message() -> Option<&'static str> {
    MESSAGE.get()
}
