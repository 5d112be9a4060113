//! When a log is idle, and which steps belong together although each could stand alone.

use crate::run::{Event, Simulation};

/// Whether a step with these events is no more than that servers say that they are there.
#[cfg(feature = "log")]
pub(super) fn is_idle(events: &[Event], after: &Simulation) -> bool {
    use crate::log::{self, MessageKind};
    use crate::run::EventKind;
    use crate::sim::{Fact, Message, ProtocolKind, Timer};

    let is_heartbeat = |message: &Message| matches!(message, Message::Log(it) if it.kind() == MessageKind::Heartbeat);
    let is_quiet = |event: &Event| match &event.kind {
        EventKind::Fact(fact) => match fact {
            Fact::TimedOut { timer, .. } => *timer == Timer::Log(log::Timer::Heartbeat),
            Fact::Held(_) | Fact::Released(_) => false,
            fact => fact.envelope().is_some_and(|envelope| is_heartbeat(&envelope.message)),
        },
        _ => false,
    };
    after.config().protocol == ProtocolKind::Log && events.iter().all(is_quiet)
}

/// Whether a round of heartbeats begins: that of the first server that runs.
#[cfg(feature = "log")]
pub(super) fn is_breath(events: &[Event], after: &Simulation) -> bool {
    use crate::run::EventKind;
    use crate::sim::{Fact, ServerStatus};

    let cluster = after.cluster();
    let first = cluster.nodes().find(|node| cluster.server(*node).status() == ServerStatus::Up);
    let begins = |event: &Event| match &event.kind {
        EventKind::Fact(Fact::TimedOut { node, .. }) => Some(*node) == first,
        _ => false,
    };
    events.first().is_some_and(begins)
}

/// Whether links of a log are cut or mended in a step, and nothing else happens.
#[cfg(feature = "log")]
pub(super) fn of_links(events: &[Event], after: &Simulation) -> bool {
    use crate::run::EventKind;
    use crate::sim::{Fact, ProtocolKind};

    let is_link = |event: &Event| matches!(event.kind, EventKind::Fact(Fact::Cut { .. } | Fact::Mended { .. }));
    after.config().protocol == ProtocolKind::Log && events.iter().all(is_link)
}

/// Whether a message tells a client what came of its operation.
#[cfg(feature = "log")]
pub(super) const fn is_answer(message: &crate::sim::Message) -> bool {
    use crate::log::{Answer, Message, Reply};

    matches!(message, crate::sim::Message::Log(Message::Answer(Answer { reply: Reply::Done { .. }, .. })))
}

/// Single-decree Paxos has no heartbeats.
#[cfg(not(feature = "log"))]
pub(super) const fn is_idle(_: &[Event], _: &Simulation) -> bool {
    false
}

#[cfg(not(feature = "log"))]
pub(super) const fn is_breath(_: &[Event], _: &Simulation) -> bool {
    false
}

#[cfg(not(feature = "log"))]
pub(super) const fn of_links(_: &[Event], _: &Simulation) -> bool {
    false
}
