//! The wire format of postcard: fields one after the other, numbers in groups of seven bits, the lowest first.
//!
//! The crate of that name writes the same bytes, and tests compare. Here nothing can fail, and the types say so: a
//! `Result<(), Never>` is nothing at all. What is derived for some forty types asks after every field whether it could be
//! written, and none of these questions is left in what a page downloads.

use core::fmt;

use serde::Serialize;
use serde::ser::{self, Serializer};

use super::Bytes;

/// Writes to the bytes of a digest.
pub(super) struct Postcard<'a>(pub(super) &'a mut Bytes);

/// Why writing fails: it does not.
#[derive(Debug)]
pub(super) enum Never {}

type Done = Result<(), Never>;

impl ser::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Self {
        unreachable!("nothing that has a digest refuses to be written")
    }
}

impl core::error::Error for Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl Bytes {
    fn number(&mut self, number: u64) {
        let mut rest = number;
        while rest > 127 {
            self.push(rest as u8 | 128);
            rest >>= 7;
        }
        self.push(rest as u8);
    }

    fn all(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.push(*byte);
        }
    }
}

impl Serializer for Postcard<'_> {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, truth: bool) -> Done {
        self.serialize_u8(truth.into())
    }

    fn serialize_u8(self, byte: u8) -> Done {
        self.0.push(byte);
        Ok(())
    }

    fn serialize_u16(self, number: u16) -> Done {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Done {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Done {
        self.0.number(number);
        Ok(())
    }

    fn serialize_i8(self, number: i8) -> Done {
        self.serialize_u8(number as u8)
    }

    fn serialize_i16(self, number: i16) -> Done {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Done {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Done {
        // Numbers near zero are short, whatever their sign: 0, -1, 1, -2, …
        self.serialize_u64((number << 1 ^ number >> 63) as u64)
    }

    fn serialize_f32(self, number: f32) -> Done {
        self.0.all(&number.to_le_bytes());
        Ok(())
    }

    fn serialize_f64(self, number: f64) -> Done {
        self.0.all(&number.to_le_bytes());
        Ok(())
    }

    fn serialize_char(self, letter: char) -> Done {
        self.serialize_str(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Done {
        self.serialize_bytes(text.as_bytes())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.0.number(bytes.len() as u64);
        self.0.all(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Done {
        self.serialize_u8(0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.0.push(1);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Done {
        self.serialize_u32(index)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.0.number(index.into());
        value.serialize(self)
    }

    /// All lists here know how many items they have.
    fn serialize_seq(self, length: Option<usize>) -> Result<Self, Never> {
        self.0.number(length.unwrap_or_default() as u64);
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, index: u32, _: &'static str, _: usize) -> Result<Self, Never> {
        self.0.number(index.into());
        Ok(self)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self, Never> {
        self.serialize_seq(length)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, index: u32, _: &'static str, _: usize) -> Result<Self, Never> {
        self.0.number(index.into());
        Ok(self)
    }
}

/// The parts of what has parts, one after the other: they need no names, and nothing at their end. The writer they share is
/// one pointer: inlined, it stays in a variable, and need not be put into memory to be lent.
macro_rules! parts {
    ($($of:ident: $part:ident($($name:ty)?);)+) => {$(
        impl ser::$of for Postcard<'_> {
            type Ok = ();
            type Error = Never;

            #[inline(always)]
            fn $part<T: Serialize + ?Sized>(&mut self, $(_: $name,)? part: &T) -> Done {
                part.serialize(Postcard(self.0))
            }

            fn end(self) -> Done {
                Ok(())
            }
        }
    )+};
}

parts! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(&'static str);
    SerializeStructVariant: serialize_field(&'static str);
}

impl ser::SerializeMap for Postcard<'_> {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(Postcard(self.0))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(Postcard(self.0))
    }

    fn end(self) -> Done {
        Ok(())
    }
}
