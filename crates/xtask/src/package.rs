//! `package`: what is published, in target/package: the site, and what other people put their pages together with.
//!
//! `site/` is the site; `npm/` the npm package; `single.js` the element in one file; `quorum-lab.zip` the files of the
//! package for whoever has no tools. [`npm`] makes the last three.
//!
//! A visitor on a slow network pays for each file: it is compressed by itself, and does not know what the others have
//! already said. So what a first visit loads becomes one file, and everything is minified. Rollup, terser and esbuild
//! do that (the scripts in `package/` beside this crate's manifest say how); they are pinned in package.json, and nothing else needs them.
//!
//! Most of what a page is made of is the engine. Somebody who looks at a scenario needs none: the packaged engine is asked here
//! what it shows at each of its steps, and the answers are published beside it (`package/record.js`).

mod npm;

use crate::command::{command, output, run};
use crate::install::Needs;
use crate::{build, mirror, project};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A packaged site.
pub(crate) struct Package {
    /// Where it is.
    pub(crate) site: PathBuf,
    /// What a first visit downloads, as paths below it.
    pub(crate) first_visit: Vec<String>,
}

/// What `join.js` says it wrote.
#[derive(Deserialize)]
struct Written {
    files: Vec<String>,
    first: Vec<String>,
}

/// Builds the site and packages it.
///
/// # Errors
/// When the site does not build, npm is not there, or the modules cannot be joined.
pub(crate) fn package() -> Result<Package> {
    Needs::page_tools().ensure(true)?;
    let recorded = recorded(&build::build()?)?;
    let web = recorded.path();
    let out = tempfile::tempdir().context("no temporary directory can be made")?;
    let written = join("site", web, out.path())?;
    copy_the_rest(web, out.path(), &written.files)?;
    let site = project::package().join("site");
    mirror::mirror(out.path(), &site, mirror::everything)?;
    npm::make(web)?;
    let first_visit = first_visit(&site, written.first)?;
    eprintln!("The package is in {}", project::package().display());
    Ok(Package { site, first_visit })
}

/// A copy of the built site that has recordings beside the scenarios, and a page that begins with one in place of the engine.
fn recorded(dist: &Path) -> Result<TempDir> {
    let web = tempfile::tempdir().context("no temporary directory can be made")?;
    mirror::mirror(dist, web.path(), |path, bytes| {
        let is_page = path == Path::new("index.html");
        Ok(Some(if is_page { beginning_with_a_recording(&String::from_utf8(bytes)?)?.into() } else { bytes }))
    })?;
    run(command("node").arg(script("record.js")).arg(web.path()))?;
    Ok(web)
}

/// A page that preloads what was recorded of its scenario, and no engine.
fn beginning_with_a_recording(page: &str) -> Result<String> {
    let scenario = "href=\"scenarios/";
    let line = page.lines().find(|line| line.starts_with("<link rel=\"preload\"") && line.contains(scenario));
    let line = line.context("index.html preloads no scenario")?;
    let recording = line.replace(".json\"", ".shown.json\"");
    let page = page.replace(line, &format!("{line}\n{recording}"));
    let engine = "<link rel=\"preload\" href=\"wasm/";
    ensure!(page.contains(engine), "index.html preloads no engine");
    Ok(build::without_lines(&page, engine))
}

/// Joins and minifies scripts and style sheets: for the site, or for npm.
fn join(kind: &str, web: &Path, out: &Path) -> Result<Written> {
    let sheets = mirror::files(web)?.into_iter().filter(|path| path.extension().is_some_and(|it| it == "css"));
    let said = output(command("node").arg(script("join.js")).arg(kind).arg(web).arg(out).args(sheets))?;
    serde_json::from_str(&said).context("join.js does not say what it wrote")
}

/// Where what packages the page is.
fn script(name: &str) -> PathBuf {
    project::root().join("crates/xtask/package").join(name)
}

/// Copies what is neither a script nor a style sheet. Scripts and sheets that are in another file now are left out, and so
/// are the lines of pages that preload them.
fn copy_the_rest(web: &Path, out: &Path, written: &[String]) -> Result<()> {
    for path in mirror::files(web)? {
        let (from, to) = (web.join(&path), out.join(&path));
        if path.extension().is_some_and(|ending| ending == "js" || ending == "css") {
            continue;
        }
        let mut bytes = fs::read(&from).with_context(|| format!("{} cannot be read", from.display()))?;
        if path.extension().is_some_and(|ending| ending == "html") {
            bytes = preloading_only(&String::from_utf8(bytes)?, written).into();
        }
        fs::create_dir_all(to.parent().unwrap_or(out))?;
        fs::write(&to, bytes).with_context(|| format!("{} cannot be written", to.display()))?;
    }
    Ok(())
}

/// A page without `<link rel="modulepreload" …>` and `<link rel="preload" … as="style">` of files that are not there.
fn preloading_only(page: &str, written: &[String]) -> String {
    let preloaded = |line: &str| {
        let line = line.trim_start();
        let sheet = line.strip_prefix("<link rel=\"preload\" href=\"").filter(|rest| rest.contains("as=\"style\""));
        let rest = line.strip_prefix("<link rel=\"modulepreload\" href=\"").or(sheet)?;
        rest.split('"').next().map(str::to_owned)
    };
    let is_kept = |line: &&str| preloaded(line).is_none_or(|href| written.contains(&href));
    page.split_inclusive('\n').filter(is_kept).collect()
}

/// What a first visit downloads: the page, what it names, and what the entry imports.
fn first_visit(site: &Path, scripts: Vec<String>) -> Result<Vec<String>> {
    let page = fs::read_to_string(site.join("index.html")).context("the package has no page")?;
    let mut files = vec!["index.html".to_owned()];
    for line in page.lines().filter(|line| line.starts_with("<link rel=") || line.starts_with("<script ")) {
        let named = ["href=\"", "src=\""].iter().find_map(|attribute| line.split_once(attribute));
        let Some(name) = named.and_then(|(_, rest)| rest.split('"').next()) else { continue };
        ensure!(site.join(name).is_file(), "index.html asks for {name}, which is not in the package");
        files.push(name.to_owned());
    }
    files.extend(scripts);
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_preloads_no_script_and_no_sheet_that_is_in_another_file_now() {
        let lines = [
            "<link rel=\"icon\" href=\"i.svg\">\n",
            "<link rel=\"preload\" href=\"wasm/w.wasm\" as=\"fetch\">\n",
            "<link rel=\"preload\" href=\"lab/lab.css\" as=\"style\">\n",
            "<link rel=\"modulepreload\" href=\"wasm/w.js\">\n",
        ];
        let gone =
            "<link rel=\"modulepreload\" href=\"lab/a.js\">\n<link rel=\"preload\" href=\"lab/a.css\" as=\"style\">\n";
        let written = ["quorum-lab.js".into(), "wasm/w.js".into(), "lab/lab.css".into()];
        assert_eq!(preloading_only(&(gone.to_owned() + &lines.concat()), &written), lines.concat());
    }

    #[test]
    fn a_packaged_page_begins_with_a_recording_in_place_of_the_engine() {
        let engine = "<link rel=\"preload\" href=\"wasm/w.wasm\" as=\"fetch\">\n";
        let scenario = "<link rel=\"preload\" href=\"scenarios/a-b.json\" as=\"fetch\">\n";
        let recording = "<link rel=\"preload\" href=\"scenarios/a-b.shown.json\" as=\"fetch\">\n";
        let other = "<link rel=\"modulepreload\" href=\"wasm/w.js\">\n";
        let page = [engine, scenario, other].concat();
        assert_eq!(beginning_with_a_recording(&page).expect("both are there"), [scenario, recording, other].concat());
        assert!(beginning_with_a_recording(engine).is_err() && beginning_with_a_recording(scenario).is_err());
    }

    #[test]
    fn a_first_visit_is_the_page_what_it_names_and_what_the_entry_imports() {
        let site = tempfile::tempdir().expect("a directory");
        let page = "<link rel=\"icon\" href=\"i.svg\">\n<script type=\"module\" src=\"quorum-lab.js\"></script>\n";
        fs::write(site.path().join("index.html"), page).expect("written");
        fs::write(site.path().join("quorum-lab.js"), "").expect("written");
        let scripts = || vec!["quorum-lab.js".to_owned(), "wasm/w.js".to_owned()];
        assert!(first_visit(site.path(), scripts()).is_err(), "the icon is not there");
        fs::write(site.path().join("i.svg"), "").expect("written");
        let files = first_visit(site.path(), scripts()).expect("complete");
        assert_eq!(files, ["index.html", "i.svg", "quorum-lab.js", "wasm/w.js"]);
    }
}
