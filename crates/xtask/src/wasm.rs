//! The engine, as modules the page can import: WebAssembly and the glue, as wasm-bindgen writes them.
//!
//! wasm-bindgen runs as a library of exactly the version the crates are built against. So the glue can never disagree with
//! the code it belongs to, and nobody installs a tool.

use crate::command::{cargo, output};
use crate::{mirror, project, scenarios, targets};
use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use wasm_bindgen_cli_support::Bindgen;

/// A crate that becomes a module the page imports as `./wasm/NAME.js`.
#[derive(Clone, Copy)]
pub(crate) struct Module {
    package: &'static str,
    /// What cargo calls it.
    target: &'static str,
    /// What the page calls it: one crate may become several modules, with other features.
    pub(crate) name: &'static str,
    /// The cargo profile: small, or quick.
    profile: &'static str,
    /// What of the crate is only for the module, and not for tests.
    features: &'static [&'static str],
}

/// What the page needs before it can show anything.
pub(crate) const FIRST: &[Module] = &[Module {
    package: "quorum-wasm",
    target: "quorum_wasm",
    name: "quorum_wasm",
    profile: SMALL,
    features: &["alone"],
}];
/// What the page asks for later: links and scenarios; the engine again, for who opens a replicated log; and the search,
/// where speed is all.
pub(crate) const LATER: &[Module] = &[
    Module { package: "quorum-extras", target: "quorum_extras", name: "quorum_extras", profile: SMALL, features: &[] },
    Module {
        package: "quorum-wasm",
        target: "quorum_wasm",
        name: "quorum_log",
        profile: SMALL,
        features: &["alone", "log"],
    },
    Module {
        package: "quorum-search",
        target: "quorum_search",
        name: "quorum_search",
        profile: "native",
        features: &[],
    },
];

const SMALL: &str = "release";

/// Brings web/wasm/ and web/scenarios/ up to date: what of web/ is not written by hand.
///
/// # Errors
/// When a crate does not build, or the result cannot be written.
pub(crate) fn build() -> Result<()> {
    scenarios::build()?;
    modules(&[FIRST, LATER].concat())
}

/// Brings some modules in web/wasm/ up to date, and touches no other. A file that would not change is not written, so that
/// a watcher stays calm. Profiles are compiled side by side, since cargo gives each a directory of its own.
///
/// # Errors
/// When a crate does not build, or the result cannot be written.
pub(crate) fn modules(modules: &[Module]) -> Result<()> {
    targets::ensure(targets::WASM)?;
    let profiles: BTreeSet<_> = modules.iter().map(|module| module.profile).collect();
    thread::scope(|scope| {
        let of = |profile| modules.iter().filter(move |module| module.profile == profile);
        let builds: Vec<_> =
            profiles.into_iter().map(|profile| scope.spawn(move || of(profile).try_for_each(bring))).collect();
        builds.into_iter().try_for_each(|build| build.join().map_err(|_| anyhow!("a build panicked"))?)
    })
}

/// Compiles a module, and brings it to web/wasm/.
fn bring(module: &Module) -> Result<()> {
    let out = tempfile::tempdir().context("no temporary directory can be made")?;
    let compiled = compile(module)?;
    bind(&compiled, module.name, out.path())
        .with_context(|| format!("wasm-bindgen does not accept {}", compiled.display()))?;
    mirror::add(out.path(), &project::web_wasm())
}

/// Takes away what an earlier build left of some modules in a site: better none than one that does not fit the others.
///
/// # Errors
/// When a file cannot be removed.
pub(crate) fn remove(modules: &[Module], site: &Path) -> Result<()> {
    for Module { name, .. } in modules {
        for file in [format!("{name}.js"), format!("{name}_bg.wasm")] {
            let file = site.join("wasm").join(file);
            if file.exists() {
                fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))?;
            }
        }
    }
    Ok(())
}

/// Writes the module and its glue.
fn bind(module: &Path, name: &str, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(true)
        .out_name(name)
        // The module finds its WebAssembly beside itself, wherever that is.
        .omit_default_module_path(false)
        .remove_name_section(std::env::var_os("KEEP_NAMES").is_none())
        .remove_producers_section(true)
        .generate(out)
}

/// Builds the crate, and returns where cargo says the module is: the target directory may be anywhere.
///
/// As the module alone, and not as the library it is for tests as well: what a library offers the linker must keep, and
/// whoever knows the whole program need not. It is a tenth of the code.
fn compile(Module { package, target, profile, features, .. }: &Module) -> Result<PathBuf> {
    let messages = output(&mut cargo([
        "--config",
        &flags(*profile == SMALL),
        "rustc",
        "--crate-type",
        "cdylib",
        "--profile",
        profile,
        "--package",
        package,
        "--features",
        &features.join(","),
        "--target",
        targets::WASM,
        "--message-format",
        "json-render-diagnostics",
    ]))?;
    messages
        .lines()
        .filter_map(|message| module_in(message, target))
        .next_back()
        .with_context(|| format!("cargo built {package} and reports no .wasm file. Is its crate-type still cdylib?"))
}

/// What the compiler is told beside what the workspace says. `RUSTFLAGS`, where it is set, overrides this.
fn flags(small: bool) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).unwrap_or_default();
    // Panics name the files of libraries: which library, and not which registry it is from or whose home that is kept in.
    let registries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let mut places: Vec<_> = registries.map(|registry| registry.path()).chain([home]).collect();
    places.sort(); // the last one that fits is taken
    let mut flags: Vec<_> =
        places.iter().map(|place| format!("--remap-path-prefix={}=cargo", place.display())).collect();
    // Half of what is there by default. Constants lie behind the stack, and their addresses then take a byte less.
    flags.push("-Clink-arg=-zstack-size=524288".into());
    if small {
        // Three habits of LLVM that pay on processors, and in WebAssembly only make more code. Loops keep the one
        // variable they were written with, instead of one more for each thing they step through. What one way computes
        // is not computed on the other ways as well. What is longer than a register is copied by the one instruction
        // there is for it, not field by field.
        flags.push("-Cllvm-args=-disable-lsr -enable-pre=false -max-store-memcpy=1".into());
    } else {
        // A call costs more in WebAssembly than LLVM thinks: what is called in a search's innermost loops belongs into them.
        flags.push("-Cllvm-args=-inline-threshold=1500".into());
    }
    format!("target.{}.rustflags={flags:?}", targets::WASM)
}

fn module_in(message: &str, target: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message["reason"] != "compiler-artifact" || message["target"]["name"] != target {
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
