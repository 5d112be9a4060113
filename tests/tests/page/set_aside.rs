//! What is stored cannot be used, or nothing can be stored: nothing is thrown away, and the page works and says so.

use quorum_tests::{Lab, PLAIN, Page, Result, Setup, Value, browse, chosen, json};

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
    let (runs, disks): (Vec<Value>, Vec<Value>) = page.js(&format!("{OPEN}{read}"), vec![]).await?;
    // What belongs to a run has a list for a name: its other branches, who writes it, why it was set aside.
    Ok((runs.into_iter().filter(|run| run["name"].is_string()).collect(), disks))
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
const DAMAGES: [(&str, &str); 9] = [
    ("its digest is another", "run.run.digest = '0123456789abcdef';"),
    ("it is not a run", "run.run = 'garbage';"),
    ("it is a run of nothing", "run.run = {};"),
    ("its run is gone", "delete run.run;"),
    ("its format is of tomorrow", "run.format = 2;"),
    (
        "its engine is another, in which it went differently",
        "run.run.engine = '99.0.0'; run.run.digest = '0123456789abcdef';",
    ),
    ("its branch is none", "run.branch = { id: 0, name: '', from: null };"),
    ("it is impossible", "run.run.interventions[0].action = { type: 'restart', node: 2 };"),
    ("a disk is not its own", "disk.promised = '9.9';"),
];

#[test]
fn a_run_that_cannot_be_used_is_set_aside_untouched() {
    setup().browse(async |page| {
        let lab = page.open(PLAIN).await?;
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

            let lab = page.open(PLAIN).await?;
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

/// Does something to the record of the run, from beside the lab.
async fn harm(page: &Page, damage: &str) -> Result<()> {
    page.go("/beside.html").await?;
    let harm = "
        const db = await open();
        const tx = db.transaction('runs', 'readwrite');
        const runs = tx.objectStore('runs');
        runs.get('lab').onsuccess = ({ target: { result: run } }) => {
            new Function('run', args[0])(run);
            runs.put(run);
        };
        await done(tx);
        db.close();";
    page.js(&format!("{OPEN}{harm}"), vec![json!(damage)]).await
}

/// The runs kept from before, as the page lists them.
async fn listed(page: &Page, lab: &Lab) -> Result<Vec<String>> {
    let read = "return [...args[0].shadowRoot.querySelectorAll('[data-kept]')].map((one) => one.dataset.kept);";
    page.js(read, vec![lab.element().to_json()?]).await
}

/// Presses a button of one of them.
async fn press(page: &Page, lab: &Lab, kept: &str, button: &str) -> Result<()> {
    let press = "
        const [lab, kept, label] = args;
        const one = lab.shadowRoot.querySelector(`[data-kept='${kept}']`);
        [...one.querySelectorAll('button')].find((button) => button.textContent === label).click();";
    page.js(press, vec![lab.element().to_json()?, json!(kept), json!(button)]).await
}

/// Opens the list.
async fn list(page: &Page, lab: &Lab, count: usize) -> Result<Vec<String>> {
    lab.press("Scenarios").await?;
    lab.part("dialog", "Scenarios").await?;
    page.eventually(&format!("{count} are listed"), async || {
        Ok(Some(listed(page, lab).await?).filter(|listed| listed.len() == count))
    })
    .await
}

#[test]
fn a_run_of_another_version_of_the_engine_opens_if_it_replays_to_the_same_digest() {
    setup().browse(async |page| {
        let lab = page.open(PLAIN).await?;
        run_something(&lab).await?;
        harm(page, "run.run.engine = '0.0.9'; run.engine = '0.0.9';").await?;
        let lab = page.open(PLAIN).await?;
        lab.find("[data-topic=restored]").await?;
        assert_eq!(chosen(&lab.view().await?), ["precious"]);
        assert_ne!(lab.run().await?["engine"], "0.0.9", "it is a run of this version now");
        Ok(())
    });
}

#[test]
fn what_was_set_aside_is_listed_with_why_opened_where_it_can_be_saved_and_discarded() {
    setup().browse(async |page| {
        let lab = page.open(PLAIN).await?;
        run_something(&lab).await?;
        let run = lab.run().await?;
        harm(page, "run.format = 2;").await?;
        let lab = page.open(PLAIN).await?;
        let notice = lab.find("[data-topic=set-aside]").await?.text().await?;
        assert!(notice.contains("“Scenarios” lists it under “Kept from before”"), "{notice}");
        run_something(&lab).await?;
        harm(page, "run.run.digest = '0123456789abcdef';").await?;
        let lab = page.open(PLAIN).await?;
        assert_eq!(list(page, &lab, 2).await?.len(), 2);
        lab.find(".kept-before summary").await?.click().await?;
        let told = lab.find("[data-kept='lab (set aside 1)']").await?.text().await?;
        assert!(told.contains("could not be used") && told.contains("format 2"), "{told}");

        // It can still not be used, and nothing has changed.
        let before = lab.view().await?;
        press(page, &lab, "lab (set aside 2)", "Open").await?;
        let why = lab.find("dialog [role=alert]").await?;
        page.eventually("it says why not", async || {
            Ok(Some(why.text().await?).filter(|text| text.contains("cannot be opened") && text.contains("damaged")))
        })
        .await?;
        assert_eq!(lab.view().await?, before);
        assert_eq!(listed(page, &lab).await?.len(), 2);

        // As a file there is all of it.
        let catch = "
            globalThis.saved = [];
            const make = URL.createObjectURL;
            URL.createObjectURL = (blob) => { blob.text().then((text) => saved.push(text)); return make.call(URL, blob); };";
        page.js::<()>(catch, vec![]).await?;
        press(page, &lab, "lab (set aside 1)", "Save as a file").await?;
        let file = page
            .eventually("it is a file", async || Ok(page.js::<Option<String>>("return saved[0] ?? null;", vec![]).await?))
            .await?;
        let file: Value = serde_json::from_str(&file)?;
        assert_eq!(file["digest"], run["digest"]);

        // Discarding asks twice.
        press(page, &lab, "lab (set aside 2)", "Discard").await?;
        assert_eq!(listed(page, &lab).await?.len(), 2);
        press(page, &lab, "lab (set aside 2)", "Discard for good").await?;
        page.eventually("it is gone", async || Ok((listed(page, &lab).await?.len() == 1).then_some(()))).await?;
        let (runs, disks) = all(page).await?;
        assert!(runs.iter().chain(&disks).all(|one| one["name"] != "lab (set aside 2)"), "{runs:?}");

        // With its damage mended it opens, in place of the present run.
        lab.part("dialog", "Scenarios").await?.press("Close").await?;
        lab.propose(2, "another").await?;
        lab.step(3).await?;
        page.go("/beside.html").await?;
        let mend = "
            const db = await open();
            const tx = db.transaction('runs', 'readwrite');
            const runs = tx.objectStore('runs');
            runs.get('lab (set aside 1)').onsuccess = ({ target: { result: run } }) => runs.put({ ...run, format: 1 });
            await done(tx);
            db.close();";
        page.js::<()>(&format!("{OPEN}{mend}"), vec![]).await?;
        let lab = page.open(PLAIN).await?;
        let present = lab.run().await?;
        list(page, &lab, 1).await?;
        press(page, &lab, "lab (set aside 1)", "Open").await?;
        lab.until("it is open", |view| chosen(view) == ["precious"]).await?;
        assert_eq!(lab.run().await?["digest"], run["digest"]);
        assert_eq!(list(page, &lab, 1).await?, ["lab (before 1)"], "the one before is kept in its turn");
        press(page, &lab, "lab (before 1)", "Open").await?;
        lab.until("it is back", |view| chosen(view).is_empty()).await?;
        assert_eq!(lab.run().await?, present);
        Ok(())
    });
}

#[test]
fn nothing_is_asked_to_be_kept_for_good_before_a_person_saves_and_then_it_is() {
    browse(async |page| {
        let count = "
            globalThis.asked = 0;
            StorageManager.prototype.persist = async () => { asked++; return true; };";
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": count })).await?;
        let lab = page.open(PLAIN).await?;
        run_something(&lab).await?;
        let asked = "return globalThis.asked;";
        assert_eq!(page.js::<u32>(asked, vec![]).await?, 0);
        page.js::<()>("HTMLAnchorElement.prototype.click = () => {};", vec![]).await?;
        lab.press("Share…").await?;
        lab.part("dialog", "Share").await?.press("Save as a file").await?;
        assert_eq!(page.js::<u32>(asked, vec![]).await?, 1);
        Ok(())
    });
}

#[test]
fn whatever_is_written_is_written_with_strict_durability() {
    browse(async |page| {
        let watch = "
            globalThis.written = [];
            const { transaction } = IDBDatabase.prototype;
            IDBDatabase.prototype.transaction = function (stores, mode, options) {
                const tx = transaction.call(this, stores, mode, options);
                if (tx.mode === 'readwrite') written.push(tx.durability);
                return tx;
            };";
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await?;
        let lab = page.open(PLAIN).await?;
        run_something(&lab).await?;
        let written: Vec<String> = page.js("return written;", vec![]).await?;
        assert!(written.len() > 7 && written.iter().all(|durability| durability == "strict"), "{written:?}");
        Ok(())
    });
}

#[test]
fn a_new_run_that_cannot_be_saved_says_so_for_as_long_as_it_is_there_and_the_next_page_says_what_happened() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        run_something(&lab).await?;
        let full = "
            IDBObjectStore.prototype.put = () => { throw new DOMException('The disk is full.', 'QuotaExceededError'); };";
        page.js::<()>(full, vec![]).await?;
        lab.reset(json!({ "nodes": 5, "seed": 9 })).await?;
        lab.propose(1, "unsaved").await?;
        lab.settle().await?;
        page.drawn().await?;
        let notice = lab.find("[data-topic=not-persisted]").await?.text().await?;
        assert!(notice.contains("The disk is full") && notice.contains("closing the page loses"), "{notice}");
        // The run before is still to be had.
        list(page, &lab, 1).await?;
        lab.part("dialog", "Scenarios").await?.press("Back to my run").await?;
        lab.until("it is back", |view| chosen(view) == ["precious"]).await?;

        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        let notice = lab.find("[data-topic=unsaved]").await?.text().await?;
        assert!(notice.contains("could not save") && notice.contains("The disk is full"), "{notice}");
        assert_eq!(chosen(&lab.view().await?), ["precious"]);
        page.driver().refresh().await?;
        let lab = page.lab("quorum-lab").await?;
        lab.find("[data-topic=restored]").await?;
        assert!(!lab.text().await?.contains("could not save"), "it is told once");
        Ok(())
    });
}

#[test]
fn storage_that_never_answers_is_told_after_three_seconds_and_the_lab_works_in_memory() {
    browse(async |page| {
        let silent = "
            IDBFactory.prototype.open = () => new EventTarget();";
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": silent })).await?;
        let lab = page.open(PLAIN).await?;
        let notice = lab.find("[data-topic=not-persisted]").await?.text().await?;
        assert!(notice.contains("Not persisted") && notice.contains("not answered for 3 seconds"), "{notice}");
        run_something(&lab).await?;
        assert_eq!(chosen(&lab.view().await?), ["precious"]);
        Ok(())
    });
}

#[test]
fn storage_that_falls_silent_on_the_way_is_told_and_the_run_goes_on() {
    browse(async |page| {
        let lab = page.open(PLAIN).await?;
        lab.reset(json!({ "nodes": 3, "seed": 12 })).await?;
        lab.propose(1, "precious").await?;
        let silent = "
            const { transaction } = IDBDatabase.prototype;
            IDBDatabase.prototype.transaction = function (...how) {
                const tx = transaction.apply(this, how);
                Object.defineProperty(tx, 'oncomplete', { set() {} });
                return tx;
            };";
        page.js::<()>(silent, vec![]).await?;
        let view = lab.settle().await?;
        assert_eq!(chosen(&view), ["precious"]);
        let notice = lab.find("[data-topic=not-persisted]").await?.text().await?;
        assert!(notice.contains("not answered for 3 seconds") && notice.contains("in memory"), "{notice}");
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
        let lab = page.open(PLAIN).await?;
        run_something(&lab).await?;
        page.go("/beside.html").await?;
        page.js::<()>(&format!("{OPEN} (await open(2)).close();"), vec![]).await?;
        let before = all(page).await?;
        let lab = page.open(PLAIN).await?;
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
        let lab = page.open(PLAIN).await?;
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
        let lab = page.open(PLAIN).await?;
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
