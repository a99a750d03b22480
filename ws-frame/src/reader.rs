//! What [`Decoder`](crate::Decoder), [`PartDecoder`](crate::PartDecoder) and
//! [`Assembler`](crate::Assembler) share: the frame at the front of the buffer, unmasked and
//! validated as far as it has arrived.

use core::ops::Range;

use bytes::{Buf, BytesMut};

use crate::{
    DecodeError, Head, Limits, Opcode, Role, mask,
    rules::{Parsed, Rules, Unfinished},
    utf8::Utf8,
};

#[derive(Debug)]
pub(crate) struct Reader {
    rules: Rules,
    /// The bytes at the front of the buffer that the last item covered.
    spent: usize,
    current: Option<Current>,
    unfinished: Option<Unfinished>,
    utf8: Utf8,
    end: Option<End>,
}

/// The frame at the front of the buffer.
#[derive(Clone, Copy, Debug)]
struct Current {
    head: Head,
    /// Where its payload starts in the buffer.
    start: usize,
    /// The payload bytes that were handed out and are no longer in the buffer.
    handed_out: usize,
    /// The payload bytes in the buffer that are unmasked and validated.
    ready: usize,
    /// The key of the first byte after those.
    key: [u8; 4],
    text: bool,
}

/// Why nothing more comes.
#[derive(Clone, Copy, Debug)]
enum End {
    Closed,
    Failed(DecodeError),
}

/// A frame as far as it has arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) head: Head,
    /// Whether it belongs to a text message that is not compressed.
    text: bool,
    /// Its payload in the buffer.
    pub(crate) payload: Range<usize>,
    /// How many payload bytes are still to come.
    pub(crate) remaining: usize,
}

impl Reader {
    pub(crate) fn new(role: Role, limits: Limits) -> Self {
        Self {
            rules: Rules {
                role,
                limits,
                rsv1: false,
            },
            spent: 0,
            current: None,
            unfinished: None,
            utf8: Utf8::default(),
            end: None,
        }
    }

    pub(crate) fn allow_rsv1(&mut self) {
        self.rules.rsv1 = true;
    }

    /// The next frame once it is complete; it leaves `src` at the next call.
    #[inline]
    pub(crate) fn frame(&mut self, src: &mut BytesMut) -> Result<Option<Arrived>, DecodeError> {
        let Some(arrived) = self.advance(src)? else {
            return Ok(None);
        };
        if arrived.remaining > 0 {
            return Ok(None);
        }
        self.finish_frame(&arrived);
        Ok(Some(arrived))
    }

    /// What is new of the next frame, or the whole frame if it is a control frame.
    pub(crate) fn part(&mut self, src: &mut BytesMut) -> Result<Option<Arrived>, DecodeError> {
        let Some(arrived) = self.advance(src)? else {
            return Ok(None);
        };
        if arrived.remaining == 0 {
            self.finish_frame(&arrived);
            return Ok(Some(arrived));
        }
        if arrived.head.opcode.is_control() || arrived.payload.is_empty() {
            return Ok(None);
        }
        if let Some(current) = &mut self.current {
            current.handed_out += arrived.payload.len();
            current.ready = 0;
            current.start = 0;
        }
        self.spent = arrived.payload.end;
        Ok(Some(arrived))
    }

    /// Whether the stream may end here.
    pub(crate) fn finish(&self, src: &BytesMut) -> Result<(), DecodeError> {
        match self.end {
            Some(End::Closed) => return Ok(()),
            Some(End::Failed(error)) => return Err(error),
            None => {}
        }
        if src.len() > self.spent || self.current.is_some() || self.unfinished.is_some() {
            return Err(DecodeError::UnexpectedEnd);
        }
        Ok(())
    }

    /// Makes `error` the answer from now on.
    pub(crate) fn fail(&mut self, error: DecodeError) -> DecodeError {
        self.end = Some(End::Failed(error));
        error
    }

    #[inline]
    fn advance(&mut self, src: &mut BytesMut) -> Result<Option<Arrived>, DecodeError> {
        if self.spent > 0 {
            src.advance(self.spent.min(src.len()));
            self.spent = 0;
        }
        match self.end {
            None => self.read(src).map_err(|error| self.fail(error)),
            Some(End::Closed) => {
                src.clear();
                Ok(None)
            }
            Some(End::Failed(error)) => Err(error),
        }
    }

    #[inline]
    fn read(&mut self, src: &mut [u8]) -> Result<Option<Arrived>, DecodeError> {
        let mut current = match self.current {
            Some(current) => current,
            None => match self.rules.parse(self.unfinished.as_ref(), src)? {
                Some(parsed) => self.start_frame(parsed),
                None => return Ok(None),
            },
        };
        let len = current.head.len - current.handed_out;
        let payload = src.get_mut(current.start..).unwrap_or_default();
        let there = payload.len().min(len);
        let fresh = payload.get_mut(current.ready..there).unwrap_or_default();

        let ascii = match self.rules.role {
            Role::Server => mask::apply(current.key, fresh),
            Role::Client => false,
        };
        if current.text && !(ascii && self.utf8.is_complete()) {
            self.utf8.push(fresh)?;
        }
        let remaining = len - there;
        if remaining == 0 && current.text && current.head.fin && !self.utf8.is_complete() {
            return Err(DecodeError::InvalidUtf8);
        }
        if remaining > 0 {
            current.key = mask::rotate(current.key, fresh.len());
            current.ready = there;
            self.current = Some(current);
        }
        let payload = current.start..current.start + there;
        Ok(Some(Arrived {
            head: current.head,
            text: current.text,
            payload,
            remaining,
        }))
    }

    #[inline]
    fn start_frame(&mut self, parsed: Parsed) -> Current {
        let Parsed { head, size, key } = parsed;
        let text = match head.opcode {
            Opcode::Text => !head.rsv1,
            Opcode::Continuation => self.unfinished.is_some_and(|unfinished| unfinished.text),
            _ => false,
        };
        Current {
            head,
            start: size,
            handed_out: 0,
            ready: 0,
            key,
            text,
        }
    }

    #[inline]
    fn finish_frame(&mut self, arrived: &Arrived) {
        let Head {
            fin, opcode, len, ..
        } = arrived.head;
        self.current = None;
        self.spent = arrived.payload.end;
        match opcode {
            //= https://www.rfc-editor.org/rfc/rfc6455#section-1.4
            //# after receiving a control frame indicating the connection should
            //# be closed, a peer discards any further data received.
            Opcode::Close => self.end = Some(End::Closed),
            Opcode::Ping | Opcode::Pong => {}
            _ if fin => self.unfinished = None,
            _ => {
                let (before, fragments) = self
                    .unfinished
                    .map_or((0, 0), |message| (message.len, message.fragments));
                // Both sums were held against their limits when the head was read.
                self.unfinished = Some(Unfinished {
                    text: arrived.text,
                    len: before + len,
                    fragments: fragments + 1,
                });
            }
        }
    }
}
