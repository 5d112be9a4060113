//! Challenges on the page: each is met by what a person does, by nothing else, and loses nobody's run.

use quorum_core::json::{FromJson, Json};
use quorum_core::run::Run;
use quorum_core::scenario::{CHALLENGES, Challenge, LOG_CHALLENGES, Planned, shipped_challenge};
use quorum_tests::log::{leader, waiting};
use quorum_tests::{Context, Lab, Log, PLAIN, Page, Result, Setup, Value, browse, json};

fn challenge(name: &str) -> Challenge {
    let text = shipped_challenge(name).expect("it ships");
    Challenge::from_json(&serde_json::from_str(text).expect("JSON"), "challenge").expect("it is one")
}

async fn visit(page: &Page, address: &str) -> Result<Lab> {
    page.driver().goto("about:blank").await?;
    page.open(address).await
}

/// Does on the page what was done to a run, from a step on and until its end.
async fn repeat(lab: &Lab, run: &Run, from: u64) -> Result<()> {
    for intervention in run.interventions.iter().filter(|it| (from..run.length).contains(&it.step)) {
        lab.seek(u32::try_from(intervention.step)?).await?;
        lab.apply(serde_json::to_value(Json::from(&intervention.action))?).await?;
    }
    lab.seek(u32::try_from(run.length)?).await
}

fn attempt(challenge: &Challenge, planned: &[Planned]) -> (Run, Option<u64>) {
    let (run, verdict) = challenge.attempt(planned).expect("it can be played");
    (run, verdict.met)
}

/// Each of a list, met on the page by its solution at the step that the core says, and not before; then the list has it, too.
async fn met_by_their_solutions(page: &Page, all: &[(&str, &str)], one: &str) -> Result<()> {
    for (position, (name, _)) in all.iter().enumerate() {
        let shipped = challenge(name);
        let start = shipped.start()?.length;
        let (run, met) = attempt(&shipped, &shipped.solution);
        let met = met.expect("the solution meets the goal");
        let lab = visit(page, &format!("#challenge={name}")).await?;
        let bar = lab.bar();
        bar.says(&format!("Challenge {} of {}", position + 1, all.len())).await?;
        bar.says(&shipped.about).await?;
        assert_eq!(lab.view().await?["step"], start, "{name}");
        repeat(&lab, &Run { length: met - 1, ..run.clone() }, start).await?;
        page.drawn().await?;
        assert!(!bar.text().await?.contains("Done"), "{name}: {}", bar.text().await?);
        repeat(&lab, &Run { length: met, ..run }, met - 1).await?;
        bar.says(&format!("Done at step {met}.")).await?;
    }
    let lab = visit(page, PLAIN).await?;
    lab.press("Scenarios").await?;
    lab.press("Challenges…").await?;
    let dialog = lab.part("dialog", "Challenges").await?;
    dialog.part("button", one).await?;
    assert_eq!(dialog.text().await?.matches("✓ done at step").count(), all.len());
    Ok(())
}

#[test]
fn each_challenge_is_met_by_its_solution_at_the_step_the_core_says_and_not_before() {
    browse(async |page| met_by_their_solutions(page, CHALLENGES, "Agreement, broken by hand").await);
}

#[test]
fn each_challenge_of_a_log_is_met_by_its_solution_at_the_step_the_core_says_and_not_before() {
    browse(async |page| met_by_their_solutions(page, LOG_CHALLENGES, "A stale read").await);
}

#[test]
fn a_wrong_try_does_not_meet_a_challenge_and_going_back_does() {
    browse(async |page| {
        let shipped = challenge("a-lost-vote");
        let start = shipped.start()?.length;
        let lab = visit(page, "#challenge=a-lost-vote").await?;
        let (run, _) = attempt(&shipped, &shipped.wrong[0]);
        repeat(&lab, &run, start).await?;
        page.drawn().await?;
        let text = lab.bar().text().await?;
        assert!(text.contains("○ a crash takes a vote") && text.contains("✓ blue is chosen"), "{text}");
        // Going back and doing something else is a branch, and it is judged as any run.
        let (run, met) = attempt(&shipped, &shipped.solution);
        repeat(&lab, &run, start).await?;
        lab.bar().says(&format!("Done at step {}.", met.unwrap_or_default())).await?;
        Ok(())
    });
}

#[test]
fn first_agreement_is_met_by_clicks_and_leads_to_the_next() {
    browse(async |page| {
        let lab = visit(page, "#challenge=first-agreement").await?;
        lab.bar().press("Hint 1 of 3").await?;
        lab.bar().says("Nothing happens until a client asks").await?;
        lab.bar().press("Hint 2 of 3").await?;
        lab.find("[data-node='2']").await?.click().await?;
        lab.press("Propose").await?;
        lab.part("textbox", "Value").await?.fill("green").await?;
        lab.find("form .primary").await?.click().await?;
        lab.until("it is asked", |view| view["step"] == 1).await?;
        while !lab.bar().text().await?.contains("Done at step") {
            let before = lab.view().await?["step"].clone();
            lab.press("Step").await?;
            lab.until("a step further", |view| view["step"] != before).await?;
            page.drawn().await?;
        }
        // The judge may come a step after the deed on a slow machine: the step it names is that of the deed.
        let said = lab.bar().text().await?;
        let done = said.split("Done at step ").nth(1).and_then(|rest| rest.split('.').next()).unwrap_or_default();
        let done: u32 = done.parse()?;
        lab.seek(done).await?;
        let nodes = lab.view().await?["nodes"].clone();
        let nodes = nodes.as_array().expect("a list");
        assert!(nodes.iter().all(|node| !node["learned"].is_null()), "step {done}: {said}");
        lab.bar().press("Watch what you did").await?;
        lab.until("it begins again", |view| view["step"].as_u64() < Some(5)).await?;
        lab.pause().await?;
        lab.bar().press("Next challenge").await?;
        let next = page.lab("quorum-lab").await?;
        next.bar().says("Challenge 2 of 12").await?;
        Ok(())
    });
}

#[test]
fn chosen_but_unknown_is_met_by_clicks() {
    browse(async |page| {
        let lab = visit(page, "#challenge=chosen-but-unknown").await?;
        // By messages, a step would go on to the answers.
        lab.press("Everything").await?;
        while lab.view().await?["chosen"] == json!([]) {
            let before = lab.view().await?["step"].clone();
            lab.press("Step").await?;
            lab.until("a step further", |view| view["step"] != before).await?;
        }
        lab.press("Power cut").await?;
        lab.bar().says("Done at step").await
    });
}

#[test]
fn a_majority_comes_back_by_clicks() {
    browse(async |page| {
        let lab = visit(page, "#challenge=a-majority-comes-back").await?;
        lab.find("[data-node='4']").await?.click().await?;
        lab.press("Restart").await?;
        lab.until("it is up", |view| view["nodes"][3]["status"] == "up").await?;
        lab.step(200).await?;
        lab.bar().says("Done at step").await
    });
}

#[test]
fn a_stale_read_is_met_by_clicks_and_lines() {
    browse(async |page| {
        let lab = visit(page, "#challenge=a-stale-read").await?;
        lab.press("Partition…").await?;
        lab.part("checkbox", "1").await?.click().await?;
        lab.find("form .primary").await?.click().await?;
        let log = Log::of(lab.clone());
        let view = log.on("another server leads", |view| leader(view).is_some_and(|id| id != 1)).await?;
        let next = leader(&view).context("somebody leads")?.to_string();
        let clients = log.clients().await?;
        for (client, server, line) in [("b", next.as_str(), "put x new"), ("a", "1", "get x")] {
            assert!(!lab.bar().text().await?.contains("Done"), "before {line}");
            clients.part("combobox", "As client").await?.fill(client).await?;
            clients.part("combobox", "At server").await?.fill(server).await?;
            log.ask(line).await?;
            lab.until("it waits", |view| waiting(view) == [client]).await?;
            log.on("it is answered", |view| waiting(view).is_empty()).await?;
        }
        lab.bar().says("Done at step").await?;
        // And the page says what cannot be.
        let judged = async || Ok(clients.text().await?.contains("Not linearizable, from step").then_some(()));
        page.eventually("the page says so", judged).await?;
        let guilty = lab.find(".log .operation[data-guilty]").await?.attr("aria-label").await?.unwrap_or_default();
        assert!(guilty.starts_with("Client a: get x → old, ") && guilty.ends_with("explains it."), "{guilty}");
        Ok(())
    });
}

#[test]
fn a_challenge_leaves_ones_own_run_alone_and_another_run_ends_it() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.step(10).await?;
        page.eventually("it is kept", async || Ok(lab.find(".kept[data-saved]").await.is_ok().then_some(()))).await?;
        let own = lab.run().await?;
        lab.press("Scenarios").await?;
        lab.press("Challenges…").await?;
        lab.press("A duel of five ballots").await?;
        let lab = page.lab("quorum-lab").await?;
        lab.bar().says("A duel of five ballots").await?;
        lab.server(3, "crash").await?;
        lab.press("Back to my run").await?;
        let back = page.lab("quorum-lab").await?;
        back.until("one's own run is back", |view| view["nodes"][2]["status"] == "up").await?;
        let interventions = |run: &Value| run["interventions"][0].clone();
        assert_eq!(interventions(&back.run().await?), interventions(&own));
        assert_eq!(back.bar().text().await?, "");
        // Without an address to name it, its start takes the place of the run, and another run ends it.
        let mut lab = visit(page, "#challenge=too-late").await?;
        lab.bar().says("Too late").await?;
        lab.reset(json!({ "nodes": 3 })).await?;
        page.eventually("it has gone", async || Ok(lab.bar().text().await?.is_empty().then_some(()))).await?;
        lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?["step"], 0);
        Ok(())
    });
}

#[test]
fn an_embedded_lab_opens_a_challenge_by_attribute_and_says_what_is_not_allowed() {
    let page = "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab challenge=a-one-way-link></quorum-lab>";
    Setup::new().page("/host.html", page).browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.bar().says("A one-way link").await?;
        lab.server(2, "crash").await?;
        lab.bar().says("Only these may be used: propose, cut, mend, timeout, and not crash.").await?;
        lab.bar().press("Start again").await?;
        lab.until("it has started again", |view| view["step"] == 0).await?;
        lab.bar().says("Server 3 hears nobody").await?;
        let shipped = challenge("a-one-way-link");
        let (run, met) = attempt(&shipped, &shipped.solution);
        repeat(&lab, &run, 0).await?;
        lab.bar().says(&format!("Done at step {}.", met.unwrap_or_default())).await
    });
}

#[test]
fn a_name_that_no_challenge_has_is_refused_with_those_there_are() {
    browse(async |page| {
        page.go("#challenge=nothing").await?;
        let text: String = page
            .js(
                "const lab = document.querySelector('quorum-lab'); await customElements.whenDefined('quorum-lab');
                 return await lab.ready.then(() => '', (error) => error.message);",
                vec![],
            )
            .await?;
        assert!(text.contains("There is no challenge “nothing”. There are "), "{text}");
        Ok(())
    });
}

/// Where the lab keeps its run, and the address of the page is not its own to change.
#[test]
fn a_challenge_in_an_embedded_lab_is_set_again_after_a_reload_until_it_is_closed() {
    let host = "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab persist=mine nodes=3></quorum-lab>";
    Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.press("Challenges").await?;
        lab.press("Not its own value").await?;
        lab.bar().says("Challenge 3 of 12").await?;
        lab.step(1).await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        lab.bar().says("Challenge 3 of 12").await?;
        lab.bar().press("Close").await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.bar().text().await?, "");
        Ok(())
    });
}
