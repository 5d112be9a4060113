//! The search itself.

use alloc::{collections::VecDeque, vec, vec::Vec};
use core::ops::Range;

use super::batch::{Batch, UNKNOWN};
use super::store::{NONE, Store};
use super::table::{Table, hash, same};
use super::{Asleep, Kind, Model, Successors};

/// How far a search may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Most distinct states.
    pub states: u32,
    /// Most bytes for states, the table of states and the model's own tables. It may be passed by less than one chunk of
    /// states (8,192 of them), or by what the model learns about one state.
    pub bytes: usize,
}

impl Budget {
    /// As far as numbers of states and addresses go.
    pub const UNLIMITED: Self = Self { states: Self::MOST_STATES, bytes: usize::MAX };
    /// What the largest table holds, one of 2³¹ slots.
    const MOST_STATES: u32 = 3 << 29;
}

/// Where a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// States wait to be expanded.
    Running,
    /// Every state has been expanded: what was not found does not exist.
    Complete,
    /// A property that stops the search is violated. No shorter run violates one of them.
    Violated {
        /// The property's place in [`Model::properties`]; of several violated in the same state, the first.
        property: usize,
        /// The state's number.
        state: u32,
    },
    /// The budget is used up, and states wait. With [more](Search::set_budget) the search goes on where it stopped.
    Budget,
}

/// One move of a [path](Search::path).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The state it leads from.
    pub from: u32,
    /// Its number, as the model gave it.
    pub number: u32,
    /// The state it leads to.
    pub to: u32,
}

/// A breadth-first search through the states of a model.
///
/// * States are numbered from 0 as they are found and expanded in this order: those before `next` have been expanded.
/// * The parent of a state is the first one that led to it, so it has a smaller number and lies one level higher.
#[derive(Clone, Debug)]
pub struct Search<M> {
    model: M,
    budget: Budget,
    stop_at: u32,
    states: Store,
    table: Table,
    /// The number of the first state of each level.
    levels: Vec<u32>,
    next: u32,
    /// For each state from `next` on, the moves that are asleep in it.
    asleep: VecDeque<Asleep>,
    generated: u64,
    /// For each property, the first state in which it is violated or reached.
    witnesses: Vec<Option<u32>>,
    violated: Option<Status>,
    /// Kept for its memory only.
    ahead: Ahead,
}

/// States that [`Search::advance`] expands at once.
const AT_ONCE: u32 = 32;

/// What some states lead to.
#[derive(Clone, Debug, Default)]
struct Ahead {
    out: Successors,
    /// How many successors there are up to the end of each state's.
    ends: Vec<usize>,
    hashes: Vec<u64>,
}

impl Ahead {
    fn clear(&mut self) {
        self.out.truncate(0);
        self.ends.clear();
        self.hashes.clear();
    }
}

/// Why a state was not, or is the last one to be, taken in.
struct Stop;

impl<M: Model> Search<M> {
    /// A search of this model that stops at the first violation.
    ///
    /// # Panics
    /// If the model has more than 32 properties.
    #[must_use]
    pub fn new(model: M, budget: Budget) -> Self {
        Self::stopping_at(model, budget, u32::MAX)
    }

    /// A search that goes on after violations of properties that are not in the mask `stop_at` (bit `i` is property `i`).
    /// [`witness`](Self::witness) tells the first of each.
    ///
    /// # Panics
    /// If the model has more than 32 properties.
    #[must_use]
    pub fn stopping_at(mut model: M, budget: Budget, stop_at: u32) -> Self {
        let properties = model.properties();
        assert!(properties.len() <= 32, "a model has at most 32 properties");
        let witnesses = vec![None; properties.len()];
        let always = (0..).zip(properties).filter(|(_, property)| property.kind == Kind::Always);
        let stop_at = stop_at & always.fold(0, |mask, (at, _)| mask | 1 << at);
        let mut out = Successors::new();
        model.begin(&mut out);
        let mut search = Self {
            model,
            // Where it begins is no matter of budget: a search without all of its beginnings could not be complete.
            budget: Budget::UNLIMITED,
            stop_at,
            states: Store::default(),
            table: Table::default(),
            levels: Vec::new(),
            next: 0,
            asleep: VecDeque::new(),
            generated: 0,
            witnesses,
            violated: None,
            ahead: Ahead::default(),
        };
        for (_, asleep, state) in out.iter() {
            if search.insert(NONE, asleep, hash(state), state, None).is_err() {
                break;
            }
        }
        search.budget = budget;
        search
    }

    /// Expands at most `count` states.
    pub fn advance(&mut self, count: u32) -> Status {
        let mut left = count;
        while left > 0 && self.status() == Status::Running {
            match self.expand(left.min(AT_ONCE)) {
                Ok(expanded) => left -= expanded,
                Err(Stop) => return self.violated.unwrap_or(Status::Budget),
            }
        }
        self.status()
    }

    /// Takes in what a batch led to, exactly as if its states had been expanded one after the other here. Once the search
    /// stopped, the rest of the batch is dropped.
    ///
    /// # Panics
    /// If the batch does not begin with the first state that waits.
    pub fn absorb(&mut self, batch: &Batch) -> Status {
        if let Some(violated) = self.violated {
            return violated;
        }
        assert_eq!(batch.range.start, self.next, "batches are absorbed in order");
        let mut found = 0..batch.found.len();
        for (parent, generated) in batch.range.clone().zip(&batch.generated) {
            let taken = if *generated == UNKNOWN {
                self.expand(1).map(|_| ())
            } else {
                self.take_in(parent, batch, &mut found).map(|()| self.expanded(*generated))
            };
            if taken.is_err() {
                return self.violated.unwrap_or(Status::Budget);
            }
        }
        self.status()
    }

    /// Where it stands. It does not know of a [`Status::Budget`] that the next expansion will meet.
    #[must_use]
    pub fn status(&self) -> Status {
        let idle = if self.next == self.states.len() { Status::Complete } else { Status::Running };
        self.violated.unwrap_or(idle)
    }

    /// At most `count` states that wait to be expanded, from the first one.
    #[must_use]
    pub fn pending(&self, count: u32) -> Range<u32> {
        self.next..self.next.saturating_add(count).min(self.states.len())
    }

    /// Gives it another budget.
    pub const fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    /// How many distinct states have been found.
    #[must_use]
    pub const fn states(&self) -> u32 {
        self.states.len()
    }

    /// How many successors the expanded states have, before equal ones are merged.
    #[must_use]
    pub const fn generated(&self) -> u64 {
        self.generated
    }

    /// How many states wait to be expanded.
    #[must_use]
    pub const fn frontier(&self) -> u32 {
        self.states.len() - self.next
    }

    /// How many levels have been reached. The states to begin with are level 1.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The level of a state: one more than the moves that lead to it.
    #[must_use]
    pub fn level(&self, state: u32) -> usize {
        self.levels.partition_point(|first| *first <= state)
    }

    /// The bytes allocated for states, for the table of states and by the model.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.states.bytes() + self.table.bytes() + self.asleep.capacity() * size_of::<Asleep>() + self.model.weight()
    }

    /// The encoding of a state.
    ///
    /// # Panics
    /// If there is no such state yet.
    #[must_use]
    #[inline]
    pub fn state(&self, index: u32) -> &[u8] {
        self.states.get(index)
    }

    /// The state that led to this one first; `None` for a state to begin with.
    ///
    /// # Panics
    /// If there is no such state yet.
    #[must_use]
    pub fn parent(&self, index: u32) -> Option<u32> {
        Some(self.states.parent(index)).filter(|parent| *parent != NONE)
    }

    /// The first state in which a property is violated (always) or reached (sometimes).
    #[must_use]
    pub fn witness(&self, property: usize) -> Option<u32> {
        *self.witnesses.get(property)?
    }

    /// The model.
    #[must_use]
    #[inline]
    pub const fn model(&self) -> &M {
        &self.model
    }

    /// A shortest way from a state to begin with; empty for one of those. Only parents are kept, so each move is found again
    /// by expanding the state it leads from.
    ///
    /// # Panics
    /// If there is no such state yet, or the model does not repeat its answers.
    #[must_use]
    pub fn path(&self, state: u32) -> Vec<Move> {
        let mut path = Vec::new();
        let mut out = Successors::new();
        let mut to = state;
        while let Some(from) = self.parent(to) {
            out.truncate(0);
            self.model.successors(self.state(from), 0, &mut out);
            let found = out.iter().find(|(.., bytes)| *bytes == self.state(to));
            let (number, ..) = found.expect("a model gives the same successors for ever");
            path.push(Move { from, number, to });
            to = from;
        }
        path.reverse();
        path
    }

    /// The moves that are asleep in a state that waits.
    #[inline]
    pub(super) fn asleep(&self, state: u32) -> Asleep {
        self.asleep[(state - self.next) as usize]
    }

    /// Whether it has found this state.
    #[inline]
    pub(super) fn knows(&self, hash: u64, state: &[u8]) -> bool {
        self.table.find(hash, |index| same(self.states.get(index), state)).is_ok()
    }

    /// Expands at most `count` of the states that wait, and says how many. Nothing of what a model answers depends on what
    /// becomes of the answers; so some states are expanded before their successors are looked up, one after the other.
    fn expand(&mut self, count: u32) -> Result<u32, Stop> {
        let mut ahead = core::mem::take(&mut self.ahead);
        ahead.clear();
        for state in self.pending(count) {
            if !self.model.successors(self.states.get(state), self.asleep(state), &mut ahead.out) {
                break;
            }
            ahead.ends.push(ahead.out.len());
        }
        if ahead.ends.is_empty() {
            let state = self.states.get(self.next);
            self.model.learn(state);
            let knows = self.model.successors(state, self.asleep[0], &mut ahead.out);
            assert!(knows, "a model that learned about a state expands it");
            ahead.ends.push(ahead.out.len());
        }
        ahead.hashes.extend(ahead.out.iter().map(|(.., state)| hash(state)));
        self.read_ahead(&ahead.hashes);
        let taken = self.take_in_all(&ahead);
        let count = ahead.ends.len() as u32;
        self.ahead = ahead;
        taken.map(|()| count)
    }

    /// Reads once what looking up these hashes will read. Each look-up waits for memory twice, for the table and for a state;
    /// here the processor can wait for all of them at the same time.
    #[inline]
    fn read_ahead(&self, hashes: &[u64]) {
        let last = self.states.len() - 1;
        let first_byte = |hash: &u64| self.states.get(self.table.first(*hash).min(last)).first().copied();
        core::hint::black_box(hashes.iter().filter_map(first_byte).fold(0, |all, byte| all ^ byte));
    }

    fn take_in_all(&mut self, ahead: &Ahead) -> Result<(), Stop> {
        let mut states = ahead.out.iter().zip(&ahead.hashes);
        let mut start = 0;
        for end in &ahead.ends {
            for ((_, asleep, state), hash) in states.by_ref().take(end - start) {
                self.insert(self.next, asleep, *hash, state, None)?;
            }
            self.expanded((end - start) as u32);
            start = *end;
        }
        Ok(())
    }

    /// The state that waited first has been expanded.
    fn expanded(&mut self, generated: u32) {
        self.next += 1;
        self.asleep.pop_front();
        self.generated += generated as u64;
    }

    /// Takes in what a batch found from this parent.
    fn take_in(&mut self, parent: u32, batch: &Batch, found: &mut Range<u32>) -> Result<(), Stop> {
        while found.start < found.end && batch.found.parent(found.start) == parent {
            let at = found.start as usize;
            self.insert(
                parent,
                batch.asleep[at],
                batch.hashes[at],
                batch.found.get(found.start),
                Some(batch.verdicts[at]),
            )?;
            found.start += 1;
        }
        Ok(())
    }

    /// Takes in a state, unless it is known. What does not fit into the budget is left out, so that the state it comes from
    /// can be expanded again.
    #[inline]
    fn insert(
        &mut self,
        parent: u32,
        asleep: Asleep,
        hash: u64,
        state: &[u8],
        verdict: Option<u32>,
    ) -> Result<(), Stop> {
        let slot = match self.table.find(hash, |index| same(self.states.get(index), state)) {
            Ok(_) => return Ok(()),
            Err(slot) => self.make_room(hash, slot)?,
        };
        let number = self.states.len();
        self.table.put(slot, hash, number);
        self.states.push(state, parent);
        self.asleep.push_back(asleep);
        // What comes from the last level begins the next one.
        if self.levels.last().is_none_or(|first| parent != NONE && parent >= *first) {
            self.levels.push(number);
        }
        let verdict = verdict.unwrap_or_else(|| self.model.judge(state));
        if verdict == 0 { Ok(()) } else { self.note(verdict, number) }
    }

    /// Makes sure that the budget and the table have room for one more state, whose slot this is or will be.
    #[inline]
    fn make_room(&mut self, hash: u64, slot: usize) -> Result<usize, Stop> {
        let len = self.states.len();
        let is_full = self.table.is_full(len);
        // A table that grows doubles; the old one is given back first.
        let more = if is_full { self.table.bytes() } else { 0 };
        if len >= self.budget.states.min(Budget::MOST_STATES) || self.bytes() + more > self.budget.bytes {
            return Err(Stop);
        }
        if !is_full {
            return Ok(slot);
        }
        self.table.grow(self.states.iter().map(self::hash));
        Ok(self.table.vacant(hash))
    }

    /// Notes what a new state violates or reaches.
    #[cold]
    fn note(&mut self, verdict: u32, number: u32) -> Result<(), Stop> {
        for (at, witness) in self.witnesses.iter_mut().enumerate() {
            if verdict >> at & 1 == 1 {
                witness.get_or_insert(number);
            }
        }
        let stopping = verdict & self.stop_at;
        if stopping == 0 {
            return Ok(());
        }
        self.violated = Some(Status::Violated { property: stopping.trailing_zeros() as usize, state: number });
        Err(Stop)
    }
}
