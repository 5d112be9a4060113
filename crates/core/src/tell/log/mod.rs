//! What a replicated log and its clients did, in words and as data.
//!
//! | file | what it is |
//! |---|---|
//! | `words` | what servers did ([`Trace`]) |
//! | `message` | messages, records, timers |
//! | `clients` | what clients did |
//! | `chosen` | what is chosen in a slot |
//! | `pieces` | operations, entries, answers and slots, as they read in any sentence |
//! | `blame` | which rule that is off decided |
//! | `data` | the same things as data |
//! | `rules` | what the rules of the log are for |
//! | `reads` | how a leader answers reads that take no slot |
//! | `snapshots` | what servers did about snapshots |
//! | `stuck` | why a log can go no further |
//! | `view` | the present of a log, as data |

mod blame;
pub(super) mod chosen;
mod clients;
mod data;
mod message;
mod pieces;
mod reads;
mod rules;
mod snapshots;
mod stuck;
mod view;
mod words;

use super::EventName;
use super::language::{Because, Language, Tell, reason};
use super::paxos::{above_known, admitted, ballots_used_up};
use super::sentence::Sentence;
use super::view::Slots;
use crate::json::{Json, Object};
use crate::log::{self, Applied, How, Reply, Session, Trace};
use crate::paxos::{Ballot, LatestVotes, NodeId, Slot};
use crate::sim;
use data::{command, entry, in_slot, reply};

pub(super) use data::{record, row, row_of_client, says_as_data, stored, vote};
pub(super) use message::{name, restarted, says, timed_out, votes_at_once};
pub use rules::{LOG_RULE_STORIES, LogGroup, log_rule_story};

impl Tell for Trace {
    type Who = NodeId;

    fn name(&self) -> EventName {
        match self {
            Self::Discontent { .. } => EventName::Discontent,
            Self::Stands { .. } => EventName::Prepares,
            Self::LetStand => EventName::Timer,
            Self::BallotsExhausted(_) => EventName::Exhausted,
            Self::Promised { .. } => EventName::Promised,
            Self::Rejected { .. } => EventName::Rejected,
            Self::Counted { .. } | Self::Voted { .. } => EventName::Counted,
            Self::CatchesUp { .. } => EventName::CatchesUp,
            Self::Leads { .. } => EventName::Leads,
            Self::Finishes { because: log::Because::Reported { .. }, .. } => EventName::Adopted,
            Self::Finishes { because: log::Because::Chosen, .. } => EventName::Finishes,
            Self::Finishes { because: log::Because::NobodyVoted, .. } => EventName::Fills,
            Self::Asked { .. } => EventName::Taken,
            Self::Proposed { .. } => EventName::Proposed,
            Self::Accepted { .. } => EventName::Accepted,
            Self::Learned { .. } => EventName::Learned,
            Self::Applied { .. } => EventName::Applied,
            Self::Answered { .. } => EventName::Answers,
            Self::SteppedDown { .. } => EventName::SteppedDown,
            Self::Fetches { .. } => EventName::Fetches,
            Self::Repeats { .. } => EventName::Repeats,
            Self::AskedAgain { .. } | Self::NotMyRole { .. } | Self::Stale { .. } => EventName::Ignored,
            Self::TookSnapshot { .. } => EventName::Snapshot,
            Self::Truncated { .. } => EventName::Truncated,
            Self::SendsSnapshot { .. } => EventName::SendsSnapshot,
            Self::Installed { .. } => EventName::Installed,
            Self::CannotDecide { .. } => EventName::GaveUp,
            Self::AsksWhetherItLeads { .. } => EventName::AsksWhetherItLeads,
            Self::Confirmed { .. } => EventName::Confirmed,
            Self::CountedConfirmation { .. } => EventName::Counted,
            Self::Read { .. } => EventName::Reads,
        }
    }

    fn importance(&self) -> u8 {
        match self {
            Self::BallotsExhausted(_) | Self::Leads { .. } | Self::SteppedDown { .. } => 8,
            Self::Finishes { .. } | Self::Learned { how: How::Counted(_), .. } => 7,
            Self::Stands { .. } | Self::CatchesUp { .. } | Self::Proposed { .. } => 7,
            Self::Installed { .. } | Self::CannotDecide { .. } => 7,
            Self::Answered { reply: Reply::Done { .. }, .. } | Self::Read { .. } => 7,
            _ if self.although().is_some() => 7,
            Self::Discontent { .. } | Self::Promised { .. } | Self::Accepted { .. } | Self::Rejected { .. } => 6,
            Self::Learned { .. } | Self::Applied { .. } | Self::Answered { .. } | Self::Asked { .. } => 6,
            Self::TookSnapshot { .. } | Self::Truncated { .. } | Self::SendsSnapshot { .. } => 6,
            Self::AsksWhetherItLeads { .. } | Self::Confirmed { .. } => 6,
            Self::Fetches { .. } | Self::Repeats { .. } | Self::AskedAgain { .. } | Self::LetStand => 5,
            Self::Counted { .. } | Self::Voted { .. } | Self::Stale { .. } | Self::NotMyRole { .. } => 4,
            Self::CountedConfirmation { .. } => 4,
        }
    }

    fn fields(&self, object: Object, language: &Language) -> Object {
        let text = |ballot: &Ballot| language.text(*ballot);
        match self {
            Self::Discontent { hears, .. } => object.with("hears", *hears),
            Self::Stands { ballot, from, .. } => object.with("ballot", text(ballot)).with("slot", *from),
            Self::BallotsExhausted(exhausted) => object.maybe("ballot", exhausted.above.as_ref().map(text)),
            Self::Promised { to, ballot, votes, from, .. } => {
                let object = object.with("to", *to).with("ballot", text(ballot));
                object.with("slot", *from).with("votes", *votes)
            }
            Self::Rejected { to, nack, .. } => {
                object.with("to", *to).with("ballot", text(&nack.ballot)).with("promised", text(&nack.promised))
            }
            Self::Counted { from, have, .. } | Self::CountedConfirmation { from, have, .. } => {
                object.with("from", *from).with("quorum", *have)
            }
            Self::CatchesUp { ballot, from, to } => {
                object.with("from", *from).with("ballot", text(ballot)).with("slot", *to)
            }
            Self::Leads { ballot, promises, found, next, .. } => {
                let object = object.with("ballot", text(ballot)).with("quorum", *promises);
                object.with("found", *found).with("slot", *next)
            }
            Self::Finishes { ballot, slot, entry, .. } | Self::Accepted { ballot, slot, entry, .. } => {
                in_slot(object.with("ballot", text(ballot)), *slot, entry)
            }
            Self::Asked { command: it, waits } => object.with("command", command(it)).with("waits", *waits),
            Self::AskedAgain { command: it } => object.with("command", command(it)),
            Self::Proposed { ballot, slot, command: it } => {
                object.with("ballot", text(ballot)).with("slot", *slot).with("command", command(it))
            }
            Self::Voted { from, slot, have, .. } => {
                object.with("from", *from).with("slot", *slot).with("quorum", *have)
            }
            Self::Learned { slot, entry, .. } => in_slot(object, *slot, entry),
            Self::Applied { slot, entry, applied, dropped, .. } => {
                let object = in_slot(object, *slot, entry).maybe("forgets", dropped.map(|(client, _)| client));
                match applied {
                    Applied::Done(output) => object.with("result", output),
                    Applied::NoOp | Applied::Again(_) | Applied::Old { .. } | Applied::Expired => object,
                }
            }
            Self::Answered { client, seq, reply: it, .. } => {
                reply(object.with("client", *client).with("seq", *seq), it)
            }
            Self::SteppedDown { ballot, higher, by } => {
                object.with("from", *by).with("ballot", text(ballot)).with("promised", text(higher))
            }
            Self::Fetches { of, from, to } => object.with("from", *of).with("slots", slots(*from, *to)),
            Self::Repeats { slots } => object.with("count", *slots),
            Self::LetStand => object.with("timer", log::Timer::Stand.as_str()),
            Self::NotMyRole { from, .. } | Self::Stale { from, .. } => object.with("from", *from),
            Self::TookSnapshot { to, keys, sessions, .. } => {
                object.with("slot", *to).with("keys", *keys).with("sessions", *sessions)
            }
            Self::Truncated { below, to, votes, above, .. } => {
                let object = object.with("slot", *to).with("keptFrom", *below);
                object.with("votes", *votes).with("above", *above)
            }
            Self::SendsSnapshot { to, from, snapshot, .. } => {
                object.with("to", *to).with("asked", *from).with("slot", *snapshot)
            }
            Self::Installed { by, to, applied, .. } => {
                object.with("from", *by).with("slot", *to).with("applied", *applied)
            }
            Self::CannotDecide { ballot, by, kept_from, .. } => {
                object.with("from", *by).with("ballot", text(ballot)).with("keptFrom", *kept_from)
            }
            Self::AsksWhetherItLeads { ballot, question, reads, .. } => {
                object.with("ballot", text(ballot)).with("question", *question).with("count", *reads)
            }
            Self::Confirmed { to, ballot, promised } => {
                let object = object.with("to", *to).with("ballot", text(ballot));
                object.maybe("promised", promised.as_ref().map(text))
            }
            Self::Read { command: it, output, applied, .. } => {
                object.with("command", command(it)).with("result", output).with("slot", *applied)
            }
        }
    }

    fn because(&self, node: NodeId, language: &Language) -> Option<Because> {
        let text = |ballot: &Ballot| language.text(*ballot);
        let because: Because = match self {
            Self::Discontent { hears, .. } => reason("not-content").with("hears", *hears).into(),
            Self::Stands { ballot, known, .. } => above_known(*ballot, known, language),
            Self::BallotsExhausted(exhausted) => ballots_used_up(exhausted, language),
            Self::Promised { ballot, before, .. } => admitted(*ballot, *before, None, language),
            Self::Accepted { ballot, before, voted, .. } => admitted(*ballot, *before, *voted, language),
            Self::Rejected { nack, .. } => {
                reason("below-promise").with("ballot", text(&nack.ballot)).with("promised", text(&nack.promised)).into()
            }
            Self::Counted { have, needed, .. }
            | Self::Voted { have, needed, .. }
            | Self::CountedConfirmation { have, needed, .. } => {
                let kind = if have.len() < *needed { "too-few" } else { "enough" };
                reason(kind).with("have", *have).with("needed", *needed).into()
            }
            Self::CatchesUp { from, to, .. } => reason("knows-more").with("from", *from).with("slot", *to).into(),
            Self::Leads { ballot, promises, .. } => {
                reason("enough").with("ballot", text(ballot)).with("have", *promises).into()
            }
            Self::Finishes { slot, entry: it, because, .. } => match because {
                log::Because::Reported { ballot, by } => {
                    let reported = Object::new().with("slot", *slot).with("ballot", text(ballot));
                    let reported = reported.with("command", entry(it));
                    reason("highest-vote").with("from", *by).with("reported", reported)
                }
                log::Because::Chosen => reason("known-chosen"),
                log::Because::NobodyVoted => reason("no-vote-reported"),
            }
            .into(),
            Self::Asked { waits: true, .. } => reason("window-full").into(),
            Self::Asked { waits: false, .. } => return None,
            Self::AskedAgain { .. } => reason("under-way").into(),
            Self::Proposed { slot, .. } => reason("next-free").with("slot", *slot).into(),
            Self::Learned { how, .. } => match how {
                How::Counted(votes) => reason("enough").with("have", *votes),
                How::Index { ballot, by, voted, .. } => {
                    reason("index").with("ballot", text(ballot)).with("from", *by).with("voted", text(voted))
                }
                How::Fetched { by } => reason("told").with("from", *by),
            }
            .into(),
            Self::Applied { applied, .. } => match applied {
                Applied::NoOp | Applied::Done(_) => reason("next-in-order"),
                Applied::Again(Session { slot, .. }) => reason("applied-before").with("slot", *slot),
                Applied::Old { latest } => reason("later-applied").with("latest", *latest),
                Applied::Expired => reason("client-forgotten"),
            }
            .into(),
            Self::Answered { reply, .. } => match reply {
                Reply::Done { slot, .. } => reason("applied").with("slot", *slot),
                Reply::NotLeader { leader } => reason("not-leader").with("leader", *leader),
                Reply::Old { latest } => reason("later-applied").with("latest", *latest),
                Reply::Expired { from } => reason("client-forgotten").with("since", *from),
            }
            .into(),
            Self::SteppedDown { ballot, higher, by } => {
                let reason = reason("outbid").with("ballot", text(ballot));
                reason.with("promised", text(higher)).with("from", *by).into()
            }
            Self::Fetches { from, to, .. } => reason("lacks").with("slots", slots(*from, *to)).into(),
            Self::Repeats { .. } | Self::AsksWhetherItLeads { again: true, .. } => reason("not-answered").into(),
            Self::AsksWhetherItLeads { reads, .. } => reason("reads-wait").with("count", *reads).into(),
            Self::Confirmed { promised, .. } => {
                reason("promised-no-more").maybe("promised", promised.as_ref().map(text)).into()
            }
            Self::Read { index, applied, .. } => {
                reason("still-leads").with("slot", *applied).with("index", *index).into()
            }
            Self::NotMyRole { .. } => reason("not-my-role").into(),
            Self::Stale { .. } => reason("too-late").into(),
            Self::LetStand | Self::TookSnapshot { by_hand: true, .. } => reason("by-hand").into(),
            Self::TookSnapshot { since, applied, .. } => {
                reason("slots-applied").with("since", *since).with("applied", *applied).into()
            }
            Self::Truncated { to, .. } => reason("in-snapshot").with("slot", *to).into(),
            Self::SendsSnapshot { from, forgotten, .. } => {
                reason("not-kept").with("slots", slots(*from, *forgotten)).into()
            }
            Self::Installed { to, applied, .. } => reason("lacks").with("slots", slots(applied + 1, *to)).into(),
            Self::CannotDecide { known, by, kept_from, .. } => {
                let reason = reason("votes-not-kept").with("from", *by);
                reason.with("slots", slots(known + 1, kept_from - 1)).into()
            }
        };
        let off = blame::although(self, node, language).map(sim::Rule::as_str);
        Some(Because { although: off, ..because })
    }

    fn why(&self, node: NodeId, to: &mut Sentence<'_>) {
        words::why(self, node, to);
    }

    fn so(&self, node: NodeId, to: &mut Sentence<'_>) {
        words::so(self, node, to);
    }
}

/// `[4, 9]`.
fn slots(first: Slot, last: Slot) -> Json {
    Json::List([first.into(), last.into()].into())
}

/// All votes on a disk.
pub(super) fn kept_votes(records: &log::Records, language: &Language) -> Json {
    log_votes(&records.paxos.accepted, Slots::ALL, language)
}

/// The votes in these slots.
pub(super) fn log_votes(votes: &LatestVotes<log::Entry>, slots: Slots, language: &Language) -> Json {
    votes.since(slots.from).take_while(|cast| cast.slot <= slots.to).map(|cast| vote(cast, language)).collect()
}

#[cfg(test)]
mod tests;
