//! What a first visit begins with: a value on its way.

use alloc::vec::Vec;

use crate::paxos;
use crate::run::{EventKind, History};
use crate::sim::{Action, Cluster, Fact, MessageId, Target};

/// A scene that takes longer is none.
const PATIENCE: u64 = 1000;

impl History {
    /// Brings a new run to its first scene: server 1 is asked for a value, and somebody else has just voted for it. A crash
    /// would still take that vote back. With a number of steps, it goes on for so many instead. A run in which server 1
    /// cannot propose stays as it is.
    pub fn open(&mut self, steps: Option<u64>) {
        let Some(ask) = proposal(self.now().cluster()).filter(|_| steps != Some(0)) else { return };
        if self.apply(&ask).is_err() {
            return;
        }
        let mut asked = Vec::new();
        for _ in 1..steps.unwrap_or(PATIENCE) {
            asked.extend(self.latest().iter().filter_map(|event| match &event.kind {
                EventKind::Fact(fact) => asks_another_to_vote(fact),
                _ => None,
            }));
            let Some(happened) = self.step() else { return };
            let votes = happened.iter().any(|event| {
                matches!(&event.kind, EventKind::Fact(Fact::Delivered(envelope)) if asked.contains(&envelope.id))
            });
            if steps.is_none() && votes {
                return;
            }
        }
    }
}

/// What server 1 would be asked for, if it may be asked.
fn proposal(cluster: &Cluster) -> Option<Action> {
    let first = cluster.nodes().next()?;
    let mut all = cluster.candidates(Target::Node(first)).into_iter();
    all.find(|action| matches!(action, Action::Propose { .. }) && cluster.is_enabled(action))
}

fn asks_another_to_vote(fact: &Fact) -> Option<MessageId> {
    match fact {
        Fact::Sent(envelope) if envelope.from != envelope.to => match envelope.message.paxos() {
            Some(paxos::Message::Accept(_)) => Some(envelope.id),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Config;

    #[test]
    fn the_first_scene_is_a_vote_that_a_crash_would_still_take_back() {
        let mut history = History::new(Config::default()).unwrap();
        history.open(None);
        let voted = history.latest().iter().find_map(|event| match &event.kind {
            EventKind::Fact(Fact::Delivered(envelope)) => envelope.to.server(),
            _ => None,
        });
        let server = history.now().cluster().server(voted.unwrap());
        assert!(!server.disk().queued().is_empty() && !server.outbox().is_empty(), "its vote waits for its disk");
        assert!(history.now().observer().chosen().is_empty());
    }

    #[test]
    fn with_a_number_of_steps_it_has_as_many() {
        for steps in [0, 1, 7, 5000] {
            let mut history = History::new(Config::default()).unwrap();
            history.open(Some(steps));
            let there_are = if steps == 5000 { history.now().steps() } else { steps };
            assert_eq!(history.now().steps(), there_are);
            assert!(steps < 5000 || history.ended().is_some(), "it stops when nothing is left to happen");
        }
    }
}
