//! Clients that ask by themselves: how often, and for what.

use alloc::{format, string::String};

use serde::Serialize;

use super::draws::{Draws, Purpose};
use super::enabled::Reason;
use crate::log::{ClientId, Op, Text};

/// Clients that ask by themselves: each waits a random time after every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Workload {
    /// How many clients ask, the first ones, 1 to as many as there are.
    pub clients: u32,
    /// Requests a second of simulated time, all of them together, 1 to 1000. Clients that wait for answers ask less.
    pub rate: u32,
    /// How many keys they ask for, 1 to 1000.
    pub keys: u32,
}

/// The most requests a second of simulated time.
const MAX_RATE: u32 = 1000;
/// The most keys of a workload.
const MAX_KEYS: u32 = 1000;

impl Workload {
    /// What is wrong with it in a cluster of so many clients.
    pub(super) fn check(&self, clients: u32) -> Result<(), Reason> {
        let refuse = |text, number| Err(Reason::new(text, [number, 0]));
        let Self { clients: asking, rate, keys } = *self;
        if asking == 0 || asking > clients {
            return refuse("a workload has 1 to # clients, as many as the cluster has", clients);
        }
        if !(1..=MAX_RATE).contains(&rate) {
            return refuse("a workload has 1 to # requests a second", MAX_RATE);
        }
        if !(1..=MAX_KEYS).contains(&keys) {
            return refuse("a workload has 1 to # keys", MAX_KEYS);
        }
        Ok(())
    }

    /// How long a client waits after an answer before it asks again, in milliseconds: the least and the most.
    pub(super) const fn pause(&self) -> (u32, u32) {
        (0, 2 * 1000 * self.clients / self.rate)
    }

    /// What a client asks for: reads mostly, and writes of values that tell who wrote them.
    pub(super) fn op(&self, draws: Draws, client: ClientId, seq: u32) -> Op {
        let key = draws.between((0, self.keys - 1), Purpose::Key, &(client, seq));
        let text = |text: &str| Text::new(text).unwrap_or_else(|| unreachable!("it is short"));
        let key = text(&self::key(key));
        let value = text(&format!("{client}{seq}"));
        match draws.between((0, 5), Purpose::Operation, &(client, seq)) {
            0..=2 => Op::Get { key },
            3 => Op::Append { key, value },
            4 if seq > 1 => Op::Cas { key, from: text(&format!("{client}{}", seq - 1)), to: value },
            _ => Op::Put { key, value },
        }
    }
}

/// The name of a key: x, y, z, and then numbered ones.
pub(super) fn key(number: u32) -> String {
    match number {
        0 => "x".into(),
        1 => "y".into(),
        2 => "z".into(),
        _ => format!("k{number}"),
    }
}
