//! Where a search goes on: a step of a run, with rules switched off there.

use alloc::format;
use alloc::string::ToString;

use super::ModelCheckError;
use crate::paxos::{Rule, Rules};
use crate::run::{History, Run};
use crate::sim::{self, Action};

/// The run at that step, with these rules switched off, which are on there.
pub(super) fn history(
    (run, step): &(Run, u64),
    off: impl Iterator<Item = sim::Rule>,
) -> Result<History, ModelCheckError> {
    if *step > run.length {
        return Err(ModelCheckError(format!("There is no step {step}: this run has {}.", run.length)));
    }
    let mut history = run.replay().map_err(|error| ModelCheckError(error.to_string()))?;
    history.seek(*step);
    for rule in off {
        if history.now().cluster().rule(rule) == Some(true) {
            let switched = history.apply(&Action::Rule { rule, on: false });
            switched.map_err(|refusal| ModelCheckError(refusal.to_string()))?;
        }
    }
    Ok(history)
}

/// The rules of single-decree Paxos that were never off: if one ever was, what it prevents may have happened.
pub(super) fn held((run, step): &(Run, u64), now: Rules) -> Rules {
    let mut held = now;
    run.config.rules.off().for_each(|rule| held.set(rule, false));
    let done = run.interventions.iter().filter(|done| done.step <= *step);
    let off = done.filter_map(|done| match done.action {
        Action::Rule { rule, on: false } => rule.paxos(),
        _ => None,
    });
    off.for_each(|rule: Rule| held.set(rule, false));
    held
}
