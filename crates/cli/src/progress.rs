//! Progress of what takes long: on standard error, and only where a person is watching.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const BAR: &str = "{bar:32} {human_pos} of {human_len} {msg}, {eta} left";
const SPINNER: &str = "{spinner} {elapsed}: {msg}";

/// A bar for so many of these things.
pub(crate) fn bar(count: u64, things: &'static str) -> ProgressBar {
    let bar = styled(Some(count), BAR, ProgressDrawTarget::stderr());
    bar.set_message(things);
    bar
}

/// A line for what has no known end.
pub(crate) fn spinner() -> ProgressBar {
    styled(None, SPINNER, ProgressDrawTarget::stderr())
}

/// Nothing is drawn where standard error is no terminal.
fn styled(count: Option<u64>, template: &str, target: ProgressDrawTarget) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(count, target);
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::InMemoryTerm;

    fn drawn(count: Option<u64>, template: &str) -> String {
        let terminal = InMemoryTerm::new(5, 120);
        let bar = styled(count, template, ProgressDrawTarget::term_like(Box::new(terminal.clone())));
        bar.set_message("things");
        bar.set_position(3);
        bar.force_draw();
        terminal.contents()
    }

    #[test]
    fn a_bar_says_how_far_it_is_and_a_spinner_says_only_what_is_known() {
        let bar = drawn(Some(12), BAR);
        assert!(bar.contains("3 of 12 things, "), "{bar}");
        let spinner = drawn(None, SPINNER);
        assert!(spinner.contains(": things") && !spinner.contains('/'), "{spinner}");
    }
}
