//! What somebody who sees the page for the first time reads from it: numbers say of what they are, and symbols are those
//! that are drawn.

use quorum_tests::{PLAIN, browse, json};

#[test]
fn the_number_of_events_says_of_what_it_is() {
    browse(async |page| {
        let lab = page.open("#scenario=first-agreement").await?;
        let says = async |wanted: &str| {
            let said = "return args[0].shadowRoot.querySelector('.events .count').textContent;";
            let said = async || page.js::<String>(said, vec![lab.element().to_json()?]).await;
            page.eventually(wanted, async || Ok((said().await? == wanted).then_some(()))).await
        };
        says("73 events in all").await?;
        // What is found is of all of them.
        lab.find("input[type=search]").await?.send_keys("begins ballot").await?;
        says("1 of 73 events").await
    });
}
