//! A log with vector clocks, for ShiViz: two lines an event, what happened, and where and when.
//!
//! A vector clock counts, for each server, how many of its events can have led to this one (Mattern, *Virtual Time and
//! Global States of Distributed Systems*, 1989; Fidge, 1988). One event happened before another if and only if its clock
//! is below the other's; if neither is, nothing that was said or heard orders them, whatever the time was.
//!
//! * Every event of a server ticks its own clock: what it does, writes, sends, receives, and its crashes and restarts. A
//!   server that comes back goes on counting: it is the same server, and remembers.
//! * A message carries its sender's clock, a copy that of its original. Who receives it knows what the sender knew.
//! * What happens to messages and links happens to no server: nobody knows of it, so it is no event here.
//! * What only an observer of the whole can say (chosen, violated) stands on the server whose step made it so.
//!
//! ShiViz reads only the second line; the first is for people, so values in it are spelled.
//!
//! An excerpt has its own clocks: what happened before it is not counted, because ShiViz wants every count from 1 on.

use alloc::{string::String, vec, vec::Vec};

use litemap::LiteMap;

use super::shapes::put;
use super::value_style::ValueStyles;
use quorum_core::json::Object;
use quorum_core::paxos::NodeId;
use quorum_core::run::{Event, EventKind};
use quorum_core::sim::{Config, Fact, MessageId};

/// How many events of each server, server 1 first.
type Clock = Vec<u64>;

pub(crate) fn log(events: &[Event], config: &Config, values: &ValueStyles) -> String {
    let scheme = config.ballots;
    let mut out = String::new();
    let mut clocks = Clocks::new(config.nodes);
    // Whoever did something last in the present step.
    let mut last = None;
    for event in events {
        let node = match &event.kind {
            EventKind::Fact(fact) => clocks.take_in(fact),
            _ => last.filter(|(step, _)| *step == event.step).map(|(_, node)| clocks.tick(node)),
        };
        let Some(node) = node else { continue };
        last = Some((event.step, node));
        let says = values.plain(&event.why(scheme));
        put!(&mut out, "{} ms: {says}\nserver-{node} {}\n", event.at, clocks.json(node));
    }
    out
}

struct Clocks {
    servers: Vec<Clock>,
    messages: LiteMap<MessageId, Clock>,
}

impl Clocks {
    fn new(nodes: u32) -> Self {
        let nodes = nodes as usize;
        Self { servers: vec![vec![0; nodes]; nodes], messages: LiteMap::new() }
    }

    /// Advances the clocks, and says on which server it happened.
    fn take_in(&mut self, fact: &Fact) -> Option<NodeId> {
        let node = match fact {
            Fact::Duplicated { envelope, copy } => {
                let clock = self.messages.get(&envelope.id)?.clone();
                self.messages.insert(*copy, clock);
                return None;
            }
            Fact::Dropped { envelope, .. } => {
                self.messages.remove(&envelope.id);
                return None;
            }
            // These name a server, and happen to its links.
            Fact::Isolated { .. } | Fact::Rejoined { .. } => return None,
            fact => fact.node()?,
        };
        if let Fact::Delivered(envelope) = fact {
            // What was sent before the excerpt begins carries nothing of it.
            let heard = self.messages.remove(&envelope.id).unwrap_or_default();
            for (count, heard) in self.servers[node.index()].iter_mut().zip(heard) {
                *count = heard.max(*count);
            }
        }
        self.tick(node);
        if let Fact::Sent(envelope) = fact {
            self.messages.insert(envelope.id, self.servers[node.index()].clone());
        }
        Some(node)
    }

    fn tick(&mut self, node: NodeId) -> NodeId {
        self.servers[node.index()][node.index()] += 1;
        node
    }

    /// A server's clock, without those it has heard nothing of.
    fn json(&self, node: NodeId) -> Object {
        let mut json = Object::new();
        for (count, number) in self.servers[node.index()].iter().zip(1..) {
            if *count > 0 {
                json.push(alloc::format!("server-{number}").into(), (*count).into());
            }
        }
        json
    }
}
