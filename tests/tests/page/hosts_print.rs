//! Somebody prints a page with labs in it: each is a figure, and says what it shows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use quorum_tests::{Browser, Context, Page, Result, Setup, Value, json};

const HOST: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Notes</title><link rel=icon href=icon.svg>
    <style>html { color-scheme: dark } body { font: 16px/1.5 serif; max-width: 44rem }</style>
    <script type=module src=quorum-lab.js></script><h1>Notes</h1><p>Before the figure.</p>
    <quorum-lab scenario=chosen-but-nobody-knows step=40 panels='stage events inspector' ATTRIBUTES></quorum-lab>
    <p>After it.</p>";

fn host(attributes: &str) -> Setup {
    Setup::new().page("/host.html", HOST.replace("ATTRIBUTES", attributes))
}

/// How many pages of paper it takes.
async fn pages(page: &Page) -> Result<usize> {
    let answer = page.devtools("Page.printToPDF", json!({ "printBackground": false })).await?;
    let pdf = BASE64.decode(answer["data"].as_str().context("the browser gave no PDF")?)?;
    let text = String::from_utf8_lossy(&pdf);
    Ok(text.matches("/Type /Page\n").count() + text.matches("/Type /Page\r").count())
}

/// What is on the paper, as the browser lays it out for it.
async fn on_paper(page: &Page) -> Result<Value> {
    page.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
    let read = "
        dispatchEvent(new Event('beforeprint'));
        const root = document.querySelector('quorum-lab').shadowRoot;
        const seen = (part) => !!root.querySelector(part)?.checkVisibility();
        const box = (part) => (part instanceof Element ? part : root.querySelector(part)).getBoundingClientRect();
        const area = box('.area');
        const inside = [...root.querySelectorAll('.card')].every((card) => {
            const { left, right, top, bottom } = box(card);
            return left >= area.left && right <= area.right && top >= area.top && bottom <= area.bottom;
        });
        const chip = getComputedStyle(root.querySelector('.chip.durable'));
        const lab = getComputedStyle(root.querySelector('.lab'));
        const found = {
            seen: ['.hint', '.card', '.chosen', '.legend', '.caption', '.row'].filter(seen),
            not: ['header', '.controls', '.inspector', '.notices', '.legend button', '[role=tab]', '.bar'].filter(seen),
            inside,
            caption: root.querySelector('.caption').innerText,
            note: root.querySelector('.hint').scrollHeight <= root.querySelector('.hint').clientHeight + 1,
            width: box('.lab').width,
            colours: [chip.printColorAdjust, lab.colorScheme],
            rows: root.querySelectorAll('.row').length,
            events: document.querySelector('quorum-lab').record.count,
        };
        dispatchEvent(new Event('afterprint'));
        return found;";
    let found = page.js(read, vec![]).await?;
    page.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await?;
    Ok(found)
}

#[test]
fn on_paper_a_lab_is_a_figure_with_its_note_and_its_step_in_words() {
    host("").browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver prints
        }
        page.open("/host.html").await?;
        let before = page.layout().await?;
        let found = on_paper(page).await?;
        assert_eq!(found["seen"], json!([".hint", ".card", ".chosen", ".legend", ".caption"]), "{found}");
        assert_eq!(found["not"], json!([]), "what is pressed is not printed");
        assert_eq!(found["inside"], true, "the servers stand where there is room for them");
        assert_eq!(found["note"], true, "the note is there to its end");
        let caption = found["caption"].as_str().unwrap_or_default();
        assert!(caption.starts_with("Chosen, but nobody knows, step 40, 134 ms: "), "{caption}");
        assert!(found["width"].as_f64().is_some_and(|wide| wide <= 680.0), "any paper has room for it: {found}");
        assert_eq!(found["colours"], json!(["exact", "light"]), "durable looks durable, on white paper");
        assert_eq!(page.layout().await?, before, "and then all is as it was");
        assert_eq!(pages(page).await?, 1);
        Ok(())
    });
}

#[test]
fn the_events_are_printed_where_they_are_asked_for() {
    host("print=events").browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(());
        }
        page.open("/host.html").await?;
        page.drawn().await?;
        let found = on_paper(page).await?;
        assert_eq!(found["rows"], found["events"], "all of them");
        assert_eq!(found["seen"], json!([".hint", ".card", ".chosen", ".legend", ".caption", ".row"]));
        assert!(pages(page).await? > 3);
        Ok(())
    });
}
