//! A person lets the run play.

use quorum_tests::{Browser, Lab, PLAIN, Page, Result, Setup, browse, chosen, json, learned};

/// Lets the page draw this many frames.
async fn frames(page: &Page, count: u32) -> Result<()> {
    let wait = "for (let i = 0; i < args[0]; i++) await new Promise((done) => requestAnimationFrame(done));";
    page.js(wait, vec![json!(count)]).await
}

async fn says(lab: &Lab, word: &str) -> Result<bool> {
    Ok(lab.find("button.play").await?.text().await?.contains(word))
}

fn host(attributes: &str) -> Setup {
    let page = format!(
        "<!doctype html><link rel=icon href=icon.svg><script type=module src=quorum-lab.js></script>
        <quorum-lab {attributes}></quorum-lab>"
    );
    Setup::new().page("/host.html", page)
}

#[test]
fn at_speed_64_five_servers_soon_agree_and_play_ends_by_itself() {
    host("nodes=5 seed=4 step=0 speed=64 pace=time").browse(async |page| {
        let lab = page.open("/host.html").await?;
        for (node, value) in [(1, "blue"), (3, "red")] {
            lab.propose(node, value).await?;
        }
        lab.play().await?;
        let view = lab.until("nothing is left to happen", |view| view["next"].is_null()).await?;
        let [value] = chosen(&view)[..] else { panic!("{view}") };
        assert_eq!(learned(&view), [Some(value); 5]);
        page.eventually("play ends", async || Ok(says(&lab, "Play").await?.then_some(()))).await?;
        Ok(())
    });
}

#[test]
fn pause_stops_and_play_goes_on() {
    host("nodes=3 seed=4 step=0 speed=8").browse(async |page| {
        let lab = page.open("/host.html").await?;
        // Without a majority a proposer tries for ever, so that it cannot be over before it is paused.
        lab.server(2, "crash").await?;
        lab.server(3, "crash").await?;
        lab.propose(1, "blue").await?;
        lab.play().await?;
        lab.until("it plays", |view| view["step"].as_u64() >= Some(6)).await?;
        assert!(says(&lab, "Pause").await?);
        lab.pause().await?;
        frames(page, 2).await?; // the step that was under way
        let paused = lab.view().await?;
        assert!(!paused["next"].is_null(), "it was paused on the way");
        frames(page, 30).await?;
        assert_eq!(lab.view().await?, paused);
        assert!(says(&lab, "Play").await?);
        lab.find("button.play").await?.click().await?;
        lab.until("it goes on", |view| view["step"].as_u64() > paused["step"].as_u64()).await?;
        Ok(())
    });
}

#[test]
fn a_higher_speed_is_faster_and_the_menu_shows_it() {
    host("nodes=3 seed=4 step=0 speed=1 pace=time").browse(async |page| {
        let lab = page.open("/host.html").await?;
        // Without a majority a proposer tries for ever.
        lab.server(2, "crash").await?;
        lab.server(3, "crash").await?;
        lab.propose(1, "blue").await?;
        let mut passed = Vec::new();
        for speed in ["1", "64"] {
            lab.set("speed", Some(speed)).await?;
            let before = lab.view().await?["at"].as_u64().unwrap_or_default();
            lab.play().await?;
            frames(page, 30).await?;
            lab.pause().await?;
            passed.push(lab.view().await?["at"].as_u64().unwrap_or_default() - before);
            let shown = lab.find("select[aria-label=Speed]").await?.prop("value").await?;
            assert_eq!(shown.as_deref(), Some(speed));
        }
        assert!(passed[1] >= 300 && passed[1] > 6 * passed[0], "{passed:?} ms passed at speeds 1 and 64");
        // A speed there is not is ignored.
        lab.set("speed", Some("77")).await?;
        let shown = lab.find("select[aria-label=Speed]").await?.prop("value").await?;
        assert_eq!(shown.as_deref(), Some("64"));
        Ok(())
    });
}

#[test]
fn with_autoplay_it_plays_by_itself() {
    host("nodes=3 seed=4 autoplay speed=64").browse(async |page| {
        let lab = page.open("/host.html").await?;
        let view = lab.until("they agree", |view| view["next"].is_null()).await?;
        assert_eq!(chosen(&view).len(), 1, "{view}");
        Ok(())
    });
}

#[test]
fn who_prefers_reduced_motion_gets_no_autoplay_and_steps_that_jump() {
    host("nodes=3 seed=4 autoplay speed=0.125").browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver pretends that a person prefers less motion
        }
        page.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
        let lab = page.open("/host.html").await?;
        let before = lab.view().await?;
        frames(page, 20).await?;
        assert_eq!(lab.view().await?, before);
        assert!(says(&lab, "Play").await?);
        // A step is there at once: within the turn of the event loop that asks for it, and no frame later.
        let jumps = "
            const [lab, button] = args;
            const before = lab.view().step;
            let frames = 0;
            const count = () => (frames++, requestAnimationFrame(count));
            requestAnimationFrame(count);
            button.click();
            while (lab.view().step === before && frames < 60) await new Promise((done) => setTimeout(done));
            return frames;";
        let button = lab.find("button[aria-keyshortcuts=ArrowRight]").await?;
        let args = vec![lab.element().to_json()?, button.to_json()?];
        let waited: u32 = page.js(jumps, args).await?;
        assert!(waited <= 2, "the step took {waited} frames");
        Ok(())
    });
}

#[test]
fn a_step_can_be_followed_by_eye() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 5 })).await?;
        lab.propose(1, "blue").await?;
        // On to where only messages between servers are left.
        let in_flight = |view: &quorum_tests::Value| {
            let messages = view["messages"].as_array().into_iter().flatten();
            messages.filter(|m| m["status"] == "flying" && m["from"] != m["to"]).count() >= 2
        };
        while !in_flight(&lab.view().await?) {
            lab.step(1).await?;
        }
        let positions = "
            const [lab, button] = args;
            const root = lab.shadowRoot;
            const before = lab.view().step;
            const seen = new Set();
            button.click();
            while (lab.view().step === before) {
                await new Promise((done) => requestAnimationFrame(done));
                const { x, y } = root.querySelector('.messages [data-message]')?.getBoundingClientRect() ?? { x: 0, y: 0 };
                seen.add(`${x.toFixed(1)} ${y.toFixed(1)}`);
            }
            return seen.size;";
        page.drawn().await?;
        let button = lab.find("button[aria-keyshortcuts=ArrowRight]").await?;
        let mut most = 0;
        for _ in 0..4 {
            let args = vec![lab.element().to_json()?, button.to_json()?];
            most = most.max(page.js::<u32>(positions, args).await?);
        }
        assert!(most >= 3, "a message was seen at {most} places on its way");
        Ok(())
    });
}

#[test]
fn the_messages_of_another_run_are_drawn_anew() {
    browse(async |page| {
        // The first picture has votes on their way; another run has prepares of the same numbers in the very next frame.
        let lab = page.open(PLAIN).await?;
        page.drawn().await?;
        let shapes = "
            const [lab] = args;
            const { shadowRoot: root } = lab;
            const shown = () => [...root.querySelectorAll('[data-message]')].map((m) =>
                [m.dataset.message, m.getAttribute('class').split(' ').at(-1), m.querySelector('.shape').getAttribute('d')]);
            const before = shown();
            await lab.reset({ nodes: 15, seed: 3 });
            await lab.apply({ type: 'propose', node: 1, value: 'blue' });
            await lab.step(12);
            await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
            const ids = new Map(before.map(([id, kind]) => [id, kind]));
            const after = shown();
            const reused = after.filter(([id, kind]) => ids.has(id) && ids.get(id) !== kind).length;
            const byKind = new Set(after.map(([, kind, shape]) => `${kind} ${shape}`));
            return [reused, new Set(after.map(([, kind]) => kind)).size === byKind.size, after.length];";
        let told: quorum_tests::Value = page.js(shapes, vec![lab.element().to_json()?]).await?;
        assert!(told[0].as_u64() > Some(0), "some numbers are another kind's now: {told}");
        assert_eq!(told[1], true, "each kind has one shape: {told}");
        Ok(())
    });
}

/// Where a log is past all that a story would mention, its servers only say that they are there, for ever.
#[test]
fn a_step_past_the_last_idea_of_a_log_ends_and_says_that_nothing_came() {
    browse(async |page| {
        let lab = page.open("#scenario=steady-leader").await?;
        lab.seek(256).await?;
        // In a hurry: each press hastens the step before.
        let press = "
            const [, , , step] = args[0].shadowRoot.querySelectorAll('.moves button');
            for (let i = 0; i < 3; i++) {
                step.click();
                await new Promise(requestAnimationFrame);
            }";
        page.js::<()>(press, vec![lab.element().to_json()?]).await?;
        let quiet = async || {
            let says = lab.shown(".toast").await?.unwrap_or_default();
            Ok(says.starts_with("2,000 ms went by in which nothing happened that is worth a sentence.").then_some(()))
        };
        page.eventually("it says so", quiet).await?;
        let view = lab.view().await?;
        let (step, at) = (view["step"].as_u64().unwrap_or_default(), view["at"].as_u64().unwrap_or_default());
        assert!((256..2_000).contains(&step), "step {step}, {at} ms");
        lab.call("beat", [json!(1)]).await?;
        let later = lab.view().await?["at"].as_u64().unwrap_or_default();
        assert!((at + 1_500..at + 2_500).contains(&later), "from {at} ms to {later} ms");
        Ok(())
    });
}
