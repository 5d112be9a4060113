//! Who is heard, and when to stand for leader.
//!
//! A server has no clock. It sends a heartbeat whenever its timer says so, and counts those: a *tick* is the time from one of
//! its own heartbeats to the next. Somebody whose last heartbeat is [`SUSPICION`] ticks old is not heard any more.
//!
//! A server is **content** if it leads and hears a quorum, or if it hears a leader that is content and whose ballot is not
//! below its own. It stands for leader only if it is not content, hears a quorum, and nobody it hears is content. So a server
//! that was cut off does not disturb the others when it comes back; and where the leader has lost its quorum, a server that
//! has one takes over, although the old leader can still be heard.

use alloc::vec::Vec;

use super::{Election, Heartbeat, Rule, Settings};
use crate::paxos::{Ballot, NodeId, NodeSet, Slot};

/// After so many ticks without a heartbeat a server is not heard any more.
pub const SUSPICION: u32 = 4;

/// The last heartbeat of each of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hearing {
    pub(super) tick: u32,
    /// The tick in which it last promised somebody else's ballot.
    pub(super) promised: Option<u32>,
    /// With the tick in which it came; in the order of server numbers.
    pub(super) last: Vec<(NodeId, u32, Heartbeat)>,
}

impl Hearing {
    /// One tick has passed.
    pub const fn tick(&mut self) {
        self.tick += 1;
    }

    /// It promised somebody else's ballot.
    pub const fn promised(&mut self) {
        self.promised = Some(self.tick);
    }

    /// Somebody is heard.
    pub fn hear(&mut self, from: NodeId, heartbeat: Heartbeat) {
        match self.last.binary_search_by_key(&from, |(node, ..)| *node) {
            Ok(position) => self.last[position] = (from, self.tick, heartbeat),
            Err(position) => self.last.insert(position, (from, self.tick, heartbeat)),
        }
    }

    /// Those who are heard, with what they said last.
    pub fn heard(&self) -> impl Iterator<Item = (NodeId, &Heartbeat)> {
        let recent = move |tick: u32| self.tick - tick < SUSPICION;
        self.last.iter().filter(move |(_, tick, _)| recent(*tick)).map(|(node, _, heartbeat)| (*node, heartbeat))
    }

    /// The leader that is heard, with the highest ballot if there are several, not below this one.
    #[must_use]
    pub fn leader(&self, not_below: Option<Ballot>) -> Option<(NodeId, &Heartbeat)> {
        let leads = |(_, heartbeat): &(NodeId, &Heartbeat)| heartbeat.leads && heartbeat.ballot >= not_below;
        self.heard().filter(leads).max_by_key(|(_, heartbeat)| heartbeat.ballot)
    }

    /// Whether a quorum is heard, oneself included.
    #[must_use]
    pub fn hears_quorum(&self, me: NodeId, settings: &Settings) -> bool {
        let mut heard: NodeSet = self.heard().map(|(node, _)| node).collect();
        heard.insert(me);
        settings.paxos.quorums().completes_phase1(heard)
    }

    /// Whether a server that follows this ballot, and leads or not, is content.
    #[must_use]
    pub fn is_content(&self, me: NodeId, leads: bool, follows: Option<Ballot>, settings: &Settings) -> bool {
        match settings.election {
            _ if leads => self.hears_quorum(me, settings),
            Election::Content => self.leader(follows).is_some_and(|(_, heartbeat)| heartbeat.content),
            Election::Timeout => self.leader(follows).is_some(),
        }
    }

    /// Whether a server that is not content may stand for leader. Who has just promised a ballot waits: somebody is about to
    /// lead.
    #[must_use]
    pub fn may_stand(&self, me: NodeId, settings: &Settings) -> bool {
        if self.promised.is_some_and(|tick| self.tick - tick < SUSPICION) {
            return false;
        }
        if settings.election == Election::Timeout || !settings.rules.on(Rule::ContentBeforeStanding) {
            return self.tick >= SUSPICION;
        }
        self.stands_for_a_reason(me, settings)
    }

    /// Whether it hears a quorum, and nobody in it is content.
    #[must_use]
    pub fn stands_for_a_reason(&self, me: NodeId, settings: &Settings) -> bool {
        self.hears_quorum(me, settings) && self.heard().all(|(_, heartbeat)| !heartbeat.content)
    }

    /// Somebody who is heard and knows the log further than this: who knows it furthest, and how far.
    #[must_use]
    pub fn knows_more(&self, than: Slot) -> Option<(NodeId, Slot)> {
        let furthest = self.heard().max_by_key(|(_, heartbeat)| heartbeat.chosen_to)?;
        (furthest.1.chosen_to > than).then_some((furthest.0, furthest.1.chosen_to))
    }
}
