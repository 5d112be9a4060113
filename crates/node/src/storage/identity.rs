//! Whose file it is.

use std::collections::BTreeMap;
use std::path::Path;

use quorum_core::paxos::NodeId;

use super::StorageError;

/// The format that this program writes, and the only one that it reads.
const FORMAT: &str = "1";
/// Says of a file that it is in place of one that was lost.
const REPLACED: &str = "replaced";
/// The number of the file, which no other file has.
const FILE: &str = "file";
/// How many clients are remembered. Files that are older than that remember all.
const SESSIONS: &str = "sessions";

/// The cluster and the server that a file belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The cluster's name.
    pub cluster: String,
    /// The server's number.
    pub server: NodeId,
    /// How many clients the cluster's servers remember; 0: all. What is in the file was applied so.
    pub sessions: u32,
}

impl Identity {
    /// What a file of this number says of itself. In place of one that was lost, it says that, too.
    pub(super) fn entries(&self, number: u64, replaced: bool) -> Vec<(&'static str, String)> {
        let mut entries =
            vec![("format", FORMAT.to_owned()), ("cluster", self.cluster.clone()), ("server", self.server.to_string())];
        entries.push((FILE, number.to_string()));
        entries.push((SESSIONS, self.sessions.to_string()));
        if replaced {
            entries.push((REPLACED, "yes".to_owned()));
        }
        entries
    }

    /// The number of a file that says this of itself. Files that are older than such numbers have none.
    pub(super) fn number(said: &BTreeMap<String, String>) -> Option<u64> {
        said.get(FILE)?.parse().ok()
    }

    /// Whether a file that says this of itself is in place of one that was lost.
    pub(super) fn is_replaced(said: &BTreeMap<String, String>) -> bool {
        said.contains_key(REPLACED)
    }

    /// Whether a file that says this of itself is the one of this server.
    pub(super) fn check(&self, file: &Path, said: &BTreeMap<String, String>) -> Result<(), StorageError> {
        let file = file.display();
        let of = |name: &str| said.get(name).map(String::as_str);
        let refuse = |what: String| Err(StorageError::new(format!("{file} {what}. Nothing was changed.")));
        match (of("format"), of("cluster"), of("server")) {
            (Some(format), ..) if format != FORMAT => refuse(format!(
                "has format {format}, and this program knows format {FORMAT}: use the version of quorum-node that wrote it"
            )),
            (Some(_), Some(cluster), _) if cluster != self.cluster => refuse(format!(
                "belongs to the cluster {cluster:?}, and this server to {:?}: give it a folder of its own",
                self.cluster
            )),
            (Some(_), Some(_), Some(server)) if server != self.server.to_string() => refuse(format!(
                "belongs to server {server}, and this is server {}: give it a folder of its own",
                self.server
            )),
            (Some(_), Some(_), Some(_)) => match of(SESSIONS).unwrap_or("0") {
                sessions if sessions != self.sessions.to_string() => refuse(format!(
                    "was made for servers that remember {}, and this one is to remember {}. All servers of a cluster remember the \
                     same clients from its beginning on: write `most = {sessions}` under [sessions] in cluster.toml, or give it a \
                     folder of its own",
                    so_many(sessions),
                    so_many(&self.sessions.to_string()),
                )),
                _ => Ok(()),
            },
            _ => refuse("does not say whose it is: it is damaged, or not of quorum-node".to_owned()),
        }
    }
}

/// `all clients`, `65536 clients`.
fn so_many(sessions: &str) -> String {
    format!("{} clients", if sessions == "0" { "all" } else { sessions })
}
