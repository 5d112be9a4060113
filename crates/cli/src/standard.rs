//! Whether standard output was open when the program was started.
//!
//! A program may be started with standard output closed (`quorum demo >&-`). Before `main` begins, Rust's runtime opens
//! `/dev/null` in its place, so that no file that is opened later takes its number. From then on everything seems to be
//! written. So it is looked at before the runtime starts: a loader calls the functions that are listed in this section.

use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether nothing that is written to standard output can arrive anywhere.
pub(crate) fn output_was_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

#[cfg(target_os = "linux")]
mod at_start {
    use super::{CLOSED, Ordering};

    /// Asks the kernel, and nothing else: nothing of the standard library is ready yet.
    extern "C" fn look() {
        let flags = rustix::io::fcntl_getfd(rustix::stdio::stdout());
        CLOSED.store(flags == Err(rustix::io::Errno::BADF), Ordering::Relaxed);
    }

    #[allow(unsafe_code, reason = "a section has to be named, and `look` does nothing that needs a runtime")]
    #[used]
    #[unsafe(link_section = ".init_array")]
    static LOOK: extern "C" fn() = look;
}
