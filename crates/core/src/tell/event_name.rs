//! The kinds of events, by name and by number.
//!
//! People and pages know an event by the name of its kind. Where very many of them are handed over at once, a number does:
//! its position among all names.

/// A kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventName {
    /// `proposed`.
    Proposed,
    /// `prepares`.
    Prepares,
    /// `promised`.
    Promised,
    /// `accepted`.
    Accepted,
    /// `rejected`.
    Rejected,
    /// `counted`.
    Counted,
    /// `quorum`.
    Quorum,
    /// `adopted`.
    Adopted,
    /// `free-choice`.
    FreeChoice,
    /// `gave-up`.
    GaveUp,
    /// `exhausted`.
    Exhausted,
    /// `learned`.
    Learned,
    /// `ignored`.
    Ignored,
    /// `sent`.
    Sent,
    /// `delivered`.
    Delivered,
    /// `dropped`.
    Dropped,
    /// `duplicated`.
    Duplicated,
    /// `held`.
    Held,
    /// `released`.
    Released,
    /// `wrote`.
    Wrote,
    /// `durable`.
    Durable,
    /// `timer`.
    Timer,
    /// `crashed`.
    Crashed,
    /// `restarted`.
    Restarted,
    /// `wiped`.
    Wiped,
    /// `paused`.
    Paused,
    /// `resumed`.
    Resumed,
    /// `cut`.
    Cut,
    /// `mended`.
    Mended,
    /// `isolated`.
    Isolated,
    /// `rejoined`.
    Rejoined,
    /// `partitioned`.
    Partitioned,
    /// `healed`.
    Healed,
    /// `network`.
    Network,
    /// `power-cut`.
    PowerCut,
    /// `rule`.
    Rule,
    /// `chosen`.
    Chosen,
    /// `violated`.
    Violated,
}

impl EventName {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 38] = [
        Self::Proposed,
        Self::Prepares,
        Self::Promised,
        Self::Accepted,
        Self::Rejected,
        Self::Counted,
        Self::Quorum,
        Self::Adopted,
        Self::FreeChoice,
        Self::GaveUp,
        Self::Exhausted,
        Self::Learned,
        Self::Ignored,
        Self::Sent,
        Self::Delivered,
        Self::Dropped,
        Self::Duplicated,
        Self::Held,
        Self::Released,
        Self::Wrote,
        Self::Durable,
        Self::Timer,
        Self::Crashed,
        Self::Restarted,
        Self::Wiped,
        Self::Paused,
        Self::Resumed,
        Self::Cut,
        Self::Mended,
        Self::Isolated,
        Self::Rejoined,
        Self::Partitioned,
        Self::Healed,
        Self::Network,
        Self::PowerCut,
        Self::Rule,
        Self::Chosen,
        Self::Violated,
    ];

    /// Its name, as in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Prepares => "prepares",
            Self::Promised => "promised",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Counted => "counted",
            Self::Quorum => "quorum",
            Self::Adopted => "adopted",
            Self::FreeChoice => "free-choice",
            Self::GaveUp => "gave-up",
            Self::Exhausted => "exhausted",
            Self::Learned => "learned",
            Self::Ignored => "ignored",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Dropped => "dropped",
            Self::Duplicated => "duplicated",
            Self::Held => "held",
            Self::Released => "released",
            Self::Wrote => "wrote",
            Self::Durable => "durable",
            Self::Timer => "timer",
            Self::Crashed => "crashed",
            Self::Restarted => "restarted",
            Self::Wiped => "wiped",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Cut => "cut",
            Self::Mended => "mended",
            Self::Isolated => "isolated",
            Self::Rejoined => "rejoined",
            Self::Partitioned => "partitioned",
            Self::Healed => "healed",
            Self::Network => "network",
            Self::PowerCut => "power-cut",
            Self::Rule => "rule",
            Self::Chosen => "chosen",
            Self::Violated => "violated",
        }
    }
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
