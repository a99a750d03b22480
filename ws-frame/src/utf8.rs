//! UTF-8 that arrives in pieces.

#[cfg(not(feature = "simd"))]
use core::str::from_utf8;

#[cfg(feature = "simd")]
use simdutf8::compat::from_utf8;

use crate::DecodeError;

/// Validates text piece by piece and fails at the first byte that no continuation could mend.
#[derive(Debug, Default)]
pub(crate) struct Utf8 {
    /// The start of a character whose rest has not arrived.
    pending: [u8; 4],
    len: usize,
}

impl Utf8 {
    /// Whether the text may end here.
    #[inline]
    pub(crate) fn is_complete(&self) -> bool {
        self.len == 0
    }

    /// Takes the last piece.
    #[inline(never)]
    pub(crate) fn push_last(&mut self, piece: &[u8]) -> Result<(), DecodeError> {
        self.push(piece)?;
        if self.is_complete() {
            Ok(())
        } else {
            Err(DecodeError::InvalidUtf8)
        }
    }

    /// Takes the next piece.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-8.1
    //# When an endpoint is to interpret a byte stream as UTF-8 but finds
    //# that the byte stream is not, in fact, a valid UTF-8 stream, that
    //# endpoint MUST _Fail the WebSocket Connection_.
    pub(crate) fn push(&mut self, mut piece: &[u8]) -> Result<(), DecodeError> {
        while self.len > 0 {
            let Some((&byte, rest)) = piece.split_first() else {
                return Ok(());
            };
            piece = rest;
            self.push_pending(byte)?;
        }
        let Err(error) = from_utf8(piece) else {
            return Ok(());
        };
        // `error_len` is `None` only where the tail is the start of some character: std applies
        // the ranges of the second byte (E0, ED, F0, F4), so a hopeless tail is an error already.
        if error.error_len().is_some() {
            return Err(DecodeError::InvalidUtf8);
        }
        let tail = piece.get(error.valid_up_to()..).unwrap_or_default();
        for (slot, byte) in self.pending.iter_mut().zip(tail) {
            *slot = *byte;
        }
        self.len = tail.len();
        Ok(())
    }

    fn push_pending(&mut self, byte: u8) -> Result<(), DecodeError> {
        let slot = self
            .pending
            .get_mut(self.len)
            .ok_or(DecodeError::InvalidUtf8)?;
        *slot = byte;
        self.len += 1;
        let character = self.pending.get(..self.len).unwrap_or_default();
        match from_utf8(character) {
            Ok(_) => self.len = 0,
            Err(error) if error.error_len().is_none() => {}
            Err(_) => return Err(DecodeError::InvalidUtf8),
        }
        Ok(())
    }
}
