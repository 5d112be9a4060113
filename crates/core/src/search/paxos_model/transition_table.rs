//! What servers can do, tried once and remembered.
//!
//! A world has millions of states, but one server of it only hundreds: the millions are their combinations. So every
//! state of a server, every message (here a *packet*: from whom, to whom, and what it says) and every set of votes gets a
//! number, and what a server does in a given state about a given event is found out once, by letting the real
//! [`Cluster`] do it. From then on it is looked up. What is explored is the program itself, and almost all of the work is
//! done on small numbers.

use alloc::vec::Vec;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Bounds;
use super::local_event::LocalEvent;
use crate::paxos::{Message, MessageKind, NodeId, Role, Value};
use crate::sim::{Cluster, Server};

use super::component::ComponentStates;
pub(super) use super::component::{Component, ComponentState, Scope, Summary};
pub(crate) use super::execute::settle_io;
pub(super) use super::reductions::Reductions;
use super::vote_sets::VoteSets;

/// Scope of a list, from here to before there.
pub(super) type Span = (u32, u32);

/// A message without a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) message: Message,
}

/// What becomes of a part of a server at an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LocalTransition {
    /// The number of its state afterwards.
    pub(super) number: u32,
    /// The other part of its server, if that is decomposed by this.
    pub(super) rest: Option<u32>,
    /// What it says and is heard at once: see [`TransitionTable::sent`].
    pub(super) hears: Span,
    /// What it sends, ascending.
    pub(super) sends: Span,
    /// The votes it votes: see [`TransitionTable::cast`].
    pub(super) votes: Span,
    /// Whether it begins a ballot.
    pub(super) begins: bool,
    /// Whether all it does is refuse.
    pub(super) only_refuses: bool,
}

/// What is to be known of a packet at a summary.
#[derive(Clone, Copy, Debug)]
pub(super) struct PacketInfo {
    /// The receiver, counted from 0.
    pub(super) to: u8,
    pub(super) kind: MessageKind,
    /// Whose state depends on its arrival: two bits for each server, for who hears of requests and who hears of answers.
    pub(super) touches: u16,
    /// Its place among all packets to that server.
    pub(super) place: u32,
}

/// Not tried yet. Numbers of transitions are doubled, with a bit for whether they only refuse.
pub(super) const UNKNOWN: u32 = 0;
/// Something tried, and not possible; or a message that can make no difference any more.
pub(super) const NOTHING: u32 = 1;
/// A message to a server that is down: it makes a difference later, if at all.
pub(super) const WAITS: u32 = u32::MAX - 1;
/// So many slots are those of events that are no packets.
pub(super) const OTHERS: usize = 16;
/// In place of an transition: there is none.
pub(super) const NO_TRANSITION: u32 = NOTHING >> 1;
/// In place of a state: a server that is not decomposed has no other part.
pub(super) const NO_COMPONENT: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(super) struct TransitionTable {
    /// Where things are tried.
    pub(super) scratch: Cluster,
    pub(super) reductions: Reductions,
    /// What clients ask for, one after the other.
    pub(super) requests: Vec<Value>,
    pub(super) values: Vec<Value>,
    /// For each component, its states.
    pub(super) components: Vec<ComponentStates>,
    pub(super) packets: Vec<Packet>,
    /// What is to be known of each packet at a summary.
    pub(super) packet_infos: Vec<PacketInfo>,
    /// How many packets each server may get.
    pub(super) received: [u32; Bounds::MOST_SERVERS as usize],
    pub(super) packet_numbers: HashMap<Vec<u8>, u32, FxBuildHasher>,
    pub(super) vote_sets: VoteSets,
    pub(super) transitions: Vec<LocalTransition>,
    pub(super) sent: Vec<u32>,
    pub(super) voted: Vec<u32>,
}

impl TransitionTable {
    /// Nothing has been tried yet.
    pub(super) fn new(cluster: &Cluster, requests: Vec<Value>, reductions: Reductions) -> Self {
        Self {
            reductions,
            scratch: cluster.clone(),
            requests,
            values: Vec::new(),
            components: alloc::vec![ComponentStates::default(); Component::COUNT],
            packets: Vec::new(),
            packet_infos: Vec::new(),
            packet_numbers: HashMap::default(),
            vote_sets: VoteSets::default(),
            received: [0; Bounds::MOST_SERVERS as usize],
            // The first one is nobody's.
            transitions: Vec::from([LocalTransition::default()]),
            sent: Vec::new(),
            voted: Vec::new(),
        }
    }

    pub(super) fn requests(&self) -> &[Value] {
        &self.requests
    }

    /// The value as one bit.
    pub(super) fn value_bit(&mut self, value: &Value) -> u32 {
        bit(&mut self.values, value)
    }

    /// What may be left out of states.
    #[inline]
    pub(super) const fn reductions(&self) -> &Reductions {
        &self.reductions
    }

    /// Roughly the bytes it takes.
    pub(super) fn approx_bytes(&self) -> usize {
        let components: usize = self.components.iter().map(|states| states.bytes).sum();
        components + self.vote_sets.bytes + self.transitions.len() * (size_of::<LocalTransition>() + 16)
    }

    pub(super) fn packet(&self, number: u32) -> &Packet {
        &self.packets[number as usize]
    }

    /// To whom it goes, counted from 0.
    #[inline]
    pub(super) fn receiver(&self, packet: u32) -> usize {
        self.packet_infos[packet as usize].to.into()
    }

    /// To which role: whether it is an answer, or a request to an acceptor.
    #[inline]
    pub(super) fn is_answer(&self, packet: u32) -> bool {
        is_answer(self.packet_infos[packet as usize].kind)
    }

    /// Whose state depends on its arrival.
    #[inline]
    pub(super) fn touches(&self, packet: u32) -> u16 {
        self.packet_infos[packet as usize].touches
    }

    /// Whether it is a vote for a server that hears of it at once.
    #[inline]
    pub(super) fn is_heard_at_once(&self, packet: u32) -> bool {
        self.reductions.hears_at_once
            && self.packet_infos[packet as usize].kind == MessageKind::Accepted
            && self.reductions.listener.is_some_and(|it| it.index() == self.receiver(packet))
    }

    /// Whether it is a refusal.
    #[inline]
    pub(super) fn is_refusal(&self, packet: u32) -> bool {
        self.packet_infos[packet as usize].kind == MessageKind::Nack
    }

    pub(super) fn server(&self, at: ComponentState) -> &Server {
        &self.components[at.component.index()].servers[at.number as usize]
    }

    /// What is to be known of a part of a server at a summary.
    #[inline]
    pub(super) fn summary(&self, at: ComponentState) -> Summary {
        self.components[at.component.index()].summaries[at.number as usize]
    }

    /// A packet that some transition sends.
    #[inline]
    pub(super) fn sent(&self, at: u32) -> u32 {
        self.sent[at as usize]
    }

    /// A vote that some transition votes.
    #[inline]
    pub(super) fn voted(&self, at: u32) -> u32 {
        self.voted[at as usize]
    }

    /// An transition by its number.
    #[inline]
    pub(super) fn known(&self, transition: u32) -> &LocalTransition {
        &self.transitions[transition as usize]
    }

    /// The number of what becomes of a part of a server at an event; [`NO_TRANSITION`] if it is not possible, or makes no
    /// difference now or later. `None`: nobody has tried yet.
    #[inline]
    pub(super) fn transition(&self, at: ComponentState, event: LocalEvent) -> Option<u32> {
        match self.cell(at, event) {
            UNKNOWN => None,
            WAITS => Some(NO_TRANSITION),
            cell => Some(cell >> 1),
        }
    }

    /// Whether a packet could make a difference to a part of a server; or, if refusals make none, one other than that.
    /// `None`: nobody has tried yet.
    #[inline]
    pub(super) fn is_relevant(&self, at: ComponentState, packet: u32, refusals: bool) -> Option<bool> {
        match self.cell(at, LocalEvent::Deliver(packet)) {
            UNKNOWN => None,
            cell => Some(cell != NOTHING && (refusals || cell & 1 == 0)),
        }
    }

    #[inline]
    fn cell(&self, at: ComponentState, event: LocalEvent) -> u32 {
        let row = &self.components[at.component.index()].tried[at.number as usize];
        row.get(self.slot(event)).copied().unwrap_or(UNKNOWN)
    }

    /// Where in the row of a state it stands what comes of an event.
    #[inline]
    fn slot(&self, event: LocalEvent) -> usize {
        match event {
            LocalEvent::Deliver(packet) => OTHERS + self.packet_infos[packet as usize].place as usize,
            other => other.slot(),
        }
    }

    /// The parts of a server that can begin no further ballot. `None`: nobody has asked yet.
    #[inline]
    pub(super) fn decomposed(&self, node: u8, whole: u32) -> Option<(u32, u32)> {
        self.components[Component { node, scope: Scope::Server }.index()].decomposed[whole as usize]
    }

    /// The same, looked up, or else found out and remembered.
    pub(super) fn learn_decomposed(&mut self, node: u8, whole: u32) -> (u32, u32) {
        if let Some(parts) = self.decomposed(node, whole) {
            return parts;
        }
        let component = Component { node, scope: Scope::Server };
        let server = self.server(ComponentState { component, number: whole }).clone();
        let parts = self.decompose(node, &server);
        self.components[component.index()].decomposed[whole as usize] = Some(parts);
        parts
    }

    /// The acceptor of a server and its other part; or all of it and nobody, where it cannot be decomposed.
    pub(super) fn decompose(&mut self, node: u8, server: &Server) -> (u32, u32) {
        let (voter, rest) = (Component { node, scope: Scope::Acceptor }, Component { node, scope: Scope::Other });
        if !self.reductions.decomposes || !server.is_settled() {
            return (self.number(voter, server.project_out_next_ballot(), true), NO_COMPONENT);
        }
        let other = server.project_onto(self.reductions.other_role(rest.id()));
        (self.number(voter, server.project_onto(Role::Acceptor), false), self.number(rest, other, false))
    }

    /// The number of a state; `joined`: it is all there is of its server.
    pub(super) fn number(&mut self, component: Component, server: Server, joined: bool) -> u32 {
        let values = &mut self.values;
        self.components[component.index()].number(server, joined, |server| {
            let learned = server.paxos().and_then(|replica| replica.learner()?.learned(0));
            learned.map_or(0, |value| bit(values, value))
        })
    }

    /// The number of a packet.
    pub(super) fn intern_packet(&mut self, packet: Packet) -> u32 {
        let key = postcard::to_allocvec(&(packet.from, packet.to, &packet.message))
            .unwrap_or_else(|_| unreachable!("a message can be serialised"));
        if let Some(number) = self.packet_numbers.get(&key) {
            return *number;
        }
        let number = self.packets.len() as u32;
        let (to, kind) = (packet.to.index(), packet.message.kind());
        let mut touches = 1 << (2 * to + usize::from(is_answer(kind)));
        if kind == MessageKind::Accept && self.reductions.hears_at_once {
            touches |= self.reductions.listener.map_or(0, |it| 0b10 << (2 * it.index()));
        }
        self.packet_infos.push(PacketInfo { to: to as u8, kind, touches, place: self.received[to] });
        self.received[to] += 1;
        self.packets.push(packet);
        self.packet_numbers.insert(key, number);
        number
    }

    /// What becomes of a part of a server at an event: looked up, or else tried and remembered.
    pub(super) fn learn(&mut self, at: ComponentState, event: LocalEvent) -> u32 {
        if let Some(transition) = self.transition(at, event) {
            return transition;
        }
        let cell = match self.execute(at, event) {
            None if matches!(event, LocalEvent::Deliver(_)) && self.server(at).replica().is_none() => WAITS,
            None => NOTHING,
            Some(transition) => {
                self.transitions.push(transition);
                (self.transitions.len() as u32 - 1) << 1 | u32::from(transition.only_refuses)
            }
        };
        let slot = self.slot(event);
        self.components[at.component.index()].note(at.number, slot, cell);
        self.transition(at, event).unwrap_or(NO_TRANSITION)
    }
}

#[inline]
const fn is_answer(kind: MessageKind) -> bool {
    !matches!(kind, MessageKind::Prepare | MessageKind::Accept)
}

fn bit(values: &mut Vec<Value>, value: &Value) -> u32 {
    let known = values.iter().position(|other| other == value);
    1 << known.unwrap_or_else(|| {
        values.push(value.clone());
        values.len() - 1
    })
}
