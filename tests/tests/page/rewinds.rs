//! A person goes back, does something else there, and finds the first future again.

use quorum_core::json::{FromJson, Json};
use quorum_core::run::Run;
use quorum_tests::{Lab, PLAIN, Page, Result, Setup, Value, browse, json};

/// Five servers of which two are asked at once and never back off: something is always left to happen.
async fn duel(lab: &Lab) -> Result<()> {
    lab.reset(json!({ "nodes": 5, "seed": 7, "backoff": false })).await?;
    lab.propose(1, "blue").await?;
    lab.propose(2, "red").await
}

async fn at(lab: &Lab) -> Result<(u64, u64, u64)> {
    let view = lab.view().await?;
    let number = |name: &str| view[name].as_u64().unwrap_or_else(|| panic!("{name} in {view}"));
    Ok((number("step"), number("length"), number("branch")))
}

/// The digest of a run in the page, after checking that the same run has it natively.
async fn digest(lab: &Lab) -> Result<String> {
    let run = lab.run().await?;
    let tree: Json = serde_json::from_value(run.clone())?;
    let here = Run::from_json(&tree, "run")?.replay()?;
    assert_eq!(run["digest"], here.branch().digest(), "{run}");
    Ok(here.branch().digest())
}

async fn press(page: &Page, keys: &[&str]) -> Result<()> {
    let body = "
        const root = args[0].shadowRoot;
        const at = root.activeElement ?? root.querySelector('[data-node]');
        at.focus();
        for (const key of args[1])
            at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));";
    let lab = page.lab("quorum-lab").await?;
    page.js(body, vec![lab.element().to_json()?, json!(keys)]).await
}

#[test]
fn two_hundred_steps_on_a_hundred_and_fifty_back_a_crash_and_the_first_future_again() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        duel(&lab).await?;
        lab.step(198).await?;
        assert_eq!(at(&lab).await?, (200, 200, 1));
        let first = digest(&lab).await?;

        lab.back(150).await?;
        assert_eq!(at(&lab).await?, (50, 200, 1));
        assert_eq!(digest(&lab).await?, first, "looking back changes nothing");
        lab.server(3, "crash").await?;
        assert_eq!(at(&lab).await?, (51, 51, 2));
        lab.step(100).await?;
        let second = digest(&lab).await?;
        assert_ne!(first, second);

        lab.call("switchTo", [json!(1)]).await?;
        assert_eq!((at(&lab).await?, digest(&lab).await?), ((200, 200, 1), first));
        lab.call("switchTo", [json!(2)]).await?;
        assert_eq!((at(&lab).await?, digest(&lab).await?), ((151, 151, 2), second));
        Ok(())
    });
}

#[test]
fn every_moment_looks_as_it_did() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        duel(&lab).await?;
        let mut views = Vec::new();
        for step in 2..60 {
            views.push((step, lab.view().await?["nodes"].clone()));
            lab.step(1).await?;
        }
        for (step, nodes) in views.into_iter().rev() {
            lab.seek(step).await?;
            assert_eq!(lab.view().await?["nodes"], nodes, "step {step}");
        }
        Ok(())
    });
}

#[test]
fn looking_back_touches_nothing_of_the_run_and_going_on_from_there_begins_a_branch_that_is_kept_too() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        duel(&lab).await?;
        lab.step(60).await?;
        let kept = lab.run().await?;
        lab.seek(20).await?;
        page.drawn().await?;
        let line = lab.find(".past").await?.text().await?;
        assert!(line.contains("looking back"), "{line}");

        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        let run = lab.run().await?;
        assert_eq!((run["cursor"].as_u64(), run["length"].as_u64()), (Some(20), Some(62)), "where the person looked");
        assert_eq!(run["interventions"], kept["interventions"]);

        page.drawn().await?;
        lab.find(".past button").await?.click().await?;
        lab.until("a branch begins here", |view| view["branch"] == 2).await?;
        assert_eq!(at(&lab).await?, (20, 20, 2));
        // A crash changes no disk; and still the branch is what is kept from the moment it began.
        lab.server(4, "crash").await?;
        let timeline = lab.call("timeline", []).await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(at(&lab).await?, (21, 21, 2));
        assert_eq!(lab.call("timeline", []).await?, timeline);
        lab.call("switchTo", [json!(1)]).await?;
        assert_eq!(lab.run().await?["digest"], kept["digest"], "the former future is there, too");
        Ok(())
    });
}

/// Three branches, two of them with names and one with a note; the first of all is discarded.
async fn branches(lab: &Lab) -> Result<()> {
    duel(lab).await?;
    lab.step(58).await?;
    for (step, node) in [(20, 1), (15, 2), (8, 3)] {
        lab.seek(step).await?;
        lab.server(node, "crash").await?;
        lab.step(6).await?;
    }
    Ok(())
}

#[test]
fn every_branch_survives_a_reload_with_its_number_and_its_name_and_those_discarded_stay_away() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        branches(&lab).await?;
        page.drawn().await?;
        lab.press("4 branches…").await?;
        let dialog = lab.part("dialog", "Branches").await?;
        dialog.part("textbox", "Name of branch 2").await?.fill("without 1").await?;
        page.eventually("it has its name", async || {
            Ok((lab.call("timeline", []).await?["branches"][1]["name"] == "without 1").then_some(()))
        })
        .await?;
        dialog.press("Discard").await?;
        let discarded = lab.call("timeline", []).await?;
        dialog.press("Close").await?;
        // The branch that is shown is not the one that went on last.
        for branch in [2, 4, 3] {
            let lab = page.lab("quorum-lab").await?;
            lab.call("switchTo", [json!(branch)]).await?;
            lab.back(2).await?;
            let before = (lab.view().await?, lab.call("timeline", []).await?, digest(&lab).await?);
            page.driver().refresh().await?;
            let lab = page.lab("quorum-lab").await?;
            let after = (lab.view().await?, lab.call("timeline", []).await?, digest(&lab).await?);
            assert_eq!(after, before, "branch {branch}");
            assert_eq!(after.1["branches"], discarded["branches"]);
        }
        Ok(())
    });
}

#[test]
fn the_branch_that_is_kept_can_be_discarded_from_another_and_what_is_said_stays_with_its_branch() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        branches(&lab).await?;
        lab.call("switchTo", [json!(1)]).await?;
        page.drawn().await?;
        lab.press("Share…").await?;
        let dialog = lab.part("dialog", "Share").await?;
        dialog.part("textbox", "Title").await?.fill("The first course").await?;
        dialog.press("Close").await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.run().await?["title"], "The first course");
        lab.find("[data-topic=restored]").await?;
        page.drawn().await?;
        lab.press("4 branches…").await?;
        let dialog = lab.part("dialog", "Branches").await?;
        let last = "const all = [...args[0].shadowRoot.querySelectorAll('.branch-list li')]; const button = [...all[3].querySelectorAll('button')].at(-1);
            button.click(); return button.textContent;";
        assert_eq!(page.js::<String>(last, vec![lab.element().to_json()?]).await?, "Discard");
        page.eventually("it is gone", async || {
            let timeline = lab.call("timeline", []).await?;
            Ok((timeline["branches"].as_array().map(Vec::len) == Some(3)).then_some(()))
        })
        .await?;
        dialog.press("Close").await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        lab.find("[data-topic=restored]").await?;
        let timeline = lab.call("timeline", []).await?;
        let ids: Vec<_> = timeline["branches"].as_array().into_iter().flatten().map(|branch| &branch["id"]).collect();
        assert_eq!(ids, [1, 2, 3]);
        assert_eq!(lab.run().await?["title"], "The first course");
        Ok(())
    });
}

#[test]
fn a_tab_that_only_reads_may_look_back_and_change_nothing() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        duel(&lab).await?;
        lab.step(30).await?;
        // What was done last is kept a moment later.
        page.eventually("it is kept", async || Ok(lab.find(".kept[data-saved]").await.is_ok().then_some(()))).await?;
        lab.server(5, "pause").await?;
        lab.step(5).await?;
        let first = page.driver().window().await?;
        let second = page.driver().new_tab().await?;
        page.driver().switch_to_window(second).await?;
        let reader = page.open(PLAIN).await?;
        let (_, length, _) = at(&reader).await?;
        assert!(length > 10, "{length}");
        reader.seek(10).await?;
        assert_eq!(at(&reader).await?, (10, length, 1));
        reader.step(1).await?;
        assert_eq!(at(&reader).await?, (11, length, 1), "what is on record can be repeated");
        let refusal = reader.refusal(json!({ "type": "crash", "node": 1 })).await?;
        assert!(refusal.contains("read-only"), "{refusal}");
        for (verb, argument) in [("fork", json!(null)), ("seek", json!(length + 1))] {
            let refusal = reader.call(verb, [argument]).await.unwrap_err().to_string();
            assert!(refusal.contains("read-only"), "{verb}: {refusal}");
        }
        page.driver().close_window().await?;
        page.driver().switch_to_window(first).await?;
        Ok(())
    });
}

#[test]
fn keys_the_line_and_the_log_go_there() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        duel(&lab).await?;
        lab.step(58).await?;
        lab.by_single_steps().await?;
        for (key, step) in [("ArrowLeft", 59), ("Home", 0), ("End", 60)] {
            press(page, &[key]).await?;
            lab.until(key, |view| view["step"] == step).await?;
        }
        lab.part("slider", "Step").await?.fill(33).await?;
        lab.until("the line leads there", |view| view["step"] == 33).await?;
        page.drawn().await?;
        let told = lab.find("[type=range]").await?.attr("aria-valuetext").await?;
        assert!(told.as_deref().is_some_and(|told| told.starts_with("step 33 of 60, ")), "{told:?}");
        let row = "const row = args[0].shadowRoot.querySelector('.row:not([data-ahead])');
            row.click();
            return Number(row.querySelector('.when').textContent);";
        let step: u64 = page.js(row, vec![lab.element().to_json()?]).await?;
        assert!(step < 33);
        lab.until("the log leads there", |view| view["step"] == step).await?;
        Ok(())
    });
}

#[test]
fn branches_are_listed_named_visited_and_discarded() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        duel(&lab).await?;
        lab.step(40).await?;
        for node in [1, 2] {
            lab.seek(20).await?;
            lab.server(node, "crash").await?;
        }
        let timeline = lab.call("timeline", []).await?;
        let names: Vec<_> =
            timeline["branches"].as_array().into_iter().flatten().map(|branch| &branch["name"]).collect();
        assert_eq!(names, ["First run", "Crash server 1", "Crash server 2"]);
        page.drawn().await?;
        lab.press("3 branches…").await?;
        let dialog = lab.part("dialog", "Branches").await?;
        dialog.part("textbox", "Name of branch 2").await?.fill("without 1").await?;
        page.eventually("it has its name", async || {
            Ok((lab.call("timeline", []).await?["branches"][1]["name"] == "without 1").then_some(()))
        })
        .await?;
        dialog.part("textbox", "Name of branch 2").await?.fill("x".repeat(65)).await?;
        dialog.part("alert", "This name is too long by 1: it has room for 64 letters.").await?;
        dialog.press("Go there").await?;
        dialog.part("alert", "This name is too long by 1").await?; // it is not lost by going elsewhere
        dialog.press("Discard").await?;
        page.eventually("it is gone", async || {
            let timeline = lab.call("timeline", []).await?;
            Ok((timeline["branches"].as_array().map(Vec::len) == Some(2)).then_some(()))
        })
        .await?;
        dialog.press("Go there").await?;
        lab.until("it is there", |view| view["branch"] == 2).await?;
        Ok(())
    });
}

#[test]
fn numbers_of_steps_that_are_none_are_refused() {
    Setup::new().browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let before = lab.view().await?;
        for (verb, argument, least) in
            [("step", json!(-1), 0), ("step", json!("x"), 0), ("back", json!(-1), 1), ("seek", json!(1.5), 0)]
        {
            let refusal = lab.call(verb, [argument]).await.unwrap_err().to_string();
            assert!(refusal.contains(&format!("{verb} takes a whole number, {least} or more")), "{refusal}");
        }
        let refusal = lab.call("switchTo", [json!(9)]).await.unwrap_err().to_string();
        assert!(refusal.contains("no branch 9"), "{refusal}");
        let after: Value = lab.view().await?;
        assert_eq!(before, after);
        Ok(())
    });
}
