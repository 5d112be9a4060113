//! What a framework or a script sets on the element: attributes or properties, before or after it is defined, and again
//! whenever something changes.

use quorum_tests::{Context, Lab, Page, Result, Setup, Value, browse, json};

const HOST: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Host</title><link rel=icon href=icon.svg>
    <script type=module src=quorum-lab.js></script><main></main>";

/// As Vue 3 and React 19 do it: a property where there is one, else an attribute.
const SET: &str = "
    const set = (lab, name, value) => {
        if (name in lab) lab[name] = value;
        else if (value == null || value === false) lab.removeAttribute(name);
        else lab.setAttribute(name, value === true ? '' : value);
    };";

/// Every attribute, with a value it takes: those that say how, and those that say what.
const ATTRIBUTES: [(&str, &str); 15] = [
    ("speed", "2"),
    ("theme", "dark"),
    ("controls", "compact"),
    ("panels", "stage events"),
    ("pace", "time"),
    ("beats", "messages"),
    ("print", "events"),
    ("step", "7"),
    ("nodes", "4"),
    ("seed", "9"),
    ("scenario", "chosen-but-nobody-knows"),
    ("run", "#q1.x"),
    ("src", "run.json"),
    ("challenge", "x"),
    ("persist", "none"),
];

async fn add(page: &Page, attributes: &[(&str, &str)]) -> Result<Lab> {
    let make = "
        const lab = document.createElement('quorum-lab');
        for (const [name, value] of args[0]) set(lab, name, value);
        document.querySelector('main').replaceChildren(lab);";
    page.js::<()>(&format!("await customElements.whenDefined('quorum-lab');{SET}{make}"), vec![json!(attributes)])
        .await?;
    page.lab("quorum-lab").await
}

async fn set(page: &Page, name: &str, value: Value) -> Result<()> {
    let set = "set(document.querySelector('quorum-lab'), args[0], args[1]);";
    page.js(&format!("{SET}{set}"), vec![json!(name), value]).await
}

#[test]
fn each_attribute_is_a_property_and_setting_one_sets_the_other() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        page.go("/host.html").await?;
        let reflect = "
            await customElements.whenDefined('quorum-lab');
            const lab = document.createElement('quorum-lab');
            const wrong = [];
            for (const [name, value] of args[0]) {
                if (!(name in lab)) wrong.push(`${name} is no property`);
                lab[name] = value;
                if (lab.getAttribute(name) !== value) wrong.push(`${name} does not set its attribute`);
                if (typeof lab[name] !== 'function' && lab[name] !== value) wrong.push(`${name} does not say what it is`);
                lab[name] = null;
                if (lab.hasAttribute(name)) wrong.push(`${name} = null leaves the attribute`);
            }
            for (const name of ['autoplay', 'loop', 'fragment']) {
                lab[name] = true;
                if (lab[name] !== true || lab.getAttribute(name) !== '') wrong.push(`${name} = true is not there`);
                lab[name] = false;
                if (lab[name] !== false || lab.hasAttribute(name)) wrong.push(`${name} = false is there`);
            }
            return wrong;";
        let wrong: Vec<String> = page.js(reflect, vec![json!(ATTRIBUTES)]).await?;
        assert_eq!(wrong, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn a_framework_that_sets_step_and_run_takes_no_method_away() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        page.go("/host.html").await?;
        let lab = add(page, &[("nodes", "3"), ("seed", "4"), ("step", "12")]).await?;
        assert_eq!(lab.view().await?["step"], 12, "it begins where the framework said");
        lab.step(3).await?;
        assert_eq!(lab.view().await?["step"], 15, "step(n) is the method it was");
        assert_eq!(lab.run().await?["config"]["nodes"], 3, "and so is run()");
        lab.call("forward", [json!(2)]).await?;
        assert_eq!(lab.call("getRun", []).await?["digest"], lab.run().await?["digest"]);

        set(page, "step", json!(40)).await?;
        lab.until("it goes to another step", |view| view["step"] == 40).await?;
        lab.step(1).await?;
        set(page, "step", json!("40")).await?;
        lab.until("it goes there again", |view| view["step"] == 40).await?;

        let link = lab.share().await?;
        set(page, "seed", json!(5)).await?;
        lab.until("another run is shown", |view| view["at"] != 0 || view["step"] == 40).await?;
        set(page, "run", json!(link)).await?;
        page.js::<()>("await document.querySelector('quorum-lab').ready;", vec![]).await?;
        assert_eq!(lab.run().await?["config"]["seed"], 4, "the run of the link is shown");
        Ok(())
    });
}

#[test]
fn what_was_set_before_the_element_was_defined_counts() {
    let host = "<!doctype html><html lang=en><title>Host</title><link rel=icon href=icon.svg>
        <script type=module src=quorum-lab.js></script>
        <quorum-lab></quorum-lab>
        <script>
            const early = document.querySelector('quorum-lab');
            early.nodes = 4;
            early.seed = '9';
            early.step = 21;
            early.panels = 'stage';
            early.loop = true;
        </script>";
    Setup::new().page("/host.html", host).browse(async |page| {
        let lab = page.open("/host.html").await?;
        let view = lab.view().await?;
        assert_eq!((&view["step"], view["nodes"].as_array().map(Vec::len)), (&json!(21), Some(4)));
        assert_eq!(lab.run().await?["config"]["seed"], 9);
        let left: Value = page
            .js(
                "const lab = document.querySelector('quorum-lab'); return [Object.keys(lab), lab.loop, lab.panels];",
                vec![],
            )
            .await?;
        let kept = left[0].as_array().into_iter().flatten().any(|key| key == "step" || key == "nodes");
        assert!(!kept, "nothing hides the element's own properties: {left}");
        assert_eq!((&left[1], &left[2]), (&json!(true), &json!("stage")));
        Ok(())
    });
}

#[test]
fn each_attribute_is_heard_after_the_start() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        page.go("/host.html").await?;
        let lab = add(page, &[("nodes", "3"), ("seed", "4")]).await?;
        let servers = |view: &Value| view["nodes"].as_array().map(Vec::len);
        set(page, "nodes", json!(5)).await?;
        lab.until("five servers are shown", |view| servers(view) == Some(5)).await?;

        // A router changes several at once: that is one change.
        for (name, value) in [("nodes", json!(null)), ("seed", json!(null)), ("scenario", json!("first-agreement"))] {
            set(page, name, value).await?;
        }
        set(page, "step", json!("9")).await?;
        page.js::<()>("await document.querySelector('quorum-lab').ready;", vec![]).await?;
        let view = lab.view().await?;
        assert_eq!((servers(&view), &view["step"]), (Some(3), &json!(9)));
        page.drawn().await?;
        assert_eq!(lab.find("button.title").await?.text().await?, "First agreement ▾");

        set(page, "scenario", json!("chosen-but-nobody-knows")).await?;
        let titled = "the other scenario has its title";
        page.eventually(titled, async || {
            let title = lab.find("button.title").await?.text().await?;
            Ok((!title.starts_with("First agreement")).then_some(()))
        })
        .await?;
        assert_eq!(lab.view().await?["step"], 9, "at the step that is asked for");

        set(page, "src", json!("scenarios/first-agreement.json")).await?;
        lab.until("the run of the file is shown", |view| servers(view) == Some(3)).await?;

        set(page, "autoplay", json!(true)).await?;
        lab.until("it plays", |view| view["step"].as_u64() > Some(9)).await?;
        Ok(())
    });
}

#[test]
fn what_cannot_be_shown_is_said_and_the_run_before_stays_and_a_lab_that_could_not_start_starts() {
    Setup::new().page("/host.html", HOST).browse(async |page| {
        page.go("/host.html").await?;
        let lab = add(page, &[("nodes", "3"), ("seed", "4"), ("step", "6")]).await?;
        set(page, "scenario", json!("no-such-thing")).await?;
        let says = lab.find("[data-topic=attributes]").await?.text().await?;
        assert!(says.contains("no-such-thing") && says.contains("first-agreement"), "{says}");
        assert_eq!(lab.view().await?["step"], 6, "the run before is still there");
        page.take_errors().await?; // the browser tells of the file that is not there

        let lab = {
            let make = "
                const lab = document.createElement('quorum-lab');
                lab.setAttribute('nodes', '500');
                document.querySelector('main').replaceChildren(lab);";
            page.js::<()>(make, vec![]).await?;
            page.eventually("it says that it cannot start", async || {
                let read = "return document.querySelector('quorum-lab').shadowRoot
                    ?.querySelector('.unavailable [role=alert]')?.innerText ?? null;";
                page.js::<Option<String>>(read, vec![]).await
            })
            .await?;
            set(page, "nodes", json!("5")).await?;
            page.lab("quorum-lab").await?
        };
        assert_eq!(lab.view().await?["nodes"].as_array().map(Vec::len), Some(5));
        Ok(())
    });
}

#[test]
fn on_the_page_of_the_lab_another_scenario_keeps_the_run_one_had() {
    browse(async |page| {
        let lab = page.open("").await?;
        lab.seek(4).await?;
        lab.server(3, "crash").await?;
        set(page, "scenario", json!("chosen-but-nobody-knows")).await?;
        page.eventually("the other scenario has its title", async || {
            let title = lab.find("button.title").await?.text().await?;
            Ok((!title.starts_with("First agreement")).then_some(()))
        })
        .await?;
        let says = lab.find("[data-topic=replaced]").await.context("nothing says where the run is")?.text().await?;
        assert!(says.contains("Scenarios"), "{says}");
        Ok(())
    });
}
