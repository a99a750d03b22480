use alloc::boxed::Box;
use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Visitor},
};
use serde_json::value::RawValue;

#[cfg(feature = "messagepack")]
use super::transcode::{FromJson, FromMessagePack};
use crate::{Payload, PayloadError, form::ANY};

/// Any value, passed on as it came.
///
/// Where it leaves in the protocol that it came in, its bytes are the same: numbers keep their
/// digits, members their order. Into the other protocol it is converted: binary becomes base64 text,
/// a timestamp ISO 8601 text, and a key that is a number or a truth value its text; JSON becomes
/// what a client of MessagePack would write. A key that is neither, and an extension that is no
/// timestamp, cannot be JSON.
///
/// ```
/// use signalr_protocol::{Any, Payload};
///
/// let text = r#"{"b":31.245270191439438,"a":1e2}"#;
/// let value: Any = Payload::json(text)?.to()?;
/// assert_eq!(serde_json::to_string(&value)?, text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Any {
    repr: Repr,
}

#[derive(Clone, Debug)]
enum Repr {
    Json(Box<RawValue>),
    /// One well-formed value, nested no deeper than a message allows.
    #[cfg(feature = "messagepack")]
    MessagePack(Box<[u8]>),
}

/// What is inside of the newtype that tells the protocols.
struct Content<'a>(&'a Repr);

impl Any {
    /// Reads it as a value of type `T`.
    ///
    /// # Errors
    /// If the value is not a `T`; the error says why.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        match &self.repr {
            Repr::Json(text) => Payload::scanned_json(text.get()).to(),
            #[cfg(feature = "messagepack")]
            Repr::MessagePack(bytes) => Payload::scanned_messagepack(bytes).to(),
        }
    }
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(ANY, &Content(&self.repr))
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[cfg(feature = "messagepack")]
        let is_json = serializer.is_human_readable();
        match self.0 {
            #[cfg(feature = "messagepack")]
            Repr::Json(text) if !is_json => {
                let bytes = crate::messagepack::to_bytes(&FromJson(text));
                let bytes = bytes.map_err(serde::ser::Error::custom)?;
                serializer.serialize_bytes(&bytes)
            }
            Repr::Json(text) => text.serialize(serializer),
            #[cfg(feature = "messagepack")]
            Repr::MessagePack(bytes) if is_json => FromMessagePack(bytes).serialize(serializer),
            #[cfg(feature = "messagepack")]
            Repr::MessagePack(bytes) => serializer.serialize_bytes(bytes),
        }
    }
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let repr = deserializer.deserialize_newtype_struct(ANY, AnyVisitor)?;
        Ok(Self { repr })
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Repr;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Repr, D::Error> {
        #[cfg(feature = "messagepack")]
        if !inner.is_human_readable() {
            return inner.deserialize_bytes(self);
        }
        Box::deserialize(inner).map(Repr::Json)
    }

    #[cfg(feature = "messagepack")]
    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Repr, E> {
        Ok(Repr::MessagePack(bytes.into()))
    }
}
