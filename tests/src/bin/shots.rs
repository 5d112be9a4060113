//! Pictures of the page's main states, light and dark, wide and narrow: `cargo xtask shots` builds the site and
//! runs this with the directory to put them in, and with `readme` for the two pictures of the README. The states are
//! reached the way a person or a page around the element would reach them.

use quorum_tests::{Lab, Page, Result, Setup, Value, bail, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const THEMES: [&str; 2] = ["light", "dark"];
const WIDE: (u32, u32) = (1280, 880);
const NARROW: (u32, u32) = (320, 700);
const README: (u32, u32) = (1280, 640);

/// More steps than agreement takes in any cluster here.
const STEPS: usize = 400;

/// A page with five servers, whose run nothing keeps. It borrows the real page's styles.
const FIVE: &str = "/five.html";
const FIVE_SERVERS: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Five servers</title>
<link rel="icon" href="icon.svg"><link rel="stylesheet" href="page.css"><script type="module" src="quorum-lab.js"></script>
<quorum-lab nodes="5" seed="4" panels="PANELS"><h1 slot="title">Quorum</h1>
<p slot="tagline">Paxos, one step at a time. Click anything and break it.</p></quorum-lab>"#;
const README_PAGE: &str = "/readme.html";

#[derive(Clone, Copy)]
enum State {
    FirstVisit,
    MidRound,
    ServerDown,
    Agreement,
    Refusal,
    NobodyKnows,
    TwoDown,
    LookingBack,
    SpaceTime,
    Scenarios,
    Share,
    WhatIf,
    Counterexample,
}

const STATES: [(&str, State); 13] = [
    ("1-first-visit", State::FirstVisit),
    ("2-mid-round", State::MidRound),
    ("3-server-down", State::ServerDown),
    ("4-agreement", State::Agreement),
    ("5-error", State::Refusal),
    ("6-chosen-nobody-knows", State::NobodyKnows),
    ("7-two-down-agreement", State::TwoDown),
    ("8-looking-back", State::LookingBack),
    ("9-space-time", State::SpaceTime),
    ("10-scenarios", State::Scenarios),
    ("11-share", State::Share),
    ("12-what-if", State::WhatIf),
    ("13-counterexample", State::Counterexample),
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let Some(directory) = arguments.first().map(PathBuf::from) else {
        eprintln!("error: say which directory to put the pictures in, or run cargo xtask shots");
        return ExitCode::FAILURE;
    };
    let for_the_readme = arguments.get(1).is_some_and(|word| word == "readme");
    let setup = Setup::new()
        .page(FIVE, FIVE_SERVERS.replace("PANELS", "stage events disk inspector"))
        .page(README_PAGE, FIVE_SERVERS.replace("PANELS", "stage inspector"));
    let outcome = setup.visit(async |page| match for_the_readme {
        true => readme(page, &directory).await,
        false => take_all(page, &directory).await,
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn take_all(page: &Page, directory: &Path) -> Result<()> {
    for theme in THEMES {
        for (size, (width, height)) in [("wide", WIDE), ("narrow", NARROW)] {
            for (name, state) in STATES {
                prepare(page, theme, (width, height)).await?;
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

async fn readme(page: &Page, directory: &Path) -> Result<()> {
    for (theme, name) in THEMES.into_iter().zip(["quorum.png", "quorum-dark.png"]) {
        prepare(page, theme, README).await?;
        let lab = page.open(README_PAGE).await?;
        lab.apply(json!({ "type": "crash", "node": 4 })).await?;
        until(&lab, |view| chosen(view) && learned(view) == 0 && all_sent(view)).await?;
        page.drawn().await?;
        page.picture(&directory.join(name)).await?;
    }
    Ok(())
}

/// A window of this size, this theme, and nothing that an earlier visit left.
async fn prepare(page: &Page, theme: &str, (width, height): (u32, u32)) -> Result<()> {
    page.driver().goto("about:blank").await?;
    page.forget().await?;
    page.resize(width, height).await?;
    // What moves would be somewhere else in every picture.
    page.prefer(&[("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")]).await
}

async fn reach(page: &Page, state: State) -> Result<()> {
    let address = match state {
        State::TwoDown => FIVE,
        State::NobodyKnows | State::SpaceTime => "#scenario=chosen-but-nobody-knows&step=40",
        State::Counterexample => "#scenario=without-keep-promise&step=9999",
        State::Share => "#scenario=crash-after-one-accept&step=30",
        _ => "",
    };
    let lab = page.open(address).await?;
    match state {
        // A first visit begins with a value on its way.
        State::FirstVisit => {}
        State::MidRound => until(&lab, |view| voted(view) == 3).await?,
        State::ServerDown => crash(&lab, 3).await?,
        State::Agreement => until(&lab, |view| learned(view) == 3).await?,
        State::Refusal => {
            crash(&lab, 3).await?;
            page.drawn().await?;
            // As a person does it: select the server, press the key of an action that a server that is down cannot do.
            let keys = "const lab = document.querySelector('quorum-lab');
                lab.shadowRoot.querySelector('[data-node=\"3\"]').focus();
                const press = (key) => lab.shadowRoot.activeElement.dispatchEvent(
                    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
                press('p');";
            page.js::<()>(keys, Vec::new()).await?;
        }
        State::NobodyKnows | State::Counterexample => press(page, &lab, "Dismiss").await?,
        State::LookingBack => {
            lab.step(30).await?;
            for (step, node) in [(20, 2), (12, 3)] {
                lab.seek(step).await?;
                crash(&lab, node).await?;
                lab.step(40).await?;
            }
            lab.seek(25).await?;
        }
        State::SpaceTime => {
            press(page, &lab, "Dismiss").await?;
            press(page, &lab, "Space-time").await?;
            lab.find("canvas").await?;
        }
        State::Scenarios => {
            page.drawn().await?;
            press(page, &lab, "Scenarios").await?;
            lab.find(".lesson").await?;
        }
        State::Share => {
            press(page, &lab, "Share").await?;
            lab.find(".copy").await?;
        }
        State::WhatIf => {
            press(page, &lab, "What if").await?;
            lab.find("[data-rule=keep-promise]").await?.click().await?;
            press(page, &lab, "Find a counterexample").await?;
            lab.find(".verdict p").await?;
        }
        State::TwoDown => {
            crash(&lab, 3).await?;
            crash(&lab, 4).await?;
            until(&lab, |view| chosen(view) && learned(view) == 3).await?;
        }
    }
    Ok(())
}

/// Presses a button of the lab.
async fn press(page: &Page, lab: &Lab, name: &str) -> Result<()> {
    let press =
        "[...args[0].shadowRoot.querySelectorAll('button')].find((b) => b.textContent.includes(args[1])).click()";
    page.js(press, vec![lab.element().to_json()?, json!(name)]).await
}

async fn crash(lab: &Lab, node: u32) -> Result<()> {
    lab.apply(json!({ "type": "crash", "node": node })).await
}

async fn until(lab: &Lab, reached: impl Fn(&Value) -> bool) -> Result<()> {
    for _ in 0..STEPS {
        if reached(&lab.view().await?) {
            return Ok(());
        }
        lab.step(1).await?;
    }
    bail!("the state for the picture is not reached within {STEPS} steps; the view is {}", lab.view().await?)
}

fn chosen(view: &Value) -> bool {
    view["chosen"].as_array().is_some_and(|chosen| !chosen.is_empty())
}

fn learned(view: &Value) -> usize {
    count(view, |node| node["learned"].as_array().is_some_and(|learned| !learned.is_empty()))
}

/// How many servers have voted, whatever their disks say.
fn voted(view: &Value) -> usize {
    count(view, |node| node["accepted"].as_array().is_some_and(|votes| !votes.is_empty()))
}

/// Whether no message waits at its sender.
fn all_sent(view: &Value) -> bool {
    view["messages"].as_array().is_some_and(|messages| messages.iter().all(|message| !message["sentAt"].is_null()))
}

fn count(view: &Value, which: impl Fn(&Value) -> bool) -> usize {
    view["nodes"].as_array().map_or(0, |nodes| nodes.iter().filter(|node| which(node)).count())
}
