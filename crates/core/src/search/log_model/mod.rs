//! A replicated log as something to search.
//!
//! This model follows every order in which messages of [`crate::log`] can arrive, clients can ask, servers can stand for leader
//! and crash, within [`Bounds`]. It stands on [`log::Replica`] itself, and on nothing of the simulated world: a server of the
//! model is a replica, its disk, and what waits for the disk (`server.rs`).
//!
//! **A state** is the state of every server, the set of all messages that were sent, how much of the bounds is used up, and
//! what is needed for a verdict: the votes that ever counted (`past.rs`). As in Lamport's specifications, a message that arrives
//! stays in the set. So each message may be lost (it never arrives), late, or doubled as often as anybody likes, and there is no
//! action for any of that.
//!
//! **An action** is one thing that happens to one server: a message or a client's request reaches it, it stands, it gives up
//! waiting, its disk is done, it crashes. There is no time. A server may stand whenever it neither stands nor leads, whatever it
//! hears: that a real one waits is a matter of progress, and here every moment is tried.
//!
//! Two clients' commands reach servers in every order, and different servers in different orders. That matters: a model that
//! gives every leader the same next command cannot see what [`log::Rule::IndexNeedsBallot`] is for.
//!
//! # What makes it small
//!
//! | what | why nothing is missed |
//! |---|---|
//! | What is written is durable at once, unless that server can still crash | Only a crash could tell a fast disk from a slow one. What rests on a slow disk leaves later, and a late message says the same |
//! | Which servers may crash is settled at the beginning: there is a first state for each choice | Every run with so many crashes has a choice that allows it |
//! | The ballots a server knows of are forgotten once no ballot is left to begin | Only its next ballot would read them |
//! | Whom a server hears, its timers' counts and the leader that it knows of are forgotten | In a model without time only standing, repeating and fetching would read them, and these are actions of their own |
//! | Where no client reads and the cluster is new, the first client asks first | Clients differ only in names, so every run is one of these with other names |
//! | A message that could tell its receiver nothing any more is lost ([`Bounds::keeps`] keeps it) | It would change nothing. The states that servers come to are the same ones: a test compares them |
//!
//! The last one counts on what a server never forgets. So where a rule about ballots is off, every message stays. And a crash makes
//! a server forget what it learned: that an old message, which had nothing to say before, tells it again, is left out.
//!
//! Two things are bounds, and not more. What a server says to itself arrives at once, before anything else happens to it
//! ([`Bounds::own_travel`] lets it travel). And a server fetches only to catch up before it leads: a fetch at other times only
//! copies what is known to be chosen.
//!
//! | file | what it does |
//! |---|---|
//! | `bounds.rs` | how far it looks, and which rule shows within which bounds |
//! | `present.rs` | what a search begins with: a new cluster, or a step of a run |
//! | `server.rs` | lets the real replica do it, with a disk |
//! | `past.rs` | what is chosen, and whether what servers did is right |
//! | `table.rs` | numbers for all of these, and what was done before |
//! | `state.rs`, `expand.rs`, `action.rs` | a state in those numbers, its actions, and their words |

mod action;
mod bounds;
mod expand;
mod past;
mod present;
mod server;
mod state;
mod table;

use alloc::string::String;

pub use bounds::Bounds;

use action::Action;
use present::Present;
use smallvec::SmallVec;
use state::{State, Used};
use table::{Key, Packet, Table};

use super::explorer::{Edge, Model, Property, SleepSet, Successors};
use crate::check::LogObserver;
use crate::log::{self, Election, Reads, Settings};
use crate::paxos::{self, NodeId, NodeSet, Quorums, Roles, Scheme};
use crate::sim::Cluster;

/// What happens to a server in an action of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum Happens<'a> {
    /// A message from this server reaches it.
    Deliver(NodeId, &'a log::Message),
    /// A client asks it.
    Ask(&'a log::Command),
    /// It stands for leader.
    Stand,
    /// It repeats what was not answered, or waits no longer to catch up.
    Repeat,
    /// It says up to where it knows the log.
    Heartbeat,
    /// What it wrote becomes durable.
    Sync,
    /// It crashes and comes back, after so many records have become durable, and so many are lost.
    Crash {
        /// Durable.
        kept: usize,
        /// Lost.
        lost: usize,
    },
    /// It loses its disk, and comes back.
    Wipe,
    /// It takes a snapshot.
    Snapshot,
}

/// The log, within bounds.
#[derive(Clone, Debug)]
pub struct LogModel {
    bounds: Bounds,
    table: Table,
    first: State,
    /// Whether it begins with servers that are at work.
    at_work: bool,
}

impl LogModel {
    /// A cluster in which nothing has happened.
    #[must_use]
    pub fn new(bounds: Bounds, rules: log::Rules, single: paxos::Rules) -> Self {
        let bounds = Bounds { reads: bounds.reads || bounds.read_index, ..bounds };
        let acceptors = NodeSet::first(bounds.servers);
        let roles = Roles { proposers: NodeSet::first(bounds.proposers), acceptors, learners: acceptors };
        let sizes = Quorums::majority(acceptors);
        let paxos = paxos::Settings { roles, sizes, scheme: Scheme::Rounds, eager: false, rules: single };
        let (window, election) = (bounds.window, Election::Content);
        let snapshots = bounds.snapshots();
        let sessions = bounds.sessions();
        let reads = if bounds.read_index { Reads::Index } else { Reads::Log };
        let settings = Settings { paxos, rules, window, election, first: None, snapshots, sessions, reads };
        Self::with(Present::new(settings, bounds), single)
    }

    /// A cluster that goes on from where it is. The observer has watched it from its beginning. The rules that `held` are those
    /// that were never off, until now and from now on. How many servers there are, which of them stand, and the window are as
    /// they are there, whatever the bounds say.
    ///
    /// # Errors
    /// A sentence, when no search can go on from there.
    pub fn from_present(
        cluster: &Cluster,
        observer: &LogObserver,
        held: paxos::Rules,
        bounds: Bounds,
    ) -> Result<Self, String> {
        let mut present = Present::of(cluster, observer, bounds)?;
        let Settings { paxos, window, .. } = &*present.settings;
        let proposers = paxos.roles.proposers.len();
        present.bounds = Bounds { servers: cluster.everyone().len(), window: *window, proposers, ..present.bounds };
        Ok(Self::with(present, held))
    }

    fn with(present: Present, held: paxos::Rules) -> Self {
        let keeps = present.bounds.keeps || !ballots_are_unique(held);
        let (bounds, at_work) = (Bounds { keeps, ..present.bounds }, present.at_work);
        let (table, servers, past, packets) = Table::new(present);
        let mut first = State { servers: servers.into(), past, used: Used::default(), sent: SmallVec::new() };
        for packet in packets {
            first.send(packet);
        }
        Self { bounds, table, first, at_work }
    }

    /// How far it looks.
    #[must_use]
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// What happens in one action of a path, in words.
    #[must_use]
    pub fn told(&self, edge: Edge, from: &[u8]) -> String {
        let action = Action::numbered(edge.number);
        let state = State::decode(self.bounds.servers, from);
        action.told(&self.table, state.servers[action.node.index()])
    }

    /// To which server something happens in an action of a path, and what.
    pub(in crate::search) fn happens(&self, number: u32, from: &[u8]) -> (NodeId, Happens<'_>) {
        let Action { node, key } = Action::numbered(number);
        let queued = || self.table.server(State::decode(self.bounds.servers, from).servers[node.index()]).queued();
        let happens = match key {
            Key::Deliver(packet) => {
                let Packet { from, message, .. } = self.table.packet(packet);
                Happens::Deliver(*from, message)
            }
            Key::Ask(client) => Happens::Ask(self.table.command(client)),
            Key::Stand => Happens::Stand,
            Key::Repeat => Happens::Repeat,
            Key::Heartbeat => Happens::Heartbeat,
            Key::Sync | Key::Settle => Happens::Sync,
            Key::Crash(kept) => Happens::Crash { kept: usize::from(kept), lost: queued() - usize::from(kept) },
            Key::Wipe => Happens::Wipe,
            Key::Snapshot => Happens::Snapshot,
        };
        (node, happens)
    }

    /// The key that all commands are about.
    pub(in crate::search) fn key(&self) -> log::Text {
        self.table.command(0).op.key().clone()
    }

    /// Whether what this server writes is durable at once in a state: it cannot crash any more.
    pub(in crate::search) fn is_durable_at_once(&self, state: &[u8], node: NodeId) -> bool {
        State::decode(self.bounds.servers, state).used.is_durable_at_once(&self.bounds, node)
    }

    fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (1..=self.bounds.servers).filter_map(NodeId::new)
    }
}

/// Whether no two attempts have the same ballot. Otherwise a server that has answered a ballot may be asked about it by somebody
/// else.
fn ballots_are_unique(rules: paxos::Rules) -> bool {
    use paxos::Rule::{BallotsUniqueAcrossRestarts, BallotsUniqueAcrossServers, PersistBeforeReply, PersistRound};
    [BallotsUniqueAcrossRestarts, BallotsUniqueAcrossServers, PersistBeforeReply, PersistRound]
        .into_iter()
        .all(|rule| rules.on(rule))
}

impl Model for LogModel {
    fn begin(&mut self, out: &mut Successors) {
        let count = self.bounds.crashes.min(self.bounds.servers);
        for crashers in (0..1_u8 << self.bounds.servers).filter(|crashers| crashers.count_ones() == count) {
            let used = Used { crashers, ..Used::default() };
            let first = self.begins(&State { used, ..self.first.clone() });
            out.write(0, 0, |bytes| first.encode(bytes));
        }
    }

    fn successors(&self, state: &[u8], _: SleepSet, out: &mut Successors) -> bool {
        let before = out.len();
        let state = State::decode(self.bounds.servers, state);
        let expanded = self.expand(&state, |action, next| out.write(action.number(), 0, |bytes| next.encode(bytes)));
        if expanded.is_err() {
            out.truncate(before);
        }
        expanded.is_ok()
    }

    fn learn(&mut self, state: &[u8]) {
        let state = State::decode(self.bounds.servers, state);
        while let Err(unknown) = self.expand(&state, |_, _| {}) {
            self.table.learn(unknown);
        }
    }

    fn properties(&self) -> &[Property] {
        &past::PROPERTIES
    }

    fn evaluate(&self, state: &[u8]) -> u32 {
        self.table.verdict(State::past_of(state))
    }

    fn approx_bytes(&self) -> usize {
        self.table.approx_bytes()
    }
}

#[cfg(test)]
mod tests;
