//! One server in the world: a replica, the disk it writes to, and the outbox between them.

use super::{Disk, Envelope, Replica, Timer};
use crate::host::{Outbox, Waiting};
use crate::paxos;
#[cfg(feature = "log")]
use {super::Records, crate::paxos::NodeId};

words! {
    /// Whether a server runs.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum ServerStatus {
        /// It runs.
        Up = "up",
        /// It stopped, and only its disk remains.
        Down = "down",
        /// It stands still, with its memory.
        Paused = "paused",
    }
}

/// A timer that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Armed {
    /// Failed tries so far.
    pub(super) tries: u32,
    /// Which setting of a timer this is, counted over all timers of the server: tells it from an earlier one.
    pub(super) setting: u32,
}

/// The timers of one server. Their settings are counted for ever, through crashes too, so that none is mistaken
/// for an earlier one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timers {
    armed: [Option<Armed>; Timer::ALL.len()],
    settings: u32,
}

impl Timers {
    pub(super) const fn get(&self, timer: Timer) -> Option<Armed> {
        self.armed[timer.index()]
    }

    pub(super) const fn set(&mut self, timer: Timer, tries: u32) {
        self.settings += 1;
        self.armed[timer.index()] = Some(Armed { tries, setting: self.settings });
    }

    pub(super) const fn cancel(&mut self, timer: Timer) {
        self.armed[timer.index()] = None;
    }

    pub(super) const fn clear(&mut self) {
        self.armed = [None; Timer::ALL.len()];
    }
}

/// One server.
///
/// * A server that is down has no replica, no timers, an empty outbox, and nothing that is not durable.
/// * A message leaves the outbox only when the writes before it are durable.
#[derive(Clone, Debug)]
pub struct Server {
    pub(super) replica: Option<Replica>,
    pub(super) paused: bool,
    pub(super) disk: Disk,
    pub(super) outbox: Outbox<Envelope>,
    pub(super) timers: Timers,
}

impl Server {
    /// One that stands somewhere when the run begins.
    #[cfg(feature = "log")]
    pub(super) fn standing(
        me: NodeId,
        checkpoint: &crate::log::Checkpoint,
        settings: &alloc::sync::Arc<crate::log::Settings>,
    ) -> Self {
        let mut timers = Timers::default();
        for timer in &checkpoint.timers {
            timers.set(Timer::Log(*timer), 0);
        }
        let (replica, disk) = (checkpoint.replica(me, settings), Disk::with(Records::Log(checkpoint.durable.clone())));
        Self { replica: replica.map(Replica::Log), paused: false, disk, outbox: Outbox::default(), timers }
    }

    /// Whether it runs.
    #[must_use]
    pub const fn status(&self) -> ServerStatus {
        match (&self.replica, self.paused) {
            (None, _) => ServerStatus::Down,
            (Some(_), true) => ServerStatus::Paused,
            (Some(_), false) => ServerStatus::Up,
        }
    }

    /// What it has in memory; `None` while it is down.
    #[must_use]
    pub const fn replica(&self) -> Option<&Replica> {
        self.replica.as_ref()
    }

    /// Its replica of single-decree Paxos; `None` while it is down, or where another protocol runs.
    #[must_use]
    pub fn paxos(&self) -> Option<&paxos::Replica> {
        self.replica.as_ref()?.paxos()
    }

    /// Its replica of a log; `None` while it is down, or where another protocol runs.
    #[must_use]
    #[cfg(feature = "log")]
    pub fn log(&self) -> Option<&crate::log::Replica> {
        self.replica.as_ref()?.log()
    }

    /// Its disk.
    #[must_use]
    pub const fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Messages that have not left it, in the order they were made.
    #[must_use]
    pub fn outbox(&self) -> &[Waiting<Envelope>] {
        self.outbox.as_slice()
    }

    /// The timers that are set.
    pub fn timers(&self) -> impl Iterator<Item = Timer> {
        Timer::ALL.into_iter().filter(|timer| self.timers.get(*timer).is_some())
    }

    /// How many messages may leave now.
    #[must_use]
    pub fn ready(&self) -> u32 {
        self.outbox.ready(self.disk.synced()) as u32
    }

    /// Whether a message of its outbox may leave now.
    #[must_use]
    pub const fn may_leave(&self, waiting: &Waiting<Envelope>) -> bool {
        waiting.may_leave(self.disk.synced())
    }
}
