//! Pictures of the page's main states, light and dark, wide and narrow: `cargo xtask shots` builds the site and
//! runs this with the directory to put them in. The states are reached the way any page around the element would
//! reach them, through its public methods.

use quorum_tests::{Lab, Page, Result, Setup, Value, bail, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const THEMES: [&str; 2] = ["light", "dark"];
const SIZES: [(&str, u32, u32); 2] = [("wide", 1280, 880), ("narrow", 320, 700)];

/// More steps than agreement takes in the cluster of a first visit.
const STEPS_TO_AGREE: usize = 400;

#[derive(Clone, Copy)]
enum State {
    FirstVisit,
    MidRound,
    ServerDown,
    Agreement,
    Error,
}

const STATES: [(&str, State); 5] = [
    ("1-first-visit", State::FirstVisit),
    ("2-mid-round", State::MidRound),
    ("3-server-down", State::ServerDown),
    ("4-agreement", State::Agreement),
    ("5-error", State::Error),
];

fn main() -> ExitCode {
    let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("error: say which directory to put the pictures in, or run cargo xtask shots");
        return ExitCode::FAILURE;
    };
    match Setup::new().visit(async |page| take_all(page, &directory).await) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn take_all(page: &Page, directory: &Path) -> Result<()> {
    for theme in THEMES {
        // What moves would be somewhere else in every picture.
        page.prefer(&[("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")]).await?;
        for (size, width, height) in SIZES {
            page.resize(width, height).await?;
            for (name, state) in STATES {
                reach(page, state).await?;
                page.drawn().await?;
                let file = directory.join(format!("{name}-{theme}-{size}.png"));
                page.whole_picture(&file).await?;
                println!("{}", file.display());
            }
        }
    }
    Ok(())
}

/// Brings the page into a state, from nothing: what an earlier visit left is forgotten.
async fn reach(page: &Page, state: State) -> Result<()> {
    page.driver().goto("about:blank").await?;
    page.forget().await?;
    if let State::Error = state {
        page.go("#q1.this-link-is-damaged").await?;
        let settled = "const lab = document.querySelector('quorum-lab');
            await customElements.whenDefined('quorum-lab');
            await Promise.allSettled([lab.ready]);";
        page.js::<()>(settled, Vec::new()).await?;
        // What the page says about it is in the picture; what it writes to the console as well is not wrong here.
        page.take_errors().await?;
        return Ok(());
    }
    let lab = page.open("").await?;
    match state {
        // A first visit begins with a value on its way.
        State::MidRound => lab.step(4).await?,
        State::ServerDown => {
            lab.step(2).await?;
            lab.apply(json!({ "type": "crash", "node": 3 })).await?;
        }
        State::Agreement => agree(&lab).await?,
        State::FirstVisit | State::Error => {}
    }
    Ok(())
}

async fn agree(lab: &Lab) -> Result<()> {
    for _ in 0..STEPS_TO_AGREE {
        let view = lab.view().await?;
        if view["nodes"].as_array().is_some_and(|nodes| nodes.iter().all(knows)) {
            return Ok(());
        }
        lab.step(1).await?;
    }
    bail!("the servers do not agree within {STEPS_TO_AGREE} steps; the view is {}", lab.view().await?)
}

fn knows(node: &Value) -> bool {
    node["learned"].as_array().is_some_and(|learned| !learned.is_empty())
}
