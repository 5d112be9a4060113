//! Lanes: a server's life, its disk under it, and what it does above it.

use alloc::{format, string::String, vec::Vec};

use super::label_placer::Room;
use super::{Drawing, LANE, LEFT, LETTERS, shown};
use crate::excerpt::{Knowledge, OfLog, OfValue};
use crate::shapes::{class, glyph, put};
use crate::words::{Px, Xml, width};
use quorum_core::log;
use quorum_core::paxos::{self, NodeId, Slot, Value};
use quorum_core::run::EventKind;
use quorum_core::sim::{Fact, ServerStatus, Time, Timer, Trace};

/// The mark of a slot that is applied.
pub(super) const APPLIED: &str = "m-3.5-3.5h7v7h-7z";

/// What a server of a log does with a slot, if that is told on its lane.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Applies,
    /// With a no-op, because nobody is known to have voted there.
    Fills,
    /// What somebody voted for, or is known to be chosen.
    Finishes,
}

const fn of_slot(trace: &log::Trace) -> Option<(Does, Slot)> {
    match trace {
        log::Trace::Applied { slot, .. } => Some((Does::Applies, *slot)),
        log::Trace::Finishes { slot, because: log::Because::NobodyVoted, .. } => Some((Does::Fills, *slot)),
        log::Trace::Finishes { slot, .. } => Some((Does::Finishes, *slot)),
        _ => None,
    }
}

impl Drawing<'_> {
    /// Every lane, with the disk under it.
    pub(super) fn lanes(&mut self) {
        let excerpt = self.excerpt;
        for node in &excerpt.nodes {
            self.lane(*node);
            self.disk(*node);
        }
    }

    /// Everything that is told on a lane.
    pub(super) fn doings(&mut self) {
        let excerpt = self.excerpt;
        for event in &excerpt.events {
            if let EventKind::Fact(fact) = &event.kind {
                self.told(event.at, fact);
            }
        }
        self.slots();
    }

    /// The lane itself: nothing where the server is down, dashed where it is paused, in the colour of what it knows; in a log, of the ballot it
    /// leads with.
    fn lane(&mut self, node: NodeId) {
        let cards = &self.excerpt.cards[node.index()];
        let y = self.y(node);
        let name = format!("Server {node}");
        self.text((14.0, y), "b", &name);
        self.space.take(Room { x: 0.0, y: y - LANE / 2.0, width: LEFT - 12.0, height: LANE });
        self.space.take(Room { x: LEFT - 12.0, y: y - 1.5, width: self.axis.length() + 24.0, height: 3.0 });
        for (position, (at, card)) in cards.iter().enumerate() {
            let begin = if position == 0 { LEFT - 10.0 } else { self.x(at.at) };
            let end = cards.get(position + 1).map_or(self.x(self.excerpt.end) + 12.0, |(next, _)| self.x(next.at));
            let dash = match card.status {
                ServerStatus::Down => continue,
                ServerStatus::Paused => " stroke-dasharray=\"6 5\"",
                ServerStatus::Up => "",
            };
            let (colour, thick) = match &card.knows {
                Knowledge::Value(OfValue { learned: Some(value), .. }) => {
                    (class(self.excerpt.value_styles.of(value)), "3")
                }
                Knowledge::Log(OfLog { own: Some(ballot), stands: false, .. }) => {
                    (self.excerpt.ballot_styles.class(*ballot), "3")
                }
                Knowledge::Value(_) | Knowledge::Log(_) => ("e", "2"),
            };
            let (begin, end, y) = (Px(begin), Px(end), Px(y));
            let line = format!("stroke=\"currentColor\" stroke-width=\"{thick}\"{dash} d=\"M{begin} {y}H{end}\"");
            put!(&mut self.lines, "<path class=\"{colour}\" {line}/>\n");
        }
    }

    /// What is on its way to the disk: an empty box from written to durable, and a full one where it is durable.
    fn disk(&mut self, node: NodeId) {
        let mut written: Vec<Time> = Vec::new();
        for event in &self.excerpt.events {
            let EventKind::Fact(fact) = &event.kind else { continue };
            if fact.node() != Some(node) {
                continue;
            }
            match fact {
                Fact::Wrote { .. } => written.push(event.at),
                Fact::Durable { .. } => {
                    self.strip(node, written.first().copied().unwrap_or(self.excerpt.start), event.at, true);
                    written.clear();
                }
                Fact::Crashed { .. } if !written.is_empty() => {
                    self.strip(node, written[0], event.at, false);
                    written.clear();
                }
                _ => {}
            }
        }
        if let Some(since) = written.first() {
            self.strip(node, *since, self.excerpt.end, false);
        }
    }

    fn strip(&mut self, node: NodeId, since: Time, until: Time, durable: bool) {
        let (x, end, y) = (self.x(since), self.x(until), self.y(node) + 8.0);
        let (left, wide, top) = (Px(x), Px((end - x).max(2.0)), Px(y));
        put!(
            &mut self.lines,
            "<rect class=\"m\" stroke=\"currentColor\" x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"6\"/>"
        );
        if durable {
            let left = Px(end - 3.0);
            put!(&mut self.lines, "<rect fill=\"currentColor\" x=\"{left}\" y=\"{top}\" width=\"6\" height=\"6\"/>");
        }
        self.lines.push('\n');
        self.space.take(Room { x: x - 1.0, y: y - 1.0, width: end - x + 5.0, height: 8.0 });
    }

    /// What a server does, if it is told on its lane.
    fn told(&mut self, at: Time, fact: &Fact) {
        let Some(node) = fact.node() else { return };
        let (x, y) = (self.x(at), self.y(node));
        let (left, top) = (Px(x), Px(y));
        match fact {
            Fact::Did { trace: Trace::Paxos(paxos::Trace::Proposed { value, .. }), .. } => {
                let colour = class(self.excerpt.value_styles.of(value));
                put!(
                    &mut self.marks,
                    "<circle class=\"{colour}\" fill=\"currentColor\" cx=\"{left}\" cy=\"{top}\" r=\"4\"/>"
                );
                self.label(at, node, "propose", Some(value));
            }
            Fact::Did { trace: Trace::Paxos(paxos::Trace::Adopted { vote, .. }), .. } => {
                self.label(at, node, "adopts", Some(&vote.value));
            }
            Fact::Did { trace: Trace::Paxos(paxos::Trace::Learned { chosen, .. }), .. } => {
                let value = &chosen.vote.value;
                let look = self.excerpt.value_styles.of(value);
                put!(
                    &mut self.marks,
                    "<g class=\"{}\"><circle class=\"bg\" cx=\"{left}\" cy=\"{top}\" r=\"8\"/>",
                    class(look)
                );
                glyph(&mut self.marks, look, (x, y), 12.0);
                self.marks.push_str("</g>");
                self.space.take(Room::around((x, y), 16.0, 16.0));
                self.label(at, node, "learned", Some(value));
            }
            Fact::TimedOut { timer: Timer::Paxos(paxos::Timer::Retry), .. } => {
                self.label(at, node, "tries again", None);
            }
            Fact::TimedOut { timer: Timer::Paxos(paxos::Timer::Learn), .. } => self.label(at, node, "finds out", None),
            Fact::Did { trace: Trace::Log(trace), .. } => self.told_of_log(at, node, trace),
            Fact::TimedOut { timer: Timer::Log(log::Timer::Repeat), .. } => self.label(at, node, "repeats", None),
            Fact::Crashed { .. } => {
                put!(
                    &mut self.marks,
                    "<path class=\"bg\" stroke=\"currentColor\" stroke-width=\"2\" d=\"M{left} {top}m-7-6h14v12h-14Zm4 3 6 6m0-6-6 6\"/>"
                );
                self.space.take(Room::around((x, y), 14.0, 14.0));
                self.label(at, node, "crash", None);
            }
            Fact::Restarted { .. } => {
                put!(
                    &mut self.marks,
                    "<circle class=\"bg\" stroke=\"currentColor\" stroke-width=\"2\" cx=\"{left}\" cy=\"{top}\" r=\"5\"/>"
                );
                self.space.take(Room::around((x, y), 12.0, 12.0));
                self.label(at, node, "restart", None);
            }
            Fact::Wiped { .. } => self.label(at, node, "disk lost", None),
            Fact::Paused { .. } => self.label(at, node, "pause", None),
            Fact::Resumed { .. } => self.label(at, node, "resume", None),
            _ => {}
        }
    }

    /// What a server of a log does: who leads, what a new leader finishes, and what is applied.
    fn told_of_log(&mut self, at: Time, node: NodeId, trace: &log::Trace) {
        let name = |ballot| self.excerpt.ballot(ballot);
        let says = match trace {
            log::Trace::Discontent { .. } => "not content".into(),
            log::Trace::Stands { ballot, .. } => format!("stands with {}", name(*ballot)),
            log::Trace::CatchesUp { to, .. } => format!("catches up to {to}"),
            log::Trace::Leads { ballot, .. } => format!("leads with {}", name(*ballot)),
            log::Trace::SteppedDown { ballot, .. } => format!("steps down from {}", name(*ballot)),
            log::Trace::BallotsExhausted(_) => "no ballot left".into(),
            _ => return,
        };
        self.label(at, node, &says, None);
    }

    /// What servers do with slots, those of one step together: `fills 5–6`, and under the lane the numbers of those that are
    /// applied.
    fn slots(&mut self) {
        let excerpt = self.excerpt;
        let did = excerpt.events.iter().filter_map(|event| match &event.kind {
            EventKind::Fact(Fact::Did { node, trace: Trace::Log(trace) }) => {
                Some((event.step, event.at, *node, of_slot(trace)?))
            }
            _ => None,
        });
        let did: Vec<_> = did.collect();
        for together in did.chunk_by(|one, next| (one.0, one.2, one.3.0) == (next.0, next.2, next.3.0)) {
            let [(_, at, node, (does, first)), ..] = together[..] else { continue };
            let last = together.last().map_or(first, |(.., (_, slot))| *slot);
            let slots = if first == last { format!("{first}") } else { format!("{first}–{last}") };
            match does {
                Does::Applies => self.applied(at, node, &slots),
                Does::Fills => self.label(at, node, &format!("fills {slots}"), None),
                Does::Finishes => self.label(at, node, &format!("finishes {slots}"), None),
            }
        }
    }

    /// Slots are applied: their numbers under the lane, if there is room, and a mark on it.
    fn applied(&mut self, at: Time, node: NodeId, slots: &str) {
        let (x, y) = (self.x(at), self.y(node));
        let (left, top) = (Px(x), Px(y));
        put!(&mut self.marks, "<path fill=\"currentColor\" d=\"M{left} {top}{APPLIED}\"/>\n");
        self.space.take(Room::around((x, y), 9.0, 9.0));
        let wide = width(slots, LETTERS - 1.0);
        let places = [(0.0, 22.0), (0.0, -13.0), (9.0, 22.0), (9.0, -13.0), (0.0, 36.0)];
        let room = |(aside, under): (f64, f64)| Room::around((x + aside, y + under), wide, 14.0);
        if let Some(room) = self.space.first_free(places.into_iter().map(room)) {
            self.text((room.x, room.y + 7.0), "s", slots);
        }
    }

    /// A few words at a moment of a lane: above it or under it, wherever there is room.
    fn label(&mut self, at: Time, node: NodeId, says: &str, value: Option<&Value>) {
        let (x, y) = (self.x(at), self.y(node));
        let name = value.map_or(String::new(), |value| shown(value.as_str()));
        let first = width(says, LETTERS) + 4.0;
        let wide = first + if value.is_some() { 14.0 + width(&name, LETTERS) } else { 0.0 };
        let (after, before) = (-4.0, 6.0 - wide);
        let near = [(-16.0, after), (-36.0, after), (-16.0, before), (24.0, after), (24.0, before), (-36.0, before)];
        let far = [(40.0, after), (LANE / -2.0, after), (40.0, before), (LANE / 2.0, after)];
        let room = |(above, aside): (f64, f64)| Room { x: x + aside, y: y + above - 8.0, width: wide, height: 16.0 };
        // A server's doings are few, and each matters: rather over something else than not at all.
        let found = self.space.first_free(near.into_iter().chain(far).map(room)).unwrap_or_else(|| room(near[0]));
        let middle = found.y + 8.0;
        if libm::fabs(middle - y) > 17.0 {
            let (x, from, to) = (Px(x), Px(y), Px(if middle < y { middle + 7.0 } else { middle - 7.0 }));
            put!(&mut self.lines, "<path class=\"e\" stroke=\"currentColor\" d=\"M{x} {from}V{to}\"/>\n");
        }
        self.text((found.x, middle), "", says);
        if let Some(value) = value {
            let look = self.excerpt.value_styles.of(value);
            put!(&mut self.marks, "<g class=\"{}\">", class(look));
            glyph(&mut self.marks, look, (found.x + first + 5.0, middle), 10.0);
            let (x, y) = (Px(found.x + first + 13.0), Px(middle + LETTERS * 0.35));
            put!(&mut self.marks, "<text class=\"h b\" x=\"{x}\" y=\"{y}\">{}</text></g>\n", Xml(&name));
        }
    }
}
