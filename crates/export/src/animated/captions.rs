//! Under the ring: the sentence of what matters most, long enough to be read, and how far the animation has come.

use alloc::{format, vec::Vec};

use super::{CAPTION, CARD, Drawing, MARGIN};
use crate::shapes::put;
use crate::words::{Px, Xml, wrapped};
use quorum_core::run::Event;
use quorum_core::text::visible;

/// An event's weight from which on its sentence is a caption.
const WEIGHTY: u8 = 7;
/// A caption stays at least so long, in milliseconds, unless something weightier happens.
const READING: f64 = 1200.0;
/// In so little time nobody has read it: then it gives its place up as if it had never been.
const GLANCE: f64 = 600.0;
const LETTERS: f64 = 14.0;

impl<'a> Drawing<'a> {
    /// Draws them, and says how high the picture is.
    pub(super) fn captions(&mut self) -> f64 {
        let lowest = self.excerpt.nodes.iter().map(|node| self.place(*node).1).fold(0.0, f64::max);
        let top = lowest + CARD.1 / 2.0 + MARGIN;
        let scheme = self.excerpt.scheme();
        let told = self.told();
        for (position, (since, event)) in told.iter().enumerate() {
            let until = told.get(position + 1).map(|(next, _)| *next);
            let seen = self.keyframes.seen(*since, until);
            put!(&mut self.body, "<g {seen}>");
            let says = visible(&format!("{} ms: {}", event.at, event.why(scheme)));
            for (line, number) in wrapped(&says, self.width - 2.0 * MARGIN, LETTERS).iter().take(3).zip(0_u8..) {
                let y = Px(top + 16.0 + f64::from(number) * 20.0);
                put!(&mut self.body, "<text class=\"c\" x=\"{}\" y=\"{y}\">{}</text>", Px(MARGIN), Xml(line));
            }
            self.body.push_str("</g>\n");
        }
        self.bar(top + CAPTION - 14.0);
        top + CAPTION
    }

    /// What is told, and since when: of what happens too close together, the weightiest.
    fn told(&self) -> Vec<(f64, &'a Event)> {
        let mut told: Vec<(f64, &'a Event)> = Vec::new();
        for event in self.excerpt.events.iter().filter(|event| event.importance() >= WEIGHTY) {
            let at = self.wall(event.at);
            if let Some((since, last)) = told.last() {
                let (passed, is_weightier) = (at - since, event.importance() > last.importance());
                if passed < READING && !is_weightier {
                    continue;
                }
                if passed < GLANCE {
                    told.pop();
                }
            }
            told.push((at, event));
        }
        told
    }

    fn bar(&mut self, y: f64) {
        let (since, until) = (self.wall(self.excerpt.start), self.wall(self.excerpt.end));
        let filling = self.keyframes.filling(since, until);
        let (left, top, wide) = (Px(MARGIN), Px(y), Px(self.width - 2.0 * MARGIN));
        let bar = format!("width=\"{wide}\" height=\"3\" fill=\"currentColor\"");
        put!(&mut self.body, "<g transform=\"translate({left} {top})\">");
        put!(&mut self.body, "<g class=\"l\"><rect {bar}/></g><g class=\"m\"><rect {filling} {bar}/></g></g>\n");
    }
}
