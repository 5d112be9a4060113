//! Ballots: the numbers that order attempts.
//!
//! Two attempts must never carry the same ballot, and a server must always be able to go above what it has seen.
//! *Paxos Made Simple* (§2.2, §2.5) leaves the recipe open: "different proposers choose their numbers from
//! disjoint sets of numbers". There are two recipes here ([`Scheme`]):
//!
//! * **rounds**: a ballot is a round and the server's own number, compared in that order, written `3.1`;
//! * **ranges**: server 1 owns 0-999, server 2 owns 1000-1999, and so on. Simple, and with two flaws worth seeing:
//!   a range runs out, and a server with a low range can never outbid one with a higher.

use alloc::string::String;
use core::fmt;

use serde::Serialize;

use super::{Rule, Rules};
use crate::text::Piece;

/// A server's number, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct NodeId(u8);

impl NodeId {
    /// Server 1.
    pub const FIRST: Self = Self(1);

    /// Server number `number`; `None` for 0 and for numbers that no cluster can have.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number == 0 || number > crate::limits::MAX_NODES { None } else { Some(Self(number as u8)) }
    }

    /// The number, from 1.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0 as u32
    }

    /// The position in a list of all servers, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize - 1
    }
}

impl Piece for NodeId {
    fn put(&self, to: &mut String) {
        self.get().put(to);
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// The number of one attempt. Ballots are totally ordered, and each belongs to one server.
///
/// Under [`Scheme::Ranges`] the `round` is the plain number itself: ranges do not overlap, so it decides alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Ballot {
    /// The round, compared first.
    pub round: u32,
    /// The server that owns the ballot, compared second.
    pub server: NodeId,
}

impl Ballot {
    /// No ballot is below this one.
    pub(crate) const LOWEST: Self = Self { round: 0, server: NodeId::FIRST };
}

words! {
    /// How servers number their ballots.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Scheme {
        /// `round.server`, from round 1.
        #[default]
        Rounds = "rounds",
        /// Each server owns [`Scheme::RANGE`] plain numbers: the first 0-999, the second 1000-1999, …
        Ranges = "ranges",
    }
}

/// A server has used up the ballots it owns, or owns none that is high enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BallotsExhausted {
    /// The lowest number it owns.
    pub first: u32,
    /// The highest number it owns.
    pub last: u32,
    /// The ballot it would have to go above.
    pub above: Option<Ballot>,
    /// The last number that it used.
    #[serde(skip)]
    pub used: Option<u32>,
    /// The rule that is off, where it draws from the numbers of another server because of that.
    #[serde(skip)]
    pub although: Option<Rule>,
}

impl Scheme {
    /// Numbers in one server's range.
    pub const RANGE: u32 = 1000;

    /// The numbers that `server` owns, both ends included.
    #[must_use]
    pub const fn owned(self, server: NodeId) -> (u32, u32) {
        match self {
            Self::Rounds => (1, u32::MAX),
            Self::Ranges => {
                let first = (server.get() - 1) * Self::RANGE;
                (first, first + Self::RANGE - 1)
            }
        }
    }

    /// The lowest ballot of `server` above every ballot it has `seen` and every round it has `used`.
    ///
    /// # Errors
    /// [`BallotsExhausted`] when the server owns no such ballot. Numbers never wrap round: a ballot used twice is how
    /// agreement is lost.
    pub fn next(
        self,
        rules: Rules,
        server: NodeId,
        seen: Option<Ballot>,
        used: Option<u32>,
    ) -> Result<Ballot, BallotsExhausted> {
        let although = rules.unless_on(Rule::BallotsUniqueAcrossServers).filter(|_| server != NodeId::FIRST);
        let server = if although.is_some() { NodeId::FIRST } else { server };
        let (first, last) = self.owned(server);
        let above = |taken: Option<u32>| taken.map_or(Some(first), |number| number.checked_add(1));
        let round = above(used).zip(above(seen.map(|ballot| ballot.round))).map(|(a, b)| a.max(b).max(first));
        match round {
            Some(round) if round <= last => Ok(Ballot { round, server }),
            _ => Err(BallotsExhausted { first, last, above: seen, used, although }),
        }
    }

    /// The ballot as people write it under this scheme.
    #[must_use]
    pub const fn name(self, ballot: Ballot) -> BallotName {
        BallotName { scheme: self, ballot }
    }
}

/// A ballot as text: `3.1`, or a plain number where servers own ranges.
#[derive(Clone, Copy, Debug)]
pub struct BallotName {
    scheme: Scheme,
    ballot: Ballot,
}

impl Piece for BallotName {
    fn put(&self, to: &mut String) {
        self.ballot.round.put(to);
        if self.scheme == Scheme::Rounds {
            to.push('.');
            self.ballot.server.put(to);
        }
    }
}

displayed!(BallotName);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::node;
    use alloc::string::ToString;

    #[test]
    fn rounds_go_above_everything_seen_and_used() {
        let next = |seen, used| Scheme::Rounds.next(Rules::default(), node(2), seen, used).unwrap();
        assert_eq!(next(None, None), Ballot { round: 1, server: node(2) });
        assert_eq!(next(None, Some(4)).round, 5);
        assert_eq!(next(Some(Ballot { round: 7, server: node(1) }), Some(4)).round, 8);
        assert!(Ballot { round: 1, server: node(2) } > Ballot { round: 1, server: node(1) });
        assert_eq!(Scheme::Rounds.name(next(None, Some(2))).to_string(), "3.2");
    }

    #[test]
    fn a_range_starts_at_its_first_number_and_never_wraps() {
        let next = |server, used| Scheme::Ranges.next(Rules::default(), node(server), None, used);
        assert_eq!(next(1, None).unwrap().round, 0);
        assert_eq!(next(2, None).unwrap().round, 1000);
        assert_eq!(next(2, Some(1998)).unwrap().round, 1999);
        assert_eq!(
            next(2, Some(1999)),
            Err(BallotsExhausted { first: 1000, last: 1999, above: None, used: Some(1999), although: None })
        );
        assert_eq!(Scheme::Ranges.name(next(2, Some(1000)).unwrap()).to_string(), "1001");
    }

    #[test]
    fn a_low_range_cannot_outbid_a_higher_one() {
        let seen = Some(Ballot { round: 1000, server: node(2) });
        assert_eq!(
            Scheme::Ranges.next(Rules::default(), node(1), seen, None),
            Err(BallotsExhausted { first: 0, last: 999, above: seen, used: None, although: None })
        );
    }

    #[test]
    fn without_its_rule_two_servers_use_one_ballot() {
        let rules = Rules::without(&[Rule::BallotsUniqueAcrossServers]);
        let next = |server| Scheme::Rounds.next(rules, node(server), None, None).unwrap();
        assert_eq!(next(1), next(2));
    }

    #[test]
    fn the_last_round_is_not_followed_by_another() {
        let seen = Some(Ballot { round: u32::MAX, server: node(1) });
        assert!(Scheme::Rounds.next(Rules::default(), node(1), seen, None).is_err());
    }
}
