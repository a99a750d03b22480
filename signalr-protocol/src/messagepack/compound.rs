//! Arrays and maps on their way out.

use bytes::BytesMut;
use serde::{Serialize, ser};

use super::{ValueError, serialize::Serializer};

/// An array or map that is being written.
///
/// Its length stands in front of it. If that is not known, the elements are held back until it is.
pub(crate) struct Compound<'d> {
    dst: &'d mut BytesMut,
    len: Length,
    written: usize,
}

enum Length {
    Announced(usize),
    Unknown {
        write_len: fn(&mut BytesMut, usize),
        held_back: BytesMut,
    },
}

impl<'d> Compound<'d> {
    pub(crate) fn begin(
        dst: &'d mut BytesMut,
        len: Option<usize>,
        write_len: fn(&mut BytesMut, usize),
    ) -> Self {
        let len = match len {
            Some(len) => {
                write_len(dst, len);
                Length::Announced(len)
            }
            None => Length::Unknown {
                write_len,
                held_back: BytesMut::new(),
            },
        };
        Self {
            dst,
            len,
            written: 0,
        }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        let dst = match &mut self.len {
            Length::Announced(_) => &mut *self.dst,
            Length::Unknown { held_back, .. } => held_back,
        };
        value.serialize(Serializer::new(dst))
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.written += 1;
        self.value(value)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), ValueError> {
        self.element(name)?;
        self.value(value)
    }

    fn finish(self) -> Result<(), ValueError> {
        match self.len {
            Length::Announced(len) if len != self.written => return Err(ValueError::Length),
            Length::Announced(_) => {}
            Length::Unknown {
                write_len,
                held_back,
            } => {
                write_len(self.dst, self.written);
                self.dst.extend_from_slice(&held_back);
            }
        }
        Ok(())
    }
}

impl ser::SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.element(value)
    }

    fn end(self) -> Result<(), ValueError> {
        self.finish()
    }
}

impl ser::SerializeTuple for Compound<'_> {
    type Ok = ();
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.element(value)
    }

    fn end(self) -> Result<(), ValueError> {
        self.finish()
    }
}

impl ser::SerializeTupleStruct for Compound<'_> {
    type Ok = ();
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.element(value)
    }

    fn end(self) -> Result<(), ValueError> {
        self.finish()
    }
}

impl ser::SerializeTupleVariant for Compound<'_> {
    type Ok = ();
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.element(value)
    }

    fn end(self) -> Result<(), ValueError> {
        self.finish()
    }
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ValueError> {
        self.element(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        self.value(value)
    }

    fn end(self) -> Result<(), ValueError> {
        self.finish()
    }
}

impl ser::SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), ValueError> {
        self.finish()
    }
}

impl ser::SerializeStructVariant for Compound<'_> {
    type Ok = ();
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), ValueError> {
        self.finish()
    }
}
