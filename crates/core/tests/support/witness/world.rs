//! Whether the reasons of what happens to servers, messages and disks are true.

use std::collections::BTreeSet;

use quorum_core::paxos::Rule;

use super::checks::Checked;
use super::{Event, Message, Server, Vote, Witness};

impl Witness {
    pub(super) fn check_restarted(&self, event: &Event, because: &Event) -> Checked {
        let Server { lost, disk, .. } = self.server(event.number("node").unwrap());
        same!("the kind", because.text("kind"), if *lost { "from-new-disk" } else { "from-disk" });
        same!("the promise on disk", because.ballot("promised"), disk.promised);
        same!("the vote on disk", because.accepted(), disk.accepted);
        same!("the round on disk", because.number("round"), disk.round);
        let off = |rule| !self.rules.on(rule);
        let mut expected = Vec::new();
        let mut unread = |rule, matters| expected.extend(Some(rule).filter(|rule| matters && off(*rule)));
        unread(Rule::WipedStaysSilent, *lost);
        unread(Rule::RecoverState, disk.promised.is_some() || disk.accepted.is_some());
        unread(Rule::RecoverPromise, disk.promised.is_some());
        unread(Rule::RecoverAccepted, disk.accepted.is_some());
        unread(Rule::BallotsUniqueAcrossRestarts, disk.round.is_some());
        self.expect(event, &expected)
    }

    pub(super) fn check_dropped(&self, message: &Message, kind: &str) -> Checked {
        let receiver = self.server(message.to);
        let cause = match () {
            () if self.cut.contains(&(message.from, message.to)) => "link-cut",
            () if receiver.down => "receiver-down",
            () if receiver.paused => "receiver-paused",
            () => "lost-by-network",
        };
        ensure!(kind == cause || kind == "too-many-messages", "{kind} is not why, but {cause}");
        Ok(())
    }

    pub(super) fn check_chosen(&self, event: &Event, because: &Event) -> Checked {
        let Vote { ballot, value } = event.own_vote();
        let have = because.nodes("have");
        same!("who accepted", have, event.nodes("quorum"));
        same!("the ballot", because.ballot("ballot"), Some(ballot));
        for node in &have {
            ensure!(self.cast.contains(&(*node, ballot, value.clone())), "server {node} did not accept it");
        }
        let holds = |node: &u32| self.server(*node).disk.accepted.as_ref().is_some_and(|vote| vote.ballot >= ballot);
        let undurable: BTreeSet<_> = have.iter().copied().filter(|node| !holds(node)).collect();
        same!("on whose disk it is not", because.nodes("undurable"), undurable);
        if (have.len() as u32) < self.phase2 {
            return self.expect(event, &[Rule::Phase2Intersects]);
        }
        match undurable.is_empty() {
            true => self.expect(event, &[]),
            false if event.text("although").is_empty() => {
                let wiped = undurable.iter().all(|node| self.server(*node).lost);
                ensure!(wiped, "nobody says why a vote is not durable");
                Ok(())
            }
            false => self.expect(event, &[Rule::PersistBeforeReply, Rule::PersistAccepted]),
        }
    }

    /// Whether what a message rests on is on the disk of its sender.
    pub(super) fn is_durable(&self, message: &Message) -> bool {
        let Server { disk, stored, .. } = self.server(message.from);
        let ballot = message.ballot;
        match message.kind.as_str() {
            "prepare" | "accept" => disk.round >= Some(ballot.0),
            "promise" => disk.promised >= Some(ballot),
            "accepted" => {
                let later = disk.accepted.as_ref().is_some_and(|vote| vote.ballot >= ballot);
                later || stored.contains(&(ballot, message.vote().value))
            }
            _ => true,
        }
    }
}
