//! One value of the application, not parsed yet.

use core::{error::Error, fmt};

use serde::Deserialize;

#[cfg(feature = "messagepack")]
use crate::messagepack::{self, Reader, ValueError};
use crate::{
    Protocol,
    json::{Malformed, Scanner},
};

/// One value of the application: an argument, an item or a result, as it stands on the wire.
///
/// It is well-formed by construction, so what it holds can never break a message it is put into. Of
/// MessagePack it may be empty instead, where a peer sent nothing well-formed: it has no type then,
/// and cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload<'a> {
    repr: Repr<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repr<'a> {
    Json(&'a str),
    #[cfg(feature = "messagepack")]
    MessagePack(&'a [u8]),
}

impl<'a> Payload<'a> {
    /// JSON text of one value.
    ///
    /// # Errors
    /// If the text is not exactly one well-formed value, or nested deeper than a message allows.
    pub fn json(text: &'a str) -> Result<Self, PayloadError> {
        // Deepest where an argument stands: in the message's object and its array.
        let mut scanner = Scanner::new(text, 2);
        let value = scanner.value()?;
        scanner.end()?;
        Ok(Self::scanned_json(value))
    }

    /// JSON text that a [`Scanner`] has passed.
    pub(crate) const fn scanned_json(text: &'a str) -> Self {
        Self {
            repr: Repr::Json(text),
        }
    }

    /// MessagePack of one value.
    ///
    /// # Errors
    /// If the bytes are not exactly one well-formed value, or nested deeper than a message allows.
    #[cfg(feature = "messagepack")]
    pub fn messagepack(bytes: &'a [u8]) -> Result<Self, PayloadError> {
        let mut reader = Reader::new(bytes);
        let value = reader.value(2)?;
        if !reader.rest().is_empty() {
            return Err(PayloadError::Malformed);
        }
        Ok(Self::scanned_messagepack(value))
    }

    /// MessagePack that a [`Reader`] has passed.
    #[cfg(feature = "messagepack")]
    pub(crate) const fn scanned_messagepack(bytes: &'a [u8]) -> Self {
        Self {
            repr: Repr::MessagePack(bytes),
        }
    }

    /// What stands in a MessagePack message where a payload should be is none.
    #[cfg(feature = "messagepack")]
    pub(crate) const MALFORMED: Self = Self::scanned_messagepack(&[]);

    /// The protocol it is encoded for.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        match self.repr {
            Repr::Json(_) => Protocol::Json,
            #[cfg(feature = "messagepack")]
            Repr::MessagePack(_) => Protocol::MessagePack,
        }
    }

    /// The bytes on the wire: of JSON, text without white space around it.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        match self.repr {
            Repr::Json(text) => text.as_bytes(),
            #[cfg(feature = "messagepack")]
            Repr::MessagePack(bytes) => bytes,
        }
    }

    /// Reads it as a value of type `T`, which may borrow from it.
    ///
    /// # Errors
    /// If the value is not a `T`; the error says why.
    pub fn to<T: Deserialize<'a>>(&self) -> Result<T, PayloadError> {
        match self.repr {
            Repr::Json(text) => serde_json::from_str(text).map_err(PayloadError::Type),
            #[cfg(feature = "messagepack")]
            Repr::MessagePack([]) => Err(PayloadError::Malformed),
            #[cfg(feature = "messagepack")]
            Repr::MessagePack(bytes) => {
                messagepack::from_slice(bytes).map_err(PayloadError::MessagePackType)
            }
        }
    }
}

/// A payload is not what it was taken for.
#[derive(Debug)]
#[non_exhaustive]
pub enum PayloadError {
    /// Not one well-formed value.
    Malformed,
    /// The value is not of the type asked for.
    Type(serde_json::Error),
    /// The value is not of the type asked for.
    #[cfg(feature = "messagepack")]
    MessagePackType(ValueError),
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("malformed payload"),
            Self::Type(error) => error.fmt(f),
            #[cfg(feature = "messagepack")]
            Self::MessagePackType(error) => error.fmt(f),
        }
    }
}

impl Error for PayloadError {}

impl From<Malformed> for PayloadError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

#[cfg(feature = "messagepack")]
impl From<messagepack::Malformed> for PayloadError {
    fn from(messagepack::Malformed: messagepack::Malformed) -> Self {
        Self::Malformed
    }
}
