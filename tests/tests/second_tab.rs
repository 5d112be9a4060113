//! Two tabs never write the same run: the second one looks on, until the first is gone.

use quorum_tests::{Browser, Context, Page, Result, Value, browse, json};

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

#[test]
fn a_second_tab_only_looks_on_and_takes_over_once_the_first_is_closed() {
    browse(async |page| {
        if page.browser() == Browser::Webkit {
            return Ok(()); // its driver opens a second tab as a second browser
        }
        let lab = page.open("").await?;
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
        let lab = page.open("").await?;
        let notice = lab.find("[data-topic=read-only]").await?.text().await?;
        assert!(notice.contains("Another tab is running this lab"), "{notice}");
        assert_eq!(lab.view().await?["nodes"].as_array().map(Vec::len), Some(5), "it shows the run of the first tab");
        assert_eq!(lab.run().await?["length"], length);
        let sentence = lab.refusal(json!({ "type": "crash", "node": 1 })).await?;
        assert!(sentence.contains("read-only") && sentence.contains("another tab"), "{sentence}");
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
                return !args[0].shadowRoot.querySelector('[data-topic=read-only]');";
            let free: bool = page.js(click, vec![lab.element().to_json()?]).await?;
            Ok(Some(()).filter(|()| free))
        })
        .await?;
        let lab = page.lab("quorum-lab").await?;
        lab.until("the run goes on", |view| view["step"].as_u64() > length.as_u64()).await?;
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
