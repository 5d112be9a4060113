//! Every limit of the program, in one place.
//!
//! A limit is checked where input enters (a config, an action, a file) and answered with a sentence. Behind that
//! door the code may rely on it.

/// Most values that a run may have asked for where a search begins: with those it asks for itself, one bit each of 32.
pub const MAX_CHECK_VALUES: usize = 24;

/// Most slots of a log that are filled where a search goes on from a run.
pub const MAX_CHECK_SLOTS: u64 = 1_000;

/// Most servers in a cluster. A set of servers is one 128-bit word.
pub const MAX_NODES: u32 = 101;
/// Longest value, in bytes of UTF-8. The shortest is one byte.
pub const MAX_VALUE_BYTES: usize = 64;
/// Longest key and longest value of the key-value store, in bytes of UTF-8 (64 KiB).
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Most clients of a replicated log. The first 26 are named with a letter, those that follow with two. With the servers they
/// are few enough for the number of each to be a byte.
pub const MAX_CLIENTS: usize = 150;
/// Largest window of a replicated log: how many slots its leader may run ahead.
pub const MAX_WINDOW: u32 = 1000;
/// Most slots from one snapshot of a replicated log to the next, and most that are kept in spite of one.
pub const MAX_SNAPSHOT_SLOTS: u32 = 100_000;
/// Most slots between the server that is furthest behind and the one that is furthest ahead, where a run begins in the middle.
pub const MAX_APART: u64 = 1_000_000;
/// Most operations of a history that is judged.
pub const MAX_HISTORY_OPERATIONS: usize = 100_000;
/// Most explanations of a history that are alive at one event of a key. What has more is undecided.
pub const MAX_EXPLANATIONS: usize = 100_000;
/// Most explanations that a search for an order of a history looks at, in all keys together.
pub const MAX_EXPLORED: u64 = 1_000_000;
/// Most bytes of values that a judge of histories makes up while it tries orders: appends to long values are many long ones.
pub const MAX_EXPLORED_BYTES: usize = 128 << 20;
/// Most messages under way at once, those waiting in an outbox included.
pub const MAX_MESSAGES: usize = 20_000;
/// Largest seed: the largest integer that every JSON reader keeps exactly (2⁵³ − 1).
pub const MAX_SEED: u64 = (1 << 53) - 1;
/// Highest slot that a client may say it knew ([`Command::since`](crate::log::Command::since)): the largest integer that every
/// JSON reader keeps exactly, so that each request can be in a file. No log is ever that long.
pub const MAX_SINCE: u64 = MAX_SEED;
/// Longest latency, disk time or retry time, in simulated milliseconds (one minute).
pub const MAX_DELAY: u32 = 60_000;
/// Most steps of a run, and so of one that is loaded. With many servers it has fewer: see [`max_steps`].
pub const MAX_STEPS: u64 = 1_000_000;
/// Most work that a run may ask for: its steps times its servers. A step takes the longer, the more servers there are.
pub const MAX_RUN_WORK: u64 = 50_000_000;
/// Latest moment at which a step of a run may be said to happen, in milliseconds: a year after the run began.
pub const MAX_TIME: u64 = 366 * 24 * 60 * 60 * 1000;
/// Most interventions of a run that is loaded, and of a scenario. No list in a file has more items.
pub const MAX_INTERVENTIONS: usize = 100_000;
/// Most expectations of a scenario.
pub const MAX_EXPECTATIONS: usize = 1000;
/// Longest link to a run: characters of the URL's fragment, its `#` not counted.
pub const MAX_LINK_BYTES: usize = 8 * 1024;
/// Most bytes that a link may unpack to.
pub const MAX_UNPACKED_BYTES: usize = 1024 * 1024;
/// Longest version of the program that a link names, in bytes of UTF-8.
pub const MAX_ENGINE_BYTES: usize = 64;
/// Most branches of a run with a way back.
pub const MAX_BRANCHES: usize = 64;
/// Longest name of a branch, in bytes of UTF-8.
pub const MAX_NAME_BYTES: usize = 64;
/// Most sessions of clients that the servers of a log may be told to remember, where they do not remember all.
pub const MAX_SESSIONS: u32 = 1_000_000;
/// Most keyframes a branch keeps.
pub const MAX_KEYFRAMES: usize = 512;
/// About how many bytes the keyframes of all branches together may take. Those of branches that were left go first.
pub const MAX_KEYFRAME_BYTES: usize = 64 << 20;
/// Most sentences of a scenario.
pub const MAX_NOTES: usize = 200;
/// Longest sentence of a scenario, in bytes of UTF-8.
pub const MAX_NOTE_BYTES: usize = 600;
/// Longest title of a scenario, in bytes of UTF-8.
pub const MAX_TITLE_BYTES: usize = 120;
/// Most steps a scenario waits for what it waits for.
pub const MAX_PATIENCE: u64 = 20_000;
/// Most parts of the goal of a challenge or a question.
pub const MAX_GOAL: usize = 10;
/// Most choices of a question.
pub const MAX_CHOICES: usize = 6;
/// Longest choice of a question, in bytes of UTF-8.
pub const MAX_CHOICE_BYTES: usize = 200;
/// Most hints of a challenge, and most tries that are shipped with it.
pub const MAX_HINTS: usize = 3;
/// Most steps that an attempt at a challenge follows the clock after what was planned.
pub const MAX_CHALLENGE_STEPS: usize = 2000;
/// Most breaches of a run that are listed.
pub const MAX_VIOLATIONS: usize = 100;
/// Most acceptors of the specification, so that a set of them fits into a few bits of a state.
pub const MAX_SPEC_ACCEPTORS: u8 = 7;
/// Most ballots of the specification.
pub const MAX_SPEC_BALLOTS: u8 = 8;
/// Most values of the specification.
pub const MAX_SPEC_VALUES: u8 = 4;
/// Most states that a search of the specification may be expected to visit.
pub const MAX_SPEC_STATES: f64 = 1e9;
/// About as many states as a search of the cluster could ever get through; what has more is refused.
pub const MAX_CHECK_STATES: f64 = 1e12;

/// Most steps of a run of so many servers.
#[must_use]
pub const fn max_steps(nodes: u32) -> u64 {
    let work = MAX_RUN_WORK / if nodes == 0 { 1 } else { nodes as u64 };
    if work < MAX_STEPS { work } else { MAX_STEPS }
}
