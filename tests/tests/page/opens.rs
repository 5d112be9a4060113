//! A person opens the page.

use quorum_tests::{Browser, Page, Result, browse, json};

#[test]
fn a_first_visit_opens_the_first_lesson_at_its_beginning_with_one_line_above_it() {
    browse(async |page| {
        let lab = page.open("").await?;
        let view = lab.view().await?;
        assert_eq!((&view["step"], view["nodes"].as_array().map(Vec::len)), (&json!(0), Some(3)));
        let hint = lab.find(".hint").await?;
        let line = "Three servers must agree on one value, although messages get lost and servers crash. Press Play.";
        page.eventually("the line is there", async || Ok((hint.text().await? == line).then_some(()))).await?;
        assert_eq!(lab.shown("button.title").await?.as_deref(), Some("First agreement ▾"));
        assert_eq!(lab.find(".past").await?.text().await?, "", "nobody has looked at anything else yet");
        assert_eq!(address(page).await?, "", "and nobody has asked for anything");

        lab.press("Play").await?;
        lab.until("the lesson has begun", |view| view["step"] == 1).await?;
        page.eventually("the first note is shown", async || {
            Ok(hint.text().await?.starts_with("Server 1 is asked for blue.").then_some(()))
        })
        .await?;
        page.eventually("the address names the moment", async || {
            Ok((address(page).await? == "#scenario=first-agreement&step=1").then_some(()))
        })
        .await
    });
}

#[test]
fn whoever_comes_back_finds_the_lesson_where_it_was_left_and_another_run_in_its_place() {
    browse(async |page| {
        let lab = page.open("").await?;
        lab.seek(10).await?;
        let left = lab.view().await?;
        let lab = page.open("?again").await?;
        assert_eq!(lab.view().await?, left);
        lab.find("[data-topic=restored]").await?;
        assert_eq!(lab.shown("button.title").await?.as_deref(), Some("First agreement ▾"));

        lab.reset(json!({ "nodes": 4, "seed": 2 })).await?;
        lab.step(3).await?;
        let own = lab.run().await?;
        let lab = page.open("?and-again").await?;
        assert_eq!(lab.run().await?["digest"], own["digest"]);
        assert_eq!(lab.shown("button.title").await?.as_deref(), Some("Scenarios ▾"));
        Ok(())
    });
}

async fn address(page: &Page) -> Result<String> {
    page.js("return location.hash;", vec![]).await
}

#[test]
fn a_first_visit_asks_for_each_file_once_and_of_what_is_published_for_few() {
    browse(async |page| {
        page.open("").await?;
        page.drawn().await?;
        let read = "return performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).sort();";
        let mut files: Vec<String> = page.js(read, vec![]).await?;
        // Some browsers ask for the icon without a window to show it in, and some need a script of the harness.
        files.retain(|file| file != "/icon.svg" && file != "/first-script.js");
        if page.browser() == Browser::Webkit {
            files.dedup(); // it lists what it preloaded once more when it is used
        }
        let mut each_once = files.clone();
        each_once.dedup();
        assert_eq!(files, each_once);
        assert!(files.iter().any(|file| file == "/quorum-lab.js"), "{files:?}");
        // The site itself is plain modules; what is published is joined.
        if std::env::var_os("QUORUM_SITE").is_some() {
            let expected = [
                "/lab/engine/brought.js",
                "/lab/lab.css",
                "/laboratory.js",
                "/page.css",
                "/quorum-lab.js",
                "/scenarios/first-agreement.json",
                "/scenarios/first-agreement.shown.json",
            ];
            // Where a machine is so slow that opening a run has to be announced, it also has the notice.
            files.retain(|file| file != "/lab/notice.js");
            assert_eq!(files, expected);
        }
        Ok(())
    });
}
