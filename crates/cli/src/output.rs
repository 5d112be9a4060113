//! Standard output. Whoever reads it may stop reading: that is no error of ours.

use anyhow::{Context, Result};
use quorum_core::json::Json;
use std::io::{ErrorKind, Write, stdout};

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
/// See [`print`].
pub(crate) fn print_json(json: &Json) -> Result<()> {
    print(&(serde_json::to_string(json)? + "\n"))
}
