//! The scenarios that come with the program, in the order in which they teach.

macro_rules! scenarios {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/", $folder, $name, ".quorum.json")))),*]
    };
}

/// Each scenario of single-decree Paxos: its name and its file. The first ones are for whoever meets Paxos for the first
/// time.
pub const SCENARIOS: &[(&str, &str)] = scenarios!["":
    "first-agreement",
    "crash-after-one-accept",
    "two-proposers",
    "crash-after-the-promises",
    "chosen-but-nobody-knows",
    "duelling-proposers",
    "backoff-ends-the-duel",
    "two-of-five-down",
    "three-of-five-down",
    "minority-partition",
    "majority-partition-and-heal",
    "one-way-link",
    "lost-messages",
    "duplicated-messages",
    "message-from-the-past",
    "crash-before-the-write",
    "crash-before-the-sync",
    "durable-but-not-sent",
    "wiped-disk",
    "ballot-ranges",
    "exhausted-range",
    "flexible-quorums",
];

/// Each scenario of a replicated log. The first one leads from one value to a log.
#[cfg(feature = "log")]
pub const LOG_SCENARIOS: &[(&str, &str)] = scenarios!["log/":
    "from-one-value-to-a-log",
    "steady-leader",
    "gap-filled",
    "found-and-finished",
    "old-leader-returns",
    "divergent-suffix",
    "two-leaders-one-commits",
    "retry-after-lost-answer",
    "forgotten-client",
    "retry-across-leaders",
    "cas-retry",
    "new-leader-reads-too-early",
    "old-leader-may-not-read",
    "follower-away",
    "follower-away-for-long",
    "behind-a-truncated-prefix",
    "snapshot-then-crash",
    "snapshot-keeps-votes",
    "quorum-loss",
    "quorum-loss-by-timeout",
    "constrained-election",
    "chained",
    "chained-by-timeout",
    "pipeline-under-loss",
    "duelling-leaders",
];
