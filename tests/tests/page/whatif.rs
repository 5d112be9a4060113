//! What if a rule did not hold? The search in the page: what it finds, how it is stopped, and where it has no worker.

use quorum_core::json::{FromJson, Json};
use quorum_core::search::{ModelCheck, Question};
use quorum_tests::{Context, Lab, PLAIN, Page, Result, Setup, Value, WhatIf, browse, json};

/// Runs `body` with `root`, the lab's shadow root, `press(name)` and `says()`: for what is measured inside the page.
async fn inside<T: serde::de::DeserializeOwned>(page: &Page, lab: &Lab, body: &str) -> Result<T> {
    let body = format!(
        "const root = args[0].shadowRoot;
        const press = (name) => [...root.querySelectorAll('button')].find((one) => one.textContent.startsWith(name)).click();
        const says = () => root.querySelector('.whatif [role=status]').textContent;
        {body}"
    );
    page.js(&body, vec![lab.element().to_json()?]).await
}

/// What the program answers without a browser.
fn natively(question: &Value) -> Result<Value> {
    let question = Question::from_json(&serde_json::from_value(question.clone())?, "question")?;
    let mut check = ModelCheck::new(question)?;
    check.advance(u32::MAX);
    Ok(serde_json::to_value(Json::from(check.report()))?)
}

#[test]
fn without_persist_before_reply_a_run_is_found_and_plays_to_the_violation() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let pane = WhatIf::open(&lab).await?;
        pane.switch("persist-before-reply").await?;
        let expected = natively(&json!({ "off": ["persist-before-reply"] }))?;
        let says = pane.ask("Find a counterexample").await?;
        let length = &expected["violation"]["length"];
        let within = expected["says"].as_str().unwrap_or_default();
        assert!(says.contains(&format!("after {length} moves and no sooner, within {within}.")), "{says}");
        assert!(says.contains("it could not have happened"), "{says}");

        pane.plays(page, &lab).await?;
        let run = lab.run().await?;
        for field in ["config", "interventions", "length", "digest", "title", "notes"] {
            assert_eq!(run[field], expected["violation"]["run"][field], "{field}");
        }
        lab.seek(0).await?;
        let length = run["length"].as_u64().unwrap_or_default();
        for step in 1..=length {
            lab.step(1).await?;
            assert_eq!(lab.view().await?["step"], step);
        }
        let view = lab.view().await?;
        let last = view["violations"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        assert_eq!(last["step"], length, "{view}");
        let why = last["why"].as_str().unwrap_or_default();
        page.drawn().await?;
        let (broken, _) = why.split_once(':').unwrap_or((why, ""));
        let text = lab.text().await?.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&format!("⚠ {broken}")), "{why}: {text}");
        for chosen in view["chosen"].as_array().into_iter().flatten() {
            let value = format!(
                "{} at {}",
                chosen["value"].as_str().unwrap_or_default(),
                chosen["ballot"].as_str().unwrap_or_default()
            );
            assert!(text.contains(&value), "both values stay in the middle: {text}");
        }
        Ok(())
    });
}

#[test]
fn the_search_says_in_the_browser_what_it_says_natively() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 7 })).await?;
        lab.propose(1, "blue").await?;
        lab.step(9).await?;
        let from = lab.run().await?;
        let small = json!({ "ballots": 2 });
        for question in [
            json!({}),
            json!({ "off": ["keep-promise"] }),
            json!({ "off": ["wiped-stays-silent"] }),
            json!({ "bounds": small, "budget": { "states": 1000 } }),
            json!({ "bounds": small, "from": from, "step": 6 }),
            json!({ "model": "spec", "bounds": { "servers": 3, "values": 2, "ballots": 2 } }),
        ] {
            let ask = "
                const { search } = await import(new URL('search-worker.js', document.baseURI).href);
                return search(args[0], () => {}, { slice: 10 });";
            let mut answers = [page.js::<Value>(ask, vec![question.clone()]).await?, natively(&question)?];
            for answer in &mut answers {
                // Addresses in a browser are half as long.
                answer.as_object_mut().and_then(|answer| answer.remove("bytesPerState")).context("no answer")?;
            }
            assert_eq!(answers[0], answers[1], "{question}");
        }
        // And what a person reads is that number.
        let pane = WhatIf::open(&lab).await?;
        let states = natively(&json!({}))?["states"].as_u64().unwrap_or_default();
        let told = format!("all {},{:03} states were visited.", states / 1000, states % 1000);
        let says = pane.ask("Search every run").await?;
        assert!(says.starts_with("No run within 3 servers, 2 values, 3 ballots") && says.ends_with(&told), "{says}");
        Ok(())
    });
}

/// Begins a search that takes long, and cancels it once it is well under way. Returns for how many ms it went on, how
/// often it was told how far it had come, in how many ms, and what was said. A busy machine keeps the page waiting whatever it
/// does: the longest that it kept it waiting before is taken off.
async fn cancelled(page: &Page, lab: &Lab, pane: &WhatIf) -> Result<(f64, u32, f64, String)> {
    pane.bound("Ballots", 4.0).await?;
    pane.bound("Crashes", 1.0).await?;
    let body = "
        press('Search every run');
        const states = () => Number(root.querySelector('.busy dd').textContent.replaceAll(',', ''));
        let told = 0;
        const watch = new MutationObserver(() => told++);
        while (!(states() > 0)) await new Promise((done) => setTimeout(done, 10));
        const begun = performance.now();
        watch.observe(root.querySelector('.busy dl'), { childList: true });
        let [late, at] = [0, begun];
        while (states() < 100_000) {
            await new Promise((done) => setTimeout(done, 10));
            late = Math.max(late, performance.now() - at - 10);
            at = performance.now();
        }
        const pressed = performance.now();
        press('Cancel');
        while (!says()) await new Promise((done) => setTimeout(done));
        return [performance.now() - pressed - late, told, pressed - begun, says()];";
    inside(page, lab, body).await
}

#[test]
fn a_long_search_tells_how_far_it_is_and_stops_at_once_when_it_is_cancelled() {
    // No policy of ours has to name workers: what may be a script may be one.
    let strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'";
    Setup::new().header("Content-Security-Policy", strict).browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let count = "
            const own = Worker.prototype.terminate;
            globalThis.ended = 0;
            Worker.prototype.terminate = function () { globalThis.ended++; own.call(this); };";
        page.js::<Value>(count, vec![]).await?;
        let pane = WhatIf::open(&lab).await?;
        let (took, told, during, says) = cancelled(page, &lab, &pane).await?;
        assert!(took < 100.0, "{took} ms");
        assert_eq!(page.js::<u32>("return globalThis.ended;", vec![]).await?, 1, "its memory is given back");
        assert!(told > 0 && f64::from(told) <= during / 100.0 + 2.0, "told {told} times in {during} ms");
        assert!(says.starts_with("Stopped after ") && says.contains("does not mean safe"), "{says}");
        // What is asked next is not in its way.
        pane.switch("phase-2-intersects").await?;
        assert!(pane.ask("Find a counterexample").await?.starts_with("Agreement breaks"));
        Ok(())
    });
}

#[test]
fn a_search_that_gave_up_never_passes_for_one_that_saw_everything() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let pane = WhatIf::open(&lab).await?;
        pane.bound("million states", 0.02).await?;
        let says = pane.ask("Search every run").await?;
        assert!(says.starts_with("Budget reached after 20,000 states within 3 servers"), "{says}");
        assert!(says.contains("nothing was found, and that does not mean safe"), "{says}");
        // Too much to begin with is refused with an estimate, before anybody waits.
        for (name, number) in [("Servers", 7.0), ("Ballots", 8.0)] {
            pane.bound(name, number).await?;
        }
        pane.pane.part("alert", "no search gets through").await?;
        Ok(())
    });
}

/// What a page without workers does: it finds the same, says that it is slower, and can be cancelled.
async fn searches_on_the_page(page: &Page, lab: &Lab) -> Result<()> {
    let pane = WhatIf::open(lab).await?;
    let (took, _, _, says) = cancelled(page, lab, &pane).await?;
    assert!(took < 100.0, "{took} ms");
    assert!(says.starts_with("Stopped after "), "{says}");
    pane.bound("Ballots", 3.0).await?;
    pane.bound("Crashes", 0.0).await?;
    let body = "
        press('Search every run');
        let frames = 0, slow = '';
        while (!says()) {
            await new Promise(requestAnimationFrame);
            frames++;
            const note = root.querySelector('.whatif .slow');
            if (!note.hidden) slow = note.textContent;
        }
        return [frames, slow, says()];";
    let (frames, slow, says): (u32, String, String) = inside(page, lab, body).await?;
    assert!(slow.contains("slower"), "{slow}");
    assert!(frames > 10, "the page is drawn meanwhile: {frames} frames");
    assert!(says.ends_with("states were visited."), "{says}");
    Ok(())
}

#[test]
fn where_workers_are_forbidden_the_page_searches_between_its_frames_and_says_so() {
    let site = Setup::new().header("Content-Security-Policy", "worker-src 'none'");
    site.browse(async |page| {
        let lab = page.open(PLAIN).await?;
        searches_on_the_page(page, &lab).await?;
        // The browser itself reports what its policy forbade; nothing else went wrong.
        for error in page.take_errors().await? {
            assert!(error.contains("Content Security Policy"), "{error}");
        }
        Ok(())
    });
}

#[test]
fn a_lab_from_another_site_searches_too() {
    let other = quorum_site_server::Site::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../dist"));
    let other = quorum_site_server::serve(other.header("Access-Control-Allow-Origin", "*"), 0).expect("a port");
    let host = format!(
        "<!doctype html><link rel=icon href=data:,><script type=module src={}/quorum-lab.js></script>
        <quorum-lab nodes=3 seed=2></quorum-lab>",
        other.origin()
    );
    Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html").await?;
        searches_on_the_page(page, &lab).await
    });
}

#[test]
fn without_memory_the_search_ends_in_a_sentence_and_the_next_one_works() {
    let site = Setup::new().header("Content-Security-Policy", "worker-src 'none'");
    site.browse(async |page| {
        let lab = page.open(PLAIN).await?;
        // Whatever is loaded from now on leaves no memory for more than a beginning.
        let take = "
            const own = WebAssembly.instantiateStreaming;
            WebAssembly.instantiateStreaming = async (...all) => {
                const made = await own(...all);
                const { memory } = made.instance.exports;
                globalThis.fill = () => { for (let pages = 65536; pages >= 1; pages >>= 1) try { for (;;) memory.grow(pages); } catch {} };
                return made;
            };";
        page.js::<Value>(take, vec![]).await?;
        let pane = WhatIf::open(&lab).await?;
        page.js::<Value>("globalThis.fill();", vec![]).await?;
        let body = "
            press('Search every run');
            const error = root.querySelector('.whatif .error');
            while (!error.textContent && !says()) await new Promise((done) => setTimeout(done, 10));
            return error.textContent;";
        let error: String = inside(page, &lab, body).await?;
        assert!(error.contains("no more memory") && error.contains("does not mean safe"), "{error}");
        page.eventually("the engine is there again", async || {
            Ok(press_and_read(&pane).await?.starts_with("Agreement breaks").then_some(()))
        })
        .await?;
        lab.step(1).await?;
        for error in page.take_errors().await? {
            assert!(error.contains("Content Security Policy"), "{error}");
        }
        Ok(())
    });
}

/// Switches a rule off, if it is on, and searches.
async fn press_and_read(pane: &WhatIf) -> Result<String> {
    if pane.pane.part("switch", "phase-1-intersects").await?.is_on().await? {
        pane.switch("phase-1-intersects").await?;
    }
    pane.ask("Find a counterexample").await
}

#[test]
fn the_run_on_screen_goes_by_the_switches_from_now_on() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let pane = WhatIf::open(&lab).await?;
        pane.switch("keep-promise").await?;
        pane.pane.press("Apply to this run").await?;
        let view = lab.until("the rule is off", |view| view["rules"]["keep-promise"] == false).await?;
        let last = lab.run().await?["interventions"].as_array().and_then(|all| all.last().cloned());
        let action = json!({ "type": "rule", "rule": "keep-promise", "on": false });
        assert_eq!(last.map(|last| last["action"].clone()), Some(action), "{view}");
        let pane = WhatIf::open(&lab).await?;
        pane.switch("keep-promise").await?;
        pane.pane.press("Apply to this run").await?;
        lab.until("the rule is on", |view| view["rules"]["keep-promise"] == true).await.map(drop)
    });
}

#[test]
fn another_run_has_switches_of_its_own_and_what_was_found_keeps_its_question() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let pane = WhatIf::open(&lab).await?;
        pane.switch("keep-promise").await?;
        let says = pane.ask("Find a counterexample").await?;
        assert!(says.contains("Agreement breaks"), "{says}");
        pane.pane.press("Play it").await?;
        lab.until("the rule is off", |view| view["rules"]["keep-promise"] == false).await?;
        let off = "return root.querySelectorAll('[role=switch]:not(:checked)').length;";
        let pane = WhatIf::open(&lab).await?;
        assert_eq!(inside::<u32>(page, &lab, off).await?, 1);
        pane.pane.part("button", "Play it").await?;
        pane.pane.press("Close").await?;
        lab.reset(json!({ "nodes": 3, "seed": 7 })).await?;
        let pane = WhatIf::open(&lab).await?;
        assert_eq!(inside::<u32>(page, &lab, off).await?, 0, "every rule of this run holds");
        let says = "return root.querySelector('.whatif .verdict').textContent;";
        assert_eq!(inside::<String>(page, &lab, says).await?, "", "it was found for another run");
        pane.pane.press("Close").await
    });
}

#[test]
fn from_the_present_it_is_told_whether_anything_can_still_go_wrong() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 7 })).await?;
        lab.propose(1, "blue").await?;
        // Seventeen steps on, a search has seen all there is within a second.
        lab.step(16).await?;
        let before = lab.run().await?;
        let pane = WhatIf::open(&lab).await?;
        pane.bound("Ballots", 2.0).await?;
        let says = pane.ask("Search from step 17").await?;
        assert!(says.starts_with("No run within ") && says.contains(" on from step 17 breaks agreement"), "{says}");
        assert!(says.ends_with("A value can still be chosen."), "{says}");
        pane.switch("phase-2-intersects").await?;
        let says = pane.ask("Search from step 17").await?;
        assert!(says.starts_with("Agreement breaks, after ") && says.contains("on from step 17"), "{says}");
        assert_eq!(lab.run().await?, before, "the run on screen is only looked at");
        // Nor does it matter that the run went on from there.
        lab.seek(3).await?;
        pane.close().await?;
        let pane = WhatIf::open(&lab).await?;
        let says = pane.ask("Search from step 3").await?;
        assert!(says.starts_with("Agreement breaks, after ") && says.contains("on from step 3"), "{says}");
        lab.reset(json!({ "nodes": 5, "seed": 7 })).await?;
        lab.propose(1, "blue").await?;
        pane.close().await?;
        let pane = WhatIf::open(&lab).await?;
        // How many servers there are is told whatever a search comes to: a short one will do.
        pane.bound("million states", 1.0).await?;
        let says = pane.ask("Search from step 1").await?;
        assert!(says.contains("within 5 servers"), "{says}");
        Ok(())
    });
}

#[test]
fn from_where_agreement_is_broken_already_it_says_so() {
    browse(async |page| {
        let lab = page.open("#scenario=without-keep-promise").await?;
        let whole = lab.run().await?["length"].as_u64().and_then(|whole| u32::try_from(whole).ok()).unwrap_or_default();
        lab.seek(whole).await?;
        let pane = WhatIf::open(&lab).await?;
        let says = pane.ask(&format!("Search from step {whole}")).await?;
        assert!(says.starts_with("Agreement breaks no later than here."), "{says}");
        Ok(())
    });
}

#[test]
fn a_kept_counterexample_opens_by_its_link_and_beside_the_correct_protocol() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        WhatIf::open(&lab).await?.pane.part("link", "Watch it break without: Acceptors keep their promises").await?;
        let links = "return [...root.querySelectorAll('.rules li > a')].map((one) => one.href);";
        let links: Vec<String> = inside(page, &lab, links).await?;
        assert_eq!(links.len(), quorum_core::paxos::Rule::ALL.len());
        assert_eq!(links[0], page.url("#scenario=without-keep-promise"));
        let lab = page.open("#scenario=without-keep-promise").await?;
        let run = lab.until("it is there", |view| view["rules"]["keep-promise"] == false).await;
        run?;
        for name in ["Share…", "Compare…"] {
            lab.press(name).await?;
        }
        let there = lab.part("region", "There").await?;
        page.eventually("it stands beside the correct protocol", async || {
            Ok(there.text().await?.contains("The correct protocol").then_some(()))
        })
        .await
    });
}

#[test]
fn nothing_of_it_is_loaded_before_somebody_asks() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        page.drawn().await?;
        let read =
            "return performance.getEntriesByType('resource').filter(({ name }) => /search|what-if/.test(name)).length;";
        assert_eq!(page.js::<u32>(read, vec![]).await?, 0);
        WhatIf::open(&lab).await?;
        assert!(page.js::<u32>(read, vec![]).await? >= 4, "the pane, its styles, the search and its engine");
        Ok(())
    });
}

#[test]
fn what_if_is_as_wide_after_a_challenge_as_before() {
    browse(async |page| {
        let lab = page.open("#challenge=a-lost-vote").await?;
        lab.find(".lessonbar[data-challenge]").await?;
        lab.choose("What if…").await?;
        lab.find(".whatif .sheet").await?;
        page.drawn().await?;
        let widths =
            "return ['.whatif', '.whatif .sheet'].map((it) => args[0].shadowRoot.querySelector(it).clientWidth);";
        let widths: Vec<u32> = page.js(widths, vec![lab.element().to_json()?]).await?;
        assert!(widths[1] + 20 > widths[0], "{widths:?}");
        Ok(())
    });
}
