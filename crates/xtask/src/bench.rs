//! `bench`: the benchmarks, run by the `bench` program of the browser tests: half of what they measure happens in a
//! browser.

use crate::build;
use crate::command::{cargo, run};
use crate::install::Needs;
use crate::tools::Browser;
use anyhow::Result;

/// Builds the site and prints the figures: a table, or one JSON list.
///
/// # Errors
/// When the site does not build, or there is no browser.
pub(crate) fn bench(as_json: bool) -> Result<()> {
    Needs::browser(Browser::Chromium).ensure(true)?;
    build::build()?;
    let package = ["--package", "quorum-tests", "--features", "peers", "--bin", "bench"];
    let mut bench = cargo(["run", "--profile", "native"]);
    bench.args(package).arg("--");
    bench.args(as_json.then_some("--json"));
    run(&mut bench)
}
