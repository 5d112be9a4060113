//! What an author gets wrong, or a page does not allow, is said in a sentence where the person looks, and what can be
//! shown is shown.

use quorum_tests::{Lab, Page, Result, Setup, Thrown, Value, browse, json};
use std::path::PathBuf;

fn host(attributes: &str) -> Setup {
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Host</title><link rel=icon href=icon.svg>
         <script type=module src=quorum-lab.js></script><quorum-lab {attributes}></quorum-lab>"
    );
    Setup::new().page("/host.html", page)
}

/// What the lab says about its attributes, once it does.
async fn said(lab: &Lab) -> Result<String> {
    Ok(lab.find("[data-topic=attributes] span").await?.text().await?)
}

#[test]
fn an_attribute_that_asks_for_nothing_there_is_says_what_there_is() {
    for (attributes, words) in [
        ("nodes=3 panels=nonsense", &["panels", "nonsense", "stage", "inspector"][..]),
        ("nodes=3 panels='stage evnets'", &["evnets", "events"]),
        ("nodes=3 step=abc", &["step", "abc", "whole number"]),
        ("nodes=3 step=-4", &["step", "-4"]),
        ("scenario=first-agreement step=4000", &["step", "4000", "past the end"]),
        ("nodes=3 autoplay=false", &["autoplay", "false", "no"]),
        ("nodes=3 loop=false", &["loop", "false"]),
        ("nodes=3 speed=fast", &["speed", "fast", "64"]),
        ("nodes=3 controls=all controls=none", &["controls", "all", "compact"]),
        ("nodes=3 pace=slow", &["pace", "slow", "reading"]),
        ("nodes=3 theme=pink", &["theme", "pink", "dark"]),
    ] {
        host(attributes).browse(async |page| {
            let lab = page.open("/host.html").await?;
            let says = said(&lab).await?;
            for word in words {
                assert!(says.contains(word), "{attributes}: {says}");
            }
            let stage = "const stage = document.querySelector('quorum-lab').shadowRoot.querySelector('.stage');
                return stage.checkVisibility() && stage.clientHeight > 100;";
            assert!(page.js::<bool>(stage, vec![]).await?, "{attributes}: there is something to see");
            Ok(())
        });
    }
}

#[test]
fn what_is_right_says_nothing_and_what_is_put_right_takes_its_sentence_away() {
    host("nodes=3 panels='stage  spacetime' speed=2 step=' 7 ' theme=auto loop autoplay=autoplay").browse(
        async |page| {
            let lab = page.open("/host.html").await?;
            lab.pause().await?;
            lab.set("panels", Some("nonsense")).await?;
            assert!(said(&lab).await?.contains("nonsense"));
            lab.set("panels", Some("stage")).await?;
            page.eventually("the sentence goes", async || {
                Ok(lab.shown("[data-topic=attributes]").await?.is_none().then_some(()))
            })
            .await?;
            assert_eq!(lab.shown(".notice").await?, None);
            Ok(())
        },
    );
}

#[test]
fn a_no_is_taken_for_a_no() {
    host("nodes=3 seed=4 autoplay=false").browse(async |page| {
        let lab = page.open("/host.html").await?;
        said(&lab).await?;
        page.drawn().await?;
        let word = lab.find("button.play").await?.text().await?;
        assert!(word.contains("Play"), "it does not play: {word}");
        Ok(())
    });
}

#[test]
fn what_plays_by_itself_can_be_paused() {
    host("nodes=5 seed=3 step=2 controls=none autoplay").browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.until("it plays", |view| view["step"].as_u64() > Some(2)).await?;
        lab.press("Pause").await?;
        lab.part("button", "Play").await?;
        let shown = "return [...document.querySelector('quorum-lab').shadowRoot.querySelectorAll('.controls *')]
            .filter((part) => part.matches('button, input, select') && part.checkVisibility()).length;";
        assert_eq!(page.js::<u32>(shown, vec![]).await?, 1, "and that is the only control");
        lab.set("autoplay", None).await?;
        assert_eq!(page.js::<u32>(shown, vec![]).await?, 0);
        Ok(())
    });
}

/// The sentence with which a call is refused.
async fn refusal(page: &Page, call: &str) -> Result<String> {
    let body = format!("const lab = (globalThis.lab ??= document.querySelector('quorum-lab')); {call}");
    match page.js::<Value>(&body, vec![]).await {
        Ok(value) => Ok(format!("it was not refused: {value}")),
        Err(error) => Ok(error.downcast::<Thrown>()?.0),
    }
}

#[test]
fn a_method_that_is_given_nonsense_answers_in_words() {
    host("nodes=3 seed=4").browse(async |page| {
        page.open("/host.html").await?;
        for (call, words) in [
            ("await lab.reset(5)", &["reset", "object", "5"][..]),
            ("await lab.reset(null)", &["reset", "null"]),
            ("await lab.reset({ nodes: 'many' })", &["nodes", "whole number"]),
            ("await lab.load('x')", &["load", "x"]),
            ("await lab.step('abc')", &["step", "abc"]),
            ("await lab.apply(7)", &["apply", "7"]),
        ] {
            let sentence = refusal(page, call).await?;
            for word in words {
                assert!(sentence.contains(word), "{call}: {sentence}");
            }
            assert!(!sentence.contains("undefined") && !sentence.contains("is not a function"), "{call}: {sentence}");
        }
        Ok(())
    });
}

#[test]
fn a_lab_that_is_in_no_page_says_so_and_does_not_wait_for_ever() {
    host("nodes=3 seed=4").browse(async |page| {
        page.open("/host.html").await?;
        for call in [
            "await document.createElement('quorum-lab').step()",
            "lab.remove(); await 0; await lab.step()",
            "document.body.append(lab); const waiting = lab.step(); lab.remove(); await waiting",
        ] {
            let sentence = refusal(page, call).await?;
            assert!(sentence.contains("in no page"), "{call}: {sentence}");
        }
        // Whoever asks first, and puts it into the page at once, is answered.
        let works = "const lab = document.createElement('quorum-lab');
            const stepped = lab.step(3);
            document.body.append(lab);
            await stepped;
            return lab.view().step;";
        assert!(page.js::<u32>(works, vec![]).await? >= 3);
        Ok(())
    });
}

#[test]
fn a_file_that_is_too_large_is_refused_before_it_is_read() {
    let large = format!("[{}0]", "1,".repeat(24 << 20));
    host("src=large.json").page("/large.json", large).browse(async |page| {
        page.go("/host.html").await?;
        let wait = "
            await customElements.whenDefined('quorum-lab');
            const lab = document.querySelector('quorum-lab');
            let [longest, last] = [0, performance.now()];
            const timer = setInterval(() => {
                longest = Math.max(longest, performance.now() - last);
                last = performance.now();
            }, 5);
            const why = await lab.ready.then(() => '', (error) => error.message);
            clearInterval(timer);
            return [why, Math.max(longest, performance.now() - last)];";
        let (why, longest): (String, f64) = page.js(wait, vec![]).await?;
        assert!(why.contains("too large") && why.contains("33554432"), "{why}");
        assert!(longest < 1000.0, "the page answered after {longest} ms");
        Ok(())
    });
}

#[test]
fn two_labs_of_one_page_that_keep_one_run_say_so() {
    let one = "<!doctype html><html lang=en><title>Host</title><link rel=icon href=icon.svg>
        <script type=module src=quorum-lab.js></script><quorum-lab id=one nodes=3 persist=notes></quorum-lab>";
    Setup::new().page("/host.html", one).browse(async |page| {
        page.go("/host.html").await?;
        page.lab("#one").await?;
        // Of two that start at once, either may be first.
        let another = "document.querySelector('#one').insertAdjacentHTML('afterend',
            '<quorum-lab id=two nodes=3 persist=notes></quorum-lab>');";
        page.js::<()>(another, vec![]).await?;
        let two = page.lab("#two").await?;
        let says = two.find("[data-topic=read-only] span").await?.text().await?;
        assert!(says.contains("another lab of this page") && says.contains("persist"), "{says}");
        let sentence = two.refusal(json!({ "type": "crash", "node": 1 })).await?;
        assert!(sentence.contains("another lab of this page"), "{sentence}");
        // Once the other is gone, this one may go on.
        page.js::<()>("document.querySelector('#one').remove();", vec![]).await?;
        two.press("Try again").await?;
        page.eventually("it may be changed", async || Ok(two.server(1, "crash").await.ok())).await
    });
}

/// Waits until the page says that its modules do not come.
async fn told_by_the_page(page: &Page) -> Result<()> {
    page.eventually("the page says why there is nothing", async || {
        let read = "
            const { content, opacity } = getComputedStyle(document.querySelector('quorum-lab'), '::after');
            return opacity === '1' && content.includes('web server');";
        Ok(page.js::<bool>(read, vec![]).await?.then_some(()))
    })
    .await?;
    page.take_errors().await.map(drop) // those of the browser, about the modules
}

#[test]
fn a_page_whose_modules_do_not_come_says_why_there_is_nothing() {
    let nothing = Setup::new().page("/quorum-lab.js", "no module");
    nothing.browse(async |page| {
        page.go("").await?;
        told_by_the_page(page).await
    });
    browse(async |page| {
        let site = std::env::var_os("QUORUM_SITE")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist"), PathBuf::from);
        page.driver().goto(format!("file://{}/index.html", site.canonicalize()?.display())).await?;
        told_by_the_page(page).await
    });
}
