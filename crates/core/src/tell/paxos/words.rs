//! The sentences about what the algorithm did on a server.

use super::blame::{NOTHING_BELOW, STAYS_CHOSEN, although};
use crate::paxos::{
    Ballot, BallotsExhausted, Chosen, Known, Late, Loose, MessageKind, NodeId, NodeSet, Rule, Trace, Vote,
};
use crate::tell::sentence::{Blame, Off, Other, Round, Say, Sentence, Servers, say};

/// What happened and why.
pub(super) fn why(trace: &Trace, node: NodeId, to: &mut Sentence<'_>) {
    let off = although(trace, node, to.language());
    match trace {
        Trace::Proposed { value, .. } => say!(to, "A client asks server ", node, " to propose ", value, "."),
        Trace::Prepares { ballot, known } => begins(node, *ballot, known, off, to),
        Trace::Promised { ballot, before, reports, .. } => promised(node, *ballot, *before, reports.as_ref(), off, to),
        Trace::Accepted { vote, before, voted, .. } => accepted(node, vote, *before, *voted, off, to),
        Trace::Rejected { request, nack, .. } => {
            say!(to, "Server ", node, " rejects ", request.as_str(), " ", nack.ballot);
            say!(to, ", because it has promised ", nack.promised, ".");
        }
        Trace::Counted { from, answer, ballot, have, needed, towards, loose } => {
            say!(to, "Server ", node, " counts the ", answer_name(*answer), " of server ", *from, " for ", *ballot);
            say!(to, ": ", have.len(), " of ", *needed, " needed");
            if towards != ballot {
                say!(to, " for ", *towards);
            }
            say!(to, Among { loose, with: ", with " }, Blame(off), ".");
        }
        Trace::Quorum { answer, nodes, towards, loose, size, .. } => {
            let (what, heard) = (answer_name(*answer), Servers(heard(*nodes, loose)));
            if off.is_none() {
                return say!(to, "Server ", node, " has a quorum of ", what, "s for ", *towards, ": ", heard, ".");
            }
            say!(to, "Server ", node, " takes the ", what, " of ", heard, " for a quorum for ", *towards);
            say!(to, Among { loose, with: ", with " }, too_few(*nodes, *size), Blame(off), ".");
        }
        Trace::Adopted { vote, reported, by, asked, passed_over } => {
            let must = if passed_over.is_none() { " must propose " } else { " proposes " };
            say!(to, "Server ", node, must, vote);
            if let Some(asked) = asked.as_ref().filter(|asked| **asked != vote.value) {
                say!(to, ", not ", asked);
            }
            say!(to, ", because ", Other { server: *by, than: node }, " accepted it at ", reported.ballot);
            match passed_over {
                None => say!(to, ", the highest vote reported."),
                Some((higher, by)) => {
                    let by = Other { server: *by, than: node };
                    say!(to, ", although ", by, " accepted ", higher, Blame(off), ".");
                }
            }
        }
        Trace::FreeChoice(vote, None) => {
            say!(to, "Server ", node, " is free to propose ", vote);
            say!(to, ", because no promise of its quorum reports a vote.");
        }
        Trace::FreeChoice(vote, Some((ignored, by))) => {
            let by = Other { server: *by, than: node };
            say!(to, "Server ", node, " proposes ", vote, " although ", by, " accepted ", ignored, Blame(off), ".");
        }
        Trace::NothingToPropose { ballot } => {
            say!(to, "Server ", node, " ends ballot ", *ballot);
            say!(to, ": its quorum reports no vote, and it has no client’s value to propose.");
        }
        Trace::GaveUp { ballot, promised, by } => {
            let by = Other { server: *by, than: node };
            say!(to, "Server ", node, " gives ballot ", *ballot, " up, because ", by, " has promised ", *promised, ".");
        }
        Trace::BallotsExhausted(exhausted) => used_up(node, exhausted, off, to),
        Trace::Learned { chosen, loose, size } => learned(node, chosen, loose, *size, off, to),
        Trace::NotMyRole { message, lost, .. } => {
            let why =
                if *lost { "it lost its disk, and no longer plays that role" } else { "it does not play that role" };
            say!(to, "Server ", node, " ignores the ", message.as_str(), ": ", why, ".");
        }
        Trace::Stale { from, message, ballot, late } => {
            say!(to, "Server ", node, " ignores ", message.as_str(), " ", *ballot, " from server ", *from, ": ");
            match late {
                Late::Idle => say!(to, "it has no ballot under way."),
                Late::Other(present) => say!(to, "its ballot is ", *present, " now."),
                Late::Enough(present) => say!(to, "it has a quorum of promises for ", *present, " already."),
                Late::NotAsked(present) => say!(to, "it has not asked for votes in ", *present, " yet."),
                Late::Learned => say!(to, "it has learned the outcome already."),
            }
        }
    }
}

/// What follows from it.
pub(super) fn so(trace: &Trace, node: NodeId, to: &mut Sentence<'_>) {
    let off = although(trace, node, to.language());
    let rules = to.known().rules;
    match trace {
        Trace::Proposed { during: Some(ballot), .. } => {
            say!(to, "Ballot ", *ballot, " is under way and goes on. The value waits for a choice that is free.");
        }
        Trace::Proposed { during: None, .. } => {
            say!(to, "It cannot just announce the value. First it asks everyone to promise a ballot, ");
            say!(to, "to hear whether something was accepted before.");
            if rules.lets_leave(MessageKind::Prepare).is_none() {
                say!(to, " What it says leaves once server ", node, "’s disk is done.");
            }
        }
        Trace::Prepares { .. } => prepares_so(to),
        Trace::Promised { ballot, before, .. } if *before != Some(*ballot) => {
            waits(MessageKind::Promise, node, "promise", "happened", to);
        }
        Trace::Accepted { again: false, .. } => waits(MessageKind::Accepted, node, "vote", "was never cast", to),
        Trace::Quorum { answer: MessageKind::Accepted, .. } if off.is_none() && !to.known().unchosen => {
            say!(to, "That many votes in one ballot: the value is chosen.");
        }
        Trace::Adopted { vote, passed_over: Some((other, _)), .. } | Trace::FreeChoice(vote, Some((other, _)))
            if vote.value != other.value =>
        {
            say!(to, &other.value, " may have been chosen already, and then no other value is safe.");
        }
        Trace::Adopted { passed_over: None, .. } => {
            say!(to, "That value may have been chosen already");
            match to.language().broken(&STAYS_CHOSEN) {
                Some(_) => say!(to, ", and then no other value is safe."),
                None => {
                    say!(to, ". Proposing it again is harmless if it was not, and the only safe choice if it was.");
                }
            }
        }
        Trace::FreeChoice(Vote { ballot, .. }, None) => match to.language().broken(&NOTHING_BELOW) {
            Some(rule) => say!(to, "Something may be chosen below ", *ballot, " all the same: ", Off(rule), "."),
            None => {
                say!(to, "Nothing can have been chosen below ", *ballot, ": any quorum would have to include one of ");
                say!(to, "these servers, and they have promised to accept nothing below ", *ballot, " any more.");
            }
        },
        Trace::Rejected { .. } => {
            say!(to, "The answer carries the promise, so that the proposer knows what to go above.");
        }
        Trace::GaveUp { .. } => say!(to, "To be heard again, it needs a higher ballot."),
        Trace::BallotsExhausted(_) if off.is_none() => {
            say!(to, "A number of another server's, or one used before, would be a ballot used twice, and agreement ");
            say!(to, "could break.");
        }
        _ => {}
    }
}

/// A promise or a vote waits for the disk, or does not.
pub(in crate::tell) fn waits(kind: MessageKind, node: NodeId, what: &str, cast: &str, to: &mut Sentence<'_>) {
    match to.known().rules.lets_leave(kind) {
        None => {
            // True at every later moment, too: a beat is told when all that it caused has happened.
            let never = if kind == MessageKind::Promise { "never " } else { "" };
            say!(to, "A ", what, " may leave only once it is durable on server ", node, "’s disk: after a crash ");
            say!(to, "before that, it ", never, cast, ".");
        }
        Some(rule) => {
            say!(to, "The answer does not wait for server ", node, "’s disk: a crash can undo the ", what);
            say!(to, " after others have counted it. ", Off(rule), ".");
        }
    }
}

fn begins(node: NodeId, ballot: Ballot, known: &Known, off: Option<Rule>, to: &mut Sentence<'_>) {
    say!(to, "Server ", node, " begins ballot ", ballot);
    begins_because(ballot, known, off, to);
    say!(to, ".");
}

/// How a ballot compares to those that its server knows.
pub(in crate::tell) fn begins_because(ballot: Ballot, known: &Known, off: Option<Rule>, to: &mut Sentence<'_>) {
    let went_back = to.known().went_back;
    match (off, known) {
        (Some(off), Known { forgot: Some(forgot), .. }) if *forgot >= ballot.round => {
            say!(to, " although its disk says that it used ", Round(*forgot), ": ", Off(off));
        }
        (Some(off), _) if went_back.is_some() => {
            say!(to, " although it began ", went_back, " before, and has forgotten that: ", Off(off));
        }
        (Some(off), _) => say!(to, ", which other servers may use, too: ", Off(off)),
        (None, Known { used: None, seen: None, .. }) => say!(to, ", the lowest that it may use"),
        (None, Known { used, seen, .. }) => {
            say!(to, ", above ");
            if let Some(used) = used {
                say!(to, "its ", Round(*used));
            }
            if used.is_some() && seen.is_some() {
                say!(to, " and ");
            }
            if let Some(seen) = seen {
                say!(to, "the promised ", *seen);
            }
        }
    }
}

pub(in crate::tell) fn prepares_so(to: &mut Sentence<'_>) {
    let rules = to.known().rules;
    if let Some(off) = rules.lets_leave(MessageKind::Prepare) {
        say!(to, "The round goes to disk, but nobody waits for that: a crash can make it be used twice. ");
        return say!(to, Off(off), ".");
    }
    say!(to, "The round goes to disk before anyone hears of it, ");
    match rules.unless_on(Rule::BallotsUniqueAcrossRestarts) {
        Some(rule) => say!(to, "but after a crash the server will not read it: ", Off(rule), "."),
        None => say!(to, "so that a crash cannot make it be used twice."),
    }
}

fn promised(
    node: NodeId,
    ballot: Ballot,
    before: Option<Ballot>,
    reports: Option<&Vote>,
    off: Option<Rule>,
    to: &mut Sentence<'_>,
) {
    let forgetful = to.known().forgetful;
    say!(to, "Server ", node, " promises ", ballot);
    match reports {
        Some(vote) if vote.ballot > ballot => say!(to, " although it voted at ", vote.ballot, Blame(off)),
        _ => promised_because(ballot, before, off, to),
    }
    match reports {
        None if forgetful => say!(to, ". It remembers no vote."),
        None => say!(to, ". It has accepted nothing."),
        Some(vote) => say!(to, ". It reports that it accepted ", vote, "."),
    }
}

/// How a promise compares to the one before.
pub(in crate::tell) fn promised_because(
    ballot: Ballot,
    before: Option<Ballot>,
    off: Option<Rule>,
    to: &mut Sentence<'_>,
) {
    match before {
        _ if to.known().went_back.is_some() => say!(to, ForgottenPromise(off)),
        None if to.known().forgetful => say!(to, ", because it remembers no promise"),
        None => say!(to, ", because it has promised nothing yet"),
        Some(before) if before == ballot => say!(to, ", because it promised that before"),
        Some(before) => say!(to, ", because ", ballot, " is above ", before),
    }
}

/// ` although it promised 2.2 before, and has forgotten that: …`.
struct ForgottenPromise(Option<Rule>);

impl Say for ForgottenPromise {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, " although it promised ", to.known().went_back, " before, and has forgotten that", Blame(self.0));
    }
}

fn accepted(
    node: NodeId,
    vote: &Vote,
    before: Option<Ballot>,
    voted: Option<Ballot>,
    off: Option<Rule>,
    to: &mut Sentence<'_>,
) {
    say!(to, "Server ", node, " accepts ", vote);
    accepted_because(vote.ballot, before, voted, off, to);
    say!(to, ".");
}

/// How a vote compares to what its acceptor promised and voted for before.
pub(in crate::tell) fn accepted_because(
    ballot: Ballot,
    before: Option<Ballot>,
    voted: Option<Ballot>,
    off: Option<Rule>,
    to: &mut Sentence<'_>,
) {
    let forgetful = to.known().forgetful;
    match (before, voted) {
        (Some(before), _) if before > ballot => {
            return say!(to, " although it promised ", before, Blame(off));
        }
        (_, Some(voted)) if voted > ballot => return say!(to, " although it voted at ", voted, Blame(off)),
        _ if to.known().went_back.is_some() => return say!(to, ForgottenPromise(off)),
        (Some(before), _) if before == ballot && forgetful => say!(to, ", because it remembers no higher promise"),
        (Some(before), _) if before == ballot => say!(to, ", because it has promised nothing higher"),
        (Some(before), _) => say!(to, ", because that is above its promise ", before),
        (None, _) if forgetful => say!(to, ", because it remembers no promise"),
        (None, _) => say!(to, ", because it has promised nothing"),
    }
    if let Some(off) = off {
        say!(to, ". It promises nothing by that: ", Off(off));
    }
}

fn learned(
    node: NodeId,
    Chosen { vote, quorum }: &Chosen,
    loose: &[Loose],
    size: u32,
    off: Option<Rule>,
    to: &mut Sentence<'_>,
) {
    let sure = off.is_none() && !to.known().unchosen;
    let (verb, chosen) = if sure { (" learns that ", " is chosen") } else { (" takes ", " for chosen") };
    let heard = Servers(heard_for(*quorum, loose, vote.ballot));
    say!(to, "Server ", node, verb, &vote.value, chosen);
    say!(to, ": it has heard the votes of ", heard, " for ", vote.ballot);
    if let Some(off) = off {
        if loose.is_empty() && quorum.len() >= size {
            say!(to, ", and not all of them are for ", &vote.value);
        }
        say!(to, Among { loose, with: ", and counts " }, too_few(*quorum, size), ". ", Off(off));
    }
    say!(to, ".");
}

pub(in crate::tell) fn used_up(node: NodeId, exhausted: &BallotsExhausted, off: Option<Rule>, to: &mut Sentence<'_>) {
    let BallotsExhausted { first, last, above, used, .. } = exhausted;
    say!(to, "Server ", node, " cannot propose any more: ");
    match above {
        Some(above) if above.round > *last || *used != Some(*last) => {
            say!(to, "its ballots are ", *first, " to ", *last, ", and it would need one above ", *above);
        }
        _ => say!(to, "it has used up its ballots, ", *first, " to ", *last),
    }
    if let Some(off) = off {
        say!(to, ", which all servers share. ", Off(off));
    }
    say!(to, ".");
}

const fn answer_name(answer: MessageKind) -> &'static str {
    if matches!(answer, MessageKind::Promise) { "promise" } else { "vote" }
}

/// `, though a quorum is 3`, where there are fewer.
fn too_few(nodes: NodeSet, size: u32) -> Option<TooFew> {
    (nodes.len() < size).then_some(TooFew(size))
}

struct TooFew(u32);

impl Say for TooFew {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, ", though a quorum is ", self.0);
    }
}

/// `, with that of server 2 for 1.1 and another of server 3 for 2.2 in place of server 4’s`; nothing where each answer was
/// counted as what it is.
struct Among<'a> {
    loose: &'a [Loose],
    with: &'static str,
}

impl Say for Among<'_> {
    fn say(self, to: &mut Sentence<'_>) {
        let mut between = self.with;
        for Loose { counts_for, from, ballot } in self.loose {
            if counts_for == from {
                say!(to, between, "that of server ", *from, " for ", *ballot);
            } else {
                say!(to, between, "another of server ", *from, " for ", *ballot);
                say!(to, " in place of server ", *counts_for, "’s");
            }
            between = " and ";
        }
    }
}

/// Those whose own answers were counted.
fn heard(nodes: NodeSet, loose: &[Loose]) -> NodeSet {
    let stood_for = loose.iter().filter(|loose| loose.counts_for != loose.from).map(|loose| loose.counts_for);
    nodes.without(stood_for.collect())
}

/// Those whose own votes for this ballot were counted.
fn heard_for(quorum: NodeSet, loose: &[Loose], ballot: Ballot) -> NodeSet {
    let others = loose.iter().filter(|loose| loose.ballot != ballot).map(|loose| loose.counts_for);
    heard(quorum, loose).without(others.collect())
}
