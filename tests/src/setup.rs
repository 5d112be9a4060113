//! What surrounds a test: the site it visits, the browser it gets, and what happens when it fails.

use crate::Browser;
use crate::page::Page;
use anyhow::{Context, Result, ensure};
use quorum_site_server::Site;
use std::any::Any;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::thread;
use tokio::runtime::{Builder, Runtime};

/// Opens a tab on the site, in a browser that no other test has meanwhile, and runs `test` in it.
///
/// # Panics
/// When `test` fails or panics, when the page has an error, or when there is no site or no browser.
#[track_caller]
pub fn browse(test: impl AsyncFnOnce(&mut Page) -> Result<()>) {
    Setup::new().browse(test);
}

/// Where the lab is that begins with a run of five servers, as it does inside other pages: `page.open(PLAIN)`.
pub const PLAIN: &str = "plain.html";

/// How the site is served to a test that wants it another way.
///
/// ```no_run
/// # use quorum_tests::Setup;
/// Setup::new()
///     .under("/courses/paxos/")
///     .page("/host.html", "<script type=module src=courses/paxos/quorum-lab.js></script><quorum-lab></quorum-lab>")
///     .header("Content-Security-Policy", "default-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'")
///     .browse(async |page| {
///         page.open("/host.html").await?;
///         Ok(())
///     });
/// ```
#[derive(Clone, Debug)]
pub struct Setup {
    site: Site,
    /// Where what is visited was built, a file that must be there, and the command that builds it.
    built: (PathBuf, &'static str, &'static str),
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

impl Setup {
    /// The site at the root of its host: dist/, or what `QUORUM_SITE` names.
    pub fn new() -> Self {
        let site = std::env::var_os("QUORUM_SITE").map_or_else(|| root().join("dist"), PathBuf::from);
        Self::of(site, "index.html", "cargo xtask build")
    }

    /// The site as it is written, in plain modules, whatever is tested otherwise.
    pub fn as_written() -> Self {
        Self::of(root().join("dist"), "index.html", "cargo xtask build")
    }

    /// The book at the root of its host.
    pub fn book() -> Self {
        Self::of(root().join("target/docs"), "index.html", "cargo xtask docs")
    }

    /// The npm package as files at the root of a host, with no page of its own but embed.html.
    pub fn package() -> Self {
        Self::of(package(), "quorum-lab.js", "cargo xtask package")
    }

    /// Somebody else's site that the package is a part of, as its own tools built it: a folder of tests/hosts or examples.
    pub fn host(name: &str) -> Self {
        Self::of(root().join("target/hosts").join(name).join("dist"), "index.html", "cargo xtask hosts")
    }

    fn of(directory: PathBuf, file: &'static str, command: &'static str) -> Self {
        Self { site: Site::new(&directory), built: (directory, file, command) }
    }

    /// Moves the site below a path.
    pub fn under(self, path: &str) -> Self {
        Self { site: self.site.under(path), ..self }
    }

    /// Adds a page beside the site, at an absolute path.
    pub fn page(self, path: &str, text: impl Into<String>) -> Self {
        Self { site: self.site.page(path, text), ..self }
    }

    /// Adds a header to every answer.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { site: self.site.header(name, value), ..self }
    }

    /// Opens a tab on this site, in a browser that no other test has meanwhile, and runs `test` in it.
    ///
    /// # Panics
    /// When `test` fails or panics, when the page has an error, or when there is no site or no browser.
    #[track_caller]
    pub fn browse(self, test: impl AsyncFnOnce(&mut Page) -> Result<()>) {
        let outcome = runtime().and_then(|runtime| {
            let mut page = runtime.block_on(self.start())?;
            // Caught, so that the browser is closed on every way out.
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(test(&mut page))));
            runtime.block_on(finish(page, outcome))
        });
        if let Err(error) = outcome {
            panic!("{}", without_machine_code(&format!("{error:#}")));
        }
    }

    /// Opens a browser without a test around it, for programs that are not tests.
    ///
    /// # Errors
    /// When `visit` fails, when the page has an error, or when there is no site or no browser.
    pub fn visit(self, visit: impl AsyncFnOnce(&mut Page) -> Result<()>) -> Result<()> {
        let runtime = runtime()?;
        let mut page = runtime.block_on(self.start())?;
        let outcome = runtime.block_on(visit(&mut page));
        runtime.block_on(finish(page, Ok(outcome)))
    }

    /// The site, and beside its page the same page without the lesson of a first visit.
    fn with_a_plain_lab(self) -> Result<Site> {
        let Ok(page) = fs::read_to_string(self.built.0.join("index.html")) else { return Ok(self.site) };
        let path = format!("{}{PLAIN}", self.site.path());
        Ok(self.site.page(&path, page.replace(" scenario=\"first-agreement\"", "")))
    }

    async fn start(self) -> Result<Page> {
        let (directory, file, command) = &self.built;
        ensure!(directory.join(file).is_file(), "there is nothing to open. Build it first: {command}");
        Page::start(Browser::chosen()?, self.with_a_plain_lab()?).await
    }
}

/// Gives the browser back and says how it went: what the test did wrong before what the page did wrong.
async fn finish(page: Page, outcome: thread::Result<Result<()>>) -> Result<()> {
    let errors = page.take_errors().await;
    let failed = !matches!((&outcome, &errors), (Ok(Ok(())), Ok(errors)) if errors.is_empty());
    let picture = if failed { keep_a_picture(&page).await.ok() } else { None };
    let ended = if failed { page.end().await } else { page.leave().await };
    let errors = errors.unwrap_or_else(|error| vec![format!("its errors cannot be read: {error:#}")]);
    let mut notes = String::new();
    if !errors.is_empty() {
        notes += &format!("\nthe page had errors:\n  {}", errors.join("\n  "));
    }
    if let Some(picture) = picture {
        notes += &format!("\na picture of it is in {}", picture.display());
    }
    match outcome {
        Err(panic) => {
            eprintln!("{}", notes.trim_start());
            panic::resume_unwind(panic as Box<dyn Any + Send>)
        }
        Ok(Err(error)) if notes.is_empty() => Err(error),
        Ok(Err(error)) => Err(anyhow::anyhow!("{error:#}{notes}")),
        Ok(Ok(())) if failed => Err(anyhow::anyhow!("{}", notes.trim_start())),
        Ok(Ok(())) => ended,
    }
}

/// A message without the addresses inside the driver that it adds to each of its errors.
fn without_machine_code(message: &str) -> String {
    let tells = |line: &&str| !line.trim_start().starts_with('#') && line.trim() != "Stacktrace:";
    message.lines().filter(tells).collect::<Vec<_>>().join("\n")
}

/// Keeps what the page looks like, under the name of the test, which is the name of its thread.
async fn keep_a_picture(page: &Page) -> Result<PathBuf> {
    let name = thread::current().name().unwrap_or("unnamed").replace("::", "-");
    let path = root().join("target/failed").join(format!("{name}.png"));
    page.picture(&path).await?;
    Ok(path)
}

fn runtime() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("no runtime can be started")
}

/// Where the npm package is.
pub fn package() -> PathBuf {
    root().join("target/package/npm")
}

/// The root of the repository.
fn root() -> PathBuf {
    // Asked when it runs: a program in a target directory that two clones share may have been built in the other.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = PathBuf::from(here);
    here.parent().unwrap_or(&here).to_owned()
}
