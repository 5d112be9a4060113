//! The present beat, for whoever watches: where it began, where it ends, and the sentence that makes it.
//!
//! Where beats begin and end is known to the run ([`crate::run::BeatSize`]). What is said of one is here, so that page,
//! terminal and film say the same. Only what has happened is said: a beat under way is told by what it has brought so far.

use alloc::string::String;
use alloc::vec::Vec;

use super::language::Language;
#[cfg(feature = "log")]
use super::log::chosen;
use super::sentence::{Sentence, say};
use crate::json::Object;
use crate::paxos::{self, Scheme};
use crate::run::{BeatSize, Event, EventKind, History, Knows, Pace, is_answer, is_idea, who_knows};
use crate::sim::{Fact, Trace};
use crate::text::add;

/// An idea is told in so many sentences of events, the weightiest.
const SENTENCES: usize = 2;

impl History {
    /// The beat that led to the present.
    #[must_use]
    pub fn beat(&self, pace: &Pace) -> Object {
        let step = self.now().steps();
        let (number, of) = self.numbered(pace).unzip();
        Object::new()
            .with("size", pace.size.as_str())
            .with("from", self.beat_before(pace, step))
            .with("to", self.beat_from(pace, step))
            .with("says", self.says(pace))
            .with("after", self.idle_before(pace.size))
            .with("number", number)
            .with("of", of)
    }

    /// What the present beat has brought so far, in a sentence or two; empty at the beginning, and while an idea is still to
    /// come.
    #[must_use]
    pub fn says(&self, pace: &Pace) -> String {
        let heard = self.heard();
        let latest = self.latest();
        match pace.size {
            BeatSize::Everything => self.now().headline_says(latest),
            BeatSize::Ideas | BeatSize::Commands => {
                let brings =
                    |event: &Event| is_idea(event, self.now()) || pace.size == BeatSize::Commands && is_answer(event);
                if !heard.iter().any(brings) {
                    let ended = self.ends_beat(pace, self.now().steps());
                    return if ended { self.message_says() } else { String::new() };
                }
                #[cfg(feature = "log")]
                if let Some(says) = links(heard) {
                    return says;
                }
                let power_cut = heard.iter().any(|event| matches!(event.kind, EventKind::Fact(Fact::PowerCut { .. })));
                let mentioned = |event: &&Event| match &event.kind {
                    EventKind::Fact(Fact::TimedOut { timer, .. }) => timer.as_str() != "heartbeat",
                    // Of what a power cut does to each server, what hurts.
                    EventKind::Fact(Fact::Crashed { queued, written, .. }) if power_cut => {
                        !queued.is_empty() || !written.is_empty()
                    }
                    EventKind::Fact(Fact::Restarted { .. }) if power_cut => false,
                    _ => brings(event),
                };
                self.told(&weightiest(heard.iter().filter(mentioned).collect()))
            }
            BeatSize::Messages => self.message_says(),
        }
    }

    /// What the arrival decided, and what else came of it that nobody may miss.
    fn message_says(&self) -> String {
        let heard = self.heard();
        #[cfg(feature = "log")]
        if let Some(says) = links(heard) {
            return says;
        }
        let Some(first) = heard.first() else { return String::new() };
        let arrival = heard.partition_point(|event| event.step <= first.step);
        let (arrived, later) = heard.split_at(arrival);
        let mut says = self.now().headline_says(arrived);
        let matters = |event: &&Event| !matches!(event.kind, EventKind::Fact(_));
        then(&mut says, &self.told(&later.iter().filter(matters).collect::<Vec<_>>()));
        says
    }

    fn told(&self, events: &[&Event]) -> String {
        let mut says = String::new();
        let scheme = self.now().config().ballots;
        let mut rest = events;
        while let Some((event, after)) = rest.split_first() {
            #[cfg(feature = "log")]
            if let Some((several, after)) = chosen::at_once(rest, scheme) {
                then(&mut says, &several);
                rest = after;
                continue;
            }
            rest = after;
            then(&mut says, &event.why(scheme));
            then(&mut says, &self.knows(event, scheme));
        }
        says
    }

    /// Where somebody has learned a value: who else knows it.
    fn knows(&self, event: &Event, scheme: Scheme) -> String {
        let EventKind::Fact(Fact::Did { trace: Trace::Paxos(paxos::Trace::Learned { .. }), .. }) = &event.kind else {
            return String::new();
        };
        Sentence::of(&Language::of(event, scheme), |to| match who_knows(self.now()) {
            Knows::Everyone => say!(to, "Now every server that is up knows it."),
            Knows::First => say!(to, "It is the first to know."),
            Knows::Some => {}
        })
    }

    /// Which idea this is, of how many, where they are notes: of others nobody knows how many there will be.
    fn numbered(&self, pace: &Pace) -> Option<(u64, u64)> {
        let until = |end: u64| pace.notes.partition_point(|note| *note <= end) as u64;
        let step = self.now().steps();
        let in_notes = pace.size == BeatSize::Ideas && pace.notes.last().is_some_and(|last| step <= *last);
        in_notes.then(|| (until(step), until(u64::MAX)))
    }
}

/// Several links that are cut or mended at once, in one sentence; what leaves its server meanwhile is not worth one.
#[cfg(feature = "log")]
fn links(events: &[Event]) -> Option<String> {
    use super::sentence::Say;
    use crate::sim::Endpoint;

    let mut all: Vec<(Endpoint, Endpoint)> = Vec::new();
    let mut cut = None;
    for event in events {
        let (is_cut, from, to) = match &event.kind {
            EventKind::Fact(Fact::Cut { from, to }) => (true, *from, *to),
            EventKind::Fact(Fact::Mended { from, to }) => (false, *from, *to),
            EventKind::Fact(Fact::Sent(_) | Fact::Wrote { .. } | Fact::Durable { .. }) => continue,
            _ => return None,
        };
        if *cut.get_or_insert(is_cut) != is_cut {
            return None;
        }
        all.push((from, to));
    }
    if all.len() < 2 {
        return None;
    }
    let both = |one: Endpoint, other: Endpoint| all.contains(&(other, one));
    let shown: Vec<_> = all.iter().filter(|(one, other)| one < other || !both(*one, *other)).collect();
    Some(Sentence::of(&Language::of(events.first()?, Scheme::Rounds), |to| {
        if let [(one, other)] = shown[..] {
            say!(
                to,
                "The link between ",
                *one,
                " and ",
                *other,
                if cut == Some(true) { " is cut." } else { " works again." }
            );
            return;
        }
        say!(to, if cut == Some(true) { "These links are cut: " } else { "These links work again: " });
        for (position, (one, other)) in shown.into_iter().enumerate() {
            say!(to, if position == 0 { "" } else { ", " });
            text!(one, if both(*one, *other) { " – " } else { " → " }, other).as_str().say(to);
        }
        say!(to, ".");
    }))
}

/// Another sentence, if there is one.
fn then(says: &mut String, sentence: &str) {
    if !sentence.is_empty() {
        add(says, " ", sentence);
    }
}

/// The weightiest of these, in the order in which they happened.
fn weightiest(events: Vec<&Event>) -> Vec<&Event> {
    // The heaviest, in order. A library's sort would be 1.6 KB more to download.
    let mut weights = [0; SENTENCES];
    for event in &events {
        let mut weight = event.importance();
        for place in &mut weights {
            if weight > *place {
                core::mem::swap(place, &mut weight);
            }
        }
    }
    let least = weights[SENTENCES - 1];
    let heavier = weights.iter().filter(|weight| **weight > least).count();
    let mut room = SENTENCES - heavier;
    let mut chosen = Vec::new();
    for event in events {
        let weight = event.importance();
        if weight > least || (weight == least && room > 0) {
            room -= usize::from(weight == least);
            chosen.push(event);
        }
    }
    chosen
}
