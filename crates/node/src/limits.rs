//! Every limit of real servers, in one place; those of keys, values and windows are the core's.
//!
//! What is too large is refused with a sentence. What finds no room is dropped where Paxos tolerates that, and refused elsewhere.

use std::time::Duration;

/// Longest name of a cluster, in bytes.
pub const MAX_NAME_BYTES: usize = 64;
/// Most servers that a supervisor starts.
pub const MAX_SUPERVISED: u32 = 9;
/// Most inputs that wait for a replica.
pub const MAX_INPUTS: usize = 4096;
/// Most requests of clients that wait for an answer of one server.
pub const MAX_REQUESTS: usize = 4096;
/// Most messages that wait for one link.
pub const MAX_ON_LINK: usize = 1024;
/// Largest message between servers, in bytes: a snapshot is the whole store. It is a third of what a file takes as one value, and
/// both ends have it in memory as a whole.
pub const MAX_MESSAGE_BYTES: usize = 1 << 30;
/// Largest message that goes in one envelope, in bytes. What is larger goes in pieces.
pub const MAX_WHOLE_BYTES: usize = 1 << 20;
/// Largest envelope, in bytes: a whole message, and what names it.
pub const MAX_ENVELOPE_BYTES: usize = MAX_WHOLE_BYTES + 1024;
/// Largest piece of a message, in bytes: so small that a heartbeat behind a full stream of them is not late.
pub const MAX_PIECE_BYTES: usize = 64 << 10;
/// Most large messages of one link that are under way: one, and those that wait for it.
pub const MAX_LARGE_ON_LINK: usize = 4;
/// Largest request of a client, in bytes: three texts and what names them.
pub const MAX_REQUEST_BYTES: usize = 256 << 10;
/// Most connections of one process: those of other servers, and of clients. One more is closed at once.
pub const MAX_CONNECTIONS: usize = 4096;
/// Open files that a process keeps for itself: its disk, its notes, its links.
pub const FILES_OF_ITS_OWN: usize = 64;
/// How long a connection may take until it has said anything.
pub const SAYS_SOMETHING_WITHIN: Duration = Duration::from_secs(10);
/// How long a connection may take until it reads something of what waits for it.
pub const READS_WITHIN: Duration = Duration::from_secs(10);
/// How long nobody is let in after the system could not.
pub const REST_AFTER_ERROR: Duration = Duration::from_millis(100);
/// Most calls that are open on one connection.
pub const MAX_STREAMS: u32 = 1024;
/// How far above what a server follows a stranger's ballot may be: numbers that are used up cannot be had back.
pub const MAX_ROUNDS_ABOVE: u32 = 1000;
/// How far above what a server knows to be chosen a stranger may ask for a vote: a new leader fills all slots below.
pub const MAX_SLOTS_ABOVE: u64 = 1000;
/// Largest request at the door for faults, in bytes.
pub const MAX_FAULT_BYTES: usize = 1024;
/// Largest state of all servers together that a record begins with, in bytes. A page opens files of 32 MiB, and the steps need room,
/// too.
pub const MAX_BEGINNING_BYTES: usize = 20 << 20;
/// Longest time for which a record is made, in milliseconds: an hour.
pub const MAX_RECORD_MS: u64 = 3_600_000;
/// Largest answer of that door that is read, in bytes: a record of as many steps as there may be, with long values.
pub const MAX_DOOR_ANSWER_BYTES: usize = 256 << 20;
