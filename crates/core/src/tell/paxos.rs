//! What the algorithm did, in words: one sentence for each trace it leaves.

use alloc::{format, string::String};

use super::world::{Words, servers};
use crate::paxos::{Ballot, BallotsExhausted, MessageKind, NodeId, Trace, Vote};

impl Words {
    pub(super) fn did(&self, node: NodeId, trace: &Trace) -> String {
        match trace {
            Trace::Proposed(value) => format!("A client asks server {node} to propose {value}."),
            Trace::Prepares { ballot } => {
                format!("Server {node} begins ballot {}, above every ballot it has seen or used.", self.ballot(*ballot))
            }
            Trace::Promised { ballot, before, reports, .. } => self.promised(node, *ballot, *before, reports.as_ref()),
            Trace::Accepted { vote, before, .. } => {
                let because = match before {
                    Some(before) if *before == vote.ballot => "it has promised nothing higher".into(),
                    Some(before) => format!("that is above its promise {}", self.ballot(*before)),
                    None => "it has promised nothing".into(),
                };
                format!("Server {node} accepts {}, because {because}.", self.vote(vote))
            }
            Trace::Rejected { request, nack, .. } => format!(
                "Server {node} rejects {} {}, because it has promised {}.",
                request.as_str(),
                self.ballot(nack.ballot),
                self.ballot(nack.promised)
            ),
            Trace::Counted { from, answer, ballot, have, needed } => {
                let (got, what) = (have.len(), if *answer == MessageKind::Promise { "promise" } else { "vote" });
                let ballot = self.ballot(*ballot);
                format!("Server {node} counts the {what} of server {from} for {ballot}: {got} of {needed} needed.")
            }
            Trace::Quorum { answer: MessageKind::Promise, ballot, nodes, .. } => {
                format!("Server {node} has a quorum of promises for {}: {}.", self.ballot(*ballot), servers(*nodes))
            }
            Trace::Quorum { ballot, nodes, .. } => {
                format!("Server {node} has a quorum of votes for {}: {}.", self.ballot(*ballot), servers(*nodes))
            }
            Trace::Adopted { vote, reported, by, asked } => self.adopted(node, vote, reported, *by, asked.as_ref()),
            Trace::FreeChoice(vote) => format!(
                "Server {node} is free to propose {}, because no promise of its quorum reports a vote.",
                self.vote(vote)
            ),
            Trace::NothingToPropose { ballot } => format!(
                "Server {node} ends ballot {}: its quorum reports no vote, and no client has asked it for a value.",
                self.ballot(*ballot)
            ),
            Trace::GaveUp { ballot, promised, by } => {
                let who = if *by == node { "it".into() } else { format!("server {by}") };
                let (ballot, promised) = (self.ballot(*ballot), self.ballot(*promised));
                format!("Server {node} gives ballot {ballot} up, because {who} has promised {promised}.")
            }
            Trace::BallotsExhausted(exhausted) => self.exhausted(node, exhausted),
            Trace::Learned(chosen) => format!(
                "Server {node} learns that {} is chosen: it has heard the votes of {} for {}.",
                chosen.vote.value,
                servers(chosen.quorum),
                self.ballot(chosen.vote.ballot)
            ),
            Trace::NotMyRole { message, .. } => {
                format!("Server {node} ignores the {}: it does not play that role, or no longer may.", message.as_str())
            }
            Trace::Stale { from, message, ballot } => {
                let (message, ballot) = (message.as_str(), self.ballot(*ballot));
                format!("Server {node} needs the {message} {ballot} of server {from} no more: that matter is over.")
            }
        }
    }

    fn promised(&self, node: NodeId, ballot: Ballot, before: Option<Ballot>, reports: Option<&Vote>) -> String {
        let name = self.ballot(ballot);
        let because = match before {
            None => "it has promised nothing yet".into(),
            Some(before) if before == ballot => "it promised that before".into(),
            Some(before) => format!("{name} is above {}", self.ballot(before)),
        };
        match reports {
            None => format!("Server {node} promises {name}, because {because}. It has accepted nothing."),
            Some(vote) => {
                format!(
                    "Server {node} promises {name}, because {because}. It reports that it accepted {}.",
                    self.vote(vote)
                )
            }
        }
    }

    fn adopted(
        &self,
        node: NodeId,
        vote: &Vote,
        from: &Vote,
        by: NodeId,
        asked: Option<&crate::paxos::Value>,
    ) -> String {
        let instead = match asked {
            Some(asked) if *asked != vote.value => format!(", not {asked}"),
            _ => String::new(),
        };
        let who = if by == node { "it".into() } else { format!("server {by}") };
        let (vote, from) = (self.vote(vote), self.ballot(from.ballot));
        format!(
            "Server {node} must propose {vote}{instead}, because {who} accepted it at {from}, the highest vote reported."
        )
    }

    fn exhausted(&self, node: NodeId, BallotsExhausted { first, last, above }: &BallotsExhausted) -> String {
        match above {
            Some(above) if above.round > *last => format!(
                "Server {node} cannot propose any more: its ballots are {first} to {last}, and it would need one above {}.",
                self.ballot(*above)
            ),
            _ => format!("Server {node} cannot propose any more: it has used up its ballots, {first} to {last}."),
        }
    }

    pub(super) fn so_did(&self, node: NodeId, trace: &Trace) -> Option<String> {
        match trace {
            Trace::Proposed(_) => Some(format!(
                "It may not simply say so. First it asks everyone to promise a ballot, to hear whether something was \
                 accepted before. What it will say waits for server {node}’s disk."
            )),
            Trace::Prepares { .. } => {
                Some("The round goes to disk before anyone hears of it, so that a crash cannot make it be used twice.".into())
            }
            Trace::Promised { ballot, before, .. } if *before != Some(*ballot) => {
                Some(format!("The promise waits for server {node}’s disk: crash it now, and it never happened."))
            }
            Trace::Accepted { again: false, .. } => Some(format!("The vote waits for server {node}’s disk: crash it now, and it was never cast.")),
            Trace::Quorum { answer: MessageKind::Accepted, .. } => Some("That many votes in one ballot: the value is chosen.".into()),
            Trace::Adopted { .. } => Some(
                "That value may have been chosen already. Proposing it again is harmless if it was not, and the only safe \
                 choice if it was."
                    .into(),
            ),
            Trace::FreeChoice(vote) => Some(format!(
                "Nothing can have been chosen below {0}: any quorum would have to include one of these servers, and they \
                 have promised to accept nothing below {0} any more.",
                self.ballot(vote.ballot)
            )),
            Trace::Rejected { .. } => Some("The answer carries the promise, so that the proposer knows what to go above.".into()),
            Trace::GaveUp { .. } => Some("To be heard again, it needs a higher ballot.".into()),
            Trace::BallotsExhausted(_) => Some("A number of another server's, or one used before, would be a ballot used twice, and agreement could break.".into()),
            _ => None,
        }
    }
}
