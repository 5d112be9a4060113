//! What a server knows of the ballots there were, so that its next one is above them all (*Paxos Made Simple*, §2.5).

use super::{Ballot, BallotsExhausted, NodeId, Records, Rule, Rules, Settings};

/// What a proposer's next ballot has to go above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The last round that it used.
    pub used: Option<u32>,
    /// The highest promise of others, or of the acceptor beside it, that it has met.
    pub seen: Option<Ballot>,
    /// The round that its disk says it used, where it did not read that because a rule is off.
    pub forgot: Option<u32>,
}

impl Known {
    /// What was known to the server that wrote these records. What the acceptor beside it promised, it has seen.
    #[must_use]
    pub fn recover<V>(rules: Rules, durable: &Records<V>) -> Self {
        let (used, forgot) = match rules.on(Rule::BallotsUniqueAcrossRestarts) {
            true => (durable.round, None),
            false => (None, durable.round),
        };
        Self { used, seen: durable.promised, forgot }
    }

    /// Notes a ballot of somebody else's, so that the next one goes above it.
    pub fn saw(&mut self, ballot: Ballot) {
        self.seen = self.seen.max(Some(ballot));
    }

    /// The next ballot of this server. It counts as used from then on.
    ///
    /// # Errors
    /// [`BallotsExhausted`] when this server has no ballot left that is high enough.
    pub fn next(&mut self, settings: &Settings, me: NodeId) -> Result<Ballot, BallotsExhausted> {
        let ballot = settings.scheme.next(settings.rules, me, self.seen, self.used)?;
        self.used = Some(ballot.round);
        Ok(ballot)
    }
}
