//! Panics that are an answer.
//!
//! A library that reads a damaged file may panic. Whoever catches that says in a sentence what it means; the message of the
//! panic, with the place in the library's code, is for nobody.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Does something on this thread. A panic in it is returned as `None`, and not printed.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                tell(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_is_nothing_and_what_does_not_is_returned() {
        assert_eq!(caught(|| 7), Some(7));
        assert_eq!(caught(|| assert!(QUIET.get(), "nobody reads this")), Some(()));
        assert_eq!(caught(|| Vec::<u32>::new()[1]), None);
        assert!(!QUIET.get(), "other panics are told");
    }
}
