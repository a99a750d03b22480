use alloc::vec::Vec;
use core::ops::Range;

use bytes::BytesMut;

use crate::{Close, DecodeError, Limits, Message, Opcode, Role, Text, reader::Reader};
#[cfg(feature = "deflate")]
use crate::{
    deflate::{Inflater, Params},
    reader::Arrived,
};

/// Takes messages out of a buffer, control frames in between included.
///
/// A message in one frame is borrowed from the buffer; only the frames of a fragmented message are
/// copied together, and compressed messages inflated, into memory that grows with what arrived and
/// is given back once the message was delivered and no other is waiting.
#[derive(Debug)]
pub struct Assembler {
    reader: Reader,
    #[cfg(feature = "deflate")]
    inflater: Option<Inflater>,
    /// What is there of a message that is not taken from the buffer.
    fragments: Vec<u8>,
    /// The type of the message in `fragments`, as set by its first frame.
    kind: Opcode,
    /// Whether the message in `fragments` was handed out.
    delivered: bool,
}

/// Where the payload of a message lies.
enum Place {
    Buffer(Range<usize>),
    Fragments,
}

impl Assembler {
    /// An assembler for what `role` receives.
    #[must_use]
    pub fn new(role: Role, limits: Limits) -> Self {
        let reader = Reader::new(role, limits);
        Self {
            reader,
            #[cfg(feature = "deflate")]
            inflater: None,
            fragments: Vec::new(),
            kind: Opcode::Binary,
            delivered: false,
        }
    }

    /// Says that permessage-deflate was agreed on: compressed messages are inflated as they arrive,
    /// and come out like any other.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn with_deflate(mut self, agreed: Params) -> Self {
        let direction = agreed.received_by(self.reader.role());
        let limit = self.reader.limits().max_message;
        self.reader.inflate_in_parts();
        self.inflater = Some(Inflater::new(direction, limit));
        self
    }

    /// Takes the next message out of `src`; `Ok(None)` asks for more bytes.
    ///
    /// Between two calls `src` may only be appended to. What the message covered leaves `src` at
    /// the next call; after a close message everything does.
    ///
    /// # Errors
    /// A [`DecodeError`] at the first byte that breaks a rule, and again at every later call.
    #[inline]
    pub fn decode<'a>(
        &'a mut self,
        src: &'a mut BytesMut,
    ) -> Result<Option<Message<'a>>, DecodeError> {
        if self.delivered {
            self.fragments.clear();
            self.delivered = false;
        }
        if let Some(whole) = self.reader.whole(src)? {
            let payload = src.get(whole.payload).unwrap_or_default();
            return Ok(Some(if whole.text {
                Message::Text(Text::validated(payload))
            } else {
                Message::Binary(payload)
            }));
        }
        let Some((opcode, place)) = self.assemble(src)? else {
            return Ok(None);
        };
        let payload = match place {
            Place::Buffer(range) => src.get(range).unwrap_or_default(),
            Place::Fragments => &self.fragments,
        };
        Ok(Some(match opcode {
            Opcode::Text => Message::Text(Text::validated(payload)),
            Opcode::Binary | Opcode::Continuation => Message::Binary(payload),
            Opcode::Ping => Message::Ping(payload),
            Opcode::Pong => Message::Pong(payload),
            Opcode::Close => match Close::parse(payload) {
                Ok(close) => Message::Close(close),
                Err(error) => return Err(self.reader.fail(error)),
            },
        }))
    }

    /// Any message that is not one frame that has all arrived; out of line, so that `decode` stays
    /// small.
    #[inline(never)]
    fn assemble(&mut self, src: &mut BytesMut) -> Result<Option<(Opcode, Place)>, DecodeError> {
        loop {
            let Some(arrived) = self.reader.frame(src)? else {
                self.rest();
                return Ok(None);
            };
            let head = arrived.head;
            if head.fin && !arrived.compressed && head.opcode != Opcode::Continuation {
                return Ok(Some((head.opcode, Place::Buffer(arrived.payload))));
            }
            //= https://www.rfc-editor.org/rfc/rfc6455#section-5.4
            //# As a consequence of these rules, all fragments of a message are of
            //# the same type, as set by the first fragment's opcode.
            if head.opcode != Opcode::Continuation {
                self.kind = head.opcode;
            }
            let last = head.fin && arrived.remaining == 0;
            #[cfg(feature = "deflate")]
            if arrived.compressed {
                self.inflate(src, &arrived, last)?;
            }
            if !arrived.compressed {
                self.fragments
                    .extend_from_slice(src.get(arrived.payload).unwrap_or_default());
            }
            if last {
                self.delivered = true;
                return Ok(Some((self.kind, Place::Fragments)));
            }
        }
    }

    /// Adds what a piece of a compressed frame inflates to to `fragments`.
    #[cfg(feature = "deflate")]
    #[inline(never)]
    fn inflate(
        &mut self,
        src: &BytesMut,
        arrived: &Arrived,
        last: bool,
    ) -> Result<(), DecodeError> {
        let Some(inflater) = &mut self.inflater else {
            return Ok(());
        };
        let piece = src.get(arrived.payload.clone()).unwrap_or_default();
        let text = self.kind == Opcode::Text;
        inflater
            .push(piece, last, text, &mut self.fragments)
            .map_err(|error| self.reader.fail(error))
    }

    /// Gives memory back if no message is under way.
    #[inline]
    fn rest(&mut self) {
        if self.fragments.is_empty() {
            self.fragments = Vec::new();
        }
        #[cfg(feature = "deflate")]
        if let Some(inflater) = &mut self.inflater {
            inflater.rest();
        }
    }

    /// Whether the stream may end here.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`] within a message, and the error of an assembler that failed.
    /// Whether the closing handshake took place is [`CloseState`](crate::CloseState)'s to say.
    pub fn finish(&self, src: &BytesMut) -> Result<(), DecodeError> {
        self.reader.finish(src)
    }
}
