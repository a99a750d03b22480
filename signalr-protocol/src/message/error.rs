//! What is wrong with a message.

use alloc::boxed::Box;
use core::{error::Error, fmt};

use super::{Close, Message};
use crate::json::{JsonError, JsonType, LoneSurrogate, Malformed};
#[cfg(feature = "messagepack")]
use crate::messagepack::MessagePackError;

/// The peer sent a message that breaks the protocol. The connection is over.
///
/// The texts are those of ASP.NET Core, which tells them to clients when detailed errors are on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageError {
    /// The JSON is not what it must be.
    Json(JsonError),
    /// The MessagePack is not what it must be.
    #[cfg(feature = "messagepack")]
    MessagePack(MessagePackError),
    /// The value of a header is not a string.
    HeaderType {
        /// The name of the header.
        name: Box<str>,
    },
    /// A stream id is null.
    NullStreamId,
    /// A stream id is not a string.
    StreamIdType {
        /// What it is.
        found: JsonType,
    },
    /// A completion has both an error and a result.
    ErrorAndResult,
}

impl MessageError {
    /// The last message to the peer.
    #[must_use]
    pub const fn close_message(&self) -> Message<'static> {
        Message::Close(Close::WITH_ERROR)
    }

    /// The exception of ASP.NET Core in its place, which it tells clients together with the text
    /// when detailed errors are on.
    #[must_use]
    pub const fn exception(&self) -> &'static str {
        match self {
            Self::Json(error) => error.exception(),
            Self::StreamIdType { .. } => "InvalidOperationException",
            _ => "InvalidDataException",
        }
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            #[cfg(feature = "messagepack")]
            Self::MessagePack(error) => error.fmt(f),
            Self::HeaderType { name } => {
                write!(f, "Expected header '{name}' to be of type String.")
            }
            Self::NullStreamId => f.write_str("Null value for 'streamIds' is not valid."),
            Self::StreamIdType { found } => {
                write!(
                    f,
                    "Cannot get the value of a token type '{found}' as a string."
                )
            }
            Self::ErrorAndResult => {
                f.write_str("The 'error' and 'result' properties are mutually exclusive.")
            }
        }
    }
}

impl Error for MessageError {}

impl From<JsonError> for MessageError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl From<LoneSurrogate> for MessageError {
    fn from(surrogate: LoneSurrogate) -> Self {
        Self::Json(surrogate.into())
    }
}

impl From<Malformed> for MessageError {
    fn from(malformed: Malformed) -> Self {
        Self::Json(malformed.into())
    }
}
