//! What the algorithm did on a server, in words and as data.

use alloc::{format, string::String, vec::Vec};

use super::EventName;
use super::language::{Because, Language, Tell, reason, servers};
use super::view::{vote, votes};
use crate::json::{Json, Object};
use crate::paxos::{
    Ballot, BallotsExhausted, Chosen, Known, Late, Loose, MessageKind, NodeId, NodeSet, Rule, Trace, Vote,
};
use crate::text::add;

/// The rules by which a quorum that reports no vote proves that nothing is chosen below its ballot, and never will be.
const NOTHING_BELOW: [Rule; 11] = [
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
pub(super) const STAYS_CHOSEN: [Rule; 18] = [
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
const VOTES_WITHIN_PROMISE: [Rule; 3] = [Rule::AcceptPromises, Rule::RecoverPromise, Rule::RecoverState];

/// Without these, an acceptor may forget what it has promised.
const PROMISES_KEPT: [Rule; 5] =
    [Rule::PersistBeforeReply, Rule::PersistPromise, Rule::RecoverState, Rule::RecoverPromise, Rule::WipedStaysSilent];

/// Without these, a proposer may forget which ballots it has begun.
const BALLOTS_KEPT: [Rule; 3] = [Rule::PersistBeforeReply, Rule::PersistRound, Rule::BallotsUniqueAcrossRestarts];

/// Without these, one ballot may ask for two values.
const ONE_VALUE_PER_BALLOT: [Rule; 4] =
    [Rule::BallotsUniqueAcrossServers, Rule::BallotsUniqueAcrossRestarts, Rule::PersistBeforeReply, Rule::PersistRound];

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
                .with("accepted", votes(reports.as_slice(), language)),
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
            Self::Prepares { ballot, known: Known { used, seen, forgot } } => reason("above-known")
                .with("ballot", text(ballot))
                .with("used", *used)
                .with("promised", seen.as_ref().map(text))
                .maybe("forgot", *forgot)
                .into(),
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
            Self::BallotsExhausted(BallotsExhausted { first, last, above, used, .. }) => {
                let reason = reason("ballots-used-up").with("first", *first).with("last", *last);
                reason.with("used", *used).with("promised", above.as_ref().map(text)).into()
            }
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

    fn why(&self, node: NodeId, language: &Language) -> String {
        let off = although(self, node, language).map(|rule| language.off(rule));
        let name = |ballot: &Ballot| language.ballot(*ballot);
        match self {
            Self::Proposed { value, .. } => format!("A client asks server {node} to propose {value}."),
            Self::Prepares { ballot, known } => begins(node, *ballot, known, off, language),
            Self::Promised { ballot, before, reports, .. } => {
                promised(node, *ballot, *before, reports.as_ref(), off, language)
            }
            Self::Accepted { vote, before, voted, .. } => accepted(node, vote, *before, *voted, off, language),
            Self::Rejected { request, nack, .. } => format!(
                "Server {node} rejects {} {}, because it has promised {}.",
                request.as_str(),
                name(&nack.ballot),
                name(&nack.promised)
            ),
            Self::Counted { from, answer, ballot, have, needed, towards, loose } => {
                let (got, what) = (have.len(), answer_name(*answer));
                let whose = if towards == ballot { String::new() } else { format!(" for {}", name(towards)) };
                let among = among(loose, ", with", language);
                let because = off.map_or(String::new(), |off| format!(": {off}"));
                let ballot = name(ballot);
                format!(
                    "Server {node} counts the {what} of server {from} for {ballot}: {got} of {needed} needed{whose}{among}{because}."
                )
            }
            Self::Quorum { answer, nodes, towards, loose, size, .. } => {
                let (what, towards, heard) = (answer_name(*answer), name(towards), servers(heard(*nodes, loose)));
                let few = few(*nodes, *size);
                match off {
                    None => format!("Server {node} has a quorum of {what}s for {towards}: {heard}."),
                    Some(off) => format!(
                        "Server {node} takes the {what} of {heard} for a quorum for {towards}{}{few}: {off}.",
                        among(loose, ", with", language)
                    ),
                }
            }
            Self::Adopted { vote, reported, by, asked, passed_over } => {
                let instead = match asked {
                    Some(asked) if *asked != vote.value => format!(", not {asked}"),
                    _ => String::new(),
                };
                let who = it_or_server(*by, node);
                let (vote, from) = (language.vote(vote), name(&reported.ballot));
                match passed_over {
                    None => format!(
                        "Server {node} must propose {vote}{instead}, because {who} accepted it at {from}, the highest vote reported."
                    ),
                    Some((higher, by)) => format!(
                        "Server {node} proposes {vote}{instead}, because {who} accepted it at {from}, although {} accepted {}{}.",
                        it_or_server(*by, node),
                        language.vote(higher),
                        off.map_or(String::new(), |off| format!(": {off}"))
                    ),
                }
            }
            Self::FreeChoice(vote, None) => format!(
                "Server {node} is free to propose {}, because no promise of its quorum reports a vote.",
                language.vote(vote)
            ),
            Self::FreeChoice(vote, Some((ignored, by))) => format!(
                "Server {node} proposes {} although {} accepted {}{}.",
                language.vote(vote),
                it_or_server(*by, node),
                language.vote(ignored),
                off.map_or(String::new(), |off| format!(": {off}"))
            ),
            Self::NothingToPropose { ballot } => format!(
                "Server {node} ends ballot {}: its quorum reports no vote, and it has no client’s value to propose.",
                name(ballot)
            ),
            Self::GaveUp { ballot, promised, by } => {
                let (ballot, promised) = (name(ballot), name(promised));
                format!(
                    "Server {node} gives ballot {ballot} up, because {} has promised {promised}.",
                    it_or_server(*by, node)
                )
            }
            Self::BallotsExhausted(exhausted) => used_up(node, exhausted, off, language),
            Self::Learned { chosen, loose, size } => learned(node, chosen, loose, *size, off, language),
            Self::NotMyRole { message, lost, .. } => {
                let message = message.as_str();
                match lost {
                    true => {
                        format!("Server {node} ignores the {message}: it lost its disk, and no longer plays that role.")
                    }
                    false => format!("Server {node} ignores the {message}: it does not play that role."),
                }
            }
            Self::Stale { from, message, ballot, late } => {
                let because = match late {
                    Late::Idle => "it has no ballot under way".into(),
                    Late::Other(present) => format!("its ballot is {} now", name(present)),
                    Late::Enough(present) => format!("it has a quorum of promises for {} already", name(present)),
                    Late::NotAsked(present) => format!("it has not asked for votes in {} yet", name(present)),
                    Late::Learned => "it has learned the outcome already".into(),
                };
                let (message, ballot) = (message.as_str(), name(ballot));
                format!("Server {node} ignores {message} {ballot} from server {from}: {because}.")
            }
        }
    }

    fn so(&self, node: NodeId, language: &Language) -> Option<String> {
        let off = although(self, node, language);
        let leaves = |kind| language.known.rules.lets_leave(kind).map(|rule| language.off(rule));
        Some(match self {
            Self::Proposed { during: Some(ballot), .. } => format!(
                "Ballot {} is under way and goes on. The value waits for a choice that is free.",
                language.ballot(*ballot)
            ),
            Self::Proposed { during: None, .. } => {
                let asks = "It cannot just announce the value. First it asks everyone to promise a ballot, to hear whether \
                            something was accepted before.";
                match leaves(MessageKind::Prepare) {
                    None => format!("{asks} What it will say waits for server {node}’s disk."),
                    Some(_) => asks.into(),
                }
            }
            Self::Prepares { .. } => prepares_so(leaves(MessageKind::Prepare), language),
            Self::Promised { ballot, before, .. } if *before != Some(*ballot) => match leaves(MessageKind::Promise) {
                None => format!("The promise waits for server {node}’s disk: crash it now, and it never happened."),
                Some(off) => format!(
                    "The answer does not wait for server {node}’s disk: a crash can undo the promise after others have \
                     counted it. {off}."
                ),
            },
            Self::Accepted { again: false, .. } => match leaves(MessageKind::Accepted) {
                None => format!("The vote waits for server {node}’s disk: crash it now, and it was never cast."),
                Some(off) => format!(
                    "The answer does not wait for server {node}’s disk: a crash can undo the vote after others have \
                     counted it. {off}."
                ),
            },
            Self::Quorum { answer: MessageKind::Accepted, .. } if off.is_none() && !language.known.unchosen => {
                "That many votes in one ballot: the value is chosen.".into()
            }
            Self::Adopted { vote, passed_over: Some((other, _)), .. } | Self::FreeChoice(vote, Some((other, _))) => {
                if vote.value == other.value {
                    return None;
                }
                format!("{} may have been chosen already, and then no other value is safe.", other.value)
            }
            Self::Adopted { .. } if language.broken(&STAYS_CHOSEN).is_some() => {
                "That value may have been chosen already, and then no other value is safe.".into()
            }
            Self::Adopted { .. } => {
                "That value may have been chosen already. Proposing it again is harmless if it was \
                                     not, and the only safe choice if it was."
                    .into()
            }
            Self::FreeChoice(vote, None) => match language.broken(&NOTHING_BELOW) {
                None => format!(
                    "Nothing can have been chosen below {0}: any quorum would have to include one of these servers, and \
                     they have promised to accept nothing below {0} any more.",
                    language.ballot(vote.ballot)
                ),
                Some(rule) => format!(
                    "Something may be chosen below {} all the same: {}.",
                    language.ballot(vote.ballot),
                    language.off(rule)
                ),
            },
            Self::Rejected { .. } => {
                "The answer carries the promise, so that the proposer knows what to go above.".into()
            }
            Self::GaveUp { .. } => "To be heard again, it needs a higher ballot.".into(),
            Self::BallotsExhausted(_) if off.is_none() => {
                "A number of another server's, or one used before, would be a \
                                                           ballot used twice, and agreement could break."
                    .into()
            }
            _ => return None,
        })
    }
}

/// The rule that is off, or was when it was asked, and had this decision come out as it did.
fn although(trace: &Trace, node: NodeId, language: &Language) -> Option<Rule> {
    match trace {
        Trace::Prepares { ballot, known } if known.forgot >= Some(ballot.round) => {
            Some(Rule::BallotsUniqueAcrossRestarts)
        }
        Trace::Prepares { .. } if language.known.went_back.is_some() => language.broken(&BALLOTS_KEPT),
        Trace::Prepares { ballot, .. } => (ballot.server != node).then_some(Rule::BallotsUniqueAcrossServers),
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

/// What let a ballot in: how it compares to the acceptor's promise, and to its latest vote.
fn admitted(ballot: Ballot, promised: Option<Ballot>, voted: Option<Ballot>, language: &Language) -> Because {
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

/// Those whose own answers were counted.
fn heard(nodes: NodeSet, loose: &[Loose]) -> NodeSet {
    let stood_for = loose.iter().filter(|loose| loose.counts_for != loose.from).map(|loose| loose.counts_for);
    nodes.without(stood_for.collect())
}

/// `, with that of server 2 for 1.1 and another of server 3 as that of server 4`.
fn among(loose: &[Loose], with: &str, language: &Language) -> String {
    let mut list = String::new();
    for Loose { counts_for, from, ballot } in loose {
        let ballot = language.ballot(*ballot);
        let what = match counts_for == from {
            true => format!("that of server {from} for {ballot}"),
            false => format!("another of server {from} for {ballot} in place of server {counts_for}’s"),
        };
        add(&mut list, " and ", &what);
    }
    if list.is_empty() { list } else { format!("{with} {list}") }
}

fn few(nodes: NodeSet, size: u32) -> String {
    if nodes.len() < size { format!(", though a quorum is {size}") } else { String::new() }
}

const fn answer_name(answer: MessageKind) -> &'static str {
    if matches!(answer, MessageKind::Promise) { "promise" } else { "vote" }
}

fn it_or_server(by: NodeId, node: NodeId) -> String {
    if by == node { "it".into() } else { format!("server {by}") }
}

fn begins(node: NodeId, ballot: Ballot, known: &Known, off: Option<String>, language: &Language) -> String {
    let (name, went_back) = (language.ballot(ballot), language.known.went_back);
    match (off, known) {
        (Some(off), Known { forgot: Some(forgot), .. }) if *forgot >= ballot.round => {
            let forgot = language.round(*forgot);
            format!("Server {node} begins ballot {name} although its disk says that it used {forgot}: {off}.")
        }
        (Some(off), _) if went_back.is_some() => {
            let began = went_back.map_or_else(String::new, |began| format!("{}", language.ballot(began)));
            format!(
                "Server {node} begins ballot {name} although it began {began} before, and has forgotten that: {off}."
            )
        }
        (Some(off), _) => format!("Server {node} begins ballot {name}, which other servers may use, too: {off}."),
        (None, Known { used: None, seen: None, .. }) => {
            format!("Server {node} begins ballot {name}, the lowest that it may use.")
        }
        (None, Known { used, seen, .. }) => {
            let mut above = String::new();
            if let Some(used) = used {
                add(&mut above, " and ", &format!("its {}", language.round(*used)));
            }
            if let Some(seen) = seen {
                add(&mut above, " and ", &format!("the promised {}", language.ballot(*seen)));
            }
            format!("Server {node} begins ballot {name}, above {above}.")
        }
    }
}

fn prepares_so(leaves: Option<String>, language: &Language) -> String {
    let unread = language.known.rules.unless_on(Rule::BallotsUniqueAcrossRestarts);
    match (leaves, unread) {
        (Some(off), _) => {
            format!("The round goes to disk, but nobody waits for that: a crash can make it be used twice. {off}.")
        }
        (None, Some(rule)) => format!(
            "The round goes to disk before anyone hears of it, but after a crash the server will not read it: {}.",
            language.off(rule)
        ),
        (None, None) => {
            "The round goes to disk before anyone hears of it, so that a crash cannot make it be used twice.".into()
        }
    }
}

fn promised(
    node: NodeId,
    ballot: Ballot,
    before: Option<Ballot>,
    reports: Option<&Vote>,
    off: Option<String>,
    language: &Language,
) -> String {
    let (name, forgetful) = (language.ballot(ballot), language.known.forgetful);
    let because = match (reports, before) {
        (Some(vote), _) if vote.ballot > ballot => {
            let off = off.map_or(String::new(), |off| format!(": {off}"));
            format!(" although it voted at {}{off}", language.ballot(vote.ballot))
        }
        _ if language.known.went_back.is_some() => forgotten_promise(off.as_ref(), language),
        (_, None) if forgetful => ", because it remembers no promise".into(),
        (_, None) => ", because it has promised nothing yet".into(),
        (_, Some(before)) if before == ballot => ", because it promised that before".into(),
        (_, Some(before)) => format!(", because {name} is above {}", language.ballot(before)),
    };
    let reports = match reports {
        None if forgetful => "It remembers no vote.".into(),
        None => "It has accepted nothing.".into(),
        Some(vote) => format!("It reports that it accepted {}.", language.vote(vote)),
    };
    format!("Server {node} promises {name}{because}. {reports}")
}

/// ` although it promised 2.2 before, and has forgotten that: …`.
fn forgotten_promise(off: Option<&String>, language: &Language) -> String {
    let promised = language.known.went_back.map_or_else(String::new, |ballot| format!(" {}", language.ballot(ballot)));
    let off = off.map_or(String::new(), |off| format!(": {off}"));
    format!(" although it promised{promised} before, and has forgotten that{off}")
}

fn accepted(
    node: NodeId,
    vote: &Vote,
    before: Option<Ballot>,
    voted: Option<Ballot>,
    off: Option<String>,
    language: &Language,
) -> String {
    let (ballot, forgetful) = (vote.ballot, language.known.forgetful);
    let vote = language.vote(vote);
    let because_off = off.as_ref().map_or(String::new(), |off| format!(": {off}"));
    let because = match (before, voted) {
        (Some(before), _) if before > ballot => {
            let before = language.ballot(before);
            return format!("Server {node} accepts {vote} although it promised {before}{because_off}.");
        }
        (_, Some(voted)) if voted > ballot => {
            let voted = language.ballot(voted);
            return format!("Server {node} accepts {vote} although it voted at {voted}{because_off}.");
        }
        _ if language.known.went_back.is_some() => {
            return format!("Server {node} accepts {vote}{}.", forgotten_promise(off.as_ref(), language));
        }
        (Some(before), _) if before == ballot && forgetful => "it remembers no higher promise".into(),
        (Some(before), _) if before == ballot => "it has promised nothing higher".into(),
        (Some(before), _) => format!("that is above its promise {}", language.ballot(before)),
        (None, _) if forgetful => "it remembers no promise".into(),
        (None, _) => "it has promised nothing".into(),
    };
    match off {
        None => format!("Server {node} accepts {vote}, because {because}."),
        Some(off) => format!("Server {node} accepts {vote}, because {because}. It promises nothing by that: {off}."),
    }
}

fn learned(
    node: NodeId,
    Chosen { vote, quorum }: &Chosen,
    loose: &[Loose],
    size: u32,
    off: Option<String>,
    language: &Language,
) -> String {
    let Vote { ballot, value, .. } = vote;
    let (ballot, others) = (language.ballot(*ballot), heard_for(*quorum, loose, vote.ballot));
    let votes = format!("it has heard the votes of {} for {ballot}", servers(others));
    match off {
        None if !language.known.unchosen => format!("Server {node} learns that {value} is chosen: {votes}."),
        None => format!("Server {node} takes {value} for chosen: {votes}."),
        Some(off) if loose.is_empty() && quorum.len() >= size => {
            format!("Server {node} takes {value} for chosen: {votes}, and not all of them are for {value}. {off}.")
        }
        Some(off) => format!(
            "Server {node} takes {value} for chosen: {votes}{}{}. {off}.",
            among(loose, ", and counts", language),
            few(*quorum, size)
        ),
    }
}

/// Those whose own votes for this ballot were counted.
fn heard_for(quorum: NodeSet, loose: &[Loose], ballot: Ballot) -> NodeSet {
    let others: Vec<_> = loose.iter().filter(|loose| loose.ballot != ballot).collect();
    heard(quorum, loose).without(others.iter().map(|loose| loose.counts_for).collect())
}

fn used_up(node: NodeId, exhausted: &BallotsExhausted, off: Option<String>, language: &Language) -> String {
    let BallotsExhausted { first, last, above, used, .. } = exhausted;
    let because = match above {
        Some(above) if above.round > *last || *used != Some(*last) => {
            format!("its ballots are {first} to {last}, and it would need one above {}", language.ballot(*above))
        }
        _ => format!("it has used up its ballots, {first} to {last}"),
    };
    match off {
        None => format!("Server {node} cannot propose any more: {because}."),
        Some(off) => format!("Server {node} cannot propose any more: {because}, which all servers share. {off}."),
    }
}

fn voted(object: Object, vote: &Vote, language: &Language) -> Object {
    object.with("slot", vote.slot).with("ballot", language.text(vote.ballot)).with("value", &vote.value)
}

pub(super) fn chose(object: Object, chosen: &Chosen, language: &Language) -> Object {
    voted(object, &chosen.vote, language).with("quorum", chosen.quorum)
}
