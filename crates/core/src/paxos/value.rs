//! Values: what servers agree on.

use alloc::string::String;
use alloc::sync::Arc;
use core::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::limits::MAX_VALUE_BYTES;
use crate::text::Piece;

/// Any text of 1 to 64 bytes (UTF-8). Cheap to clone: copies share it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(Arc<str>);

/// Why a text is not a [`Value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueError {
    bytes: usize,
}

impl Piece for ValueError {
    fn put(&self, to: &mut String) {
        *to += &match self.bytes {
            0 => text!("a value cannot be empty: give it 1 to ", MAX_VALUE_BYTES, " bytes of text"),
            bytes => text!(
                "a value has at most ",
                MAX_VALUE_BYTES,
                " bytes of text, and this one has ",
                bytes,
                ": shorten it"
            ),
        };
    }
}

displayed!(ValueError);

impl core::error::Error for ValueError {}

impl Value {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Value {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.len() {
            1..=MAX_VALUE_BYTES => Ok(Self(Arc::from(text))),
            bytes => Err(ValueError { bytes }),
        }
    }
}

impl Piece for Value {
    fn put(&self, to: &mut String) {
        to.push_str(&self.0);
    }
}

displayed!(Value);

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_value_is_1_to_64_bytes_of_any_text() {
        assert!("x".parse::<Value>().is_ok());
        assert!("é".repeat(32).parse::<Value>().is_ok());
        assert!("\u{0}\u{202e}".parse::<Value>().is_ok());
        assert!("".parse::<Value>().unwrap_err().to_string().contains("cannot be empty"));
        assert!("é".repeat(33).parse::<Value>().unwrap_err().to_string().contains("66"));
    }
}
