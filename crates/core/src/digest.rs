//! The digest of anything that can be serialised.
//!
//! A step digests its events, and everything left to chance digests what is being decided: several times a step. So the
//! serialised bytes are collected without asking for memory, as long as there are few of them.

use alloc::vec::Vec;

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use xxhash_rust::xxh64::xxh64;

/// Most digests are of less, in bytes.
const FEW: usize = 128;

/// XXH64 of the value's postcard bytes.
pub(crate) fn digest(value: &(impl Serialize + ?Sized), seed: u64) -> u64 {
    let mut bytes = Bytes { latest: [0; FEW], filled: 0, before: Vec::new() };
    // There is room for everything: only a type that cannot be serialised at all could fail.
    postcard::serialize_with_flavor(value, &mut bytes).unwrap_or_else(|_| unreachable!("it can be serialised"));
    if bytes.before.is_empty() {
        return xxh64(&bytes.latest[..bytes.filled], seed);
    }
    bytes.put_by();
    xxh64(&bytes.before, seed)
}

/// The latest bytes, and all those before them.
struct Bytes {
    latest: [u8; FEW],
    filled: usize,
    before: Vec<u8>,
}

impl Bytes {
    fn put_by(&mut self) {
        self.before.extend_from_slice(&self.latest[..self.filled]);
        self.filled = 0;
    }
}

/// What is serialised is mostly small numbers: byte by byte is as fast as any way to take in several at once.
impl Flavor for &mut Bytes {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        if self.filled == FEW {
            self.put_by();
        }
        self.latest[self.filled] = byte;
        self.filled += 1;
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn it_is_the_hash_of_all_bytes_at_once_however_many_there_are() {
        for length in (0..3 * FEW).step_by(7) {
            let text: String = ('a'..='z').cycle().take(length).collect();
            let numbers: Vec<u64> = (0..length as u64).map(|number| number << (number % 60)).collect();
            let value = (length, &text, numbers, text.as_bytes(), "and so on");
            assert_eq!(digest(&value, 7), xxh64(&postcard::to_allocvec(&value).unwrap(), 7), "{length}");
        }
    }
}
