//! What clients ask for, and what a slot of the log holds.
//!
//! A client numbers its operations: **(client, sequence number)** names one operation from its first sending to its first
//! answer, however often it is sent again. So a server can tell a retry from a new operation, and apply each one once.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::json::{FromJson, Json, Malformed, Object};
use crate::limits::{MAX_CLIENTS, MAX_TEXT_BYTES};
use crate::paxos::Slot;
use crate::text::Piece;

/// A key or a value: any text of at most 64 KiB (UTF-8), the empty one included. Cheap to clone: copies share it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// The text itself; `None` if it is longer than 64 KiB.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        (text.len() <= MAX_TEXT_BYTES).then(|| Self(Arc::from(text)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This text with another behind it; `None` if that is longer than 64 KiB.
    fn and(&self, more: &Self) -> Option<Self> {
        Self::new(&[self.as_str(), more.as_str()].concat())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Piece for Text {
    fn put(&self, to: &mut String) {
        to.push_str(&self.0);
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<&Text> for Json {
    fn from(text: &Text) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl FromJson for Text {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let text = json.text(name)?;
        let too_long = || {
            let limit = text!("\"", name, "\" has at most ", MAX_TEXT_BYTES, " bytes of text, and this one has ");
            Malformed::new(&text!(limit, text.len(), ": shorten it"))
        };
        Self::new(text).ok_or_else(too_long)
    }
}

/// What a client asks of the store. Every operation is about one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Op {
    /// What is the key's value?
    Get {
        /// The key.
        key: Text,
    },
    /// The key's value is this from now on.
    Put {
        /// The key.
        key: Text,
        /// Its new value.
        value: Text,
    },
    /// The key has no value any more.
    Delete {
        /// The key.
        key: Text,
    },
    /// Compare and swap: the key's value becomes `to` if it is `from`.
    Cas {
        /// The key.
        key: Text,
        /// The value it must have.
        from: Text,
        /// The value it gets then.
        to: Text,
    },
    /// This text is added behind the key's value. A command that is applied twice can be seen in the store.
    Append {
        /// The key.
        key: Text,
        /// What is added.
        value: Text,
    },
}

/// What the store answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Output {
    /// It is done: of put, delete and append.
    Done,
    /// The key's value; `None` where it has none: of get.
    Value(Option<Text>),
    /// Whether the value was swapped: of cas.
    Swapped(bool),
    /// Not done, because the value would become longer than 64 KiB: of append.
    TooLong,
}

impl Op {
    /// The key it is about.
    #[must_use]
    pub const fn key(&self) -> &Text {
        match self {
            Self::Get { key }
            | Self::Put { key, .. }
            | Self::Delete { key }
            | Self::Cas { key, .. }
            | Self::Append { key, .. } => key,
        }
    }

    /// What it is about, in the order of JSON: the key, and the values it names.
    #[must_use]
    pub fn operands(&self) -> Vec<&Text> {
        match self {
            Self::Get { key } | Self::Delete { key } => [key].into(),
            Self::Put { key, value } | Self::Append { key, value } => [key, value].into(),
            Self::Cas { key, from, to } => [key, from, to].into(),
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Get { .. } => "get",
            Self::Put { .. } => "put",
            Self::Delete { .. } => "delete",
            Self::Cas { .. } => "cas",
            Self::Append { .. } => "append",
        }
    }

    /// What it does to its key, and what is answered. This is the whole meaning of the store: servers apply it, and
    /// those who judge a history of clients ask it what should have been answered.
    #[must_use]
    pub fn apply(&self, value: Option<&Text>) -> (Option<Text>, Output) {
        match self {
            Self::Get { .. } => (value.cloned(), Output::Value(value.cloned())),
            Self::Put { value, .. } => (Some(value.clone()), Output::Done),
            Self::Delete { .. } => (None, Output::Done),
            Self::Cas { from, to, .. } if value == Some(from) => (Some(to.clone()), Output::Swapped(true)),
            Self::Cas { .. } => (value.cloned(), Output::Swapped(false)),
            Self::Append { value: more, .. } => match value.map_or_else(|| Some(more.clone()), |value| value.and(more))
            {
                Some(longer) => (Some(longer), Output::Done),
                None => (value.cloned(), Output::TooLong),
            },
        }
    }

    /// Whether it can never change the store, whatever the store holds.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        match self {
            Self::Get { .. } => true,
            Self::Cas { from, to, .. } => from == to,
            Self::Put { .. } | Self::Delete { .. } | Self::Append { .. } => false,
        }
    }
}

impl From<&Op> for Json {
    fn from(op: &Op) -> Self {
        let list = |texts: &[&Text]| texts.iter().map(|text| Self::from(*text)).collect::<Self>();
        let operands = match op {
            Op::Get { key } | Op::Delete { key } => key.into(),
            Op::Put { key, value } | Op::Append { key, value } => list(&[key, value]),
            Op::Cas { key, from, to } => list(&[key, from, to]),
        };
        Object::new().with(op.name(), operands).into()
    }
}

impl FromJson for Op {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let expected = || {
            let forms = "{\"get\":\"k\"}, {\"put\":[\"k\",\"v\"]}, {\"delete\":\"k\"}, {\"cas\":[\"k\",\"a\",\"b\"]}";
            Malformed::new(&text!("\"", name, "\" is one operation: ", forms, " or {\"append\":[\"k\",\"v\"]}"))
        };
        let Json::Object(object) = json else { return Err(expected()) };
        let mut fields = object.iter();
        let (Some((kind, operands)), None) = (fields.next(), fields.next()) else { return Err(expected()) };
        let text = |json: &Json| Text::from_json(json, kind);
        Ok(match (kind, operands) {
            ("get", Json::Text(_)) => Self::Get { key: text(operands)? },
            ("delete", Json::Text(_)) => Self::Delete { key: text(operands)? },
            ("put", Json::List(list)) if list.len() == 2 => Self::Put { key: text(&list[0])?, value: text(&list[1])? },
            ("append", Json::List(list)) if list.len() == 2 => {
                Self::Append { key: text(&list[0])?, value: text(&list[1])? }
            }
            ("cas", Json::List(list)) if list.len() == 3 => {
                Self::Cas { key: text(&list[0])?, from: text(&list[1])?, to: text(&list[2])? }
            }
            _ => return Err(expected()),
        })
    }
}

/// A client. Those of a simulated world are named `a` to `z`, then `aa`, `ab` … Clients of real servers do not know of each other, so each takes
/// a number that no other has; its name goes on behind `z` with `aa`, `ab` …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ClientId(u64);

impl ClientId {
    /// The client at a position, counted from 0; `None` beyond the last that a simulated world has.
    #[must_use]
    pub const fn at(index: usize) -> Option<Self> {
        if index < MAX_CLIENTS { Some(Self(index as u64)) } else { None }
    }

    /// The client of this name, however long it is; `None`: it is no name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut letters = name.bytes().map(|letter| letter.is_ascii_lowercase().then(|| u64::from(letter - b'a')));
        let first = letters.next()??;
        letters.try_fold(first, |front, letter| front.checked_add(1)?.checked_mul(26)?.checked_add(letter?)).map(Self)
    }

    /// The client of this number, in a world whose clients are not counted.
    #[must_use]
    pub const fn numbered(number: u64) -> Self {
        Self(number)
    }

    /// Its number, from 0.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Its position among the clients of a simulated world, which are `a` to `z`.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Piece for ClientId {
    fn put(&self, to: &mut String) {
        if let Some(longer) = (self.0 / 26).checked_sub(1) {
            Self(longer).put(to);
        }
        to.push(char::from(b'a' + (self.0 % 26) as u8));
    }
}

displayed!(ClientId);

impl From<ClientId> for Json {
    fn from(client: ClientId) -> Self {
        Self::Text(text!(client))
    }
}

impl FromJson for ClientId {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        match json.text(name)?.as_bytes() {
            [letter @ b'a'..=b'z'] => Ok(Self(u64::from(letter - b'a'))),
            [first @ b'a'..=b'z', letter @ b'a'..=b'z'] => {
                Ok(Self(26 * (u64::from(first - b'a') + 1) + u64::from(letter - b'a')))
            }
            _ => Err(Malformed::new(&text!("\"", name, "\" is a client's letter, \"a\" to \"z\", or two of them"))),
        }
    }
}

/// One operation of one client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Command {
    /// Who asks.
    pub client: ClientId,
    /// The how-manieth operation of this client it is, from 1.
    pub seq: u32,
    /// What is asked for.
    pub op: Op,
    /// The client knew that every slot up to this one was chosen when it took the number: in none of them is this operation. 0: it
    /// knew of none. It matters where sessions are dropped ([`Machine`](super::Machine)).
    pub since: Slot,
}

/// Where its client knew of no slot, as if nobody could say what it knew: digests of runs without a limit on sessions count on that.
impl Serialize for Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { client, seq, op, since } = self;
        let mut fields = serializer.serialize_struct("Command", 3)?;
        fields.serialize_field("client", client)?;
        fields.serialize_field("seq", seq)?;
        match since {
            0 => fields.serialize_field("op", op)?,
            since => fields.serialize_field("op", &Since { since: *since, op })?,
        }
        fields.end()
    }
}

/// An operation behind what its client knew: it has a number behind those of [`Op`].
struct Since<'a> {
    since: Slot,
    op: &'a Op,
}

impl Serialize for Since<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_variant("Op", 5, "Since", &(self.since, self.op))
    }
}

/// What a slot of the log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Entry {
    /// Nothing: it fills a slot that nobody is known to have voted in, so that what is behind it can be applied
    /// (*Paxos Made Simple*, §3).
    #[default]
    NoOp,
    /// A client's command. Copies share it.
    Command(Arc<Command>),
}

impl Entry {
    /// The command; `None` for a no-op.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        match self {
            Self::NoOp => None,
            Self::Command(command) => Some(command),
        }
    }
}

impl Entry {
    /// The command, which copies share; `None` for a no-op.
    #[must_use]
    pub const fn shared(&self) -> Option<&Arc<Command>> {
        match self {
            Self::NoOp => None,
            Self::Command(command) => Some(command),
        }
    }
}

impl From<Command> for Entry {
    fn from(command: Command) -> Self {
        Self::Command(Arc::new(command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn text(text: &str) -> Text {
        Text::new(text).unwrap()
    }

    fn read(json: &str) -> Result<Op, Malformed> {
        let json: Json = serde_json::from_str(json).unwrap();
        Op::from_json(&json, "op")
    }

    #[test]
    fn operations_do_what_their_names_say() {
        let (a, b) = (text("a"), text("b"));
        let key = || text("k");
        let put = Op::Put { key: key(), value: a.clone() };
        assert_eq!(put.apply(Some(&b)), (Some(a.clone()), Output::Done));
        assert_eq!(Op::Get { key: key() }.apply(Some(&a)), (Some(a.clone()), Output::Value(Some(a.clone()))));
        assert_eq!(Op::Get { key: key() }.apply(None), (None, Output::Value(None)));
        assert_eq!(Op::Delete { key: key() }.apply(Some(&a)), (None, Output::Done));
        let cas = Op::Cas { key: key(), from: a.clone(), to: b.clone() };
        assert_eq!(cas.apply(Some(&a)), (Some(b.clone()), Output::Swapped(true)));
        assert_eq!(cas.apply(Some(&b)), (Some(b.clone()), Output::Swapped(false)));
        assert_eq!(cas.apply(None), (None, Output::Swapped(false)));
        let append = Op::Append { key: key(), value: b.clone() };
        assert_eq!(append.apply(Some(&a)), (Some(text("ab")), Output::Done));
        assert_eq!(append.apply(None), (Some(b), Output::Done));
    }

    #[test]
    fn a_value_never_becomes_longer_than_64_kib() {
        let full = text(&"x".repeat(MAX_TEXT_BYTES));
        assert!(Text::new(&"x".repeat(MAX_TEXT_BYTES + 1)).is_none());
        let append = Op::Append { key: text("k"), value: text("y") };
        assert_eq!(append.apply(Some(&full)), (Some(full.clone()), Output::TooLong));
    }

    #[test]
    fn an_operation_is_read_as_it_is_written() {
        for json in [
            r#"{"get":"k"}"#,
            r#"{"put":["k","v"]}"#,
            r#"{"delete":""}"#,
            r#"{"cas":["k","a","b"]}"#,
            r#"{"append":["k","v"]}"#,
        ] {
            assert_eq!(serde_json::to_string(&Json::from(&read(json).unwrap())).unwrap(), json);
        }
    }

    #[test]
    fn what_is_no_operation_is_refused_with_the_forms_there_are() {
        for json in
            ["7", "{}", r#"{"get":"k","put":["k","v"]}"#, r#"{"put":["k"]}"#, r#"{"incr":"k"}"#, r#"{"get":["k"]}"#]
        {
            assert!(read(json).unwrap_err().to_string().contains(r#"{"append":["k","v"]}"#), "{json}");
        }
        let long = alloc::format!(r#"{{"put":["k","{}"]}}"#, "x".repeat(MAX_TEXT_BYTES + 1));
        assert!(read(&long).unwrap_err().to_string().contains("at most 65536 bytes"));
    }

    /// Digests and draws are made of these bytes.
    #[test]
    fn what_a_client_knew_is_in_the_bytes_of_its_command_only_if_it_knew_something() {
        let (client, op) = (ClientId::at(1).unwrap(), Op::Get { key: text("k") });
        let command = |since| Command { client, seq: 7, op: op.clone(), since };
        let bytes = |since| postcard::to_allocvec(&command(since)).unwrap();
        assert_eq!(bytes(0), postcard::to_allocvec(&(client, 7_u32, &op)).unwrap());
        assert_eq!(bytes(300), postcard::to_allocvec(&(client, 7_u32, 5_u8, 300_u64, &op)).unwrap());
    }

    #[test]
    fn clients_are_letters() {
        let read = |json: &str| ClientId::from_json(&Json::Text(json.into()), "client");
        assert_eq!(read("a").unwrap(), ClientId::at(0).unwrap());
        assert_eq!(read("z").unwrap().to_string(), "z");
        assert_eq!(read("aa").unwrap(), ClientId::at(26).unwrap());
        assert_eq!(read("ba").unwrap(), ClientId::at(52).unwrap());
        assert!(ClientId::at(150).is_none());
        for wrong in ["", "A", "aA", "aaa", "ä"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn clients_behind_the_last_letter_have_longer_names() {
        for (number, name) in [(25, "z"), (26, "aa"), (51, "az"), (52, "ba"), (701, "zz"), (702, "aaa")] {
            assert_eq!(ClientId::numbered(number).to_string(), name);
        }
        assert_eq!(ClientId::numbered(u64::MAX).to_string(), "gkgwbylwrxtlpp");
        for number in [0, 25, 26, 701, 702, 123_456_789, u64::MAX] {
            let client = ClientId::numbered(number);
            assert_eq!(ClientId::named(&client.to_string()), Some(client));
        }
        for wrong in ["", "A", "a1", "gkgwbylwrxtlpq", "zzzzzzzzzzzzzzzz"] {
            assert_eq!(ClientId::named(wrong), None, "{wrong}");
        }
    }
}
