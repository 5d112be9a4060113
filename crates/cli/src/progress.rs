//! A progress bar for what takes long: on standard error, and only where a person is watching.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar for so many of these things.
pub(crate) fn bar(count: u64, things: &'static str) -> ProgressBar {
    // Not drawn where standard error is no terminal.
    let bar = ProgressBar::with_draw_target(Some(count), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:32} {human_pos} of {human_len} {msg}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(things);
    bar
}
