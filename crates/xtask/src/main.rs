//! `cargo xtask`: serve, build, test, measure. The only build logic there is.
//!
//! Everything is a Rust program in this workspace, so that a fresh clone needs cargo and nothing else: no wasm
//! tool of just the right version to install first (wasm-bindgen is a library here), no bundler from elsewhere, no
//! shell that must be a certain shell. Each command is one module; `main` only says what can be asked for.

mod bench;
mod build;
mod command;
mod docs;
mod hosts;
mod install;
mod mirror;
mod npm;
mod package;
mod project;
mod scenarios;
mod serve;
mod shots;
mod size;
mod steps;
mod targets;
mod test;
mod tools;
mod wasm;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// The tools of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Subcommand)]
enum Command {
    /// Build the site, serve it on this machine and show it
    Serve {
        /// The port to serve on; the next free one if it is taken
        #[arg(long, default_value_t = 8080, value_name = "P")]
        port: u16,
        /// Leave the browser alone
        #[arg(long)]
        no_open: bool,
    },
    /// Build the site into dist/, for any path on any static host
    Build,
    /// Build the WebAssembly into web/wasm/, and what else of web/ is made
    Wasm,
    /// Check what can be checked in a minute: layout, lints, the core's own tests, the page's modules
    Check,
    /// Repair what repairs itself: layout, and lints that say how
    Fix,
    /// Check everything that must hold
    Test {
        /// The browser that opens the page
        #[arg(long, value_enum, default_value_t)]
        browser: tools::Browser,
        /// Name what is missing instead of installing it
        #[arg(long)]
        no_install: bool,
    },
    /// Build the book into target/docs
    Docs,
    /// Make what is published, into target/package (needs npm)
    Package,
    /// Build documentation sites with a figure in them by their own tools, and open each (installs half a gigabyte)
    Hosts {
        /// The browser that opens them
        #[arg(long, value_enum, default_value_t)]
        browser: tools::Browser,
    },
    /// Measure what a first visit downloads
    Size {
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Run the benchmarks, each beside its peer, as ratios
    Bench {
        /// One JSON list instead of a table
        #[arg(long)]
        json: bool,
        /// Only what a page pays for the engine, beside another built site (a dist/ of an earlier commit)
        #[arg(long, value_name = "SITE")]
        beside: Option<PathBuf>,
    },
    /// Take pictures of the page's main states, into target/shots
    Shots {
        /// Those at the top of the README instead, into docs/
        #[arg(long)]
        readme: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve { port, no_open } => serve::serve(port, !no_open),
        Command::Build => build::build().map(|_| ()),
        Command::Wasm => wasm::build(),
        Command::Check => test::check(),
        Command::Fix => test::fix(),
        Command::Docs => docs::docs(),
        Command::Test { browser, no_install } => test::test(browser, !no_install),
        Command::Package => package::package().map(drop),
        Command::Hosts { browser } => hosts::hosts(browser),
        Command::Size { json } => size::size(json),
        Command::Bench { json, beside } => bench::bench(json, beside.as_deref()),
        Command::Shots { readme } => shots::shots(readme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
