//! Files that a person opens: a run saved as one, as editors save it, and what is none.

use quorum_core::json::FromJson;
use quorum_core::scenario::Scenario;
use quorum_tests::{Lab, PLAIN, Page, Result, browse, json};

/// Opens the picker and gives it a file, as a person who chose one would.
async fn choose_file(page: &Page, lab: &Lab, name: &str, text: &str) -> Result<()> {
    choose_bytes(page, lab, name, text.as_bytes()).await
}

async fn choose_bytes(page: &Page, lab: &Lab, name: &str, bytes: &[u8]) -> Result<()> {
    lab.press("▾").await?;
    lab.part("dialog", "Scenarios").await?;
    let choose = "
        const input = args[0].shadowRoot.querySelector('dialog input[type=file]');
        const files = new DataTransfer();
        files.items.add(new File([new Uint8Array(args[2])], args[1]));
        input.files = files.files;
        input.dispatchEvent(new Event('change'));";
    page.js(choose, vec![lab.element().to_json()?, json!(name), json!(bytes)]).await
}

#[test]
fn a_recorded_run_saved_as_a_scenario_is_a_lesson_that_can_be_opened_again() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 5, "seed": 3 })).await?;
        lab.propose(1, "blue").await?;
        lab.step(25).await?;
        lab.server(2, "crash").await?;
        let view = lab.settle().await?;
        let watch = "
            window.saved = [];
            const click = HTMLAnchorElement.prototype.click;
            HTMLAnchorElement.prototype.click = function () { (window.names ??= []).push(this.download); click.call(this); };
            const make = URL.createObjectURL;
            URL.createObjectURL = (blob) => (window.saved.push(blob), make.call(URL, blob));";
        page.js::<()>(watch, vec![]).await?;
        lab.press("Share").await?;
        let sheet = lab.part("dialog", "Share").await?;
        sheet.part("textbox", "Title").await?.fill("My lesson").await?;
        sheet.part("textbox", "At step").await?.fill("Four of five know.").await?;
        sheet.press("Scenario, as a test").await?;
        let text: String = page.js("return window.saved[0].text();", vec![]).await?;
        sheet.press("Save as a file").await?;
        let names: Vec<String> = page.js("return window.names;", vec![]).await?;
        assert_eq!(names, ["my-lesson.test.quorum.json", "my-lesson.quorum.json"]);
        sheet.press("Close").await?;
        let scenario = Scenario::from_json(&serde_json::from_str(&text)?, "scenario")?;
        let played = scenario.play()?;
        assert!(played.is_as_expected(), "{:?}", played.checked);
        assert!(played.checked.len() >= 3, "it expects what came of it: {text}");
        assert_eq!(json!(played.history.now().digest()), lab.run().await?["digest"]);

        lab.reset(json!({ "nodes": 3 })).await?;
        choose_file(page, &lab, "mine.quorum.json", &text).await?;
        lab.until("it is open", |now| now["length"] == view["length"]).await?;
        let run = lab.run().await?;
        assert_eq!((&run["title"], &run["notes"][1]["says"]), (&json!("My lesson"), &json!("Four of five know.")));
        Ok(())
    });
}

/// As Windows' own editors and shells save it.
#[test]
fn a_file_in_utf_16_or_with_a_byte_order_mark_is_opened() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        for (servers, mark) in [(4, "UTF-8"), (6, "UTF-16")] {
            let text =
                json!({ "quorum": 1, "title": format!("Größe {mark}"), "config": { "nodes": servers } }).to_string();
            let bytes: Vec<u8> = match mark {
                "UTF-8" => ["\u{feff}", &text].concat().into(),
                _ => [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            };
            choose_bytes(page, &lab, "mine.json", &bytes).await?;
            lab.until(mark, |view| view["nodes"].as_array().map(Vec::len) == Some(servers)).await?;
            assert_eq!(lab.run().await?["title"], format!("Größe {mark}"));
        }
        Ok(())
    });
}

#[test]
fn a_file_that_cannot_be_opened_says_why_where_it_was_chosen_and_changes_nothing() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let before = lab.run().await?;
        for (text, says) in [
            ("{ no", "broken.json is not JSON"),
            (r#"{"quorum":1,"expect":5}"#, "This scenario is not valid"),
            (r#"{"quorum":1,"digest":"00","engine":"9"}"#, "This run is not valid"),
            (
                r#"{"quorum":1,"title":"T","about":"A","interventions":[{"action":{"type":"crash","node":9}}]}"#,
                "Intervention 1, at once: Cannot crash server 9: there is no server 9",
            ),
        ] {
            choose_file(page, &lab, "broken.json", text).await?;
            let picker = lab.part("dialog", "Scenarios").await?;
            picker.part("alert", says).await?;
            picker.press("Close").await?;
            assert_eq!(lab.run().await?, before);
        }
        Ok(())
    });
}
