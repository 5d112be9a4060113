//! Messages: a line from where one leaves to where it arrives, the shape of its kind and its ballot on it.

use super::label_placer::Room;
use super::{Drawing, LETTERS};
use crate::excerpt::{Fate, MessagePath, WHOLE_WAY};
use crate::shapes::{class, glyph, put, shape};
use crate::words::{Px, Xml, width};
use alloc::{format, string::String, string::ToString};
use quorum_core::paxos::{Ballot, MessageKind, NodeId, Scheme};
use quorum_core::text::told;

/// A message that is lost at its receiver's door is drawn to have come so far: short of the lane it never reached.
const SHORT_OF_THE_LANE: u32 = 930;
/// Where on its line a message may be labelled, in tries.
const PLACES: [f64; 13] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8, 0.14, 0.86, 0.1, 0.9];

impl Drawing<'_> {
    /// Every message of a server to itself.
    pub(super) fn loops(&mut self) {
        let excerpt = self.excerpt;
        for path in excerpt.paths.iter().filter(|path| path.is_to_itself()) {
            self.loop_to_itself(path);
        }
    }

    /// Every message to another server.
    pub(super) fn arrows(&mut self) {
        let excerpt = self.excerpt;
        for path in excerpt.paths.iter().filter(|path| !path.is_to_itself()) {
            self.arrow(path);
        }
    }

    /// The class of a message's colour: that of its value, if it carries one.
    fn colour(&self, path: &MessagePath) -> &'static str {
        match path.message().vote() {
            Some(vote) => class(self.excerpt.value_styles.of(&vote.value)),
            None => "m",
        }
    }

    fn arrow(&mut self, path: &MessagePath) {
        let ends = path.ends;
        let mut points = path.points.clone();
        if path.is_lost() {
            points.iter_mut().for_each(|(_, way)| *way = (*way).min(SHORT_OF_THE_LANE));
        }
        let colour = self.colour(path);
        put!(&mut self.lines, "<g class=\"{colour}\" stroke=\"currentColor\">");
        put!(&mut self.lines, "<title>{}</title>", Xml(&says(path, self.excerpt.scheme())));
        let dash = if path.message().kind() == MessageKind::Nack { " stroke-dasharray=\"5 3\"" } else { "" };
        for pair in points.windows(2) {
            let ((x1, y1), (x2, y2)) = (self.point(ends, pair[0].0, pair[0].1), self.point(ends, pair[1].0, pair[1].1));
            let held = pair[0].1 == pair[1].1 && pair[0].0 < pair[1].0;
            let (dash, pause) =
                if held { (" stroke-dasharray=\"1 4\" stroke-width=\"2.5\"", true) } else { (dash, false) };
            let (a, b, c, d) = (Px(x1), Px(y1), Px(x2), Px(y2));
            put!(&mut self.lines, "<path{dash} d=\"M{a} {b}L{c} {d}\"/>");
            if pause {
                put!(&mut self.lines, "<path stroke-width=\"2.5\" d=\"M{a} {b}m1-6v12m5-12v12\"/>");
            }
        }
        self.ending(path, &points, ends);
        self.lines.push_str("</g>\n");
        self.ballot(path, &points, ends);
    }

    /// How a line ends: an arrowhead, a cross, or an open end where it was still under way.
    fn ending(&mut self, path: &MessagePath, points: &[(u64, u32)], ends: (NodeId, NodeId)) {
        let [.., before, last] = points else { return };
        let ((x1, y1), (x2, y2)) = (self.point(ends, before.0, before.1), self.point(ends, last.0, last.1));
        let (x, y) = (Px(x2), Px(y2));
        let turn = Px(libm::atan2(y2 - y1, x2 - x1).to_degrees());
        match path.fate {
            Fate::Arrived => {
                put!(
                    &mut self.lines,
                    "<path transform=\"translate({x} {y}) rotate({turn})\" fill=\"currentColor\" stroke=\"none\" d=\"M0 0-9 3.6V-3.6Z\"/>"
                );
            }
            Fate::Lost | Fate::CutOff => {
                put!(&mut self.lines, "<path stroke-width=\"2.2\" d=\"M{x} {y}m-5-5 10 10m0-10-10 10\"/>");
            }
            Fate::UnderWay => {
                put!(&mut self.lines, "<circle class=\"bg\" cx=\"{x}\" cy=\"{y}\" r=\"3\"/>");
            }
        }
    }

    /// The shape of a message, its ballot, and the glyph of its value, somewhere on its line where there is room.
    fn ballot(&mut self, path: &MessagePath, points: &[(u64, u32)], ends: (NodeId, NodeId)) {
        let Some(pair) = points.windows(2).max_by_key(|pair| pair[1].1 - pair[0].1) else { return };
        let ((x1, y1), (x2, y2)) = (self.point(ends, pair[0].0, pair[0].1), self.point(ends, pair[1].0, pair[1].1));
        let ballot = self.excerpt.scheme().name(path.message().ballot()).to_string();
        let look = path.message().vote().map(|vote| self.excerpt.value_styles.of(&vote.value));
        let written = width(&ballot, LETTERS - 1.0);
        let wide = 18.0 + written + if look.is_some() { 12.0 } else { 0.0 };
        let place = |place: f64| (x1 + (x2 - x1) * place, y1 + (y2 - y1) * place);
        let room = |(x, y): (f64, f64), wide: f64| Room { x: x - 7.0, y: y - 7.5, width: wide, height: 15.0 };
        let all = self.space.first_free(PLACES.iter().map(|at| room(place(*at), wide)));
        // Where words do not fit, at least the shape may.
        let found = all.or_else(|| self.space.first_free(PLACES.iter().map(|at| room(place(*at), 14.0))));
        let Some(found) = found else { return };
        let (x, y) = (found.x + 7.0, found.y + 7.5);
        let colour = self.colour(path);
        put!(&mut self.marks, "<g class=\"{colour}\"><g transform=\"translate({} {})\">", Px(x), Px(y));
        shape(&mut self.marks, path.message().kind());
        self.marks.push_str("</g>");
        if all.is_some() {
            put!(&mut self.marks, "<text class=\"h s\" x=\"{}\" y=\"{}\">{ballot}</text>", Px(x + 8.0), Px(y + 4.0));
            if let Some(look) = look {
                glyph(&mut self.marks, look, (x + 16.0 + written, y), 9.0);
            }
        }
        self.marks.push_str("</g>\n");
    }

    /// A message to oneself: a small loop over the lane.
    fn loop_to_itself(&mut self, path: &MessagePath) {
        let (x1, x2) = (self.x(path.begin()), self.x(path.end()));
        let y = self.y(path.ends.0);
        let middle = f64::midpoint(x1, x2);
        let colour = self.colour(path);
        let title = says(path, self.excerpt.scheme());
        put!(&mut self.lines, "<g class=\"{colour}\" stroke=\"currentColor\"><title>{}</title>", Xml(&title));
        let (a, b, c, d) = (Px(x1), Px(y), Px(x2), Px(y - 24.0));
        put!(&mut self.lines, "<path d=\"M{a} {b}C{} {d} {} {d} {c} {b}\"/>", Px(x1 - 7.0), Px(x2 + 7.0));
        match path.fate {
            Fate::Arrived => {
                put!(&mut self.lines, "<path fill=\"currentColor\" stroke=\"none\" d=\"M{c} {b}l-1.6-7 5.6 1.8Z\"/>");
            }
            _ => {
                put!(&mut self.lines, "<path stroke-width=\"2.2\" d=\"M{c} {b}m-4-4 8 8m0-8-8 8\"/>");
            }
        }
        self.lines.push_str("</g>\n");
        self.space.take(Room::around((middle, y - 14.0), x2 - x1 + 14.0, 24.0));
        let (x, y) = (Px(middle), Px(y - 18.0));
        put!(&mut self.marks, "<g class=\"{colour}\" transform=\"translate({x} {y}) scale(.8)\">");
        shape(&mut self.marks, path.message().kind());
        self.marks.push_str("</g>\n");
    }
}

/// A message in words, for whoever points at it.
fn says(path: &MessagePath, scheme: Scheme) -> String {
    let envelope = &path.envelope;
    let (kind, (from, to)) = (envelope.message.kind_name(), path.ends);
    let name = |ballot: Ballot| scheme.name(ballot);
    let value =
        path.message().vote().map_or(String::new(), |vote| format!(" for {}", told(vote.value.as_str(), usize::MAX)));
    let copy = if envelope.copy > 0 { ", a copy" } else { "" };
    let (begin, end) = (path.begin(), path.end());
    let fate = match path.fate {
        Fate::Arrived => "arrived",
        Fate::Lost | Fate::CutOff => "lost",
        Fate::UnderWay if path.points.last().is_some_and(|(_, way)| *way < WHOLE_WAY) => "still under way",
        Fate::UnderWay => "about to arrive",
    };
    format!("{kind} {}{value} from {from} to {to}{copy}: {begin} ms, {fate} {end} ms", name(path.message().ballot()))
}
