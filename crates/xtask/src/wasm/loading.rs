//! How the glue gets its module, and how the module gets texts.
//!
//! wasm-bindgen's own way takes the module from wherever a caller has it (an address, a response, bytes, a module, at
//! once or later) and explains what the caller should change. The page has it beside the glue, and `load.js` does just
//! that. And its way with texts writes each letter by itself for as long as that may be quicker; ours are short, and
//! `text.js` leaves them to the browser.

use anyhow::{Context, Result};

const LOAD: &str = include_str!("load.js");
const TEXT: &str = include_str!("text.js");
const TYPES: &str = "/** Loads the engine, once. */\nexport default function init(): Promise<void>;\n";

/// The glue of a module that is loaded in our way in place of wasm-bindgen's, which is the last thing in it.
///
/// # Errors
/// When the glue does not end in the way it did when this was written.
pub(super) fn ours(glue: &str, name: &str) -> Result<String> {
    replaced(glue, "async function __wbg_load(", &LOAD.replace("NAME", name))
}

/// The glue of a module that gets texts in our way.
///
/// # Errors
/// When that is not where it was when this was written.
pub(super) fn texts(glue: &str) -> Result<String> {
    let (before, rest) = parted(glue, "function passStringToWasm0(")?;
    let (_, after) = parted(rest, "\n}\n")?;
    Ok(asking_once(&format!("{before}{TEXT}{after}")))
}

/// The same glue, which asks for room for a text once, and never for more of it.
pub(super) fn asking_once(glue: &str) -> String {
    glue.replace(", wasm.__wbindgen_realloc)", ")")
}

/// The types of that glue.
///
/// # Errors
/// As above.
pub(super) fn types(types: &str) -> Result<String> {
    replaced(types, "export type InitInput", TYPES)
}

fn replaced(text: &str, from: &str, by: &str) -> Result<String> {
    Ok(format!("{}{by}", parted(text, from)?.0))
}

fn parted<'a>(text: &'a str, at: &str) -> Result<(&'a str, &'a str)> {
    text.split_once(at).with_context(|| format!("\"{at}\" is not in what wasm-bindgen writes any more"))
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

    #[test]
    fn texts_go_in_in_our_way_and_what_surrounds_it_is_kept() {
        let glue = "let wasm;\nf(passStringToWasm0(a, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc));\n\
            function passStringToWasm0(arg, malloc, realloc) {\n    letters();\n}\nlet kept;\n";
        let expected = format!("let wasm;\nf(passStringToWasm0(a, wasm.__wbindgen_malloc));\n{TEXT}let kept;\n");
        assert_eq!(texts(glue).expect("it is there"), expected);
        assert!(texts("let wasm;").is_err());
    }
}
