//! Standard output and standard error. Whoever reads them may stop reading: that is no error of ours.

use anyhow::{Context, Result};
use quorum_core::json::Json;
use std::io::{ErrorKind, Write, stderr, stdout};

/// Prints a text as it is.
///
/// # Errors
/// When standard output cannot be written, unless its reader is gone.
pub(crate) fn print(text: &str) -> Result<()> {
    match stdout().write_all(text.as_bytes()).and_then(|()| stdout().flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.context("standard output cannot be written"),
    }
}

/// Prints one JSON value on a line of its own.
///
/// # Errors
/// See [`print()`].
pub(crate) fn print_json(json: &Json) -> Result<()> {
    print(&format!("{json}\n"))
}

/// Says something on standard error. When even that cannot be written there is nobody left to be told.
pub(crate) fn say(text: &str) {
    drop(writeln!(stderr(), "{text}"));
}
