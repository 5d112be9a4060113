//! `test`, `check` and `fix`: everything that must hold, what is checked all the time, and what repairs itself.
//!
//! `test` goes from the quick things up to the page in a real browser, and stops at the first check that fails.

use crate::command::{cargo, run};
use crate::install::Needs;
use crate::steps::{self, Step};
use crate::targets;
use crate::tools::Browser;
use anyhow::{Context, Result};
use std::io::Write;
use std::time::Instant;

/// Runs every check. What is missing to run them is installed first, if it can be and may be.
///
/// # Errors
/// What the failing check says, or what is missing.
pub(crate) fn test(browser: Browser, may_install: bool) -> Result<()> {
    prepare(browser, may_install).context("stopped before the first step")?;
    all(steps::ALL, browser)
}

/// Runs the checks that take less than a minute once everything is compiled.
///
/// # Errors
/// What the failing check says.
pub(crate) fn check() -> Result<()> {
    all(steps::QUICK, Browser::default())
}

/// Repairs what can be repaired without a person: layout, and lints that say how.
///
/// # Errors
/// When a tool fails.
pub(crate) fn fix() -> Result<()> {
    run(&mut cargo(["fmt", "--all"]))?;
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--fix", "--allow-dirty", "--allow-staged"]))?;
    run(&mut cargo(["fmt", "--all"]))?;
    steps::page(&["fix"])
}

/// Makes sure that every program is there which the checks need. A browser that runs a part of the page's tests only is
/// installed where that needs nobody.
fn prepare(browser: Browser, may_install: bool) -> Result<()> {
    let mut browsers = vec![browser, steps::for_the_engine(browser)];
    for other in Browser::ALL.into_iter().filter(|other| *other != browser) {
        if Needs::browser(other).can_be_met(may_install)? {
            browsers.push(other);
        }
    }
    let needs = Needs { browsers, targets: vec![targets::WASM, targets::BARE], page_tools: true };
    needs.ensure(may_install)
}

fn all(steps: &[Step], browser: Browser) -> Result<()> {
    for (at, (name, step)) in steps.iter().enumerate() {
        let number = at + 1;
        eprintln!("\n=== {number}/{}: {name}", steps.len());
        let start = Instant::now();
        step(browser).with_context(|| format!("stopped at step {number}, {name}"))?;
        // The last lines are those of cargo test, with its own time: a reader of the end of a log looks for them.
        if number < steps.len() {
            eprintln!("    {name}: {:.1} s", start.elapsed().as_secs_f32());
        }
    }
    Ok(std::io::stdout().flush()?)
}
