//! Many clients, and clients that do not listen.

mod support;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use quorum_core::log::Output;
use quorum_node::client::{Client, Way};
use quorum_node::limits::{FILES_OF_ITS_OWN, SAYS_SOMETHING_WITHIN};
use quorum_node::proto::{self, put_response};
use support::{Processes, SOON, eventually, get, put, text};
use tokio::io::{AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

const MIB: u64 = 1 << 20;

/// Bytes that a process has in memory.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

/// Open files of a process.
fn files(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

fn caller(client: u64) -> Option<proto::Caller> {
    Some(proto::Caller { client, seq: 1, forward: true, since: 0 })
}

fn put_of(client: u64) -> proto::PutRequest {
    proto::PutRequest { caller: caller(client), key: format!("k{client}"), value: "v".into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_are_answered_and_stay_open() {
    const MANY: u64 = 1000;
    let processes = Processes::start(3);
    let leader = processes.leader().await;
    let (address, pid) = (processes.address(leader), processes.pid(leader));
    let before = (memory(pid), files(pid));
    let mut asking = JoinSet::new();
    for client in 1..=MANY {
        let store = Way::default().store(&address).unwrap();
        // Whoever finds a full queue, or nobody who leads at the moment, is told so, and asks again.
        asking.spawn(async move {
            let answered = || {
                let mut store = store.clone();
                async move {
                    let outcome = store.put(put_of(client)).await.ok()?.into_inner().outcome;
                    matches!(outcome, Some(put_response::Outcome::Slot(_))).then_some(())
                }
            };
            eventually("a put is answered", answered).await;
            store
        });
    }
    let open = asking.join_all().await;
    assert_eq!(open.len() as u64, MANY);
    let (grown, opened) = (memory(pid).saturating_sub(before.0) / MIB, files(pid) - before.1);
    println!("{opened} connections more, {grown} MiB more");
    // Those of this test that asked before may have gone.
    assert!(opened as u64 >= MANY - 10, "each has a connection of its own: {opened}");
    assert!(grown < 200, "{grown} MiB more for {MANY} connections");
    let mut one_more = Client::new(vec![address], Way::default()).unwrap();
    let begun = Instant::now();
    assert_eq!(one_more.execute(&get("k1000"), SOON).await.unwrap().0, Output::Value(Some(text("v"))));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // A read leaves no session.
    let all = (MANY, MANY);
    let has_all = || async { processes.status(leader).await.filter(|status| (status.keys, status.clients) == all) };
    eventually("each took effect, once", has_all).await;
}

/// A process that may have few open files, as is usual: 1,024, or here 160.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_there_is_no_room_for_are_closed_and_end_nothing() {
    const FILES: usize = 160;
    let mut processes = Processes::start(1);
    processes.kill(1);
    processes.start_with_files(1, FILES);
    let mut client = processes.client();
    assert_eq!(client.execute(&put("k", "v"), SOON).await.unwrap().0, Output::Done);
    let address: SocketAddr = processes.address(1).parse().unwrap();
    let (begun, mut open) = (Instant::now(), Vec::new());
    for _ in 0..3 * FILES {
        open.push(TcpStream::connect(address).await.unwrap());
    }
    let is_closed = |stream: &&TcpStream| {
        let mut bytes = [0; 256];
        loop {
            match stream.try_read(&mut bytes) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != ErrorKind::WouldBlock,
            }
        }
    };
    let closed = async || open.iter().filter(is_closed).count();
    let most = FILES - FILES_OF_ITS_OWN;
    let beyond = eventually("what is too much is closed", async || {
        Some(closed().await).filter(|closed| *closed >= 3 * FILES - most)
    });
    let beyond = beyond.await;
    assert!(begun.elapsed() < SAYS_SOMETHING_WITHIN, "for want of a place, and not because they are silent");
    assert!(files(processes.pid(1)) < FILES, "files are left for disk and links");
    // Whoever was there is served, and the others come in when somebody goes.
    assert_eq!(client.execute(&put("k", "w"), SOON).await.unwrap().0, Output::Done);
    println!("{beyond} of {} connections were closed", open.len());
    // They never said a word, and do not keep their places.
    eventually("all are closed", async || Some(closed().await).filter(|closed| *closed == open.len())).await;
    let mut next = processes.client();
    assert_eq!(next.execute(&get("k"), SOON).await.unwrap().0, Output::Value(Some(text("w"))));
}

/// Passes on what a client says to a server, and nothing of what it is told. Returns where it listens, and its own address to
/// the server.
async fn deaf(server: SocketAddr) -> (SocketAddr, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut server = TcpStream::connect(server).await.unwrap();
    let addresses = (listener.local_addr().unwrap(), server.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let (mut says, _keeps) = client.split();
        let (_unread, mut hears) = server.split();
        let _ = copy(&mut says, &mut hears).await;
        let _ = hears.shutdown().await;
    });
    addresses
}

/// Whether a process still has its end of a connection. What the system has left to send counts for nothing.
fn is_open(own: SocketAddr, other: SocketAddr) -> bool {
    let ends = [own, other].map(|end| format!(":{:04X}", end.port()));
    let all = std::fs::read_to_string("/proc/net/tcp").unwrap();
    all.lines().skip(1).any(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let is_it = ends.iter().all(|end| columns.next().is_some_and(|column| column.ends_with(end)));
        is_it && columns.nth(6) != Some("0")
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_its_answers_is_given_up_and_holds_up_nobody() {
    const GETS: u64 = 1000;
    let processes = Processes::start(3);
    let leader = processes.leader().await;
    let (address, pid) = (processes.address(leader), processes.pid(leader));
    let large = "x".repeat(60_000);
    let mut client = Client::new(vec![address.clone()], Way::default()).unwrap();
    assert_eq!(client.execute(&put("large", &large), SOON).await.unwrap().0, Output::Done);
    let before = memory(pid);
    let server: SocketAddr = address.parse().unwrap();
    let (proxy, peer) = deaf(server).await;
    let store = Way::default().store(&proxy.to_string()).unwrap();
    let mut waiting = JoinSet::new();
    for number in 0..GETS {
        let mut store = store.clone();
        let request = proto::GetRequest { caller: caller(1_000_000 + number), key: "large".into() };
        waiting.spawn(async move { store.get(request).await });
    }
    eventually("it is connected", async || is_open(server, peer).then_some(())).await;
    let (begun, mut answered, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    // Nothing that is written to it is read.
    while is_open(server, peer) {
        let asked = Instant::now();
        assert_eq!(client.execute(&put("k", "v"), SOON).await.unwrap().0, Output::Done);
        (answered, slowest) = (answered + 1, slowest.max(asked.elapsed()));
        assert!(begun.elapsed() < SOON, "it is still connected");
    }
    let grown = memory(pid).saturating_sub(before) / MIB;
    println!(
        "given up after {:?}; meanwhile {answered} puts, the slowest {slowest:?}; {grown} MiB more",
        begun.elapsed()
    );
    assert!(answered > 20 && slowest < Duration::from_secs(5), "{answered} puts, the slowest {slowest:?}");
    assert!(grown < 200, "{grown} MiB more");
}
