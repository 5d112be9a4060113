//! Records in a file: a redb database, one transaction and one sync for each commit.
//!
//! | table | key | value |
//! |---|---|---|
//! | `identity` | `format`, `cluster`, `server`, `file` (a number of its own); `replaced` where the file is in place of one that was lost | text |
//! | `votes` | slot | the latest vote there, as `quorum.v1.Record` |
//! | `state` | `promised`, `round`, `snapshot` | the latest of each, as `quorum.v1.Record` |
//! | `count` | `records` | how many records were ever committed |
//!
//! The file is there from its first moment with its identity, because it is made under another name. Every page has a checksum;
//! all are compared whenever the file is opened. Where the last transaction was torn by a power failure, it was not durable,
//! and the one before counts.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use quorum_core::log::Record;
use quorum_core::paxos::{self, Slot};
use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, ReadableDatabase, ReadableTable, StorageBackend, Table, TableDefinition};

use super::quiet::caught;
use super::rehearsal::Rehearsal;
use super::{Identity, Kept, Storage, StorageError};
use crate::convert::{record_from_bytes, record_to_bytes};

/// The name of the file in a server's folder.
const NAME: &str = "server.redb";
/// How much of the file is kept in memory. What a server decides on is in the replica; the file is read at its start only.
const CACHE_BYTES: usize = 16 << 20;

const IDENTITY: TableDefinition<&str, &str> = TableDefinition::new("identity");
const VOTES: TableDefinition<u64, &[u8]> = TableDefinition::new("votes");
const STATE: TableDefinition<&str, &[u8]> = TableDefinition::new("state");
const COUNT: TableDefinition<&str, u64> = TableDefinition::new("count");

/// A file with a server's records. It is locked as long as this lives.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    database: Database,
}

impl Store {
    /// Opens the file of a server in a folder, or makes both.
    ///
    /// # Errors
    /// Why it is not to be used: it is another server's, of another version, damaged, or in use. Then nothing has changed.
    pub fn open(folder: &Path, identity: &Identity) -> Result<Self, StorageError> {
        let path = folder.join(NAME);
        let failed = |what: &str| {
            let shown = path.display().to_string();
            let what = what.to_owned();
            move |error: std::io::Error| StorageError::new(format!("{shown} cannot be {what}: {error}"))
        };
        std::fs::create_dir_all(folder).map_err(failed("made"))?;
        if !path.try_exists().map_err(failed("looked at"))? {
            make(folder, &path, identity, false)?;
        }
        let file = OpenOptions::new().read(true).write(true).open(&path).map_err(failed("opened for writing"))?;
        let accounts = rehearse(&path, &file, identity)?;
        let backend = FileBackend::new(file).map_err(|error| unusable(&path, error))?;
        let mut database = open(backend).map_err(|error| unusable(&path, error))?;
        if accounts == Accounts::ToBeMadeAnew {
            database.check_integrity().map_err(|error| unusable(&path, error))?;
        }
        Ok(Self { path, database })
    }

    /// Makes the file of a server whose own was lost. Opened, it holds nothing and says why: the server stays silent
    /// (*wiped-stays-silent*), today and whenever it is started. Such a file that is there already is left as it is.
    ///
    /// # Errors
    /// It cannot be made; or there is a file that was not lost.
    pub fn replace(folder: &Path, identity: &Identity) -> Result<(), StorageError> {
        let path = folder.join(NAME);
        if Self::is_in(folder) {
            let kept = Self::open(folder, identity)?.kept()?;
            if kept.records.paxos.lost {
                return Ok(());
            }
            return Err(StorageError::new(format!(
                "{} is there: this server has lost nothing. Start it without --replaced, or take that file away first",
                path.display()
            )));
        }
        std::fs::create_dir_all(folder)
            .map_err(|error| StorageError::new(format!("{} cannot be made: {error}", path.display())))?;
        make(folder, &path, identity, true)
    }

    /// Whether a folder has a server's file, whatever it holds.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(NAME).exists()
    }

    fn unreadable(&self, error: impl Into<redb::Error>) -> StorageError {
        let error: redb::Error = error.into();
        StorageError::new(format!("{} cannot be read: {error}", self.path.display()))
    }

    fn try_commit(&self, records: &[Record]) -> Result<(), redb::Error> {
        let transaction = self.database.begin_write()?;
        {
            let mut votes = transaction.open_table(VOTES)?;
            let mut state = transaction.open_table(STATE)?;
            for record in records {
                let bytes = record_to_bytes(record);
                match record {
                    Record::Paxos(paxos::Record::Accepted(vote)) => drop(votes.insert(vote.slot, bytes.as_slice())?),
                    Record::Paxos(paxos::Record::Promised(_)) => drop(state.insert("promised", bytes.as_slice())?),
                    Record::Paxos(paxos::Record::Round(_)) => drop(state.insert("round", bytes.as_slice())?),
                    Record::Snapshot(stored) => {
                        forget_below(&mut votes, stored.replaces_below(), &[])?;
                        state.insert("snapshot", bytes.as_slice())?;
                    }
                }
            }
            let mut count = transaction.open_table(COUNT)?;
            let before = count.get("records")?.map_or(0, |before| before.value());
            count.insert("records", before + records.len() as u64)?;
        }
        transaction.commit()?;
        Ok(())
    }

    fn try_forget(&self, below: Slot, but: &[Slot]) -> Result<(), redb::Error> {
        let transaction = self.database.begin_write()?;
        forget_below(&mut transaction.open_table(VOTES)?, below, but)?;
        transaction.commit()?;
        Ok(())
    }

    fn unwritable(&self, error: &redb::Error) -> StorageError {
        let path = self.path.display();
        StorageError::new(format!("{path} cannot be written: {error}. This server ends: what it said is durable."))
    }
}

impl Storage for Store {
    fn kept(&self) -> Result<Kept, StorageError> {
        let raw = Raw::read(&self.database).map_err(|error| self.unreadable(error))?;
        raw.assemble(&self.path)
    }

    fn number(&self) -> Option<u64> {
        Identity::number(&read_identity(&self.database).ok()?)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.try_commit(records).map_err(|error| self.unwritable(&error))
    }

    fn forget_below(&mut self, below: Slot, but: &[Slot]) -> Result<(), StorageError> {
        self.try_forget(below, but).map_err(|error| self.unwritable(&error))
    }
}

/// Takes away the votes below a slot, but for these, one by one. The library's own `retain_in` copies a page for each: thousands of votes would make
/// the file fifty times as large.
fn forget_below(votes: &mut Table<'_, u64, &[u8]>, below: Slot, but: &[Slot]) -> Result<(), redb::StorageError> {
    let range = votes.range(..below)?;
    let slots = range.map(|vote| Ok(vote?.0.value())).collect::<Result<Vec<_>, redb::StorageError>>()?;
    for slot in slots.into_iter().filter(|slot| !but.contains(slot)) {
        votes.remove(slot)?;
    }
    Ok(())
}

fn open(backend: impl StorageBackend) -> Result<Database, DatabaseError> {
    Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(backend)
}

/// The library's accounts of which pages of a file are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accounts {
    /// They are what the file comes to.
    Right,
    /// They are not, and everything else is: that happens to a sound file, too, which was closed, opened and written to.
    ToBeMadeAnew,
}

/// What a file holds, before anybody knows whether it makes sense.
#[derive(PartialEq)]
struct Raw {
    identity: BTreeMap<String, String>,
    records: Vec<Vec<u8>>,
    count: u64,
}

impl Raw {
    fn read(database: &Database) -> Result<Self, redb::Error> {
        let transaction = database.begin_read()?;
        let (votes, state) = (transaction.open_table(VOTES)?, transaction.open_table(STATE)?);
        let mut records = Vec::new();
        // A snapshot comes first: the votes that are here were cast later, or are kept beside it.
        for entry in state.iter()? {
            records.push(entry?.1.value().to_vec());
        }
        for entry in votes.iter()? {
            records.push(entry?.1.value().to_vec());
        }
        let count = transaction.open_table(COUNT)?.get("records")?.map_or(0, |count| count.value());
        Ok(Self { identity: read_identity(database)?, records, count })
    }

    fn assemble(&self, path: &Path) -> Result<Kept, StorageError> {
        let mut kept = Kept { count: self.count, ..Kept::default() };
        kept.records.paxos.lost = Identity::is_replaced(&self.identity);
        for bytes in &self.records {
            let record = record_from_bytes(bytes).map_err(|error| damaged(path, &error.to_string()))?;
            kept.records.apply(record);
        }
        Ok(kept)
    }
}

fn read_identity(database: &Database) -> Result<BTreeMap<String, String>, redb::Error> {
    let transaction = database.begin_read()?;
    let table = transaction.open_table(IDENTITY)?;
    let mut said = BTreeMap::new();
    for entry in table.iter()? {
        let (name, value) = entry?;
        said.insert(name.value().to_owned(), value.value().to_owned());
    }
    Ok(said)
}

/// A new file, under another name until it is whole.
fn make(folder: &Path, path: &Path, identity: &Identity, replaced: bool) -> Result<(), StorageError> {
    let failed = |error: String| StorageError::new(format!("{} cannot be made: {error}", path.display()));
    let number = getrandom::u64().map_err(|error| failed(error.to_string()))?;
    let new =
        tempfile::Builder::new().prefix(".new-").tempfile_in(folder).map_err(|error| failed(error.to_string()))?;
    let fill = |file: File| -> Result<(), redb::Error> {
        let database = open(FileBackend::new(file)?)?;
        let transaction = database.begin_write()?;
        {
            let mut table = transaction.open_table(IDENTITY)?;
            for (name, value) in identity.entries(number, replaced) {
                table.insert(name, value.as_str())?;
            }
            transaction.open_table(VOTES)?;
            transaction.open_table(STATE)?;
            transaction.open_table(COUNT)?.insert("records", 0)?;
        }
        transaction.commit()?;
        Ok(())
    };
    let file = new.reopen().map_err(|error| failed(error.to_string()))?;
    fill(file).map_err(|error| failed(error.to_string()))?;
    new.persist_noclobber(path).map_err(|error| failed(error.to_string()))?;
    // The name of the file must survive a power failure, too.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(error.to_string()))
}

/// Does everything that opening does without changing the file.
///
/// The library repairs what it can while it compares the checksums, and says whether there was anything. A damaged page makes it
/// go back to the transaction before. So what counts is whether the file holds after that what it held before.
fn rehearse(path: &Path, file: &File, identity: &Identity) -> Result<Accounts, StorageError> {
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(unusable(path, DatabaseError::DatabaseAlreadyOpen)),
        Err(TryLockError::Error(error)) => return Err(damaged(path, &error.to_string())),
    }
    let copy = file.try_clone().and_then(Rehearsal::new).map_err(|error| damaged(path, &error.to_string()))?;
    // redb takes what its checksums cover for sound, and may panic where a header was damaged all the same.
    let looked = caught(|| {
        let mut database = open(copy).map_err(redb::Error::from)?;
        let before = Raw::read(&database)?;
        let sound = database.check_integrity().map_err(redb::Error::from)?;
        Ok::<_, redb::Error>((before, sound, Raw::read(&database)?))
    });
    let released = file.unlock();
    let (before, sound, after) = match looked {
        Some(Ok(looked)) => looked,
        Some(Err(redb::Error::UpgradeRequired(version))) => {
            return Err(damaged(path, &format!("it is a redb file of version {version}")));
        }
        Some(Err(error)) => return Err(damaged(path, &error.to_string())),
        None => return Err(damaged(path, "its structure makes no sense")),
    };
    identity.check(path, &before.identity)?;
    if before != after {
        return Err(damaged(path, "a checksum does not match"));
    }
    after.assemble(path)?;
    released.map_err(|error| damaged(path, &error.to_string()))?;
    Ok(if sound { Accounts::Right } else { Accounts::ToBeMadeAnew })
}

fn damaged(path: &Path, why: &str) -> StorageError {
    let path = path.display();
    StorageError::new(format!(
        "{path} is damaged ({why}). Nothing was changed. A server must not forget what it voted for: bring back this very \
         file, or take it away and start the server with --replaced: it votes no more then, and only learns."
    ))
}

fn unusable(path: &Path, error: DatabaseError) -> StorageError {
    match error {
        DatabaseError::DatabaseAlreadyOpen => StorageError::new(format!(
            "{} is in use by another process: end that one first, or give this server a folder of its own",
            path.display()
        )),
        error => damaged(path, &error.to_string()),
    }
}
