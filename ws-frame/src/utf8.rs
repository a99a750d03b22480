//! UTF-8 that arrives in pieces.

#[cfg(not(feature = "simd"))]
use core::str::from_utf8 as validate;

#[cfg(feature = "simd")]
use simdutf8::basic::from_utf8 as validate;

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
        let rest = self.resume(piece)?;
        if self.is_complete() && validate(rest).is_ok() {
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
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), DecodeError> {
        let rest = self.resume(piece)?;
        let (whole, tail) = rest.split_at(rest.len() - incomplete_tail(rest));
        if validate(whole).is_err() {
            return Err(DecodeError::InvalidUtf8);
        }
        tail.iter().try_for_each(|&byte| self.push_pending(byte))
    }

    /// Takes what belongs to the character that has begun and returns the rest.
    fn resume<'a>(&mut self, mut piece: &'a [u8]) -> Result<&'a [u8], DecodeError> {
        while self.len > 0 {
            let Some((&byte, rest)) = piece.split_first() else {
                break;
            };
            piece = rest;
            self.push_pending(byte)?;
        }
        Ok(piece)
    }

    fn push_pending(&mut self, byte: u8) -> Result<(), DecodeError> {
        let slot = self
            .pending
            .get_mut(self.len)
            .ok_or(DecodeError::InvalidUtf8)?;
        *slot = byte;
        self.len += 1;
        let character = self.pending.get(..self.len).unwrap_or_default();
        // `error_len` is `None` only for the start of some character: std applies the ranges of the
        // second byte (E0, ED, F0, F4), so a hopeless start is an error already.
        match core::str::from_utf8(character) {
            Ok(_) => self.len = 0,
            Err(error) if error.error_len().is_none() => {}
            Err(_) => return Err(DecodeError::InvalidUtf8),
        }
        Ok(())
    }
}

/// How many bytes at the end of `piece` look like the start of a character that goes on.
fn incomplete_tail(piece: &[u8]) -> usize {
    let ends = piece.iter().rev().zip(1..=3);
    for (&byte, len) in ends {
        let width = match byte {
            0x80..0xC0 => continue,
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            0xF0.. => 4,
            _ => 1,
        };
        return if width > len { len } else { 0 };
    }
    0
}
