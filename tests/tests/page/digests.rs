//! A run in the page is the same run natively, event by event, if both were built from the same source.

use quorum_core::json::{FromJson, Json};
use quorum_core::run::Run;
use quorum_tests::{Context, Lab, PLAIN, Result, Value, browse, ensure, json};

/// Replays the page's run natively and compares everything the page shows of it.
async fn the_same_natively(lab: &Lab, what: &str) -> Result<String> {
    let run = lab.run().await?;
    let tree: Json = serde_json::from_value(run.clone())?;
    let run_here = Run::from_json(&tree, "run").with_context(|| format!("{what}: {run}"))?;
    assert_eq!(serde_json::to_value(Json::from(&run_here))?, run, "{what}: a run is written as it is read");

    let history = run_here.replay().with_context(|| format!("{what}: {run}"))?;
    let simulation = history.now();
    let events = history.events(0, simulation.steps());
    assert_eq!(run["digest"], simulation.digest(), "{what}");
    assert_eq!(run["length"], simulation.steps(), "{what}");

    let scheme = simulation.config().ballots;
    let log = events.iter().map(|event| serde_json::to_value(event.json(scheme)));
    let log = log.collect::<Result<Vec<Value>, _>>()?;
    let page_log = lab.events(0).await?;
    for (here, there) in log.iter().zip(&page_log) {
        assert_eq!(here, there, "{what}");
    }
    assert_eq!(log.len(), page_log.len(), "{what}");
    let view = serde_json::to_value(history.view())?;
    assert_eq!(view, lab.view().await?, "{what}");
    Ok(simulation.digest())
}

#[test]
fn a_run_with_every_kind_of_trouble_has_the_same_digest_natively() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let mut digests = Vec::new();
        for (seed, ballots) in [(11, "rounds"), (12, "ranges"), (9_007_199_254_740_991_u64, "rounds")] {
            let config = json!({
                "nodes": 5, "seed": seed, "ballots": ballots, "disk": [0, 9], "retry": 130,
                "network": { "loss": 0.15, "duplicate": 0.125, "latency": [5, 60] },
            });
            lab.reset(config).await?;
            for (node, value) in [(1, "blue"), (3, "größer 🌍"), (5, "<i>")] {
                lab.propose(node, value).await?;
            }
            lab.step(25).await?;
            lab.server(2, "crash").await?;
            lab.apply(json!({ "type": "partition", "groups": [[1, 3], [4, 5]] })).await?;
            lab.step(30).await?;
            lab.apply(json!({ "type": "power-cut" })).await?;
            lab.apply(json!({ "type": "network", "loss": 0.333, "latency": [1, 2] })).await?;
            lab.propose(4, "green").await?;
            lab.step(40).await?;
            lab.apply(json!({ "type": "heal" })).await?;
            lab.server(4, "pause").await?;
            lab.step(40).await?;
            digests.push(the_same_natively(&lab, &format!("seed {seed}, {ballots}")).await?);
        }
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), 3, "different runs have different digests");
        Ok(())
    });
}

#[test]
fn the_run_of_a_first_visit_and_its_end_are_the_same_natively() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        the_same_natively(&lab, "the first visit").await?;
        lab.settle().await?;
        the_same_natively(&lab, "its end").await?;
        Ok(())
    });
}

#[test]
fn a_run_made_natively_is_loaded_by_the_page() {
    use quorum_core::scenario::RandomRun;
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        for seed in [1, 2, 3] {
            let mut world = RandomRun::new(seed);
            world.disturb(200, drop);
            let run = serde_json::to_value(Json::from(&world.run()))?;
            lab.load(run.clone()).await?;
            assert_eq!(lab.run().await?["digest"], run["digest"]);
            the_same_natively(&lab, &format!("world {seed}")).await?;
        }
        Ok(())
    });
}

/// As `crates/core/tests/worlds.rs` makes the digests that are pinned.
const STEPS: u32 = 400;

#[test]
fn a_hundred_random_runs_have_the_digests_that_are_pinned_natively() {
    use quorum_core::scenario::RandomRun;
    let pinned = include_str!("../../../crates/core/tests/digests.txt");
    let runs = (0..100).map(|seed| {
        let mut world = RandomRun::new(seed);
        world.disturb(STEPS, drop);
        serde_json::to_value(Json::from(&world.run()))
    });
    let runs = runs.collect::<Result<Vec<Value>, _>>().unwrap();
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        // A page that plays a run to another digest than the file claims refuses it.
        let mut wrong = runs[0].clone();
        wrong["digest"] = json!("0000000000000000");
        ensure!(lab.load(wrong).await.is_err(), "a digest that a file claims is taken over");
        let play = "
            const digests = [];
            for (const run of args[1]) {
                await args[0].load(run);
                digests.push(args[0].run().digest);
            }
            return digests;";
        let mut lines = String::new();
        for (some, runs) in runs.chunks(20).enumerate() {
            let digests: Vec<String> = page.js(play, vec![lab.element().to_json()?, json!(runs)]).await?;
            for (one, digest) in digests.iter().enumerate() {
                lines += &format!("{} {digest}\n", 20 * some + one);
            }
        }
        assert_eq!(lines, pinned);
        Ok(())
    });
}
