//! Somebody embeds the lab in a page of their own.

use quorum_tests::{Page, Result, Setup, Value, chosen, json};

const STRICT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self'; connect-src 'self'";

const TWO_LABS: &str = "<!doctype html>
    <html lang=en>
    <meta charset=utf-8>
    <title>Lesson 4</title>
    <link rel=icon href=courses/paxos/icon.svg>
    <script type=module src=courses/paxos/quorum-lab.js></script>
    <p>Before.</p>
    <quorum-lab id=big nodes=5 seed=3 step=0 theme=dark></quorum-lab>
    <p>Between.</p>
    <quorum-lab id=small nodes=3 seed=9 step=4 panels=stage controls=none></quorum-lab>
    <p>After.</p>";

async fn shown(page: &Page, lab: &str, part: &str) -> Result<bool> {
    let visible = "
        const part = document.querySelector(args[0]).shadowRoot.querySelector(`[part~=${args[1]}]`);
        return !!part && part.checkVisibility() && part.getClientRects().length > 0;";
    page.js(visible, vec![json!(lab), json!(part)]).await
}

#[test]
fn two_labs_live_side_by_side_under_a_sub_path_and_a_strict_policy() {
    let site = Setup::new().under("/courses/paxos/").page("/host.html", TWO_LABS);
    site.header("Content-Security-Policy", STRICT).browse(async |page| {
        page.go("/host.html").await?;
        let (big, small) = (page.lab("#big").await?, page.lab("#small").await?);
        let count = |view: &Value| view["nodes"].as_array().map(Vec::len);
        let (view, other) = (big.view().await?, small.view().await?);
        assert_eq!((count(&view), &view["step"]), (Some(5), &json!(0)));
        assert_eq!((count(&other), &other["step"]), (Some(3), &json!(4)));
        assert_eq!(big.run().await?["config"]["seed"], 3);
        assert_eq!(small.run().await?["config"]["seed"], 9);

        for (part, in_small) in [("stage", true), ("inspector", false), ("events", false), ("controls", false)] {
            assert!(shown(page, "#big", part).await?, "{part}");
            assert_eq!(shown(page, "#small", part).await?, in_small, "{part}");
        }
        let dark = "return ['#big', '#small'].map((lab) =>
            getComputedStyle(document.querySelector(lab).shadowRoot.querySelector('.lab')).colorScheme);";
        let schemes: Vec<String> = page.js(dark, vec![]).await?;
        assert_eq!(schemes[0], "dark");
        assert_ne!(schemes[1], "dark");

        // What happens in one is no business of the other.
        big.propose(2, "blue").await?;
        big.server(1, "crash").await?;
        let view = big.settle().await?;
        assert_eq!(chosen(&view), ["blue"]);
        assert_eq!(small.view().await?, other);
        small.settle().await?;
        assert_eq!(big.view().await?, view);
        Ok(())
    });
}

#[test]
fn without_persist_nothing_is_stored_and_nothing_is_said_about_it() {
    Setup::new().under("/courses/paxos/").page("/host.html", TWO_LABS).browse(async |page| {
        page.go("/host.html").await?;
        let lab = page.lab("#big").await?;
        lab.propose(1, "fleeting").await?;
        lab.settle().await?;
        page.drawn().await?;
        let stored: Value =
            page.js("return [(await indexedDB.databases()).length, localStorage.length];", vec![]).await?;
        assert_eq!(stored, json!([0, 0]));
        let notices: u32 = page
            .js("return document.querySelector('#big').shadowRoot.querySelectorAll('.notice').length;", vec![])
            .await?;
        assert_eq!(notices, 0);

        page.driver().refresh().await?;
        let lab = page.lab("#big").await?;
        let view = lab.view().await?;
        assert_eq!((&view["step"], chosen(&view)), (&json!(0), vec![]), "it is as on the first visit");
        Ok(())
    });
}

#[test]
fn a_lab_can_be_moved_and_taken_away_while_it_runs() {
    Setup::new().under("/courses/paxos/").page("/host.html", TWO_LABS).browse(async |page| {
        page.go("/host.html").await?;
        let lab = page.lab("#big").await?;
        lab.propose(1, "blue").await?;
        lab.step(9).await?;
        let before = lab.view().await?;
        page.js::<()>("document.body.append(document.querySelector('#big'));", vec![]).await?;
        page.drawn().await?;
        assert_eq!(lab.view().await?, before, "moving it changes nothing");
        lab.play().await?;
        page.js::<()>("window.gone = document.querySelector('#big'); window.gone.remove();", vec![]).await?;
        page.drawn().await?;
        page.drawn().await?;
        let sentence: String =
            page.js("try { return window.gone.view(); } catch (error) { return error.message; }", vec![]).await?;
        assert!(sentence.contains("not ready"), "{sentence}");
        // The other one did not notice.
        page.lab("#small").await?.settle().await?;
        Ok(())
    });
}

const FRAMED: &str = "<!doctype html><title>Framed</title><link rel=icon href=data:,>
    <script type=module src=quorum-lab.js></script><quorum-lab persist=framed nodes=3 seed=2></quorum-lab>";
const FRAME: &str = "<!doctype html><title>Host</title><link rel=icon href=data:,>
    <iframe sandbox=allow-scripts src=framed.html width=1000 height=800></iframe>";

#[test]
fn a_sandboxed_frame_has_no_storage_and_the_lab_in_it_says_so_and_works() {
    // Hosts of static files let anybody read them. Without that no module can be loaded into such a frame.
    let site = Setup::new().page("/framed.html", FRAMED).page("/host.html", FRAME);
    site.header("Access-Control-Allow-Origin", "*").browse(async |page| {
        page.go("/host.html").await?;
        page.driver().enter_frame(0).await?;
        let lab = page.lab("quorum-lab").await?;
        let notice = lab.find("[data-topic=not-persisted]").await?.text().await?;
        assert!(notice.starts_with("Not persisted:") && notice.contains("works"), "{notice}");
        lab.reset(json!({ "nodes": 3, "seed": 2 })).await?;
        lab.propose(1, "blue").await?;
        assert_eq!(chosen(&lab.settle().await?), ["blue"]);
        Ok(())
    });
}

#[test]
fn where_webassembly_is_forbidden_a_sentence_and_a_picture_take_the_place_of_the_lab() {
    let without = STRICT.replace(" 'wasm-unsafe-eval'", "");
    let host = "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab></quorum-lab>";
    let site = Setup::new().page("/host.html", host).header("Content-Security-Policy", &without);
    site.browse(async |page| {
        page.go("/host.html").await?;
        let sentence = page
            .eventually("the page says that it cannot start", async || {
                let read = "return document.querySelector('quorum-lab').shadowRoot
                    ?.querySelector('.unavailable [role=alert]')?.innerText ?? null;";
                page.js::<Option<String>>(read, vec![]).await
            })
            .await?;
        assert!(sentence.contains("could not start") && sentence.contains("WebAssembly"), "{sentence}");
        let picture = "
            const image = document.querySelector('quorum-lab').shadowRoot.querySelector('.unavailable img');
            await image.decode();
            return image.naturalWidth;";
        assert!(page.js::<u32>(picture, vec![]).await? > 0);
        // The browser itself reports what its policy forbade; nothing else went wrong.
        for error in page.take_errors().await? {
            assert!(error.contains("Content Security Policy"), "{error}");
        }
        Ok(())
    });
}

#[test]
fn a_lab_that_is_asked_for_nonsense_says_so_on_the_page() {
    let host = "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab nodes=500></quorum-lab>";
    Setup::new().page("/host.html", host).browse(async |page| {
        page.go("/host.html").await?;
        let text = page
            .eventually("the page says what is wrong", async || {
                let read = "return document.querySelector('quorum-lab').shadowRoot
                    ?.querySelector('[role=alert]')?.innerText || null;";
                page.js::<Option<String>>(read, vec![]).await
            })
            .await?;
        assert!(text.contains("1 to 101"), "{text}");
        Ok(())
    });
}
