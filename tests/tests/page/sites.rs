//! Documentation sites with a figure in them, as their own tools build them: `cargo xtask hosts`.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Browser, Context, Lab, ORIGIN, Page, Result, Setup, Value, json};

/// How a person changes something in a site.
struct Host {
    name: &'static str,
    /// What is pressed for dark, and again for light: the first of these that can be seen.
    switch: &'static str,
    /// The address of its other page.
    other: &'static str,
    /// Whether "/" has opened its search, in JavaScript; none where that key opens none.
    searches: Option<&'static str>,
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

        keys_are_whose_they_are(page, host, &lab).await.context("keys")?;
        on_paper(page, &lab).await.context("print")?;
        on_a_scaled_page(page, &lab).await.context("scaled")?;

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

async fn press(page: &Page, key: impl ToString) -> Result<()> {
    page.driver().action_chain().send_keys(key.to_string()).perform().await?;
    page.drawn().await
}

/// Arrows turn no page while the figure has the focus, "/" in a field of it opens no search, and without the focus it does.
async fn keys_are_whose_they_are(page: &Page, host: &Host, lab: &Lab) -> Result<()> {
    let focus = "args[0].shadowRoot.querySelector(args[1]).focus(); return location.href;";
    let at = async |part: &str| page.js::<String>(focus, vec![lab.element().to_json()?, json!(part)]).await;
    lab.seek(20).await?;
    let here = at(".card").await?;
    for (key, by) in [(Key::Right, 1), (Key::Left, -1)] {
        let before = lab.view().await?["step"].as_i64().unwrap_or_default();
        press(page, key + "").await?;
        let gone = |view: &Value| (view["step"].as_i64().unwrap_or_default() - before).signum() == by;
        lab.until("the arrow moved the run", gone).await?;
    }
    at(".events [type=search]").await?;
    press(page, "/sf").await?;
    let typed = "
        const field = args[0].shadowRoot.querySelector('.events [type=search]');
        return [field.value, document.activeElement === args[0] && args[0].shadowRoot.activeElement === field, location.href];";
    let typed: Value = page.js(typed, vec![lab.element().to_json()?]).await?;
    assert_eq!(typed, json!(["/sf", true, here]), "what is typed into the figure");
    let Some(open) = host.searches else { return Ok(()) };
    let opened = format!("return !!({open});");
    assert!(!page.js::<bool>(&opened, vec![]).await?, "the search of the site has opened");
    page.js::<()>("document.activeElement.blur();", vec![]).await?;
    press(page, "/").await?;
    page.eventually("the site's own search opens", async || Ok(page.js::<bool>(&opened, vec![]).await?.then_some(())))
        .await?;
    press(page, Key::Escape + "").await
}

/// It is a figure there: as wide as the paper, with its sentence and without anything to press.
async fn on_paper(page: &Page, lab: &Lab) -> Result<()> {
    if page.browser() != Browser::Chromium {
        return Ok(()); // no other driver pretends to print
    }
    page.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
    let read = "
        dispatchEvent(new Event('beforeprint'));
        const root = args[0].shadowRoot;
        const seen = (part) => !!root.querySelector(part)?.checkVisibility();
        const found = [seen('.caption'), seen('.card'), seen('.controls'), root.querySelector('.caption').innerText.length > 20];
        dispatchEvent(new Event('afterprint'));
        return found;";
    let found: Value = page.js(read, vec![lab.element().to_json()?]).await?;
    page.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await?;
    assert_eq!(found, json!([true, true, false, true]));
    Ok(())
}

/// A page of slides is drawn at one size and scaled to the screen. What a pointer is on is what is pressed.
async fn on_a_scaled_page(page: &Page, lab: &Lab) -> Result<()> {
    let scale = "
        const around = args[0].parentElement;
        around.style.cssText = 'transform: scale(0.6); transform-origin: 0 0';
        args[0].scrollIntoView({ block: 'start' });";
    page.js::<()>(scale, vec![lab.element().to_json()?]).await?;
    page.drawn().await?;
    for server in ["4", "2"] {
        lab.find(&format!(".card[data-node='{server}']")).await?.click().await?;
        lab.find(&format!(".card[data-node='{server}'][aria-pressed=true]")).await?;
    }
    press(page, Key::Escape + "").await?;
    press(page, Key::Escape + "").await?;
    page.js::<()>("args[0].parentElement.style.cssText = '';", vec![lab.element().to_json()?]).await
}

/// By the site's own links, as its router goes, and back again.
async fn six_visits(page: &Page, host: &Host) -> Result<()> {
    for _ in 0..6 {
        // A page that is left before it has loaded is none that one can go back to.
        let go = "
            const loaded = document.readyState === 'complete';
            if (!loaded) await new Promise((done) => addEventListener('load', () => setTimeout(done)));
            document.querySelector(`:is(main, article, .content) a[href*='other'], a[href*='other']`).click();";
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
    visit(&Host {
        name: "mkdocs",
        switch: "label[for^=__palette]",
        other: "other",
        searches: Some("document.querySelector('#__search').checked"),
    });
}

#[test]
fn sphinx_furo() {
    visit(&Host {
        name: "furo",
        switch: ".theme-toggle",
        other: "other",
        searches: Some("document.activeElement.matches('input[name=q]')"),
    });
}

#[test]
fn vitepress() {
    visit(&Host { name: "vitepress", switch: ".VPSwitchAppearance", other: "other", searches: None });
}

#[test]
fn docusaurus() {
    visit(&Host { name: "docusaurus", switch: "button[class*=toggleButton]", other: "other", searches: None });
}

#[test]
fn starlight() {
    visit(&Host { name: "starlight", switch: "starlight-theme-select select", other: "other", searches: None });
}
