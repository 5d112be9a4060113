//! How the glue gets its module.
//!
//! wasm-bindgen's own way takes it from wherever a caller has it (an address, a response, bytes, a module, at once or
//! later) and explains what the caller should change. The page has it beside the glue, and `load.js` does just that.

use anyhow::{Context, Result};

const LOAD: &str = include_str!("load.js");
const TYPES: &str = "/** Loads the engine, once. */\nexport default function init(): Promise<void>;\n";

/// The glue of a module with our way in place of wasm-bindgen's, which is the last thing in it.
///
/// # Errors
/// When the glue does not end in the way it did when this was written.
pub(super) fn ours(glue: &str, name: &str) -> Result<String> {
    replaced(glue, "async function __wbg_load(", &LOAD.replace("NAME", name))
}

/// The types of that glue.
///
/// # Errors
/// As above.
pub(super) fn types(types: &str) -> Result<String> {
    replaced(types, "export type InitInput", TYPES)
}

fn replaced(text: &str, from: &str, by: &str) -> Result<String> {
    let (kept, _) =
        text.split_once(from).with_context(|| format!("\"{from}\" is not in what wasm-bindgen writes any more"))?;
    Ok(format!("{kept}{by}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_the_loading_is_kept() {
        let glue = "let wasm;\nasync function __wbg_load(module) {}\nexport { initSync, __wbg_init as default };";
        let ours_here = ours(glue, "engine").expect("it is there");
        assert!(ours_here.starts_with("let wasm;\n") && ours_here.contains("engine_bg.wasm"), "{ours_here}");
        assert!(ours("let wasm;", "engine").is_err() && types("export class Lab {}").is_err());
    }
}
