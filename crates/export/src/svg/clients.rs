//! Clients of a log: under the servers, a lane for each, and on it every operation from its call to its return, with what was
//! asked and what came of it. The operation after which no order of them all explains what clients were told is marked.

use alloc::{format, string::String};

use super::label_placer::Room;
use super::{Drawing, LEFT, LETTERS};
use crate::excerpt::{Excerpt, Operation};
use crate::shapes::put;
use crate::words::{Px, Xml, width};
use quorum_core::text::{ISOLATE, short};

/// How high an operation is, and the room between its edge and its words.
const HIGH: f64 = 20.0;
const INSIDE: f64 = 6.0;
/// The colour of what cannot be, that of its words, and what is written beside it.
const GUILTY: &str = "v0";
const BAD: &str = "b v0";
const CANNOT_BE: &str = "cannot be";

impl Drawing<'_> {
    /// Every client's lane, and the operations on it.
    pub(super) fn clients(&mut self) {
        let excerpt = self.excerpt;
        for client in &excerpt.clients {
            let (y, name) = (self.y(*client), format!("Client {client}"));
            self.text((14.0, y), "b", &name);
            let (left, right, top) = (Px(LEFT - 10.0), Px(LEFT + self.axis.length() + 12.0), Px(y));
            put!(&mut self.lines, "<path class=\"l\" stroke=\"currentColor\" d=\"M{left} {top}H{right}\"/>\n");
            self.space.take(Room { x: 0.0, y: y - HIGH, width: LEFT - 12.0, height: 2.0 * HIGH });
            self.space.take(Room { x: LEFT - 12.0, y: y - 1.5, width: self.axis.length() + 24.0, height: 3.0 });
        }
        for operation in &excerpt.operations {
            self.operation(operation);
        }
    }

    fn operation(&mut self, operation: &Operation) {
        let y = self.y(operation.command.client);
        let (x, top) = (self.x(operation.call), Px(y - HIGH / 2.0));
        let right = operation.returned.map_or_else(|| self.x(self.excerpt.end) + 12.0, |at| self.x(at)).max(x + 8.0);
        let (begin, until, corner) = (Px(x + 4.0), Px(right - 4.0), "a4 4 0 0 1");
        // One that is not answered is open at its end.
        let (outline, dash) = match operation.returned {
            Some(_) => {
                (format!("M{begin} {top}H{until}{corner} 4 4v12{corner}-4 4H{begin}{corner}-4-4v-12{corner} 4-4Z"), "")
            }
            None => (
                format!("M{} {top}H{begin}a4 4 0 0 0-4 4v12a4 4 0 0 0 4 4H{0}", Px(right)),
                " stroke-dasharray=\"5 4\"",
            ),
        };
        let (frame, ink, thick) = if operation.guilty { (GUILTY, BAD, "2.5") } else { ("e", "", "1.2") };
        put!(&mut self.marks, "<g class=\"{frame}\"><title>{}</title>", Xml(&about(operation, self.excerpt.end)));
        put!(
            &mut self.marks,
            "<path class=\"bg\" stroke=\"currentColor\" stroke-width=\"{thick}\"{dash} d=\"{outline}\"/></g>"
        );
        let says = fitted(&operation.says(), right - x - 2.0 * INSIDE);
        self.text((x + INSIDE, y), ink, &says);
        self.space.take(Room { x, y: y - HIGH / 2.0, width: right - x, height: HIGH });
        if operation.guilty {
            self.text((right + INSIDE, y), BAD, CANNOT_BE);
            let wide = width(CANNOT_BE, LETTERS) + 2.0 * INSIDE;
            self.space.take(Room { x: right, y: y - HIGH / 2.0, width: wide, height: HIGH });
        }
    }
}

/// An operation in a sentence, for whoever points at it.
fn about(operation: &Operation, end: u64) -> String {
    let (client, call) = (operation.command.client, operation.call);
    let until = match operation.returned {
        Some(at) => format!("{call} to {at} ms"),
        None => format!("asked at {call} ms, not answered by {end} ms"),
    };
    let guilty = if operation.guilty { ": no order of the operations explains it" } else { "" };
    format!("client {client}: {}, {until}{guilty}", operation.says())
}

/// As much of a text as fits.
fn fitted(text: &str, wide: f64) -> String {
    if width(text, LETTERS) <= wide {
        return text.into();
    }
    let letters = text.chars().count();
    let cut = (3..letters).rev().map(|most| short(text, most)).find(|cut| width(cut, LETTERS) <= wide);
    // Half of what is kept to itself would turn what follows.
    cut.filter(|cut| !cut.contains([ISOLATE.0, ISOLATE.1])).unwrap_or_default()
}

impl Excerpt {
    /// What came about in a log, for whoever cannot see the picture.
    pub(crate) fn tell_log(&self, text: &mut String) {
        for (moment, chosen) in self.chosen_in_slots() {
            let (slot, entry) = (chosen.vote.slot, crate::look::entry(&chosen.vote.value));
            let (at, ballot) = (moment.at, self.ballot(chosen.vote.ballot));
            put!(text, " At {at} ms {entry} is chosen in slot {slot} at {ballot} by {}.", chosen.quorum);
        }
        if let Some(guilty) = self.operations.iter().find(|operation| operation.guilty) {
            let client = guilty.command.client;
            put!(text, " Client {client}: {}. No order of the operations explains that.", guilty.says());
        }
    }
}
