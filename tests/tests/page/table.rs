//! The moment as a table, for those who would rather read than look: it says what the view says, at each step.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Lab, Page, Result, Value, browse, ensure, json};

/// Both tables: their captions, heads and rows, as a screen reader reads them.
const READ: &str = "
    const root = args[0].shadowRoot;
    const text = (part) => part.textContent;
    return [...root.querySelectorAll('.table table')].map((table) => ({
        caption: text(table.caption),
        heads: [...table.tHead.rows[0].cells].map((cell) => `${cell.scope} ${text(cell)}`),
        rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map(text)),
        scopes: [...table.tBodies[0].rows].map((row) => row.cells[0].scope),
    }));";

async fn tables(page: &Page, lab: &Lab, step: u64) -> Result<Vec<Value>> {
    page.eventually(&format!("the table is of step {step}"), async || {
        let tables: Vec<Value> = page.js(READ, vec![lab.element().to_json()?]).await?;
        let caption = format!("Servers at step {step}");
        Ok(Some(tables).filter(|tables| tables.len() == 2 && tables[0]["caption"] == *caption))
    })
    .await
}

/// What a row says under a head.
fn cell<'a>(table: &'a Value, row: usize, head: &str) -> &'a str {
    let heads = table["heads"].as_array().map_or(&[][..], |heads| heads);
    let at = heads.iter().position(|it| *it == format!("col {head}"));
    let at = at.unwrap_or_else(|| panic!("there is no column {head}: {heads:?}"));
    table["rows"][row][at].as_str().unwrap_or_default()
}

/// Goes to the tab by keys alone.
async fn open(page: &Page, lab: &Lab) -> Result<()> {
    let focus = "args[0].shadowRoot.querySelector('[role=tab]:not([hidden])[tabindex=\"0\"]').focus();";
    page.js::<()>(focus, vec![lab.element().to_json()?]).await?;
    let chosen = "return args[0].shadowRoot.querySelector('[role=tab][aria-selected=true]').textContent;";
    for _ in 0..5 {
        page.driver().action_chain().send_keys(Key::Right).perform().await?;
        if page.js::<String>(chosen, vec![lab.element().to_json()?]).await? == "Table" {
            return Ok(());
        }
    }
    quorum_tests::bail!("the arrows do not lead to the table")
}

fn or(value: &Value, none: &str) -> String {
    value.as_str().map_or_else(|| none.to_owned(), ToOwned::to_owned)
}

#[test]
fn it_is_reached_by_keys_and_says_what_the_view_says_at_each_step() {
    browse(async |page| {
        let lab = page.open("#scenario=first-agreement").await?;
        open(page, &lab).await?;
        let length = lab.view().await?["length"].as_u64().unwrap_or_default();
        ensure!(length > 30, "the run is {length} steps long");
        for step in 0..=length {
            if step > 0 {
                lab.step(1).await?;
            }
            let view = lab.view().await?;
            let tables = tables(page, &lab, step).await?;
            ensure!(tables[0]["scopes"] == json!(["row", "row", "row"]), "{}", tables[0]);
            for (row, node) in view["nodes"].as_array().into_iter().flatten().enumerate() {
                assert_eq!(cell(&tables[0], row, "promised"), or(&node["promised"], "nothing"), "step {step}");
                let vote = node["accepted"].as_array().and_then(|votes| votes.last());
                let accepted = vote.map(|vote| format!("{} at {}", or(&vote["value"], ""), or(&vote["ballot"], "")));
                assert_eq!(cell(&tables[0], row, "accepted"), accepted.as_deref().unwrap_or("nothing"), "step {step}");
                let learned = node["learned"].as_array().and_then(|all| all.last()).map(|it| or(&it["value"], ""));
                assert_eq!(cell(&tables[0], row, "learned"), learned.as_deref().unwrap_or("nothing"), "step {step}");
                let durable = or(&node["disk"]["durable"]["promised"], "");
                ensure!(cell(&tables[0], row, "durable").starts_with(&durable), "step {step}: {}", tables[0]);
            }
            let messages = view["messages"].as_array().map_or(&[][..], |messages| messages);
            assert_eq!(tables[1]["rows"].as_array().map_or(0, Vec::len), messages.len(), "step {step}");
            for (row, message) in messages.iter().enumerate() {
                let status = or(&message["status"], "").replace('-', " ");
                assert_eq!(cell(&tables[1], row, "status"), status, "step {step}");
                let name = cell(&tables[1], row, "message").to_owned();
                let (kind, from, to) = (or(&message["kind"], ""), &message["from"], &message["to"]);
                ensure!(
                    name.to_lowercase().starts_with(&kind) && name.ends_with(&format!("server {from} to {to}")),
                    "{name}"
                );
            }
        }
        let says = lab.shown(".table .moment").await?.unwrap_or_default();
        ensure!(says.contains("blue is chosen at 1.1") && says.contains("Everyone knows."), "{says}");

        // A row leads to what can be done to its server.
        let focus = "args[0].shadowRoot.querySelectorAll('.table tbody button')[1].focus();";
        page.js::<()>(focus, vec![lab.element().to_json()?]).await?;
        page.driver().action_chain().send_keys(Key::Enter).perform().await?;
        lab.find(".card[data-node='2'][aria-pressed=true]").await?;
        Ok(())
    });
}

#[test]
fn of_a_log_it_says_how_far_each_server_is() {
    browse(async |page| {
        let lab = page.open("#scenario=pipeline-under-loss").await?;
        open(page, &lab).await?;
        for step in [0, 80, 130, 300] {
            lab.seek(step).await?;
            let view = lab.view().await?;
            let tables = tables(page, &lab, u64::from(step)).await?;
            for (row, node) in view["nodes"].as_array().into_iter().flatten().enumerate() {
                let applied = cell(&tables[0], row, "applied");
                let slot = |name: &str, none: &str, some: &str| match node[name].as_u64().unwrap_or_default() {
                    0 => none.to_owned(),
                    slot => format!("{some} {slot}"),
                };
                let applied_to = slot("applied", "nothing", "to slot");
                ensure!(applied.starts_with(&applied_to), "step {step}: {applied}");
                let chosen = slot("chosenTo", "nothing is known to be chosen", "slot");
                assert_eq!(cell(&tables[0], row, "chosen to"), chosen, "step {step}");
            }
            let messages = view["messages"].as_array().map_or(0, Vec::len);
            assert_eq!(tables[1]["rows"].as_array().map_or(0, Vec::len), messages, "step {step}");
        }
        // From one protocol to the other: the columns are those of the run that is shown.
        lab.reset(json!({ "nodes": 3, "seed": 4 })).await?;
        open(page, &lab).await?;
        let tables = tables(page, &lab, 0).await?;
        assert_eq!(cell(&tables[0], 0, "learned"), "nothing");
        Ok(())
    });
}

#[test]
fn a_figure_has_it_if_its_author_says_so() {
    let host = "<!doctype html><html lang=en><meta charset=utf-8><title>Host</title><link rel=icon href=icon.svg>
        <script type=module src=quorum-lab.js></script>
        <quorum-lab nodes=3 panels='stage table'></quorum-lab></html>";
    quorum_tests::Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html").await?;
        tables(page, &lab, lab.view().await?["step"].as_u64().unwrap_or_default()).await?;
        ensure!(lab.shown(".notice").await?.is_none(), "an attribute is said to be wrong");
        Ok(())
    });
}
