//! Multi-Paxos: a log of values instead of one.
//!
//! Each *slot* of the log is agreed on by Paxos as [`crate::paxos`] has it. What makes a log of it is that one phase 1 serves
//! all slots at once: a server that has it becomes the **leader**, and from then on each command costs one round of
//! phase 2 (*Paxos Made Simple*, §3).

mod command;

pub use command::{ClientId, Command, Entry, Op, Output, Text};
