//! Closing the page is a power cut: what was durable is still there when it is opened again.

use quorum_tests::{Lab, Page, Result, Value, ballot, browse, chosen, event, json, learned};

/// Keeps the page from noticing that it is being closed, as when its process is killed.
const UNWARNED: &str = "
    for (const type of ['pagehide', 'visibilitychange', 'beforeunload', 'freeze'])
        addEventListener(type, (event) => event.stopImmediatePropagation(), { capture: true });";

/// Notes what is durable at the last moment of the page.
const LAST_WORDS: &str = "
    addEventListener('pagehide', () => sessionStorage.setItem('last', JSON.stringify(args[0].view())), { capture: true });";

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
    let notice = lab.find("[data-topic=power-cut]").await?.text().await?;
    assert!(notice.contains("power cut") && notice.contains("durable"), "{when}: {notice}");
    page.drawn().await?;
    let log = lab.find(".events .list").await?.text().await?;
    assert!(log.to_lowercase().contains("power"), "{when}: the log shows {log}");
    Ok(())
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

/// A run with two proposers and a crash, reloaded `moment` steps into it.
async fn one_moment(page: &Page, moment: u32, warned: bool) -> Result<(u32, bool)> {
    let when = format!("after {moment} steps, {}", if warned { "closed" } else { "killed" });
    let lab = page.lab("quorum-lab").await?;
    lab.reset(json!({ "nodes": 3, "seed": 40 + moment })).await?;
    lab.propose(1, "blue").await?;
    lab.propose(3, "red").await?;
    let crash = moment.min(15);
    lab.step(crash).await?;
    lab.server(2, "crash").await?;
    lab.step(moment - crash).await?;
    if !warned {
        page.js::<()>(UNWARNED, vec![]).await?;
    }
    let before = lab.view().await?;

    let lab = reload(page).await?;
    let after = lab.view().await?;
    nothing_durable_is_lost(&before, &after, &when)?;
    if warned {
        let steps = before["step"].as_u64().unwrap_or_default();
        assert_eq!(after["step"].as_u64(), Some(steps + 1), "{when}: the whole run is there, and the power cut");
    }
    the_power_cut_is_told(page, &lab, &when).await?;
    it_goes_on_to_agree(&lab, &before, &when).await?;

    let kept = before["nodes"].as_array().into_iter().flatten();
    let kept = kept.filter(|node| !node["disk"]["durable"]["promised"].is_null()).count();
    Ok((kept as u32, !chosen(&before).is_empty()))
}

/// Each of these moments; what was at stake is counted, because if there was nothing to lose, nothing was tested.
fn all_moments(moments: [u32; 10], warned: bool) {
    browse(async |page| {
        page.open("").await?;
        let (mut promises, mut choices) = (0, 0);
        for moment in moments {
            let (kept, chosen) = one_moment(page, moment, warned).await?;
            promises += kept;
            choices += u32::from(chosen);
        }
        assert!(promises >= 10, "only {promises} promises were durable");
        assert!((2..10).contains(&choices), "a value was chosen before {choices} of 10 reloads");
        Ok(())
    });
}

#[test]
fn closing_the_page_at_any_of_ten_moments_loses_nothing_at_all() {
    all_moments([1, 5, 9, 13, 17, 23, 30, 38, 50, 75], true);
}

#[test]
fn killing_the_page_at_any_of_ten_moments_loses_nothing_durable() {
    // A reload that the page does not get to know about is as good as a kill.
    all_moments([3, 7, 11, 15, 20, 26, 34, 43, 60, 90], false);
}

#[test]
fn closing_the_page_while_it_plays_loses_nothing_durable() {
    browse(async |page| {
        let lab = page.open("").await?;
        lab.set("speed", Some("16")).await?;
        for (round, steps) in [4, 12, 25].into_iter().enumerate() {
            let when = format!("played for {steps} steps");
            let lab = page.lab("quorum-lab").await?;
            lab.reset(json!({ "nodes": 3, "seed": 60 + round })).await?;
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
            nothing_durable_is_lost(&before, &lab.view().await?, &when)?;
            the_power_cut_is_told(page, &lab, &when).await?;
            it_goes_on_to_agree(&lab, &before, &when).await?;
        }
        Ok(())
    });
}

#[test]
fn after_a_power_cut_one_can_start_afresh() {
    browse(async |page| {
        let lab = page.open("").await?;
        lab.reset(json!({ "nodes": 3, "seed": 4 })).await?;
        lab.propose(1, "mine").await?;
        lab.settle().await?;
        let lab = reload(page).await?;
        assert_eq!(chosen(&lab.view().await?), ["mine"]);
        lab.find("[data-topic=power-cut] button").await?.click().await?;
        lab.until("the run starts afresh", |view| chosen(view).is_empty()).await?;
        let lab = reload(page).await?;
        let mine = lab.events(0).await?.into_iter().find(|event| event["value"] == "mine");
        assert_eq!(mine, None, "the old run does not come back");
        Ok(())
    });
}
