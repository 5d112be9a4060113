//! Two runs side by side on one clock.

use quorum_core::paxos::Rule;
use quorum_tests::thirtyfour::{By, Key, WebElement};
use quorum_tests::{Lab, PLAIN, Page, Result, Value, browse, json};

/// A lab in which server 3 has crashed in the middle of a round and come back, at its end.
async fn interrupted(page: &Page) -> Result<Lab> {
    let lab = page.open(PLAIN).await?;
    lab.reset(json!({ "nodes": 3, "seed": 7 })).await?;
    lab.propose(1, "blue").await?;
    lab.step(12).await?;
    lab.server(3, "crash").await?;
    lab.step(6).await?;
    lab.server(3, "restart").await?;
    lab.settle().await?;
    Ok(lab)
}

/// Runs `body` with `root`, the lab's shadow root, `labs`, the two that are compared, and `arg`.
async fn inside<T: serde::de::DeserializeOwned>(page: &Page, lab: &Lab, body: &str, arg: Value) -> Result<T> {
    let body = format!(
        "const root = args[0].shadowRoot, labs = [...root.querySelectorAll('.pane quorum-lab')], arg = args[1];
        {body}"
    );
    page.js(&body, vec![lab.element().to_json()?, arg]).await
}

/// Opens the comparison by way of the sheet for sharing.
async fn compare(page: &Page, lab: &Lab) -> Result<()> {
    for name in ["Share…", "Compare…"] {
        lab.press(name).await?;
    }
    verdict(page, lab, "").await.map(drop)
}

/// What is said of the two, once they are there and it has `part` in it.
async fn verdict(page: &Page, lab: &Lab, part: &str) -> Result<String> {
    let read = "return root.querySelector('.verdict')?.textContent ?? '';";
    let is_it = async || {
        let says: String = inside(page, lab, read, json!(null)).await?;
        Ok(Some(says).filter(|says| !says.is_empty() && says.contains(part)))
    };
    page.eventually(&format!("it is said that {part}"), is_it).await
}

/// Picks what differs, and fills in its fields in order.
async fn differ(page: &Page, lab: &Lab, kind: &str, fields: &[Value]) -> Result<()> {
    let pick = "
        const kind = root.querySelector('.differs select');
        const index = [...kind.options].findIndex((option) => option.textContent === arg.kind);
        if (index < 0) throw new Error(`${arg.kind} is none of ${kind.textContent}`);
        root.querySelector('.verdict').textContent = '';
        kind.selectedIndex = index;
        kind.dispatchEvent(new Event('change', { bubbles: true }));
        [...root.querySelectorAll('.differs .fields :is(input, select)')].forEach((field, i) => {
            if (arg.fields[i] === undefined) return;
            if (field.localName === 'select') field.selectedIndex = arg.fields[i];
            else field.value = arg.fields[i];
            field.dispatchEvent(new Event('change', { bubbles: true }));
        });";
    inside::<Value>(page, lab, pick, json!({ "kind": kind, "fields": fields })).await.map(drop)
}

/// Moves the clock of both, and waits until both have followed; returns their views.
async fn go(page: &Page, lab: &Lab, at: u64) -> Result<Vec<Value>> {
    let slide = "
        const range = root.querySelector('.compare [type=range]');
        range.value = arg;
        range.dispatchEvent(new Event('input'));";
    inside::<Value>(page, lab, slide, json!(at)).await?;
    let there = |view: &Value| {
        view["at"].as_u64() <= Some(at) && (view["next"].is_null() || view["next"]["at"].as_u64() > Some(at))
    };
    page.eventually(&format!("both are at {at} ms"), async || {
        Ok(Some(views(page, lab).await?).filter(|views| views.iter().all(there)))
    })
    .await
}

async fn views(page: &Page, lab: &Lab) -> Result<Vec<Value>> {
    inside(page, lab, "return labs.map((lab) => lab.view());", json!(null)).await
}

/// What the clock shows, in simulated ms.
async fn clock(page: &Page, lab: &Lab) -> Result<f64> {
    inside(page, lab, "return root.querySelector('.compare [type=range]').valueAsNumber;", json!(null)).await
}

async fn focused(page: &Page, lab: &Lab) -> Result<String> {
    inside(page, lab, "return root.activeElement?.textContent ?? '';", json!(null)).await
}

async fn body(page: &Page) -> Result<WebElement> {
    Ok(page.driver().find(By::Tag("body")).await?)
}

/// Presses a key wherever the focus is.
async fn key(page: &Page, key: impl Into<char>) -> Result<()> {
    let key: char = key.into();
    Ok(page.driver().action_chain().send_keys(key.to_string()).perform().await?)
}

#[test]
fn the_same_run_twice_does_not_differ() {
    browse(async |page| {
        let lab = interrupted(page).await?;
        compare(page, &lab).await?;
        differ(page, &lab, "another seed", &[json!(7)]).await?;
        assert_eq!(verdict(page, &lab, "same").await?, "Both are the same, to the end.");
        let shown: bool = inside(page, &lab, "return !root.querySelector('.apart').hidden;", json!(null)).await?;
        assert!(!shown, "nothing is marked");
        Ok(())
    });
}

#[test]
fn without_the_crash_the_first_difference_is_the_crash() {
    browse(async |page| {
        let lab = interrupted(page).await?;
        compare(page, &lab).await?;
        differ(page, &lab, "leave something out", &[json!(1)]).await?;
        let says = verdict(page, &lab, "Not done there").await?;
        assert!(says.starts_with("Until step 13, at ") && says.contains(" ms: Server 3 crashes"), "{says}");
        assert!(says.ends_with("Not done there: restart server 3 (it is up)."), "{says}");
        let there = lab.part("region", "There").await?.text().await?;
        assert!(there.contains("Without “Crash server 3”"), "{there}");
        let how = lab.find(".compare .how").await?.text().await?;
        assert_eq!(how, "There, this was left out: crash server 3 at step 14.");

        // The button goes there, and there both clocks are, and the one has crashed and the other not.
        let crash = lab.events(14).await?.swap_remove(0);
        assert_eq!((&crash["step"], &crash["event"]), (&json!(14), &json!("crashed")));
        go(page, &lab, 0).await?;
        lab.press("Show it").await?;
        let down = async || {
            let views = views(page, &lab).await?;
            let status = [&views[0], &views[1]].map(|view| view["nodes"][2]["status"].clone());
            Ok((status == [json!("down"), json!("up")]).then_some(views))
        };
        let views = page.eventually("only here is server 3 down", down).await?;
        assert_eq!(views[0]["at"], crash["at"]);
        assert_eq!(json!(clock(page, &lab).await?), json!(crash["at"].as_f64()));
        let marked: (f64, f64) = inside(
            page,
            &lab,
            "const apart = root.querySelector('.apart'), range = root.querySelector('.compare [type=range]');
            return [Number(apart.style.getPropertyValue('--part')), range.valueAsNumber / range.max];",
            json!(null),
        )
        .await?;
        assert_eq!(marked.0, marked.1, "the mark is where the clock is");
        // What differs is outlined on both sides, and what does not is not.
        let outlined = async || {
            let read = "
                const outlined = (lab) => [...lab.shadowRoot.querySelectorAll('.card')]
                    .filter((card) => getComputedStyle(card, '::before').content !== 'none')
                    .map((card) => Number(card.dataset.node));
                return labs.map(outlined);";
            let cards: Vec<Vec<u32>> = inside(page, &lab, read, json!(null)).await?;
            Ok((cards == [[3], [3]]).then_some(()))
        };
        page.eventually("only server 3 is outlined, on both sides", outlined).await?;
        Ok(())
    });
}

#[test]
fn both_follow_one_clock_forward_and_back() {
    browse(async |page| {
        let lab = interrupted(page).await?;
        compare(page, &lab).await?;
        differ(page, &lab, "another seed", &[json!(11)]).await?;
        verdict(page, &lab, "Until step").await?;
        let end: u64 =
            inside(page, &lab, "return Number(root.querySelector('.compare [type=range]').max);", json!(null)).await?;
        assert!(end > 100, "{end}");
        for at in [end / 2, 3, end, 90, 0, 41, 40, end - 1] {
            go(page, &lab, at).await?;
        }
        go(page, &lab, 0).await?;
        let moments: Vec<f64> = inside(
            page,
            &lab,
            "
            const all = labs.flatMap((lab) => lab.events().map((event) => event.at));
            return [...new Set(all)].sort((a, b) => a - b);",
            json!(null),
        )
        .await?;
        // One step is to the next moment at which either does something, and back is the way it came.
        body(page).await?;
        for (press, expected) in [
            (Key::Right, moments[1]),
            (Key::Right, moments[2]),
            (Key::Right, moments[3]),
            (Key::Left, moments[2]),
            (Key::End, end as f64),
            (Key::Home, 0.0),
        ] {
            key(page, press).await?;
            page.eventually(&format!("the clock is at {expected} ms"), async || {
                Ok((clock(page, &lab).await? == expected).then_some(()))
            })
            .await?;
        }
        key(page, ' ').await?;
        page.eventually("it plays", async || Ok((clock(page, &lab).await? > 5.0).then_some(()))).await?;
        key(page, ' ').await?;
        let word = "return root.querySelector('.compare .play').textContent;";
        page.eventually("it pauses", async || {
            Ok(inside::<String>(page, &lab, word, json!(null)).await?.contains("Play").then_some(()))
        })
        .await
    });
}

#[test]
fn without_a_rule_the_first_difference_is_what_the_rule_forbids() {
    browse(async |page| {
        let lab = interrupted(page).await?;
        compare(page, &lab).await?;
        let rule = Rule::ALL.iter().position(|rule| *rule == Rule::PersistBeforeReply);
        differ(page, &lab, "without a rule", &[json!(rule)]).await?;
        let says = verdict(page, &lab, "Until step 1").await?;
        assert!(says.contains("There, at 0 ms: Server 1 asks itself to promise 1.1"), "{says}");
        let how = lab.find(".compare .how").await?.text().await?;
        assert_eq!(how, "There, the rule “Nothing is said before it is durable” is off.");
        Ok(())
    });
}

#[test]
fn a_branch_is_compared_with_a_branch() {
    browse(async |page| {
        let lab = interrupted(page).await?;
        lab.seek(8).await?;
        lab.server(2, "pause").await?;
        lab.step(10).await?;
        let before = (lab.run().await?, lab.call("timeline", []).await?, lab.view().await?);
        page.drawn().await?;
        lab.press("2 branches…").await?;
        lab.part("dialog", "Branches").await?.press("Compare").await?;
        let says = verdict(page, &lab, "Until step 8").await?;
        assert!(says.contains("Then here, at ") && says.contains("Server 2 is paused"), "{says}");
        for (place, name) in [("Here", "Pause server 2"), ("There", "First run")] {
            let pane = lab.part("region", place).await?.text().await?;
            assert!(pane.contains(name), "{place}: {pane}");
        }
        let how = lab.find(".compare .how").await?.text().await?;
        assert!(how.starts_with("There, this was left out: pause server 2 at step 9."), "{how}");
        key(page, Key::End).await?;
        let here = lab.part("region", "Here").await?;
        page.eventually("the shorter one says that it was played on", async || {
            Ok(here.text().await?.contains(" ms, played on from its end at step 19. ").then_some(()))
        })
        .await?;
        let there = lab.part("region", "There").await?.text().await?;
        assert!(!there.contains("played on"), "{there}");
        assert_eq!((lab.run().await?, lab.call("timeline", []).await?, lab.view().await?), before, "only looked at");
        Ok(())
    });
}

#[test]
fn a_crash_is_moved_and_a_step_that_is_none_is_refused_with_a_sentence() {
    browse(async |page| {
        let lab = interrupted(page).await?;
        compare(page, &lab).await?;
        differ(page, &lab, "do something earlier or later", &[json!(1), json!(6)]).await?;
        let says = verdict(page, &lab, "Until step 6").await?;
        assert!(says.contains("There, at ") && says.contains("Server 3 crashes"), "{says}");
        differ(page, &lab, "do something earlier or later", &[json!(1), json!(9999)]).await?;
        let says = "After step: a whole number, 0 to ";
        page.eventually("what is wrong is said", async || {
            Ok(lab.find(".compare .wrong").await?.text().await?.contains(says).then_some(()))
        })
        .await
    });
}

#[test]
fn escape_gives_the_focus_back_and_nothing_of_the_kept_run_is_touched() {
    browse(async |page| {
        let lab = interrupted(page).await?;
        page.eventually("it is kept", async || Ok(lab.find(".kept[data-saved]").await.is_ok().then_some(()))).await?;
        let count = "globalThis.steps = 0; document.addEventListener('quorum-step', () => globalThis.steps++);";
        page.js::<Value>(count, vec![]).await?;
        let kept = lab.run().await?;
        compare(page, &lab).await?;
        differ(page, &lab, "without backoff", &[]).await?;
        verdict(page, &lab, "same").await?;
        go(page, &lab, 30).await?;
        // With the focus on a server inside, keys do the same, and nothing to that server.
        let focus = "labs[0].shadowRoot.querySelector('[data-node]').focus();";
        inside::<Value>(page, &lab, focus, json!(null)).await?;
        let runs = "return labs.map((lab) => lab.run());";
        let before: Value = inside(page, &lab, runs, json!(null)).await?;
        for press in ['c', '2', 'p'] {
            key(page, press).await?;
        }
        key(page, Key::Home).await?;
        page.eventually("the clock is at the beginning", async || Ok((clock(page, &lab).await? == 0.0).then_some(())))
            .await?;
        go(page, &lab, 30).await?;
        assert_eq!(inside::<Value>(page, &lab, runs, json!(null)).await?, before);
        key(page, Key::Escape).await?;
        page.eventually("it is closed", async || {
            Ok(inside::<bool>(page, &lab, "return !root.querySelector('dialog');", json!(null)).await?.then_some(()))
        })
        .await?;
        assert_eq!(focused(page, &lab).await?, "Share…");
        assert_eq!(page.js::<u32>("return globalThis.steps;", vec![]).await?, 0, "the page hears nothing of it");
        assert_eq!(lab.run().await?, kept);
        page.driver().refresh().await?;
        let run = page.lab("quorum-lab").await?.run().await?;
        assert_eq!(run, kept, "it is the same run after a reload");
        Ok(())
    });
}

#[test]
fn a_time_is_shown_by_its_last_step_with_messages_on_their_way() {
    browse(async |page| {
        let lab = interrupted(page).await?;
        let end = lab.view().await?["at"].as_u64().unwrap_or_default();
        let place = "
            const message = args[0].shadowRoot.querySelector('.message.flying');
            return message?.getAttribute('transform') ?? '';";
        let mut places = Vec::new();
        for at in [10.0, 20.0, 20.5, 30.0] {
            lab.call("at", [json!(at)]).await?;
            let view = lab.view().await?;
            assert!(view["at"].as_f64() <= Some(at) && view["next"]["at"].as_f64() > Some(at), "{at}: {view}");
            page.drawn().await?;
            places.push(page.js::<String>(place, vec![lab.element().to_json()?]).await?);
        }
        places.dedup();
        assert_eq!(places.len(), 4, "a message moves between two steps: {places:?}");
        lab.call("at", [json!(end + 1000)]).await?;
        assert_eq!(lab.view().await?["at"], end);
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        lab.propose(2, "red").await?;
        lab.call("at", [json!(60)]).await?;
        let view = lab.view().await?;
        assert!(
            view["step"].as_u64() > Some(5) && view["at"].as_u64() <= Some(60),
            "what has not come is gone on to: {view}"
        );
        for wrong in [json!(-1), json!("soon"), json!({})] {
            let refusal = lab.call("at", [wrong]).await.unwrap_err().to_string();
            assert!(refusal.contains("at takes a time in simulated milliseconds, 0 or more"), "{refusal}");
        }
        Ok(())
    });
}
