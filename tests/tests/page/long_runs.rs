//! A run of any length holds the page up no longer than a moment, and a person can stop one that comes from outside.

use quorum_core::json::Json;
use quorum_core::run::{History, Run};
use quorum_core::sim::{Action, Config};
use quorum_tests::{Context, PLAIN, Result, Value, browse, json};

/// A duel of two proposers that never ends, so many steps of it.
fn duel(nodes: u32, steps: u32) -> Result<Value> {
    let mut history = History::new(Config { nodes, backoff: false, ..Config::default() })?;
    for (node, value) in [(0, "blue"), (1, "red")] {
        let node = history.now().cluster().nodes().nth(node).context("three servers")?;
        history.apply(&Action::Propose { node, value: value.parse()? })?;
    }
    for _ in 0..steps {
        history.step();
    }
    Ok(serde_json::to_value(Json::from(&history.run()))?)
}

/// A run of a million steps of 101 servers, in 45 characters.
const HOSTILE: &str = "#q1.Y2Q10DPUM2CAght_bICIMZWdgevBFWYg4mFkAEJGxgoA";

/// Loads a run, cancels that when asked to, and says what came of it and how long the page was held up meanwhile, in ms; and
/// for how long the machine holds it up while it does nothing.
const LOAD: &str = "
    const [lab, run, cancel] = args;
    const idle = async () => {
        let [longest, last] = [0, performance.now()];
        for (let i = 0; i < 100; i++) {
            await new Promise((done) => setTimeout(done, 1));
            longest = Math.max(longest, performance.now() - last);
            last = performance.now();
        }
        return longest;
    };
    const others = await idle();
    const opening = () => lab.shadowRoot.querySelector('[data-topic=opening]');
    let [longest, last, said] = [0, performance.now(), ''];
    const begun = last;
    const watch = setInterval(() => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
        if (!opening()) return;
        said = opening().textContent;
        if (cancel) opening().querySelector('button').click();
    }, 1);
    const outcome = await lab.load(run).then(() => 'loaded', (error) => error.message);
    clearInterval(watch);
    return { outcome, longest, others: Math.max(others, await idle()), took: performance.now() - begun, said, left: !!opening(), step: lab.view().step };";

#[test]
fn a_long_run_is_opened_while_the_page_goes_on_and_a_person_can_cancel_it() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let run = duel(3, 150_000)?;
        let element = lab.element().to_json()?;
        let before = lab.view().await?["step"].clone();
        // What is opened within a quarter of a second is not worth a word, so this one is longer.
        let longer = duel(3, 800_000)?;
        let cancelled: Value = page.js(LOAD, vec![element.clone(), longer, json!(true)]).await?;
        assert_eq!(cancelled["outcome"], "Opening the run was cancelled.", "{cancelled}");
        assert!(cancelled["said"].as_str().is_some_and(|said| said.contains("800,002 steps")), "{cancelled}");
        assert_eq!((&cancelled["left"], &cancelled["step"]), (&json!(false), &before), "{cancelled}");

        let loaded: Value = page.js(LOAD, vec![element, run, json!(false)]).await?;
        assert_eq!((&loaded["outcome"], &loaded["left"]), (&json!("loaded"), &json!(false)), "{loaded}");
        assert_eq!(loaded["step"], 150_002, "{loaded}");
        let ms = |what: &str| loaded[what].as_f64().context("ms");
        let (longest, took, others) = (ms("longest")?, ms("took")?, ms("others")?);
        // On a busy machine a twentieth of a second is no time: then it is at least a small part of the whole, or not much
        // longer than the page waits for others while it does nothing.
        assert!(longest < f64::max(50.0, took / 5.0).max(3.0 * others), "{loaded}");
        page.take_errors().await?;
        Ok(())
    });
}

#[test]
fn a_run_that_asks_for_too_much_is_refused_with_a_sentence_before_it_is_played() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let run = quorum_link::from_link(HOSTILE)?;
        assert_eq!((run.length, run.config.nodes), (999_000, 101));
        let run = serde_json::to_value(Json::from(&Run { cursor: 0, ..run }))?;
        let refused: Value = page.js(LOAD, vec![lab.element().to_json()?, run, json!(false)]).await?;
        let outcome = refused["outcome"].as_str().context("a sentence")?;
        assert!(outcome.contains("with 101 servers, at most 495049 steps"), "{refused}");
        assert!(refused["took"].as_f64().is_some_and(|ms| ms < 1000.0), "{refused}");
        page.take_errors().await?;
        Ok(())
    });
}

#[test]
fn scrolling_through_ten_thousand_events_in_space_time_stays_smooth() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.load(duel(5, 8000)?).await?;
        lab.find("[data-panel=spacetime]").await?.click().await?;
        lab.find(".spacetime .bar").await?;
        page.drawn().await?;
        lab.press("Show the whole run").await?;
        let scroll = "
            const part = (selector) => args[0].shadowRoot.querySelector(`.spacetime ${selector}`);
            const box = part('.box');
            const times = [];
            const frame = () => new Promise(requestAnimationFrame);
            let last = await frame();
            for (let i = 0; i < 100; i++) {
                box.scrollLeft = (box.scrollWidth * i) / 100;
                const now = await frame();
                times.push(now - last);
                last = now;
            }
            times.sort((a, b) => a - b);
            return { median: times[50], worst: times[94], count: part('.count').textContent };";
        let mut figures = Vec::new();
        for zoom in [1, 2, 8] {
            for _ in 0..zoom {
                lab.press("Zoom in").await?;
            }
            page.drawn().await?;
            let figure: Value = page.js(scroll, vec![lab.element().to_json()?]).await?;
            assert!(figure["median"].as_f64().is_some_and(|median| median < 34.0), "{figure} at zoom {zoom}");
            figures.push(figure);
        }
        println!("frames in ms, median and 95th percentile, from afar to near: {}", Value::from(figures.clone()));
        let events = figures[0]["count"].as_str().and_then(|text| text.split(' ').nth(2)?.parse::<u32>().ok());
        assert!(events > Some(10_000), "{figures:?}");
        Ok(())
    });
}

#[test]
fn the_numbers_of_a_long_run_are_whole_in_the_list_of_events() {
    browse(async |page| {
        for (width, height) in [(1280, 900), (390, 844)] {
            page.resize(width, height).await?;
            let lab = page.open(PLAIN).await?;
            page.js::<Value>("await args[0].load(args[1]);", vec![lab.element().to_json()?, duel(3, 12_000)?]).await?;
            let cut = "
                await args[0].seek(12_000);
                const cells = [...args[0].shadowRoot.querySelectorAll('.row span.when')];
                const text = (cell) => {
                    const range = document.createRange();
                    range.selectNodeContents(cell);
                    return range.getBoundingClientRect().width;
                };
                const seen = cells.filter((cell) => cell.checkVisibility());
                return seen.map((cell) => text(cell) > cell.clientWidth + 1 ? cell.textContent : '');";
            let cut: Vec<String> = page.js(cut, vec![lab.element().to_json()?]).await?;
            assert!(cut.len() > 3, "{} numbers are there", cut.len());
            assert!(cut.iter().all(String::is_empty), "{width} px: {cut:?}");
        }
        Ok(())
    });
}
