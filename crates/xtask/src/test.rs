//! `test`: everything that must hold, the quick things first, up to the page in a real browser.
//!
//! The steps are what a contributor could type one after the other; each failure says which command it was. Their
//! order and their commands are chosen so that libraries compile as few times as possible: clippy and rustdoc
//! share what they check, the native tests share this program's own build, and the page is built once.

use crate::command::{cargo, command, run};
use crate::tools::{self, Browser};
use crate::{build, project, size, targets};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::io::Write;
use std::process::Command;
use std::time::Instant;

/// How long the tests of the engine may take in the browser, in seconds. The runner's own limit is for small crates.
const WASM_TEST_SECONDS: &str = "120";

type Step = (&'static str, fn(Browser) -> Result<()>);

const STEPS: &[Step] = &[
    ("the tools are here", |browser| {
        tools::ensure_browser(browser)?;
        tools::ensure_browser(for_the_engine(browser))?;
        tools::ensure_npm()?;
        targets::ensure(targets::WASM)?;
        targets::ensure(targets::BARE)
    }),
    ("formatting", |_| run(&mut cargo(["fmt", "--all", "--check"]))),
    ("lints", |_| run(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))),
    ("lints of the engine for the browser", |_| {
        let package = ["clippy", "--package", "quorum-wasm", "--all-targets", "--target", targets::WASM];
        run(cargo(package).args(["--", "-D", "warnings"]))
    }),
    ("documentation", |_| run(cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", warnings_are_errors()))),
    ("the core without an operating system", |_| {
        run(&mut cargo(["build", "--package", "quorum-core", "--target", targets::BARE]))
    }),
    ("native tests", |_| {
        run(&mut cargo(["test", "--package", "xtask", "--package", "quorum-site-server"]))?;
        let others = ["--exclude", "quorum-tests", "--exclude", "xtask", "--exclude", "quorum-site-server"];
        run(cargo(["test", "--workspace"]).args(others))
    }),
    ("the engine in a browser", engine_in_a_browser),
    ("the site", |_| build::build().map(|_| ())),
    ("types of the page", |_| types()),
    ("size of a first visit", |_| size::size(false)),
    ("the page in a browser", page_in_a_browser),
];

/// Runs every step, and stops at the first that fails.
///
/// # Errors
/// What the failing step says.
pub(crate) fn test(browser: Browser) -> Result<()> {
    for (at, (name, step)) in STEPS.iter().enumerate() {
        let number = at + 1;
        eprintln!("\n=== {number}/{}: {name}", STEPS.len());
        let start = Instant::now();
        step(browser).with_context(|| format!("stopped at step {number}, {name}"))?;
        let is_last = number == STEPS.len();
        // The last lines are those of cargo test, with its own time: whoever reads the end of a log looks for them.
        if !is_last {
            eprintln!("    {name}: {:.1} s", start.elapsed().as_secs_f32());
        }
    }
    Ok(std::io::stdout().flush()?)
}

/// The flags for rustdoc, beside those that are set already.
fn warnings_are_errors() -> OsString {
    let mut flags = std::env::var_os("RUSTDOCFLAGS").unwrap_or_default();
    flags.push(" -D warnings");
    flags
}

/// The browser that runs the engine's own tests: wasm-bindgen's runner does not know WebKit's driver.
fn for_the_engine(browser: Browser) -> Browser {
    if browser == Browser::Webkit { Browser::Chromium } else { browser }
}

fn engine_in_a_browser(browser: Browser) -> Result<()> {
    let mut command = cargo(["test", "--target", targets::WASM]);
    command.args(["quorum-wasm", "quorum-extras", "quorum-search"].map(|package| format!("--package={package}")));
    command.env("WASM_BINDGEN_TEST_TIMEOUT", WASM_TEST_SECONDS);
    // The runner takes the first driver it meets, so it must meet only one.
    for driver in ["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"] {
        command.env_remove(driver).env_remove(format!("{driver}_REMOTE"));
    }
    let (variable, program) = tools::driver(for_the_engine(browser))?;
    run(command.env(variable, program))
}

/// Checks the JavaScript of the page against its comments and against the types generated from Rust.
fn types() -> Result<()> {
    let npm = tools::ensure_npm()?;
    run(command(&npm).args(["ci", "--no-audit", "--no-fund"]))?;
    let compiler = project::root().join("node_modules/typescript/bin/tsc");
    run(command("node").arg(compiler).args(["--project", "tsconfig.json"]))
}

fn page_in_a_browser(browser: Browser) -> Result<()> {
    let test = cargo(["test", "--package", "quorum-tests"]);
    let mut test = if browser.needs_a_screen() { on_a_made_up_screen(&test) } else { test };
    run(test.env("QUORUM_BROWSER", browser.name()))
}

fn on_a_made_up_screen(inner: &Command) -> Command {
    let mut outer = command("xvfb-run");
    outer.arg("-a").arg(inner.get_program()).args(inner.get_args());
    outer
}
