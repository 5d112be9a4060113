//! What a first visit downloads, found by reading the site as a browser does: the page, what its tags name, what
//! those modules import and what the styles refer to. Only what is loaded on demand, `import()`, is left out.
//!
//! A list kept by hand would be wrong the first time somebody adds a module. Reading also finds two mistakes
//! early: a file that is named and not there, and an address that only works on this machine's host.

mod css;
mod html;
mod js;

pub(crate) use js::is_this_module;

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Something a file refers to, and how the browser will read it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    address: String,
    kind: Kind,
}

/// How to find the links in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Page,
    Script,
    Style,
    Opaque,
}

impl Link {
    fn new(address: impl Into<String>, kind: Kind) -> Self {
        Self { address: address.into(), kind }
    }

    /// A link from a script or a style, whose own ending says what it is.
    fn by_ending(address: String) -> Self {
        let path = address.split(['?', '#']).next().unwrap_or("");
        let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("js" | "mjs") => Kind::Script,
            Some("css") => Kind::Style,
            _ => Kind::Opaque,
        };
        Self { address, kind }
    }
}

/// The files, relative to `dist`, that opening its index.html loads, in the order they are found.
///
/// # Errors
/// When one of them is missing, or an address leaves the site.
pub(crate) fn first_visit(dist: &Path) -> Result<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut left = std::collections::VecDeque::from([("index.html".to_owned(), Kind::Page)]);
    while let Some((path, kind)) = left.pop_front() {
        if !seen.insert(path.clone()) {
            continue;
        }
        for link in links(dist, &path, kind)? {
            if let Some(target) = resolve(&path, &link.address)? {
                left.push_back((target, link.kind));
            }
        }
        found.push(path);
    }
    Ok(found)
}

fn links(dist: &Path, path: &str, kind: Kind) -> Result<Vec<Link>> {
    let file = dist.join(path);
    let bytes = fs::read(&file).with_context(|| format!("{path} is loaded by the page and cannot be read"))?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(match kind {
        Kind::Page => html::links(&text),
        Kind::Script => js::links(&text),
        Kind::Style => css::links(&text),
        Kind::Opaque => Vec::new(),
    })
}

/// The file that `address` means in the file `from`; nothing for what is written into the address itself.
pub(crate) fn resolve(from: &str, address: &str) -> Result<Option<String>> {
    let path = address.split(['?', '#']).next().unwrap_or("");
    if path.is_empty() || path.starts_with("data:") || path.starts_with("blob:") {
        return Ok(None);
    }
    if path.starts_with('/') || path.contains(':') {
        bail!("{from} loads {address}, which is not part of the site. Name it relative to {from}");
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().with_context(|| format!("{from} loads {address}, which is outside the site"))?;
            }
            name => parts.push(name),
        }
    }
    if path.ends_with('/') {
        parts.push("index.html");
    }
    Ok(Some(parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_visit_is_the_page_and_everything_it_leads_to_once() {
        let dist = tempfile::tempdir().expect("a directory");
        let write = |path: &str, text: &str| {
            let path = dist.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).and_then(|()| fs::write(path, text)).expect("written");
        };
        write("index.html", r#"<link rel="stylesheet" href="style.css"><script type="module" src="./a.js"></script>"#);
        write("style.css", "@import 'more.css'; body { background: url(data:x) }");
        write("more.css", "p { background: url(img/p.svg#part) }");
        write("img/p.svg", "<svg/>");
        write("a.js", "import './wasm/glue.js'; import './b.js'; const later = () => import('./later.js');");
        write("b.js", "export { x } from './a.js';");
        write("wasm/glue.js", "const at = new URL('glue_bg.wasm', import.meta.url);");
        write("wasm/glue_bg.wasm", "");
        write("later.js", "");

        let found = first_visit(dist.path()).expect("all there");
        let expected =
            ["index.html", "style.css", "a.js", "more.css", "wasm/glue.js", "b.js", "img/p.svg", "wasm/glue_bg.wasm"];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_missing_file_is_named() {
        let dist = tempfile::tempdir().expect("a directory");
        fs::write(dist.path().join("index.html"), "<script src=gone.js></script>").expect("written");
        let error = first_visit(dist.path()).expect_err("it is gone");
        assert_eq!(error.to_string(), "gone.js is loaded by the page and cannot be read");
    }

    #[test]
    fn addresses_are_relative_and_stay_inside() {
        let resolved = |from, address| resolve(from, address).map_err(|error| error.to_string());
        assert_eq!(resolved("a/b.js", "../c.js?x#y"), Ok(Some("c.js".into())));
        assert_eq!(resolved("a/b.js", "./d/"), Ok(Some("a/d/index.html".into())));
        assert_eq!(resolved("a.js", "data:text/css,"), Ok(None));
        for address in ["/c.js", "https://example.org/x.js", "//example.org/x.js", "../c.js"] {
            assert!(resolved("a.js", address).is_err(), "{address}");
        }
    }
}
