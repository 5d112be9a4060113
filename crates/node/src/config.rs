//! `cluster.toml`: what all servers of a cluster know about it.
//!
//! ```toml
//! name = "demo"
//! off = []
//!
//! [[server]]
//! id = 1
//! address = "127.0.0.1:7001"
//!
//! [[server]]
//! id = 2
//! address = "127.0.0.1:7002"
//!
//! [[server]]
//! id = 3
//! address = "127.0.0.1:7003"
//!
//! [timing]
//! retry-ms = 300
//! window = 64
//!
//! [snapshots]
//! every = 4096
//!
//! [sessions]
//! most = 65536
//!
//! [tls]
//! folder = "keys"
//! ```
//!
//! Without `[tls]`, all addresses are of this machine. `off` names rules that do not hold ([`rules`]); without it, all do.
//!
//! What is wrong is named with its line.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quorum_core::host::Delays;
use quorum_core::limits::{MAX_DELAY, MAX_NODES, MAX_SESSIONS, MAX_SNAPSHOT_SLOTS, MAX_WINDOW};
use quorum_core::log::{Election, Reads, Settings, Snapshots};
use quorum_core::paxos::{self, NodeId, NodeSet, Quorums, Roles, Scheme};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use toml::Spanned;

use crate::limits::MAX_NAME_BYTES;
use crate::rules::{self, Rule};
use crate::storage::Identity;

/// A cluster, as `cluster.toml` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its name. Servers of another cluster are refused.
    pub name: String,
    /// The address of each server.
    pub servers: BTreeMap<NodeId, SocketAddr>,
    /// Waiting times and the window.
    pub timing: Timing,
    /// A server takes a snapshot whenever it has applied so many slots since the last; 0: never, and its log grows for ever.
    pub snapshot_every: u32,
    /// How many clients servers remember: one more takes the place of the one that was served longest ago. 0: all of them, and what
    /// is remembered grows for ever. It cannot change later.
    pub sessions: u32,
    /// The folder with the keys; `None`: nothing is encrypted, and only this machine can reach the servers.
    pub keys: Option<PathBuf>,
    /// The rules that do not hold, in the laboratory's order. All others do.
    pub off: Vec<Rule>,
}

/// As many slots lie between two snapshots where nobody says how many: a few megabytes of votes, and few enough snapshots that
/// writing the store down costs less than the votes did.
pub const SNAPSHOT_EVERY: u32 = 4096;

/// As many clients are remembered where nobody says how many: a few megabytes, in memory and in each snapshot. A client that is
/// forgotten while it waits for an answer is told so; for that, so many others have to come within the seconds for which it
/// waits.
pub const SESSIONS: u32 = 65_536;

/// Waiting times, and how much is under way at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Timing {
    /// How long a server waits for answers at first, in milliseconds. A third of it passes between heartbeats.
    pub retry_ms: u32,
    /// The window α: a leader proposes in no slot above the last applied one plus this.
    pub window: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self { retry_ms: 400, window: 64 }
    }
}

/// Why a file is no cluster: a sentence with the line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ConfigError(String);

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    #[serde(default)]
    off: Vec<Spanned<String>>,
    #[serde(default)]
    server: Vec<Entry>,
    timing: Option<Spanned<Timing>>,
    snapshots: Option<Spanned<Taken>>,
    sessions: Option<Spanned<Remembered>>,
    tls: Option<Tls>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    every: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    most: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tls {
    folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<u32>,
    address: Spanned<String>,
}

impl Cluster {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("{} cannot be read: {error}", path.display())))?;
        let mut cluster = Self::parse(&text, &path.display().to_string())?;
        // A folder is beside the file that names it.
        let beside = path.parent().unwrap_or(Path::new(""));
        cluster.keys = cluster.keys.map(|keys| beside.join(keys));
        Ok(cluster)
    }

    /// Reads the text of a file of this name.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        let wrong =
            |span: Range<usize>, what: &str| ConfigError(format!("{file}, line {}: {what}", line(text, span.start)));
        let read: File = toml::from_str(text)
            .map_err(|error| wrong(error.span().unwrap_or_default(), error.message().trim_end_matches('.')))?;
        let name = read.name.get_ref();
        if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what = format!("a cluster's name has 1 to {MAX_NAME_BYTES} letters, digits and signs, without spaces");
            return Err(wrong(read.name.span(), &what));
        }
        let mut servers = BTreeMap::new();
        for Entry { id, address } in &read.server {
            let Some(node) = NodeId::new(*id.get_ref()) else {
                return Err(wrong(id.span(), &format!("servers are numbered 1 to {MAX_NODES}")));
            };
            let parsed: SocketAddr = address.get_ref().parse().map_err(|_| {
                wrong(address.span(), "an address is an IP address and a port, as in \"127.0.0.1:7001\"")
            })?;
            if let Some((other, _)) = servers.iter().find(|(_, other)| **other == parsed) {
                return Err(wrong(address.span(), &format!("server {other} has this address already")));
            }
            if servers.insert(node, parsed).is_some() {
                return Err(wrong(id.span(), &format!("server {node} is there twice")));
            }
        }
        // A set of servers is numbered without gaps, as in the laboratory.
        let gap = (1..=servers.len() as u32).find(|id| NodeId::new(*id).is_none_or(|id| !servers.contains_key(&id)));
        match (servers.is_empty(), gap) {
            (true, _) => return Err(ConfigError(format!("{file}: it has no [[server]]"))),
            (_, Some(id)) => {
                let what = format!("{} servers are numbered from 1 on, and there is no server {id}", servers.len());
                return Err(wrong(read.server[0].id.span(), &what));
            }
            _ => {}
        }
        let timing = read.timing.as_ref().map_or_else(Timing::default, |timing| *timing.get_ref());
        let span = || read.timing.as_ref().map(Spanned::span).unwrap_or_default();
        if !(1..=MAX_DELAY).contains(&timing.retry_ms) {
            return Err(wrong(span(), &format!("\"retry-ms\" is 1 to {MAX_DELAY}")));
        }
        if !(1..=MAX_WINDOW).contains(&timing.window) {
            return Err(wrong(span(), &format!("\"window\" is 1 to {MAX_WINDOW}")));
        }
        let snapshot_every = read.snapshots.as_ref().map_or(SNAPSHOT_EVERY, |snapshots| snapshots.get_ref().every);
        if snapshot_every > MAX_SNAPSHOT_SLOTS {
            let span = read.snapshots.as_ref().map(Spanned::span).unwrap_or_default();
            return Err(wrong(span, &format!("\"every\" is at most {MAX_SNAPSHOT_SLOTS} slots, or 0: no snapshots")));
        }
        let sessions = read.sessions.as_ref().map_or(SESSIONS, |sessions| sessions.get_ref().most);
        if sessions > MAX_SESSIONS {
            let span = read.sessions.as_ref().map(Spanned::span).unwrap_or_default();
            return Err(wrong(span, &format!("\"most\" is at most {MAX_SESSIONS} clients, or 0: all are remembered")));
        }
        let mut off = Vec::new();
        for name in &read.off {
            off.push(rules::named(name.get_ref()).map_err(|why| wrong(name.span(), &why))?);
        }
        let cluster = Self {
            name: name.clone(),
            servers,
            timing,
            snapshot_every,
            sessions,
            keys: read.tls.map(|tls| tls.folder),
            off: Vec::new(),
        };
        Ok(cluster.without(&off))
    }

    /// The same cluster, and these rules do not hold either.
    #[must_use]
    pub fn without(mut self, off: &[Rule]) -> Self {
        self.off.extend(off);
        let (single, of_log) = rules::without(&self.off);
        self.off = rules::off(single, of_log);
        self
    }

    /// The text of a file that has this cluster.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = format!("name = {:?}\n", self.name);
        if !self.off.is_empty() {
            text += &format!("off = {:?}\n", self.off.iter().map(|rule| rule.as_str()).collect::<Vec<_>>());
        }
        for (id, address) in &self.servers {
            text += &format!("\n[[server]]\nid = {id}\naddress = \"{address}\"\n");
        }
        let Timing { retry_ms, window } = self.timing;
        text += &format!("\n[timing]\nretry-ms = {retry_ms}\nwindow = {window}\n");
        text += &format!("\n[snapshots]\nevery = {}\n", self.snapshot_every);
        text += &format!("\n[sessions]\nmost = {}\n", self.sessions);
        if let Some(keys) = &self.keys {
            text += &format!("\n[tls]\nfolder = {:?}\n", keys.display().to_string());
        }
        text
    }

    /// What each replica knows about its cluster: everybody plays every part, more than half are a quorum, and all rules hold
    /// but those that are off.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        let all: NodeSet = self.servers.keys().copied().collect();
        let roles = Roles { proposers: all, acceptors: all, learners: all };
        let sizes = Quorums::majority(all);
        let (single, of_log) = rules::without(&self.off);
        Arc::new(Settings {
            paxos: paxos::Settings { roles, sizes, scheme: Scheme::Rounds, eager: false, rules: single },
            rules: of_log,
            window: self.timing.window,
            election: Election::Content,
            first: Some(NodeId::FIRST),
            snapshots: self.snapshots(),
            sessions: self.most_sessions(),
            reads: Reads::Index,
        })
    }

    /// How many clients servers remember; `None`: all.
    #[must_use]
    pub fn most_sessions(&self) -> Option<u32> {
        (self.sessions > 0).then_some(self.sessions)
    }

    /// What the file of a server says of itself.
    #[must_use]
    pub fn identity(&self, server: NodeId) -> Identity {
        Identity { cluster: self.name.clone(), server, sessions: self.sessions }
    }

    /// When each server takes a snapshot, and what it keeps in spite of one; `None`: never.
    #[must_use]
    pub fn snapshots(&self) -> Option<Snapshots> {
        let keep = Snapshots::keep_beside(self.timing.window);
        (self.snapshot_every > 0).then_some(Snapshots { every: self.snapshot_every, keep })
    }

    /// From what waiting times are made.
    #[must_use]
    pub const fn delays(&self) -> Delays {
        Delays { retry: self.timing.retry_ms, backoff: true }
    }

    /// Refuses addresses that others can reach where there are no keys.
    ///
    /// # Errors
    /// Which address it is, and what to do.
    pub fn is_safe(&self) -> Result<(), ConfigError> {
        match self.servers.iter().find(|(_, address)| !address.ip().is_loopback()) {
            Some((id, address)) if self.keys.is_none() => Err(ConfigError(format!(
                "server {id} has the address {address}, which others can reach. That needs keys: `quorum-node certs keys \
                 --nodes {}` makes them, and `[tls]` with `folder = \"keys\"` in cluster.toml uses them",
                self.servers.len()
            ))),
            _ => Ok(()),
        }
    }
}

/// The line, from 1, in which a byte of a text is.
fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: &str = "name = \"demo\"\n\n[[server]]\nid = 1\naddress = \"127.0.0.1:7001\"\n\n[[server]]\nid = 2\n\
                         address = \"127.0.0.1:7002\"\n\n[timing]\nretry-ms = 120\n";

    fn error(text: &str) -> String {
        Cluster::parse(text, "c.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_cluster_is_read_as_it_is_written() {
        let cluster = Cluster::parse(THREE, "c.toml").unwrap();
        assert_eq!((cluster.servers.len(), cluster.timing), (2, Timing { retry_ms: 120, window: 64 }));
        assert_eq!(Cluster::parse(&cluster.to_toml(), "c.toml").unwrap(), cluster);
        let keys = Some(PathBuf::from("some \"keys\""));
        let cluster = Cluster { keys, snapshot_every: 7, sessions: 9, ..cluster };
        assert_eq!(Cluster::parse(&cluster.to_toml(), "c.toml").unwrap(), cluster);
        let off = ["deduplicate", "persist-accepted"].map(|name| rules::named(name).unwrap());
        let cluster = cluster.without(&off).without(&off);
        assert_eq!(rules::names(&cluster.off), "persist-accepted, deduplicate");
        assert_eq!(Cluster::parse(&cluster.to_toml(), "c.toml").unwrap(), cluster);
        assert_eq!(cluster.settings().rules.off().count() + cluster.settings().paxos.rules.off().count(), 2);
    }

    #[test]
    fn servers_take_snapshots_unless_their_file_says_never() {
        let every =
            |more: &str| Cluster::parse(&(THREE.to_owned() + more), "c.toml").map(|cluster| cluster.snapshots());
        let snapshots = |every| Some(Snapshots { every, keep: 64 + 16 });
        assert_eq!(every(""), Ok(snapshots(4096)));
        assert_eq!(every("[snapshots]\nevery = 50\n"), Ok(snapshots(50)));
        assert_eq!(every("[snapshots]\nevery = 0\n"), Ok(None));
        let most = every("[snapshots]\nevery = 100001\n").unwrap_err().to_string();
        assert_eq!(most, "c.toml, line 13: \"every\" is at most 100000 slots, or 0: no snapshots");
    }

    #[test]
    fn servers_remember_so_many_clients_unless_their_file_says_all() {
        let most = |more: &str| Cluster::parse(&(THREE.to_owned() + more), "c.toml").map(|it| it.settings().sessions);
        assert_eq!(most(""), Ok(Some(65_536)));
        assert_eq!(most("[sessions]\nmost = 2\n"), Ok(Some(2)));
        assert_eq!(most("[sessions]\nmost = 0\n"), Ok(None));
        let many = most("[sessions]\nmost = 1000001\n").unwrap_err().to_string();
        assert_eq!(many, "c.toml, line 13: \"most\" is at most 1000000 clients, or 0: all are remembered");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (from, to, says) in [
            ("\"demo\"", "\"a b\"", "c.toml, line 1: a cluster's name has 1 to 64 letters"),
            ("id = 2", "id = 0", "c.toml, line 8: servers are numbered 1 to 101"),
            ("id = 2", "id = 1", "c.toml, line 8: server 1 is there twice"),
            ("id = 2", "id = 3", "c.toml, line 4: 2 servers are numbered from 1 on, and there is no server 2"),
            ("7002", "7001", "c.toml, line 9: server 1 has this address already"),
            ("127.0.0.1:7002", "nowhere", "c.toml, line 9: an address is an IP address and a port"),
            ("retry-ms = 120", "retry-ms = 0", "c.toml, line 11: \"retry-ms\" is 1 to 60000"),
            ("retry-ms = 120", "window = 1001", "c.toml, line 11: \"window\" is 1 to 1000"),
            ("retry-ms", "retry", "c.toml, line 12: unknown field `retry`"),
            ("id = 2", "id = two", "c.toml, line 8:"),
            (
                "\n\n",
                "\noff = [\n\"deduplicate\",\n\"dedupe\"]\n",
                "c.toml, line 4: there is no rule \"dedupe\". There are: keep-",
            ),
        ] {
            let said = error(&THREE.replacen(from, to, 1));
            assert!(said.starts_with(says), "{to}: {said}");
        }
        assert_eq!(error("name = \"x\""), "c.toml: it has no [[server]]");
    }

    #[test]
    fn an_address_that_others_can_reach_is_refused() {
        let cluster = Cluster::parse(&THREE.replace("127.0.0.1:7002", "192.0.2.7:7002"), "c.toml").unwrap();
        let said = cluster.is_safe().unwrap_err().to_string();
        assert!(said.starts_with("server 2 has the address 192.0.2.7:7002, which others can reach"), "{said}");
        assert!(said.contains("`quorum-node certs keys --nodes 2` makes them"), "{said}");
        assert!(Cluster { keys: Some("keys".into()), ..cluster }.is_safe().is_ok());
        assert!(Cluster::parse(THREE, "c.toml").unwrap().is_safe().is_ok());
    }
}
