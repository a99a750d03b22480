use std::{error, fmt, io};

use bytes::BytesMut;
use tokio_util::codec;

use crate::{DecodeError, Decoder, EncodeError, Event, EventRef, Item, Limits};

/// Decodes and encodes for `FramedRead`, `FramedWrite` and `Framed` of tokio-util.
///
/// It decodes [`Event`]s; control blocks and comments are not told, and what they set is read from
/// the [`decoder`](Self::decoder). It encodes every [`Item`] and [`Event`].
///
/// `FramedRead` ends after an error, here after an event that is over a limit, as it does for every
/// codec. Polled on after that `None`, it goes on with the next event.
#[derive(Debug, Clone)]
pub struct EventCodec {
    decoder: Decoder,
}

impl EventCodec {
    /// A codec with a decoder that is new, or that an earlier connection left.
    #[must_use]
    pub const fn new(decoder: Decoder) -> Self {
        Self { decoder }
    }

    /// The decoder, which knows the last event ID and the reconnection time.
    #[must_use]
    pub const fn decoder(&self) -> &Decoder {
        &self.decoder
    }
}

impl Default for EventCodec {
    /// A codec at the start of a stream, with the default limits.
    fn default() -> Self {
        Self::new(Decoder::new(Limits::default()))
    }
}

impl codec::Decoder for EventCodec {
    type Item = Event;
    type Error = CodecError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Event>, CodecError> {
        loop {
            match self.decoder.decode(src).map_err(CodecError::Decode)? {
                Some(Item::Event(event)) => return Ok(Some(event.into_owned())),
                Some(Item::Control(_) | Item::Comment(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// Gives the events that are whole, then drops what is left: a stream may end anywhere.
    fn decode_eof(&mut self, src: &mut BytesMut) -> Result<Option<Event>, CodecError> {
        let event = self.decode(src)?;
        if event.is_none() {
            self.decoder.finish(src);
        }
        Ok(event)
    }
}

impl codec::Encoder<Item<'_>> for EventCodec {
    type Error = CodecError;

    fn encode(&mut self, item: Item<'_>, dst: &mut BytesMut) -> Result<(), CodecError> {
        item.encode(dst).map_err(CodecError::Encode)
    }
}

impl codec::Encoder<Event> for EventCodec {
    type Error = CodecError;

    fn encode(&mut self, event: Event, dst: &mut BytesMut) -> Result<(), CodecError> {
        EventRef::from(&event)
            .encode(dst)
            .map_err(CodecError::Encode)
    }
}

/// Why an [`EventCodec`] failed, or the reader or writer that it works for.
#[derive(Debug)]
#[non_exhaustive]
pub enum CodecError {
    /// Reading or writing failed.
    Io(io::Error),
    /// An event is over a limit and was dropped.
    Decode(DecodeError),
    /// The event type or the id cannot be carried.
    Encode(EncodeError),
}

impl From<io::Error> for CodecError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => f.write_str("reading or writing failed"),
            Self::Decode(_) => f.write_str("an event was dropped"),
            Self::Encode(_) => f.write_str("event cannot be written"),
        }
    }
}

impl error::Error for CodecError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Decode(error) => Some(error),
            Self::Encode(error) => Some(error),
        }
    }
}
