use alloc::vec::Vec;
use core::ops::Range;

use bytes::BytesMut;

use crate::{Close, DecodeError, Limits, Message, Opcode, Role, Text, reader::Reader};

/// Takes messages out of a buffer, control frames in between included.
///
/// A message in one frame is borrowed from the buffer; only the frames of a fragmented message are
/// copied together, into memory that grows with what arrived and is given back once the message was
/// delivered and no other is waiting.
#[derive(Debug)]
pub struct Assembler {
    reader: Reader,
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
            fragments: Vec::new(),
            kind: Opcode::Binary,
            delivered: false,
        }
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
        let (opcode, place) = loop {
            let Some(arrived) = self.reader.frame(src)? else {
                if self.fragments.is_empty() {
                    self.fragments = Vec::new();
                }
                return Ok(None);
            };
            let (opcode, fin) = (arrived.head.opcode, arrived.head.fin);
            if fin && opcode != Opcode::Continuation {
                break (opcode, Place::Buffer(arrived.payload));
            }
            //= https://www.rfc-editor.org/rfc/rfc6455#section-5.4
            //# As a consequence of these rules, all fragments of a message are of
            //# the same type, as set by the first fragment's opcode.
            if opcode != Opcode::Continuation {
                self.kind = opcode;
            }
            self.fragments
                .extend_from_slice(src.get(arrived.payload).unwrap_or_default());
            if fin {
                self.delivered = true;
                break (self.kind, Place::Fragments);
            }
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

    /// Whether the stream may end here.
    ///
    /// # Errors
    /// [`DecodeError::UnexpectedEnd`] within a message, and the error of an assembler that failed.
    /// Whether the closing handshake took place is [`CloseState`](crate::CloseState)'s to say.
    pub fn finish(&self, src: &BytesMut) -> Result<(), DecodeError> {
        self.reader.finish(src)
    }
}
