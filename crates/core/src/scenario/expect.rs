//! What a scenario must lead to. That is what makes a lesson a test.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::moment::{Moment, Pattern};
use super::{Ending, vocabulary};
use crate::check::Invariant;
use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::MAX_NODES;
use crate::paxos::{self, Ballot, NodeId, NodeSet, Scheme, Value};
use crate::run::{Event, EventKind, History, Simulation};
use crate::sim::{Fact, Trace};

/// What is expected.
#[derive(Clone, Debug, PartialEq)]
enum Claim {
    /// This value is chosen, and no other; `None`: none is.
    Chosen(Option<Value>),
    /// These servers know what is chosen, and no others.
    Knows(Vec<NodeId>),
    /// Nothing is chosen before this moment, and something is after it.
    BlockedUntil(Moment),
    /// So many ballots are begun.
    Ballots(u64),
    /// Something happens so often; `None`: at least once.
    Happens(Pattern, Option<u64>),
    /// This invariant breaks.
    Breaks(Invariant),
}

/// Something that must be true of a run: at its end, or at the moment it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    claim: Claim,
    at: Moment,
}

/// An expectation and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What was expected, in words.
    pub says: String,
    /// Whether it was so.
    pub met: bool,
    /// What was seen instead, in words; empty if it was so.
    pub seen: String,
}

impl From<&Checked> for Json {
    fn from(checked: &Checked) -> Self {
        let object = Object::new().with("says", checked.says.as_str()).with("met", checked.met);
        object.with("seen", checked.seen.as_str()).into()
    }
}

impl FromJson for Expectation {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        const CLAIMS: [&str; 6] = ["chosen", "knows", "blockedUntil", "ballots", "happens", "breaks"];
        let fields = Object::of(json, name, &[&CLAIMS[..], &Moment::FIELDS].concat())?;
        let named: Vec<_> =
            CLAIMS.into_iter().filter(|claim| fields.iter().any(|(field, _)| field == *claim)).collect();
        let [claim] = named[..] else {
            return Err(Malformed::new(&format!("an expectation has exactly one of {}", CLAIMS.join(", "))));
        };
        let times = fields.optional::<u64>("times")?;
        let claim = match claim {
            "chosen" => Claim::Chosen(fields.optional("chosen")?),
            "knows" => {
                fields.at_most("knows", MAX_NODES as usize)?;
                Claim::Knows(fields.required("knows")?)
            }
            "blockedUntil" => Claim::BlockedUntil(match fields.required("blockedUntil") {
                Ok(step) => Moment::Step(step),
                Err(_) => Moment::After(fields.required("blockedUntil")?, 1),
            }),
            "ballots" => Claim::Ballots(fields.required("ballots")?),
            "happens" => {
                return Ok(Self { claim: Claim::Happens(fields.required("happens")?, times), at: Moment::Next });
            }
            _ => Claim::Breaks(breach(fields)?),
        };
        Ok(Self { claim, at: Moment::among(fields)? })
    }
}

fn breach(fields: &Object) -> Result<Invariant, Malformed> {
    let json = fields.get("breaks").cloned().unwrap_or_default();
    json.one_of("breaks", &Invariant::ALL, Invariant::as_str)
}

/// Everything there is to check expectations against.
pub(super) struct Evidence<'a> {
    pub(super) history: &'a History,
    pub(super) events: &'a [Event],
    pub(super) ended: Ending,
}

impl Evidence<'_> {
    fn scheme(&self) -> Scheme {
        self.history.now().config().ballots
    }

    /// The step of a moment, counted from the beginning.
    pub(super) fn step_of(&self, moment: &Moment) -> Option<u64> {
        match moment {
            Moment::Next => Some(self.history.branch().length()),
            Moment::Step(step) => Some(*step).filter(|step| *step <= self.history.branch().length()),
            Moment::After(pattern, times) => {
                let fitting = self.events.iter().filter(|event| pattern.fits_event(event, self.scheme()));
                fitting.map(|event| event.step).nth(*times as usize - 1)
            }
        }
    }

    fn first_chosen(&self) -> Option<u64> {
        let chosen = self.events.iter().find(|event| matches!(event.kind, EventKind::Chosen(_)));
        chosen.map(|event| event.step)
    }

    fn ballots(&self) -> usize {
        let mut ballots: Vec<Ballot> = Vec::new();
        for event in self.events {
            if let EventKind::Fact(Fact::Did { trace: Trace::Paxos(paxos::Trace::Prepares { ballot, .. }), .. }) =
                &event.kind
                && !ballots.contains(ballot)
            {
                ballots.push(*ballot);
            }
        }
        ballots.len()
    }
}

impl Expectation {
    /// Whether any expectation among these is that an invariant breaks.
    pub(super) fn expects_a_breach(all: &[Self]) -> bool {
        all.iter().any(|expectation| matches!(expectation.claim, Claim::Breaks(_)))
    }

    /// Refuses an expectation that names an event, a field or a server that does not exist: it might be met for ever.
    pub(super) fn check_names(&self, nodes: u32) -> Result<(), Malformed> {
        self.at.check(nodes)?;
        match &self.claim {
            Claim::Happens(pattern, _) => pattern.check(nodes),
            Claim::BlockedUntil(moment) => moment.check(nodes),
            Claim::Knows(known) => known.iter().try_for_each(|node| vocabulary::check_server(*node, nodes)),
            Claim::Chosen(_) | Claim::Ballots(_) | Claim::Breaks(_) => Ok(()),
        }
    }

    /// Whether more steps could change what it comes to. Of a run that a limit ended, such a thing is not known.
    const fn is_about_the_end(&self) -> bool {
        match self.claim {
            Claim::Chosen(_) | Claim::Knows(_) => matches!(self.at, Moment::Next),
            Claim::Ballots(_) | Claim::Happens(_, Some(_)) => true,
            Claim::Happens(_, None) | Claim::BlockedUntil(_) | Claim::Breaks(_) => false,
        }
    }

    /// Looks whether it is so.
    pub(super) fn check(&self, evidence: &Evidence<'_>) -> Checked {
        let says = match &self.at {
            Moment::Next => self.claim.says(),
            moment => format!("{}: {}", moment.says(), self.claim.says()),
        };
        let Some(step) = evidence.step_of(&self.at) else {
            return Checked { says, met: false, seen: "that moment never comes".into() };
        };
        if evidence.ended == Ending::LIMIT && self.is_about_the_end() {
            let seen = format!("a limit ended the run after {} steps", evidence.history.branch().length());
            return Checked { says, met: false, seen };
        }
        let seen = self.claim.contradicted(evidence, step);
        Checked { says, met: seen.is_none(), seen: seen.unwrap_or_default() }
    }
}

impl Claim {
    fn says(&self) -> String {
        match self {
            Self::Chosen(None) => "nothing is chosen".into(),
            Self::Chosen(Some(value)) => format!("{value} is chosen"),
            Self::Knows(nodes) => who_knows(nodes),
            Self::BlockedUntil(moment) => format!("nothing is chosen until {}", moment.says()),
            Self::Ballots(count) => format!("ballots begun: {count}"),
            Self::Happens(pattern, None) => format!("it happens: {}", pattern.says()),
            Self::Happens(pattern, Some(times)) => format!("it happens, times {times}: {}", pattern.says()),
            Self::Breaks(invariant) => format!("broken: {}", invariant.as_str()),
        }
    }

    /// What is seen instead, at a step; `None` if it is so.
    fn contradicted(&self, evidence: &Evidence<'_>, step: u64) -> Option<String> {
        let unless = |fine: bool, seen: String| (!fine).then_some(seen);
        match self {
            Self::Chosen(value) => {
                let values = chosen(&evidence.history.moment(step));
                let expected: Vec<_> = value.iter().cloned().collect();
                let named: Vec<_> = values.iter().map(|value| format!("{value} is chosen")).collect();
                let seen = if named.is_empty() { "nothing is chosen".into() } else { named.join(" and ") };
                unless(values == expected, seen)
            }
            Self::Knows(nodes) => {
                let know = knowing(&evidence.history.moment(step));
                let expected: NodeSet = nodes.iter().copied().collect();
                let found: NodeSet = know.iter().copied().collect();
                unless(found == expected, who_knows(&know))
            }
            Self::BlockedUntil(moment) => {
                let Some(until) = evidence.step_of(moment) else { return Some("that moment never comes".into()) };
                match evidence.first_chosen() {
                    Some(chosen) => {
                        unless(chosen > until, format!("a value is chosen at step {chosen}, and that is step {until}"))
                    }
                    None => Some("nothing is ever chosen".into()),
                }
            }
            Self::Ballots(count) => {
                let begun = evidence.ballots();
                unless(begun as u64 == *count, format!("ballots begun: {begun}"))
            }
            Self::Happens(pattern, times) => {
                let scheme = evidence.scheme();
                let seen = evidence.events.iter().filter(|event| pattern.fits_event(event, scheme)).count() as u64;
                unless(times.map_or(seen > 0, |times| seen == times), format!("it happens, times {seen}"))
            }
            Self::Breaks(invariant) => {
                let broken = evidence.history.now().violations();
                let found = broken.iter().any(|(_, violation)| violation.invariant() == *invariant);
                unless(found, "it holds".into())
            }
        }
    }
}

fn chosen(moment: &Simulation) -> Vec<Value> {
    moment.observer().chosen().iter().map(|chosen| chosen.vote.value.clone()).collect()
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
