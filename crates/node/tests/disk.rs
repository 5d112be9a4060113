//! A server's file: what is on it comes back, and what is not to be used is refused with a sentence and not changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quorum_core::log::{ClientId, Command, Entry, Op, Record, Snapshot, Stored, Text};
use quorum_core::paxos::{self, Ballot, NodeId, Vote};
use quorum_node::storage::{Identity, Kept, Storage, Store};

fn node(number: u32) -> NodeId {
    NodeId::new(number).unwrap()
}

fn identity(cluster: &str, server: u32) -> Identity {
    Identity { cluster: cluster.to_owned(), server: node(server), sessions: 64 }
}

fn ours() -> Identity {
    identity("ours", 2)
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("server.redb")
}

fn vote(slot: u64, value: &str) -> Record {
    let text = |text: &str| Text::new(text).unwrap();
    let op = Op::Put { key: text("k"), value: text(value) };
    let value = Entry::from(Command { client: ClientId::numbered(u64::MAX), seq: 1, op, since: 0 });
    paxos::Record::Accepted(Vote { slot, ballot: Ballot { round: 3, server: node(1) }, value }).into()
}

/// Three barriers' worth of records.
fn groups() -> [Vec<Record>; 3] {
    [
        vec![paxos::Record::Round(3).into(), paxos::Record::Promised(Ballot { round: 3, server: node(1) }).into()],
        (1..=40).map(|slot| vote(slot, "first")).collect(),
        vec![vote(40, "again"), vote(41, "last"), paxos::Record::Promised(Ballot { round: 4, server: node(3) }).into()],
    ]
}

fn adds_up(groups: &[Vec<Record>]) -> Kept {
    let mut kept = Kept::default();
    kept.apply(groups.iter().flatten());
    kept
}

/// A folder with a file that holds the first so many groups.
fn filled(groups: &[Vec<Record>]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &ours()).unwrap();
    groups.iter().for_each(|group| store.commit(group).unwrap());
    folder
}

/// Asserts that the file is refused, and not changed. Returns the sentence.
fn refusal(folder: &Path, identity: &Identity) -> String {
    let before = fs::read(file_in(folder)).unwrap();
    let refused = Store::open(folder, identity).unwrap_err().to_string();
    assert!(fs::read(file_in(folder)).unwrap() == before, "it was changed: {refused}");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "nothing else was left behind");
    refused
}

#[test]
fn what_was_committed_is_there_again() {
    let groups = groups();
    for count in 0..=groups.len() {
        let folder = filled(&groups[..count]);
        let store = Store::open(folder.path(), &ours()).unwrap();
        assert_eq!(store.kept().unwrap(), adds_up(&groups[..count]));
    }
}

#[test]
fn a_file_of_another_server_or_cluster_is_refused() {
    let folder = filled(&groups());
    let other = refusal(folder.path(), &identity("ours", 3));
    assert!(
        other.ends_with("belongs to server 2, and this is server 3: give it a folder of its own. Nothing was changed."),
        "{other}"
    );
    let other = refusal(folder.path(), &identity("theirs", 2));
    assert!(other.contains("belongs to the cluster \"ours\", and this server to \"theirs\""), "{other}");
    assert!(Store::open(folder.path(), &ours()).is_ok(), "it is still ours");
}

#[test]
fn a_file_of_servers_that_remember_other_clients_is_refused() {
    let folder = filled(&groups());
    let other = refusal(folder.path(), &Identity { sessions: 0, ..ours() });
    assert!(
        other.contains("was made for servers that remember 64 clients, and this one is to remember all clients"),
        "{other}"
    );
    assert!(other.contains("write `most = 64` under [sessions] in cluster.toml"), "{other}");
}

#[test]
fn a_file_of_a_newer_version_is_refused() {
    let folder = filled(&groups());
    {
        let database = redb::Database::open(file_in(folder.path())).unwrap();
        let transaction = database.begin_write().unwrap();
        let table = redb::TableDefinition::<&str, &str>::new("identity");
        transaction.open_table(table).unwrap().insert("format", "2").unwrap();
        transaction.commit().unwrap();
    }
    let newer = refusal(folder.path(), &ours());
    assert!(newer.contains("has format 2, and this program knows format 1"), "{newer}");
}

#[test]
fn a_file_that_is_in_use_is_refused() {
    let folder = filled(&groups());
    let store = Store::open(folder.path(), &ours()).unwrap();
    let used = Store::open(folder.path(), &ours()).unwrap_err().to_string();
    assert!(used.contains("is in use by another process"), "{used}");
    assert_eq!(store.kept().unwrap(), adds_up(&groups()), "whoever had it still has it");
}

#[test]
fn a_file_that_is_none_is_refused() {
    for bytes in [&b""[..], b"hello", &[0; 8192], &[0xFF; 100_000]] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(file_in(folder.path()), bytes).unwrap();
        let refused = refusal(folder.path(), &ours());
        assert!(refused.contains("is damaged") || refused.contains("does not say whose it is"), "{refused}");
    }
    let folder = tempfile::tempdir().unwrap();
    redb::Database::create(file_in(folder.path())).unwrap();
    assert!(refusal(folder.path(), &ours()).contains("is damaged"));
}

#[test]
fn where_nothing_can_be_written_a_sentence_says_so() {
    // Nobody can make a file there, not even the administrator.
    let refused = Store::open(Path::new("/proc/self/fd"), &ours()).unwrap_err().to_string();
    assert!(refused.starts_with("/proc/self/fd/server.redb cannot be made: "), "{refused}");
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = Store::open(file.path(), &ours()).unwrap_err().to_string();
    assert!(refused.contains("cannot be made"), "{refused}");
}

/// A power failure while the last transaction is written. Any beginning of what it changes may have reached the disk, and the disk
/// may have taken the header first. Then what was durable before is there, or all of it is.
#[test]
fn a_torn_last_transaction_leaves_what_was_durable_before_it() {
    tear(|slot| vec![vote(slot, "torn"), vote(slot + 100, "torn")]);
}

/// The same of one that has a snapshot take the place of votes: there is never neither.
#[test]
fn a_torn_snapshot_leaves_the_votes_that_it_was_to_take_the_place_of() {
    tear(|slot| vec![vote(slot + 100, "torn"), stored(slot + 20, slot + 10, 100)]);
}

/// A snapshot of so many keys.
fn stored(to: u64, kept_from: u64, keys: usize) -> Record {
    let text = |text: String| Text::new(&text).unwrap();
    let store = (0..keys).map(|key| (text(format!("{key:08}")), text(format!("{to}").repeat(20)))).collect();
    let snapshot = Arc::new(Snapshot { to, store, sessions: Vec::new(), horizon: 0 });
    Record::Snapshot(Stored { snapshot, kept_from, in_place_of_all: false })
}

fn tear(last: impl Fn(u64) -> Vec<Record>) {
    let folder = filled(&[]);
    let mut store = Store::open(folder.path(), &ours()).unwrap();
    let bytes = || fs::read(file_in(folder.path())).unwrap();
    let mut committed = groups().to_vec();
    committed.iter().for_each(|group| store.commit(group).unwrap());
    // A new file shrinks to what it needs, a few times. Then a transaction changes bytes, and nothing else.
    let (before, after) = (1..20)
        .find_map(|slot| {
            let before = bytes();
            let group = last(slot);
            store.commit(&group).unwrap();
            committed.push(group);
            Some((before, bytes())).filter(|(before, after)| before.len() == after.len())
        })
        .unwrap();
    let (had, has) = (adds_up(&committed[..committed.len() - 1]), adds_up(&committed));
    let changed = (0..after.len()).filter(|at| before[*at] != after[*at]);
    let (header, pages): (Vec<usize>, Vec<usize>) = changed.partition(|at| *at < 4096);
    let (mut old, mut new) = (0, 0);
    for order in [[&pages[..], &header], [&header, &pages]].map(|parts| parts.concat()) {
        let near_the_seam = header.len().min(pages.len()) + 40;
        let places = (0..=order.len()).step_by(order.len().div_ceil(40));
        let places = places.chain(order.len().saturating_sub(near_the_seam)..=order.len()).collect::<Vec<_>>();
        for torn in places.iter().copied().step_by(places.len().div_ceil(80)).chain([order.len()]) {
            let mut bytes = before.clone();
            order[..torn].iter().for_each(|at| bytes[*at] = after[*at]);
            let folder = tempfile::tempdir().unwrap();
            fs::write(file_in(folder.path()), bytes).unwrap();
            match Store::open(folder.path(), &ours()).map(|store| store.kept().unwrap()) {
                Ok(kept) if kept == had => old += 1,
                Ok(kept) if kept == has => new += 1,
                Ok(kept) => panic!("torn at {torn}: {kept:?}"),
                Err(error) => panic!("torn at {torn}: {error}"),
            }
        }
    }
    assert!(old > 10 && new >= 2, "{old} times what was before, {new} times all of it");
}

/// Any one byte of a file that was closed in order: the server has what it had, or refuses. It never forgets silently.
#[test]
fn a_file_with_a_byte_that_changed_is_refused_or_holds_what_it_held() {
    change_bytes(&groups());
}

#[test]
fn a_snapshot_with_a_byte_that_changed_is_refused_or_is_what_it_was() {
    change_bytes(&[groups().to_vec(), vec![vec![stored(39, 30, 200)]]].concat());
}

fn change_bytes(groups: &[Vec<Record>]) {
    let folder = filled(groups);
    let whole = fs::read(file_in(folder.path())).unwrap();
    let expected = adds_up(groups);
    let used: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let (mut refused, mut same) = (0, 0);
    for at in used.iter().copied().step_by(used.len().div_ceil(150)) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        let folder = tempfile::tempdir().unwrap();
        fs::write(file_in(folder.path()), &bytes).unwrap();
        match Store::open(folder.path(), &ours()).map(|store| store.kept().unwrap()) {
            Ok(kept) => {
                assert_eq!(kept, expected, "byte {at}");
                same += 1;
            }
            Err(error) => {
                assert!(error.to_string().contains("Nothing was changed"), "{error}");
                assert!(fs::read(file_in(folder.path())).unwrap() == bytes, "byte {at}: it was changed: {error}");
                refused += 1;
            }
        }
    }
    // Most of a small file is earlier versions of its pages, which nobody reads any more.
    assert!(refused > 10 && same > 0, "{refused} were refused, {same} held the same");
}

#[test]
fn a_snapshot_takes_the_place_of_the_votes_below_it_and_of_no_others() {
    let folder = filled(&groups());
    let snapshot = Arc::new(Snapshot { to: 39, store: Vec::new(), sessions: Vec::new(), horizon: 0 });
    let stored = Record::Snapshot(Stored { snapshot, kept_from: 30, in_place_of_all: false });
    let mut store = Store::open(folder.path(), &ours()).unwrap();
    // A vote below what is kept may still be cast afterwards.
    let later = vec![vec![stored], vec![vote(12, "late")]];
    later.iter().for_each(|group| store.commit(group).unwrap());
    drop(store);
    let kept = Store::open(folder.path(), &ours()).unwrap().kept().unwrap();
    assert_eq!(kept, adds_up(&[groups().to_vec(), later].concat()));
    let slots: Vec<u64> = kept.records.paxos.accepted.iter().map(|vote| vote.slot).collect();
    assert_eq!((slots[0], slots[1], slots.len()), (12, 30, 13));
}

#[test]
fn votes_that_are_to_go_at_once_are_gone_from_the_file_and_the_others_are_not() {
    let folder = filled(&groups());
    let mut store = Store::open(folder.path(), &ours()).unwrap();
    store.forget_below(30, &[7, 12]).unwrap();
    drop(store);
    let kept = Store::open(folder.path(), &ours()).unwrap().kept().unwrap();
    let mut expected = adds_up(&groups());
    expected.forget_below(30, &[7, 12]);
    assert_eq!(kept, expected, "and its records are as many as they were");
    let slots: Vec<u64> = kept.records.paxos.accepted.iter().map(|vote| vote.slot).collect();
    assert_eq!((&slots[..4], slots.len()), (&[7, 12, 30, 31][..], 14));
}

/// Ever more votes, and as many snapshots as it takes: the file is no larger, and neither is what comes back.
#[test]
fn a_file_with_snapshots_does_not_grow() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &ours()).unwrap();
    let mut largest = [0; 2];
    for round in 0..120_u64 {
        let last = 50 * (round + 1);
        for first in (last - 49..=last).step_by(10) {
            store.commit(&(first..first + 10).map(|slot| vote(slot, &"v".repeat(200))).collect::<Vec<_>>()).unwrap();
        }
        store.commit(&[stored(last, last.saturating_sub(30), 500)]).unwrap();
        let size = &mut largest[usize::from(round >= 40)];
        *size = fs::metadata(file_in(folder.path())).unwrap().len().max(*size);
    }
    assert!(largest[1] <= largest[0], "in the first third {} bytes, later {}", largest[0], largest[1]);
    drop(store);
    let kept = Store::open(folder.path(), &ours()).unwrap().kept().unwrap();
    assert_eq!((kept.records.paxos.accepted.iter().count(), kept.records.kept_from()), (31, 5_970));
    assert_eq!((kept.records.latest().unwrap().to, kept.count), (6_000, 6_120));
}

/// Thousands of votes that make room in one transaction are not copied one after the other: the file has them once.
#[test]
fn letting_go_of_many_votes_needs_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &ours()).unwrap();
    let size = || fs::metadata(file_in(folder.path())).unwrap().len();
    for first in (1..4096).step_by(64) {
        store.commit(&(first..first + 64).map(|slot| vote(slot, "value")).collect::<Vec<_>>()).unwrap();
    }
    let before = size();
    store.commit(&[stored(4096, 4000, 10)]).unwrap();
    assert!(size() <= 2 * before, "{before} bytes before, {} after", size());
}

/// The bytes of a file of a process that is killed: closed cleanly so many times before, with commits in between.
fn killed_after(closed: usize, commits: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut slots = 1..;
    for _ in 0..closed {
        let mut store = Store::open(folder.path(), &ours()).unwrap();
        (0..commits).for_each(|_| store.commit(&[vote(slots.next().unwrap(), "before")]).unwrap());
    }
    let mut store = Store::open(folder.path(), &ours()).unwrap();
    for _ in 0..commits {
        store.commit(&[vote(slots.next().unwrap(), "after")]).unwrap();
    }
    let killed = tempfile::tempdir().unwrap();
    fs::copy(file_in(folder.path()), file_in(killed.path())).unwrap();
    killed
}

/// The library's own check takes such files for repaired now and then.
#[test]
fn a_file_that_was_closed_and_opened_before_its_process_was_killed_is_sound() {
    for closed in 0..4 {
        for commits in 0..8 {
            let folder = killed_after(closed, commits);
            let votes = (closed + 1) * commits;
            let of = |store: &Store| store.kept().unwrap().records.paxos.accepted.iter().count();
            let mut store = Store::open(folder.path(), &ours())
                .unwrap_or_else(|error| panic!("closed {closed} times, {commits} commits each: {error}"));
            assert_eq!(of(&store), votes);
            // It goes on like any other.
            (0..40).for_each(|more| store.commit(&[vote(1_000 + more, "more")]).unwrap());
            drop(store);
            assert_eq!(of(&Store::open(folder.path(), &ours()).unwrap()), votes + 40);
        }
    }
}
