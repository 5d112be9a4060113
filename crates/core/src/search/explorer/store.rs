//! The memory of states: they lie one after the other, in chunks, so that growing never copies them.

use alloc::vec::Vec;

/// A chunk holds two to this power of states.
const CHUNK_BITS: u32 = 13;
const CHUNK: usize = 1 << CHUNK_BITS;

/// The parent of an initial state.
pub(super) const NONE: u32 = u32::MAX;

/// Encoded states and their parents, numbered from 0 as they came.
///
/// * All chunks but the last hold exactly [`CHUNK`] states and no spare room.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    chunks: Vec<Chunk>,
    len: u32,
    /// The bytes of all chunks but the last, spare room included.
    full: usize,
}

/// The states of a chunk.
///
/// * While all of them are equally long, `ends` is empty: the place of a state follows from its number.
#[derive(Clone, Debug, Default)]
struct Chunk {
    states: Vec<u8>,
    width: usize,
    /// Where each state ends, unless each has `width` bytes.
    ends: Vec<u32>,
    parents: Vec<u32>,
}

impl Chunk {
    const fn bytes(&self) -> usize {
        self.states.capacity() + size_of::<u32>() * (self.ends.capacity() + self.parents.capacity())
    }

    /// An empty chunk, with room for states like those of a full one.
    fn like(full: &Self) -> Self {
        Self {
            states: Vec::with_capacity(full.states.len()),
            width: 0,
            ends: Vec::with_capacity(full.ends.len()),
            parents: Vec::with_capacity(CHUNK),
        }
    }

    #[inline]
    fn get(&self, at: usize) -> &[u8] {
        if self.ends.is_empty() {
            return &self.states[at * self.width..][..self.width];
        }
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.states[start as usize..self.ends[at] as usize]
    }

    #[inline]
    fn push(&mut self, state: &[u8], parent: u32) {
        if self.parents.is_empty() {
            self.width = state.len();
        }
        if !self.ends.is_empty() || state.len() != self.width {
            // From here on, and for all before.
            let known = self.ends.len()..self.parents.len();
            self.ends.extend(known.map(|at| ((at + 1) * self.width) as u32));
            self.ends.push((self.states.len() + state.len()) as u32);
        }
        self.states.extend_from_slice(state);
        self.parents.push(parent);
    }
}

impl Store {
    pub(super) const fn len(&self) -> u32 {
        self.len
    }

    /// The bytes it has allocated.
    #[inline]
    pub(super) fn bytes(&self) -> usize {
        self.full + self.chunks.last().map_or(0, Chunk::bytes) + self.chunks.capacity() * size_of::<Chunk>()
    }

    #[inline]
    pub(super) fn get(&self, index: u32) -> &[u8] {
        let (chunk, at) = place(index);
        self.chunks[chunk].get(at)
    }

    #[inline]
    pub(super) fn parent(&self, index: u32) -> u32 {
        let (chunk, at) = place(index);
        self.chunks[chunk].parents[at]
    }

    /// Adds a state; it gets the number [`len`](Self::len).
    #[inline]
    pub(super) fn push(&mut self, state: &[u8], parent: u32) {
        if self.len as usize == self.chunks.len() << CHUNK_BITS {
            self.begin_chunk();
        }
        let last = self.chunks.len() - 1;
        self.chunks[last].push(state, parent);
        self.len += 1;
    }

    /// All states in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.chunks.iter().flat_map(|chunk| (0..chunk.parents.len()).map(|at| chunk.get(at)))
    }

    #[cold]
    fn begin_chunk(&mut self) {
        let next = match self.chunks.last_mut() {
            None => Chunk::default(),
            Some(full) => {
                full.states.shrink_to_fit();
                self.full += full.bytes();
                Chunk::like(full)
            }
        };
        self.chunks.push(next);
    }
}

const fn place(index: u32) -> (usize, usize) {
    ((index >> CHUNK_BITS) as usize, index as usize & (CHUNK - 1))
}
