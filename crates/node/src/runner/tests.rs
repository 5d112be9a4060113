//! The barrier, the queue and the notes, with a disk that does what it is told.

use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};

use quorum_core::log::{Accept, ClientId, Command, MessageKind, Op, Output, Record, Text};
use quorum_core::paxos::{Ballot, Prepare, Vote};

use super::*;
use crate::config::Cluster;
use crate::storage::Storage;

/// A disk whose commits each wait until they are let go.
struct Held {
    kept: Kept,
    go: mpsc::Receiver<()>,
    /// How many it has begun.
    begun: watch::Sender<u32>,
}

/// Such a disk, how to let it go, and how many commits it has begun.
fn held() -> (Disk, mpsc::Sender<()>, watch::Receiver<u32>) {
    let (go, held) = mpsc::channel();
    let (begun, begins) = watch::channel(0);
    let disk = Disk::start(Box::new(Held { kept: Kept::default(), go: held, begun })).unwrap();
    (disk, go, begins)
}

impl Storage for Held {
    fn kept(&self) -> Result<Kept, StorageError> {
        Ok(self.kept.clone())
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.begun.send_modify(|begun| *begun += 1);
        let _ = self.go.recv();
        self.kept.apply(records);
        Ok(())
    }

    fn forget_below(&mut self, below: Slot, but: &[Slot]) -> Result<(), StorageError> {
        self.kept.forget_below(below, but);
        Ok(())
    }
}

/// What was noted, without the times.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Recorder for Log {
    fn note(&mut self, _: std::time::Duration, note: &Note<'_>) {
        let line = match note {
            Note::Start { records, .. } => format!("start after {records}"),
            Note::Received { from, number, message } => {
                let number = number.map_or_else(|| "outside".to_owned(), |number| number.sequence.to_string());
                format!("received {} {number} of {}", message.kind().as_str(), from.named())
            }
            Note::Crossed { from, number, message, .. } => {
                format!("crossed {} {} of server {from}", message.kind().as_str(), number.sequence)
            }
            Note::Timeout(timer) => format!("timeout {}", timer.as_str()),
            Note::Written(count) => format!("written {count}"),
            Note::Durable(count) => format!("durable {count}"),
            Note::Sent { to, number, message, taken } => {
                let lost = if *taken { "" } else { " for nobody" };
                format!("sent {} {} to {}{lost}", message.kind().as_str(), number.sequence, to.named())
            }
        };
        self.0.lock().unwrap().push(line);
    }

    fn begin(&mut self) -> Option<u64> {
        self.0.lock().unwrap().push("begins".to_owned());
        Some(0)
    }
}

struct Bench {
    inbox: Inbox,
    view: watch::Receiver<View>,
    /// What left for servers 1 and 3.
    left: HashMap<NodeId, tokio::sync::mpsc::Receiver<Envelope>>,
    go: mpsc::Sender<()>,
    begun: watch::Receiver<u32>,
    log: Log,
    settings: Arc<Settings>,
}

/// What comes about soon, or the test fails.
async fn within<T>(it: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_secs(20), it).await.expect("it comes about within 20 seconds")
}

fn node(number: u32) -> NodeId {
    NodeId::new(number).unwrap()
}

/// Server 2 of three, which never stands by itself: its heartbeat takes a minute.
fn bench(room: usize) -> Bench {
    let servers = (1..=3).map(|id| (node(id), format!("127.0.0.1:{id}").parse().unwrap())).collect();
    let timing = crate::config::Timing { retry_ms: 60_000, window: 8 };
    let cluster =
        Cluster { name: "test".into(), servers, timing, snapshot_every: 4, sessions: 64, keys: None, off: Vec::new() };
    let (disk, go, begun) = held();
    let (mut links, mut left) = (HashMap::new(), HashMap::new());
    for peer in [1, 3].map(node) {
        let (link, receiver) = tokio::sync::mpsc::channel(room);
        links.insert(peer, link);
        left.insert(peer, receiver);
    }
    let log = Log::default();
    let (settings, delays) = (cluster.settings(), cluster.delays());
    let recorder: Option<Box<dyn Recorder>> = Some(Box::new(log.clone()));
    let known = Arc::clone(&settings);
    let parts = Parts { me: node(2), settings, delays, kept: Kept::default(), disk, links, recorder, epoch: 0 };
    let (runner, inbox, view) = Runner::new(parts);
    tokio::spawn(runner.run());
    Bench { inbox, view, left, go, begun, log, settings: known }
}

impl Bench {
    /// Server 1 says something.
    fn deliver(&self, sequence: u64, message: Message) {
        let number = Number { incarnation: 7, sequence };
        self.inbox.push(Arrival::Message { from: node(1), number, epoch: 0, message }).unwrap();
    }

    async fn next(&mut self) -> MessageKind {
        within(self.left.get_mut(&node(1)).unwrap().recv()).await.unwrap().message.kind()
    }

    /// Waits until so many records are written.
    async fn written(&mut self, count: u64) {
        within(self.view.wait_for(|view| view.written >= count)).await.unwrap();
    }
}

fn prepare(round: u32, server: u32) -> Message {
    Message::Prepare(Prepare { ballot: Ballot { round, server: node(server) }, from: 1 })
}

#[tokio::test]
async fn a_promise_leaves_when_it_is_durable_and_no_sooner_and_what_rests_on_nothing_overtakes_it() {
    let mut bench = bench(16);
    assert_eq!(bench.next().await, MessageKind::Heartbeat);
    bench.deliver(1, prepare(5, 1));
    bench.written(1).await;
    // A refusal rests on what is durable already. It leaves first, and proves that the promise could have.
    bench.deliver(2, prepare(4, 1));
    assert_eq!(bench.next().await, MessageKind::Nack);
    assert_eq!(bench.view.borrow().durable, 0);
    bench.go.send(()).unwrap();
    assert_eq!(bench.next().await, MessageKind::Promise);
    let lines = bench.log.lines();
    let expected = [
        "start after 0",
        "sent heartbeat 1 to server 1",
        "sent heartbeat 1 to server 3",
        "received prepare 1 of server 1",
        "written 1",
        "received prepare 2 of server 1",
        "sent nack 2 to server 1",
        "durable 1",
        "sent promise 3 to server 1",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn who_asks_from_outside_gets_the_promise_when_it_is_durable() {
    let mut bench = bench(16);
    let (answer, mut answered) = oneshot::channel();
    bench.inbox.push(Arrival::Ask { from: node(101), message: prepare(5, 101), answer }).unwrap();
    bench.written(1).await;
    assert!(answered.try_recv().is_err(), "it is not durable yet");
    bench.go.send(()).unwrap();
    assert_eq!(within(answered).await.unwrap().kind(), MessageKind::Promise);
    assert!(bench.log.lines().contains(&"received prepare outside of server 101".to_owned()));
}

#[tokio::test]
async fn a_link_that_is_full_drops_and_counts_and_holds_nobody_up() {
    let mut bench = bench(1);
    // The heartbeat at the start fills the only place.
    for sequence in 1..=3 {
        bench.deliver(sequence, prepare(5, 1));
    }
    bench.go.send(()).unwrap();
    within(bench.view.wait_for(|view| view.dropped == 3)).await.unwrap();
    assert_eq!(bench.next().await, MessageKind::Heartbeat);
    assert!(bench.left.get_mut(&node(1)).unwrap().try_recv().is_err());
}

#[tokio::test]
async fn a_follower_tells_a_client_that_it_does_not_lead() {
    let bench = bench(16);
    let text = |text: &str| Text::new(text).unwrap();
    let op = Op::Put { key: text("k"), value: text("v") };
    let command = Arc::new(Command { client: ClientId::numbered(1 << 40), seq: 1, op, since: 0 });
    let ask = || {
        let (answer, answered) = oneshot::channel();
        bench.inbox.push(Arrival::Request { command: Arc::clone(&command), answer }).unwrap();
        answered
    };
    assert_eq!(within(ask()).await, Ok(Reply::NotLeader { leader: None }));
    assert_eq!(within(ask()).await, Ok(Reply::NotLeader { leader: None }));
    let name = Endpoint::Client(ClientId::numbered(1 << 40)).named();
    assert!(bench.log.lines().contains(&format!("received request 2 of {name}")), "{:?}", bench.log.lines());
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_noted_as_lost() {
    let bench = bench(16);
    let op = Op::Get { key: Text::new("k").unwrap() };
    let request =
        Message::Request(Arc::new(Command { client: ClientId::numbered(0), seq: 1, op: op.clone(), since: 0 }));
    let number = Number { incarnation: 1, sequence: 1 };
    // A server that says what a client says is not believed; a client whose door was shut is answered in vain.
    bench.inbox.push(Arrival::Message { from: node(1), number, epoch: 0, message: request }).unwrap();
    let (answer, answered) = oneshot::channel();
    let command = Arc::new(Command { client: ClientId::numbered(0), seq: 1, op, since: 0 });
    bench.inbox.push(Arrival::Request { command, answer }).unwrap();
    assert_eq!(within(answered).await, Ok(Reply::NotLeader { leader: None }));
    let answers: Vec<String> = bench.log.lines().into_iter().filter(|line| line.contains("sent answer")).collect();
    assert_eq!(answers, ["sent answer 1 to client a"]);
}

#[tokio::test]
async fn one_server_alone_is_its_own_quorum_and_answers_when_its_vote_is_durable() {
    let cluster = Cluster::parse("name = \"one\"\n[[server]]\nid = 1\naddress = \"127.0.0.1:1\"\n", "c").unwrap();
    let (disk, go, _begun) = held();
    let (settings, delays) = (cluster.settings(), cluster.delays());
    let log = Log::default();
    let recorder: Option<Box<dyn Recorder>> = Some(Box::new(log.clone()));
    let links = HashMap::new();
    let parts = Parts { me: node(1), settings, delays, kept: Kept::default(), disk, links, recorder, epoch: 0 };
    let (runner, inbox, mut view) = Runner::new(parts);
    tokio::spawn(runner.run());
    // Its round and its promise; then it leads.
    go.send(()).unwrap();
    go.send(()).unwrap();
    within(view.wait_for(|view| view.role == Role::Leader)).await.unwrap();
    let op = Op::Put { key: Text::new("k").unwrap(), value: Text::new("v").unwrap() };
    let (answer, mut answered) = oneshot::channel();
    let command = Arc::new(Command { client: ClientId::numbered(0), seq: 1, op, since: 0 });
    inbox.push(Arrival::Request { command, answer }).unwrap();
    within(view.wait_for(|view| view.written == 3)).await.unwrap();
    assert!(answered.try_recv().is_err(), "its own vote is not durable");
    go.send(()).unwrap();
    assert_eq!(within(answered).await, Ok(Reply::Done { output: Output::Done, slot: 1 }));
    // A read takes no slot, and waits for no disk.
    let op = Op::Get { key: Text::new("k").unwrap() };
    let (answer, answered) = oneshot::channel();
    let command = Arc::new(Command { client: ClientId::numbered(0), seq: 2, op, since: 0 });
    inbox.push(Arrival::Request { command, answer }).unwrap();
    let output = Output::Value(Some(Text::new("v").unwrap()));
    assert_eq!(within(answered).await, Ok(Reply::Done { output, slot: 1 }));
    let own = log.lines().iter().filter(|line| line.starts_with("received") && line.ends_with("server 1")).count();
    assert_eq!(own, 3, "a prepare, a promise and a vote to itself: {:?}", log.lines());
}

#[tokio::test]
async fn votes_make_room_for_a_snapshot_when_it_is_durable_and_no_sooner() {
    let mut bench = bench(64);
    let accept = |slot: u64| {
        let op = Op::Put { key: Text::new("k").unwrap(), value: Text::new("v").unwrap() };
        let value = Command { client: ClientId::numbered(0), seq: slot as u32, op, since: 0 }.into();
        let vote = Vote { slot, ballot: Ballot { round: 5, server: node(1) }, value };
        Message::Accept(Accept { vote, chosen_to: slot - 1 })
    };
    bench.deliver(1, accept(1));
    within(bench.begun.wait_for(|begun| *begun == 1)).await.unwrap();
    // While the first vote is on its way to the disk, it hears that 28 slots are chosen, and takes a snapshot every four.
    (2..=29).for_each(|slot| bench.deliver(slot, accept(slot)));
    bench.written(37).await;
    bench.go.send(()).unwrap();
    let now = *within(bench.view.wait_for(|view| view.durable == 2)).await.unwrap();
    assert_eq!((now.applied_to, now.snapshot_to, now.kept_from), (28, 0, 1));
    bench.go.send(()).unwrap();
    let now = *within(bench.view.wait_for(|view| view.durable == 37)).await.unwrap();
    assert_eq!((now.snapshot_to, now.kept_from), (28, 5), "the window and sixteen more are kept");
}

#[tokio::test]
async fn a_record_begins_before_a_message_of_it_is_taken_in_and_when_nothing_waits_for_the_disk() {
    let mut bench = bench(64);
    let deliver = |bench: &Bench, sequence, epoch, message| {
        let number = Number { incarnation: 7, sequence };
        bench.inbox.push(Arrival::Message { from: node(1), number, epoch, message }).unwrap();
    };
    assert_eq!(bench.next().await, MessageKind::Heartbeat);
    deliver(&bench, 1, 0, prepare(5, 1));
    bench.written(1).await;
    // The sender had begun with record 3. Its message waits until the promise is durable, and so does everything behind it.
    deliver(&bench, 2, 3, prepare(4, 1));
    deliver(&bench, 3, 0, prepare(3, 1));
    within(bench.begun.wait_for(|begun| *begun == 1)).await.unwrap();
    assert!(!bench.log.lines().iter().any(|line| line.contains("prepare 2") || line.contains("nack")));
    bench.go.send(()).unwrap();
    assert_eq!(bench.next().await, MessageKind::Promise);
    let refusals = [
        bench.left.get_mut(&node(1)).unwrap().recv().await.unwrap(),
        bench.left.get_mut(&node(1)).unwrap().recv().await.unwrap(),
    ];
    assert!(refusals.iter().all(|refusal| refusal.message.kind() == MessageKind::Nack && refusal.epoch == 3));
    let lines = bench.log.lines();
    let after: Vec<_> = lines.iter().skip_while(|line| *line != "begins").map(String::as_str).collect();
    assert_eq!(
        after,
        [
            "begins",
            "received prepare 2 of server 1",
            "sent nack 3 to server 1",
            "crossed prepare 3 of server 1",
            "sent nack 4 to server 1",
        ]
    );
    assert!(lines.contains(&"sent promise 2 to server 1".to_owned()));
    // Whoever asks for that record is told what this server was then; and of an older one nothing.
    let ask = |epoch| {
        let (answer, answered) = oneshot::channel();
        bench.inbox.push(Arrival::Begin { epoch, answer }).unwrap();
        answered
    };
    let standing = within(within(ask(3)).await.unwrap().standing()).await.unwrap();
    assert_eq!((standing.records, standing.written), (1, 1));
    let memory = standing.checkpoint.replica(node(2), &bench.settings).unwrap();
    assert_eq!(memory.acceptor().unwrap().promised(), Some(Ballot { round: 5, server: node(1) }));
    assert_eq!(standing.checkpoint.timers, [quorum_core::log::Timer::Heartbeat]);
    assert!(within(ask(2)).await.is_err());
    assert!(within(ask(3)).await.is_err(), "it was told");
}

/// A disk that is full.
struct Full;

impl Storage for Full {
    fn kept(&self) -> Result<Kept, StorageError> {
        Ok(Kept::default())
    }

    fn commit(&mut self, _: &[Record]) -> Result<(), StorageError> {
        Err(StorageError::new("the disk is full".to_owned()))
    }

    fn forget_below(&mut self, _: Slot, _: &[Slot]) -> Result<(), StorageError> {
        Err(StorageError::new("the disk is full".to_owned()))
    }
}

#[tokio::test]
async fn a_server_whose_disk_fails_ends_and_says_why_and_promises_nothing() {
    let cluster = Cluster::parse("name = \"one\"\n[[server]]\nid = 1\naddress = \"127.0.0.1:1\"\n", "c").unwrap();
    let disk = Disk::start(Box::new(Full)).unwrap();
    let (settings, delays) = (cluster.settings(), cluster.delays());
    let log = Log::default();
    let recorder: Option<Box<dyn Recorder>> = Some(Box::new(log.clone()));
    let (kept, links) = (Kept::default(), HashMap::new());
    let (runner, _inbox, _) =
        Runner::new(Parts { me: node(1), settings, delays, kept, disk, links, recorder, epoch: 0 });
    assert_eq!(runner.run().await, Err(StorageError::new("the disk is full".to_owned())));
    assert!(
        !log.lines().iter().any(|line| line.starts_with("sent") || line.starts_with("durable")),
        "{:?}",
        log.lines()
    );
}

#[tokio::test]
async fn whoever_asks_where_there_is_no_room_hears_so_at_once() {
    let (inputs, _full) = tokio::sync::mpsc::channel(1);
    let inbox = Inbox::new(inputs);
    let push = || {
        inbox.push(Arrival::Message {
            from: node(1),
            number: Number { incarnation: 1, sequence: 1 },
            epoch: 0,
            message: prepare(1, 1),
        })
    };
    assert_eq!((push(), push(), push()), (Ok(()), Err(Overloaded), Err(Overloaded)));
    assert_eq!(inbox.dropped(), 2);
}
