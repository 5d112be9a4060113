//! What servers do, executed once and then looked up.
//!
//! A model has millions of states, but one server of it only hundreds: the millions are their combinations. So every state
//! of a component, every message and every set of votes is interned, which means that it gets a number. What a component does
//! about an event is a *local transition*: a function of the component's state and the event. The table memoises this
//! function. The first time, the real [`Cluster`] executes the event (`execute.rs`); from then on the table is read. So a
//! search explores the program itself, and almost all of its work is done on small numbers.

use alloc::vec::Vec;

use super::cell::{Cell, Entry, TransitionId};
use super::component::{Component, ComponentState, ComponentStates, Decomposed, Scope, Summary};
use super::local_event::LocalEvent;
use super::packet::{Packet, PacketInfo, Packets};
use super::reductions::Reductions;
use super::vote_sets::VoteSets;
use crate::paxos::{MessageKind, Role, Value};
use crate::sim::{Cluster, Server};

/// A part of a list: its first place, and the place after its last one.
pub(super) type Span = (u32, u32);

/// What an event does to a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LocalTransition {
    /// The number of the component's state afterwards.
    pub(super) to: u32,
    /// The number of the state of the server's other component, if the event decomposes the server.
    pub(super) other: Option<u32>,
    /// Votes it sends that are delivered at once, in [`TransitionTable::sent`].
    pub(super) delivers: Span,
    /// The other packets it sends, ascending, in [`TransitionTable::sent`].
    pub(super) sends: Span,
    /// The votes it casts, in [`TransitionTable::votes`].
    pub(super) votes: Span,
    /// Whether it begins a ballot.
    pub(super) begins_ballot: bool,
    /// Whether all it does is refuse.
    pub(super) only_refuses: bool,
}

/// The memoised transition function of every component.
#[derive(Clone, Debug)]
pub(super) struct TransitionTable {
    /// The cluster that executes transitions.
    pub(super) scratch: Cluster,
    pub(super) reductions: Reductions,
    /// What clients ask for, one after the other.
    pub(super) requests: Vec<Value>,
    /// Every value that was met; its place is its bit.
    values: Vec<Value>,
    /// For each component, its states and their rows.
    components: Vec<ComponentStates>,
    pub(super) packets: Packets,
    pub(super) vote_sets: VoteSets,
    /// The transition with number *n* stands at *n* − 1.
    transitions: Vec<LocalTransition>,
    /// The packets of all transitions.
    pub(super) sent: Vec<u32>,
    /// The votes of all transitions.
    pub(super) votes: Vec<u32>,
}

impl TransitionTable {
    /// An empty table.
    pub(super) fn new(cluster: &Cluster, requests: Vec<Value>, reductions: Reductions) -> Self {
        Self {
            reductions,
            scratch: cluster.clone(),
            requests,
            values: Vec::new(),
            components: alloc::vec![ComponentStates::default(); Component::COUNT],
            packets: Packets::default(),
            vote_sets: VoteSets::default(),
            transitions: Vec::new(),
            sent: Vec::new(),
            votes: Vec::new(),
        }
    }

    /// Roughly the bytes it takes.
    pub(super) fn approx_bytes(&self) -> usize {
        let components: usize = self.components.iter().map(|states| states.bytes).sum();
        components + self.vote_sets.bytes + self.transitions.len() * (size_of::<LocalTransition>() + 16)
    }

    /// The value as one bit.
    pub(super) fn value_bit(&mut self, value: &Value) -> u32 {
        value_bit(&mut self.values, value)
    }

    #[inline]
    pub(super) fn info(&self, packet: u32) -> PacketInfo {
        self.packets.info(packet)
    }

    /// Whether it is a vote that its receiver hears of the moment it is cast.
    pub(super) fn is_delivered_at_once(&self, packet: u32) -> bool {
        let Packet { to, message, .. } = self.packets.get(packet);
        message.kind() == MessageKind::Accepted && self.reductions.immediate_listener() == Some(*to)
    }

    /// The number of a packet.
    pub(super) fn intern_packet(&mut self, packet: Packet) -> u32 {
        self.packets.intern(packet, self.reductions.immediate_listener())
    }

    /// The number of a state. `whole`: the component is all of its server.
    pub(super) fn intern_state(&mut self, component: Component, server: Server, whole: bool) -> u32 {
        let values = &mut self.values;
        self.components[component.index()].intern(server, whole, |server| {
            let learned = server.paxos().and_then(|replica| replica.learner()?.learned(0));
            learned.map_or(0, |value| value_bit(values, value))
        })
    }

    pub(super) fn server(&self, at: ComponentState) -> &Server {
        &self.components[at.component.index()].servers[at.number as usize]
    }

    #[inline]
    pub(super) fn summary(&self, at: ComponentState) -> Summary {
        self.components[at.component.index()].summaries[at.number as usize]
    }

    #[inline]
    pub(super) fn transition(&self, id: TransitionId) -> &LocalTransition {
        &self.transitions[id.get() as usize - 1]
    }

    /// What is known of an event in a state of a component. `None`: the table has to learn it first.
    #[inline(always)]
    pub(super) fn entry(&self, at: ComponentState, event: LocalEvent) -> Option<Entry> {
        self.components[at.component.index()].cell(at.number, self.column(event)).get()
    }

    #[inline]
    fn column(&self, event: LocalEvent) -> usize {
        match event {
            LocalEvent::Deliver(packet) => self.info(packet).column(),
            other => other.column().unwrap_or_default(),
        }
    }

    /// The same, executed and remembered if it is not known yet.
    pub(super) fn learn(&mut self, at: ComponentState, event: LocalEvent) -> Entry {
        if let Some(entry) = self.entry(at, event) {
            return entry;
        }
        let entry = match self.execute(at, event) {
            None if matches!(event, LocalEvent::Deliver(_)) && self.server(at).replica().is_none() => Entry::Waits,
            None => Entry::Nothing,
            Some(transition) => self.number(transition),
        };
        let column = self.column(event);
        self.components[at.component.index()].set_cell(at.number, column, Cell::new(entry));
        entry
    }

    fn number(&mut self, transition: LocalTransition) -> Entry {
        self.transitions.push(transition);
        let id = TransitionId::new(self.transitions.len() as u32);
        id.map_or(Entry::Nothing, |id| Entry::Transition { id, only_refuses: transition.only_refuses })
    }

    /// The components of a server that can begin no further ballot. `None`: the table has to learn them first.
    #[inline]
    pub(super) fn decomposed(&self, node: usize, server: u32) -> Option<Decomposed> {
        self.components[whole(node).index()].decomposed[server as usize]
    }

    /// The same, computed and remembered if it is not known yet.
    pub(super) fn learn_decomposed(&mut self, node: usize, number: u32) -> Decomposed {
        if let Some(components) = self.decomposed(node, number) {
            return components;
        }
        let component = whole(node);
        let server = self.server(ComponentState { component, number }).clone();
        let components = self.decompose(component.node, &server);
        self.components[component.index()].decomposed[number as usize] = Some(components);
        components
    }

    /// The acceptor of a server and its other component; or all of the server, where it cannot be decomposed.
    pub(super) fn decompose(&mut self, node: u8, server: &Server) -> Decomposed {
        let acceptor = Component { node, scope: Scope::Acceptor };
        if !self.reductions.decomposes || !server.is_settled() {
            let forgets = self.reductions.forgets_ballots;
            let server = if forgets { server.project_out_next_ballot() } else { server.clone() };
            return (self.intern_state(acceptor, server, true), None);
        }
        let other = Component { node, scope: Scope::Other };
        let role = self.reductions.other_role(other.id());
        let votes = self.intern_state(acceptor, server.project_onto(Role::Acceptor), false);
        (votes, Some(self.intern_state(other, server.project_onto(role), false)))
    }
}

const fn whole(node: usize) -> Component {
    Component { node: node as u8, scope: Scope::Server }
}

fn value_bit(values: &mut Vec<Value>, value: &Value) -> u32 {
    let known = values.iter().position(|other| other == value);
    1 << known.unwrap_or_else(|| {
        values.push(value.clone());
        values.len() - 1
    })
}
