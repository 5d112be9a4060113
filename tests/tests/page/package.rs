//! The package in the places that are hard on it: a strict policy, a frame, a page opened from a disk.

use quorum_tests::{Browser, Page, Result, Setup, Value, json, package};
use std::fs;

/// The policy that docs/embedding.md names.
const STRICT: &str = include_str!("../../hosts/policy.txt");
/// What docs/embedding.md gives to a page around a frame.
const LISTENS: &str = include_str!("../../hosts/frame.js");

const LAB: &str = "<quorum-lab scenario=chosen-but-nobody-knows step=40></quorum-lab>";

/// Counts what a policy forbade, from the page's first moment, and what workers found.
const COUNT: &str = "globalThis.forbidden = [];
    globalThis.found = 0;
    globalThis.Worker = class extends Worker {
        constructor(...given) {
            super(...given);
            this.addEventListener('message', ({ data }) => data.report && found++);
        }
    };
    addEventListener('securitypolicyviolation', (event) => forbidden.push(`${event.violatedDirective} ${event.blockedURI}`));";

#[test]
fn under_the_strictest_policy_nothing_is_forbidden_and_the_search_has_a_worker() {
    let host = format!(
        "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><script src=count.js></script>
        <script type=module src=quorum-lab.js></script>{LAB}"
    );
    for site in [Setup::package(), Setup::new()] {
        let site = site.page("/host.html", host.clone()).page("/count.js", COUNT);
        site.header("Content-Security-Policy", &format!("default-src 'none'; {}", STRICT.trim())).browse(
            async |page| {
                page.go("/host.html").await?;
                let lab = page.lab("quorum-lab").await?;
                lab.step(2).await?;
                for name in ["Disk", "Space-time", "Events"] {
                    lab.part("tab", name).await?.click().await?;
                }
                lab.press("What if…").await?;
                lab.press("Search every run").await?;
                let verdict = "
                const root = document.querySelector('quorum-lab').shadowRoot;
                const said = () => /No run within/.test(root.querySelector('dialog')?.innerText ?? '');
                while (!said()) await new Promise((done) => setTimeout(done, 50));
                return [found, forbidden];";
                let (found, forbidden): (u32, Vec<String>) = page.js(verdict, vec![]).await?;
                assert_eq!(found, 1, "a worker has found it, and not the page's own thread");
                assert!(forbidden.is_empty(), "{forbidden:?}");
                Ok(())
            },
        );
    }
}

#[test]
fn one_file_is_enough_for_a_page_opened_from_a_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(package().join("single.js"), folder.path().join("single.js")).expect("cargo xtask package makes it");
    let host =
        format!("<!doctype html><meta charset=utf-8><link rel=icon href=data:,><script src=single.js></script>{LAB}");
    fs::write(folder.path().join("host.html"), host).expect("written");
    Setup::package().browse(async |page| {
        page.driver().goto(format!("file://{}", folder.path().join("host.html").display())).await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?["step"], 40);
        lab.step(3).await?;
        lab.press("Share…").await?;
        let refused = page
            .eventually("a link needs a page that opens it", async || lab.shown("dialog [role=alert]").await)
            .await?;
        assert!(refused.contains("attribute `site`"), "{refused}");
        lab.press("Close").await?;
        // With one, it leads there.
        lab.set("site", Some("https://example.org/quorum/")).await?;
        assert!(lab.share().await?.starts_with("https://example.org/quorum/#q1."));
        Ok(())
    });
}

#[test]
fn one_file_works_in_a_sandboxed_frame_of_a_server_that_knows_nothing_of_it() {
    let framed = format!("<!doctype html><link rel=icon href=data:,><script src=single.js></script>{LAB}");
    let host = "<!doctype html><link rel=icon href=data:,><iframe sandbox=allow-scripts src=framed.html width=900 height=800></iframe>";
    Setup::package().page("/framed.html", framed).page("/host.html", host).browse(async |page| {
        page.go("/host.html").await?;
        page.driver().enter_frame(0).await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?["step"], 40);
        Ok(())
    });
}

/// A page around a frame that is as high as it says, as the README has it.
fn around(frame: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>A wiki</title><link rel=icon href=data:,><body style='margin:0;width:700px'>
        <script type=module>
            globalThis.heights = [];
            addEventListener('message', ({{ data }}) => data?.type === 'quorum-height' && heights.push(data.height));
            {LISTENS}
        </script>
        {frame}"
    )
}

const QUERY: &str = "scenario=chosen-but-nobody-knows&amp;step=40&amp;panels=stage%20events&amp;controls=compact";

/// Waits until the page around knows how high the figure in the frame is, and says it.
async fn known(page: &Page, inner: f64) -> Result<f64> {
    let last = async || {
        let heights: Vec<f64> = page.js("return heights;", vec![]).await?;
        Ok(heights.last().copied().filter(|height| (inner - height).abs() < 2.0))
    };
    page.eventually(&format!("the page around knows that the figure is {inner} px high"), last).await
}

#[test]
fn a_frame_takes_its_options_from_its_address_and_tells_how_high_it_is() {
    let frame =
        format!("<iframe src='embed.html?{QUERY}' title=Chosen width=100% height=300 style='border:0'></iframe>");
    Setup::package().page("/wiki.html", around(&frame)).browse(async |page| {
        page.go("/wiki.html").await?;
        page.driver().enter_frame(0).await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?["step"], 40);
        let inner: f64 = page.js("return document.querySelector('quorum-lab').offsetHeight;", vec![]).await?;
        let scrolls: bool = page
            .js("return document.scrollingElement.scrollHeight > document.scrollingElement.clientHeight + 1;", vec![])
            .await?;
        assert!(!scrolls, "the frame has a scroll bar of its own");
        page.driver().enter_default_frame().await?;
        let height = known(page, inner).await?;
        // Asked, it tells again.
        let ask = "
            const before = heights.length;
            document.querySelector('iframe').contentWindow.postMessage({ type: 'quorum-height?' }, '*');
            while (heights.length === before) await new Promise((done) => setTimeout(done, 10));
            return heights.at(-1);";
        assert!((page.js::<f64>(ask, vec![]).await? - height).abs() < 2.0);
        Ok(())
    });
}

#[test]
fn a_frame_of_another_site_works_and_says_what_it_was_asked_for_in_vain() {
    Setup::package().page("/wiki.html", around("")).browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(());
        }
        // The same server by another name is another site.
        let other = page.url("/embed.html").replace("127.0.0.1", "localhost");
        page.go("/wiki.html").await?;
        let open = "
            const frame = document.createElement('iframe');
            frame.src = `${args[0]}?stepp=3&scenario=first-agreement`;
            document.body.append(frame);
            await new Promise((done) => (frame.onload = done));";
        page.js::<()>(open, vec![json!(other)]).await?;
        page.driver().enter_frame(0).await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.run().await?["title"], "First agreement");
        let says: String = page.js("return document.querySelector('p[role=alert]').innerText;", vec![]).await?;
        assert!(says.contains("“stepp”"), "{says}");
        Ok(())
    });
}

#[test]
fn embed_gives_lines_that_show_this_very_moment() {
    Setup::new().browse(async |page| {
        let lab = page.open("").await?;
        lab.seek(9).await?;
        lab.choose("Share…").await?;
        lab.press("Embed…").await?;
        let read = "
            const root = document.querySelector('quorum-lab').shadowRoot;
            while (!root.querySelector('.ways textarea')) await new Promise((done) => setTimeout(done, 20));
            return Object.fromEntries([...root.querySelectorAll('.ways textarea')].map((it) => [it.ariaLabel, it.value]));";
        let lines: Value = page.js(read, vec![]).await?;
        let line = lines["A page"].as_str().unwrap_or_default();
        assert!(line.contains("<quorum-lab scenario=\"first-agreement\" step=\"9\" panels=\"stage events\""), "{lines:#}");
        // What a reader of the page does afterwards is a run of their own, and has a link.
        lab.press("Close").await?;
        lab.server(3, "crash").await?;
        lab.choose("Share…").await?;
        lab.press("Embed…").await?;
        let lines: Value = page.js(read, vec![]).await?;
        let framed = lines["A frame"].as_str().unwrap_or_default();
        let address = framed.split('"').nth(1).unwrap_or_default().replace("&amp;", "&").replace("quorum/", "");
        let left = lab.view().await?;
        let there = page.open(&address).await?;
        assert_eq!(there.view().await?["nodes"], left["nodes"], "{address}");
        Ok(())
    });
}
