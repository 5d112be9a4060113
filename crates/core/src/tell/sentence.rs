//! A sentence, said piece by piece.
//!
//! `say!(to, "Server ", node, " promises ", ballot, ".")` adds pieces to one text. A piece knows how it reads: a ballot is
//! named as its run names ballots, a rule in its own words. So a sentence is written from left to right, without a part
//! that is put together elsewhere and copied.

use alloc::string::String;

use super::language::Language;
use crate::endpoint::Endpoint;
use crate::paxos::{Ballot, NodeId, NodeSet, Rule, Scheme, Value, Vote};
use crate::run::Circumstances;
use crate::text::Piece;

/// A sentence as far as it has been said.
pub(super) struct Sentence<'a> {
    text: String,
    language: &'a Language,
}

impl<'a> Sentence<'a> {
    /// What is said in this language.
    pub(super) fn of(language: &'a Language, say: impl FnOnce(&mut Self)) -> String {
        let mut sentence = Self { text: String::new(), language };
        say(&mut sentence);
        sentence.text
    }

    /// What held when the event happened that this is about.
    pub(super) const fn known(&self) -> &'a Circumstances {
        &self.language.known
    }

    pub(super) const fn language(&self) -> &'a Language {
        self.language
    }

    /// What has been said so far begins with a capital letter: a plain letter, which needs no table of the world's alphabets.
    pub(super) fn capital(&mut self) {
        if let Some(first) = self.text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
    }
}

/// A piece of a sentence.
pub(super) trait Say {
    /// Adds it.
    fn say(self, to: &mut Sentence<'_>);
}

/// Says pieces, one after the other.
macro_rules! say {
    ($to:expr, $($piece:expr),+ $(,)?) => {{ $( $crate::tell::sentence::Say::say($piece, $to); )+ }};
}
pub(super) use say;

impl Say for &str {
    fn say(self, to: &mut Sentence<'_>) {
        to.text.push_str(self);
    }
}

impl Say for u32 {
    fn say(self, to: &mut Sentence<'_>) {
        self.put(&mut to.text);
    }
}

impl Say for NodeId {
    fn say(self, to: &mut Sentence<'_>) {
        self.get().say(to);
    }
}

/// `server 3`, `client a`.
impl Say for Endpoint {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, self.named().as_str());
    }
}

impl Say for &Value {
    fn say(self, to: &mut Sentence<'_>) {
        self.as_str().say(to);
    }
}

impl Say for Ballot {
    fn say(self, to: &mut Sentence<'_>) {
        self.round.say(to);
        if to.language.scheme() == Scheme::Rounds {
            say!(to, ".", self.server);
        }
    }
}

/// `red at 2.2`.
impl Say for &Vote {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, &self.value, " at ", self.ballot);
    }
}

/// Nothing, where there is none.
impl<T: Say> Say for Option<T> {
    fn say(self, to: &mut Sentence<'_>) {
        if let Some(piece) = self {
            piece.say(to);
        }
    }
}

/// `server 2`; `it`, where that is the server the sentence is about.
pub(super) struct Other {
    pub(super) server: NodeId,
    pub(super) than: NodeId,
}

impl Say for Other {
    fn say(self, to: &mut Sentence<'_>) {
        if self.server == self.than {
            return "it".say(to);
        }
        say!(to, "server ", self.server);
    }
}

/// `server 2`, `servers 1, 2 and 4`.
pub(super) struct Servers(pub(super) NodeSet);

impl Say for Servers {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, if self.0.len() == 1 { "server " } else { "servers " });
        self.0.put(&mut to.text);
    }
}

/// `round 3`; `number 1002` where servers own ranges.
pub(super) struct Round(pub(super) u32);

impl Say for Round {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, to.language.round(), " ", self.0);
    }
}

/// `1 message`, `3 messages`.
pub(super) struct Count(pub(super) u32, pub(super) &'static str);

impl Say for Count {
    fn say(self, to: &mut Sentence<'_>) {
        say!(to, self.0, " ", self.1, if self.0 == 1 { "" } else { "s" });
    }
}

/// `“Promises outlive a crash” is off`.
pub(super) struct Off(pub(super) Rule);

impl Say for Off {
    fn say(self, to: &mut Sentence<'_>) {
        let off = if to.known().rules.on(self.0) { "” was off" } else { "” is off" };
        say!(to, "“", self.0.title(), off);
    }
}

/// `: “Promises outlive a crash” is off`, where a rule that is off decided.
pub(super) struct Blame(pub(super) Option<Rule>);

impl Say for Blame {
    fn say(self, to: &mut Sentence<'_>) {
        if let Some(rule) = self.0 {
            say!(to, ": ", Off(rule));
        }
    }
}
