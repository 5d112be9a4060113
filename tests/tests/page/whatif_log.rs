//! What if a rule of a log did not hold? A log has rules of its own, a search of its own, and kept runs of its own; and a search
//! goes on from where a log is.

use quorum_tests::{WhatIf, browse, json};

#[test]
fn without_a_rule_of_a_log_the_shortest_run_is_found_and_plays_to_the_harm() {
    browse(async |page| {
        let lab = page.open("#scenario=steady-leader").await?;
        let pane = WhatIf::open(&lab).await?;
        pane.switch("deduplicate").await?;
        let says = pane.ask("Find a counterexample").await?;
        assert!(
            says.starts_with("An operation takes effect twice, after 9 moves and no sooner, within 3 servers"),
            "{says}"
        );
        assert!(says.contains("it could not have happened"), "{says}");
        pane.plays(page, &lab).await?;
        let length = lab.run().await?["length"].as_u64().unwrap_or_default();
        lab.seek(u32::try_from(length)?).await?;
        let view = lab.view().await?;
        let last = view["violations"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        assert_eq!((&view["protocol"], &last["step"]), (&json!("log"), &json!(length)), "{view}");
        // Another rule, whose run is kept.
        let pane = WhatIf::open(&lab).await?;
        pane.pane
            .part("link", "Watch it break without: A leader does not answer reads by itself")
            .await?
            .click()
            .await?;
        page.eventually("the kept run is open", async || {
            let config = lab.run().await?["config"].clone();
            Ok((config["rules"] == json!({ "read-through-log": false })).then_some(()))
        })
        .await
    });
}

#[test]
fn from_the_middle_of_a_log_it_is_told_whether_it_can_still_go_wrong() {
    browse(async |page| {
        let lab = page.open("#scenario=gap-filled").await?;
        lab.seek(60).await?;
        let before = lab.run().await?;
        let pane = WhatIf::open(&lab).await?;
        pane.bound("Ballots", 1.0).await?;
        pane.bound("Clients, with one command each", 1.0).await?;
        let says = pane.ask("Search from step 60").await?;
        assert!(says.starts_with("No run within 3 servers, window 3, 1 client, 1 ballot on from step 60"), "{says}");
        assert!(says.ends_with("What clients ask for can still be chosen."), "{says}");
        pane.switch("report-every-vote").await?;
        let says = pane.ask("Search from step 60").await?;
        assert!(says.starts_with("Two commands are chosen in one slot, after 4 moves on from step 60"), "{says}");
        assert_eq!(lab.run().await?, before, "the run on screen is only looked at");
        // What is found begins as the run did, and goes on to the harm.
        pane.plays(page, &lab).await?;
        let found = lab.run().await?;
        let length = found["length"].as_u64().unwrap_or_default();
        assert_eq!(found["config"], before["config"]);
        lab.seek(u32::try_from(length)?).await?;
        let view = lab.view().await?;
        let last = view["violations"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        assert_eq!((&last["invariant"], &last["step"]), (&json!("one-command-per-slot"), &json!(length)), "{view}");
        Ok(())
    });
}
