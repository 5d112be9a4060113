//! Under the ring: the sentence of the present idea, long enough to be read, and how far the animation has come.

use alloc::{format, string::String, vec::Vec};

use super::{CAPTION, CARD, Drawing, MARGIN};
use crate::axis::Axis;
use crate::excerpt::Excerpt;
use crate::shapes::put;
use crate::words::{Px, Xml, wrapped};
use quorum_core::sim::Time;
use quorum_core::text::visible;

/// What people read in a minute, in words.
const WORDS: f64 = 230.0;
/// The least time for a caption, in milliseconds.
const LEAST: f64 = 1000.0;
const LETTERS: f64 = 14.0;

/// How long the film is held at each idea: until its sentence has been read, when the next one comes.
pub(super) fn holds(excerpt: &Excerpt, axis: &Axis) -> Vec<(Time, f64)> {
    let next = |position: usize| excerpt.ideas.get(position + 1).map_or(excerpt.end, |(at, _)| *at);
    let hold = |(position, (at, says)): (usize, &(Time, String))| {
        let moves = axis.at(next(position)) - axis.at(*at);
        (*at, (reading_time(&caption(*at, says)) - moves).max(0.0))
    };
    excerpt.ideas.iter().enumerate().map(hold).collect()
}

fn caption(at: Time, says: &str) -> String {
    visible(&format!("{at} ms: {says}"))
}

/// How long a text takes to read, in milliseconds.
fn reading_time(text: &str) -> f64 {
    (text.split_whitespace().count() as f64 / WORDS * 60_000.0).max(LEAST)
}

impl Drawing<'_> {
    /// Draws them, and says how high the picture is.
    pub(super) fn captions(&mut self) -> f64 {
        let lowest = self.excerpt.nodes.iter().map(|node| self.place(*node).1).fold(0.0, f64::max);
        let top = lowest + CARD.1 / 2.0 + MARGIN;
        let since = self.since();
        for (position, (at, says)) in self.excerpt.ideas.iter().enumerate() {
            let seen = self.keyframes.seen(since[position], since.get(position + 1).copied());
            put!(&mut self.body, "<g {seen}>");
            let says = caption(*at, says);
            for (line, number) in wrapped(&says, self.width - 2.0 * MARGIN, LETTERS).iter().take(4).zip(0_u8..) {
                let y = Px(top + 16.0 + f64::from(number) * 20.0);
                put!(&mut self.body, "<text class=\"c\" x=\"{}\" y=\"{y}\">{}</text>", Px(MARGIN), Xml(line));
            }
            self.body.push_str("</g>\n");
        }
        self.bar(top + CAPTION - 14.0);
        top + CAPTION
    }

    /// When each caption is first seen, in milliseconds since the film began.
    fn since(&self) -> Vec<f64> {
        let (mut since, mut read) = (Vec::new(), 0.0);
        let mut before = None;
        for ((at, _), (_, hold)) in self.excerpt.ideas.iter().zip(&self.holds) {
            // Of those at one moment, one after the other.
            if before != Some(*at) {
                read = 0.0;
            }
            since.push(self.wall(*at) + read);
            read += hold;
            before = Some(*at);
        }
        since
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

#[cfg(test)]
mod tests {
    use super::*;
    use quorum_core::json::{FromJson, Json};
    use quorum_core::scenario::{SCENARIOS, Scenario};

    #[test]
    fn every_caption_is_seen_until_it_can_have_been_read() {
        for (name, text) in SCENARIOS {
            let json: Json = serde_json::from_str(text).unwrap();
            let played = Scenario::from_json(&json, "scenario").unwrap().play().unwrap();
            let excerpt = Excerpt::of(&played.history, 0, u64::MAX);
            let (drawing, length) = Drawing::new(&excerpt);
            let mut since = drawing.since();
            assert!(since.len() >= 5 && since.is_sorted(), "{name}");
            since.push(length);
            for ((at, says), seen) in excerpt.ideas.iter().zip(since.windows(2)) {
                let time = seen[1] - seen[0];
                assert!(time >= reading_time(&caption(*at, says)) - 1e-6, "{name}: {time} ms for {says}");
            }
            assert!(length < 150_000.0, "{name}: a film of {length} ms");
        }
    }
}
