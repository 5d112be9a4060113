//! Helpers for lists and sentences.

use alloc::string::String;

use crate::json::digits;

/// A piece of a text that is put together.
///
/// What a page may have to say at any moment is put together of these. The standard library's way takes widths, signs and
/// bases into account that no sentence of ours has, and a page would download all of it.
pub trait Piece {
    /// Adds it.
    fn put(&self, to: &mut String);
}

/// A text of pieces, one after the other.
macro_rules! text {
    ($($piece:expr),+ $(,)?) => {{
        let mut text = alloc::string::String::new();
        $( $crate::text::Piece::put(&$piece, &mut text); )+
        text
    }};
}

/// The same pieces wherever the standard library writes a text.
macro_rules! displayed {
    ($($type:ty),+) => {$(
        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(&text!(self))
            }
        }
    )+};
}

impl<T: Piece + ?Sized> Piece for &T {
    fn put(&self, to: &mut String) {
        (**self).put(to);
    }
}

impl Piece for str {
    fn put(&self, to: &mut String) {
        to.push_str(self);
    }
}

impl Piece for String {
    fn put(&self, to: &mut String) {
        to.push_str(self);
    }
}

impl Piece for u32 {
    fn put(&self, to: &mut String) {
        digits((*self).into(), to);
    }
}

impl Piece for u64 {
    fn put(&self, to: &mut String) {
        digits(*self, to);
    }
}

impl Piece for usize {
    fn put(&self, to: &mut String) {
        digits(*self as u64, to);
    }
}

mod spelling;

pub use spelling::{ISOLATE, plain, see, spelled, told, visible};

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

/// The text, or its beginning and `…` if it is longer than so many letters.
#[must_use]
pub fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The text in a file, which may begin with a byte order mark: UTF-8, or UTF-16 of either order if it has one. `None`
/// when the bytes are no text.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.into()).ok(),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes.into()).ok(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(short("abcdef", 4), "abc…");
        assert_eq!(short("abcd", 4), "abcd");
        assert_eq!(short("äöüß", 3), "äö…");
    }

    #[test]
    fn a_file_is_read_in_every_encoding_that_names_itself() {
        let text = Some(String::from("{é𝄞}"));
        let units: alloc::vec::Vec<u16> = "{é𝄞}".encode_utf16().collect();
        let wide = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain(units.iter().flat_map(|unit| bytes(*unit))).collect::<alloc::vec::Vec<u8>>()
        };
        assert_eq!(decode("{é𝄞}".as_bytes()), text);
        assert_eq!(decode("\u{feff}{é𝄞}".as_bytes()), text);
        assert_eq!(decode(&wide([0xff, 0xfe], u16::to_le_bytes)), text);
        assert_eq!(decode(&wide([0xfe, 0xff], u16::to_be_bytes)), text);
        // Half a unit, half a pair of them, and bytes that are no UTF-8.
        for wrong in [&[0xff, 0xfe, 0x00][..], &[0xfe, 0xff, 0xd8, 0x34], &[0xef, 0xbb, 0xbf, 0xff], &[0xc3]] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
    }
}
