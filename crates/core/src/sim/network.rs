//! Messages under way, and the links they travel.
//!
//! The network may do anything to a message but change it (*Paxos Made Simple*, §2.1): messages "can take arbitrarily
//! long to be delivered, can be duplicated, and can be lost, but they are not corrupted". A link is cut in one
//! direction at a time; a message that comes to a cut is lost, one that arrives after the mending is not.

use alloc::string::String;
use alloc::{vec, vec::Vec};
use core::fmt;

use litemap::LiteMap;
use serde::Serialize;

use super::{Message, Probability};
use crate::endpoint::Endpoint;
use crate::limits::MAX_DELAY;
use crate::paxos::{self, NodeId};
use crate::text::Piece;

/// The number of a message: from 1, in the order messages were made, copies included. It exists for people to
/// point at; the protocol never sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct MessageId(pub u32);

impl Piece for MessageId {
    fn put(&self, to: &mut String) {
        self.0.put(to);
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A message with its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Envelope {
    /// Its number.
    pub id: MessageId,
    /// Who sent it.
    pub from: Endpoint,
    /// Whom it is for; possibly the sender.
    pub to: Endpoint,
    /// What it says.
    pub message: Message,
    /// How far it is from the message that was sent: 0 is the message itself, 1 a copy, 2 a copy of a copy.
    pub copy: u32,
}

impl Envelope {
    /// What a message of single-decree Paxos says, and between which servers; `None` where another protocol runs.
    #[must_use]
    pub fn paxos(&self) -> Option<(NodeId, NodeId, &paxos::Message)> {
        Some((self.from.server()?, self.to.server()?, self.message.paxos()?))
    }
}

/// A link in one direction: from the first to the second.
pub type Link = (Endpoint, Endpoint);

/// How the network treats messages from now on. A server's messages to itself are exempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Conditions {
    /// The probability that a message is lost, 0 to 1.
    pub loss: Probability,
    /// The probability that a message is duplicated, 0 to 1.
    pub duplicate: Probability,
    /// How long a message travels: least and most, in simulated milliseconds, up to a minute. Unequal times
    /// reorder messages.
    pub latency: (u32, u32),
}

impl Default for Conditions {
    /// Nothing is lost or duplicated. Latencies differ a little: enough to reorder, and little enough that three
    /// hops always take longer than two, so that eager proposers duel for ever.
    fn default() -> Self {
        Self { loss: Probability::default(), duplicate: Probability::default(), latency: (30, 40) }
    }
}

impl Conditions {
    /// What is wrong with these, if anything.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        span(self.latency).map_err(
            |()| "latency is two numbers of milliseconds, the least and the most, each at most 60000 and in this order",
        )
    }
}

pub(super) fn span((low, high): (u32, u32)) -> Result<(), ()> {
    if low <= high && high <= MAX_DELAY { Ok(()) } else { Err(()) }
}

/// A message under way.
#[derive(Clone, Debug)]
pub(super) struct InFlight {
    pub(super) envelope: Envelope,
    pub(super) held: bool,
}

/// Everything between servers.
#[derive(Clone, Debug)]
pub struct Network {
    pub(super) in_flight: LiteMap<MessageId, InFlight>,
    /// For each end, servers first and then clients, the ends that it does not reach: a bit for each, by its number.
    cut: Vec<Ends>,
    #[cfg(feature = "log")]
    servers: usize,
    pub(super) conditions: Conditions,
}

impl Network {
    pub(super) fn new(nodes: u32, clients: u32, conditions: Conditions) -> Self {
        let cut = vec![Ends::default(); (nodes + clients) as usize];
        Self {
            in_flight: LiteMap::new(),
            cut,
            #[cfg(feature = "log")]
            servers: nodes as usize,
            conditions,
        }
    }

    /// Where an end stands among all senders.
    const fn row(&self, end: Endpoint) -> usize {
        match end {
            Endpoint::Server(node) => node.index(),
            #[cfg(feature = "log")]
            Endpoint::Client(client) => self.servers + client.index(),
        }
    }

    /// Messages that have left and not arrived, held ones included, in the order they were made.
    pub fn in_flight(&self) -> impl Iterator<Item = &Envelope> {
        self.in_flight.values().map(|in_flight| &in_flight.envelope)
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: MessageId) -> Option<&Envelope> {
        self.in_flight.get(&id).map(|in_flight| &in_flight.envelope)
    }

    /// Whether a message is held.
    #[must_use]
    pub fn is_held(&self, id: MessageId) -> bool {
        self.in_flight.get(&id).is_some_and(|in_flight| in_flight.held)
    }

    /// Whether messages from one end do not reach another. A server always reaches itself.
    #[must_use]
    pub fn is_cut(&self, from: impl Into<Endpoint>, to: impl Into<Endpoint>) -> bool {
        self.cut[self.row(from.into())].has(to.into())
    }

    /// Whether no link is cut.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.cut.iter().all(|unreached| *unreached == Ends::default())
    }

    /// Mends every link.
    pub(super) fn mend(&mut self) {
        self.cut.fill(Ends::default());
    }

    /// Cuts links in one direction, or mends them.
    pub(super) fn set_cuts(&mut self, links: &[Link], cut: bool) {
        for (from, to) in links {
            let row = self.row(*from);
            self.cut[row].set(*to, cut);
        }
    }

    /// How messages are treated.
    #[must_use]
    pub const fn conditions(&self) -> Conditions {
        self.conditions
    }

    pub(super) fn take(&mut self, id: MessageId) -> Option<Envelope> {
        Some(self.in_flight.remove(&id)?.envelope)
    }
}

/// How many words have a bit for every end: their numbers count from 1. Where there are no clients, one has.
#[cfg(feature = "log")]
const WORDS: usize = 2;
#[cfg(not(feature = "log"))]
const WORDS: usize = 1;

/// A set of ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ends([u128; WORDS]);

impl Ends {
    const fn has(self, end: Endpoint) -> bool {
        let at = end.number() as usize - 1;
        self.0[at / 128] >> (at % 128) & 1 == 1
    }

    const fn set(&mut self, end: Endpoint, is_in: bool) {
        let at = end.number() as usize - 1;
        let bit = 1 << (at % 128);
        if is_in {
            self.0[at / 128] |= bit;
        } else {
            self.0[at / 128] &= !bit;
        }
    }
}
