//! A server of a log as it stands at one moment at which nothing of it waits for its disk.
//!
//! Real servers run for days, and a run of the laboratory is a few minutes of that. It begins with a [`Checkpoint`] of each
//! server: what its disk has, what it has in memory, and which of its timers are set. Nothing else is needed to go on exactly as
//! that server does, because a replica is deterministic. Records on their way to the disk, and messages that wait for them, are
//! no part of it: whoever takes one waits until there are none.
//!
//! What follows from the rest is not kept twice. A store is what the entries behind the snapshot come to, and an acceptor has
//! what its disk has. Only where a rule is off, or a snapshot is just taking the place of slots, these differ, and are there.

mod read;
mod write;

use alloc::{sync::Arc, vec::Vec};

use litemap::LiteMap;

use super::{
    Candidate, ClientId, Command, Entry, Hearing, Leader, Learned, Machine, Records, Replica, Role, Rules, Settings,
    Snapshot, Stored, Timer,
};
use crate::paxos::{Acceptor, Ballot, Known, LatestVotes, NodeId, Slot, Vote};

/// One server at one moment. See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// What its disk has.
    pub durable: Records,
    /// What it has in memory. `None`: it is down.
    pub memory: Option<Memory>,
    /// The timers that are set.
    pub timers: Vec<Timer>,
}

/// What a server has in memory, beside what its disk has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    pub(super) known: Known,
    /// What its acceptor promised and voted for. `None`: what its disk has.
    pub(super) acceptor: Option<(Option<Ballot>, LatestVotes<Entry>)>,
    pub(super) role: Role,
    pub(super) learned: Learned,
    /// Its store and its sessions. `None`: what the entries behind its snapshot come to.
    pub(super) machine: Option<Machine>,
    pub(super) hearing: Hearing,
    pub(super) stands_soon: bool,
    pub(super) leader: Option<NodeId>,
    pub(super) heard_to: Slot,
    pub(super) lacks: Option<Slot>,
    pub(super) asked: LiteMap<Slot, Arc<Command>>,
    pub(super) tries: u32,
    pub(super) repeats_to: Slot,
    pub(super) taken_to: Slot,
}

/// What a snapshot comes to, where there may be so many sessions.
fn machine_of(snapshot: Option<&Arc<Snapshot>>, most_sessions: Option<u32>) -> Machine {
    let of = |snapshot: &Arc<Snapshot>| Machine::from_snapshot(snapshot, most_sessions);
    snapshot.map_or_else(|| Machine::new(most_sessions), of)
}

/// What a snapshot and the entries behind it come to, by all rules; `None`: they are not all there.
fn follows(durable: &Records, learned: &Learned, most_sessions: Option<u32>) -> Option<Machine> {
    let snapshot = durable.latest();
    let mut machine = machine_of(snapshot, most_sessions);
    for slot in snapshot.map_or(0, |snapshot| snapshot.to) + 1..=learned.applied() {
        machine.apply(slot, learned.get(slot)?, Rules::default());
    }
    Some(machine)
}

impl Checkpoint {
    /// A server that is down, and has this on its disk.
    #[must_use]
    pub fn down(durable: Records) -> Self {
        Self { durable, ..Self::default() }
    }

    /// A server that runs. Everything that it wrote is on its disk, and everything that it said has left.
    #[must_use]
    pub fn of(replica: &Replica, durable: Records, timers: Vec<Timer>) -> Self {
        let differs =
            |own: &&Acceptor<Entry>| own.promised() != durable.paxos.promised || *own.votes() != durable.paxos.accepted;
        let acceptor = replica.acceptor.as_ref().filter(differs);
        let machine = follows(&durable, &replica.learned, replica.settings.sessions);
        let memory = Memory {
            known: replica.known,
            acceptor: acceptor.map(|own| (own.promised(), own.votes().clone())),
            role: replica.role.clone(),
            learned: replica.learned.clone(),
            machine: (machine.as_ref() != Some(&replica.machine)).then(|| replica.machine.clone()),
            hearing: replica.hearing.clone(),
            stands_soon: replica.stands_soon,
            leader: replica.leader,
            heard_to: replica.heard_to,
            lacks: replica.lacks,
            asked: replica.asked.clone(),
            tries: replica.tries,
            repeats_to: replica.repeats_to,
            taken_to: replica.taken_to,
        };
        Self { durable, memory: Some(memory), timers }
    }

    /// The server again; `None`: it is down.
    #[must_use]
    pub fn replica(&self, me: NodeId, settings: &Arc<Settings>) -> Option<Replica> {
        let memory = self.memory.clone()?;
        let mut replica = Replica::recover(me, Arc::clone(settings), &self.durable);
        if let Some(acceptor) = &mut replica.acceptor {
            let on_disk = || (self.durable.paxos.promised, self.durable.paxos.accepted.clone());
            let (promised, votes) = memory.acceptor.unwrap_or_else(on_disk);
            *acceptor = Acceptor::with(promised, votes);
        }
        replica.machine = self.held(settings.sessions)?;
        (replica.known, replica.role, replica.learned) = (memory.known, memory.role, memory.learned);
        (replica.hearing, replica.stands_soon, replica.leader) = (memory.hearing, memory.stands_soon, memory.leader);
        (replica.heard_to, replica.lacks, replica.asked) = (memory.heard_to, memory.lacks, memory.asked);
        (replica.tries, replica.repeats_to, replica.taken_to) = (memory.tries, memory.repeats_to, memory.taken_to);
        Some(replica)
    }

    /// Its store and its sessions, and up to where the log is applied in them: of one that is down, those of its snapshot. There
    /// may be so many sessions, which all servers agree about. `None`: the entries behind its snapshot are not all there.
    #[must_use]
    pub fn machine(&self, most_sessions: Option<u32>) -> Option<(Slot, Machine)> {
        let Some(memory) = &self.memory else {
            let snapshot = self.durable.latest();
            return Some((snapshot.map_or(0, |snapshot| snapshot.to), machine_of(snapshot, most_sessions)));
        };
        Some((memory.learned.applied(), self.held(most_sessions)?))
    }

    /// The store and the sessions in its memory.
    fn held(&self, most_sessions: Option<u32>) -> Option<Machine> {
        let memory = self.memory.as_ref()?;
        match &memory.machine {
            Some(machine) => Some(machine.clone().with_most(most_sessions)),
            None => follows(&self.durable, &memory.learned, most_sessions),
        }
    }

    /// What it knows to be chosen and still has, lowest slot first.
    pub fn learned(&self) -> impl Iterator<Item = (Slot, &Entry)> {
        self.memory.iter().flat_map(|memory| memory.learned.iter())
    }

    /// Up to where it has applied the log; 0: it is down.
    #[must_use]
    pub fn applied(&self) -> Slot {
        self.memory.as_ref().map_or(0, |memory| memory.learned.applied())
    }

    /// The votes that it has, on its disk and in memory.
    pub fn votes(&self) -> impl Iterator<Item = &Vote<Entry>> {
        let memory = self.memory.iter().filter_map(|memory| memory.acceptor.as_ref());
        self.durable.paxos.accepted.iter().chain(memory.flat_map(|(_, votes)| votes.iter()))
    }

    /// The highest slot in which something may have been chosen, as far as it knows; 0: it knows of none.
    #[must_use]
    pub fn highest(&self) -> Slot {
        let known = self.memory.as_ref().map_or(0, |memory| memory.learned.highest());
        let voted = self.votes().map(|vote| vote.slot).max().unwrap_or(0);
        known.max(voted).max(self.durable.latest().map_or(0, |snapshot| snapshot.to))
    }

    /// The slots that it may still have to look at, from the first to the last that is spoken of. What goes through slots one by
    /// one goes through these.
    pub(crate) fn spans(&self) -> (Slot, Slot) {
        let first = match &self.memory {
            Some(memory) => memory.learned.applied(),
            None => self.durable.latest().map_or(0, |snapshot| snapshot.to),
        };
        let heard = self.memory.iter().flat_map(|memory| {
            let asked = memory.asked.last().map_or(0, |(slot, _)| *slot);
            let said = memory.hearing.last.iter().map(|(.., heartbeat)| heartbeat.chosen_to).max().unwrap_or(0);
            let role = match &memory.role {
                Role::Follower => 0,
                Role::Candidate { candidate, .. } => candidate.spoken_of(),
                Role::Leader(leader) => leader.spoken_of(),
            };
            [memory.heard_to, memory.repeats_to, memory.taken_to, asked, said, role]
        });
        let kept = self.durable.kept_from();
        (first.min(kept), heard.chain([self.highest(), kept]).max().unwrap_or(0))
    }

    /// Every ballot that it knows of, and those that it used itself.
    pub(crate) fn ballots(&self, me: NodeId) -> impl Iterator<Item = Ballot> {
        let memory = self.memory.as_ref();
        let own = memory.and_then(|memory| match &memory.role {
            Role::Follower => None,
            Role::Candidate { candidate, .. } => Some(candidate.ballot()),
            Role::Leader(leader) => Some(leader.ballot()),
        });
        let used = memory.and_then(|memory| memory.known.used.max(memory.known.forgot)).max(self.durable.paxos.round);
        let used = used.map(|round| Ballot { round, server: me });
        let seen = memory.and_then(|memory| memory.known.seen);
        let promised = memory.and_then(|memory| memory.acceptor.as_ref()?.0);
        let heard = memory.into_iter().flat_map(|memory| &memory.hearing.last);
        let heard = heard.filter_map(|(.., heartbeat)| heartbeat.ballot);
        let single = [own, used, seen, promised, self.durable.paxos.promised].into_iter().flatten();
        single.chain(heard).chain(self.votes().map(|vote| vote.ballot))
    }

    /// Every command that it holds somewhere, some of them more than once.
    pub fn commands(&self) -> Vec<&Arc<Command>> {
        let mut entries: Vec<&Entry> = self.votes().map(|vote| &vote.value).collect();
        let mut all = Vec::new();
        if let Some(memory) = &self.memory {
            entries.extend(memory.learned.iter().map(|(_, entry)| entry));
            match &memory.role {
                Role::Follower => {}
                Role::Candidate { candidate, queue, .. } => {
                    entries.extend(candidate.reported.values().map(|(vote, _)| &vote.value));
                    all.extend(queue);
                }
                Role::Leader(leader) => {
                    entries.extend(leader.found.iter().map(|found| &found.entry));
                    entries.extend(leader.pending().values().map(|pending| &pending.entry));
                    all.extend(leader.queue());
                    all.extend(leader.reads().commands());
                }
            }
            all.extend(memory.asked.values());
        }
        all.extend(entries.into_iter().filter_map(Entry::shared));
        all
    }

    /// The clients whose sessions it keeps, each with the slot of its last operation there.
    pub fn sessions(&self) -> impl Iterator<Item = (ClientId, Slot)> {
        let snapshot = self.durable.latest().into_iter().flat_map(|snapshot| &snapshot.sessions);
        let machine = self.memory.iter().filter_map(|memory| memory.machine.as_ref()).flat_map(Machine::sessions);
        let of = |(client, session): (&ClientId, &super::Session)| (*client, session.slot);
        snapshot.map(|(client, session)| (client, session)).chain(machine).map(of)
    }

    /// Whether all the servers that it speaks to are among so many.
    pub(crate) fn knows_only(&self, nodes: u32) -> bool {
        let memory = self.memory.as_ref();
        let leader = memory.and_then(|memory| memory.leader);
        let heard = memory.into_iter().flat_map(|memory| memory.hearing.last.iter().map(|(node, ..)| *node));
        let candidate = memory.and_then(|memory| match &memory.role {
            Role::Candidate { candidate, .. } => Some(candidate),
            _ => None,
        });
        let ahead = candidate.into_iter().flat_map(|it| [it.ahead, it.kept_from]).flatten().map(|(node, _)| node);
        leader.into_iter().chain(heard).chain(ahead).all(|node| node.get() <= nodes)
    }

    /// The same server, whose clients are called otherwise.
    pub fn rename(&mut self, name: &mut impl FnMut(ClientId) -> ClientId) {
        rename_votes(&mut self.durable.paxos.accepted, name);
        if let Some(stored) = &mut self.durable.snapshot {
            rename_snapshot(stored, name);
        }
        let Some(memory) = &mut self.memory else { return };
        if let Some((_, votes)) = &mut memory.acceptor {
            rename_votes(votes, name);
        }
        memory.learned.rename(&mut |entry| renamed(entry, name));
        if let Some(machine) = &mut memory.machine {
            machine.rename(name);
        }
        match &mut memory.role {
            Role::Follower => {}
            Role::Candidate { candidate, queue, .. } => {
                candidate.reported.iter_mut().for_each(|(_, (vote, _))| vote.value = renamed(&vote.value, name));
                queue.iter_mut().for_each(|command| *command = renamed_command(command, name));
            }
            Role::Leader(leader) => leader.rename(&mut |entry| renamed(entry, name)),
        }
        memory.asked.iter_mut().for_each(|(_, command)| *command = renamed_command(command, name));
    }
}

fn renamed_command(command: &Command, name: &mut impl FnMut(ClientId) -> ClientId) -> Arc<Command> {
    Arc::new(Command { client: name(command.client), ..command.clone() })
}

/// What is in a slot, with another name for its client.
pub(super) fn renamed(entry: &Entry, name: &mut impl FnMut(ClientId) -> ClientId) -> Entry {
    match entry {
        Entry::NoOp => Entry::NoOp,
        Entry::Command(command) => Entry::Command(renamed_command(command, name)),
    }
}

fn rename_votes(votes: &mut LatestVotes<Entry>, name: &mut impl FnMut(ClientId) -> ClientId) {
    let mut all = LatestVotes::new();
    for vote in votes.iter() {
        all.cast(Vote { value: renamed(&vote.value, name), ..vote.clone() });
    }
    *votes = all;
}

fn rename_snapshot(stored: &mut Stored, name: &mut impl FnMut(ClientId) -> ClientId) {
    let mut snapshot: Snapshot = (*stored.snapshot).clone();
    for (client, _) in &mut snapshot.sessions {
        *client = name(*client);
    }
    // Numbers are in another order than names.
    snapshot.sessions.sort_by_key(|(client, _)| *client);
    stored.snapshot = Arc::new(snapshot);
}

impl Candidate {
    /// The highest slot that it was told of.
    fn spoken_of(&self) -> Slot {
        let reported = self.reported.last().map_or(0, |(slot, _)| *slot);
        let ahead = [self.ahead, self.kept_from].into_iter().flatten().map(|(_, slot)| slot);
        ahead.chain([reported, self.from()]).max().unwrap_or(0)
    }
}

impl Leader {
    /// The highest slot that it is about.
    fn spoken_of(&self) -> Slot {
        let pending = self.pending().last().map_or(0, |(slot, _)| *slot);
        let found = self.found.back().map_or(0, |found| found.slot);
        pending.max(found).max(self.found_to()).max(self.next()).max(self.reads().spoken_of())
    }
}
