//! A thread that commits: group commit, and a disk that can be made slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use quorum_core::log::Record;
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
        thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || commit_all(storage, &arriving, &tell, &slow))
            .map_err(|error| StorageError::new(format!("no thread for the disk can be started: {error}")))?;
        Ok(Self { jobs, progress, extra_ms })
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

fn commit_all(
    mut storage: Box<dyn Storage>,
    arriving: &Receiver<Job>,
    tell: &watch::Sender<Progress>,
    extra_ms: &AtomicU32,
) {
    let mut durable = 0;
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
            asked.into_iter().for_each(|tell| drop(tell.send(storage.kept())));
            continue;
        }
        match extra_ms.load(Ordering::Relaxed) {
            0 => {}
            extra => thread::sleep(Duration::from_millis(extra.into())),
        }
        let failed = storage.commit(&group).err();
        if failed.is_none() {
            durable += group.len() as u64;
        }
        let ends = failed.is_some();
        tell.send_replace(Progress { durable, failed });
        asked.into_iter().for_each(|tell| drop(tell.send(storage.kept())));
        if ends {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::super::Kept;
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
