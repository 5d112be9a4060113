//! Helpers for lists and sentences.

use alloc::string::String;

/// One more item of a list, with a word between it and those before.
pub fn add(list: &mut String, between: &str, item: &str) {
    if !list.is_empty() {
        *list += between;
    }
    *list += item;
}

/// The items with commas between them.
#[must_use]
pub fn commas(items: &[&str]) -> String {
    let mut list = String::new();
    for item in items {
        add(&mut list, ", ", item);
    }
    list
}

/// A sentence of ours with a capital letter at its beginning. They begin with plain letters, which need no table of the
/// world's alphabets.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut capital = String::from(text);
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    capital
}
