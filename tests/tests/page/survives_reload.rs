//! What is left is what one comes back to: the very moment after a page was left in order, and a power cut after it was
//! killed.

use quorum_tests::{
    Browser, Error, Lab, PLAIN, Page, Result, Setup, Value, ballot, browse, chosen, event, json, learned,
};

/// Everything that there is to see of a run, as text.
const ALL: &str =
    "return JSON.stringify([args[0].view(), args[0].timeline(), args[0].run(), args[0].actions(), args[0].events()]);";

/// Notes everything at the last moment of the page.
const LAST_WORDS: &str = "
    addEventListener('pagehide', () => sessionStorage.setItem('last', JSON.stringify(args[0].view())), { capture: true });";

async fn all(page: &Page, lab: &Lab) -> Result<String> {
    page.js(ALL, vec![lab.element().to_json()?]).await
}

async fn reload(page: &Page) -> Result<Lab> {
    page.driver().refresh().await?;
    page.lab("quorum-lab").await
}

/// Whether every disk of `after` holds at least what the same disk of `before` held.
fn nothing_durable_is_lost(before: &Value, after: &Value, when: &str) -> Result<()> {
    let disks = |view: &Value| -> Vec<Value> {
        view["nodes"].as_array().into_iter().flatten().map(|node| node["disk"]["durable"].clone()).collect()
    };
    let (before, after) = (disks(before), disks(after));
    assert_eq!(before.len(), after.len(), "{when}");
    assert!(!before.is_empty(), "{when}");
    for (was, is) in before.iter().zip(&after) {
        assert!(ballot(&is["promised"])? >= ballot(&was["promised"])?, "{when}: {was} became {is}");
        let (vote, voted) = (&is["accepted"][0], &was["accepted"][0]);
        assert!(ballot(&vote["ballot"])? >= ballot(&voted["ballot"])?, "{when}: {was} became {is}");
        if vote["ballot"] == voted["ballot"] {
            assert_eq!(vote["value"], voted["value"], "{when}: {was} became {is}");
        }
        assert!(is["round"].as_u64() >= was["round"].as_u64(), "{when}: {was} became {is}");
    }
    Ok(())
}

async fn the_power_cut_is_told(page: &Page, lab: &Lab, when: &str) -> Result<()> {
    let events = lab.events(0).await?;
    let cut = event(&events, "power-cut").unwrap_or_else(|| panic!("{when}: no power cut in the log"));
    assert!(cut["why"].as_str().is_some_and(|why| !why.is_empty()), "{when}: {cut}");
    page.eventually(&format!("the page says it {when}"), async || {
        let says = lab.find(".inspector .why").await?.text().await?;
        Ok(says.contains("The power fails").then_some(()))
    })
    .await
}

async fn it_goes_on_to_agree(lab: &Lab, before: &Value, when: &str) -> Result<()> {
    let after = lab.view().await?;
    assert!(after["nodes"].as_array().is_some_and(|nodes| nodes.iter().all(|node| node["status"] == "up")), "{when}");
    if let [value] = chosen(before)[..] {
        assert_eq!(chosen(&after), [value], "{when}: chosen stays chosen");
    }
    // What the clients asked for was in memory: somebody has to ask again.
    lab.propose(2, "green").await?;
    let view = lab.settle().await?;
    let [value] = chosen(&view)[..] else { panic!("{when}: not one value is chosen: {view}") };
    if let [was] = chosen(before)[..] {
        assert_eq!(value, was, "{when}");
    }
    assert!(["blue", "red", "green"].contains(&value), "{when}: {value}");
    assert_eq!(learned(&view), [Some(value); 3], "{when}");
    assert_eq!(view["violations"], json!([]), "{when}");
    Ok(())
}

/// A run with two proposers and a crash, `moment` steps into it.
async fn with_a_crash(lab: &Lab, moment: u32) -> Result<()> {
    lab.reset(json!({ "nodes": 3, "seed": 40 + moment })).await?;
    lab.propose(1, "blue").await?;
    lab.propose(3, "red").await?;
    let crash = moment.min(15);
    lab.step(crash).await?;
    lab.server(2, "crash").await?;
    lab.step(moment - crash).await
}

/// A run on a bad network, with branches: a value is asked for twice, a server crashes, one comes back, links are cut.
async fn with_faults(lab: &Lab, moment: u32) -> Result<()> {
    let network = json!({ "loss": 0.15, "duplicate": 0.1, "latency": [5, 60] });
    lab.reset(json!({ "nodes": 5, "seed": 100 + moment, "backoff": false, "network": network })).await?;
    lab.propose(1, "blue").await?;
    lab.step(moment).await?;
    lab.propose(4, "red").await?;
    lab.server(2, "crash").await?;
    lab.step(moment % 7 + 1).await?;
    lab.apply(json!({ "type": "partition", "groups": [[1, 3], [4, 5, 2]] })).await?;
    lab.step(moment % 5).await?;
    lab.server(2, "restart").await?;
    lab.step(moment % 4).await?;
    if moment.is_multiple_of(3) {
        lab.back(moment / 2 + 2).await?;
        lab.server(5, "pause").await?;
        lab.step(3).await?;
    }
    if moment.is_multiple_of(2) {
        lab.back(moment / 4 + 1).await?;
    }
    if moment.is_multiple_of(6) {
        lab.call("switchTo", [json!(1)]).await?;
    }
    Ok(())
}

#[test]
fn a_reload_at_any_of_twenty_moments_restores_that_moment_byte_for_byte() {
    browse(async |page| {
        page.open(PLAIN).await?;
        let (mut branches, mut past) = (0, 0);
        for moment in (3..103).step_by(5) {
            let lab = page.lab("quorum-lab").await?;
            with_faults(&lab, moment).await?;
            let view = lab.view().await?;
            branches += u32::from(view["branch"] != 1);
            past += u32::from(view["step"].as_u64() < view["length"].as_u64());
            let before = all(page, &lab).await?;
            let lab = reload(page).await?;
            assert_eq!(all(page, &lab).await?, before, "after {moment} steps");
            let notice = lab.find("[data-topic=restored]").await?.text().await?;
            assert!(notice.contains(&format!("step {}", view["step"])) && notice.contains("Cut the power"), "{notice}");
        }
        assert!(branches >= 2 && past >= 5, "{branches} in another branch, {past} in the past");
        Ok(())
    });
}

#[test]
fn what_happens_next_after_a_reload_is_what_would_have_happened() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let mut ends = Vec::new();
        for reloaded in [false, true] {
            with_faults(&lab, 31).await?;
            let mut lab = lab.clone();
            if reloaded {
                lab = reload(page).await?;
            }
            lab.step(40).await?;
            ends.push(lab.run().await?);
        }
        assert_eq!(ends[0], ends[1]);
        Ok(())
    });
}

#[test]
fn the_moment_is_still_there_when_the_browser_is_started_again_the_next_day() {
    browse(async |page| {
        if page.browser() == Browser::Webkit {
            return Ok(()); // it forgets everything between sessions
        }
        let lab = page.open(PLAIN).await?;
        with_faults(&lab, 30).await?;
        let before = all(page, &lab).await?;
        page.driver().goto("about:blank").await?;
        page.restart_browser().await?;
        let lab = page.open(PLAIN).await?;
        assert_eq!(all(page, &lab).await?, before);
        Ok(())
    });
}

#[test]
fn a_reload_while_it_plays_restores_the_last_moment_that_was_shown() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.set("speed", Some("16")).await?;
        for (round, steps) in [4, 12, 25, 31, 40].into_iter().enumerate() {
            let when = format!("played for {steps} steps");
            let lab = page.lab("quorum-lab").await?;
            lab.reset(json!({ "nodes": 3, "seed": 60 + round, "backoff": false })).await?;
            lab.set("speed", Some("16")).await?;
            lab.propose(1, "blue").await?;
            lab.propose(3, "red").await?;
            page.js::<()>(LAST_WORDS, vec![lab.element().to_json()?]).await?;
            lab.play().await?;
            lab.until(&format!("{steps} steps have passed"), |view| view["step"].as_u64() >= Some(steps)).await?;

            let lab = reload(page).await?;
            let before: String = page.js("return sessionStorage.getItem('last');", vec![]).await?;
            let before: Value = serde_json::from_str(&before)?;
            assert!(before["step"].as_u64() >= Some(steps), "{when}");
            assert_eq!(lab.view().await?, before, "{when}");
        }
        Ok(())
    });
}

/// After each of these moments the power is cut; what was at stake is counted, because if there was nothing to lose,
/// nothing was tested.
async fn cut_at(page: &Page, moments: impl IntoIterator<Item = u32>, killed: bool) -> Result<()> {
    let (mut promises, mut choices, mut count) = (0, 0, 0);
    for moment in moments {
        let when = format!("after {moment} steps");
        let lab = page.open(PLAIN).await?;
        with_a_crash(&lab, moment).await?;
        let before = lab.view().await?;
        let lab = if killed {
            page.kill().await?;
            page.open(PLAIN).await?
        } else {
            let lab = reload(page).await?;
            lab.press("Cut the power instead").await?;
            lab.until("the power is cut", |view| view["headline"]["event"] == "power-cut").await?;
            let steps = before["step"].as_u64().unwrap_or_default();
            assert_eq!(lab.view().await?["step"], steps + 1, "{when}: the whole run is there, and the power cut");
            lab
        };
        let notice = lab.find("[data-topic=power-cut]").await?.text().await?;
        assert!(notice.contains("what was durable"), "{when}: {notice}");
        assert_eq!(notice.contains("browser stopped"), killed, "{when}: {notice}");
        nothing_durable_is_lost(&before, &lab.view().await?, &when)?;
        the_power_cut_is_told(page, &lab, &when).await?;
        it_goes_on_to_agree(&lab, &before, &when).await?;
        let kept = before["nodes"].as_array().into_iter().flatten();
        promises += kept.filter(|node| !node["disk"]["durable"]["promised"].is_null()).count();
        choices += usize::from(!chosen(&before).is_empty());
        count += 1;
    }
    assert!(promises >= 10, "only {promises} promises were durable");
    assert!((2..count).contains(&choices), "a value was chosen before {choices} of {count} power cuts");
    Ok(())
}

#[test]
fn cutting_the_power_instead_loses_nothing_durable_at_any_of_ten_moments() {
    browse(async |page| cut_at(page, [1, 5, 9, 13, 17, 23, 30, 38, 50, 75], false).await);
}

#[test]
fn killing_the_page_at_any_of_twenty_moments_is_a_power_cut_and_loses_nothing_durable() {
    browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // only there a test can kill it
        }
        cut_at(page, (3..60).step_by(3).chain([90]), true).await
    });
}

#[test]
fn a_page_that_was_left_and_gone_back_to_and_then_killed_is_a_power_cut_once_something_has_happened() {
    browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // only there a test can kill it
        }
        let lab = page.open(PLAIN).await?;
        with_a_crash(&lab, 20).await?;
        let before = all(page, &lab).await?;
        reload(page).await?;
        page.kill().await?;
        let lab = page.open(PLAIN).await?;
        assert_eq!(all(page, &lab).await?, before, "nothing had happened since");
        lab.find("[data-topic=restored]").await?;
        lab.step(1).await?;
        page.kill().await?;
        let lab = page.open(PLAIN).await?;
        lab.find("[data-topic=power-cut]").await?;
        the_power_cut_is_told(page, &lab, "one step later").await
    });
}

#[test]
fn after_a_power_cut_one_can_start_afresh() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 4 })).await?;
        lab.propose(1, "mine").await?;
        lab.settle().await?;
        let lab = reload(page).await?;
        assert_eq!(chosen(&lab.view().await?), ["mine"]);
        lab.press("Cut the power instead").await?;
        lab.find("[data-topic=power-cut] button").await?.click().await?;
        lab.until("the run starts afresh", |view| chosen(view).is_empty()).await?;
        let lab = reload(page).await?;
        let mine = lab.events(0).await?.into_iter().find(|event| event["value"] == "mine");
        assert_eq!(mine, None, "the old run does not come back by itself");
        lab.press("Scenarios").await?;
        lab.part("dialog", "Scenarios").await?.press("Back to my run").await?;
        lab.until("it comes back when it is asked for", |view| chosen(view) == ["mine"]).await?;
        Ok(())
    });
}

#[test]
fn to_start_afresh_is_to_begin_as_on_the_first_visit() {
    browse(async |page| {
        let lab = page.open("").await?;
        let first = lab.view().await?;
        lab.reset(json!({ "nodes": 4, "seed": 2 })).await?;
        lab.propose(1, "mine").await?;
        lab.step(3).await?;
        let lab = reload(page).await?;
        lab.press("Start afresh").await?;
        lab.until("the first lesson is there", |view| *view == first).await?;
        assert_eq!(lab.shown("button.title").await?.as_deref(), Some("First agreement ▾"));
        lab.press("First agreement ▾").await?;
        lab.part("dialog", "Scenarios").await?.press("Back to my run").await?;
        lab.until("the run before was kept", |view| view["nodes"].as_array().map(Vec::len) == Some(4)).await?;
        Ok(())
    });
}

/// A run without notes goes by messages, and one that has them by ideas: but not because somebody has written the first one.
#[test]
fn a_run_in_which_a_first_note_was_written_goes_on_by_the_same_beats_after_a_reload() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 4 })).await?;
        lab.propose(1, "blue").await?;
        let size = async |lab: &Lab| Ok::<_, anyhow::Error>(lab.view().await?["beat"]["size"].clone());
        assert_eq!(size(&lab).await?, "messages");
        lab.press("Write a lesson…").await?;
        lab.bar().field("textbox", "At step 1").await?.fill("A client asks.").await?;
        let lab = reload(page).await?;
        assert_eq!(lab.run().await?["notes"][0]["says"], "A client asks.");
        assert_eq!(size(&lab).await?, "messages");
        Ok(())
    });
}

#[test]
fn what_was_chosen_at_the_controls_is_chosen_at_the_next_visit_and_an_author_has_the_last_word() {
    let authors = r#"<!doctype html><link rel="icon" href="data:,"><script type="module" src="quorum-lab.js"></script>
        <quorum-lab speed="4" persist="figure"></quorum-lab>"#;
    Setup::new().page("/authors.html", authors).browse(async |page| {
        let chosen = async |lab: &Lab| {
            let [speed, pace] = [lab.part("combobox", "Speed").await?, lab.part("combobox", "Pace").await?];
            let beats = lab.shown(".sizes [aria-pressed=true]").await?.unwrap_or_default();
            Ok::<_, Error>([speed.value().await?, pace.value().await?, beats])
        };
        let lab = page.open("").await?;
        assert_eq!(chosen(&lab).await?, ["1", "reading", "Ideas"]);
        lab.part("combobox", "Speed").await?.fill("2").await?;
        lab.part("combobox", "Pace").await?.fill("time").await?;
        lab.by_single_steps().await?;
        assert_eq!(chosen(&lab).await?, ["2", "time", "Everything"]);
        let lab = reload(page).await?;
        assert_eq!(chosen(&lab).await?, ["2", "time", "Everything"]);
        let lab = page.open("authors.html").await?;
        assert_eq!(chosen(&lab).await?, ["4", "time", "Everything"]);
        Ok(())
    });
}
