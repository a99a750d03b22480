//! What goes wrong with a whole record, and on our own side.

use core::{error::Error, fmt};

#[cfg(feature = "messagepack")]
use crate::ValueError;
use crate::{Close, Message, Protocol};

/// The peer broke the framing. The connection is over.
///
/// The texts are those of ASP.NET Core, which tells them to clients when detailed errors are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// A record does not fit [`max_record`](crate::Limits::max_record).
    RecordTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The length of a MessagePack record is more than 31 bits or goes on for more than five bytes.
    #[cfg(feature = "messagepack")]
    LengthPrefix,
    /// The stream ended within a record.
    Truncated,
}

impl DecodeError {
    /// The last message to the peer. During the handshake it is
    /// [`Refusal::Canceled`](crate::Refusal::Canceled) instead.
    #[must_use]
    pub const fn close_message(&self) -> Message<'static> {
        Message::Close(Close::WITH_ERROR)
    }

    /// The exception of ASP.NET Core in its place, which it tells clients together with the text
    /// when detailed errors are on.
    #[must_use]
    pub const fn exception(&self) -> &'static str {
        match self {
            #[cfg(feature = "messagepack")]
            Self::LengthPrefix => "FormatException",
            _ => "InvalidDataException",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordTooLarge { limit } => write!(
                f,
                "The maximum message size of {limit}B was exceeded. \
                 The message size can be configured in AddHubOptions."
            ),
            #[cfg(feature = "messagepack")]
            Self::LengthPrefix => f.write_str("Messages over 2GB in size are not supported."),
            Self::Truncated => f.write_str("Connection terminated while reading a message."),
        }
    }
}

impl Error for DecodeError {}

/// Our caller asked for something that may not be sent. Nothing was written.
#[derive(Debug)]
#[non_exhaustive]
pub enum EncodeError {
    /// A record of JSON holds the separator.
    Separator {
        /// Its offset in the record.
        at: usize,
    },
    /// A record is longer than 31 bits can say.
    #[cfg(feature = "messagepack")]
    RecordTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// A name or value of a header is empty, which MessagePack messages do not allow.
    #[cfg(feature = "messagepack")]
    EmptyHeader,
    /// A stream id is empty, which MessagePack messages do not allow.
    #[cfg(feature = "messagepack")]
    EmptyStreamId,
    /// A message that must have an invocation id has an empty one.
    EmptyInvocationId,
    /// An invocation has an empty target.
    EmptyTarget,
    /// A payload was encoded for another protocol than the message.
    ProtocolMismatch {
        /// The protocol of the payload.
        payload: Protocol,
        /// The protocol of the message.
        message: Protocol,
    },
    /// The arguments did not serialize as a sequence.
    ArgumentsNotArray,
    /// A payload of a peer's message is missing or malformed.
    MalformedPayload,
    /// A value refused to be serialized.
    Serialize(serde_json::Error),
    /// A value refused to be serialized, or is of a type that MessagePack does not have.
    #[cfg(feature = "messagepack")]
    SerializeMessagePack(ValueError),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Separator { at } => write!(f, "record separator at offset {at} of a record"),
            #[cfg(feature = "messagepack")]
            Self::RecordTooLong { len } => write!(f, "record of {len} bytes"),
            #[cfg(feature = "messagepack")]
            Self::EmptyHeader => f.write_str("empty name or value of a header"),
            #[cfg(feature = "messagepack")]
            Self::EmptyStreamId => f.write_str("empty stream id"),
            Self::EmptyInvocationId => f.write_str("empty invocation id"),
            Self::EmptyTarget => f.write_str("empty target"),
            Self::ProtocolMismatch { payload, message } => {
                write!(
                    f,
                    "payload of {} in a message of {}",
                    payload.name(),
                    message.name()
                )
            }
            Self::ArgumentsNotArray => f.write_str("arguments are not a sequence"),
            Self::MalformedPayload => f.write_str("payload is missing or malformed"),
            Self::Serialize(_) => f.write_str("payload cannot be serialized"),
            #[cfg(feature = "messagepack")]
            Self::SerializeMessagePack(_) => f.write_str("payload cannot be serialized"),
        }
    }
}

impl Error for EncodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Serialize(error) => Some(error),
            #[cfg(feature = "messagepack")]
            Self::SerializeMessagePack(error) => Some(error),
            _ => None,
        }
    }
}
