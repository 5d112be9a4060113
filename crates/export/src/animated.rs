//! The run as a short animation: servers on a ring, messages that move between them, what each server holds, over and
//! over.
//!
//! It is one SVG with a style sheet and no script, so that it plays wherever a picture may stand. Everything that is
//! ever seen is in the picture all the time, and each has an animation that says when it is seen and where it is.
//! Without animations, on paper or for whoever asks for reduced motion, what remains is the last moment.
//!
//! Waiting is drawn short here too, and a server's messages to itself, which take a millisecond, are left out; so are the
//! heartbeats of a log. The film
//! goes by the notes of the run, and where it has none, or no more, by ideas: each is held until it can have been read,
//! and meanwhile messages are slower.
//!
//! A person can pause it where the picture is a document: opened by itself, in an `<object>` or written into a page. In
//! an `<img>` no part of a picture can be pressed, so there it has no button (`pause.rs`).

mod captions;
mod keyframes;
mod log;
mod pause;
mod servers;

use alloc::{format, string::String, vec::Vec};

use self::keyframes::Keyframes;
use super::axis::Axis;
use super::excerpt::{Excerpt, Fate, MessagePath, Moment, WHOLE_WAY};
use super::shapes::{begin_group, class, glyph, put, shape, star};
use super::words::{Px, Xml, width};
use quorum_core::sim::Endpoint;
use quorum_core::text::told;

/// Milliseconds on the wall for a simulated millisecond: one second for 40.
const SLOWNESS: f64 = 25.0;
/// The animation stands still before it begins, and at its end, so long, in milliseconds.
const BEFORE: f64 = 600.0;
const AFTER: f64 = 1000.0;
/// How long the cross of a lost message is seen.
const CROSS: f64 = 600.0;

/// Size of a server.
const CARD: (f64, f64) = (136.0, 82.0);
/// From one server to the next, on a ring of many; and the smallest ring.
const BETWEEN: f64 = 215.0;
const SMALLEST: f64 = 150.0;
/// The ring is that much wider than it is high, as the cards on it are.
const WIDER: f64 = 1.2;
const MARGIN: f64 = 26.0;
const NARROWEST: f64 = 640.0;

/// A picture in the making.
struct Drawing<'a> {
    excerpt: &'a Excerpt,
    axis: Axis,
    /// When the film is held, and for how long, in milliseconds: a hold for each caption.
    holds: Vec<(Moment, f64)>,
    keyframes: Keyframes,
    width: f64,
    radius: f64,
    body: String,
}

pub(crate) fn draw(excerpt: &Excerpt) -> String {
    let (mut drawing, _) = Drawing::new(excerpt);
    drawing.links();
    for path in excerpt.paths.iter().filter(|path| !path.is_to_itself() && !path.is_quiet()) {
        drawing.message(path);
    }
    drawing.servers();
    drawing.clients();
    let height = drawing.captions();
    let mut out = String::new();
    let style = format!("\n{}{}{}", STYLE, pause::STYLE, drawing.keyframes.style());
    let title = title(excerpt);
    begin_group(&mut out, (drawing.width, height), &title, &about(excerpt), &style);
    drawing.pause(&mut out);
    put!(&mut out, "<g class=\"film\" role=\"img\" aria-label=\"{}\">\n{}</g>\n</svg>\n", Xml(&title), drawing.body);
    out
}

/// How long the film is.
pub(crate) fn seconds(excerpt: &Excerpt) -> u64 {
    libm::round(Drawing::new(excerpt).1 / 1000.0) as u64
}

const STYLE: &str = ".q text{font-size:13px}.q .b{font-weight:650}.q .c{font-size:14px}";

fn title(excerpt: &Excerpt) -> String {
    let (subject, seed) = (excerpt.subject(), excerpt.config.seed);
    format!("{subject}, seed {seed}: steps {} to {}", excerpt.steps.0, excerpt.steps.1)
}

fn about(excerpt: &Excerpt) -> String {
    let seconds = seconds(excerpt);
    let mut text = format!("Servers on a ring, and the messages between them, moving. It takes {seconds} seconds.");
    for (Moment { at, .. }, chosen) in excerpt.chosen() {
        let value = told(chosen.vote.value.as_str(), usize::MAX);
        put!(&mut text, " At {at} ms {value} is chosen by {}.", chosen.quorum);
    }
    excerpt.tell_log(&mut text);
    text
}

impl<'a> Drawing<'a> {
    /// Nothing is drawn yet. Also says how long the film is, in milliseconds.
    fn new(excerpt: &'a Excerpt) -> (Self, f64) {
        let axis = Axis::new(excerpt.times(), SLOWNESS, f64::INFINITY);
        let holds = captions::holds(excerpt, &axis);
        let length = BEFORE + axis.length() + holds.iter().map(|(_, hold)| hold).sum::<f64>() + AFTER;
        let keyframes = Keyframes::new(&excerpt.name, length);
        let radius = match excerpt.nodes.len() {
            1 => 0.0,
            many => (many as f64 * BETWEEN / core::f64::consts::TAU).max(SMALLEST),
        };
        let width = (2.0 * (radius * WIDER + MARGIN) + CARD.0).max(NARROWEST);
        (Self { excerpt, axis, holds, keyframes, width, radius, body: String::new() }, length)
    }

    /// When something is seen, in milliseconds since the animation began.
    fn wall(&self, moment: Moment) -> f64 {
        let held = self.holds.iter().filter(|(held, _)| *held < moment).map(|(_, hold)| hold);
        BEFORE + self.axis.at(moment.at) + held.sum::<f64>()
    }

    /// When a message is where, in milliseconds since the animation began. It sets out after what was said before.
    fn way(&self, path: &MessagePath) -> Vec<(f64, (f64, f64))> {
        let mut since = self.wall(Moment { at: path.begin(), step: path.since });
        let mut way = Vec::new();
        for (at, part) in &path.points {
            since = since.max(self.wall(Moment { at: *at, step: 0 }));
            way.push((since, self.point(path, *part)));
        }
        way
    }

    fn middle(&self) -> (f64, f64) {
        (self.width / 2.0, MARGIN + CARD.1 / 2.0 + self.radius)
    }

    /// The middle of a server, the first at the top, the others clockwise; or of a client.
    fn place(&self, end: impl Into<Endpoint>) -> (f64, f64) {
        let node = match end.into() {
            Endpoint::Server(node) => node,
            Endpoint::Client(client) => return self.place_of_client(client),
        };
        let turn = core::f64::consts::TAU * (node.index() as f64 / self.excerpt.nodes.len() as f64 - 0.25);
        let (x, y) = self.middle();
        (x + self.radius * WIDER * libm::cos(turn), y + self.radius * libm::sin(turn))
    }

    fn links(&mut self) {
        // Beyond that, they would be a grey disc.
        if self.excerpt.nodes.len() > 9 {
            return;
        }
        self.body.push_str("<g class=\"l\" stroke=\"currentColor\">\n");
        for (position, from) in self.excerpt.nodes.iter().enumerate() {
            for to in &self.excerpt.nodes[position + 1..] {
                let ((x, y), (right, bottom)) = (self.place(*from), self.place(*to));
                put!(&mut self.body, "<path d=\"M{} {}L{} {}\"/>", Px(x), Px(y), Px(right), Px(bottom));
            }
        }
        self.body.push_str("</g>\n");
    }

    /// Where a message is that has come so far: its way leads from the edge of one card to the edge of the other.
    fn point(&self, path: &MessagePath, way: u32) -> (f64, f64) {
        let ((x, y), (right, bottom)) = (self.place(path.ends.0), self.place(path.ends.1));
        let (dx, dy) = (right - x, bottom - y);
        let inside = |half: f64, along: f64| if along == 0.0 { f64::INFINITY } else { half / libm::fabs(along) };
        let edge = |end: Endpoint| match end {
            Endpoint::Server(_) => inside(CARD.0 / 2.0 + 9.0, dx).min(inside(CARD.1 / 2.0 + 9.0, dy)).min(0.45),
            Endpoint::Client(_) => (log::HALF + 9.0) / libm::hypot(dx, dy).max(1.0),
        };
        let (edge, other_edge) = (edge(path.ends.0), edge(path.ends.1));
        let part = edge + (1.0 - (edge + other_edge)) * f64::from(way) / f64::from(WHOLE_WAY);
        (x + dx * part, y + dy * part)
    }

    fn message(&mut self, path: &MessagePath) {
        let way = self.way(path);
        let Some(last) = way.last() else { return };
        let stays = path.fate == Fate::UnderWay;
        let attributes = self.keyframes.moving(&way, stays);
        let look = self.excerpt.look(path.message());
        put!(&mut self.body, "<g class=\"{}\"><g {attributes}>", look.class);
        shape(&mut self.body, look.kind);
        put!(&mut self.body, "<text class=\"h\" x=\"9\" y=\"4.5\">{}</text>", Xml(&look.at_length));
        if let Some(value) = look.value {
            glyph(&mut self.body, value, (17.0 + width(&look.at_length, 13.0), 0.0), 10.0);
        }
        self.body.push_str("</g>");
        if path.is_lost() {
            let seen = self.keyframes.seen(last.0, Some(last.0 + CROSS));
            let (x, y) = (Px(last.1.0), Px(last.1.1));
            put!(
                &mut self.body,
                "<path {seen} stroke=\"currentColor\" stroke-width=\"3\" d=\"M{x} {y}m-7-7 14 14m0-14-14 14\"/>"
            );
        }
        self.body.push_str("</g>\n");
    }

    /// A value's glyph and its name, from here to the right.
    fn value(&mut self, value: &quorum_core::paxos::Value, (x, y): (f64, f64), most: usize) {
        let look = self.excerpt.value_styles.of(value);
        put!(&mut self.body, "<g class=\"{}\">", class(look));
        glyph(&mut self.body, look, (x + 5.0, y - 4.5), 10.0);
        let name = told(value.as_str(), most);
        put!(&mut self.body, "<text class=\"b\" x=\"{}\" y=\"{}\">{}</text></g>", Px(x + 13.0), Px(y), Xml(&name));
    }

    /// A star in the middle of the ring, and what is chosen.
    fn chosen(&mut self, since: f64, value: &quorum_core::paxos::Value) {
        let seen = self.keyframes.seen(since, None);
        let name = told(value.as_str(), 16);
        let says = format!("{name} is chosen");
        let (x, y) = self.middle();
        let begin = x - width(&says, 13.0) / 2.0 - 8.0;
        put!(&mut self.body, "<g {seen}><g class=\"{}\">", class(self.excerpt.value_styles.of(value)));
        star(&mut self.body, (begin, y));
        let (x, y) = (Px(begin + 13.0), Px(y + 4.5));
        put!(&mut self.body, "<text class=\"h b\" x=\"{x}\" y=\"{y}\">{}</text></g></g>\n", Xml(&says));
    }
}
