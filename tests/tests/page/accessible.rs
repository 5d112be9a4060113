//! What axe-core finds in the page's main states: rules of WCAG that a machine can check. And what is painted there in another
//! colour than those that a person has picked.

use crate::forced_colours;
use quorum_tests::states::{self, STATES, State};
use quorum_tests::{Browser, Context, Page, Result, ensure};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use std::{env, fs};

const WIDE: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);

/// Everything that breaks a rule, one line each.
const RUN: &str = "
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'], preload: false });
    const line = ({ id, help }, { target, failureSummary }) =>
        `${id} (${help}): ${target.flat().join(' ')}: ${failureSummary.replaceAll('\\n', ' ')}`;
    return violations.flatMap((rule) => rule.nodes.map((node) => line(rule, node)));";

async fn found(page: &Page, axe: &str) -> Result<Vec<String>> {
    page.js::<()>(&format!("{axe}; globalThis.axe ??= axe;"), vec![]).await?;
    page.js(RUN, vec![]).await
}

/// Every state in one of two themes and sizes by turns; with `QUORUM_AXE=full`, in all of them, and with the name of one, in all
/// of them that one alone. A hundred servers take it minutes.
fn looks(number: usize, name: &str, state: State) -> Vec<(&'static str, (u32, u32))> {
    let all = [("light", WIDE), ("dark", PHONE), ("dark", WIDE), ("light", PHONE)];
    match env::var("QUORUM_AXE") {
        Ok(asked) if asked == "full" || asked == name => all.to_vec(),
        Ok(_) => vec![],
        _ if state == State::Servers(101) => vec![],
        _ => vec![all[number % 4]],
    }
}

#[test]
fn a_machine_finds_no_barrier_in_any_state_and_no_colour_that_a_person_has_not_picked() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/axe-core/axe.min.js");
    states::site().browse(async |page| {
        if page.browser() != Browser::Chromium {
            return Ok(()); // no other driver shows the page in another theme
        }
        let axe = fs::read_to_string(axe).context("axe-core is not there: npm ci installs it")?;
        page.driver().set_script_timeout(Duration::from_secs(300)).await?;
        // What is found, and where it was found first.
        let (mut all, mut strange) = (BTreeMap::new(), Vec::new());
        for (number, (name, state)) in STATES.into_iter().enumerate() {
            for (theme, size) in looks(number, name, state) {
                states::prepare(page, theme, size).await?;
                states::reach(page, state).await.with_context(|| format!("{name}, {theme}, {size:?}"))?;
                for line in found(page, &axe).await? {
                    all.entry(line).or_insert_with(|| format!("{name}, {theme}, {} px wide", size.0));
                }
                let painted = forced_colours::strange(page, theme).await?;
                strange.extend(painted.into_iter().map(|what| format!("{name}, {theme}: {what}")));
            }
        }
        let lines: Vec<_> = all.iter().map(|(line, first)| format!("{first}: {line}")).collect();
        ensure!(lines.is_empty(), "{} findings:\n{}", lines.len(), lines.join("\n"));
        ensure!(strange.is_empty(), "{} colours that nobody picked:\n{}", strange.len(), strange.join("\n"));
        Ok(())
    });
}

#[test]
fn a_button_without_a_name_is_found() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/axe-core/axe.min.js");
    states::site().browse(async |page| {
        states::reach(page, State::FirstVisit).await?;
        let spoil = "
            const button = document.querySelector('quorum-lab').shadowRoot.querySelector('button.primary');
            button.replaceChildren();
            button.removeAttribute('aria-label');";
        page.js::<()>(spoil, vec![]).await?;
        let found = found(page, &fs::read_to_string(axe)?).await?;
        ensure!(found.iter().any(|line| line.starts_with("button-name")), "{found:?}");
        Ok(())
    });
}
