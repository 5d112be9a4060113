//! The benchmarks: `cargo xtask bench` builds the site and runs this, optimised for speed, with `--json` for
//! machines. With `--natively`, what happens in a browser is left out. With `--beside` and the directory of another built
//! site, only what a page pays for the engine is measured, here and there.
//!
//! A machine's mood is in every absolute time. So each figure stands beside another of the same run, a *peer*: the same
//! thing elsewhere, or the limit it must keep; what counts is the ratio. Ours and the peer's runs alternate, and the
//! medians are compared.

mod beside;
#[cfg(feature = "peers")]
mod histories;
mod log;
mod rewind;
#[cfg(feature = "peers")]
mod search;

use quorum_tests::{Result, Setup};
use serde::Serialize;
use std::process::ExitCode;
use std::time::Duration;

/// How long one script may measure.
const PATIENCE: Duration = Duration::from_secs(300);

/// One figure beside another.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Measured {
    name: String,
    unit: &'static str,
    ours: f64,
    peer: f64,
    peer_name: String,
    ratio: f64,
    runs: usize,
}

impl Measured {
    pub(crate) fn new(name: impl Into<String>, unit: &'static str, ours: f64, peer: f64, runs: usize) -> Self {
        Self { name: name.into(), unit, ours, peer, peer_name: "limit".into(), ratio: ours / peer, runs }
    }

    pub(crate) fn beside(self, peer_name: impl Into<String>) -> Self {
        Self { peer_name: peer_name.into(), ..self }
    }
}

/// The middle one.
pub(crate) fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn main() -> ExitCode {
    let as_json = std::env::args().any(|argument| argument == "--json");
    match measure() {
        Ok(all) if as_json => {
            println!("{}", serde_json::to_string(&all).unwrap_or_default());
            ExitCode::SUCCESS
        }
        Ok(all) => {
            print!("{}", table(&all));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<Vec<Measured>> {
    if let Some(other) = std::env::args_os().skip_while(|argument| argument != "--beside").nth(1) {
        return beside::measure(other.as_ref());
    }
    let mut all = rewind::natively();
    all.extend(log::natively());
    #[cfg(feature = "peers")]
    all.extend(search::natively().into_iter().chain(histories::natively()));
    if std::env::args().any(|argument| argument == "--natively") {
        return Ok(all);
    }
    let mut in_the_browser = Vec::new();
    Setup::new().visit(async |page| {
        page.driver().set_script_timeout(PATIENCE).await?;
        in_the_browser = rewind::in_the_browser(page).await?;
        in_the_browser.extend(log::in_the_browser(page).await?);
        #[cfg(feature = "peers")]
        in_the_browser.extend(search::in_the_browser(page).await?);
        Ok(())
    })?;
    all.extend(in_the_browser);
    Ok(all)
}

fn table(all: &[Measured]) -> String {
    let width = all.iter().map(|measured| measured.name.len()).max().unwrap_or(0);
    let mut table = format!("{:width$} {:>10} {:>10} {:>8}\n", "", "ours", "peer", "ratio");
    for Measured { name, unit, ours, peer, peer_name, ratio, runs } in all {
        table += &format!(
            "{name:width$} {ours:>10.3} {peer:>10.3} {ratio:>8.3}  {unit}, beside {peer_name} ({runs} runs)\n"
        );
    }
    table
}
