//! The processes, and what was done to them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use quorum_core::limits::MAX_DELAY;
use quorum_core::paxos::NodeId;
use quorum_recording::Note;
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};
use tokio::process::{Child, Command};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tonic::Request;

use super::config_in;
use super::live::Live;
use crate::client::Way;
use crate::config::Cluster;
use crate::limits::MAX_BEGINNING_BYTES;
use crate::proto::admin_client::AdminClient;
use crate::proto::{SetDiskRequest, SetLinkRequest};
use crate::record::notes_in;
use crate::storage::{Identity, Storage as _, Store};
use crate::token::Token;

/// The variable in which a server finds the token.
pub const TOKEN_VARIABLE: &str = "QUORUM_TOKEN";
/// How long it is waited before a disk is asked for again that is still looked at.
const A_MOMENT: Duration = Duration::from_millis(5);
/// How long a server may take to hear of a fault. One that is stopped never does, until it goes on.
const TOLD_WITHIN: Duration = Duration::from_secs(1);

/// Whether a server's process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServerState {
    /// It runs.
    Up,
    /// It is stopped, with its memory.
    Stopped,
    /// There is no process.
    Down,
}

/// Something that somebody does to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// Kills a server, as a power failure does: SIGKILL.
    Kill(u32),
    /// Stops a server, with its memory: SIGSTOP.
    Stop(u32),
    /// Lets a server go on: SIGCONT.
    Continue(u32),
    /// Starts a server that is down.
    Start(u32),
    /// Takes the disk of a server that is down away. It stays down.
    Wipe(u32),
    /// Takes the disk of a server that is down away, and starts it with an empty one.
    Replace(u32),
    /// Cuts the way from one server to another.
    Cut(u32, u32),
    /// Mends the way from one server to another.
    Mend(u32, u32),
    /// Makes each sync of a server's disk take this many milliseconds longer.
    SlowDisk(u32, u32),
}

#[derive(Debug, Default)]
struct Inner {
    running: BTreeMap<NodeId, Running>,
    cuts: BTreeSet<(NodeId, NodeId)>,
    extra_ms: BTreeMap<NodeId, u32>,
    /// What was done to the servers, for their record.
    notes: Vec<(NodeId, Duration, Note)>,
    /// Whether everything ends: then nobody wonders why.
    ending: bool,
    /// The latest record that has begun in the middle; 0: none.
    epoch: u64,
}

impl Inner {
    fn note(&mut self, id: NodeId, note: Note) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.notes.push((id, now, note));
    }
}

#[derive(Debug)]
struct Running {
    pid: Pid,
    stopped: bool,
    /// Whether it has ended, and only its disk is still looked at.
    ended: bool,
}

/// The processes of a cluster.
#[derive(Debug)]
pub struct Processes {
    program: PathBuf,
    data: PathBuf,
    cluster: Cluster,
    token: Token,
    inner: Arc<Mutex<Inner>>,
    /// The run that pages follow, once somebody did.
    live: tokio::sync::Mutex<Option<Arc<Live>>>,
    /// Who changes which of them run, or has a record begin with those that do.
    pub(super) busy: tokio::sync::Mutex<()>,
}

impl Processes {
    pub(super) fn new(program: PathBuf, data: PathBuf, cluster: Cluster, token: Token) -> Self {
        Self {
            program,
            data,
            cluster,
            token,
            inner: Arc::default(),
            live: Default::default(),
            busy: Default::default(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cluster that they are.
    #[must_use]
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Whether a server runs.
    #[must_use]
    pub fn state(&self, id: NodeId) -> ServerState {
        match self.inner().running.get(&id) {
            None | Some(Running { ended: true, .. }) => ServerState::Down,
            Some(Running { stopped: true, .. }) => ServerState::Stopped,
            Some(_) => ServerState::Up,
        }
    }

    /// The ways that are cut.
    #[must_use]
    pub fn cuts(&self) -> Vec<(NodeId, NodeId)> {
        self.inner().cuts.iter().copied().collect()
    }

    /// The folder in which everything is kept.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What was done to the servers so far, for their record: from this place of the list on.
    #[must_use]
    pub fn notes(&self, from: usize) -> Vec<(NodeId, Duration, Note)> {
        self.inner().notes.iter().skip(from).cloned().collect()
    }

    /// The run that pages follow. It begins with the first who asks; where one is over, another begins now.
    ///
    /// # Errors
    /// The laboratory cannot have such a cluster, or no run can begin now.
    pub(super) async fn live(self: &Arc<Self>) -> Result<Arc<Live>> {
        let mut live = self.live.lock().await;
        let begun = match &*live {
            Some(live) if !live.is_over() => return Ok(Arc::clone(live)),
            Some(_) => Live::begin_now(Arc::clone(self)).await?,
            None => Live::begin(Arc::clone(self)).await?,
        };
        Ok(Arc::clone(live.insert(begun)))
    }

    /// By how much a server's disk is slowed, in milliseconds.
    #[must_use]
    pub fn extra_ms(&self, id: NodeId) -> u32 {
        self.inner().extra_ms.get(&id).copied().unwrap_or_default()
    }

    /// Starts a server that is down. One that was there before, and whose file is gone, is started as one that lost its disk.
    ///
    /// # Errors
    /// It runs, or its process cannot be made.
    pub fn start(&self, id: NodeId) -> Result<()> {
        let mut inner = self.inner();
        ensure!(!inner.running.contains_key(&id), "server {id} runs already");
        let folder = self.folder(id);
        let lost = !Store::is_in(&folder) && self.was_there(id);
        let mut command = Command::new(&self.program);
        command.arg("run").arg("--supervised").args(["--id", &id.to_string()]);
        command.arg("--config").arg(config_in(&self.data)).arg("--data").arg(&folder);
        command.arg("--notes").arg(notes_in(&self.data, id));
        if lost {
            command.arg("--replaced");
        }
        for (from, to) in &inner.cuts {
            if *from == id {
                command.args(["--cut-to", &to.to_string()]);
            }
            if *to == id {
                command.args(["--cut-from", &from.to_string()]);
            }
        }
        if inner.epoch > 0 {
            command.args(["--epoch", &inner.epoch.to_string()]);
        }
        if let Some(extra) = inner.extra_ms.get(&id) {
            command.args(["--slow-disk", &extra.to_string()]);
        }
        command.env(TOKEN_VARIABLE, self.token.as_str()).stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().with_context(|| format!("the process of server {id} cannot be started"))?;
        let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        let pid = pid.with_context(|| format!("the process of server {id} ended at once"))?;
        inner.running.insert(id, Running { pid, stopped: false, ended: false });
        if lost {
            inner.note(id, Note::Wiped);
            eprintln!("server {id} has no file any more: it votes no more, and only learns");
        }
        let identity = self.cluster.identity(id);
        tokio::spawn(watch(identity, child, folder, Arc::clone(&self.inner)));
        Ok(())
    }

    /// Where a server keeps its file.
    pub(super) fn folder(&self, id: NodeId) -> PathBuf {
        self.data.join(format!("server-{id}"))
    }

    /// Whether a server ever ran: then it noted something. Its notes are not on the disk that it may lose.
    fn was_there(&self, id: NodeId) -> bool {
        std::fs::metadata(notes_in(&self.data, id)).is_ok_and(|notes| notes.len() > 0)
    }

    /// Takes away what a server that is down has on its disk. It is kept beside, for whoever wants to look.
    fn wipe(&self, id: NodeId) -> Result<()> {
        ensure!(!self.inner().running.contains_key(&id), "server {id} runs: `kill {id}` ends it first");
        ensure!(self.was_there(id), "server {id} has never run: it has nothing to lose");
        let folder = self.folder(id);
        if folder.exists() {
            let beside = |number: u32| self.data.join(format!("server-{id}.gone-{number}"));
            let free = (1..).map(beside).find(|path| !path.exists()).unwrap_or_else(|| beside(0));
            std::fs::rename(&folder, &free).with_context(|| format!("{} cannot be taken away", folder.display()))?;
        }
        self.inner().note(id, Note::Wiped);
        Ok(())
    }

    /// Waits until the disk of a server that ended was looked at.
    pub(super) async fn looked_at(&self, id: NodeId) {
        while self.inner().running.get(&id).is_some_and(|running| running.ended) {
            sleep(A_MOMENT).await;
        }
    }

    /// Does something to the cluster.
    ///
    /// # Errors
    /// Why that cannot be.
    pub async fn inflict(&self, fault: Fault) -> Result<()> {
        let _busy = self.busy.lock().await;
        match fault {
            Fault::Kill(id) => {
                let id = self.known(id)?;
                let mut inner = self.signal(id, Signal::KILL)?;
                // Nothing can keep it from ending. Who starts it next waits until it has.
                inner.running.entry(id).and_modify(|running| running.ended = true);
                Ok(())
            }
            Fault::Stop(id) => self.stop(self.known(id)?, true),
            Fault::Continue(id) => self.stop(self.known(id)?, false),
            Fault::Start(id) => {
                let id = self.known(id)?;
                self.looked_at(id).await;
                self.start(id)
            }
            Fault::Wipe(id) => {
                let id = self.known(id)?;
                self.looked_at(id).await;
                self.wipe(id)
            }
            Fault::Replace(id) => {
                let id = self.known(id)?;
                self.looked_at(id).await;
                self.wipe(id)?;
                self.start(id)
            }
            Fault::Cut(from, to) => self.set_link(self.known(from)?, self.known(to)?, true).await,
            Fault::Mend(from, to) => self.set_link(self.known(from)?, self.known(to)?, false).await,
            Fault::SlowDisk(id, ms) => self.slow_disk(self.known(id)?, ms).await,
        }
    }

    fn known(&self, id: u32) -> Result<NodeId> {
        let known = NodeId::new(id).filter(|id| self.cluster.servers.contains_key(id));
        known.with_context(|| {
            format!("there is no server {id}: this cluster has servers 1 to {}", self.cluster.servers.len())
        })
    }

    fn signal(&self, id: NodeId, signal: Signal) -> Result<MutexGuard<'_, Inner>> {
        let inner = self.inner();
        let running = inner
            .running
            .get(&id)
            .filter(|running| !running.ended)
            .with_context(|| format!("server {id} is down already"))?;
        kill_process(running.pid, signal).with_context(|| format!("server {id} cannot be reached"))?;
        Ok(inner)
    }

    fn stop(&self, id: NodeId, stop: bool) -> Result<()> {
        match (self.state(id), stop) {
            (ServerState::Down, _) => bail!("server {id} is down: `start {id}` starts it"),
            (ServerState::Stopped, true) => bail!("server {id} is stopped already"),
            (ServerState::Up, false) => bail!("server {id} runs already"),
            _ => {}
        }
        let mut inner = self.signal(id, if stop { Signal::STOP } else { Signal::CONT })?;
        inner.note(id, if stop { Note::Stopped } else { Note::Continued });
        if let Some(running) = inner.running.get_mut(&id) {
            running.stopped = stop;
        }
        Ok(())
    }

    async fn set_link(&self, from: NodeId, to: NodeId, cut: bool) -> Result<()> {
        ensure!(from != to, "a server always reaches itself");
        let changed = {
            let mut inner = self.inner();
            let changed = if cut { inner.cuts.insert((from, to)) } else { inner.cuts.remove(&(from, to)) };
            if changed {
                inner.note(to, if cut { Note::Cut(from) } else { Note::Mended(from) });
            }
            changed
        };
        ensure!(changed, "the way from server {from} to server {to} is {} already", if cut { "cut" } else { "whole" });
        // Each end loses what is under way. One that cannot be told is down, and hears of it when it starts.
        let at_sender = SetLinkRequest { peer: to.get(), cut_to: Some(cut), cut_from: None };
        let at_receiver = SetLinkRequest { peer: from.get(), cut_to: None, cut_from: Some(cut) };
        tokio::join!(self.tell_link(from, at_sender), self.tell_link(to, at_receiver));
        Ok(())
    }

    async fn tell_link(&self, id: NodeId, request: SetLinkRequest) {
        if let Some((mut admin, request)) = self.admin(id, request) {
            let _ = admin.set_link(request).await;
        }
    }

    async fn slow_disk(&self, id: NodeId, extra_ms: u32) -> Result<()> {
        ensure!(extra_ms <= MAX_DELAY, "a disk is slowed by at most {MAX_DELAY} ms");
        self.inner().extra_ms.insert(id, extra_ms);
        if let Some((mut admin, request)) = self.admin(id, SetDiskRequest { extra_ms }) {
            let _ = admin.set_disk(request).await;
        }
        Ok(())
    }

    /// The way to tell a server something; `None` where it is down.
    pub(super) fn admin<T>(&self, id: NodeId, body: T) -> Option<(AdminClient<tonic::transport::Channel>, Request<T>)> {
        let address = self.cluster.servers.get(&id).filter(|_| self.state(id) != ServerState::Down)?;
        let channel = Way::default().channel(&address.to_string()).ok()?;
        let mut request = Request::new(body);
        request.set_timeout(TOLD_WITHIN);
        let token = format!("Bearer {}", self.token.as_str()).parse().ok()?;
        request.metadata_mut().insert("authorization", token);
        Some((AdminClient::new(channel).max_decoding_message_size(MAX_BEGINNING_BYTES + 1024), request))
    }

    /// One more record begins in the middle: which it is, and how much was done to the servers by now. Those that are started from
    /// now on begin with it.
    pub(super) fn next_epoch(&self) -> (u64, usize) {
        let mut inner = self.inner();
        inner.epoch += 1;
        (inner.epoch, inner.notes.len())
    }

    /// Ends them all.
    pub fn end(&self) {
        let mut inner = self.inner();
        inner.ending = true;
        for running in inner.running.values() {
            let _ = kill_process(running.pid, Signal::KILL);
        }
    }
}

/// Waits until a process ends.
async fn watch(identity: Identity, mut child: Child, folder: PathBuf, inner: Arc<Mutex<Inner>>) {
    // It is held open until the process has ended.
    let _input = child.stdin.take();
    let ended = child.wait().await;
    let id = identity.server;
    if let Some(running) = inner.lock().unwrap_or_else(PoisonError::into_inner).running.get_mut(&id) {
        running.ended = true;
    }
    // What its disk took in its last moment is not in its notes. Until somebody has looked, it does not start again.
    let count = move || {
        // Opening makes a file where there is none, and whoever lost one must not be given another in silence.
        Store::is_in(&folder).then(|| Store::open(&folder, &identity).and_then(|store| store.kept()))
    };
    let looked = spawn_blocking(count).await.ok().flatten();
    let records = looked.and_then(Result::ok).map(|kept| kept.count);
    let mut inner = inner.lock().unwrap_or_else(PoisonError::into_inner);
    inner.running.remove(&id);
    inner.note(id, Note::Killed { records });
    if !inner.ending {
        match ended {
            Ok(status) => eprintln!("server {id} ended ({status})"),
            Err(error) => eprintln!("server {id} ended ({error})"),
        }
    }
}
