//! Where things are. Every path starts at the root of the repository, so that a command works from any directory.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    // Asked when it runs: a program in a target directory that two clones share may have been built in the other.
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let here = PathBuf::from(here);
        here.ancestors().nth(2).unwrap_or(&here).to_owned()
    });
    &ROOT
}

/// Where cargo puts a program of this workspace.
pub(crate) fn built(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    root().join(target).join("debug").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// The page as it is written.
pub(crate) fn web() -> PathBuf {
    root().join("web")
}

/// The generated part of the page.
pub(crate) fn web_wasm() -> PathBuf {
    web().join("wasm")
}

/// The scenarios of the page, written from those of the core.
pub(crate) fn web_scenarios() -> PathBuf {
    web().join("scenarios")
}

/// The shipped challenges, kept with the core.
pub(crate) fn challenges() -> PathBuf {
    root().join("crates/core/challenges")
}

/// The shipped scenarios, kept with the core.
pub(crate) fn scenarios() -> PathBuf {
    root().join("crates/core/scenarios")
}

/// The scenarios as the runs they make, kept with the core, whose tests hold them to it.
pub(crate) fn played() -> PathBuf {
    root().join("crates/core/played")
}

/// Runs without a rule that go wrong, kept in the same way.
pub(crate) fn counterexamples() -> PathBuf {
    root().join("crates/core/counterexamples")
}

/// The page as it is served and published.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// The book.
pub(crate) fn book() -> PathBuf {
    root().join("target/docs")
}

/// What is published.
pub(crate) fn package() -> PathBuf {
    root().join("target/package")
}

/// Where pictures go.
pub(crate) fn shots() -> PathBuf {
    root().join("target/shots")
}

/// Where the pages of the book are, and the pictures of the README.
pub(crate) fn docs() -> PathBuf {
    root().join("docs")
}
