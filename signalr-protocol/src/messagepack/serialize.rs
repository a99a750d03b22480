//! Rust values into payloads.
//!
//! Structs become maps of their names, enums the name of a unit variant or a map of one name,
//! options nil or the value itself, bytes binary, numbers the shortest form that holds them.

use bytes::BytesMut;
use serde::{Serialize, ser};

use super::{
    ValueError,
    compound::Compound,
    value::{
        marked, write_array_len, write_binary, write_map_len, write_signed, write_text,
        write_timestamp, write_unsigned,
    },
};
use crate::{
    form::{ANY, BINARY, TIMESTAMP},
    json::Sink,
};

/// Writes a value into a buffer of its own.
pub(crate) fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<BytesMut, ValueError> {
    let mut bytes = BytesMut::new();
    value.serialize(Serializer::new(&mut bytes))?;
    Ok(bytes)
}

pub(crate) struct Serializer<'d> {
    dst: &'d mut BytesMut,
    form: Form,
}

/// What bytes are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// What they are, if they are not text: types are written as for people.
    Readable,
    /// What they are.
    Binary,
    /// The extension of that name.
    Timestamp,
    /// A value that is MessagePack already.
    Raw,
}

impl Form {
    /// What the newtype of that name asks for.
    pub(super) fn of(newtype: &str) -> Self {
        match newtype {
            BINARY => Self::Binary,
            TIMESTAMP => Self::Timestamp,
            ANY => Self::Raw,
            _ => Self::Readable,
        }
    }
}

impl<'d> Serializer<'d> {
    pub(super) fn new(dst: &'d mut BytesMut) -> Self {
        Self {
            dst,
            form: Form::Readable,
        }
    }

    /// Begins an array or a map.
    fn compound(self, len: Option<usize>, write_len: fn(&mut BytesMut, usize)) -> Compound<'d> {
        Compound::begin(self.dst, len, write_len)
    }

    /// Begins a variant that has content.
    fn variant(self, name: &str) -> Self {
        write_map_len(self.dst, 1);
        write_text(self.dst, name);
        self
    }
}

impl<'d> ser::Serializer for Serializer<'d> {
    type Ok = ();
    type Error = ValueError;
    type SerializeSeq = Compound<'d>;
    type SerializeTuple = Compound<'d>;
    type SerializeTupleStruct = Compound<'d>;
    type SerializeTupleVariant = Compound<'d>;
    type SerializeMap = Compound<'d>;
    type SerializeStruct = Compound<'d>;
    type SerializeStructVariant = Compound<'d>;

    fn is_human_readable(&self) -> bool {
        self.form == Form::Readable
    }

    fn serialize_bool(self, value: bool) -> Result<(), ValueError> {
        self.dst.put(&[if value { 0xC3 } else { 0xC2 }]);
        Ok(())
    }

    fn serialize_i8(self, number: i8) -> Result<(), ValueError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<(), ValueError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<(), ValueError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<(), ValueError> {
        write_signed(self.dst, number);
        Ok(())
    }

    fn serialize_u8(self, number: u8) -> Result<(), ValueError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<(), ValueError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<(), ValueError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<(), ValueError> {
        write_unsigned(self.dst, number);
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Result<(), ValueError> {
        marked(self.dst, 0xCA, number.to_be_bytes());
        Ok(())
    }

    fn serialize_f64(self, number: f64) -> Result<(), ValueError> {
        marked(self.dst, 0xCB, number.to_be_bytes());
        Ok(())
    }

    fn serialize_char(self, char: char) -> Result<(), ValueError> {
        self.serialize_str(char.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), ValueError> {
        write_text(self.dst, text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), ValueError> {
        match self.form {
            Form::Timestamp => write_timestamp(self.dst, bytes),
            Form::Raw => self.dst.put(bytes),
            Form::Binary | Form::Readable => write_binary(self.dst, bytes),
        }
        Ok(())
    }

    fn serialize_none(self) -> Result<(), ValueError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), ValueError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), ValueError> {
        self.dst.put(&[0xC0]);
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), ValueError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), ValueError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        value.serialize(Self {
            form: Form::of(name),
            ..self
        })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        value.serialize(self.variant(variant))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Compound<'d>, ValueError> {
        Ok(self.compound(len, write_array_len))
    }

    fn serialize_tuple(self, len: usize) -> Result<Compound<'d>, ValueError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        len: usize,
    ) -> Result<Compound<'d>, ValueError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Compound<'d>, ValueError> {
        self.variant(variant).serialize_seq(Some(len))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Compound<'d>, ValueError> {
        Ok(self.compound(len, write_map_len))
    }

    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Compound<'d>, ValueError> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Compound<'d>, ValueError> {
        self.variant(variant).serialize_map(Some(len))
    }
}
