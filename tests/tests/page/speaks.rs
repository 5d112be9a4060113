//! A lab speaks German where its author asks for that with `lang`: controls, legend, panels and the first lesson. What the
//! engine says stays English, and is marked as that for whoever reads it aloud.

use quorum_tests::geometry::{Moments, tour};
use quorum_tests::{Browser, Lab, Page, Result, Setup, browse, ensure, json};

fn host(site: Setup, attributes: &str) -> Setup {
    let page = format!(
        "<!doctype html><html lang=de><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>
         <title>Host</title><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
         <body style='margin:0'><quorum-lab {attributes} scenario=first-agreement></quorum-lab></body></html>"
    );
    site.page("/host.html", page)
}

/// All that is shown or told outside of what is marked as English, one text a line.
const SAID: &str = "
    const root = args[0].shadowRoot;
    const said = [];
    for (const part of root.querySelectorAll('.lab *')) {
        if (part.closest('[lang=en]') || !part.checkVisibility()) continue;
        const own = [...part.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim());
        said.push(...own, part.getAttribute('aria-label') ?? '', part.getAttribute('title') ?? '');
    }
    return said.filter(Boolean);";

/// Each text that English has for itself, and German has another for.
const ENGLISH: &str = "
    const { en } = await import('/lab/words/en.js');
    const { de } = await import('/lab/words/de.js');
    return Object.keys(en).filter((key) => key !== 'lang' && typeof en[key] === 'string' && en[key] !== de[key]).map((key) => en[key]);";

async fn said(page: &Page, lab: &Lab) -> Result<Vec<String>> {
    page.js(SAID, vec![lab.element().to_json()?]).await
}

async fn language(page: &Page, lab: &Lab, selector: &str) -> Result<String> {
    let of = "return args[0].shadowRoot.querySelector(args[1]).closest('[lang]').lang;";
    page.js(of, vec![lab.element().to_json()?, json!(selector)]).await
}

#[test]
fn in_german_no_control_and_no_note_of_the_first_lesson_is_in_english() {
    // Its words are read from their modules.
    host(Setup::as_written(), "lang=de").browse(async |page| {
        let lab = page.open("/host.html").await?;
        let english: Vec<String> = page.js(ENGLISH, vec![]).await?;
        ensure!(english.len() > 60, "only {} texts are compared", english.len());
        let title = lab.shown("button.title").await?.unwrap_or_default();
        assert_eq!(title, "Erste Einigung ▾");
        let run = lab.run().await?;
        let notes: Vec<_> =
            run["notes"].as_array().into_iter().flatten().filter_map(|it| it["says"].as_str()).collect();
        for beat in 0..=notes.len() {
            let texts = said(page, &lab).await?;
            let wrong: Vec<_> = texts.iter().filter(|text| english.contains(text)).collect();
            ensure!(wrong.is_empty(), "at beat {beat} it says {wrong:?}");
            ensure!(texts.iter().any(|text| text == "Start") && texts.iter().any(|text| text == "Ideen"), "{texts:?}");
            let note = lab.shown(".hint").await?.unwrap_or_default();
            ensure!(!note.is_empty() && !notes.iter().any(|it| note.contains(it)), "at beat {beat}: {note}");
            lab.beat(1).await?;
            page.drawn().await?;
        }
        assert_eq!(language(page, &lab, ".hint").await?, "de");
        assert_eq!(language(page, &lab, ".play").await?, "de");
        for engines in [".why", ".so", ".next span", ".events .list", ".facts, dl"] {
            assert_eq!(language(page, &lab, engines).await?, "en", "{engines}");
        }
        // A word of the protocol is explained in German, where it stands.
        lab.seek(10).await?;
        page.drawn().await?;
        let explained =
            "return [...args[0].shadowRoot.querySelectorAll('.hint dfn')].map((word) => word.ariaDescription);";
        let explained: Vec<String> = page
            .eventually("words are explained", async || {
                let words: Vec<String> = page.js(explained, vec![lab.element().to_json()?]).await?;
                Ok(Some(words).filter(|words| !words.is_empty()))
            })
            .await?;
        ensure!(explained.iter().all(|says| says.contains("Server") || says.contains("Wert")), "{explained:?}");
        lab.press("Hilfe").await?;
        let help = lab.find("dialog").await?.text().await?;
        ensure!(help.contains("von nun an nichts Niedrigeres") && !help.contains("Close"), "{help}");
        Ok(())
    });
}

#[test]
fn the_language_of_the_page_alone_changes_nothing_and_english_loads_no_other() {
    host(Setup::new(), "").browse(async |page| {
        let lab = page.open("/host.html").await?;
        assert_eq!(language(page, &lab, ".play").await?, "en");
        ensure!(said(page, &lab).await?.is_empty(), "something is not marked as English");
        let loaded = "return performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\\/de[.-]/.test(name));";
        assert_eq!(page.js::<Vec<String>>(loaded, vec![]).await?, [""; 0]);
        Ok(())
    });
}

#[test]
fn another_language_shows_the_same_moment() {
    host(Setup::new(), "lang=fr").browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.beat(3).await?;
        let before = lab.view().await?;
        assert_eq!(language(page, &lab, ".play").await?, "en", "there is no French");
        for (lang, note) in
            [(Some("de-AT"), "Zwei von drei haben"), (None, "Two of three have"), (Some("de"), "Zwei von drei")]
        {
            lab.set("lang", lang).await?;
            page.eventually(&format!("the note is that of {lang:?}"), async || {
                Ok(lab.shown(".hint").await?.filter(|hint| hint.contains(note)))
            })
            .await?;
            assert_eq!(lab.view().await?, before);
            assert_eq!(
                page.js::<usize>(
                    "return args[0].shadowRoot.querySelectorAll('.lab').length;",
                    vec![lab.element().to_json()?]
                )
                .await?,
                1
            );
        }
        // It still listens.
        lab.press("Schritt").await?;
        lab.until("it has gone on", |view| view["step"] != before["step"]).await?;
        lab.shown(".at").await?;
        Ok(())
    });
}

#[test]
fn longer_words_are_not_cut_off_either() {
    host(Setup::new(), "lang=de").browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver shows a screen of 320 px
        }
        page.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
        let mut wrong = Vec::new();
        for (width, height) in [(1280, 900), (1024, 768), (375, 667), (320, 700)] {
            page.resize(width, height).await?;
            let lab = page.open("/host.html").await?;
            page.layout().await?;
            let walked = tour(page, &lab, Moments { begin: 0, every: 5, most: 60 }, Some("cutOff")).await?;
            wrong.extend(walked.wrong.into_iter().map(|fault| format!("{width} px: {fault}")));
        }
        ensure!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
        Ok(())
    });
}

#[test]
fn an_address_may_ask_for_it() {
    browse(async |page| {
        let lab = page.open("embed.html?scenario=first-agreement&lang=de").await?;
        lab.part("button", "Start").await.map(drop)
    });
}
