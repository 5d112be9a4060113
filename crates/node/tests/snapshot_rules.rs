//! The rules about snapshots, switched off in real servers: they do what the laboratory's servers do without the rule, to the byte,
//! and the laboratory's observer names what is broken. With all rules on, the same is done to them, and nothing is wrong.
//!
//! The servers run in this process: what reaches whom is decided here, message by message, and so is when a disk loses its power.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use quorum_core::log::{ClientId, Command, MessageKind, Op, Record, Reply, Text};
use quorum_core::paxos::{NodeId, Slot};
use quorum_node::config::{Cluster, Timing};
use quorum_node::record::{NoteFile, Notes, notes_in};
use quorum_node::rules;
use quorum_node::runner::{Arrival, Envelope, Inbox, Parts, Role, Runner, View};
use quorum_node::storage::{Disk, Kept, Memory, Storage, StorageError};
use quorum_recording::Recording;
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Slots between two snapshots of a server.
const EVERY: Slot = 8;
/// Slots that a leader may run ahead.
const WINDOW: Slot = 4;
/// Slots that a snapshot leaves in place.
const KEPT: Slot = WINDOW + 16;
/// How long anything may take that must come about.
const SOON: Duration = Duration::from_secs(20);

fn node(id: u32) -> NodeId {
    NodeId::new(id).unwrap()
}

fn locked<T: ?Sized>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn within<T>(it: impl Future<Output = T>) -> T {
    timeout(SOON, it).await.expect("it comes about within 20 seconds")
}

/// A disk that outlives its server. One that has lost its power takes nothing any more.
#[derive(Clone, Default)]
struct Drive {
    memory: Arc<Mutex<Memory>>,
    powerless: Arc<AtomicBool>,
}

impl Drive {
    fn powered(&self) -> Result<MutexGuard<'_, Memory>, StorageError> {
        let memory = locked(&self.memory);
        let powerless = self.powerless.load(Ordering::Relaxed);
        if powerless { Err(StorageError::new("it has no power".to_owned())) } else { Ok(memory) }
    }
}

impl Storage for Drive {
    fn kept(&self) -> Result<Kept, StorageError> {
        locked(&self.memory).kept()
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.powered()?.commit(records)
    }

    fn forget_below(&mut self, below: Slot, but: &[Slot]) -> Result<(), StorageError> {
        self.powered()?.forget_below(below, but)
    }
}

/// Whether a message of a kind goes from one server to another.
type Passes = Box<dyn Fn(u32, u32, MessageKind) -> bool + Send>;

/// What lies between the servers.
#[derive(Clone)]
struct Wires {
    passes: Arc<Mutex<Passes>>,
    inboxes: Arc<Mutex<HashMap<NodeId, Inbox>>>,
}

impl Wires {
    /// A link of a server, as its runner has it.
    fn link(&self, from: NodeId, to: NodeId) -> mpsc::Sender<Envelope> {
        let (link, mut waiting) = mpsc::channel::<Envelope>(1024);
        let Self { passes, inboxes } = self.clone();
        tokio::spawn(async move {
            while let Some(Envelope { number, message, epoch }) = waiting.recv().await {
                if locked(&passes)(from.get(), to.get(), message.kind())
                    && let Some(inbox) = locked(&inboxes).get(&to)
                {
                    let _ = inbox.push(Arrival::Message { from, number, message, epoch });
                }
            }
        });
        link
    }
}

struct Running {
    task: JoinHandle<Result<(), StorageError>>,
    view: watch::Receiver<View>,
    extra_ms: Arc<AtomicU32>,
    powerless: Arc<AtomicBool>,
}

/// Three servers.
struct Servers {
    folder: TempDir,
    cluster: Cluster,
    wires: Wires,
    drives: BTreeMap<u32, Drive>,
    running: BTreeMap<u32, Running>,
    /// How many operations were asked for.
    asked: u32,
}

impl Servers {
    /// Servers 1 and 2, connected, and server 3, which nobody hears and who hears nobody. Server 1 leads.
    async fn start(off: &[&str]) -> Self {
        let servers = (1..=3).map(|id| (node(id), format!("127.0.0.1:{id}").parse().unwrap())).collect();
        let timing = Timing { retry_ms: 150, window: WINDOW as u32 };
        let off: Vec<_> = off.iter().map(|name| rules::named(name).unwrap()).collect();
        let snapshot_every = EVERY as u32;
        let (name, sessions, keys, all) = ("test".into(), 64, None, Vec::new());
        let cluster = Cluster { name, servers, timing, snapshot_every, sessions, keys, off: all };
        let passes: Passes = Box::new(|from, to, _| from != 3 && to != 3);
        let wires = Wires { passes: Arc::new(Mutex::new(passes)), inboxes: Arc::default() };
        let drives = (1..=3).map(|id| (id, Drive::default())).collect();
        let folder = tempfile::tempdir().unwrap();
        let mut servers =
            Self { folder, cluster: cluster.without(&off), wires, drives, running: BTreeMap::new(), asked: 0 };
        (1..=3).for_each(|id| servers.start_one(id));
        servers.comes_to(1, |view| view.role == Role::Leader).await;
        servers
    }

    fn start_one(&mut self, id: u32) {
        let me = node(id);
        let drive = Drive { powerless: Arc::default(), ..self.drives[&id].clone() };
        let (kept, powerless) = (drive.kept().unwrap(), Arc::clone(&drive.powerless));
        let disk = Disk::start(Box::new(drive)).unwrap();
        let extra_ms = disk.extra_ms();
        let peers = self.cluster.servers.keys().filter(|peer| **peer != me);
        let links = peers.map(|peer| (*peer, self.wires.link(me, *peer))).collect();
        let notes = NoteFile::open(&notes_in(self.folder.path(), me)).unwrap();
        let (settings, delays) = (self.cluster.settings(), self.cluster.delays());
        let parts = Parts { me, settings, delays, kept, disk, links, recorder: Some(Box::new(notes)), epoch: 0 };
        let (runner, inbox, view) = Runner::new(parts);
        locked(&self.wires.inboxes).insert(me, inbox);
        let task = tokio::spawn(runner.run());
        self.running.insert(id, Running { task, view, extra_ms, powerless });
    }

    /// A power failure: what its disk has not taken by now is lost.
    async fn kill(&mut self, id: u32) {
        let Running { task, powerless, .. } = self.running.remove(&id).unwrap();
        powerless.store(true, Ordering::Relaxed);
        locked(&self.wires.inboxes).remove(&node(id));
        task.abort();
        let _ = task.await;
    }

    /// From now on only such messages arrive.
    fn connect(&self, passes: impl Fn(u32, u32, MessageKind) -> bool + Send + 'static) {
        *locked(&self.wires.passes) = Box::new(passes);
    }

    fn slow_disk(&self, id: u32, extra_ms: u32) {
        self.running[&id].extra_ms.store(extra_ms, Ordering::Relaxed);
    }

    /// What a server is once it is so.
    async fn comes_to(&mut self, id: u32, is_so: impl Fn(&View) -> bool) -> View {
        *within(self.running.get_mut(&id).unwrap().view.wait_for(is_so)).await.unwrap()
    }

    /// A client asks server 1 for so many things, one after the other. Each changes the store.
    async fn ask(&mut self, times: u32) {
        let text = |text: &str| Text::new(text).unwrap();
        for _ in 0..times {
            self.asked += 1;
            let op = Op::Append { key: text("k"), value: text("a") };
            let command = Arc::new(Command { client: ClientId::numbered(1 << 40), seq: self.asked, op, since: 0 });
            let (answer, answered) = oneshot::channel();
            let inbox = locked(&self.wires.inboxes)[&node(1)].clone();
            inbox.push(Arrival::Request { command, answer }).unwrap();
            assert!(matches!(within(answered).await, Ok(Reply::Done { .. })));
        }
    }

    /// What they did, as a run of the laboratory: every message is the one that the laboratory's servers send.
    async fn recording(mut self) -> Recording {
        for id in [1, 2, 3] {
            self.kill(id).await;
        }
        let recording = Notes::recording(self.folder.path(), &self.cluster, Vec::new());
        let recording = recording.unwrap_or_else(|error| panic!("{error}"));
        assert!(recording.messages() > 200, "{} messages were compared", recording.messages());
        recording
    }
}

/// What the laboratory's observer finds wrong, in sentences.
fn wrong(recording: &Recording) -> Vec<String> {
    let now = recording.now();
    now.violations().iter().map(|(_, violation)| violation.sentence(now.config().ballots)).collect()
}

/// Server 3 was away for so long that what it lacks is in a snapshot only. It comes back.
async fn away_for_long(off: &[&str]) -> Vec<String> {
    let mut servers = Servers::start(off).await;
    servers.ask(50).await;
    servers.connect(|_, _, _| true);
    servers.comes_to(3, |view| view.snapshot_to > 0 && view.applied_to >= 50).await;
    wrong(&servers.recording().await)
}

#[tokio::test]
async fn without_sessions_in_snapshot_a_server_that_was_away_remembers_no_client() {
    assert_eq!(away_for_long(&[]).await, [""; 0]);
    let wrong = away_for_long(&["sessions-in-snapshot"]).await;
    assert!(wrong[0].contains("server 3 remembers another last operation of client a"), "{wrong:?}");
}

#[tokio::test]
async fn without_snapshot_says_where_a_server_that_was_away_applies_a_slot_again() {
    let wrong = away_for_long(&["snapshot-says-where"]).await;
    assert!(wrong[0].contains("on server 3, and was "), "{wrong:?}");
}

/// Server 3 comes back, and votes at once, before it is sent the snapshot: its votes and those of server 1 choose.
async fn votes_and_then_installs(off: &[&str]) -> Vec<String> {
    let mut servers = Servers::start(off).await;
    servers.ask(50).await;
    let pair = |from, to| from != 2 && to != 2;
    servers.connect(move |from, to, kind| pair(from, to) && kind != MessageKind::Fetch);
    servers.ask(3).await;
    assert_eq!(servers.comes_to(3, |view| view.durable > 0).await.applied_to, 0);
    servers.connect(move |from, to, _| pair(from, to));
    servers.comes_to(3, |view| view.snapshot_to > 0).await;
    servers.ask(1).await;
    wrong(&servers.recording().await)
}

#[tokio::test]
async fn without_snapshot_keeps_votes_a_server_lets_go_of_votes_that_chose() {
    assert_eq!(votes_and_then_installs(&[]).await, [""; 0]);
    let wrong = votes_and_then_installs(&["snapshot-keeps-votes"]).await;
    assert!(wrong.iter().any(|sentence| sentence.contains("erver 3 ")), "{wrong:?}");
}

/// Server 2 loses its power while a snapshot is on its way to its disk. Returns also from which slot on it has its votes then.
async fn power_fails_before_the_snapshot_is_durable(off: &[&str]) -> (Vec<String>, Slot) {
    let mut servers = Servers::start(off).await;
    servers.ask(31).await;
    servers.comes_to(2, |view| view.kept_from == 25 - KEPT && view.durable == view.written).await;
    servers.slow_disk(2, 1_000);
    servers.ask(1).await;
    // Its vote in slot 32 is durable. It hears that the slot is chosen, applies it, and takes a snapshot.
    servers.comes_to(2, |view| view.applied_to == 32 && view.durable < view.written).await;
    servers.kill(2).await;
    let kept = servers.drives[&2].kept().unwrap().records;
    assert_eq!(kept.latest().unwrap().to, 24);
    servers.start_one(2);
    servers.ask(3).await;
    (wrong(&servers.recording().await), kept.paxos.accepted.iter().next().unwrap().slot)
}

#[tokio::test]
async fn without_truncate_after_durable_a_power_failure_leaves_neither_votes_nor_snapshot() {
    assert_eq!(power_fails_before_the_snapshot_is_durable(&[]).await, (Vec::new(), 25 - KEPT));
    let (wrong, first) = power_fails_before_the_snapshot_is_durable(&["truncate-after-durable"]).await;
    assert_eq!(first, 33 - KEPT, "its disk has let go of the votes");
    assert!(wrong.iter().any(|sentence| sentence.contains("erver 2 ")), "{wrong:?}");
}

/// Server 1 is gone, and server 3 stands for leader. It is not told what it lacks.
async fn stands_after_it_was_away(off: &[&str]) -> (Vec<String>, bool) {
    let mut servers = Servers::start(off).await;
    servers.ask(50).await;
    let stands = |from, kind| (from == 3 && kind != MessageKind::Fetch) || (from == 2 && kind != MessageKind::Prepare);
    servers.connect(move |from, to, kind| from != 1 && to != 1 && stands(from, kind));
    let view = &mut servers.running.get_mut(&3).unwrap().view;
    let leads = timeout(Duration::from_secs(4), view.wait_for(|view| view.role == Role::Leader)).await.is_ok();
    (wrong(&servers.recording().await), leads)
}

#[tokio::test]
async fn without_say_truncated_a_leader_decides_what_was_decided() {
    assert_eq!(stands_after_it_was_away(&[]).await, (Vec::new(), false));
    let (wrong, leads) = stands_after_it_was_away(&["say-truncated"]).await;
    assert!(leads && !wrong.is_empty(), "{wrong:?}");
}
