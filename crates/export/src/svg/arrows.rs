//! Messages: a line from where one leaves to where it arrives, the shape of its kind and its ballot on it. Heartbeats are thin
//! lines: they say that somebody is there, and nobody need read more.

use super::label_placer::Room;
use super::{Drawing, LETTERS};
use crate::excerpt::{Fate, MessagePath, WHOLE_WAY};
use crate::look::Look;
use crate::shapes::{glyph, put, shape};
use crate::words::{Px, Xml, joined, width};
use alloc::{format, string::String, vec::Vec};
use quorum_core::log::MessageKind;
use quorum_core::sim::Endpoint;

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
        let all = || excerpt.paths.iter().filter(|path| !path.is_to_itself());
        all().filter(|path| path.is_quiet()).for_each(|path| self.heartbeat(path));
        all().filter(|path| !path.is_quiet()).for_each(|path| self.arrow(path));
    }

    /// A thin line, if it is not sent or heard while a wait is drawn short.
    fn heartbeat(&mut self, path: &MessagePath) {
        let waits = |time: u64| self.axis.waits().iter().any(|(since, until)| (*since..*until).contains(&time));
        if waits(path.begin()) || waits(path.end()) {
            return;
        }
        let points = path.points.iter().map(|(at, way)| {
            let way = if path.is_lost() { (*way).min(SHORT_OF_THE_LANE) } else { *way };
            self.point(path.ends, *at, way)
        });
        let way = joined(points.map(|(x, y)| format!("{} {}", Px(x), Px(y))), "L");
        let cross = if path.is_lost() { "m-3-3 6 6m0-6-6 6" } else { "" };
        put!(&mut self.lines, "<g class=\"e\" stroke=\"currentColor\" stroke-width=\".8\">");
        let says = self.spoken(path);
        put!(&mut self.lines, "<title>{}</title><path d=\"M{way}{cross}\"/></g>\n", Xml(&says));
    }

    fn arrow(&mut self, path: &MessagePath) {
        let ends = path.ends;
        let mut points = path.points.clone();
        if path.is_lost() {
            points.iter_mut().for_each(|(_, way)| *way = (*way).min(SHORT_OF_THE_LANE));
        }
        let look = self.excerpt.look(path.message());
        put!(&mut self.lines, "<g class=\"{}\" stroke=\"currentColor\">", look.class);
        let says = self.spoken(path);
        put!(&mut self.lines, "<title>{}</title>", Xml(&says));
        let dash = if look.kind == MessageKind::Nack { " stroke-dasharray=\"5 3\"" } else { "" };
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
        self.mark(&look, &points, ends);
    }

    /// How a line ends: an arrowhead, a cross, or an open end where it was still under way.
    fn ending(&mut self, path: &MessagePath, points: &[(u64, u32)], ends: (Endpoint, Endpoint)) {
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

    /// The shape of a message, what is written beside it, and the glyph of its value, somewhere on its line where there is
    /// room.
    fn mark(&mut self, look: &Look, points: &[(u64, u32)], ends: (Endpoint, Endpoint)) {
        let Some(pair) = points.windows(2).max_by_key(|pair| pair[1].1 - pair[0].1) else { return };
        let ((x1, y1), (x2, y2)) = (self.point(ends, pair[0].0, pair[0].1), self.point(ends, pair[1].0, pair[1].1));
        let place = |place: f64| (x1 + (x2 - x1) * place, y1 + (y2 - y1) * place);
        let room = |(x, y): (f64, f64), wide: f64| Room { x: x - 7.0, y: y - 7.5, width: wide, height: 15.0 };
        let mut labels = Vec::from([look.at_length.as_str(), look.beside.as_str()]);
        labels.dedup();
        labels.retain(|label| !label.is_empty());
        let labelled = labels.into_iter().find_map(|label| {
            let written = width(label, LETTERS - 1.0);
            let wide = 18.0 + written + if look.value.is_some() { 12.0 } else { 0.0 };
            let found = self.space.first_free(PLACES.iter().map(|at| room(place(*at), wide)))?;
            Some((found, label, written))
        });
        // Where words do not fit, at least the shape may.
        let alone = || self.space.first_free(PLACES.iter().map(|at| room(place(*at), 14.0)));
        let Some(found) = labelled.map(|(found, ..)| found).or_else(alone) else { return };
        let (x, y) = (found.x + 7.0, found.y + 7.5);
        put!(&mut self.marks, "<g class=\"{}\"><g transform=\"translate({} {})\">", look.class, Px(x), Px(y));
        shape(&mut self.marks, look.kind);
        self.marks.push_str("</g>");
        if let Some((_, label, written)) = labelled {
            let (left, foot) = (Px(x + 8.0), Px(y + 4.0));
            put!(&mut self.marks, "<text class=\"h s\" x=\"{left}\" y=\"{foot}\">{}</text>", Xml(label));
            if let Some(value) = look.value {
                glyph(&mut self.marks, value, (x + 16.0 + written, y), 9.0);
            }
        }
        self.marks.push_str("</g>\n");
    }

    /// A message to oneself: a small loop over the lane.
    fn loop_to_itself(&mut self, path: &MessagePath) {
        let (x1, x2) = (self.x(path.begin()), self.x(path.end()));
        let y = self.y(path.ends.0);
        let middle = f64::midpoint(x1, x2);
        let look = self.excerpt.look(path.message());
        let (colour, title) = (look.class, self.spoken(path));
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
        shape(&mut self.marks, look.kind);
        self.marks.push_str("</g>\n");
    }

    /// A message in words, for whoever points at it.
    fn spoken(&self, path: &MessagePath) -> String {
        let called = self.excerpt.called(path.message());
        let (from, to) = path.ends;
        let copy = if path.envelope.copy > 0 { ", a copy" } else { "" };
        let (begin, end) = (path.begin(), path.end());
        let fate = match path.fate {
            Fate::Arrived => "arrived",
            Fate::Lost | Fate::CutOff => "lost",
            Fate::UnderWay if path.points.last().is_some_and(|(_, way)| *way < WHOLE_WAY) => "still under way",
            Fate::UnderWay => "about to arrive",
        };
        format!("{called} from {from} to {to}{copy}: {begin} ms, {fate} {end} ms")
    }
}
