//! How a run is told.
//!
//! A sentence is made from three things: the event, which carries what was compared ([`crate::paxos::Trace`]); the
//! circumstances, above all the rules in force at that very step ([`Circumstances`]); and how ballots are written. The last
//! two are the [`Language`] of an event.
//!
//! [`Tell`] is what can be said of one kind of thing: its name, how much it matters, its fields, the reason as data, the
//! reason as a sentence, and what follows from it. Where a rule that is off decided, the reason names it, and the sentence
//! does in the rule's own words. A sentence about what must hold for ever is only said while the rules that make it so have
//! always been on.

use super::EventName;
use super::sentence::Sentence;
use crate::json::{Json, Object};
use crate::paxos::{Ballot, BallotName, Rule, Scheme};
use crate::run::{Circumstances, Event};

/// What a sentence has to know besides the event.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    scheme: Scheme,
    pub(super) known: Circumstances,
}

impl From<Scheme> for Language {
    /// Enough to name things.
    fn from(scheme: Scheme) -> Self {
        Self { scheme, known: Circumstances::default() }
    }
}

impl Language {
    pub(super) const fn of(event: &Event, scheme: Scheme) -> Self {
        Self { scheme, known: event.known }
    }

    pub(super) const fn scheme(&self) -> Scheme {
        self.scheme
    }

    pub(super) const fn ballot(&self, ballot: Ballot) -> BallotName {
        self.scheme.name(ballot)
    }

    /// A ballot as JSON.
    pub(super) fn text(&self, ballot: Ballot) -> Json {
        text!(self.ballot(ballot)).into()
    }

    /// What the number of a round is called: `round`, or `number` where servers own ranges.
    pub(super) const fn round(&self) -> &'static str {
        match self.scheme {
            Scheme::Rounds => "round",
            Scheme::Ranges => "number",
        }
    }

    /// The first of these rules that is off, or else the first that has been off in this run.
    pub(super) fn broken(&self, rules: &[Rule]) -> Option<Rule> {
        let first = |on: &dyn Fn(Rule) -> bool| rules.iter().copied().find(|rule| !on(*rule));
        first(&|rule| self.known.rules.on(rule)).or_else(|| first(&|rule| self.known.always.on(rule)))
    }
}

/// Why something happened, as data.
pub(super) struct Because {
    /// The reason, and what was compared.
    pub(super) reason: Object,
    /// The name of the rule that is off and decided it.
    pub(super) although: Option<&'static str>,
}

/// A reason of some kind; what was compared is added to it.
pub(super) fn reason(kind: &'static str) -> Object {
    Object::new().with("kind", kind)
}

impl From<Object> for Because {
    fn from(reason: Object) -> Self {
        Self { reason, although: None }
    }
}

impl Because {
    pub(super) fn although(self, rule: Option<Rule>) -> Self {
        Self { although: rule.map(Rule::as_str).or(self.although), ..self }
    }
}

/// What can be said of a thing that happened.
pub(super) trait Tell {
    /// What has to be known to say it: the server that did it, where the thing itself does not know.
    type Who: Copy;
    /// The kind of event, as in the list of events.
    fn name(&self) -> EventName;
    /// How much it says about its step; the event with the highest number is the step's headline.
    fn importance(&self) -> u8;
    /// What it carries, as fields of the event.
    fn fields(&self, object: Object, language: &Language) -> Object;
    /// Why it happened, as data; `None` where nothing was decided.
    fn because(&self, who: Self::Who, language: &Language) -> Option<Because>;
    /// Says what happened and why, in one sentence.
    fn why(&self, who: Self::Who, to: &mut Sentence<'_>);
    /// Says what follows from it, where a newcomer might ask "so what?"; else nothing.
    fn so(&self, who: Self::Who, to: &mut Sentence<'_>);
}
