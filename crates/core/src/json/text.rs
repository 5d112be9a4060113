//! The tree as text, for what leaves the core as text: one line, no spaces, nothing that a reader of JSON refuses.
//!
//! A tree of six shapes needs no library to be written down: this is shorter than the features that one would be
//! configured with. Reading is another matter, and stays with whoever reads.

use core::fmt::{self, Display, Formatter, Write};

use super::{Json, Object};

impl Display for Json {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(truth) => truth.fmt(f),
            // Whole numbers are written as such: `3`, not `3.0`.
            Self::Number(number) if (*number as i64) as f64 == *number => (*number as i64).fmt(f),
            Self::Number(number) if number.is_finite() => number.fmt(f),
            // JSON has no word for infinities and for what is no number.
            Self::Number(_) => f.write_str("null"),
            Self::Text(text) => quoted(text, f),
            Self::List(items) => {
                f.write_char('[')?;
                for (position, item) in items.iter().enumerate() {
                    f.write_str(if position == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Object(object) => object.fmt(f),
        }
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('{')?;
        for (position, (name, value)) in self.iter().enumerate() {
            f.write_str(if position == 0 { "" } else { "," })?;
            quoted(name, f)?;
            f.write_char(':')?;
            value.fmt(f)?;
        }
        f.write_char('}')
    }
}

/// RFC 8259, §7: the quotation mark, the backslash and the control characters must be escaped; all else may stand.
fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for letter in text.chars() {
        match letter {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            '\0'..='\u{1f}' => write!(f, "\\u{:04x}", letter as u32)?,
            _ => f.write_char(letter)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    #[test]
    fn text_is_what_the_library_writes_to_the_byte() {
        let every_letter_once: String = ('\0'..='\u{2fff}').chain("\u{fffd}\u{1f600}".chars()).collect();
        let tree: Json = [
            Json::Null,
            true.into(),
            Json::Number(-3.0),
            Json::Number(0.25),
            Json::Number(9_007_199_254_740_991.0),
            Json::Number(f64::NAN),
            every_letter_once.as_str().into(),
            Json::List([].into()),
            Object::new().into(),
            Object::new().with("a\"b", "\\").with("", Json::List([1_u32.into(), "\u{7f}".into()].into())).into(),
        ]
        .into_iter()
        .collect();
        assert_eq!(tree.to_string(), serde_json::to_string(&tree).unwrap());
    }

    #[test]
    fn numbers_of_all_sizes_are_read_back_as_they_were() {
        for number in [1e300, 5e-324, -0.1, 1e16, 123_456_789.125, f64::MAX] {
            assert_eq!(Json::Number(number).to_string().parse(), Ok(number));
        }
    }
}
