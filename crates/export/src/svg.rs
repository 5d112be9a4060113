//! The space-time diagram (Lamport, *Time, Clocks, and the Ordering of Events in a Distributed System*, 1978): a lane
//! for each server, and in a log for each client, time to the right, and an arrow from where a message leaves to where it arrives.
//!
//! What a picture of a run has to show first is what is *not* there: a message that was lost ends in a cross between
//! two lanes, a server that is down has a gap in its lane, and what is written and not durable is an empty box under
//! it. Labels are put where they fit; one that fits nowhere is left out, and its arrow still says it when pointed at.

mod arrows;
mod axis_and_legend;
mod clients;
mod label_placer;
mod lanes;
mod world;

use alloc::{format, string::String};

use self::label_placer::LabelPlacer;
use super::axis::Axis;
use super::excerpt::{Excerpt, Moment};
use super::shapes::{begin, put};
use super::words::Px;
use quorum_core::paxos::NodeSet;
use quorum_core::sim::{Endpoint, Time};
use quorum_core::text::told;

/// Room for the servers' names.
const LEFT: f64 = 92.0;
/// Room for what begins at the end.
const RIGHT: f64 = 96.0;
/// From one lane to the next.
const LANE: f64 = 96.0;
/// From the last server's lane to that of the first client, and from one client to the next.
const CLIENTS: f64 = 84.0;
const CLIENT: f64 = 46.0;
/// Length of a simulated millisecond.
const SCALE: f64 = 8.0;
/// What a picture may be long, for its time alone; a run that is longer is drawn closer.
const LONGEST: f64 = 6000.0;
/// Narrower, and the legend does not fit.
const NARROWEST: f64 = 860.0;
/// Size of letters.
const LETTERS: f64 = 12.0;
/// Most letters of a value that are shown.
const VALUE: usize = 18;

/// A picture in the making.
struct Drawing<'a> {
    excerpt: &'a Excerpt,
    axis: Axis,
    /// Where the first lane is.
    top: f64,
    width: f64,
    space: LabelPlacer,
    /// Lines, and above them, marks and labels.
    lines: String,
    marks: String,
}

pub(crate) fn draw(excerpt: &Excerpt) -> String {
    let axis = Axis::new(excerpt.times(), SCALE, LONGEST);
    let width = (LEFT + axis.length() + RIGHT).max(NARROWEST);
    let space = LabelPlacer::new(width);
    let mut drawing = Drawing { excerpt, axis, top: 0.0, width, space, lines: String::new(), marks: String::new() };
    // What concerns all lanes stands above them, so it decides where they begin. Then what has its place comes before
    // what may stand anywhere, and what matters most before the rest.
    drawing.world();
    drawing.lanes();
    drawing.clients();
    drawing.loops();
    drawing.doings();
    drawing.arrows();
    let height = drawing.axis_and_legend();
    let mut out = String::new();
    begin(&mut out, (width, height), &title(excerpt), &about(excerpt), STYLE);
    put!(&mut out, "<g fill=\"none\">\n{}</g>\n{}</svg>\n", drawing.lines, drawing.marks);
    out
}

const STYLE: &str = "\n.q text{font-size:12px}.q .b{font-weight:650}.q .s{font-size:11px}";

impl Drawing<'_> {
    fn x(&self, time: Time) -> f64 {
        LEFT + self.axis.at(time)
    }

    /// The lane of a server or a client.
    fn y(&self, end: impl Into<Endpoint>) -> f64 {
        match end.into() {
            Endpoint::Server(node) => self.top + node.index() as f64 * LANE,
            Endpoint::Client(client) => self.last_server() + CLIENTS + client.index() as f64 * CLIENT,
        }
    }

    /// The lane of the last server, and the last of all.
    fn last_server(&self) -> f64 {
        self.top + (self.excerpt.nodes.len() - 1) as f64 * LANE
    }

    fn last_lane(&self) -> f64 {
        self.excerpt.clients.last().map_or_else(|| self.last_server(), |client| self.y(*client))
    }

    /// A point on the way of a message from one lane to another.
    fn point(&self, (from, to): (Endpoint, Endpoint), time: Time, way: u32) -> (f64, f64) {
        let (y, end) = (self.y(from), self.y(to));
        (self.x(time), y + (end - y) * f64::from(way) / f64::from(super::excerpt::WHOLE_WAY))
    }

    /// Text with its left end here, the middle of its letters at this height.
    fn text(&mut self, at: (f64, f64), class: &str, text: &str) {
        self.write(at, class, "", text);
    }

    /// The same with its right end here, however wide the letters of a machine are.
    fn text_before(&mut self, at: (f64, f64), class: &str, text: &str) {
        self.write(at, class, " text-anchor=\"end\"", text);
    }

    fn write(&mut self, (x, y): (f64, f64), class: &str, anchor: &str, text: &str) {
        let (x, y, text) = (Px(x), Px(y + LETTERS * 0.35), super::words::Xml(text));
        put!(&mut self.marks, "<text class=\"h {class}\" x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>\n");
    }
}

/// What is seen of a value in a picture.
fn shown(value: &str) -> String {
    told(value, VALUE)
}

fn title(excerpt: &Excerpt) -> String {
    let ((first, last), (start, end)) = (excerpt.steps, (excerpt.start, excerpt.end));
    let subject = excerpt.subject();
    format!("{subject}, seed {}: steps {first} to {last}, {start} to {end} ms", excerpt.config.seed)
}

fn about(excerpt: &Excerpt) -> String {
    let lost = excerpt.paths.iter().filter(|path| path.is_lost()).count();
    let lanes = if excerpt.is_log() { "server and each client" } else { "server" };
    let mut text = format!(
        "A space-time diagram: one lane for each {lanes}, time to the right, an arrow for each of {} messages, of which \
         {lost} are lost.",
        excerpt.paths.len()
    );
    excerpt.tell_log(&mut text);
    for (Moment { at, .. }, chosen) in excerpt.chosen() {
        let ballot = excerpt.scheme().name(chosen.vote.ballot);
        let value = told(chosen.vote.value.as_str(), usize::MAX);
        put!(&mut text, " At {at} ms {value} is chosen at {ballot} by {}.", chosen.quorum);
    }
    let learned: NodeSet = excerpt.learned().map(|(_, node, _)| node).collect();
    if !learned.is_empty() {
        put!(&mut text, " By the end it is learned by {learned}.");
    }
    text
}
