//! What somebody who sees the page for the first time reads from it: numbers say of what they are, and symbols are those
//! that are drawn.

use quorum_tests::states::{self, State};
use quorum_tests::{Log, PLAIN, browse, json};

#[test]
fn the_number_of_events_says_of_what_it_is() {
    browse(async |page| {
        let lab = page.open("#scenario=first-agreement").await?;
        let says = async |wanted: &str| {
            let said = "return args[0].shadowRoot.querySelector('.events .count').textContent;";
            let said = async || page.js::<String>(said, vec![lab.element().to_json()?]).await;
            page.eventually(wanted, async || Ok((said().await? == wanted).then_some(()))).await
        };
        says("73 events in all").await?;
        // What is found is of all of them.
        lab.find("input[type=search]").await?.send_keys("begins ballot").await?;
        says("1 of 73 events").await
    });
}

#[test]
fn while_there_are_two_ballots_each_message_says_its_own() {
    browse(async |page| {
        page.resize(1280, 900).await?;
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 5, "seed": 3 })).await?;
        lab.propose(1, "blue").await?;
        lab.propose(3, "red").await?;
        lab.step(14).await?;
        page.drawn().await?;
        let said = "
            const shown = [...args[0].shadowRoot.querySelectorAll('.messages [data-message]')];
            return shown.map((it) => it.querySelector('.ballot:not([hidden])')?.textContent ?? '');";
        let mut said: Vec<String> = page.js(said, vec![lab.element().to_json()?]).await?;
        said.sort_unstable();
        assert_eq!(said, [["1.1"; 4], ["1.3"; 4]].concat());
        Ok(())
    });
}

#[test]
fn a_count_of_answers_says_in_which_ballot_they_are() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        lab.propose(2, "blue").await?;
        lab.until("it waits for promises", |view| view["nodes"][1]["phase"] == "preparing").await?;
        lab.find(".dots:not(:empty)").await?;
        let point = "
            const root = args[0].shadowRoot;
            const over = new PointerEvent('pointerover', { bubbles: true });
            root.querySelector('.dots:not(:empty) span').dispatchEvent(over);
            return null;";
        page.js::<()>(point, vec![lab.element().to_json()?]).await?;
        let says = lab.find(".legend .sentence:not(:empty)").await?.text().await?;
        assert_eq!(says, "preparing 1.2: 0 of 2 needed");
        Ok(())
    });
}

#[test]
fn the_legend_shows_a_cut_as_it_is_drawn() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        let named = async || {
            page.drawn().await?;
            // How many strokes each has: a cross has two, an arrow that ends at a bar three.
            let named = "
                const root = args[0].shadowRoot;
                const strokes = (path) => path.getAttribute('d').split('M').length - 1;
                const all = [...root.querySelectorAll('.legend .named:has(.cutting)')];
                const drawn = root.querySelector('.links .bars').getAttribute('d').split('M').length - 1;
                return [drawn, all.map((it) => [it.textContent, strokes(it.querySelector('.bars'))])];";
            page.js::<(usize, Vec<(String, usize)>)>(named, vec![lab.element().to_json()?]).await
        };
        assert_eq!(named().await?, (0, vec![]));
        let cut = |from: u8, to: u8| json!({ "type": "cut", "from": from, "to": to });
        lab.apply(cut(1, 2)).await?;
        assert_eq!(named().await?, (3, vec![("cut one way".into(), 3)]));
        lab.apply(cut(2, 1)).await?;
        assert_eq!(named().await?, (2, vec![("cut".into(), 2)]));
        lab.apply(cut(1, 3)).await?;
        assert_eq!(named().await?, (5, vec![("cut".into(), 2), ("cut one way".into(), 3)]));
        Ok(())
    });
}

#[test]
fn who_comes_back_is_first_offered_what_changes_nothing() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3 })).await?;
        lab.propose(1, "blue").await?;
        lab.step(5).await?;
        let before = lab.view().await?;
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        let first = lab.find("[data-topic=restored] button").await?;
        assert_eq!(first.text().await?, "Stay here");
        lab.press("Stay here").await?;
        assert_eq!(lab.view().await?, before);
        // What was said of that moment goes once something has happened since.
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        lab.find("[data-topic=restored]").await?;
        lab.step(1).await?;
        page.eventually("it goes", async || Ok(lab.shown("[data-topic=restored]").await?.is_none().then_some(())))
            .await?;
        Ok(())
    });
}

#[test]
fn the_beginning_does_not_say_that_nothing_has_happened() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        // Its servers have begun: one of them stands, and messages wait.
        lab.reset(json!({ "nodes": 3, "seed": 3, "protocol": "log" })).await?;
        let said = lab.find(".inspector .why").await?.text().await?;
        assert_eq!(said, "The run begins here.");
        Ok(())
    });
}

/// How many signs of cuts there are, on how many of them something lies (only links are drawn under them), and how many
/// lie on an earlier one.
const COVERED: &str = "
    const root = args[0].shadowRoot;
    const { x, y } = root.querySelector('.area').getBoundingClientRect();
    const signs = root.querySelector('.links .bars').getAttribute('d').split(/(?=M)/);
    const over = [...root.querySelectorAll('.card, .tray, .middle, .dots:not(:empty)')];
    const crosses = signs.map((_, i) => i).filter((i) => i % 2 === 0).map((i) => {
        const at = (signs[i] + signs[i + 1]).match(/-?[\\d.]+/g).map(Number);
        const xs = at.filter((_, k) => k % 2 === 0), ys = at.filter((_, k) => k % 2);
        return [Math.min(...xs) + x, Math.min(...ys) + y, Math.max(...xs) + x, Math.max(...ys) + y];
    });
    const lies = ([left, top, right, bottom]) => (it) => {
        const box = it.getBoundingClientRect();
        return box.width && box.left < right && box.right > left && box.top < bottom && box.bottom > top;
    };
    const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
    const twice = crosses.filter((cross, i) => crosses.slice(0, i).some((other) => meet(cross, other)));
    return [crosses.length, crosses.filter((cross) => over.some(lies(cross))).length, twice.length];";

#[test]
fn nothing_lies_on_the_sign_of_a_cut() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        for (width, height) in [(1280, 900), (1024, 768), (390, 844)] {
            page.resize(width, height).await?;
            for (nodes, protocol) in
                [(5, "log"), (9, "log"), (5, "single"), (7, "single"), (8, "single"), (9, "single")]
            {
                lab.reset(json!({ "nodes": nodes, "seed": 3, "protocol": protocol })).await?;
                let alone: Vec<[u32; 1]> = (1..=nodes).map(|node| [node]).collect();
                lab.apply(json!({ "type": "partition", "groups": alone })).await?;
                if protocol == "single" {
                    lab.propose(1, "blue").await?;
                    lab.propose(3, "red").await?;
                }
                lab.step(12).await?;
                page.drawn().await?;
                let found: [u32; 3] = page.js(COVERED, vec![lab.element().to_json()?]).await?;
                let [signs, covered, twice] = found;
                let at = format!("{nodes} servers of {protocol} at {width}×{height}");
                assert_eq!((signs, covered), (nodes * (nodes - 1) / 2, 0), "{at}");
                // Where everything is cut from everything there is not room for all of them.
                assert!(twice <= u32::from(nodes > 7), "{twice} on others, {at}");
            }
        }
        Ok(())
    });
}

#[test]
fn on_a_telephone_what_a_challenge_asks_for_stays_in_sight() {
    browse(async |page| {
        page.resize(390, 844).await?;
        // How many parts of the goal there are, and how many are seen whole.
        let seen = "
            const bar = args[0].shadowRoot.querySelector('.lessonbar .text');
            const { top, bottom } = bar.getBoundingClientRect();
            const parts = [...bar.querySelectorAll('.parts li')].map((it) => it.getBoundingClientRect());
            return [parts.length, parts.filter((it) => it.top >= top - 1 && it.bottom <= bottom + 1).length];";
        for (name, parts) in [("a-lost-vote", 2), ("a-one-way-link", 3), ("an-old-leader", 3)] {
            let lab = page.open(&format!("#challenge={name}")).await?;
            lab.find(".parts li").await?;
            let all: [u32; 2] = page.js(seen, vec![lab.element().to_json()?]).await?;
            assert_eq!(all, [parts, parts], "{name}");
            lab.press("Hint 1 of 3").await?;
            lab.find(".help").await?;
            let all: [u32; 2] = page.js(seen, vec![lab.element().to_json()?]).await?;
            assert_eq!(all, [parts, parts], "{name} with a hint");
        }
        Ok(())
    });
}

#[test]
fn on_a_telephone_messages_that_are_drawn_together_are_in_the_legend() {
    browse(async |page| {
        page.resize(390, 844).await?;
        let lab = page.open(PLAIN).await?;
        let unseen = "
            const legend = args[0].shadowRoot.querySelector('.legend');
            const { bottom } = legend.getBoundingClientRect();
            const names = [...legend.querySelectorAll('.named')];
            const low = names.filter((it) => it.getBoundingClientRect().bottom > bottom + 1);
            return [names.some((it) => it.textContent.includes('together')), low.map((it) => it.textContent)];";
        lab.reset(json!({ "nodes": 5, "seed": 3 })).await?;
        lab.propose(1, "blue").await?;
        lab.propose(2, "red").await?;
        let mut together = 0;
        for _ in 0..60 {
            lab.step(1).await?;
            page.drawn().await?;
            let (bundled, low): (bool, Vec<String>) = page.js(unseen, vec![lab.element().to_json()?]).await?;
            together += u32::from(bundled);
            assert!(low.is_empty(), "{low:?}");
        }
        assert!(together > 5, "{together}");
        Ok(())
    });
}

#[test]
fn the_badge_of_a_rule_that_is_off_can_be_read_where_it_is_cut() {
    browse(async |page| {
        let lab = page.open("#scenario=without-keep-promise").await?;
        let badge = lab.find(".off span").await?;
        assert_eq!(badge.attr("title").await?, Some(badge.text().await?));
        Ok(())
    });
}

/// The children of one thing that are seen in part: what has no room is to be left out.
const CUT: &str = "
    const place = args[0].shadowRoot.querySelector(args[1]);
    const { top, bottom } = place.getBoundingClientRect();
    return [...place.children].filter((it) => {
        const box = it.getBoundingClientRect();
        const [over, under] = [box.top < top - 2, box.bottom > bottom + 2];
        const outside = box.bottom <= top + 2 || box.top >= bottom - 2;
        return box.height && !outside && (over || under || it.scrollHeight > it.clientHeight + 3);
    }).map((it) => it.textContent);";

#[test]
fn beside_what_was_refused_what_was_asked_before_is_seen_whole_or_not_at_all() {
    browse(async |page| {
        page.resize(1280, 900).await?;
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 3, "protocol": "log" })).await?;
        lab.step(100).await?;
        let log = Log::of(lab.clone());
        for line in ["put x 1", "get x", "append x 2", "get x"] {
            log.ask(line).await?;
            lab.step(80).await?;
        }
        log.ask("put x two words").await?;
        lab.find(".lately ol + :not(:empty)").await?;
        page.drawn().await?;
        let cut: Vec<String> = page.js(CUT, vec![lab.element().to_json()?, json!(".lately ol")]).await?;
        assert!(cut.is_empty(), "{cut:?}");
        Ok(())
    });
}

#[test]
fn where_two_runs_are_compared_no_name_in_a_legend_is_cut_and_no_mark_lies_on_the_line() {
    browse(async |page| {
        for (width, height) in [(1024, 768), (390, 844)] {
            states::prepare(page, "light", (width, height)).await?;
            states::reach(page, State::Compare).await?;
            page.drawn().await?;
            let cut = format!("const cut = (args) => {{ {CUT} }};");
            let look = "
                const root = document.querySelector('quorum-lab').shadowRoot;
                const labs = [...root.querySelectorAll('.pane quorum-lab')];
                const line = root.querySelector('.compare .track input').getBoundingClientRect();
                const below = [...root.querySelectorAll('.compare .below i')].map((it) => it.getBoundingClientRect());
                const on = below.filter(({ top }) => top < (line.top + line.bottom) / 2 + 3).length;
                return [labs.flatMap((lab) => cut([lab, '.legend .names'])), below.length, on];";
            let look = format!("{cut}{look}");
            let looked = async || {
                let (cut, below, on): (Vec<String>, usize, usize) = page.js(&look, vec![]).await?;
                Ok((below > 3).then_some((cut, on))) // the line has its marks a moment after the runs
            };
            let (cut, on) = page.eventually("there are marks below the line", looked).await?;
            assert!(cut.is_empty(), "{cut:?} at {width}×{height}");
            assert_eq!(on, 0, "marks that lie on the line at {width}×{height}");
        }
        Ok(())
    });
}

#[test]
fn on_a_telephone_pace_and_speed_can_be_read() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        // What there is to choose that is wider than its place.
        let cut = "
            const cut = [];
            for (const select of args[0].shadowRoot.querySelectorAll('.pace select'))
                for (const { value, text } of select.options) {
                    select.value = value;
                    const { width } = select.getBoundingClientRect();
                    Object.assign(select.style, { maxInlineSize: 'none', inlineSize: 'max-content' });
                    const likes = select.getBoundingClientRect().width;
                    Object.assign(select.style, { maxInlineSize: '', inlineSize: '' });
                    if (width && width < likes - 0.5) cut.push(`${text}: ${width} of ${likes} px`);
                }
            return cut;";
        for (width, height) in [(390, 844), (375, 667), (320, 568)] {
            page.resize(width, height).await?;
            for protocol in ["single", "log"] {
                lab.reset(json!({ "nodes": 3, "seed": 3, "protocol": protocol })).await?;
                page.drawn().await?;
                let cut: Vec<String> = page.js(cut, vec![lab.element().to_json()?]).await?;
                assert!(cut.is_empty(), "{protocol}, {width} px: {cut:?}");
            }
        }
        Ok(())
    });
}

#[test]
fn the_legend_names_what_is_not_durable_only_where_cards_show_their_disks() {
    browse(async |page| {
        let lab = page.open("#scenario=first-agreement&step=30").await?;
        let seen = "
            const root = args[0].shadowRoot;
            const strips = [...root.querySelectorAll('.card .strip')].some((it) => it.checkVisibility());
            return [strips, root.querySelector('.legend').textContent.includes('not yet durable')];";
        for (width, height, shown) in [(1280, 900, true), (375, 667, false)] {
            page.resize(width, height).await?;
            page.eventually("the legend is as the cards are", async || {
                let is: [bool; 2] = page.js(seen, vec![lab.element().to_json()?]).await?;
                Ok((is == [shown; 2]).then_some(()))
            })
            .await?;
        }
        Ok(())
    });
}
