use bytes::{Bytes, BytesMut};

use crate::{EncodeError, Head, Opcode};

/// One frame with its payload, unmasked and borrowed (RFC 6455 section 5.2).
///
/// That the payload of a text message is UTF-8 is checked where frames are read, and not where they are
/// written; [`Message::text`](crate::Message::text) can hold nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame<'a> {
    /// Whether the frame is the last of its message.
    pub fin: bool,
    /// The bit of permessage-deflate (RFC 7692): the message is compressed.
    pub rsv1: bool,
    /// What the frame carries.
    pub opcode: Opcode,
    /// The payload.
    pub payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// A whole message, or a control frame: the FIN bit is set, RSV1 is not.
    #[must_use]
    #[inline]
    pub const fn new(opcode: Opcode, payload: &'a [u8]) -> Self {
        Self {
            fin: true,
            rsv1: false,
            opcode,
            payload,
        }
    }

    /// What stands before the payload.
    #[must_use]
    #[inline]
    pub const fn head(&self) -> Head {
        Head {
            fin: self.fin,
            rsv1: self.rsv1,
            opcode: self.opcode,
            len: self.payload.len(),
        }
    }

    /// How many bytes [`encode`](Self::encode) appends; [`encode_masked`](Self::encode_masked)
    /// appends 4 more.
    #[must_use]
    #[inline]
    pub const fn encoded_len(&self) -> usize {
        self.head().encoded_len() + self.payload.len()
    }

    /// Appends the frame as a server sends it.
    ///
    /// # Errors
    /// An [`EncodeError`] if the protocol has no such frame; `dst` is then as before.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-5.1
    //# A server MUST NOT mask any frames that it sends to
    //# the client.
    #[inline]
    pub fn encode(&self, dst: &mut BytesMut) -> Result<(), EncodeError> {
        self.head().write(self.payload, dst)
    }

    /// Appends the frame as a client sends it, masked with `key`.
    ///
    /// The key has to be fresh for each frame and unpredictable to whoever chose the payload, so
    /// it comes from the operating system's generator or a generator seeded from it (section 5.3).
    ///
    /// # Errors
    /// An [`EncodeError`] if the protocol has no such frame; `dst` is then as before.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-5.1
    //# a client MUST mask all frames that it
    //# sends to the server
    #[inline]
    pub fn encode_masked(&self, key: [u8; 4], dst: &mut BytesMut) -> Result<(), EncodeError> {
        self.head().write_masked(key, self.payload, dst)
    }

    /// The frame as a server sends it, in a buffer of its own: encode a broadcast once and clone
    /// the handle for each socket.
    ///
    /// # Errors
    /// An [`EncodeError`] if the protocol has no such frame.
    pub fn to_bytes(&self) -> Result<Bytes, EncodeError> {
        let mut dst = BytesMut::with_capacity(self.encoded_len());
        self.encode(&mut dst)?;
        Ok(dst.freeze())
    }
}
