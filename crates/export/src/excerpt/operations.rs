//! What clients of a log asked and were answered, on the time of an excerpt.

use alloc::{format, string::String, sync::Arc, vec::Vec};

use super::Moment;
use crate::op::{told_as, written};
use quorum_core::check::{LogViolation, Violation};
use quorum_core::log::{Command, Output};
use quorum_core::run::Simulation;
use quorum_core::sim::Time;

/// One operation of a client, from its call to its return.
pub(crate) struct Operation {
    pub(crate) command: Arc<Command>,
    /// The steps in which it was asked for and in which the answer came.
    pub(crate) steps: (u64, Option<u64>),
    /// When it was asked for; the start of the excerpt, if that was before.
    pub(crate) call: Time,
    /// When the answer came. `None`: it has not come by the end of the excerpt.
    pub(crate) returned: Option<Time>,
    pub(crate) output: Option<Output>,
    /// Whether it is the one after which no order of the operations explains what clients were told.
    pub(crate) guilty: bool,
}

impl Operation {
    /// What was asked, and what came of it: `get x → 3`.
    pub(crate) fn says(&self) -> String {
        let asked = written(&self.command.op);
        match &self.output {
            Some(output) => format!("{asked} → {}", told_as(output)),
            None => format!("{asked} …"),
        }
    }
}

/// The operations of which something is between these moments, in the order of their calls. `now` is the last of them.
pub(super) fn within(now: &Simulation, moments: &[Moment]) -> Vec<Operation> {
    let (Some(observer), [first, ..]) = (now.observer().log(), moments) else { return Vec::new() };
    let at = |step: u64| moment_of(moments, step).at;
    let broken = now.violations().iter().find_map(|(_, violation)| match violation {
        Violation::Log(LogViolation::NotLinearizable { command, .. }) => Some(command),
        _ => None,
    });
    let seen = observer.history().filter(|operation| operation.returned.is_none_or(|step| step > first.step));
    let shown = seen.map(|operation| Operation {
        command: operation.command.clone(),
        steps: (operation.call, operation.returned),
        call: at(operation.call),
        returned: operation.returned.map(at),
        output: operation.result.as_ref().map(|(output, _)| output.clone()),
        guilty: broken.is_some_and(|broken| *broken == operation.command),
    });
    shown.collect()
}

/// The end of a step, or of the nearest one in the excerpt.
pub(super) fn moment_of(moments: &[Moment], step: u64) -> Moment {
    let place = step.saturating_sub(moments[0].step) as usize;
    moments[place.min(moments.len() - 1)]
}
