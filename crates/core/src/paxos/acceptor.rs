//! The acceptor: it promises and it votes, and it goes back on neither.
//!
//! Its whole memory is the highest ballot it promised and its latest vote in each slot. Two rules
//! (*Paxos Made Simple*, §2.2):
//!
//! * **P1a.** It accepts ballot `n` unless it has answered a prepare above `n`.
//! * It answers a prepare by promising never again to accept below it, and by reporting its vote.

use super::{Accept, Accepted, Ballot, LatestVotes, Nack, Promise, Records, Rule, Rules, Slot, Value, Vote};

/// One server's acceptor.
///
/// While the [`Rules`] hold:
/// * `promised` never goes down.
/// * No vote is above `promised`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptor<V = Value> {
    pub(super) promised: Option<Ballot>,
    pub(super) accepted: LatestVotes<V>,
}

impl<V: Clone> Acceptor<V> {
    /// The acceptor that wrote these records.
    #[must_use]
    pub fn recover(rules: Rules, durable: &Records<V>) -> Self {
        let (promised, accepted) = rules.recovered(durable);
        Self { promised, accepted }
    }

    /// One that has promised this, and cast these votes.
    #[cfg(feature = "log")]
    #[must_use]
    pub(crate) const fn with(promised: Option<Ballot>, accepted: LatestVotes<V>) -> Self {
        Self { promised, accepted }
    }

    /// The highest ballot promised.
    #[must_use]
    pub const fn promised(&self) -> Option<Ballot> {
        self.promised
    }

    /// The latest vote in each slot.
    #[must_use]
    pub const fn votes(&self) -> &LatestVotes<V> {
        &self.accepted
    }

    /// The latest vote in a slot.
    #[must_use]
    pub fn vote(&self, slot: Slot) -> Option<&Vote<V>> {
        self.accepted.get(slot)
    }

    /// Phase 1b. A ballot promised before is promised again: its owner may not have heard.
    ///
    /// # Errors
    /// [`Nack`] when a higher ballot is promised.
    pub fn prepare(&mut self, ballot: Ballot, from: Slot) -> Result<Promise<V>, Nack> {
        self.admit(ballot)?;
        self.promised = Some(ballot);
        Ok(Promise { ballot, accepted: self.accepted.since(from).cloned().collect() })
    }

    /// Phase 2b. Accepting a ballot promises it, too. A rule that is off, and would have had it otherwise, is named beside
    /// the answer.
    ///
    /// # Errors
    /// [`Nack`] when a higher ballot is promised.
    pub fn accept(&mut self, rules: Rules, Accept(vote): &Accept<V>) -> Result<(Accepted<V>, Option<Rule>), Nack> {
        let mut although = None;
        if let Err(nack) = self.admit(vote.ballot) {
            although = rules.unless_on(Rule::KeepPromise).ok_or(nack)?.into();
        }
        if self.promised < Some(vote.ballot) {
            although = rules.unless_on(Rule::AcceptPromises);
            self.promised = if although.is_none() { Some(vote.ballot) } else { self.promised };
        }
        self.accepted.cast(vote.clone());
        Ok((Accepted(vote.clone()), although))
    }

    /// Forgets its votes in the slots below this one. That is safe only where what was chosen there is kept in another way, and
    /// where it says with its promises from which slot on it still has its votes.
    pub fn forget_below(&mut self, slot: Slot) {
        self.accepted.forget_below(slot);
    }

    fn admit(&self, ballot: Ballot) -> Result<(), Nack> {
        match self.promised {
            Some(promised) if promised > ballot => Err(Nack { ballot, promised }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{ballot, vote};
    use alloc::vec;

    fn fresh() -> Acceptor {
        Acceptor::recover(Rules::default(), &Records::default())
    }

    /// §2.2, phase 1 (b): "If an acceptor receives a prepare request with number n greater than that of any
    /// prepare request to which it has already responded, then it responds to the request with a promise not to
    /// accept any more proposals numbered less than n".
    #[test]
    fn a_higher_prepare_is_promised_and_a_lower_one_refused_with_the_promise_that_caused_it() {
        let mut acceptor = fresh();
        assert_eq!(acceptor.prepare(ballot(2, 2), 0), Ok(Promise { ballot: ballot(2, 2), accepted: vec![] }));
        let nack = Nack { ballot: ballot(1, 3), promised: ballot(2, 2) };
        assert_eq!(acceptor.prepare(ballot(1, 3), 0), Err(nack));
        assert_eq!(acceptor.promised(), Some(ballot(2, 2)));
    }

    /// §2.2, phase 1 (b), continued: "… and with the highest-numbered proposal (if any) that it has accepted".
    #[test]
    fn a_promise_reports_the_latest_vote() {
        let mut acceptor = fresh();
        acceptor.accept(Rules::default(), &Accept(vote(1, 1, "red"))).unwrap();
        acceptor.accept(Rules::default(), &Accept(vote(2, 2, "blue"))).unwrap();
        assert_eq!(acceptor.prepare(ballot(3, 1), 0).unwrap().accepted, [vote(2, 2, "blue")]);
        assert!(acceptor.prepare(ballot(3, 1), 1).unwrap().accepted.is_empty());
    }

    /// §2.2, P1: "An acceptor must accept the first proposal that it receives."
    #[test]
    fn the_first_proposal_is_accepted() {
        assert!(fresh().accept(Rules::default(), &Accept(vote(1, 1, "red"))).is_ok());
    }

    /// §2.2, P1a: "An acceptor can accept a proposal numbered n iff it has not responded to a prepare request
    /// having a number greater than n."
    #[test]
    fn an_accept_below_the_promise_is_refused_and_changes_nothing() {
        let mut acceptor = fresh();
        acceptor.prepare(ballot(2, 2), 0).unwrap();
        assert_eq!(
            acceptor.accept(Rules::default(), &Accept(vote(1, 1, "red"))),
            Err(Nack { ballot: ballot(1, 1), promised: ballot(2, 2) })
        );
        assert!(acceptor.votes().is_empty());
        assert!(acceptor.accept(Rules::default(), &Accept(vote(2, 2, "blue"))).is_ok());
    }

    #[test]
    fn accepting_promises_too() {
        let mut acceptor = fresh();
        acceptor.accept(Rules::default(), &Accept(vote(3, 1, "red"))).unwrap();
        assert!(acceptor.prepare(ballot(2, 2), 0).is_err());
    }

    #[test]
    fn the_same_request_twice_gets_the_same_answer() {
        let mut acceptor = fresh();
        assert_eq!(acceptor.prepare(ballot(1, 1), 0), acceptor.prepare(ballot(1, 1), 0));
        assert_eq!(
            acceptor.accept(Rules::default(), &Accept(vote(1, 1, "red"))),
            acceptor.accept(Rules::default(), &Accept(vote(1, 1, "red")))
        );
    }

    #[test]
    fn without_its_rules_an_acceptor_votes_below_its_promise_or_does_not_promise_what_it_votes_for() {
        let mut acceptor = fresh();
        acceptor.prepare(ballot(2, 2), 0).unwrap();
        let careless = Rules::without(&[Rule::KeepPromise]);
        assert!(acceptor.accept(careless, &Accept(vote(1, 1, "red"))).is_ok());
        assert_eq!(acceptor.promised(), Some(ballot(2, 2)), "a promise is never taken back by voting");
        let mut acceptor = fresh();
        acceptor.accept(Rules::without(&[Rule::AcceptPromises]), &Accept(vote(3, 1, "red"))).unwrap();
        assert!(acceptor.prepare(ballot(2, 2), 0).is_ok());
    }

    #[test]
    fn without_its_rules_an_acceptor_forgets_what_its_disk_holds() {
        let mut durable = Records { promised: Some(ballot(1, 1)), ..Records::default() };
        durable.accepted.cast(vote(1, 1, "red"));
        for (off, promise, votes) in [
            (None, true, 1),
            (Some(Rule::RecoverState), false, 0),
            (Some(Rule::RecoverPromise), false, 1),
            (Some(Rule::RecoverAccepted), true, 0),
        ] {
            let acceptor = Acceptor::recover(Rules::without(off.as_slice()), &durable);
            assert_eq!((acceptor.promised().is_some(), acceptor.votes().iter().count()), (promise, votes));
        }
    }
}
