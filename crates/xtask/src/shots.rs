//! `shots`: pictures of the page, taken by the `shots` program of the browser tests.
//!
//! It lives there because the WebDriver client it needs takes longer to compile than all of this crate.

use crate::command::{cargo, run};
use crate::tools::{self, Browser};
use crate::{build, project};
use anyhow::Result;

/// Builds the site and takes the pictures.
///
/// # Errors
/// When the site does not build, or there is no browser to show it.
pub(crate) fn shots() -> Result<()> {
    tools::ensure_browser(Browser::Chromium)?;
    build::build()?;
    let to = project::shots();
    run(cargo(["run", "--package", "quorum-tests", "--bin", "shots", "--"]).arg(&to))?;
    println!("The pictures are in {}", to.display());
    Ok(())
}
