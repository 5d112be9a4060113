//! Standard output and standard error. Who reads them may stop reading: that is no error of ours. But where there never was
//! anything to write to, what was asked for cannot be had, and that is one.

use crate::standard;
use anyhow::{Context, Result, bail};
use quorum_core::json::Json;
use quorum_core::text::visible;
use std::io::{ErrorKind, Write, stderr, stdout};

/// Prints a text as it is.
///
/// # Errors
/// When standard output cannot be written, unless its reader is gone.
pub(crate) fn print(text: &str) -> Result<()> {
    if standard::output_was_closed() {
        bail!("standard output is closed: there is nowhere to write the answer to");
    }
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

/// Says a sentence on standard error, on one line: it may repeat what came from outside. When even that cannot be written
/// there is nobody left to be told.
pub(crate) fn say(text: &str) {
    drop(writeln!(stderr(), "{}", visible(text)));
}
