//! What may be expected of a run, and how it is found out step by step.
//!
//! A claim is about a run so far. A [`Watch`] reads each event once, keeps a few numbers, and can say after every step
//! whether the claim is true by then. So a scenario that has ended and a challenge that is under way are judged by the same
//! lines, and a step costs the same however long the run is.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

#[cfg(feature = "log")]
use super::log_claim::LogClaim;
use super::moment::{Moment, Pattern};
use crate::check::Invariant;
#[cfg(feature = "log")]
use crate::log;
use crate::paxos::{self, Ballot, MessageKind, NodeId, NodeSet, Scheme, Value};
use crate::run::{Event, EventKind, Simulation};
use crate::sim::{Envelope, Fact, ProtocolKind, Record, Trace};

words! {
    /// What a crash can take from a disk.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum Lost {
        /// A vote.
        Vote = "vote",
        /// A promise.
        Promise = "promise",
    }
}

words! {
    /// What an acceptor can refuse.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum Request {
        /// To promise.
        Prepare = "prepare",
        /// To vote.
        Accept = "accept",
    }
}

/// What is expected.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Claim {
    /// This value is chosen, and no other; `None`: none is.
    Chosen(Option<Value>),
    /// Some value is chosen, and no other.
    SomethingChosen,
    /// These servers know what is chosen, and no others.
    Knows(Vec<NodeId>),
    /// Nothing is chosen before this moment, and something is after it.
    BlockedUntil(Moment),
    /// So many ballots are begun.
    Ballots(u64),
    /// So many ballots are begun, each by another server than the one before.
    Duel(u64),
    /// The same value is chosen in so many ballots.
    Rechosen(u64),
    /// A proposer adopts a value that its own client did not ask for.
    AdoptsAnother,
    /// A crash takes something that was not durable yet.
    Loses(Lost),
    /// An acceptor refuses such a request, because it has promised a higher ballot.
    Refuses(Request),
    /// So many messages are under way, those in an outbox included.
    UnderWay(u64),
    /// Something happens so often; `None`: at least once.
    Happens(Pattern, Option<u64>),
    /// Servers send each other so many messages like this; `None`: at least one.
    Sent(Pattern, Option<u64>),
    /// This invariant breaks.
    Breaks(Invariant),
    /// Of a replicated log.
    #[cfg(feature = "log")]
    Log(LogClaim),
}

impl Claim {
    /// The only protocol of which it can be expected; `None`: it can of any.
    pub(super) const fn protocol(&self) -> Option<ProtocolKind> {
        match self {
            Self::Chosen(_)
            | Self::SomethingChosen
            | Self::Knows(_)
            | Self::BlockedUntil(_)
            | Self::Rechosen(_)
            | Self::AdoptsAnother => Some(ProtocolKind::Single),
            #[cfg(feature = "log")]
            Self::Log(_) => Some(ProtocolKind::Log),
            _ => None,
        }
    }

    /// In a few words.
    pub(super) fn says(&self) -> String {
        match self {
            Self::Chosen(None) => "nothing is chosen".into(),
            Self::Chosen(Some(value)) => format!("{value} is chosen"),
            Self::SomethingChosen => "a value is chosen".into(),
            Self::Knows(nodes) => who_knows(nodes),
            Self::BlockedUntil(moment) => format!("nothing is chosen until {}", moment.says()),
            Self::Ballots(count) => format!("ballots begun: {count}"),
            Self::Duel(count) => format!("ballots begun in turn by different servers: {count}"),
            Self::Rechosen(count) => format!("ballots in which the same value is chosen: {count}"),
            Self::AdoptsAnother => "a proposer adopts a value that is not its own".into(),
            Self::Loses(lost) => format!("a crash takes a {} that is not durable yet", lost.as_str()),
            Self::Refuses(request) => format!("an acceptor refuses a request to {}", asked(*request)),
            Self::UnderWay(0) => "no message is under way".into(),
            Self::UnderWay(count) => format!("messages under way: {count}"),
            Self::Happens(pattern, None) => format!("it happens: {}", pattern.says()),
            Self::Happens(pattern, Some(times)) => format!("it happens, times {times}: {}", pattern.says()),
            Self::Sent(pattern, None) => format!("servers send each other {}", pattern.says()),
            Self::Sent(pattern, Some(times)) => format!("servers send each other, times {times}: {}", pattern.says()),
            Self::Breaks(invariant) => format!("broken: {}", invariant.as_str()),
            #[cfg(feature = "log")]
            Self::Log(claim) => claim.says(),
        }
    }
}

const fn asked(request: Request) -> &'static str {
    match request {
        Request::Prepare => "promise",
        Request::Accept => "accept",
    }
}

/// What has been seen of a run so far that a claim is about.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    /// How often what the claim is about has happened.
    seen: u64,
    /// The ballots begun, where the claim counts them.
    ballots: Vec<Ballot>,
    /// The step of the moment that the claim names, once it has come.
    until: Option<u64>,
    /// The step at which the first value was chosen.
    first_chosen: Option<u64>,
}

impl Watch {
    /// Nothing has been seen yet.
    pub(super) fn new(claim: &Claim) -> Self {
        let until = match claim {
            Claim::BlockedUntil(Moment::Step(step)) => Some(*step),
            _ => None,
        };
        Self { seen: 0, ballots: Vec::new(), until, first_chosen: None }
    }

    /// Takes in what happened next.
    pub(super) fn take_in(&mut self, claim: &Claim, event: &Event, scheme: Scheme) {
        match (claim, &event.kind) {
            (Claim::Happens(pattern, _), _) => self.seen += u64::from(pattern.fits_event(event, scheme)),
            (Claim::Sent(pattern, _), EventKind::Fact(Fact::Sent(envelope))) if between_servers(envelope) => {
                self.seen += u64::from(pattern.fits(&crate::tell::envelope(envelope, &scheme.into()).into()));
            }
            (Claim::BlockedUntil(moment), kind) => {
                if matches!(kind, EventKind::Chosen(_)) {
                    self.first_chosen.get_or_insert(event.step);
                }
                if let Moment::After(pattern, times) = moment
                    && self.until.is_none()
                    && pattern.fits_event(event, scheme)
                {
                    self.seen += 1;
                    self.until = (self.seen >= u64::from(*times)).then_some(event.step);
                }
            }
            (Claim::Breaks(invariant), EventKind::Violated(violation)) => {
                self.seen += u64::from(violation.invariant() == *invariant);
            }
            (_, EventKind::Fact(Fact::Did { trace: Trace::Paxos(trace), .. })) => self.take_in_trace(claim, trace),
            #[cfg(feature = "log")]
            (_, EventKind::Fact(Fact::Did { trace: Trace::Log(trace), .. })) => self.take_in_log(claim, trace),
            (Claim::Loses(lost), EventKind::Fact(Fact::Crashed { queued, written, .. })) => {
                let gone = queued.iter().chain(written).filter(|record| is_of(*lost, record));
                self.seen += gone.count() as u64;
            }
            _ => {}
        }
    }

    fn take_in_trace(&mut self, claim: &Claim, trace: &paxos::Trace) {
        match (claim, trace) {
            (_, paxos::Trace::Prepares { ballot, .. }) => self.take_in_ballot(claim, *ballot),
            (Claim::AdoptsAnother, paxos::Trace::Adopted { vote, asked: Some(own), .. }) => {
                self.seen += u64::from(vote.value != *own);
            }
            (Claim::Refuses(Request::Accept), paxos::Trace::Rejected { request: MessageKind::Accept, .. })
            | (Claim::Refuses(Request::Prepare), paxos::Trace::Rejected { request: MessageKind::Prepare, .. }) => {
                self.seen += 1;
            }
            _ => {}
        }
    }

    #[cfg(feature = "log")]
    fn take_in_log(&mut self, claim: &Claim, trace: &log::Trace) {
        match (claim, trace) {
            (_, log::Trace::Stands { ballot, .. }) => self.take_in_ballot(claim, *ballot),
            (Claim::Refuses(Request::Accept), log::Trace::Rejected { request: log::MessageKind::Accept, .. })
            | (Claim::Refuses(Request::Prepare), log::Trace::Rejected { request: log::MessageKind::Prepare, .. }) => {
                self.seen += 1;
            }
            _ => {}
        }
    }

    /// A ballot begins.
    fn take_in_ballot(&mut self, claim: &Claim, ballot: Ballot) {
        match claim {
            Claim::Ballots(_) if !self.ballots.contains(&ballot) => self.ballots.push(ballot),
            Claim::Duel(_) => {
                // The same server once more: whatever was before, it is no duel with itself.
                if self.ballots.last().is_some_and(|last| last.server == ballot.server) {
                    self.ballots.clear();
                }
                self.ballots.push(ballot);
            }
            _ => {}
        }
    }

    /// What is seen instead of what is claimed; `None` if it is so. `now` is the moment that is looked at.
    pub(super) fn contradicted(&self, claim: &Claim, now: &Simulation) -> Option<String> {
        let unless = |fine: bool, seen: String| (!fine).then_some(seen);
        match claim {
            Claim::Chosen(value) => {
                let expected: Vec<_> = value.iter().cloned().collect();
                unless(chosen(now) == expected, what_is_chosen(now))
            }
            Claim::SomethingChosen => unless(chosen(now).len() == 1, what_is_chosen(now)),
            Claim::Knows(nodes) => {
                let know = knowing(now);
                let expected: NodeSet = nodes.iter().copied().collect();
                let found: NodeSet = know.iter().copied().collect();
                unless(found == expected, who_knows(&know))
            }
            Claim::BlockedUntil(_) => self.not_blocked(now.steps()),
            Claim::Ballots(count) => {
                let begun = self.ballots.len();
                unless(begun as u64 == *count, format!("ballots begun: {begun}"))
            }
            Claim::Duel(count) => {
                let begun = self.ballots.len();
                unless(begun as u64 >= *count, format!("ballots begun in turn by different servers: {begun}"))
            }
            Claim::Rechosen(count) => {
                let most = most_ballots(now);
                unless(most >= *count, format!("ballots in which the same value is chosen: {most}"))
            }
            Claim::AdoptsAnother => unless(self.seen > 0, "no proposer adopts another value than its own".into()),
            Claim::Loses(lost) => unless(self.seen > 0, format!("no crash takes a {}", lost.as_str())),
            Claim::Refuses(request) => unless(self.seen > 0, format!("no request to {} is refused", asked(*request))),
            Claim::UnderWay(count) => {
                let under_way = now.cluster().messages() as u64;
                unless(under_way == *count, format!("messages under way: {under_way}"))
            }
            Claim::Happens(_, times) => {
                let seen = self.seen;
                unless(times.map_or(seen > 0, |times| seen == times), format!("it happens, times {seen}"))
            }
            Claim::Sent(_, times) => {
                let seen = self.seen;
                unless(times.map_or(seen > 0, |times| seen == times), format!("servers send each other, times {seen}"))
            }
            Claim::Breaks(_) => unless(self.seen > 0, "it holds".into()),
            #[cfg(feature = "log")]
            Claim::Log(claim) => claim.contradicted(now),
        }
    }

    fn not_blocked(&self, steps: u64) -> Option<String> {
        let come = self.until.filter(|until| *until <= steps);
        let Some(until) = come else { return Some("that moment never comes".into()) };
        match self.first_chosen {
            Some(chosen) if chosen > until => None,
            Some(chosen) => Some(format!("a value is chosen at step {chosen}, and that is step {until}")),
            None => Some("nothing is ever chosen".into()),
        }
    }
}

/// Whether one server says this to another. What it says to itself and to clients is not counted.
fn between_servers(envelope: &Envelope) -> bool {
    envelope.from != envelope.to && envelope.from.server().is_some() && envelope.to.server().is_some()
}

const fn is_of(lost: Lost, record: &Record) -> bool {
    #[cfg(feature = "log")]
    if let Some(record) = record.log() {
        return match lost {
            Lost::Vote => matches!(record.paxos(), Some(paxos::Record::Accepted(_))),
            Lost::Promise => matches!(record.paxos(), Some(paxos::Record::Promised(_))),
        };
    }
    match lost {
        Lost::Vote => matches!(record.paxos(), Some(paxos::Record::Accepted(_))),
        Lost::Promise => matches!(record.paxos(), Some(paxos::Record::Promised(_))),
    }
}

fn chosen(moment: &Simulation) -> Vec<Value> {
    moment.observer().chosen().iter().map(|chosen| chosen.vote.value.clone()).collect()
}

fn what_is_chosen(moment: &Simulation) -> String {
    let named: Vec<_> = chosen(moment).iter().map(|value| format!("{value} is chosen")).collect();
    if named.is_empty() { "nothing is chosen".into() } else { named.join(" and ") }
}

/// In how many ballots a value is chosen: of all values, the most.
fn most_ballots(moment: &Simulation) -> u64 {
    let quorums = moment.cluster().settings().quorums();
    let mut counts: Vec<(Value, u64)> = Vec::new();
    for (vote, voters) in moment.observer().votes() {
        if !quorums.chooses(voters) {
            continue;
        }
        match counts.iter_mut().find(|(value, _)| *value == vote.value) {
            Some((_, count)) => *count += 1,
            None => counts.push((vote.value, 1)),
        }
    }
    counts.into_iter().map(|(_, count)| count).max().unwrap_or_default()
}

fn knowing(moment: &Simulation) -> Vec<NodeId> {
    let cluster = moment.cluster();
    let knows = |node: &NodeId| {
        let learner = cluster.server(*node).paxos().and_then(|replica| replica.learner());
        learner.is_some_and(|learner| learner.all().next().is_some())
    };
    cluster.nodes().filter(knows).collect()
}

fn who_knows(nodes: &[NodeId]) -> String {
    match nodes {
        [] => "nobody knows".into(),
        [node] => format!("server {node} knows"),
        _ => format!("servers {} know", nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}
