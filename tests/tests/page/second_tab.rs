//! Two tabs never write the same run: the second one looks on, until the first is gone.

use quorum_tests::{Browser, Context, PLAIN, Page, Result, Setup, Value, browse, chosen, json};

const STORED: &str = "
    const db = await new Promise((resolve, reject) => {
        const open = indexedDB.open('quorum');
        open.onsuccess = () => resolve(open.result);
        open.onerror = () => reject(open.error);
    });
    const all = db.transaction('runs').objectStore('runs').getAll();
    await new Promise((done) => (all.onsuccess = done));
    db.close();
    return all.result;";

async fn stored(page: &Page) -> Result<Value> {
    page.js(STORED, vec![]).await
}

/// What is stored once the tab that runs the lab is no longer in sight.
async fn once_left(page: &Page) -> Result<Value> {
    page.eventually("the tab that was left has saved its moment", async || {
        Ok(Some(stored(page).await?).filter(|runs| !runs[0]["left"].is_null()))
    })
    .await
}

/// What a browser tells a page that it puts aside for later, and that it takes out again.
const ASIDE: &str = "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));";
const BACK: &str = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));";

/// Hands out a lock to everybody who asks, as a browser does that has let go of it without a word.
const NO_LOCKS: &str = "
    LockManager.prototype.request = (name, options, callback) => Promise.resolve(callback({ name, mode: 'exclusive' }));";

#[test]
fn a_page_that_is_put_aside_lets_another_tab_run_the_lab_and_only_looks_on_when_it_comes_back() {
    browse(async |page| {
        if page.browser() == Browser::Webkit {
            return Ok(()); // its driver opens a second tab as a second browser
        }
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 5, "seed": 3 })).await?;
        lab.propose(2, "mine").await?;
        lab.step(30).await?;
        let before = lab.view().await?;
        page.js::<()>(ASIDE, vec![]).await?;
        let first = page.driver().window().await?;
        let second = page.driver().new_tab().await?;

        page.driver().switch_to_window(second.clone()).await?;
        let lab = page.open(PLAIN).await?;
        lab.find("[data-topic=restored]").await?;
        assert_eq!(lab.view().await?, before, "it is at the moment at which the first was put aside");
        lab.settle().await?;

        page.driver().switch_to_window(first.clone()).await?;
        let after = once_left(page).await?;
        page.js::<()>(BACK, vec![]).await?;
        let lab = page.lab("quorum-lab").await?;
        lab.find("[data-topic=read-only]").await?;
        let sentence = lab.refusal(json!({ "type": "crash", "node": 1 })).await?;
        assert!(sentence.contains("read-only"), "{sentence}");
        assert_eq!(stored(page).await?, after, "it has written nothing");

        // With nobody else there, it goes on where it was.
        page.driver().switch_to_window(second).await?;
        page.driver().close_window().await?;
        page.driver().switch_to_window(first).await?;
        page.eventually("the first tab may run the lab again", async || {
            page.js::<()>(ASIDE, vec![]).await?;
            page.js::<()>(BACK, vec![]).await?;
            let lab = page.lab("quorum-lab").await?;
            let free = lab.apply(json!({ "type": "crash", "node": 1 })).await.is_ok();
            Ok(free.then_some(()))
        })
        .await
    });
}

/// Goes through the history of the tab, and says whether the page there was taken out of the browser's cache.
async fn go(page: &Page, by: i32) -> Result<bool> {
    page.js::<()>("setTimeout(() => history.go(args[0]));", vec![json!(by)]).await?;
    let shown = "return location.pathname.endsWith('beside.html') || document.readyState !== 'complete' ? null
        : JSON.stringify([location.search, globalThis.cached ?? false]);";
    let shown: String = page
        .eventually("the page is shown again", async || {
            let shown: Option<String> = page.js(shown, vec![]).await.unwrap_or_default();
            Ok(shown.filter(|shown| !shown.contains("again")))
        })
        .await?;
    Ok(shown.contains("true"))
}

#[test]
fn going_back_to_a_page_shows_what_another_did_meanwhile_and_forgets_nothing_durable() {
    let beside = "<!doctype html><link rel=icon href=icon.svg><p>Beside</p>";
    Setup::new().page("/beside.html", beside).browse(async |page| {
        let lab = page.open(PLAIN).await?;
        page.js::<()>("addEventListener('pageshow', (event) => { globalThis.cached = event.persisted; });", vec![])
            .await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        lab.propose(2, "mine").await?;
        lab.step(12).await?;
        let before = lab.view().await?;
        page.go("/beside.html").await?;
        let cached = go(page, -1).await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?, before, "cached: {cached}");
        lab.step(1).await?;

        let other = page.open("?again").await?;
        let view = other.settle().await?;
        assert_eq!(chosen(&view), ["mine"]);
        let cached = go(page, -1).await?;
        eprintln!("cached: {cached}");
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?, view, "cached: {cached}");
        lab.server(1, "crash").await?;
        assert_eq!(lab.find(".kept").await?.text().await?, "Saved in this browser");
        Ok(())
    });
}

#[test]
fn a_page_whose_lock_was_lost_without_a_word_writes_nothing_more_and_says_so() {
    browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // only there a test can take the lock away
        }
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": NO_LOCKS })).await?;
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        lab.propose(2, "mine").await?;
        lab.step(20).await?;
        let first = page.driver().window().await?;
        let second = page.driver().new_tab().await?;
        page.driver().switch_to_window(second.clone()).await?;
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": NO_LOCKS })).await?;
        let other = page.open(PLAIN).await?;
        other.settle().await?;

        page.driver().switch_to_window(first).await?;
        let before = once_left(page).await?;
        let position = lab.view().await?["step"].clone();
        // Two of its steps may need nothing durable; the third does.
        let refused = lab.step(30).await.expect_err("it must not go on");
        assert!(refused.to_string().contains("Another tab has taken this run over"), "{refused:#}");
        let notice = lab.find("[data-topic=read-only]").await?.text().await?;
        assert!(notice.contains("Another tab has taken this run over"), "{notice}");
        let sentence = lab.refusal(json!({ "type": "crash", "node": 1 })).await?;
        assert!(sentence.contains("read-only"), "{sentence}");
        assert!(lab.view().await?["step"].as_u64() >= position.as_u64());
        assert_eq!(stored(page).await?, before, "it has written nothing");

        // What it keeps in the moment at which it is left does not get through, either.
        page.driver().refresh().await?;
        page.driver().switch_to_window(second).await?;
        other.step(0).await?;
        let moments = |runs: &Value| runs[0]["run"]["digest"].clone();
        assert_eq!(moments(&stored(page).await?), moments(&before));
        Ok(())
    });
}

#[test]
fn a_second_tab_only_looks_on_and_takes_over_once_the_first_is_closed() {
    browse(async |page| {
        if page.browser() == Browser::Webkit {
            return Ok(()); // its driver opens a second tab as a second browser
        }
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 5, "seed": 3 })).await?;
        lab.propose(2, "mine").await?;
        lab.step(30).await?;
        page.js::<()>("dispatchEvent(new Event('pagehide'));", vec![]).await?;
        let length = lab.run().await?["length"].clone();
        page.eventually("the first tab has saved its run", async || {
            let runs = stored(page).await?;
            Ok(Some(()).filter(|()| runs[0]["run"]["length"] == length))
        })
        .await?;
        let before = stored(page).await?;
        let first = page.driver().window().await?;
        let second = page.driver().new_tab().await?;

        page.driver().switch_to_window(second.clone()).await?;
        let lab = page.open(PLAIN).await?;
        let notice = lab.find("[data-topic=read-only]").await?.text().await?;
        assert!(notice.contains("Another tab is running this lab"), "{notice}");
        assert_eq!(lab.view().await?["nodes"].as_array().map(Vec::len), Some(5), "it shows the run of the first tab");
        assert_eq!(lab.run().await?["length"], length);
        let sentence = lab.refusal(json!({ "type": "crash", "node": 1 })).await?;
        assert!(sentence.contains("read-only") && sentence.contains("another tab"), "{sentence}");
        // Looking back does not let it do anything either.
        lab.seek(20).await?;
        lab.find("[data-node='1']").await?.click().await?;
        page.eventually("nothing can be done to a server", async || {
            let off = "return [...args[0].shadowRoot.querySelectorAll('.actions button')].every((it) => it.ariaDisabled === 'true');";
            Ok(page.js::<bool>(off, vec![lab.element().to_json()?]).await?.then_some(()))
        })
        .await?;
        lab.seek(u32::try_from(length.as_u64().unwrap_or_default())?).await?;
        let stepped = lab.step(1).await.expect_err("a looker-on cannot step");
        assert!(stepped.to_string().contains("read-only"), "{stepped:#}");
        let play = lab.find("button.play").await?;
        assert_eq!(play.attr("aria-disabled").await?.as_deref(), Some("true"));
        play.click().await?;
        page.drawn().await?;
        assert_eq!(lab.run().await?["length"], length, "nothing has moved");

        // Asking again does not help while the first tab is there.
        lab.press("Try again").await?;
        page.drawn().await?;
        lab.find("[data-topic=read-only]").await?;
        assert_eq!(stored(page).await?, before, "the looker-on has written nothing");

        page.driver().switch_to_window(first).await?;
        page.driver().close_window().await?;
        page.driver().switch_to_window(second).await?;
        // The browser lets go of a closed tab's lock in its own time.
        page.eventually("the second tab may run the lab", async || {
            let click = "
                const notice = args[0].shadowRoot.querySelector('[data-topic=read-only]');
                notice?.querySelector('button')?.click();
                await new Promise((done) => setTimeout(done, 50));
                await args[0].ready; // it opens anew
                return !args[0].shadowRoot.querySelector('[data-topic=read-only]');";
            let free: bool = page.js(click, vec![lab.element().to_json()?]).await?;
            Ok(Some(()).filter(|()| free))
        })
        .await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.run().await?["length"], length, "it is at the moment at which the first was closed");
        lab.step(1).await?;
        lab.server(1, "crash").await?;
        let kept = lab.find(".kept").await?;
        page.eventually("the page says that it is saved", async || {
            Ok(Some(kept.text().await?).filter(|text| text.contains("Saved")))
        })
        .await
        .context("after taking over")?;
        Ok(())
    });
}
