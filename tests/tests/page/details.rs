//! What is told of a thing once it is selected is loaded when somebody reaches for one.

use quorum_tests::{Browser, Error, Lab, PLAIN, Page, Result, browse, json};

/// The terms of what is told of the selected thing.
async fn terms(page: &Page, lab: &Lab) -> Result<Vec<String>> {
    let read = "return [...args[0].shadowRoot.querySelectorAll('.about dt')].map((term) => term.textContent);";
    page.js(read, vec![lab.element().to_json()?]).await
}

async fn tells(page: &Page, lab: &Lab, term: &str) -> Result<()> {
    page.eventually(&format!("the inspector tells {term:?}"), async || {
        Ok(terms(page, lab).await?.iter().any(|told| told == term).then_some(()))
    })
    .await
}

#[test]
fn of_a_server_a_link_and_a_message_everything_is_told() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        lab.propose(1, "blue").await?;
        page.drawn().await?;
        let cluster = ["servers", "quorum", "network", "disk", "rules", "seed"];
        assert_eq!(terms(page, &lab).await?, cluster, "of the cluster, before anything else");
        lab.find("[data-node='2']").await?.click().await?;
        for term in ["is", "promised", "accepted", "learned", "disk", "links to"] {
            tells(page, &lab, term).await?;
        }
        lab.find(".link-to").await?.click().await?;
        for term in ["2 to 1", "1 to 2"] {
            tells(page, &lab, term).await?;
        }
        assert!(lab.find(".about").await?.text().await?.contains("Cut both ways"));
        let focus = "args[0].shadowRoot.querySelector('[data-message]').focus();";
        page.js::<()>(focus, vec![lab.element().to_json()?]).await?;
        tells(page, &lab, "status").await
    });
}

#[test]
fn without_the_details_a_sentence_says_so_a_server_can_be_acted_on_and_the_next_selection_asks_again() {
    browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver can take one file away
        }
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        page.devtools("Network.enable", json!({})).await?;
        page.devtools("Network.setBlockedURLs", json!({ "urls": ["*/details.js*"] })).await?;
        lab.find("[data-node='2']").await?.click().await?;
        let toast = lab.find(".toast").await?;
        let sentence = page
            .eventually("the page says what did not load", async || {
                Ok(Some(toast.text().await?).filter(|text| !text.is_empty()))
            })
            .await?;
        assert!(sentence.contains("did not load") && sentence.contains("select it again"), "{sentence}");
        lab.find("button[aria-keyshortcuts=c]").await?.click().await?;
        lab.until("server 2 is down", |view| view["nodes"][1]["status"] == "down").await?;

        page.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
        lab.find("[data-node='3']").await?.click().await?;
        tells(page, &lab, "promised").await?;
        // The browser reports each file that it could not have; nothing else went wrong.
        for error in page.take_errors().await? {
            assert!(error.contains("details.js"), "{error}");
        }
        Ok(())
    });
}

#[test]
fn a_file_that_is_loaded_at_its_first_use_is_asked_for_again_after_it_did_not_load() {
    browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver can take files away
        }
        let lab = page.open(PLAIN).await?;
        page.devtools("Network.enable", json!({})).await?;
        let late = ["*/lazy.js*", "*/api.js*", "*/later.js*"];
        page.devtools("Network.setBlockedURLs", json!({ "urls": late })).await?;
        let toast = lab.find(".toast").await?;
        lab.press("Help").await?;
        page.eventually("the page says that the help did not load", async || {
            let text = toast.text().await?;
            Ok(text.contains("did not load").then_some(()))
        })
        .await?;
        let refused = lab.step(1).await.expect_err("a method did not load");
        assert!(
            refused.to_string().contains("did not load") && refused.to_string().contains("try again"),
            "{refused:#}"
        );

        page.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
        let before = lab.view().await?["step"].as_u64();
        lab.step(1).await?;
        assert_eq!(lab.view().await?["step"].as_u64(), before.map(|step| step + 1));
        lab.reset(json!({ "nodes": 4 })).await?;
        lab.press("Help").await?;
        lab.part("dialog", "Help").await?;
        // The browser reports each file that it could not have; nothing else went wrong.
        for error in page.take_errors().await? {
            assert!(["lazy.js", "api.js", "later.js"].iter().any(|file| error.contains(file)), "{error}");
        }
        Ok(())
    });
}

#[test]
fn what_was_typed_for_a_server_is_there_again_after_a_look_at_another_one() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        let server = async |id: u32| {
            lab.find(&format!("[data-node='{id}']")).await?.click().await?;
            Ok::<_, Error>(())
        };
        let value = async || {
            lab.press("Propose…").await?;
            lab.part("textbox", "Value").await
        };
        server(2).await?;
        value().await?.fill("lunch at noon").await?;
        server(3).await?;
        assert_ne!(value().await?.value().await?, "lunch at noon", "it was typed for server 2");
        server(2).await?;
        assert_eq!(value().await?.value().await?, "lunch at noon");
        lab.find("form .primary").await?.click().await?;
        lab.until("it is asked for", |view| view["nodes"][1]["proposal"]["asked"] == "lunch at noon").await?;
        server(3).await?;
        server(2).await?;
        assert_ne!(value().await?.value().await?, "lunch at noon", "that was proposed");
        Ok(())
    });
}
