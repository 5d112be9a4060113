//! A path through the model, played on a real cluster.

use alloc::{format, string::String, vec::Vec};

use super::Question;
use crate::limits::{MAX_NOTE_BYTES, MAX_TITLE_BYTES};
use crate::paxos::{Message, NodeId};
use crate::run::{Annotation, Event, EventKind, History, Run};
use crate::search::explorer::{Model, Search};
use crate::search::paxos_model::{ModelAction, PaxosModel, settle_io};
use crate::sim::{Action, Cluster, MessageId, ServerStatus};
use crate::tell::rule_story;

/// The run that leads to a state which violates a property.
///
/// # Panics
/// If the cluster does not do what the model says it does.
pub(super) fn run(question: &Question, search: &Search<PaxosModel>, property: usize, state: u32) -> Run {
    let model = search.model();
    let mut history = question.history().unwrap_or_else(|error| unreachable!("{error}"));
    let begins = history.now().steps();
    let name = model.properties()[property].name;
    for step in search.path(state) {
        let node = perform(&mut history, model.action(step.number, search.state(step.from)));
        settle(&mut history, node, name);
    }
    history.seek(begins);
    let mut run = history.run();
    history.seek(u64::MAX);
    let stories = question.rules.off().map(rule_story);
    let off: Vec<_> = stories.map(|story| (story.name, story.without)).collect();
    describe(&mut run, &off, begins, &history);
    run
}

fn must(history: &mut History, action: &Action) {
    if let Err(refusal) = history.apply(action) {
        panic!("the cluster does not do what the model says it does. {refusal}");
    }
}

/// Plays an action, and returns the server that then has input or output to settle.
fn perform(history: &mut History, step: ModelAction) -> Option<NodeId> {
    Some(match step {
        ModelAction::Propose(node, value) => {
            must(history, &Action::Propose { node, value });
            node
        }
        ModelAction::Deliver(from, to, message) => {
            let message = open_the_way(history, from, to, &message);
            must(history, &Action::Deliver { message });
            to
        }
        ModelAction::Drop(from, to, message) => {
            let message = find(history.now().cluster(), from, to, &message);
            must(history, &Action::Drop { message });
            return None;
        }
        ModelAction::Duplicate(from, to, message) => {
            let message = find(history.now().cluster(), from, to, &message);
            must(history, &Action::Duplicate { message });
            return None;
        }
        ModelAction::Timeout(node, timer) => {
            wake(history, node);
            must(history, &Action::Timeout { node, timer: timer.into() });
            node
        }
        ModelAction::Flush(node) => {
            wake(history, node);
            node
        }
        ModelAction::Restart(node) => {
            must(history, &Action::Restart { node });
            node
        }
        ModelAction::Crash(node) | ModelAction::LateCrash(node) | ModelAction::Wipe(node) => {
            wake(history, node);
            match step {
                ModelAction::Wipe(_) => must(history, &Action::Wipe { node }),
                ModelAction::LateCrash(_) => {
                    must(history, &Action::Sync { node });
                    must(history, &Action::Crash { node });
                }
                _ => must(history, &Action::Crash { node }),
            }
            must(history, &Action::Restart { node });
            node
        }
    })
}

/// Lets a server write, sync and send what the action left it with; the run ends where the property is violated.
fn settle(history: &mut History, node: Option<NodeId>, property: &str) {
    let Some(node) = node else { return };
    let broken = |history: &History| {
        history.now().violations().iter().any(|(_, violation)| violation.invariant().as_str() == property)
    };
    while let Some(action) = settle_io(history.now().cluster(), node).filter(|_| !broken(history)) {
        must(history, &action);
    }
}

/// Resumes a paused server: in the model, it is a slow one.
fn wake(history: &mut History, node: NodeId) {
    if history.now().cluster().server(node).status() == ServerStatus::Paused {
        must(history, &Action::Resume { node });
    }
}

/// Mends the link of a message and releases the message: in the model, a cut link and a held message are slow ones.
fn open_the_way(history: &mut History, from: NodeId, to: NodeId, message: &Message) -> MessageId {
    wake(history, to);
    if history.now().cluster().network().is_cut(from, to) {
        must(history, &Action::Mend { from: from.into(), to: to.into() });
    }
    let message = find(history.now().cluster(), from, to, message);
    if history.now().cluster().network().is_held(message) {
        must(history, &Action::Release { message });
    }
    message
}

/// The first message in flight that says this.
fn find(cluster: &Cluster, from: NodeId, to: NodeId, message: &Message) -> MessageId {
    let found = cluster.network().in_flight().find(|it| it.paxos() == Some((from, to, message)));
    found.map(|envelope| envelope.id).unwrap_or_else(|| unreachable!("the model sends what the cluster sends"))
}

/// Gives the run a title and notes: which rules are off, what is chosen first, and what each violation is. A rule has a name, and
/// a sentence about what happens without it.
pub(super) fn describe(run: &mut Run, off: &[(&str, &str)], begins: u64, history: &History) {
    let (violations, scheme) = (history.now().violations(), history.now().config().ballots);
    let names: Vec<&str> = off.iter().map(|(name, _)| *name).collect();
    let names = names.join("”, “");
    let title = if off.is_empty() { "A run that breaks agreement".into() } else { format!("Without “{names}”") };
    if title.len() <= MAX_TITLE_BYTES {
        run.title = title;
    }
    let mut say = |step: u64, says: String| {
        if says.len() > MAX_NOTE_BYTES {
            return;
        }
        match run.notes.last_mut() {
            Some(last) if last.step == step => {
                let both = format!("{} {says}", last.says);
                if both.len() <= MAX_NOTE_BYTES {
                    last.says = both;
                }
            }
            _ => run.notes.push(Annotation { step, says, question: None }),
        }
    };
    let mut new = violations.iter().filter(|(step, _)| *step > begins).peekable();
    if let (None, Some((step, last))) = (new.peek(), violations.last()) {
        return say(begins, format!("It has happened already. At step {step}: {}", last.sentence(scheme)));
    }
    if !off.is_empty() {
        let without: Vec<&str> = off.iter().map(|(_, without)| *without).collect();
        say(begins, format!("Off: “{names}”. {} This is the shortest way to harm.", without.join(" ")));
    }
    let harm = new.peek().map_or(u64::MAX, |(step, _)| *step);
    let events = history.events(begins + 1, harm.min(history.branch().length()));
    for chosen in first_chosen(&events).filter(|chosen| chosen.step < harm) {
        say(chosen.step, chosen.why(scheme));
    }
    if let Some((step, first)) = new.next() {
        let because =
            if off.is_empty() { String::new() } else { format!(" With “{names}” it could not have happened.") };
        say(*step, format!("{}{because}", first.sentence(scheme)));
    }
    for (step, violation) in new {
        say(*step, violation.sentence(scheme));
    }
}

/// The events that say what is chosen: the first one of single-decree Paxos, and each of a log.
fn first_chosen(events: &[Event]) -> impl Iterator<Item = &Event> {
    let first = events.iter().find(|event| matches!(event.kind, EventKind::Chosen(_)));
    #[cfg(feature = "log")]
    let of_log = events.iter().filter(|event| matches!(event.kind, EventKind::ChosenInSlot(_)));
    #[cfg(not(feature = "log"))]
    let of_log = core::iter::empty();
    first.into_iter().chain(of_log)
}
