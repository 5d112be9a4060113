//! What a server of a log shows on its card, and what is said in the middle of the ring.

use alloc::{format, string::String, string::ToString, vec::Vec};

use super::card::{Chip, DURABLE, INDENT, LINES, QUEUED, WRITTEN};
use super::{CARD, Drawing, LETTERS};
use crate::excerpt::OfLog;
use crate::op::held;
use crate::shapes::put;
use crate::words::{Px, width};
use quorum_core::log::{Record, Replica, Role, Snapshot};
use quorum_core::paxos::{self, NodeId, NodeSet, Slot};
use quorum_core::sim::{self, Server};

/// Where the bar of a card is, and how high.
const BAR: (f64, f64) = (69.0, 5.0);

impl Drawing<'_> {
    /// In two words, with a ballot.
    pub(super) fn role(&self, of: &OfLog) -> String {
        match of.role() {
            (word, Some(ballot)) => format!("{word} {}", self.excerpt.ballot(ballot)),
            (word, None) => word.into(),
        }
    }

    /// How far a server knows what is chosen, how far it has applied that, and how far that is of all there is.
    pub(super) fn knowledge_of_log(&mut self, (x, y): (f64, f64), of: &OfLog) {
        let chosen_to = if of.chosen_to == 0 { "nothing".into() } else { of.chosen_to.to_string() };
        let gap = of.gap.map_or_else(String::new, |slot| format!(", gap {slot}"));
        let applied =
            if of.applied == 0 && of.gap.is_none() { "nothing".into() } else { format!("{}{gap}", of.applied) };
        let first = match of.own.filter(|_| of.alone) {
            Some(ballot) => ("ballot", self.excerpt.ballot(ballot)),
            None => ("chosen to", chosen_to),
        };
        for ((term, says), line) in [first, ("applied", applied)].into_iter().zip(&LINES[1..]) {
            self.text((x + INDENT, y + line), "m", term);
            let after = x + INDENT + width("chosen to", LETTERS) + 4.0;
            self.text((after, y + line), if says == "nothing" { "m" } else { "b" }, &says);
        }
        let all =
            self.excerpt.cards.iter().filter_map(|cards| cards.last()?.1.log().map(|of| of.last.max(of.chosen_to)));
        let part = of.applied as f64 / all.max().unwrap_or(1).max(1) as f64;
        let full = CARD.0 - 2.0 * INDENT;
        let (left, top, wide, high) = (Px(x + INDENT), Px(y + BAR.0), Px(full), Px(BAR.1));
        let bar = format!("x=\"{left}\" y=\"{top}\" height=\"{high}\" rx=\"2.5\" fill=\"currentColor\"");
        let colour = of.own.map_or("e", |ballot| self.excerpt.ballot_styles.class(ballot));
        put!(&mut self.body, "<g class=\"l\"><rect {bar} width=\"{wide}\"/></g>");
        put!(&mut self.body, "<g class=\"{colour}\"><rect {bar} width=\"{}\"/></g>", Px(full * part));
    }

    /// Records of a log: of votes, in which slots they are.
    pub(super) fn chips_of_log(&self, server: &Server) -> Vec<Chip> {
        let Some(kept) = server.disk().durable().log() else { return Vec::new() };
        let chip = |says: String, paint| Chip { says, value: None, paint };
        let name = |ballot| self.excerpt.ballot(ballot);
        let mut chips: Vec<Chip> = kept.paxos.promised.into_iter().map(|ballot| chip(name(ballot), DURABLE)).collect();
        let votes = kept.paxos.accepted.iter().map(|vote| vote.slot);
        chips.extend(kept.latest().map(|snapshot| chip(said_of_snapshot(snapshot), DURABLE)));
        chips.extend(said_of_votes(votes.collect()).map(|says| chip(says, DURABLE)));
        for (records, paint) in [(server.disk().written(), WRITTEN), (server.disk().queued(), QUEUED)] {
            let mut slots = Vec::new();
            for record in records.iter().filter_map(sim::Record::log) {
                match record {
                    Record::Paxos(paxos::Record::Promised(ballot)) => chips.push(chip(name(*ballot), paint)),
                    Record::Paxos(paxos::Record::Round(round)) => chips.push(chip(format!("round {round}"), paint)),
                    Record::Paxos(paxos::Record::Accepted(vote)) => slots.push(vote.slot),
                    Record::Snapshot(stored) => chips.push(chip(said_of_snapshot(&stored.snapshot), paint)),
                }
            }
            chips.extend(said_of_votes(slots).map(|says| chip(says, paint)));
        }
        chips.extend(kept.paxos.round.map(|round| chip(format!("round {round}"), DURABLE)));
        chips
    }

    /// The rules of the log that are off, by their names.
    pub(super) fn log_rules_off(&self) -> Vec<String> {
        let settings = self.now.cluster().log_settings();
        settings.iter().flat_map(|it| it.rules.off()).map(|rule| format!("“{}”", rule.title())).collect()
    }

    /// The last slot that is chosen, who knows it, and who leads. What is broken comes before that.
    pub(super) fn middle_of_log(&mut self) {
        let (x, middle) = self.middle();
        if self.radius == 0.0 {
            return;
        }
        let Some(observer) = self.now.observer().log() else { return };
        let leading = self.leading();
        if let Some((headline, says)) = self.broken() {
            self.centred((x, middle - 20.0), "b h", "⚠ broken");
            self.centred((x, middle + 5.0), "b t h", &headline);
            return self.centred((x, middle + 27.0), "m h", &says);
        }
        let slot = observer.highest_chosen();
        let Some(chosen) = observer.chosen(slot).first() else {
            self.centred((x, middle - 3.0), "m h", "nothing chosen yet");
            return self.centred((x, middle + 19.0), "m h", &leading);
        };
        let says = format!("slot {slot}: {}", held(&chosen.vote.value));
        put!(&mut self.body, "<g class=\"{}\">", self.excerpt.ballot_styles.class(chosen.vote.ballot));
        self.centred((x, middle - 12.0), "b t h", &says);
        self.body.push_str("</g>");
        let knows = self.knowing_slot(slot);
        self.centred((x, middle + 10.0), "m h", &format!("chosen by {}. {knows}", chosen.quorum));
        self.centred((x, middle + 32.0), "m h", &leading);
        self.body.push('\n');
    }

    /// Who leads, and in which slots it may propose.
    fn leading(&self) -> String {
        let leads = |node: &&NodeId| self.now.leads(**node);
        let Some(leader) = self.excerpt.nodes.iter().find(leads) else { return "Nobody leads.".into() };
        match self.window() {
            Some((from, to)) if from < to => format!("Server {leader} leads, in slots {from} to {to}."),
            Some((from, _)) => format!("Server {leader} leads, in slot {from}."),
            None => format!("Server {leader} leads."),
        }
    }

    /// The slots that the leader may propose in.
    pub(super) fn window(&self) -> Option<(Slot, Slot)> {
        let cluster = self.now.cluster();
        let leader = self.excerpt.nodes.iter().find(|node| self.now.leads(**node))?;
        let applied = cluster.server(*leader).log()?.learned().applied();
        Some((applied + 1, applied + Slot::from(cluster.log_settings()?.window)))
    }

    /// What is broken, in a few words and in some more: of clients' histories, the operation that cannot be.
    fn broken(&self) -> Option<(String, String)> {
        if let Some(guilty) = self.excerpt.operations.iter().find(|operation| operation.guilty) {
            return Some((guilty.says(), format!("of client {}: not linearizable", guilty.command.client)));
        }
        let (step, violation) = self.now.violations().first()?;
        Some((violation.invariant().as_str().into(), format!("since step {step}")))
    }

    /// Who knows what is chosen in a slot, or has it behind a snapshot.
    fn knowing_slot(&self, slot: Slot) -> String {
        let knows = |node: &NodeId| {
            let learned = self.now.cluster().server(*node).log().map(Replica::learned);
            learned.is_some_and(|it| it.get(slot).is_some() || slot <= it.forgotten())
        };
        let who: NodeSet = self.excerpt.nodes.iter().copied().filter(knows).collect();
        match who.len() as usize {
            0 => "No server knows it.".into(),
            all if all == self.excerpt.nodes.len() => "Everyone knows.".into(),
            _ => format!("Known to {who}."),
        }
    }
}

/// Whose promises a server that stands has, if it stands.
pub(super) fn promises_of_log(server: &Server) -> Option<NodeSet> {
    match server.log()?.role() {
        Role::Candidate { candidate, .. } => Some(candidate.promises()),
        Role::Follower | Role::Leader(_) => None,
    }
}

/// `snapshot 64`.
fn said_of_snapshot(snapshot: &Snapshot) -> String {
    format!("snapshot {}", snapshot.to)
}

/// `vote 5`, `votes 1–7`.
fn said_of_votes(mut slots: Vec<Slot>) -> Option<String> {
    slots.sort_unstable();
    slots.dedup();
    match slots[..] {
        [] => None,
        [only] => Some(format!("vote {only}")),
        [first, .., last] => Some(format!("votes {first}–{last}")),
    }
}
