//! A run that goes on: what the servers do, sent to pages as it happens.
//!
//! There is one such run, whoever looks: notes are merged once, in one order. A page that lost its connection says how many
//! steps it has, and gets those that follow.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use axum::response::sse::Event;
use quorum_core::json::{Json, Object};
use quorum_core::paxos::NodeId;
use quorum_recording::{Note, Recording, Step};
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::Processes;
use super::begin::Begun;
use crate::record::{Notes, RecordError};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(40);
/// How long a note waits for those of other servers that are a little earlier.
const BEHIND: Duration = Duration::from_millis(60);
/// Most events that wait for a page that is slow.
const WAITING: usize = 4;
/// Most steps in one event.
const STEPS: usize = 2000;
/// How long messages may take that are under way when a run begins in the middle.
const UNDER_WAY: Duration = Duration::from_millis(500);
/// What is said when there is no room for more.
const FULL: &str = "This run has as many steps or clients as a recorded run may have. The servers go on: reload the page to \
                    follow them from now on.";
/// What is said when a message comes later than that.
const LATE: &str = "A message came that had left long before this run began. The servers go on: reload the page to follow them \
                    from now on.";

/// Why a run cannot go on in which a server waits for a message that never comes.
fn in_vain((node, from): (NodeId, NodeId)) -> String {
    format!(
        "Server {node} took in a message that server {from} did not note to have sent, or sent so long ago that it counted as lost. So \
         this run cannot go on. The servers do: reload the page to follow them from now on."
    )
}

/// The run that pages follow.
#[derive(Debug)]
pub(super) struct Live {
    /// Which run it is: another supervisor has another.
    id: u64,
    config: Json,
    seen: Mutex<Seen>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Seen {
    /// As JSON.
    steps: Vec<String>,
    ended: Option<String>,
}

impl Live {
    /// Begins to follow the servers: from their beginning on, or where that is too long ago, from now on.
    pub(super) async fn begin(processes: Arc<Processes>) -> Result<Arc<Self>> {
        let from_beginning = {
            let processes = Arc::clone(&processes);
            move || {
                let mut follower = Follower::of_all(processes)?;
                let steps = follower.look();
                Ok::<_, RecordError>((follower, steps))
            }
        };
        let (follower, steps) = spawn_blocking(from_beginning).await??;
        if follower.recording.is_full() || matches!(steps, Err(RecordError::NotFromTheBeginning(..))) {
            return Self::begin_now(processes).await;
        }
        Ok(Self::follow(follower, steps))
    }

    /// Begins to follow the servers from now on.
    pub(super) async fn begin_now(processes: Arc<Processes>) -> Result<Arc<Self>> {
        Ok(Self::follow(Follower::from_now(processes).await?, Ok(Vec::new())))
    }

    fn follow(follower: Follower, steps: Result<Vec<Step>, RecordError>) -> Arc<Self> {
        let id = now().as_micros() as u64;
        let config = Json::from(follower.recording.now().config());
        let live = Arc::new(Self { id, config, seen: Mutex::default(), changed: watch::Sender::new(()) });
        if live.take(steps, &follower.recording) {
            tokio::spawn(follower.follow(Arc::clone(&live)));
        }
        live
    }

    /// Takes in what was done; whether it goes on.
    fn take(&self, steps: Result<Vec<Step>, RecordError>, recording: &Recording) -> bool {
        let (steps, ended) = match steps {
            Ok(steps) => {
                let in_vain = || recording.waits_in_vain().map(in_vain);
                (steps, recording.is_full().then(|| FULL.to_owned()).or_else(in_vain))
            }
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let goes_on = ended.is_none();
        self.add(&steps, ended);
        goes_on
    }

    /// Whether nothing more will come.
    pub(super) fn is_over(&self) -> bool {
        self.seen().ended.is_some()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What one page is sent: first the run that it is, then steps. A page that has steps of this very run is sent those that
    /// follow.
    pub(super) fn events(self: Arc<Self>, has: Option<(u64, usize)>) -> mpsc::Receiver<Event> {
        let (to, events) = mpsc::channel(WAITING);
        let from = has.filter(|(id, _)| *id == self.id).map_or(0, |(_, steps)| steps);
        tokio::spawn(async move { self.send(from, &to).await });
        events
    }

    /// Ends when nobody listens any more.
    async fn send(&self, mut from: usize, to: &mpsc::Sender<Event>) -> Option<()> {
        let mut changed = self.changed.subscribe();
        let begins = Object::new().with("live", self.id).with("from", from as u64).with("config", self.config.clone());
        to.send(event(begins)).await.ok()?;
        loop {
            let (steps, ended) = {
                let seen = self.seen();
                let steps = seen.steps.get(from..).unwrap_or_default();
                (steps[..steps.len().min(STEPS)].to_vec(), seen.ended.clone().filter(|_| steps.len() <= STEPS))
            };
            from += steps.len();
            if !steps.is_empty() {
                let data = format!("{{\"steps\":[{}]}}", steps.join(","));
                to.send(Event::default().data(data)).await.ok()?;
            }
            if let Some(ended) = ended {
                to.send(event(Object::new().with("ended", ended.as_str()))).await.ok()?;
                return None;
            }
            if steps.len() < STEPS {
                tokio::select! {
                    changed = changed.changed() => changed.ok()?,
                    () = to.closed() => return None,
                }
            }
        }
    }

    fn add(&self, steps: &[Step], ended: Option<String>) {
        if steps.is_empty() && ended.is_none() {
            return;
        }
        let text = |step: &Step| {
            let json = Object::new().with("action", &step.action).with("at", step.at);
            serde_json::to_string(&Json::from(json)).unwrap_or_default()
        };
        let texts: Vec<String> = steps.iter().map(text).collect();
        let mut seen = self.seen();
        seen.steps.extend(texts);
        seen.ended = ended;
        drop(seen);
        self.changed.send_replace(());
    }
}

/// The one who reads.
struct Follower {
    processes: Arc<Processes>,
    notes: Notes,
    recording: Recording,
    /// What was read, and is for the next look.
    later: Vec<(NodeId, Duration, Note)>,
    supervised: usize,
    /// Which of the records that begin in the middle it is; 0: none of them.
    epoch: u64,
}

impl Follower {
    /// One who has read nothing, and begins at the beginning.
    fn of_all(processes: Arc<Processes>) -> Result<Self, RecordError> {
        let recording = Notes::begin(processes.cluster())?;
        let notes = Notes::new(processes.data(), processes.cluster());
        Ok(Self { processes, notes, recording, later: Vec::new(), supervised: 0, epoch: 0 })
    }

    /// One who begins in the middle.
    async fn from_now(processes: Arc<Processes>) -> Result<Self> {
        let Begun { beginning, holds, done } = processes.begin().await?;
        sleep(UNDER_WAY).await;
        let begin = move || {
            let supervised = processes.notes(done);
            let seen = done + supervised.len();
            let supervised = holds.into_iter().chain(supervised).collect();
            let (notes, recording) = Notes::begin_from(processes.data(), processes.cluster(), &beginning, supervised)?;
            Ok(Self { processes, notes, recording, later: Vec::new(), supervised: seen, epoch: beginning.epoch })
        };
        spawn_blocking(begin).await?
    }

    async fn follow(mut self, live: Arc<Live>) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let steps = self.look();
            if !live.take(steps, &self.recording) {
                return;
            }
        }
    }

    fn look(&mut self) -> Result<Vec<Step>, RecordError> {
        let begins = now();
        let until = begins.saturating_sub(BEHIND);
        // What was done to a server is read first: all that it noted before that is in its file by then.
        let supervised = self.processes.notes(self.supervised);
        self.supervised += supervised.len();
        let mut notes = std::mem::take(&mut self.later);
        notes.extend(self.notes.read()?);
        notes.extend(supervised);
        notes.sort_by_key(|(_, at, _)| *at);
        // What was noted after the look began waits for the next one: before it, something may have been done to the server that
        // was not read. A process that starts is killed first.
        self.later = notes.split_off(notes.partition_point(|(_, at, _)| *at <= begins));
        for (node, at, note) in notes {
            if matches!(note, Note::Crossed { epoch, .. } if epoch < self.epoch) {
                return Err(RecordError::Late(LATE));
            }
            self.recording.note(node, at, note);
        }
        Ok(self.recording.advance(Some(until))?)
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn event(object: Object) -> Event {
    Event::default().data(serde_json::to_string(&Json::from(object)).unwrap_or_default())
}
