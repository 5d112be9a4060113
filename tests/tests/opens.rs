//! A person opens the page.

use quorum_tests::{Browser, Context, browse};

#[test]
fn a_first_visit_shows_a_cluster_and_no_error() {
    browse(async |page| {
        let lab = page.open("").await?;
        let view = lab.view().await?;
        let nodes = view["nodes"].as_array().with_context(|| format!("no servers in {view}"))?;
        assert!(nodes.len() >= 3, "{view}");
        Ok(())
    });
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
            let expected =
                ["/lab/lab.css", "/page.css", "/quorum-lab.js", "/wasm/quorum_wasm.js", "/wasm/quorum_wasm_bg.wasm"];
            assert_eq!(files, expected);
        }
        Ok(())
    });
}
