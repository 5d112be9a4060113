//! Everything that crosses into or out of this crate as plain data: one small tree.
//!
//! Pages, files, links and terminals see the same objects with the same names. They are built and read here by hand
//! rather than derived: what is wrong with an input then gets a sentence that says what it should have been, and the
//! code stays a fraction of what derived readers and writers compile to, which matters where a page has to load it.
//! The tree itself speaks serde, so any format's library can carry it.

mod flat;
mod read;
mod serde_impls;
mod text;
mod write;

use alloc::{borrow::Cow, string::String, vec::Vec};

pub use flat::{Flat, digits, quote};
pub use read::{FromJson, Malformed};

/// A JSON value. Numbers are those JavaScript has.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`, and what was never said.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; whole numbers are exact up to 2⁵³.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Object),
}

/// An object: its fields in the order they were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(Vec<(Cow<'static, str>, Json)>);

impl Object {
    /// An object without fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The same object with one field more.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<Json>) -> Self {
        self.and(name, value.into())
    }

    fn and(mut self, name: &'static str, value: Json) -> Self {
        self.0.push((Cow::Borrowed(name), value));
        self
    }

    /// The same object with a field more if there is something to say.
    #[must_use]
    pub fn maybe(self, name: &'static str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same object with another value in a field it has.
    #[must_use]
    pub fn set(mut self, name: &str, value: Json) -> Self {
        if let Some((_, old)) = self.0.iter_mut().find(|(other, _)| other == name) {
            *old = value;
        }
        self
    }

    /// Adds a field.
    pub fn push(&mut self, name: Cow<'static, str>, value: Json) {
        self.0.push((name, value));
    }

    /// The fields, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// Whether there is such a field, `null` or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// A field; `None` also for `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        let (_, value) = self.0.iter().find(|(other, _)| other == name)?;
        if matches!(value, Json::Null) { None } else { Some(value) }
    }
}
