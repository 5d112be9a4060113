//! What only a log has in the film: how far each server is, the clients with what they wait for, and in the middle the latest
//! slot that is chosen.

use alloc::{format, string::String, string::ToString, vec::Vec};

use super::servers::LINES;
use super::{CARD, Drawing, MARGIN};
use crate::excerpt::{Moment, OfLog};
use crate::op::held;
use crate::shapes::{put, star};
use crate::words::{Px, Xml, width};
use quorum_core::log::ClientId;
use quorum_core::text::short;

/// Half the size of a client, how far below the servers it is, and the room that clients take.
pub(super) const HALF: f64 = 12.0;
const DOWN: f64 = 40.0;
const ROOM: f64 = 62.0;
/// Least and most room from one client to the next.
const WORDS: f64 = 90.0;
const BETWEEN: f64 = 190.0;
const LETTERS: f64 = 13.0;

impl Drawing<'_> {
    pub(super) fn room_of_clients(&self) -> f64 {
        if self.excerpt.clients.is_empty() { 0.0 } else { ROOM }
    }

    fn between_clients(&self) -> f64 {
        ((self.width - 2.0 * MARGIN) / self.excerpt.clients.len().max(1) as f64).min(BETWEEN)
    }

    /// The middle of a client: side by side below the servers.
    pub(super) fn place_of_client(&self, client: ClientId) -> (f64, f64) {
        let between = self.between_clients();
        let first = self.width / 2.0 - between * (self.excerpt.clients.len() as f64 - 1.0) / 2.0;
        let lowest = self.excerpt.nodes.iter().map(|node| self.place(*node).1).fold(0.0, f64::max);
        (first + between * client.index() as f64, lowest + CARD.1 / 2.0 + DOWN)
    }

    /// How far it knows what is chosen, and how far it has applied that.
    pub(super) fn knowledge_of_log(&mut self, (x, y): (f64, f64), of: &OfLog) {
        let (word, ballot) = of.role();
        let ballot = ballot.map_or_else(String::new, |ballot| format!(" {}", self.excerpt.ballot(ballot)));
        let number = |slot: u64| if slot == 0 { "nothing".into() } else { slot.to_string() };
        let gap = of.gap.map_or_else(String::new, |slot| format!(", gap {slot}"));
        if !matches!(word, "down" | "paused") {
            self.line((x, y + LINES[1]), "b", &format!("{word}{ballot}"));
        }
        self.line((x, y + LINES[2]), "m", &format!("chosen to {}", number(of.chosen_to)));
        self.line((x, y + LINES[3]), "m", &format!("applied {}{gap}", number(of.applied)));
    }

    /// Every client, with what it waits for while it does; and what is chosen.
    pub(super) fn clients(&mut self) {
        let excerpt = self.excerpt;
        for client in &excerpt.clients {
            let ((x, y), name) = (self.place_of_client(*client), format!("{client}"));
            let (left, top, foot) = (Px(x), Px(y), Px(y + 4.5));
            put!(&mut self.body, "<g class=\"e\"><circle class=\"bg\" stroke=\"currentColor\" stroke-width=\"1.5\"");
            put!(&mut self.body, " cx=\"{left}\" cy=\"{top}\" r=\"{HALF}\"/></g>");
            put!(&mut self.body, "<text text-anchor=\"middle\" x=\"{left}\" y=\"{foot}\">{name}</text>\n");
        }
        if self.between_clients() >= WORDS {
            self.operations();
        }
        self.chosen_slots();
    }

    /// What clients ask, from the call on, and with the answer until the next call.
    fn operations(&mut self) {
        let excerpt = self.excerpt;
        let room = self.between_clients() - 10.0;
        for client in &excerpt.clients {
            let (x, y) = self.place_of_client(*client);
            let own: Vec<_> = excerpt.operations.iter().filter(|it| it.command.client == *client).collect();
            for (position, operation) in own.iter().enumerate() {
                let wall = |step: u64| self.wall(excerpt.moment(step));
                let next = own.get(position + 1).map(|next| wall(next.steps.0));
                let asked = format!("{} …", crate::op::written(&operation.command.op));
                let answered = operation.steps.1.map(wall);
                let mut said = Vec::from([(asked, wall(operation.steps.0), answered.or(next))]);
                said.extend(answered.map(|at| (operation.says(), at, next)));
                for (says, since, until) in said {
                    let seen = self.keyframes.seen(since, until);
                    let ink = if operation.guilty { "b v0" } else { "m" };
                    let cut = (6..=40).rev().map(|most| short(&says, most)).find(|cut| width(cut, LETTERS) <= room);
                    let (left, top) = (Px(x), Px(y + HALF + 17.0));
                    put!(
                        &mut self.body,
                        "<g {seen}><text class=\"{ink}\" text-anchor=\"middle\" x=\"{left}\" y=\"{top}\">"
                    );
                    put!(&mut self.body, "{}</text></g>\n", Xml(&cut.unwrap_or_default()));
                }
            }
        }
    }

    /// In the middle of the ring: the latest slot that is chosen, until the next one is.
    fn chosen_slots(&mut self) {
        let excerpt = self.excerpt;
        let said = excerpt.chosen_in_slots().map(|(moment, chosen)| {
            let says = format!("slot {}: {} is chosen", chosen.vote.slot, held(&chosen.vote.value));
            (moment, says, excerpt.ballot_styles.class(chosen.vote.ballot))
        });
        let chosen: Vec<(Moment, String, &str)> = said.collect();
        for (position, (moment, says, colour)) in chosen.iter().enumerate() {
            let until = chosen.get(position + 1).map(|(next, ..)| self.wall(*next));
            let since = self.wall(*moment);
            if until.is_some_and(|until| until <= since) {
                continue;
            }
            let seen = self.keyframes.seen(since, until);
            let (x, y) = self.middle();
            let begin = x - width(says, LETTERS) / 2.0 - 8.0;
            put!(&mut self.body, "<g {seen}><g class=\"{colour}\">");
            star(&mut self.body, (begin, y));
            let (left, foot) = (Px(begin + 13.0), Px(y + 4.5));
            put!(&mut self.body, "<text class=\"h b\" x=\"{left}\" y=\"{foot}\">{}</text></g></g>\n", Xml(says));
        }
    }
}
