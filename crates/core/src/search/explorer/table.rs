//! A hash table of the numbers of all known states.
//!
//! A slot is one word of 32 bits. A table of 2ᵏ slots is never full, so a number takes k bits of a slot. The other bits keep a
//! piece of the hash: almost every other state is told apart without being read. The states themselves are in the
//! [`Store`](super::store::Store), so a table that grows is filled anew from them, after the old slots are freed.

use alloc::{vec, vec::Vec};

/// An empty slot. No state has this number: see [`Table::is_full`].
const EMPTY: u32 = u32::MAX;
const SMALLEST: u32 = 10;

/// Numbers of states, found by hash.
#[derive(Clone, Debug)]
pub(super) struct Table {
    slots: Vec<u32>,
    bits: u32,
}

impl Default for Table {
    fn default() -> Self {
        Self { slots: vec![EMPTY; 1 << SMALLEST], bits: SMALLEST }
    }
}

impl Table {
    pub(super) const fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u32>()
    }

    /// Whether it must [`grow`](Self::grow) before it can take one more number than `len`: three quarters of its slots.
    #[inline]
    pub(super) const fn is_full(&self, len: u32) -> bool {
        len as usize >= self.slots.len() / 4 * 3
    }

    /// The number of the state with this hash for which `is_it` is true, or the slot where that state would be.
    #[inline]
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = self.home(hash);
        loop {
            let entry = self.slots[slot & mask];
            if entry == EMPTY {
                return Err(slot & mask);
            }
            if (entry ^ hash as u32) & !(mask as u32) == 0 && is_it(entry & mask as u32) {
                return Ok(entry & mask as u32);
            }
            slot += 1;
        }
    }

    /// The number that looking up this hash reads first. If there is none, some number, which may be too large.
    #[inline]
    pub(super) fn first(&self, hash: u64) -> u32 {
        self.slots[self.home(hash)] & (self.slots.len() as u32 - 1)
    }

    /// The slot for a state with this hash that is not in the table.
    pub(super) fn vacant(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = self.home(hash);
        while self.slots[slot & mask] != EMPTY {
            slot += 1;
        }
        slot & mask
    }

    /// Fills a slot that [`find`](Self::find) or [`vacant`](Self::vacant) gave.
    #[inline]
    pub(super) fn put(&mut self, slot: usize, hash: u64, number: u32) {
        let mask = self.slots.len() as u32 - 1;
        self.slots[slot] = (hash as u32 & !mask) | number;
    }

    /// Twice the slots, filled with the numbers 0, 1, … of the states with these hashes, all different.
    #[cold]
    pub(super) fn grow(&mut self, hashes: impl Iterator<Item = u64>) {
        self.bits += 1;
        self.slots = Vec::new();
        self.slots = vec![EMPTY; 1 << self.bits];
        for (number, hash) in (0..).zip(hashes) {
            self.put(self.vacant(hash), hash, number);
        }
    }

    /// The slot where looking up a hash begins: its upper bits. A slot keeps lower ones.
    #[inline]
    const fn home(&self, hash: u64) -> usize {
        (hash >> (u64::BITS - self.bits)) as usize
    }
}

const WORD: usize = size_of::<u64>();

/// A hash of 64 bits: each word goes through one multiplication and one shift, so that upper and lower bits of the result
/// depend on all of it. States are compared byte by byte, so a bad hash costs only time.
#[inline]
pub(super) fn hash(state: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = state.as_chunks::<WORD>();
    let mix = |hash: u64, word: [u8; WORD]| {
        let mixed = (hash ^ u64::from_le_bytes(word)).wrapping_mul(ODD);
        mixed ^ mixed >> 32
    };
    let hash = words.iter().fold(state.len() as u64, |hash, word| mix(hash, *word));
    let hash = if rest.is_empty() { hash } else { mix(hash, last_word(state, rest)) };
    hash.wrapping_mul(ODD)
}

/// Whether two states are the same. They are short: a loop over words is done before a call to `memcmp` has begun.
#[inline]
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (others, other_rest)) = (one.as_chunks::<WORD>(), other.as_chunks::<WORD>());
    let equal = one.len() == other.len() && words.iter().zip(others).all(|(word, other)| word == other);
    equal && (rest.is_empty() || last_word(one, rest) == last_word(other, other_rest))
}

/// The last eight bytes of a state, even if some of them belong to the word before; or all bytes, if there are fewer.
#[inline]
fn last_word(state: &[u8], rest: &[u8]) -> [u8; WORD] {
    state.last_chunk().copied().unwrap_or_else(|| {
        let mut word = [0; WORD];
        word[..rest.len()].copy_from_slice(rest);
        word
    })
}
