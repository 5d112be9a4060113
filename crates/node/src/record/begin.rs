//! What a record begins with, if it begins in the middle: on its way from the servers to the one who makes it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use quorum_core::json::{FromJson as _, Json};
use quorum_core::log::Checkpoint;
use quorum_core::paxos::NodeId;
use quorum_recording::Standing;
use tonic::Status;

use crate::limits::MAX_BEGINNING_BYTES;
use crate::proto::BeginResponse;
use crate::storage::{Identity, Kept, Storage as _, Store};

/// Where a record begins.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// Which record it is, from 1.
    pub epoch: u64,
    /// What each server has.
    pub standing: BTreeMap<NodeId, Standing>,
    /// Where in the notes of each server it begins, in bytes.
    pub notes: BTreeMap<NodeId, u64>,
    /// How many bytes all of that has.
    bytes: usize,
}

/// What does not fit.
fn too_large(bytes: usize) -> String {
    format!(
        "what these servers have takes {bytes} bytes to write down, and a record has room for {MAX_BEGINNING_BYTES}: record a \
         cluster with a smaller store, or one that takes snapshots more often"
    )
}

/// What a server answers who was asked to begin.
///
/// # Errors
/// It is too large.
pub(crate) fn begin_response(standing: &Standing, notes: u64) -> Result<BeginResponse, Status> {
    let Standing { incarnation, records, written, checkpoint } = standing;
    let checkpoint = serde_json::to_vec(&Json::from(checkpoint)).map_err(|why| Status::internal(why.to_string()))?;
    if checkpoint.len() > MAX_BEGINNING_BYTES {
        return Err(Status::failed_precondition(too_large(checkpoint.len())));
    }
    let (incarnation, records, written) = (*incarnation, *records, *written);
    Ok(BeginResponse { incarnation, records, written, notes, checkpoint })
}

impl Beginning {
    /// Nothing is known of any server yet.
    #[must_use]
    pub fn new(epoch: u64) -> Self {
        Self { epoch, ..Self::default() }
    }

    /// A server that runs has begun.
    ///
    /// # Errors
    /// What it said makes no sense, or all together is too large.
    pub fn runs(&mut self, id: NodeId, answer: BeginResponse) -> Result<()> {
        let BeginResponse { incarnation, records, written, notes, checkpoint } = answer;
        self.bytes += checkpoint.len();
        ensure!(self.bytes <= MAX_BEGINNING_BYTES, too_large(self.bytes));
        let json: Json = serde_json::from_slice(&checkpoint)?;
        let checkpoint = Checkpoint::from_json(&json, "server").map_err(|why| anyhow!("server {id}: {why}"))?;
        ensure!(written <= records, "server {id} counts its records otherwise than its file");
        self.standing.insert(id, Standing { incarnation, records, written, checkpoint });
        self.notes.insert(id, notes);
        Ok(())
    }

    /// A server is down: what its folder has. Its notes end here until it starts.
    ///
    /// # Errors
    /// Its file cannot be read, or all together is too large.
    pub fn is_down(&mut self, identity: &Identity, folder: &Path, notes: &Path) -> Result<()> {
        let id = identity.server;
        // Opening makes a file where there is none.
        let kept = if Store::is_in(folder) {
            let store = Store::open(folder, identity).with_context(|| format!("server {id} is down"))?;
            store.kept().with_context(|| format!("server {id} is down"))?
        } else {
            Kept::default()
        };
        let checkpoint = Checkpoint::down(kept.records);
        self.bytes += serde_json::to_vec(&Json::from(&checkpoint))?.len();
        ensure!(self.bytes <= MAX_BEGINNING_BYTES, too_large(self.bytes));
        self.standing.insert(id, Standing { incarnation: 0, records: kept.count, written: 0, checkpoint });
        self.notes.insert(id, std::fs::metadata(notes).map_or(0, |notes| notes.len()));
        Ok(())
    }
}
