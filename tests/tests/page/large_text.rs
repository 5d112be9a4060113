//! Text of twice its size, and a screen of 320 px: nothing is cut off, nothing lies on anything, no page is wider than its
//! screen. A reader who enlarges only the text gets there, and so does one who enlarges the page to four times its size.

use quorum_tests::geometry::{Moments, Walked, measure, tour};
use quorum_tests::{Browser, PLAIN, Page, Result, browse, ensure};
use std::path::Path;

/// The size of the text of the page around, and the screen.
const LOOKS: [(&str, (u32, u32)); 5] = [
    ("200%", (1280, 900)),
    ("200%", (1024, 768)),
    ("200%", (640, 900)),
    // Beyond what is asked for: a telephone on which somebody reads text of twice its size.
    ("200%", (390, 844)),
    ("100%", (320, 700)),
];

/// Moments of one run that are looked at.
const MOST: usize = 60;
/// Runs with all there is to see: notes, a rule that is off, two values, servers that are down, five servers, a log.
const RUNS: [&str; 6] = [
    "first-agreement",
    "two-proposers",
    "without-keep-promise",
    "chosen-but-nobody-knows",
    "two-of-five-down",
    "pipeline-under-loss",
];

/// Another size of text, and another screen, for the run that is open.
async fn look(page: &Page, size: &str, (width, height): (u32, u32)) -> Result<()> {
    page.resize(width, height).await?;
    page.js::<()>(&format!("document.body.style.fontSize = '{size}';"), vec![]).await?;
    page.layout().await?;
    Ok(())
}

#[test]
fn nothing_is_cut_off_and_nothing_lies_on_anything() {
    browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver shows a screen of 320 px
        }
        page.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
        let (mut moments, mut wrong) = (0, Vec::new());
        page.open(PLAIN).await?;
        for run in RUNS {
            let lab = page.turn_to(&format!("#scenario={run}")).await?;
            for (size, screen) in LOOKS {
                look(page, size, screen).await?;
                let what = format!("{run} at {} px, text of {size}", screen.0);
                let tour = tour(page, &lab, Moments { begin: 0, every: 13, most: MOST }, Some("cutOff")).await?;
                moments += tour.moments;
                wrong.extend(tour.wrong.into_iter().map(|fault| format!("{what}, {fault}")));
                // What can be done to a server, and what is true of it.
                let select = "args[0].shadowRoot.querySelector('.card').click();";
                page.js::<()>(select, vec![lab.element().to_json()?]).await?;
                lab.find(".lab[data-selected] .about dl div").await?;
                page.layout().await?;
                let selected: Walked =
                    measure(page, &lab, "{ moments: 1, wrong: [...cutOff(lab), ...small(lab)] }").await?;
                wrong.extend(selected.wrong.into_iter().map(|fault| format!("{what}, a server selected: {fault}")));
                let name = format!("../target/large-text/{run}-{}-{}.png", screen.0, size.trim_end_matches('%'));
                page.picture(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).await?;
                lab.press("Close").await?;
            }
        }
        println!("{} faults in {moments} moments", wrong.len());
        ensure!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
        ensure!(moments > 150, "only {moments} moments were looked at");
        Ok(())
    });
}

#[test]
fn a_text_that_is_cut_off_is_noticed() {
    browse(async |page| {
        let lab = page.open("").await?;
        page.layout().await?;
        let spoil = "{ moments: 1, wrong: (() => {
            const why = lab.shadowRoot.querySelector('.told .why');
            why.style.cssText = 'max-inline-size: 3em; white-space: nowrap; overflow: hidden';
            return cutOff(lab);
        })() }";
        let before: Walked = measure(page, &lab, "{ moments: 1, wrong: cutOff(lab) }").await?;
        ensure!(before.wrong.is_empty(), "{:?}", before.wrong);
        let after: Walked = measure(page, &lab, spoil).await?;
        ensure!(after.wrong.len() == 1 && after.wrong[0].contains("cut off by why"), "{:?}", after.wrong);
        Ok(())
    });
}
