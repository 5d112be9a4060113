//! Which rule that is off had a decision of a log come out as it did.

use crate::log::{Because, How, Trace};
use crate::paxos::{NodeId, Rule};
use crate::sim;
use crate::tell::language::Language;
use crate::tell::paxos::blame::{PROMISES_KEPT, VOTES_WITHIN_PROMISE, began};

/// The rules by which counted promises are those of a quorum.
pub(super) const COUNTED_PROMISES: [Rule; 2] = [Rule::Phase1Intersects, Rule::PromisesForOwnBallot];

/// The rules by which counted votes choose.
pub(super) const COUNTED_VOTES: [Rule; 3] = [Rule::Phase2Intersects, Rule::OneVotePerAcceptor, Rule::VotesWithinBallot];

/// The rules by which the vote that is taken over is the one of the highest ballot.
pub(super) const HIGHEST: [Rule; 2] = [Rule::AdoptHighest, Rule::AdoptByBallot];

/// The rule that is off, or was when it was asked, and had this decision come out as it did.
pub(super) fn although(trace: &Trace, node: NodeId, language: &Language) -> Option<sim::Rule> {
    trace.although().map(sim::Rule::Log).or_else(|| of_paxos(trace, node, language).map(sim::Rule::Paxos))
}

/// The same, of the rules of single-decree Paxos.
pub(super) fn of_paxos(trace: &Trace, node: NodeId, language: &Language) -> Option<Rule> {
    match trace {
        Trace::Stands { ballot, known, .. } => began(*ballot, known, node, language),
        Trace::BallotsExhausted(exhausted) => exhausted.although,
        Trace::Accepted { although: Some(rule), .. } => Some(*rule),
        Trace::Accepted { ballot, voted: Some(voted), .. } if voted > ballot => language.broken(&VOTES_WITHIN_PROMISE),
        Trace::Promised { .. } | Trace::Accepted { .. } if language.known.went_back.is_some() => {
            language.broken(&PROMISES_KEPT)
        }
        Trace::CatchesUp { .. } | Trace::Leads { .. } => off(&COUNTED_PROMISES, language),
        Trace::Learned { how: How::Counted(_), .. } => off(&COUNTED_VOTES, language),
        Trace::Finishes { because: Because::Reported { .. }, .. } => off(&HIGHEST, language),
        _ => None,
    }
}

/// The first of these rules that is off now.
fn off(rules: &[Rule], language: &Language) -> Option<Rule> {
    rules.iter().copied().find(|rule| !language.known.rules.on(*rule))
}
