//! The successors that a model hands to the search, in one flat buffer that is used again for every state.

use alloc::vec::Vec;

use super::SleepSet;

/// A list of encoded states, each with the number of the action that leads to it.
#[derive(Clone, Debug, Default)]
pub struct Successors {
    bytes: Vec<u8>,
    list: Vec<Successor>,
}

#[derive(Clone, Copy, Debug)]
struct Successor {
    /// Where its bytes end.
    end: usize,
    number: u32,
    sleep_set: SleepSet,
}

impl Successors {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), list: Vec::new() }
    }

    /// Appends a state. Its bytes can still be changed, but not their number.
    #[inline]
    pub fn push(&mut self, number: u32, state: &[u8]) -> &mut [u8] {
        self.push_with(number, 0, state)
    }

    /// The same, with the sleep set that the state gets if it is new.
    #[inline]
    pub fn push_with(&mut self, number: u32, sleep_set: SleepSet, state: &[u8]) -> &mut [u8] {
        let start = self.bytes.len();
        self.write(number, sleep_set, |bytes| bytes.extend_from_slice(state));
        &mut self.bytes[start..]
    }

    /// Appends a state, whose bytes are appended by `encode`, and the sleep set that the state gets if it is new. `encode` must
    /// not change the bytes that are there already.
    #[inline]
    pub fn write(&mut self, number: u32, sleep_set: SleepSet, encode: impl FnOnce(&mut Vec<u8>)) {
        encode(&mut self.bytes);
        self.list.push(Successor { end: self.bytes.len(), number, sleep_set });
    }

    /// How many states are listed.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether none is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes back everything after the first `len` states.
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        self.list.truncate(len);
        self.bytes.truncate(self.list.last().map_or(0, |last| last.end));
    }

    /// For each successor in order: the number of the action, the sleep set and the state.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (u32, SleepSet, &[u8])> {
        let mut start = 0;
        self.list.iter().map(move |successor| {
            let state = &self.bytes[start..successor.end];
            start = successor.end;
            (successor.number, successor.sleep_set, state)
        })
    }
}
