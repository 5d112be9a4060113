//! The proposer: it gathers promises, then votes.
//!
//! One attempt is one ballot. In phase 1 it collects promises; when a quorum has promised, it must decide what to
//! ask for (*Paxos Made Simple*, §2.2, phase 2 (a)): "a value v, where v is the value of the highest-numbered
//! proposal among the responses, or is any value if the responses reported no proposals". In phase 2 it collects
//! votes for that value.
//!
//! It gives an attempt up when it hears that an acceptor has promised more (§2.3), and begins another above what
//! it heard. *When* it begins again is not its business: the replica sets a timer.

use alloc::vec::Vec;

use super::{
    Accept, Accepted, Ballot, BallotsExhausted, Count, Known, Late, Loose, Nack, NodeId, NodeSet, Prepare, Promise,
    Records, Rule, Tally,
};
use super::{Rules, Settings, Slot, Value, Vote};

words! {
    /// What a proposer is doing.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Phase {
        /// Nothing, or waiting to try again.
        Idle = "idle",
        /// Phase 1: gathering promises.
        Preparing = "preparing",
        /// Phase 2: gathering votes.
        Accepting = "accepting",
    }
}

/// What phase 1 led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A promise reported a vote, so that vote's value must be proposed again.
    Adopt {
        /// The request to send.
        accept: Accept,
        /// The vote whose value it takes over: the highest reported.
        reported: Vote,
        /// Who reported it.
        by: NodeId,
        /// The highest vote reported and by whom, where it is another one because a rule is off.
        passed_over: Option<(Vote, NodeId)>,
    },
    /// Nobody in the quorum has voted: the client's own value may be proposed.
    Free {
        /// The request to send.
        accept: Accept,
        /// The highest vote reported and by whom, where one was reported and is ignored because a rule is off.
        ignored: Option<(Vote, NodeId)>,
    },
    /// Nobody in the quorum has voted, and no client asked for anything: there is nothing to propose.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) ballot: Ballot,
    pub(super) promises: NodeSet,
    pub(super) reported: Option<(Vote, NodeId)>,
    /// The highest vote reported: the same as `reported` while all rules hold.
    highest: Option<(Vote, NodeId)>,
    pub(super) asking: Option<(Accept, NodeSet)>,
    /// The answers in the present phase that count only because a rule is off.
    loose: Vec<Loose>,
}

impl Attempt {
    fn new(ballot: Ballot) -> Self {
        let promises = NodeSet::default();
        Self { ballot, promises, reported: None, highest: None, asking: None, loose: Vec::new() }
    }

    /// A promise counts. If it was for another ballot, that is noted until the right one comes.
    fn count_promise(&mut self, from: NodeId, ballot: Ballot) {
        let is_new = self.promises.insert(from);
        if ballot == self.ballot {
            self.loose.retain(|loose| loose.from != from);
        } else if is_new {
            self.loose.push(Loose { counts_for: from, from, ballot });
        }
    }

    /// A promise reports a vote.
    fn hear_of(&mut self, vote: &Vote, from: NodeId, rules: Rules) {
        if self.reported.as_ref().is_none_or(|(other, _)| rules.replaces(vote.ballot, other.ballot)) {
            self.reported = Some((vote.clone(), from));
        }
        if self.highest.as_ref().is_none_or(|(other, _)| vote.ballot > other.ballot) {
            self.highest = Some((vote.clone(), from));
        }
    }
}

/// One server's proposer.
///
/// * Every attempt's ballot is above every ballot it saw and every round it used, also before a crash.
/// * An attempt asks for one value, decided once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposer {
    me: NodeId,
    pub(super) known: Known,
    pub(super) asked: Option<Value>,
    pub(super) attempt: Option<Attempt>,
}

impl Proposer {
    /// The proposer that wrote these records. What the acceptor beside it promised, it has seen.
    #[must_use]
    pub fn recover(me: NodeId, rules: Rules, durable: &Records) -> Self {
        Self { me, known: Known::recover(rules, durable), asked: None, attempt: None }
    }

    /// What it is doing.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match &self.attempt {
            None => Phase::Idle,
            Some(Attempt { asking: None, .. }) => Phase::Preparing,
            Some(_) => Phase::Accepting,
        }
    }

    /// The ballot of the attempt under way.
    #[must_use]
    pub fn ballot(&self) -> Option<Ballot> {
        self.attempt.as_ref().map(|attempt| attempt.ballot)
    }

    /// The value its client asked for, until the matter is settled.
    #[must_use]
    pub const fn asked(&self) -> Option<&Value> {
        self.asked.as_ref()
    }

    /// The value it asks acceptors to vote for: decided at the end of phase 1.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        Some(&self.attempt.as_ref()?.asking.as_ref()?.0.0.value)
    }

    /// Who has promised, and who has voted, in the attempt under way.
    #[must_use]
    pub fn answers(&self) -> (NodeSet, NodeSet) {
        self.attempt.as_ref().map_or_else(Default::default, |attempt| {
            (attempt.promises, attempt.asking.as_ref().map(|asking| asking.1).unwrap_or_default())
        })
    }

    /// Takes a client's value. It is proposed in the next attempt whose quorum leaves the choice free; a later value
    /// replaces an earlier one, and an attempt that has already decided what to ask for goes on with that.
    pub fn ask(&mut self, value: Value) {
        self.asked = Some(value);
    }

    /// Notes a ballot of somebody else's, so that the next attempt goes above it.
    pub fn saw(&mut self, ballot: Ballot) {
        self.known.saw(ballot);
    }

    /// What its next ballot has to go above, and what it does not know of.
    #[must_use]
    pub const fn known(&self) -> Known {
        self.known
    }

    /// Phase 1a: begins a new attempt, and gives up the one under way.
    ///
    /// # Errors
    /// [`BallotsExhausted`] when this server has no ballot left that is high enough. Then no attempt is under way.
    pub fn prepare(&mut self, settings: &Settings, from: Slot) -> Result<Prepare, BallotsExhausted> {
        self.attempt = None;
        let ballot = self.known.next(settings, self.me)?;
        self.attempt = Some(Attempt::new(ballot));
        Ok(Prepare { ballot, from })
    }

    /// A promise has come in.
    pub fn promised(&mut self, settings: &Settings, from: NodeId, promise: &Promise, slot: Slot) -> Tally<Decision> {
        let rules = settings.rules;
        let attempt = match &mut self.attempt {
            None => return Tally::Stale(Late::Idle),
            Some(attempt) if attempt.ballot != promise.ballot && rules.on(Rule::PromisesForOwnBallot) => {
                return Tally::Stale(Late::Other(attempt.ballot));
            }
            Some(attempt) if attempt.asking.is_some() => return Tally::Stale(Late::Enough(attempt.ballot)),
            Some(attempt) => attempt,
        };
        attempt.count_promise(from, promise.ballot);
        for vote in promise.accepted.iter().filter(|vote| vote.slot == slot) {
            attempt.hear_of(vote, from, rules);
        }
        let count = Count { nodes: attempt.promises, loose: attempt.loose.clone() };
        if !settings.quorums().completes_phase1(count.nodes) {
            return Tally::Of(count);
        }
        Tally::Quorum(count, self.decide(rules, slot))
    }

    /// Phase 2a: what to ask for, now that a quorum has promised.
    fn decide(&mut self, rules: Rules, slot: Slot) -> Decision {
        let Some(attempt) = &mut self.attempt else {
            return Decision::Nothing;
        };
        let request = |value: &Value| Accept(Vote { slot, ballot: attempt.ballot, value: value.clone() });
        let highest = attempt.highest.take();
        let reported = attempt.reported.take().filter(|_| rules.on(Rule::AdoptReported) || self.asked.is_none());
        let decision = match (reported, &self.asked) {
            (Some((reported, by)), _) => {
                let passed_over = highest.filter(|(highest, _)| highest.ballot > reported.ballot);
                Decision::Adopt { accept: request(&reported.value), reported, by, passed_over }
            }
            (None, Some(value)) => Decision::Free { accept: request(value), ignored: highest },
            (None, None) => Decision::Nothing,
        };
        attempt.loose.clear();
        match &decision {
            Decision::Adopt { accept, .. } | Decision::Free { accept, .. } => {
                attempt.asking = Some((accept.clone(), NodeSet::default()));
            }
            Decision::Nothing => self.attempt = None,
        }
        decision
    }

    /// A vote has come in. At a quorum the matter is settled.
    pub fn accepted(&mut self, settings: &Settings, from: NodeId, Accepted(vote): &Accepted) -> Tally<()> {
        let ballot = vote.ballot;
        let (votes, loose) = match &mut self.attempt {
            None => return Tally::Stale(Late::Idle),
            Some(attempt) if attempt.ballot != ballot => return Tally::Stale(Late::Other(attempt.ballot)),
            Some(Attempt { asking: None, .. }) => return Tally::Stale(Late::NotAsked(ballot)),
            Some(Attempt { asking: Some((_, votes)), loose, .. }) => (votes, loose),
        };
        let quorums = settings.quorums();
        let counts_for = settings.rules.count_vote(votes, from, quorums.acceptors);
        if let Some(counts_for) = counts_for.filter(|node| *node != from) {
            loose.push(Loose { counts_for, from, ballot });
        }
        let count = Count { nodes: *votes, loose: loose.clone() };
        if !quorums.chooses(count.nodes) {
            return Tally::Of(count);
        }
        self.settle();
        Tally::Quorum(count, ())
    }

    /// A refusal has come in; whether it ends the attempt under way.
    pub fn rejected(&mut self, nack: &Nack) -> bool {
        self.saw(nack.promised);
        let current = self.ballot() == Some(nack.ballot);
        if current {
            self.attempt = None;
        }
        current
    }

    /// Forgets what it wanted: a value has been chosen.
    pub fn settle(&mut self) {
        self.asked = None;
        self.attempt = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{node, vote};
    use alloc::vec;

    fn recovered(rules: Rules, used: Option<u32>) -> Proposer {
        Proposer::recover(node(1), rules, &Records { round: used, ..Records::default() })
    }

    fn ordinary() -> Settings {
        Settings::ordinary()
    }

    fn without(rule: Rule) -> Settings {
        Settings { rules: Rules::without(&[rule]), ..ordinary() }
    }

    fn proposer(used: Option<u32>) -> Proposer {
        let mut proposer = recovered(Rules::default(), used);
        proposer.ask("blue".parse().unwrap());
        proposer
    }

    fn promise(ballot: Ballot, accepted: Vec<Vote>) -> Promise {
        Promise { ballot, accepted }
    }

    /// §2.2, phase 2 (a): "… or is any value if the responses reported no proposals".
    #[test]
    fn with_no_votes_reported_the_choice_is_free() {
        let mut proposer = proposer(None);
        let ballot = proposer.prepare(&ordinary(), 0).unwrap().ballot;
        assert!(matches!(proposer.promised(&ordinary(), node(1), &promise(ballot, vec![]), 0), Tally::Of(_)));
        let Tally::Quorum(_, Decision::Free { accept, .. }) =
            proposer.promised(&ordinary(), node(2), &promise(ballot, vec![]), 0)
        else {
            panic!("two of three promises are a quorum");
        };
        assert_eq!(accept.0, vote(1, 1, "blue"));
        assert_eq!(
            proposer.promised(&ordinary(), node(3), &promise(ballot, vec![]), 0),
            Tally::Stale(Late::Enough(ballot))
        );
    }

    /// §2.2, phase 2 (a): "v is the value of the highest-numbered proposal among the responses".
    #[test]
    fn the_highest_vote_reported_is_adopted_whoever_reports_first() {
        for reports in [[vote(1, 2, "red"), vote(2, 3, "green")], [vote(2, 3, "green"), vote(1, 2, "red")]] {
            let mut proposer = proposer(Some(6));
            let ballot = proposer.prepare(&ordinary(), 0).unwrap().ballot;
            let [first, second] = reports;
            proposer.promised(&ordinary(), node(2), &promise(ballot, vec![first]), 0);
            let decision = proposer.promised(&ordinary(), node(3), &promise(ballot, vec![second]), 0);
            let Tally::Quorum(_, Decision::Adopt { accept, .. }) = decision else { panic!("{decision:?}") };
            assert_eq!(accept.0, vote(7, 1, "green"));
        }
    }

    #[test]
    fn promises_for_another_ballot_do_not_count() {
        let mut proposer = proposer(None);
        let old = proposer.prepare(&ordinary(), 0).unwrap().ballot;
        let present = proposer.prepare(&ordinary(), 0).unwrap().ballot;
        let late = Tally::Stale(Late::Other(present));
        assert_eq!(proposer.promised(&ordinary(), node(2), &promise(old, vec![]), 0), late);
    }

    /// §2.5: a proposer "begins phase 1 with a higher proposal number than any it has already used".
    #[test]
    fn a_new_attempt_is_above_all_used_and_seen() {
        let mut proposer = proposer(Some(4));
        assert_eq!(proposer.prepare(&ordinary(), 0).unwrap().ballot.round, 5);
        let promised = Ballot { round: 9, server: node(3) };
        let nack = Nack { ballot: proposer.ballot().unwrap(), promised };
        assert!(proposer.rejected(&nack));
        assert!(!proposer.rejected(&nack), "the attempt is already over");
        assert_eq!(proposer.prepare(&ordinary(), 0).unwrap().ballot.round, 10);
    }

    #[test]
    fn a_quorum_of_votes_settles_the_matter() {
        let mut proposer = proposer(None);
        let ballot = proposer.prepare(&ordinary(), 0).unwrap().ballot;
        proposer.promised(&ordinary(), node(2), &promise(ballot, vec![]), 0);
        proposer.promised(&ordinary(), node(3), &promise(ballot, vec![]), 0);
        let accepted = Accepted(vote(1, 1, "blue"));
        assert!(matches!(proposer.accepted(&ordinary(), node(3), &accepted), Tally::Of(_)));
        assert!(
            matches!(proposer.accepted(&ordinary(), node(3), &accepted), Tally::Of(_)),
            "the same vote twice is one vote"
        );
        assert!(matches!(proposer.accepted(&ordinary(), node(1), &accepted), Tally::Quorum(..)));
        assert_eq!((proposer.phase(), proposer.asked()), (Phase::Idle, None));
    }

    #[test]
    fn with_nothing_voted_and_nothing_asked_there_is_nothing_to_propose() {
        let mut proposer = proposer(None);
        proposer.settle();
        let ballot = proposer.prepare(&ordinary(), 0).unwrap().ballot;
        proposer.promised(&ordinary(), node(2), &promise(ballot, vec![]), 0);
        let decision = proposer.promised(&ordinary(), node(3), &promise(ballot, vec![]), 0);
        assert!(matches!(decision, Tally::Quorum(_, Decision::Nothing)));
        assert_eq!(proposer.phase(), Phase::Idle);
    }

    /// Each rule about what to ask for, off, asks for something else; promises come in the order of their ballots.
    #[test]
    fn what_is_asked_for_depends_on_the_rules_of_adoption() {
        for (settings, asks) in [
            (ordinary(), "green"),
            (without(Rule::AdoptReported), "blue"),
            (without(Rule::AdoptHighest), "red"),
            (without(Rule::AdoptByBallot), "red"),
        ] {
            let mut proposer = proposer(Some(6));
            let ballot = proposer.prepare(&settings, 0).unwrap().ballot;
            proposer.promised(&settings, node(2), &promise(ballot, vec![vote(2, 3, "green")]), 0);
            proposer.promised(&settings, node(3), &promise(ballot, vec![vote(1, 2, "red")]), 0);
            assert_eq!(proposer.value().unwrap().as_str(), asks);
        }
    }

    #[test]
    fn without_their_rules_old_promises_count_and_used_ballots_are_forgotten() {
        let settings = without(Rule::PromisesForOwnBallot);
        let mut proposer = proposer(None);
        let old = proposer.prepare(&settings, 0).unwrap().ballot;
        proposer.prepare(&settings, 0).unwrap();
        assert!(matches!(proposer.promised(&settings, node(2), &promise(old, vec![]), 0), Tally::Of(_)));
        let settings = without(Rule::BallotsUniqueAcrossRestarts);
        let mut proposer = recovered(settings.rules, Some(4));
        assert_eq!(proposer.prepare(&settings, 0).unwrap().ballot.round, 1);
    }
}
