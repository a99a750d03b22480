//! The lengths that do not fit into the seven bits of a head's second byte.

use crate::{DecodeError, head::MAX_LEN};

/// What is known of an extended length.
pub(crate) struct Len {
    /// The length if the bytes that are missing are all zero.
    pub(crate) least: u64,
    /// The length if they are all ones.
    pub(crate) most: u64,
    pub(crate) complete: bool,
}

/// Reads a length of `N` bytes as far as it is there; `minimum` is the least that needs so many.
#[inline]
pub(crate) fn extended<const N: usize>(bytes: &[u8], minimum: u64) -> Result<Len, DecodeError> {
    let (mut least, mut most) = (0, 0);
    for index in 0..N {
        let byte = bytes.get(index).copied();
        least = least << 8 | u64::from(byte.unwrap_or(0x00));
        most = most << 8 | u64::from(byte.unwrap_or(0xFF));
    }
    //= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
    //# the following 8 bytes interpreted as a 64-bit unsigned integer (the
    //# most significant bit MUST be 0) are the payload length.
    if least > MAX_LEN {
        return Err(DecodeError::LengthTopBit);
    }
    //= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
    //# Note that
    //# in all cases, the minimal number of bytes MUST be used to encode
    //# the length, for example, the length of a 124-byte-long string
    //# can't be encoded as the sequence 126, 0, 124.
    if most < minimum {
        return Err(DecodeError::NonMinimalLength);
    }
    Ok(Len {
        least,
        most,
        complete: bytes.len() >= N,
    })
}
