//! The kinds of events, by name and by number.
//!
//! People and pages know an event by the name of its kind. Where very many of them are handed over at once, a number does:
//! its position among all names.

/// The names, with those that only some protocol has behind the others.
macro_rules! names {
    ($($more:tt)*) => {
        words! {
            /// A kind of event.
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum EventName {
                Proposed = "proposed",
                Prepares = "prepares",
                Promised = "promised",
                Accepted = "accepted",
                Rejected = "rejected",
                Counted = "counted",
                Quorum = "quorum",
                Adopted = "adopted",
                FreeChoice = "free-choice",
                GaveUp = "gave-up",
                Exhausted = "exhausted",
                Learned = "learned",
                Ignored = "ignored",
                Sent = "sent",
                Delivered = "delivered",
                Dropped = "dropped",
                Duplicated = "duplicated",
                Held = "held",
                Released = "released",
                Wrote = "wrote",
                Durable = "durable",
                Timer = "timer",
                Crashed = "crashed",
                Restarted = "restarted",
                Wiped = "wiped",
                Paused = "paused",
                Resumed = "resumed",
                Cut = "cut",
                Mended = "mended",
                Isolated = "isolated",
                Rejoined = "rejoined",
                Partitioned = "partitioned",
                Healed = "healed",
                Network = "network",
                PowerCut = "power-cut",
                Rule = "rule",
                Chosen = "chosen",
                Violated = "violated",
                $($more)*
            }
        }
    };
}

// The engine that a first visit loads has no log, and does without its names.
#[cfg(not(feature = "log"))]
names! {}

#[cfg(feature = "log")]
names! {
    Discontent = "discontent",
    CatchesUp = "catches-up",
    Leads = "leads",
    Finishes = "finishes",
    Fills = "fills",
    Taken = "taken",
    Applied = "applied",
    Answers = "answers",
    SteppedDown = "stepped-down",
    Fetches = "fetches",
    Repeats = "repeats",
    Requested = "requested",
    Retried = "retried",
    Redirected = "redirected",
    Answered = "answered",
    Workload = "workload",
    Snapshot = "snapshot",
    Truncated = "truncated",
    SendsSnapshot = "sends-snapshot",
    Installed = "installed",
    AsksWhetherItLeads = "asks-whether-it-leads",
    Confirmed = "confirmed",
    Reads = "reads",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_position_among_all_names() {
        for (position, name) in EventName::ALL.into_iter().enumerate() {
            assert_eq!(name as usize, position, "{}", name.as_str());
        }
    }
}
