//! The site: what is written in web/, joined, made smaller, with the engine beside it.
//!
//! web/ is plain modules that any browser loads as they are. A visitor on a slow network pays for each of them: they
//! are compressed one by one, and none knows what the others have already said. So what a first visit loads becomes
//! one file, and what is loaded later a file for each occasion. [`link`] says how.

use crate::link::{self, Linked};
use crate::{graph, minify, mirror, project, wasm};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// The module that defines the element: the address that others import.
const ENTRY: &str = "quorum-lab.js";
/// The glue of the engine: joined with the rest, and published by itself as well. After a panic the page loads it once
/// more, as a module with nothing in its memory.
const GLUE: &str = "wasm/quorum_wasm.js";

/// Builds the site into dist/ and returns where that is.
///
/// # Errors
/// When the engine does not build, the modules cannot be joined, or the files cannot be copied.
pub(crate) fn build() -> Result<PathBuf> {
    wasm::build()?;
    let web = project::web();
    let index = web.join("index.html");
    ensure!(index.is_file(), "there is no {}, and without it there is no page to build", index.display());
    let linked = link::link(ENTRY, |path| {
        fs::read_to_string(web.join(path)).with_context(|| format!("web/{path} is imported and cannot be read"))
    })?;
    let dist = project::dist();
    mirror::mirror(&web, &dist, |path, bytes| published(path, bytes, &linked))?;
    eprintln!("The site is in {}", dist.display());
    Ok(dist)
}

/// What of web/ a visitor is given: not what only an editor or Trunk reads, nor a module that is in another file.
fn published(path: &Path, bytes: Vec<u8>, linked: &Linked) -> Result<Option<Vec<u8>>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hidden = path.iter().any(|part| part.to_string_lossy().starts_with('.'));
    let only_for_us = hidden || name.ends_with(".d.ts") || name.ends_with(".md") || name == "tsconfig.json";
    let address = path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    if only_for_us || (linked.is_joined(&address) && address != GLUE) {
        return Ok(None);
    }
    let bytes = match linked.file(&address) {
        Some(script) => script.as_bytes().to_owned(),
        None if name.ends_with(".html") => for_visitors(&address, bytes, linked),
        None => bytes,
    };
    minify::minify(path, bytes).map(Some)
}

/// A page without the `<link data-trunk …>` elements that tell Trunk what to copy, which Trunk removes too, and without
/// the `<link rel="modulepreload" …>` of modules that are no longer there.
fn for_visitors(address: &str, page: Vec<u8>, linked: &Linked) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&page) else {
        return page;
    };
    let kept = text.split_inclusive('\n').filter(|line| {
        let line = line.trim();
        let is_a_link = line.starts_with("<link ") && line.ends_with('>') && line.matches('<').count() == 1;
        let preloads = line.strip_prefix("<link rel=\"modulepreload\" href=\"").and_then(|rest| rest.split('"').next());
        let module = preloads.and_then(|href| graph::resolve(address, href).ok().flatten());
        let is_gone = module.is_some_and(|module| linked.is_joined(&module));
        !(is_a_link && (is_gone || line.starts_with("<link data-trunk")))
    });
    kept.collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_not_given_what_only_tools_read() {
        for (path, given) in [
            ("index.html", true),
            ("wasm/quorum_wasm_bg.wasm", true),
            ("wasm/quorum_wasm.d.ts", false),
            ("tsconfig.json", false),
            (".editor/settings.json", false),
            ("NOTES.md", false),
        ] {
            let published = published(Path::new(path), Vec::new(), &Linked::default()).expect("empty is valid");
            assert_eq!(published.is_some(), given, "{path}");
        }
    }

    fn linked() -> Linked {
        let text = |path: &str| match path {
            ENTRY => "import './lab/a.js'; import('./lab/later.js');",
            _ => "",
        };
        link::link(ENTRY, |path| Ok(text(path).to_owned())).expect("linked")
    }

    #[test]
    fn a_module_that_is_in_another_file_is_not_given_by_itself() {
        for (path, given) in [(ENTRY, true), ("lab/a.js", false), ("lab/later.js", true), ("lab/other.js", true)] {
            let published = published(Path::new(path), Vec::new(), &linked()).expect("valid");
            assert_eq!(published.is_some(), given, "{path}");
        }
    }

    #[test]
    fn lines_for_trunk_and_for_modules_that_are_gone_are_left_out_of_the_page_and_no_others() {
        let page = "<head>\n  <link data-trunk rel=\"copy-dir\" href=\"wasm\">\n  <link rel=\"icon\" href=\"i.svg\">\n\
            <link rel=\"modulepreload\" href=\"./lab/a.js\">\n<link rel=\"modulepreload\" href=\"lab/later.js\">\n</head>\n";
        let expected = "<head>\n  <link rel=\"icon\" href=\"i.svg\">\n<link rel=\"modulepreload\" href=\"lab/later.js\">\n</head>\n";
        let kept = for_visitors("index.html", page.into(), &linked());
        assert_eq!(String::from_utf8(kept).expect("text"), expected);
    }
}
