//! The one task that owns a replica.
//!
//! ```text
//!  links ──┐ bounded                         ┌─► disk (its own thread) ─► durable up to n ─┐
//!  clients ┼────────► Replica::handle ─► Effects ─► outbox, behind what it rests on ◄──────┘
//!  timers ─┘                                 └─► timers       │
//!                                                             └─► links, clients, itself
//! ```
//!
//! Everything is as in the simulated world, but for what chooses the next input: there a seeded clock, here the real one. The
//! queue of inputs is bounded. Where it is full, messages are dropped, which Paxos tolerates, and requests are refused. What a
//! disk and a clock say is never dropped.

mod arrival;
mod begins;
mod notes;
mod timers;
mod view;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use quorum_core::host::{Delays, Outbox};
use quorum_core::log::{ClientId, Effect, Input, Message, Record, Replica, Reply, Settings, Stored};
use quorum_core::paxos::{self, NodeId, Slot};
use quorum_core::sim::Endpoint;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use crate::limits::{MAX_INPUTS, MAX_REQUESTS};
use crate::rules;
use crate::storage::{Disk, Kept, Progress, StorageError};

pub use arrival::{Arrival, Envelope, Inbox, Overloaded};
pub use begins::Begun;
pub use notes::{Note, Number, Recorder};
pub use view::{Role, View};

use begins::Begins;
use notes::Clock;
use timers::Timers;

/// Most inputs that are taken in before what came of them goes out.
const BATCH: usize = 256;

/// What a runner is made of.
pub struct Parts {
    /// Which server it is.
    pub me: NodeId,
    /// What all servers of the cluster know about it.
    pub settings: Arc<Settings>,
    /// From what waiting times are made.
    pub delays: Delays,
    /// What was durable when the process started.
    pub kept: Kept,
    /// Where records go.
    pub disk: Disk,
    /// Where messages to the other servers go.
    pub links: HashMap<NodeId, mpsc::Sender<Envelope>>,
    /// Who is told everything.
    pub recorder: Option<Box<dyn Recorder>>,
    /// The latest record that has begun in this cluster; 0: none.
    pub epoch: u64,
}

/// A message that waits for the disk, and who gets it instead of its addressee.
#[derive(Debug)]
struct Letter {
    to: Endpoint,
    message: Message,
    asked: Option<oneshot::Sender<Message>>,
}

/// Those who wait for the answer to one operation.
type Waiting = HashMap<(ClientId, u32), Vec<oneshot::Sender<Reply>>>;

/// A replica, and what it needs to live in the real world.
///
/// * It is the only one who touches the replica.
/// * A message leaves only when every record written before it is durable.
pub struct Runner {
    me: NodeId,
    replica: Replica,
    settings: Arc<Settings>,
    outbox: Outbox<Letter>,
    disk: Disk,
    /// How many records were durable when the process started.
    kept: u64,
    /// Whether its disk is in place of one that was lost.
    replaced: bool,
    /// Records that the disk is about to be given.
    records: Vec<Record>,
    written: u64,
    durable: u64,
    /// Snapshots on their way to the disk, each with the count of records up to it.
    snapshots: VecDeque<(u64, Stored)>,
    /// Votes on their way there: the slot of each, with the count of records up to it.
    votes: VecDeque<(u64, Slot)>,
    /// Votes below this slot are to go at once: a rule is off.
    forgets_below: Slot,
    timers: Timers,
    links: HashMap<NodeId, mpsc::Sender<Envelope>>,
    arriving: mpsc::Receiver<Arrival>,
    /// Messages to itself that have left.
    own: VecDeque<(Number, Message)>,
    waiting: Waiting,
    sent: HashMap<Endpoint, u64>,
    requests: HashMap<ClientId, u64>,
    dropped: u64,
    clock: Clock,
    recorder: Option<Box<dyn Recorder>>,
    /// The latest record that has begun here; 0: none.
    epoch: u64,
    /// One that is about to begin.
    begins: Option<Begins>,
    /// What this server was when one began, until somebody asks.
    begun: Option<(u64, Begun)>,
    view: watch::Sender<View>,
    effects: Vec<Effect>,
}

impl Runner {
    /// A server as its disk knows it, with the door for what arrives and the window to look in.
    #[must_use]
    pub fn new(parts: Parts) -> (Self, Inbox, watch::Receiver<View>) {
        let Parts { me, settings, delays, kept, disk, links, recorder, epoch } = parts;
        let (inbox, arriving) = mpsc::channel(MAX_INPUTS);
        let replica = Replica::recover(me, Arc::clone(&settings), &kept.records);
        let (view, look) = watch::channel(View::of(&replica));
        let runner = Self {
            me,
            replica,
            settings,
            outbox: Outbox::default(),
            disk,
            kept: kept.count,
            replaced: kept.records.paxos.lost,
            records: Vec::new(),
            written: 0,
            durable: 0,
            snapshots: VecDeque::new(),
            votes: VecDeque::new(),
            forgets_below: 0,
            timers: Timers::new(delays),
            links,
            arriving,
            own: VecDeque::new(),
            waiting: HashMap::new(),
            sent: HashMap::new(),
            requests: HashMap::new(),
            dropped: 0,
            clock: Clock::start(),
            recorder,
            epoch,
            begins: None,
            begun: None,
            view,
            effects: Vec::new(),
        };
        (runner, Inbox::new(inbox), look)
    }

    /// Runs until the disk fails, or nobody can reach it any more.
    ///
    /// # Errors
    /// Why the disk failed. What was said until then is durable.
    pub async fn run(mut self) -> Result<(), StorageError> {
        let mut progress = self.disk.progress();
        let off = rules::off(self.settings.paxos.rules, self.settings.rules);
        let (records, replaced) = (self.kept, self.replaced);
        self.note(&Note::Start { incarnation: self.clock.incarnation(), records, replaced, off: &off });
        self.take(Input::Start, None);
        loop {
            self.settle();
            if self.begin() {
                continue;
            }
            // Where a record is about to begin, nothing is taken in but what the disk says.
            let timer = self.timers.next().filter(|_| !self.is_about_to_begin());
            tokio::select! {
                // What the disk says comes first: it lets go what others wait for.
                biased;
                changed = progress.changed() => {
                    let now = progress.borrow_and_update().clone();
                    self.progress(&now)?;
                    if changed.is_err() {
                        return Ok(());
                    }
                }
                () = sleep_until(timer.unwrap_or_else(Instant::now)), if timer.is_some() => self.time_out(),
                arrival = self.arriving.recv(), if !self.is_about_to_begin() => {
                    let Some(arrival) = arrival else { return Ok(()) };
                    self.arrive(arrival);
                    for _ in 1..BATCH {
                        if self.is_about_to_begin() {
                            break;
                        }
                        let Ok(arrival) = self.arriving.try_recv() else { break };
                        self.arrive(arrival);
                    }
                }
            }
        }
    }

    fn progress(&mut self, Progress { durable, failed }: &Progress) -> Result<(), StorageError> {
        if *durable > self.durable {
            self.durable = *durable;
            self.note(&Note::Durable(*durable));
            let told = self.votes.partition_point(|(count, _)| count <= durable);
            self.votes.drain(..told);
            // A snapshot has taken the place of votes on the disk. Only now the replica lets go of them.
            while self.snapshots.front().is_some_and(|(count, _)| count <= durable)
                && let Some((_, stored)) = self.snapshots.pop_front()
            {
                self.take(Input::Stored(stored), None);
            }
        }
        failed.clone().map_or(Ok(()), Err)
    }

    fn time_out(&mut self) {
        while let Some(timer) = self.timers.take(Instant::now()) {
            self.note(&Note::Timeout(timer));
            self.take(Input::Timeout(timer), None);
        }
        // Those who gave up waiting are forgotten.
        self.waiting.retain(|_, waiting| {
            waiting.retain(|answer| !answer.is_closed());
            !waiting.is_empty()
        });
    }

    fn arrive(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Message { epoch, .. } if epoch > self.epoch => self.begin_before(epoch, arrival),
            Arrival::Message { from, number, epoch, message } if epoch < self.epoch => {
                self.note(&Note::Crossed { from, number, epoch, message: &message });
                self.take(Input::Receive { from: from.into(), message }, None);
            }
            Arrival::Message { from, number, message, .. } => self.receive(from.into(), Some(number), message, None),
            Arrival::Begin { epoch, answer } => self.begin_for(epoch, answer),
            Arrival::Request { command, answer } => {
                if self.waiting.len() >= MAX_REQUESTS {
                    // Whoever asked hears that the door was shut on it.
                    return;
                }
                let client = command.client;
                self.waiting.entry((client, command.seq)).or_default().push(answer);
                let sequence = self.requests.entry(client).or_default();
                *sequence += 1;
                let number = Number { incarnation: self.clock.incarnation(), sequence: *sequence };
                self.receive(client.into(), Some(number), Message::Request(command), None);
            }
            Arrival::Ask { from, message, answer } => self.receive(from.into(), None, message, Some(answer)),
        }
    }

    fn receive(
        &mut self,
        from: Endpoint,
        number: Option<Number>,
        message: Message,
        asked: Option<oneshot::Sender<Message>>,
    ) {
        self.note(&Note::Received { from, number, message: &message });
        self.take(Input::Receive { from, message }, asked);
    }

    /// Gives the replica an input, and sees to what it wants done about it. Its messages join the outbox behind every record
    /// written so far: that is the disk barrier.
    fn take(&mut self, input: Input, mut asked: Option<oneshot::Sender<Message>>) {
        let stranger = match &input {
            Input::Receive { from, .. } => Some(*from),
            _ => None,
        };
        let mut effects = std::mem::take(&mut self.effects);
        self.replica.handle(input, &mut effects);
        let before = self.written;
        for effect in effects.drain(..) {
            match effect {
                Effect::Write(record) => {
                    self.written += 1;
                    self.snapshots.extend(record.snapshot().map(|stored| (self.written, stored.clone())));
                    if let Some(paxos::Record::Accepted(vote)) = record.paxos() {
                        self.votes.push_back((self.written, vote.slot));
                    }
                    self.records.push(record);
                }
                Effect::Send { to, message } => {
                    let waits = message.waits_for_disk(self.settings.paxos.rules);
                    let behind = if waits { self.written } else { 0 };
                    let asked = if Some(to) == stranger { asked.take() } else { None };
                    self.outbox.push(Letter { to, message, asked }, behind);
                }
                Effect::SetTimer { timer, tries } => self.timers.set(timer, tries, Instant::now()),
                Effect::CancelTimer(timer) => self.timers.cancel(timer),
                // Its disk does so before it gets anything that was written since (`settle`).
                Effect::Forget(stored) => self.forgets_below = self.forgets_below.max(stored.replaces_below()),
                Effect::Trace(_) => {}
            }
        }
        self.effects = effects;
        if self.written > before {
            self.note(&Note::Written(self.written));
        }
    }

    /// Hands the disk what was written, and lets out what may leave, until nothing that the server says to itself is left. What
    /// came together is written together: one commit, and one piece of notes.
    fn settle(&mut self) {
        loop {
            let letters = self.outbox.release(self.durable, |_| true);
            let numbers: Vec<_> = letters.iter().map(|letter| self.number(letter)).collect();
            if !letters.is_empty() || !self.records.is_empty() || self.forgets_below > 0 {
                self.keep_notes();
            }
            if self.forgets_below > 0 {
                // The disk is waited for: this is no server for speed, and in the laboratory votes go in the very step.
                self.disk.forget_below(std::mem::take(&mut self.forgets_below), self.votes.iter().copied());
            }
            if !self.records.is_empty() {
                self.disk.write(std::mem::take(&mut self.records));
            }
            for (letter, number) in letters.into_iter().zip(numbers) {
                self.send(letter, number);
            }
            if self.own.is_empty() {
                break;
            }
            while let Some((number, message)) = self.own.pop_front() {
                self.receive(self.me.into(), Some(number), message, None);
            }
        }
        let (written, durable, dropped, replaced) = (self.written, self.durable, self.dropped, self.replaced);
        self.view.send_replace(View { written, durable, dropped, replaced, ..View::of(&self.replica) });
    }

    /// A message is about to leave: it gets its number, and is noted.
    fn number(&mut self, Letter { to, message, asked }: &Letter) -> Number {
        let sequence = self.sent.entry(*to).or_default();
        *sequence += 1;
        let number = Number { incarnation: self.clock.incarnation(), sequence: *sequence };
        let taken = match (to, message) {
            (Endpoint::Client(client), Message::Answer(answer)) => self.waiting.contains_key(&(*client, answer.seq)),
            _ => asked.is_none(),
        };
        self.note(&Note::Sent { to: *to, number, message, taken });
        number
    }

    fn send(&mut self, Letter { to, message, asked }: Letter, number: Number) {
        // Whoever asked may have gone; and so may a link or a client. To the replica that is a message that was lost.
        match (asked, to, message) {
            (Some(asked), _, message) => drop(asked.send(message)),
            (None, Endpoint::Server(to), message) if to == self.me => self.own.push_back((number, message)),
            (None, Endpoint::Server(to), message) => {
                if let Some(link) = self.links.get(&to)
                    && let Err(mpsc::error::TrySendError::Full(_)) =
                        link.try_send(Envelope { number, epoch: self.epoch, message })
                {
                    self.dropped += 1;
                }
            }
            (None, Endpoint::Client(client), Message::Answer(answer)) => {
                for waiting in self.waiting.remove(&(client, answer.seq)).unwrap_or_default() {
                    drop(waiting.send(answer.reply.clone()));
                }
            }
            (None, Endpoint::Client(_), _) => {}
        }
    }

    fn keep_notes(&mut self) {
        if let Some(recorder) = &mut self.recorder {
            recorder.keep();
        }
    }

    fn note(&mut self, note: &Note<'_>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.note(self.clock.now(), note);
        }
    }
}

#[cfg(test)]
mod tests;
