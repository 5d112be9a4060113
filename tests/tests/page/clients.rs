//! A client of a log is a thing like a server: it is selected by mouse and by key, says what it does, and is acted on.

use quorum_tests::log::waiting;
use quorum_tests::thirtyfour::{Key, TypingData};
use quorum_tests::{Context, Lab, PLAIN, Page, Result, Value, browse, ensure, json};

/// Three servers and three clients, of which b waits for the leader.
async fn waiting_for_the_leader(page: &Page) -> Result<Lab> {
    let lab = page.open(PLAIN).await?;
    lab.reset(json!({ "protocol": "log", "nodes": 3, "clients": 3, "seed": 5 })).await?;
    lab.step(60).await?;
    for (value, steps) in [("1", 200), ("2", 8)] {
        let op = json!({ "put": ["x", value] });
        lab.apply(json!({ "type": "request", "client": "b", "op": op })).await?;
        lab.step(steps).await?;
    }
    assert_eq!(waiting(&lab.view().await?), ["b"]);
    page.drawn().await?;
    Ok(lab)
}

/// What is selected says all of this, in time.
async fn inspected(page: &Page, lab: &Lab, words: &[&str]) -> Result<()> {
    for word in words {
        let told = async || Ok(lab.shown(".about").await?.filter(|text| text.contains(word)));
        page.eventually(&format!("what is selected says {word:?}"), told).await?;
    }
    Ok(())
}

/// What has the focus in the lab: its name, or its text.
async fn focused(page: &Page, lab: &Lab) -> Result<String> {
    page.drawn().await?;
    let read = "
        const at = args[0].shadowRoot.activeElement;
        return at ? (at.ariaLabel ?? at.textContent).replace(/\\s+/g, ' ').trim() : '';";
    page.js(read, vec![lab.element().to_json()?]).await
}

async fn keys(page: &Page, keys: impl Into<TypingData>) -> Result<()> {
    Ok(page.driver().action_chain().send_keys(keys).perform().await?)
}

fn links_of(view: &Value, client: &str) -> Vec<bool> {
    let links = view["links"].as_array().into_iter().flatten();
    let own = links.filter(|link| link["from"] == client || link["to"] == client);
    own.filter_map(|link| link["up"].as_bool()).collect()
}

#[test]
fn a_client_that_is_clicked_says_what_it_does_and_is_the_one_that_asks_next() {
    browse(async |page| {
        let lab = waiting_for_the_leader(page).await?;
        lab.part("button", "Client b").await?.click().await?;
        let since = lab.view().await?["clients"][1]["waiting"]["since"].clone();
        inspected(
            page,
            &lab,
            &[
                "Client b",
                "put x 2 (its operation 2)",
                &format!("{since} ms, for"),
                "server 1",
                "one operation: put x 1 → ok, from slot 1",
            ],
        )
        .await?;
        let clients = lab.part("region", "Clients").await?;
        assert_eq!(clients.part("combobox", "As client").await?.value().await?, "b", "the console is still there");
        clients.part("combobox", "As client").await?.fill("c").await?;
        inspected(page, &lab, &["Client c", "nothing now", "no operation yet"]).await?;
        // Its lane leads to it as well.
        lab.part("tab", "Log and clients").await?.click().await?;
        lab.part("button", "client a").await?.click().await?;
        inspected(page, &lab, &["Client a"]).await?;
        lab.part("region", "Inspector").await?.press("Close").await?;
        inspected(page, &lab, &["The whole cluster"]).await
    });
}

#[test]
fn a_client_is_reached_acted_on_and_left_by_keys_alone() {
    browse(async |page| {
        let lab = waiting_for_the_leader(page).await?;
        // From the last server on, Tab goes to the clients.
        page.js::<()>("args[0].shadowRoot.querySelector('.client').focus();", vec![lab.element().to_json()?]).await?;
        inspected(page, &lab, &["Client a"]).await?;
        keys(page, Key::Tab + "").await?;
        assert_eq!(focused(page, &lab).await?, "Client b");
        inspected(page, &lab, &["Client b", "put x 2"]).await?;
        // Enter goes to what can be done: not to what is greyed.
        keys(page, Key::Enter + "").await?;
        ensure!(focused(page, &lab).await?.starts_with("Retry now"), "{}", focused(page, &lab).await?);
        keys(page, Key::Enter + "").await?;
        let events = lab.until("it has asked again", |view| view["clients"][1]["waiting"]["at"] != 1).await;
        events.context("another server is asked")?;
        inspected(page, &lab, &["asked again once"]).await?;
        assert_eq!(focused(page, &lab).await?, "Client b", "after an action the focus is on what was acted on");
        // I cuts it off, J lets it back.
        keys(page, "i").await?;
        lab.until("it is cut off", |view| links_of(view, "b") == [false; 6]).await?;
        keys(page, "j").await?;
        lab.until("it is not", |view| links_of(view, "b") == [true; 6]).await?;
        assert_eq!(focused(page, &lab).await?, "Client b");
        keys(page, Key::Escape + "").await?;
        inspected(page, &lab, &["The whole cluster"]).await?;
        ensure!(!focused(page, &lab).await?.is_empty(), "the focus stays in the lab");
        // A asks: the line is there, with something to begin with.
        page.js::<()>("args[0].shadowRoot.querySelector('[data-client=c]').focus();", vec![lab.element().to_json()?])
            .await?;
        inspected(page, &lab, &["Client c"]).await?;
        keys(page, "a").await?;
        assert_eq!(focused(page, &lab).await?, "What the client asks");
        keys(page, Key::Enter + "").await?;
        let view = lab.until("client c waits", |view| waiting(view).contains(&"c")).await?;
        assert_eq!(view["clients"][2]["waiting"]["op"], json!({ "put": ["x", "c1"] }));
        Ok(())
    });
}

#[test]
fn the_messages_and_the_links_of_a_client_are_selected_from_it_and_lead_back_to_it() {
    browse(async |page| {
        let lab = waiting_for_the_leader(page).await?;
        let under = |view: &Value| {
            let messages = view["messages"].as_array().into_iter().flatten();
            messages.filter(|it| it["to"] == "b" && it["status"] == "flying").filter_map(|it| it["id"].as_u64()).next()
        };
        while under(&lab.view().await?).is_none() {
            lab.step(1).await?;
        }
        lab.part("button", "Client b").await?.click().await?;
        lab.press("answer from 1").await?;
        inspected(page, &lab, &["server 1 to client b"]).await?;
        lab.press("Drop").await?;
        lab.until("it is lost", |view| under(view).is_none()).await?;
        inspected(page, &lab, &["Client b", "put x 2 (its operation 2)"]).await?;
        assert_eq!(waiting(&lab.view().await?), ["b"]);
        lab.press("Link to server 1").await?;
        inspected(page, &lab, &["The link between client b and server 1"]).await?;
        lab.press("Cut both ways").await?;
        lab.until("it is cut", |view| links_of(view, "b").iter().filter(|up| !**up).count() == 2).await?;
        Ok(())
    });
}

#[test]
fn on_a_telephone_a_client_is_a_sheet_that_gives_way_to_the_line_it_asks_with() {
    browse(async |page| {
        page.resize(390, 844).await?;
        let lab = waiting_for_the_leader(page).await?;
        lab.part("button", "Client a").await?.click().await?;
        lab.find(".lab[data-selected] .about").await?;
        inspected(page, &lab, &["Client a", "nothing now"]).await?;
        lab.press("Ask…").await?;
        lab.find(".lab:not([data-selected])").await?;
        assert_eq!(focused(page, &lab).await?, "What the client asks");
        let hidden = "
            const line = args[0].shadowRoot.querySelector('.console input').getBoundingClientRect();
            const over = args[0].shadowRoot.elementFromPoint(line.x + line.width / 2, line.y + line.height / 2);
            return !over?.closest('.console');";
        page.drawn().await?;
        ensure!(!page.js::<bool>(hidden, vec![lab.element().to_json()?]).await?, "something lies over the line");
        keys(page, Key::Enter + "").await?;
        lab.until("client a waits", |view| waiting(view).contains(&"a")).await.map(drop)
    });
}
