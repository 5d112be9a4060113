//! What clients asked, what they were told, and whether that is linearizable.

use alloc::{sync::Arc, vec::Vec};

use litemap::LiteMap;

use crate::check::linear::{Called, Jit};
use crate::cow_map::CowMap;
use crate::limits::MAX_EXPLANATIONS;
use crate::log::{ClientId, Command, Entry, Machine, Output, Reply, Rules};
use crate::paxos::Slot;
use crate::sim::Begun;

/// One operation of a client, as the client saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What was asked for.
    pub command: Arc<Command>,
    /// The step in which it was asked for.
    pub call: u64,
    /// The step in which the answer came. `None`: it has not come yet.
    pub returned: Option<u64>,
    /// The answer, and the slot it is from. `None`: there is none, or the client was told that a later operation of its own
    /// had taken effect.
    pub result: Option<(Output, Slot)>,
}

words! {
    /// Whether the clients' history so far is linearizable.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Judged {
        /// It is.
        Linearizable = "linearizable",
        /// It is not.
        Not = "not",
        /// There are too many explanations to tell. That is no pass.
        Unknown = "unknown",
    }
}

/// What is kept of an operation.
#[derive(Clone, Debug)]
struct Kept {
    operation: Operation,
    /// Who judges it knows it by this. `None`: it was asked for before the history could be judged.
    called: Option<Called>,
    /// How many operations were asked for before it.
    place: u32,
    /// The first slot in which a server found it to take effect; 0: none has yet.
    took_effect: Slot,
}

/// The operations of one client, by sequence number.
type OfClient = CowMap<u32, Option<Kept>>;

/// What clients had asked for before the run began.
#[derive(Clone, Debug)]
struct Before {
    /// By the position of the client, the sequence number of its last operation. Of others anything may have been asked for.
    seqs: Vec<u32>,
    /// The commands that may still take effect, until the history is judged.
    open: Option<Vec<Arc<Command>>>,
}

/// All clients.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    /// By the position of the client.
    operations: Vec<OfClient>,
    /// All operations, in the order of their calls.
    order: CowMap<u32, Option<(ClientId, u32)>>,
    asked: u32,
    /// What is known of the time before the run began, if it begins in the middle.
    before: Option<Before>,
    jit: Jit,
    /// The step in which the history ceased to be linearizable.
    since: Option<u64>,
}

impl Clients {
    /// Nobody has asked for anything.
    pub(super) fn new() -> Self {
        let jit = Jit::new(LiteMap::new(), MAX_EXPLANATIONS);
        Self { operations: Vec::new(), order: CowMap::new(), asked: 0, before: None, jit, since: None }
    }

    /// The run begins in the middle. Clients have asked for so many things, and wait for some of them; these commands may still
    /// take effect. Nothing is judged before [`Clients::settle`].
    pub(super) fn begin(&mut self, clients: &[Begun], open: Vec<&Arc<Command>>) {
        let seqs = clients.iter().map(|client| client.seq).collect();
        self.before = Some(Before { seqs, open: Some(open.into_iter().cloned().collect()) });
        for (index, Begun { seq, waiting, since }) in clients.iter().enumerate() {
            if let (Some(client), Some(op)) = (ClientId::at(index), waiting) {
                self.asked(0, &Arc::new(Command { client, seq: *seq, op: op.clone(), since: *since }));
            }
        }
    }

    /// Everything that may have been chosen before the run began is applied, and the store is this: from now on the history is
    /// judged. What clients wait for was asked for by now, and what else may take effect may do so from now on, or never.
    ///
    /// A read that is answered soon may have been answered before: it is not judged. Nor is a command whose session was dropped:
    /// it took effect before, or never will, because it is refused from here on.
    pub(super) fn settle(&mut self, machine: &Machine) {
        let Some(open) = self.before.as_mut().and_then(|before| before.open.take()) else { return };
        let store = machine.store().map(|(key, value)| (key.clone(), value.clone())).collect();
        self.jit = Jit::new(store, MAX_EXPLANATIONS);
        let took_effect = |command: &Command| {
            let session = machine.session(command.client, Rules::default());
            session.map_or_else(|| machine.is_forgotten(command), |session| session.seq >= command.seq)
        };
        let mut waited_for: Vec<(ClientId, u32)> = Vec::new();
        for all in &mut self.operations {
            let last = all.last().map(|(seq, _)| *seq);
            let Some(Some(kept)) = last.map(|seq| all.entry(seq)) else { continue };
            let command = kept.operation.command.clone();
            if kept.operation.returned.is_none() {
                waited_for.push((command.client, command.seq));
                if !took_effect(&command) && !command.op.only_reads() {
                    kept.called = Some(self.jit.call(command.client.index() as u32, command.op.clone()));
                }
            }
        }
        let others = open.into_iter().filter(|it| !took_effect(it) && !waited_for.contains(&(it.client, it.seq)));
        // Nobody waits for these: each is a process of its own.
        for (process, command) in (0..u32::MAX).rev().zip(others) {
            let called = self.jit.call(process, command.op.clone());
            self.jit.lost(called);
        }
    }

    /// Whether the history is not judged yet.
    const fn is_early(&self) -> bool {
        matches!(self.before, Some(Before { open: Some(_), .. }))
    }

    /// Whether this may have been asked for before the run began.
    fn asked_before(&self, command: &Command) -> bool {
        let by = |before: &Before| before.seqs.get(command.client.index()).is_none_or(|seq| command.seq <= *seq);
        self.before.as_ref().is_some_and(by)
    }

    fn kept(&self, client: ClientId, seq: u32) -> Option<&Kept> {
        self.operations.get(client.index())?.get(&seq)?.as_ref()
    }

    /// The place of an operation.
    fn entry(&mut self, Command { client, seq, .. }: &Command) -> &mut Option<Kept> {
        while self.operations.len() <= client.index() {
            self.operations.push(CowMap::new());
        }
        self.operations[client.index()].entry(*seq)
    }

    /// Whether a client asked for this, or it is a no-op, which needs no client.
    pub(super) fn asked_for(&self, entry: &Entry) -> bool {
        entry.command().is_none_or(|command| match self.kept(command.client, command.seq) {
            Some(kept) => *kept.operation.command == *command,
            None => self.asked_before(command),
        })
    }

    /// All operations, in the order of their calls.
    pub(super) fn history(&self) -> impl Iterator<Item = &Operation> {
        let named = self.order.iter().filter_map(|(_, name)| *name);
        named.filter_map(|(client, seq)| Some(&self.kept(client, seq)?.operation))
    }

    /// How many operations clients have asked for.
    pub(super) const fn asked_so_far(&self) -> u32 {
        self.asked
    }

    /// The latest operations, so many of them; in front of them those that are older and not answered. A client asks for nothing
    /// new before it is answered: only its last one may be open.
    pub(super) fn latest(&self, count: u32) -> impl Iterator<Item = &Operation> {
        let first = self.asked.saturating_sub(count);
        let last = self.operations.iter().filter_map(|all| all.last()?.1.as_ref());
        let mut open: Vec<_> = last.filter(|kept| kept.place < first && kept.operation.returned.is_none()).collect();
        open.sort_unstable_by_key(|kept| kept.place);
        let names = self.order.since(first).filter_map(|(_, name)| *name);
        let latest = names.filter_map(|(client, seq)| self.kept(client, seq));
        open.into_iter().chain(latest).map(|kept| &kept.operation)
    }

    /// Whether the history so far is linearizable.
    pub(super) const fn judged(&self) -> Judged {
        match self.since {
            Some(_) => Judged::Not,
            None if self.jit.gave_up() || self.is_early() => Judged::Unknown,
            None => Judged::Linearizable,
        }
    }

    /// The step in which the history ceased to be linearizable.
    pub(super) const fn since(&self) -> Option<u64> {
        self.since
    }

    /// A client asks for something.
    pub(super) fn asked(&mut self, step: u64, command: &Arc<Command>) {
        let called = (!self.is_early()).then(|| self.jit.call(command.client.index() as u32, command.op.clone()));
        let operation = Operation { command: command.clone(), call: step, returned: None, result: None };
        *self.entry(command) = Some(Kept { operation, called, place: self.asked, took_effect: 0 });
        *self.order.entry(self.asked) = Some((command.client, command.seq));
        self.asked += 1;
    }

    /// A client is answered. Returns the answer if it is the first one in the history that nothing explains.
    pub(super) fn answered(&mut self, step: u64, command: &Command, reply: &Reply) -> Option<Output> {
        let kept = self.entry(command).as_mut()?;
        let called = kept.called;
        kept.operation.returned = Some(step);
        let Reply::Done { output, slot } = reply else {
            called.into_iter().for_each(|called| self.jit.lost(called));
            return None;
        };
        kept.operation.result = Some((output.clone(), *slot));
        self.jit.returned(called?, Some(output));
        if self.since.is_some() || self.jit.broken().is_none() {
            return None;
        }
        self.since = Some(step);
        Some(output.clone())
    }

    /// A server finds that an operation takes effect in this slot. Returns the slot in which it took effect first.
    pub(super) fn takes_effect(&mut self, command: &Command, slot: Slot) -> Slot {
        let known = self.kept(command.client, command.seq).map_or(slot, |kept| kept.took_effect);
        if (1..=slot).contains(&known) {
            return known;
        }
        if self.kept(command.client, command.seq).is_some()
            && let Some(kept) = self.entry(command)
        {
            kept.took_effect = slot;
        }
        slot
    }

    /// Roughly how many bytes a copy takes that shares what it can.
    pub(super) fn approx_bytes(&self) -> usize {
        self.operations.iter().map(CowMap::approx_bytes).sum::<usize>() + self.order.approx_bytes()
    }
}
