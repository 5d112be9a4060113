//! From a requested path to an answer, without a socket in sight: everything a test can reach directly.

use crate::Site;
use percent_encoding::percent_decode_str;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

const HTML: &str = "text/html; charset=utf-8";

/// Where the script that runs first is. A file, since a page may forbid scripts written into it.
const FIRST_SCRIPT: &str = "/first-script.js";

/// What to say to one request.
#[derive(Debug)]
pub(crate) enum Answer {
    File {
        file: File,
        kind: &'static str,
    },
    Text {
        text: String,
        kind: &'static str,
    },
    /// The address lacks its last `/`, without which every relative address in the page would be wrong.
    MovedTo(String),
    NotFound,
}

/// Answers a GET for `target`, the path and query as they came over the wire.
pub(crate) fn answer(site: &Site, target: &str) -> Answer {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    if let Some(script) = site.first_script.as_ref().filter(|_| path == FIRST_SCRIPT) {
        return Answer::Text { text: script.clone(), kind: mime_type(Path::new(path)) };
    }
    if let Some((_, text)) = site.pages.iter().find(|(at, _)| at == path) {
        return page(site, text.clone(), mime_type(Path::new(path)));
    }
    let Some(inside) = path.strip_prefix(site.path()) else {
        return if format!("{path}/") == site.path() { moved(path, query) } else { Answer::NotFound };
    };
    match below(&site.root, inside) {
        Some(found) if found.is_dir() && !path.ends_with('/') => moved(path, query),
        // Below a file there is nothing: relative addresses in it would all be wrong.
        Some(found) if found.is_file() && path.ends_with('/') => Answer::NotFound,
        Some(found) if found.is_dir() => open(site, &found.join("index.html")),
        Some(found) => open(site, &found),
        None => Answer::NotFound,
    }
}

fn moved(path: &str, query: Option<&str>) -> Answer {
    // A path that begins with two slashes would name another host.
    let path = path.trim_start_matches('/');
    Answer::MovedTo(match query {
        Some(query) => format!("/{path}/?{query}"),
        None => format!("/{path}/"),
    })
}

fn open(site: &Site, path: &Path) -> Answer {
    let kind = mime_type(path);
    match File::open(path) {
        Ok(file) if is_file(&file).unwrap_or(false) => match std::fs::read_to_string(path) {
            Ok(text) if site.first_script.is_some() && kind == HTML => page(site, text, kind),
            _ => Answer::File { file, kind },
        },
        _ => Answer::NotFound,
    }
}

/// A page with what runs first put where the parser meets it first: a doctype must stay before it.
fn page(site: &Site, mut text: String, kind: &'static str) -> Answer {
    if site.first_script.is_some() && kind == HTML {
        let head = text.find("<head>").map(|at| at + "<head>".len());
        let doctype = || text.starts_with("<!").then(|| text.find('>').map_or(0, |at| at + 1));
        let at = head.or_else(doctype).unwrap_or(0);
        text.insert_str(at, &format!("<script src=\"{FIRST_SCRIPT}\"></script>"));
    }
    Answer::Text { text, kind }
}

fn is_file(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.is_file())
}

/// The file a decoded path means, or nothing when it means to leave `root`.
fn below(root: &Path, encoded: &str) -> Option<PathBuf> {
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    let mut path = root.to_path_buf();
    for part in decoded.split('/').filter(|part| !part.is_empty()) {
        let plain = !part.starts_with('.') && !part.contains(['\\', ':', '\0']);
        if !plain {
            return None;
        }
        path.push(part);
    }
    Some(path)
}

/// The type a browser is told, by the ending of a name.
fn mime_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()).unwrap_or("") {
        "html" => HTML,
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn site() -> (tempfile::TempDir, Site) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        fs::write(dir.path().join("index.html"), "home").expect("written");
        fs::write(dir.path().join("a b.wasm"), "wasm").expect("written");
        fs::create_dir(dir.path().join("sub")).expect("created");
        fs::write(dir.path().join("sub/index.html"), "sub").expect("written");
        fs::write(dir.path().join(".hidden"), "secret").expect("written");
        let site = Site::new(dir.path());
        (dir, site)
    }

    fn kind(answer: &Answer) -> String {
        match answer {
            Answer::File { kind, .. } | Answer::Text { kind, .. } => (*kind).to_owned(),
            Answer::MovedTo(path) => format!("-> {path}"),
            Answer::NotFound => "404".into(),
        }
    }

    #[test]
    fn each_path_has_its_answer() {
        let (_dir, site) = site();
        for (path, expected) in [
            ("/", "text/html; charset=utf-8"),
            ("/?seed=7", "text/html; charset=utf-8"),
            ("/a%20b.wasm", "application/wasm"),
            ("/sub", "-> /sub/"),
            ("/sub?x", "-> /sub/?x"),
            ("//sub", "-> /sub/"),
            ("/sub/", "text/html; charset=utf-8"),
            ("/missing.js", "404"),
        ] {
            assert_eq!(kind(&answer(&site, path)), expected, "{path}");
        }
    }

    #[test]
    fn nothing_outside_the_directory_is_served() {
        let (_dir, site) = site();
        for path in ["/../Cargo.toml", "/sub/../../x", "/%2e%2e/x", "/..%2fx", "/.hidden", "/%ff", "/c:/x", "/..\\x"] {
            assert_eq!(kind(&answer(&site, path)), "404", "{path}");
        }
    }

    #[test]
    fn a_site_works_below_a_path_and_beside_other_pages() {
        let (_dir, site) = site();
        let site = site.under("/deep/er").page("/host.html", "<p>host");
        for (path, expected) in [
            ("/deep/er/", "text/html; charset=utf-8"),
            ("/deep/er", "-> /deep/er/"),
            ("/", "404"),
            ("/host.html", "text/html; charset=utf-8"),
        ] {
            assert_eq!(kind(&answer(&site, path)), expected, "{path}");
        }
    }

    #[test]
    fn what_runs_first_comes_before_everything_but_the_doctype() {
        let tag = "<script src=\"/first-script.js\"></script>";
        for (text, expected) in [
            ("<!doctype html><p>", format!("<!doctype html>{tag}<p>")),
            ("<!doctype html><html><head><title>", format!("<!doctype html><html><head>{tag}<title>")),
            ("<p>", format!("{tag}<p>")),
        ] {
            let site = Site::new(".").page("/a.html", text).page("/a.js", text).first_script("x");
            let Answer::Text { text: given, .. } = answer(&site, "/a.html") else {
                panic!("not a text");
            };
            assert_eq!(given, expected);
            let Answer::Text { text: script, .. } = answer(&site, "/a.js") else {
                panic!("not a text");
            };
            assert_eq!(script, text);
        }
    }
}
