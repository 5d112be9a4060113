//! The engine, as a module the page can import.
//!
//! wasm-bindgen runs as a library of exactly the version the crates are built against, so the generated glue can
//! never disagree with the code it belongs to, and nobody installs a tool.

mod closures;
mod hints;
mod loading;
mod order;
mod short;

use crate::command::{cargo, output};
use crate::{mirror, project, scenarios, targets};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use walrus::passes;
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

/// A crate that becomes a module the page imports as `./wasm/NAME.js`.
struct Module {
    package: &'static str,
    name: &'static str,
    /// The cargo profile: small, or quick.
    profile: &'static str,
}

/// The engine; what a first visit does not need; and the search, where speed is all.
const MODULES: [Module; 3] = [
    Module { package: "quorum-wasm", name: "quorum_wasm", profile: SMALL },
    Module { package: "quorum-extras", name: "quorum_extras", profile: SMALL },
    Module { package: "quorum-search", name: "quorum_search", profile: "native" },
];

const SMALL: &str = "release";

/// Brings web/wasm/ up to date, and with it web/scenarios/: what of web/ is not written by hand. Files that would not change are not written, so that a watcher stays calm.
///
/// # Errors
/// When the crate does not build, or the result cannot be written.
pub(crate) fn build() -> Result<()> {
    targets::ensure(targets::WASM)?;
    scenarios::build()?;
    let out = tempfile::tempdir().context("no temporary directory can be made")?;
    for Module { package, name, profile } in MODULES {
        let module = compile(package, name, profile)?;
        bind(&module, name, out.path())
            .with_context(|| format!("wasm-bindgen does not accept {}", module.display()))?;
    }
    mirror::mirror(out.path(), &project::web_wasm(), mirror::everything)?;
    Ok(())
}

/// Writes the module and its glue.
fn bind(module: &Path, name: &str, out: &Path) -> Result<()> {
    let mut output = Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(true)
        .out_name(name)
        // The module finds its WebAssembly beside itself, wherever that is.
        .omit_default_module_path(false)
        .encode_into(EncodeInto::Always)
        .remove_name_section(std::env::var_os("KEEP_NAMES").is_none())
        .remove_producers_section(true)
        .generate_output()?;
    let glue = loading::asking_once(output.js());
    let wasm = output.wasm_mut();
    closures::drop_unused(wasm).context("unused closures cannot be told from used ones")?;
    let mut unused = Vec::new();
    for export in wasm.exports.iter() {
        if !short::uses(&glue, &export.name) {
            unused.push(export.id());
        }
    }
    unused.into_iter().for_each(|export| wasm.exports.delete(export));
    passes::gc::run(wasm);
    let imports = short::names(wasm.imports.iter().map(|import| &import.name));
    // Callers may look at the memory.
    let private = wasm.exports.iter().map(|export| &export.name).filter(|name| *name != "memory");
    let exports = short::names(private);
    wasm.imports.iter_mut().for_each(|import| import.name.clone_from(&imports[&import.name]));
    for export in wasm.exports.iter_mut() {
        if let Some(name) = exports.get(&export.name) {
            export.name.clone_from(name);
        }
    }
    output.emit(out)?;
    let module = out.join(format!("{name}_bg.wasm"));
    let plain = hints::ordinary(&fs::read(&module).context("it wrote no module")?)?;
    fs::write(module, order::alike_together(&plain)?).context("the module cannot be written")?;
    let glue = out.join(name).with_extension("js");
    let text = loading::texts(&fs::read_to_string(&glue).context("it wrote no glue")?)?;
    let text = loading::ours(&text, name)?;
    fs::write(&glue, short::glue(&text, &imports, &exports)?).context("the glue cannot be written")?;
    let types = out.join(name).with_extension("d.ts");
    let text = loading::types(&fs::read_to_string(&types).context("it wrote no types")?)?;
    fs::write(&types, text).context("the types cannot be written")
}

/// Builds the crate, and returns where cargo says the module is: the target directory may be anywhere.
fn compile(package: &str, name: &str, profile: &str) -> Result<PathBuf> {
    let messages = output(&mut cargo([
        "--config",
        &flags(profile == SMALL),
        "build",
        "--profile",
        profile,
        "--package",
        package,
        "--target",
        targets::WASM,
        "--message-format",
        "json-render-diagnostics",
    ]))?;
    messages
        .lines()
        .filter_map(|message| module_in(message, name))
        .next_back()
        .with_context(|| format!("cargo built {package} and reports no .wasm file. Is its crate-type still cdylib?"))
}

/// What the compiler is told beside what the workspace says. (Whoever sets `RUSTFLAGS` overrides this.)
fn flags(small: bool) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).unwrap_or_default();
    // Panics name the files of libraries: which library, and not which registry it is from or whose home that is kept in.
    let registries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let mut places: Vec<_> = registries.map(|registry| registry.path()).chain([home]).collect();
    places.sort(); // the last one that fits is taken
    let mut flags: Vec<_> =
        places.iter().map(|place| format!("--remap-path-prefix={}=cargo", place.display())).collect();
    // Half of what is there by default. What is constant lies behind the stack, and its addresses are then written with a
    // byte less.
    flags.push("-Clink-arg=-zstack-size=524288".into());
    if small {
        // Three habits of LLVM that pay on processors, and in WebAssembly only make more code. Loops keep the one
        // variable they were written with, instead of one more for each thing they step through; what is computed on
        // one way only is not computed on the others as well; and what is longer than a register is copied by the one
        // instruction there is for it, not field by field.
        flags.push("-Cllvm-args=-disable-lsr -enable-pre=false -max-store-memcpy=1".into());
    } else {
        // A call costs more in WebAssembly than LLVM thinks: what is called in a search's innermost loops belongs into them.
        flags.push("-Cllvm-args=-inline-threshold=1500".into());
    }
    format!("target.{}.rustflags={flags:?}", targets::WASM)
}

fn module_in(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message["reason"] != "compiler-artifact" || message["target"]["name"] != name {
        return None;
    }
    let files = message["filenames"].as_array()?;
    files.iter().filter_map(Value::as_str).find(|file| file.ends_with(".wasm")).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_found_among_cargos_messages() {
        let artifact =
            r#"{"reason":"compiler-artifact","target":{"name":"quorum_wasm"},"filenames":["/t/a.rlib","/t/a.wasm"]}"#;
        assert_eq!(module_in(artifact, "quorum_wasm"), Some(PathBuf::from("/t/a.wasm")));
        for other in [
            r#"{"reason":"build-finished","success":true}"#,
            r#"{"reason":"compiler-artifact","target":{"name":"serde"},"filenames":["/t/a.wasm"]}"#,
            "not json",
        ] {
            assert_eq!(module_in(other, "quorum_wasm"), None, "{other}");
        }
    }
}
