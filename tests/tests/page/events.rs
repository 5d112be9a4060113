//! The list of events: what is found in it, and that the present is seen.

use quorum_tests::{browse, json};

#[test]
fn an_event_is_found_by_what_its_line_is_called() {
    browse(async |page| {
        let lab = page.open("#scenario=crash-after-one-accept&step=50").await?;
        lab.find("input[type=search]").await?.send_keys("adopted").await?;
        let rows = "return [...args[0].shadowRoot.querySelectorAll('.row .says')].map((it) => it.textContent);";
        let found = async || {
            let rows: Vec<String> = page.js(rows, vec![lab.element().to_json()?]).await?;
            Ok((rows.len() == 1 && rows[0].contains("must propose")).then_some(()))
        };
        page.eventually("the one adoption is found", found).await
    });
}

#[test]
fn the_line_of_the_present_is_seen_whole_in_a_low_list() {
    browse(async |page| {
        page.resize(1280, 760).await?;
        let lab = page.open("#scenario=two-proposers&step=60").await?;
        lab.find("[data-topic=linked]").await?;
        lab.by_single_steps().await?;
        let seen = "
            const root = args[0].shadowRoot;
            const list = root.querySelector('.list').getBoundingClientRect();
            const rows = [...root.querySelectorAll('.row')].filter((row) => row.textContent.trim().startsWith(String(args[1])));
            return rows.some((row) => {
                const { top, bottom } = row.getBoundingClientRect();
                return top >= list.top - 1 && bottom <= Math.min(list.bottom, innerHeight) + 1;
            });";
        for step in (44..60).rev() {
            lab.seek(step).await?;
            page.drawn().await?;
            let seen: bool = page.js(seen, vec![lab.element().to_json()?, json!(step)]).await?;
            assert!(seen, "step {step}");
        }
        Ok(())
    });
}
