//! A replicated log in the hands of a person: clients ask, the leader is lost, another one answers; and the run goes back,
//! elsewhere and on, like any other.

use quorum_core::json::Json;
use quorum_tests::log::{leader, waiting};
use quorum_tests::{Context, Lab, Log, PLAIN, Page, Result, Value, browse, ensure, json, state};

/// Everything that there is to see of a run, as text.
const ALL: &str =
    "return JSON.stringify([args[0].view(), args[0].timeline(), args[0].run(), args[0].actions(), args[0].events()]);";

async fn all(page: &Page, lab: &Lab) -> Result<String> {
    page.js(ALL, vec![lab.element().to_json()?]).await
}

/// The step of a view, as the methods of the lab take it.
fn step(view: &Value) -> Result<u32> {
    Ok(u32::try_from(view["step"].as_u64().context("a step")?)?)
}

/// How many operations clients have begun.
fn asked(view: &Value) -> u64 {
    let clients = view["clients"].as_array().into_iter().flatten();
    clients.filter_map(|client| client["seq"].as_u64()).sum()
}

/// Clicks a server, does something to it, and goes back to the clients.
async fn server(page: &Page, lab: &Lab, id: u64, does: &str) -> Result<()> {
    lab.find(&format!("[data-node='{id}']")).await?.click().await?;
    lab.press(does).await?;
    page.drawn().await?;
    lab.part("region", "Inspector").await?.press("Close").await
}

/// Five clients ask by themselves until the leader has several of them waiting, and crashes; how it was just before that.
async fn losing_the_leader(page: &Page, lab: &Lab) -> Result<Value> {
    let fields = [("spinbutton", "Servers", "5"), ("spinbutton", "Clients", "5"), ("spinbutton", "Seed", "7")];
    let log = Log::begin(lab, &fields).await?;
    log.workload(5, 40, 3).await?;
    let busy = |view: &Value| leader(view).is_some() && asked(view) > 10 && waiting(view).len() >= 3;
    let before = log.on("several clients wait for a leader", busy).await?;
    let first = leader(&before).context("somebody leads")?;
    server(page, lab, first, "Crash").await?;
    log.on("another server leads", |view| leader(view).is_some_and(|next| next != first)).await?;
    log.stop().await?;
    let after = log.on("nobody waits any more", |view| waiting(view).is_empty()).await?;
    let events = lab.events(step(&before)?).await?;
    for client in waiting(&before) {
        let answered = events.iter().find(|it| it["event"] == "answered" && it["client"] == client);
        let from = answered.map(|it| &it["from"]).with_context(|| format!("client {client} is answered"))?;
        ensure!(*from != first, "client {client} waited for the leader that crashed, and not for server {from}");
    }
    assert_eq!(after["history"]["verdict"], "linearizable");
    assert_eq!(after["violations"], json!([]));
    Ok(before)
}

#[test]
fn clients_of_a_leader_that_crashes_are_answered_by_another_and_the_run_goes_back_and_elsewhere() {
    let mut shared = None;
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let before = losing_the_leader(page, &lab).await?;
        let first = leader(&before).context("somebody led")?;
        let end = lab.view().await?;
        let clients = lab.part("region", "Clients").await?;
        let judged = async || Ok(clients.text().await?.contains("Linearizable so far").then_some(()));
        page.eventually("the page says that it can be explained", judged).await?;

        // Back to before the crash: nothing of it has happened, and the leader leads.
        lab.seek(step(&before)?).await?;
        assert_eq!(state(&lab.view().await?), state(&before));

        // Another server crashes there instead: that is another branch, in which the leader stays.
        let other = first % 5 + 1;
        server(page, &lab, other, "Crash").await?;
        let log = Log::of(lab.clone());
        log.stop().await?;
        let elsewhere = log.on("nobody waits any more", |view| waiting(view).is_empty()).await?;
        assert_ne!(elsewhere["branch"], end["branch"]);
        assert_eq!(leader(&elsewhere), Some(first), "nobody had a reason to stand");
        assert_eq!(elsewhere["history"]["verdict"], "linearizable");
        let branches = page.js::<Value>("return args[0].timeline().branches;", vec![lab.element().to_json()?]).await?;
        assert_eq!(branches.as_array().map(Vec::len), Some(2), "the former future stays: {branches}");

        // The link that a person copies from the page.
        lab.press("Share").await?;
        let sheet = lab.part("dialog", "Share").await?;
        let link = sheet.part("textbox", "Link to this run").await?;
        let there_is = async || Ok(Some(link.value().await?).filter(|link| !link.is_empty()));
        let link = page.eventually("there is a link", there_is).await?;
        sheet.press("Close").await?;
        let run = lab.run().await?;
        let native = quorum_link::from_link(&link)?;
        assert_eq!(written(&native)?, run, "the link has the run natively");
        assert_eq!(native.replay()?.branch().digest(), native.digest, "and it makes the same events natively");

        let before = all(page, &lab).await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(all(page, &lab).await?, before, "a reload restores the moment, with every branch");
        shared = Some((link, run, lab.view().await?));
        Ok(())
    });
    // Elsewhere: a browser that has never seen the page.
    let (link, run, view) = shared.expect("the first part ends with it");
    browse(async |page| {
        let (_, fragment) = link.split_once('#').context("a link has a fragment")?;
        let lab = page.open(&format!("#{fragment}")).await?;
        assert_eq!(lab.run().await?["digest"], run["digest"]);
        assert_eq!(lab.run().await?, run);
        let here = lab.view().await?;
        assert_eq!((&here["step"], &here["at"]), (&view["step"], &view["at"]));
        assert_eq!(state(&here), state(&view));
        Ok(())
    });
}

fn written(run: &quorum_core::run::Run) -> Result<Value> {
    Ok(serde_json::to_value(Json::from(run))?)
}
