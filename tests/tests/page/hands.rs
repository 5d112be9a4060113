//! What hands do on the page: a button keeps its place and asks before it forgets everything, a double click does one
//! thing, a finger draws a fence, and all of it hits what is under it at any scale.

use quorum_tests::{Browser, Lab, PLAIN, Page, Result, Setup, Value, json};

/// Tests that press points of the window: only Chromium can be told to.
fn browse(setup: Setup, test: impl AsyncFnOnce(&mut Page) -> Result<()>) {
    if Browser::chosen().ok() == Some(Browser::Chromium) {
        setup.browse(test);
    }
}

/// The middle of what a selector finds, in the window.
async fn middle(page: &Page, lab: &Lab, selector: &str) -> Result<(f64, f64)> {
    let script = "
        const found = args[0].shadowRoot.querySelector(args[1]);
        if (!found) return null;
        const { left, top, width, height } = found.getBoundingClientRect();
        return [left + width / 2, top + height / 2];";
    let find = async || page.js(script, vec![lab.element().to_json()?, json!(selector)]).await;
    page.eventually(&format!("there is {selector}"), find).await
}

async fn mouse(page: &Page, kind: &str, (x, y): (f64, f64), clicks: u32) -> Result<()> {
    let buttons = u32::from(kind != "mouseReleased");
    let mut event = json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": clicks });
    // However slow the machine is, clicks that follow each other do so within a tenth of a second.
    if clicks > 0 {
        let began: f64 = page.js("return (globalThis.began ??= Date.now()) / 1000;", vec![]).await?;
        event["timestamp"] = json!(began + 0.1 * f64::from(clicks));
    }
    page.devtools("Input.dispatchMouseEvent", event).await.map(drop)
}

/// A click, the second of two for example.
async fn click(page: &Page, at: (f64, f64), clicks: u32) -> Result<()> {
    mouse(page, "mousePressed", at, clicks).await?;
    mouse(page, "mouseReleased", at, clicks).await
}

async fn fingers(page: &Page, kind: &str, at: &[(f64, f64)]) -> Result<()> {
    let points: Vec<_> = (0..).zip(at).map(|(id, (x, y))| json!({ "x": x, "y": y, "id": id })).collect();
    page.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await.map(drop)
}

/// Lets so many milliseconds of the page's own clock pass, frame by frame.
async fn rest(page: &Page, ms: u32) -> Result<()> {
    let script = "
        const since = performance.now();
        while (performance.now() < since + args[0]) await new Promise(requestAnimationFrame);";
    page.js(script, vec![json!(ms)]).await
}

/// The links that are cut, as "1 to 2".
fn cut(view: &Value) -> Vec<String> {
    let links = view["links"].as_array().into_iter().flatten();
    let cut = links.filter(|link| link["up"] == false);
    cut.map(|link| format!("{} to {}", link["from"], link["to"])).collect()
}

async fn three(page: &Page, path: &str) -> Result<Lab> {
    let lab = page.open(path).await?;
    lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
    page.drawn().await?;
    Ok(lab)
}

#[test]
fn a_fence_that_begins_on_a_server_has_that_server_inside() {
    browse(Setup::new(), async |page| {
        let lab = three(page, "").await?;
        let one = middle(page, &lab, "[data-node='1']").await?;
        let (x, y) = middle(page, &lab, "[data-node='2']").await?;
        mouse(page, "mousePressed", one, 1).await?;
        for part in [0.3, 0.6] {
            let way = |from: f64, to: f64| from + (to - from) * part;
            mouse(page, "mouseMoved", (way(one.0, x), way(one.1, y)), 0).await?;
            page.drawn().await?;
        }
        mouse(page, "mouseMoved", (x + 30.0, y + 30.0), 0).await?;
        page.drawn().await?;
        mouse(page, "mouseReleased", (x + 30.0, y + 30.0), 1).await?;
        let view = lab.until("links are cut", |view| !cut(view).is_empty()).await?;
        assert_eq!(cut(&view), ["1 to 3", "2 to 3", "3 to 1", "3 to 2"]);
        Ok(())
    });
}

#[test]
fn a_double_click_does_one_thing() {
    browse(Setup::new(), async |page| {
        let lab = three(page, "").await?;
        lab.find("[data-node='2']").await?.click().await?;
        for (key, changed) in [("c", "down"), ("u", "paused"), ("w", "up")] {
            if key != "c" {
                let back = if key == "u" { "restart" } else { "resume" };
                lab.server(2, back).await?;
            }
            page.drawn().await?;
            page.js::<()>("globalThis.began = Date.now();", vec![]).await?;
            let button = middle(page, &lab, &format!(".grid [aria-keyshortcuts='{key}']")).await?;
            let steps = lab.view().await?["step"].as_u64();
            click(page, button, 1).await?;
            if key != "w" {
                lab.until(changed, |view| view["nodes"][1]["status"] == changed).await?;
            }
            page.drawn().await?;
            click(page, button, 2).await?;
            click(page, button, 3).await?;
            rest(page, 450).await?;
            let view = lab.view().await?;
            assert_eq!(view["nodes"][1]["status"], changed, "{key}");
            assert_eq!(view["nodes"][1]["disk"]["lost"], false);
            assert_eq!(view["step"].as_u64(), steps.map(|steps| steps + u64::from(key != "w")), "{key} did one thing");
        }
        // Once there was time to read the question, the next press is an answer. On a slow machine the question may be over by
        // then, and is asked once more.
        for _ in 0..2 {
            page.js::<()>("globalThis.began = Date.now();", vec![]).await?;
            let wipe = middle(page, &lab, ".grid [aria-keyshortcuts='w']").await?;
            click(page, wipe, 1).await?;
            rest(page, 450).await?;
            if lab.view().await?["nodes"][1]["disk"]["lost"] == true {
                break;
            }
        }
        lab.until("the disk is wiped", |view| view["nodes"][1]["disk"]["lost"] == true).await?;
        Ok(())
    });
}

#[test]
fn no_button_changes_its_place_and_no_two_share_a_key() {
    browse(Setup::new(), async |page| {
        let lab = three(page, "").await?;
        lab.propose(1, "blue").await?;
        let script = "
            const shown = [...args[0].shadowRoot.querySelectorAll('[aria-keyshortcuts]')].filter((one) => one.checkVisibility());
            const places = [...args[0].shadowRoot.querySelectorAll('.grid button')].map((one) => {
                const { left, top, width } = one.getBoundingClientRect();
                return [left, top, width].map(Math.round);
            });
            return [shown.map((one) => one.getAttribute('aria-keyshortcuts')), places];";
        lab.find("[data-node='1']").await?.click().await?;
        page.drawn().await?;
        let mut first: Option<Value> = None;
        for does in ["", "step", "crash", "restart", "pause", "resume", "isolate", "wipe"] {
            match does {
                "" => {}
                "step" => lab.step(7).await?,
                _ => lab.server(1, does).await?,
            }
            page.drawn().await?;
            let (keys, places): (Vec<String>, Value) = page.js(script, vec![lab.element().to_json()?]).await?;
            let mut once = keys.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), keys.len(), "two things share a key: {keys:?}");
            assert!(keys.len() > 11, "the actions have keys: {keys:?}");
            assert_eq!(first.get_or_insert_with(|| places.clone()), &places, "after {does:?}");
        }
        Ok(())
    });
}

#[test]
fn why_something_is_not_possible_is_said_on_focus_and_under_a_pointer() {
    browse(Setup::new(), async |page| {
        let lab = three(page, "").await?;
        lab.find("[data-node='3']").await?.click().await?;
        let reason = lab.find(".reason").await?;
        let restart = middle(page, &lab, ".grid [aria-keyshortcuts='r']").await?;
        mouse(page, "mouseMoved", restart, 0).await?;
        let why = async || Ok(Some(reason.text().await?).filter(|why| why == "It is up."));
        page.eventually("the pointer is told why", why).await?;
        mouse(page, "mouseMoved", (2.0, 2.0), 0).await?;
        page.eventually("it is taken back", async || Ok(reason.text().await?.is_empty().then_some(()))).await?;
        let focus = "args[0].shadowRoot.querySelector('.grid [aria-keyshortcuts=r]').focus();";
        page.js::<()>(focus, vec![lab.element().to_json()?]).await?;
        page.eventually("the focus is told why", why).await?;
        Ok(())
    });
}

#[test]
fn keys_work_on_a_keyboard_that_writes_other_letters() {
    browse(Setup::new(), async |page| {
        let lab = three(page, "").await?;
        for (key, code) in [("é", "Digit2"), ("с", "KeyC")] {
            for kind in ["keyDown", "keyUp"] {
                let event = json!({ "type": kind, "key": key, "code": code, "text": key });
                page.devtools("Input.dispatchKeyEvent", event).await?;
            }
        }
        lab.until("server 2 is down", |view| view["nodes"][1]["status"] == "down").await?;
        Ok(())
    });
}

/// A page that shows a lab of three servers at another scale.
fn scaled(style: &str) -> Setup {
    let page = format!(
        "<!doctype html><meta charset=utf-8><link rel=icon href=icon.svg><body style='margin:0;{style}'>
        <script type=module src=/quorum-lab.js></script>
        <quorum-lab nodes=3 seed=5 step=0 style='inline-size:1200px;block-size:880px'
            panels='stage spacetime inspector'></quorum-lab>"
    );
    Setup::new().page("/scaled.html", page)
}

#[test]
fn at_any_scale_a_pointer_hits_what_is_under_it() {
    for style in ["transform:scale(.6);transform-origin:0 0", "zoom:.7", "zoom:1.4", ""] {
        browse(scaled(style), async |page| {
            page.resize(1800, 1300).await?;
            let lab = three(page, "/scaled.html").await?;
            // A fence around server 2, from beyond its card.
            let script = "
                const { left, top, right, bottom } = args[0].shadowRoot.querySelector('[data-node=\"2\"]').getBoundingClientRect();
                return [left, top, right, bottom];";
            let (left, top, right, bottom): (f64, f64, f64, f64) =
                page.js(script, vec![lab.element().to_json()?]).await?;
            let (from, to) = ((left - 12.0, top - 12.0), (right - 4.0, bottom - 4.0));
            mouse(page, "mousePressed", from, 1).await?;
            // What draws is loaded at the first use.
            let fence = async || {
                mouse(page, "mouseMoved", to, 1).await?;
                page.drawn().await?;
                let drawn = "
                    const fence = args[0].shadowRoot.querySelector('.fence:not([hidden])');
                    return fence && [fence.textContent, fence.getBoundingClientRect().right];";
                page.js::<Option<(String, f64)>>(drawn, vec![lab.element().to_json()?]).await
            };
            let (says, edge) = page.eventually("a fence is drawn", fence).await?;
            assert_eq!(says, "cut off 2", "{style}");
            assert!((edge - to.0).abs() < 2.0, "{style}: the fence ends at {edge}, and the pointer is at {}", to.0);
            mouse(page, "mouseReleased", to, 1).await?;
            let view = lab.until("2 is cut off", |view| !cut(view).is_empty()).await?;
            assert_eq!(cut(&view), ["1 to 2", "2 to 1", "2 to 3", "3 to 2"], "{style}");

            // In space-time what a hand holds stays under it.
            lab.apply(json!({ "type": "heal" })).await?;
            lab.propose(1, "blue").await?;
            lab.settle().await?;
            for _ in 0..6 {
                lab.press("Zoom in").await?;
            }
            let box_ = lab.find(".spacetime .box").await?;
            let left = "return args[0].scrollLeft * args[0].getBoundingClientRect().width / args[0].offsetWidth;";
            let at = async || page.js::<f64>(left, vec![box_.to_json()?]).await;
            let scrolled = async || {
                let before = at().await?;
                rest(page, 200).await?;
                let after = at().await?;
                Ok(Some(after).filter(|after| *after > 60.0 && (*after - before).abs() < 0.1))
            };
            let before = page.eventually("the run is long, and nothing moves it", scrolled).await?;
            let (x, y) = middle(page, &lab, ".spacetime .box").await?;
            mouse(page, "mousePressed", (x, y), 1).await?;
            mouse(page, "mouseMoved", (x + 50.0, y), 1).await?;
            mouse(page, "mouseReleased", (x + 50.0, y), 1).await?;
            let moved = before - at().await?;
            assert!((moved - 50.0).abs() < 2.0, "{style}: a pointer that went 50 pixels moved the picture by {moved}");
            Ok(())
        });
    }
}

#[test]
fn a_finger_that_rests_draws_a_fence_and_one_that_does_not_scrolls() {
    browse(Setup::new(), async |page| {
        page.resize(390, 700).await?;
        page.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await?;
        let lab = three(page, "").await?;
        let card = middle(page, &lab, "[data-node='3']").await?;
        let empty = middle(page, &lab, ".chosen").await?;
        let path = |part: f64| (empty.0 + (10.0 - empty.0) * part, empty.1 + (card.1 + 20.0 - empty.1) * part);
        let top = "return scrollY + document.scrollingElement.scrollTop;";

        fingers(page, "touchStart", &[empty]).await?;
        for up in 1..12 {
            fingers(page, "touchMove", &[(empty.0, empty.1 - 15.0 * f64::from(up))]).await?;
        }
        fingers(page, "touchEnd", &[]).await?;
        let scrolled = async || Ok(Some(page.js::<f64>(top, vec![]).await?).filter(|top| *top > 20.0));
        page.eventually("a finger that moves at once scrolls", scrolled).await?;
        assert!(cut(&lab.view().await?).is_empty());

        // Scrolling goes on for a while by itself, and a finger that touches it then only stops it.
        let still = "const before = scrollY; await new Promise((done) => setTimeout(done, 200)); return scrollY === before || null;";
        page.eventually("it has stopped", async || page.js::<Option<bool>>(still, vec![]).await).await?;
        page.js::<()>("scrollTo(0, 0);", vec![]).await?;
        page.drawn().await?;
        fingers(page, "touchStart", &[empty]).await?;
        let drawing = "return args[0].shadowRoot.querySelector('.area').hasAttribute('data-drawing') || null;";
        let rests = async || page.js::<Option<bool>>(drawing, vec![lab.element().to_json()?]).await;
        page.eventually("a finger that rests draws", rests).await?;
        for part in 1..=8 {
            fingers(page, "touchMove", &[path(f64::from(part) / 8.0)]).await?;
        }
        page.drawn().await?;
        assert_eq!(page.js::<f64>(top, vec![]).await?, 0.0, "it does not scroll");
        fingers(page, "touchEnd", &[]).await?;
        let view = lab.until("3 is cut off", |view| !cut(view).is_empty()).await?;
        assert_eq!(cut(&view), ["1 to 3", "2 to 3", "3 to 1", "3 to 2"]);
        Ok(())
    });
}

#[test]
fn two_fingers_zoom_space_time() {
    browse(Setup::new(), async |page| {
        page.resize(390, 844).await?;
        page.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true, "maxTouchPoints": 2 })).await?;
        let lab = three(page, "").await?;
        lab.propose(1, "blue").await?;
        lab.settle().await?;
        lab.find("[data-panel=spacetime]").await?.click().await?;
        let show = "args[0].shadowRoot.querySelector('.spacetime .box').scrollIntoView({ block: 'center' });";
        lab.find(".spacetime .box").await?;
        page.js::<()>(show, vec![lab.element().to_json()?]).await?;
        page.drawn().await?;
        let wide = "return args[0].shadowRoot.querySelector('.spacetime .space').offsetWidth;";
        let width = async || page.js::<f64>(wide, vec![lab.element().to_json()?]).await;
        let before = width().await?;
        let (x, y) = middle(page, &lab, ".spacetime .box").await?;
        let apart = |by: f64| [(x - by, y), (x + by, y)];
        fingers(page, "touchStart", &apart(20.0)).await?;
        for by in [30.0, 40.0, 50.0, 60.0] {
            fingers(page, "touchMove", &apart(by)).await?;
        }
        fingers(page, "touchEnd", &[]).await?;
        page.drawn().await?;
        let after = width().await?;
        assert!(after > before * 1.8, "three times as far apart, and {before} became {after}");
        assert_eq!(page.js::<f64>("return visualViewport.scale;", vec![]).await?, 1.0, "the page did not zoom");
        Ok(())
    });
}

#[test]
fn a_broken_link_offers_the_lab_without_it_and_one_with_the_end_of_a_sentence_opens() {
    Setup::new().browse(async |page| {
        let lab = three(page, "").await?;
        lab.propose(1, "blue").await?;
        lab.step(9).await?;
        let link = lab.share().await?;
        let fragment = link.split_once('#').expect("a link has a fragment").1.to_owned();
        for end in [")", ").", "”", ">"] {
            page.driver().goto("about:blank").await?;
            let lab = page.open(&format!("#{fragment}{end}")).await?;
            assert_eq!(lab.view().await?["step"], 10, "with {end} after it");
        }
        page.driver().goto("about:blank").await?;
        page.go(&format!("#{}", &fragment[..fragment.len() / 2])).await?;
        let find = "return !!document.querySelector('quorum-lab')?.shadowRoot?.querySelector('.unavailable .primary') || null;";
        page.eventually("the page offers the lab without it", async || page.js::<Option<bool>>(find, vec![]).await).await?;
        let press = "document.querySelector('quorum-lab').shadowRoot.querySelector('.unavailable .primary').click();";
        page.js::<()>(press, vec![]).await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(page.js::<String>("return location.hash;", vec![]).await?, "");
        lab.view().await?;
        Ok(())
    });
}

#[test]
fn in_a_page_from_right_to_left_numbers_read_as_written() {
    let host = "<!doctype html><html dir=rtl lang=he><meta charset=utf-8><link rel=icon href=icon.svg>
        <body style='margin:20px'><p>שלום</p><script type=module src=/quorum-lab.js></script>
        <quorum-lab nodes=5 seed=5 style='block-size:800px' step=0></quorum-lab></html>";
    Setup::new().page("/rtl.html", host).browse(async |page| {
        let lab = page.open("/rtl.html").await?;
        lab.propose(1, "blue").await?;
        lab.propose(3, "שלום 3").await?;
        lab.step(25).await?;
        page.drawn().await?;
        // Of every text that is seen: each number in it, and where its characters are.
        let script = r"
            const wrong = [];
            const walk = document.createTreeWalker(args[0].shadowRoot, NodeFilter.SHOW_TEXT);
            let count = 0;
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                if (!node.parentElement.checkVisibility() || node.parentElement.closest('option, style, .sr')) continue;
                const all = /\d+(?:\.\d+)?( ?(?:ms|\/|to|of|–) ?\d*)?|\d+ ?%|[A-Z][a-z]+ \d+/g;
                for (const { 0: text, index } of node.data.matchAll(all)) {
                    const lefts = [...text].map((_, i) => {
                        const range = new Range();
                        range.setStart(node, index + i);
                        range.setEnd(node, index + i + 1);
                        const { left, top, width } = range.getBoundingClientRect();
                        return { left, top, width };
                    });
                    count++;
                    const line = lefts.filter(({ top, width }) => width && Math.abs(top - lefts[0].top) < 3);
                    const rises = line.every(({ left }, i) => !i || left >= line[i - 1].left - 1);
                    if (!rises) wrong.push(`${text} in “${node.data}”`);
                }
            }
            return [count, wrong];";
        let (count, wrong): (u32, Vec<String>) = page.js(script, vec![lab.element().to_json()?]).await?;
        assert!(count > 60, "numbers are seen: {count}");
        assert!(wrong.is_empty(), "these do not read as written: {wrong:#?}");
        Ok(())
    });
}

#[test]
fn a_double_click_on_an_action_is_one_wish() {
    browse(Setup::new(), async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        lab.propose(1, "blue").await?;
        lab.step(3).await?;
        lab.find("[data-node='1']").await?.click().await?;
        lab.part("button", "Retry now").await?;
        let twice = "
            const all = [...args[0].shadowRoot.querySelectorAll('.actions button')];
            const retry = all.find((it) => it.textContent.startsWith('Retry now'));
            for (const detail of [1, 2]) retry.dispatchEvent(new MouseEvent('click', { detail, bubbles: true }));";
        page.js::<()>(twice, vec![lab.element().to_json()?]).await?;
        page.drawn().await?;
        let done = lab.run().await?["interventions"].as_array().map(Vec::len);
        assert_eq!(done, Some(2), "the proposal, and one more try");
        Ok(())
    });
}
