//! Between the core's messages and those of the network, exactly and both ways.
//!
//! What a core type cannot hold is refused where it arrives, with a sentence, before the replica sees it: a server's number
//! that no cluster has, a text that is too long, a field that is missing. Behind this door everything is as the core has it.

mod entry;
mod message;
mod record;

use thiserror::Error;

pub(crate) use entry::{known, text};
pub use record::{record_from_bytes, record_to_bytes};

/// Why something that came over the network, or from a disk, means nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Malformed(String);

impl Malformed {
    pub(crate) const fn new(sentence: String) -> Self {
        Self(sentence)
    }

    fn missing(field: &str) -> Self {
        Self(format!("the field \"{field}\" is missing: every message of quorum.v1 names it"))
    }
}

/// A field that must be there.
fn needed<T>(value: Option<T>, field: &str) -> Result<T, Malformed> {
    value.ok_or_else(|| Malformed::missing(field))
}

#[cfg(test)]
mod tests;
