//! The digest of anything that can be serialised.
//!
//! A step digests its events, and everything left to chance digests what is being decided. So the serialised bytes go
//! into the hash as they are made, through a small buffer, and are never in memory all at once.

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use xxhash_rust::xxh64::Xxh64;

/// Most digests are of less: then the hash takes all bytes in at once.
const BUFFER: usize = 256;

/// XXH64 of the value's postcard bytes.
pub(crate) fn digest(value: &(impl Serialize + ?Sized), seed: u64) -> u64 {
    let mut hashing = Hashing { hash: Xxh64::new(seed), buffer: [0; BUFFER], filled: 0 };
    // A hash has room for everything: only a type that cannot be serialised at all could fail.
    postcard::serialize_with_flavor(value, &mut hashing).unwrap_or_else(|_| unreachable!("it can be serialised"));
    hashing.flush();
    hashing.hash.digest()
}

struct Hashing {
    hash: Xxh64,
    buffer: [u8; BUFFER],
    filled: usize,
}

impl Hashing {
    fn flush(&mut self) {
        self.hash.update(&self.buffer[..self.filled]);
        self.filled = 0;
    }
}

/// What is serialised is mostly small numbers: byte by byte is as fast as any way to take in several at once.
impl Flavor for &mut Hashing {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        if self.filled == BUFFER {
            self.flush();
        }
        self.buffer[self.filled] = byte;
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
    use alloc::{string::String, vec::Vec};
    use xxhash_rust::xxh64::xxh64;

    #[test]
    fn it_is_the_hash_of_all_bytes_at_once_however_many_there_are() {
        for length in (0..3 * BUFFER).step_by(7) {
            let text: String = ('a'..='z').cycle().take(length).collect();
            let numbers: Vec<u64> = (0..length as u64).map(|number| number << (number % 60)).collect();
            let value = (length, &text, numbers, text.as_bytes(), "and so on");
            assert_eq!(digest(&value, 7), xxh64(&postcard::to_allocvec(&value).unwrap(), 7), "{length}");
        }
    }
}
