//! Probabilities without floating point, and draws that remember nothing.
//!
//! A draw is a pure function of the run's seed and of *what is being decided*: "how long does this promise
//! from 2 to 1 travel?" There is no generator whose state every draw would advance. So the same thing gets the same
//! luck in two runs that differ elsewhere: crash one server, and the messages of the others still take exactly as
//! long. Only then is comparing two runs worth anything.

use alloc::string::String;

use serde::Serialize;

use crate::digest::digest;
use crate::json::{FromJson, Json, Malformed};
use crate::text::Piece;

/// A probability, in thousandths. In JSON it is a number from 0 to 1, rounded to the nearest thousandth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Probability(u16);

impl Probability {
    /// So many thousandths; `None` above 1000.
    #[must_use]
    pub const fn thousandths(thousandths: u16) -> Option<Self> {
        if thousandths <= 1000 { Some(Self(thousandths)) } else { None }
    }

    /// The probability in thousandths, 0 to 1000.
    #[must_use]
    pub const fn in_thousandths(self) -> u16 {
        self.0
    }
}

/// As a percentage: `12.5 %`.
impl Piece for Probability {
    fn put(&self, to: &mut String) {
        let thousandths = u32::from(self.0);
        (thousandths / 10).put(to);
        if thousandths % 10 > 0 {
            to.push('.');
            (thousandths % 10).put(to);
        }
        to.push_str(" %");
    }
}

displayed!(Probability);

impl From<Probability> for Json {
    fn from(chance: Probability) -> Self {
        Self::Number(f64::from(chance.0) / 1000.0)
    }
}

impl FromJson for Probability {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        match json {
            Json::Number(number) if (0.0..=1.0).contains(number) => Ok(Self((number * 1000.0 + 0.5) as u16)),
            _ => Err(Malformed::new(&text!("\"", name, "\" is a number from 0 to 1: 0.1 is one in ten"))),
        }
    }
}

/// What is being decided; draws for different purposes are independent. Every draw counts on the order of these: add at
/// the end.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) enum Purpose {
    Latency,
    Loss,
    Duplicate,
    DuplicateAfter,
    WriteTime,
    SyncTime,
    TimerJitter,
    RandomRun,
    #[cfg(feature = "log")]
    ClientRetry,
    #[cfg(feature = "log")]
    Pause,
    #[cfg(feature = "log")]
    Key,
    #[cfg(feature = "log")]
    Operation,
}

/// The draws of one run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws {
    seed: u64,
}

impl Draws {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// 64 uniform bits that depend on the seed, the purpose and the thing decided.
    fn bits(self, purpose: Purpose, thing: &impl Serialize) -> u64 {
        digest(&(purpose, thing), self.seed)
    }

    /// A whole number in `low..=high`.
    pub(super) fn between(self, (low, high): (u32, u32), purpose: Purpose, thing: &impl Serialize) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        // The upper half of a widening product: uniform up to one part in 2³².
        let offset = ((self.bits(purpose, thing) >> 32) * span) >> 32;
        low + offset as u32
    }

    /// Whether a thing of this probability happens.
    pub(super) fn happens(self, chance: Probability, purpose: Purpose, thing: &impl Serialize) -> bool {
        // What never happens takes no draw: that decides nothing else.
        chance.0 > 0 && self.between((0, 999), purpose, thing) < u32::from(chance.0)
    }
}

/// Draws for whoever makes a run up as it goes: each draw is for the next number.
#[derive(Clone, Debug)]
pub struct Counter {
    draws: Draws,
    count: u64,
}

impl Counter {
    /// Draws with this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { draws: Draws::new(seed), count: 0 }
    }

    /// A whole number from `low` to `high`.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        self.count += 1;
        self.draws.between((low, high), Purpose::RandomRun, &self.count)
    }

    /// One of these; `None` of nothing.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let last = u32::try_from(items.len()).ok()?.checked_sub(1)?;
        items.get(self.between(0, last) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_draw_depends_on_seed_purpose_and_thing_and_on_nothing_else() {
        let draw = |seed, purpose, thing: u32| Draws::new(seed).bits(purpose, &thing);
        assert_eq!(draw(1, Purpose::Loss, 5), draw(1, Purpose::Loss, 5));
        assert_ne!(draw(1, Purpose::Loss, 5), draw(2, Purpose::Loss, 5));
        assert_ne!(draw(1, Purpose::Loss, 5), draw(1, Purpose::Latency, 5));
        assert_ne!(draw(1, Purpose::Loss, 5), draw(1, Purpose::Loss, 6));
    }

    #[test]
    fn draws_cover_their_range_evenly() {
        let mut seen = [0u32; 11];
        for thing in 0..11_000u32 {
            seen[Draws::new(7).between((5, 15), Purpose::Latency, &thing) as usize - 5] += 1;
        }
        assert!(seen.iter().all(|count| (850..1150).contains(count)), "{seen:?}");
    }

    #[test]
    fn never_and_always_are_exact_and_a_fifth_is_about_a_fifth() {
        let count = |chance: u16| {
            let chance = Probability::thousandths(chance).unwrap();
            (0..10_000u32).filter(|thing| Draws::new(3).happens(chance, Purpose::Loss, thing)).count()
        };
        assert_eq!((count(0), count(1000)), (0, 10_000));
        assert!((1800..2200).contains(&count(200)));
    }

    #[test]
    fn probabilities_are_read_to_the_nearest_thousandth() {
        let read = |text: &str| Probability::from_json(&serde_json::from_str(text).unwrap(), "loss");
        assert_eq!(read("0.2").unwrap(), Probability(200));
        assert_eq!(read("1").unwrap(), Probability(1000));
        assert!(read("1.5").unwrap_err().to_string().contains("from 0 to 1"));
        assert!(read("-0.1").is_err());
    }
}
