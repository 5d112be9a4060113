//! Small change of language.

use alloc::string::String;

/// The items with a word between them.
pub(crate) fn list<T: AsRef<str>>(items: impl Iterator<Item = T>, between: &str) -> String {
    let mut text = String::new();
    for item in items {
        if !text.is_empty() {
            text += between;
        }
        text += item.as_ref();
    }
    text
}

/// The text with a capital letter at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let mut capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    capital += letters.as_str();
    capital
}
