//! A history: what clients asked, when, and what they were told.

use alloc::{string::String, vec::Vec};

use litemap::LiteMap;

use crate::json::Malformed;
use crate::limits::MAX_HISTORY_OPERATIONS;
use crate::log::{Op, Output, Text};
use crate::text::visible;

/// One operation of one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Who asked: a position among [`History::clients`].
    pub client: usize,
    /// When it was asked for. The unit is the caller's: only the order of times counts.
    pub call: u64,
    /// When the answer came. `None`: it never did, so the outcome is unknown for ever.
    pub returned: Option<u64>,
    /// What was asked for.
    pub op: Op,
    /// What the answer was. `None`: nobody observed it, or there was none.
    pub output: Option<Output>,
}

impl Operation {
    /// Whether two operations overlapped, so that either may have taken effect first. At equal times calls come before
    /// returns.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.call <= other.end() && other.call <= self.end()
    }

    /// When it ended, at the latest.
    pub(super) fn end(&self) -> u64 {
        self.returned.unwrap_or(u64::MAX)
    }

    /// Whether it can say nothing about the store: it changes nothing, and no answer of it is known.
    pub(super) fn says_nothing(&self) -> bool {
        self.op.only_reads() && self.output.is_none()
    }
}

/// What a client asked, and what it was told: operations in the order of their calls.
///
/// **A client is one process.** It has at most one operation open. An operation may begin at the very time at which the
/// client's last one ended: it is then the later one, although at equal times calls otherwise come before returns.
/// (Histories are judged key by key. So this order holds between operations on one key.)
///
/// **A client that never got an answer** cannot know that its operation is over, and so makes no later call. Histories
/// from elsewhere break that. The operation without an answer then stays open for ever, and later operations of this
/// client are taken as those of another process, which may overlap it. That is the weaker reading: it never calls a
/// history bad that the stricter one would call good.
///
/// **A history in which nothing was answered is refused.** It would pass every check, and says nothing: mostly it is
/// the wrong file, or a load that never reached its servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    clients: Vec<String>,
    initial: LiteMap<Text, Text>,
    operations: Vec<Operation>,
    /// For each operation, the process that it belongs to.
    processes: Vec<u32>,
    /// For each operation, its position among those that were given.
    given: Vec<usize>,
}

/// Why something is no history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryError {
    /// The operation that is wrong, as a position among those given; `None`: all of it is.
    pub operation: Option<usize>,
    /// What is wrong with it.
    pub what: Malformed,
}

impl HistoryError {
    fn of(operation: usize, what: &str) -> Self {
        Self { operation: Some(operation), what: Malformed::new(what) }
    }

    fn whole(what: &str) -> Self {
        Self { operation: None, what: Malformed::new(what) }
    }
}

impl History {
    /// A history of these clients, with the values that keys have before it begins. All other keys have none.
    ///
    /// # Errors
    /// What is wrong with an operation, or with all of them. See the type for what must hold.
    pub fn new(
        clients: Vec<String>,
        initial: LiteMap<Text, Text>,
        operations: Vec<Operation>,
    ) -> Result<Self, HistoryError> {
        if operations.len() > MAX_HISTORY_OPERATIONS {
            let most = text!("a history has at most ", MAX_HISTORY_OPERATIONS, " operations, and this one has ");
            return Err(HistoryError::whole(&text!(most, operations.len(), ": judge a part of it")));
        }
        if !operations.iter().any(|operation| operation.returned.is_some()) {
            let what = if operations.is_empty() { "it has no operations" } else { "none of its operations returned" };
            let why =
                ", so that nothing in it could be wrong: that is no history that passes, but one that says nothing";
            return Err(HistoryError::whole(&text!(what, why)));
        }
        for (position, operation) in operations.iter().enumerate() {
            alone(operation, clients.len()).map_err(|what| HistoryError::of(position, &what))?;
        }
        let mut ordered: Vec<(usize, Operation)> = operations.into_iter().enumerate().collect();
        ordered.sort_by_key(|(_, operation)| (operation.call, operation.end()));
        let (given, operations): (Vec<usize>, Vec<Operation>) = ordered.into_iter().unzip();
        let processes = processes(&operations, &clients).map_err(|(operation, what)| {
            let operation = given.get(operation).copied();
            HistoryError { operation, what: Malformed::new(&what) }
        })?;
        Ok(Self { clients, initial, operations, processes, given })
    }

    /// The names of the clients.
    #[must_use]
    pub fn clients(&self) -> &[String] {
        &self.clients
    }

    /// The operations, in the order of their calls.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Where an operation stood among those that the history was made from.
    #[must_use]
    pub fn given(&self, operation: usize) -> usize {
        self.given[operation]
    }

    /// The process that an operation belongs to: its client, until an operation of that client never returned.
    #[must_use]
    pub fn process(&self, operation: usize) -> u32 {
        self.processes[operation]
    }

    /// The value that a key has before the history begins.
    #[must_use]
    pub fn initial(&self, key: &Text) -> Option<&Text> {
        self.initial.get(key)
    }

    /// Each key, in order, with the operations on it.
    #[must_use]
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut keys: LiteMap<&Text, Vec<u32>> = LiteMap::new();
        for (position, operation) in self.operations.iter().enumerate() {
            let key = operation.op.key();
            match keys.get_mut(key) {
                Some(list) => list.push(position as u32),
                None => drop(keys.insert(key, Vec::from([position as u32]))),
            }
        }
        keys.into_iter().map(|(key, operations)| Part { history: self, key: key.clone(), operations }).collect()
    }
}

/// The operations on one key. A history is linearizable exactly if each of its parts is (Herlihy & Wing 1990, theorem
/// 1).
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The history that it is a part of.
    pub history: &'a History,
    /// The key.
    pub key: Text,
    /// Positions in [`History::operations`], ascending.
    pub operations: Vec<u32>,
}

/// Something that happened: a call or a return of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Happening {
    at: u64,
    /// Calls are smaller than returns, and so come first at equal times.
    pub(super) is_return: bool,
    pub(super) operation: u32,
}

impl<'a> Part<'a> {
    pub(super) fn get(&self, operation: u32) -> &'a Operation {
        &self.history.operations[operation as usize]
    }

    pub(super) fn process(&self, operation: u32) -> u32 {
        self.history.process(operation as usize)
    }

    pub(super) fn initial(&self) -> Option<&'a Text> {
        self.history.initial(&self.key)
    }

    /// Its calls and returns in the order in which they count.
    pub(super) fn happenings(&self) -> Vec<Happening> {
        let mut all = Vec::with_capacity(2 * self.operations.len());
        for operation in self.operations.iter().copied() {
            let Operation { call, returned, .. } = self.get(operation);
            all.push(Happening { at: *call, is_return: false, operation });
            all.extend(returned.map(|at| Happening { at, is_return: true, operation }));
        }
        all.sort_unstable();
        all
    }
}

/// What is wrong with an operation by itself.
fn alone(operation: &Operation, clients: usize) -> Result<(), String> {
    let Operation { client, call, returned, op, output } = operation;
    if *client >= clients {
        return Err(text!("there is no client ", *client, ": there are ", clients));
    }
    match (returned, output) {
        (Some(returned), _) if returned < call => {
            Err(text!("it returned at ", *returned, ", before it was called at ", *call))
        }
        (None, Some(_)) => Err("it has a result, although it never returned".into()),
        (_, Some(output)) if !answers(op, output) => {
            Err(text!("its result is none that \"", op.name(), "\" can have: ", expected(op)))
        }
        _ => Ok(()),
    }
}

/// Whether an operation of this kind can be answered like this, whatever the store holds.
fn answers(op: &Op, output: &Output) -> bool {
    match op {
        Op::Get { .. } => matches!(output, Output::Value(_)),
        Op::Cas { .. } => matches!(output, Output::Swapped(_)),
        Op::Append { .. } => matches!(output, Output::Done | Output::TooLong),
        Op::Put { .. } | Op::Delete { .. } => matches!(output, Output::Done),
    }
}

/// The answers that an operation can have, as a file has them.
pub(super) const fn expected(op: &Op) -> &'static str {
    match op {
        Op::Get { .. } => "a text, or null where the key has no value",
        Op::Cas { .. } => "true or false",
        Op::Append { .. } => "\"ok\" or \"too-long\"",
        Op::Put { .. } | Op::Delete { .. } => "\"ok\"",
    }
}

/// The process of each operation, or which operation its client cannot have begun, and why.
fn processes(operations: &[Operation], clients: &[String]) -> Result<Vec<u32>, (usize, String)> {
    let mut latest: Vec<Option<(usize, u32)>> = alloc::vec![None; clients.len()];
    let mut count = 0;
    let mut all = Vec::with_capacity(operations.len());
    for (position, operation) in operations.iter().enumerate() {
        let before = latest[operation.client].map(|(position, process)| (&operations[position], process));
        let process = match before {
            Some((Operation { returned: Some(returned), call, .. }, _)) if *returned > operation.call => {
                let client = visible(&clients[operation.client]);
                let open =
                    text!("client ", client, " calls it at ", operation.call, ", while its operation of ", *call);
                let rule = ": a client has at most one operation open; give each process a name of its own";
                return Err((position, text!(open, " is open until ", *returned, rule)));
            }
            Some((Operation { returned: Some(_), .. }, process)) => process,
            _ => {
                count += 1;
                count - 1
            }
        };
        latest[operation.client] = Some((position, process));
        all.push(process);
    }
    Ok(all)
}
