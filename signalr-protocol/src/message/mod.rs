//! The nine messages of the hub protocol.

mod close;
mod completion;
mod encode;
mod error;
mod invocation;
mod kind;
mod stream;

use bytes::BytesMut;

pub(crate) use self::kind::Kind;
pub use self::{
    close::Close,
    completion::{Completion, Outcome},
    error::MessageError,
    invocation::{CancelInvocation, Invocation, StreamInvocation},
    stream::StreamItem,
};
#[cfg(feature = "messagepack")]
use crate::messagepack;
use crate::{EncodeError, Protocol, Record, json};

/// A hub message. Either side may send any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Call a target, with or without an answer.
    Invocation(Invocation<'a>),
    /// One item of a stream, in either direction.
    StreamItem(StreamItem<'a>),
    /// The end of an invocation or of a stream.
    Completion(Completion<'a>),
    /// Call a target that answers with a stream.
    StreamInvocation(StreamInvocation<'a>),
    /// Stop the stream of an invocation.
    CancelInvocation(CancelInvocation<'a>),
    /// A sign of life.
    Ping,
    /// The last message of a connection.
    Close(Close<'a>),
    /// Messages up to this one need not be kept for a reconnect.
    Ack {
        /// The number of the last message received.
        sequence_id: i64,
    },
    /// The first message after a reconnect.
    Sequence {
        /// The number of the message that follows.
        sequence_id: i64,
    },
}

impl<'a> Message<'a> {
    /// Reads the message of a record. `Ok(None)` is a message of a type that is not known: later
    /// versions of the protocol may add some, and they are to be skipped.
    ///
    /// Arguments, items and results stay unparsed. What follows the message's object or array
    /// inside the record is ignored, and so are properties and elements that are not known. Of
    /// properties that come twice the last one counts.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the record; then what is missing. The
    /// connection is over.
    pub fn parse(record: &Record<'a>) -> Result<Option<Self>, MessageError> {
        match record.protocol() {
            Protocol::Json => json::parse_message(record.as_bytes()),
            #[cfg(feature = "messagepack")]
            Protocol::MessagePack => {
                messagepack::parse_message(record.as_bytes()).map_err(MessageError::MessagePack)
            }
        }
    }

    /// Appends the message with its framing.
    ///
    /// # Errors
    /// If the message may not be sent like that; see [`EncodeError`]. `dst` is then as before.
    pub fn encode(&self, protocol: Protocol, dst: &mut BytesMut) -> Result<(), EncodeError> {
        encode::append(self, protocol, dst)
    }

    /// How many bytes [`encode`](Self::encode) appends. Of a message that it refuses to encode the
    /// number says nothing.
    #[must_use]
    pub fn encoded_len(&self, protocol: Protocol) -> usize {
        encode::len(self, protocol)
    }
}
