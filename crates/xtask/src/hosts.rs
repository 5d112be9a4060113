//! `hosts`: documentation sites with a figure in them, built by their own tools, and opened in a browser.
//!
//! What tests/hosts/ has is what an author has: a few pages, and the lines of docs/embedding.md in them. The tools are pinned
//! there, and installed into target/hosts/: half a gigabyte, so `test` is content with what bundlers make (see
//! crates/xtask/package/test) and leaves these to who asks for them.

use crate::command::{command, run};
use crate::install::Needs;
use crate::tools::{self, Browser};
use crate::{mirror, package, project};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A documentation site.
struct Host {
    /// Its folder in tests/hosts/.
    name: &'static str,
    /// Where in it the package's files go, to be published as they are.
    files: &'static str,
    /// What builds it into dist/: a program of Python's or of npm's, and what it is given.
    build: (Tool, &'static [&'static str]),
}

enum Tool {
    Python(&'static str),
    Npm(&'static str),
}

const HOSTS: &[Host] = &[
    Host { name: "mkdocs", files: "docs/quorum", build: (Tool::Python("mkdocs"), &["build", "--quiet", "-d", "dist"]) },
    Host { name: "furo", files: "public/quorum", build: (Tool::Python("sphinx-build"), &["-q", ".", "dist"]) },
    Host {
        name: "vitepress",
        files: "public/quorum",
        build: (Tool::Npm("vitepress"), &["build", ".", "--outDir", "dist"]),
    },
    Host {
        name: "docusaurus",
        files: "static/quorum",
        build: (Tool::Npm("docusaurus"), &["build", "--out-dir", "dist"]),
    },
    Host { name: "starlight", files: "public/quorum", build: (Tool::Npm("astro"), &["build"]) },
];

/// Builds every site and opens it.
///
/// # Errors
/// When a tool cannot be installed, a site does not build, or something does not hold in one.
pub(crate) fn hosts(browser: Browser) -> Result<()> {
    Needs::browser(browser).ensure(true)?;
    package::package()?;
    install()?;
    for host in HOSTS {
        host.build().with_context(|| format!("{} does not build", host.name))?;
    }
    run(command(tools::npm()).args(["run", "--silent", "package"]))?; // it builds the pages of React and Vue
    let mut test =
        crate::command::cargo(["test", "--package", "quorum-tests", "--features", "hosts", "--test", "page"]);
    run(test.args(["--", "hosts::", "sites::"]).env("QUORUM_BROWSER", browser.name()))
}

/// Where the sites are built.
fn built() -> PathBuf {
    project::root().join("target/hosts")
}

fn sources() -> PathBuf {
    project::root().join("tests/hosts")
}

/// Brings the tools that tests/hosts/ pins. What is there already stays.
fn install() -> Result<()> {
    fs::create_dir_all(built())?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(sources().join(file), built().join(file)).with_context(|| format!("{file} cannot be copied"))?;
    }
    let mut npm = command(tools::npm());
    run(npm.args(["install", "--no-audit", "--no-fund"]).current_dir(built()))?;
    let python = built().join("python");
    if !python.exists() {
        run(command("python3").args(["-m", "venv"]).arg(&python))?;
    }
    let pip = python.join("bin/pip");
    run(command(pip).args(["install", "--quiet", "--requirement"]).arg(sources().join("requirements.txt")))
}

impl Host {
    fn build(&self) -> Result<()> {
        let site = built().join(self.name);
        mirror::mirror(&sources().join(self.name), &site, mirror::everything)?;
        mirror::mirror(&project::package().join("npm"), &site.join(self.files), mirror::everything)?;
        let (tool, given) = &self.build;
        run(tool.command().args(*given).current_dir(&site).env("ASTRO_TELEMETRY_DISABLED", "1"))
    }
}

impl Tool {
    fn command(&self) -> Command {
        let file = |folder: &Path, name: &str| command(folder.join(name));
        match self {
            Self::Python(name) => file(&built().join("python/bin"), name),
            Self::Npm(name) => file(&built().join("node_modules/.bin"), name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_is_there_and_none_has_the_package_in_it() {
        for host in HOSTS {
            assert!(sources().join(host.name).is_dir(), "{}", host.name);
            assert!(!sources().join(host.name).join(host.files).exists(), "{} has files of the package", host.name);
        }
    }
}
