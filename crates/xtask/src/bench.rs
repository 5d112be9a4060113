//! `bench`: the benchmarks, run by the `bench` program of the browser tests: half of what they measure happens in a
//! browser.

use crate::build;
use crate::command::{cargo, run};
use crate::install::Needs;
use crate::tools::Browser;
use anyhow::{Context, Result};
use std::path::{Path, absolute};

/// Builds the site and prints the figures: a table, or one JSON list. With another built site, only what a page pays for
/// the engine is measured, here and there.
///
/// # Errors
/// When the site does not build, or there is no browser.
pub(crate) fn bench(as_json: bool, beside: Option<&Path>) -> Result<()> {
    Needs::browser(Browser::Chromium).ensure(true)?;
    build::build()?;
    let mut bench = cargo(["run", "--profile", "native", "--package", "quorum-tests", "--bin", "bench"]);
    match beside {
        // What is measured against another search takes half a minute to compile, and is not asked for.
        Some(site) => {
            let site = absolute(site).with_context(|| format!("{} is not a directory", site.display()))?;
            bench.arg("--").arg("--beside").arg(site);
        }
        None => {
            bench.args(["--features", "peers", "--"]);
        }
    }
    bench.args(as_json.then_some("--json"));
    run(&mut bench)
}
