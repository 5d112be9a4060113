//! Plain data as bytes: the questions of a lesson.
//!
//! | what | number | what follows |
//! |---|---|---|
//! | nothing | 0 | |
//! | false, true | 1, 2 | |
//! | a whole number, 0 to 2⁵³ | 3 | number |
//! | a text | 4 | text |
//! | a list | 5 | how many items: number; each of them |
//! | an object | 6 | how many fields: number; of each its name, a text, and its value |
//! | any other number | 7 | 8 bytes, IEEE 754, the highest first |

use alloc::{borrow::Cow, string::String, vec::Vec};

use crate::LinkError;
use crate::binary::{Reader, Writer, damaged};
use crate::number::numbered;
use quorum_core::json::{Json, Object};
use quorum_core::limits::MAX_NOTE_BYTES;

numbered! {
    /// What a piece of plain data is.
    enum Kind {
        Nothing = 0,
        False = 1,
        True = 2,
        Whole = 3,
        Text = 4,
        List = 5,
        Object = 6,
        Number = 7,
    }
}

/// The largest whole number that every reader keeps exactly.
const MOST: u64 = 1 << 53;
/// Most items of a list, and most fields of an object.
const MOST_ITEMS: usize = 200;
/// How many lists and objects may be within each other.
const DEEPEST: u32 = 16;

/// The number, if it is a whole one that is written as such.
fn whole(number: f64) -> Option<u64> {
    let whole = number as u64;
    (whole <= MOST && whole as f64 == number && number.is_sign_positive()).then_some(whole)
}

/// Writes it.
pub(crate) fn write(json: &Json, to: &mut Writer) {
    match json {
        Json::Null => to.numbered(Kind::Nothing),
        Json::Bool(false) => to.numbered(Kind::False),
        Json::Bool(true) => to.numbered(Kind::True),
        Json::Number(number) => match whole(*number) {
            Some(whole) => {
                to.numbered(Kind::Whole);
                to.number(whole);
            }
            None => {
                to.numbered(Kind::Number);
                to.bytes(&number.to_be_bytes());
            }
        },
        Json::Text(text) => {
            to.numbered(Kind::Text);
            to.text(text);
        }
        Json::List(items) => {
            to.numbered(Kind::List);
            to.count(items.len());
            for item in items {
                write(item, to);
            }
        }
        Json::Object(object) => {
            to.numbered(Kind::Object);
            to.count(object.iter().len());
            for (name, value) in object.iter() {
                to.text(name);
                write(value, to);
            }
        }
    }
}

/// Reads it.
pub(crate) fn read(from: &mut Reader<'_>) -> Result<Json, LinkError> {
    read_within(from, DEEPEST)
}

fn read_within(from: &mut Reader<'_>, deepest: u32) -> Result<Json, LinkError> {
    const WHAT: &str = "a part of a question";
    let Some(deeper) = deepest.checked_sub(1) else { return damaged("It has a question that is too deep.") };
    Ok(match from.numbered(WHAT)? {
        Kind::Nothing => Json::Null,
        Kind::False => Json::Bool(false),
        Kind::True => Json::Bool(true),
        Kind::Whole => match from.number(WHAT)? {
            number if number <= MOST => Json::Number(number as f64),
            _ => return damaged("It has a number in a question that is too large."),
        },
        Kind::Text => Json::Text(from.text(MAX_NOTE_BYTES, WHAT)?.into()),
        Kind::List => {
            let count = from.count(MOST_ITEMS, 1, WHAT)?;
            let mut items = Vec::with_capacity(count);
            for _ in 0..count {
                items.push(read_within(from, deeper)?);
            }
            Json::List(items)
        }
        Kind::Object => {
            let mut object = Object::new();
            for _ in 0..from.count(MOST_ITEMS, 2, WHAT)? {
                let name = String::from(from.text(MAX_NOTE_BYTES, WHAT)?);
                object.push(Cow::Owned(name), read_within(from, deeper)?);
            }
            Json::Object(object)
        }
        Kind::Number => {
            let number = f64::from_be_bytes(from.bytes(WHAT)?);
            if !number.is_finite() || whole(number).is_some() {
                return damaged("It has a number in a question that is not written as numbers are.");
            }
            Json::Number(number)
        }
    })
}
