use alloc::{borrow::ToOwned as _, string::String};

use bytes::Bytes;

use crate::{Close, CloseCode, Message};

/// A [`Message`] that owns what it says, to be kept or sent elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OwnedMessage {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
    /// A question whether we are there.
    Ping(Bytes),
    /// The answer to a ping, or a heartbeat.
    Pong(Bytes),
    /// The closing handshake, with a code and a reason if it is not empty.
    Close(Option<(CloseCode, String)>),
}

impl OwnedMessage {
    /// The message, borrowed, to be encoded. The reason of a close message is cut to 123 bytes.
    #[must_use]
    pub fn as_message(&self) -> Message<'_> {
        match self {
            Self::Text(text) => Message::text(text),
            Self::Binary(bytes) => Message::Binary(bytes),
            Self::Ping(bytes) => Message::Ping(bytes),
            Self::Pong(bytes) => Message::Pong(bytes),
            Self::Close(close) => Message::Close(
                close
                    .as_ref()
                    .map(|(code, reason)| Close::new(*code, reason)),
            ),
        }
    }
}

impl From<Message<'_>> for OwnedMessage {
    fn from(message: Message<'_>) -> Self {
        match message {
            Message::Text(text) => Self::Text(text.as_str().to_owned()),
            Message::Binary(bytes) => Self::Binary(Bytes::copy_from_slice(bytes)),
            Message::Ping(bytes) => Self::Ping(Bytes::copy_from_slice(bytes)),
            Message::Pong(bytes) => Self::Pong(Bytes::copy_from_slice(bytes)),
            Message::Close(close) => {
                Self::Close(close.map(|close| (close.code(), close.reason().to_owned())))
            }
        }
    }
}
