//! What a person can do to one thing, with names, keys and reasons: the same menu for every front end.

use alloc::string::ToString;

use crate::json::{Json, Object};
use crate::paxos;
use crate::run::Simulation;
use crate::sim::{Action, Target, Timer};
use crate::text::capital;

impl Simulation {
    /// What can be done to a thing, each choice with its name, its key and, if it is not possible now, the reason. Of
    /// two opposites (crash and restart, pause and resume, …) only the one that makes sense now is listed. A proposal
    /// carries a suggested value.
    #[must_use]
    pub fn choices(&self, target: Target) -> Json {
        let is_server = |node| self.cluster().everyone().contains(node);
        let exists = match target {
            Target::Node(node) => is_server(node),
            Target::Message(id) => self.cluster().network().get(id).is_some() || self.cluster().waiting(id).is_some(),
            Target::Link(from, to) => from != to && is_server(from) && is_server(to),
        };
        let candidates = if exists { self.cluster().candidates(target) } else { [].into() };
        candidates.iter().filter_map(|action| self.choice(action)).collect()
    }

    fn choice(&self, action: &Action) -> Option<Object> {
        let why = self.check(action).err();
        let (name, key, always) = label(action);
        if why.is_some() && !always {
            return None;
        }
        let why = why.map(|refusal| capital(&refusal.reason().to_string()) + ".");
        Some(Object::new().with("action", action).with("name", name).with("key", key).with("why", why))
    }
}

/// Name, key, and whether the entry stays in the menu while it is not possible.
const fn label(action: &Action) -> (&'static str, Option<&'static str>, bool) {
    match action {
        Action::Propose { .. } => ("Propose…", Some("p"), true),
        Action::Crash { .. } => ("Crash", Some("c"), false),
        Action::Restart { .. } => ("Restart", Some("r"), false),
        Action::Wipe { .. } => ("Wipe disk", Some("w"), true),
        Action::Pause { .. } => ("Pause", Some("u"), true),
        Action::Resume { .. } => ("Resume", Some("u"), false),
        Action::Isolate { .. } => ("Isolate", Some("i"), false),
        Action::Rejoin { .. } => ("Rejoin", Some("j"), false),
        Action::Write { .. } => ("Write now", None, false),
        Action::Sync { .. } => ("Sync now", Some("s"), false),
        Action::Flush { .. } => ("Send now", Some("n"), false),
        Action::Timeout { timer: Timer::Paxos(paxos::Timer::Retry), .. } => ("Retry now", Some("t"), false),
        Action::Timeout { timer: Timer::Paxos(paxos::Timer::Learn), .. } => ("Find out now", Some("f"), false),
        Action::Deliver { .. } => ("Deliver now", Some("d"), true),
        Action::Drop { .. } => ("Drop", Some("x"), true),
        Action::Duplicate { .. } => ("Duplicate", Some("u"), true),
        Action::Hold { .. } => ("Hold", Some("h"), false),
        Action::Release { .. } => ("Release", Some("r"), false),
        Action::Send { .. } => ("Send now", Some("n"), true),
        Action::Cut { .. } => ("Cut", Some("c"), false),
        Action::Mend { .. } => ("Mend", Some("m"), false),
        Action::Partition { .. } => ("Partition…", None, true),
        Action::Heal => ("Heal all links", None, true),
        Action::Network { .. } => ("Network…", None, true),
        Action::Rule { .. } => ("Switch rule", None, true),
        Action::PowerCut => ("Power cut", None, true),
    }
}
