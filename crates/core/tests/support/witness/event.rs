//! One event, as a log has it: fields of JSON.

use std::collections::BTreeSet;

use quorum_core::json::{Json, Object};

/// A ballot: round and server; where servers own ranges, the number alone.
pub(crate) type Ballot = (u32, u32);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vote {
    pub(crate) ballot: Ballot,
    pub(crate) value: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) kind: String,
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) ballot: Ballot,
    pub(crate) value: Option<String>,
    pub(crate) accepted: Option<Vote>,
    pub(crate) promised: Option<Ballot>,
}

impl Message {
    pub(crate) fn vote(&self) -> Vote {
        Vote { ballot: self.ballot, value: self.value.clone().unwrap() }
    }
}

pub(crate) enum Record {
    Promised(Ballot),
    Accepted(Vote),
    Round(u32),
}

#[derive(Clone, Debug)]
pub(crate) struct Event(pub(crate) Object);

impl Event {
    pub(crate) fn of(json: Json) -> Self {
        match json {
            Json::Object(object) => Self(object),
            other => panic!("an event is an object, not {other:?}"),
        }
    }

    fn part(&self, name: &str) -> Option<Self> {
        match self.0.get(name)? {
            Json::Object(object) => Some(Self(object.clone())),
            _ => None,
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| *value != Json::Null)
    }

    pub(crate) fn kind(&self) -> &str {
        self.text("event")
    }

    pub(crate) fn step(&self) -> u32 {
        self.number("step").unwrap_or_default()
    }

    /// A text; `""` if there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Json::Text(text)) => text,
            _ => "",
        }
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Json::Bool(true))
    }

    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        number(self.0.get(name)?)
    }

    pub(crate) fn ballot(&self, name: &str) -> Option<Ballot> {
        let text = self.text(name);
        let (round, server) = text.split_once('.').unwrap_or((text, "0"));
        Some((round.parse().ok()?, server.parse().ok()?))
    }

    pub(crate) fn list(&self, name: &str) -> &[Json] {
        match self.0.get(name) {
            Some(Json::List(list)) => list,
            _ => &[],
        }
    }

    pub(crate) fn nodes(&self, name: &str) -> BTreeSet<u32> {
        self.list(name).iter().filter_map(number).collect()
    }

    pub(crate) fn parts(&self, name: &str) -> Vec<Self> {
        self.list(name).iter().cloned().map(Self::of).collect()
    }

    pub(crate) fn groups(&self) -> Vec<BTreeSet<u32>> {
        let group = |json: &Json| match json {
            Json::List(list) => list.iter().filter_map(number).collect(),
            _ => BTreeSet::new(),
        };
        self.list("groups").iter().map(group).collect()
    }

    /// Its own ballot and value.
    pub(crate) fn own_vote(&self) -> Vote {
        Vote { ballot: self.ballot("ballot").unwrap_or_default(), value: self.text("value").into() }
    }

    pub(crate) fn vote(&self, name: &str) -> Option<Vote> {
        Some(self.part(name)?.own_vote())
    }

    /// The vote in a list of at most one.
    pub(crate) fn accepted(&self) -> Option<Vote> {
        self.parts("accepted").first().map(Self::own_vote)
    }

    pub(crate) fn because(&self) -> Option<Self> {
        self.part("because")
    }

    pub(crate) fn message(&self) -> Option<Message> {
        let message = self.part("message")?;
        Some(Message {
            kind: message.text("kind").into(),
            from: message.number("from")?,
            to: message.number("to")?,
            ballot: message.ballot("ballot")?,
            value: message.has("value").then(|| message.text("value").into()),
            accepted: message.accepted(),
            promised: message.ballot("promised"),
        })
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        let record = |record: Self| {
            let promised = record.ballot("promised").map(Record::Promised);
            let accepted = record.vote("accepted").map(Record::Accepted);
            promised.or(accepted).or(record.number("round").map(Record::Round)).expect("a record says something")
        };
        self.parts("records").into_iter().map(record).collect()
    }
}

fn number(json: &Json) -> Option<u32> {
    match json {
        Json::Number(number) => Some(*number as u32),
        _ => None,
    }
}
