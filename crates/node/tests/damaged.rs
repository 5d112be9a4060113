//! What was done to a server's file, and what the server said: the table in `docs/servers.md`.
//!
//! `cargo test -p quorum-node --test damaged -- --nocapture` prints it. With `QUORUM_DAMAGE=all` the last transaction is torn at
//! each of its bytes, and every block of the file is wiped; that takes minutes.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use quorum_core::log::{ClientId, Command as Asked, Entry, Op, Record};
use quorum_core::paxos::{self, Ballot, NodeId, Vote};
use quorum_node::storage::{Identity, Kept, Storage, Store};
use support::{eventually, free_ports, text};
use tempfile::TempDir;
use tokio::net::TcpStream;

const BLOCK: usize = 4096;

fn node(number: u32) -> NodeId {
    NodeId::new(number).unwrap()
}

fn vote(slot: u64, value: &str) -> Record {
    let op = Op::Put { key: text("k"), value: text(value) };
    let value = Entry::from(Asked { client: ClientId::numbered(7), seq: 1, op, since: 0 });
    paxos::Record::Accepted(Vote { slot, ballot: Ballot { round: 3, server: node(1) }, value }).into()
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("server.redb")
}

/// A file of a server with forty votes.
fn filled(cluster: &str, server: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity { cluster: cluster.to_owned(), server: node(server), sessions: 65_536 };
    let mut store = Store::open(folder.path(), &identity).unwrap();
    store.commit(&[paxos::Record::Promised(Ballot { round: 3, server: node(1) }).into()]).unwrap();
    store.commit(&(1..=40).map(|slot| vote(slot, "value")).collect::<Vec<_>>()).unwrap();
    folder
}

fn ours() -> Identity {
    Identity { cluster: "ours".to_owned(), server: node(2), sessions: 65_536 }
}

/// Server 2 of three, which finds these bytes as its file.
struct Found {
    folder: TempDir,
    bytes: Vec<u8>,
}

impl Found {
    fn new(bytes: Vec<u8>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        fs::write(file_in(&folder.path().join("data")), &bytes).unwrap();
        Self { folder, bytes }
    }

    fn start(&self) -> (Child, String) {
        let addresses = free_ports(3);
        let mut config = "name = \"ours\"\n".to_owned();
        for (id, address) in (1..).zip(&addresses) {
            config += &format!("[[server]]\nid = {id}\naddress = \"{address}\"\n");
        }
        let path = self.folder.path().join("cluster.toml");
        fs::write(&path, config).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_quorum-node"))
            .args(["run", "--supervised", "--id", "2", "--config"])
            .arg(path)
            .arg("--data")
            .arg(self.folder.path().join("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        (child, addresses[1].to_string())
    }

    /// What the process says. It serves nobody, ends, and leaves the file as it is.
    async fn refusal(&self) -> String {
        let (mut child, address) = self.start();
        let ended = || {
            let ended = child.try_wait().unwrap();
            let served = std::net::TcpStream::connect(&address).is_ok();
            assert!(!served, "it serves");
            async move { ended }
        };
        let status = eventually("it ends", ended).await;
        assert_eq!(status.code(), Some(1));
        assert!(fs::read(file_in(&self.folder.path().join("data"))).unwrap() == self.bytes, "the file was changed");
        let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
        let path = file_in(&self.folder.path().join("data")).display().to_string();
        said.trim_end().trim_start_matches("quorum-node: ").replace(&path, "server.redb")
    }

    async fn serves(&self) {
        let (mut child, address) = self.start();
        eventually("it serves", async || TcpStream::connect(&address).await.ok()).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

fn row(done: &str, said: &str) {
    println!("| {done} | {said} |");
}

/// What comes of these bytes: what they hold, or a refusal that changed nothing.
fn opened(bytes: &[u8]) -> Result<Kept, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(file_in(folder.path()), bytes).unwrap();
    let kept = Store::open(folder.path(), &ours()).and_then(|store| store.kept());
    kept.map_err(|error| {
        assert!(fs::read(file_in(folder.path())).unwrap() == bytes, "it was changed: {error}");
        error.to_string()
    })
}

/// So many of these, evenly; all of them where somebody has the time.
fn some<T>(all: Vec<T>, count: usize) -> impl Iterator<Item = T> {
    let every = if std::env::var("QUORUM_DAMAGE").is_ok_and(|it| it == "all") { 1 } else { all.len().div_ceil(count) };
    all.into_iter().step_by(every.max(1))
}

#[tokio::test]
async fn a_file_that_is_not_what_it_was_is_refused_with_a_sentence_and_stays_as_it_is() {
    let whole = fs::read(file_in(filled("ours", 2).path())).unwrap();
    Found::new(whole.clone()).serves().await;
    row("nothing", "(it serves)");
    let newer = filled("ours", 2);
    {
        let database = redb::Database::open(file_in(newer.path())).unwrap();
        let transaction = database.begin_write().unwrap();
        let table = redb::TableDefinition::<&str, &str>::new("identity");
        transaction.open_table(table).unwrap().insert("format", "2").unwrap();
        transaction.commit().unwrap();
    }
    let read = |folder: &TempDir| fs::read(file_in(folder.path())).unwrap();
    let middle = {
        let mut bytes = whole.clone();
        let used: Vec<_> = (1..whole.len() / BLOCK).filter(|it| whole[it * BLOCK..][..BLOCK] != [0; BLOCK]).collect();
        bytes[used[used.len() / 2] * BLOCK..][..BLOCK].fill(0);
        bytes
    };
    for (done, bytes, says) in [
        ("it is server 3's", read(&filled("ours", 3)), "belongs to server 3, and this is server 2"),
        ("it is another cluster's", read(&filled("theirs", 2)), "belongs to the cluster \"theirs\""),
        ("a newer version wrote it", read(&newer), "has format 2, and this program knows format 1"),
        ("4 KiB in its middle are zeros", middle, "is damaged"),
        ("its second half is gone", whole[..whole.len() / 2].to_vec(), "is damaged"),
        ("its last byte is gone", whole[..whole.len() - 1].to_vec(), "is damaged"),
        ("nothing of it is there but its name", Vec::new(), "is damaged"),
        ("it is a text", b"hello\n".to_vec(), "is damaged"),
    ] {
        let said = Found::new(bytes).refusal().await;
        row(done, &said);
        assert!(said.contains(says) && said.lines().count() == 1, "{done}: {said}");
    }
}

#[test]
fn a_block_of_zeros_is_noticed_or_nothing_was_there() {
    let whole = fs::read(file_in(filled("ours", 2).path())).unwrap();
    let expected = opened(&whole).unwrap();
    let blocks: Vec<_> = (0..whole.len() / BLOCK).filter(|it| whole[it * BLOCK..][..BLOCK] != [0; BLOCK]).collect();
    let (mut refused, mut same) = (0, 0);
    for block in some(blocks, 60) {
        let mut bytes = whole.clone();
        bytes[block * BLOCK..][..BLOCK].fill(0);
        match opened(&bytes) {
            Ok(kept) => {
                assert_eq!(kept, expected, "block {block}");
                same += 1;
            }
            Err(_) => refused += 1,
        }
    }
    let said = format!("refused {refused} times, and {same} times all was there: nobody uses that block any more");
    row("one block of 4 KiB is zeros, each in turn", &said);
    assert!(refused >= 5, "{said}");
}

/// Bytes of a transaction reach a disk in any order; here the pages first, or the header first.
#[test]
fn the_last_transaction_torn_anywhere_is_there_or_it_is_not() {
    let folder = filled("ours", 2);
    let mut store = Store::open(folder.path(), &ours()).unwrap();
    let bytes = || fs::read(file_in(folder.path())).unwrap();
    // A new file shrinks to what it needs, a few times. Then a transaction changes bytes, and nothing else.
    let (before, after) = (1..20)
        .find_map(|slot| {
            let before = bytes();
            store.commit(&[vote(slot, "torn"), vote(slot + 100, "torn")]).unwrap();
            Some((before, bytes())).filter(|(before, after)| before.len() == after.len())
        })
        .unwrap();
    let (had, has) = (opened(&before).unwrap(), opened(&after).unwrap());
    assert_ne!(had, has);
    let changed = (0..after.len()).filter(|at| before[*at] != after[*at]);
    let (header, pages): (Vec<usize>, Vec<usize>) = changed.partition(|at| *at < BLOCK);
    let (mut old, mut new, mut places) = (0, 0, 0);
    for order in [[&pages[..], &header], [&header, &pages]].map(|parts| parts.concat()) {
        for torn in some((0..=order.len()).collect(), 50).chain([order.len()]) {
            let mut bytes = before.clone();
            order[..torn].iter().for_each(|at| bytes[*at] = after[*at]);
            match opened(&bytes) {
                Ok(kept) if kept == had => old += 1,
                Ok(kept) if kept == has => new += 1,
                other => panic!("torn at byte {torn} of {}: {other:?}", order.len()),
            }
            places += 1;
        }
    }
    let bytes = header.len() + pages.len();
    let said =
        format!("(it serves: {old} times with what was durable before, {new} times with all of it; never refused)");
    row(&format!("its last transaction, {bytes} bytes, is torn at {places} places"), &said);
    assert!(old > 10 && new >= 2, "{said}");
}
