//! Pages of other people, as their own tools build them.

use quorum_tests::{Page, Result, Setup, json};

/// What must hold wherever a figure stands.
async fn figure(page: &Page) -> Result<()> {
    let lab = page.lab("quorum-lab").await?;
    assert_eq!(lab.view().await?["step"], 40, "what the page asks for");
    lab.press("Play").await?;
    lab.until("it plays", |view| view["step"].as_u64() > Some(40)).await?;
    Ok(())
}

/// Goes away and comes back as a person does in the page, several times, and looks at what is left behind.
async fn six_visits(page: &Page) -> Result<()> {
    let visit = "
        const press = async () => {
            document.querySelector('main > button').click();
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        };
        const seen = [];
        for (let i = 0; i < 6; i++) {
            await press();
            if (document.querySelector('quorum-lab')) return 'it is still there';
            await press();
            const lab = document.querySelector('quorum-lab');
            await lab.ready;
            seen.push(lab.view().step);
        }
        return seen.join();";
    let seen: String = page.js(visit, vec![]).await?;
    assert_eq!(seen, "40,40,40,40,40,40", "each time at the step that the page asks for");
    Ok(())
}

fn in_a_bundle(name: &str) {
    Setup::host(name).browse(async |page| {
        page.go("").await?;
        figure(page).await?;
        six_visits(page).await?;
        let says = "
            const lab = document.querySelector('quorum-lab');
            while (!/^Step \\d+$/.test(document.querySelector('figcaption').innerText)) await new Promise((done) => setTimeout(done, 10));
            await lab.forward(3);
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            return document.querySelector('figcaption').innerText;";
        assert_eq!(page.js::<String>(says, vec![]).await?, "Step 43", "the page hears of each step");
        let share = "
            const lab = document.querySelector('quorum-lab');
            const refused = await lab.share().catch(({ message }) => message);
            lab.setAttribute('site', args[0]);
            return [refused, await lab.share()];";
        let (refused, link): (String, String) = page.js(share, vec![json!("https://example.org/lab/")]).await?;
        assert!(refused.contains("attribute `site`"), "{refused}");
        assert!(link.starts_with("https://example.org/lab/#q1."), "{link}");
        Ok(())
    });
}

#[test]
fn a_react_page() {
    in_a_bundle("react");
}

#[test]
fn a_vue_page() {
    in_a_bundle("vue");
}
