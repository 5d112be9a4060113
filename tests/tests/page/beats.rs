//! A run is played and stepped by beats: what a person takes in at once.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Lab, Page, Result, Setup, Value, browse, json};

/// Lets the page draw this many frames.
async fn frames(page: &Page, count: u32) -> Result<()> {
    let wait = "for (let i = 0; i < args[0]; i++) await new Promise((done) => requestAnimationFrame(done));";
    page.js(wait, vec![json!(count)]).await
}

fn host(attributes: &str) -> Setup {
    let page = format!(
        "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab {attributes}></quorum-lab>"
    );
    Setup::new().page("/host.html", page)
}

async fn press(page: &Page, keys: impl ToString) -> Result<()> {
    page.driver().action_chain().send_keys(keys.to_string()).perform().await?;
    Ok(())
}

/// The sentences that are shown while it plays from here to the end, each with how long it was shown, in ms, and whether a
/// breath was taken meanwhile.
async fn watch(page: &Page, lab: &Lab) -> Result<Vec<(String, f64, String)>> {
    let watch = "
        const [lab] = args;
        const root = lab.shadowRoot;
        const says = () => root.querySelector('.told .why, .told')?.innerText.split('\\n').slice(1).join(' ').trim();
        const shown = [];
        lab.play();
        await new Promise((done) => {
            const look = (time) => {
                const text = says();
                const next = root.querySelector('.next').innerText;
                const last = shown.at(-1);
                if (last) last.until = time;
                if (last?.text !== text) shown.push({ text, since: time, until: time, later: '' });
                if (next.startsWith('…')) shown.at(-1).later = next;
                const over = !lab.view().next && root.querySelector('button.play').innerText.includes('Play');
                if (over) done(); else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        });
        return shown.map(({ text, since, until, later }) => [text, until - since, later]);";
    page.js(watch, vec![lab.element().to_json()?]).await
}

/// How long a text takes to read, in ms.
fn reading_time(text: &str) -> f64 {
    (text.split_whitespace().count() as f64 / 230.0 * 60_000.0).max(1000.0)
}

#[test]
fn play_holds_each_beat_as_long_as_its_sentence_takes_to_read() {
    const SPEED: f64 = 8.0;
    host("nodes=3 seed=4 step=0 speed=8 beats=ideas panels='stage inspector'").browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.propose(1, "blue").await?;
        let shown = watch(page, &lab).await?;
        // What was there before play, and what is there when it ends, are nobody's to hold.
        let played = &shown[1..shown.len() - 1];
        assert!(played.len() >= 4, "{shown:?}");
        for (text, time, _) in played {
            let least = reading_time(text) / SPEED;
            assert!(*time >= least - 40.0, "“{text}” was shown for {time} ms of {least}");
        }
        assert!(played.iter().any(|(text, ..)| text.contains("blue is chosen")), "{shown:?}");
        Ok(())
    });
}

#[test]
fn time_in_which_nothing_happens_is_one_breath() {
    host("nodes=3 seed=4 step=0 speed=16 beats=messages").browse(async |page| {
        let lab = page.open("/host.html").await?;
        for node in [2, 3] {
            lab.server(node, "crash").await?;
        }
        lab.propose(1, "blue").await?;
        lab.play().await?;
        let breath = page
            .eventually("a breath is taken", async || {
                let text = lab.find(".next").await?.text().await?;
                Ok(Some(text).filter(|text| text.starts_with('…')))
            })
            .await?;
        assert!(breath.ends_with(" ms later"), "{breath}");
        let view = lab.until("the proposer tries again", |view| view["at"].as_u64() > Some(300)).await?;
        assert_eq!(view["stuck"], "1 of 3 can answer; 2 are needed. Restart one of servers 2 and 3.");
        lab.pause().await?;
        page.drawn().await?;
        let middle = lab.find(".chosen").await?.text().await?;
        assert!(middle.contains("1 of 3 can answer; 2 are needed."), "{middle}");
        let line = lab.find(".next").await?.text().await?;
        assert!(line.starts_with("Next, at "), "{line}");
        Ok(())
    });
}

#[test]
fn step_and_back_go_by_the_size_chosen_and_with_shift_by_single_steps() {
    host("nodes=3 seed=4 step=0").browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.propose(1, "blue").await?;
        let at = |view: &Value| (view["step"].as_u64(), view["beat"]["size"].as_str().map(str::to_owned));
        lab.press("Step").await?;
        let view = lab.until("it is sent", |view| view["step"] == 4).await?;
        assert_eq!(at(&view), (Some(4), Some("messages".into())), "what is decided is written, durable and sent");

        lab.press("Ideas").await?;
        lab.press("Step").await?;
        let promised = |view: &Value| view["beat"]["says"].as_str().unwrap_or("").contains("has a quorum of promises");
        let idea = lab.until("it is told", promised).await?;
        // Where it ends is known once it has ended: until then, the end is as far as it has come.
        let mut idea = idea;
        loop {
            page.drawn().await?;
            let later = lab.view().await?;
            if later["step"] == idea["step"] && later["step"] == later["beat"]["to"] {
                break;
            }
            idea = later;
        }
        assert!(lab.text().await?.contains("Server 1 is free to propose blue"), "its sentence is shown");
        assert!(idea["step"].as_u64() > Some(10));

        let card = lab.find("[data-node='1']").await?;
        card.click().await?;
        let keys = page.driver().action_chain();
        keys.key_down(Key::Shift).send_keys(Key::Left + "").key_up(Key::Shift).perform().await?;
        let before = idea["step"].as_u64().map(|step| step - 1);
        lab.until("Shift goes back by one", |view| view["step"].as_u64() == before).await?;
        press(page, Key::Left + "").await?;
        lab.until("Back goes to the idea before", |view| view["step"] == 4).await?;
        lab.press("Everything").await?;
        lab.press("Step").await?;
        lab.until("every step is a beat", |view| view["step"] == 5).await?;
        lab.press("To the beginning").await?;
        lab.until("there it is", |view| view["step"] == 0).await?;

        // The same for pages and scripts.
        lab.set("beats", Some("ideas")).await?;
        lab.beat(2).await?;
        assert_eq!(lab.view().await?["step"], idea["step"]);
        lab.beat(-1).await?;
        assert_eq!(lab.view().await?["step"], 4);
        lab.step(1).await?;
        assert_eq!(lab.view().await?["step"], 5, "step() goes by steps, whatever the beat");
        Ok(())
    });
}

#[test]
fn play_at_the_end_begins_again_and_a_double_click_is_one_click() {
    host("nodes=3 seed=4 step=0 speed=64").browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.propose(1, "blue").await?;
        let end = lab.settle().await?;
        let twice = "const [button] = args; button.click(); button.click(); return button.innerText;";
        let play = lab.find("button.play").await?;
        page.js::<String>(twice, vec![play.to_json()?]).await?;
        lab.until("it begins again", |view| view["step"].as_u64() < Some(5)).await?;
        lab.until("it plays on", |view| view["step"].as_u64() > Some(8)).await?;
        lab.until("it comes to the same end", |view| view["step"] == end["step"]).await?;
        assert_eq!(lab.view().await?["chosen"], end["chosen"]);
        Ok(())
    });
}

#[test]
fn real_time_is_a_choice_and_the_speed_is_what_it_says() {
    host("nodes=101 seed=4 step=0 speed=64").browse(async |page| {
        let lab = page.open("/host.html").await?;
        let pace = lab.find("select[aria-label=Pace]").await?;
        assert_eq!(pace.prop("value").await?.as_deref(), Some("reading"));
        lab.set("pace", Some("time")).await?;
        page.drawn().await?;
        assert_eq!(pace.prop("value").await?.as_deref(), Some("time"));
        for node in [1, 2, 3] {
            lab.propose(node, "blue").await?;
        }
        lab.play().await?;
        let speed = lab.find("select[aria-label=Speed]").await?;
        page.eventually("the menu says how fast it is", async || {
            let text = speed.text().await?;
            Ok(Some(()).filter(|()| text.contains("×64: as fast as it goes, ×")))
        })
        .await?;
        // What it could not do then it does not make up for now.
        lab.set("speed", Some("0.125")).await?;
        let before = lab.view().await?["at"].as_u64().unwrap_or_default();
        frames(page, 30).await?;
        let after = lab.view().await?["at"].as_u64().unwrap_or_default();
        lab.pause().await?;
        assert!(after - before <= 30, "{} ms passed in half a second at ×1/8", after - before);
        Ok(())
    });
}

#[test]
fn a_scenario_goes_by_its_notes_which_are_numbered_on_the_line() {
    browse(async |page| {
        let lab = page.open("#scenario=first-agreement").await?;
        let view = lab.view().await?;
        assert_eq!((&view["beat"]["size"], &view["beat"]["of"]), (&json!("ideas"), &json!(7)));
        let marks = "return [...args[0].shadowRoot.querySelectorAll('.scrubber .marks i')].map((i) => [i.innerText, i.dataset.mark, i.title]);";
        let marks = async || page.js::<Vec<[String; 3]>>(marks, vec![lab.element().to_json()?]).await;
        page.drawn().await?; // the line of the run has its length then
        let shown = marks().await?;
        let numbers: String = shown.iter().map(|[number, ..]| number.as_str()).collect::<Vec<_>>().join(" ");
        assert!(numbers.starts_with("1") && numbers.ends_with("7"), "{shown:?}");
        assert!(shown.iter().any(|[_, mark, _]| mark == "chosen"), "{shown:?}");
        assert!(shown.iter().all(|[_, mark, _]| mark != "intervention"), "who only watches sees no interventions");
        for _ in 0..4 {
            lab.press("Step").await?;
            let step = lab.view().await?["step"].clone();
            lab.until("it goes on", |view| view["step"].as_u64() > step.as_u64() && view["step"] == view["beat"]["to"])
                .await?;
        }
        let view = lab.view().await?;
        assert_eq!((&view["beat"]["number"], &view["step"]), (&json!(5), &json!(26)), "{}", view["beat"]);
        // A person who changes the run sees what they did.
        lab.find("[data-node='2']").await?.click().await?;
        press(page, "c").await?;
        lab.until("server 2 is down", |view| view["nodes"][1]["status"] == "down").await?;
        page.drawn().await?;
        let shown = marks().await?;
        assert!(shown.iter().any(|[_, mark, title]| mark == "crash" && title.contains("27")), "{shown:?}");
        Ok(())
    });
}
