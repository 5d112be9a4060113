//! Short names between a module and its glue.
//!
//! What the two call each other is nobody else's business, and the names wasm-bindgen gives end in long random numbers,
//! which no compression makes smaller. So every import, and every export that only the glue uses, gets a name of a
//! letter or two, in both.

use anyhow::{Result, ensure};
use std::collections::BTreeMap;

/// Long names and what they become.
pub(super) type Names = BTreeMap<String, String>;

/// A short name for each of these.
pub(super) fn names<'a>(long: impl Iterator<Item = &'a String>) -> Names {
    long.zip(0..).map(|(name, number)| (name.clone(), letters(number))).collect()
}

/// `a` to `z`, then `ba`, `bb`, …
fn letters(number: usize) -> String {
    let letter = char::from(b'a' + (number % 26) as u8);
    match number / 26 {
        0 => letter.into(),
        more => letters(more) + &letter.to_string(),
    }
}

/// The glue with short names: imports are fields of the object it hands to the module, exports are fields of `wasm`.
///
/// # Errors
/// When a name is not where it is looked for: then the glue is not written as it was when this was.
pub(super) fn glue(text: &str, imports: &Names, exports: &Names) -> Result<String> {
    let mut text = text.to_owned();
    for (long, short) in imports {
        text = replaced(&text, &format!("        {long}: "), &format!("        {short}: "))?;
    }
    for (long, short) in exports {
        text = replaced(&text, &format!("wasm.{long}"), &format!("wasm.{short}"))?;
    }
    ensure!(!text.contains("wasm.__"), "the glue uses an export that the module no longer has");
    Ok(text)
}

/// Whether the glue uses an export.
pub(super) fn uses(glue: &str, export: &str) -> bool {
    replaced(glue, &format!("wasm.{export}"), "").is_ok()
}

/// The text with every `old` replaced that is not the beginning of a longer name.
fn replaced(text: &str, old: &str, new: &str) -> Result<String> {
    let mut parts = text.split(old);
    let mut result = parts.next().unwrap_or_default().to_owned();
    let mut found = 0;
    for rest in parts {
        let goes_on = rest.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '$');
        let is_name = !(goes_on && old.ends_with(|last: char| last.is_alphanumeric()));
        found += usize::from(is_name);
        result += if is_name { new } else { old };
        result += rest;
    }
    ensure!(found > 0, "the glue has no \"{}\": wasm-bindgen writes it in another way now", old.trim());
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(names: &[&str]) -> Names {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        super::names(names.iter())
    }

    #[test]
    fn no_two_names_become_the_same() {
        let long: Vec<_> = (0..2000).map(|number| format!("name{number}")).collect();
        let names = names(long.iter());
        let short: std::collections::BTreeSet<_> = names.values().collect();
        assert_eq!((names.len(), short.len()), (2000, 2000));
        assert_eq!((letters(0), letters(25), letters(26)), ("a".into(), "z".into(), "ba".into()));
    }

    #[test]
    fn both_sides_get_the_same_names_and_nothing_else_changes() {
        let text =
            "const import0 = {\n        __wbg_get_2: function(a) { return wasm.lab_view(a, wasm.lab_view2); },\n};";
        let short = glue(text, &all(&["__wbg_get_2"]), &all(&["lab_view", "lab_view2"])).expect("all there");
        assert_eq!(short, "const import0 = {\n        a: function(a) { return wasm.a(a, wasm.b); },\n};");
    }

    #[test]
    fn a_name_that_is_not_there_is_refused() {
        assert!(glue("wasm.lab_view2", &all(&[]), &all(&["lab_view"])).is_err());
        assert!(glue("wasm.__wbindgen_start()", &all(&[]), &all(&[])).is_err());
        assert!(glue("", &all(&["__wbg_get_2"]), &all(&[])).is_err());
    }
}
