use bytes::BytesMut;

use crate::{DecodeError, Frame, Limits, Opcode, Role, reader::Reader};

/// Takes whole frames out of a buffer.
///
/// Text is validated as it arrives, over the frames of a message. What a close frame holds is
/// [`Close::parse`](crate::Close::parse)'s to judge; after one, whatever follows is dropped. Use
/// an [`Assembler`](crate::Assembler) for messages and a [`PartDecoder`](crate::PartDecoder) for
/// frames that are not to be held whole.
#[derive(Debug)]
pub struct Decoder {
    reader: Reader,
}

impl Decoder {
    /// A decoder for what `role` receives.
    #[must_use]
    pub fn new(role: Role, limits: Limits) -> Self {
        Self {
            reader: Reader::new(role, limits),
        }
    }

    /// Says that permessage-deflate was negotiated: RSV1 may stand on the first frame of a message.
    /// The frames of such a message hold compressed bytes, and they are not validated as text.
    #[must_use]
    pub fn allow_rsv1(mut self) -> Self {
        self.reader.allow_rsv1();
        self
    }

    /// Takes the next frame out of `src`; `Ok(None)` asks for more bytes.
    ///
    /// Between two calls `src` may only be appended to. The payload is unmasked in place as it
    /// arrives; what the frame covered leaves `src` at the next call.
    ///
    /// # Errors
    /// A [`DecodeError`] at the first byte that breaks a rule, and again at every later call.
    #[inline]
    pub fn decode<'a>(
        &'a mut self,
        src: &'a mut BytesMut,
    ) -> Result<Option<Frame<'a>>, DecodeError> {
        if let Some(whole) = self.reader.whole(src)? {
            let payload = src.get(whole.payload).unwrap_or_default();
            let opcode = if whole.text {
                Opcode::Text
            } else {
                Opcode::Binary
            };
            return Ok(Some(Frame::new(opcode, payload)));
        }
        let Some(arrived) = self.reader.frame(src)? else {
            return Ok(None);
        };
        let payload = src.get(arrived.payload).unwrap_or_default();
        let head = arrived.head;
        Ok(Some(Frame {
            fin: head.fin,
            rsv1: head.rsv1,
            opcode: head.opcode,
            payload,
        }))
    }

    /// Whether the stream may end here.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`] within a frame or a fragmented message, and the error of a
    /// decoder that failed. Whether the closing handshake took place is
    /// [`CloseState`](crate::CloseState)'s to say.
    pub fn finish(&self, src: &BytesMut) -> Result<(), DecodeError> {
        self.reader.finish(src)
    }
}
