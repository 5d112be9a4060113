//! The scenarios that come with the program, in the order in which they teach.

macro_rules! scenarios {
    ($($name:literal),* $(,)?) => {
        /// Each scenario's name and its file. The first ones are for whoever meets Paxos for the first time.
        pub const SCENARIOS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../scenarios/", $name, ".quorum.json")))),*];
    };
}

scenarios!["first-agreement",];
