//! Values of one protocol that are written in the other.

use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::{self, SerializeMap, SerializeSeq},
};
use serde_json::{Number, value::RawValue};

use super::{Binary, Timestamp};
use crate::messagepack::{Head, Malformed, Reader, TIMESTAMP};

/// One well-formed value of MessagePack. What it holds is cut out level by level, so that no tree is
/// built of it.
pub(super) struct FromMessagePack<'a>(pub(super) &'a [u8]);

/// One value of JSON, read level by level.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct FromJson<'a>(#[serde(borrow)] pub(super) &'a RawValue);

/// The members of a JSON object in their order.
struct Members<'a>(Vec<(Cow<'a, str>, FromJson<'a>)>);

impl Serialize for FromMessagePack<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut reader = Reader::new(self.0);
        match reader.head().map_err(malformed)? {
            Head::Nil => serializer.serialize_unit(),
            Head::Bool(value) => serializer.serialize_bool(value),
            Head::Unsigned(number) => serializer.serialize_u64(number),
            Head::Negative(number) => serializer.serialize_i64(number),
            Head::Float32(number) => serializer.serialize_f32(number),
            Head::Float64(number) => serializer.serialize_f64(number),
            Head::Text(bytes) => {
                let text = core::str::from_utf8(bytes).map_err(ser::Error::custom)?;
                serializer.serialize_str(text)
            }
            Head::Binary(bytes) => Binary(bytes.into()).serialize(serializer),
            Head::Extension(TIMESTAMP, bytes) => match Timestamp::read(bytes) {
                Some(moment) => moment.serialize(serializer),
                None => Err(ser::Error::custom("not a timestamp")),
            },
            Head::Extension(..) => Err(ser::Error::custom("an extension has no other form")),
            Head::Array(len) => {
                let mut elements = serializer.serialize_seq(None)?;
                for _ in 0..len {
                    elements.serialize_element(&next(&mut reader)?)?;
                }
                elements.end()
            }
            Head::Map(len) => {
                let mut members = serializer.serialize_map(None)?;
                for _ in 0..len {
                    let key = next(&mut reader)?;
                    members.serialize_entry(&key, &next(&mut reader)?)?;
                }
                members.end()
            }
        }
    }
}

/// The value that comes next inside of one that was passed as a whole.
fn next<'a, E: ser::Error>(reader: &mut Reader<'a>) -> Result<FromMessagePack<'a>, E> {
    reader.value(1).map(FromMessagePack).map_err(malformed)
}

fn malformed<E: ser::Error>(Malformed: Malformed) -> E {
    E::custom("malformed MessagePack")
}

impl Serialize for FromJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn read<'a, T: Deserialize<'a>, E: ser::Error>(text: &'a str) -> Result<T, E> {
            serde_json::from_str(text).map_err(E::custom)
        }
        let text = self.0.get();
        match text.as_bytes().first() {
            Some(b'{') => read::<Members<'_>, _>(text)?.serialize(serializer),
            Some(b'[') => read::<Vec<FromJson<'_>>, _>(text)?.serialize(serializer),
            Some(b'"') => read::<Cow<'_, str>, _>(text)?.serialize(serializer),
            Some(b't' | b'f') => read::<bool, _>(text)?.serialize(serializer),
            Some(b'n') => serializer.serialize_unit(),
            _ => read::<Number, _>(text)?.serialize(serializer),
        }
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
