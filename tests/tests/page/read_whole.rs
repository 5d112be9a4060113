//! What is there to be read can be read as a whole: nothing has to be scrolled for, and each sign on a card is explained.

use quorum_core::scenario::{CHALLENGES, LOG_CHALLENGES, LOG_SCENARIOS, SCENARIOS};
use quorum_tests::states::{self, State};
use quorum_tests::{Setup, browse, json};
use serde_json::Value;

/// What is said in the runs that ship.
fn notes() -> Vec<String> {
    let runs = SCENARIOS.iter().chain(LOG_SCENARIOS);
    let notes = runs.flat_map(|(name, text)| {
        let run: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        run["notes"].as_array().cloned().unwrap_or_default()
    });
    notes.map(|note| note["says"].as_str().unwrap().into()).collect()
}

#[test]
fn each_note_of_a_shipped_run_fits_into_its_place_in_a_lecture() {
    let notes = notes();
    assert!(notes.len() > 200);
    let longer = "
        const place = args[0].shadowRoot.querySelector('.hint');
        return args[1].filter((note) => {
            place.textContent = note;
            return place.scrollHeight > place.clientHeight;
        });";
    states::site().browse(async |page| {
        states::reach(page, State::Present).await?;
        let lab = page.lab("quorum-lab").await?;
        for (width, height) in [(1280, 900), (1024, 768), (768, 1024), (844, 390), (390, 844), (375, 667), (320, 568)] {
            page.resize(width, height).await?;
            page.drawn().await?;
            let longer: Vec<String> = page.js(longer, vec![lab.element().to_json()?, json!(notes)]).await?;
            assert!(longer.is_empty(), "at {width}×{height}: {longer:?}");
        }
        Ok(())
    });
}

/// The bar of a challenge is as high as its goal where a line holds few words, before and after a hint.
#[test]
fn the_goal_of_each_challenge_is_there_as_a_whole_on_a_telephone() {
    let goal = "
        const root = args[0].shadowRoot, { top, bottom } = root.querySelector('.lessonbar .text').getBoundingClientRect();
        const all = [...root.querySelectorAll('.lessonbar :is(.goal, .parts)')].map((it) => it.getBoundingClientRect());
        return { whole: all.every((it) => it.top >= top - 1 && it.bottom <= bottom + 1), stage: root.querySelector('.area').clientHeight };";
    browse(async |page| {
        for (name, _) in CHALLENGES.iter().chain(LOG_CHALLENGES) {
            let lab = page.open(&format!("#challenge={name}")).await?;
            let mut before = Value::Null;
            for (width, height) in [(390, 844), (375, 667), (320, 568)] {
                page.resize(width, height).await?;
                page.drawn().await?;
                before = page.js(goal, vec![lab.element().to_json()?]).await?;
                assert_eq!(before["whole"], json!(true), "{name} at {width}×{height}: {before}");
            }
            lab.bar().press("Hint 1").await?;
            page.drawn().await?;
            let after: Value = page.js(goal, vec![lab.element().to_json()?]).await?;
            assert_eq!(before["stage"], after["stage"], "{name}: the stage stays");
        }
        Ok(())
    });
}

#[test]
fn what_to_press_first_fits_into_its_line_in_both_languages() {
    let host = |lang: &str, protocol: &str| {
        format!(
            "<!doctype html><html lang={lang}><meta charset=utf-8><meta name=viewport content=\"width=device-width\">
             <title>Host</title><link rel=icon href=icon.svg><link rel=stylesheet href=page.css>
             <script type=module src=quorum-lab.js></script>
             <main><quorum-lab loading=eager lang={lang} protocol={protocol}></quorum-lab></main>"
        )
    };
    let pages = [("en", "single"), ("en", "log"), ("de", "single"), ("de", "log")];
    let setup = pages.into_iter().fold(Setup::new(), |setup, (lang, protocol)| {
        setup.page(&format!("/{lang}-{protocol}.html"), host(lang, protocol))
    });
    let line = "
        const { textContent, scrollHeight, clientHeight } = args[0].shadowRoot.querySelector('.hint');
        return [textContent, scrollHeight - clientHeight];";
    setup.browse(async |page| {
        for (lang, protocol) in pages {
            let lab = page.open(&format!("/{lang}-{protocol}.html")).await?;
            for (width, height) in [(1280, 900), (1024, 768), (390, 844), (320, 568)] {
                page.resize(width, height).await?;
                page.drawn().await?;
                let (says, more): (String, i64) = page.js(line, vec![lab.element().to_json()?]).await?;
                assert!(says.ends_with('.'), "{lang}, {protocol}: it says {says:?}");
                assert!(more <= 0, "{more} px of “{says}” are not seen at {width}×{height}");
            }
        }
        Ok(())
    });
}

#[test]
fn the_legend_draws_what_is_not_durable_as_the_cards_do() {
    browse(async |page| {
        page.resize(1280, 900).await?;
        let lab = page.open("#scenario=first-agreement").await?;
        let kinds = "
            const kinds = (where) => ['written', 'queued'].filter((kind) =>
                [...args[0].shadowRoot.querySelectorAll(`${where} .chip.${kind}`)].some((it) => it.checkVisibility()));
            return [kinds('.card .strip'), kinds('.legend')];";
        let mut seen: Vec<Vec<String>> = Vec::new();
        for step in 0..40 {
            lab.seek(step).await?;
            page.drawn().await?;
            let (cards, legend): (Vec<String>, Vec<String>) = page.js(kinds, vec![lab.element().to_json()?]).await?;
            assert_eq!(cards, legend, "at step {step}");
            seen.push(cards);
        }
        for one in [vec![], vec!["written"], vec!["queued"]] {
            assert!(seen.iter().any(|seen| *seen == one), "no step shows {one:?}");
        }
        Ok(())
    });
}
