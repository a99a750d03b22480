use bytes::BytesMut;

use crate::{DecodeError, Head, Limits, Role, reader::Reader};

/// A piece of a frame, unmasked and borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Part<'a> {
    /// The head of the frame it belongs to.
    pub head: Head,
    /// The next bytes of the payload.
    pub payload: &'a [u8],
    /// How many bytes of the payload are still to come: 0 in the last part of a frame.
    pub remaining: usize,
}

/// Takes frames out of a buffer piece by piece, so that a frame may be larger than what one wants
/// to hold. The rules, the limits and the validation are those of [`Decoder`](crate::Decoder).
#[derive(Debug)]
pub struct PartDecoder {
    reader: Reader,
}

impl PartDecoder {
    /// A decoder for what `role` receives.
    #[must_use]
    pub fn new(role: Role, limits: Limits) -> Self {
        Self {
            reader: Reader::new(role, limits),
        }
    }

    /// Says that permessage-deflate was negotiated; see
    /// [`Decoder::allow_rsv1`](crate::Decoder::allow_rsv1).
    #[must_use]
    pub fn allow_rsv1(mut self) -> Self {
        self.reader.allow_rsv1();
        self
    }

    /// Takes out of `src` what has arrived of the next frame; `Ok(None)` asks for more bytes.
    ///
    /// A control frame, and a frame that has arrived, come in one part. Between two calls `src`
    /// may only be appended to; what the part covered leaves it at the next call.
    ///
    /// # Errors
    /// A [`DecodeError`] at the first byte that breaks a rule, and again at every later call.
    pub fn decode<'a>(
        &'a mut self,
        src: &'a mut BytesMut,
    ) -> Result<Option<Part<'a>>, DecodeError> {
        let Some(arrived) = self.reader.part(src)? else {
            return Ok(None);
        };
        let payload = src.get(arrived.payload).unwrap_or_default();
        Ok(Some(Part {
            head: arrived.head,
            payload,
            remaining: arrived.remaining,
        }))
    }

    /// Whether the stream may end here.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`] within a frame or a fragmented message, and the error of a
    /// decoder that failed.
    pub fn finish(&self, src: &BytesMut) -> Result<(), DecodeError> {
        self.reader.finish(src)
    }
}
