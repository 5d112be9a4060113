//! One run after the other in the same lab, of the same protocol or another: nothing of the first is left.

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

/// All that is told of the cluster, line by line.
async fn cluster(page: &Page, lab: &Lab) -> Result<Vec<String>> {
    page.drawn().await?;
    let read = "return [...args[0].shadowRoot.querySelectorAll('.about dl > div')].map((it) => it.textContent);";
    page.js(read, vec![lab.element().to_json()?]).await
}

#[test]
fn the_facts_of_the_cluster_are_those_of_the_run_and_of_the_branch_also_at_the_same_step() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        for (nodes, seed) in [(3, 3), (5, 8)] {
            lab.reset(json!({ "nodes": nodes, "seed": seed })).await?;
            lab.seek(0).await?;
            let facts = cluster(page, &lab).await?;
            assert_eq!(facts[0], format!("servers{nodes}, {nodes} of them acceptors"), "{facts:?}");
            assert!(facts.contains(&format!("seed{seed}")), "{facts:?}");
        }
        lab.propose(1, "blue").await?;
        lab.step(4).await?;
        lab.seek(3).await?;
        lab.apply(json!({ "type": "rule", "rule": "keep-promise", "on": false })).await?;
        let rules =
            async || Ok::<_, anyhow::Error>(cluster(page, &lab).await?.into_iter().find(|it| it.starts_with("rules")));
        assert_eq!(rules().await?.as_deref(), Some("rulesoff: Acceptors keep their promises"));
        lab.call("switchTo", [json!(1)]).await?;
        lab.seek(4).await?;
        assert_eq!(rules().await?.as_deref(), Some("rulesall on"));
        Ok(())
    });
}

#[test]
fn what_was_refused_in_one_run_is_not_said_of_the_next() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        lab.seek(0).await?;
        lab.press("Back").await?;
        let toast = async || Ok(lab.shown(".toast").await?.filter(|says| says == "This is the beginning."));
        page.eventually("it is refused", toast).await?;
        lab.reset(json!({ "nodes": 5, "seed": 3 })).await?;
        assert_eq!(lab.shown(".toast").await?.unwrap_or_default(), "");
        Ok(())
    });
}
