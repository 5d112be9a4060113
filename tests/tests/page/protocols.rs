//! One protocol after the other in the same lab: nothing of the first is left.

use quorum_tests::log::leader;
use quorum_tests::{Lab, Log, PLAIN, Page, Result, browse, json};

/// Clicks a server, and waits until the facts about it have a line called `wanted`; all their names.
async fn facts(page: &Page, lab: &Lab, server: u32, wanted: &str) -> Result<Vec<String>> {
    lab.find(&format!("[data-node='{server}']")).await?.click().await?;
    let read = "return [...args[0].shadowRoot.querySelectorAll('.about dt')].map((it) => it.textContent);";
    page.eventually(&format!("there is a line “{wanted}”"), async || {
        let names: Vec<String> = page.js(read, vec![lab.element().to_json()?]).await?;
        Ok(Some(names).filter(|names| names.iter().any(|name| name == wanted)))
    })
    .await
}

#[test]
fn the_facts_about_a_server_are_those_of_its_protocol() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        let one = facts(page, &lab, 2, "accepted").await?;
        assert!(!one.contains(&"store".to_owned()), "{one:?}");

        lab.reset(json!({ "nodes": 3, "seed": 3, "protocol": "log" })).await?;
        let log = facts(page, &lab, 2, "store").await?;
        assert!(!log.contains(&"accepted".to_owned()), "{log:?}");
        lab.part("button", "Crash").await?;
        let view = Log::of(lab.clone()).on("somebody leads", |view| leader(view).is_some()).await?;
        let first = u32::try_from(leader(&view).unwrap_or_default())?;
        facts(page, &lab, first, "chosen to").await?;
        lab.part("button", "Crash").await?;

        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        assert_eq!(facts(page, &lab, 1, "accepted").await?, one);
        lab.part("button", "Crash").await?;
        Ok(())
    });
}
