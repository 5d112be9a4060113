//! What is true of the world and not of one server: what is chosen, what broke, and what became of the network. It
//! stands above the lanes, with a line down through them.

use alloc::{format, string::String, vec::Vec};

use super::label_placer::Room;
use super::{Drawing, LEFT, LETTERS, RIGHT, shown};
use crate::op::held;
use crate::shapes::{class, put, star};
use crate::words::{Px, joined, width};
use quorum_core::paxos::{NodeSet, Vote};
use quorum_core::run::{Event, EventKind};
use quorum_core::sim::Fact;

/// Rows for what is told above the lanes, at most.
const ROWS: usize = 4;
const ROW: f64 = 19.0;
/// Where the first row is.
const FIRST: f64 = 58.0;

impl Drawing<'_> {
    /// Tells it, and finds out where the lanes begin.
    pub(super) fn world(&mut self) {
        let excerpt = self.excerpt;
        // What is chosen and what broke come first: the rest may have to be left out.
        let mut told: Vec<(&Event, String)> =
            excerpt.events.iter().filter_map(|event| Some((event, self.says(event)?))).collect();
        told.sort_by_key(|(event, _)| matches!(event.kind, EventKind::Fact(_)));
        let placed: Vec<_> = told.iter().map(|(event, says)| (*event, says, self.row(event, says))).collect();
        let rows = placed.iter().filter_map(|(_, _, row)| *row).map(|row| row + 1).max().unwrap_or_default();
        self.top = FIRST + rows as f64 * ROW + 34.0;
        for (event, says, row) in placed {
            self.tell(event, says, row);
        }
    }

    /// What is said about an event, if it is one of the world's.
    fn says(&self, event: &Event) -> Option<String> {
        let scheme = self.excerpt.scheme();
        Some(match &event.kind {
            EventKind::Chosen(chosen) => {
                let Vote { ballot, value, .. } = &chosen.vote;
                format!("{} chosen at {} by {}", shown(value.as_str()), scheme.name(*ballot), chosen.quorum)
            }
            EventKind::ChosenInSlot(chosen) => {
                format!("slot {}: {} chosen by {}", chosen.vote.slot, held(&chosen.vote.value), chosen.quorum)
            }
            EventKind::Violated(violation) => format!("⚠ broken: {}", violation.invariant().as_str()),
            _ => return of_fact(&event.kind),
        })
    }

    /// The first row in which there is room for it.
    fn row(&mut self, event: &Event, says: &str) -> Option<usize> {
        let (x, _) = self.begin(event, says);
        let wide = 24.0 + width(says, LETTERS);
        let room = |row: usize| Room { x, y: FIRST + row as f64 * ROW - 9.0, width: wide, height: 18.0 };
        let row = (0..ROWS).find(|row| self.space.is_free(room(*row)))?;
        self.space.take(room(row));
        Some(row)
    }

    /// Where a text about an event begins, and whether it stands after the event's line: near the end, before it.
    fn begin(&self, event: &Event, says: &str) -> (f64, bool) {
        let (x, wide) = (self.x(event.at), 24.0 + width(says, LETTERS));
        let after = x + wide <= (LEFT + self.axis.length() + RIGHT).max(self.width);
        (if after { x - 7.0 } else { x + 7.0 - wide }, after)
    }

    fn tell(&mut self, event: &Event, says: &str, row: Option<usize>) {
        let x = self.x(event.at);
        let y = row.map_or(self.top - 30.0, |row| FIRST + row as f64 * ROW);
        let (colour, line) = match &event.kind {
            EventKind::Chosen(chosen) => {
                (class(self.excerpt.value_styles.of(&chosen.vote.value)), "stroke-width=\"1.5\"")
            }
            EventKind::ChosenInSlot(chosen) => {
                (self.excerpt.ballot_styles.class(chosen.vote.ballot), "stroke-width=\"1.5\"")
            }
            EventKind::Violated(_) => ("", "stroke-width=\"2\""),
            _ => ("m", "stroke-dasharray=\"2 4\""),
        };
        let (left, top) = (Px(x), Px(y + 9.0));
        let bottom = Px(self.last_server() + 22.0);
        put!(
            &mut self.lines,
            "<path class=\"{colour}\" stroke=\"currentColor\" {line} d=\"M{left} {top}V{bottom}\"/>\n"
        );
        if let Some(quorum) = chosen_by(event) {
            self.rings(x, quorum, colour);
            put!(&mut self.marks, "<g class=\"{colour}\">");
            star(&mut self.marks, (x, y));
            self.marks.push_str("</g>");
        }
        if row.is_some() {
            let (begin, after) = self.begin(event, says);
            let beside = if chosen_by(event).is_some() { 18.0 } else { 2.0 };
            let class = if matches!(event.kind, EventKind::Fact(_)) { "m".into() } else { format!("b {colour}") };
            if after {
                self.text((begin + beside, y), &class, says);
            } else {
                self.text_before((x - 15.0, y), &class, says);
            }
        }
    }

    /// A ring on each lane of the quorum.
    fn rings(&mut self, x: f64, quorum: NodeSet, colour: &str) {
        for node in quorum.iter() {
            let (left, top) = (Px(x), Px(self.y(node)));
            let ring = format!("stroke=\"currentColor\" stroke-width=\"2.5\" cx=\"{left}\" cy=\"{top}\" r=\"7\"");
            put!(&mut self.marks, "<circle class=\"bg {colour}\" {ring}/>\n");
            self.space.take(Room::around((x, self.y(node)), 18.0, 18.0));
        }
    }
}

/// Who chose something in this event, if something was chosen.
fn chosen_by(event: &Event) -> Option<NodeSet> {
    match &event.kind {
        EventKind::Chosen(chosen) => Some(chosen.quorum),
        EventKind::ChosenInSlot(chosen) => Some(chosen.quorum),
        _ => None,
    }
}

/// What is said about something that happened in the world, if it is one of the world's events.
fn of_fact(kind: &EventKind) -> Option<String> {
    let EventKind::Fact(fact) = kind else { return None };
    Some(match fact {
        Fact::Partitioned { groups } => joined(groups, " | "),
        Fact::Healed => "all links mended".into(),
        Fact::Isolated { node } => format!("{node} cut off"),
        Fact::Rejoined { node } => format!("{node} rejoins"),
        Fact::Cut { from, to } => format!("{from} → {to} cut"),
        Fact::Mended { from, to } => format!("{from} → {to} mended"),
        Fact::Network(_) => "network changes".into(),
        Fact::PowerCut { .. } => "power cut".into(),
        _ => return None,
    })
}
