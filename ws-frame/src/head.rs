use bytes::{BufMut, BytesMut};

use crate::{Close, DecodeError, EncodeError, Opcode, mask};

/// The longest payload of a control frame, in bytes (RFC 6455 section 5.5).
pub(crate) const MAX_CONTROL: usize = 125;

/// The longest payload a head can declare: the top bit of its eight bytes is clear.
pub(crate) const MAX_LEN: u64 = u64::MAX >> 1;

pub(crate) const FIN: u8 = 0x80;
pub(crate) const RSV1: u8 = 0x40;
pub(crate) const MASK: u8 = 0x80;
pub(crate) const LEN_16: u8 = 0x7E;
pub(crate) const LEN_64: u8 = 0x7F;

/// What stands before a frame's payload (RFC 6455 section 5.2).
///
/// [`encode`](Self::encode) writes a server's head alone, so that a large payload can go to the
/// socket as a slice of its own instead of being copied behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// Whether the frame is the last of its message.
    pub fin: bool,
    /// The bit of permessage-deflate (RFC 7692): the message is compressed.
    pub rsv1: bool,
    /// What the frame carries.
    pub opcode: Opcode,
    /// The length of the payload, in bytes.
    pub len: usize,
}

impl Head {
    /// How many bytes [`encode`](Self::encode) appends: 2, 4 or 10.
    #[must_use]
    #[inline]
    pub const fn encoded_len(&self) -> usize {
        match self.len {
            0..=125 => 2,
            126..=0xFFFF => 4,
            _ => 10,
        }
    }

    /// Appends the head of an unmasked frame, as a server sends it.
    ///
    /// # Errors
    /// An [`EncodeError`] if the protocol has no such frame; `dst` is then as before. What the payload
    /// of a close frame says is not seen here.
    #[inline]
    pub fn encode(&self, dst: &mut BytesMut) -> Result<(), EncodeError> {
        self.check()?;
        self.put(None, dst);
        Ok(())
    }

    /// Appends an unmasked frame with this head, which is taken by value to stay in registers.
    #[inline]
    pub(crate) fn write(self, payload: &[u8], dst: &mut BytesMut) -> Result<(), EncodeError> {
        self.check()?;
        if self.opcode == Opcode::Close {
            check_close(payload)?;
        }
        dst.reserve(self.encoded_len() + payload.len());
        self.put(None, dst);
        dst.put_slice(payload);
        Ok(())
    }

    /// Appends a frame with this head, masked with `key`.
    #[inline]
    pub(crate) fn write_masked(
        self,
        key: [u8; 4],
        payload: &[u8],
        dst: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        self.check()?;
        if self.opcode == Opcode::Close {
            check_close(payload)?;
        }
        dst.reserve(self.encoded_len() + key.len() + payload.len());
        self.put(Some(key), dst);
        mask::copy(key, payload, dst);
        Ok(())
    }

    /// Whether the protocol has such a frame.
    #[inline]
    pub(crate) fn check(self) -> Result<(), EncodeError> {
        if self.opcode.is_control() {
            //= https://www.rfc-editor.org/rfc/rfc6455#section-5.5
            //# All control frames MUST have a payload length of 125 bytes or less
            //# and MUST NOT be fragmented.
            if self.len > MAX_CONTROL {
                return Err(EncodeError::ControlTooLong { len: self.len });
            }
            if !self.fin {
                return Err(EncodeError::FragmentedControl);
            }
            if self.opcode == Opcode::Close && self.len == 1 {
                return Err(EncodeError::ClosePayloadTooShort);
            }
        }
        //= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
        //# the following 8 bytes interpreted as a 64-bit unsigned integer (the
        //# most significant bit MUST be 0) are the payload length.
        if self.wire_len() > MAX_LEN {
            return Err(EncodeError::LengthTopBit);
        }
        if self.rsv1 && !matches!(self.opcode, Opcode::Text | Opcode::Binary) {
            return Err(EncodeError::ReservedBit);
        }
        Ok(())
    }

    /// The length as the wire writes it. No platform has a wider `usize`.
    #[inline]
    fn wire_len(self) -> u64 {
        u64::try_from(self.len).unwrap_or(u64::MAX)
    }

    /// Appends the head, and the key of a payload that is masked.
    #[inline]
    fn put(self, key: Option<[u8; 4]>, dst: &mut BytesMut) {
        let fin = if self.fin { FIN } else { 0 };
        let rsv1 = if self.rsv1 { RSV1 } else { 0 };
        let first = fin | rsv1 | self.opcode.bits();
        let mask = if key.is_some() { MASK } else { 0 };
        //= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
        //# Note that
        //# in all cases, the minimal number of bytes MUST be used to encode
        //# the length, for example, the length of a 124-byte-long string
        //# can't be encoded as the sequence 126, 0, 124.
        match (u8::try_from(self.len), u16::try_from(self.len)) {
            (Ok(len), _) if len < LEN_16 => {
                // Most heads, in one piece.
                if let Some([a, b, c, d]) = key {
                    return dst.put_slice(&[first, mask | len, a, b, c, d]);
                }
                dst.put_slice(&[first, len]);
            }
            (_, Ok(len)) => {
                let [a, b] = len.to_be_bytes();
                dst.put_slice(&[first, mask | LEN_16, a, b]);
            }
            _ => {
                dst.put_slice(&[first, mask | LEN_64]);
                dst.put_u64(self.wire_len());
            }
        }
        if let Some(key) = key {
            dst.put_slice(&key);
        }
    }
}

/// Whether a close frame may say this; out of line, as it is the last frame of a connection.
#[cold]
#[inline(never)]
fn check_close(payload: &[u8]) -> Result<(), EncodeError> {
    match Close::parse(payload) {
        Ok(_) => Ok(()),
        Err(DecodeError::InvalidCloseCode { code }) => Err(EncodeError::InvalidCloseCode { code }),
        Err(DecodeError::InvalidUtf8) => Err(EncodeError::InvalidCloseReason),
        Err(_) => Err(EncodeError::ClosePayloadTooShort),
    }
}
