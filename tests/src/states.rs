//! The page's main states, each reached the way a person or a page around the element reaches it: for pictures, and for
//! checks that every state must pass.

use crate::log::{Log, leader, waiting};
use crate::setup::PLAIN;
use crate::{Lab, Page, Setup};
use anyhow::{Result, bail};
use serde_json::{Value, json};

/// More steps than agreement takes in any cluster here.
const STEPS: usize = 400;

/// A page with five servers, whose run nothing keeps. It borrows the real page's styles.
const FIVE: &str = "/five.html";
const FIVE_SERVERS: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Five servers</title>
<link rel="icon" href="icon.svg"><link rel="stylesheet" href="page.css"><script type="module" src="quorum-lab.js"></script>
<main><quorum-lab nodes="5" seed="4" panels="PANELS"><h1 slot="title">Quorum</h1>
<p slot="tagline">Paxos, one step at a time. Click anything and break it.</p></quorum-lab></main>"#;
const OF_A_LOG: &str = "stage log events disk inspector";
const README_PAGE: &str = "/readme.html";
/// A page with the run of a log in which a client was told what no order explains: `quorum fuzz --protocol log --off
/// read-through-log --seeds 12 --steps 2000` found it.
const STALE: &str = "/stale.html";
const STALE_READ: &str = include_str!("../runs/stale-read.quorum.json");

/// A moment or a dialog that is worth a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// What somebody sees who opens the page for the first time.
    FirstVisit,
    /// Some votes of a round are on their way.
    MidRound,
    /// Two servers are at work on ballots of their own.
    TwoBallots,
    /// One server is down.
    ServerDown,
    /// Everyone knows what is chosen.
    Agreement,
    /// Two values are chosen.
    Broken,
    /// What was asked for is not possible.
    Refusal,
    /// A value is chosen and no server knows it.
    NobodyKnows,
    /// Agreement of three while two are down.
    TwoDown,
    /// So many servers in the middle of a round.
    Servers(u32),
    /// A moment before the end, of a run with branches.
    LookingBack,
    /// The space-time diagram.
    SpaceTime,
    /// The disk panel.
    Disk,
    /// The moment as a table.
    Table,
    /// Notes beside the stage.
    Lesson,
    /// A lesson that waits for an answer.
    Question,
    /// The tools with which a lesson is written.
    Writing,
    /// A challenge that was begun.
    Challenge,
    /// The stage alone.
    Present,
    /// Two runs beside each other.
    Compare,
    /// The list of scenarios.
    Scenarios,
    /// The list of challenges.
    Challenges,
    /// A new run's form.
    NewRun,
    /// Ways to share.
    Share,
    /// A search that found something.
    WhatIf,
    /// The help.
    Help,
    /// A link that leads nowhere.
    BrokenLink,
    /// A leader serves the clients of a log.
    LogSteady,
    /// The leader of a log has crashed, and nobody leads yet.
    LogLeaderDown,
    /// Some servers lack a slot in the middle of what they know.
    LogGap,
    /// A challenge about a log.
    LogChallenge,
    /// A line of the console was refused.
    LogConsole,
    /// A client is selected.
    LogClient,
    /// A client was told what no order of the operations explains.
    LogBroken,
    /// What is measured of a log over time.
    LogPlots,
    /// A log of so many clients.
    LogClients(u32),
}

/// All of them, with a name for each.
pub const STATES: [(&str, State); 40] = [
    ("first-visit", State::FirstVisit),
    ("mid-round", State::MidRound),
    ("two-ballots", State::TwoBallots),
    ("server-down", State::ServerDown),
    ("agreement", State::Agreement),
    ("broken-agreement", State::Broken),
    ("refusal", State::Refusal),
    ("chosen-nobody-knows", State::NobodyKnows),
    ("two-down-agreement", State::TwoDown),
    ("servers-3", State::Servers(3)),
    ("servers-7", State::Servers(7)),
    ("servers-9", State::Servers(9)),
    ("servers-15", State::Servers(15)),
    ("servers-101", State::Servers(101)),
    ("looking-back", State::LookingBack),
    ("space-time", State::SpaceTime),
    ("disk", State::Disk),
    ("table", State::Table),
    ("lesson", State::Lesson),
    ("question", State::Question),
    ("writing", State::Writing),
    ("challenge", State::Challenge),
    ("present", State::Present),
    ("compare", State::Compare),
    ("scenarios", State::Scenarios),
    ("challenges", State::Challenges),
    ("new-run", State::NewRun),
    ("share", State::Share),
    ("what-if", State::WhatIf),
    ("help", State::Help),
    ("broken-link", State::BrokenLink),
    ("log-steady", State::LogSteady),
    ("log-leader-down", State::LogLeaderDown),
    ("log-gap", State::LogGap),
    ("log-challenge", State::LogChallenge),
    ("log-console", State::LogConsole),
    ("log-client", State::LogClient),
    ("log-broken", State::LogBroken),
    ("log-plots", State::LogPlots),
    ("log-26-clients", State::LogClients(26)),
];

/// The site with the pages that some states need beside it.
pub fn site() -> Setup {
    Setup::new()
        .page(FIVE, FIVE_SERVERS.replace("PANELS", "stage events disk inspector"))
        .page(README_PAGE, FIVE_SERVERS.replace("PANELS", "stage inspector"))
        .page(
            STALE,
            FIVE_SERVERS.replace(r#"nodes="5" seed="4""#, r#"src="stale-read.json""#).replace("PANELS", OF_A_LOG),
        )
        .page("/stale-read.json", STALE_READ)
}

/// A window of this size, this theme, and nothing that an earlier visit left.
///
/// # Errors
/// When the browser refuses.
pub async fn prepare(page: &Page, theme: &str, (width, height): (u32, u32)) -> Result<()> {
    page.driver().goto("about:blank").await?;
    page.forget().await?;
    page.resize(width, height).await?;
    dress(page, theme).await
}

/// Shows what is open in this theme.
///
/// # Errors
/// When the browser refuses.
pub async fn dress(page: &Page, theme: &str) -> Result<()> {
    // What moves would be somewhere else in every picture.
    page.prefer(&[("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")]).await
}

/// Brings a page that was [prepared](prepare) to a state.
///
/// # Errors
/// When the state is not reached.
pub async fn reach(page: &Page, state: State) -> Result<()> {
    if state == State::BrokenLink {
        return broken_link(page).await;
    }
    let lab = page.open(address(state)).await?;
    if matches!(state, State::NobodyKnows | State::Broken | State::SpaceTime | State::TwoBallots | State::Compare) {
        lab.press("Dismiss").await?;
    }
    match state {
        State::FirstVisit | State::Lesson | State::BrokenLink => Ok(()),
        State::NobodyKnows | State::Broken | State::TwoBallots | State::Challenge => Ok(()),
        State::MidRound => until(&lab, |view| voted(view) == 3).await,
        State::ServerDown => lab.server(3, "crash").await,
        State::Agreement => until(&lab, |view| learned(view) == 3).await,
        State::Refusal => refusal(page, &lab).await,
        State::TwoDown => two_down(&lab).await,
        State::Servers(many) => servers(&lab, many).await,
        State::LookingBack => looking_back(&lab).await,
        State::Question => question(&lab).await,
        State::Writing => writing(&lab).await,
        State::LogGap | State::LogChallenge => Ok(()),
        State::LogBroken => lab.find(".log .operation[data-guilty]").await.map(drop),
        State::LogSteady => steady(page, &lab, 3).await,
        State::LogClients(many) => steady(page, &lab, many).await,
        State::LogLeaderDown | State::LogConsole | State::LogClient | State::LogPlots => {
            of_a_log(page, &lab, state).await
        }
        _ => opened(page, &lab, state).await,
    }
}

async fn broken_link(page: &Page) -> Result<()> {
    page.go("#q1.AAAA").await?;
    let said = "return document.querySelector('quorum-lab').shadowRoot?.querySelector('.unavailable') ? true : null;";
    page.eventually("the page says that it did not start", async || page.js::<Option<bool>>(said, vec![]).await)
        .await?;
    page.take_errors().await.map(drop)
}

fn address(state: State) -> &'static str {
    match state {
        State::FirstVisit | State::Lesson | State::Present => "",
        State::TwoDown => FIVE,
        State::TwoBallots => "#scenario=two-proposers&step=28",
        State::NobodyKnows | State::SpaceTime => "#scenario=chosen-but-nobody-knows&step=40",
        State::Broken | State::Compare => "#scenario=without-keep-promise&step=35",
        State::Share => "#scenario=crash-after-one-accept&step=30",
        State::Challenge => "#challenge=chosen-but-unknown",
        State::LogGap => "#scenario=pipeline-under-loss&step=130",
        State::LogChallenge => "#challenge=a-stale-read",
        State::LogBroken => STALE,
        _ => PLAIN,
    }
}

/// What is opened over the lab, or below it, by a button.
async fn opened(page: &Page, lab: &Lab, state: State) -> Result<()> {
    let (button, part) = match state {
        State::SpaceTime => ("Space-time", "canvas"),
        State::Disk => ("Disk", ".disk table"),
        State::Table => ("Table", ".table tbody td"),
        State::Present => ("Present", ".presenting"),
        State::Scenarios => ("Scenarios", "dialog .scenario"),
        State::Challenges => ("Challenges", "dialog li"),
        State::Share => ("Share…", ".copy"),
        State::Help => ("Help", "dialog"),
        State::NewRun => return new_run(lab).await,
        State::WhatIf => return what_if(lab).await,
        State::Compare => return compare(page, lab).await,
        _ => bail!("nobody has said how to reach {state:?}"),
    };
    if state == State::Present {
        lab.seek(26).await?;
    }
    if matches!(state, State::SpaceTime | State::Disk | State::Table) {
        lab.part("tab", button).await?.click().await?;
    } else {
        lab.choose(button).await?;
    }
    lab.find(part).await.map(drop)
}

/// The moment in the README: a value is chosen while a server is down, and no server knows it.
///
/// # Errors
/// When it is not reached.
pub async fn readme(page: &Page) -> Result<()> {
    let lab = page.open(README_PAGE).await?;
    lab.server(4, "crash").await?;
    until(&lab, |view| chosen(view) && learned(view) == 0 && all_sent(view)).await
}

/// As a person does it: selects the server, presses the key of an action that a server that is down cannot do.
async fn refusal(page: &Page, lab: &Lab) -> Result<()> {
    lab.server(3, "crash").await?;
    page.drawn().await?;
    let keys = "const lab = document.querySelector('quorum-lab');
        lab.shadowRoot.querySelector('[data-node=\"3\"]').focus();
        const press = (key) => lab.shadowRoot.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
        press('p');";
    page.js::<()>(keys, Vec::new()).await
}

async fn two_down(lab: &Lab) -> Result<()> {
    lab.server(3, "crash").await?;
    lab.server(4, "crash").await?;
    until(lab, |view| chosen(view) && learned(view) == 3).await
}

async fn servers(lab: &Lab, many: u32) -> Result<()> {
    lab.reset(json!({ "nodes": many, "seed": 3 })).await?;
    lab.propose(1, "red").await?;
    lab.propose(many, "blue").await?;
    lab.step(many * 11).await
}

async fn looking_back(lab: &Lab) -> Result<()> {
    lab.step(30).await?;
    for (step, node) in [(20, 2), (12, 3)] {
        lab.seek(step).await?;
        lab.server(node, "crash").await?;
        lab.step(40).await?;
    }
    lab.seek(25).await
}

async fn question(lab: &Lab) -> Result<()> {
    lab.reset(json!({ "nodes": 3, "seed": 4 })).await?;
    lab.propose(1, "blue").await?;
    lab.settle().await?;
    let mut run = lab.run().await?;
    let asks = json!({ "choices": ["one", "two", "all three"], "right": 2, "answer": "Two of three are a quorum." });
    run["notes"] = json!([{ "step": 12, "says": "How many promises does server 1 need?", "question": asks }]);
    run["cursor"] = json!(12);
    lab.load(run).await?;
    lab.bar().says("How many promises").await
}

async fn writing(lab: &Lab) -> Result<()> {
    question(lab).await?;
    lab.choose("Write a lesson…").await?;
    lab.part("textbox", "Title of the lesson").await?.fill("Votes and promises").await
}

async fn new_run(lab: &Lab) -> Result<()> {
    lab.press("Scenarios").await?;
    lab.press("New run…").await?;
    lab.part("button", "Start").await.map(drop)
}

async fn what_if(lab: &Lab) -> Result<()> {
    lab.choose("What if…").await?;
    lab.find("[data-rule=keep-promise]").await?.click().await?;
    lab.press("Find a counterexample").await?;
    lab.find(".verdict p").await.map(drop)
}

async fn compare(page: &Page, lab: &Lab) -> Result<()> {
    lab.choose("Share…").await?;
    lab.press("Compare").await?;
    lab.find("dialog quorum-lab").await?;
    page.drawn().await
}

/// Clients ask a leader by themselves.
async fn steady(page: &Page, lab: &Lab, clients: u32) -> Result<()> {
    lab.reset(json!({ "protocol": "log", "nodes": 3, "clients": clients, "seed": 5 })).await?;
    lab.apply(json!({ "type": "workload", "clients": clients, "rate": 40, "keys": 3 })).await?;
    lab.step(400).await?;
    lab.find(".log .operation").await?;
    page.drawn().await
}

async fn of_a_log(page: &Page, lab: &Lab, state: State) -> Result<()> {
    steady(page, lab, 3).await?;
    let log = Log::of(lab.clone());
    match state {
        State::LogLeaderDown => {
            lab.server(1, "crash").await?;
            log.on("everybody waits, and nobody leads", |view| leader(view).is_none() && waiting(view).len() == 3)
                .await?;
        }
        State::LogConsole => log.ask("put x two words").await?,
        State::LogClient => {
            log.on("client b waits", |view| waiting(view).contains(&"b")).await?;
            lab.find(".client[data-client=b]").await?.click().await?;
            lab.part("button", "Retry now").await?;
        }
        _ => {
            lab.step(2000).await?;
            lab.press("Plots").await?;
            lab.find(".plots .curve").await?;
        }
    }
    page.drawn().await
}

async fn until(lab: &Lab, reached: impl Fn(&Value) -> bool) -> Result<()> {
    for _ in 0..STEPS {
        if reached(&lab.view().await?) {
            return Ok(());
        }
        lab.step(1).await?;
    }
    bail!("the state is not reached within {STEPS} steps; the view is {}", lab.view().await?)
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
