//! A person lets servers agree, and takes servers away until they cannot.

use quorum_tests::{Lab, PLAIN, Page, Result, browse, chosen, event, json, learned};

async fn five(page: &Page, seed: u32) -> Result<Lab> {
    let lab = page.open(PLAIN).await?;
    lab.reset(json!({ "nodes": 5, "seed": seed })).await?;
    Ok(lab)
}

#[test]
fn five_servers_agree_on_what_one_of_them_is_asked_for() {
    browse(async |page| {
        let lab = five(page, 7).await?;
        lab.propose(1, "blue").await?;
        let view = lab.settle().await?;
        assert_eq!(chosen(&view), ["blue"]);
        assert_eq!(learned(&view), [Some("blue"); 5]);
        let events = lab.events(0).await?;
        let choice = event(&events, "chosen").expect("the log tells when it was chosen");
        assert_eq!((&choice["slot"], &choice["value"]), (&json!(0), &json!("blue")));
        let quorum = choice["quorum"].as_array().map_or(0, Vec::len);
        assert!(quorum >= 3, "{choice}");
        let learners = events.iter().filter(|event| event["event"] == "learned");
        assert_eq!(learners.count(), 5, "each server learns once");
        page.drawn().await?;
        let text = lab.text().await?;
        assert!(text.contains("Everyone knows."), "{text}");
        Ok(())
    });
}

#[test]
fn rivals_agree_on_one_of_their_values() {
    browse(async |page| {
        for seed in 1..=5 {
            let lab = five(page, seed).await?;
            for (node, value) in [(1, "blue"), (3, "red"), (5, "green")] {
                lab.propose(node, value).await?;
            }
            let view = lab.settle().await?;
            let [value] = chosen(&view)[..] else { panic!("seed {seed}: not one value was chosen: {view}") };
            assert!(["blue", "red", "green"].contains(&value), "seed {seed}: {value}");
            assert_eq!(learned(&view), [Some(value); 5], "seed {seed}");
        }
        Ok(())
    });
}

#[test]
fn five_servers_of_which_two_are_down_agree() {
    browse(async |page| {
        let lab = five(page, 8).await?;
        lab.server(2, "crash").await?;
        lab.server(5, "crash").await?;
        lab.propose(3, "green").await?;
        let view = lab.settle().await?;
        assert_eq!(chosen(&view), ["green"]);
        let green = Some("green");
        assert_eq!(learned(&view), [green, None, green, green, None], "those that are up know");
        Ok(())
    });
}

#[test]
fn two_crashes_on_the_way_change_nothing_about_agreeing() {
    browse(async |page| {
        let lab = five(page, 9).await?;
        lab.propose(1, "blue").await?;
        lab.step(12).await?;
        assert!(chosen(&lab.view().await?).is_empty(), "it is on its way");
        lab.server(4, "crash").await?;
        lab.server(5, "crash").await?;
        let view = lab.settle().await?;
        assert_eq!(chosen(&view), ["blue"]);
        assert_eq!(learned(&view)[..3], [Some("blue"); 3]);

        // Its first proposer goes too, once others are back: what is chosen stays chosen.
        lab.server(1, "crash").await?;
        lab.server(4, "restart").await?;
        lab.propose(2, "red").await?;
        let view = lab.settle().await?;
        assert_eq!(chosen(&view), ["blue"], "red came too late");
        assert_eq!(learned(&view)[1..4], [Some("blue"); 3]);
        Ok(())
    });
}

#[test]
fn with_three_of_five_down_nothing_is_chosen_until_they_are_back() {
    browse(async |page| {
        let lab = five(page, 10).await?;
        for node in 3..=5 {
            lab.server(node, "crash").await?;
        }
        lab.propose(1, "blue").await?;
        let before = lab.view().await?["step"].as_u64();
        lab.step(500).await?;
        let view = lab.view().await?;
        assert_eq!(view["step"].as_u64(), before.map(|step| step + 500), "the proposer keeps trying");
        assert!(chosen(&view).is_empty(), "{view}");
        assert_eq!(learned(&view), [None; 5]);
        for node in 3..=5 {
            lab.server(node, "restart").await?;
        }
        let view = lab.settle().await?;
        assert_eq!(chosen(&view), ["blue"]);
        assert_eq!(learned(&view), [Some("blue"); 5]);
        Ok(())
    });
}
