//! What servers think of each other's files.
//!
//! A file has a number of its own, which it got when it was made, and a server says it with each stream. Whoever has heard another
//! number from that server before refuses the stream: it has an empty file in place of its own, and may vote twice. A file that
//! says that it is in place of a lost one is welcome, because it does not vote.
//!
//! What was heard is kept as long as the process lives. It finds the mistake of somebody who starts one server with an empty folder
//! while others go on; it is no proof that there is none.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quorum_core::paxos::NodeId;
use tonic::Status;
use tonic::metadata::{MetadataMap, MetadataValue};

/// What a stream says of its sender's file.
const FILE: &str = "quorum-file";
const REPLACED: &str = "quorum-replaced";

/// The file of this server, and what it knows of the others'.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    own: Option<u64>,
    replaced: bool,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Debug, Default)]
struct Heard {
    files: BTreeMap<NodeId, u64>,
    refused_by: BTreeMap<NodeId, String>,
}

impl Standing {
    /// Of a server with a file of this number; `None`: it has none.
    pub(super) fn new(own: Option<u64>, replaced: bool) -> Self {
        Self { own, replaced, heard: Arc::default() }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a stream of this server says of its file.
    pub(super) fn introduce(&self, metadata: &mut MetadataMap) {
        if let Some(own) = self.own {
            metadata.insert(FILE, own.into());
        }
        if self.replaced {
            metadata.insert(REPLACED, MetadataValue::from_static("yes"));
        }
    }

    /// Whether a server's stream is welcome with that file.
    pub(super) fn admit(&self, from: NodeId, metadata: &MetadataMap) -> Result<(), Status> {
        let said = |name: &str| metadata.get(name).and_then(|value| value.to_str().ok());
        let Some(file) = said(FILE).and_then(|file| file.parse().ok()) else { return Ok(()) };
        let mut heard = self.heard();
        if said(REPLACED).is_none() && heard.files.get(&from).is_some_and(|known| *known != file) {
            return Err(Status::failed_precondition(format!(
                "server {from} had another file before. If that is lost, take the new one away, too, and start server {from} with \
                 --replaced: it could vote twice"
            )));
        }
        heard.files.insert(from, file);
        Ok(())
    }

    /// A server refuses what this one says, or does not any more.
    pub(super) fn is_refused(&self, by: NodeId, why: Option<&str>) {
        match why {
            Some(why) => drop(self.heard().refused_by.insert(by, why.to_owned())),
            None => drop(self.heard().refused_by.remove(&by)),
        }
    }

    /// The servers whose files this one has heard of, ascending.
    pub(super) fn knows_files_of(&self) -> Vec<u32> {
        let mut known: Vec<_> = self.heard().files.keys().map(|node| node.get()).collect();
        known.sort_unstable();
        known
    }

    /// Who refuses what this server says, and why.
    pub(super) fn refusals(&self) -> Vec<String> {
        self.heard().refused_by.iter().map(|(by, why)| format!("server {by} refuses what it says: {why}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_with_another_file_than_before_is_refused_unless_it_says_that_it_lost_its_own() {
        let others = Standing::new(Some(1), false);
        let admits = |file: Option<u64>, replaced: bool| {
            let mut metadata = MetadataMap::new();
            Standing::new(file, replaced).introduce(&mut metadata);
            others.admit(NodeId::FIRST, &metadata).map_err(|status| status.message().to_owned())
        };
        assert_eq!(admits(Some(7), false), Ok(()));
        assert_eq!(admits(Some(7), false), Ok(()), "it came back");
        assert!(admits(Some(8), false).unwrap_err().starts_with("server 1 had another file before"));
        assert_eq!(admits(Some(7), false), Ok(()), "it has its file again");
        assert_eq!(admits(None, false), Ok(()), "a file that is older than such numbers");
        assert_eq!(admits(Some(9), true), Ok(()));
        assert!(admits(Some(7), false).is_err());
    }
}
