//! Everything a person does most can be done with keys alone, and the page around keeps the keys that are left.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Lab, PLAIN, Page, Result, Setup, Value, browse, chosen, json};

async fn press(page: &Page, keys: impl ToString) -> Result<()> {
    page.driver().action_chain().send_keys(keys.to_string()).perform().await?;
    Ok(())
}

/// Presses Tab until a server of the lab has the focus, as one does who has no mouse.
async fn tab_to_a_server(page: &Page, lab: &Lab) -> Result<()> {
    page.eventually("Tab leads to a server", async || {
        press(page, Key::Tab + "").await?;
        let there = "return args[0].shadowRoot.activeElement?.matches('[data-node]') ?? false;";
        let there: bool = page.js(there, vec![lab.element().to_json()?]).await?;
        Ok(Some(()).filter(|()| there))
    })
    .await
}

#[test]
fn a_server_is_crashed_restarted_and_asked_for_a_value_with_keys_alone() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        tab_to_a_server(page, &lab).await?;

        press(page, "3").await?;
        let card = lab.find("[data-node='3']").await?;
        page.eventually("server 3 is selected", async || {
            Ok(card.attr("aria-pressed").await?.filter(|pressed| pressed == "true"))
        })
        .await?;
        press(page, "c").await?;
        lab.until("server 3 is down", |view| view["nodes"][2]["status"] == "down").await?;
        page.drawn().await?;
        let text = card.text().await?;
        assert!(text.contains("down"), "the card says {text}");

        press(page, "r").await?;
        lab.until("server 3 is up again", |view| view["nodes"][2]["status"] == "up").await?;
        page.drawn().await?;
        let text = card.text().await?;
        assert!(!text.contains("down"), "the card says {text}");

        press(page, "p").await?;
        page.eventually("the form has the focus", async || {
            let there = "return args[0].shadowRoot.activeElement?.matches('form input[name=value]') ?? false;";
            let there: bool = page.js(there, vec![lab.element().to_json()?]).await?;
            Ok(Some(()).filter(|()| there))
        })
        .await?;
        // Letters and digits that are keys of the lab are letters and digits here.
        press(page, "crimson 1").await?;
        press(page, Key::Enter + "").await?;
        let view = lab.until("it is proposed", |view| !view["nodes"][2]["proposal"].is_null()).await?;
        assert_eq!(view["nodes"][2]["proposal"]["asked"], "crimson 1");
        assert_eq!(view["nodes"][0]["status"], "up");
        assert_eq!(view["step"], 3, "a crash, a restart and a proposal");
        Ok(())
    });
}

#[test]
fn the_arrow_steps_and_space_plays_and_pauses() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        lab.propose(1, "blue").await?;
        lab.by_single_steps().await?;
        lab.set("speed", Some("16")).await?;
        tab_to_a_server(page, &lab).await?;
        for step in 2..=6 {
            press(page, Key::Right + "").await?;
            let view = lab.until(&format!("step {step} is done"), |view| view["step"] == step).await?;
            assert_eq!(view["step"], step);
        }
        let word = lab.find("button.play").await?;
        assert!(word.text().await?.contains("Play"));
        press(page, " ").await?;
        let view = lab.until("it plays", |view| view["step"].as_u64() > Some(8)).await?;
        assert!(word.text().await?.contains("Pause"), "{view}");
        press(page, " ").await?;
        page.drawn().await?;
        assert!(word.text().await?.contains("Play"));
        // The focus is still in the lab, wherever the message went that had it.
        press(page, " ").await?;
        lab.set("speed", Some("64")).await?;
        let view = lab.until("they agree", |view| view["next"].is_null()).await?;
        assert_eq!(chosen(&view), ["blue"]);
        Ok(())
    });
}

#[test]
fn keys_the_lab_uses_stay_inside_and_others_reach_the_page_around() {
    let host = "<!doctype html><script type=module src=quorum-lab.js></script>
        <link rel=icon href=icon.svg><button id=outside>Outside</button><quorum-lab nodes=3 seed=5 step=0></quorum-lab>";
    Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html").await?;
        let listen = "
            globalThis.heard = [];
            document.addEventListener('keydown', (event) => heard.push([event.key, event.defaultPrevented]));";
        page.js::<()>(listen, vec![]).await?;
        tab_to_a_server(page, &lab).await?;
        page.js::<()>("heard.length = 0;", vec![]).await?;
        for key in ["2", "c", "q", "r", "9", "z"] {
            press(page, key).await?;
        }
        press(page, Key::Right + "").await?;
        // At the end, play begins again.
        press(page, " ").await?;
        press(page, " ").await?;
        press(page, Key::End + "").await?;
        let heard: Value = page.js("return heard;", vec![]).await?;
        let heard: Vec<_> = heard.as_array().into_iter().flatten().filter(|key| key[0] != "End").cloned().collect();
        // There is no server 9; q and z do nothing.
        assert_eq!(json!(heard), json!([["q", false], ["9", false], ["z", false]]));
        lab.until("2 was crashed and restarted", |view| view["step"] == 2).await?;

        // Outside the lab no key is taken.
        page.js::<()>("heard.length = 0; document.getElementById('outside').focus();", vec![]).await?;
        for key in ["2", "c", "p"] {
            press(page, key).await?;
        }
        let heard: Value = page.js("return heard;", vec![]).await?;
        assert_eq!(heard, json!([["2", false], ["c", false], ["p", false]]));
        assert_eq!(lab.view().await?["step"], 2);
        Ok(())
    });
}

#[test]
fn keys_with_control_are_left_to_the_browser() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        tab_to_a_server(page, &lab).await?;
        press(page, "1").await?;
        page.driver().action_chain().key_down(Key::Control).send_keys("c").key_up(Key::Control).perform().await?;
        page.drawn().await?;
        assert_eq!(lab.view().await?["nodes"][0]["status"], "up");
        press(page, "c").await?;
        lab.until("server 1 is down", |view| view["nodes"][0]["status"] == "down").await?;
        Ok(())
    });
}
