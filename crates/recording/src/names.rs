//! Clients: real ones have numbers, which nobody wants to read. In the laboratory they are named a, b, c … in the order in
//! which they came. That is all that differs between a message and what the laboratory sends, so it is undone before the two
//! are compared.

use std::collections::HashMap;
use std::sync::Arc;

use quorum_core::limits::MAX_CLIENTS;
use quorum_core::log::{self, Accept, Answer, ClientId, Command, Entry, Fetched, FetchedSnapshot, Message, Promise};
use quorum_core::paxos::{self, Vote};
use quorum_core::sim::Endpoint;
use xxhash_rust::xxh64::xxh64;

/// XXH64 of a message's postcard bytes: two messages that differ in one byte have different digests.
#[must_use]
pub fn digest(message: &Message) -> u64 {
    let bytes = postcard::to_allocvec(message).unwrap_or_default();
    xxh64(&bytes, 0)
}

/// The numbers of all clients so far, and their names in the laboratory.
///
/// Where a record begins in the middle, servers remember clients that take no part in it. Those have names behind all that a
/// laboratory has room for.
#[derive(Debug, Default)]
pub(crate) struct Names {
    numbers: Vec<u64>,
    absent: Vec<u64>,
    names: HashMap<u64, ClientId>,
}

impl Names {
    /// The name of a client; a new one gets the next.
    pub(crate) fn name(&mut self, number: u64) -> ClientId {
        let Self { numbers, names, .. } = self;
        *names.entry(number).or_insert_with(|| {
            numbers.push(number);
            ClientId::numbered(numbers.len() as u64 - 1)
        })
    }

    /// The name of a client that takes no part, if it has none yet.
    pub(crate) fn remembered(&mut self, number: u64) -> ClientId {
        let Self { absent, names, .. } = self;
        *names.entry(number).or_insert_with(|| {
            absent.push(number);
            ClientId::numbered((MAX_CLIENTS + absent.len() - 1) as u64)
        })
    }

    /// Whether there is a place for a client in a laboratory with so many.
    pub(crate) fn has_room(&self, number: u64, clients: usize) -> bool {
        match self.names.get(&number) {
            Some(name) => (name.number() as usize) < clients,
            None => self.numbers.len() < clients,
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    fn number(&self, name: ClientId) -> ClientId {
        let at = name.number() as usize;
        let number = match at.checked_sub(MAX_CLIENTS) {
            None => self.numbers.get(at),
            Some(at) => self.absent.get(at),
        };
        ClientId::numbered(number.copied().unwrap_or(name.number()))
    }

    /// Who that is outside.
    pub(crate) fn endpoint(&self, end: Endpoint) -> Endpoint {
        match end {
            Endpoint::Server(_) => end,
            Endpoint::Client(name) => Endpoint::Client(self.number(name)),
        }
    }

    /// A message of the laboratory as real servers say it.
    pub(crate) fn outside(&self, message: &Message) -> Message {
        translated(message, &mut |client| self.number(client))
    }

    /// A message of real servers as the laboratory says it.
    pub(crate) fn inside(&mut self, message: &Message) -> Message {
        translated(message, &mut |client| self.remembered(client.number()))
    }

    /// The name of a client, if it has one.
    pub(crate) fn get(&self, number: u64) -> Option<ClientId> {
        self.names.get(&number).copied()
    }
}

/// What a client is called instead.
type Renames<'a> = dyn FnMut(ClientId) -> ClientId + 'a;

/// The same message, whose clients are called otherwise.
fn translated(message: &Message, name: &mut Renames<'_>) -> Message {
    match message {
        Message::Promise(promise) => {
            let accepted = promise.promise.accepted.iter().map(|it| vote(it, name)).collect();
            let ballot = promise.promise.ballot;
            Message::Promise(Promise { promise: paxos::Promise { ballot, accepted }, ..promise.clone() })
        }
        Message::Accept(Accept { vote: it, chosen_to }) => {
            Message::Accept(Accept { vote: vote(it, name), chosen_to: *chosen_to })
        }
        Message::Fetched(fetched) => {
            let entries = fetched.entries.iter().map(|it| entry(it, name)).collect();
            Message::Fetched(Fetched { entries, ..fetched.clone() })
        }
        Message::Snapshot(fetched) => {
            let mut snapshot = (*fetched.snapshot).clone();
            for (client, _) in &mut snapshot.sessions {
                *client = name(*client);
            }
            // Numbers are in another order than names.
            snapshot.sessions.sort_by_key(|(client, _)| *client);
            Message::Snapshot(FetchedSnapshot { snapshot: Arc::new(snapshot), ..fetched.clone() })
        }
        Message::Request(it) => Message::Request(command(it, name)),
        Message::Answer(answer) => Message::Answer(Answer { client: name(answer.client), ..answer.clone() }),
        Message::Heartbeat(_)
        | Message::Prepare(_)
        | Message::Accepted(_)
        | Message::Nack(_)
        | Message::Fetch(_)
        | Message::Confirm(_)
        | Message::Confirmed(_) => message.clone(),
    }
}

fn vote(vote: &Vote<Entry>, name: &mut Renames<'_>) -> Vote<Entry> {
    Vote { value: entry(&vote.value, name), ..vote.clone() }
}

fn entry(entry: &Entry, name: &mut Renames<'_>) -> Entry {
    match entry {
        log::Entry::NoOp => Entry::NoOp,
        log::Entry::Command(it) => Entry::Command(command(it, name)),
    }
}

fn command(command: &Command, name: &mut Renames<'_>) -> Arc<Command> {
    Arc::new(Command { client: name(command.client), ..command.clone() })
}
