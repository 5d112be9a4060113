//! Where the states lie: one after the other, in chunks, so that growing never copies what is there.

use alloc::vec::Vec;

/// The states of one chunk. Two to this power.
const CHUNK_BITS: u32 = 15;
const CHUNK: usize = 1 << CHUNK_BITS;

/// The parent of a state that the search began with.
pub(super) const NONE: u32 = u32::MAX;

/// Encoded states and their parents, numbered from 0 as they came.
///
/// * All chunks but the last hold exactly [`CHUNK`] states and no spare room.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    chunks: Vec<Chunk>,
    len: u32,
    /// The bytes of all chunks, spare room included.
    bytes: usize,
}

#[derive(Clone, Debug, Default)]
struct Chunk {
    states: Vec<u8>,
    /// Where each state ends.
    ends: Vec<u32>,
    parents: Vec<u32>,
}

impl Chunk {
    const fn bytes(&self) -> usize {
        self.states.capacity() + size_of::<u32>() * (self.ends.capacity() + self.parents.capacity())
    }

    /// An empty chunk for states like those of another one.
    fn like(other: &Self) -> Self {
        Self {
            states: Vec::with_capacity(other.states.len()),
            ends: Vec::with_capacity(CHUNK),
            parents: Vec::with_capacity(CHUNK),
        }
    }
}

impl Store {
    pub(super) const fn len(&self) -> u32 {
        self.len
    }

    /// The bytes it has allocated, in all.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes + self.chunks.capacity() * size_of::<Chunk>()
    }

    #[inline]
    pub(super) fn get(&self, index: u32) -> &[u8] {
        let (chunk, at) = place(index);
        let chunk = &self.chunks[chunk];
        let start = if at == 0 { 0 } else { chunk.ends[at - 1] };
        &chunk.states[start as usize..chunk.ends[at] as usize]
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
        let chunk = &mut self.chunks[last];
        let before = chunk.bytes();
        chunk.states.extend_from_slice(state);
        chunk.ends.push(chunk.states.len() as u32);
        chunk.parents.push(parent);
        self.bytes += chunk.bytes() - before;
        self.len += 1;
    }

    /// All states in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.chunks.iter().flat_map(|chunk| {
            let mut start = 0;
            chunk.ends.iter().map(move |end| {
                let state = &chunk.states[start as usize..*end as usize];
                start = *end;
                state
            })
        })
    }

    #[cold]
    fn begin_chunk(&mut self) {
        let next = match self.chunks.last_mut() {
            None => Chunk::default(),
            Some(full) => {
                let before = full.bytes();
                full.states.shrink_to_fit();
                self.bytes -= before - full.bytes();
                Chunk::like(full)
            }
        };
        self.bytes += next.bytes();
        self.chunks.push(next);
    }
}

const fn place(index: u32) -> (usize, usize) {
    ((index >> CHUNK_BITS) as usize, index as usize & (CHUNK - 1))
}
