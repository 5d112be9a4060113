//! Servers by slots: the last slots that fit, with what each server knows of each. Four looks of one cell: accepted here
//! (dashed), chosen (framed), known here (tinted), applied here (filled); its colour is that of the ballot. As on the page
//! (`web/lab/log/cells.js`).

use alloc::{format, string::String};

use super::{Drawing, LETTERS, MARGIN};
use crate::op::held;
use crate::shapes::put;
use crate::words::{Px, joined, width};
use quorum_core::log::{Entry, Replica};
use quorum_core::paxos::{Acceptor, Ballot, NodeId, Slot, Vote};
use quorum_core::sim::ServerStatus;
use quorum_core::text::{short, told};

/// Room for the names of servers and for what their stores hold.
const NAMES: f64 = 96.0;
const STORES: f64 = 112.0;
/// A cell, and the room between two.
const CELL: (f64, f64) = (66.0, 26.0);
const BETWEEN: f64 = 4.0;
/// Above the rows are the numbers of the slots, and the window.
const HEAD: f64 = 34.0;
/// Free slots that are shown behind the last one that is used.
const FREE: Slot = 3;
/// So many keys of a store are shown, each of so many letters.
const KEYS: usize = 3;
const FEW: usize = 6;

/// What a server knows of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Empty,
    Voted,
    Chosen,
    Known,
    Applied,
    Gap,
}

impl Look {
    /// How its cell is drawn: attributes, and the class of its words. The stripes of a gap are drawn besides.
    pub(super) const fn paint(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty | Self::Gap => ("class=\"i\" stroke=\"currentColor\"", "m"),
            Self::Voted => ("class=\"i\" stroke=\"currentColor\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"", "m"),
            Self::Chosen => ("class=\"i\" stroke=\"currentColor\" stroke-width=\"2\"", ""),
            Self::Known => {
                ("fill=\"currentColor\" fill-opacity=\".16\" stroke=\"currentColor\" stroke-width=\"2\"", "")
            }
            Self::Applied => ("fill=\"currentColor\"", "p"),
        }
    }
}

/// A cell: what is in it, and the ballot that it is from.
struct Cell {
    look: Look,
    entry: Option<Entry>,
    ballot: Option<Ballot>,
}

impl Drawing<'_> {
    /// Draws it below this height. Says where it ends.
    pub(super) fn grid(&mut self, top: f64) -> f64 {
        let (from, to) = self.slots();
        let left = MARGIN + NAMES;
        let at = |slot: Slot| left + (slot - from) as f64 * CELL.0;
        for slot in from..=to {
            self.centred((at(slot) + (CELL.0 - BETWEEN) / 2.0, top + 12.0), "m", &format!("{slot}"));
        }
        self.bracket((from, to), at(from), top + HEAD - 6.0);
        self.body.push('\n');
        let excerpt = self.excerpt;
        for (row, node) in excerpt.nodes.iter().enumerate() {
            let y = top + HEAD + row as f64 * (CELL.1 + BETWEEN);
            let foot = y + CELL.1 / 2.0 + 5.0;
            let cells: alloc::vec::Vec<Cell> = (from..=to).map(|slot| self.cell(*node, slot)).collect();
            let behind = cells.iter().any(|cell| cell.look == Look::Gap);
            self.text((MARGIN, foot), "b", &format!("{node}"));
            self.text((MARGIN + 16.0, foot), "m", self.standing(*node, behind));
            for (slot, cell) in (from..=to).zip(&cells) {
                self.draw_cell((at(slot), y), cell);
            }
            let store = self.store(*node);
            self.text((at(to + 1) + 8.0, foot), "m", &store);
            self.body.push('\n');
        }
        top + HEAD + excerpt.nodes.len() as f64 * (CELL.1 + BETWEEN) + 12.0
    }

    /// The slots that are shown: the last one that anybody used and some free ones behind it, and before them as many as fit.
    fn slots(&self) -> (Slot, Slot) {
        let fit = ((self.width - 2.0 * MARGIN - NAMES - STORES) / CELL.0).max(1.0) as Slot;
        let used = self.excerpt.cards.iter().filter_map(|cards| cards.last()?.1.log().map(|of| of.last)).max();
        let used = used.unwrap_or(0);
        let free = self.window().map_or(0, |(_, to)| to.saturating_sub(used)).min(FREE).min(fit - 1);
        let to = (used + free).max(fit);
        (to - fit + 1, to)
    }

    /// The window, over the slots that are shown.
    fn bracket(&mut self, (from, to): (Slot, Slot), left: f64, y: f64) {
        let Some((first, last)) = self.window() else { return };
        // Where it goes on outside, its end is open.
        let edge = |shown: bool, side: &'static str| if shown { side } else { "" };
        let (left_edge, right_edge) = (edge(first >= from, "v6m0-6"), edge(last <= to, "v6"));
        let (first, last) = (first.max(from), last.min(to));
        if first > last {
            return;
        }
        let begin = left + (first - from) as f64 * CELL.0;
        let end = left + (last - from + 1) as f64 * CELL.0 - BETWEEN;
        let (begin, end, y) = (Px(begin), Px(end), Px(y - 6.0));
        put!(&mut self.body, "<path class=\"i\" stroke=\"currentColor\" stroke-width=\"2\"");
        put!(&mut self.body, " d=\"M{begin} {y}{left_edge}H{end}{right_edge}\"/>");
    }

    fn replica(&self, node: NodeId) -> Option<&Replica> {
        self.now.cluster().server(node).log()
    }

    /// What a server voted for in a slot; of one that is down, as its disk has it.
    fn vote(&self, node: NodeId, slot: Slot) -> Option<&Vote<Entry>> {
        match self.replica(node).and_then(Replica::acceptor) {
            Some(acceptor) => Acceptor::vote(acceptor, slot),
            None => {
                let kept = self.now.cluster().server(node).disk().durable().log()?;
                kept.paxos.accepted.get(slot)
            }
        }
    }

    fn cell(&self, node: NodeId, slot: Slot) -> Cell {
        let chosen = self.now.observer().log().and_then(|observer| observer.chosen(slot).first());
        let vote = self.vote(node, slot);
        let learned = self.replica(node).map(Replica::learned);
        if let (Some(learned), Some(entry)) = (learned, learned.and_then(|learned| learned.get(slot))) {
            let look = if slot <= learned.applied() { Look::Applied } else { Look::Known };
            let voted = vote.filter(|vote| vote.value == *entry).map(|vote| vote.ballot);
            let ballot = voted.or_else(|| chosen.map(|chosen| chosen.vote.ballot));
            return Cell { look, entry: Some(entry.clone()), ballot };
        }
        // What it came to is in the store, and the entry itself is not kept.
        if learned.is_some_and(|learned| slot <= learned.forgotten()) {
            return Cell { look: Look::Applied, entry: None, ballot: chosen.map(|chosen| chosen.vote.ballot) };
        }
        if let Some(vote) = vote {
            let is_chosen = chosen.is_some_and(|chosen| chosen.vote.value == vote.value);
            let look = if is_chosen { Look::Chosen } else { Look::Voted };
            return Cell { look, entry: Some(vote.value.clone()), ballot: Some(vote.ballot) };
        }
        let lacks = learned.is_some_and(|learned| slot > learned.applied() && learned.highest() > slot);
        Cell { look: if lacks { Look::Gap } else { Look::Empty }, entry: None, ballot: None }
    }

    fn draw_cell(&mut self, (x, y): (f64, f64), Cell { look, entry, ballot }: &Cell) {
        let (paint, ink) = look.paint();
        let colour = ballot.map_or("l", |ballot| self.excerpt.ballot_styles.class(ballot));
        let (wide, high) = (CELL.0 - BETWEEN, CELL.1);
        let place = format!("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", Px(x), Px(y), Px(wide), Px(high));
        put!(&mut self.body, "<g class=\"{colour}\"><rect {paint} rx=\"5\" {place}/>");
        if *look == Look::Gap {
            stripes(&mut self.body, (x, y), (wide, high));
        }
        if let Some(entry) = entry {
            let says = fitted(&held(entry), wide - 8.0);
            let tilt = if entry.command().is_none() { " n" } else { "" };
            self.centred((x + wide / 2.0, y + high / 2.0 + 5.0), &format!("{ink}{tilt}"), &says);
        }
        self.body.push_str("</g>");
    }

    /// What a server is called at the head of its row.
    fn standing(&self, node: NodeId, behind: bool) -> &'static str {
        let status = self.now.cluster().server(node).status();
        let of = self.excerpt.cards[node.index()].last().and_then(|(_, state)| state.log());
        match of {
            _ if status != ServerStatus::Up => status.as_str(),
            Some(_) if self.now.leads(node) => "leads",
            Some(of) if of.alone => "believes",
            _ if behind => "behind",
            _ => "",
        }
    }

    /// What the store of a server holds, if that is little.
    fn store(&self, node: NodeId) -> String {
        let Some(replica) = self.replica(node) else { return String::new() };
        let pairs = replica.machine().store();
        if pairs.len() > KEYS {
            return format!("{} keys", pairs.len());
        }
        let few = |text: &str| told(&short(text, FEW), FEW);
        let some = joined(pairs.map(|(key, value)| format!("{}={}", few(key.as_str()), few(value.as_str()))), " ");
        fitted(if some.is_empty() { "–" } else { &some }, STORES - 10.0)
    }
}

/// As much of a text as fits.
fn fitted(text: &str, wide: f64) -> String {
    let letters = text.chars().count();
    let cuts = (1..=letters).rev().map(|most| short(text, most));
    cuts.into_iter().find(|cut| width(cut, LETTERS) <= wide).unwrap_or_default()
}

/// The stripes of a cell that is lacking.
pub(super) fn stripes(body: &mut String, (x, y): (f64, f64), (wide, high): (f64, f64)) {
    body.push_str("<path class=\"e\" stroke=\"currentColor\" d=\"");
    let mut from = 6.0;
    while from < wide + high {
        let ((x1, y1), (x2, y2)) = (
            (x + f64::min(from, wide), y + f64::max(from - wide, 0.0)),
            (x + f64::max(from - high, 0.0), y + f64::min(from, high)),
        );
        put!(body, "M{} {}L{} {}", Px(x1), Px(y1), Px(x2), Px(y2));
        from += 7.0;
    }
    body.push_str("\"/>");
}
