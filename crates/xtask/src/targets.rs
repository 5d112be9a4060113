//! Rust's own support for a target: there, or added through rustup.

use crate::command::{command, output, run};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// What the page runs.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// A machine without an operating system: what builds for it uses no `std`.
pub(crate) const BARE: &str = "thumbv7em-none-eabi";

/// Whether rustc can build for `target`.
///
/// # Errors
/// When there is no rustc to ask.
pub(crate) fn is_here(target: &str) -> Result<bool> {
    let libraries = output(command("rustc").args(["--print", "target-libdir", "--target", target]))?;
    Ok(Path::new(libraries.trim()).is_dir())
}

/// The command that adds `target`.
///
/// # Errors
/// When there is no rustup that could add it.
pub(crate) fn adding(target: &str) -> Result<Command> {
    if which::which("rustup").is_err() {
        bail!(
            "this Rust cannot build for {target}, and there is no rustup to add it. Install Rust through \
             https://rustup.rs, or add the standard library for {target} the way this Rust was installed"
        );
    }
    let mut add = command("rustup");
    add.args(["target", "add", target]);
    Ok(add)
}

/// Makes sure that rustc can build for `target`.
///
/// # Errors
/// When it cannot, and there is no rustup that could add it.
pub(crate) fn ensure(target: &str) -> Result<()> {
    if is_here(target)? {
        return Ok(());
    }
    eprintln!("Adding {target} to this Rust.");
    run(&mut adding(target)?)
}
