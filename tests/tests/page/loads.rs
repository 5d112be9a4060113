//! A figure in a long page: what it costs before somebody comes near, what it costs then, and that nothing moves.
//!
//! All of it is the npm package, served as files. How many bytes and how long a chain of requests, only Chromium tells.

use quorum_tests::{Browser, Page, Result, Setup, Value, json};

/// A figure as the README has it.
const FIGURE: &str =
    "<quorum-lab scenario=chosen-but-nobody-knows step=40 panels='stage events' controls=compact></quorum-lab>";

/// A column of text with figures in it. The rule is the one that the README gives for figures on the first screen.
fn column(content: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>A long page</title>
        <meta name=viewport content='width=device-width, initial-scale=1'><link rel=icon href=data:,>
        <style>
            body {{ margin: 0 auto; max-width: 700px }}
            .far {{ height: 6000px }}
            quorum-lab:not(:defined) {{ display: block; min-block-size: 46em }}
        </style>
        <script type=module src=quorum-lab.js></script>
        <h1>A page</h1>{content}"
    )
}

/// What was asked for since a mark: path, when it was asked for and when it had come, and its size compressed.
const ASKED: &str = "
    const gzip = async (address) => {
        const stream = (await fetch(address)).body.pipeThrough(new CompressionStream('gzip'));
        return (await new Response(stream).arrayBuffer()).byteLength;
    };
    const found = performance.getEntriesByType('resource').filter(({ name }) => name.startsWith(location.origin));
    performance.clearResourceTimings();
    const all = [];
    for (const { name, startTime, responseEnd } of found)
        all.push({ path: new URL(name).pathname, from: startTime, to: responseEnd, size: await gzip(name) });
    performance.clearResourceTimings();
    return all;";

/// The longest chain of requests of which each began when the one before had come.
fn depth(asked: &[Value]) -> usize {
    let mut sorted: Vec<(f64, f64)> =
        asked.iter().map(|it| (it["from"].as_f64().unwrap_or(0.0), it["to"].as_f64().unwrap_or(0.0))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut chains: Vec<usize> = Vec::new();
    for (at, &(from, _)) in sorted.iter().enumerate() {
        let before = (0..at).filter(|&other| sorted[other].1 <= from).map(|other| chains[other]).max();
        chains.push(before.unwrap_or(0) + 1);
    }
    chains.into_iter().max().unwrap_or(0)
}

async fn come_to(page: &Page, figure: usize) -> Result<()> {
    let come = "
        const lab = document.querySelectorAll('quorum-lab')[args[0]];
        const ready = new Promise((done) => lab.addEventListener('quorum-ready', done, { once: true }));
        lab.scrollIntoView();
        await ready;
        while (!lab.shadowRoot.querySelector('.hint')?.innerText) await new Promise((done) => setTimeout(done, 20));";
    page.js::<()>(come, vec![json!(figure)]).await?;
    page.drawn().await
}

fn sizes(asked: &[Value]) -> u64 {
    asked.iter().map(|it| it["size"].as_u64().unwrap_or(0)).sum()
}

#[test]
fn a_figure_far_down_costs_eight_kilobytes_until_somebody_comes_near_and_the_next_one_nothing() {
    let page = column(&format!("<p class=far>Text.</p>{FIGURE}<p class=far>More text.</p>{FIGURE}"));
    Setup::package().page("/long.html", page).browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(());
        }
        // So slow that what follows from another is seen to come later.
        page.devtools("Network.enable", json!({})).await?;
        let slow = json!({ "offline": false, "latency": 150, "downloadThroughput": -1, "uploadThroughput": -1 });
        page.devtools("Network.emulateNetworkConditions", slow).await?;
        page.go("/long.html").await?;
        page.js::<()>("await customElements.whenDefined('quorum-lab');", vec![]).await?;
        page.drawn().await?;
        let far: Vec<Value> = page.js(ASKED, vec![]).await?;
        assert_eq!(far.len(), 1, "the element alone: {far:?}");
        assert!(sizes(&far) <= 8 * 1024, "{far:?}");

        come_to(page, 0).await?;
        let mut first: Vec<Value> = page.js(ASKED, vec![]).await?;
        // Where a machine is so slow that opening a run has to be announced, it also has the notice.
        first.retain(|it| !it["path"].as_str().unwrap_or_default().starts_with("/lab/notice."));
        assert!(first.len() <= 5 && sizes(&first) <= 100 * 1024, "{first:#?}");
        assert!(depth(&first) < 4, "and the element itself was one before these: {first:#?}");

        come_to(page, 1).await?;
        let second: Vec<Value> = page.js(ASKED, vec![]).await?;
        assert!(second.is_empty(), "{second:?}");
        Ok(())
    });
}

#[test]
fn nothing_moves_when_a_figure_comes() {
    for (width, height) in [(1000, 800), (390, 800)] {
        let page = column(&format!("<p>Before.</p>{FIGURE}<p>After.</p><p>And after.</p>"));
        Setup::package().page("/top.html", page).browse(async |page| {
            if page.browser() != Browser::Chromium {
                return Ok(());
            }
            page.resize(width, height).await?;
            page.go("/top.html").await?;
            let lab = page.lab("quorum-lab").await?;
            lab.step(1).await?;
            page.drawn().await?;
            let moved = "
                const shifts = new PerformanceObserver(() => {});
                shifts.observe({ type: 'layout-shift', buffered: true });
                await new Promise((done) => setTimeout(done));
                return shifts.takeRecords().reduce((sum, { value }) => sum + value, 0);";
            let sum: f64 = page.js(moved, vec![]).await?;
            assert!(sum < 0.02, "{sum} at {width} px");
            Ok(())
        });
    }
}

#[test]
fn the_room_of_a_figure_is_as_high_as_the_figure() {
    Setup::package().page("/room.html", column("<div id=room></div>")).browse(async |page| {
        page.resize(1300, 800).await?;
        page.go("/room.html").await?;
        let measure = "
            await customElements.whenDefined('quorum-lab');
            const room = document.querySelector('#room');
            const odd = [];
            const figures = [
                ['compact', 'stage events'], ['compact', 'stage'], ['none', 'stage'], ['full', 'stage events'],
                ['compact', 'events'], ['compact', 'stage events disk'],
            ];
            for (const font of [16, 20]) for (const width of [390, 624, 700, 800, 900]) for (const [controls, panels] of figures) {
                Object.assign(room.style, { fontSize: `${font}px`, width: `${width}px` });
                const lab = document.createElement('quorum-lab');
                const attributes = { scenario: 'chosen-but-nobody-knows', step: 40, controls, panels };
                for (const [name, value] of Object.entries(attributes)) lab.setAttribute(name, value);
                room.replaceChildren(lab);
                const reserved = lab.offsetHeight;
                await lab.ready;
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                const apart = Math.abs(lab.offsetHeight - reserved);
                if (apart > 12) odd.push({ font, width, controls, panels, reserved, is: lab.offsetHeight });
            }
            return odd;";
        let odd: Vec<Value> = page.js(measure, vec![]).await?;
        assert!(odd.is_empty(), "web/lab/waiting.js reserves another height than these have: {odd:#?}");
        Ok(())
    });
}

#[test]
fn who_asks_whether_a_figure_is_ready_does_not_wait_for_a_reader() {
    let page = column(&format!("<p class=far>Text.</p>{FIGURE}"));
    Setup::package().page("/long.html", page).browse(async |page| {
        page.go("/long.html").await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?["step"], 40);
        assert_eq!(page.js::<f64>("return scrollY;", vec![]).await?, 0.0);
        Ok(())
    });
}

#[test]
fn what_plays_by_itself_stops_out_of_sight_and_goes_on_when_it_is_seen_again() {
    let playing = FIGURE.replace("step=40", "autoplay speed=0.125");
    let page = column(&format!("{playing}<p class=far>Text.</p><p id=end>The end.</p>"));
    Setup::package().page("/plays.html", page).browse(async |page| {
        page.go("/plays.html").await?;
        let lab = page.lab("quorum-lab").await?;
        lab.part("button", "Pause").await?;
        page.js::<()>("document.querySelector('#end').scrollIntoView();", vec![]).await?;
        lab.part("button", "Play").await?;
        page.js::<()>("scrollTo(0, 0);", vec![]).await?;
        lab.part("button", "Pause").await?;
        Ok(())
    });
}

#[test]
fn what_stands_inside_is_shown_until_it_has_loaded_and_stays_where_it_cannot() {
    let inside = FIGURE.replace("></", "><p>Three of five have accepted purple.</p></");
    let page = column(&inside);
    let broken = Setup::package().page("/laboratory.js", "export {").page("/inside.html", page.clone());
    broken.browse(async |page| {
        page.go("/inside.html").await?;
        let says = page
            .eventually("it says that it cannot start", async || {
                let read = "return document.querySelector('quorum-lab').shadowRoot
                    ?.querySelector('[role=alert]')?.innerText ?? null;";
                page.js::<Option<String>>(read, vec![]).await
            })
            .await?;
        assert!(says.contains("could not start") && says.contains("did not load"), "{says}");
        let shown = "return document.querySelector('quorum-lab p').getClientRects().length;";
        assert_eq!(page.js::<u32>(shown, vec![]).await?, 1, "what was there before stays");
        page.take_errors().await?;
        Ok(())
    });
    Setup::package().page("/inside.html", page).browse(async |page| {
        page.go("/inside.html").await?;
        page.lab("quorum-lab").await?;
        let shown = "return document.querySelector('quorum-lab p').getClientRects().length;";
        assert_eq!(page.js::<u32>(shown, vec![]).await?, 0, "the figure has taken its place");
        Ok(())
    });
}

#[test]
fn a_lab_without_its_style_sheet_says_so_and_shows_nothing_else() {
    let host =
        format!("<!doctype html><link rel=icon href=data:,><script type=module src=quorum-lab.js></script>{FIGURE}");
    // The site's own files: in the package style sheets are modules, and no policy has a say in them.
    Setup::new().page("/host.html", host).header("Content-Security-Policy", "style-src 'none'").browse(async |page| {
        page.go("/host.html").await?;
        let says = page
            .eventually("it says what is missing", async || {
                let read = "return document.querySelector('quorum-lab').shadowRoot
                    ?.querySelector('[role=alert]')?.innerText ?? null;";
                page.js::<Option<String>>(read, vec![]).await
            })
            .await?;
        assert!(says.contains("style sheet did not load"), "{says}");
        let high: f64 = page.js("return document.querySelector('quorum-lab').offsetHeight;", vec![]).await?;
        assert!(high < 300.0, "what is not laid out is not shown: {high} px");
        page.take_errors().await?;
        Ok(())
    });
}
