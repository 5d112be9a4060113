//! What servers can do, tried once and remembered.
//!
//! A world has millions of states, but one server of it only hundreds: the millions are their combinations. So every
//! state of a server, every message (here a *letter*: from whom, to whom, and what it says) and every set of votes gets a
//! number, and what a server does in a given state about a given event is found out once, by letting the real
//! [`Cluster`] do it. From then on it is looked up. What is explored is the program itself, and almost all of the work is
//! done on small numbers.

mod reductions;
mod trial;

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Bounds;
use super::event::Event;
use crate::paxos::{Ballot, Kind, Message, NodeId, NodeSet, Quorums, Value, Vote};
use crate::sim::{Cluster, Server};

use reductions::Reductions;
pub(crate) use trial::follow_up;
use trial::may_happen;

type Map<K> = HashMap<K, u32, FxBuildHasher>;

/// Part of a list, from here to before there.
type Part = (u32, u32);

/// A message without a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) message: Message,
}

/// What a server does about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Its state afterwards.
    pub(super) server: u32,
    /// What it sends: see [`Atlas::sent`].
    pub(super) sends: Part,
    /// The votes it casts: see [`Atlas::cast`].
    pub(super) casts: Part,
    /// Whether it begins a ballot.
    pub(super) begins: bool,
    /// Whether all it does is refuse.
    pub(super) only_refuses: bool,
}

/// What is to be known of a server state at a glance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance {
    /// The value that its learner knows, as one bit; 0 for none.
    pub(super) learned: u32,
    /// Which of [`Event::ALONE`] may happen to it, one bit each.
    pub(super) alone: u8,
    /// The same server once no ballot can begin any more: without what it kept for its next one.
    pub(super) retired: u32,
}

/// What is to be known of a letter at a glance.
#[derive(Clone, Copy, Debug)]
struct Address {
    /// The receiver, counted from 0.
    to: u8,
    kind: Kind,
    /// Its place among all letters to that server.
    place: u32,
}

/// What is to be said of a set of votes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict {
    /// The values chosen, one bit each, by their numbers in the atlas.
    pub(super) chosen: u32,
    /// Whether more than one ballot has chosen.
    pub(super) twice: bool,
    /// Whether one value was voted for in two ballots.
    pub(super) adopted: bool,
}

/// Not tried yet. Numbers of outcomes are doubled, with a bit for whether they only refuse; the first outcome is nobody's.
const UNKNOWN: u32 = 0;
/// Something tried, and not possible; or a message that can make no difference any more.
const NOTHING: u32 = 1;
/// So many slots are those of events that are no letters.
const OTHERS: usize = 16;

#[derive(Clone, Debug)]
pub(super) struct Atlas {
    /// Where things are tried.
    scratch: Cluster,
    reductions: Reductions,
    /// What clients ask for, one after the other.
    requests: Vec<Value>,
    values: Vec<Value>,
    servers: Vec<(NodeId, Server)>,
    server_numbers: Map<Vec<u8>>,
    /// What is to be known of each server state at a glance.
    glances: Vec<Glance>,
    letters: Vec<Letter>,
    /// What is to be known of each letter at a glance.
    addresses: Vec<Address>,
    /// How many letters each server may get.
    received: [u32; Bounds::MOST_SERVERS as usize],
    letter_numbers: Map<Vec<u8>>,
    casts: Vec<(NodeId, Vote)>,
    histories: Vec<Vec<u32>>,
    history_numbers: Map<Vec<u32>>,
    verdicts: Vec<Verdict>,
    /// A history and a vote, and the history with it.
    grown: Map<(u32, u32)>,
    /// For each server state, what came of each event that was tried: see [`Atlas::slot`].
    tried: Vec<Vec<u32>>,
    outcomes: Vec<Outcome>,
    sent: Vec<u32>,
    cast: Vec<u32>,
    bytes: usize,
}

impl Atlas {
    /// Nothing has been tried yet. `unbroken`: nothing has gone wrong so far.
    pub(super) fn new(cluster: &Cluster, bounds: Bounds, requests: Vec<Value>, unbroken: bool) -> Self {
        Self {
            reductions: Reductions::new(cluster, bounds, unbroken),
            scratch: cluster.clone(),
            requests,
            values: Vec::new(),
            servers: Vec::new(),
            server_numbers: Map::default(),
            glances: Vec::new(),
            letters: Vec::new(),
            addresses: Vec::new(),
            letter_numbers: Map::default(),
            casts: Vec::new(),
            histories: Vec::new(),
            history_numbers: Map::default(),
            verdicts: Vec::new(),
            grown: Map::default(),
            tried: Vec::new(),
            received: [0; Bounds::MOST_SERVERS as usize],
            outcomes: Vec::from([Outcome {
                server: 0,
                sends: (0, 0),
                casts: (0, 0),
                begins: false,
                only_refuses: false,
            }]),
            sent: Vec::new(),
            cast: Vec::new(),
            bytes: 0,
        }
    }

    pub(super) fn requests(&self) -> &[Value] {
        &self.requests
    }

    /// The value as one bit.
    pub(super) fn bit(&mut self, value: &Value) -> u32 {
        1 << self.value(value)
    }

    /// What may be left out of states.
    #[inline]
    pub(super) const fn reductions(&self) -> Reductions {
        self.reductions
    }

    fn quorums(&self) -> Quorums {
        self.scratch.settings().quorums()
    }

    /// Roughly the bytes it takes.
    pub(super) const fn weight(&self) -> usize {
        self.bytes
    }

    /// A server as it is known by this number.
    pub(super) fn server(&self, number: u32) -> &Server {
        &self.servers[number as usize].1
    }

    pub(super) fn letter(&self, number: u32) -> &Letter {
        &self.letters[number as usize]
    }

    /// To whom it goes, counted from 0.
    #[inline]
    pub(super) fn receiver(&self, letter: u32) -> usize {
        self.addresses[letter as usize].to.into()
    }

    /// Whether it tells of a vote.
    #[inline]
    fn is_vote(&self, letter: u32) -> bool {
        self.addresses[letter as usize].kind == Kind::Accepted
    }

    /// Whether it is a vote for a server that hears of it at once.
    #[inline]
    pub(super) fn is_heard_at_once(&self, letter: u32) -> bool {
        self.reductions.hears_at_once
            && self.is_vote(letter)
            && self.reductions.listener.is_some_and(|it| it.index() == self.receiver(letter))
    }

    /// Whether it is a refusal.
    #[inline]
    pub(super) fn is_refusal(&self, letter: u32) -> bool {
        self.addresses[letter as usize].kind == Kind::Nack
    }

    pub(super) fn verdict(&self, history: u32) -> Verdict {
        self.verdicts[history as usize]
    }

    /// What is to be known of a server at a glance.
    #[inline]
    pub(super) fn glance(&self, server: u32) -> Glance {
        self.glances[server as usize]
    }

    /// A letter that some outcome sends.
    #[inline]
    pub(super) fn sent(&self, at: u32) -> u32 {
        self.sent[at as usize]
    }

    /// A vote that some outcome casts.
    #[inline]
    pub(super) fn cast(&self, at: u32) -> u32 {
        self.cast[at as usize]
    }

    /// What a server does about an event. The outer `None`: nobody has tried yet. The inner one: it is not possible, or
    /// makes no difference now or later.
    #[inline]
    pub(super) fn outcome(&self, server: u32, event: Event) -> Option<Option<Outcome>> {
        match *self.tried[server as usize].get(self.slot(event))? {
            UNKNOWN => None,
            NOTHING => Some(None),
            number => Some(Some(self.outcomes[(number >> 1) as usize])),
        }
    }

    /// Whether a letter could make a difference to a server; or, once no ballot can begin any more, a difference other
    /// than a refusal. `None`: nobody has tried yet.
    #[inline]
    pub(super) fn matters_to(&self, server: u32, letter: u32, last: bool) -> Option<bool> {
        match *self.tried[server as usize].get(self.slot(Event::Deliver(letter)))? {
            UNKNOWN => None,
            number => Some(number != NOTHING && !(last && number & 1 == 1)),
        }
    }

    /// Where in the row of a server state it stands what comes of an event.
    #[inline]
    fn slot(&self, event: Event) -> usize {
        match event {
            Event::Deliver(letter) => OTHERS + self.addresses[letter as usize].place as usize,
            other => other.slot(),
        }
    }

    /// A history with one more vote; `None`: nobody has asked yet.
    #[inline]
    pub(super) fn with_vote(&self, history: u32, cast: u32) -> Option<u32> {
        self.grown.get(&(history, cast)).copied()
    }

    /// The number of a value.
    fn value(&mut self, value: &Value) -> u32 {
        let known = self.values.iter().position(|other| other == value);
        known.unwrap_or_else(|| {
            self.values.push(value.clone());
            self.values.len() - 1
        }) as u32
    }

    /// The number of a server's state.
    pub(super) fn number_server(&mut self, node: NodeId, server: Server) -> u32 {
        let mut key = server.essence();
        key.push(node.get() as u8);
        if let Some(number) = self.server_numbers.get(&key) {
            return *number;
        }
        let learned = server.replica().and_then(|replica| replica.learner()?.learned(0)).cloned();
        let learned = learned.map_or(0, |value| 1 << self.value(&value));
        let number = self.servers.len() as u32;
        let mut alone = 0;
        for (bit, event) in Event::ALONE.into_iter().enumerate() {
            alone |= u8::from(may_happen(&server, event)) << bit;
        }
        let retired = server.retired();
        self.bytes += 2 * key.len() + size_of::<Server>();
        self.glances.push(Glance { learned, alone, retired: number });
        self.servers.push((node, server));
        self.tried.push(Vec::new());
        self.server_numbers.insert(key, number);
        self.glances[number as usize].retired = self.number_server(node, retired);
        number
    }

    /// The number of a letter.
    pub(super) fn number_letter(&mut self, letter: Letter) -> u32 {
        let key = postcard::to_allocvec(&(letter.from, letter.to, &letter.message))
            .unwrap_or_else(|_| unreachable!("a message can be serialised"));
        if let Some(number) = self.letter_numbers.get(&key) {
            return *number;
        }
        let number = self.letters.len() as u32;
        let (to, kind) = (letter.to.index(), letter.message.kind());
        self.addresses.push(Address { to: to as u8, kind, place: self.received[to] });
        self.received[to] += 1;
        self.letters.push(letter);
        self.letter_numbers.insert(key, number);
        number
    }

    /// The number of a set of votes.
    pub(super) fn number_history(&mut self, votes: &[(NodeId, Vote)]) -> u32 {
        let mut casts: Vec<u32> = votes.iter().map(|(node, vote)| self.number_cast(*node, vote)).collect();
        casts.sort_unstable();
        casts.dedup();
        self.history(casts)
    }

    fn number_cast(&mut self, node: NodeId, vote: &Vote) -> u32 {
        let known = self.casts.iter().position(|(by, cast)| *by == node && cast == vote);
        known.unwrap_or_else(|| {
            self.casts.push((node, vote.clone()));
            self.casts.len() - 1
        }) as u32
    }

    fn history(&mut self, casts: Vec<u32>) -> u32 {
        if let Some(number) = self.history_numbers.get(&casts) {
            return *number;
        }
        let verdict = self.judge(&casts);
        self.verdicts.push(verdict);
        self.bytes += 2 * size_of_val(casts.as_slice()) + 64;
        let number = self.histories.len() as u32;
        self.histories.push(casts.clone());
        self.history_numbers.insert(casts, number);
        number
    }

    /// A history with one more vote.
    pub(super) fn grow(&mut self, history: u32, cast: u32) -> u32 {
        if let Some(grown) = self.with_vote(history, cast) {
            return grown;
        }
        let mut casts = self.histories[history as usize].clone();
        if let Err(place) = casts.binary_search(&cast) {
            casts.insert(place, cast);
        }
        let grown = self.history(casts);
        self.grown.insert((history, cast), grown);
        grown
    }

    /// What a set of votes comes to.
    fn judge(&mut self, casts: &[u32]) -> Verdict {
        let mut ballots: Vec<(Vote, NodeSet)> = Vec::new();
        for cast in casts {
            let (node, vote) = self.casts[*cast as usize].clone();
            match ballots.iter_mut().find(|(other, _)| *other == vote) {
                Some((_, voters)) => {
                    voters.insert(node);
                }
                None => ballots.push((vote, core::iter::once(node).collect())),
            }
        }
        let quorums = self.quorums();
        let mut verdict = Verdict::default();
        let mut first: Option<Ballot> = None;
        for (at, (vote, voters)) in ballots.iter().enumerate() {
            verdict.adopted |= ballots[..at].iter().any(|(other, _)| other.value == vote.value);
            if quorums.chooses(*voters) {
                verdict.chosen |= 1 << self.value(&vote.value);
                verdict.twice |= first.replace(vote.ballot).is_some_and(|other| other != vote.ballot);
            }
        }
        verdict
    }

    /// What a server does about an event: looked up, or else tried and remembered.
    pub(super) fn find_out(&mut self, server: u32, event: Event) -> Option<Outcome> {
        if let Some(outcome) = self.outcome(server, event) {
            return outcome;
        }
        let outcome = self.try_out(server, event);
        let number = match outcome {
            None => NOTHING,
            Some(outcome) => {
                self.outcomes.push(outcome);
                (self.outcomes.len() as u32 - 1) << 1 | u32::from(outcome.only_refuses)
            }
        };
        let slot = self.slot(event);
        let row = &mut self.tried[server as usize];
        if row.len() <= slot {
            let before = row.capacity();
            row.resize(slot + 1, UNKNOWN);
            self.bytes += (row.capacity() - before) * size_of::<u32>();
        }
        row[slot] = number;
        self.bytes += if number == NOTHING { 0 } else { size_of::<Outcome>() + 16 };
        outcome
    }
}
