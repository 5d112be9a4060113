//! Pages around a lab have keys of their own: "/" opens a search, → turns a chapter. What is typed into the lab is none
//! of theirs, and what is typed elsewhere is none of the lab's.

use quorum_tests::thirtyfour::Key;
use quorum_tests::{Lab, Page, Result, Setup, Value, json};

/// A site whose keys work wherever the focus is, unless it is in a field of the site's own.
const HOST: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Host</title><link rel=icon href=icon.svg>
    <script type=module src=quorum-lab.js></script>
    <input id=own aria-label=Own><button id=outside>Outside</button>
    <quorum-lab nodes=3 seed=5 step=12 panels='stage events spacetime disk inspector'></quorum-lab>
    <script>
        globalThis.heard = [];
        for (const type of ['keydown', 'keypress', 'keyup'])
            document.addEventListener(type, (event) => heard.push(`${type} ${event.key}`));
    </script>";

/// What the keys of a site and of the lab are: each means something in a field.
const KEYS: [&str; 7] = ["/", "s", "f", "2", "?", "n", "."];

/// A key that writes nothing, as WebDriver types it.
fn typed(key: Key) -> String {
    (key + "").to_string()
}

async fn press(page: &Page, keys: impl ToString) -> Result<()> {
    page.driver().action_chain().send_keys(keys.to_string()).perform().await?;
    Ok(())
}

/// Focuses a part of the lab, and forgets what the page has heard.
async fn focus(page: &Page, lab: &Lab, part: &str) -> Result<()> {
    lab.find(part).await?;
    let focus = "
        const part = args[0].shadowRoot.querySelector(args[1]);
        part.focus();
        heard.length = 0;
        return args[0].shadowRoot.activeElement === part;";
    let there: bool = page.js(focus, vec![lab.element().to_json()?, json!(part)]).await?;
    assert!(there, "{part} takes the focus");
    Ok(())
}

async fn heard(page: &Page) -> Result<Vec<String>> {
    page.js("return heard.splice(0);", vec![]).await
}

const NOTHING: Vec<String> = Vec::new();

#[test]
fn what_is_typed_into_a_field_of_the_lab_reaches_nobody_else() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        let lab = page.open("/host.html").await?;
        for field in [".events [type=search]", ".controls select", "[type=range]"] {
            focus(page, &lab, field).await?;
            for key in if field == "[type=range]" { &[][..] } else { &KEYS[..] } {
                press(page, key).await?;
            }
            for arrow in [Key::Right, Key::Left, Key::Up, Key::Down, Key::Home, Key::End] {
                press(page, typed(arrow)).await?;
            }
            assert_eq!(heard(page).await?, NOTHING, "{field}");
        }
        Ok(())
    });
}

#[test]
fn arrows_on_tabs_and_presses_of_buttons_reach_nobody_else() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        let lab = page.open("/host.html").await?;
        focus(page, &lab, "[role=tab]:not([hidden])[tabindex='0']").await?;
        for arrow in [Key::Right, Key::Right, Key::Left, Key::Down, Key::Up] {
            press(page, typed(arrow)).await?;
        }
        assert_eq!(heard(page).await?, NOTHING, "the tabs");
        lab.find("[data-panel=events]").await?.click().await?;
        focus(page, &lab, ".list").await?;
        for key in [Key::Down, Key::Up, Key::PageDown, Key::Home] {
            press(page, typed(key)).await?;
        }
        assert_eq!(heard(page).await?, NOTHING, "the events");
        focus(page, &lab, ".play").await?;
        for key in [" ".to_owned(), typed(Key::Enter), typed(Key::Enter), typed(Key::Right), typed(Key::Left)] {
            press(page, key).await?;
        }
        assert_eq!(heard(page).await?, NOTHING, "Play");
        Ok(())
    });
}

#[test]
fn no_key_gets_out_from_under_an_open_dialog() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.press("Help").await?;
        let dialog = lab.part("dialog", "").await?;
        page.js::<()>("heard.length = 0;", vec![]).await?;
        let arrows = [Key::Right, Key::Left, Key::Down, Key::Home].map(typed);
        for key in KEYS.iter().map(ToString::to_string).chain(arrows.clone()) {
            press(page, key).await?;
        }
        assert_eq!(heard(page).await?, NOTHING, "with the focus on a button");
        // Whoever clicks into its text is still in it.
        page.js::<()>("document.querySelector('quorum-lab').shadowRoot.activeElement.blur();", vec![]).await?;
        let text = lab.find("dialog h2").await?;
        page.driver().action_chain().move_to_element_center(&text).click().perform().await?;
        page.js::<()>("heard.length = 0;", vec![]).await?;
        for key in KEYS.iter().map(ToString::to_string).chain(arrows) {
            press(page, key).await?;
        }
        assert_eq!(heard(page).await?, NOTHING, "after a click into its text");
        press(page, typed(Key::Escape)).await?;
        drop(dialog);
        page.eventually("Escape closes it", async || {
            let open: bool = page
                .js("return !!document.querySelector('quorum-lab').shadowRoot.querySelector('dialog');", vec![])
                .await?;
            Ok((!open).then_some(()))
        })
        .await
    });
}

#[test]
fn keys_that_mean_nothing_here_and_keys_elsewhere_are_the_pages() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        let lab = page.open("/host.html").await?;
        lab.by_single_steps().await?;
        focus(page, &lab, "[data-node='2']").await?;
        press(page, "/").await?;
        assert_eq!(heard(page).await?, ["keydown /", "keypress /", "keyup /"], "on a server it means nothing");
        press(page, typed(Key::Right)).await?;
        assert_eq!(heard(page).await?, NOTHING, "this one steps");
        lab.until("it has stepped", |view| view["step"] == 13).await?;

        page.js::<()>("document.getElementById('outside').focus();", vec![]).await?;
        for key in ["/", "2", "c"] {
            press(page, key).await?;
        }
        press(page, typed(Key::Right)).await?;
        let downs: Vec<_> = heard(page).await?.into_iter().filter(|key| key.starts_with("keydown")).collect();
        assert_eq!(downs, ["keydown /", "keydown 2", "keydown c", "keydown ArrowRight"]);
        page.js::<()>("document.getElementById('own').focus();", vec![]).await?;
        press(page, "2c/").await?;
        let written: Value = page.js("return document.getElementById('own').value;", vec![]).await?;
        assert_eq!(written, "2c/", "what is typed elsewhere gets there");
        assert_eq!(lab.view().await?["step"], 13, "and does nothing here");
        Ok(())
    });
}
