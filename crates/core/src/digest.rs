//! The digest of anything that can be serialised.
//!
//! A step digests its events, and everything left to chance digests what is being decided: several times a step. So the
//! serialised bytes are collected without asking for memory, as long as there are few of them.

mod postcard;

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use xxhash_rust::xxh64::xxh64;

use postcard::Postcard;

/// Most digests are of less, in bytes.
const FEW: usize = 128;

/// XXH64 of the value's postcard bytes.
pub(crate) fn digest(value: &(impl Serialize + ?Sized), seed: u64) -> u64 {
    let mut bytes = Bytes { latest: [0; FEW], filled: 0, before: Vec::new() };
    let Ok(()) = value.serialize(Postcard(&mut bytes));
    if bytes.before.is_empty() {
        return xxh64(&bytes.latest[..bytes.filled], seed);
    }
    bytes.put_by();
    xxh64(&bytes.before, seed)
}

/// 16 hexadecimal digits.
pub(crate) fn hexadecimal(digest: u64) -> String {
    let digit = |place: u32| char::from_digit((digest >> (4 * place)) as u32 & 15, 16);
    (0..16).rev().filter_map(digit).collect()
}

/// The latest bytes, and all those before them.
struct Bytes {
    latest: [u8; FEW],
    filled: usize,
    before: Vec<u8>,
}

/// What is serialised is mostly small numbers: byte by byte is as fast as any way to take in several at once.
impl Bytes {
    fn push(&mut self, byte: u8) {
        if self.filled == FEW {
            self.put_by();
        }
        self.latest[self.filled] = byte;
        self.filled += 1;
    }

    fn put_by(&mut self) {
        self.before.extend_from_slice(&self.latest[..self.filled]);
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;
    use alloc::collections::BTreeMap;

    #[test]
    fn it_is_the_hash_of_all_bytes_at_once_however_many_there_are() {
        for length in (0..3 * FEW).step_by(7) {
            let text: String = ('a'..='z').cycle().take(length).collect();
            let numbers: Vec<u64> = (0..length as u64).map(|number| number << (number % 60)).collect();
            let value = (length, &text, numbers, text.as_bytes(), "and so on");
            assert_eq!(digest(&value, 7), xxh64(&::postcard::to_allocvec(&value).unwrap(), 7), "{length}");
        }
    }

    #[derive(Serialize)]
    enum Every {
        Unit,
        New(i8, u8),
        Tuple(Option<i16>, u16),
        Named { whole: i32, natural: u32, large: (i64, u64), letter: char },
        Wrapped(Box<Newtype>),
    }

    #[derive(Serialize)]
    struct Newtype(f32);

    #[derive(Serialize)]
    struct Whole(Nothing, f64, bool, BTreeMap<u8, String>, ());

    #[derive(Serialize)]
    struct Nothing;

    #[test]
    fn the_bytes_of_whatever_there_can_be_are_those_of_postcard() {
        fn same(value: &impl Serialize) {
            assert_eq!(digest(value, 1), xxh64(&::postcard::to_allocvec(value).unwrap(), 1));
        }
        for number in [0, 1, -1, 63, -64, 64, 300, -300, i64::MAX, i64::MIN] {
            same(&Every::New(number as i8, number as u8));
            same(&Every::Tuple(Some(number as i16), number as u16));
            let letter = char::from_u32(number as u32 & 0xffff).unwrap_or('é');
            let large = (number, number as u64);
            same(&Every::Named { whole: number as i32, natural: number as u32, large, letter });
        }
        same(&[Every::Unit, Every::Tuple(None, 0), Every::Wrapped(Box::new(Newtype(0.5)))]);
        let map = BTreeMap::from([(3, "c".into()), (1, String::new())]);
        same(&Whole(Nothing, -1.25, true, map, ()));
    }
}
