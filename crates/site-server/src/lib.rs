//! A static file server for one machine.
//!
//! `cargo xtask serve` shows the site with it and the browser tests visit the site through it, so that what a
//! person sees and what the tests see comes over the same few lines. It does three things that a bare file
//! server often gets wrong for a page like this one:
//!
//! - **types**: a browser refuses a module that is not `text/javascript`, and compiles WebAssembly while it
//!   still downloads only if it is `application/wasm`;
//! - **freshness**: `Cache-Control: no-store`, since what is served was built a moment ago;
//! - **places**: a site can be [mounted](Site::under) below any path, because it must work below any path.
//!
//! It stands on the sockets of std, with `httparse` reading the requests. `tiny_http`, and `rouille` which is built
//! on it, count a thread as idle until it wakes, so of several connections that arrive at once some are left behind
//! ones that a browser keeps open. A page of twenty modules meets that often.

mod request;
mod server;
mod unfinished;

pub use server::{SiteServer, serve};
pub use unfinished::Unfinished;

use std::path::PathBuf;

/// In the text of a page: the scheme, host and port that it is served at.
pub const ORIGIN: &str = "ORIGIN-OF-THE-SITE";

/// What is served: a directory, below a path, with pages and headers added to it.
///
/// ```
/// use quorum_site_server::Site;
///
/// let site = Site::new("dist")
///     .under("/courses/paxos/")
///     .page("/host.html", "<script type=module src=courses/paxos/quorum-lab.js></script>")
///     .header("Content-Security-Policy", "default-src 'self' 'wasm-unsafe-eval'");
/// # let _ = site;
/// ```
#[derive(Clone, Debug)]
pub struct Site {
    root: PathBuf,
    under: String,
    pages: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    first_script: Option<String>,
    unfinished: Option<Unfinished>,
}

impl Site {
    /// The files below `root`, at `/`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            under: "/".into(),
            pages: Vec::new(),
            headers: Vec::new(),
            first_script: None,
            unfinished: None,
        }
    }

    /// Moves the files below `path`, as on a host that gives each project a folder.
    pub fn under(mut self, path: &str) -> Self {
        let name = path.trim_matches('/');
        self.under = if name.is_empty() { "/".into() } else { format!("/{name}/") };
        self
    }

    /// Adds a page that is in no file, at an absolute path. Its name's ending says its type, and [`ORIGIN`] in it stands for
    /// where the site turns out to be served.
    pub fn page(mut self, path: &str, text: impl Into<String>) -> Self {
        self.pages.push((path.into(), text.into()));
        self
    }

    /// Knows where it is served.
    fn at(mut self, origin: &str) -> Self {
        for (_, text) in &mut self.pages {
            if text.contains(ORIGIN) {
                *text = text.replace(ORIGIN, origin);
            }
        }
        self
    }

    /// Adds a header to every answer.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Runs `script` in every page before the page's own scripts.
    pub fn first_script(mut self, script: impl Into<String>) -> Self {
        self.first_script = Some(script.into());
        self
    }

    /// While the site is unfinished, a request for a file that is not there waits.
    pub fn unfinished(mut self, unfinished: Unfinished) -> Self {
        self.unfinished = Some(unfinished);
        self
    }

    /// The path the files are under: begins and ends with `/`.
    pub fn path(&self) -> &str {
        &self.under
    }
}
