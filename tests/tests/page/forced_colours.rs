//! Where a person has picked a few colours of their own (`forced-colors`), the lab is painted in these alone, and all that
//! a colour says elsewhere can be told apart without it.

use quorum_tests::{Browser, Lab, PLAIN, Page, Result, Setup, ensure, json};
use std::path::Path;

/// What this file's scripts share: the system's colours as the page computes them, and how a part looks.
const LOOKS: &str = "
    const lab = document.querySelector('quorum-lab');
    const root = lab.shadowRoot;
    const ground = root.querySelector('.lab');
    const system = (name) => {
        const probe = document.createElement('i');
        probe.style.cssText = `forced-color-adjust: none; color: ${name}`;
        ground.append(probe);
        const { color } = getComputedStyle(probe);
        probe.remove();
        return color;
    };
    const look = (part) => {
        const style = getComputedStyle(part);
        const names = ['color', 'backgroundColor', 'backgroundImage', 'borderTopColor', 'borderTopStyle', 'borderTopWidth',
            'boxShadow', 'outlineStyle', 'fill', 'stroke', 'strokeDasharray', 'strokeWidth', 'fontWeight', 'textDecorationLine'];
        return names.map((name) => `${name}: ${style[name]}`).join('; ');
    };";

async fn force(page: &Page, scheme: &str) -> Result<()> {
    let features =
        [("forced-colors", "active"), ("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")];
    page.prefer(&features).await
}

/// Every colour in the lab that is none of the person's, with a part that has it. The values' own would be seven more.
const STRANGE: &str = "
    const own = new Set(['Canvas', 'CanvasText', 'GrayText', 'Highlight', 'HighlightText', 'ButtonText', 'Field', 'LinkText'].map(system));
    const strange = new Map();
    for (const part of [...root.querySelectorAll('.lab, .lab *')]) {
        if (part.closest('option, dialog quorum-lab')) continue;
        if (!part.checkVisibility()) continue;
        const style = getComputedStyle(part);
        const drawn = part instanceof SVGElement ? ['fill', 'stroke'] : ['backgroundColor', 'color'];
        const edges = style.borderTopStyle === 'none' || style.borderTopWidth === '0px' ? [] : ['borderTopColor'];
        for (const name of [...drawn, ...edges]) {
            const colour = style[name];
            // Nothing, or a mixture of the person's own: a tint.
            if (/^(none|transparent|rgba\\(0, 0, 0, 0\\))$|^color\\(srgb/.test(colour) || own.has(colour)) continue;
            strange.set(`${name} ${colour}`, `${part.localName}.${part.getAttribute('class')}`);
        }
    }
    return [...strange].map(([what, where]) => `${what}: ${where}`);";

/// What is painted in a colour that a person who picked a few has not picked, on a wide screen. The page stays as it is looked at
/// here.
pub(super) async fn strange(page: &Page, scheme: &str) -> Result<Vec<String>> {
    page.resize(1280, 900).await?;
    force(page, scheme).await?;
    page.drawn().await?;
    page.js(&format!("{LOOKS}{STRANGE}"), vec![]).await
}

#[test]
fn a_colour_that_nobody_picked_is_found() {
    Setup::new().browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver pretends that a person has picked colours
        }
        page.open(PLAIN).await?;
        assert_eq!(strange(page, "dark").await?, [""; 0]);
        let spoil = "
            const why = document.querySelector('quorum-lab').shadowRoot.querySelector('.told .why');
            why.style.cssText = 'forced-color-adjust: none; color: #123456';";
        page.js::<()>(spoil, vec![]).await?;
        let found = strange(page, "dark").await?;
        ensure!(found.len() == 1 && found[0].starts_with("color rgb(18, 52, 86): p."), "{found:?}");
        Ok(())
    });
}

/// Of each group of selectors, any two must look different.
async fn differ(page: &Page, groups: &[&[&str]]) -> Result<()> {
    let compare = "
        const wrong = [];
        for (const group of args[0]) {
            const looks = group.map((which) => {
                const part = root.querySelector(which);
                if (!part) throw new Error(`there is no ${which}`);
                return look(part);
            });
            looks.forEach((one, i) => looks.slice(0, i).forEach((other, j) => {
                if (one === other) wrong.push(`${group[i]} looks like ${group[j]}: ${one}`);
            }));
        }
        return wrong;";
    let wrong: Vec<String> = page.js(&format!("{LOOKS}{compare}"), vec![json!(groups)]).await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

async fn pictured(page: &Page, name: &str) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/forced-colours/{name}.png"));
    page.picture(&path).await
}

async fn focused(page: &Page, lab: &Lab, selector: &str) -> Result<String> {
    let focus = "
        const part = args[0].shadowRoot.querySelector(args[1]);
        part.focus({ focusVisible: true });
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const style = getComputedStyle(part.querySelector('.hit') ?? part);
        return [style.outlineStyle, style.stroke].join(' ');";
    page.js(focus, vec![lab.element().to_json()?, json!(selector)]).await
}

#[test]
fn what_differs_by_colour_elsewhere_differs_without_it() {
    Setup::new().browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver pretends that a person has picked colours
        }
        page.resize(1280, 1200).await?;
        force(page, "dark").await?;
        // What was chosen, what is on a disk and what is not yet, what has been told and what is to come.
        let lab = page.open("#scenario=chosen-but-nobody-knows&step=40").await?;
        lab.part("tab", "Disk").await?.click().await?;
        lab.find(".panels table .written").await?;
        lab.find(".card[data-node='5']").await?.click().await?;
        page.drawn().await?;
        let shown: &[&[&str]] = &[
            &[".dots i.on", ".dots i:not(.on)"],
            &[".panels .chip.durable", ".panels .chip.written", ".panels .chip.queued"],
            &[".card[aria-pressed=true]", ".card[aria-pressed=false]"],
            &[".marks [data-been] b", ".marks :not([data-been]) > b"],
            &[".sizes [aria-pressed=true]", ".sizes [aria-pressed=false]"],
            &["[role=tab][aria-selected=true]", "[role=tab][aria-selected=false]"],
            &[".messages .request .shape", ".messages .reply .shape"],
            &[".inspector button:not([aria-disabled])", ".inspector button[aria-disabled]"],
        ];
        differ(page, shown).await?;
        pictured(page, "chosen").await?;
        for what in [".card[data-node='2']", ".messages .message", ".play", "[role=tab][aria-selected=true]"] {
            let ring = focused(page, &lab, what).await?;
            ensure!(
                ring.contains("solid") || ring.contains("dashed") || ring.starts_with("none rgb"),
                "the focus on {what} cannot be seen: {ring}"
            );
        }

        // Servers that are down or paused, and a link that is cut.
        let lab = page.open(PLAIN).await?;
        lab.server(3, "crash").await?;
        lab.server(2, "pause").await?;
        lab.apply(json!({ "type": "cut", "from": 1, "to": 2 })).await?;
        lab.apply(json!({ "type": "cut", "from": 2, "to": 1 })).await?;
        page.drawn().await?;
        let shown: &[&[&str]] = &[
            &[".card[data-status=up]", ".card[data-status=down]", ".card[data-status=paused]"],
            &[".links .open", ".links .cut"],
        ];
        differ(page, shown).await?;
        // Lines end at a server that is down: it covers them.
        let covers = "return getComputedStyle(root.querySelector('.card[data-status=down]')).backgroundImage;";
        let covers: String = page.js(&format!("{LOOKS}{covers}"), vec![]).await?;
        ensure!(covers.contains("gradient"), "what is down is not hatched: {covers}");
        pictured(page, "down").await?;

        // What is known of a slot, and in which ballot.
        let lab = page.open("#scenario=pipeline-under-loss&step=130").await?;
        lab.find(".slot[data-look=known]").await?;
        let looks: &[&[&str]] = &[&[
            ".looks [data-look=voted]",
            ".looks [data-look=chosen]",
            ".looks [data-look=known]",
            ".looks [data-look=applied]",
            ".looks [data-look=gap]",
        ]];
        differ(page, looks).await?;
        pictured(page, "log").await
    });
}

#[test]
fn a_slot_says_its_ballot_where_ballots_have_no_colours() {
    Setup::new().browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver pretends that a person has picked colours
        }
        page.resize(1280, 1200).await?;
        let written = "
            const all = [...root.querySelectorAll('.slot-row .slot[data-look=applied]')].map((slot) => getComputedStyle(slot, '::after').content);
            return [...new Set(all)].sort();";
        let lab = page.open("#scenario=old-leader-returns").await?;
        lab.step(5000).await?;
        lab.find(".slot[data-look=applied]").await?;
        page.drawn().await?;
        let with_colours: Vec<String> = page.js(&format!("{LOOKS}{written}"), vec![]).await?;
        assert_eq!(with_colours, ["none"]);
        force(page, "light").await?;
        page.drawn().await?;
        let without: Vec<String> = page.js(&format!("{LOOKS}{written}"), vec![]).await?;
        ensure!(!without.is_empty() && without.iter().all(|ballot| ballot.contains('.')), "{without:?}");
        let says: String = page.js(&format!("{LOOKS} return root.querySelector('.looks').innerText;"), vec![]).await?;
        ensure!(says.contains("number = ballot") && !says.contains("colour"), "{says}");
        pictured(page, "ballots").await
    });
}

#[test]
fn a_theme_or_a_property_of_the_page_does_not_win_over_a_persons_colours() {
    let host = "<!doctype html><html lang=en><title>Host</title><link rel=icon href=icon.svg>
        <style>quorum-lab { --quorum-bg: #fffbe0; --quorum-ink: #604000; --quorum-value-0: lime }</style>
        <script type=module src=quorum-lab.js></script>
        <quorum-lab theme=dark scenario=chosen-but-nobody-knows step=40></quorum-lab></html>";
    Setup::new().page("/host.html", host).browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver pretends that a person has picked colours
        }
        force(page, "light").await?;
        page.open("/host.html").await?;
        page.drawn().await?;
        let strange: Vec<String> = page.js(&format!("{LOOKS}{STRANGE}"), vec![]).await?;
        ensure!(strange.is_empty(), "{}", strange.join("\n"));
        Ok(())
    });
}
