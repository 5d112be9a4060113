//! A file that is looked at as if it were opened, and is not changed.
//!
//! Opening a file after a power failure repairs it, and so changes it. But a file that turns out to be of another server, or
//! damaged, must stay as it is. So everything is done once on a [`Rehearsal`] first: it reads the file, and keeps what is
//! written to itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, MutexGuard};

use redb::StorageBackend;

/// How much is copied at the first write to it.
const BLOCK: u64 = 4096;

/// Reads a file, and forgets what is written.
#[derive(Debug)]
pub(super) struct Rehearsal {
    file: File,
    written: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    /// How long the file would be.
    len: u64,
    /// How much of the file itself still counts: less than its length once it would have been made shorter.
    kept: u64,
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl Rehearsal {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self { file, written: Mutex::new(Written { len, kept: len, blocks: BTreeMap::new() }) })
    }

    fn written(&self) -> io::Result<MutexGuard<'_, Written>> {
        self.written.lock().map_err(|_| io::Error::other("it was given up"))
    }

    /// A block as it would be.
    fn block(&self, written: &Written, number: u64) -> io::Result<Vec<u8>> {
        if let Some(block) = written.blocks.get(&number) {
            return Ok(block.clone());
        }
        let mut block = vec![0; BLOCK as usize];
        let there = written.kept.saturating_sub(number * BLOCK).min(BLOCK) as usize;
        self.file.read_exact_at(&mut block[..there], number * BLOCK)?;
        Ok(block)
    }
}

/// The blocks that a piece of a file touches: the number of each, where in it the piece lies, and where in the piece.
fn pieces(offset: u64, len: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let end = offset + len as u64;
    (offset / BLOCK..end.div_ceil(BLOCK)).map(move |number| {
        let (from, to) = (offset.max(number * BLOCK), end.min((number + 1) * BLOCK));
        (number, (from - number * BLOCK) as usize, (from - offset) as usize..(to - offset) as usize)
    })
}

impl StorageBackend for Rehearsal {
    fn len(&self) -> io::Result<u64> {
        Ok(self.written()?.len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let written = self.written()?;
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > written.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (number, at, range) in pieces(offset, out.len()) {
            let block = self.block(&written, number)?;
            let len = range.len();
            out[range].copy_from_slice(&block[at..at + len]);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut written = self.written()?;
        if len < written.len {
            let last = len / BLOCK;
            let mut block = self.block(&written, last)?;
            block[(len % BLOCK) as usize..].fill(0);
            written.blocks.retain(|number, _| *number < last);
            written.blocks.insert(last, block);
            written.kept = written.kept.min(len);
        }
        written.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = self.written()?;
        for (number, at, range) in pieces(offset, data.len()) {
            let mut block = self.block(&written, number)?;
            block[at..at + range.len()].copy_from_slice(&data[range]);
            written.blocks.insert(number, block);
        }
        written.len = written.len.max(offset + data.len() as u64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn it_reads_as_if_it_had_been_written_and_the_file_stays_as_it_was() {
        let mut file = tempfile::tempfile().unwrap();
        let before: Vec<u8> = (0..10_000_u32).map(|byte| byte as u8).collect();
        file.write_all(&before).unwrap();
        let rehearsal = Rehearsal::new(file.try_clone().unwrap()).unwrap();
        let mut expected = before.clone();
        for (offset, len) in [(0, 1), (4090, 20), (5, 9000), (9_990, 10)] {
            rehearsal.write(offset as u64, &vec![0xAB; len]).unwrap();
            expected[offset..offset + len].fill(0xAB);
        }
        for (shorter, longer) in [(9000, 9000), (100, 12_000)] {
            rehearsal.set_len(shorter).unwrap();
            rehearsal.set_len(longer).unwrap();
            expected.truncate(shorter as usize);
            expected.resize(longer as usize, 0);
            let mut read = vec![1; longer as usize];
            rehearsal.read(0, &mut read).unwrap();
            assert!(read == expected, "what was cut off must read as zero");
        }
        assert!(rehearsal.read(11_999, &mut [0; 2]).is_err());
        let mut after = vec![0; before.len()];
        file.read_exact_at(&mut after, 0).unwrap();
        assert!(after == before && file.metadata().unwrap().len() == before.len() as u64);
    }
}
