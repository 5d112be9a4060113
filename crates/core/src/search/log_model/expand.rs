//! The actions of a state, and the state after each.

use super::action::Action;
use super::server::Mode;
use super::state::State;
use super::table::{Key, Table, Unknown};
use super::{Bounds, LogModel};
use crate::paxos::NodeId;

impl LogModel {
    /// A first state. Servers that were at work say what they may, and take in how they do what they do from now on.
    pub(super) fn begins(&mut self, first: &State) -> State {
        if !self.at_work {
            return first.clone();
        }
        loop {
            match self.step(first).settled(first.clone()) {
                Ok(state) => return state,
                Err(unknown) => self.table.learn(unknown),
            }
        }
    }

    /// Every action of a state that changes something, with the state after it.
    pub(super) fn expand(&self, state: &State, mut found: impl FnMut(Action, &State)) -> Result<(), Unknown> {
        let step = self.step(state);
        for packet in &state.sent {
            let to = self.table.packet(*packet).to;
            step.local(Action { node: to, key: Key::Deliver(*packet) }, &mut found)?;
        }
        for client in 0..self.bounds.clients as u8 {
            for node in self.nodes() {
                step.ask(node, client, &mut found)?;
            }
        }
        for node in self.nodes() {
            step.spontaneous(node, &mut found)?;
        }
        Ok(())
    }
}

impl LogModel {
    fn step<'a>(&'a self, from: &'a State) -> Step<'a> {
        let alike = !self.at_work && !self.bounds.reads;
        Step { bounds: &self.bounds, table: &self.table, from, alike }
    }
}

/// The actions of one state.
struct Step<'a> {
    bounds: &'a Bounds,
    table: &'a Table,
    from: &'a State,
    /// Whether clients differ in their names only.
    alike: bool,
}

impl Step<'_> {
    fn mode(&self, state: &State, node: NodeId) -> Mode {
        Mode {
            at_once: state.used.is_durable_at_once(self.bounds, node),
            last_ballot: self.is_last(state.used.ballots),
            own_travel: self.bounds.own_travel,
        }
    }

    fn is_last(&self, ballots: u8) -> bool {
        u32::from(ballots) >= self.bounds.ballots
    }

    /// The state after an event at one server, in which nothing is used up; `None`: it is the same state.
    fn after(&self, from: &State, Action { node, key }: Action) -> Result<Option<State>, Unknown> {
        let server = from.servers[node.index()];
        let mode = self.mode(from, node);
        let Some(number) = self.table.event(server, key, mode)? else { return Ok(None) };
        let transition = self.table.transition(number);
        let mut next = from.clone();
        next.servers[node.index()] = transition.to;
        next.past = self.table.judge(from.past, number)?;
        next.used.ballots += u8::from(transition.begins_ballot);
        for packet in &transition.sends {
            next.send(*packet);
        }
        if self.is_last(next.used.ballots) && !mode.last_ballot {
            next = self.settled(next)?;
        }
        self.forget(&mut next, node)?;
        Ok((next != *from).then_some(next))
    }

    /// Loses the messages from or to a server that could tell nobody anything any more.
    fn forget(&self, state: &mut State, node: NodeId) -> Result<(), Unknown> {
        if self.bounds.keeps {
            return Ok(());
        }
        let stands_again = !self.is_last(state.used.ballots);
        let (mut kept, servers) = (0, &state.servers);
        for at in 0..state.sent.len() {
            let number = state.sent[at];
            let packet = self.table.packet(number);
            let (to, from) = (servers[packet.to.index()], servers[packet.from.index()]);
            let concerns = packet.to == node || packet.from == node;
            if !concerns || self.table.heeds(number, to, from, stands_again)? {
                state.sent[kept] = number;
                kept += 1;
            }
        }
        state.sent.truncate(kept);
        Ok(())
    }

    fn local(&self, action: Action, found: &mut impl FnMut(Action, &State)) -> Result<(), Unknown> {
        if let Some(next) = self.after(self.from, action)? {
            found(action, &next);
        }
        Ok(())
    }

    fn ask(&self, node: NodeId, client: u8, found: &mut impl FnMut(Action, &State)) -> Result<(), Unknown> {
        let (asks, at) = (self.from.used.asks, usize::from(client));
        // Where clients differ in their names only, the first one asks first.
        let in_turn = client == 0 || !self.alike || asks[0] > 0;
        if u32::from(asks[at]) >= self.bounds.asks || !in_turn {
            return Ok(());
        }
        let mut from = self.from.clone();
        let first = asks[at] == 0;
        if self.bounds.reads && first && at + 1 == self.bounds.clients as usize && self.table.is_new(client) {
            from.past = self.table.reads(from.past)?;
        }
        let action = Action { node, key: Key::Ask(client) };
        if let Some(mut next) = self.after(&from, action)? {
            next.used.asks[at] += 1;
            found(action, &next);
        }
        Ok(())
    }

    /// What a server does by itself, or what is done to it.
    fn spontaneous(&self, node: NodeId, found: &mut impl FnMut(Action, &State)) -> Result<(), Unknown> {
        let (bounds, used) = (self.bounds, self.from.used);
        let mut act = |key: Key, counts: fn(&mut State)| {
            let action = Action { node, key };
            let Some(mut next) = self.after(self.from, action)? else { return Ok(()) };
            counts(&mut next);
            if matches!(key, Key::Crash(_) | Key::Wipe) {
                next = self.settled(next)?;
            }
            found(action, &next);
            Ok(())
        };
        if u32::from(used.ballots) < bounds.ballots {
            act(Key::Stand, |_| {})?;
        }
        let server = self.table.server(self.from.servers[node.index()]);
        if server.catches_up() {
            act(Key::Repeat, |_| {})?;
        } else if u32::from(used.repeats) < bounds.repeats {
            act(Key::Repeat, |state| state.used.repeats += 1)?;
        }
        if u32::from(used.heartbeats) < bounds.heartbeats {
            act(Key::Heartbeat, |state| state.used.heartbeats += 1)?;
        }
        if server.queued() > 0 {
            act(Key::Sync, |_| {})?;
        }
        if u32::from(used.crashes) < bounds.crashes && used.crashers >> node.index() & 1 == 1 {
            for kept in 0..=server.queued() {
                act(Key::Crash(kept as u8), |state| state.used.crashes += 1)?;
            }
        }
        if u32::from(used.snapshots) < bounds.snapshots {
            act(Key::Snapshot, |state| state.used.snapshots += 1)?;
        }
        if u32::from(used.wipes) < bounds.wipes {
            act(Key::Wipe, |state| state.used.wipes += 1)?;
        }
        Ok(())
    }

    /// Every server takes in that no crash can come any more, or that nobody begins a ballot any more.
    fn settled(&self, mut state: State) -> Result<State, Unknown> {
        if u32::from(state.used.crashes) >= self.bounds.crashes {
            state.used.crashers = 0;
        }
        for node in (1..).take(state.servers.len()).filter_map(NodeId::new) {
            let mode = self.mode(&state, node);
            let Some(number) = self.table.event(state.servers[node.index()], Key::Settle, mode)? else { continue };
            let transition = self.table.transition(number);
            state.servers[node.index()] = transition.to;
            state.past = self.table.judge(state.past, number)?;
            for packet in &transition.sends {
                state.send(*packet);
            }
        }
        for node in (1..).take(state.servers.len()).filter_map(NodeId::new) {
            self.forget(&mut state, node)?;
        }
        Ok(state)
    }
}
