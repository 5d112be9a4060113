//! The stage at one moment, for a slide or a page: servers on a ring with what they know and what their disks hold, the
//! messages between them, what is chosen in the middle, and above it a sentence: the note of that moment, or else what
//! happened.
//!
//! The picture is of the end of a step, so a message stands where it is at that time. What has not left a server yet is
//! in a tray below it.
//!
//! Of a log there is more below the ring: the clients, and the last slots by server, as in its panel on the page.

mod card;
mod clients;
mod grid;
mod legend;
mod log;

use alloc::{format, string::String, string::ToString, vec::Vec};

use super::excerpt::{Excerpt, Fate, MessagePath, WHOLE_WAY};
use super::shapes::{begin, class, glyph, put, shape};
use super::words::{Px, Xml, joined, width, wrapped};
use quorum_core::log::MessageKind;
use quorum_core::paxos::{Chosen, NodeId, NodeSet, Value};
use quorum_core::run::{History, Simulation};
use quorum_core::sim::{Endpoint, Message};
use quorum_core::text::told;

/// Size of a server's card.
const CARD: (f64, f64) = (186.0, 108.0);
/// Above a card it is counted how many have answered, below it is the tray.
const ABOVE: f64 = 26.0;
const BELOW: f64 = 28.0;
/// From one server to the next, on a ring of many; and the smallest ring.
const BETWEEN: f64 = 268.0;
const SMALLEST: f64 = 220.0;
const WIDER: f64 = 1.5;
const MARGIN: f64 = 24.0;
const LETTERS: f64 = 14.0;
/// The sentence above, and the height of its lines.
const SAYING: f64 = 19.0;
const LINE: f64 = 26.0;
/// How far a message's lane is from the line of its link, and how large its mark is.
const BESIDE: f64 = 12.0;
const MARK: f64 = 2.0;
const APART: f64 = 24.0;
/// What is kept free in the middle.
const MIDDLE: (f64, f64) = (280.0, 84.0);
/// More servers than this are counted there, not listed: of those that chose, and of those that know it. As on the page
/// (`web/lab/stage/middle.js`).
const LISTED: u32 = 7;
const KNOWN: u32 = 5;
/// More servers than this have no lines between them.
const LINED: usize = 9;

const STYLE: &str = "\n.q text{font-size:14px}.q .b{font-weight:650}.q .s{font-size:19px}.q .t{font-size:18px}.q .i{fill:none}.q .p{color:#fff}\n@media screen and (prefers-color-scheme:dark){.q .p{color:#141516}}";

/// A ballot to be written beside a mark.
struct Label {
    beside: (f64, f64),
    says: String,
    class: &'static str,
}

struct Drawing<'a> {
    excerpt: &'a Excerpt,
    now: &'a Simulation,
    width: f64,
    /// Where the ring's middle is, and how high it is.
    top: f64,
    radius: f64,
    /// Where marks are.
    marks: Vec<(f64, f64)>,
    /// Whether two ballots are under way, so that it has to be said which is which.
    ballots: bool,
    labels: Vec<Label>,
    body: String,
}

/// The stage at the end of a step, under this sentence; without one, under what happened last.
pub(crate) fn draw(history: &History, step: u64, note: Option<&str>) -> String {
    let mut past = history.clone();
    past.seek(step.min(past.branch().length()));
    let excerpt = Excerpt::of(history, &[], past.now().steps(), past.now().steps());
    let radius = match excerpt.nodes.len() {
        1 => 0.0,
        many => (many as f64 * BETWEEN / core::f64::consts::TAU).max(SMALLEST),
    };
    let wide = 2.0 * (radius * WIDER + MARGIN) + CARD.0;
    let says = excerpt.value_styles.plain(&note.map_or_else(|| latest(&past), Into::into));
    let lines = wrapped(&says, wide - 2.0 * MARGIN, SAYING);
    let top = MARGIN + 22.0 + lines.len() as f64 * LINE + ABOVE;
    let under_way = || excerpt.paths.iter().filter(|path| path.fate == Fate::UnderWay && !path.is_to_itself());
    let first = under_way().next().map(|path| Excerpt::ballot_of(path.message()));
    let ballots = under_way().any(|path| Some(Excerpt::ballot_of(path.message())) != first);
    let (excerpt, now, marks, body) = (&excerpt, past.now(), Vec::new(), String::new());
    let mut drawing = Drawing { excerpt, now, width: wide, top, radius, marks, ballots, labels: Vec::new(), body };
    drawing.saying(&lines);
    drawing.links();
    excerpt.nodes.iter().for_each(|node| drawing.server(*node));
    under_way().for_each(|path| drawing.message(path));
    drawing.ballots();
    drawing.chosen();
    let height = drawing.below_the_ring() + MARGIN;
    let mut out = String::new();
    begin(&mut out, (wide, height), &title(excerpt, now), &says, STYLE);
    put!(&mut out, "{}</svg>\n", drawing.body);
    out
}

fn title(excerpt: &Excerpt, now: &Simulation) -> String {
    let (subject, seed, step) = (excerpt.subject(), excerpt.config.seed, now.steps());
    format!("{subject}, seed {seed}: step {step}, {} ms", now.schedule().now())
}

/// These servers by their numbers, or if they are more than so many, how many they are.
fn listed(servers: NodeSet, most: u32) -> String {
    if servers.len() > most { format!("{} servers", servers.len()) } else { servers.to_string() }
}

/// What happened in the last step.
fn latest(history: &History) -> String {
    let scheme = history.now().config().ballots;
    let weightiest =
        history.latest().iter().reduce(|one, other| if other.importance() > one.importance() { other } else { one });
    weightiest.map_or_else(|| "The run begins here.".into(), |event| event.why(scheme))
}

impl Drawing<'_> {
    fn middle(&self) -> (f64, f64) {
        (self.width / 2.0, self.top + CARD.1 / 2.0 + self.radius)
    }

    /// The middle of a server's card, the first at the top, the others clockwise; or of a client.
    fn place(&self, end: impl Into<Endpoint>) -> (f64, f64) {
        let node = match end.into() {
            Endpoint::Server(node) => node,
            Endpoint::Client(client) => return self.place_of_client(client),
        };
        let turn = core::f64::consts::TAU * (node.index() as f64 / self.excerpt.nodes.len() as f64 - 0.25);
        let (x, y) = self.middle();
        (x + self.radius * WIDER * libm::cos(turn), y + self.radius * libm::sin(turn))
    }

    fn lowest(&self) -> f64 {
        self.excerpt.nodes.iter().map(|node| self.place(*node).1).fold(0.0, f64::max)
    }

    /// What stands below the ring, if anything does. Says where it ends.
    fn below_the_ring(&mut self) -> f64 {
        let under = self.lowest() + CARD.1 / 2.0 + BELOW;
        if !self.excerpt.is_log() {
            return self.legend(under);
        }
        self.clients();
        let under = self.grid(under + clients::ROOM);
        self.legend(under)
    }

    /// Text that begins here.
    fn text(&mut self, (x, y): (f64, f64), class: &str, says: &str) {
        put!(&mut self.body, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", Px(x), Px(y), Xml(says));
    }

    /// Text with its middle here.
    fn centred(&mut self, (x, y): (f64, f64), class: &str, says: &str) {
        let (x, y) = (Px(x), Px(y));
        put!(&mut self.body, "<text class=\"{class}\" text-anchor=\"middle\" x=\"{x}\" y=\"{y}\">{}</text>", Xml(says));
    }

    /// When it is, the rules that are off, and the sentence.
    fn saying(&mut self, lines: &[String]) {
        let off = self.now.cluster().settings().rules.off();
        let mut off: Vec<String> = off.map(|rule| format!("“{}”", rule.title())).collect();
        off.extend(self.log_rules_off());
        let off = joined(off, ", ");
        let off = if off.is_empty() { off } else { format!(" · off: {off}") };
        let when = format!("Step {} · {} ms{off}", self.now.steps(), self.now.schedule().now());
        self.text((MARGIN, MARGIN + 10.0), "m", &when);
        for (line, number) in lines.iter().zip(1_u8..) {
            self.text((MARGIN, MARGIN + 14.0 + f64::from(number) * LINE), "s", line);
        }
        self.body.push('\n');
    }

    /// Every link that is whole, and as dots those that are cut both ways.
    fn links(&mut self) {
        if self.excerpt.nodes.len() > LINED {
            return;
        }
        self.body.push_str("<g class=\"l\" stroke=\"currentColor\" stroke-width=\"1.5\">\n");
        for (position, from) in self.excerpt.nodes.iter().enumerate() {
            for to in &self.excerpt.nodes[position + 1..] {
                let ((x, y), (right, bottom)) = (self.place(*from), self.place(*to));
                let (half_x, half_y) = (f64::midpoint(x, right), f64::midpoint(y, bottom));
                for (sender, receiver, (x, y)) in [(*from, *to, (x, y)), (*to, *from, (right, bottom))] {
                    let cut = self.now.cluster().network().is_cut(sender, receiver);
                    let dots = if cut { " stroke-dasharray=\"2 8\"" } else { "" };
                    put!(&mut self.body, "<path{dots} d=\"M{} {}L{} {}\"/>", Px(x), Px(y), Px(half_x), Px(half_y));
                }
            }
        }
        self.body.push_str("</g>\n");
    }

    /// Where a message is: beside its link, from edge to edge, neither in the middle nor on another.
    fn point(&self, path: &MessagePath, way: u32) -> (f64, f64) {
        let ((x, y), (right, bottom)) = (self.place(path.ends.0), self.place(path.ends.1));
        let (dx, dy) = (right - x, bottom - y);
        let length = libm::sqrt(dx * dx + dy * dy).max(1.0);
        let (beside_x, beside_y) = (-dy / length * BESIDE, dx / length * BESIDE);
        let inside = |half: f64, along: f64| if along == 0.0 { f64::INFINITY } else { half / libm::fabs(along) };
        let edge = |end: Endpoint| match end {
            Endpoint::Server(_) => inside(CARD.0 / 2.0 + 22.0, dx).min(inside(CARD.1 / 2.0 + 44.0, dy)).min(0.46),
            Endpoint::Client(_) => (clients::HALF + 10.0) / length,
        };
        let (edge, other_edge) = (edge(path.ends.0), edge(path.ends.1));
        let at = |part: f64| (x + dx * part + beside_x, y + dy * part + beside_y);
        let along = |way: f64| edge + (1.0 - (edge + other_edge)) * way;
        let way = f64::from(way) / f64::from(WHOLE_WAY);
        let (mid_x, mid_y) = self.middle();
        let free = |(x, y): (f64, f64)| {
            let beside = libm::fabs(x - mid_x) > MIDDLE.0 / 2.0 + 16.0 || libm::fabs(y - mid_y) > MIDDLE.1 / 2.0 + 16.0;
            let alone = |(other_x, other_y): &(f64, f64)| libm::hypot(x - other_x, y - other_y) > APART;
            beside && self.marks.iter().all(alone)
        };
        // The nearest place on its way that is free.
        let near = (0..=50).flat_map(|turn| [way - f64::from(turn) / 50.0, way + f64::from(turn) / 50.0]);
        let part = near.filter(|way| (0.0..=1.0).contains(way)).map(along).find(|part| free(at(*part)));
        at(part.unwrap_or_else(|| along(way)))
    }

    fn message(&mut self, path: &MessagePath) {
        let (_, way) = path.points.last().copied().unwrap_or_default();
        let (x, y) = self.point(path, way);
        self.marks.push((x, y));
        let message = path.message();
        self.mark(message, (x, y), MARK);
        self.body.push('\n');
        // A ballot says nothing while there is one only; in a log it is a slot that is written, or what a client asks.
        let look = self.excerpt.look(message);
        if (self.ballots || self.excerpt.is_log()) && !look.beside.is_empty() {
            self.labels.push(Label { beside: (x, y), says: look.beside, class: look.class });
        }
    }

    /// A message's mark, with the glyph of the value it speaks of inside: its own, or the one it reports.
    fn mark(&mut self, message: &Message, (x, y): (f64, f64), scale: f64) {
        let look = self.excerpt.look(message);
        put!(&mut self.body, "<g class=\"{}\" transform=\"translate({} {})\">", look.class, Px(x), Px(y));
        put!(&mut self.body, "<g transform=\"scale({scale})\">");
        shape(&mut self.body, look.kind);
        self.body.push_str("</g>");
        if let Some(value) = look.inside {
            // On a filled mark in the colour of the paper.
            let ink = if look.kind == MessageKind::Accept { "p" } else { class(value) };
            put!(&mut self.body, "<g class=\"{ink}\">");
            let below = if look.kind == MessageKind::Promise { 1.5 } else { 0.0 };
            glyph(&mut self.body, value, (0.0, below * scale), 4.0 * scale);
            self.body.push_str("</g>");
        }
        self.body.push_str("</g>");
    }

    /// Writes each ballot beside its mark, on a side where nothing else is; a label without room is left out.
    fn ballots(&mut self) {
        let mut taken: Vec<(f64, f64, f64, f64)> = self.marks.iter().map(|(x, y)| (*x, *y, APART, APART)).collect();
        for node in &self.excerpt.nodes {
            let (x, y) = self.place(*node);
            taken.push((x, y + (BELOW - ABOVE) / 2.0, CARD.0 + 14.0, CARD.1 + ABOVE + BELOW));
        }
        let (x, y) = self.middle();
        taken.push((x, y, MIDDLE.0, MIDDLE.1));
        for Label { beside: (x, y), says, class } in core::mem::take(&mut self.labels) {
            let wide = width(&says, LETTERS);
            let far = APART / 2.0 + 2.0;
            let sides = [(far + wide / 2.0, 0.0), (-far - wide / 2.0, 0.0), (0.0, far + 8.0), (0.0, -far - 8.0)];
            let free = |(x, y): &(f64, f64)| {
                let meets = |(other_x, other_y, other_wide, other_high): &(f64, f64, f64, f64)| {
                    libm::fabs(x - other_x) < (wide + other_wide) / 2.0
                        && libm::fabs(y - other_y) < (16.0 + other_high) / 2.0
                };
                !taken.iter().any(meets)
            };
            let Some((x, y)) = sides.map(|(dx, dy)| (x + dx, y + dy)).into_iter().find(free) else { continue };
            taken.push((x, y, wide, 16.0));
            put!(&mut self.body, "<g class=\"{class}\">");
            self.centred((x, y + 5.0), "h", &says);
            self.body.push_str("</g>\n");
        }
    }

    /// Who knows that a value is chosen.
    fn knowing(&self, value: &Value) -> String {
        let knows = |node: &NodeId| {
            let knows = self.excerpt.cards[node.index()].last().and_then(|(_, state)| state.value());
            knows.is_some_and(|of| of.learned.as_ref() == Some(value))
        };
        let who: NodeSet = self.excerpt.nodes.iter().copied().filter(knows).collect();
        match who.len() as usize {
            0 => "No server knows it.".into(),
            all if all == self.excerpt.nodes.len() => "Everyone knows.".into(),
            _ => format!("Known to {}.", listed(who, KNOWN)),
        }
    }

    /// What is chosen, and by whom. When agreement is broken, every value that is.
    fn chosen(&mut self) {
        if self.excerpt.is_log() {
            return self.middle_of_log();
        }
        let chosen: Vec<Chosen> = self.now.observer().chosen().to_vec();
        let (x, middle) = self.middle();
        if self.radius == 0.0 {
            return;
        }
        let Some(first) = chosen.first() else {
            self.centred((x, middle + 5.0), "m h", "nothing chosen yet");
            return;
        };
        let other = chosen.iter().rfind(|other| other.vote.value != first.vote.value);
        let broken = !self.now.violations().is_empty();
        let word = match (broken, other) {
            (true, Some(_)) => "⚠ agreement is broken",
            (true, None) => "⚠ a rule is broken",
            _ => "chosen",
        };
        let mut y = middle - if other.is_some() { 34.0 } else { 22.0 };
        self.centred((x, y), if broken { "b h" } else { "m h" }, word);
        for chosen in [Some(first), other].into_iter().flatten() {
            y += 25.0;
            let name = told(chosen.vote.value.as_str(), 14);
            let says = format!("{name} at {}", self.excerpt.scheme().name(chosen.vote.ballot));
            let look = self.excerpt.value_styles.of(&chosen.vote.value);
            put!(&mut self.body, "<g class=\"{}\">", class(look));
            glyph(&mut self.body, look, (x - width(&says, 18.0) / 2.0 - 7.0, y - 6.0), 13.0);
            self.centred((x + 8.0, y), "b t h", &says);
            self.body.push_str("</g>");
            y += 19.0;
            let by = format!("by {}", listed(chosen.quorum, LISTED));
            if other.is_some() {
                self.centred((x, y), "m h", &by);
                continue;
            }
            let known = self.knowing(&chosen.vote.value);
            let both = format!("{by}. {known}");
            let lines = if width(&both, LETTERS) > MIDDLE.0 { [by + ".", known].into() } else { Vec::from([both]) };
            for (line, number) in lines.iter().zip(0_u8..) {
                self.centred((x, y + 18.0 * f64::from(number)), "m h", line);
            }
        }
        self.body.push('\n');
    }
}
