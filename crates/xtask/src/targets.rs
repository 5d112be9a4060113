//! Rust's own support for a target: there, or added through rustup.

use crate::command::{command, output, run};
use crate::tools::on_path;
use anyhow::{Result, bail};
use std::path::Path;

/// What the page runs.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// A machine without an operating system: what builds for it uses no `std`.
pub(crate) const BARE: &str = "thumbv7em-none-eabi";

/// Makes sure that rustc can build for `target`.
///
/// # Errors
/// When it cannot, and there is no rustup that could add it.
pub(crate) fn ensure(target: &str) -> Result<()> {
    let libraries = output(command("rustc").args(["--print", "target-libdir", "--target", target]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!(
            "this Rust cannot build for {target}, and there is no rustup to add it. Install Rust through \
             https://rustup.rs, or add the standard library for {target} the way this Rust was installed"
        );
    }
    eprintln!("Adding {target} to this Rust.");
    run(command("rustup").args(["target", "add", target]))
}
