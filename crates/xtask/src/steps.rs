//! The checks, each one command that a contributor could type.

use crate::command::{cargo, command, own_program, run};
use crate::install::Needs;
use crate::tools::{self, Browser};
use crate::{build, docs, project, size, targets};
use anyhow::Result;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How long the tests of the engine may take in the browser, in seconds. The runner's own limit is for small crates.
const WASM_TEST_SECONDS: &str = "120";

/// A check: its name, and what it does.
pub(crate) type Step = (&'static str, fn(Browser) -> Result<()>);

/// Everything that must hold, the quick things first. Their order and their commands are chosen so that libraries compile
/// as few times as possible: clippy and rustdoc share what they check, the page is built once, and every native command
/// names the whole workspace, so that a library has the same features in all of them.
pub(crate) const ALL: &[Step] = &[
    FORMATTING,
    ("lints", |_| lints()),
    ("lints of the engine for the browser", |_| {
        let package = ["clippy", "--package", "quorum-wasm", "--all-targets", "--target", targets::WASM];
        run(cargo(package).args(["--", "-D", "warnings"]))
    }),
    ("documentation of the crates", |_| {
        run(cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", warnings_are_errors()))
    }),
    ("the core without an operating system", |_| {
        let packages = ["quorum-core", "quorum-link", "quorum-export"].map(|name| format!("--package={name}"));
        run(cargo(["check", "--target", targets::BARE]).args(packages))
    }),
    ("native tests", |_| run(&mut cargo(["test", "--workspace", "--no-fail-fast"]))),
    ("the engine in a browser", engine_in_a_browser),
    ("the site", |_| build::build().map(|_| ())),
    ("the page's modules", |_| page(&["lint", "types", "test"])),
    ("the package, and the size of a first visit", |_| size::size(false)),
    ("the package as others take it in", |_| page(&["package"])),
    ("the book", |_| docs::build().map(|_| ())),
    ("the page as it is written, in a browser", |browser| in_pages(["opens::"], browser, None)),
    ("the page as it is published, in a browser", |browser| in_pages([], browser, Some(&published()))),
    ("the page in the other browsers", in_the_others),
];

/// What the page is asked in the browsers that did not run all of its tests: it opens, plays, is there after a reload, decides
/// what every other engine decides, and stands in pages of somebody else.
const IN_THE_OTHERS: [&str; 8] = [
    "opens::",
    "plays::at_speed_64_five_servers_soon_agree_and_play_ends_by_itself",
    "plays::pause_stops_and_play_goes_on",
    "survives_reload::a_reload_while_it_plays_restores_the_last_moment_that_was_shown",
    "survives_reload::what_happens_next_after_a_reload_is_what_would_have_happened",
    "digests::",
    "embeds::two_labs_live_side_by_side_under_a_sub_path_and_a_strict_policy",
    "embeds::a_sandboxed_frame_has_no_storage_and_the_lab_in_it_says_so_and_works",
];

/// What a contributor runs all the time: without a browser, and without the searches that take longest.
pub(crate) const QUICK: &[Step] = &[
    FORMATTING,
    ("lints", |_| lints()),
    ("tests of the core", |_| {
        let without_searches = ["--skip", "search::paxos_model::reductions"];
        run(cargo(["test", "--package", "quorum-core", "--lib", "--"]).args(without_searches))
    }),
    ("the page's modules", |_| page(&["lint", "types", "test"])),
];

const FORMATTING: Step = ("formatting", |_| run(&mut cargo(["fmt", "--all", "--check"])));

/// What clippy says of everything. The page's tests are named, since what is not run by default is no target of all.
fn lints() -> Result<()> {
    for targets in [&["--all-targets"][..], &["--test", "page"]] {
        run(cargo(["clippy", "--workspace"]).args(targets).args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

/// The site that is published. Its modules are joined, so that a page opens in two thirds of the time.
fn published() -> PathBuf {
    project::package().join("site")
}

/// The page's tests whose names contain one of `names`, all of them where none is given: on the site as it is written, or on
/// another one.
fn in_pages<const N: usize>(names: [&str; N], browser: Browser, site: Option<&Path>) -> Result<()> {
    let mut test = cargo(["test", "--workspace", "--test", "page", "--"]);
    let test = on_a_screen(test.args(names), browser).env("QUORUM_BROWSER", browser.name());
    if let Some(site) = site {
        test.env("QUORUM_SITE", site);
    }
    run(test)
}

/// Makes sure that what the page's checks need is there, and runs some of them.
pub(crate) fn page(scripts: &[&str]) -> Result<()> {
    Needs::page_tools().ensure(true)?;
    for script in scripts {
        run(command(tools::npm()).args(["run", "--silent", script]))?;
    }
    Ok(())
}

/// The flags for rustdoc, beside those that are set already.
fn warnings_are_errors() -> OsString {
    let mut flags = std::env::var_os("RUSTDOCFLAGS").unwrap_or_default();
    flags.push(" -D warnings");
    flags
}

/// The browser that runs the engine's own tests: wasm-bindgen's runner does not know WebKit's driver.
pub(crate) fn for_the_engine(browser: Browser) -> Browser {
    if browser == Browser::Webkit { Browser::Chromium } else { browser }
}

fn engine_in_a_browser(browser: Browser) -> Result<()> {
    let mut command = cargo(["test", "--target", targets::WASM]);
    let packages = ["quorum-border", "quorum-wasm", "quorum-extras", "quorum-search"];
    command.args(packages.map(|package| format!("--package={package}")));
    command.env("WASM_BINDGEN_TEST_TIMEOUT", WASM_TEST_SECONDS);
    let runner = own_program("wasm-test-runner")?;
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner.get_program());
    // The runner takes the first driver it meets, so it must meet only one.
    for driver in ["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"] {
        command.env_remove(driver).env_remove(format!("{driver}_REMOTE"));
    }
    let (variable, program) = tools::driver(for_the_engine(browser))?;
    run(command.env(variable, program))
}

/// Runs a part of the page's tests in the browsers that did not run all of them, and says in which, and in which not.
fn in_the_others(browser: Browser) -> Result<()> {
    for other in Browser::ALL.into_iter().filter(|other| *other != browser) {
        let (title, name) = (other.title(), other.name());
        if !Needs::browser(other).can_be_met(false)? {
            eprintln!("NOT TESTED in {title}: `cargo xtask test --browser {name}` says what is missing");
            continue;
        }
        eprintln!("\n--- in {title}: {}", IN_THE_OTHERS.join("\n    "));
        in_pages(IN_THE_OTHERS, other, Some(&published()))?;
    }
    Ok(())
}

/// The command as it is, or with a screen made up for a browser that needs one.
fn on_a_screen(inner: &mut Command, browser: Browser) -> &mut Command {
    if browser.needs_a_screen() {
        let mut outer = command("xvfb-run");
        outer.arg("-a").arg(inner.get_program()).args(inner.get_args());
        *inner = outer;
    }
    inner
}

#[cfg(test)]
mod tests {
    use super::IN_THE_OTHERS;
    use crate::project;

    #[test]
    fn what_the_other_browsers_are_asked_is_there() {
        for asked in IN_THE_OTHERS {
            let (file, name) = asked.split_once("::").unwrap();
            let path = project::root().join("tests/tests/page").join(file).with_extension("rs");
            let tests = std::fs::read_to_string(path).unwrap();
            assert!(tests.contains(&format!("fn {name}")), "{asked}");
        }
    }
}
