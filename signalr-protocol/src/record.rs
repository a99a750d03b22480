//! One framed record.

use bytes::BytesMut;
use memchr::memchr;

#[cfg(feature = "messagepack")]
use crate::messagepack::{MAX_BODY, prefix_len, write_prefix};
use crate::{EncodeError, Protocol};

/// The byte that ends a JSON record, and the handshake of every protocol.
pub(crate) const SEPARATOR: u8 = 0x1E;

/// The bytes between two frame marks: a handshake or a hub message, not looked into yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    protocol: Protocol,
    bytes: &'a [u8],
}

impl<'a> Record<'a> {
    /// A record of bytes that were framed by other means. The handshake counts as
    /// [`Protocol::Json`].
    #[must_use]
    pub const fn new(protocol: Protocol, bytes: &'a [u8]) -> Self {
        Self { protocol, bytes }
    }

    /// The protocol whose framing it came in.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The bytes without their framing.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Appends the record with its framing.
    ///
    /// # Errors
    /// [`EncodeError::Separator`] if the bytes of a JSON record hold a 0x1E, which would forge the
    /// end of it; of MessagePack `RecordTooLong` if a length prefix cannot say how long it is. `dst`
    /// is then as before.
    pub fn encode(&self, dst: &mut BytesMut) -> Result<(), EncodeError> {
        match self.protocol {
            Protocol::Json => {
                if let Some(at) = memchr(SEPARATOR, self.bytes) {
                    return Err(EncodeError::Separator { at });
                }
                dst.reserve(self.encoded_len());
                dst.extend_from_slice(self.bytes);
                dst.extend_from_slice(&[SEPARATOR]);
            }
            #[cfg(feature = "messagepack")]
            Protocol::MessagePack => {
                if self.bytes.len() > MAX_BODY {
                    return Err(EncodeError::RecordTooLong {
                        len: self.bytes.len(),
                    });
                }
                dst.reserve(self.encoded_len());
                write_prefix(dst, self.bytes.len());
                dst.extend_from_slice(self.bytes);
            }
        }
        Ok(())
    }

    /// How many bytes [`encode`](Self::encode) appends.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        match self.protocol {
            Protocol::Json => self.bytes.len() + 1,
            #[cfg(feature = "messagepack")]
            Protocol::MessagePack => prefix_len(self.bytes.len()) + self.bytes.len(),
        }
    }
}
