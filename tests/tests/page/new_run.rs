//! The form of a new run: what it begins with, what comes of it, and what it answers to what cannot be.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Lab, PLAIN, Page, Part, Result, browse, json};

async fn three(page: &Page) -> Result<Lab> {
    let lab = page.open("").await?;
    lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
    page.drawn().await?;
    Ok(lab)
}

/// Opens the form, as a person finds it.
async fn form(lab: &Lab) -> Result<Part> {
    lab.press("Scenarios").await?;
    lab.press("New run…").await?;
    lab.part("dialog", "New run").await
}

#[test]
fn a_new_run_starts_with_enter_and_inherits_nothing_that_is_not_shown() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let odd = json!({ "nodes": 4, "rules": { "keep-promise": false }, "clock": "guided", "disk": [40, 50] });
        lab.reset(odd).await?;
        form(&lab).await?;
        page.driver().action_chain().send_keys("5" + Key::Enter).perform().await?;
        let view = lab.until("it starts", |view| view["nodes"].as_array().is_some_and(|all| all.len() == 5)).await?;
        assert_eq!(view["off"], json!([]));
        let config = lab.run().await?["config"].clone();
        assert_eq!(config["disk"], json!([2, 5]), "how long things take is as in any run");
        assert!(config["clock"].is_null() && config["rules"].is_null(), "{config}");
        Ok(())
    });
}

#[test]
fn a_new_run_takes_the_timing_of_the_present_one_when_asked_to_and_shows_it() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "disk": [40, 50] })).await?;
        let sheet = form(&lab).await?;
        assert_eq!(sheet.part("combobox", "Timing").await?.value().await?, "usual");
        sheet.part("combobox", "Timing").await?.fill("as in this run").await?;
        assert_eq!(sheet.part("spinbutton", "Disk, at most").await?.value().await?, "50");
        sheet.press("Start").await?;
        lab.seen().gone("dialog", "New run").await?;
        assert_eq!(lab.run().await?["config"]["disk"], json!([40, 50]));
        Ok(())
    });
}

#[test]
fn an_untouched_form_starts_the_run_that_a_lab_has_by_itself() {
    browse(async |page| {
        let lab = three(page).await?;
        let mut usual = lab.run().await?["config"].clone();
        let sheet = form(&lab).await?;
        assert_eq!(sheet.part("combobox", "Timing").await?.value().await?, "usual");
        let seed = sheet.part("spinbutton", "Seed").await?.value().await?;
        sheet.press("Start").await?;
        lab.seen().gone("dialog", "New run").await?;
        usual["seed"] = seed.parse::<u64>()?.into();
        assert_eq!(lab.run().await?["config"], usual);
        Ok(())
    });
}

#[test]
fn a_new_run_has_the_roles_the_quorums_and_the_timing_that_were_asked_for() {
    browse(async |page| {
        let lab = three(page).await?;
        let sheet = form(&lab).await?;
        sheet.part("spinbutton", "Servers").await?.fill("5").await?;
        sheet.part("combobox", "Roles").await?.fill("each").await?;
        sheet.part("checkbox", "Server 2 is a learner").await?.click().await?;
        sheet.part("combobox", "Quorums").await?.fill("sizes").await?;
        sheet.part("spinbutton", "To promise").await?.fill("1").await?;
        sheet.part("spinbutton", "To accept").await?.fill("1").await?;
        sheet.part("combobox", "Timing").await?.fill("slow disks").await?;
        sheet.press("Start").await?;
        let says = async |words: &str| {
            page.eventually(&format!("the form says {words:?}"), async || {
                Ok(sheet.text().await?.contains(words).then_some(()))
            })
            .await
        };
        says(
            "1 and 1 of 2 acceptors need not have one in common, and two values could be chosen. Add 1 to one of them.",
        )
        .await?;
        // The form knows how many acceptors there are.
        sheet.part("spinbutton", "To promise").await?.fill("3").await?;
        sheet.press("Start").await?;
        says("To promise: a whole number, 1 to 2.").await?;
        sheet.part("checkbox", "Server 2 is an acceptor").await?.click().await?;
        says("of 3 acceptors").await?;
        sheet.part("checkbox", "Server 2 is an acceptor").await?.click().await?;
        sheet.part("spinbutton", "To promise").await?.fill("2").await?;
        sheet.press("Start").await?;
        lab.seen().gone("dialog", "New run").await?;
        let config = lab.run().await?["config"].clone();
        let roles = json!([["proposer"], ["proposer", "learner"], ["acceptor"], ["acceptor"], ["learner"]]);
        assert_eq!(config["roles"], roles);
        assert_eq!(config["quorums"], json!({ "phase1": 2, "phase2": 1 }));
        assert_eq!((&config["disk"], &config["retry"]), (&json!([40, 120]), &json!(600)));
        let view = lab.view().await?;
        assert_eq!(view["nodes"][2]["roles"], json!(["acceptor"]));
        Ok(())
    });
}

#[test]
fn a_wrong_number_is_refused_where_it_stands_in_the_words_of_the_form() {
    browse(async |page| {
        let lab = three(page).await?;
        let sheet = form(&lab).await?;
        for (field, wrong, right, says) in [
            ("Servers", "", "3", "Servers: a whole number, 1 to 101."),
            ("Servers", "2.5", "3", "Servers: a whole number, 1 to 101."),
            ("Servers", "-1", "3", "Servers: a whole number, 1 to 101."),
            ("Lost", "150", "0", "Lost: 0 to 100 %."),
            ("Lost", "0.25", "0", "Lost: 0 to 100 %, with one digit after the point."),
            ("Duplicated", "-3", "0", "Duplicated: 0 to 100 %."),
            ("Latency, at most", "99999999999", "40", "Latency, at most: a whole number, 0 to 60,000 ms."),
            ("Latency, at least", "50", "30", "Latency: the smaller number first, so 40 to 50 ms."),
            ("Disk, at least", "1.5", "2", "Disk, at least: a whole number, 0 to 60,000 ms."),
            ("Retry", "0", "300", "Retry: a whole number, 1 to 60,000 ms."),
            ("Seed", "9007199254740993000", "7", "Seed: a whole number, 0 to 9,007,199,254,740,991."),
        ] {
            let input = sheet.part("spinbutton", field).await?;
            input.fill(wrong).await?;
            sheet.press("Start").await?;
            let told = async || Ok(sheet.text().await?.contains(says).then_some(()));
            page.eventually(&format!("{wrong:?} in {field} is answered: {says}"), told).await?;
            input.fill(right).await?;
            let quiet = async || Ok((!sheet.text().await?.contains(says) || says.contains("first")).then_some(()));
            page.eventually("a right number takes it back", quiet).await?;
        }
        sheet.press("Start").await?;
        lab.seen().gone("dialog", "New run").await?;
        assert_eq!(lab.run().await?["config"]["seed"], 7);
        Ok(())
    });
}

#[test]
fn a_new_run_may_be_a_log_and_its_clients_ask_in_a_line() {
    browse(async |page| {
        let lab = three(page).await?;
        let sheet = form(&lab).await?;
        sheet.part("combobox", "Protocol").await?.fill("log").await?;
        sheet.part("spinbutton", "Clients").await?.fill("3").await?;
        assert_eq!(sheet.part("combobox", "Sessions").await?.value().await?, "all");
        sheet.part("combobox", "Sessions").await?.fill("2").await?;
        sheet.press("Start").await?;
        lab.seen().gone("dialog", "New run").await?;
        let view = lab.until("it is a log", |view| view["protocol"] == json!("log")).await?;
        assert_eq!(view["clients"].as_array().map(Vec::len), Some(3));
        assert_eq!(lab.run().await?["config"]["sessions"], json!(2));
        lab.part("tab", "Log and clients").await?;
        let line = lab.part("textbox", "What the client asks").await?;
        line.fill("put x").await?;
        lab.press("Ask").await?;
        let console = lab.part("region", "Clients").await?;
        let refused = async || Ok(console.text().await?.contains("The value is missing").then_some(()));
        page.eventually("a line that asks for nothing is refused where it stands", refused).await?;
        line.fill("put x 9").await?;
        lab.press("Ask").await?;
        lab.until("client a waits", |view| view["clients"][0]["waiting"]["op"] == json!({ "put": ["x", "9"] })).await?;
        lab.step(200).await?;
        let view = lab.view().await?;
        assert_eq!(view["nodes"][0]["store"]["some"], json!([["x", "9"]]));
        Ok(())
    });
}

#[test]
fn a_click_beside_a_form_closes_it_only_while_nothing_was_filled_in() {
    browse(async |page| {
        let lab = three(page).await?;
        let beside = async || page.driver().action_chain().move_to(2, 300).click().perform().await;
        form(&lab).await?;
        beside().await?;
        lab.seen().gone("dialog", "New run").await?;
        let sheet = form(&lab).await?;
        sheet.part("spinbutton", "Servers").await?.fill("7").await?;
        beside().await?;
        page.drawn().await?;
        assert_eq!(sheet.part("spinbutton", "Servers").await?.value().await?, "7");
        sheet.press("Close").await?;
        lab.seen().gone("dialog", "New run").await
    });
}
