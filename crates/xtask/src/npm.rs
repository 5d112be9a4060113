//! The tools of the page that come from npm: package.json names them, package-lock.json pins them.

use crate::command::{command, run};
use crate::{project, tools};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A copy of the package-lock.json that was installed. `npm ci` removes it with all of node_modules. Contents are compared,
/// because a fresh clone's files are all of one time.
fn installed() -> PathBuf {
    project::root().join("node_modules/.installed-lock.json")
}

fn wanted() -> PathBuf {
    project::root().join("package-lock.json")
}

/// Whether node_modules is what package-lock.json says.
pub(crate) fn is_installed() -> bool {
    let (installed, wanted) = (fs::read(installed()), fs::read(wanted()));
    matches!((installed, wanted), (Ok(installed), Ok(wanted)) if installed == wanted)
}

/// The command that makes it so.
pub(crate) fn installing() -> Command {
    let mut install = command(tools::npm());
    install.args(["ci", "--no-audit", "--no-fund"]);
    install
}

/// Installs what package-lock.json says, unless it is there.
///
/// # Errors
/// When npm is not there or fails.
pub(crate) fn ensure() -> Result<()> {
    if is_installed() {
        return Ok(());
    }
    run(&mut installing())?;
    fs::copy(wanted(), installed()).context("node_modules cannot be written")?;
    Ok(())
}
