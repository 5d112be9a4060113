//! One server at one moment: what it does, what it knows, its disk, and what waits for that disk.

use alloc::{format, string::String, string::ToString, vec::Vec};

use super::grid::stripes;
use super::log::promises_of_log;
use super::{ABOVE, CARD, Drawing, LETTERS};
use crate::excerpt::{Excerpt, Fate, Knowledge, MessagePath, OfValue};
use crate::shapes::{class, glyph, kind_of, put};
use crate::words::{Px, width};
use quorum_core::paxos::{self, NodeId, Phase, Proposer, Record, Replica, Value};
use quorum_core::sim::{self, Message, Server, ServerStatus};
use quorum_core::text::told;

pub(super) const INDENT: f64 = 13.0;
/// The lines of a card, and where its disk begins.
pub(super) const LINES: [f64; 4] = [21.0, 41.0, 59.0, 77.0];
const DISK: f64 = 84.0;
/// A record on a disk.
pub(super) const CHIP: f64 = 18.0;
/// How many heaps of messages a tray has room for, and the room of a mark.
const HEAPS: usize = 3;
const HEAP: f64 = 26.0;
/// How much wider bold letters are.
const BOLD: f64 = 1.06;

/// A record as it is drawn.
pub(super) struct Chip {
    pub(super) says: String,
    pub(super) value: Option<Value>,
    /// How it is filled, and its outline: what is durable survives, what is only in memory has a broken outline.
    pub(super) paint: &'static str,
}

pub(super) const DURABLE: &str = "fill=\"currentColor\" fill-opacity=\".22\"";
pub(super) const WRITTEN: &str = "class=\"i\"";
pub(super) const QUEUED: &str = "class=\"i\" stroke-dasharray=\"3 2\"";

impl Drawing<'_> {
    /// A server: its outline if it chose, its card, its disk and its tray.
    pub(super) fn server(&mut self, node: NodeId) {
        let now = self.now;
        let server = now.cluster().server(node);
        let (x, y) = self.place(node);
        let (x, y) = (x - CARD.0 / 2.0, y - CARD.1 / 2.0);
        self.outlines(node, (x, y));
        let status = server.status();
        let dash = if status == ServerStatus::Up { "" } else { " stroke-dasharray=\"5 4\"" };
        let card = self.excerpt.cards[node.index()].last().map(|(_, card)| card.clone());
        let listens = status == ServerStatus::Up && card.as_ref().is_some_and(|card| !card.votes);
        let state = card.map(|card| card.knows);
        // In a log, who leads or wants to has a frame in the colour of the ballot.
        let own = if let Some(Knowledge::Log(of)) = &state { of.own } else { None };
        let (frame, thick) = own.map_or(("e", "1.5"), |ballot| (self.excerpt.ballot_styles.class(ballot), "2"));
        put!(
            &mut self.body,
            "<g class=\"{frame}\"><rect class=\"bg\" stroke=\"currentColor\" stroke-width=\"{thick}\"{dash} rx=\"12\""
        );
        put!(&mut self.body, " x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>", Px(x), Px(y), Px(CARD.0), Px(CARD.1));
        put!(
            &mut self.body,
            "<path class=\"l\" stroke=\"currentColor\" d=\"M{} {}h{}\"/></g>",
            Px(x),
            Px(y + DISK),
            Px(CARD.0)
        );
        self.text((x + INDENT, y + LINES[0]), "b", &node.to_string());
        let doing = match &state {
            Some(Knowledge::Log(of)) => self.role(of),
            _ if listens => "listens only".into(),
            _ => self.doing(server),
        };
        self.text((x + CARD.0 - INDENT - width(&doing, LETTERS), y + LINES[0]), "m", &doing);
        match &state {
            _ if status == ServerStatus::Down => self.remembers((x, y), server),
            Some(Knowledge::Value(of)) => self.knowledge((x, y), of),
            Some(Knowledge::Log(of)) => self.knowledge_of_log((x, y), of),
            None => {}
        }
        self.disk((x, y + DISK + 3.0), server);
        self.answers((x, y), server);
        self.tray(node, (x, y + CARD.1), server);
        self.body.push('\n');
    }

    fn outlines(&mut self, node: NodeId, (x, y): (f64, f64)) {
        let now = self.now;
        let chosen = now.observer().chosen().iter().filter(|chosen| chosen.quorum.contains(node));
        let mut drawn: Vec<&Value> = Vec::new();
        for chosen in chosen {
            if drawn.contains(&&chosen.vote.value) || drawn.len() == 2 {
                continue;
            }
            let out = 7.0 - 4.0 * drawn.len() as f64;
            drawn.push(&chosen.vote.value);
            let colour = class(self.excerpt.value_styles.of(&chosen.vote.value));
            let (wide, high) = (Px(CARD.0 + 2.0 * out), Px(CARD.1 + 2.0 * out));
            put!(&mut self.body, "<rect class=\"{colour} i\" stroke=\"currentColor\" stroke-width=\"2.5\" rx=\"17\"");
            put!(&mut self.body, " x=\"{}\" y=\"{}\" width=\"{wide}\" height=\"{high}\"/>", Px(x - out), Px(y - out));
        }
    }

    /// In two words.
    fn doing(&self, server: &Server) -> String {
        let proposer = server.paxos().and_then(Replica::proposer);
        let phase = proposer.map_or(Phase::Idle, Proposer::phase);
        match (server.status(), proposer.and_then(Proposer::ballot)) {
            (ServerStatus::Up, Some(ballot)) if phase != Phase::Idle => {
                format!("{} {}", phase.as_str(), self.excerpt.scheme().name(ballot))
            }
            (ServerStatus::Up, _) => phase.as_str().into(),
            (other, _) => other.as_str().into(),
        }
    }

    /// Of a server that is down: what it knew is gone, and what it will know again is on its disk. In the words of the page.
    fn remembers(&mut self, (x, y): (f64, f64), server: &Server) {
        let (what, rest) = match (server.disk().durable().is_lost(), self.chips(server).is_empty()) {
            (true, _) => ("disk lost", "never votes again"),
            (false, true) => ("down", "remembers nothing"),
            (false, false) => ("down", "remembers only:"),
        };
        self.text((x + INDENT, y + LINES[1]), "b", what);
        self.text((x + INDENT, y + LINES[2]), "m", rest);
    }

    fn knowledge(&mut self, (x, y): (f64, f64), state: &OfValue) {
        let name = |ballot| self.excerpt.scheme().name(ballot).to_string();
        let promised = state.promised.map_or_else(|| "nothing".into(), name);
        let accepted = state.accepted.as_ref().map_or_else(|| "nothing".into(), |vote| name(vote.ballot));
        let accepted_value = state.accepted.as_ref().map(|vote| vote.value.clone());
        let learned = if state.learned.is_some() { "" } else { "nothing" };
        let rows = [
            ("promised", promised, None),
            ("accepted", accepted, accepted_value),
            ("learned", learned.into(), state.learned.clone()),
        ];
        for ((term, says, value), line) in rows.into_iter().zip(&LINES[1..]) {
            self.text((x + INDENT, y + line), "m", term);
            let after = x + INDENT + width(term, LETTERS) + 2.0;
            self.text((after, y + line), if says == "nothing" { "m" } else { "b" }, &says);
            if let Some(value) = value {
                let after = after + if says.is_empty() { 0.0 } else { width(&says, LETTERS) + 9.0 };
                self.value(&value, (after, y + line));
            }
        }
    }

    /// A value's glyph and its name.
    fn value(&mut self, value: &Value, (x, y): (f64, f64)) {
        let look = self.excerpt.value_styles.of(value);
        put!(&mut self.body, "<g class=\"{}\">", class(look));
        glyph(&mut self.body, look, (x + 5.0, y - 4.5), 10.0);
        let name = told(value.as_str(), 8);
        self.text((x + 15.0, y), "b", &name);
        self.body.push_str("</g>");
    }

    /// Records: filled when they are durable, hatched when they are written, dashed when they are only in memory.
    fn disk(&mut self, (x, y): (f64, f64), server: &Server) {
        let mut left = x + INDENT;
        let chips = self.chips(server);
        if chips.is_empty() {
            let none = if server.disk().durable().is_lost() { "no disk" } else { "disk empty" };
            self.text((left, y + 13.5), "m", none);
        }
        for chip in chips {
            let wide = width(&chip.says, LETTERS) * BOLD + if chip.value.is_some() { 27.0 } else { 12.0 };
            if left + wide > x + CARD.0 - 6.0 {
                break;
            }
            let look = chip.value.as_ref().map(|value| self.excerpt.value_styles.of(value));
            let paint = chip.paint;
            put!(&mut self.body, "<g class=\"{}\">", look.map_or("m", class));
            self.record((left, y), wide, paint);
            self.text((left + 6.0, y + 13.5), "b", &chip.says);
            if let Some(look) = look {
                glyph(&mut self.body, look, (left + wide - 11.0, y + CHIP / 2.0), 9.0);
            }
            self.body.push_str("</g>");
            left += wide + 4.0;
        }
    }

    /// The box of a record: hatched while it is written and not durable.
    pub(super) fn record(&mut self, (x, y): (f64, f64), wide: f64, paint: &str) {
        put!(&mut self.body, "<rect {paint} stroke=\"currentColor\" rx=\"4\"");
        put!(&mut self.body, " x=\"{}\" y=\"{}\" width=\"{}\" height=\"{CHIP}\"/>", Px(x), Px(y), Px(wide));
        if paint == WRITTEN {
            stripes(&mut self.body, (x, y), (wide, CHIP));
        }
    }

    fn chips(&self, server: &Server) -> Vec<Chip> {
        let scheme = self.excerpt.scheme();
        let Some(kept) = server.disk().durable().paxos() else { return self.chips_of_log(server) };
        let chip = |record: &Record, paint| match record {
            Record::Promised(ballot) => Chip { says: scheme.name(*ballot).to_string(), value: None, paint },
            Record::Accepted(vote) => {
                Chip { says: scheme.name(vote.ballot).to_string(), value: Some(vote.value.clone()), paint }
            }
            Record::Round(round) => Chip { says: format!("round {round}"), value: None, paint },
        };
        let promised = kept.promised.map(Record::Promised);
        let accepted = kept.accepted.last().cloned().map(Record::Accepted);
        let round = kept.round.map(Record::Round);
        let on_its_way = |records: &[sim::Record], paint| {
            let drawn = records.iter().filter_map(sim::Record::paxos).map(|record| chip(record, paint));
            drawn.collect::<Vec<_>>()
        };
        let mut chips: Vec<Chip> = promised.into_iter().chain(accepted).map(|record| chip(&record, DURABLE)).collect();
        chips.extend(on_its_way(server.disk().written(), WRITTEN));
        chips.extend(on_its_way(server.disk().queued(), QUEUED));
        chips.extend(round.map(|record| chip(&record, DURABLE)));
        chips
    }

    /// How many have answered, of those that are needed: while the server can hear them.
    fn answers(&mut self, (x, y): (f64, f64), server: &Server) {
        if server.status() != ServerStatus::Up {
            return;
        }
        let quorums = self.now.cluster().settings().quorums();
        let answers = match server.paxos().and_then(Replica::proposer) {
            Some(proposer) => match (proposer.phase(), proposer.answers()) {
                (Phase::Preparing, (promises, _)) => Some((promises.len(), quorums.phase1 as usize)),
                (Phase::Accepting, (_, accepts)) => Some((accepts.len(), quorums.phase2 as usize)),
                _ => None,
            },
            None => promises_of_log(server).map(|promises| (promises.len(), quorums.phase1 as usize)),
        };
        let Some((come, needed)) = answers else { return };
        let says = format!("{} of {needed} needed", (come as usize).min(needed));
        self.centred((x + CARD.0 / 2.0, y - ABOVE / 2.0), "m h", &says);
    }

    /// What has not left yet, and what the server says to itself: messages alike on one heap, and if there is only one
    /// heap, what it waits for.
    fn tray(&mut self, node: NodeId, (x, y): (f64, f64), server: &Server) {
        let to_itself = |path: &&MessagePath| path.fate == Fate::UnderWay && path.is_to_itself();
        let of_server = |path: &&MessagePath| path.ends.0 == node;
        let paths = self.excerpt.paths.iter().filter(to_itself).filter(of_server);
        let mut heaps = heaps(server, paths.map(MessagePath::message));
        // Those there is no room for lie on the last one.
        let rest: usize = heaps.iter().skip(HEAPS).map(|heap| heap.count).sum();
        heaps.truncate(HEAPS);
        let Some(last) = heaps.last_mut() else { return };
        last.count += rest;
        let mut says: Vec<String> = heaps.iter().map(Heap::says).collect();
        if let ([only], [says]) = (&heaps[..], &mut says[..]) {
            says.push_str(only.waits);
        }
        let wide = says.iter().map(|says| HEAP + width(says.trim_start(), LETTERS)).sum::<f64>() + 10.0;
        // A wide one reaches from edge to edge.
        let wide = wide.min(CARD.0);
        let begin = x + INDENT.min((CARD.0 - wide) / 2.0);
        put!(
            &mut self.body,
            "<g class=\"e\"><path class=\"bg\" stroke=\"currentColor\" d=\"M{} {}v16a6 6 0 0 0 6 6h{}a6 6 0 0 0 6-6v-16\"/></g>",
            Px(begin),
            Px(y),
            Px(wide - 12.0)
        );
        let mut left = begin;
        for (heap, says) in heaps.iter().zip(&says) {
            let says = says.trim_start();
            self.mark(heap.message, (left + 14.0, y + 11.0), 1.2);
            self.text((left + HEAP, y + 16.0), "m", says);
            left += HEAP + width(says, LETTERS);
        }
    }
}

/// Messages alike that are not on their way to another server.
struct Heap<'a> {
    message: &'a Message,
    /// For what, or where to.
    waits: &'static str,
    count: usize,
}

impl Heap<'_> {
    fn says(&self) -> String {
        if self.count > 1 { format!("×{}", self.count) } else { String::new() }
    }
}

fn heaps<'a>(server: &'a Server, to_itself: impl Iterator<Item = &'a Message>) -> Vec<Heap<'a>> {
    let outgoing = server.outbox().iter().map(|outgoing| {
        let ready = server.may_leave(outgoing);
        (&outgoing.message.message, if ready { " ready to leave" } else { " waits for the disk" })
    });
    let mut heaps: Vec<Heap<'_>> = Vec::new();
    for (message, waits) in outgoing.chain(to_itself.map(|message| (message, " to itself"))) {
        let alike = |heap: &&mut Heap<'_>| {
            let vote = |message: &Message| message.paxos().and_then(paxos::Message::vote).cloned();
            let look = |message: &Message| (kind_of(message), Excerpt::ballot_of(message), vote(message));
            heap.waits == waits && look(heap.message) == look(message)
        };
        match heaps.iter_mut().find(alike) {
            Some(heap) => heap.count += 1,
            None => heaps.push(Heap { message, waits, count: 1 }),
        }
    }
    heaps
}
