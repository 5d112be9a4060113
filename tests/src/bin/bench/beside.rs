//! What a page pays for the engine, beside another build of the site: mostly of an earlier commit. Steps, views, a run of a
//! hundred thousand steps, and memory, each with the calls that the site's own page makes. See `lab.js`.

use crate::{Measured, median};
use quorum_site_server::{Site, serve};
use quorum_tests::{Context, Page, Result, Setup, Value, ensure, json};
use std::path::Path;

/// Rounds before those that count: code is compiled better when it has run.
const WARM: usize = 1;
const RUNS: usize = 5;
const MEGABYTE: f64 = (1 << 20) as f64;

/// Where the measuring module is served, and a page that may load it: the site's own may load nothing from elsewhere.
const MODULE: &str = "/bench/lab.js";
const EMPTY: &str = "/bench/empty.html";
const EMPTY_PAGE: &str = "<!doctype html><title>Empty</title><link rel=\"icon\" href=\"data:,\">";
/// Asks the module for something. A page has half a minute to answer, so each engine is asked by itself.
const ASK: &str = "const [module, what, ...given] = args; return (await import(module))[what](...given);";

/// Every time: its name, its unit, and where it is in what a round finds of a site.
const TIMES: [(&str, &str, &str); 8] = [
    ("a step of 3 servers, as the page does it", "µs", "/0/page"),
    ("Lab.step(), 3 servers", "µs", "/0/step"),
    ("Lab.view(), 3 servers", "µs", "/0/view"),
    ("a step of 5 servers, as the page does it", "µs", "/1/page"),
    ("Lab.step(), 5 servers", "µs", "/1/step"),
    ("Lab.view(), 5 servers", "µs", "/1/view"),
    ("opening a run of 100,000 steps", "ms", "/2/opened"),
    ("… going to another branch of it, and back", "ms", "/2/branches"),
];
const BYTES: [(&str, &str); 2] =
    [("memory of the engine with that run", "/before"), ("… and what reading all its events adds", "/grown")];

/// Measures the site, and another one by turns.
pub(crate) fn measure(other: &Path) -> Result<Vec<Measured>> {
    ensure!(
        other.join("index.html").is_file(),
        "there is no site in {}: name the directory it was built into",
        other.display()
    );
    // A module from another origin is only imported where that allows it.
    let other = serve(Site::new(other).header("Access-Control-Allow-Origin", "*"), 0)?;
    let mut measured = Vec::new();
    Setup::new().page(MODULE, include_str!("lab.js")).page(EMPTY, EMPTY_PAGE).visit(async |page| {
        measured = in_the_browser(page, &other.url()).await?;
        Ok(())
    })?;
    Ok(measured)
}

async fn in_the_browser(page: &Page, other: &str) -> Result<Vec<Measured>> {
    page.go(EMPTY).await?;
    let module = page.url(MODULE);
    let ask = async |what: &str, given: &[Value]| -> Result<Value> {
        page.js(ASK, [&[json!(module), json!(what)], given].concat()).await
    };
    for site in [page.url(""), other.into()] {
        ask("add", &[json!(site)]).await?;
    }
    let mut rounds = Vec::new();
    for _ in 0..WARM + RUNS {
        let mut round = Vec::new();
        for site in 0..2 {
            let [three, five] =
                [ask("steps", &[json!(site), json!(3)]).await?, ask("steps", &[json!(site), json!(5)]).await?];
            round.push(json!([three, five, ask("long", &[json!(site)]).await?]));
        }
        let digests = |site: &Value| [site[0]["digest"].clone(), site[1]["digest"].clone()];
        ensure!(digests(&round[0]) == digests(&round[1]), "the two sites' engines do not do the same");
        rounds.push(round);
    }
    let rounds = rounds.split_off(WARM);
    let memory = [ask("memory", &[json!(0)]).await?, ask("memory", &[json!(1)]).await?];
    let mut measured = Vec::new();
    for (name, unit, place) in TIMES {
        let of = |site: usize| -> Result<f64> {
            let samples: Result<_> = rounds.iter().map(|round| number(&round[site], place)).collect();
            samples.map(median)
        };
        measured.push(Measured::new(name, unit, of(0)?, of(1)?, RUNS).beside("the other site"));
    }
    for (name, place) in BYTES {
        let of = |site: usize| number(&memory[site], place).map(|bytes| bytes / MEGABYTE);
        measured.push(Measured::new(name, "MB", of(0)?, of(1)?, 1).beside("the other site"));
    }
    Ok(measured)
}

fn number(found: &Value, place: &str) -> Result<f64> {
    found.pointer(place).and_then(Value::as_f64).with_context(|| format!("{place} was not measured"))
}
