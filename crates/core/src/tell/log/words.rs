//! The sentences about what a server of a log did.

use super::blame::{COUNTED_PROMISES, although, of_paxos};
use super::pieces::{LogOff, Of, Slots, Whose};
use super::{reads, snapshots};
use crate::log::{Applied, Because, Entry, How, Reply, Rule, Session, Trace};
use crate::paxos::{self, Ballot, NodeId, NodeSet, Slot};
use crate::tell::paxos::blame::{NOTHING_BELOW, STAYS_CHOSEN};
use crate::tell::paxos::words::{accepted_because, begins_because, prepares_so, promised_because, used_up, waits};
use crate::tell::sentence::{Off, Other, Say, Sentence, Servers, say};

/// What happened and why.
pub(super) fn why(trace: &Trace, node: NodeId, to: &mut Sentence<'_>) {
    let off = of_paxos(trace, node, to.language());
    match trace {
        Trace::Discontent { hears, although } => discontent(node, *hears, *although, to),
        Trace::Stands { ballot, from, known } => {
            say!(to, "Server ", node, " stands for leader with ballot ", *ballot);
            begins_because(*ballot, known, off, to);
            say!(to, ". It asks for promises in all slots from ", *from, " on.");
        }
        Trace::BallotsExhausted(exhausted) => used_up(node, exhausted, off, to),
        Trace::Promised { ballot, before, votes, from, although, .. } => {
            say!(to, "Server ", node, " promises ", *ballot, " for all slots from ", *from, " on");
            promised_because(*ballot, *before, off, to);
            match (although, votes) {
                (Some(rule @ Rule::SayTruncated), _) => {
                    say!(to, ". Of its votes there, some have made room for a snapshot, and it does not say so: ");
                    say!(to, LogOff(*rule));
                }
                (Some(rule), _) => say!(to, ". It reports the last of its votes there, and no other: ", LogOff(*rule)),
                (None, 0) if to.known().forgetful => say!(to, ". It remembers no vote there"),
                (None, 0) => say!(to, ". It has voted in none of them"),
                (None, 1) => say!(to, ". It reports its vote in one of them"),
                (None, votes) => say!(to, ". It reports its votes in ", *votes, " of them"),
            }
            say!(to, ".");
        }
        Trace::Rejected { request, nack, .. } => {
            say!(to, "Server ", node, " rejects ", request.as_str(), " ", nack.ballot);
            say!(to, ", because it has promised ", nack.promised, ".");
        }
        Trace::Counted { from, have, needed } => {
            let promise = Whose { what: "promise", of: *from, me: node };
            say!(to, "Server ", node, " counts ", promise, ": ", Of(*have, *needed), ".");
        }
        Trace::CatchesUp { ballot, from, to: last } => {
            say!(to, "Server ", node, Quorum { ballot: *ballot, promises: None });
            say!(
                to,
                ". Before it leads, it learns what server ",
                *from,
                " knows to be chosen, up to slot ",
                *last,
                "."
            );
        }
        Trace::Leads { ballot, promises, found, next, although } => {
            leads(node, *ballot, *promises, (*found, *next), *although, to);
        }
        Trace::Finishes { ballot, slot, entry, because } => finishes(node, *ballot, *slot, entry, because, off, to),
        Trace::Asked { command, waits: false } => say!(to, "Server ", node, " takes ", &**command, "."),
        Trace::Asked { command, waits: true } => {
            say!(to, "Server ", node, " takes ", &**command, ". It waits for room in the window.");
        }
        Trace::AskedAgain { command } => {
            say!(to, "Server ", node, " has ", &**command, " under way already, and does not propose it twice.");
        }
        Trace::Proposed { ballot, slot, command } => {
            say!(to, "Server ", node, " proposes ", &**command, " in slot ", *slot, " at ", *ballot);
            say!(to, ": that is its next free slot.");
        }
        Trace::Accepted { ballot, slot, entry, before, voted, .. } => {
            let again = if *voted == Some(*ballot) { " again" } else { "" };
            say!(to, "Server ", node, " accepts ", In { entry, slot: *slot, at: *ballot }, again);
            accepted_because(*ballot, *before, *voted, off, to);
            say!(to, ".");
        }
        Trace::Voted { from, slot, have, needed, although } => {
            let vote = Whose { what: "vote", of: *from, me: node };
            say!(to, "Server ", node, " counts ", vote, " in slot ", *slot, ": ", Of(*have, *needed));
            if let Some(rule) = although {
                say!(to, ". It does not wait until that vote is durable: ", LogOff(*rule));
            }
            say!(to, ".");
        }
        Trace::Learned { slot, entry, how } => learned(node, *slot, entry, how, off, to),
        Trace::Applied { .. } => applies(node, trace, to),
        Trace::Answered { client, seq, reply, although } => {
            answers(node, text!(client).as_str(), *seq, reply, *although, to);
        }
        Trace::SteppedDown { ballot, higher, by } => {
            say!(to, "Server ", node, " steps down from ballot ", *ballot, ", because ");
            match by {
                by if *by == node => say!(to, "it has promised the higher ballot ", *higher, "."),
                by => say!(to, "a message of server ", *by, " has the higher ballot ", *higher, "."),
            }
        }
        Trace::Fetches { of, from, to: last } => {
            say!(to, "Server ", node, " asks server ", *of, " what is chosen in ", Slots(*from, *last));
            let some = from < last;
            say!(to, if some { ": it lacks some of that, and server " } else { ": it lacks that, and server " }, *of);
            say!(to, if some { " knows it all." } else { " knows it." });
        }
        Trace::Repeats { slots: 0 } => {
            say!(to, "Server ", node, " repeats its prepare for those who did not answer.");
        }
        Trace::Repeats { slots } => {
            say!(to, "Server ", node, " repeats its accepts in ", *slots);
            say!(to, if *slots == 1 { " slot" } else { " slots" }, " for those who did not answer.");
        }
        Trace::NotMyRole { message, .. } => {
            say!(to, "Server ", node, " ignores the ", message.as_str());
            say!(to, ": it does not play that role, or lost its disk and no longer may.");
        }
        Trace::Stale { from, message } => {
            say!(to, "Server ", node, " ignores ", message.as_str(), " from server ", *from);
            say!(to, ": it comes too late to matter.");
        }
        Trace::LetStand => say!(to, "Server ", node, " is told to stand for leader now, whomever it hears."),
        _ if reads::why(trace, node, to) => {}
        _ => snapshots::why(trace, node, to),
    }
}

/// What follows from it.
pub(super) fn so(trace: &Trace, node: NodeId, to: &mut Sentence<'_>) {
    match trace {
        Trace::Discontent { .. } => say!(to, "The time is a random one, so that two servers do not stand at once."),
        Trace::LetStand => say!(to, "That may disturb a leader. It can never hurt agreement."),
        Trace::Stands { .. } => {
            say!(to, "One phase 1 serves all these slots. ");
            prepares_so(to);
        }
        Trace::Promised { ballot, before, .. } if *before != Some(*ballot) => {
            waits(paxos::MessageKind::Promise, node, "promise", "happened", to);
        }
        Trace::Rejected { .. } => {
            say!(to, "The answer carries the promise, so that its receiver knows that its ballot is over.");
        }
        Trace::CatchesUp { .. } => say!(to, "What is known to be chosen need not be proposed once more."),
        Trace::Leads { .. } if although(trace, node, to.language()).is_none() => {
            say!(to, "From now on a command costs one phase 2 and no phase 1, as long as nobody stands with a higher ");
            say!(to, "ballot.");
        }
        Trace::Finishes { because: Because::Reported { .. }, .. } => match to.language().broken(&STAYS_CHOSEN) {
            Some(_) => say!(to, "It may have been chosen already, and then nothing else is safe."),
            None => {
                say!(
                    to,
                    "It may have been chosen already. Proposing it again is harmless if it was not, and the only "
                );
                say!(to, "safe choice if it was.");
            }
        },
        Trace::Finishes { because: Because::NobodyVoted, .. } => {
            if let Some(rule) = to.language().broken(&NOTHING_BELOW) {
                return say!(to, "Something may have been chosen there all the same: ", Off(rule), ".");
            }
            say!(to, "What is behind that slot is applied only after it.");
        }
        Trace::Asked { waits: true, .. } => {
            say!(to, "The window says how far a leader may run ahead of what it has applied.");
        }
        Trace::Proposed { ballot, .. } => {
            say!(to, "It needs no phase 1 for that: it has promises of ", *ballot, " for all slots.");
        }
        Trace::Accepted { ballot, voted, .. } if *voted != Some(*ballot) => {
            waits(paxos::MessageKind::Accepted, node, "vote", "was never cast", to);
        }
        Trace::Applied { applied: Applied::Again(_), .. } => {
            say!(to, "A session remembers the last operation of a client and its result. So an operation that its ");
            say!(to, "client asked for again is answered again, and does not take effect again.");
        }
        Trace::SteppedDown { .. } => {
            say!(to, "It says nothing of what it has proposed: whether that will be chosen is open, and clients ask ");
            say!(to, "again.");
        }
        _ if reads::so(trace, to) => {}
        _ => snapshots::so(trace, to),
    }
}

/// `put x = 9 in slot 5 at 1.1`.
pub(super) struct In<'a> {
    pub(super) entry: &'a Entry,
    pub(super) slot: Slot,
    pub(super) at: Ballot,
}

impl Say for In<'_> {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, self.entry, " in slot ", self.slot, " at ", self.at);
    }
}

/// ` has a quorum of promises for 2.2: servers 2 and 3`, or what it takes for one.
struct Quorum {
    ballot: Ballot,
    promises: Option<NodeSet>,
}

impl Say for Quorum {
    fn say(self, to: &mut Sentence<'_>) {
        let off = COUNTED_PROMISES.into_iter().find(|rule| !to.known().rules.on(*rule));
        let promises = self.promises.map(Servers);
        match (off, promises) {
            (None, None) => say!(to, " has a quorum of promises for ", self.ballot),
            (None, Some(servers)) => say!(to, " has a quorum of promises for ", self.ballot, ": ", servers),
            (Some(rule), None) => {
                say!(to, " takes the promises it has for a quorum for ", self.ballot, ": ", Off(rule));
            }
            (Some(rule), Some(servers)) => {
                say!(to, " takes the promises of ", servers, " for a quorum for ", self.ballot, ": ", Off(rule));
            }
        }
    }
}

fn discontent(node: NodeId, hears: NodeSet, although: Option<Rule>, to: &mut Sentence<'_>) {
    say!(to, "Server ", node, " is not content: it hears no leader that it can rely on. ");
    match although {
        None => say!(to, "If that stays so for a random time, it stands for leader"),
        Some(rule) => {
            say!(to, "It will stand for leader without asking whether those it hears are content, and a quorum: ");
            say!(to, LogOff(rule));
        }
    }
    if hears.is_empty() {
        return say!(to, ". It hears nobody.");
    }
    say!(to, ". It hears ", Servers(hears), ".");
}

fn leads(
    node: NodeId,
    ballot: Ballot,
    promises: NodeSet,
    (found, next): (u32, Slot),
    although: Option<Rule>,
    to: &mut Sentence<'_>,
) {
    say!(to, "Server ", node, " leads with ballot ", ballot, ". It", Quorum { ballot, promises: Some(promises) });
    match found {
        0 => say!(to, ". It found nothing to finish"),
        1 => say!(to, ". It has 1 slot to finish first"),
        _ => say!(to, ". It has ", found, " slots to finish first"),
    }
    say!(to, ", and its first free slot is ", next);
    match although {
        Some(rule @ Rule::NextAboveKnown) => {
            say!(to, ", although it knows of a chosen slot there or behind it: ", LogOff(rule));
        }
        Some(rule) => say!(to, ". It leaves slots in between empty: ", LogOff(rule)),
        None => {}
    }
    say!(to, ".");
}

fn finishes(
    node: NodeId,
    ballot: Ballot,
    slot: Slot,
    entry: &Entry,
    because: &Because,
    off: Option<paxos::Rule>,
    to: &mut Sentence<'_>,
) {
    say!(to, "Server ", node);
    let proposed = In { entry, slot, at: ballot };
    match because {
        Because::Reported { ballot, by } => {
            let by = Other { server: *by, than: node };
            say!(to, if off.is_none() { " must propose " } else { " proposes " }, proposed);
            say!(to, ", because ", by, " accepted it there at ", *ballot);
            match off {
                None => say!(to, ", the highest vote reported."),
                Some(rule) => say!(to, ". Whether that is the highest vote reported, it did not ask: ", Off(rule), "."),
            }
        }
        Because::Chosen => {
            say!(to, " proposes ", proposed, ", because it knows that to be chosen there, and others may not know it.");
        }
        Because::NobodyVoted => {
            say!(to, " fills slot ", slot, " with a no-op at ", ballot);
            say!(to, ", because nobody in its quorum reports a vote for it.");
        }
    }
}

fn learned(node: NodeId, slot: Slot, entry: &Entry, how: &How, off: Option<paxos::Rule>, to: &mut Sentence<'_>) {
    let sure = off.is_none() && !to.known().unchosen && !matches!(how, How::Index { although: Some(_), .. });
    let (verb, chosen) =
        if sure { (" learns that ", " is chosen in slot ") } else { (" takes ", " for chosen in slot ") };
    say!(to, "Server ", node, verb, entry, chosen, slot);
    match how {
        How::Counted(votes) => {
            say!(to, ": it has counted the votes of ", Servers(*votes));
            if let Some(rule) = off {
                say!(to, ". ", Off(rule));
            }
        }
        How::Index { ballot, by, although: None, .. } => {
            say!(to, ": it voted there at ", *ballot, ", and server ", *by, ", which leads ", *ballot);
            say!(to, ", says that all is chosen up to there");
        }
        How::Index { ballot, by, voted, although: Some(rule) } => {
            say!(to, " although it voted at ", *voted, ": ", LogOff(*rule));
            say!(to, ". Server ", *by, ", which leads ", *ballot, ", says that all is chosen up to there");
        }
        How::Fetched { by } => say!(to, ": server ", *by, " has told it"),
    }
    say!(to, ".");
}

fn applies(node: NodeId, trace: &Trace, to: &mut Sentence<'_>) {
    let Trace::Applied { slot, entry, applied, although, dropped } = trace else { return };
    let (slot, although) = (*slot, *although);
    say!(to, "Server ", node, " applies slot ", slot);
    match entry.command() {
        Some(command) => say!(to, ", ", command),
        None => say!(to, ", a no-op"),
    }
    match although {
        None => {}
        Some(Rule::ApplyInOrder) => say!(to, ", although it has not applied all slots in front of it"),
        Some(Rule::RefuseExpired) => say!(to, ", although it may have taken effect before"),
        Some(_) => say!(to, ", although it took effect before"),
    }
    match applied {
        Applied::NoOp => say!(to, ": it changes nothing"),
        Applied::Done(output) => say!(to, ": ", output),
        Applied::Again(Session { slot, .. }) => {
            say!(to, ": it took effect in slot ", *slot, " already, and changes nothing now");
        }
        Applied::Old { latest } => {
            let client = entry.command().map(|command| text!(command.client)).unwrap_or_default();
            say!(to, ": it changes nothing, because ", Old { latest: *latest, client: &client });
        }
        Applied::Expired => say!(to, ": it changes nothing, because ", MayHave),
    }
    if let Some((client, used)) = dropped {
        say!(
            to,
            ". To remember its client, it forgets client ",
            *client,
            ", whose last operation took effect in slot ",
            *used
        );
    }
    if let Some(rule) = although {
        say!(to, ". ", LogOff(rule));
    }
    say!(to, ".");
}

fn answers(node: NodeId, client: &str, seq: u32, reply: &Reply, although: Option<Rule>, to: &mut Sentence<'_>) {
    match reply {
        Reply::Done { output, slot } => {
            say!(to, "Server ", node, " answers operation ", seq, " of client ", client, ": ", output, ".");
            match although {
                None => say!(to, " It took effect in slot ", *slot, "."),
                Some(rule @ Rule::AnswerOwnCommand) => {
                    say!(to, " Slot ", *slot, " is chosen, and it does not ask what is in it: ", LogOff(rule), ".");
                }
                Some(rule @ Rule::ReadAfterFound) => {
                    say!(to, " That is from its store, although what its phase 1 found is not applied yet: ");
                    say!(to, LogOff(rule), ".");
                }
                Some(rule) => {
                    say!(to, " That is from its store, and it did not ask whether it still leads: ", LogOff(rule), ".");
                }
            }
        }
        Reply::NotLeader { leader } => {
            say!(
                to,
                "Server ",
                node,
                " does not take operation ",
                seq,
                " of client ",
                client,
                ", because it does not lead"
            );
            match leader {
                Some(leader) if *leader != node => say!(to, ". It says that server ", *leader, " does."),
                _ => say!(to, ", and does not know who does."),
            }
        }
        Reply::Old { latest } => {
            say!(to, "Server ", node, " does not take operation ", seq, " of client ", client, ": ");
            say!(to, Old { latest: *latest, client }, ".");
        }
        Reply::Expired { .. } => {
            say!(to, "Server ", node, " does not take operation ", seq, " of client ", client, ": ", MayHave, ".");
        }
    }
}

/// `it may have taken effect before, and servers have forgotten that client since`.
pub(super) struct MayHave;

impl Say for MayHave {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, "it may have taken effect before, and servers have forgotten that client since");
    }
}

/// `a later operation (7) of client a took effect already; sequence numbers never go back`.
pub(super) struct Old<'a> {
    pub(super) latest: u32,
    pub(super) client: &'a str,
}

impl Say for Old<'_> {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, "a later operation (", self.latest, ") of client ", self.client);
        say!(to, " took effect already; sequence numbers never go back");
    }
}
