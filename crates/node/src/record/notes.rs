//! The notes of all servers of a cluster, read as they are written, on their way into a run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use prost::encoding::decode_varint;
use quorum_core::limits::MAX_CLIENTS;
use quorum_core::paxos::NodeId;
use quorum_core::sim::{Conditions, Config, LogConfig, ProtocolKind};
use quorum_recording::{Crossing, Mismatch, Note, Recording, Standing, TakesPart, takes_part};
use thiserror::Error;

use super::{Beginning, note_from_bytes, notes_in};
use crate::config::Cluster;
use crate::rules;

/// Most bytes that are read of a file at once.
const PIECE: u64 = 4 << 20;
/// Clients of a run that is read while it happens: nobody knows yet how many will come.
const CLIENTS: u32 = 26;
/// Most of those places for clients that were there when a run began in the middle.
const REMEMBERED: usize = 16;

/// Why there is no run.
#[derive(Debug, Error)]
pub enum RecordError {
    /// A file cannot be read.
    #[error("the notes of server {0} cannot be read: {1}")]
    Unreadable(NodeId, String),
    /// The cluster ran before its servers took notes.
    #[error(
        "the notes of server {0} do not begin at its beginning: its disk had {1} records by then. `record --for 10s` records \
         what happens from now on"
    )]
    NotFromTheBeginning(NodeId, u64),
    /// The laboratory cannot follow.
    #[error("the laboratory cannot follow these servers. {0}")]
    Mismatch(#[from] Mismatch),
    /// A message came from before the run began, after everything else.
    #[error("{0}")]
    Late(&'static str),
    /// The config of the cluster is none that the laboratory has.
    #[error("the laboratory cannot have such a cluster: {0}")]
    Config(String),
}

/// What the laboratory starts from, to have the same cluster.
#[must_use]
pub fn config(cluster: &Cluster, clients: u32) -> Config {
    let window = cluster.timing.window;
    let clients = clients.clamp(1, MAX_CLIENTS as u32);
    let (rules, of_log) = rules::without(&cluster.off);
    let (snapshots, sessions, reads) = (cluster.snapshots(), cluster.most_sessions(), cluster.settings().reads);
    let log = LogConfig { window, clients, rules: of_log, snapshots, sessions, reads, ..LogConfig::default() };
    let network = Conditions { latency: (0, 1), ..Conditions::default() };
    let (nodes, retry) = (cluster.servers.len() as u32, cluster.timing.retry_ms);
    Config { nodes, protocol: ProtocolKind::Log, network, disk: (0, 1), retry, log, rules, ..Config::default() }
}

/// What a supervisor did.
type Supervised = Vec<(NodeId, Duration, Note)>;

/// Who takes part in what was noted, in the order in which they come, and which messages crossed the cut of a record.
fn who_and_what(notes: &[(NodeId, Duration, Note)], begins: u64) -> (Vec<TakesPart>, Vec<Crossing>) {
    let (mut take_part, mut crossing): (Vec<TakesPart>, _) = (Vec::new(), Vec::new());
    for (node, _, note) in notes {
        if let Note::Crossed { from, number, epoch, message } = note
            && *epoch < begins
        {
            let (from, to, number, message) = (*from, *node, *number, (**message).clone());
            crossing.push(Crossing { from, to, number, message });
        }
        let Some(part) = takes_part(note) else { continue };
        match take_part.iter_mut().find(|(client, _)| *client == part.0) {
            Some((_, first)) => *first = first.or(part.1),
            None => take_part.push(part),
        }
    }
    (take_part, crossing)
}

fn begun(
    config: Config,
    beginning: &Beginning,
    crossing: &[Crossing],
    take_part: &[TakesPart],
) -> Result<Recording, RecordError> {
    let standing: Vec<Standing> = beginning.standing.values().cloned().collect();
    Recording::begin(config, &standing, crossing, take_part).map_err(|error| RecordError::Config(error.to_string()))
}

/// One server's file, as far as it was read.
#[derive(Debug)]
struct Source {
    path: PathBuf,
    read: u64,
    /// Bytes of a note whose end is not there yet.
    rest: Vec<u8>,
    begun: bool,
}

/// The notes of all servers.
#[derive(Debug)]
pub struct Notes {
    sources: BTreeMap<NodeId, Source>,
}

impl Notes {
    /// Nothing was read yet.
    #[must_use]
    pub fn new(data: &Path, cluster: &Cluster) -> Self {
        let source = |id: &NodeId| (*id, Source { path: notes_in(data, *id), read: 0, rest: Vec::new(), begun: false });
        Self { sources: cluster.servers.keys().map(source).collect() }
    }

    /// What is there and was not read yet, each with its server; the notes of one server in their order.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(&mut self) -> Result<Vec<(NodeId, Duration, Note)>, RecordError> {
        let mut all = Vec::new();
        for (id, source) in &mut self.sources {
            source.read_into(*id, &mut all)?;
        }
        Ok(all)
    }

    /// Notes of all servers from where a record begins.
    fn from(data: &Path, cluster: &Cluster, beginning: &Beginning) -> Self {
        let mut notes = Self::new(data, cluster);
        for (id, source) in &mut notes.sources {
            source.read = beginning.notes.get(id).copied().unwrap_or_default();
            source.begun = true;
        }
        notes
    }

    /// What all servers have noted since a record began, and what their supervisor did, as a run.
    ///
    /// # Errors
    /// Why there is none.
    pub fn recording_from(
        data: &Path,
        cluster: &Cluster,
        beginning: &Beginning,
        supervised: Supervised,
    ) -> Result<Recording, RecordError> {
        let mut notes = Self::from(data, cluster, beginning).read()?;
        notes.extend(supervised);
        notes.sort_by_key(|(_, at, _)| *at);
        let (take_part, crossing) = who_and_what(&notes, beginning.epoch);
        let config = config(cluster, take_part.len() as u32);
        let mut recording = begun(config, beginning, &crossing, &take_part)?;
        for (node, at, note) in notes {
            recording.note(node, at, note);
        }
        recording.advance(None)?;
        Ok(recording)
    }

    /// A recording that goes on, and began in the middle: with what has been noted since, and where the rest is found. Who will
    /// take part nobody knows yet: those who asked last have a place, and some places are left for others.
    ///
    /// # Errors
    /// Why there is none.
    pub fn begin_from(
        data: &Path,
        cluster: &Cluster,
        beginning: &Beginning,
        supervised: Supervised,
    ) -> Result<(Self, Recording), RecordError> {
        let mut source = Self::from(data, cluster, beginning);
        let mut notes = source.read()?;
        notes.extend(supervised);
        notes.sort_by_key(|(_, at, _)| *at);
        let (mut take_part, crossing) = who_and_what(&notes, beginning.epoch);
        let sessions = beginning.standing.values().flat_map(|server| server.checkpoint.sessions());
        let mut sessions: Vec<_> = sessions.map(|(client, slot)| (slot, client.number())).collect();
        sessions.sort_unstable_by(|a, b| b.cmp(a));
        let open = beginning.standing.values().flat_map(|server| server.checkpoint.commands());
        let open = open.map(|command| command.client.number());
        for client in open.chain(sessions.into_iter().map(|(_, client)| client)) {
            if take_part.len() < REMEMBERED && !take_part.iter().any(|(other, _)| *other == client) {
                take_part.push((client, None));
            }
        }
        let mut recording = begun(config(cluster, CLIENTS), beginning, &crossing, &take_part)?;
        for (node, at, note) in notes {
            recording.note(node, at, note);
        }
        Ok((source, recording))
    }

    /// A whole cluster's notes, and what its supervisor did, as a run.
    ///
    /// # Errors
    /// Why there is none.
    pub fn recording(data: &Path, cluster: &Cluster, supervised: Supervised) -> Result<Recording, RecordError> {
        let mut notes = Self::new(data, cluster).read()?;
        notes.extend(supervised);
        notes.sort_by_key(|(_, at, _)| *at);
        let mut clients: Vec<u64> = notes
            .iter()
            .filter_map(|(_, _, note)| if let Note::Request { client, .. } = note { Some(*client) } else { None })
            .collect();
        clients.sort_unstable();
        clients.dedup();
        let mut recording = Recording::new(config(cluster, clients.len() as u32))
            .map_err(|error| RecordError::Config(error.to_string()))?;
        for (node, at, note) in notes {
            recording.note(node, at, note);
        }
        recording.advance(None)?;
        Ok(recording)
    }

    /// A recording that goes on: the clients of its run are as many as have a letter.
    ///
    /// # Errors
    /// The laboratory cannot have such a cluster.
    pub fn begin(cluster: &Cluster) -> Result<Recording, RecordError> {
        Recording::new(config(cluster, CLIENTS)).map_err(|error| RecordError::Config(error.to_string()))
    }
}

impl Source {
    fn read_into(&mut self, id: NodeId, all: &mut Vec<(NodeId, Duration, Note)>) -> Result<(), RecordError> {
        let unreadable = |why: String| RecordError::Unreadable(id, why);
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        loop {
            file.seek(SeekFrom::Start(self.read)).map_err(|error| unreadable(error.to_string()))?;
            let mut piece = Vec::new();
            (&file).take(PIECE).read_to_end(&mut piece).map_err(|error| unreadable(error.to_string()))?;
            self.read += piece.len() as u64;
            let last = (piece.len() as u64) < PIECE;
            self.rest.append(&mut piece);
            let mut used = 0;
            while let Some((bytes, end)) = next(&self.rest, used) {
                let (at, note) = note_from_bytes(bytes).map_err(|error| unreadable(error.to_string()))?;
                used = end;
                if let (false, Note::Start { records: 1.., .. }) = (self.begun, &note) {
                    let Note::Start { records, .. } = note else { continue };
                    return Err(RecordError::NotFromTheBeginning(id, records));
                }
                self.begun = true;
                all.push((id, at, note));
            }
            self.rest.drain(..used);
            if last {
                return Ok(());
            }
        }
    }
}

/// The bytes of the note that begins there, if all of them are there, and where they end.
fn next(bytes: &[u8], begin: usize) -> Option<(&[u8], usize)> {
    let mut left = &bytes[begin..];
    let length = usize::try_from(decode_varint(&mut left).ok()?).ok()?;
    let note = left.get(..length)?;
    Some((note, bytes.len() - left.len() + length))
}
