//! Reading: what is expected, and a sentence for everything else.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::ops::RangeInclusive;

use super::{Json, Object};
use crate::limits::{MAX_INTERVENTIONS, MAX_NODES, MAX_SEED};
use crate::paxos::{NodeId, Value};
use crate::sim::MessageId;
use crate::text::{Piece, capital, commas, short};

/// A refusal repeats so many letters of what it refuses: enough to find it by.
const REPEATED: usize = 40;

/// What is wrong with an input: half a sentence, without its full stop. Hardly anything ever is, and all that is read goes
/// through results: one pointer in them is a tenth of the code that reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::box_collection, reason = "one pointer is the point")]
pub struct Malformed(Box<String>);

impl Piece for Malformed {
    fn put(&self, to: &mut String) {
        to.push_str(&self.0);
    }
}

displayed!(Malformed);

impl core::error::Error for Malformed {}

impl Malformed {
    /// This is wrong: half a sentence, without its full stop.
    #[must_use]
    pub fn new(what: &str) -> Self {
        Self::of(what.into())
    }

    fn of(what: String) -> Self {
        Self(Box::new(what))
    }

    /// What is wrong, as a sentence of its own.
    #[must_use]
    pub fn sentence(&self) -> String {
        capital(&self.0) + "."
    }

    /// `name` should be `what`.
    fn expected(name: &str, what: &str) -> Self {
        Self::of(text!("\"", name, "\" must be ", what))
    }

    /// `name` is `text`, and should be one of `words`.
    fn unknown(name: &str, text: &str, words: &[&str]) -> Self {
        let (words, text) = (commas(words), short(text, REPEATED));
        Self::of(text!("\"", name, "\" is one of ", words, ", not \"", text, "\""))
    }
}

/// Something that can be read from JSON.
pub trait FromJson: Sized {
    /// Reads it; `name` is what the person who wrote it calls this place.
    ///
    /// # Errors
    /// What it should have been.
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed>;
}

impl Object {
    /// An object with no other fields than these.
    ///
    /// # Errors
    /// When it is no object, or has another field.
    pub fn of<'a>(json: &'a Json, name: &str, fields: &[&str]) -> Result<&'a Self, Malformed> {
        let Json::Object(object) = json else { return Err(Malformed::expected(name, "an object")) };
        for (field, _) in object.iter() {
            if !fields.contains(&field) {
                let (known, field) = (commas(fields), short(field, REPEATED));
                return Err(Malformed::of(text!("\"", name, "\" has no field \"", field, "\"; it may have ", known)));
            }
        }
        Ok(object)
    }

    /// A field that may be left out.
    ///
    /// # Errors
    /// When it is there, and not what it should be.
    pub fn optional<T: FromJson>(&self, name: &str) -> Result<Option<T>, Malformed> {
        self.get(name).map(|json| T::from_json(json, name)).transpose()
    }

    /// Reads a field into its place. What is left out stays as it is.
    ///
    /// # Errors
    /// When it is there, and not what it should be.
    pub fn update<T: FromJson>(&self, name: &str, place: &mut T) -> Result<(), Malformed> {
        if let Some(json) = self.get(name) {
            *place = T::from_json(json, name)?;
        }
        Ok(())
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// When it is not there, or not what it should be.
    pub fn required<T: FromJson>(&self, name: &str) -> Result<T, Malformed> {
        T::from_json(self.demand(name)?, name)
    }

    /// Refuses a list that has more items than this, before any of them is read.
    ///
    /// # Errors
    /// When the field is a list with too many items.
    pub fn at_most(&self, name: &str, most: usize) -> Result<(), Malformed> {
        match self.get(name) {
            Some(Json::List(items)) => counted(name, items.len(), most),
            _ => Ok(()),
        }
    }

    fn demand(&self, name: &str) -> Result<&Json, Malformed> {
        self.get(name).ok_or_else(|| Malformed::of(text!("the field \"", name, "\" is missing")))
    }
}

fn counted(name: &str, count: usize, most: usize) -> Result<(), Malformed> {
    if count <= most {
        return Ok(());
    }
    Err(Malformed::of(text!("\"", name, "\" is a list of ", count, ", and may have at most ", most, " items")))
}

impl Json {
    /// A whole number within limits.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn whole(&self, name: &str, limits: RangeInclusive<u64>) -> Result<u64, Malformed> {
        if let Self::Number(number) = self {
            // Saturates where the number is negative, too large or no number, and then differs from it.
            let whole = *number as u64;
            if whole as f64 == *number && limits.contains(&whole) {
                return Ok(whole);
            }
        }
        let (low, high) = limits.into_inner();
        Err(Malformed::of(text!("\"", name, "\" must be a whole number from ", low, " to ", high)))
    }

    /// A text.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn text(&self, name: &str) -> Result<&str, Malformed> {
        if let Self::Text(text) = self { Ok(text) } else { Err(Malformed::expected(name, "a text")) }
    }

    /// One of a few words.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn one_of<T: Copy>(&self, name: &str, all: &[T], word: fn(T) -> &'static str) -> Result<T, Malformed> {
        let text = self.text(name)?;
        let mut words = Vec::new();
        for item in all {
            if word(*item) == text {
                return Ok(*item);
            }
            words.push(word(*item));
        }
        Err(Malformed::unknown(name, text, &words))
    }
}

impl FromJson for bool {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        if let Json::Bool(truth) = json { Ok(*truth) } else { Err(Malformed::expected(name, "true or false")) }
    }
}

impl FromJson for u32 {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        Ok(json.whole(name, 0..=u64::from(Self::MAX))? as Self)
    }
}

impl FromJson for u64 {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.whole(name, 0..=MAX_SEED)
    }
}

impl FromJson for String {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.text(name).map(Into::into)
    }
}

impl FromJson for Value {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        json.text(name)?.parse().map_err(|error: crate::paxos::ValueError| Malformed::of(text!(error)))
    }
}

impl FromJson for NodeId {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let number = json.whole(name, 0..=u64::from(u32::MAX))?;
        Self::new(number as u32).ok_or_else(|| {
            Malformed::of(text!(
                "there is no server ",
                number,
                ": servers are numbered from 1, and there are at most ",
                MAX_NODES
            ))
        })
    }
}

impl FromJson for MessageId {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        u32::from_json(json, name).map(Self)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        let Json::List(items) = json else { return Err(Malformed::expected(name, "a list")) };
        counted(name, items.len(), MAX_INTERVENTIONS)?;
        let mut list = Self::new();
        for item in items {
            list.push(T::from_json(item, name)?);
        }
        Ok(list)
    }
}

impl FromJson for (u32, u32) {
    fn from_json(json: &Json, name: &str) -> Result<Self, Malformed> {
        match json {
            Json::List(items) if items.len() == 2 => {
                Ok((u32::from_json(&items[0], name)?, u32::from_json(&items[1], name)?))
            }
            _ => Err(Malformed::expected(name, "two whole numbers, the least and the most")),
        }
    }
}
