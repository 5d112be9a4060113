//! Where the words of a state lie in its encoding.
//!
//! The words follow one another, each with as many bytes as the bounds need. A state takes eight bytes at least, so that
//! a word can always be read and written as part of eight bytes that lie within the state.

use super::state::{Change, State, WORDS, word_bytes};

const EIGHT: usize = size_of::<u64>();
/// No encoding is longer.
const LONGEST: usize = EIGHT * WORDS;

/// The encoding of states within some bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    places: [Place; WORDS],
    words: usize,
    bytes: usize,
}

/// Where a word is: in the eight bytes from `at`, shifted to the left, as many bits as `mask` has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    at: usize,
    shift: u32,
    mask: u64,
}

impl Layout {
    pub(super) fn new(acceptors: u8, ballots: u8) -> Self {
        let words = usize::from(acceptors) + 1;
        let (shared, own) = word_bytes(ballots);
        let bytes = (shared + own * usize::from(acceptors)).max(EIGHT);
        let place = |word: usize| {
            let (start, len) = if word == 0 { (0, shared) } else { (shared + own * (word - 1), own) };
            let at = start.min(bytes - EIGHT);
            Place { at, shift: 8 * (start - at) as u32, mask: u64::MAX >> (u64::BITS - 8 * len as u32) }
        };
        let mut places = [Place::default(); WORDS];
        (0..words).for_each(|word| places[word] = place(word));
        Self { places, words, bytes }
    }

    /// Hands over the bytes of a state.
    #[inline]
    pub(super) fn encode<T>(&self, state: &State, take: impl FnOnce(&[u8]) -> T) -> T {
        let mut bytes = [0; LONGEST];
        for (place, word) in self.places[..self.words].iter().zip(state.words) {
            let eight = read(&bytes, place.at) | word << place.shift;
            write(&mut bytes, place.at, eight);
        }
        take(&bytes[..self.bytes])
    }

    /// The state that these bytes encode.
    ///
    /// # Panics
    /// If they are too few.
    #[inline]
    pub(super) fn decode(&self, bytes: &[u8]) -> State {
        let mut state = State::default();
        for (word, place) in state.words[..self.words].iter_mut().zip(&self.places) {
            *word = read(bytes, place.at) >> place.shift & place.mask;
        }
        state
    }

    /// Makes the change in `next`, the bytes of a copy of the state `now` that `bytes` encodes.
    #[inline]
    pub(super) fn change(&self, now: &State, bytes: &[u8], change: Change, next: &mut [u8]) {
        let place = self.places[change.word];
        let difference = now.words[change.word] ^ change.to;
        write(next, place.at, read(bytes, place.at) ^ difference << place.shift);
    }
}

#[inline]
fn read(bytes: &[u8], at: usize) -> u64 {
    let mut eight = [0; EIGHT];
    eight.copy_from_slice(&bytes[at..at + EIGHT]);
    u64::from_le_bytes(eight)
}

#[inline]
fn write(bytes: &mut [u8], at: usize, eight: u64) {
    bytes[at..at + EIGHT].copy_from_slice(&eight.to_le_bytes());
}
