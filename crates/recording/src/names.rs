//! Clients: real ones have numbers, which nobody wants to read. In the laboratory they are named a, b, c … in the order in
//! which they came. That is all that differs between a message and what the laboratory sends, so it is undone before the two
//! are compared.

use std::collections::HashMap;
use std::sync::Arc;

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
#[derive(Debug, Default)]
pub(crate) struct Names {
    numbers: Vec<u64>,
    names: HashMap<u64, ClientId>,
}

impl Names {
    /// The name of a client; a new one gets the next.
    pub(crate) fn name(&mut self, number: u64) -> ClientId {
        let Self { numbers, names } = self;
        *names.entry(number).or_insert_with(|| {
            numbers.push(number);
            ClientId::numbered(numbers.len() as u64 - 1)
        })
    }

    /// Whether a client has one.
    pub(crate) fn has(&self, number: u64) -> bool {
        self.names.contains_key(&number)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    fn number(&self, name: ClientId) -> ClientId {
        ClientId::numbered(self.numbers.get(name.number() as usize).copied().unwrap_or(name.number()))
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
        match message {
            Message::Promise(promise) => {
                let accepted = promise.promise.accepted.iter().map(|vote| self.vote(vote)).collect();
                let ballot = promise.promise.ballot;
                Message::Promise(Promise { promise: paxos::Promise { ballot, accepted }, ..promise.clone() })
            }
            Message::Accept(Accept { vote, chosen_to }) => {
                Message::Accept(Accept { vote: self.vote(vote), chosen_to: *chosen_to })
            }
            Message::Fetched(fetched) => {
                let entries = fetched.entries.iter().map(|entry| self.entry(entry)).collect();
                Message::Fetched(Fetched { entries, ..fetched.clone() })
            }
            Message::Snapshot(fetched) => {
                let mut snapshot = (*fetched.snapshot).clone();
                for (client, _) in &mut snapshot.sessions {
                    *client = self.number(*client);
                }
                // Numbers are in another order than names.
                snapshot.sessions.sort_by_key(|(client, _)| *client);
                Message::Snapshot(FetchedSnapshot { snapshot: Arc::new(snapshot), ..fetched.clone() })
            }
            Message::Request(command) => Message::Request(self.command(command)),
            Message::Answer(answer) => Message::Answer(Answer { client: self.number(answer.client), ..answer.clone() }),
            Message::Heartbeat(_)
            | Message::Prepare(_)
            | Message::Accepted(_)
            | Message::Nack(_)
            | Message::Fetch(_) => message.clone(),
        }
    }

    fn vote(&self, vote: &Vote<Entry>) -> Vote<Entry> {
        Vote { value: self.entry(&vote.value), ..vote.clone() }
    }

    fn entry(&self, entry: &Entry) -> Entry {
        match entry {
            log::Entry::NoOp => Entry::NoOp,
            log::Entry::Command(command) => Entry::Command(self.command(command)),
        }
    }

    fn command(&self, command: &Command) -> Arc<Command> {
        Arc::new(Command { client: self.number(command.client), ..command.clone() })
    }
}
