//! Servers: one card for each thing a server ever held, seen while it holds it.

use alloc::{format, vec::Vec};

use super::{CARD, Drawing};
use crate::excerpt::{Knowledge, OfValue, ServerState};
use crate::shapes::{class, glyph, put};
use crate::words::{Px, width};
use quorum_core::paxos::{Chosen, NodeId};
use quorum_core::sim::ServerStatus;

/// Where the text of a card begins, and its lines.
const INDENT: f64 = 12.0;
pub(super) const LINES: [f64; 4] = [19.0, 38.0, 55.0, 72.0];

impl Drawing<'_> {
    /// Every server, what is chosen around those who chose it, and in the middle of the ring.
    pub(super) fn servers(&mut self) {
        let excerpt = self.excerpt;
        let before = excerpt.chosen_before.iter().map(|chosen| (0.0, chosen));
        let since = excerpt.chosen().map(|(moment, chosen)| (self.wall(moment), chosen));
        let chosen: Vec<(f64, &Chosen)> = before.chain(since).collect();
        for (since, chosen) in &chosen {
            chosen.quorum.iter().for_each(|node| self.ring(node, *since, chosen));
        }
        if let Some((since, chosen)) = chosen.first() {
            self.chosen(*since, &chosen.vote.value);
        }
        for node in &excerpt.nodes {
            let cards = &excerpt.cards[node.index()];
            for (position, (moment, card)) in cards.iter().enumerate() {
                let since = if position == 0 { 0.0 } else { self.wall(*moment) };
                let until = cards.get(position + 1).map(|(next, _)| self.wall(*next));
                // What changes twice in a moment was never seen in between.
                if until.is_none_or(|until| until > since) {
                    self.card(*node, since, until, card);
                }
            }
        }
    }

    fn ring(&mut self, node: NodeId, since: f64, chosen: &Chosen) {
        let (x, y) = self.place(node);
        let seen = self.keyframes.seen(since, None);
        let colour = class(self.excerpt.value_styles.of(&chosen.vote.value));
        let (left, top) = (Px(x - CARD.0 / 2.0 - 6.0), Px(y - CARD.1 / 2.0 - 6.0));
        let (wide, high) = (Px(CARD.0 + 12.0), Px(CARD.1 + 12.0));
        put!(
            &mut self.body,
            "<g {seen}><rect class=\"{colour}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.5\" rx=\"17\" \
             x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\"/></g>\n"
        );
    }

    fn card(&mut self, node: NodeId, since: f64, until: Option<f64>, card: &ServerState) {
        let (x, y) = self.place(node);
        let (x, y) = (x - CARD.0 / 2.0, y - CARD.1 / 2.0);
        let seen = self.keyframes.seen(since, until);
        let (left, top, wide, high) = (Px(x), Px(y), Px(CARD.0), Px(CARD.1));
        let dash = if card.status == ServerStatus::Up { "" } else { " stroke-dasharray=\"5 4\"" };
        let ink = if card.status == ServerStatus::Down { "m" } else { "" };
        // In a log, who leads or wants to has a frame in the colour of the ballot.
        let own = card.log().and_then(|of| of.own);
        let (frame, thick) = own.map_or(("e", "1.5"), |ballot| (self.excerpt.ballot_styles.class(ballot), "2.5"));
        put!(
            &mut self.body,
            "<g {seen}><g class=\"{ink}\"><g class=\"{frame}\"><rect class=\"bg\" stroke=\"currentColor\" \
             stroke-width=\"{thick}\"{dash} rx=\"12\" x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\"/></g>"
        );
        self.line((x, y + LINES[0]), "b", &format!("Server {node}"));
        match card.status {
            ServerStatus::Up => {}
            other => {
                let word = other.as_str();
                self.line((x + CARD.0 - 2.0 * INDENT - width(word, 13.0), y + LINES[0]), "m", word);
            }
        }
        match &card.knows {
            Knowledge::Value(of) => self.knowledge((x, y), of),
            Knowledge::Log(of) => self.knowledge_of_log((x, y), of),
        }
        self.body.push_str("</g></g>\n");
    }

    fn knowledge(&mut self, (x, y): (f64, f64), card: &OfValue) {
        let name = |ballot| self.excerpt.scheme().name(ballot);
        let promised = card.promised.map_or_else(|| "nothing promised".into(), |b| format!("promised {}", name(b)));
        self.line((x, y + LINES[1]), "m", &promised);
        match &card.accepted {
            None => self.line((x, y + LINES[2]), "m", "nothing accepted"),
            Some(vote) => {
                let says = format!("accepted {}", name(vote.ballot));
                self.line((x, y + LINES[2]), "m", &says);
                let look = self.excerpt.value_styles.of(&vote.value);
                put!(&mut self.body, "<g class=\"{}\">", class(look));
                glyph(&mut self.body, look, (x + INDENT + width(&says, 13.0) + 8.0, y + LINES[2] - 4.5), 10.0);
                self.body.push_str("</g>");
            }
        }
        if let Some(value) = &card.learned {
            self.line((x, y + LINES[3]), "m", "knows");
            self.value(value, (x + INDENT + width("knows", 13.0) + 4.0, y + LINES[3]), 8);
        }
    }

    pub(super) fn line(&mut self, (x, y): (f64, f64), class: &str, says: &str) {
        let (x, y) = (Px(x + INDENT), Px(y));
        put!(&mut self.body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{says}</text>");
    }
}
