//! A record begins in the middle of what servers do, at a consistent cut (Lai & Yang, *On distributed snapshots*, 1987).
//!
//! Records are counted: the number of the latest that has begun here is this server's **epoch**. Every message carries the epoch of
//! its sender. A server begins with an epoch when it is told to, or when a message of that epoch arrives: **before** it takes it
//! in. So no message that left after its sender had begun arrives before its receiver has. One that left before and arrives
//! after is noted with all that it says.
//!
//! It begins at a moment at which nothing waits for the disk. Until there is one, it takes nothing in: that is a commit, or a few.
//! Then what it has is its replica, its timers and its file, and nothing else: no record is on its way, and no message waits.

use quorum_core::log::{Checkpoint, Replica, Timer};
use quorum_recording::Standing;
use tokio::sync::oneshot;

use super::{Arrival, Runner};
use crate::storage::{Kept, StorageError};

/// What a server was when a record began.
#[derive(Debug)]
pub struct Begun {
    incarnation: u64,
    written: u64,
    replica: Replica,
    timers: Vec<Timer>,
    disk: oneshot::Receiver<Result<Kept, StorageError>>,
    /// Where in its notes that is, in bytes. `None`: it takes none.
    pub notes: Option<u64>,
}

impl Begun {
    /// What it was, with all that its file had.
    ///
    /// # Errors
    /// Why its file cannot be read.
    pub async fn standing(self) -> Result<Standing, StorageError> {
        let Self { incarnation, written, replica, timers, disk, .. } = self;
        let ended = |_| StorageError::new("the disk ended meanwhile".to_owned());
        let Kept { records, count } = disk.await.map_err(ended)??;
        let checkpoint = Checkpoint::of(&replica, records, timers);
        Ok(Standing { incarnation, records: count, written, checkpoint })
    }
}

/// A record that is about to begin, and what waits for that.
#[derive(Debug)]
pub(super) struct Begins {
    epoch: u64,
    /// Who wants to know.
    answer: Option<oneshot::Sender<Begun>>,
    /// What arrived, and is taken in afterwards.
    then: Option<Arrival>,
}

impl Runner {
    /// Whether nothing is taken in at present.
    pub(super) const fn is_about_to_begin(&self) -> bool {
        self.begins.is_some()
    }

    /// A message of a record that has not begun here.
    pub(super) fn begin_before(&mut self, epoch: u64, then: Arrival) {
        self.begins = Some(Begins { epoch, answer: None, then: Some(then) });
        self.begin();
    }

    /// Somebody wants a record to begin.
    pub(super) fn begin_for(&mut self, epoch: u64, answer: oneshot::Sender<Begun>) {
        if epoch > self.epoch {
            self.begins = Some(Begins { epoch, answer: Some(answer), then: None });
            self.begin();
        } else if let Some((_, begun)) = self.begun.take_if(|(begun, _)| *begun == epoch) {
            let _ = answer.send(begun);
        }
    }

    /// Begins, if nothing waits for the disk and nothing for its turn; whether it did.
    pub(super) fn begin(&mut self) -> bool {
        let waits = self.durable < self.written || !self.outbox.is_empty() || !self.own.is_empty();
        let Some(Begins { epoch, answer, then }) = self.begins.take_if(|_| !waits) else { return false };
        self.epoch = epoch;
        let begun = Begun {
            incarnation: self.clock.incarnation(),
            written: self.written,
            replica: self.replica.clone(),
            timers: self.timers.set_now(),
            disk: self.disk.kept(),
            notes: self.recorder.as_mut().and_then(|recorder| recorder.begin()),
        };
        match answer {
            Some(answer) => drop(answer.send(begun)),
            None => self.begun = Some((epoch, begun)),
        }
        if let Some(arrival) = then {
            self.arrive(arrival);
        }
        true
    }
}
