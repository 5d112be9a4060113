//! The messages, records and timers of a log in words.

use super::pieces::Slots;
use super::words::{In, Old};
use crate::log::{Accept, Accepted, Answer, Entry, Fetch, Fetched, Heartbeat, Message, Promise, Record, Reply, Timer};
use crate::paxos::{self, NodeId, Slot, Vote};
use crate::tell::sentence::{Round, Say, Sentence, say};

/// ` asks server 2 to vote for put x = 9 in slot 5 at 1.1`: what a message says, after its sender and without a full stop.
/// Whom it is said to may be one or several.
pub(super) fn says(message: &Message, whom: impl Say, to: &mut Sentence<'_>) {
    let asks = matches!(message, Message::Prepare(_) | Message::Accept(_) | Message::Fetch(_) | Message::Request(_));
    say!(to, if asks { " asks " } else { " tells " }, whom);
    match message {
        Message::Heartbeat(heartbeat) => beats(heartbeat, to),
        Message::Prepare(paxos::Prepare { ballot, from }) => {
            say!(to, " to promise ", *ballot, " for all slots from ", *from, " on");
        }
        Message::Promise(Promise { promise, .. }) => {
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
        Message::Request(command) => say!(to, " to ", &command.op),
        Message::Answer(Answer { client, reply, .. }) => match reply {
            Reply::Done { output, .. } => say!(to, ": ", output),
            Reply::NotLeader { leader: Some(leader) } => say!(to, " that server ", *leader, " leads"),
            Reply::NotLeader { leader: None } => say!(to, " that it does not lead and does not know who does"),
            Reply::Old { latest } => say!(to, ": ", Old { latest: *latest, client: &text!(client) }),
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
        (None, _) => say!(to, " that it is there and has promised nothing yet"),
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
pub(super) fn name(message: &Message, to: &mut Sentence<'_>) {
    say!(to, message.kind().as_str());
    match message {
        Message::Heartbeat(_) => {}
        Message::Prepare(_) | Message::Promise(_) | Message::Nack(_) => say!(to, " ", message.ballot()),
        Message::Accept(Accept { vote: Vote { slot, ballot, .. }, .. })
        | Message::Accepted(Accepted { ballot, slot }) => {
            say!(to, " ", *ballot, " in slot ", *slot);
        }
        Message::Fetch(Fetch { from, to: last, .. }) => say!(to, " of ", Slots(*from, *last)),
        Message::Fetched(Fetched { from, entries, .. }) => say!(to, " of ", Slots(*from, last(*from, entries))),
        Message::Request(command) => say!(to, " ", command.seq, " (", &command.op, ")"),
        Message::Answer(answer) => say!(to, " to request ", answer.seq),
    }
}

/// A note that a server wrote, or is to write.
impl Say for &Record {
    fn say(self, to: &mut Sentence<'_>) {
        match self {
            Record::Promised(ballot) => say!(to, "the promise ", *ballot),
            Record::Accepted(Vote { slot, ballot, value }) => {
                say!(to, "the vote for ", In { entry: value, slot: *slot, at: *ballot });
            }
            Record::Round(round) => say!(to, "the note that ", Round(*round), " is used"),
        }
    }
}

/// What it means that a timer ran out.
pub(super) fn timed_out(node: NodeId, timer: Timer, to: &mut Sentence<'_>) {
    say!(to, "Server ", node);
    match timer {
        Timer::Heartbeat => say!(to, " sends its heartbeat, and looks whom it still hears."),
        Timer::Stand => say!(to, " has waited its random time, and stands for leader if there is still reason to."),
        Timer::Repeat => say!(to, " has waited long enough for answers."),
    }
}
