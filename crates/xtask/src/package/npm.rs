//! The npm package, the single file and the archive: the element for other people's pages. Nothing is published from here.

use super::{copy_the_rest, join, script};
use crate::command::{command, run};
use crate::{mirror, project};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What a page may import. Everything else is ours to change.
const EXPORTS: [(&str, &str, Option<&str>); 4] = [
    (".", "./quorum-lab.js", Some("./quorum-lab.d.ts")),
    ("./define", "./quorum-lab.js", Some("./quorum-lab.d.ts")),
    ("./single.js", "./single.js", Some("./single.d.ts")),
    ("./embed.html", "./embed.html", None),
];

/// Of the site only: its page, and what is a module in the package.
const NOT_HERE: [&str; 4] = ["index.html", "page.css", "icon.svg", "scenarios"];

/// Of the package only for those who have tools.
const FOR_TOOLS: [&str; 2] = ["package.json", "custom-elements.json"];

/// Makes the package, the single file and the archive of a built site.
///
/// # Errors
/// When the modules cannot be joined, or a file cannot be written.
pub(super) fn make(web: &Path) -> Result<()> {
    let out = tempfile::tempdir().context("no temporary directory can be made")?;
    let written = join("npm", web, out.path())?;
    copy_the_rest(web, out.path(), &written.files)?;
    for name in ["README.md", "quorum-lab.d.ts", "single.d.ts"] {
        copy(&script("npm").join(name), &out.path().join(name))?;
    }
    copy(&project::root().join("LICENSE"), &out.path().join("LICENSE"))?;
    copy(&project::web_wasm().join("quorum_wasm.d.ts"), &out.path().join("wasm/quorum_wasm.d.ts"))?;
    describe(&out.path().join("custom-elements.json"))?;
    fs::write(out.path().join("package.json"), format!("{:#}\n", manifest()))?;
    run(command("node").arg(script("single.js")).arg(web).arg(out.path().join("single.js")))?;

    let npm = project::package().join("npm");
    mirror::mirror(out.path(), &npm, |path, bytes| Ok(is_in_package(path, &written.files).then_some(bytes)))?;
    copy(&npm.join("single.js"), &project::package().join("single.js"))?;
    archive(&npm, &project::package().join("quorum-lab.zip"))
}

/// Whether a file is part of the package: not those of the site's own page, and of scenarios only the modules.
fn is_in_package(path: &Path, written: &[String]) -> bool {
    let is_written = written.iter().any(|file| Path::new(file) == path && file != "page.css");
    is_written || !NOT_HERE.iter().any(|name| path.starts_with(name))
}

fn manifest() -> Value {
    let exports = EXPORTS.iter().map(|(name, file, types)| {
        let target = types.map_or_else(|| json!(file), |types| json!({ "types": types, "default": file }));
        ((*name).to_owned(), target)
    });
    let exports: serde_json::Map<_, _> = exports.collect();
    json!({
        "name": "quorum-lab",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "A laboratory for Paxos as one HTML element, <quorum-lab>",
        "keywords": ["paxos", "consensus", "custom-element", "web-component", "documentation"],
        "license": "MIT",
        "type": "module",
        "main": "./quorum-lab.js",
        "types": "./quorum-lab.d.ts",
        "customElements": "./custom-elements.json",
        "sideEffects": ["./quorum-lab.js", "./single.js", "./embed.js"],
        "exports": exports,
    })
}

/// Writes what editors know of the element.
fn describe(out: &Path) -> Result<()> {
    run(command("node").arg(script("manifest.js")).arg(script("npm/quorum-lab.d.ts")).arg(out))
}

/// The files as one archive, in a folder of their own, with a page that shows a figure when it is opened from a disk. The
/// same files make the same archive.
fn archive(npm: &Path, zip: &Path) -> Result<()> {
    let file = File::create(zip).with_context(|| format!("{} cannot be written", zip.display()))?;
    let mut writer = ZipWriter::new(file);
    let how = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut add = |name: &str, bytes: &[u8]| -> Result<()> {
        writer.start_file(format!("quorum-lab/{name}"), how)?;
        Ok(writer.write_all(bytes)?)
    };
    for path in mirror::files(npm)? {
        let name = path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        if !FOR_TOOLS.contains(&name.as_str()) && !name.ends_with(".d.ts") {
            add(&name, &fs::read(npm.join(&path))?)?;
        }
    }
    add("example.html", &fs::read(script("npm/example.html"))?)?;
    writer.finish()?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("{} cannot be copied to {}", from.display(), to.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_names_are_public() {
        let manifest = manifest();
        let names: Vec<_> = manifest["exports"].as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names.len(), 4);
        for name in [".", "./define", "./embed.html", "./single.js"] {
            assert!(names.contains(&name), "{name}");
        }
    }

    #[test]
    fn the_package_has_scenarios_as_modules_and_no_page_of_the_site() {
        let written = ["scenarios/first-agreement.js".to_owned(), "page.css".to_owned(), "quorum-lab.js".to_owned()];
        for (path, is_in) in [
            ("quorum-lab.js", true),
            ("embed.html", true),
            ("wasm/quorum_wasm_bg.wasm", true),
            ("scenarios/first-agreement.js", true),
            ("scenarios/first-agreement.json", false),
            ("index.html", false),
            ("page.css", false),
        ] {
            assert_eq!(is_in_package(Path::new(path), &written), is_in, "{path}");
        }
    }

    #[test]
    fn the_archive_has_the_files_in_a_folder_and_is_the_same_each_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let npm = folder.path().join("npm");
        fs::create_dir_all(npm.join("lab")).expect("made");
        for name in ["single.js", "lab/lab.css", "package.json", "quorum-lab.d.ts"] {
            fs::write(npm.join(name), name).expect("written");
        }
        let make = |name: &str| {
            let zip = folder.path().join(name);
            archive(&npm, &zip).expect("written");
            fs::read(zip).expect("read")
        };
        let bytes = make("a.zip");
        assert_eq!(bytes, make("b.zip"));
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
        let mut names: Vec<_> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
        names.sort();
        assert_eq!(names, ["quorum-lab/example.html", "quorum-lab/lab/lab.css", "quorum-lab/single.js"]);
        assert!(archive.by_name("quorum-lab/single.js").is_ok());
    }
}
