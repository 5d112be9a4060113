//! A person opens the page.

use quorum_tests::{Context, browse};

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
