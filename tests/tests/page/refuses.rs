//! What cannot be done is refused with a sentence, where it was tried, and nothing changes.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Context, PLAIN, Value, browse, json, refused};

#[test]
fn an_impossible_action_is_refused_with_its_name_and_the_reason() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        lab.propose(1, "blue").await?;
        lab.step(8).await?;
        lab.server(3, "crash").await?;
        let cases = [
            (json!({ "type": "crash", "node": 3 }), vec!["crash server 3", "down already"]),
            (json!({ "type": "restart", "node": 1 }), vec!["restart server 1", "it is up"]),
            (json!({ "type": "resume", "node": 1 }), vec!["resume server 1", "not paused"]),
            (json!({ "type": "crash", "node": 4 }), vec!["crash server 4", "no server 4", "1 to 3"]),
            (json!({ "type": "deliver", "message": 9999 }), vec!["deliver message 9999"]),
            (json!({ "type": "drop", "message": 0 }), vec!["drop message 0"]),
            (json!({ "type": "propose", "node": 3, "value": "late" }), vec!["server 3", "down"]),
            (json!({ "type": "cut", "from": 1, "to": 1 }), vec!["cut", "itself"]),
            (json!({ "type": "mend", "from": 1, "to": 2 }), vec!["mend", "not cut"]),
            (json!({ "type": "heal" }), vec!["heal", "no link is cut"]),
            (json!({ "type": "partition", "groups": [[1, 2], [2, 3]] }), vec!["server 2 is listed twice"]),
            (json!({ "type": "partition", "groups": [[1, 2, 3]] }), vec!["one group"]),
            (json!({ "type": "propose", "node": 1, "value": "" }), vec!["propose", "empty"]),
            (json!({ "type": "propose", "node": 1, "value": "x".repeat(65) }), vec!["propose", "64"]),
            (json!({ "type": "network", "loss": 1.5 }), vec!["network", "\"loss\"", "from 0 to 1"]),
            (json!({ "type": "explode", "node": 1 }), vec!["no action of type \"explode\""]),
            (json!({ "type": "crash", "server": 1 }), vec!["crash", "\"node\" is missing"]),
            (json!({ "type": "crash", "node": 1, "hard": true }), vec!["crash", "no field \"hard\""]),
            (json!("crash"), vec!["action", "object"]),
            (json!(null), vec!["action", "object"]),
        ];
        for (action, words) in cases {
            refused(page, &lab, "apply", action, &words).await?;
        }
        // The lab is none the worse for it.
        lab.server(3, "restart").await?;
        Ok(())
    });
}

#[test]
fn a_config_and_a_run_that_make_no_sense_are_refused_and_the_run_stays() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        lab.propose(1, "blue").await?;
        lab.settle().await?;
        let run = lab.run().await?;
        let damaged = |field: &str, value: Value| {
            let mut run = run.clone();
            run[field] = value;
            run
        };
        let cases = [
            ("reset", json!({ "nodes": 0 }), "1 to 101"),
            ("reset", json!({ "nodes": 102 }), "1 to 101"),
            ("reset", json!({ "protocol": "raft" }), "protocol"),
            ("reset", json!({ "colour": "blue" }), "no field \"colour\""),
            ("load", damaged("digest", json!("0123456789abcdef")), "damaged"),
            ("load", damaged("quorum", json!(2)), "format 2"),
            ("load", damaged("engine", json!("99.0.0")), "0123456789abcdef"),
            ("load", damaged("length", json!(9_000_000)), "too long"),
            ("load", json!("not a run"), "load takes a run or a scenario, as an object, and not “not a run”"),
            ("load", json!(null), "load takes a run or a scenario, as an object, and not null"),
            ("load", json!([run]), "load takes a run or a scenario, as an object, and not a list"),
            ("load", json!({}), "quorum"),
            ("reset", json!(null), "reset takes a run's config, as an object, and not null"),
            ("reset", json!(5), "reset takes a run's config, as an object, and not 5"),
            ("step", json!("two"), "step takes a whole number, 0 or more, and not “two”"),
            ("back", json!(0), "back takes a whole number, 1 or more, and not 0"),
            ("seek", json!(null), "seek takes a whole number, 0 or more, and not null"),
            ("at", json!(-1), "at takes a time in simulated milliseconds, 0 or more, and not -1"),
            ("switchTo", json!(99), "99"),
        ];
        for (method, argument, word) in cases {
            if word == "0123456789abcdef" {
                let mut other = argument;
                other["digest"] = word.into();
                refused(page, &lab, method, other, &["version 99.0.0"]).await?;
            } else {
                refused(page, &lab, method, argument, &[word]).await?;
            }
        }
        Ok(())
    });
}

#[test]
fn a_refusal_is_shown_to_who_looks_on() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let sentence = lab.refusal(json!({ "type": "restart", "node": 2 })).await?;
        page.drawn().await?;
        let shown = lab.find(".toast").await?.text().await?;
        assert_eq!(shown, sentence);
        Ok(())
    });
}

/// On a small screen, too, where a notice stands that the run is not saved, or a sheet is open; and nothing moves for it.
#[test]
fn a_refusal_can_be_read_on_every_screen_and_moves_nothing() {
    browse(async |page| {
        for (width, height) in [(320, 568), (390, 844), (1024, 768)] {
            page.resize(width, height).await?;
            for run in ["challenge=a-gap-in-the-log", "challenge=a-lost-vote", "scenario=steady-leader&step=20"] {
                let lab = page.open(&format!("index.html#{run}")).await?;
                for selects in [false, true] {
                    let what = format!("{run}, {width}×{height}, selected: {selects}");
                    if selects {
                        lab.find("[data-node='1']").await?.click().await?;
                    }
                    page.drawn().await?;
                    let before: Value = page.js(PLACES, vec![lab.element().to_json()?]).await?;
                    lab.refusal(json!({ "type": "restart", "node": 2 })).await?;
                    page.drawn().await?;
                    let after: Value = page.js(PLACES, vec![lab.element().to_json()?]).await?;
                    assert_eq!(before["cards"], after["cards"], "{what}");
                    assert_eq!(after["read"], json!(true), "{what}: {after}");
                }
            }
        }
        Ok(())
    });
}

/// Where the cards are, and whether nothing lies on the refusal and nothing cuts it off.
const PLACES: &str = "
    const root = args[0].shadowRoot, toast = root.querySelector('.toast');
    const { left, right, top, bottom } = toast.getBoundingClientRect();
    const seen = (y) => root.elementsFromPoint((left + right) / 2, y).find((it) => it.checkVisibility({ visibilityProperty: true }));
    const onTop = (y) => toast.matches(':empty') || getComputedStyle(toast).pointerEvents === 'none' || seen(y) === toast;
    const cards = [...root.querySelectorAll('.card')].map((card) => JSON.stringify(card.getBoundingClientRect()));
    const fits = top >= 0 && bottom <= innerHeight && toast.scrollHeight <= toast.clientHeight + 1;
    return { cards, read: fits && onTop(top + 3) && onTop(bottom - 3), toast: [top, bottom, innerHeight] };";

#[test]
fn a_form_says_beside_the_field_what_is_wrong_with_a_value() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        page.drawn().await?;
        lab.find("[data-node='2']").await?.click().await?;
        lab.find("button[aria-keyshortcuts=p]").await?.click().await?;
        let input = lab.find("form input[name=value]").await?;
        let before = lab.view().await?;
        let (long, emoji) = ("x".repeat(65), "🦀".repeat(17));
        for (value, words) in [
            ("", "Type a value"),
            ("   ", "Nobody could see"),
            (&long, "too long by 1: it has room for 64 letters."),
            (
                &emoji,
                "too long by 4: it has room for 64 letters. One beyond a to z, or an emoji, counts as two to four.",
            ),
        ] {
            page.js::<()>("args[0].value = args[1];", vec![input.to_json()?, json!(value)]).await?;
            input.send_keys(Key::Enter + "").await?;
            let error = lab.find("form .error").await?;
            let sentence = page
                .eventually(&format!("the form says {words:?}"), async || {
                    Ok(Some(error.text().await?).filter(|text| text.contains(words)))
                })
                .await?;
            assert!(sentence.ends_with('.'), "{sentence}");
            assert_eq!(lab.view().await?, before, "nothing has happened");
        }
        input.clear().await?;
        input.send_keys("<b>teal</b> & co").await?;
        input.send_keys(Key::Enter + "").await?;
        let view = lab.until("it is proposed", |view| view["step"] != before["step"]).await?;
        assert_eq!(view["nodes"][1]["proposal"]["asked"], "<b>teal</b> & co");
        page.drawn().await?;
        let text = lab.text().await?;
        assert!(text.contains("<b>teal</b> & co"), "text from outside is shown as text: {text}");
        Ok(())
    });
}

#[test]
fn a_refusal_repeats_little_of_what_it_refuses() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        let huge = "x".repeat(300_000);
        let mut run = lab.run().await?;
        run["title"] = json!(huge);
        let cases = [
            ("apply", json!({ "type": huge })),
            ("apply", json!({ "type": "propose", "node": 1, "value": huge })),
            ("apply", json!({ "type": "crash", "node": huge })),
            ("apply", json!({ "type": "crash", "node": 1, (huge.clone()): true })),
            ("reset", json!({ "protocol": huge })),
            ("reset", json!({ (huge.clone()): 1 })),
            ("load", json!(huge)),
            ("load", run),
            ("step", json!(huge)),
        ];
        for (method, argument) in cases {
            let read = "const [lab, method, argument] = args;
                return lab[method](argument).then(() => null, (error) => error instanceof Error && error.message);";
            let told: Option<String> = page.js(read, vec![lab.element().to_json()?, json!(method), argument]).await?;
            let told = told.with_context(|| format!("{method} was refused"))?;
            assert!(told.len() < 1300, "{method}: {} bytes of refusal", told.len());
        }
        Ok(())
    });
}

#[test]
fn a_panel_of_an_unknown_name_is_none_and_one_of_an_old_name_is_shown_with_one_warning() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let show = "
            const [lab, panels] = args;
            globalThis.told ??= [];
            console.warn = (...text) => told.push(text.join(' '));
            lab.setAttribute('panels', panels);
            const root = lab.shadowRoot;
            const tabs = [...root.querySelectorAll('[role=tab]')].filter((tab) => !tab.hidden);
            return [tabs.map((tab) => tab.textContent), root.querySelector('[data-shown]')?.className ?? null, told];";
        let element = lab.element().to_json()?;
        for panels in ["stage constructor", "stage toString hasOwnProperty"] {
            let told: Value = page.js(show, vec![element.clone(), json!(panels)]).await?;
            assert_eq!(told[0], json!([]), "{panels}");
        }
        let told: Value = page.js(show, vec![element.clone(), json!("stage disk log")]).await?;
        assert_eq!((&told[0], &told[1]), (&json!(["Events", "Disk"]), &json!("disk")));
        let told: Value = page.js(show, vec![element.clone(), json!("log")]).await?;
        assert_eq!((&told[0], &told[1]), (&json!(["Events"]), &json!("events")));
        let warnings = told[2].as_array().context("warnings")?;
        assert_eq!(warnings.len(), 1, "one for a page: {told}");
        assert!(warnings[0].as_str().is_some_and(|text| text.contains("“events”")), "it names the new word: {told}");
        let old = "return !!args[0].shadowRoot.querySelector('[part~=log][part~=events]');";
        assert!(page.js::<bool>(old, vec![element]).await?, "::part(log) still styles it");
        Ok(())
    });
}

#[test]
fn pause_calls_off_a_step_that_would_never_end() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5, "network": { "loss": 1.0 } })).await?;
        lab.propose(1, "blue").await?; // which nobody ever hears: its timer runs out again and again
        let pause = "
            const [lab] = args;
            const ended = [];
            const running = lab.step(1e9).then(() => ended.push('running'));
            const waiting = lab.seek(1e9).then(() => ended.push('waiting'));
            await new Promise((stepped) => lab.addEventListener('quorum-step', stepped, { once: true }));
            lab.pause();
            await Promise.all([running, waiting]);
            return [ended, lab.view().step];";
        let told: Value = page.js(pause, vec![lab.element().to_json()?]).await?;
        assert_eq!(told[0], json!(["running", "waiting"]), "both end, and neither is a refusal");
        let reached = told[1].as_u64().context("a step")?;
        assert!(reached < 100_000, "it went on to {reached}");
        lab.step(3).await?;
        assert_eq!(lab.view().await?["step"], reached + 3, "what is asked for afterwards is done");
        Ok(())
    });
}

#[test]
fn a_search_is_not_begun_with_a_bound_that_is_none() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.choose("What if…").await?;
        let sheet = lab.part("dialog", "What if?").await?;
        sheet.part("disclosure", "Within").await?.click().await?;
        for (field, wrong, says) in [
            ("Lost messages", "1.5", "Lost messages: a whole number, 0 to 4."),
            ("Lost messages", "", "Lost messages: a whole number, 0 to 4."),
            ("of them propose", "7", "Of them propose: a whole number, 1 to 3."),
            ("million states", "", "Million states, then give up: 0 to 100."),
        ] {
            let input = sheet.part("spinbutton", field).await?;
            let before = input.value().await?;
            input.fill(wrong).await?;
            sheet.press("Search every run").await?;
            let told = async || Ok(sheet.text().await?.contains(says).then_some(()));
            page.eventually(&format!("{wrong:?} is answered: {says}"), told).await?;
            assert!(!sheet.has("button", "Cancel").await?, "no search has begun with {wrong:?}");
            input.fill(before).await?;
        }
        Ok(())
    });
}
