//! The scenarios that come with the program, in the order in which they teach.

macro_rules! scenarios {
    ($($name:literal),* $(,)?) => {
        /// Each scenario's name and its file. The first ones are for whoever meets Paxos for the first time.
        pub const SCENARIOS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../scenarios/", $name, ".quorum.json")))),*];
    };
}

scenarios![
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
