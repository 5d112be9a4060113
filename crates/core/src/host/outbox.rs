//! The disk barrier: messages wait behind the records they rest on.
//!
//! *Paxos Made Simple* (§2.5): "An acceptor records its intended response in stable storage before actually sending the
//! response." Records are counted in the order they are handed to the disk. A message remembers that count, and may leave
//! when as many records are durable.

use alloc::vec::Vec;

/// A message that has not left its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting<T> {
    /// The message.
    pub message: T,
    /// How many records must be durable before it may leave; 0: it waits for none.
    pub behind: u64,
}

impl<T> Waiting<T> {
    /// Whether it may leave, now that so many records are durable.
    #[must_use]
    pub const fn may_leave(&self, durable: u64) -> bool {
        durable >= self.behind
    }
}

/// The messages that have not left a server, in the order they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbox<T> {
    waiting: Vec<Waiting<T>>,
}

impl<T> Default for Outbox<T> {
    fn default() -> Self {
        Self { waiting: Vec::new() }
    }
}

impl<T> Outbox<T> {
    /// A message that waits until `behind` records are durable joins the end.
    pub fn push(&mut self, message: T, behind: u64) {
        self.waiting.push(Waiting { message, behind });
    }

    /// All of them, in the order they were made.
    #[must_use]
    pub fn as_slice(&self) -> &[Waiting<T>] {
        &self.waiting
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many may leave, now that so many records are durable.
    #[must_use]
    pub fn ready(&self, durable: u64) -> usize {
        self.waiting.iter().filter(|waiting| waiting.may_leave(durable)).count()
    }

    /// Takes out, in order, those that are wanted and may leave now that so many records are durable.
    pub fn release(&mut self, durable: u64, mut wanted: impl FnMut(&T) -> bool) -> Vec<T> {
        let leave = |waiting: &mut Waiting<T>| waiting.may_leave(durable) && wanted(&waiting.message);
        self.waiting.extract_if(.., leave).map(|waiting| waiting.message).collect()
    }

    /// A crash: what had not left never will.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_leaves_once_the_records_before_it_are_durable_and_no_sooner() {
        let mut outbox = Outbox::default();
        outbox.push("rests on one record", 1);
        outbox.push("rests on two", 2);
        outbox.push("rests on none", 0);
        assert_eq!(outbox.ready(0), 1);
        assert_eq!(outbox.release(0, |_| true), ["rests on none"]);
        assert_eq!(outbox.release(1, |_| true), ["rests on one record"]);
        assert!(outbox.release(1, |_| true).is_empty());
        assert_eq!(outbox.release(2, |_| true), ["rests on two"]);
        assert!(outbox.is_empty());
    }

    #[test]
    fn what_is_not_wanted_stays_in_its_place() {
        let mut outbox = Outbox::default();
        for message in 1..=3 {
            outbox.push(message, 0);
        }
        assert_eq!(outbox.release(0, |message| *message == 2), [2]);
        assert_eq!(outbox.as_slice().iter().map(|waiting| waiting.message).collect::<Vec<_>>(), [1, 3]);
    }
}
