//! The clients of a log: a row of small round places below the servers, each with what it waits for.

use alloc::format;

use super::{BELOW, CARD, Drawing, LETTERS, MARGIN};
use crate::op::written;
use crate::shapes::put;
use crate::words::{Px, width};
use quorum_core::log::ClientId;
use quorum_core::text::short;

/// Half the size of a client.
pub(super) const HALF: f64 = 15.0;
/// How far below the servers they are, and the room they take.
const DOWN: f64 = 34.0;
pub(super) const ROOM: f64 = 84.0;
/// Least room for what a client waits for.
const WORDS: f64 = 90.0;

impl Drawing<'_> {
    /// The middle of a client: side by side, in the middle of the picture.
    pub(super) fn place_of_client(&self, client: ClientId) -> (f64, f64) {
        let between = self.between_clients();
        let first = self.width / 2.0 - between * (self.excerpt.clients.len() as f64 - 1.0) / 2.0;
        (first + between * client.index() as f64, self.lowest() + CARD.1 / 2.0 + BELOW + DOWN)
    }

    fn between_clients(&self) -> f64 {
        ((self.width - 2.0 * MARGIN) / self.excerpt.clients.len().max(1) as f64).min(220.0)
    }

    pub(super) fn clients(&mut self) {
        let excerpt = self.excerpt;
        for client in &excerpt.clients {
            let (x, y) = self.place_of_client(*client);
            let waits = excerpt.operations.iter().find(|it| it.command.client == *client && it.returned.is_none());
            let guilty = excerpt.operations.iter().any(|it| it.command.client == *client && it.guilty);
            let (frame, ink) = match (guilty, waits) {
                (true, _) => ("v0", "b"),
                (false, Some(_)) => ("", "b"),
                (false, None) => ("e", "m"),
            };
            let (left, top) = (Px(x), Px(y));
            put!(
                &mut self.body,
                "<g class=\"{frame}\"><circle class=\"bg\" stroke=\"currentColor\" stroke-width=\"1.5\""
            );
            put!(&mut self.body, " cx=\"{left}\" cy=\"{top}\" r=\"{HALF}\"/></g>");
            self.centred((x, y + 5.0), ink, &format!("{client}"));
            let Some(waits) = waits.filter(|_| self.between_clients() >= WORDS) else { continue };
            let says = format!("{} …", written(&waits.command.op));
            let room = self.between_clients() - 12.0;
            let cut = (6..=40).rev().map(|most| short(&says, most)).find(|cut| width(cut, LETTERS) <= room);
            self.centred((x, y + HALF + 19.0), "m", &cut.unwrap_or_default());
            self.body.push('\n');
        }
    }
}
