//! What is stored cannot be used: it is set aside, not thrown away, and the page works.

use quorum_tests::{Lab, Page, Result, Setup, Value, browse, chosen, json};

/// Opens the database for the rest of a script; `version` undefined takes the one that is there.
const OPEN: &str = "
    const open = (version) => new Promise((resolve, reject) => {
        const request = indexedDB.open('quorum', version);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const done = (tx) => new Promise((resolve, reject) => {
        tx.oncomplete = resolve;
        tx.onabort = () => reject(tx.error);
    });
";

async fn all(page: &Page) -> Result<(Vec<Value>, Vec<Value>)> {
    let read = "
        const db = await open();
        const tx = db.transaction(['runs', 'disks']);
        const [runs, disks] = ['runs', 'disks'].map((name) => tx.objectStore(name).getAll());
        await done(tx);
        db.close();
        return [runs.result, disks.result];";
    page.js(&format!("{OPEN}{read}"), vec![]).await
}

/// A site with a page beside it that has no lab, and so leaves storage alone.
fn setup() -> Setup {
    Setup::new().page("/beside.html", "<!doctype html><link rel=icon href=icon.svg><p>Beside</p>")
}

/// Leaves a run that is worth keeping.
async fn run_something(lab: &Lab) -> Result<()> {
    lab.reset(json!({ "nodes": 3, "seed": 12 })).await?;
    lab.propose(1, "precious").await?;
    lab.settle().await?;
    Ok(())
}

/// The damages, as bodies of functions that get the record of the run and the record of disk 1, and change them.
const DAMAGES: [(&str, &str); 8] = [
    ("its digest is another", "run.run.digest = '0123456789abcdef';"),
    ("it is not a run", "run.run = 'garbage';"),
    ("it is a run of nothing", "run.run = {};"),
    ("its run is gone", "delete run.run;"),
    ("its format is of tomorrow", "run.format = 2;"),
    ("its engine is another", "run.run.engine = '99.0.0';"),
    ("it is impossible", "run.run.interventions[0].action = { type: 'restart', node: 2 };"),
    ("a disk is not its own", "disk.promised = '9.9';"),
];

#[test]
fn a_run_that_cannot_be_used_is_set_aside_untouched() {
    setup().browse(async |page| {
        let lab = page.open("").await?;
        run_something(&lab).await?;
        for (count, (what, damage)) in DAMAGES.into_iter().enumerate() {
            page.go("/beside.html").await?;
            let harm = "
                const db = await open();
                const tx = db.transaction(['runs', 'disks'], 'readwrite');
                const [runs, disks] = [tx.objectStore('runs'), tx.objectStore('disks')];
                runs.get('lab').onsuccess = ({ target: { result: run } }) => {
                    disks.get(['lab', 1]).onsuccess = ({ target: { result: disk } }) => {
                        new Function('run', 'disk', args[0])(run, disk);
                        runs.put(run);
                        disks.put(disk);
                    };
                };
                await done(tx);
                db.close();";
            page.js::<()>(&format!("{OPEN}{harm}"), vec![json!(damage)]).await?;
            let (runs, disks) = all(page).await?;
            let damaged = record(&runs, "lab").clone();
            let damaged_disks = of(&disks, "lab");

            let lab = page.open("").await?;
            let notice = lab.find("[data-topic=set-aside]").await?.text().await?;
            let name = format!("lab (set aside {})", count + 1);
            assert!(notice.contains("could not be used") && notice.contains(&name), "{what}: {notice}");
            assert_eq!(lab.find(".kept").await?.text().await?, "Saved in this browser", "{what}");

            let (runs, disks) = all(page).await?;
            assert_eq!(runs.len(), count + 2, "{what}: nothing is deleted");
            let mut aside = record(&runs, &name).clone();
            aside["name"] = "lab".into();
            assert_eq!(aside, damaged, "{what}: it is as it was found");
            let mut aside = of(&disks, &name);
            aside.iter_mut().for_each(|disk| disk["name"] = "lab".into());
            assert_eq!(aside, damaged_disks, "{what}: so are its disks");

            assert!(chosen(&lab.view().await?).is_empty(), "{what}: this is a new run");
            run_something(&lab).await?;
            assert_eq!(chosen(&lab.view().await?), ["precious"], "{what}: which works");
        }
        Ok(())
    });
}

fn record<'a>(runs: &'a [Value], name: &str) -> &'a Value {
    let found = runs.iter().find(|run| run["name"] == name);
    found.unwrap_or_else(|| panic!("there is no {name} in {runs:?}"))
}

fn of(disks: &[Value], name: &str) -> Vec<Value> {
    let disks: Vec<_> = disks.iter().filter(|disk| disk["name"] == name).cloned().collect();
    assert_eq!(disks.len(), 3, "{disks:?}");
    disks
}

#[test]
fn a_database_of_a_later_version_is_left_alone_and_the_page_works_in_memory() {
    setup().browse(async |page| {
        let lab = page.open("").await?;
        run_something(&lab).await?;
        page.go("/beside.html").await?;
        page.js::<()>(&format!("{OPEN} (await open(2)).close();"), vec![]).await?;
        let before = all(page).await?;
        let lab = page.open("").await?;
        let notice = lab.find("[data-topic=not-persisted]").await?.text().await?;
        assert!(notice.starts_with("Not persisted:"), "{notice}");
        run_something(&lab).await?;
        page.drawn().await?;
        assert_eq!(lab.find(".kept").await?.text().await?, "Not persisted");
        assert_eq!(all(page).await?, before);
        Ok(())
    });
}

#[test]
fn a_browser_without_storage_says_so_and_works() {
    browse(async |page| {
        page.devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": "IDBFactory.prototype.open = () => { throw new DOMException('It is off.', 'SecurityError'); };" }),
        )
        .await?;
        let lab = page.open("").await?;
        let notice = lab.find("[data-topic=not-persisted]").await?.text().await?;
        assert!(notice.contains("It is off"), "{notice}");
        run_something(&lab).await?;
        assert_eq!(chosen(&lab.view().await?), ["precious"]);
        Ok(())
    });
}

#[test]
fn storage_that_fails_on_the_way_is_told_and_the_run_goes_on() {
    browse(async |page| {
        let lab = page.open("").await?;
        lab.reset(json!({ "nodes": 3, "seed": 12 })).await?;
        lab.propose(1, "precious").await?;
        let full = "
            IDBObjectStore.prototype.put = () => { throw new DOMException('The disk is full.', 'QuotaExceededError'); };";
        page.js::<()>(full, vec![]).await?;
        let view = lab.settle().await?;
        assert_eq!(chosen(&view), ["precious"]);
        let notice = lab.find("[data-topic=not-persisted]").await?.text().await?;
        assert!(notice.contains("The disk is full") && notice.contains("in memory"), "{notice}");
        Ok(())
    });
}
