//! A thread that commits: group commit, and a disk that can be made slow.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use quorum_core::log::Record;
use quorum_core::paxos::Slot;
use tokio::sync::{oneshot, watch};

use super::{Kept, Storage, StorageError};

/// How far a disk is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many records are durable, of all that were handed to it.
    pub durable: u64,
    /// Why it stopped.
    pub failed: Option<StorageError>,
}

/// What the thread is asked to do.
#[derive(Debug)]
enum Job {
    Write(Vec<Record>),
    /// To say what is durable, after everything that it was asked before.
    Tell(oneshot::Sender<Result<Kept, StorageError>>),
}

/// A storage with a thread of its own.
#[derive(Debug)]
pub struct Disk {
    jobs: Sender<Job>,
    progress: watch::Receiver<Progress>,
    extra_ms: Arc<AtomicU32>,
    platter: Arc<Mutex<Platter>>,
}

/// What the thread writes to, and what it tells of that.
struct Platter {
    storage: Box<dyn Storage>,
    /// How many records it has committed.
    durable: u64,
    tell: watch::Sender<Progress>,
}

impl fmt::Debug for Platter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platter").field("durable", &self.durable).finish_non_exhaustive()
    }
}

impl Platter {
    /// Whether the storage still works.
    fn tell(&mut self, failed: Option<StorageError>) -> bool {
        let works = failed.is_none();
        self.tell.send_replace(Progress { durable: self.durable, failed });
        works
    }

    fn commit(&mut self, group: &[Record]) -> bool {
        let failed = self.storage.commit(group).err();
        if failed.is_none() {
            self.durable += group.len() as u64;
        }
        self.tell(failed)
    }
}

/// Where a thread panicked meanwhile, the disk did not commit, and nobody was told that it did.
fn held(platter: &Mutex<Platter>) -> MutexGuard<'_, Platter> {
    platter.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Disk {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system has none left.
    pub fn start(storage: Box<dyn Storage>) -> Result<Self, StorageError> {
        let (jobs, arriving) = channel();
        let (tell, progress) = watch::channel(Progress::default());
        let extra_ms = Arc::new(AtomicU32::new(0));
        let slow = Arc::clone(&extra_ms);
        let platter = Arc::new(Mutex::new(Platter { storage, durable: 0, tell }));
        let under = Arc::clone(&platter);
        thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || commit_all(&under, &arriving, &slow))
            .map_err(|error| StorageError::new(format!("no thread for the disk can be started: {error}")))?;
        Ok(Self { jobs, progress, extra_ms, platter })
    }

    /// Hands records over, in order. They become durable later: see [`progress`](Self::progress).
    pub fn write(&self, records: Vec<Record>) {
        // Where the thread has ended, its progress says why.
        let _ = self.jobs.send(Job::Write(records));
    }

    /// What will be durable when all that was handed to it by now is. Where the thread has ended, nobody says.
    #[must_use]
    pub fn kept(&self) -> oneshot::Receiver<Result<Kept, StorageError>> {
        let (tell, told) = oneshot::channel();
        let _ = self.jobs.send(Job::Tell(tell));
        told
    }

    /// Takes the votes in the slots below this one away, at once: in front of whatever waits to be written, and they are gone when
    /// this returns. `later` has the slots of votes that were handed over and have not been told to be durable, each with the count
    /// of records up to it. Those of them that are on the disk by now came after what is to be forgotten, and stay.
    ///
    /// This waits for the commit that runs. Where it fails, [`progress`](Self::progress) says so.
    pub fn forget_below(&self, below: Slot, later: impl Iterator<Item = (u64, Slot)>) {
        let mut platter = held(&self.platter);
        let durable = platter.durable;
        let but: Vec<_> = later.filter(|(count, _)| *count <= durable).map(|(_, slot)| slot).collect();
        if let Err(error) = platter.storage.forget_below(below, &but) {
            platter.tell(Some(error));
        }
    }

    /// How far it is, and when that changes.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// What makes each of its commits take longer, in milliseconds.
    #[must_use]
    pub fn extra_ms(&self) -> Arc<AtomicU32> {
        Arc::clone(&self.extra_ms)
    }
}

fn commit_all(platter: &Mutex<Platter>, arriving: &Receiver<Job>, extra_ms: &AtomicU32) {
    while let Ok(job) = arriving.recv() {
        let (mut group, mut asked) = (Vec::new(), None);
        for job in std::iter::once(job).chain(arriving.try_iter()) {
            match job {
                Job::Write(records) => group.extend(records),
                Job::Tell(tell) => {
                    asked = Some(tell);
                    break;
                }
            }
        }
        if group.is_empty() {
            asked.into_iter().for_each(|tell| drop(tell.send(held(platter).storage.kept())));
            continue;
        }
        match extra_ms.load(Ordering::Relaxed) {
            0 => {}
            extra => thread::sleep(Duration::from_millis(extra.into())),
        }
        let mut platter = held(platter);
        let works = platter.commit(&group);
        asked.into_iter().for_each(|tell| drop(tell.send(platter.storage.kept())));
        if !works {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kept, Memory};
    use super::*;

    /// Says how large each commit was, and lets each wait until it is let go.
    struct Watched {
        commits: Arc<Mutex<Vec<usize>>>,
        go: Receiver<Result<(), StorageError>>,
    }

    impl Storage for Watched {
        fn kept(&self) -> Result<Kept, StorageError> {
            Ok(Kept::default())
        }

        fn commit(&mut self, records: &[Record]) -> Result<(), StorageError> {
            self.commits.lock().unwrap().push(records.len());
            self.go.recv().unwrap_or(Ok(()))
        }

        fn forget_below(&mut self, _: Slot, _: &[Slot]) -> Result<(), StorageError> {
            Ok(())
        }
    }

    /// A storage that can be looked at.
    struct Shared(Arc<Mutex<Memory>>);

    impl Storage for Shared {
        fn kept(&self) -> Result<Kept, StorageError> {
            self.0.lock().unwrap().kept()
        }

        fn commit(&mut self, records: &[Record]) -> Result<(), StorageError> {
            self.0.lock().unwrap().commit(records)
        }

        fn forget_below(&mut self, below: Slot, but: &[Slot]) -> Result<(), StorageError> {
            self.0.lock().unwrap().forget_below(below, but)
        }
    }

    fn round(number: u32) -> Record {
        quorum_core::paxos::Record::Round(number).into()
    }

    struct Bench {
        disk: Disk,
        commits: Arc<Mutex<Vec<usize>>>,
        go: Sender<Result<(), StorageError>>,
    }

    fn bench() -> Bench {
        let commits = Arc::new(Mutex::new(Vec::new()));
        let (go, wait) = channel();
        let disk = Disk::start(Box::new(Watched { commits: Arc::clone(&commits), go: wait })).unwrap();
        Bench { disk, commits, go }
    }

    #[tokio::test]
    async fn what_comes_while_a_commit_runs_goes_into_the_next_together() {
        let Bench { disk, commits, go } = bench();
        let mut progress = disk.progress();
        disk.write(vec![round(1)]);
        while commits.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        for number in 2..=9 {
            disk.write(vec![round(number), round(number)]);
        }
        assert_eq!(progress.borrow().durable, 0, "nothing is durable before its commit returns");
        go.send(Ok(())).unwrap();
        progress.wait_for(|progress| progress.durable >= 1).await.unwrap();
        go.send(Ok(())).unwrap();
        progress.wait_for(|progress| progress.durable == 17).await.unwrap();
        assert_eq!(*commits.lock().unwrap(), [1, 16]);
    }

    /// The server knows of two records that they are durable, and the disk has three.
    #[tokio::test]
    async fn votes_that_go_at_once_are_those_that_the_server_knew_to_be_durable() {
        use quorum_core::log::Entry;
        use quorum_core::paxos::{Ballot, NodeId, Vote};
        let memory = Arc::new(Mutex::new(Memory::default()));
        let disk = Disk::start(Box::new(Shared(Arc::clone(&memory)))).unwrap();
        let vote = |slot| {
            let vote = Vote { slot, ballot: Ballot { round: 1, server: NodeId::FIRST }, value: Entry::NoOp };
            Record::from(quorum_core::paxos::Record::Accepted(vote))
        };
        disk.write(vec![vote(1), vote(2), vote(1)]);
        disk.progress().wait_for(|progress| progress.durable == 3).await.unwrap();
        // The third took the place of the first, and a fourth is not on the disk yet: what was there before it goes.
        disk.forget_below(9, [(3, 1), (4, 2)].into_iter());
        let kept = memory.lock().unwrap().kept().unwrap();
        let slots: Vec<_> = kept.records.paxos.accepted.iter().map(|vote| vote.slot).collect();
        assert_eq!((slots, kept.count), (vec![1], 3));
    }

    #[tokio::test]
    async fn a_commit_that_fails_is_told_and_makes_nothing_durable() {
        let Bench { disk, go, .. } = bench();
        let why = StorageError::new("the disk is full".to_owned());
        go.send(Err(why.clone())).unwrap();
        disk.write(vec![round(1)]);
        let mut progress = disk.progress();
        let progress = progress.wait_for(|progress| progress.failed.is_some()).await.unwrap();
        assert_eq!((progress.durable, &progress.failed), (0, &Some(why)));
    }
}
