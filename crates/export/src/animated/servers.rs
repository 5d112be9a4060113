//! Servers: one card for each thing a server ever held, seen while it holds it.

use alloc::{format, string::String, string::ToString, vec::Vec};

use super::{CARD, Drawing};
use crate::excerpt::{Kept, Knowledge, OfValue, ServerState};
use crate::shapes::{class, glyph, put};
use crate::words::{Px, width};
use quorum_core::paxos::{Chosen, NodeId, Vote};
use quorum_core::sim::ServerStatus;

/// Where the text of a card begins, and its lines.
const INDENT: f64 = 12.0;
/// How much wider bold letters are.
const BOLD: f64 = 1.06;
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
                let lost = card.kept.as_ref().is_some_and(|kept| kept.is_lost);
                let word = if lost { "disk lost" } else { other.as_str() };
                self.line((x + CARD.0 - 2.0 * INDENT - width(word, 13.0), y + LINES[0]), "m", word);
            }
        }
        match (&card.kept, &card.knows) {
            (Some(kept), _) => self.remembers((x, y), kept),
            (None, Knowledge::Value(of)) => self.knowledge((x, y), of, card.votes),
            (None, Knowledge::Log(of)) => self.knowledge_of_log((x, y), of),
        }
        self.body.push_str("</g></g>\n");
    }

    /// What was known is gone, and what will be known again is on the disk: in the words of the page.
    fn remembers(&mut self, (x, y): (f64, f64), kept: &Kept) {
        let ballot = |ballot| self.excerpt.ballot(ballot);
        let votes =
            kept.slots.map(|(first, last)| if first < last { format!("{first}–{last}") } else { first.to_string() });
        let slots = match (kept.snapshot, votes) {
            (Some(to), votes) => {
                Some(format!("snapshot {to}{}", votes.map_or_else(String::new, |it| format!(", {it}"))))
            }
            (None, votes) => votes.map(|it| format!("voted in {it}")),
        };
        let mut lines: Vec<(String, Option<&Vote>)> = Vec::new();
        lines.extend(kept.promised.map(|it| (format!("promised {}", ballot(it)), None)));
        lines.extend(kept.accepted.as_ref().map(|it| (format!("accepted {}", ballot(it.ballot)), Some(it))));
        lines.extend(slots.map(|it| (it, None)));
        lines.extend(kept.round.map(|it| (format!("round {it}"), None)));
        let says = match (kept.is_lost, lines.is_empty()) {
            (true, _) => "never votes again",
            (false, true) => "remembers nothing",
            (false, false) => "remembers only:",
        };
        self.line((x, y + LINES[1]), "m", says);
        for ((says, vote), line) in lines.iter().zip(&LINES[2..]) {
            self.line((x, y + line), "b", says);
            if let Some(vote) = vote {
                self.voted((x + INDENT + width(says, 13.0) * BOLD, y + line), vote);
            }
        }
    }

    fn knowledge(&mut self, (x, y): (f64, f64), card: &OfValue, votes: bool) {
        let name = |ballot| self.excerpt.scheme().name(ballot);
        if votes {
            let promised = card.promised.map_or_else(|| "nothing promised".into(), |b| format!("promised {}", name(b)));
            self.line((x, y + LINES[1]), "m", &promised);
        } else {
            self.line((x, y + LINES[1]), "m", "listens only");
        }
        match &card.accepted {
            None if votes => self.line((x, y + LINES[2]), "m", "nothing accepted"),
            None => {}
            Some(vote) => {
                let says = format!("accepted {}", name(vote.ballot));
                self.line((x, y + LINES[2]), "m", &says);
                self.voted((x + INDENT + width(&says, 13.0), y + LINES[2]), vote);
            }
        }
        if let Some(value) = &card.learned {
            self.line((x, y + LINES[3]), "m", "knows");
            self.value(value, (x + INDENT + width("knows", 13.0) + 4.0, y + LINES[3]), 8);
        }
    }

    /// The glyph of a vote's value, behind what ends here.
    fn voted(&mut self, (x, y): (f64, f64), vote: &Vote) {
        let look = self.excerpt.value_styles.of(&vote.value);
        put!(&mut self.body, "<g class=\"{}\">", class(look));
        glyph(&mut self.body, look, (x + 8.0, y - 4.5), 10.0);
        self.body.push_str("</g>");
    }

    pub(super) fn line(&mut self, (x, y): (f64, f64), class: &str, says: &str) {
        let (x, y) = (Px(x + INDENT), Px(y));
        put!(&mut self.body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{says}</text>");
    }
}
