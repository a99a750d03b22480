//! Cutting a byte stream into records.

use bytes::{Buf, BytesMut};
use memchr::memchr;

#[cfg(feature = "messagepack")]
use crate::messagepack::{Prefix, read_prefix};
use crate::{DecodeError, Limits, Protocol, Record, record::SEPARATOR};

/// Cuts what a transport delivers into [`Record`]s.
///
/// It begins with the framing of the handshake; [`set_protocol`](Self::set_protocol) switches to
/// that of the protocol agreed on. The bytes behind a handshake in the same buffer stay in it.
///
/// ```
/// use bytes::BytesMut;
/// use signalr_protocol::{Decoder, Limits};
///
/// let mut decoder = Decoder::new(Limits::default());
/// let mut src = BytesMut::from("{\"type\":6}\u{1e}{\"ty");
/// let record = decoder.decode(&mut src)?.unwrap();
/// assert_eq!(record.as_bytes(), b"{\"type\":6}");
/// assert_eq!(decoder.decode(&mut src)?, None);
/// # Ok::<(), signalr_protocol::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    limits: Limits,
    protocol: Protocol,
    /// Bytes at the front of `src` that are known to hold no separator.
    searched: usize,
    /// Bytes at the front of `src` that the last record covered.
    taken: usize,
    failed: Option<DecodeError>,
}

impl Decoder {
    /// A decoder at the start of a connection: it expects a handshake.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            protocol: Protocol::Json,
            searched: 0,
            taken: 0,
            failed: None,
        }
    }

    /// Takes the records that follow in the framing of `protocol`.
    pub const fn set_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
        self.searched = 0;
    }

    /// Takes the next record out of `src`; `Ok(None)` asks for more bytes.
    ///
    /// Call it until `None`, and between calls only append to `src`. What a record covered leaves
    /// `src` at the next call. No byte is searched twice; a length prefix, of up to five bytes, may
    /// be read again.
    ///
    /// # Errors
    /// [`DecodeError::RecordTooLarge`] as soon as no record within the limit can come of what is in
    /// `src`, however it was cut; of MessagePack also `LengthPrefix`. From then on every call
    /// repeats the error.
    pub fn decode<'a>(&mut self, src: &'a mut BytesMut) -> Result<Option<Record<'a>>, DecodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        src.advance(self.taken.min(src.len()));
        self.taken = 0;
        let found = match self.protocol {
            Protocol::Json => self.find_separated(src),
            #[cfg(feature = "messagepack")]
            Protocol::MessagePack => self.find_prefixed(src),
        };
        let Some(found) = found.inspect_err(|error| self.failed = Some(*error))? else {
            return Ok(None);
        };
        self.searched = 0;
        self.taken = found.end;
        let bytes = src.get(found.start..found.body_end).unwrap_or_default();
        Ok(Some(Record::new(self.protocol, bytes)))
    }

    /// Whether the stream may end here.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if `src` holds the beginning of a record, or the error that
    /// [`decode`](Self::decode) gave before.
    pub fn finish(&self, src: &BytesMut) -> Result<(), DecodeError> {
        match self.failed {
            Some(error) => Err(error),
            None if src.len() > self.taken => Err(DecodeError::Truncated),
            None => Ok(()),
        }
    }

    fn find_separated(&mut self, src: &[u8]) -> Result<Option<Frame>, DecodeError> {
        let max = self.limits.max_record;
        let window = src.get(..max).unwrap_or(src);
        let fresh = window.get(self.searched..).unwrap_or_default();
        if let Some(at) = memchr(SEPARATOR, fresh) {
            let body_end = self.searched + at;
            return Ok(Some(Frame {
                start: 0,
                body_end,
                end: body_end + 1,
            }));
        }
        if src.len() >= max {
            return Err(DecodeError::RecordTooLarge { limit: max });
        }
        self.searched = src.len();
        Ok(None)
    }

    #[cfg(feature = "messagepack")]
    fn find_prefixed(&self, src: &[u8]) -> Result<Option<Frame>, DecodeError> {
        let limit = self.limits.max_record;
        // A prefix that does not fit must be the same error however it was cut.
        let window = src.get(..limit).unwrap_or(src);
        let (start, end) = match read_prefix(window) {
            Prefix::Complete {
                prefix_len,
                body_len,
            } => (prefix_len, prefix_len.saturating_add(body_len)),
            // At least one more byte of the prefix will come.
            Prefix::Incomplete => (window.len(), window.len() + 1),
            Prefix::TooLong => return Err(DecodeError::LengthPrefix),
        };
        if end > limit {
            return Err(DecodeError::RecordTooLarge { limit });
        }
        Ok((end <= src.len()).then_some(Frame {
            start,
            body_end: end,
            end,
        }))
    }
}

/// Where a record lies in the buffer; `end` counts its framing.
struct Frame {
    start: usize,
    body_end: usize,
    end: usize,
}
