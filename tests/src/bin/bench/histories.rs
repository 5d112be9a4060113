//! Histories: how many are judged in a second, beside `stateright`'s `LinearizabilityTester`. Both must say the same.
//!
//! What the peer said is kept in a file that the core's own tests read, so that they need not be built with it.
//! `UPDATE_GOLDENFILES=1` writes it anew.

use crate::{Measured, median};
use quorum_core::check::linear::{History, RandomHistory, breadth_first, depth_first};
use quorum_core::limits::{MAX_EXPLANATIONS, MAX_EXPLORED};
use quorum_core::log::{Op, Output, Text};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// Seeds whose histories are judged.
const SEEDS: u64 = 6000;
/// Most operations of those that the peer is asked about: it remembers nothing, and tries every order.
const MOST: usize = 14;
const RUNS: usize = 5;
/// What the peer said: for each seed `1` for linearizable, `0` for not, `-` where it was not asked.
const KEPT: &str = "../crates/core/tests/histories.stateright.txt";

/// The store, as the peer wants it.
#[derive(Clone, Debug)]
struct Store(BTreeMap<Text, Text>);

impl SequentialSpec for Store {
    type Op = Op;
    /// `None`: nobody saw it.
    type Ret = Option<Output>;

    fn invoke(&mut self, op: &Op) -> Option<Output> {
        let (value, output) = op.apply(self.0.get(op.key()));
        match value {
            Some(value) => drop(self.0.insert(op.key().clone(), value)),
            None => drop(self.0.remove(op.key())),
        }
        Some(output)
    }

    fn is_valid_step(&mut self, op: &Op, seen: &Option<Output>) -> bool {
        let output = self.invoke(op);
        seen.is_none() || *seen == output
    }
}

/// What the peer says; `None` where it cannot take the history: one process calls again at the time of its last return, or
/// there are too many operations.
fn peer(history: &History) -> Option<bool> {
    let operations = history.operations();
    if operations.len() > MOST {
        return None;
    }
    let mut events = Vec::new();
    for (position, operation) in operations.iter().enumerate() {
        events.push((operation.call, false, position));
        events.extend(operation.returned.map(|returned| (returned, true, position)));
    }
    events.sort_unstable();
    let initial = operations.iter().filter_map(|operation| {
        let key = operation.op.key();
        Some((key.clone(), history.initial(key)?.clone()))
    });
    let mut tester = LinearizabilityTester::new(Store(initial.collect()));
    for (_, is_return, position) in events {
        let (process, operation) = (history.process(position), &operations[position]);
        let taken = if is_return {
            tester.on_return(process, operation.output.clone()).is_ok()
        } else {
            tester.on_invoke(process, operation.op.clone()).is_ok()
        };
        if !taken {
            return None;
        }
    }
    Some(tester.is_consistent())
}

pub(crate) fn natively() -> Vec<Measured> {
    let all: Vec<History> = (0..SEEDS).map(|seed| RandomHistory::new(seed).history).collect();
    let said: Vec<Option<bool>> = all.iter().map(peer).collect();
    for (seed, (history, said)) in all.iter().zip(&said).enumerate() {
        if let Some(said) = said {
            let ours = [breadth_first(history, MAX_EXPLANATIONS), depth_first(history, MAX_EXPLORED)];
            assert!(ours.iter().all(|ours| ours.linearizable == Some(*said)), "seed {seed}: the peer says {said}");
        }
    }
    keep(&said);
    let asked: Vec<&History> = all.iter().zip(&said).filter(|(_, said)| said.is_some()).map(|(all, _)| all).collect();
    let per_second = |judge: &dyn Fn(&History) -> bool| {
        let begun = Instant::now();
        let good = asked.iter().filter(|history| judge(history)).count();
        assert!(good * 4 > asked.len() && good < asked.len(), "{good} of {} are good", asked.len());
        asked.len() as f64 / begun.elapsed().as_secs_f64()
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(per_second(&|history| breadth_first(history, MAX_EXPLANATIONS).linearizable == Some(true)));
        theirs.push(per_second(&|history| peer(history) == Some(true)));
    }
    let measured = Measured::new("histories judged in a second", "histories", median(ours), median(theirs), RUNS);
    vec![measured.beside("stateright")]
}

/// Writes down what the peer said, or finds it as it was written down.
fn keep(said: &[Option<bool>]) {
    let sign = |said: &Option<bool>| said.map_or('-', |said| if said { '1' } else { '0' });
    let mut text = String::new();
    for line in said.chunks(100) {
        text.extend(line.iter().map(sign));
        text.push('\n');
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(KEPT);
    if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{KEPT} is not what the peer says");
}
