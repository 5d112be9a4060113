//! Where a run falls into beats.
//!
//! A *beat* is what a person takes in at once: a range of steps that begins after one boundary and ends at the next.
//! There are four sizes. A boundary is a property of the steps beside it, so the sizes nest: where an idea ends a message
//! ends, and where a message ends a step does.
//!
//! * *Everything*: every step is a beat.
//! * *Messages*: one arrival, timer or intervention, with all that follows from it before the next one: what is decided,
//!   written and sent. So every step begins such a beat, except one in which a disk or an outbox goes on by itself.
//! * *Commands*: what a client of a log waits for. Such a beat ends with the message that brings a client its answer, and with
//!   every idea.
//! * *Ideas*: what a story of the run would mention ([`is_idea`]). An idea ends with the message that brought it. Where a
//!   run has notes, the notes are its ideas, as far as they go.
//!
//! The servers of a log never rest: each sends heartbeats. Where nothing else happens, the log is *idle*, and heartbeats are
//! no more than time that passes. So an idle stretch is one breath: it ends no message, but once in the round of all servers, so
//! that whoever goes on by messages always arrives somewhere ([`idle`]).
//!
//! One byte is kept of each step, so that no view has to look for a boundary in events.

mod idle;

use alloc::vec::Vec;

use super::History;
#[cfg(feature = "log")]
use crate::log;
use crate::paxos::{self, MessageKind};
use crate::run::{Event, EventKind, Simulation};
#[cfg(feature = "log")]
use crate::sim::ClientFact;
use crate::sim::{Action, Fact, Server, Time, Trace};

words! {
    /// How much a beat is.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum BeatSize {
        /// What a story of the run would mention.
        Ideas = "ideas",
        /// Until a client is answered.
        Commands = "commands",
        /// One arrival with all it causes.
        #[default]
        Messages = "messages",
        /// One step.
        Everything = "everything",
    }
}

/// The beats that somebody watches a run by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// How much a beat is.
    pub size: BeatSize,
    /// The steps with a note, ascending.
    pub notes: Vec<u64>,
}

impl Pace {
    fn has_note(&self, step: u64) -> bool {
        self.notes.binary_search(&step).is_ok()
    }
}

/// What is kept of each step of a branch.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps(Vec<u8>);

/// The step begins a message's beat.
const BEGINS: u8 = 1;
/// There has been an idea in the message's beat, up to and including this step.
const IDEA: u8 = 2;
/// A client has been answered in the message's beat, up to and including this step.
const ANSWER: u8 = 4;
/// In the message's beat there is nothing but heartbeats, up to and including this step.
const IDLE: u8 = 8;
/// It ends all the same: a round of heartbeats begins.
const BREATH: u8 = 16;
/// Links are cut or mended in this step, and nothing else happens.
const LINKS: u8 = 32;

impl Steps {
    /// Takes in the next step.
    pub(super) fn push(&mut self, events: &[Event], after: &Simulation) {
        let flag = |flag: u8, holds: bool| if holds { flag } else { 0 };
        let links = idle::of_links(events, after);
        let more_links = links && self.0.last().is_some_and(|last| last & LINKS != 0);
        let begins = self.0.is_empty() || begins(events) && !more_links;
        let before = self.0.last().filter(|_| !begins).copied().unwrap_or(IDLE);
        let idea = events.iter().any(|event| is_idea(event, after));
        let answer = events.iter().any(is_answer);
        let idle = before & IDLE != 0 && idle::is_idle(events, after);
        let breath = begins && idle && idle::is_breath(events, after);
        let kept = before & (IDEA | ANSWER | BREATH) | flag(BEGINS, begins) | flag(LINKS, links);
        self.0.push(kept | flag(IDEA, idea) | flag(ANSWER, answer) | flag(IDLE, idle) | flag(BREATH, breath));
    }

    pub(super) fn until(&self, step: u64) -> Self {
        Self(self.0.iter().take(step as usize).copied().collect())
    }

    fn has(&self, step: u64, what: u8) -> Option<bool> {
        self.0.get((step as usize).wrapping_sub(1)).map(|kept| kept & what != 0)
    }

    /// Whether this step begins a message's beat; `None` when there is no such step.
    pub(super) fn begins(&self, step: u64) -> Option<bool> {
        self.has(step, BEGINS)
    }

    /// Whether a log is idle in this step's beat. A breath ends a message all the same.
    pub(super) fn is_idle(&self, step: u64, but_for_breaths: bool) -> bool {
        let has = |what| self.has(step, what) == Some(true);
        has(IDLE) && !(but_for_breaths && has(BREATH))
    }

    /// The last step up to this one in which a log was not idle.
    pub(super) fn busy_before(&self, step: u64, but_for_breaths: bool) -> u64 {
        (1..=step).rev().find(|step| !self.is_idle(*step, but_for_breaths)).unwrap_or(0)
    }

    /// The step that begins the message's beat of this step.
    pub(super) fn beginning_of(&self, step: u64) -> u64 {
        (1..=step).rev().find(|step| self.begins(*step) != Some(false)).unwrap_or(1)
    }
}

/// Whether a step with these events begins a message's beat: a disk or an outbox that goes on does not.
fn begins(events: &[Event]) -> bool {
    let goes_on = |event: &Event| {
        matches!(&event.kind, EventKind::Fact(Fact::Wrote { .. } | Fact::Durable { .. } | Fact::Sent(_)))
    };
    events.first().is_some_and(|first| !goes_on(first))
}

/// The same, of a step that has not happened.
const fn will_begin(action: &Action) -> bool {
    let of_the_disk = matches!(action, Action::Write { .. } | Action::Sync { .. } | Action::SyncFirst { .. });
    !of_the_disk && !matches!(action, Action::Flush { .. } | Action::Send { .. })
}

/// Whether a story of the run would mention the event. `after` is the moment after it.
#[must_use]
pub fn is_idea(event: &Event, after: &Simulation) -> bool {
    let known = &event.known;
    match &event.kind {
        EventKind::Chosen(_) | EventKind::Violated(_) => true,
        #[cfg(feature = "log")]
        EventKind::ChosenInSlot(_) => false,
        EventKind::Fact(fact) => match fact {
            Fact::Did { trace: Trace::Paxos(trace), .. } => match trace {
                paxos::Trace::Learned { .. } => matches!(who_knows(after), Knows::First | Knows::Everyone),
                // Its server goes back on its word: a promise or a vote was lost.
                paxos::Trace::Promised { .. } => known.went_back.is_some(),
                paxos::Trace::Accepted { although, .. } => although.is_some() || known.went_back.is_some(),
                // Votes that suffice are told where somebody learns of it.
                paxos::Trace::Counted { loose, .. }
                | paxos::Trace::Quorum { answer: MessageKind::Accepted, loose, .. } => !loose.is_empty(),
                // A late request that could have undone what is chosen.
                paxos::Trace::Rejected { request, .. } => {
                    *request == MessageKind::Accept && !after.observer().chosen().is_empty()
                }
                paxos::Trace::Stale { .. } | paxos::Trace::NotMyRole { .. } => false,
                _ => true,
            },
            #[cfg(feature = "log")]
            Fact::Did { trace: Trace::Log(trace), .. } => {
                trace.although().is_some() || known.went_back.is_some() || is_idea_of_log(trace, known.leaderless)
            }
            #[cfg(feature = "log")]
            Fact::Client(ClientFact::Answered { .. }) => known.unanswered || known.in_vain,
            #[cfg(feature = "log")]
            Fact::Client(fact) => matches!(fact, ClientFact::Workload(_) | ClientFact::Retried { .. }),
            #[cfg(feature = "log")]
            Fact::Dropped { envelope, .. } if idle::is_answer(&envelope.message) => true,
            Fact::Sent(_) => !known.undurable.is_empty(),
            Fact::Delivered(_) | Fact::Dropped { .. } | Fact::Duplicated { .. } | Fact::Held(_) | Fact::Released(_) => {
                false
            }
            Fact::Wrote { .. } | Fact::Durable { .. } | Fact::TimedOut { .. } => false,
            _ => true,
        },
    }
}

/// Whether a story of a log would mention what a server did: who leads, what a new leader must finish, who catches up, and
/// which command does not take effect again. That nobody leads is told of the first server that finds out.
#[cfg(feature = "log")]
const fn is_idea_of_log(trace: &log::Trace, leaderless: bool) -> bool {
    use log::{Applied, Trace};
    match trace {
        Trace::Discontent { .. } => !leaderless,
        Trace::LetStand | Trace::Fetches { .. } | Trace::Applied { applied: Applied::Again(_), .. } => true,
        Trace::Stands { .. } | Trace::Leads { .. } | Trace::CatchesUp { .. } | Trace::SteppedDown { .. } => true,
        Trace::Finishes { .. } | Trace::BallotsExhausted(_) => true,
        Trace::SendsSnapshot { .. } | Trace::Installed { .. } | Trace::CannotDecide { .. } => true,
        Trace::TookSnapshot { by_hand, .. } => *by_hand,
        Trace::Accepted { although, .. } => although.is_some(),
        _ => false,
    }
}

/// Whether a client has the answer that it waited for.
#[must_use]
pub(crate) const fn is_answer(event: &Event) -> bool {
    match &event.kind {
        #[cfg(feature = "log")]
        EventKind::Fact(Fact::Client(ClientFact::Answered { .. })) => true,
        _ => false,
    }
}

/// How many know a value, after one more has learned it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Knows {
    /// One alone.
    First,
    /// More than one, and there is another that runs and does not know.
    Some,
    /// Every learner that runs: nothing is left to be learned now.
    Everyone,
}

pub(crate) fn who_knows(moment: &Simulation) -> Knows {
    let (mut knowing, mut running) = (0, 0);
    for node in moment.cluster().nodes() {
        let Some(learner) = Server::paxos(moment.cluster().server(node)).and_then(|replica| replica.learner()) else {
            continue;
        };
        running += 1;
        knowing += usize::from(learner.all().next().is_some());
    }
    match knowing {
        _ if knowing == running => Knows::Everyone,
        1 => Knows::First,
        _ => Knows::Some,
    }
}

/// The events since the present message's beat began.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    pub(super) events: Vec<Event>,
    /// Where those of the latest step begin.
    pub(super) latest: usize,
    /// The time before the beat; where a log was idle then, before that. By messages, and by larger beats.
    pub(super) since: Time,
    pub(super) idle_since: Time,
}

impl Heard {
    /// What happens from here on is the latest step's.
    pub(super) fn next_step(&mut self) {
        self.latest = self.events.len();
    }

    /// The latest step began a beat, and before it was this time. Whether the log was idle then, by messages and by larger
    /// beats.
    pub(super) fn begin(&mut self, before: Time, idle: [bool; 2]) {
        self.events.drain(..self.latest);
        self.latest = 0;
        for (since, idle) in [&mut self.since, &mut self.idle_since].into_iter().zip(idle) {
            *since = if idle { *since } else { before };
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl History {
    /// The events since the present message's beat began, those of the latest step included.
    #[must_use]
    pub fn heard(&self) -> &[Event] {
        &self.heard.events
    }

    /// How long nothing happened before the present message's beat, in simulated milliseconds. That the servers of a log say
    /// that they are there is nothing: by messages it is divided into rounds.
    #[must_use]
    pub fn idle_before(&self, size: BeatSize) -> Time {
        let Heard { events, since, idle_since, .. } = &self.heard;
        let since = if matches!(size, BeatSize::Messages | BeatSize::Everything) { since } else { idle_since };
        events.first().map_or(0, |first| first.at.saturating_sub(*since))
    }

    /// Whether there is nothing but heartbeats in the present message's beat.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.branch().steps.is_idle(self.now.steps(), false)
    }

    /// Whether a beat of the current branch ends after so many steps.
    #[must_use]
    pub fn ends_beat(&self, pace: &Pace, step: u64) -> bool {
        let has = |what| self.branch().steps.has(step, what) == Some(true);
        match pace.size {
            _ if step == 0 => true,
            BeatSize::Everything => true,
            BeatSize::Messages => pace.has_note(step) || self.message_ends(step),
            BeatSize::Commands => {
                pace.has_note(step) || self.message_ends(step) && (has(IDEA | ANSWER) || self.is_over(step))
            }
            BeatSize::Ideas if pace.notes.last().is_some_and(|last| step <= *last) => pace.has_note(step),
            BeatSize::Ideas => self.message_ends(step) && (has(IDEA) || self.is_over(step)),
        }
    }

    /// Whether what happens after so many steps is no longer a consequence of the last arrival.
    fn message_ends(&self, step: u64) -> bool {
        let here = || !self.is_at_end() || self.now.planned().is_none_or(|(_, action)| will_begin(&action));
        let ends = self.branch().steps.begins(step + 1).unwrap_or_else(here);
        ends && (!self.branch().steps.is_idle(step, true) || self.is_over(step))
    }

    /// Whether nothing is left to happen after so many steps.
    fn is_over(&self, step: u64) -> bool {
        step == self.branch().length() && self.is_at_end() && self.now.planned().is_none()
    }

    /// The last boundary before a step of the current branch; 0 is one.
    #[must_use]
    pub fn beat_before(&self, pace: &Pace, step: u64) -> u64 {
        let step = step.min(self.branch().length() + 1);
        (0..step).rev().find(|step| self.ends_beat(pace, *step)).unwrap_or(0)
    }

    /// The first boundary at or after a step of the current branch; its end, if none is on record.
    #[must_use]
    pub fn beat_from(&self, pace: &Pace, step: u64) -> u64 {
        let length = self.branch().length();
        (step..length).find(|step| self.ends_beat(pace, *step)).unwrap_or(length)
    }
}
