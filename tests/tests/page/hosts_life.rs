//! A lab leaves the page, as it does at every visit to another page of a documentation site: nothing of it goes on.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Browser, Context, Page, Result, Setup, Value, json};

const HOST: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Host</title><link rel=icon href=icon.svg>
    <script type=module src=quorum-lab.js></script><p>Before.</p>
    <main></main><p id=tall>After.</p>";

/// A lab as authors embed it, made by a script as the router of a site does.
const ADD: &str = "
    const add = async (attributes) => {
        const lab = document.createElement('quorum-lab');
        for (const [name, value] of Object.entries(attributes)) lab.setAttribute(name, value);
        document.querySelector('main').append(lab);
        await lab.ready;
        return lab;
    };
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));";

async fn host(page: &Page) -> Result<()> {
    page.go("/host.html").await?;
    page.js("await customElements.whenDefined('quorum-lab');", vec![]).await
}

#[test]
fn a_lab_that_shows_space_time_is_taken_away_and_the_page_lives_on() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        host(page).await?;
        let show = "
            globalThis.lab = await add({ nodes: 3, seed: 4, step: 30, panels: 'stage spacetime' });
            while (!lab.shadowRoot.querySelector('.spacetime canvas')?.width) await frame();
            await frame();
            lab.remove();
            for (let i = 0; i < 5; i++) await frame();
            return lab.isConnected;";
        let there: bool = page.js(&format!("{ADD}{show}"), vec![]).await.context("the page is frozen")?;
        assert!(!there);
        Ok(())
    });
}

#[test]
fn a_dialog_goes_with_its_lab_and_the_page_scrolls_again() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        host(page).await?;
        let open = "
            globalThis.lab = await add({ nodes: 3, seed: 4 });
            [...lab.shadowRoot.querySelectorAll('button')].find((b) => b.ariaLabel === 'Help').click();
            while (!lab.shadowRoot.querySelector('dialog[open]')) await frame();
            lab.remove();
            await frame();
            const wheel = new WheelEvent('wheel', { cancelable: true, bubbles: true, deltaY: 20 });
            document.querySelector('#tall').dispatchEvent(wheel);
            return [wheel.defaultPrevented, !!lab.shadowRoot.querySelector('dialog[open]')];";
        let (held, there): (bool, bool) = page.js(&format!("{ADD}{open}"), vec![]).await?;
        assert_eq!((held, there), (false, false), "the page can be scrolled, and no dialog is left open");
        page.driver().action_chain().send_keys(Key::Down + "").perform().await?;
        Ok(())
    });
}

#[test]
fn a_lab_comes_back_after_it_was_taken_away_and_works() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        host(page).await?;
        let back = "
            const lab = await add({ nodes: 3, seed: 4, step: 12, panels: 'stage spacetime' });
            const before = lab.view();
            lab.remove();
            await frame();
            document.querySelector('main').append(lab);
            await frame();
            await lab.ready;
            const again = lab.view();
            await lab.step(2);
            return [before.step, again.step, lab.view().step];";
        let steps: Value = page.js(&format!("{ADD}{back}"), vec![]).await?;
        assert_eq!(steps, json!([12, 12, 14]));
        Ok(())
    });
}

/// What there is in the page, once nothing is left that could be forgotten: labs alive, nodes, listeners, bytes of
/// scripts' memory and of the engine's.
async fn weigh(page: &Page) -> Result<[f64; 5]> {
    page.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    page.drawn().await?;
    page.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    let metrics = page.devtools("Performance.getMetrics", json!({})).await?;
    let metric = |name: &str| {
        let all = metrics["metrics"].as_array().into_iter().flatten();
        all.clone().find(|metric| metric["name"] == name).and_then(|metric| metric["value"].as_f64())
    };
    let ours = "
        const engine = globalThis.memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
        return [globalThis.labs.filter((lab) => lab.deref()).length, engine];";
    let (alive, engine): (f64, f64) = page.js(ours, vec![]).await?;
    let read = |name: &str| metric(name).with_context(|| format!("the browser does not tell its {name}"));
    Ok([alive, read("Nodes")?, read("JSEventListeners")?, read("JSHeapUsedSize")?, engine])
}

/// Keeps the memories of all engines that are made from now on.
const MEMORIES: &str = "
    globalThis.memories = [];
    for (const name of ['instantiate', 'instantiateStreaming']) {
        const make = WebAssembly[name];
        WebAssembly[name] = async (...from) => {
            const made = await make.apply(WebAssembly, from);
            memories.push((made.instance ?? made).exports.memory);
            return made;
        };
    }";

/// Adds labs and takes them away again, as a person who reads on does.
async fn come_and_go(page: &Page, times: u32) -> Result<()> {
    let visit = "
        for (let i = 0; i < args[0]; i++) {
            const panels = i % 2 ? 'stage spacetime inspector' : 'stage events';
            const lab = await add({ nodes: 5, seed: i, step: 20, panels });
            await lab.step(3);
            await frame();
            labs.push(new WeakRef(lab));
            lab.remove();
            await frame();
        }";
    page.js(&format!("globalThis.labs ??= [];{ADD}{visit}"), vec![json!(times)]).await
}

#[test]
fn a_hundred_labs_come_and_go_and_nothing_is_left_of_them() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver says what is left
        }
        host(page).await?;
        page.js::<()>(MEMORIES, vec![]).await?;
        page.devtools("Performance.enable", json!({})).await?;
        for _ in 0..2 {
            come_and_go(page, 10).await?;
        }
        let before = page.eventually("the first labs are forgotten", async || forgotten(page).await).await?;
        for _ in 0..10 {
            come_and_go(page, 10).await?;
        }
        let after = page.eventually("all labs are forgotten", async || forgotten(page).await).await?;
        let [_, nodes, listeners, heap, engine] = after;
        assert!(engine > 0.0, "no engine was made");
        println!("labs, nodes, listeners, bytes, bytes of the engine: {before:?}, a hundred labs later {after:?}");
        assert!(nodes <= before[1] + 50.0, "nodes: {} and then {nodes}", before[1]);
        assert!(listeners <= before[2] + 10.0, "listeners: {} and then {listeners}", before[2]);
        assert!(heap <= before[3] + 1_500_000.0, "bytes: {} and then {heap}", before[3]);
        assert!(engine <= before[4], "bytes of the engine: {} and then {engine}", before[4]);
        Ok(())
    });
}

/// What there is, once no lab that was taken away is alive.
async fn forgotten(page: &Page) -> Result<Option<[f64; 5]>> {
    Ok(Some(weigh(page).await?).filter(|[alive, ..]| *alive < 1.0))
}
