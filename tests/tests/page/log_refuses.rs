//! What cannot be done to a log, or asked of its clients, is refused with a sentence where the person is, and nothing
//! changes.

use quorum_core::json::{FromJson, Json};
use quorum_core::scenario::{LOG_SCENARIOS, SCENARIOS, Scenario};
use quorum_tests::log::waiting;
use quorum_tests::{Context, Lab, Log, PLAIN, Page, Part, Result, Value, WhatIf, browse, ensure, json, refused};

/// Three servers of a log, one of them down and one paused; client b waits.
async fn troubled(page: &Page) -> Result<Lab> {
    let lab = page.open(PLAIN).await?;
    lab.reset(json!({ "protocol": "log", "nodes": 3, "clients": 3, "seed": 5 })).await?;
    lab.step(60).await?;
    lab.server(2, "crash").await?;
    lab.server(3, "pause").await?;
    lab.apply(json!({ "type": "request", "client": "b", "op": { "get": "x" }, "node": 1 })).await?;
    page.drawn().await?;
    Ok(lab)
}

fn request(client: &str, op: &Value) -> Value {
    json!({ "type": "request", "client": client, "op": op })
}

#[test]
fn what_a_client_cannot_ask_is_refused_with_its_name_and_the_reason() {
    browse(async |page| {
        let lab = troubled(page).await?;
        let get = || json!({ "get": "x" });
        let at = |node: u32| json!({ "type": "request", "client": "a", "op": { "get": "x" }, "node": node });
        let cases = [
            (at(2), vec!["ask for get as client a", "server 2 is down"]),
            (at(3), vec!["server 3 is paused"]),
            (at(4), vec!["no server 4", "1 to 3"]),
            (at(0), vec!["no server 0", "numbered from 1"]),
            (request("b", &get()), vec!["one operation under way at most"]),
            (request("z", &get()), vec!["no such client", "has 3 of them"]),
            (request("A", &get()), vec!["\"a\" to \"z\""]),
            (request("a", &json!({ "incr": "x" })), vec!["one operation", "\"append\""]),
            (request("a", &json!({ "put": ["x"] })), vec!["one operation", "\"put\""]),
            (request("a", &json!({ "get": "x", "delete": "x" })), vec!["one operation"]),
            (request("a", &json!({ "put": ["x", 1] })), vec!["\"put\" must be a text"]),
            (request("a", &json!({ "get": "x".repeat(65_537) })), vec!["at most 65536 bytes", "65537"]),
            // Clients number what they ask by themselves: nobody can make one go back.
            (json!({ "type": "request", "client": "a", "op": get(), "seq": 1 }), vec!["no field \"seq\""]),
            (json!({ "type": "retry", "client": "b", "seq": 0 }), vec!["no field \"seq\""]),
            (json!({ "type": "retry", "client": "a" }), vec!["client a", "waits for nothing"]),
            (json!({ "type": "workload", "clients": 4, "rate": 1 }), vec!["1 to 3 clients"]),
            (json!({ "type": "workload", "clients": 3, "rate": 1001 }), vec!["1 to 1000 requests a second"]),
            (json!({ "type": "workload", "clients": 3, "rate": 1, "keys": 1001 }), vec!["1 to 1000 keys"]),
            (json!({ "type": "workload", "rate": 0 }), vec!["there is none"]),
            (json!({ "type": "propose", "node": 1, "value": "blue" }), vec!["requests of clients, not proposals"]),
            (json!({ "type": "cut", "from": "a", "to": "b" }), vec!["clients have no link to each other"]),
        ];
        for (action, words) in cases {
            refused(page, &lab, "apply", action, &words).await?;
        }
        Ok(())
    });
}

#[test]
fn a_config_of_a_log_that_makes_no_sense_is_refused_and_the_run_stays() {
    browse(async |page| {
        let lab = troubled(page).await?;
        for (config, says) in [
            (json!({ "window": 0 }), "1 to 1000 slots"),
            (json!({ "window": 1001 }), "1 to 1000 slots"),
            (json!({ "clients": 0 }), "1 to 150 clients"),
            (json!({ "clients": 151 }), "1 to 150 clients"),
            (json!({ "leader": 4 }), "server 4 cannot lead first"),
            (json!({ "election": "raft" }), "one of content, timeout"),
            (json!({ "workload": { "clients": 3, "rate": 1 } }), "1 to 2 clients"),
        ] {
            let mut config = config;
            config["protocol"] = json!("log");
            refused(page, &lab, "reset", config, &[says]).await?;
        }
        let slots = "
            const [lab, slots] = args;
            try { lab.view({ slots }); return ''; } catch (error) { return error instanceof Error ? error.message : `${error}`; }";
        for wrong in [json!([5, 2]), json!([1]), json!("all"), json!([-1, 4])] {
            let said: String = page.js(slots, vec![lab.element().to_json()?, wrong.clone()]).await?;
            assert!(said.ends_with('.') && said.contains("slots"), "{wrong}: {said}");
        }
        Ok(())
    });
}

/// What a form says when it is sent as it is.
async fn says(page: &Page, form: &Part, words: &str) -> Result<()> {
    let said = async || Ok(form.text().await?.contains(words).then_some(()));
    page.eventually(&format!("the page says {words:?}"), said).await
}

#[test]
fn a_line_that_cannot_be_asked_is_answered_where_it_is_typed() {
    browse(async |page| {
        let lab = troubled(page).await?;
        let log = Log::of(lab.clone());
        let clients = log.clients().await?;
        let before = lab.view().await?;
        let (key, value) = ("k".repeat(65), "🦀".repeat(17));
        for (line, words) in [
            ("", "What shall it ask?"),
            ("incr x", "“incr” is no operation. There are: put key value, get key, "),
            ("put x", "The value is missing: put key value."),
            ("get x y", "“y” is too much."),
            ("put x two words", "write the value between quotation marks"),
            ("put x \"1", "A quotation mark has no partner."),
            (&format!("get {key}"), "The key is too long by 1: it has room for 64 letters."),
            (&format!("put x {key}"), "The value is too long by 1"),
            (&format!("append x {value}"), "The value is too long by 4"),
            (&format!("cas x 1 {key}"), "The new value is too long by 1"),
        ] {
            log.ask(line).await?;
            says(page, &clients, words).await.with_context(|| format!("the line is {line:?}"))?;
            assert_eq!(lab.view().await?, before, "nothing has happened after {line:?}");
        }
        for (client, server, words) in [
            ("a", "2", "server 2 is down; restart it first."),
            ("a", "3", "server 3 is paused; resume it first."),
            ("b", "", "it waits for an answer"),
        ] {
            clients.part("combobox", "As client").await?.fill(client).await?;
            clients.part("combobox", "At server").await?.fill(server).await?;
            log.ask("put x 1").await?;
            says(page, &clients, words).await?;
            assert_eq!(lab.view().await?, before, "nothing has happened to {client} at {server:?}");
            let line = clients.part("textbox", "What the client asks").await?.value().await?;
            assert_eq!(line, "put x 1", "what was typed is there to be sent again");
        }
        // The last line that has room.
        clients.part("combobox", "As client").await?.fill("a").await?;
        log.ask(&format!("put {} {}", &key[1..], &key[1..])).await?;
        lab.until("client a waits", |view| waiting(view) == ["a", "b"]).await.map(drop)
    });
}

#[test]
fn after_a_thousand_keys_the_console_takes_those_and_no_more() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "protocol": "log", "nodes": 1, "clients": 26, "window": 1000, "seed": 5 })).await?;
        page.driver().set_script_timeout(std::time::Duration::from_secs(300)).await?;
        let ask = "
            const [lab] = args;
            await lab.step(30);
            const letters = 'abcdefghijklmnopqrstuvwxyz';
            for (let key = 0; key < 1000; ) {
                for (const client of letters.slice(0, 1000 - key))
                    await lab.apply({ type: 'request', client, op: { put: [`k${key++}`, '1'] } });
                while (lab.view().clients.some(({ waiting }) => waiting)) await lab.step(50);
            }";
        page.js::<Value>(ask, vec![lab.element().to_json()?]).await?;
        let log = Log::of(lab.clone());
        let clients = log.clients().await?;
        let before = lab.view().await?["step"].clone();
        for line in ["put new 1", "append new 1", "cas new 1 2"] {
            // Who has asked what is read between frames.
            let refused = async || {
                log.ask(line).await?;
                Ok(clients.text().await?.contains("1,000 keys").then_some(()))
            };
            page.eventually(&format!("{line:?} is refused"), refused).await?;
            clients.part("textbox", "What the client asks").await?.fill("").await?;
        }
        assert_eq!(lab.view().await?["step"], before);
        log.ask("put k7 2").await?;
        lab.until("client a waits", |view| waiting(view) == ["a"]).await.map(drop)
    });
}

#[test]
fn a_wrong_number_of_a_log_is_refused_where_it_stands() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.press("Scenarios").await?;
        lab.press("New run…").await?;
        let form = lab.part("dialog", "New run").await?;
        form.part("combobox", "Protocol").await?.fill("log").await?;
        for (field, wrong, right, words) in [
            ("Window", "0", "8", "Window: a whole number, 1 to 1,000."),
            ("Window", "1001", "8", "Window: a whole number, 1 to 1,000."),
            ("Clients", "0", "2", "Clients: a whole number, 1 to 26."),
            ("Clients", "27", "2", "Clients: a whole number, 1 to 26."),
        ] {
            let input = form.part("spinbutton", field).await?;
            input.fill(wrong).await?;
            form.press("Start").await?;
            says(page, &form, words).await?;
            input.fill(right).await?;
        }
        form.press("Start").await?;
        lab.seen().gone("dialog", "New run").await?;
        lab.until("it is a log", |view| view["protocol"] == "log").await?;
        let clients = Log::of(lab.clone()).clients().await?;
        for (field, wrong, right, words) in [
            ("Clients", "3", "2", "Clients: a whole number, 1 to 2."),
            ("Requests a second", "1001", "20", "Requests a second: a whole number, 1 to 1,000."),
            ("Keys", "0", "3", "Keys: a whole number, 1 to 1,000."),
            ("Keys", "1001", "3", "Keys: a whole number, 1 to 1,000."),
        ] {
            let input = clients.part("spinbutton", field).await?;
            input.fill(wrong).await?;
            clients.press("Start").await?;
            says(page, &clients, words).await?;
            assert_eq!(lab.view().await?["workload"], Value::Null, "{wrong} in {field}");
            input.fill(right).await?;
        }
        Ok(())
    });
}

/// A client numbers its operations; what it asked before comes late to a server that has served it since.
#[test]
fn a_request_that_comes_after_a_later_one_is_answered_with_a_sentence_and_changes_nothing() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "protocol": "log", "nodes": 3, "clients": 1, "seed": 5 })).await?;
        let log = Log::of(lab.clone());
        lab.step(60).await?;
        lab.apply(request("a", &json!({ "append": ["x", "1"] }))).await?;
        let asked = |view: &Value| {
            let messages = view["messages"].as_array().into_iter().flatten();
            messages.filter(|it| it["kind"] == "request").filter_map(|it| it["id"].as_u64()).collect::<Vec<_>>()
        };
        let [first] = asked(&lab.view().await?)[..] else { panic!("one request is under way") };
        lab.apply(json!({ "type": "duplicate", "message": first })).await?;
        let copy = asked(&lab.view().await?).into_iter().find(|id| *id != first).context("a copy")?;
        lab.apply(json!({ "type": "hold", "message": copy })).await?;
        log.on("the first is answered", |view| waiting(view).is_empty()).await?;
        lab.apply(request("a", &json!({ "append": ["x", "2"] }))).await?;
        let view = log.on("the second is answered", |view| waiting(view).is_empty()).await?;
        lab.apply(json!({ "type": "deliver", "message": copy })).await?;
        let step = u32::try_from(lab.view().await?["step"].as_u64().context("a step")?)?;
        let came = lab.events(step).await?;
        let told: Vec<_> = came.iter().filter_map(|event| event["why"].as_str()).collect();
        ensure!(told.iter().any(|why| why.contains("later operation")), "{told:?}");
        log.on("what is left has come", |view| view["at"].as_u64() > Some(5_000)).await?;
        let after = lab.view().await?;
        assert_eq!(after["nodes"][0]["store"], view["nodes"][0]["store"]);
        assert_eq!(after["clients"], view["clients"], "and it takes the late answer for none of its own");
        assert_eq!(after["history"]["verdict"], "linearizable");
        Ok(())
    });
}

fn played(all: &[(&str, &str)], name: &str) -> Result<Value> {
    let (_, text) = all.iter().find(|(known, _)| *known == name).context("it ships")?;
    let json: Json = serde_json::from_str(text)?;
    Ok(serde_json::to_value(Json::from(&Scenario::from_json(&json, "scenario")?.play()?.run()))?)
}

#[test]
fn what_is_of_one_protocol_is_refused_by_what_is_for_the_other() {
    browse(async |page| {
        let lab = page.open("#scenario=steady-leader&step=100").await?;
        // A search that goes on from a log looks at up to five servers.
        lab.reset(json!({ "protocol": "log", "nodes": 7 })).await?;
        lab.step(1).await?;
        let pane = WhatIf::open(&lab).await?;
        pane.pane.press("Search from step 1").await?;
        says(page, &pane.pane, "looks at up to 5 servers, and this run has 7. Search on from a run of fewer.").await?;
        pane.close().await?;
        page.take_errors().await?;
        // And a run of one value has no clients.
        lab.reset(json!({ "nodes": 3 })).await?;
        refused(
            page,
            &lab,
            "apply",
            request("a", &json!({ "get": "x" })),
            &["Cannot request", "only a log has clients"],
        )
        .await?;
        refused(page, &lab, "reset", json!({ "window": 3 }), &["only a log has “window”", "protocol: \"log\""]).await?;
        let tools = "
            const { default: init, compare } = await import(new URL('wasm/quorum_extras.js', document.baseURI).href);
            await init();
            try { return `${JSON.stringify(compare(...args))}`; } catch (error) { return error.message; }";
        let log = played(LOG_SCENARIOS, "steady-leader")?;
        let one = played(SCENARIOS, "first-agreement")?;
        for both in [vec![log.clone(), one.clone()], vec![one, log]] {
            let said: String = page.js(tools, both).await?;
            ensure!(said.contains("is of a replicated log, and the other of one agreed value"), "{said}");
        }
        Ok(())
    });
}
