//! The engine hits a bug in itself: the page says so, and starts again.

use quorum_tests::{Lab, PLAIN, Page, Result, Setup, browse, chosen, json, learned};

/// Makes the engine's next step run into the instruction that a panic ends in, with a message or without.
const SABOTAGE: &str = "
    const trap = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0,
        10, 5, 1, 3, 0, 0, 11]);
    const { instance } = await WebAssembly.instantiate(trap);
    const { engine } = await import(new URL('quorum-lab.js', document.baseURI).href);
    const { Lab } = await engine();
    Lab.prototype.prepare = () => instance.exports.f();";

async fn break_it(page: &Page, lab: &Lab) -> Result<String> {
    page.js::<()>(SABOTAGE, vec![]).await?;
    let refusal = lab.step(1).await.expect_err("the engine is broken");
    let overlay = lab.part("dialog", "Quorum hit a bug in itself").await?;
    let text = overlay.text().await?;
    assert!(text.contains("unreachable"), "it says what happened: {text}");
    assert!(text.contains("report"), "and what to do: {text}");
    assert!(refusal.to_string().contains("unreachable"), "{refusal:#}");
    let again = lab.step(1).await.expect_err("it has stopped");
    assert!(again.to_string().contains("stopped"), "{again:#}");
    overlay.part("textbox", "Text for a report").await?.value().await
}

async fn press(page: &Page, lab: &Lab, name: &str) -> Result<()> {
    lab.part("dialog", "Quorum hit a bug").await?.press(name).await?;
    page.eventually("the lab is back", async || back(page, lab).await).await
}

async fn back(page: &Page, lab: &Lab) -> Result<Option<()>> {
    let back = "
        try { args[0].view(); } catch { return false; }
        return !args[0].shadowRoot.querySelector('.overlay');";
    let back: bool = page.js(back, vec![lab.element().to_json()?]).await?;
    Ok(back.then_some(()))
}

#[test]
fn a_bug_in_the_engine_is_told_and_the_saved_run_can_be_started_again() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 21 })).await?;
        lab.propose(1, "blue").await?;
        lab.settle().await?;
        lab.propose(2, "red").await?;
        let report = break_it(page, &lab).await?;
        assert!(report.contains("\"interventions\"") && report.contains("unreachable"), "{report}");
        assert!(report.contains("\"red\""), "what was done last is in it: {report}");

        // A call in the very moment in which the lab starts again gets an answer or a sentence.
        let at_once = "
            args[0].shadowRoot.querySelector('.overlay button.primary').click();
            return args[0].step(0).then(() => null, (error) => error.message);";
        let told: Option<String> = page.js(at_once, vec![lab.element().to_json()?]).await?;
        assert!(told.as_ref().is_none_or(|told| told.contains("stopped")), "{told:?}");
        page.eventually("the lab is back", async || back(page, &lab).await).await?;
        lab.until("what was durable is back", |view| chosen(view) == ["blue"]).await?;
        lab.propose(3, "green").await?;
        let view = lab.settle().await?;
        assert_eq!(chosen(&view), ["blue"]);
        assert_eq!(learned(&view), [Some("blue"); 3]);
        page.drawn().await?;
        assert_eq!(lab.find(".kept").await?.text().await?, "Saved in this browser");
        Ok(())
    });
}

#[test]
fn a_run_that_led_to_a_bug_can_be_set_aside() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 21 })).await?;
        lab.propose(1, "cursed").await?;
        lab.settle().await?;
        lab.propose(2, "red").await?;
        break_it(page, &lab).await?;
        press(page, &lab, "Set this run aside").await?;
        let view = lab.until("there is another run", |view| chosen(view).is_empty()).await?;
        assert_eq!(view["nodes"].as_array().map(Vec::len), Some(3));
        let notice = lab.find("[data-topic=set-aside]").await?.text().await?;
        assert!(notice.contains("bug") && notice.contains("set aside"), "{notice}");
        lab.settle().await?;
        Ok(())
    });
}

#[test]
fn a_bug_in_one_lab_leaves_the_page_around_alone() {
    let host = "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <p id=around>Around</p><quorum-lab nodes=3 seed=8></quorum-lab>";
    Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html").await?;
        break_it(page, &lab).await?;
        let around: String = page.js("return document.getElementById('around').innerText;", vec![]).await?;
        assert_eq!(around, "Around");
        press(page, &lab, "Start again").await?;
        let view = lab.settle().await?;
        assert_eq!(chosen(&view).len(), 1, "{view}");
        Ok(())
    });
}
