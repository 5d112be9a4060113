//! How a lab looks on somebody else's page: as light or dark, as large and as wide as the text around it, and untouched
//! by what that text inherits.

use quorum_tests::{Browser, Page, Result, Setup, Value, json};

/// A page of documentation: its styles, what its root and body carry, and what is around the lab.
fn host(css: &str, html: &str, body: &str, around: &str) -> Setup {
    let lab = "<quorum-lab nodes=3 seed=4 step=24 panels='stage spacetime'></quorum-lab>";
    let page = format!(
        "<!doctype html><html lang=en {html}><meta charset=utf-8><title>Host</title><link rel=icon href=icon.svg>
         <style>{css}</style><script type=module src=quorum-lab.js></script>
         <body {body}><p id=paragraph>Text of the page.</p>{}</body></html>",
        around.replace("LAB", lab)
    );
    Setup::new().page("/host.html", page)
}

/// Whether the lab is dark, its style sheets and its canvas.
async fn dark(page: &Page) -> Result<(bool, bool)> {
    let read = "
        const root = document.querySelector('quorum-lab').shadowRoot;
        const sum = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).reduce((all, one) => all + Number(one), 0);
        const canvas = root.querySelector('.spacetime canvas');
        const [r, g, b] = canvas?.width ? canvas.getContext('2d').getImageData(3, 3, 1, 1).data : [NaN, 0, 0];
        const lab = getComputedStyle(root.querySelector('.lab'));
        return [sum(lab.backgroundColor) < sum(lab.color), r + g + b];";
    let (sheet, canvas): (bool, Option<f64>) = page.js(read, vec![]).await?;
    Ok((sheet, canvas.unwrap_or(-1.0) < 384.0 && canvas.is_some()))
}

/// Waits until both the sheets and the canvas are as the page is.
async fn becomes(page: &Page, what: &str, wanted: bool) -> Result<()> {
    page.eventually(what, async || Ok((dark(page).await? == (wanted, wanted)).then_some(()))).await
}

/// Opens a host that begins light, and switches it to dark and back while a run is shown.
fn follows(name: &str, css: &str, html: &str, body: &str, to_dark: &str, to_light: &str) {
    host(css, html, body, "LAB").browse(async |page| {
        page.open("/host.html").await?;
        becomes(page, &format!("{name}: the lab begins light"), false).await?;
        page.js::<()>(to_dark, vec![]).await?;
        becomes(page, &format!("{name}: the lab is dark"), true).await?;
        page.js::<()>(to_light, vec![]).await?;
        becomes(page, &format!("{name}: the lab is light again"), false).await
    });
}

#[test]
fn it_follows_a_page_that_sets_its_color_scheme() {
    // Docusaurus, Starlight, and Material by a media query of its own.
    let css = "html { color-scheme: light } html[data-theme=dark] { color-scheme: dark; background: #111 }";
    let root = "document.documentElement.dataset.theme = ";
    follows("data-theme with color-scheme", css, "", "", &format!("{root}'dark'"), &format!("{root}'light'"));
}

#[test]
fn it_follows_the_marks_of_pages_that_set_none() {
    let set = |on: &str, name: &str, value: &str| format!("document.{on}.setAttribute('{name}', '{value}')");
    for (name, on, attribute, light, dark) in [
        ("Furo", "body", "data-theme", "light", "dark"),
        ("Material", "body", "data-md-color-scheme", "default", "slate"),
        ("VitePress", "documentElement", "class", "", "dark"),
        ("Bootstrap", "documentElement", "data-bs-theme", "light", "dark"),
        ("mdBook", "documentElement", "class", "rust sidebar-visible", "coal sidebar-visible"),
        ("mdBook too", "documentElement", "class", "light", "ayu"),
    ] {
        let (html, body) = if on == "body" { ("", attribute) } else { (attribute, "") };
        let with = |at: &str| if at.is_empty() { String::new() } else { format!("{at}='{light}'") };
        follows(name, "", &with(html), &with(body), &set(on, attribute, dark), &set(on, attribute, light));
    }
}

#[test]
fn it_follows_a_page_that_only_has_another_colour_of_text() {
    let css = "body { background: #fff; color: #222; transition: color 0.1s }
        body.night { background: #161616; color: #ddd }";
    let (on, off) = ("document.body.className = 'night'", "document.body.className = ''");
    follows("only colours", css, "", "", on, off);
}

#[test]
fn it_follows_the_system_where_the_page_does_and_a_theme_of_its_own_wins() {
    let css = "html { color-scheme: light dark }";
    host(css, "", "", "LAB").browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver changes the system's theme
        }
        page.prefer(&[("prefers-color-scheme", "light")]).await?;
        let lab = page.open("/host.html").await?;
        becomes(page, "the lab begins light", false).await?;
        page.prefer(&[("prefers-color-scheme", "dark")]).await?;
        becomes(page, "the lab is dark as the system is", true).await?;
        lab.set("theme", Some("light")).await?;
        becomes(page, "the lab is as its theme says", false).await?;
        lab.set("theme", None).await?;
        becomes(page, "the lab is as its page again", true).await?;
        // On a page that is white whatever the system says, a dark lab would be a hole.
        page.js::<()>("document.querySelector('style').textContent = '';", vec![]).await?;
        becomes(page, "the lab is light as its page is", false).await
    });
}

/// The size of the lab's text beside that of the paragraph, and how wide it is.
async fn sizes(page: &Page) -> Result<(f64, f64, f64)> {
    page.drawn().await?;
    let read = "
        const host = document.querySelector('quorum-lab');
        const size = (of) => parseFloat(getComputedStyle(of).fontSize);
        return [size(host.shadowRoot.querySelector('.lab')), size(document.querySelector('#paragraph')),
            host.getBoundingClientRect().width];";
    page.js(read, vec![]).await
}

#[test]
fn its_text_is_as_large_as_the_text_around_whatever_the_root_has() {
    for root in ["62.5%", "100%", "125%", "150%"] {
        let css = format!("html {{ font-size: {root} }} body {{ font: 16px/1.5 serif; width: 700px }}");
        host(&css, "", "", "LAB").browse(async |page| {
            let lab = page.open("/host.html").await?;
            let (ours, theirs, wide) = sizes(page).await?;
            assert!((0.9..=1.1).contains(&(ours / theirs)), "root {root}: {ours} px beside {theirs}");
            assert!((wide - 700.0).abs() < 1.0, "it fills its column: {wide}");
            page.js::<()>("document.querySelector('quorum-lab').style.fontSize = '24px';", vec![]).await?;
            let (larger, ..) = sizes(page).await?;
            assert!((larger / ours - 1.5).abs() < 0.1, "it grows with its text: {ours} and then {larger}");
            page.js::<()>("document.querySelector('quorum-lab').style.cssText = '--quorum-font-size: 20px';", vec![])
                .await?;
            let (asked, ..) = sizes(page).await?;
            assert!((18.0..=21.0).contains(&asked), "--quorum-font-size: {asked}");
            // No part of it asks the root: nothing changes with that.
            page.js::<()>("document.querySelector('quorum-lab').style.cssText = '';", vec![]).await?;
            let before = page.layout().await?;
            page.js::<()>("document.documentElement.style.fontSize = '31px';", vec![]).await?;
            assert_eq!(page.layout().await?, before, "root {root}");
            lab.step(1).await
        });
    }
}

#[test]
fn it_has_a_width_wherever_an_author_puts_it() {
    let places = [
        ("flex", "<div style='display:flex'>LAB</div>"),
        ("flex in a column", "<div style='display:flex;flex-direction:column;align-items:center'>LAB</div>"),
        ("inline-block", "<div><style>quorum-lab{display:inline-block}</style>LAB</div>"),
        ("a float", "<div><style>quorum-lab{float:right}</style>LAB</div>"),
        ("a figure that floats", "<figure style='float:right;margin:0'>LAB</figure>"),
        ("a figure in flex", "<div style='display:flex'><figure style='margin:0'>LAB</figure></div>"),
        ("a grid", "<div style='display:grid;grid-template-columns:auto'>LAB</div>"),
        ("inline-grid", "<div style='display:inline-grid'>LAB</div>"),
    ];
    for (place, around) in places {
        host("body { margin: 0; font: 16px sans-serif }", "", "", around).browse(async |page| {
            for width in [1200, 375] {
                page.resize(width, 800).await?;
                page.open("/host.html").await?;
                let (.., wide) = sizes(page).await?;
                assert!(wide >= 300.0, "{place}, {width} px: it is {wide} px wide");
                let over: f64 = page.js("return document.documentElement.scrollWidth - innerWidth;", vec![]).await?;
                assert!(over < 1.0, "{place}, {width} px: it reaches {over} px out of the page");
            }
            Ok(())
        });
    }
}

#[test]
fn nothing_that_the_text_around_inherits_is_inherited() {
    let css = "body { letter-spacing: 0.3em; word-spacing: 1em; text-transform: uppercase; text-indent: 3em;
        white-space: pre; text-align: right; font-style: italic; font-weight: 900; font-variant: small-caps;
        line-height: 3; text-shadow: 1px 1px red; cursor: wait; word-break: break-all; tab-size: 9; direction: rtl;
        font-family: serif; hyphens: auto; list-style: square; quotes: 'a' 'b'; text-wrap: nowrap }";
    let mut looks = Vec::new();
    for css in ["body { font-size: 16px }".to_owned(), format!("body {{ font-size: 16px }} {css}")] {
        host(&css, "", "", "<div style='width:800px;direction:ltr'>LAB</div>").browse(async |page| {
            page.open("/host.html").await?;
            page.drawn().await?;
            let read = "
                const all = (of) => {
                    const style = getComputedStyle(of);
                    return ['letterSpacing', 'wordSpacing', 'textTransform', 'textIndent', 'whiteSpace', 'textAlign',
                        'fontStyle', 'fontWeight', 'fontVariant', 'lineHeight', 'textShadow', 'cursor', 'wordBreak',
                        'tabSize', 'direction', 'fontFamily', 'hyphens', 'listStyleType', 'quotes', 'textWrapMode']
                        .map((name) => `${name}: ${style[name]}`);
                };
                const root = document.querySelector('quorum-lab').shadowRoot;
                return ['.lab', '.hint', '.card', '.play', '.legend', '.list'].map((part) => all(root.querySelector(part)));";
            looks.push(page.js::<Value>(read, vec![]).await?);
            Ok(())
        });
    }
    assert_eq!(looks[1], looks[0]);
}

#[test]
fn a_page_that_runs_from_right_to_left_shows_it_as_it_is() {
    host("body { margin: 0 }", "dir=rtl", "", "<main lang=ar>LAB</main>").browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.step(2).await?;
        page.drawn().await?;
        let read = "
            const root = document.querySelector('quorum-lab').shadowRoot;
            const lab = root.querySelector('.lab');
            const ballot = root.querySelector('.card .rows b');
            const [ones, twos] = [1, 2].map((id) => root.querySelector(`[data-node='${id}']`).getBoundingClientRect().x);
            return [lab.dir, lab.lang, getComputedStyle(ballot).direction, getComputedStyle(lab).direction,
                root.querySelector('.at').innerText, document.documentElement.scrollWidth <= innerWidth];";
        let seen: Value = page.js(read, vec![]).await?;
        assert_eq!(seen, json!(["ltr", "en", "ltr", "ltr", "26 / 26", true]));
        Ok(())
    });
}

#[test]
fn it_has_a_role_and_a_name_and_a_page_may_name_it_otherwise() {
    host("", "dir=rtl", "", "<div>LAB</div>").browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver tells what a screen reader is told
        }
        let lab = page.open("/host.html").await?;
        page.devtools("Accessibility.enable", json!({})).await?;
        assert_eq!(told(page).await?, json!(["group", "Quorum: a laboratory for Paxos"]));
        lab.set("scenario", Some("first-agreement")).await?;
        page.eventually("its name is that of the scenario", async || {
            Ok((told(page).await?[1] == "First agreement: a laboratory for Paxos").then_some(()))
        })
        .await?;
        lab.set("aria-label", Some("Figure 3")).await?;
        assert_eq!(told(page).await?, json!(["group", "Figure 3"]));
        Ok(())
    });
}

/// What a screen reader is told of the element.
async fn told(page: &Page) -> Result<Value> {
    let document = page.devtools("DOM.getDocument", json!({})).await?;
    let find = json!({ "nodeId": document["root"]["nodeId"], "selector": "quorum-lab" });
    let found = page.devtools("DOM.querySelector", find).await?;
    let of = json!({ "nodeId": found["nodeId"], "fetchRelatives": false });
    let tree = page.devtools("Accessibility.getPartialAXTree", of).await?;
    let node = &tree["nodes"][0];
    Ok(json!([node["role"]["value"], node["name"]["value"]]))
}
