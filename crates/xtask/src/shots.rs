//! `shots`: pictures of the page, taken by the `shots` program of the browser tests.
//!
//! It lives there because the WebDriver client it needs takes longer to compile than all of this crate.

use crate::command::{cargo, run};
use crate::install::Needs;
use crate::tools::Browser;
use crate::{build, project};
use anyhow::Result;

/// Builds the site and takes the pictures: of every state, or the two at the top of the README.
///
/// # Errors
/// When the site does not build, or there is no browser to show it.
pub(crate) fn shots(readme: bool) -> Result<()> {
    Needs::browser(Browser::Chromium).ensure(true)?;
    build::build()?;
    let to = if readme { project::docs() } else { project::shots() };
    let mut take = cargo(["run", "--package", "quorum-tests", "--bin", "shots", "--"]);
    take.arg(&to).args(readme.then_some("readme"));
    run(&mut take)?;
    println!("The pictures are in {}", to.display());
    Ok(())
}
