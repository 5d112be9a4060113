//! Documentation sites with a figure in them, as their own tools build them: `cargo xtask hosts`.

use quorum_tests::{Context, ORIGIN, Page, Result, Setup, Value, json};

/// How a person changes something in a site.
struct Host {
    name: &'static str,
    /// What is pressed for dark, and again for light: the first of these that can be seen.
    switch: &'static str,
    /// The address of its other page.
    other: &'static str,
}

const DARK: &str = "
    const lab = document.querySelector('quorum-lab');
    const bg = getComputedStyle(lab.shadowRoot.querySelector('.lab')).backgroundColor;
    const [r] = bg.match(/\\d+/g).map(Number);
    return r < 100;";

async fn switched(page: &Page, host: &Host, dark: bool) -> Result<()> {
    let press = "
        const seen = [...document.querySelectorAll(args[0])].find((it) => it.getClientRects().length);
        if (seen.localName === 'select') {
            seen.value = args[1] ? 'dark' : 'light';
            seen.dispatchEvent(new Event('change', { bubbles: true }));
        } else seen.click();";
    page.js::<()>(press, vec![json!(host.switch), json!(dark)]).await?;
    let what = format!("the figure is {} with the page", if dark { "dark" } else { "light" });
    page.eventually(&what, async || Ok((page.js::<bool>(DARK, vec![]).await? == dark).then_some(()))).await
}

fn visit(host: &Host) {
    // None of them has an icon; a browser asks for one.
    let site = Setup::host(host.name).page("/favicon.ico", "").page("/favicon.svg", "");
    // Material's router goes by the site's map, and only to where that says that the site is.
    let map = ["/", "/other/"].map(|path| format!("<url><loc>{ORIGIN}{path}</loc></url>")).concat();
    let site = site.page("/sitemap.xml", format!("<?xml version='1.0'?><urlset>{map}</urlset>"));
    site.browse(async |page| {
        page.resize(1280, 900).await?;
        page.go("").await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?["step"], 40, "it appears where the page says");

        // It is of the size of the text around it.
        let sizes = "
            const size = (it) => parseFloat(getComputedStyle(it).fontSize);
            const lab = document.querySelector('quorum-lab');
            return [size(lab), size(lab.parentElement)];";
        let (figure, text): (f64, f64) = page.js(sizes, vec![]).await?;
        assert!((figure - text).abs() < 0.1, "{figure} px in {text} px");

        // It plays, and while it does it follows the switch of the page, both ways.
        if page.js::<bool>(DARK, vec![]).await? {
            switched(page, host, false).await?;
        }
        lab.press("Play").await?;
        lab.until("it plays", |view| view["step"].as_u64() > Some(40)).await?;
        switched(page, host, true).await.context("to dark")?;
        switched(page, host, false).await.context("to light")?;
        lab.pause().await?;

        six_visits(page, host).await?;

        // An anchor of the page is the page's.
        let lab = page.lab("quorum-lab").await?;
        let before: Value = lab.view().await?["step"].clone();
        page.js::<()>("document.querySelector(`a[href$='#an-anchor']`).click();", vec![]).await?;
        page.drawn().await?;
        assert_eq!((lab.view().await?["step"].clone(), lab.shown(".notice").await?), (before, None));
        Ok(())
    });
}

/// By the site's own links, as its router goes, and back again.
async fn six_visits(page: &Page, host: &Host) -> Result<()> {
    for _ in 0..6 {
        let go = "document.querySelector(`:is(main, article, .content) a[href*='other'], a[href*='other']`).click();";
        page.js::<()>(go, vec![]).await?;
        page.eventually("the other page is there", async || {
            let there = "return !document.querySelector('quorum-lab') && location.pathname.includes(args[0]);";
            Ok(page.js::<bool>(there, vec![json!(host.other)]).await?.then_some(()))
        })
        .await?;
        page.js::<()>("history.back();", vec![]).await?;
        // Some routers put the page in, and then put it in again.
        let step = page.eventually("the figure is there again", async || {
            let read = "
                const lab = document.querySelector('quorum-lab');
                await lab?.ready;
                return lab?.isConnected ? lab.view().step : null;";
            page.js::<Option<u64>>(read, vec![]).await
        });
        assert_eq!(step.await?, 40, "after a visit elsewhere");
    }
    Ok(())
}

#[test]
fn mkdocs_material_with_instant_navigation() {
    visit(&Host { name: "mkdocs", switch: "label[for^=__palette]", other: "other" });
}

#[test]
fn sphinx_furo() {
    visit(&Host { name: "furo", switch: ".theme-toggle", other: "other" });
}

#[test]
fn vitepress() {
    visit(&Host { name: "vitepress", switch: ".VPSwitchAppearance", other: "other" });
}

#[test]
fn docusaurus() {
    visit(&Host { name: "docusaurus", switch: "button[class*=toggleButton]", other: "other" });
}

#[test]
fn starlight() {
    visit(&Host { name: "starlight", switch: "starlight-theme-select select", other: "other" });
}
