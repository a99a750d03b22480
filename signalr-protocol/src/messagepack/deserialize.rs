//! Payloads into Rust values.
//!
//! Structs come as maps of their names or as arrays, enums as the name of a unit variant or as a
//! map of one name, options as nil or the value itself. It recurses as deep as the bytes are nested,
//! which was limited when they were passed.

use serde::de::{
    self, DeserializeSeed, Deserializer as _, EnumAccess, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::{Head, Malformed, Reader, ValueError, serialize::Form, value::TIMESTAMP};

/// Reads a value that takes all the bytes.
pub(crate) fn from_slice<'de, T: de::Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, ValueError> {
    let mut deserializer = Deserializer {
        reader: Reader::new(bytes),
        form: Form::Readable,
    };
    let value = T::deserialize(&mut deserializer)?;
    if deserializer.reader.rest().is_empty() {
        Ok(value)
    } else {
        Err(ValueError::Malformed)
    }
}

struct Deserializer<'de> {
    reader: Reader<'de>,
    /// What the type that is read asks for.
    form: Form,
}

impl<'de> Deserializer<'de> {
    fn peek(&self) -> Result<Head<'de>, ValueError> {
        Ok(self.reader.clone().head()?)
    }

    /// Whether the type that is read asks for an extension of this kind.
    fn takes(&self, kind: i8) -> bool {
        match self.form {
            Form::Readable => true,
            Form::Binary | Form::Raw => false,
            Form::Timestamp => kind == TIMESTAMP,
        }
    }

    /// Reads what an array or map holds.
    fn nested<T>(
        &mut self,
        len: u32,
        read: impl FnOnce(&mut Elements<'_, 'de>) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        let mut elements = Elements {
            remaining: len,
            deserializer: self,
        };
        let value = read(&mut elements)?;
        if elements.remaining == 0 {
            Ok(value)
        } else {
            Err(ValueError::Length)
        }
    }
}

impl<'de> de::Deserializer<'de> for &mut Deserializer<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        if self.form == Form::Raw {
            return visitor.visit_borrowed_bytes(self.reader.value(1)?);
        }
        match self.reader.head()? {
            Head::Nil => visitor.visit_unit(),
            Head::Bool(value) => visitor.visit_bool(value),
            Head::Unsigned(number) => visitor.visit_u64(number),
            Head::Negative(number) => visitor.visit_i64(number),
            Head::Float32(number) => visitor.visit_f32(number),
            Head::Float64(number) => visitor.visit_f64(number),
            Head::Text(bytes) => match core::str::from_utf8(bytes) {
                Ok(text) => visitor.visit_borrowed_str(text),
                Err(_) => Err(ValueError::Malformed),
            },
            Head::Binary(bytes) if self.form != Form::Timestamp => {
                visitor.visit_borrowed_bytes(bytes)
            }
            Head::Extension(kind, bytes) if self.takes(kind) => visitor.visit_borrowed_bytes(bytes),
            Head::Binary(_) | Head::Extension(..) => Err(ValueError::Malformed),
            Head::Array(len) => self.nested(len, |elements| visitor.visit_seq(elements)),
            Head::Map(len) => self.nested(len, |elements| visitor.visit_map(elements)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        if self.peek()? != Head::Nil {
            return visitor.visit_some(self);
        }
        self.reader.head()?;
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.form = Form::of(name);
        let value = visitor.visit_newtype_struct(&mut *self);
        self.form = Form::Readable;
        value
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        if !matches!(self.peek()?, Head::Map(1)) {
            return visitor.visit_enum(Unit { deserializer: self });
        }
        self.reader.head()?;
        visitor.visit_enum(Tagged { deserializer: self })
    }

    fn is_human_readable(&self) -> bool {
        // As the official clients have it: identifiers as text, enums by name.
        self.form == Form::Readable
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The elements of an array, or the names and values of a map, that are still to come.
struct Elements<'r, 'de> {
    deserializer: &'r mut Deserializer<'de>,
    remaining: u32,
}

impl<'de> Elements<'_, 'de> {
    fn next<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ValueError> {
        let Some(remaining) = self.remaining.checked_sub(1) else {
            return Ok(None);
        };
        self.remaining = remaining;
        seed.deserialize(&mut *self.deserializer).map(Some)
    }
}

impl<'de> SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = ValueError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ValueError> {
        self.next(seed)
    }
}

impl<'de> MapAccess<'de> for &mut Elements<'_, 'de> {
    type Error = ValueError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ValueError> {
        self.next(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, ValueError> {
        seed.deserialize(&mut *self.deserializer)
    }
}

/// A variant by its name alone.
struct Unit<'r, 'de> {
    deserializer: &'r mut Deserializer<'de>,
}

impl<'de> EnumAccess<'de> for Unit<'_, 'de> {
    type Error = ValueError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), ValueError> {
        Ok((seed.deserialize(&mut *self.deserializer)?, self))
    }
}

impl<'de> VariantAccess<'de> for Unit<'_, 'de> {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, ValueError> {
        Err(ValueError::Length)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ValueError> {
        Err(ValueError::Length)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ValueError> {
        Err(ValueError::Length)
    }
}

/// A variant as a map of its name and its content.
struct Tagged<'r, 'de> {
    deserializer: &'r mut Deserializer<'de>,
}

impl<'de> EnumAccess<'de> for Tagged<'_, 'de> {
    type Error = ValueError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), ValueError> {
        Ok((seed.deserialize(&mut *self.deserializer)?, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged<'_, 'de> {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        de::Deserialize::deserialize(self.deserializer)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, ValueError> {
        seed.deserialize(self.deserializer)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ValueError> {
        self.deserializer.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.deserializer.deserialize_any(visitor)
    }
}

impl From<Malformed> for ValueError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}
