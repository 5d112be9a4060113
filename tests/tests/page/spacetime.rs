//! The space-time panel: what it shows and where it leads. What is painted is also listed, for
//! those who do not see it; these tests read the list, and the picture itself where only the picture can tell.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Browser, Context, Lab, PLAIN, Page, Result, Setup, Value, browse, json};

/// Does something with the space-time panel of a lab: `part` finds in it, `listed` are its events in sight.
async fn panel(page: &Page, lab: &Lab, does: &str) -> Result<Value> {
    let tools = "
        const [lab, ...rest] = args;
        const part = (selector) => lab.shadowRoot.querySelector(`.spacetime ${selector}`);
        const listed = () => [...lab.shadowRoot.querySelectorAll('.spacetime [role=option]')].map((option) => {
            const { step, event, server, message, fate, at } = option.dataset;
            const [x, y] = at.split(' ').map(Number);
            return { step: Number(step), event, server: Number(server), message: Number(message), fate, x, y,
                ahead: 'ahead' in option.dataset, selected: option.ariaSelected === 'true', says: option.textContent };
        });";
    page.js(&format!("{tools}\n{does}"), vec![lab.element().to_json()?]).await
}

/// Opens the panel by its tab, and shows the whole run in it.
async fn open(page: &Page, lab: &Lab) -> Result<()> {
    lab.find("[data-panel=spacetime]").await?.click().await?;
    lab.find(".spacetime .bar").await?;
    whole(page, lab).await
}

async fn whole(page: &Page, lab: &Lab) -> Result<()> {
    page.drawn().await?;
    panel(
        page,
        lab,
        "[...part('.bar').querySelectorAll('button')].find((b) => b.textContent === 'Whole run').click();",
    )
    .await?;
    Ok(())
}

/// Switches what comes after the present on, or off.
async fn show_what_comes(page: &Page, lab: &Lab) -> Result<()> {
    panel(page, lab, "part('.comes input').click();").await?;
    page.drawn().await
}

/// The events listed, once they are as `condition` says.
async fn listed(page: &Page, lab: &Lab, what: &str, condition: impl Fn(&[Value]) -> bool) -> Result<Vec<Value>> {
    let mut last = Vec::new();
    let found = page.eventually(what, async || {
        let Value::Array(list) = panel(page, lab, "return listed();").await? else { return Ok(None) };
        last.clone_from(&list);
        Ok(Some(list).filter(|list| condition(list)))
    });
    let found = found.await;
    found.with_context(|| format!("the list is {}", Value::from(last)))
}

fn is(kind: &str) -> impl Fn(&&Value) -> bool {
    move |item| item["event"] == kind
}

async fn agreement(page: &Page) -> Result<Lab> {
    let lab = page.open(PLAIN).await?;
    lab.reset(json!({ "nodes": 3, "seed": 7 })).await?;
    lab.propose(1, "blue").await?;
    lab.settle().await?;
    Ok(lab)
}

/// Where an event of the list is in the window.
async fn spot(page: &Page, lab: &Lab, event: &Value) -> Result<(i64, i64)> {
    let corner = panel(
        page,
        lab,
        "part('').scrollIntoView({ block: 'center' });
        const box = part('.box');
        const { left, top } = box.getBoundingClientRect();
        return [Math.round(left + box.clientLeft), Math.round(top + box.clientTop)];",
    )
    .await?;
    let number = |value: &Value| value.as_i64().unwrap_or_else(|| panic!("a number of pixels and not {value}"));
    Ok((number(&corner[0]) + number(&event["x"]), number(&corner[1]) + number(&event["y"])))
}

async fn click(page: &Page, (x, y): (i64, i64)) -> Result<()> {
    page.driver().action_chain().move_to(x, y).click().perform().await?;
    Ok(())
}

#[test]
fn the_tab_brings_a_lane_for_each_server_and_an_arrow_for_each_message() {
    browse(async |page| {
        let lab = agreement(page).await?;
        let loaded = "return performance.getEntriesByType('resource').some(({ name }) => name.includes('spacetime'));";
        assert!(!page.js::<bool>(loaded, vec![]).await?, "a first visit does not load it");
        open(page, &lab).await?;
        assert!(page.js::<bool>(loaded, vec![]).await?);

        let events = lab.events(0).await?;
        let list = listed(page, &lab, "every event is listed", |list| list.len() == events.len()).await?;
        for (item, event) in list.iter().zip(&events) {
            assert_eq!((&item["step"], &item["event"]), (&event["step"], &event["event"]));
            let why = event["why"].as_str().unwrap_or_default();
            assert!(item["says"].as_str().is_some_and(|says| says.ends_with(why)), "{item} says {why}");
        }
        let arrows: Vec<_> = list.iter().filter(|item| !item["fate"].is_null()).collect();
        assert_eq!(arrows.len(), events.iter().filter(is("sent")).count());
        assert!(arrows.iter().all(|arrow| arrow["fate"] == "delivered"), "{arrows:?}");

        let lanes =
            panel(page, &lab, "return [...part('[aria-label=Lanes]').children].map((lane) => lane.textContent);");
        assert_eq!(lanes.await?, json!(["server 1, up", "server 2, up", "server 3, up"]));
        // A server's events stand on one line, and the lines of different servers apart.
        let height = |server: u32| {
            let mut there: Vec<_> =
                list.iter().filter(|item| item["server"] == server).map(|item| item["y"].as_i64()).collect();
            there.dedup();
            assert_eq!(there.len(), 1, "server {server} stands at {there:?}");
            there[0]
        };
        assert!(height(1) < height(2) && height(2) < height(3));
        assert!(list.is_sorted_by_key(|item| item["x"].as_i64()), "time goes to the right");
        Ok(())
    });
}

#[test]
fn a_message_that_is_held_one_that_is_lost_and_a_copy_are_told_apart() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 5, "seed": 7 })).await?;
        lab.propose(1, "blue").await?;
        lab.step(4).await?;
        let sent = lab.events(0).await?.into_iter().filter(|event| is("sent")(&event));
        let others: Vec<_> = sent.filter(|event| event["message"]["to"] != 1).collect();
        for (message, act) in others.iter().zip(["hold", "drop", "duplicate"]) {
            lab.apply(json!({ "type": act, "message": message["message"]["id"] })).await?;
        }
        lab.step(6).await?;
        open(page, &lab).await?;
        let fate = |list: &[Value], message: &Value| {
            let found = list.iter().find(|item| item["event"] == "sent" && item["message"] == message["message"]["id"]);
            found.map(|item| item["fate"].clone())
        };
        let list = listed(page, &lab, "they are listed", |list| fate(list, &others[2]).is_some()).await?;
        assert_eq!(fate(&list, &others[0]), Some(json!("held")));
        assert_eq!(fate(&list, &others[1]), Some(json!("dropped")));
        assert_eq!(list.iter().filter(is("duplicated")).count(), 1);
        assert!(list.iter().find(is("duplicated")).is_some_and(|copy| !copy["fate"].is_null()));
        Ok(())
    });
}

#[test]
fn a_crash_leaves_a_gap_in_the_lane_until_the_restart() {
    browse(async |page| {
        let lab = agreement(page).await?;
        lab.server(3, "crash").await?;
        lab.propose(1, "blue").await?;
        lab.step(3).await?;
        lab.server(3, "restart").await?;
        lab.step(3).await?;
        open(page, &lab).await?;
        for _ in 0..3 {
            lab.find(".spacetime [aria-label='Zoom in']").await?.click().await?;
        }
        // Where the list says that it is; the list follows the picture a moment later.
        let seen = "
            const list = listed();
            const [down, up] = ['crashed', 'restarted'].map((kind) => list.find(({ event }) => event === kind));
            if (!down || !up || up.x - down.x < 30) return null;
            const canvas = part('canvas');
            const dense = canvas.width / canvas.clientWidth;
            const pixels = (x) => canvas.getContext('2d').getImageData(x * dense, (down.y - 1) * dense, 1, 3 * dense);
            const painted = (x) => pixels(x).data.some((byte) => byte > 0);
            return [painted(down.x - 14), painted((down.x + up.x) / 2), painted(up.x + 8)];";
        page.eventually("the lane ends at the crash and goes on from the restart", async || {
            Ok((panel(page, &lab, seen).await? == json!([true, false, true])).then_some(()))
        })
        .await?;
        Ok(())
    });
}

#[test]
fn a_click_on_an_event_or_an_arrow_goes_there_and_selects_it_everywhere() {
    browse(async |page| {
        let lab = agreement(page).await?;
        open(page, &lab).await?;
        let list =
            listed(page, &lab, "the run is listed", |list| list.iter().any(|item| item["event"] == "chosen")).await?;
        let durable = list.iter().find(|item| item["event"] == "durable" && item["server"] == 2).expect("a write");
        click(page, spot(page, &lab, durable).await?).await?;
        lab.until("the click leads there", |view| view["step"] == durable["step"]).await?;
        page.drawn().await?;
        show_what_comes(page, &lab).await?;
        let selected = "
            const pressed = args[0].shadowRoot.querySelector('.area [aria-pressed=true]');
            const row = args[0].shadowRoot.querySelector('.events [aria-selected=true]');
            return [pressed?.dataset.node ?? null, pressed?.dataset.message ?? null, row?.textContent ?? null];";
        let there: Value = page.js(selected, vec![lab.element().to_json()?]).await?;
        assert_eq!(there[0], "2", "the stage has it");
        let list = listed(page, &lab, "what has not happened is marked", |list| {
            list.iter().all(|item| (item["step"].as_u64() > durable["step"].as_u64()) == (item["ahead"] == true))
        })
        .await?;
        assert!(list.iter().any(|item| item["selected"] == true && item["step"] == durable["step"]), "{list:?}");
        assert!(list.iter().any(|item| item["ahead"] == true), "what comes is shown: {list:?}");
        lab.find("[data-panel=events]").await?.click().await?;
        page.drawn().await?;
        let there: Value = page.js(selected, vec![lab.element().to_json()?]).await?;
        let step = durable["step"].to_string();
        assert!(there[2].as_str().is_some_and(|row| row.starts_with(&step) && row.contains("durable")), "{there}");

        lab.find("[data-panel=spacetime]").await?.click().await?;
        let list = listed(page, &lab, "it is back", |list| !list.is_empty()).await?;
        let promise = list.iter().rfind(|item| item["event"] == "sent" && item["server"] == 2).expect("an answer");
        let arrival = list.iter().find(|item| item["event"] == "delivered" && item["message"] == promise["message"]);
        let arrival = arrival.expect("it arrived");
        let (from, to) = (spot(page, &lab, promise).await?, spot(page, &lab, arrival).await?);
        click(page, (from.0 + (to.0 - from.0) * 3 / 10, from.1 + (to.1 - from.1) * 3 / 10)).await?;
        lab.until("the arrow leads to where it starts", |view| view["step"] == promise["step"]).await?;
        page.drawn().await?;
        let there: Value = page.js(selected, vec![lab.element().to_json()?]).await?;
        assert_eq!(there[1], promise["message"].to_string());
        Ok(())
    });
}

#[test]
fn the_picture_ends_at_the_present_until_what_comes_is_asked_for() {
    browse(async |page| {
        let lab = agreement(page).await?;
        open(page, &lab).await?;
        let all = lab.events(0).await?.len();
        listed(page, &lab, "at the end all of it is there", |list| list.len() == all).await?;
        lab.seek(11).await?;
        let list = listed(page, &lab, "the end is not told", |list| {
            !list.is_empty() && list.iter().all(|item| item["step"].as_u64() <= Some(11))
        });
        let list = list.await?;
        assert!(list.iter().any(|item| item["fate"] == "flying"), "what is on its way ends here: {list:?}");
        let named = "return [...part('.key').children].map((item) => item.textContent);";
        let names = panel(page, &lab, named).await?;
        let has = |name: &str| names.as_array().is_some_and(|names| names.iter().any(|one| one == name));
        assert!(has("prepare") && !has("chosen, by the ringed"), "the legend names what is seen: {names}");
        show_what_comes(page, &lab).await?;
        whole(page, &lab).await?;
        listed(page, &lab, "what comes is asked for", |list| list.len() == all).await?;
        lab.find("[data-panel=events]").await?.click().await?;
        lab.find("[data-panel=spacetime]").await?.click().await?;
        listed(page, &lab, "the switch stays where it was put", |list| list.len() == all).await?;
        page.drawn().await?;
        let names = panel(page, &lab, named).await?;
        assert!(
            names.as_array().is_some_and(|names| names.iter().any(|one| one == "chosen, by the ringed")),
            "{names}"
        );
        Ok(())
    });
}

#[test]
fn arrow_keys_move_between_events_and_enter_goes_there() {
    browse(async |page| {
        let lab = agreement(page).await?;
        open(page, &lab).await?;
        listed(page, &lab, "the run is listed", |list| list.iter().any(|item| item["event"] == "chosen")).await?;
        let steps = lab.view().await?["step"].clone();
        panel(page, &lab, "part('.box').focus();").await?;
        let press = async |key: Key| -> Result<Value> {
            page.driver().action_chain().send_keys(key + "").perform().await?;
            page.drawn().await?;
            let active = "const active = part(`#${part('.box').getAttribute('aria-activedescendant')}`);
                return { step: Number(active.dataset.step), server: Number(active.dataset.server),
                    says: active.textContent, near: part('.near').textContent };";
            panel(page, &lab, active).await
        };
        let first = press(Key::Left).await?;
        let second = press(Key::Left).await?;
        assert_eq!(first["server"], second["server"], "left and right stay on the lane");
        assert!(second["step"].as_u64() <= first["step"].as_u64(), "{second} after {first}");
        let other = press(Key::Up).await?;
        assert_ne!(other["server"], first["server"]);
        let why = other["says"].as_str().and_then(|says| says.split_once(": ")).map_or("", |(_, why)| why).to_owned();
        assert!(!why.is_empty() && other["near"].as_str().is_some_and(|near| near.ends_with(&why)), "{other}");
        assert_eq!(lab.view().await?["step"], steps, "looking around goes nowhere");

        let there = press(Key::Left).await?;
        press(Key::Enter).await?;
        lab.until("Enter goes there", |view| view["step"] == there["step"]).await?;
        page.driver().action_chain().send_keys(Key::Home + "").perform().await?;
        lab.until("Home goes to the beginning, as everywhere", |view| view["step"] == 0).await?;
        page.driver().action_chain().send_keys(Key::End + "").perform().await?;
        lab.until("End goes to the end", |view| view["step"] == steps).await?;
        Ok(())
    });
}

#[test]
fn a_fork_leaves_only_what_is_on_the_branch() {
    browse(async |page| {
        let lab = agreement(page).await?;
        open(page, &lab).await?;
        listed(page, &lab, "the run is listed", |list| list.iter().any(|item| item["event"] == "chosen")).await?;
        lab.seek(11).await?;
        lab.server(2, "crash").await?;
        whole(page, &lab).await?;
        let events = lab.events(0).await?;
        let list = listed(page, &lab, "what came after is gone", |list| list.len() == events.len()).await?;
        assert_eq!(list.last().map(|item| &item["event"]), Some(&json!("crashed")));
        assert!(list.iter().filter(|item| !item["fate"].is_null()).any(|item| item["fate"] == "flying"), "{list:?}");
        lab.call("switchTo", [json!(1)]).await?;
        whole(page, &lab).await?;
        listed(page, &lab, "the first future is back", |list| list.iter().any(|item| item["event"] == "chosen"))
            .await?;
        lab.reset(json!({ "nodes": 4 })).await?;
        listed(page, &lab, "another run has nothing of it", <[Value]>::is_empty).await?;
        let lanes = panel(page, &lab, "return part('[aria-label=Lanes]').children.length;").await?;
        assert_eq!(lanes, 4);
        Ok(())
    });
}

const EMBEDS: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Embeds</title>
    <link rel=icon href=icon.svg>
    <script type=module src=quorum-lab.js></script>
    <quorum-lab id=alone nodes=3 seed=7 panels=spacetime controls=none></quorum-lab>
    <quorum-lab id=second nodes=3 panels='disk spacetime'></quorum-lab>
    <quorum-lab id=usual nodes=3></quorum-lab>";

#[test]
fn an_embed_may_show_it_alone_and_the_first_panel_named_is_shown_first() {
    Setup::new().page("/embeds.html", EMBEDS).browse(async |page| {
        page.go("/embeds.html").await?;
        let shown = "
            const root = document.querySelector(args[0]).shadowRoot;
            const seen = (selector) => [...root.querySelectorAll(selector)].filter((part) => part.checkVisibility() && part.getClientRects().length);
            return [seen('[role=tabpanel]').map((part) => part.ariaLabel), seen('[role=tab]').map((tab) => tab.textContent)];";
        for (id, panels) in [
            ("#alone", json!([["Space-time"], []])),
            ("#second", json!([["Disk"], ["Space-time", "Disk"]])),
            ("#usual", json!([["Events"], ["Space-time", "Events", "Disk", "Table"]])),
        ] {
            page.lab(id).await?;
            assert_eq!(page.js::<Value>(shown, vec![json!(id)]).await?, panels, "{id}");
        }
        let alone = page.lab("#alone").await?;
        let some = listed(page, &alone, "it lists events", |list| !list.is_empty()).await?;
        alone.settle().await?;
        listed(page, &alone, "it follows the run", |list| list.len() > some.len()).await?;
        // What a person looks at stays when something else changes.
        let usual = page.lab("#usual").await?;
        usual.find("[data-panel=disk]").await?.click().await?;
        usual.set("theme", Some("dark")).await?;
        page.drawn().await?;
        assert_eq!(page.js::<Value>(shown, vec![json!("#usual")]).await?[0], json!(["Disk"]));
        Ok(())
    });
}

#[test]
fn a_wheel_with_ctrl_and_two_fingers_zoom_and_a_wheel_alone_is_left_to_the_page() {
    browse(async |page| {
        if page.browser() == Browser::Webkit {
            return Ok(()); // its driver turns no wheel
        }
        let lab = agreement(page).await?;
        open(page, &lab).await?;
        let turn = "
            const box = part('.box');
            const wide = () => box.scrollWidth;
            const before = wide();
            const { left, top } = box.getBoundingClientRect();
            const wheel = (ctrlKey) => box.dispatchEvent(new WheelEvent('wheel', { deltaY: -100, ctrlKey, clientX: left + 200, clientY: top + 50, bubbles: true, cancelable: true }));
            const scrolls = wheel(false);
            const still = wide() === before;
            const zooms = !wheel(true);
            for (let i = 0; i < 5; i++) wheel(true);
            return [scrolls, still, zooms, wide() > 2 * before];";
        assert_eq!(panel(page, &lab, turn).await?, json!([true, true, true, true]));
        let pinch = "
            if (typeof Touch === 'undefined') return true; // a browser for no fingers
            const box = part('.box');
            const before = box.scrollWidth;
            const fingers = (type, apart) => box.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true,
                touches: [-apart, apart].map((x, identifier) => new Touch({ identifier, target: box, clientX: 400 + x, clientY: 50 })) }));
            fingers('touchstart', 100);
            const taken = !fingers('touchmove', 50);
            return taken && box.scrollWidth < before;";
        assert_eq!(panel(page, &lab, pinch).await?, true);
        Ok(())
    });
}
