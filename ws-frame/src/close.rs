use crate::{CloseCode, DecodeError, head::MAX_CONTROL};

/// The longest reason, in bytes: what the code leaves of a control frame.
const MAX_REASON: usize = MAX_CONTROL - 2;

/// What a close frame that is not empty says (RFC 6455 section 5.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Close<'a> {
    code: CloseCode,
    /// At most `MAX_REASON` bytes.
    reason: &'a str,
}

impl<'a> Close<'a> {
    /// A code and a reason, which may be empty. A reason of more than 123 bytes is cut where a
    /// character ends.
    #[must_use]
    pub fn new(code: CloseCode, reason: &'a str) -> Self {
        let end = (0..=reason.len().min(MAX_REASON))
            .rev()
            .find(|&end| reason.is_char_boundary(end))
            .unwrap_or_default();
        Self {
            code,
            reason: reason.get(..end).unwrap_or_default(),
        }
    }

    /// Reads the payload of a close frame; `None` is an empty one.
    ///
    /// # Errors
    /// [`DecodeError::ClosePayloadTooShort`], [`DecodeError::InvalidCloseCode`] or
    /// [`DecodeError::InvalidUtf8`].
    pub fn parse(payload: &'a [u8]) -> Result<Option<Self>, DecodeError> {
        let Some((code, reason)) = payload.split_first_chunk() else {
            if payload.is_empty() {
                return Ok(None);
            }
            return Err(DecodeError::ClosePayloadTooShort);
        };
        let code = u16::from_be_bytes(*code);
        let code = CloseCode::new(code).ok_or(DecodeError::InvalidCloseCode { code })?;
        //= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
        //# Following the 2-byte integer, the body MAY contain UTF-8-encoded data
        //# with value /reason/, the interpretation of which is not defined by
        //# this specification.
        let reason = core::str::from_utf8(reason).map_err(|_| DecodeError::InvalidUtf8)?;
        Ok(Some(Self::new(code, reason)))
    }

    /// Why the connection closes.
    #[must_use]
    pub const fn code(&self) -> CloseCode {
        self.code
    }

    /// A text for whoever debugs, at most 123 bytes; it is not for end users.
    #[must_use]
    pub const fn reason(&self) -> &'a str {
        self.reason
    }

    /// Writes the payload of the frame into `buffer`.
    pub(crate) fn write<'b>(&self, buffer: &'b mut [u8; MAX_CONTROL]) -> &'b [u8] {
        let len = 2 + self.reason.len();
        let bytes = self
            .code
            .as_u16()
            .to_be_bytes()
            .into_iter()
            .chain(self.reason.bytes());
        for (slot, byte) in buffer.iter_mut().zip(bytes) {
            *slot = byte;
        }
        buffer.get(..len).unwrap_or_default()
    }
}
