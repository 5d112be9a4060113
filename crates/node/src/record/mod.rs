//! What the servers of a cluster did, as a run of the laboratory.
//!
//! Each server keeps a file of notes ([`NoteFile`]): its inputs, and what left. The file has a note before the note has any
//! consequence, so it explains whatever a server that was killed had said or written. [`Notes`] reads the files of all servers;
//! [`quorum_recording`] merges them by cause, and compares every message with what the laboratory sends.

mod answer;
mod begin;
mod bytes;
mod file;
mod notes;

use std::path::{Path, PathBuf};

use quorum_core::paxos::NodeId;

pub use answer::Record;
pub use begin::Beginning;
pub(crate) use begin::begin_response;
pub use bytes::{note_from_bytes, note_to_bytes};
pub use file::NoteFile;
pub use notes::{Notes, RecordError, config};

/// Most notes that one process keeps: more than a run has room for.
pub const MAX_NOTES: u64 = 200_000;

/// The name of the file with a server's notes.
#[must_use]
pub fn notes_in(data: &Path, id: NodeId) -> PathBuf {
    data.join("notes").join(format!("server-{id}"))
}
