//! Breadth over all explanations, as it happens.
//!
//! An **explanation** says which of the open operations have taken effect, and which value the key has therefore.
//! Nothing needs to take effect before something returns: only then does an answer have to be explained. So at each
//! return, every explanation lets open operations take effect until the one that returned has (*just-in-time
//! linearization*, Lowe 2017, section 5). Where its answer does not fit, the explanation dies. The return after which
//! none is left is the guilty event, and those that were alive before it say why.
//!
//! Each key is judged by itself (Horn & Kroening 2015; Herlihy & Wing 1990, theorem 1).
//!
//! **What is kept of an open operation** is one number in each explanation.
//!
//! * One that may change the store: whether it has taken effect, and what it was answered then. Its answer is not known
//!   before it returns.
//! * One that can never change it: the set of answers that it could have had so far. So reads multiply nothing. This is
//!   the sound shortcut of [`super::wgl`] for answers that are not known yet.
//!
//! A copy shares the keys that neither has touched since.

use alloc::{sync::Arc, vec::Vec};

use litemap::LiteMap;

use super::explanations::{Explanation, Explanations, Progress};
use super::states::{Answer, Sets, State, States};
use crate::limits::MAX_EXPLORED_BYTES;
use crate::log::{Op, Output, Text};

/// An operation that was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    key: u32,
    operation: u32,
}

/// The event after which no explanation is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The key.
    pub key: Text,
    /// The operation whose return it is, counted from 0 in the order of calls.
    pub operation: u32,
    /// What could have been, up to then: every way to explain the answers before.
    pub alive: Vec<Alive>,
}

/// An explanation that was alive before the guilty event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alive {
    /// The operations that took effect last, in order: at most eight, counted as in [`Broken`].
    pub order: Vec<u32>,
    /// The value that the key had then.
    pub value: Option<Text>,
    /// What the guilty operation could have been answered while it was open.
    pub answers: Vec<Output>,
}

/// Judges a history while it happens. See the module.
#[derive(Clone, Debug)]
pub struct Jit {
    initial: Arc<LiteMap<Text, Text>>,
    numbers: LiteMap<Text, u32>,
    keys: Vec<Arc<Key>>,
    budget: usize,
    operations: u32,
    explored: u64,
    broken: Option<Arc<Broken>>,
    gave_up: bool,
}

impl Jit {
    /// Nothing has happened, keys have these values, and at most so many explanations may be alive at one event of a
    /// key.
    #[must_use]
    pub fn new(initial: LiteMap<Text, Text>, budget: usize) -> Self {
        Self {
            initial: Arc::new(initial),
            numbers: LiteMap::new(),
            keys: Vec::new(),
            budget,
            operations: 0,
            explored: 0,
            broken: None,
            gave_up: false,
        }
    }

    /// A process calls an operation. A process whose last one has not returned begins this one after it.
    pub fn call(&mut self, process: u32, op: Op) -> Called {
        let operation = self.operations;
        self.operations += 1;
        let number = match self.numbers.get(op.key()) {
            Some(number) => *number,
            None => {
                let number = self.keys.len() as u32;
                self.keys.push(Arc::new(Key::new(self.initial.get(op.key()))));
                self.numbers.insert(op.key().clone(), number);
                number
            }
        };
        let key = &mut self.keys[number as usize];
        if !key.is_over() {
            Arc::make_mut(key).call(process, operation, op);
        }
        Called { key: number, operation }
    }

    /// An operation returns. `None`: nobody saw its answer.
    pub fn returned(&mut self, called: Called, output: Option<&Output>) {
        let key = &mut self.keys[called.key as usize];
        if key.is_over() {
            return;
        }
        let key = Arc::make_mut(key);
        let outcome = key.returned(called.operation, output, self.budget, &mut self.explored);
        match outcome {
            Outcome::Explained => {}
            Outcome::TooMany => self.gave_up = true,
            Outcome::Unexplained(alive) => {
                let key = self.numbers.iter().find(|(_, number)| **number == called.key);
                if let (None, Some((key, _))) = (&self.broken, key) {
                    let (key, operation) = (key.clone(), called.operation);
                    self.broken = Some(Arc::new(Broken { key, operation, alive }));
                }
            }
        }
    }

    /// Nobody will ever know the answer of an operation. It may take effect at any time, or never.
    pub fn lost(&mut self, called: Called) {
        let key = &mut self.keys[called.key as usize];
        if !key.is_over() {
            Arc::make_mut(key).lost(called.operation);
        }
    }

    /// The first event that nothing explains.
    #[must_use]
    pub fn broken(&self) -> Option<&Broken> {
        self.broken.as_deref()
    }

    /// Whether a key had more explanations than the budget allows. From then on nothing is known of it.
    #[must_use]
    pub const fn gave_up(&self) -> bool {
        self.gave_up
    }

    /// How many explanations have been looked at.
    #[must_use]
    pub const fn explored(&self) -> u64 {
        self.explored
    }
}

/// What a return came to.
enum Outcome {
    Explained,
    Unexplained(Vec<Alive>),
    TooMany,
}

/// An operation that has not returned.
#[derive(Clone, Debug)]
struct Open {
    operation: u32,
    process: u32,
    op: Op,
    /// Whether explanations say what it could have been answered, and not whether it has taken effect.
    collects: bool,
    /// The operation of the same process that it comes after, if that had not returned at its call.
    after: Option<u32>,
}

/// One that nobody waits for.
#[derive(Clone, Debug)]
struct Lost {
    operation: u32,
    op: Op,
    after: Option<u32>,
}

/// One key.
#[derive(Clone, Debug)]
struct Key {
    states: States,
    sets: Sets,
    open: Vec<Open>,
    lost: Vec<Lost>,
    /// None where it is over: nothing explains it, or there were too many.
    alive: Vec<Explanation>,
}

/// How an explanation takes the return of an operation.
enum Fits {
    Yes,
    NotYet,
    Never,
}

impl Key {
    fn new(initial: Option<&Text>) -> Self {
        let mut states = States::default();
        let alive = Vec::from([Explanation::new(states.of(initial))]);
        Self { states, sets: Sets::new(), open: Vec::new(), lost: Vec::new(), alive }
    }

    fn is_over(&self) -> bool {
        self.alive.is_empty()
    }

    fn call(&mut self, process: u32, operation: u32, op: Op) {
        let last = self.open.iter().rposition(|open| open.process == process);
        let after = last.map(|last| self.open[last].operation);
        if let Some(last) = last {
            self.take_apart(last);
        }
        let collects = op.only_reads() && after.is_none();
        for alive in &mut self.alive {
            let mut progress = 0;
            if collects {
                let answer = self.states.apply(operation, &op, alive.state).1;
                progress = self.sets.with(0, answer);
            }
            alive.progress.push(progress);
        }
        self.open.push(Open { operation, process, op, collects, after });
    }

    /// What only collects has no place in an order. If another operation has to come after it, it needs one.
    fn take_apart(&mut self, position: usize) {
        if !core::mem::take(&mut self.open[position].collects) {
            return;
        }
        let mut apart = Explanations::default();
        for alive in core::mem::take(&mut self.alive) {
            let answers = self.sets.get(alive.progress[position]).to_vec();
            let not_yet = core::iter::once(0);
            for progress in not_yet.chain(answers.into_iter().map(|answer| answer + 1)) {
                let mut alive = alive.clone();
                alive.progress[position] = progress;
                apart.add(alive);
            }
        }
        self.alive = apart.into_vec();
    }

    fn lost(&mut self, operation: u32) {
        let Some(position) = self.open.iter().position(|open| open.operation == operation) else { return };
        let open = self.open.remove(position);
        let bit = (!open.op.only_reads()).then_some(self.lost.len());
        if bit.is_some() {
            self.lost.push(Lost { operation, op: open.op, after: open.after });
        }
        let mut kept = Explanations::default();
        for mut alive in core::mem::take(&mut self.alive) {
            let progress = alive.progress.remove(position);
            if let (Some(bit), 1..) = (bit, progress) {
                alive.add_lost(bit);
            }
            kept.add(alive);
        }
        self.alive = kept.into_vec();
    }

    fn returned(&mut self, operation: u32, output: Option<&Output>, budget: usize, explored: &mut u64) -> Outcome {
        let Some(position) = self.open.iter().position(|open| open.operation == operation) else {
            return Outcome::Explained;
        };
        let answer = output.map(|output| self.states.answer(output));
        let (mut kept, mut tried, mut dead) = (Explanations::default(), Explanations::default(), Vec::new());
        for alive in core::mem::take(&mut self.alive) {
            match self.fits(&alive.progress, position, answer) {
                Fits::Yes => kept.add(without(alive, position)),
                Fits::NotYet => tried.add(alive),
                Fits::Never => dead.push(alive),
            }
        }
        while let Some(alive) = tried.next() {
            *explored += 1;
            if kept.len() + tried.len() > budget || self.states.bytes() > MAX_EXPLORED_BYTES {
                return Outcome::TooMany;
            }
            self.expand(&alive, |key, next| match key.fits(&next.progress, position, answer) {
                Fits::Yes => kept.add(without(next, position)),
                Fits::NotYet => tried.add(next),
                Fits::Never => dead.push(next),
            });
        }
        *explored += kept.len() as u64;
        self.alive = kept.into_vec();
        if self.alive.is_empty() {
            dead.extend(tried.into_vec());
            return Outcome::Unexplained(self.tell(dead, position));
        }
        self.open.remove(position);
        self.tidy();
        Outcome::Explained
    }

    fn fits(&self, progress: &Progress, position: usize, answer: Option<Answer>) -> Fits {
        let progress = progress[position];
        match answer {
            None if self.open[position].collects || progress > 0 => Fits::Yes,
            Some(answer) if self.open[position].collects && self.sets.has(progress, answer) => Fits::Yes,
            Some(answer) if !self.open[position].collects && progress == answer + 1 => Fits::Yes,
            Some(_) if !self.open[position].collects && progress > 0 => Fits::Never,
            _ => Fits::NotYet,
        }
    }

    /// Each explanation in which one more operation has taken effect.
    fn expand(&mut self, alive: &Explanation, mut found: impl FnMut(&mut Self, Explanation)) {
        for position in 0..self.open.len() {
            let open = &self.open[position];
            if open.collects || alive.progress[position] > 0 || !self.is_free(alive, open.after) {
                continue;
            }
            let (state, answer) = self.states.apply(open.operation, &open.op, alive.state);
            let mut next = alive.clone();
            next.progress[position] = answer + 1;
            next.took_effect(open.operation, state);
            self.collect(&mut next, alive.state);
            found(self, next);
        }
        for bit in 0..self.lost.len() {
            let lost = &self.lost[bit];
            if alive.has_lost(bit) || !self.is_free(alive, lost.after) {
                continue;
            }
            let (state, _) = self.states.apply(lost.operation, &lost.op, alive.state);
            // What changes nothing now is kept for later.
            if state != alive.state {
                let mut next = alive.clone();
                next.add_lost(bit);
                next.took_effect(lost.operation, state);
                self.collect(&mut next, alive.state);
                found(self, next);
            }
        }
    }

    /// Whether the operation that another one comes after has taken effect.
    fn is_free(&self, alive: &Explanation, after: Option<u32>) -> bool {
        let open = after.and_then(|after| self.open.iter().position(|open| open.operation == after));
        open.is_none_or(|position| alive.progress[position] > 0)
    }

    /// Open reads could now have been answered with the new value, too.
    fn collect(&mut self, next: &mut Explanation, before: State) {
        if next.state == before {
            return;
        }
        for (open, progress) in self.open.iter().zip(&mut next.progress) {
            if open.collects {
                let answer = self.states.apply(open.operation, &open.op, next.state).1;
                *progress = self.sets.with(*progress, answer);
            }
        }
    }

    /// Those that were alive, for people.
    fn tell(&mut self, explanations: Vec<Explanation>, position: usize) -> Vec<Alive> {
        let open = self.open[position].clone();
        let mut told = Vec::new();
        for explanation in explanations {
            let answers = match explanation.progress[position] {
                set if open.collects => self.sets.get(set).to_vec(),
                0 => Vec::from([self.states.apply(open.operation, &open.op, explanation.state).1]),
                answered => Vec::from([answered - 1]),
            };
            told.push(Alive {
                order: explanation.order.to_vec(),
                value: self.states.value(explanation.state).cloned(),
                answers: answers.into_iter().map(|answer| self.states.output(answer).clone()).collect(),
            });
        }
        told
    }

    /// Where nothing is open, only the values that are alive are needed any more.
    fn tidy(&mut self) {
        if !self.open.is_empty() || self.states.len() <= self.alive.len() + 16 {
            return;
        }
        let mut states = States::default();
        for alive in &mut self.alive {
            alive.state = states.of(self.states.value(alive.state));
        }
        (self.states, self.sets) = (states, Sets::new());
    }
}

/// An operation has returned: nothing more needs to be known of it.
fn without(mut explanation: Explanation, position: usize) -> Explanation {
    explanation.progress.remove(position);
    explanation
}
