//! Real processes, each on a port of its own.
#![allow(dead_code, reason = "each test file uses some of it")]

pub(crate) mod chaos;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quorum_core::log::{Op, Text, Trace};
use quorum_core::paxos::NodeId;
use quorum_core::run::{EventKind, Intervention, Simulation};
use quorum_core::sim::{self, Fact};
use quorum_node::client::{Client, Way};
use quorum_node::config::{Cluster, SESSIONS, Timing};
use quorum_node::proto::admin_client::AdminClient;
use quorum_node::proto::status_response::Role;
use quorum_node::proto::{BeginRequest, SetDiskRequest, SetLinkRequest, StatusResponse};
use quorum_node::record::{Beginning, Notes, notes_in};
use quorum_node::rules::Rule;
use quorum_recording::{Note, Recording};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use tonic::Request;

/// How long anything may take that must come about.
pub(crate) const SOON: Duration = Duration::from_secs(30);
const TOKEN: &str = "token-of-the-tests";

/// So many ports that nobody listens on.
pub(crate) fn free_ports(count: usize) -> Vec<SocketAddr> {
    let listeners: Vec<_> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap()).collect()
}

fn node(id: u32) -> NodeId {
    NodeId::new(id).unwrap()
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub(crate) fn put(key: &str, value: &str) -> Op {
    Op::Put { key: text(key), value: text(value) }
}

pub(crate) fn get(key: &str) -> Op {
    Op::Get { key: text(key) }
}

/// Waits until something is so, and says what. Asks again and again: there is nobody who could tell.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut is_it: impl FnMut() -> F) -> T {
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(it) = is_it().await {
            return it;
        }
        assert!(Instant::now() < deadline, "it did not come about that {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Says that something is not tested here, where everybody sees it: what a test that passes prints is not shown.
pub(crate) fn not_tested(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "NOT TESTED: {what}, because {why}");
}

/// Who took or installed a snapshot in the laboratory, in order.
pub(crate) fn snapshots_in(recording: &Recording) -> Vec<(u32, &'static str)> {
    let run = recording.run();
    let mut simulation = Simulation::new(run.config).unwrap();
    let mut all = Vec::new();
    for Intervention { action, at, .. } in run.interventions {
        for event in simulation.apply_at(&action, at.unwrap()).unwrap() {
            let EventKind::Fact(Fact::Did { node, trace: sim::Trace::Log(trace) }) = event.kind else { continue };
            match trace {
                Trace::TookSnapshot { .. } => all.push((node.get(), "took")),
                Trace::Installed { .. } => all.push((node.get(), "installed")),
                _ => {}
            }
        }
    }
    all
}

/// A cluster of processes. They end with it.
pub(crate) struct Processes {
    folder: TempDir,
    pub(crate) cluster: Cluster,
    running: BTreeMap<u32, Child>,
    /// Whether they take notes.
    noted: bool,
    /// What was done to the servers, and when, for a record.
    supervised: RefCell<Vec<(NodeId, Duration, Note)>>,
    /// The latest record that has begun in the middle.
    epoch: u64,
}

/// A record that begins in the middle.
pub(crate) struct Middle {
    pub(crate) beginning: Beginning,
    /// How much was done to the servers before.
    done: usize,
}

impl Processes {
    /// So many servers, all started. They take snapshots often: whatever is tested is tested with them.
    pub(crate) fn start(count: usize) -> Self {
        Self::start_without(count, &[])
    }

    /// So many servers that do without some rules.
    pub(crate) fn start_without(count: usize, off: &[Rule]) -> Self {
        Self::make(count, (50, SESSIONS), true, off)
    }

    /// So many servers, all started, that take a snapshot every so many slots.
    pub(crate) fn with_snapshots(count: usize, snapshot_every: u32) -> Self {
        Self::make(count, (snapshot_every, SESSIONS), true, &[])
    }

    /// So many servers that remember so many clients.
    pub(crate) fn with_sessions(count: usize, sessions: u32, off: &[Rule]) -> Self {
        Self::make(count, (8, sessions), true, off)
    }

    /// The same, without notes.
    pub(crate) fn without_notes(count: usize, snapshot_every: u32) -> Self {
        Self::make(count, (snapshot_every, SESSIONS), false, &[])
    }

    fn make(count: usize, (snapshot_every, sessions): (u32, u32), noted: bool, off: &[Rule]) -> Self {
        let servers = (1..).filter_map(NodeId::new).zip(free_ports(count)).collect();
        let timing = Timing { retry_ms: 150, window: 64 };
        let name = "tests".to_owned();
        let (keys, all) = (None, Vec::new());
        let cluster = Cluster { name, servers, timing, snapshot_every, sessions, keys, off: all }.without(off);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("cluster.toml"), cluster.to_toml()).unwrap();
        let supervised = RefCell::default();
        let mut processes = Self { folder, cluster, running: BTreeMap::new(), supervised, noted, epoch: 0 };
        processes.start_all();
        processes
    }

    pub(crate) fn start_all(&mut self) {
        for id in self.ids() {
            if !self.running.contains_key(&id) {
                self.start_one(id);
            }
        }
    }

    pub(crate) fn ids(&self) -> Vec<u32> {
        self.cluster.servers.keys().map(|id| id.get()).collect()
    }

    pub(crate) fn is_running(&self, id: u32) -> bool {
        self.running.contains_key(&id)
    }

    /// Starts a server that is down.
    pub(crate) fn start_one(&mut self, id: u32) {
        self.start_with(id, &[]);
    }

    /// Starts a server that is down with an empty disk in place of its own.
    pub(crate) fn replace(&mut self, id: u32) {
        std::fs::remove_dir_all(self.files(id).1).unwrap();
        self.start_with(id, &["--replaced"]);
    }

    /// The cluster's file, and the folder of a server.
    pub(crate) fn files(&self, id: u32) -> (PathBuf, PathBuf) {
        (self.folder.path().join("cluster.toml"), self.folder.path().join(format!("server-{id}")))
    }

    fn start_with(&mut self, id: u32, more: &[&str]) {
        let command = Command::new(env!("CARGO_BIN_EXE_quorum-node"));
        self.spawn(id, command, more);
    }

    /// Starts a server that is down, and that may have so many open files.
    pub(crate) fn start_with_files(&mut self, id: u32, files: usize) {
        let mut command = Command::new("sh");
        let exec = format!("ulimit -n {files} && exec \"$@\"");
        command.args(["-c", &exec, "sh", env!("CARGO_BIN_EXE_quorum-node")]);
        self.spawn(id, command, &[]);
    }

    fn spawn(&mut self, id: u32, mut command: Command, more: &[&str]) {
        let (config, data) = self.files(id);
        command.args(["run", "--supervised", "--id", &id.to_string()]).arg("--config").arg(config);
        command.arg("--data").arg(data);
        if self.noted {
            command.arg("--notes").arg(notes_in(self.folder.path(), node(id)));
        }
        command.args(["--epoch", &self.epoch.to_string()]);
        command.args(more).env("QUORUM_TOKEN", TOKEN).stdin(Stdio::piped()).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        assert!(self.running.insert(id, child).is_none(), "server {id} runs already");
    }

    /// Starts a server that is down, and waits until it ends by itself. Returns what it says then.
    pub(crate) async fn refuses_to_start(&mut self, id: u32) -> String {
        self.start_heard(id);
        self.last_words(id).await
    }

    /// Starts a server that is down. What it says is for [`last_words`](Self::last_words).
    pub(crate) fn start_heard(&mut self, id: u32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorum-node"));
        command.stderr(Stdio::piped());
        self.spawn(id, command, &[]);
    }

    /// What a server said until it ended by itself.
    pub(crate) async fn last_words(&mut self, id: u32) -> String {
        let ended = || {
            let ended = self.has_ended(id);
            async move { ended.then_some(()) }
        };
        eventually("it ends by itself", ended).await;
        let mut child = self.running.remove(&id).unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let ended = child.wait().unwrap();
        self.note(id, Note::Killed { records: None });
        assert_eq!(ended.code(), Some(1), "{said}");
        said.trim_end().to_owned()
    }

    /// Whether a server's process has ended by itself.
    pub(crate) fn has_ended(&mut self, id: u32) -> bool {
        self.running.get_mut(&id).unwrap().try_wait().unwrap().is_some()
    }

    pub(crate) fn pid(&self, id: u32) -> u32 {
        self.running[&id].id()
    }

    /// Kills a server, as a power failure does.
    pub(crate) fn kill(&mut self, id: u32) {
        let mut child = self.running.remove(&id).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        self.note(id, Note::Killed { records: None });
    }

    /// Kills servers at once: none has a moment more than another.
    pub(crate) fn kill_at_once(&mut self, ids: &[u32]) {
        for id in ids {
            self.running.get_mut(id).unwrap().kill().unwrap();
        }
        for id in ids {
            self.running.remove(id).unwrap().wait().unwrap();
            self.note(*id, Note::Killed { records: None });
        }
    }

    fn note(&self, id: u32, note: Note) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        self.supervised.borrow_mut().push((node(id), now, note));
    }

    /// What they did, as a run of the laboratory.
    pub(crate) fn recording(&self) -> Recording {
        let supervised = self.supervised.borrow().clone();
        Notes::recording(self.folder.path(), &self.cluster, supervised).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A record begins: servers are told one after the other, the last one last of all.
    pub(crate) async fn begin(&mut self, order: &[u32]) -> Middle {
        self.epoch += 1;
        let done = self.supervised.borrow().len();
        let mut beginning = Beginning::new(self.epoch);
        for id in order {
            let (admin, request) = self.admin(*id, BeginRequest { epoch: self.epoch });
            let answer = admin.max_decoding_message_size(64 << 20).begin(request).await;
            beginning.runs(node(*id), answer.unwrap().into_inner()).unwrap();
            sleep(Duration::from_millis(100)).await;
        }
        for id in self.ids().into_iter().filter(|id| !order.contains(id)) {
            assert!(!self.is_running(id));
            let identity = self.cluster.identity(node(id));
            let notes = notes_in(self.folder.path(), node(id));
            beginning.is_down(&identity, &self.files(id).1, &notes).unwrap();
        }
        Middle { beginning, done }
    }

    /// What they did since then, as a run of the laboratory.
    pub(crate) fn recording_from(&self, Middle { beginning, done }: &Middle) -> Recording {
        let supervised = self.supervised.borrow()[*done..].to_vec();
        Notes::recording_from(self.folder.path(), &self.cluster, beginning, supervised)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Forgets what servers noted so far, as if they had taken no notes.
    pub(crate) fn lose_notes(&self) {
        for id in self.ids() {
            std::fs::write(notes_in(self.folder.path(), node(id)), []).unwrap();
        }
    }

    fn signal(&self, id: u32, signal: Signal) {
        let pid = self.running[&id].id();
        kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
    }

    /// Where a server's file is.
    pub(crate) fn file(&self, id: u32) -> PathBuf {
        self.folder.path().join(format!("server-{id}")).join("server.redb")
    }

    pub(crate) fn stop(&self, id: u32) {
        self.signal(id, Signal::STOP);
        self.note(id, Note::Stopped);
    }

    pub(crate) fn go_on(&self, id: u32) {
        self.note(id, Note::Continued);
        self.signal(id, Signal::CONT);
    }

    pub(crate) fn address(&self, id: u32) -> String {
        self.cluster.servers[&NodeId::new(id).unwrap()].to_string()
    }

    pub(crate) fn addresses(&self) -> Vec<String> {
        self.ids().into_iter().map(|id| self.address(id)).collect()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.addresses(), Way::default()).unwrap()
    }

    pub(crate) async fn status(&self, id: u32) -> Option<StatusResponse> {
        Way::default().status(&self.address(id)).await.ok()
    }

    /// The server that leads and that a majority follows.
    pub(crate) async fn leader(&self) -> u32 {
        eventually("somebody leads", || self.try_leader()).await
    }

    pub(crate) async fn try_leader(&self) -> Option<u32> {
        let mut all = Vec::new();
        for id in self.ids() {
            all.extend(self.status(id).await);
        }
        let leader = all
            .iter()
            .filter(|status| status.role() == Role::Leader)
            .max_by_key(|status| status.ballot.map(|it| it.round))?;
        let follow =
            all.iter().filter(|status| status.leader == Some(leader.id) && status.ballot == leader.ballot).count();
        (follow > self.ids().len() / 2).then_some(leader.id)
    }

    fn admin<T>(&self, id: u32, body: T) -> (AdminClient<tonic::transport::Channel>, Request<T>) {
        let mut request = Request::new(body);
        request.metadata_mut().insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
        request.set_timeout(Duration::from_secs(2));
        (AdminClient::new(Way::default().channel(&self.address(id)).unwrap()), request)
    }

    /// Cuts or mends the link between two servers, at those ends that can be told.
    pub(crate) async fn cut(&self, a: u32, b: u32, cut: bool) {
        for (own, peer) in [(a, b), (b, a)] {
            self.note(own, if cut { Note::Cut(node(peer)) } else { Note::Mended(node(peer)) });
            self.set_link(own, peer, Some(cut), Some(cut)).await;
        }
    }

    /// Cuts or mends what a server sends to another, and what it hears of it, if it can be told.
    pub(crate) async fn set_link(&self, own: u32, peer: u32, cut_to: Option<bool>, cut_from: Option<bool>) {
        let (mut admin, request) = self.admin(own, SetLinkRequest { peer, cut_to, cut_from });
        let _ = admin.set_link(request).await;
    }

    pub(crate) async fn slow_disk(&self, id: u32, extra_ms: u32) {
        let (mut admin, request) = self.admin(id, SetDiskRequest { extra_ms });
        let _ = admin.set_disk(request).await;
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
