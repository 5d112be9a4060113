//! The links of a cluster: which there are, and what cuts and mends them.

use alloc::vec::Vec;

use super::enabled::{Reason, Verdict, refuse};
use super::{Action, Cluster, Fact, Link};
use crate::endpoint::Endpoint;
use crate::paxos::{NodeId, NodeSet};

impl Cluster {
    /// Every link, in both directions: those between servers, and then those of clients.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let mut links = Vec::new();
        for from in self.nodes() {
            for to in self.nodes() {
                if from != to {
                    links.push((from.into(), to.into()));
                }
            }
        }
        #[cfg(feature = "log")]
        for client in self.clients() {
            for node in self.nodes() {
                links.push((client.id().into(), node.into()));
                links.push((node.into(), client.id().into()));
            }
        }
        links
    }

    /// Both directions of every link of a server.
    #[must_use]
    pub fn links_of(&self, node: NodeId) -> Vec<Link> {
        let mut links = self.links();
        links.retain(|(from, to)| *from == node || *to == node);
        links
    }

    pub(super) fn act_on_links(&mut self, action: &Action) -> Option<Fact> {
        Some(match action {
            Action::Cut { from, to } => {
                self.network.set_cuts(&[(*from, *to)], true);
                Fact::Cut { from: *from, to: *to }
            }
            Action::Mend { from, to } => {
                self.network.set_cuts(&[(*from, *to)], false);
                Fact::Mended { from: *from, to: *to }
            }
            Action::Isolate { node } => {
                self.network.set_cuts(&self.links_of(*node), true);
                Fact::Isolated { node: *node }
            }
            Action::Rejoin { node } => {
                self.network.set_cuts(&self.links_of(*node), false);
                Fact::Rejoined { node: *node }
            }
            Action::Partition { groups } => {
                let groups = self.groups(groups).ok()?;
                for (from, to) in self.links() {
                    // Clients are in no group: they go on reaching all servers.
                    let (Some(from), Some(to)) = (from.server(), to.server()) else { continue };
                    let together = groups.iter().any(|group| group.contains(from) && group.contains(to));
                    self.network.set_cuts(&[(from.into(), to.into())], !together);
                }
                Fact::Partitioned { groups }
            }
            Action::Heal => {
                self.network.set_cuts(&self.links(), false);
                Fact::Healed
            }
            Action::Network { loss, duplicate, latency } => {
                let now = &mut self.network.conditions;
                now.loss = loss.unwrap_or(now.loss);
                now.duplicate = duplicate.unwrap_or(now.duplicate);
                now.latency = latency.unwrap_or(now.latency);
                Fact::Network(*now)
            }
            _ => return None,
        })
    }

    pub(super) fn links_may(&self, action: &Action) -> Verdict {
        let net = self.network();
        match action {
            Action::Cut { from, to } | Action::Mend { from, to } => {
                [from, to].into_iter().try_for_each(|end| self.is_there(*end))?;
                if from.server().or(to.server()).is_none() {
                    return refuse!("clients have no link to each other");
                }
            }
            Action::Partition { groups } => groups.iter().flatten().try_for_each(|node| self.exists(*node))?,
            _ => {}
        }
        match action {
            Action::Cut { from, to } | Action::Mend { from, to } if from == to => {
                refuse!("a server always reaches itself")
            }
            Action::Cut { from, to } if net.is_cut(*from, *to) => refuse!("it is cut already"),
            Action::Mend { from, to } if !net.is_cut(*from, *to) => refuse!("it is not cut"),
            Action::Isolate { .. } if self.everyone().len() == 1 => refuse!("it is the only server"),
            Action::Isolate { node } if self.links_of(*node).iter().all(|(a, b)| net.is_cut(*a, *b)) => {
                refuse!("it is isolated already")
            }
            Action::Rejoin { node } if !self.links_of(*node).iter().any(|(a, b)| net.is_cut(*a, *b)) => {
                refuse!("none of its links is cut")
            }
            Action::Heal if net.is_whole() => refuse!("no link is cut"),
            Action::Partition { groups } => self.groups(groups).map(drop),
            _ => Ok(()),
        }
    }

    /// The groups of a partition, with the servers nobody named as one more.
    fn groups(&self, named: &[Vec<NodeId>]) -> Verdict<Vec<NodeSet>> {
        let mut rest = self.everyone();
        let mut groups = Vec::new();
        for group in named {
            let mut members = NodeSet::default();
            for node in group {
                if !rest.remove(*node) {
                    return refuse!("server # is listed twice", node.get());
                }
                members.insert(*node);
            }
            groups.push(members);
        }
        if groups.iter().any(|group| group.is_empty()) {
            return refuse!("a group is empty");
        }
        if !rest.is_empty() {
            groups.push(rest);
        }
        if groups.len() < 2 {
            return refuse!("all servers would be in one group; heal the network instead");
        }
        Ok(groups)
    }

    fn is_there(&self, end: Endpoint) -> Verdict {
        match end {
            Endpoint::Server(node) => self.exists(node),
            #[cfg(feature = "log")]
            Endpoint::Client(client) if client.index() < self.clients.len() => Ok(()),
            #[cfg(feature = "log")]
            Endpoint::Client(_) => refuse!("there is no such client"),
        }
    }
}
