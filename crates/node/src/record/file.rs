//! A server's file of notes, written as it runs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use prost::encoding::encode_varint;

use super::{MAX_NOTES, note_to_bytes};
use crate::runner::{Note, Recorder};

/// Writes notes behind those that are there.
///
/// A note is handed to the system before it has consequences. That outlives the process, however it ends; a power failure of
/// the whole machine may take the last notes, and then they end a little earlier.
#[derive(Debug)]
pub struct NoteFile {
    file: File,
    waiting: Vec<u8>,
    left: u64,
    /// Whether it could not be written: notes with a hole would be a run that never was.
    failed: bool,
}

impl NoteFile {
    /// Opens a server's file of notes, or makes it.
    ///
    /// # Errors
    /// Why that cannot be.
    pub fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Self { file, waiting: Vec::new(), left: MAX_NOTES, failed: false })
    }
}

impl Recorder for NoteFile {
    fn note(&mut self, at: Duration, note: &Note<'_>) {
        if self.left == 0 || self.failed {
            return;
        }
        if let Some(bytes) = note_to_bytes(at, note) {
            self.left -= 1;
            encode_varint(bytes.len() as u64, &mut self.waiting);
            self.waiting.extend(bytes);
        }
    }

    fn keep(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        // A server that cannot take notes serves all the same. They end here.
        self.failed |= self.file.write_all(&self.waiting).is_err();
        self.waiting.clear();
    }

    /// From here on there is room for as many notes again. A run that began earlier is full by then: it has fewer steps.
    fn begin(&mut self) -> Option<u64> {
        self.keep();
        self.left = MAX_NOTES;
        self.file.metadata().ok().filter(|_| !self.failed).map(|file| file.len())
    }
}

impl Drop for NoteFile {
    fn drop(&mut self) {
        self.keep();
    }
}
