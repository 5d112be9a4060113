//! The actions of the model: their numbers, and their words.

use alloc::{format, string::String};

use super::table::{Key, Packet, Table};
use crate::log::{
    Accept, Accepted, Confirm, Confirmed, Entry, Fetch, Fetched, FetchedSnapshot, Heartbeat, Message, Op, Promise,
};
use crate::paxos::{Ballot, Nack, NodeId, Prepare, Scheme, Vote};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Action {
    /// To which server.
    pub(super) node: NodeId,
    /// What.
    pub(super) key: Key,
}

/// The bits of a number below those of the kind, and below those of the server.
const KIND: u32 = 28;
const NODE: u32 = 24;

impl Action {
    /// The number under which the explorer knows it.
    pub(super) fn number(self) -> u32 {
        let (kind, detail) = match self.key {
            Key::Deliver(packet) => (0, packet),
            Key::Ask(client) => (1, u32::from(client)),
            Key::Stand => (2, 0),
            Key::Repeat => (3, 0),
            Key::Heartbeat => (4, 0),
            Key::Sync | Key::Settle => (5, 0),
            Key::Crash(kept) => (6, u32::from(kept)),
            Key::Wipe => (7, 0),
            Key::Snapshot => (8, 0),
        };
        kind << KIND | self.node.get() << NODE | detail
    }

    /// The action with this number.
    pub(super) fn numbered(number: u32) -> Self {
        let detail = number & ((1 << NODE) - 1);
        let key = match number >> KIND {
            0 => Key::Deliver(detail),
            1 => Key::Ask(detail as u8),
            2 => Key::Stand,
            3 => Key::Repeat,
            4 => Key::Heartbeat,
            5 => Key::Sync,
            6 => Key::Crash(detail as u8),
            7 => Key::Wipe,
            _ => Key::Snapshot,
        };
        Self { node: NodeId::new(number >> NODE & 15).unwrap_or(NodeId::FIRST), key }
    }

    /// What happens, in words.
    pub(super) fn told(self, table: &Table, server: u32) -> String {
        let node = self.node;
        match self.key {
            Key::Deliver(packet) => {
                let Packet { from, message, .. } = table.packet(packet);
                let whose = if *from == node { "its own".into() } else { format!("server {from}'s") };
                format!("Server {node} receives {whose} {}.", told(table.scheme(), message))
            }
            Key::Ask(client) => {
                let command = table.command(client);
                format!("Client {} asks server {node} to {}.", command.client, asks(&command.op))
            }
            Key::Stand => format!("Server {node} stands for leader."),
            Key::Repeat if table.server(server).catches_up() => {
                format!("Server {node} waits no longer for what somebody else knows, and leads.")
            }
            Key::Repeat => format!("Server {node} repeats what was not answered."),
            Key::Heartbeat => format!("Server {node} tells the others up to where it knows the log."),
            Key::Sync | Key::Settle => format!("All that server {node} wrote becomes durable."),
            Key::Crash(kept) => {
                let lost = table.server(server).queued().saturating_sub(usize::from(kept));
                let records = if lost == 1 { "record" } else { "records" };
                match lost {
                    0 => format!("Server {node} crashes and comes back."),
                    _ => {
                        format!("Server {node} crashes, loses {lost} {records} that were not durable, and comes back.")
                    }
                }
            }
            Key::Wipe => format!("Server {node} loses its disk, and comes back with an empty one."),
            Key::Snapshot => format!("Server {node} takes a snapshot."),
        }
    }
}

fn asks(op: &Op) -> String {
    match op {
        Op::Get { key } => format!("get {}", key.as_str()),
        Op::Put { key, value } => format!("put \"{}\" to {}", value.as_str(), key.as_str()),
        Op::Append { key, value } => format!("append \"{}\" to {}", value.as_str(), key.as_str()),
        Op::Delete { key } => format!("delete {}", key.as_str()),
        Op::Cas { key, from, to } => format!("swap \"{}\" for \"{}\" in {}", from.as_str(), to.as_str(), key.as_str()),
    }
}

fn name(scheme: Scheme, ballot: Ballot) -> String {
    format!("{}", scheme.name(ballot))
}

fn whose(entry: &Entry) -> String {
    entry.command().map_or_else(|| "a no-op".into(), |command| format!("client {}'s command", command.client))
}

fn told(scheme: Scheme, message: &Message) -> String {
    match message {
        Message::Prepare(Prepare { ballot, from }) => {
            format!("prepare of ballot {} from slot {from} on", name(scheme, *ballot))
        }
        Message::Promise(Promise { promise, chosen_to, kept_from }) => {
            let told = |vote: &Vote<Entry>| {
                format!("{} in slot {} (ballot {})", whose(&vote.value), vote.slot, name(scheme, vote.ballot))
            };
            let votes: alloc::vec::Vec<String> = promise.accepted.iter().map(told).collect();
            let votes = if votes.is_empty() { "no vote".into() } else { votes.join(", ") };
            let knows =
                if *chosen_to > 0 { format!("; it knows the log up to slot {chosen_to}") } else { String::new() };
            let keeps =
                if *kept_from > 1 { format!("; it has its votes from slot {kept_from} on") } else { String::new() };
            format!("promise of ballot {}, which reports {votes}{knows}{keeps}", name(scheme, promise.ballot))
        }
        Message::Accept(Accept { vote, chosen_to }) => {
            let index = if *chosen_to > 0 { format!(", index {chosen_to}") } else { String::new() };
            format!(
                "accept of {} in slot {} (ballot {}{index})",
                whose(&vote.value),
                vote.slot,
                name(scheme, vote.ballot)
            )
        }
        Message::Accepted(Accepted { ballot, slot }) => {
            format!("vote in slot {slot} (ballot {})", name(scheme, *ballot))
        }
        Message::Nack(Nack { ballot, promised }) => {
            format!("refusal of ballot {}: {} is promised", name(scheme, *ballot), name(scheme, *promised))
        }
        Message::Heartbeat(Heartbeat { ballot, chosen_to, .. }) => {
            let ballot = ballot.map_or_else(|| "none".into(), |ballot| name(scheme, ballot));
            format!("heartbeat (ballot {ballot}, index {chosen_to})")
        }
        Message::Fetch(Fetch { from, to, .. }) => format!("request for slots {from} to {to}"),
        Message::Fetched(Fetched { from, entries, .. }) => {
            format!("chosen entries of slots {from} to {}", from + entries.len() as u64 - 1)
        }
        Message::Snapshot(FetchedSnapshot { snapshot, .. }) => format!("snapshot at slot {}", snapshot.to),
        Message::Confirm(Confirm { ballot, question }) => {
            format!("question {question}, whether ballot {} still leads", name(scheme, *ballot))
        }
        Message::Confirmed(Confirmed { ballot, question }) => {
            format!("answer to question {question}: ballot {} still leads", name(scheme, *ballot))
        }
        Message::Request(_) => "request".into(),
        Message::Answer(_) => "answer".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_comes_back_from_its_number() {
        let keys =
            [Key::Stand, Key::Repeat, Key::Heartbeat, Key::Sync, Key::Wipe, Key::Ask(2), Key::Crash(3), Key::Snapshot];
        for key in keys.into_iter().chain([Key::Deliver(0), Key::Deliver(70_000)]) {
            for node in (1..=5).filter_map(NodeId::new) {
                let action = Action { node, key };
                assert_eq!(Action::numbered(action.number()), action);
            }
        }
    }
}
