//! The page's address says which scenario and step are shown, can be copied, and never costs the run one had.

use quorum_tests::{Lab, PLAIN, Page, Result, Setup, Value, browse, chosen, json};

async fn hash(page: &Page) -> Result<String> {
    page.js("return location.hash;", vec![]).await
}

async fn hash_is(page: &Page, wanted: &str) -> Result<()> {
    let what = format!("the address says {wanted:?}");
    page.eventually(&what, async || Ok((hash(page).await? == wanted).then_some(()))).await
}

/// Opens a scenario from the list, as a person does.
async fn choose(lab: &Lab, title: &str) -> Result<()> {
    lab.find("button.title").await?.click().await?;
    lab.part("dialog", "Scenarios").await?.press(title).await
}

/// Leaves a run that is worth keeping.
async fn run_something(lab: &Lab) -> Result<Value> {
    lab.reset(json!({ "nodes": 3, "seed": 12 })).await?;
    lab.propose(1, "precious").await?;
    lab.settle().await
}

#[test]
fn the_address_names_scenario_and_step_and_opens_that_moment_for_somebody_else() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        assert_eq!(hash(page).await?, "", "a run of one's own has no name");
        choose(&lab, "Two proposers").await?;
        lab.until("it is open", |view| view["step"] == 0).await?;
        hash_is(page, "#scenario=two-proposers&step=0").await?;
        lab.step(17).await?;
        hash_is(page, "#scenario=two-proposers&step=17").await?;
        let view = lab.view().await?;
        let address: String = page.js("return location.href;", vec![]).await?;

        // In a tab of its own it is a link like any other.
        let tab = page.driver().new_tab().await?;
        page.driver().switch_to_window(tab).await?;
        page.driver().goto(&address).await?;
        let copy = page.lab("quorum-lab").await?;
        lab_shows(&copy, &view).await?;
        copy.find("[data-topic=linked]").await?;
        copy.seek(5).await?;
        hash_is(page, "#scenario=two-proposers&step=5").await?;
        page.driver().refresh().await?;
        let copy = page.lab("quorum-lab").await?;
        assert_eq!(copy.view().await?["step"], 5, "a reload opens it where one was");
        Ok(())
    });
}

async fn lab_shows(lab: &Lab, view: &Value) -> Result<()> {
    let there = lab.view().await?;
    for what in ["step", "at", "nodes", "messages", "length"] {
        assert_eq!(there[what], view[what], "{what}");
    }
    Ok(())
}

#[test]
fn a_reload_of_a_named_moment_restores_ones_own_run_and_what_one_did_has_no_name() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        choose(&lab, "Two proposers").await?;
        hash_is(page, "#scenario=two-proposers&step=0").await?;
        lab.step(12).await?;
        hash_is(page, "#scenario=two-proposers&step=12").await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        lab.find("[data-topic=restored]").await?;
        assert_eq!(lab.find(".kept").await?.text().await?, "", "it is in the past of a run that is kept");
        lab.server(1, "crash").await?;
        hash_is(page, "").await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?["branch"], 2);
        lab.call("switchTo", [json!(1)]).await?;
        lab.seek(4).await?;
        hash_is(page, "#scenario=two-proposers&step=4").await?;
        Ok(())
    });
}

#[test]
fn a_reload_that_loses_the_state_of_the_address_restores_ones_own_run_and_a_link_stays_a_link() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        choose(&lab, "Two proposers").await?;
        hash_is(page, "#scenario=two-proposers&step=0").await?;
        lab.server(1, "crash").await?;
        hash_is(page, "").await?;
        let mine = lab.view().await?;

        // What Chromium loads where the address changes between the request to reload and the answer.
        let lose = "history.replaceState(null, '', '#scenario=two-proposers&step=0');";
        page.js::<()>(lose, vec![]).await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?, mine);

        // The same address as a link, typed here and then loaded again.
        page.js::<()>("location.hash = '#scenario=two-proposers&step=3';", vec![]).await?;
        lab.find("[data-topic=linked]").await?;
        let lab = page.lab("quorum-lab").await?;
        assert_eq!(lab.view().await?["step"], 3);
        page.js::<()>("history.replaceState(null, '');", vec![]).await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        lab.find("[data-topic=linked]").await?;
        assert_eq!(lab.view().await?["step"], 3);
        Ok(())
    });
}

#[test]
fn inside_somebody_elses_page_the_address_stays_theirs() {
    let host = "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab scenario=two-proposers persist=mine></quorum-lab>";
    Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html#theirs").await?;
        lab.step(5).await?;
        let count = "
            globalThis.replaced = 0;
            const { replaceState } = History.prototype;
            History.prototype.replaceState = function (...what) { replaced++; return replaceState.apply(this, what); };";
        page.js::<()>(count, vec![]).await?;
        lab.seek(2).await?;
        page.js::<()>("dispatchEvent(new Event('pagehide'));", vec![]).await?;
        page.drawn().await?;
        assert_eq!((hash(page).await?, page.js::<u32>("return replaced;", vec![]).await?), ("#theirs".into(), 0));
        Ok(())
    });
}

#[test]
fn the_address_changes_seldom_however_quickly_it_goes_on() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        choose(&lab, "Duelling proposers").await?;
        hash_is(page, "#scenario=duelling-proposers&step=0").await?;
        let rush = "
            const [lab] = args;
            let replaced = 0;
            const { replaceState } = History.prototype;
            History.prototype.replaceState = function (...what) { replaced++; return replaceState.apply(this, what); };
            const begun = performance.now();
            for (let step = 1; step <= 40; step++) await lab.seek(step);
            return [replaced, performance.now() - begun];";
        let (count, took): (f64, f64) = page.js(rush, vec![lab.element().to_json()?]).await?;
        assert!(count <= took / 500.0 + 1.0, "{count} times in {took} ms");
        hash_is(page, "#scenario=duelling-proposers&step=40").await
    });
}

#[test]
fn opening_a_scenario_keeps_the_run_one_had_and_going_back_keeps_the_scenario() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let mine = run_something(&lab).await?;
        choose(&lab, "Two proposers").await?;
        lab.until("it is open", |view| chosen(view).is_empty()).await?;
        let notice = lab.find("[data-topic=replaced]").await?.text().await?;
        assert!(notice.contains("kept"), "{notice}");
        lab.press("Back to my run").await?;
        lab.until("it is back", |view| chosen(view) == ["precious"]).await?;
        assert_eq!(lab.view().await?, mine);
        let notice = lab.find("[data-topic=back]").await?.text().await?;
        assert!(notice.starts_with("Your run is back."), "{notice}");

        // Also after a reload, and there and back again.
        choose(&lab, "Two proposers").await?;
        lab.until("it is open", |view| chosen(view).is_empty()).await?;
        lab.server(1, "crash").await?;
        let theirs = lab.view().await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        for expected in [&mine, &theirs, &mine] {
            lab.find("button.title").await?.click().await?;
            lab.part("dialog", "Scenarios").await?.press("Back to my run").await?;
            lab.until("it is back", |view| view == expected).await?;
        }
        Ok(())
    });
}

#[test]
fn what_a_person_begins_after_a_link_is_their_own_run_and_is_saved() {
    browse(async |page| {
        for link in ["#scenario=first-agreement&step=30", "#challenge=a-lost-vote"] {
            page.driver().goto("about:blank").await?;
            page.forget().await?;
            let lab = page.open(link).await?;
            let notice = lab.find("[data-topic=linked]").await?;
            assert!(!notice.text().await?.contains("My run"), "nobody has one yet");
            lab.part("button", "Open the lab").await?;
            choose(&lab, "New run…").await?;
            lab.part("dialog", "New run").await?.press("Start").await?;
            hash_is(page, "").await?;
            let lab = page.lab("quorum-lab").await?;
            lab.until("it is another run", |view| view["step"] == 0).await?;
            lab.server(1, "crash").await?;
            let mine = lab.view().await?;
            page.driver().refresh().await?;
            let lab = page.lab("quorum-lab").await?;
            lab.find("[data-topic=restored]").await?;
            assert_eq!(lab.view().await?, mine);
            // Now there is one to go back to.
            page.driver().goto("about:blank").await?;
            let lab = page.open(link).await?;
            lab.press("Back to my run").await?;
            let lab = page.lab("quorum-lab").await?;
            lab.until("it is back", |view| *view == mine).await?;
        }
        Ok(())
    });
}

/// Also a scenario: what is done to it is found again. What belongs to a link is not saved, and that stays said.
#[test]
fn a_scenario_that_is_chosen_after_a_link_is_saved_and_a_counterexample_beside_it_is_said_not_to_be() {
    browse(async |page| {
        for link in ["#scenario=first-agreement&step=30", "#challenge=a-lost-vote"] {
            page.driver().goto("about:blank").await?;
            page.forget().await?;
            let lab = page.open(link).await?;
            lab.press("What if…").await?;
            let dialog = lab.part("dialog", "What if?").await?;
            dialog.part("link", "Watch it break without: Acceptors keep their promises").await?.click().await?;
            let lab = page.lab("quorum-lab").await?;
            lab.until("it is played", |view| view["off"] != json!([])).await?;
            lab.pause().await?;
            assert!(lab.find("[data-topic=linked]").await?.text().await?.contains("not saved"));
            choose(&lab, "Two proposers").await?;
            let lab = page.lab("quorum-lab").await?;
            lab.until("it is another run", |view| view["step"] == 0 && view["off"] == json!([])).await?;
            assert_eq!(lab.shown("[data-topic=linked]").await?, None);
            lab.server(3, "crash").await?;
            let mine = lab.view().await?;
            page.driver().goto("about:blank").await?;
            let lab = page.open("").await?;
            assert_eq!(lab.view().await?, mine);
        }
        Ok(())
    });
}

#[test]
fn a_lab_that_keeps_nothing_goes_back_to_the_run_before_as_well() {
    let host = "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab nodes=3 seed=12></quorum-lab>";
    Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.server(1, "crash").await?;
        let mine = lab.view().await?;
        choose(&lab, "Two proposers").await?;
        lab.until("it is open", |view| view["step"] == 0).await?;
        lab.press("Back to my run").await?;
        lab.until("it is back", |view| *view == mine).await?;
        Ok(())
    });
}

#[test]
fn a_refused_link_offers_the_lab_without_it_and_ones_own_run() {
    browse(async |page| {
        page.go("#q1.AAAA").await?;
        let lab = page.js::<Value>("return document.querySelector('quorum-lab');", vec![]).await?;
        let press = "
            const buttons = [...args[0].shadowRoot.querySelectorAll('.unavailable button')];
            buttons.find((button) => button.textContent === args[1]).click();";
        let labels = "return [...args[0].shadowRoot.querySelectorAll('.unavailable button')].map((button) => button.textContent);";
        let offered = async |wanted: &str| {
            page.eventually(wanted, async || {
                let offered: Vec<String> = page.js(labels, vec![lab.clone()]).await?;
                Ok(offered.iter().any(|label| label == wanted).then_some(()))
            })
            .await
        };
        offered("Open the lab without it").await?;
        page.js::<Value>(press, vec![lab.clone(), json!("Open the lab without it")]).await?;
        let opened = page.lab("quorum-lab").await?;
        assert_eq!(hash(page).await?, "");
        let mine = run_something(&opened).await?;

        page.js::<()>("location.hash = '#scenario=no-such-thing';", vec![]).await?;
        offered("Back to my run").await?;
        page.js::<Value>(press, vec![lab.clone(), json!("Back to my run")]).await?;
        let opened = page.lab("quorum-lab").await?;
        opened.until("it is back", |view| *view == mine).await?;
        page.take_errors().await?;
        Ok(())
    });
}

#[test]
fn an_address_that_asks_for_what_there_is_not_says_so_and_what_is_shown_instead() {
    browse(async |page| {
        for (fragment, step, says) in [
            ("#scenario=first-agreement&step=abc", 0, "Steps are whole numbers from 0 to 41, so step 0 is shown."),
            ("#scenario=first-agreement&step=-1", 0, "Steps are whole numbers from 0 to 41, so step 0 is shown."),
            ("#scenario=first-agreement&step=99999999", 41, "The last one is 41, and that is shown."),
            ("#hello", 0, "“#hello” in the address asks for no scenario, challenge or run"),
        ] {
            page.driver().goto("about:blank").await?;
            let lab = page.open(fragment).await?;
            let said = lab.find("[data-topic=address]").await?.text().await?;
            assert!(said.contains(says), "{fragment}: {said}");
            assert_eq!(lab.view().await?["step"], step, "{fragment}");
        }
        Ok(())
    });
}
