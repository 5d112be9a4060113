//! What the algorithm did on a server, in words and as data.

pub(super) mod blame;
pub(super) mod stuck;
pub(super) mod words;

use super::EventName;
use super::language::{Because, Language, Tell, reason};
use super::sentence::Sentence;
use super::view::{vote, votes};
use crate::json::{Json, Object};
use crate::paxos::{Ballot, BallotsExhausted, Chosen, Known, Late, Loose, NodeId, Trace, Vote};

pub(super) use blame::STAYS_CHOSEN;
use blame::although;

impl Tell for Trace {
    type Who = NodeId;

    fn name(&self) -> EventName {
        match self {
            Self::Proposed { .. } => EventName::Proposed,
            Self::Prepares { .. } => EventName::Prepares,
            Self::Promised { .. } => EventName::Promised,
            Self::Accepted { .. } => EventName::Accepted,
            Self::Rejected { .. } => EventName::Rejected,
            Self::Counted { .. } => EventName::Counted,
            Self::Quorum { .. } => EventName::Quorum,
            Self::Adopted { .. } => EventName::Adopted,
            Self::FreeChoice(..) => EventName::FreeChoice,
            Self::NothingToPropose { .. } | Self::GaveUp { .. } => EventName::GaveUp,
            Self::BallotsExhausted(_) => EventName::Exhausted,
            Self::Learned { .. } => EventName::Learned,
            Self::NotMyRole { .. } | Self::Stale { .. } => EventName::Ignored,
        }
    }

    fn importance(&self) -> u8 {
        match self {
            Self::BallotsExhausted(_) => 8,
            Self::Adopted { .. } | Self::FreeChoice(..) | Self::Learned { .. } | Self::Proposed { .. } => 7,
            Self::GaveUp { .. } | Self::NothingToPropose { .. } => 7,
            Self::Quorum { .. } | Self::Promised { .. } | Self::Accepted { .. } | Self::Rejected { .. } => 6,
            Self::Prepares { .. } => 5,
            Self::Counted { .. } | Self::Stale { .. } | Self::NotMyRole { .. } => 4,
        }
    }

    fn fields(&self, object: Object, language: &Language) -> Object {
        let text = |ballot: &Ballot| language.text(*ballot);
        match self {
            Self::Proposed { value, .. } => object.with("slot", 0_u32).with("value", value),
            Self::Prepares { ballot, .. } | Self::NothingToPropose { ballot } => object.with("ballot", text(ballot)),
            Self::Promised { to, ballot, reports, .. } => object
                .with("to", *to)
                .with("ballot", text(ballot))
                .with("accepted", votes(reports.as_slice().iter(), language)),
            Self::Accepted { vote, .. } | Self::FreeChoice(vote, _) => voted(object, vote, language),
            Self::Adopted { vote: adopted, reported, by, .. } => {
                voted(object, adopted, language).with("from", *by).with("reported", vote(reported, language))
            }
            Self::Rejected { to, nack, .. } => {
                object.with("to", *to).with("ballot", text(&nack.ballot)).with("promised", text(&nack.promised))
            }
            Self::GaveUp { ballot, promised, by } => {
                object.with("from", *by).with("ballot", text(ballot)).with("promised", text(promised))
            }
            Self::Counted { from, ballot, have: nodes, .. } | Self::Quorum { from, ballot, nodes, .. } => {
                object.with("from", *from).with("ballot", text(ballot)).with("quorum", *nodes)
            }
            Self::BallotsExhausted(exhausted) => object.maybe("ballot", exhausted.above.as_ref().map(text)),
            Self::Learned { chosen, .. } => chose(object, chosen, language),
            Self::NotMyRole { from, .. } => object.with("from", *from),
            Self::Stale { from, ballot, .. } => object.with("from", *from).with("ballot", text(ballot)),
        }
    }

    fn because(&self, node: NodeId, language: &Language) -> Option<Because> {
        let text = |ballot: &Ballot| language.text(*ballot);
        let reported = |object: Object, (reported, by): &(Vote, NodeId)| {
            object.with("from", *by).with("reported", vote(reported, language))
        };
        let because: Because = match self {
            Self::Proposed { .. } => return None,
            Self::Prepares { ballot, known } => above_known(*ballot, known, language),
            Self::Promised { ballot, before, reports, .. } => {
                admitted(*ballot, *before, reports.as_ref().map(|vote| vote.ballot), language)
            }
            Self::Accepted { vote, before, voted, .. } => admitted(vote.ballot, *before, *voted, language),
            Self::Rejected { nack, .. } => {
                reason("below-promise").with("ballot", text(&nack.ballot)).with("promised", text(&nack.promised)).into()
            }
            Self::Counted { have, needed, towards, loose, .. } => {
                let reason = reason("too-few").with("ballot", text(towards));
                let reason = reason.with("have", *have).with("needed", *needed);
                reason.maybe("loose", listed(loose, language)).into()
            }
            Self::Quorum { nodes, towards, loose, size, .. } => {
                let reason = reason("enough").with("ballot", text(towards)).with("have", *nodes).with("needed", *size);
                reason.maybe("loose", listed(loose, language)).into()
            }
            Self::Learned { chosen: Chosen { vote, quorum }, loose, size } => {
                let reason = reason("enough").with("ballot", text(&vote.ballot)).with("have", *quorum);
                reason.with("needed", *size).maybe("loose", listed(loose, language)).into()
            }
            Self::Adopted { reported: vote, by, passed_over: None, .. } => {
                reported(reason("highest-vote"), &(vote.clone(), *by)).into()
            }
            Self::Adopted { reported: adopted, by, passed_over: Some((higher, from)), .. } => {
                let reason = reported(reason("lower-vote"), &(adopted.clone(), *by));
                reason.with("highest", vote(higher, language)).with("highestFrom", *from).into()
            }
            Self::FreeChoice(_, None) => reason("no-vote-reported").into(),
            Self::FreeChoice(_, Some(ignored)) => reported(reason("vote-ignored"), ignored).into(),
            Self::NothingToPropose { ballot } => reason("nothing-to-propose").with("ballot", text(ballot)).into(),
            Self::GaveUp { ballot, promised, by } => {
                let reason = reason("outbid").with("ballot", text(ballot));
                reason.with("promised", text(promised)).with("from", *by).into()
            }
            Self::BallotsExhausted(exhausted) => ballots_used_up(exhausted, language),
            Self::NotMyRole { lost, .. } => reason(if *lost { "disk-lost" } else { "not-my-role" }).into(),
            Self::Stale { late, .. } => match late {
                Late::Idle => reason("no-attempt"),
                Late::Other(present) => reason("other-attempt").with("ballot", text(present)),
                Late::Enough(present) => reason("enough-already").with("ballot", text(present)),
                Late::NotAsked(present) => reason("not-asked-yet").with("ballot", text(present)),
                Late::Learned => reason("learned-already"),
            }
            .into(),
        };
        Some(because.although(although(self, node, language)))
    }

    fn why(&self, node: NodeId, to: &mut Sentence<'_>) {
        words::why(self, node, to);
    }

    fn so(&self, node: NodeId, to: &mut Sentence<'_>) {
        words::so(self, node, to);
    }
}

/// What a ballot had to go above.
pub(super) fn above_known(ballot: Ballot, Known { used, seen, forgot }: &Known, language: &Language) -> Because {
    let text = |ballot: Ballot| language.text(ballot);
    let reason = reason("above-known").with("ballot", text(ballot)).with("used", *used);
    reason.with("promised", seen.map(text)).maybe("forgot", *forgot).into()
}

/// Which ballots a server has, and what they would have to go above.
pub(super) fn ballots_used_up(exhausted: &BallotsExhausted, language: &Language) -> Because {
    let BallotsExhausted { first, last, above, used, .. } = exhausted;
    let reason = reason("ballots-used-up").with("first", *first).with("last", *last);
    reason.with("used", *used).with("promised", above.map(|ballot| language.text(ballot))).into()
}

/// What let a ballot in: how it compares to the acceptor's promise, and to its latest vote.
pub(super) fn admitted(
    ballot: Ballot,
    promised: Option<Ballot>,
    voted: Option<Ballot>,
    language: &Language,
) -> Because {
    let kind = match promised {
        Some(promised) if promised > ballot => "below-promise",
        _ if voted > Some(ballot) => "below-vote",
        None => "nothing-promised",
        Some(promised) if promised == ballot => "at-promise",
        Some(_) => "above-promise",
    };
    let text = |ballot| language.text(ballot);
    let reason = reason(kind).with("ballot", text(ballot)).maybe("promised", promised.map(text));
    reason.maybe("voted", voted.map(text)).into()
}

fn listed(loose: &[Loose], language: &Language) -> Option<Json> {
    let one = |Loose { counts_for, from, ballot }: &Loose| {
        Object::new().with("for", *counts_for).with("from", *from).with("ballot", language.text(*ballot))
    };
    (!loose.is_empty()).then(|| loose.iter().map(one).collect())
}

fn voted(object: Object, vote: &Vote, language: &Language) -> Object {
    object.with("slot", vote.slot).with("ballot", language.text(vote.ballot)).with("value", &vote.value)
}

pub(super) fn chose(object: Object, chosen: &Chosen, language: &Language) -> Object {
    voted(object, &chosen.vote, language).with("quorum", chosen.quorum)
}
