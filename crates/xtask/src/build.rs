//! The site: the modules of web/ one by one, each made smaller, with the engine beside them. No bundler stands in
//! between, so what a module imports is what its source says, and only what changed is downloaded again.

use crate::{minify, mirror, project, wasm};
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};

/// Builds the site into dist/ and returns where that is.
///
/// # Errors
/// When the engine does not build, or the files cannot be copied.
pub(crate) fn build() -> Result<PathBuf> {
    wasm::build()?;
    let index = project::web().join("index.html");
    ensure!(index.is_file(), "there is no {}, and without it there is no page to build", index.display());
    let dist = project::dist();
    mirror::mirror(&project::web(), &dist, published)?;
    eprintln!("The site is in {}", dist.display());
    Ok(dist)
}

/// What of web/ a visitor is given: not what only an editor or Trunk reads.
fn published(path: &Path, bytes: Vec<u8>) -> Result<Option<Vec<u8>>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hidden = path.iter().any(|part| part.to_string_lossy().starts_with('.'));
    let only_for_us = hidden || name.ends_with(".d.ts") || name.ends_with(".md") || name == "tsconfig.json";
    if only_for_us {
        return Ok(None);
    }
    let bytes = if name.ends_with(".html") { without_trunk(bytes) } else { bytes };
    minify::minify(path, bytes).map(Some)
}

/// A page without the `<link data-trunk …>` elements that tell Trunk what to copy: Trunk removes them too.
fn without_trunk(page: Vec<u8>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&page) else {
        return page;
    };
    let kept = text.split_inclusive('\n').filter(|line| {
        let line = line.trim();
        !(line.starts_with("<link data-trunk") && line.ends_with('>') && line.matches('<').count() == 1)
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
            assert_eq!(published(Path::new(path), Vec::new()).expect("empty is valid").is_some(), given, "{path}");
        }
    }

    #[test]
    fn lines_for_trunk_are_left_out_of_the_page_and_no_others() {
        let page = "<head>\n  <link data-trunk rel=\"copy-dir\" href=\"wasm\">\n  <link rel=\"icon\" href=\"i.svg\">\n</head>\n";
        let expected = "<head>\n  <link rel=\"icon\" href=\"i.svg\">\n</head>\n";
        assert_eq!(without_trunk(page.into()), expected.as_bytes());
    }
}
