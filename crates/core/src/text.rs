//! Small change of language.

use alloc::string::String;

/// The items with a word between them.
pub(crate) fn list<T: AsRef<str>>(items: &[T], between: &str) -> String {
    let mut text = String::new();
    for item in items {
        if !text.is_empty() {
            text += between;
        }
        text += item.as_ref();
    }
    text
}

/// A sentence of ours with a capital letter at its beginning. They begin with plain letters, which need no table of the
/// world's alphabets.
pub(crate) fn capital(text: &str) -> String {
    let mut capital = String::from(text);
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    capital
}
