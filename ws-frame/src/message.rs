use bytes::{Bytes, BytesMut};

use crate::{Close, EncodeError, Frame, Opcode, Text, head::MAX_CONTROL};

/// A whole message, or a control frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Message<'a> {
    /// Text (RFC 6455 section 5.6).
    Text(Text<'a>),
    /// Bytes (section 5.6).
    Binary(&'a [u8]),
    /// A question whether we are there, at most 125 bytes. The answer is a pong of the same bytes;
    /// where output is blocked, an answer to the latest ping will do (section 5.5.3).
    Ping(&'a [u8]),
    /// The answer to a ping, or a heartbeat nobody asked for, at most 125 bytes.
    Pong(&'a [u8]),
    /// The closing handshake. `None` is an empty close frame, which interfaces of the time report
    /// as code 1005 (section 7.1.5).
    Close(Option<Close<'a>>),
}

impl<'a> Message<'a> {
    /// A text message.
    #[must_use]
    #[inline]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Text::from(text))
    }

    /// How many bytes [`encode`](Self::encode) appends; [`encode_masked`](Self::encode_masked)
    /// appends 4 more.
    #[must_use]
    #[inline]
    pub fn encoded_len(&self) -> usize {
        self.with_frame(|frame| frame.encoded_len())
    }

    /// Appends the message as a server sends it, in one frame.
    ///
    /// # Errors
    /// [`EncodeError::ControlTooLong`] for a ping or pong of more than 125 bytes; `dst` is then as
    /// before.
    #[inline]
    pub fn encode(&self, dst: &mut BytesMut) -> Result<(), EncodeError> {
        self.with_frame(|frame| frame.encode(dst))
    }

    /// Appends the message as a client sends it, in one frame masked with `key`; see
    /// [`Frame::encode_masked`] for what a key must be.
    ///
    /// # Errors
    /// [`EncodeError::ControlTooLong`] for a ping or pong of more than 125 bytes; `dst` is then as
    /// before.
    #[inline]
    pub fn encode_masked(&self, key: [u8; 4], dst: &mut BytesMut) -> Result<(), EncodeError> {
        self.with_frame(|frame| frame.encode_masked(key, dst))
    }

    /// The message as a server sends it, in a buffer of its own: encode a broadcast once and clone
    /// the handle for each socket.
    ///
    /// # Errors
    /// [`EncodeError::ControlTooLong`] for a ping or pong of more than 125 bytes.
    pub fn to_bytes(&self) -> Result<Bytes, EncodeError> {
        self.with_frame(|frame| frame.to_bytes())
    }

    /// Calls `then` with the message as a frame.
    #[inline]
    pub(crate) fn with_frame<R>(&self, then: impl FnOnce(Frame<'_>) -> R) -> R {
        let (opcode, payload) = match *self {
            Self::Text(text) => (Opcode::Text, text.as_bytes()),
            Self::Binary(bytes) => (Opcode::Binary, bytes),
            Self::Ping(bytes) => (Opcode::Ping, bytes),
            Self::Pong(bytes) => (Opcode::Pong, bytes),
            Self::Close(None) => (Opcode::Close, &[][..]),
            Self::Close(Some(close)) => {
                return then(Frame::new(
                    Opcode::Close,
                    close.write(&mut [0; MAX_CONTROL]),
                ));
            }
        };
        then(Frame::new(opcode, payload))
    }
}
