//! A scenario in a packaged page: watched without an engine, which comes with the first press and takes over where something
//! is done that is not on record.
//!
//! That a recording says what the engine says at every step is tested where it is made (`crates/xtask/package/test`). The rest
//! of the page's tests run on the packaged site as well, on demand: `QUORUM_SITE=target/package/site`.

use quorum_tests::{Browser, Lab, Page, Result, Setup, Value, json};

/// A page of somebody else, with a figure.
fn figure(attributes: &str) -> Setup {
    let host = format!(
        "<!doctype html><meta charset=utf-8><title>A page</title><link rel=icon href=data:,>
        <script type=module src=quorum-lab.js></script><quorum-lab {attributes}></quorum-lab>"
    );
    Setup::package().page("/host.html", host)
}

async fn shown(page: &Page) -> Result<Lab> {
    page.go("/host.html").await?;
    page.lab("quorum-lab").await
}

/// Whether anybody has asked for an engine.
async fn asked_for_an_engine(page: &Page) -> Result<bool> {
    page.js("return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('.wasm'));", vec![]).await
}

#[test]
fn a_scenario_is_watched_to_its_end_and_back_without_an_engine_which_comes_with_the_first_press() {
    figure("scenario=crash-before-the-sync panels='stage events disk'").browse(async |page| {
        let lab = shown(page).await?;
        let mut messages = 0;
        while !lab.view().await?["next"].is_null() {
            lab.step(1).await?;
            messages += lab.view().await?["messages"].as_array().map_or(0, Vec::len);
        }
        assert!(messages > 20, "there was something to see: {messages}");
        let end = lab.view().await?;
        for n in [-1, -1, 2, -3, 1] {
            lab.beat(n).await?;
        }
        lab.seek(0).await?;
        assert_eq!(lab.events(0).await?.last().map(|event| event["step"].clone()), Some(end["step"].clone()));
        assert_eq!(lab.run().await?["length"], end["step"]);
        assert!(!lab.actions().await?.is_empty());
        assert!(!asked_for_an_engine(page).await?, "nobody has done anything yet");

        lab.press("Step").await?;
        let come = async || Ok(asked_for_an_engine(page).await?.then_some(()));
        page.eventually("the engine comes with the first press", come).await?;
        Ok(())
    });
}

/// What becomes of the run of a scenario in which something is done at a step: in the lab, and in an engine alone.
const BOTH: &str = "
    const [scenario, step, action] = args;
    const { engine } = await import('./quorum-lab.js');
    const lab = document.createElement('quorum-lab');
    lab.setAttribute('scenario', scenario);
    document.body.append(lab);
    await lab.ready;
    const run = lab.getRun();
    await lab.seek(step);
    const before = lab.view();
    await lab.apply(action);
    await lab.step(40);
    const { Lab } = await engine();
    const alone = Lab.load(run);
    alone.seek(step);
    const same = [before.step === step, JSON.stringify(before.nodes) === JSON.stringify(alone.view().nodes)];
    alone.apply(action);
    for (let i = 0; i < 40; i++) alone.step();
    const plain = ({ beat, ...view }) => JSON.stringify(view);
    same.push(plain(lab.view()) === plain(alone.view()), lab.getRun().digest === alone.run().digest);
    same.push(lab.timeline().branches.length === alone.timeline().branches.length);
    same.push(JSON.stringify(lab.events()) === JSON.stringify(alone.events()));
    alone.free();
    lab.remove();
    return same;";

#[test]
fn an_engine_takes_over_at_the_same_moment_and_what_becomes_of_it_is_what_an_engine_alone_makes_of_it() {
    figure("").browse(async |page| {
        let lab = shown(page).await?;
        lab.pause().await?;
        for (scenario, length) in [("first-agreement", 41), ("duelling-proposers", 150), ("wiped-disk", 60)] {
            for step in (0..length).step_by(13) {
                let action = json!({ "type": "crash", "node": 1 + step % 3 });
                let same: Vec<bool> = match page.js(BOTH, vec![json!(scenario), json!(step), action]).await {
                    // It is down at some of them.
                    Err(error) if format!("{error:#}").contains("down") => continue,
                    other => other?,
                };
                assert_eq!(same, [true; 6], "{scenario}, step {step}");
            }
        }
        Ok(())
    });
}

#[test]
fn where_no_engine_can_be_had_the_scenario_is_shown_and_what_needs_one_says_so_and_works_later() {
    figure("scenario=first-agreement").browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // only there can a test keep a file away
        }
        page.devtools("Network.enable", json!({})).await?;
        page.devtools("Network.setBlockedURLs", json!({ "urls": ["*.wasm*"] })).await?;
        let lab = shown(page).await?;
        lab.seek(20).await?;
        let crash = json!({ "type": "crash", "node": 2 });
        let refusal = lab.refusal(crash.clone()).await?;
        assert!(refusal.contains("engine did not load") && refusal.contains("online"), "{refusal}");
        let view = lab.view().await?;
        assert_eq!((&view["step"], &view["nodes"][1]["status"]), (&json!(20), &json!("up")), "nothing has happened");
        // By hand it is said where the person looks, and what is on record goes on.
        lab.server(2, "crash").await.ok();
        let said = page.eventually("why not is said", async || {
            Ok(lab.text().await?.contains("engine did not load").then_some(()))
        });
        said.await?;
        lab.step(3).await?;
        page.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
        lab.apply(crash).await?;
        let view = lab.view().await?;
        assert_eq!((&view["step"], &view["nodes"][1]["status"]), (&json!(24), &json!("down")));
        page.take_errors().await?; // of the network
        Ok(())
    });
}

#[test]
fn a_page_that_forbids_engines_shows_a_scenario_all_the_same() {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:";
    figure("scenario=two-proposers").header("Content-Security-Policy", policy).browse(async |page| {
        let lab = shown(page).await?;
        lab.seek(30).await?;
        let view: Value = lab.view().await?;
        assert_eq!(view["step"], 30);
        let refusal = lab.refusal(json!({ "type": "crash", "node": 2 })).await?;
        assert!(refusal.contains("engine did not load"), "{refusal}");
        lab.beat(1).await?;
        page.take_errors().await?; // of the policy
        Ok(())
    });
}
