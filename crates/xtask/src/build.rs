//! The site: web/ as it is written, with the engine beside it, in dist/.
//!
//! web/ is plain modules that any browser loads as they are, so there is nothing to do but copy. What is published as a
//! package is made smaller: see [`crate::package`].

use crate::{mirror, project, wasm};
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};

/// Builds the site into dist/ and returns where that is.
///
/// # Errors
/// When the engine does not build, or the files cannot be copied.
pub(crate) fn build() -> Result<PathBuf> {
    wasm::build()?;
    let dist = copy()?;
    eprintln!("The site is in {}", dist.display());
    Ok(dist)
}

/// Makes dist/ what web/ is now, and returns where that is.
///
/// # Errors
/// When there is no page, it asks the browser to load a file that is not there, or a file cannot be copied.
pub(crate) fn copy() -> Result<PathBuf> {
    let (web, dist) = (project::web(), project::dist());
    let index = web.join("index.html");
    ensure!(index.is_file(), "there is no {}, and without it there is no page to build", index.display());
    mirror::mirror(&web, &dist, |path, bytes| Ok(is_published(path).then(|| for_visitors(path, bytes))))?;
    Ok(dist)
}

/// Whether a visitor is given this file of web/: not what only an editor, a test or Trunk reads.
pub(crate) fn is_published(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hidden = path.iter().any(|part| part.to_string_lossy().starts_with('.'));
    let only_for_us = path.starts_with("test") || [".d.ts", ".md"].iter().any(|ending| name.ends_with(ending));
    !hidden && !only_for_us && name != "tsconfig.json"
}

/// A page without the `<link data-trunk …>` lines that tell Trunk what to copy; any other file as it is.
fn for_visitors(path: &Path, bytes: Vec<u8>) -> Vec<u8> {
    if path.extension().is_none_or(|extension| extension != "html") {
        return bytes;
    }
    match String::from_utf8(bytes) {
        Ok(page) => without_lines(&page, "<link data-trunk").into(),
        Err(error) => error.into_bytes(),
    }
}

/// A text without the lines that begin like this, white space aside.
pub(crate) fn without_lines(text: &str, beginning: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with(beginning)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_visitor_is_not_given_what_only_tools_read() {
        for (path, given) in [
            ("index.html", true),
            ("wasm/quorum_wasm_bg.wasm", true),
            ("lab/stage/stage.css", true),
            ("wasm/quorum_wasm.d.ts", false),
            ("test/values.test.js", false),
            ("tsconfig.json", false),
            (".editor/settings.json", false),
            ("NOTES.md", false),
        ] {
            assert_eq!(is_published(Path::new(path)), given, "{path}");
        }
    }

    #[test]
    fn lines_for_trunk_are_left_out_of_the_page_and_no_others() {
        let page = "<head>\n  <link data-trunk rel=\"copy-dir\" href=\"wasm\">\n  <link rel=\"icon\" href=\"i.svg\">\n</head>\n";
        let kept = for_visitors(Path::new("index.html"), page.into());
        assert_eq!(String::from_utf8(kept).expect("text"), "<head>\n  <link rel=\"icon\" href=\"i.svg\">\n</head>\n");
    }

    /// Whether a build makes this file, so that a fresh clone is without it: the engine, and a scenario as the run it makes.
    fn is_made(href: &str) -> bool {
        let scenario = href.strip_prefix("scenarios/").and_then(|file| file.strip_suffix(".json"));
        href.starts_with("wasm/")
            || scenario.is_some_and(|name| project::played().join(format!("{name}.quorum.json")).is_file())
    }

    /// A preload of a file that is not there is a request for nothing, and one of a file nobody needs delays the others.
    #[test]
    fn the_page_preloads_only_what_is_written_or_made() {
        let web = project::web();
        let page = fs::read_to_string(web.join("index.html")).expect("the page");
        let hrefs = page.lines().filter(|line| line.starts_with("<link rel=")).filter_map(|line| {
            let (_, rest) = line.split_once("href=\"")?;
            rest.split('"').next()
        });
        let mut seen = 0;
        for href in hrefs {
            seen += 1;
            assert!(is_made(href) || web.join(href).is_file(), "{href} is not in web/, and no build makes it");
        }
        assert!(seen > 10, "they are read: {seen}");
    }
}
