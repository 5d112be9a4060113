//! After everything a person does, by mouse, by key or by touch, the focus is inside the lab and can be seen: else the
//! next key would do nothing. It is on the thing that was acted on.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Browser, Lab, PLAIN, Page, Result, Setup, Value, json};
use std::collections::BTreeSet;

/// Says where the focus is, and what is wrong with that, if anything is: `[where, wrong]`.
const FOCUS: &str = "
    const [lab, byKey] = args;
    const at = lab.shadowRoot.activeElement;
    if (document.activeElement !== lab || !at) return ['', `outside: on ${document.activeElement?.tagName}`];
    const { node, message } = at.dataset;
    const where = node ? `server ${node}` : message ? `message` : at.ariaLabel ?? at.textContent;
    if (!at.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return [where, 'it is hidden'];
    if (byKey && !at.matches(':focus-visible')) return [where, 'nothing shows that it has the focus'];
    const { left, top, width, height } = at.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return [where, `it is outside the window, at ${x}, ${y}`];
    const over = lab.shadowRoot.elementFromPoint(x, y);
    if (over && !at.contains(over) && !over.contains(at)) return [where, `it is under ${over.outerHTML.slice(0, 90)}`];
    return [where, ''];";

/// The middle of what is seen of a selector, brought into the window: `[x, y]`, or null while there is none.
const MIDDLE: &str = "
    const [lab, selector] = args;
    const found = [...lab.shadowRoot.querySelectorAll(selector)].find((one) => one.checkVisibility());
    if (!found) return null;
    found.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const { left, top, width, height } = found.getBoundingClientRect();
    return [left + width / 2, top + height / 2];";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Mouse,
    Key,
    Touch,
}

/// Somebody who does everything in one way.
struct Hands<'a> {
    page: &'a Page,
    lab: Lab,
    way: Way,
    /// What was done.
    done: BTreeSet<String>,
}

impl Hands<'_> {
    async fn keys(&self, keys: impl ToString) -> Result<()> {
        self.page.driver().action_chain().send_keys(keys.to_string()).perform().await?;
        Ok(())
    }

    /// Presses a point of the window.
    async fn press(&self, x: f64, y: f64) -> Result<()> {
        let point = |kind: &str| json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
        let finger = |kind: &str, at: Value| json!({ "type": kind, "touchPoints": at });
        if self.way == Way::Touch {
            let down = finger("touchStart", json!([{ "x": x, "y": y }]));
            self.page.devtools("Input.dispatchTouchEvent", down).await?;
            self.page.devtools("Input.dispatchTouchEvent", finger("touchEnd", json!([]))).await?;
        } else {
            for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
                self.page.devtools("Input.dispatchMouseEvent", point(kind)).await?;
            }
        }
        self.page.drawn().await
    }

    /// Presses what a selector finds.
    async fn click(&self, selector: &str) -> Result<()> {
        let middle = async || {
            self.page.drawn().await?;
            let args = vec![self.lab.element().to_json()?, json!(selector)];
            self.page.js::<Option<(f64, f64)>>(MIDDLE, args).await
        };
        let (x, y) = self.page.eventually(&format!("there is {selector}"), middle).await?;
        self.press(x, y).await
    }

    /// Presses what has no key of its own: by key, one that works on it once it has the focus.
    async fn press_button(&self, selector: &str, key: &str) -> Result<()> {
        if self.way != Way::Key {
            return self.click(selector).await;
        }
        self.lab.find(selector).await?;
        let focus = "args[0].shadowRoot.querySelector(args[1]).focus();";
        self.page.js::<()>(focus, vec![self.lab.element().to_json()?, json!(selector)]).await?;
        self.keys(key).await
    }

    /// Selects a server, a message or a link.
    async fn select(&self, thing: &str) -> Result<()> {
        let script = "const [lab, selector] = args; lab.shadowRoot.querySelector(selector).focus();";
        let args = |selector: &str| -> Result<_> { Ok(vec![self.lab.element().to_json()?, json!(selector)]) };
        match (self.way, thing.strip_prefix("server ")) {
            (Way::Key, Some(server)) => self.keys(server).await?,
            (Way::Key, None) => {
                self.lab.find(thing).await?;
                self.page.js::<()>(script, args(thing)?).await?;
            }
            (_, Some(server)) => self.click(&format!("[data-node='{server}']")).await?,
            (_, None) => self.click(thing).await?,
        }
        self.page.drawn().await
    }

    /// Does what a button of the inspector does.
    async fn act(&mut self, name: &str, key: &str) -> Result<()> {
        self.done.insert(name.to_owned());
        if self.way == Way::Key {
            return self.keys(key).await;
        }
        self.click(&format!(".grid [aria-keyshortcuts='{key}']")).await
    }

    /// Waits until the focus is where it should be, inside and visible. Without a place, anywhere in the lab.
    async fn is_on(&self, place: &str, after: &str) -> Result<()> {
        let mut last = (String::new(), String::new());
        let there = async || {
            self.page.drawn().await?;
            let args = vec![self.lab.element().to_json()?, json!(self.way == Way::Key)];
            last = self.page.js(FOCUS, args).await?;
            Ok(Some(()).filter(|()| last.1.is_empty() && last.0.contains(place)))
        };
        let what = format!("after {after} by {:?} the focus is on “{place}”, inside and visible", self.way);
        let reached = self.page.eventually(&what, there).await;
        reached.map_err(|error| error.context(format!("it is on “{}”: {}", last.0, last.1)))
    }

    /// A run of three servers in which server 1 has asked for promises.
    async fn fresh(&self, steps: u32) -> Result<()> {
        self.lab.reset(json!({ "nodes": 3, "seed": 5, "disk": [20, 30] })).await?;
        self.lab.propose(1, "blue").await?;
        self.lab.step(steps).await
    }

    /// Acts on something, and looks where the focus is then.
    async fn on(&mut self, thing: &str, name: &str, key: &str, then: &str) -> Result<()> {
        self.select(thing).await?;
        let before = self.lab.view().await?;
        self.act(name, key).await?;
        self.lab.until(&format!("“{name}” is done"), |view| *view != before).await?;
        self.is_on(then, name).await
    }
}

/// On a big screen with a mouse or keys; on a telephone with a finger.
fn each_way(test: &impl AsyncFn(&mut Hands<'_>) -> Result<()>) {
    if Browser::chosen().ok() != Some(Browser::Chromium) {
        return; // the others have no fingers to be told what to do
    }
    for way in [Way::Mouse, Way::Key, Way::Touch] {
        Setup::new().browse(async |page| {
            if way == Way::Touch {
                page.resize(390, 844).await?;
                page.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await?;
            }
            let lab = page.open(PLAIN).await?;
            test(&mut Hands { page, lab, way, done: BTreeSet::new() }).await
        });
    }
}

#[test]
fn after_an_action_on_a_server_the_focus_is_on_the_server() {
    each_way(&async |hands| {
        hands.fresh(0).await?;
        hands.on("server 1", "Write now", "e", "server 1").await?;
        hands.on("server 1", "Sync now", "s", "server 1").await?;
        hands.on("server 1", "Send now", "n", "server 1").await?;
        hands.on("server 1", "Retry now", "t", "server 1").await?;
        hands.on("server 2", "Crash", "c", "server 2").await?;
        hands.on("server 2", "Restart", "r", "server 2").await?;
        hands.on("server 3", "Pause", "u", "server 3").await?;
        hands.on("server 3", "Resume", "u", "server 3").await?;
        hands.on("server 2", "Isolate", "i", "server 2").await?;
        hands.on("server 2", "Rejoin", "j", "server 2").await?;

        // The second press counts once the question can have been read.
        hands.select("server 3").await?;
        let lost = |view: &Value| view["nodes"][2]["disk"]["lost"] == true;
        hands.act("Wipe disk", "w").await?;
        assert!(!lost(&hands.lab.view().await?), "it asks first");
        hands.is_on("", "the question").await?;
        let read = "
            const since = performance.now();
            while (performance.now() < since + 500) await new Promise(requestAnimationFrame);";
        hands.page.js::<()>(read, vec![]).await?;
        hands.act("Wipe disk", "w").await?;
        hands.lab.until("the disk is wiped", lost).await?;
        hands.is_on("server 3", "Wipe disk").await?;

        hands.select("server 2").await?;
        hands.act("Propose…", "p").await?;
        hands.is_on("", "the form").await?;
        let field = hands.lab.find("form input[name=value]").await?;
        field.clear().await?;
        field.send_keys("red" + Key::Enter).await?;
        hands.lab.until("it is proposed", |view| view["nodes"][1]["proposal"]["asked"] == "red").await?;
        hands.is_on("server 2", "Propose").await?;
        hands.act("Propose…", "p").await?;
        hands.lab.find("form").await?;
        hands.keys(Key::Escape + "").await?;
        hands.is_on("", "Escape in the form").await?;
        assert_eq!(hands.done.len(), 12);
        Ok(())
    });
}

#[test]
fn after_an_action_on_a_message_the_focus_is_on_it_or_on_its_receiver() {
    each_way(&async |hands| {
        hands.fresh(1).await?;
        // What waits for the disk of server 1 lies in its tray.
        let all = hands.lab.view().await?;
        assert_eq!(all["messages"][0]["status"], "waiting-for-disk", "{all}");
        hands.lab.server(1, "sync").await?;
        hands.select("[data-message]").await?;
        hands.on("[data-message]", "Send now", "n", "").await?;

        let flying = "g[data-message]";
        for (name, key, stays) in [
            ("Hold", "h", true),
            ("Release", "r", true),
            ("Duplicate", "u", true),
            ("Drop", "x", false),
            ("Deliver now", "d", false),
        ] {
            if name != "Release" {
                hands.fresh(5).await?;
            }
            hands.on(flying, name, key, if stays { "message" } else { "server" }).await?;
        }
        assert_eq!(hands.done.len(), 6);
        Ok(())
    });
}

#[test]
fn after_an_action_on_a_link_or_the_cluster_the_focus_is_where_it_was() {
    each_way(&async |hands| {
        hands.fresh(3).await?;
        hands.select("server 1").await?;
        hands.press_button("[aria-label='Link to server 2']", &(Key::Enter + "").to_string()).await?;
        hands.is_on("", "selecting a link").await?;
        for (name, key) in [
            ("Cut 1 to 2", "c"),
            ("Mend 1 to 2", "m"),
            ("Cut 2 to 1", "u"),
            ("Mend 2 to 1", "e"),
            ("Cut both ways", "b"),
            ("Mend both ways", "w"),
        ] {
            let before = hands.lab.view().await?["links"].clone();
            hands.act(name, key).await?;
            hands.lab.until(name, |view| view["links"] != before).await?;
            hands.is_on("", name).await?;
        }
        hands.keys(Key::Escape + "").await?;
        hands.is_on("", "Escape").await?;

        hands.act("Partition…", "p").await?;
        hands.press_button("form input[value='2']", " ").await?;
        hands.press_button("form .primary", &(Key::Enter + "").to_string()).await?;
        hands.lab.until("2 is cut off", |view| view["links"].to_string().contains("false")).await?;
        hands.is_on("", "Partition").await?;
        hands.act("Heal every link", "h").await?;
        hands.lab.until("all is healed", |view| !view["links"].to_string().contains("false")).await?;
        hands.is_on("", "Heal").await?;
        hands.act("Network…", "n").await?;
        let lost = hands.lab.find("form input[name=loss]").await?;
        lost.clear().await?;
        lost.send_keys("10" + Key::Enter).await?;
        hands.lab.until("messages are lost", |view| view["network"]["loss"] == 0.1).await?;
        hands.is_on("", "Network").await?;
        hands.act("Power cut", "o").await?;
        hands.lab.until("the power fails", |view| view["headline"]["event"] == "power-cut").await?;
        hands.is_on("", "Power cut").await?;
        assert_eq!(hands.done.len(), 10);
        Ok(())
    });
}

#[test]
fn moving_through_time_and_closing_dialogs_leaves_the_focus_in_the_lab() {
    each_way(&async |hands| {
        hands.fresh(6).await?;
        let by_key = hands.way == Way::Key;
        let moves: [(&str, &str, String); 3] = [
            ("Step", "[aria-keyshortcuts=ArrowRight]", (Key::Right + "").to_string()),
            ("Back", "[aria-keyshortcuts=ArrowLeft]", (Key::Left + "").to_string()),
            ("To the end", "[aria-keyshortcuts=End]", (Key::End + "").to_string()),
        ];
        for (name, button, key) in moves {
            let before = hands.lab.view().await?["step"].clone();
            if by_key {
                hands.keys(key).await?;
            } else {
                hands.click(button).await?;
            }
            hands.lab.until(name, |view| view["step"] != before).await?;
            hands.is_on("", name).await?;
        }
        // Whatever message has the focus, it arrives.
        hands.select("[data-message]").await?;
        hands.lab.settle().await?;
        hands.is_on("server", "the message has arrived").await?;
        for dialog in ["Scenarios", "What if", "Share", "Help"] {
            hands.lab.choose(dialog).await?;
            hands.lab.part("dialog", "").await?;
            hands.keys(Key::Escape + "").await?;
            hands.lab.seen().gone("dialog", "").await?;
            hands.is_on("", dialog).await?;
        }
        Ok(())
    });
}

#[test]
fn on_a_page_of_its_own_keys_work_from_the_first_second() {
    Setup::new().browse(async |page| {
        let lab = page.open(PLAIN).await?;
        let hands = Hands { page, lab: lab.clone(), way: Way::Key, done: BTreeSet::new() };
        let step = lab.view().await?["step"].as_u64();
        hands.keys(Key::Right + "").await?;
        lab.until("the arrow steps", |view| view["step"].as_u64() > step).await?;
        hands.is_on("Play", "the first key").await?;
        page.js::<()>("document.activeElement.blur();", vec![]).await?;
        hands.keys("2c").await?;
        lab.until("server 2 is down", |view| view["nodes"][1]["status"] == "down").await?;
        hands.is_on("server 2", "2 and C").await
    });
}
