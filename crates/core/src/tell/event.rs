//! An event as one flat object, for a list and for a page, and how much it says.

use alloc::string::String;

use super::EventName;
use super::language::{Because, Language, Tell};
use super::sentence::Sentence;
use crate::json::{Json, Object};
use crate::paxos::Scheme;
use crate::run::Event;
use crate::text::add;

impl Event {
    /// The name of its kind, as in the list of events.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.kind_name().as_str()
    }

    /// Its kind.
    #[must_use]
    pub fn kind_name(&self) -> EventName {
        self.kind.name()
    }

    /// How much an event says about its step; the one with the highest number is the step's headline.
    #[must_use]
    pub fn importance(&self) -> u8 {
        self.kind.importance()
    }

    /// What happened and why, in one sentence.
    #[must_use]
    pub fn why(&self, scheme: Scheme) -> String {
        Sentence::of(&Language::of(self, scheme), |to| self.kind.why((), to))
    }

    /// What follows from it, where a newcomer might ask "so what?".
    #[must_use]
    pub fn so(&self, scheme: Scheme) -> Option<String> {
        let so = Sentence::of(&Language::of(self, scheme), |to| self.kind.so((), to));
        if so.is_empty() { None } else { Some(so) }
    }

    /// The event as one flat object, with its reason and its sentences. What says nothing about it is left out.
    #[must_use]
    pub fn json(&self, scheme: Scheme) -> Json {
        let language = Language::of(self, scheme);
        let head = Object::new().with("step", self.step).with("at", self.at).with("event", self.name());
        let (reason, although) = match self.kind.because((), &language) {
            Some(Because { reason, although }) => (Some(reason), although),
            None => (None, None),
        };
        self.kind
            .fields(head, &language)
            .maybe("because", reason)
            .maybe("although", although)
            .with("why", self.why(scheme))
            .maybe("so", self.so(scheme))
            .maybe("spec", self.spec(scheme))
            .into()
    }

    /// The steps of the specification that it is, as `Phase1b(2, 3.1), Phase2b(2, 3.1, blue)`; `None` if it is none.
    #[must_use]
    pub fn spec(&self, scheme: Scheme) -> Option<String> {
        let mut names = String::new();
        for step in &self.spec {
            add(&mut names, ", ", &step.name(scheme));
        }
        (!names.is_empty()).then_some(names)
    }
}
