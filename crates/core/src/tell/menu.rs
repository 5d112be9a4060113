//! What a person can do to one thing, with names, keys and reasons: the same menu for every front end.

use alloc::vec::Vec;

use crate::json::{Json, Object};
#[cfg(feature = "log")]
use crate::log;
use crate::paxos;
use crate::run::Simulation;
#[cfg(feature = "log")]
use crate::sim::ClientAction;
use crate::sim::{Action, Target, Timer};
use crate::text::capital;

impl Simulation {
    /// What can be done to a thing, each choice with its name, its key and, if it is not possible now, the reason. A
    /// kind of thing always has the same number of choices in the same order, so that a front end can give each a place
    /// that stays. Two opposites (pause and resume, for example) share a place: the second is listed once the first is
    /// impossible because it has been done. A proposal carries a suggested value.
    #[must_use]
    pub fn choices(&self, target: Target) -> Json {
        let mut choices: Vec<Object> = Vec::new();
        let mut possible = false;
        for action in self.menu(target) {
            let why = self.check(&action).err();
            if takes_the_place_before(&action) {
                // While one of many links is cut, both are possible: a server is isolated once all of them are.
                if possible || why.is_some() {
                    continue;
                }
                choices.pop();
            }
            possible = why.is_none();
            let (name, key) = label(&action);
            let why = why.map(|refusal| capital(&text!(refusal.reason())) + ".");
            choices.push(Object::new().with("action", &action).with("name", name).with("key", key).with("why", why));
        }
        choices.into_iter().collect()
    }

    /// What is in the menu of a thing, in its order; nothing for what does not exist.
    fn menu(&self, target: Target) -> Vec<Action> {
        let is_server = |node| self.cluster().everyone().contains(node);
        match target {
            Target::Node(node) if is_server(node) => {
                // Put in their places one by one: a library's sort would be 1.5 KB more to download.
                let mut all: Vec<Action> = Vec::new();
                for action in self.cluster().candidates(target) {
                    let place = all.partition_point(|before| rank(before) <= rank(&action));
                    all.insert(place, action);
                }
                all
            }
            Target::Link(from, to) if self.cluster().links().contains(&(from, to)) => self.cluster().candidates(target),
            #[cfg(feature = "log")]
            Target::Client(_) => self.cluster().candidates(target),
            Target::Message(message)
                if self.cluster().network().get(message).is_some() || self.cluster().waiting(message).is_some() =>
            {
                [
                    Action::Deliver { message },
                    Action::Drop { message },
                    Action::Duplicate { message },
                    Action::Hold { message },
                    Action::Release { message },
                    Action::Send { message },
                ]
                .into()
            }
            _ => Vec::new(),
        }
    }
}

/// Where an action stands in the menu of a server: what is done most comes first, what waits for a disk or a clock
/// follows, and what cannot be undone is last.
const fn rank(action: &Action) -> u8 {
    match action {
        Action::Propose { .. } => 0,
        Action::Crash { .. } => 1,
        Action::Restart { .. } => 2,
        Action::Pause { .. } => 3,
        Action::Resume { .. } => 4,
        Action::Isolate { .. } => 5,
        Action::Rejoin { .. } => 6,
        Action::Timeout { timer: Timer::Paxos(paxos::Timer::Retry), .. } => 7,
        Action::Write { .. } => 8,
        Action::Sync { .. } | Action::SyncFirst { .. } => 9,
        Action::Flush { .. } => 10,
        Action::Timeout { .. } => 11,
        #[cfg(feature = "log")]
        Action::Snapshot { .. } => 11,
        _ => 12,
    }
}

/// Whether an action, when it is possible and the one before it is not, is listed in the place of that, its opposite.
const fn takes_the_place_before(action: &Action) -> bool {
    matches!(action, Action::Resume { .. } | Action::Rejoin { .. } | Action::Release { .. })
}

/// Name and key. In the menu of one thing no two have the same key.
const fn label(action: &Action) -> (&'static str, Option<&'static str>) {
    match action {
        Action::Propose { .. } => ("Propose…", Some("p")),
        Action::Crash { .. } => ("Crash", Some("c")),
        Action::Restart { .. } => ("Restart", Some("r")),
        Action::Wipe { .. } => ("Wipe disk", Some("w")),
        Action::Pause { .. } => ("Pause", Some("u")),
        Action::Resume { .. } => ("Resume", Some("u")),
        Action::Isolate { .. } => ("Isolate", Some("i")),
        Action::Rejoin { .. } => ("Rejoin", Some("j")),
        Action::Write { .. } => ("Write now", Some("e")),
        Action::Sync { .. } | Action::SyncFirst { .. } => ("Sync now", Some("s")),
        Action::Flush { .. } => ("Send now", Some("n")),
        Action::Timeout { timer: Timer::Paxos(paxos::Timer::Retry), .. } => ("Retry now", Some("t")),
        Action::Timeout { timer: Timer::Paxos(paxos::Timer::Learn), .. } => ("Find out", Some("f")),
        #[cfg(feature = "log")]
        Action::Timeout { timer: Timer::Log(log::Timer::Heartbeat), .. } => ("Heartbeat now", Some("b")),
        #[cfg(feature = "log")]
        Action::Timeout { timer: Timer::Log(log::Timer::Stand), .. } => ("Stand now", Some("l")),
        #[cfg(feature = "log")]
        Action::Timeout { timer: Timer::Log(log::Timer::Repeat), .. } => ("Repeat now", Some("t")),
        Action::Deliver { .. } => ("Deliver now", Some("d")),
        Action::Drop { .. } => ("Drop", Some("x")),
        Action::Duplicate { .. } => ("Duplicate", Some("u")),
        Action::Hold { .. } => ("Hold", Some("h")),
        Action::Release { .. } => ("Release", Some("r")),
        Action::Send { .. } => ("Send now", Some("n")),
        Action::Cut { .. } => ("Cut", Some("c")),
        Action::Mend { .. } => ("Mend", Some("m")),
        Action::Partition { .. } => ("Partition…", Some("p")),
        Action::Heal => ("Heal all links", Some("h")),
        Action::Network { .. } => ("Network…", Some("n")),
        Action::Rule { .. } => ("Switch rule", None),
        Action::PowerCut => ("Power cut", Some("o")),
        #[cfg(feature = "log")]
        Action::Snapshot { .. } => ("Snapshot now", Some("o")),
        #[cfg(feature = "log")]
        Action::Client(ClientAction::Request { .. }) => ("Ask…", Some("a")),
        #[cfg(feature = "log")]
        Action::Client(ClientAction::Retry { .. }) => ("Retry now", Some("t")),
        #[cfg(feature = "log")]
        Action::Client(ClientAction::Stray { .. }) => ("Old request", None),
        #[cfg(feature = "log")]
        Action::Client(ClientAction::Workload(_)) => ("Workload…", Some("l")),
    }
}
