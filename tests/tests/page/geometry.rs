//! The stage never moves, and nothing on it lies on anything else: measured on the page, moment by moment, through every
//! scenario, every counterexample and random runs of 1 to 15 servers, on three screens.

use anyhow::{Result, ensure};
use quorum_tests::geometry::{Moments, Walked, Worst, measure, tour};
use quorum_tests::{Lab, PLAIN, Page, browse, json};
use std::path::Path;

const SCREENS: [(u32, u32); 3] = [(1280, 900), (1024, 768), (375, 667)];
/// The moments of a run that ships that are looked at: every seventh step, on each screen by turns, and ten on one screen at most,
/// because the longest run has thousands of steps. `QUORUM_GEOMETRY=full` looks at every step on every screen, up to 2,000 of a
/// run, and `QUORUM_GEOMETRY=duel` does so in that run alone.
fn moments(screen: usize) -> Moments {
    if full() {
        return Moments { begin: 0, every: 1, most: 2_000 };
    }
    Moments { begin: 7 * screen, every: 7 * SCREENS.len(), most: 10 }
}

fn asked() -> Option<String> {
    std::env::var("QUORUM_GEOMETRY").ok()
}

fn full() -> bool {
    asked().is_some()
}

/// Nothing may be wrong; the first of what is, is told.
fn judge(walked: &[(String, Walked)]) -> Result<()> {
    let moments: usize = walked.iter().map(|(_, walked)| walked.moments).sum();
    let wrong: Vec<_> = walked
        .iter()
        .flat_map(|(what, walked)| walked.wrong.iter().map(move |wrong| format!("{what}, {wrong}")))
        .collect();
    println!("{} faults in {moments} moments", wrong.len());
    ensure!(
        wrong.is_empty(),
        "{} faults in {moments} moments:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    ensure!(moments > 40, "only {moments} moments were looked at");
    Ok(())
}

/// Every list of shipped runs.
async fn shipped(page: &Page) -> Result<Vec<String>> {
    let names =
        "const list = async (file) => (await (await fetch(`/scenarios/${file}.json`)).json()).map(({ name }) => name);
        return [...(await list('index')), ...(await list('counterexamples')), ...(await list('log')),
            ...(await list('log-counterexamples'))];";
    page.js(names, vec![]).await
}

async fn through_all_that_ships(page: &mut Page, screen: usize, theme: &str) -> Result<()> {
    let (width, height) = SCREENS[screen];
    page.resize(width, height).await?;
    page.prefer(&[("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")]).await?;
    page.open(PLAIN).await?;
    let mut walked = Vec::new();
    let mut worst = (String::new(), Worst::default());
    let only = asked().filter(|asked| asked != "full");
    for name in shipped(page).await?.into_iter().filter(|name| only.as_ref().is_none_or(|only| only == name)) {
        let lab = page.turn_to(&format!("#scenario={name}")).await?;
        let what = format!("{name} at {width}×{height}, {theme}");
        let tour = tour(page, &lab, moments(screen), None).await?;
        if tour.worst.things > worst.1.things {
            worst = (name, tour.worst);
        }
        walked.push((what, tour));
    }
    // For eyes: the most crowded moment.
    let (name, Worst { step, things }) = worst;
    page.turn_to(&format!("#scenario={name}&step={step}")).await?;
    page.drawn().await?;
    let picture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/geometry/{width}x{height}-{theme}.png"));
    page.picture(&picture).await?;
    println!("{things} marks and labels at step {step} of {name}: {}", picture.display());
    judge(&walked)
}

#[test]
fn nothing_lies_on_anything_in_what_ships_on_a_wide_screen() {
    browse(async |page| through_all_that_ships(page, 0, "light").await);
}

#[test]
fn nothing_lies_on_anything_in_what_ships_on_a_projector() {
    browse(async |page| through_all_that_ships(page, 1, "dark").await);
}

#[test]
fn nothing_lies_on_anything_in_what_ships_on_a_phone() {
    browse(async |page| through_all_that_ships(page, 2, "light").await);
}

/// Walks through the run that is open, on each screen, so many moments.
async fn on_all_screens(
    page: &Page,
    lab: &Lab,
    what: &str,
    most: usize,
    walked: &mut Vec<(String, Walked)>,
) -> Result<()> {
    for (width, height) in SCREENS {
        page.resize(width, height).await?;
        let tour = tour(page, lab, Moments { begin: 0, every: 1, most }, None).await?;
        walked.push((format!("{what}, at {width}×{height}"), tour));
    }
    Ok(())
}

#[test]
fn nothing_lies_on_anything_in_random_runs_of_one_to_fifteen_servers_and_of_many() {
    browse(async |page| {
        let moments = if full() { 40 } else { 6 };
        let mut walked = Vec::new();
        let lab = page.open(PLAIN).await?;
        for nodes in (1..=15).chain([24]) {
            for seed in 0..if full() { 2 } else { 1 } {
                measure::<()>(page, &lab, &format!("await wander(lab, {nodes}, {seed})")).await?;
                let what = format!("{nodes} servers, seed {seed}");
                on_all_screens(page, &lab, &what, moments, &mut walked).await?;
            }
        }
        judge(&walked)
    });
}

#[test]
fn nothing_lies_on_anything_in_random_runs_of_a_log() {
    browse(async |page| {
        let moments = if full() { 40 } else { 6 };
        let mut walked = Vec::new();
        let lab = page.open(PLAIN).await?;
        for (nodes, clients) in [(1, 1), (2, 26), (3, 3), (5, 8), (7, 26), (9, 5), (15, 10)] {
            measure::<()>(page, &lab, &format!("await ramble(lab, {nodes}, {clients}, {nodes})")).await?;
            let what = format!("{nodes} servers and {clients} clients");
            on_all_screens(page, &lab, &what, moments, &mut walked).await?;
        }
        judge(&walked)
    });
}

/// What of a moment cannot be seen on the screen, without scrolling: it is outside or under something.
const UNSEEN: &str = "
    const root = args[0].shadowRoot;
    const boxes = (these) => [...root.querySelectorAll(these)].map((it) => it.getBoundingClientRect());
    const floor = Math.min(...boxes('.controls, .notice, .lab[data-selected] .about').map((box) => box.top));
    const parts = ['.hint', '.card', '.chosen', '.told'];
    const outside = parts.filter((part) => boxes(part).some((box) => box.top < 0 || box.bottom > floor + 1));
    return boxes('.moves').some((box) => box.bottom > innerHeight) ? [...outside, '.moves'] : outside;";

#[test]
fn note_servers_sentence_and_controls_are_on_a_phone_together() {
    browse(async |page| {
        for (width, height) in [SCREENS[2], (390, 844)] {
            page.driver().goto("about:blank").await?;
            page.resize(width, height).await?;
            let lab = page.open("#scenario=two-of-five-down&step=28").await?;
            let unseen = async || {
                page.drawn().await?;
                page.js::<Vec<String>>(UNSEEN, vec![lab.element().to_json()?]).await
            };
            lab.find(".notice").await?;
            assert_eq!(unseen().await?, [""; 0], "with a notice at {width}×{height}");
            lab.press("Dismiss").await?;
            assert_eq!(unseen().await?, [""; 0], "at {width}×{height}");
            lab.find(".card").await?.click().await?;
            lab.find(".lab[data-selected] .about").await?;
            assert_eq!(unseen().await?, [""; 0], "with a server selected at {width}×{height}");
        }
        Ok(())
    });
}

/// The buttons and choices of the controls, as they are called, with a `!` before those that are not on the screen as a whole or
/// have no name that can be seen.
const OF_TIME: &str = "
    const all = [...args[0].shadowRoot.querySelectorAll('.controls :is(button, select)')];
    return all.filter((it) => it.checkVisibility()).map((it) => {
        const { left, right, top, bottom } = it.getBoundingClientRect();
        const text = it.innerText.trim().replace(/\\s+/g, ' ');
        const outside = left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
        return (outside || !text ? '!' : '') + (it.classList.contains('onward') ? text : it.ariaLabel ?? text);
    });";
/// Whether the text of a notice takes at least half of the screen, and whether all of the notice is seen.
const FITS: &str = "
    const [text, notice] = ['.notice span', '.notice'].map((part) => args[0].shadowRoot.querySelector(part));
    const all = notice.scrollHeight <= notice.clientHeight + 1 && notice.scrollWidth <= notice.clientWidth;
    return [text.getBoundingClientRect().width > innerWidth / 2, all];";

#[test]
fn no_control_of_a_phone_is_beside_the_screen_and_a_notice_with_choices_can_be_read() {
    browse(async |page| {
        let (width, height) = SCREENS[2];
        page.resize(width, height).await?;
        let of_time = async |lab: &Lab| {
            page.drawn().await?;
            page.js::<Vec<String>>(OF_TIME, vec![lab.element().to_json()?]).await
        };
        let lab = page.open("").await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        lab.propose(1, "blue").await?;
        lab.step(30).await?;
        lab.seek(20).await?;
        lab.find(".past button").await?;
        let back = of_time(&lab).await?;
        for name in ["Go on from here", "To the end", "Speed", "Everything"] {
            ensure!(back.iter().any(|one| one == name), "{name} is not among {back:?}");
        }
        ensure!(!back.iter().any(|one| one.starts_with('!')), "{back:?}");

        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        lab.find(".notice button ~ button ~ button").await?;
        page.drawn().await?;
        let fits: Vec<bool> = page.js(FITS, vec![lab.element().to_json()?]).await?;
        assert_eq!(fits, [true, true], "the text is wide, and nothing has to be scrolled");

        let lab = page.open("#scenario=first-agreement").await?;
        lab.press("Dismiss").await?;
        lab.step(100).await?;
        lab.find(".onward").await?;
        let over = of_time(&lab).await?;
        ensure!(!over.iter().any(|one| one.starts_with('!')), "{over:?}");
        Ok(())
    });
}

#[test]
fn messages_in_one_place_are_one_mark_that_says_which_they_are() {
    browse(async |page| {
        let (width, height) = SCREENS[0];
        page.resize(width, height).await?;
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 24, "seed": 3 })).await?;
        lab.propose(1, "blue").await?;
        lab.propose(4, "red").await?;
        lab.step(122).await?;
        page.drawn().await?;
        let focus = "args[0].shadowRoot.querySelector('.message[data-many]').focus();";
        page.js::<()>(focus, vec![lab.element().to_json()?]).await?;
        let says = lab.find(".legend .sentence:not(:empty)").await?.text().await?;
        ensure!(says.contains(" messages together: "), "{says}");
        Ok(())
    });
}

#[test]
fn a_label_that_is_moved_by_ten_pixels_is_noticed() {
    browse(async |page| {
        let (width, height) = SCREENS[0];
        page.resize(width, height).await?;
        let lab = page.open("#scenario=without-keep-promise&step=28").await?;
        page.drawn().await?;
        let before: Walked = measure(page, &lab, "{ moments: 1, wrong: faults(lab) }").await?;
        ensure!(before.wrong.is_empty(), "{:?}", before.wrong);
        // Each label in turn, towards its own mark's neighbour: a label stands where there is room, so nearly all of them
        // have something within ten pixels.
        let moved = "(() => {
            const labels = [...lab.shadowRoot.querySelectorAll('.message .ballot:not([hidden])')];
            const noticed = labels.filter((label) => {
                for (const by of ['-10px 0', '10px 0', '0 -10px', '0 10px']) {
                    label.style.translate = by;
                    const wrong = faults(lab);
                    label.style.translate = '';
                    if (wrong.length) return true;
                }
                return false;
            });
            return { moments: labels.length, wrong: noticed.map((label) => label.textContent) };
        })()";
        let moved: Walked = measure(page, &lab, moved).await?;
        ensure!(moved.moments > 0, "no label is shown");
        ensure!(!moved.wrong.is_empty(), "{} labels were moved, and nothing was noticed", moved.moments);
        Ok(())
    });
}

#[test]
fn bundles_are_named_only_while_there_are_some() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 7, "seed": 3 })).await?;
        lab.propose(1, "blue").await?;
        lab.propose(4, "red").await?;
        // How many marks travel, how many of them are bundles, and whether these are named.
        let look = async || {
            page.drawn().await?;
            let look = "
                const all = (what) => args[0].shadowRoot.querySelectorAll(what);
                const named = all('.legend .names')[0].textContent.includes('messages together');
                return [all('.message').length, all('.message[data-many]').length, Number(named)];";
            page.js::<[usize; 3]>(look, vec![lab.element().to_json()?]).await
        };
        let (mut with, mut without, mut last) = (0, 0, 0);
        for _ in 0..60 {
            lab.step(1).await?;
            let [marks, bundles, _] = look().await?;
            let named = usize::from(bundles > 0);
            last = if named > 0 { lab.view().await?["step"].as_u64().unwrap_or_default() } else { last };
            with += named;
            without += usize::from(named == 0 && marks > 1 && with > 0);
            let is_so = async || Ok((look().await?[2] == named).then_some(()));
            page.eventually(&format!("bundles are named where there are {bundles}"), is_so).await?;
        }
        ensure!(with > 3 && without > 3, "{with} moments with bundles, and {without} without");
        // Another run has none, at once.
        lab.seek(u32::try_from(last)?).await?;
        page.eventually("they are named", async || Ok((look().await?[2] == 1).then_some(()))).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        assert_eq!(look().await?, [0, 0, 0]);
        Ok(())
    });
}
