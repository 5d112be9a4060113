//! Histories made up from a seed, to test checkers with.
//!
//! A store runs, and each operation takes effect at one moment between its call and its return. So the history is
//! linearizable by construction. Some operations never return: half of these take effect some time, half never. Some
//! results are not observed. Then every second history is broken by one [`Edit`], of the kind that stores break by. A
//! history that was edited may still be linearizable: that is for the checkers to find out.
//!
//! [`RandomHistory::large`] is for what no two checkers could agree on in time: its histories are known to be good, or
//! known to be bad, by the way they were made.

use alloc::{string::String, vec::Vec};

use litemap::LiteMap;

use super::history::{History, Operation};
use crate::log::{Op, Output, Text};
use crate::sim::Counter;

/// A moment is a sixteenth of a unit of time, so that several operations may take effect within one.
const MOMENTS: u64 = 16;
/// How often a change that nobody noticed is tried again.
const TRIES: u32 = 8;
/// Times before this one are free, for operations that are moved there.
const BEGIN: u32 = 4;

/// What was done to a history after it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// One answer is another one, which may be of a value that nobody ever wrote.
    OtherResult,
    /// A read found what was there before the last change.
    StaleRead,
    /// Two reads have each other's answer.
    Swapped,
    /// An operation was at another time.
    Moved,
    /// A write was answered, and never took effect.
    LostWrite,
    /// A write took effect a second time.
    AppliedTwice,
}

const EDITS: [Edit; 6] =
    [Edit::OtherResult, Edit::StaleRead, Edit::Swapped, Edit::Moved, Edit::LostWrite, Edit::AppliedTwice];

/// A history from a seed.
#[derive(Clone, Debug)]
pub struct RandomHistory {
    /// The history.
    pub history: History,
    /// What was done to it; `None`: it is as it happened, and so linearizable.
    pub edit: Option<Edit>,
}

/// How large a history is, and what it is like.
struct Shape {
    clients: u32,
    operations: u32,
    keys: u32,
    /// Longest time between call and return.
    longest: u32,
    /// Of a hundred operations, so many never return.
    unanswered: u32,
    /// Each value is written at most once.
    unique: bool,
}

/// An operation, and when it takes effect.
struct Draft {
    operation: Operation,
    moment: u64,
    happens: bool,
}

struct Maker {
    draws: Counter,
    shape: Shape,
    initial: LiteMap<Text, Text>,
    /// In the order of their moments.
    drafts: Vec<Draft>,
    written: u32,
}

impl RandomHistory {
    /// A small history: up to 5 clients and mostly up to 16 operations, one in fifty with 60.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut draws = Counter::new(seed);
        let is_long = seed % 50 < 2;
        let shape = Shape {
            clients: if is_long { 5 } else { draws.between(2, 5) },
            operations: if is_long { 60 } else { draws.between(4, 16) },
            keys: draws.between(1, 2),
            longest: draws.between(2, 9),
            unanswered: draws.between(0, 1) * 8,
            unique: false,
        };
        let mut maker = Maker::of(draws, shape);
        let edit = if seed.is_multiple_of(2) { None } else { maker.edit() };
        Self { history: maker.history(), edit }
    }

    /// A large history: so many clients and operations on ten keys, and no value written twice. In every second one,
    /// one read is stale for certain: what it found had been overwritten before it was called, by a write that had
    /// returned, and that write was called after the one that wrote what it found had returned.
    #[must_use]
    pub fn large(seed: u64, clients: u32, operations: u32) -> Self {
        let draws = Counter::new(seed);
        let shape = Shape { clients, operations, keys: 10, longest: 40, unanswered: 2, unique: true };
        let mut maker = Maker::of(draws, shape);
        let edit = if seed.is_multiple_of(2) || !maker.plant() { None } else { Some(Edit::StaleRead) };
        Self { history: maker.history(), edit }
    }
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap_or_else(|| unreachable!("a short text"))
}

impl Maker {
    fn of(draws: Counter, shape: Shape) -> Self {
        let mut maker = Self { draws, shape, initial: LiteMap::new(), drafts: Vec::new(), written: 0 };
        for key in 0..maker.shape.keys {
            if maker.chance(50) {
                let value = maker.value();
                maker.initial.insert(text(&text!("k", key)), value);
            }
        }
        maker.times();
        maker.happen();
        maker
    }

    /// Whether something happens that does so in this many of a hundred cases.
    fn chance(&mut self, percent: u32) -> bool {
        self.draws.between(0, 99) < percent
    }

    fn value(&mut self) -> Text {
        self.written += 1;
        if self.shape.unique {
            return text(&text!("v", self.written));
        }
        text(["a", "b", "c"][self.draws.between(0, 2) as usize])
    }

    /// When operations are called, take effect and return. What they are is decided when they take effect.
    fn times(&mut self) {
        // When each client is free again, and its last moment; `None`: it waits for ever.
        let mut clients: Vec<Option<(u32, u64)>> = alloc::vec![Some((BEGIN, 0)); self.shape.clients as usize];
        let place = Op::Get { key: text("") };
        let mut waiting = 0;
        while self.drafts.len() < self.shape.operations as usize {
            let client = self.draws.between(0, self.shape.clients - 1) as usize;
            let Some((free, last)) = clients[client] else { continue };
            let call = free + self.draws.between(0, 3);
            let (first, end) = (u64::from(call) * MOMENTS, call + self.draws.between(0, self.shape.longest));
            // Two operations of one client may meet at one time, and never at one moment.
            let first = first.max(last + 1);
            let room = (u64::from(end + 1) * MOMENTS).saturating_sub(first + 1);
            let moment = first + u64::from(self.draws.between(0, room as u32));
            let end = end.max((moment / MOMENTS) as u32);
            // A history in which nothing is answered is none.
            let is_answered = self.drafts.is_empty() || !self.chance(self.shape.unanswered);
            let mut draft = Draft {
                operation: Operation {
                    client,
                    call: call.into(),
                    returned: is_answered.then_some(end.into()),
                    op: place.clone(),
                    output: None,
                },
                moment,
                happens: true,
            };
            clients[client] = Some((end, moment));
            if !is_answered {
                draft.happens = self.chance(50);
                draft.moment = first + u64::from(self.draws.between(0, 40 * MOMENTS as u32));
                // Some clients do not wait: their later operations are another process's. Most clients go on.
                let waits = self.chance(50) && waiting * 2 + 2 < self.shape.clients;
                waiting += u32::from(waits);
                clients[client] = (!waits).then_some((call + 1, 0));
            }
            self.drafts.push(draft);
        }
        let order = |draft: &Draft| (draft.moment, draft.operation.call);
        self.drafts.sort_by_key(order);
    }

    /// Every operation takes effect, in order.
    fn happen(&mut self) {
        let mut store = self.initial.clone();
        for position in 0..self.drafts.len() {
            let key = text(&text!("k", self.draws.between(0, self.shape.keys - 1)));
            let op = self.op(key.clone(), store.get(&key));
            let Draft { operation, happens, .. } = &mut self.drafts[position];
            operation.op = op;
            if *happens {
                apply(&operation.op, &mut store);
            }
        }
        self.answer(None, None);
        for position in 0..self.drafts.len() {
            if self.chance(3) {
                self.drafts[position].operation.output = None;
            }
        }
    }

    /// What is asked of a key that has this value now.
    fn op(&mut self, key: Text, now: Option<&Text>) -> Op {
        let is_long = now.is_some_and(|now| now.as_str().len() > 12);
        match self.draws.between(0, 99) {
            0..40 => Op::Get { key },
            40..55 => {
                let from = match now {
                    Some(now) if self.chance(60) => now.clone(),
                    _ => self.value(),
                };
                Op::Cas { key, from, to: self.value() }
            }
            55..64 if !is_long => Op::Append { key, value: self.value() },
            64..74 => Op::Delete { key },
            _ => Op::Put { key, value: self.value() },
        }
    }

    /// The answers, if one operation takes no effect, and another one takes effect again at a later position.
    fn answer(&mut self, lost: Option<usize>, twice: Option<(usize, usize)>) {
        let mut store = self.initial.clone();
        for position in 0..self.drafts.len() {
            if let Some((which, _)) = twice.filter(|(_, again)| *again == position) {
                apply(&self.drafts[which].operation.op, &mut store);
            }
            let Draft { operation, happens, .. } = &mut self.drafts[position];
            let mut output = None;
            if *happens {
                let before = store.clone();
                output = Some(apply(&operation.op, &mut store));
                if lost == Some(position) {
                    store = before;
                }
            }
            operation.output = output.filter(|_| operation.returned.is_some());
        }
    }

    fn history(self) -> History {
        let clients = (0..self.shape.clients).map(|client| text!("c", client)).collect::<Vec<String>>();
        let operations = self.drafts.into_iter().map(|draft| draft.operation).collect();
        let made = History::new(clients, self.initial, operations);
        made.unwrap_or_else(|error| panic!("a history that was made up is none: {error:?}"))
    }

    /// Breaks it, in one of the ways that are possible.
    fn edit(&mut self) -> Option<Edit> {
        let first = self.draws.between(0, EDITS.len() as u32 - 1) as usize;
        (0..EDITS.len()).map(|offset| EDITS[(first + offset) % EDITS.len()]).find(|edit| self.try_edit(*edit))
    }

    fn try_edit(&mut self, edit: Edit) -> bool {
        match edit {
            Edit::OtherResult => self.other_result(),
            Edit::StaleRead => self.stale_read(),
            Edit::Swapped => self.swap(),
            Edit::Moved => self.moved(),
            Edit::LostWrite => self.is_noticed(|maker| {
                let lost = maker.one(|draft, _| is_answered_write(draft))?;
                maker.answer(Some(lost), None);
                Some(())
            }),
            Edit::AppliedTwice => self.is_noticed(|maker| {
                let last = maker.drafts.len() - 1;
                let which = maker.one(|draft, position| position < last && is_answered_write(draft))?;
                let again = maker.draws.between(which as u32 + 1, last as u32) as usize;
                maker.answer(None, Some((which, again)));
                Some(())
            }),
        }
    }

    /// Tries something until an answer is another one than before: what nobody could notice breaks nothing.
    fn is_noticed(&mut self, change: impl Fn(&mut Self) -> Option<()>) -> bool {
        let answers = |maker: &Self| -> Vec<Option<Output>> {
            maker.drafts.iter().map(|draft| draft.operation.output.clone()).collect()
        };
        let before = answers(self);
        for _ in 0..TRIES {
            if change(self).is_none() {
                break;
            }
            for (draft, before) in self.drafts.iter_mut().zip(&before) {
                // What was not observed is not observed now either.
                draft.operation.output = draft.operation.output.take().filter(|_| before.is_some());
            }
            if answers(self) != before {
                return true;
            }
        }
        for (draft, before) in self.drafts.iter_mut().zip(before) {
            draft.operation.output = before;
        }
        false
    }

    /// The position of one that is like this.
    fn one(&mut self, is_it: impl Fn(&Draft, usize) -> bool) -> Option<usize> {
        let fitting = self.drafts.iter().enumerate().filter(|(position, draft)| is_it(draft, *position));
        let fitting: Vec<usize> = fitting.map(|(position, _)| position).collect();
        self.draws.pick(&fitting).copied()
    }

    fn other_result(&mut self) -> bool {
        let Some(which) = self.one(|draft, _| found(draft).is_some()) else { return false };
        let is_unheard_of = self.chance(50);
        let draft = &mut self.drafts[which].operation;
        draft.output = match &draft.output {
            Some(Output::Swapped(swapped)) => Some(Output::Swapped(!swapped)),
            Some(Output::Value(Some(_))) if !is_unheard_of => Some(Output::Value(None)),
            _ => Some(Output::Value(Some(text("z")))),
        };
        true
    }

    fn stale_read(&mut self) -> bool {
        // Before each operation: the value that its key had before the last change.
        let mut store = self.initial.clone();
        let mut former: LiteMap<Text, Option<Text>> = LiteMap::new();
        let mut stale = Vec::new();
        for (position, draft) in self.drafts.iter().enumerate() {
            let key = draft.operation.op.key();
            if let (Some(Output::Value(found)), Some(former)) = (&draft.operation.output, former.get(key))
                && found != former
            {
                stale.push((position, Output::Value(former.clone())));
            }
            let before = store.get(key).cloned();
            if draft.happens {
                apply(&draft.operation.op, &mut store);
            }
            if store.get(key) != before.as_ref() {
                former.insert(key.clone(), before);
            }
        }
        let Some((position, output)) = self.draws.pick(&stale).cloned() else { return false };
        self.drafts[position].operation.output = Some(output);
        true
    }

    fn swap(&mut self) -> bool {
        let Some(one) = self.one(|draft, _| matches!(found(draft), Some(Output::Value(_)))) else { return false };
        let (key, output) = (self.drafts[one].operation.op.key().clone(), self.drafts[one].operation.output.clone());
        let differs = |draft: &Draft, _| {
            let is_like_it = matches!(found(draft), Some(Output::Value(_))) && *draft.operation.op.key() == key;
            is_like_it && draft.operation.output != output
        };
        let Some(other) = self.one(differs) else { return false };
        self.drafts[one].operation.output = self.drafts[other].operation.output.take();
        self.drafts[other].operation.output = output;
        true
    }

    /// It was at the very end, or at the very beginning.
    fn moved(&mut self) -> bool {
        let Some(which) = self.one(|draft, _| found(draft).is_some()) else { return false };
        let last = |draft: &Draft| draft.operation.call.max(draft.operation.returned.unwrap_or_default());
        let last = self.drafts.iter().map(last).max().unwrap_or_default();
        let call = if self.chance(50) { last + 1 } else { 0 };
        let operation = &mut self.drafts[which].operation;
        (operation.call, operation.returned) = (call, Some(call + 1));
        true
    }

    /// Plants a stale read: see [`RandomHistory::large`].
    fn plant(&mut self) -> bool {
        let overwrites = |draft: &&Draft| matches!(draft.operation.op, Op::Put { .. } | Op::Delete { .. });
        let mut planted = Vec::new();
        for (position, read) in self.drafts.iter().enumerate() {
            let Some(Output::Value(_)) = found(read) else { continue };
            let before = |draft: &&Draft, call| draft.operation.returned.is_some_and(|returned| returned < call);
            let same_key = |draft: &&Draft| draft.operation.op.key() == read.operation.op.key();
            let writes = || self.drafts.iter().filter(same_key).filter(overwrites);
            let Some(last) = writes().rfind(|write| before(write, read.operation.call)) else { continue };
            let older = writes().filter(|write| before(write, last.operation.call));
            for older in older {
                if let Op::Put { value, .. } = &older.operation.op {
                    planted.push((position, value.clone()));
                }
            }
        }
        let Some((position, value)) = self.draws.pick(&planted).cloned() else { return false };
        self.drafts[position].operation.output = Some(Output::Value(Some(value)));
        true
    }
}

/// The answer of an operation that returned, if it tells something of the value.
fn found(draft: &Draft) -> Option<&Output> {
    draft.operation.output.as_ref().filter(|output| matches!(output, Output::Value(_) | Output::Swapped(_)))
}

fn is_answered_write(draft: &Draft) -> bool {
    draft.operation.returned.is_some() && !draft.operation.op.only_reads()
}

fn apply(op: &Op, store: &mut LiteMap<Text, Text>) -> Output {
    let (value, output) = op.apply(store.get(op.key()));
    match value {
        Some(value) => drop(store.insert(op.key().clone(), value)),
        None => drop(store.remove(op.key())),
    }
    output
}
