//! Under the picture: what the symbols on it mean, in the words of the page (`web/lab/protocols/paxos/kinds.js`,
//! `web/lab/protocols/log/kinds.js`).

use alloc::vec::Vec;

use super::card::{CHIP, QUEUED, WRITTEN};
use super::grid::{Look, stripes};
use super::{Drawing, LETTERS, MARGIN};
use crate::excerpt::{Fate, MessagePath};
use crate::shapes::{kind_of, put, shape};
use crate::words::{Px, width};
use quorum_core::log::MessageKind;
use quorum_core::sim::Server;

/// From one row to the next, and between two things in a row.
const ROW: f64 = 24.0;
const BETWEEN: f64 = 20.0;
/// The room of a symbol.
const SYMBOL: f64 = 26.0;

/// A symbol.
#[derive(Clone, Copy)]
enum Symbol {
    Message(MessageKind),
    /// A record of a disk, painted so.
    Record(&'static str),
    Cell(Look),
}

impl Drawing<'_> {
    /// Draws it from here on: kinds of messages that are seen, in the order of the protocol, and what is not durable; of a log, below
    /// them the looks of slots. Says where it ends.
    pub(super) fn legend(&mut self, top: f64) -> f64 {
        let log = self.excerpt.is_log();
        let nodes = || self.excerpt.nodes.iter().map(|node| self.now.cluster().server(*node));
        let under_way = self.excerpt.paths.iter().filter(|path| path.fate == Fate::UnderWay);
        // Of a log, what waits in trays is named where it has left.
        let waiting = nodes().filter(|_| !log).flat_map(Server::outbox).map(|it| &it.message.message);
        let shown: Vec<MessageKind> = under_way
            .filter(|path| !log || !path.is_to_itself())
            .map(MessagePath::message)
            .chain(waiting)
            .map(kind_of)
            .collect();
        let kinds = if log { &NAMES[..] } else { &OF_ONE_VALUE };
        let kinds = kinds.iter().filter(|(kind, _)| shown.contains(kind));
        let mut kinds: Vec<_> = kinds.map(|(kind, says)| (Some(Symbol::Message(*kind)), *says)).collect();
        for (there, paint, says) in [
            (nodes().any(|server| !server.disk().written().is_empty()), WRITTEN, "written, not durable"),
            (nodes().any(|server| !server.disk().queued().is_empty()), QUEUED, "in memory"),
        ] {
            kinds.extend(there.then_some((Some(Symbol::Record(paint)), says)));
        }
        if !log {
            let under = self.row(&kinds, top);
            self.body.push('\n');
            return under;
        }
        let looks = LOOKS.map(|(look, says)| (Some(Symbol::Cell(look)), says));
        let looks: Vec<_> = looks.into_iter().chain([(None, "colour = ballot")]).collect();
        let under = self.row(&kinds, top);
        let under = self.row(&looks, under);
        self.body.push('\n');
        under
    }

    /// Symbols with their names, in as many rows as they need. Says where they end.
    fn row(&mut self, symbols: &[(Option<Symbol>, &str)], top: f64) -> f64 {
        let (mut x, mut y) = (MARGIN, top + ROW / 2.0);
        for (symbol, says) in symbols {
            let before = if symbol.is_some() { SYMBOL } else { 0.0 };
            let wide = before + width(says, LETTERS);
            if x + wide > self.width - MARGIN && x > MARGIN {
                (x, y) = (MARGIN, y + ROW);
            }
            if let Some(symbol) = symbol {
                self.symbol(*symbol, (x + 9.0, y));
            }
            self.text((x + before, y + 5.0), "m", says);
            x += wide + BETWEEN;
        }
        if symbols.is_empty() { top } else { y + ROW / 2.0 }
    }

    fn symbol(&mut self, symbol: Symbol, (x, y): (f64, f64)) {
        put!(&mut self.body, "<g class=\"m\" transform=\"translate({} {})\">", Px(x), Px(y));
        match symbol {
            Symbol::Message(kind) => shape(&mut self.body, kind),
            Symbol::Record(paint) => self.record((-11.0, -CHIP / 2.0), 22.0, paint),
            Symbol::Cell(look) => {
                let (paint, _) = look.paint();
                put!(&mut self.body, "<rect {paint} rx=\"3\" x=\"-10\" y=\"-7\" width=\"20\" height=\"14\"/>");
                if look == Look::Gap {
                    stripes(&mut self.body, (-10.0, -7.0), (20.0, 14.0));
                }
            }
        }
        self.body.push_str("</g>");
    }
}

/// What each kind of message is called.
const NAMES: [(MessageKind, &str); 13] = [
    (MessageKind::Request, "a client asks"),
    (MessageKind::Prepare, "wants to lead"),
    (MessageKind::Promise, "promises, and tells its votes"),
    (MessageKind::Accept, "asks for a vote in a slot"),
    (MessageKind::Accepted, "voted"),
    (MessageKind::Confirm, "asks whether it still leads"),
    (MessageKind::Confirmed, "says that it does"),
    (MessageKind::Nack, "refuses"),
    (MessageKind::Answer, "a client is told"),
    (MessageKind::Fetch, "asks for chosen slots"),
    (MessageKind::Fetched, "tells chosen slots"),
    (MessageKind::Snapshot, "hands over a snapshot"),
    (MessageKind::Heartbeat, "says it is there"),
];

/// The same of one agreed value.
const OF_ONE_VALUE: [(MessageKind, &str); 5] = [
    (MessageKind::Prepare, "asks for a promise"),
    (MessageKind::Promise, "promises"),
    (MessageKind::Accept, "asks for a vote"),
    (MessageKind::Accepted, "voted"),
    (MessageKind::Nack, "refuses"),
];

/// What each look of a slot is called.
const LOOKS: [(Look, &str); 5] = [
    (Look::Voted, "voted"),
    (Look::Chosen, "chosen"),
    (Look::Known, "known here"),
    (Look::Applied, "applied"),
    (Look::Gap, "a gap"),
];
