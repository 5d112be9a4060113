//! Which rule that is off had a decision come out as it did.

use crate::paxos::{Ballot, Known, Loose, MessageKind, NodeId, NodeSet, Rule, Trace};
use crate::tell::language::Language;

/// The rules by which a quorum that reports no vote proves that nothing is chosen below its ballot, and never will be.
pub(in crate::tell) const NOTHING_BELOW: [Rule; 11] = [
    Rule::KeepPromise,
    Rule::Phase1Intersects,
    Rule::Phase2Intersects,
    Rule::PromisesForOwnBallot,
    Rule::PersistBeforeReply,
    Rule::PersistPromise,
    Rule::PersistAccepted,
    Rule::RecoverState,
    Rule::RecoverPromise,
    Rule::RecoverAccepted,
    Rule::WipedStaysSilent,
];

/// The rules by which a chosen value stays chosen, and to propose the highest one reported is safe: all those that are not
/// only about who learns of it.
pub(in crate::tell) const STAYS_CHOSEN: [Rule; 18] = [
    Rule::KeepPromise,
    Rule::AcceptPromises,
    Rule::AdoptReported,
    Rule::AdoptHighest,
    Rule::AdoptByBallot,
    Rule::Phase1Intersects,
    Rule::Phase2Intersects,
    Rule::PromisesForOwnBallot,
    Rule::BallotsUniqueAcrossServers,
    Rule::BallotsUniqueAcrossRestarts,
    Rule::PersistBeforeReply,
    Rule::PersistPromise,
    Rule::PersistAccepted,
    Rule::PersistRound,
    Rule::RecoverState,
    Rule::RecoverPromise,
    Rule::RecoverAccepted,
    Rule::WipedStaysSilent,
];

/// Without these, an acceptor may hold a vote above its promise.
pub(in crate::tell) const VOTES_WITHIN_PROMISE: [Rule; 3] =
    [Rule::AcceptPromises, Rule::RecoverPromise, Rule::RecoverState];

/// Without these, an acceptor may forget what it has promised.
pub(in crate::tell) const PROMISES_KEPT: [Rule; 5] =
    [Rule::PersistBeforeReply, Rule::PersistPromise, Rule::RecoverState, Rule::RecoverPromise, Rule::WipedStaysSilent];

/// Without these, a proposer may forget which ballots it has begun.
const BALLOTS_KEPT: [Rule; 3] = [Rule::PersistBeforeReply, Rule::PersistRound, Rule::BallotsUniqueAcrossRestarts];

/// Without these, one ballot may ask for two values.
const ONE_VALUE_PER_BALLOT: [Rule; 4] =
    [Rule::BallotsUniqueAcrossServers, Rule::BallotsUniqueAcrossRestarts, Rule::PersistBeforeReply, Rule::PersistRound];

/// The rule that is off, or was when it was asked, and had this decision come out as it did.
pub(super) fn although(trace: &Trace, node: NodeId, language: &Language) -> Option<Rule> {
    match trace {
        Trace::Prepares { ballot, known } => began(*ballot, known, node, language),
        Trace::Promised { ballot, reports: Some(vote), .. } if vote.ballot > *ballot => {
            language.broken(&VOTES_WITHIN_PROMISE)
        }
        Trace::Accepted { although: Some(rule), .. } => Some(*rule),
        Trace::Accepted { vote, voted: Some(voted), .. } if *voted > vote.ballot => {
            language.broken(&VOTES_WITHIN_PROMISE)
        }
        Trace::Promised { .. } | Trace::Accepted { .. } if language.known.went_back.is_some() => {
            language.broken(&PROMISES_KEPT)
        }
        Trace::Counted { answer, loose, .. } => miscounted(*answer, loose),
        Trace::Quorum { answer, nodes, loose, size, .. } => {
            miscounted(*answer, loose).or_else(|| too_few(*answer, *nodes, *size))
        }
        Trace::Learned { chosen, loose, size } => {
            let answer = MessageKind::Accepted;
            miscounted(answer, loose).or_else(|| too_few(answer, chosen.quorum, *size)).or_else(|| {
                let mixed = language.known.unchosen && language.known.always.on(Rule::Phase2Intersects);
                language.broken(&ONE_VALUE_PER_BALLOT).filter(|_| mixed)
            })
        }
        Trace::Adopted { passed_over: Some(_), .. } => language.broken(&[Rule::AdoptByBallot, Rule::AdoptHighest]),
        Trace::FreeChoice(_, Some(_)) => Some(Rule::AdoptReported),
        Trace::BallotsExhausted(exhausted) => exhausted.although,
        _ => None,
    }
}

/// The same, of a ballot that is begun.
pub(in crate::tell) fn began(ballot: Ballot, known: &Known, node: NodeId, language: &Language) -> Option<Rule> {
    if known.forgot >= Some(ballot.round) {
        return Some(Rule::BallotsUniqueAcrossRestarts);
    }
    if language.known.went_back.is_some() {
        return language.broken(&BALLOTS_KEPT);
    }
    (ballot.server != node).then_some(Rule::BallotsUniqueAcrossServers)
}

fn miscounted(answer: MessageKind, loose: &[Loose]) -> Option<Rule> {
    let is_copy = |loose: &&Loose| loose.counts_for != loose.from;
    match loose {
        [] => None,
        _ if loose.iter().any(|loose| is_copy(&loose)) => Some(Rule::OneVotePerAcceptor),
        _ if answer == MessageKind::Promise => Some(Rule::PromisesForOwnBallot),
        _ => Some(Rule::VotesWithinBallot),
    }
}

fn too_few(answer: MessageKind, nodes: NodeSet, size: u32) -> Option<Rule> {
    let rule = if answer == MessageKind::Promise { Rule::Phase1Intersects } else { Rule::Phase2Intersects };
    (nodes.len() < size).then_some(rule)
}
