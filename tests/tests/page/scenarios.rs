//! Scenarios and links: the same run wherever it is opened, and every lesson a test in the browser too.

use quorum_core::json::{FromJson, Json};
use quorum_core::run::Run;
use quorum_core::scenario::{LOG_SCENARIOS, SCENARIOS, Scenario};
use quorum_export::Format;
use quorum_tests::{Context, Lab, PLAIN, Page, Result, Setup, Value, browse, json, state};

fn native(name: &str) -> Result<Run> {
    let (_, text) = SCENARIOS.iter().chain(LOG_SCENARIOS).find(|(known, _)| *known == name).expect("it ships");
    let json: Json = serde_json::from_str(text)?;
    Ok(Scenario::from_json(&json, "scenario")?.play()?.run())
}

fn embedded(attributes: &str) -> Setup {
    let page = format!(
        "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab {attributes}></quorum-lab>"
    );
    Setup::new().page("/host.html", page)
}

/// Opens an address of the page that differs from the present one maybe only in what follows its `#`.
async fn visit(page: &Page, address: &str) -> Result<Lab> {
    page.driver().goto("about:blank").await?;
    page.open(address).await
}

async fn hint(page: &Page, lab: &Lab) -> Result<String> {
    page.drawn().await?;
    Ok(lab.find(".hint").await?.text().await?)
}

/// Plays every scenario of a list in the browser, and holds what comes of it against what it says and against what comes of
/// it natively: as it is written, as it is shipped, and as a link has it.
async fn played_in_the_browser(page: &Page, list: &str, shipped: &[(&str, &str)]) -> Result<()> {
    page.open(PLAIN).await?;
    let play = "
        const { default: init, play, toLink, fromLink } = await import(new URL('wasm/quorum_extras.js', document.baseURI).href);
        await init();
        const [list, written] = args;
        const played = {};
        for (const { name } of await (await fetch(`scenarios/${list}.json`)).json()) {
            const it = play(written[name]);
            const shipped = await (await fetch(`scenarios/${name}.json`)).json();
            played[name] = { ...it, shipped, again: fromLink(toLink(it.run)), broken: undefined };
        }
        return played;";
    let written: serde_json::Map<String, Value> = shipped
        .iter()
        .map(|(name, text)| Ok(((*name).to_owned(), serde_json::from_str(text)?)))
        .collect::<Result<_>>()?;
    let played: Value = page.js(play, vec![json!(list), written.into()]).await?;
    assert_eq!(played.as_object().map(serde_json::Map::len), Some(shipped.len()));
    for (name, _) in shipped {
        let there = &played[name];
        for expectation in there["expectations"].as_array().into_iter().flatten() {
            assert_eq!(expectation["met"], true, "{name}: {expectation}");
        }
        let here = serde_json::to_value(Json::from(&native(name)?))?;
        assert_eq!(there["run"], here, "{name}");
        assert_eq!(there["shipped"], here, "{name}, as the page opens it");
        assert_eq!(there["again"], here, "{name}, by link");
    }
    Ok(())
}

#[test]
fn every_scenario_leads_to_what_it_says_in_the_browser_too_and_to_the_same_run() {
    browse(async |page| played_in_the_browser(page, "index", SCENARIOS).await);
}

#[test]
fn every_scenario_of_a_log_leads_to_what_it_says_in_the_browser_too_and_to_the_same_run() {
    browse(async |page| played_in_the_browser(page, "log", LOG_SCENARIOS).await);
}

/// Gives the right answer to the question that a note asks.
async fn answered(lab: &Lab, note: &Value) -> Result<()> {
    let asks = &note["question"];
    lab.bar().says(note["says"].as_str().context("a question")?).await?;
    let right = usize::try_from(asks["right"].as_u64().context("a choice")?)?;
    lab.bar().press(asks["choices"][right - 1].as_str().context("a choice")?).await?;
    lab.bar().says(asks["answer"].as_str().unwrap_or_default()).await
}

/// Steps of a scenario that are played in a row: one has thousands before the next note, and is gone forward in first.
const IN_A_ROW: u64 = 120;

/// Presses Play, unless it is there already, and follows it to a step, however long that takes.
async fn plays_to(lab: &Lab, name: &str, due: Option<u64>) -> Result<()> {
    let mut now = lab.view().await?["step"].as_u64();
    if let (Some(from), Some(to)) = (now, due)
        && from + IN_A_ROW < to
    {
        lab.seek(u32::try_from(to - IN_A_ROW)?).await?;
        now = Some(to - IN_A_ROW);
    }
    if now < due {
        lab.play().await?;
    }
    while now < due {
        let what = format!("{name} goes on from step {now:?} towards step {due:?}");
        now = lab.until(&what, |view| view["step"].as_u64() > now).await?["step"].as_u64();
    }
    assert_eq!(now, due, "{name} plays to where it stops");
    Ok(())
}

/// Goes through a scenario that is open, note by note, by pressing Play as often as it stops.
async fn watched(page: &Page, lab: &Lab, name: &str) -> Result<()> {
    let run = lab.run().await?;
    lab.part("button", &format!("{} ▾", run["title"].as_str().unwrap_or_default())).await?;
    let notes = run["notes"].as_array().cloned().unwrap_or_default();
    assert!(notes.len() > 2, "{name} says something");
    for note in &notes {
        let due = note["step"].as_u64();
        if lab.view().await?["step"].as_u64() != due {
            plays_to(lab, name, due).await?;
        }
        let says = note["says"].as_str().unwrap_or_default();
        if note["question"].is_null() {
            let shown = async || Ok((hint(page, lab).await? == says).then_some(()));
            page.eventually(&format!("{name} says {says:?} at step {due:?}"), shown).await?;
            continue;
        }
        assert!(says.ends_with('?'), "{name} asks a question: {says}");
        answered(lab, note).await?;
    }
    let end = run["length"].as_u64();
    plays_to(lab, name, end).await?;
    let stops = async || Ok(lab.seen().has("button", "Play").await?.then_some(()));
    page.eventually(&format!("play stops at the end of {name}, although a log goes on"), stops).await?;
    assert_eq!(lab.view().await?["step"].as_u64(), end, "{name}");
    if LOG_SCENARIOS.last().is_some_and(|(last, _)| *last != name) {
        lab.part("button", "Next scenario").await?;
    }
    Ok(())
}

#[test]
fn every_scenario_of_a_log_opens_by_its_name_and_by_its_link_and_is_played_to_its_end_with_its_notes() {
    browse(async |page| {
        for (name, _) in LOG_SCENARIOS {
            let run = native(name)?;
            let lab = visit(page, &format!("#scenario={name}")).await?;
            lab.set("speed", Some("64")).await?;
            watched(page, &lab, name).await?;
            lab.seek(u32::try_from(run.length)?).await?;
            let end = state(&lab.view().await?);
            let link = quorum_link::to_link(&run)?;
            let lab = visit(page, &link).await?;
            assert_eq!(lab.run().await?["digest"], run.digest, "{name}");
            let notes = lab.run().await?["notes"].clone();
            for note in notes.as_array().into_iter().flatten().filter(|note| !note["question"].is_null()) {
                lab.seek(u32::try_from(note["step"].as_u64().context("a step")?)?).await?;
                answered(&lab, note).await?;
            }
            lab.seek(u32::try_from(run.length)?).await?;
            assert_eq!(state(&lab.view().await?), end, "{name}, by its link");
        }
        Ok(())
    });
}

#[test]
fn an_expectation_that_is_not_met_is_told_with_what_was_seen() {
    browse(async |page| {
        page.open(PLAIN).await?;
        let play = "
            const { default: init, play } = await import(new URL('wasm/quorum_extras.js', document.baseURI).href);
            await init();
            return play({ ...args[0], expect: [{ chosen: 'red' }] }).expectations[0];";
        let (_, first) = SCENARIOS.iter().find(|(name, _)| *name == "first-agreement").context("it ships")?;
        let told: Value = page.js(play, vec![serde_json::from_str(first)?]).await?;
        assert_eq!((&told["met"], &told["says"]), (&json!(false), &json!("red is chosen")));
        assert!(
            told["seen"].as_str().is_some_and(|seen| seen.ends_with("is chosen") && !seen.contains("red")),
            "{told}"
        );
        Ok(())
    });
}

#[test]
fn a_link_opens_the_very_run_at_the_very_step_and_leaves_ones_own_alone() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.step(10).await?;
        page.eventually("it is kept", async || Ok(lab.find(".kept[data-saved]").await.is_ok().then_some(()))).await?;
        let own = lab.run().await?;
        lab.reset(json!({ "nodes": 5, "seed": 11 })).await?;
        lab.propose(2, "red").await?;
        lab.step(30).await?;
        lab.server(1, "crash").await?;
        lab.step(20).await?;
        lab.seek(35).await?;
        let shared = lab.run().await?;
        let link = lab.share().await?;
        assert!(link.contains("/#q1.") && link.len() < 2000, "{link}");
        let run = quorum_link::from_link(&link)?;
        assert_eq!(serde_json::to_value(Json::from(&run))?, shared, "the link has the run natively");
        assert_eq!(run.replay()?.branch().digest(), run.digest);

        let fragment = link.split_once('#').map(|(_, fragment)| fragment.to_owned()).unwrap_or_default();
        lab.load(own.clone()).await?;
        let linked = visit(page, &format!("#{fragment}")).await?;
        assert_eq!(linked.run().await?, shared);
        assert_eq!(linked.view().await?["step"], 35);
        linked.find("[data-topic=linked]").await?;
        linked.step(1).await?;
        linked.server(3, "crash").await?;
        linked.press("Back to my run").await?;
        let back = page.lab("quorum-lab").await?;
        let before = own["interventions"].as_array().map_or(0, Vec::len);
        back.until("one's own run is back", |view| view["nodes"].as_array().map(Vec::len) == Some(3)).await?;
        let run = back.run().await?;
        let interventions = run["interventions"].as_array().cloned().unwrap_or_default();
        assert_eq!(Some(&interventions[..before]), own["interventions"].as_array().map(Vec::as_slice));
        Ok(())
    });
}

#[test]
fn a_link_that_cannot_be_opened_says_why() {
    browse(async |page| {
        for (fragment, says) in [
            ("#q1.AAAA", "damaged"),
            ("#q2.AAAA", "newer version of Quorum"),
            ("#scenario=nothing-like-that", "There is no scenario “nothing-like-that”. There are "),
        ] {
            page.driver().goto("about:blank").await?;
            page.go(&format!("/{fragment}")).await?;
            let why =
                "try { await document.querySelector('quorum-lab').ready; return ''; } catch (e) { return e.message; }";
            let why: String = page.js(why, vec![]).await?;
            assert!(why.contains(says), "{fragment}: {why}");
            let shown = "return document.querySelector('quorum-lab').shadowRoot.querySelector('[role=alert]:not(:empty)').textContent;";
            let shown: String = page.js(shown, vec![]).await?;
            assert!(shown.contains(says), "{fragment}: {shown}");
        }
        // The browser reports the file of a scenario that there is not.
        page.take_errors().await.map(drop)
    });
}

#[test]
fn where_a_scenario_is_not_known_keys_do_nothing_and_one_press_opens_what_was_meant() {
    browse(async |page| {
        page.go("/#scenario=first-agrement").await?;
        let failed = "await document.querySelector('quorum-lab').ready.catch(() => {});";
        page.js::<()>(failed, vec![]).await?;
        let keys = "
            const { shadowRoot } = document.querySelector('quorum-lab');
            while (!shadowRoot.querySelector('.unavailable')) await new Promise((done) => setTimeout(done, 20));
            const button = shadowRoot.querySelector('.unavailable button');
            for (const key of ['ArrowRight', 'ArrowLeft', ' ', 'Home', 'End', 'c', '1', '?'])
                button.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
            return [...shadowRoot.querySelectorAll('.unavailable button')].map((it) => it.innerText);";
        let buttons: Vec<String> = page.js(keys, vec![]).await?;
        assert_eq!(buttons, ["Open first-agreement", "Open the lab without it"]);
        for error in page.take_errors().await? {
            assert!(error.contains("first-agrement.json"), "only the file that there is not: {error}");
        }
        let open = "document.querySelector('quorum-lab').shadowRoot.querySelector('.unavailable button').click();";
        page.js::<()>(open, vec![]).await?;
        let lab = page.lab("quorum-lab").await?;
        lab.part("button", "First agreement ▾").await?;
        assert_eq!(lab.view().await?["step"], 0);
        Ok(())
    });
}

#[test]
fn the_picker_plays_a_scenario_with_its_sentences_and_play_stops_to_let_them_be_read() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.press("Scenarios").await?;
        lab.press("Chosen, but nobody knows").await?;
        lab.until("it is there", |view| view["step"] == 0 && view["length"].as_u64() > Some(100)).await?;
        page.drawn().await?;
        lab.part("button", "Chosen, but nobody knows ▾").await?;
        lab.set("speed", Some("64")).await?;
        let notes = lab.run().await?["notes"].clone();
        assert_eq!(hint(page, &lab).await?, notes[0]["says"].as_str().unwrap_or_default(), "it says what to look for");
        for note in notes.as_array().into_iter().flatten().skip(1).take(3) {
            lab.play().await?;
            lab.until("a sentence is due", |view| view["step"] == note["step"]).await?;
            page.eventually("play stops", async || {
                Ok(lab.find("button.play").await?.text().await?.contains("Play").then_some(()))
            })
            .await?;
            assert_eq!(hint(page, &lab).await?, note["says"].as_str().unwrap_or_default());
            assert_eq!(lab.view().await?["step"], note["step"]);
        }
        Ok(())
    });
}

#[test]
fn a_run_gets_a_title_and_sentences_that_travel_with_it_and_a_branch_keeps_those_of_its_past() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.step(20).await?;
        for (step, says) in [(12, "Look here."), (20, "And here.")] {
            lab.seek(step).await?;
            lab.press("Share").await?;
            let sheet = lab.part("dialog", "Share").await?;
            sheet.part("textbox", "Title").await?.fill("Mine").await?;
            sheet.part("textbox", &format!("At step {step}")).await?.fill(says).await?;
            sheet.press("Close").await?;
            assert_eq!(hint(page, &lab).await?, says);
        }
        let run = quorum_link::from_link(&lab.share().await?)?;
        assert_eq!((run.title.as_str(), run.notes.len()), ("Mine", 2));
        lab.seek(15).await?;
        assert_eq!(hint(page, &lab).await?, "Look here.");
        lab.server(3, "crash").await?;
        assert_eq!(lab.run().await?["notes"], json!([{ "step": 12, "says": "Look here." }]));
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        let kept = lab.run().await?;
        assert_eq!((&kept["title"], kept["notes"].as_array().map(Vec::len)), (&json!("Mine"), Some(1)), "{kept}");
        Ok(())
    });
}

#[test]
fn a_title_that_does_not_fit_gives_no_link() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.press("Share").await?;
        let sheet = lab.part("dialog", "Share").await?;
        let title = sheet.part("textbox", "Title").await?;
        let link = sheet.part("textbox", "Link to this run").await?;
        page.eventually("there is a link", async || Ok((!link.value().await?.is_empty()).then_some(()))).await?;
        title.fill("x".repeat(121)).await?;
        sheet.part("alert", "The title is too long by 1").await?;
        assert_eq!(link.value().await?, "");
        title.fill("Mine").await?;
        page.eventually("there is a link again", async || Ok((!link.value().await?.is_empty()).then_some(()))).await?;
        page.take_errors().await?;
        Ok(())
    });
}

#[test]
fn an_embedded_scenario_begins_at_its_step_and_loops() {
    embedded("scenario=first-agreement step=12 controls=none panels=stage loop speed=64").browse(async |page| {
        let lab = page.open("/host.html").await?;
        assert_eq!(lab.view().await?["step"], 12);
        let length = lab.view().await?["length"].as_u64();
        lab.play().await?;
        // It stops at each sentence.
        let mut seen = Vec::new();
        while seen.len() < 3 {
            lab.play().await?;
            let view = lab.view().await?;
            if view["step"].as_u64() < seen.last().copied() {
                return Ok(());
            }
            seen.extend(view["step"].as_u64());
            seen.dedup();
            if view["step"].as_u64() == length {
                lab.until("it begins again", |view| view["step"].as_u64() < length).await?;
                return Ok(());
            }
        }
        Ok(())
    });
}

#[test]
fn an_embedded_run_comes_from_a_link_or_from_a_file() -> Result<()> {
    let run = native("crash-after-one-accept")?;
    let link = quorum_link::to_link(&run)?;
    embedded(&format!("run='{link}' step=30")).page("/run.json", "no").browse(async |page| {
        let lab = page.open("/host.html").await?;
        assert_eq!((&lab.view().await?["step"], &lab.run().await?["digest"]), (&json!(30), &json!(run.digest)));
        Ok(())
    });
    embedded("src=scenarios/two-proposers.json").browse(async |page| {
        let lab = page.open("/host.html").await?;
        assert_eq!(lab.run().await?["digest"], native("two-proposers")?.digest);
        Ok(())
    });
    Ok(())
}

#[test]
fn every_format_is_written_as_it_is_natively_and_the_page_offers_each() {
    browse(async |page| {
        let lab = page.open("#scenario=crash-after-one-accept").await?;
        let run = native("crash-after-one-accept")?;
        let history = run.replay()?;
        let write = "
            const { default: init, exportRun } = await import(new URL('wasm/quorum_extras.js', document.baseURI).href);
            await init();
            return exportRun(args[0].run(), args[1], args[2], args[3]);";
        for format in Format::ALL {
            let args = vec![lab.element().to_json()?, json!(format.as_str()), json!(3), json!(40)];
            let there: String = page.js(write, args).await?;
            let here = quorum_export::export(&history, &run.notes, format, 3, 40);
            assert_eq!(there, here, "{}", format.as_str());
        }
        lab.press("Share").await?;
        // What a person would find among the downloads.
        let catch = "
            window.saved = [];
            const make = URL.createObjectURL;
            URL.createObjectURL = (blob) => (window.saved.push(blob), make.call(URL, blob));";
        page.js::<()>(catch, vec![]).await?;
        let names = [
            "Stage (SVG)",
            "Stage (PNG)",
            "Space-time (SVG)",
            "Space-time (PNG)",
            "Film (SVG)",
            "Mermaid",
            "ShiViz",
            "Events (JSON Lines)",
            "Test script",
        ];
        // The stage is of the step that is shown: which steps others are of is nothing to it.
        let steps = lab.find("[aria-label='To step']").await?;
        steps.clear().await?;
        for (count, name) in names.into_iter().enumerate() {
            if count == 2 {
                steps.send_keys("40").await?;
            }
            lab.press(name).await?;
            page.eventually(name, async || {
                let saved: usize = page.js("return window.saved.length;", vec![]).await?;
                Ok((saved == count + 1).then_some(()))
            })
            .await?;
        }
        let heads = "return Promise.all(window.saved.map(async (blob) => String.fromCharCode(...new Uint8Array(await blob.slice(0, 4).arrayBuffer()))));";
        let heads: Vec<String> = page.js(heads, vec![]).await?;
        assert_eq!(heads[..4], ["<svg", "\u{89}PNG", "<svg", "\u{89}PNG"]);
        Ok(())
    });
}

#[test]
fn whoever_steps_a_scenario_by_hand_is_not_stopped_by_its_sentences() {
    embedded("scenario=first-agreement").browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.step(41).await?;
        assert_eq!(lab.view().await?["step"], 41);
        Ok(())
    });
}

#[test]
fn a_fragment_that_asks_for_no_run_is_no_power_cut() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.step(7).await?;
        let before = lab.run().await?;
        let go = "
            location.hash = args[0];
            await new Promise((done) => addEventListener('hashchange', () => setTimeout(done), { once: true }));";
        page.js::<()>(go, vec![json!("#about")]).await?;
        assert_eq!(lab.run().await?, before);
        page.js::<()>("location.hash = args[0];", vec![json!("#scenario=two-proposers")]).await?;
        page.eventually("the scenario is there", async || {
            let title: Value = page
                .js(
                    "try { return document.querySelector('quorum-lab').run().title ?? null; } catch { return null; }",
                    vec![],
                )
                .await?;
            Ok((title == "Two proposers").then_some(()))
        })
        .await?;
        Ok(())
    });
}
