//! The messages, records and timers of a log in words.

use alloc::vec::Vec;

use super::pieces::{Count, SlotList, Slots};
use super::words::{In, MayHave, Old};
use crate::log::{
    Accept, Accepted, Answer, Entry, Fetch, Fetched, FetchedSnapshot, Heartbeat, Message, Promise, Record, Records,
    Reply, Snapshot, Timer,
};
use crate::paxos::{self, Ballot, LatestVotes, NodeId, Slot, Vote};
use crate::sim;
use crate::tell::sentence::{Blame, Round, Say, Sentence, say};
use crate::tell::world::words::has_nothing;

/// ` asks server 2 to vote for put x = 9 in slot 5 at 1.1`: what a message says, after its sender and without a full stop.
/// Whom it is said to may be one or several.
pub(in crate::tell) fn says(message: &Message, whom: impl Say, to: &mut Sentence<'_>) {
    let asks = matches!(message, Message::Prepare(_) | Message::Accept(_) | Message::Fetch(_) | Message::Request(_))
        || matches!(message, Message::Confirm(_));
    say!(to, if asks { " asks " } else { " tells " }, whom);
    match message {
        Message::Heartbeat(heartbeat) => beats(heartbeat, to),
        Message::Prepare(paxos::Prepare { ballot, from }) => {
            say!(to, " to promise ", *ballot, " for all slots from ", *from, " on");
        }
        Message::Promise(Promise { promise, kept_from, .. }) => {
            say!(to, " that it promised ", promise.ballot);
            match promise.accepted.as_slice() {
                [] => say!(to, " and has voted in none of the slots asked about"),
                [Vote { slot, ballot, value }] => {
                    say!(to, " and had accepted ", In { entry: value, slot: *slot, at: *ballot });
                }
                [first, .., last] => {
                    let count = promise.accepted.len() as u32;
                    say!(
                        to,
                        " and had accepted something in ",
                        count,
                        " slots between ",
                        first.slot,
                        " and ",
                        last.slot
                    );
                }
            }
            if *kept_from > 1 {
                say!(to, ". It has its votes from slot ", *kept_from, " on");
            }
        }
        Message::Accept(Accept { vote: Vote { slot, ballot, value }, .. }) => {
            say!(to, " to vote for ", In { entry: value, slot: *slot, at: *ballot });
        }
        Message::Accepted(Accepted { ballot, slot }) => {
            say!(to, " that it has voted in slot ", *slot, " at ", *ballot);
        }
        Message::Nack(nack) => say!(to, " that it refuses ", nack.ballot, ", having promised ", nack.promised),
        Message::Fetch(Fetch { from, to: last, .. }) => say!(to, " what is chosen in ", Slots(*from, *last)),
        Message::Fetched(Fetched { from, entries, .. }) => {
            say!(to, " what is chosen in ", Slots(*from, last(*from, entries)));
        }
        Message::Snapshot(FetchedSnapshot { snapshot, .. }) => {
            say!(to, " what it all comes to, in a ", Taken(snapshot));
        }
        Message::Confirm(confirm) => say!(to, " whether it still leads with ballot ", confirm.ballot),
        Message::Confirmed(confirmed) => {
            say!(to, " that it knows of no promise of its own above ", confirmed.ballot);
        }
        Message::Request(command) => say!(to, " to ", &command.op),
        Message::Answer(Answer { client, reply, .. }) => match reply {
            Reply::Done { output, .. } => say!(to, ": ", output),
            Reply::NotLeader { leader: Some(leader) } => say!(to, " that server ", *leader, " leads"),
            Reply::NotLeader { leader: None } => say!(to, " that it does not lead and does not know who does"),
            Reply::Old { latest } => say!(to, ": ", Old { latest: *latest, client: &text!(client) }),
            Reply::Expired { .. } => say!(to, ": ", MayHave),
        },
    }
}

/// The last slot that an answer to a fetch is about.
fn last(first: Slot, entries: &[Entry]) -> Slot {
    first + (entries.len() as Slot).saturating_sub(1)
}

fn beats(Heartbeat { ballot, leads, content, chosen_to }: &Heartbeat, to: &mut Sentence<'_>) {
    match (ballot, leads) {
        (Some(ballot), true) => say!(to, " that it leads with ballot ", *ballot),
        (Some(ballot), false) => say!(to, " that it follows ballot ", *ballot),
        (None, _) => say!(to, " that it is up, has promised nothing yet"),
    }
    match chosen_to {
        0 => say!(to, " and knows no slot of the log"),
        1 => say!(to, " and knows slot 1 of the log"),
        last => say!(to, " and knows the log up to slot ", *last),
    }
    if !content {
        say!(to, ". It is not content");
    }
}

/// `accept 1.1 in slot 5`, `request 2 (get x)`: a message without its addresses.
pub(in crate::tell) fn name(message: &Message, to: &mut Sentence<'_>) {
    say!(to, message.kind().as_str());
    match message {
        Message::Heartbeat(_) => {}
        Message::Prepare(_) | Message::Promise(_) | Message::Nack(_) => say!(to, " ", message.ballot()),
        Message::Confirm(_) | Message::Confirmed(_) => say!(to, " ", message.ballot()),
        Message::Accept(Accept { vote: Vote { slot, ballot, .. }, .. })
        | Message::Accepted(Accepted { ballot, slot }) => {
            say!(to, " ", *ballot, " in slot ", *slot);
        }
        Message::Fetch(Fetch { from, to: last, .. }) => say!(to, " of ", Slots(*from, *last)),
        Message::Fetched(Fetched { from, entries, .. }) => say!(to, " of ", Slots(*from, last(*from, entries))),
        Message::Snapshot(FetchedSnapshot { snapshot, .. }) => say!(to, " at slot ", snapshot.to),
        Message::Request(command) => say!(to, " ", command.seq, " (", &command.op, ")"),
        Message::Answer(answer) => say!(to, " to request ", answer.seq),
    }
}

/// A note that a server wrote, or is to write.
impl Say for &Record {
    fn say(self, to: &mut Sentence<'_>) {
        match self {
            Record::Paxos(paxos::Record::Promised(ballot)) => say!(to, "the promise ", *ballot),
            Record::Paxos(paxos::Record::Accepted(Vote { slot, ballot, value })) => {
                say!(to, "the vote for ", In { entry: value, slot: *slot, at: *ballot });
            }
            Record::Paxos(paxos::Record::Round(round)) => say!(to, "the note that ", Round(*round), " is used"),
            Record::Snapshot(stored) => say!(to, "the ", Taken(&stored.snapshot)),
        }
    }
}

/// So many votes in a row are told by their slots alone: with the command of each, nobody would read to the end.
const MANY: usize = 3;

/// `the votes at 1.1 in slots 3 to 7`.
pub(in crate::tell) struct VotesAtOnce {
    ballot: Ballot,
    slots: Vec<Slot>,
}

/// The votes with which these records begin, if they are many and in one ballot; and the records behind them.
pub(in crate::tell) fn votes_at_once(records: &[sim::Record]) -> Option<(VotesAtOnce, &[sim::Record])> {
    let vote = |record: &sim::Record| match record.log()? {
        Record::Paxos(paxos::Record::Accepted(Vote { slot, ballot, .. })) => Some((*slot, *ballot)),
        _ => None,
    };
    let (_, ballot) = vote(records.first()?)?;
    let votes = records.iter().map_while(vote).take_while(|(_, other)| *other == ballot);
    let mut slots: Vec<_> = votes.map(|(slot, _)| slot).collect();
    let rest = &records[slots.len()..];
    if slots.len() < MANY {
        return None;
    }
    slots.sort_unstable();
    slots.dedup();
    Some((VotesAtOnce { ballot, slots }, rest))
}

impl Say for VotesAtOnce {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, "the votes at ", self.ballot, " in slots ", SlotList(&self.slots));
    }
}

/// `snapshot up to slot 64: 3 keys, 2 sessions`.
struct Taken<'a>(&'a Snapshot);

impl Say for Taken<'_> {
    fn say(self, to: &mut Sentence<'_>) {
        let Snapshot { to: last, store, sessions, .. } = self.0;
        say!(to, "snapshot up to slot ", *last, " (", Count(store.len() as u32, "key"), ", ");
        say!(to, Count(sessions.len() as u32, "session"), ")");
    }
}

/// What it means that a timer ran out.
pub(in crate::tell) fn timed_out(node: NodeId, timer: Timer, to: &mut Sentence<'_>) {
    match timer {
        Timer::Heartbeat => say!(to, "Server ", node, " sends its heartbeat, and looks whom it still hears."),
        Timer::Stand => say!(to, "The election timer of server ", node, " runs out."),
        Timer::Repeat => say!(to, "The repeat timer of server ", node, " runs out."),
    }
}

/// A server of a log comes back with what is on its disk.
pub(in crate::tell) fn restarted(node: NodeId, records: &Records, to: &mut Sentence<'_>) {
    let rules = to.known().rules;
    let Records { paxos: records, snapshot } = records;
    say!(to, "Server ", node, " comes back");
    if snapshot.is_none() && has_nothing(records, to) {
        return say!(to, ".");
    }
    let found =
        [records.promised.map(Found::Promised), Found::votes(&records.accepted), records.round.map(Found::Round)];
    let is_unread = |found: &Found| rules.unread(records).any(|(record, _)| found.is_of(&record));
    let (unread, read): (Vec<_>, Vec<_>) = found.into_iter().flatten().partition(is_unread);
    let off = rules.unread(records).next().map(|(_, rule)| rule);
    if let Some(stored) = snapshot {
        say!(to, " with the ", Taken(&stored.snapshot), " for its store");
    } else if read.is_empty() && off.is_none() {
        say!(to, " with an empty disk: nothing was durable");
    }
    if !read.is_empty() {
        say!(to, ", and remembers that ", All(&read));
    }
    if !unread.is_empty() {
        say!(to, if read.is_empty() { ", and" } else { ", but" }, " does not read from its disk that ", All(&unread));
    }
    say!(to, Blame(off), ".");
}

/// Something that a server finds on its disk.
enum Found {
    Promised(Ballot),
    /// Its votes: in how many slots, and the first and the last of them.
    Votes(Slot, Slot, Slot),
    Round(u32),
}

impl Found {
    fn votes(votes: &LatestVotes<Entry>) -> Option<Self> {
        Some(Self::Votes(votes.iter().count() as Slot, votes.iter().next()?.slot, votes.last()?.slot))
    }

    const fn is_of(&self, record: &paxos::Record<Entry>) -> bool {
        matches!(
            (self, record),
            (Self::Promised(_), paxos::Record::Promised(_))
                | (Self::Votes(..), paxos::Record::Accepted(_))
                | (Self::Round(_), paxos::Record::Round(_))
        )
    }
}

/// `it promised 1.1 and that it voted in slots 1 to 7`.
struct All<'a>(&'a [Found]);

impl Say for All<'_> {
    fn say(self, to: &mut Sentence<'_>) {
        let mut between = "";
        for found in self.0 {
            say!(to, between);
            between = " and that ";
            match *found {
                Found::Promised(ballot) => say!(to, "it promised ", ballot),
                Found::Votes(count, first, last) if count == last - first + 1 => {
                    say!(to, "it voted in ", Slots(first, last));
                }
                Found::Votes(count, first, last) => {
                    say!(to, "it voted in ", count, " slots between ", first, " and ", last);
                }
                Found::Round(round) => say!(to, round, " was its last ", to.language().round()),
            }
        }
    }
}
