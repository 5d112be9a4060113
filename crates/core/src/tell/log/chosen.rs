//! That an entry is chosen in its slot, in words and as data.

use alloc::string::String;
use alloc::vec::Vec;

use super::data::in_slot;
use super::pieces::{LogOff, SlotList};
use crate::json::{Json, Object};
use crate::log::{Entry, Rule};
use crate::paxos::{self, Chosen, Scheme};
use crate::run::{Circumstances, Event, EventKind};
use crate::tell::language::{Because, Language, reason};
use crate::tell::paxos::blame::STAYS_CHOSEN;
use crate::tell::sentence::{Blame, Off, Sentence, Servers, say};

/// The rules of the log by which what is chosen in a slot stays the only thing there.
const STAYS_CHOSEN_IN_A_LOG: [Rule; 3] = [Rule::ReportEveryVote, Rule::NextAboveKnown, Rule::IndexNeedsBallot];

pub(in crate::tell) fn fields(object: Object, Chosen { vote, quorum }: &Chosen<Entry>, language: &Language) -> Object {
    in_slot(object, vote.slot, &vote.value).with("ballot", language.text(vote.ballot)).with("quorum", *quorum)
}

pub(in crate::tell) fn because(Chosen { vote, quorum }: &Chosen<Entry>, language: &Language) -> Because {
    let reason = reason("quorum-accepted").with("ballot", language.text(vote.ballot)).with("have", *quorum);
    let undurable = language.known.undurable;
    let undurable = (!undurable.is_empty()).then(|| Json::from(undurable));
    Because::from(reason.maybe("undurable", undurable)).although(language.known.although)
}

/// Whether a vote that counts is durable, in the run that this is about.
fn durably(known: &Circumstances) -> &'static str {
    let durable = known.always.on(paxos::Rule::PersistBeforeReply) && known.always.on(paxos::Rule::PersistAccepted);
    if durable { "durably " } else { "" }
}

/// Why.
pub(in crate::tell) fn why(Chosen { vote, quorum }: &Chosen<Entry>, to: &mut Sentence<'_>) {
    let known = to.known();
    let durably = durably(known);
    say!(to, "In slot ", vote.slot, ", ");
    match vote.value.command() {
        Some(command) => say!(to, command),
        None => say!(to, "a no-op"),
    }
    let quorum = Servers(*quorum);
    match known.although {
        None => {
            say!(to, " is chosen: a quorum, ", quorum, ", has ", durably, "accepted it in one ballot, ", vote.ballot);
        }
        Some(paxos::Rule::Phase2Intersects) => {
            say!(to, " is chosen by so few as ", quorum, ", who have ", durably, "accepted it in one ballot, ");
            say!(to, vote.ballot);
        }
        Some(_) => {
            say!(to, " is chosen: a quorum, ", quorum, ", has accepted it in one ballot, ", vote.ballot);
            say!(to, ", though not durably on ", Servers(known.undurable));
        }
    }
    say!(to, Blame(known.although), ".");
}

/// That the same quorum chose in several slots in one ballot, as the rules demand: one sentence for the events with which
/// these begin, and the events behind them. `None` where the first is told by itself.
pub(in crate::tell) fn at_once<'a, 'b>(events: &'b [&'a Event], scheme: Scheme) -> Option<(String, &'b [&'a Event])> {
    let chosen = |event: &&'a Event| match &event.kind {
        EventKind::ChosenInSlot(chosen) if Language::of(event, scheme).known.although.is_none() => Some(chosen),
        _ => None,
    };
    let first = chosen(events.first()?)?;
    let alike = |other: &&Chosen<Entry>| other.quorum == first.quorum && other.vote.ballot == first.vote.ballot;
    let mut slots: Vec<_> = events.iter().map_while(chosen).take_while(alike).map(|chosen| chosen.vote.slot).collect();
    if slots.len() < 2 {
        return None;
    }
    let rest = &events[slots.len()..];
    slots.sort_unstable();
    let says = Sentence::of(&Language::of(events[0], scheme), |to| {
        say!(to, "In slots ", SlotList(&slots), ", commands are chosen: a quorum, ", Servers(first.quorum), ", has ");
        say!(to, durably(to.known()), "accepted them in one ballot, ", first.vote.ballot, ".");
    });
    Some((says, rest))
}

/// What follows from it.
pub(in crate::tell) fn so(to: &mut Sentence<'_>) {
    let known = to.known();
    let broken = STAYS_CHOSEN_IN_A_LOG.into_iter().find(|rule| !known.log_always.on(*rule) || !known.log.on(*rule));
    match (to.language().broken(&STAYS_CHOSEN), broken) {
        (None, None) => say!(to, "It can never be undone."),
        (Some(rule), _) => say!(to, "Another entry can still be chosen there, too: ", Off(rule), "."),
        (None, Some(rule)) if known.log.on(rule) => say!(to, "Another entry can still be chosen there, too."),
        (None, Some(rule)) => say!(to, "Another entry can still be chosen there, too: ", LogOff(rule), "."),
    }
    match known.log.unless_on(Rule::ApplyInOrder) {
        None => say!(to, " A server applies it once it knows it, and all that is chosen in the slots before it."),
        Some(rule) => say!(to, " A server applies it once it knows it: ", LogOff(rule), "."),
    }
}
