//! What [`Decoder`](crate::Decoder), [`PartDecoder`](crate::PartDecoder) and
//! [`Assembler`](crate::Assembler) share: the frame at the front of the buffer, unmasked and
//! validated as far as it has arrived.

use core::ops::Range;

use bytes::{Buf, BytesMut};

use crate::{
    DecodeError, Head, Limits, Opcode, Role, mask,
    payload::{Payloads, Piece},
    rules::{Parsed, Rules, Unfinished},
};

#[derive(Debug)]
pub(crate) struct Reader {
    rules: Rules,
    /// The least length that does not take the short way through [`whole`](Self::whole): 0 while a
    /// frame or a message is under way and after the end.
    whole_below: usize,
    /// The bytes at the front of the buffer that the last item covered.
    spent: usize,
    current: Option<Current>,
    unfinished: Option<Unfinished>,
    payloads: Payloads,
    end: Option<End>,
    /// Whether `frame` hands out the frames of compressed messages in parts.
    compressed_in_parts: bool,
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
    compressed: bool,
}

/// Why nothing more comes.
#[derive(Clone, Copy, Debug)]
enum End {
    Closed,
    Failed(DecodeError),
}

/// A message in one frame, all of it.
pub(crate) struct Whole {
    pub(crate) text: bool,
    /// Its payload in the buffer.
    pub(crate) payload: Range<usize>,
}

/// A frame as far as it has arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) head: Head,
    /// Whether it belongs to a text message that is not compressed.
    text: bool,
    /// Whether it belongs to a message that is compressed.
    pub(crate) compressed: bool,
    /// Its payload in the buffer.
    pub(crate) payload: Range<usize>,
    /// How many payload bytes are still to come.
    pub(crate) remaining: usize,
}

impl Reader {
    pub(crate) fn new(role: Role, limits: Limits) -> Self {
        let rules = Rules::new(role, limits);
        Self {
            rules,
            whole_below: rules.whole_below,
            spent: 0,
            current: None,
            unfinished: None,
            payloads: Payloads::default(),
            end: None,
            compressed_in_parts: false,
        }
    }

    pub(crate) fn allow_rsv1(&mut self) {
        self.rules.rsv1 = true;
    }

    /// Lets RSV1 through and hands compressed messages out as they arrive.
    #[cfg(feature = "deflate")]
    pub(crate) fn inflate_in_parts(&mut self) {
        self.rules.rsv1 = true;
        self.compressed_in_parts = true;
    }

    #[cfg(feature = "deflate")]
    pub(crate) fn role(&self) -> Role {
        self.rules.role
    }

    #[cfg(feature = "deflate")]
    pub(crate) fn limits(&self) -> Limits {
        self.rules.limits
    }

    /// The next frame if it is a message by itself and has all arrived, which is what most traffic
    /// is; `None` leaves it to [`frame`](Self::frame). It leaves `src` at the next call.
    #[expect(
        clippy::inline_always,
        reason = "a 16-byte frame takes 6 ns instead of 9"
    )]
    #[inline(always)]
    pub(crate) fn whole(&mut self, src: &mut BytesMut) -> Result<Option<Whole>, DecodeError> {
        let spent = self.release(src);
        let Some(parsed) = self.rules.parse_whole(src, self.whole_below) else {
            rewind(src, spent);
            return Ok(None);
        };
        let Parsed { head, size, key } = parsed;
        let payload = size..size + head.len;
        let fresh = src.get_mut(payload.clone()).unwrap_or_default();
        let text = head.opcode == Opcode::Text;
        let piece = if text { Piece::TextEnd } else { Piece::Bytes };
        if let Err(error) = self.payloads.receive(self.rules.role, key, fresh, piece) {
            return Err(self.fail(error));
        }
        self.spent = payload.end;
        Ok(Some(Whole { text, payload }))
    }

    /// The next frame once it is complete, or what is there of a compressed one; it leaves `src` at
    /// the next call. Out of line, so that what calls [`whole`](Self::whole) first stays small.
    #[inline(never)]
    pub(crate) fn frame(&mut self, src: &mut BytesMut) -> Result<Option<Arrived>, DecodeError> {
        let spent = self.release(src);
        rewind(src, spent);
        let Some(arrived) = self.advance(src)? else {
            return Ok(None);
        };
        if arrived.remaining == 0 {
            self.finish_frame(&arrived);
            return Ok(Some(arrived));
        }
        if arrived.compressed && self.compressed_in_parts {
            return Ok(self.hand_out(arrived));
        }
        Ok(None)
    }

    /// What is new of the next frame, or the whole frame if it is a control frame.
    pub(crate) fn part(&mut self, src: &mut BytesMut) -> Result<Option<Arrived>, DecodeError> {
        let spent = self.release(src);
        rewind(src, spent);
        let Some(arrived) = self.advance(src)? else {
            return Ok(None);
        };
        if arrived.remaining == 0 {
            self.finish_frame(&arrived);
            return Ok(Some(arrived));
        }
        if arrived.head.opcode.is_control() {
            return Ok(None);
        }
        Ok(self.hand_out(arrived))
    }

    /// Hands out what is there of a frame that goes on.
    fn hand_out(&mut self, arrived: Arrived) -> Option<Arrived> {
        if arrived.payload.is_empty() {
            return None;
        }
        if let Some(current) = &mut self.current {
            current.handed_out += arrived.payload.len();
            current.ready = 0;
            current.start = 0;
        }
        self.spent = arrived.payload.end;
        Some(arrived)
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
        self.whole_below = 0;
        self.end = Some(End::Failed(error));
        error
    }

    /// Drops what the last item covered and says how much that was.
    #[inline]
    fn release(&mut self, src: &mut BytesMut) -> usize {
        let spent = self.spent;
        if spent > 0 {
            src.advance(spent.min(src.len()));
            self.spent = 0;
        }
        spent
    }

    fn advance(&mut self, src: &mut BytesMut) -> Result<Option<Arrived>, DecodeError> {
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

        let remaining = len - there;
        let piece = match (current.text, remaining == 0 && current.head.fin) {
            (false, _) => Piece::Bytes,
            (true, false) => Piece::Text,
            (true, true) => Piece::TextEnd,
        };
        self.payloads
            .receive(self.rules.role, current.key, fresh, piece)?;
        if remaining > 0 {
            current.key = mask::rotate(current.key, fresh.len());
            current.ready = there;
            self.current = Some(current);
            self.whole_below = 0;
        }
        let payload = current.start..current.start + there;
        Ok(Some(Arrived {
            head: current.head,
            text: current.text,
            compressed: current.compressed,
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
        let compressed = head.rsv1
            || (head.opcode == Opcode::Continuation
                && self
                    .unfinished
                    .is_some_and(|unfinished| unfinished.compressed));
        Current {
            head,
            start: size,
            handed_out: 0,
            ready: 0,
            key,
            text,
            compressed,
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
                    compressed: arrived.compressed,
                    len: before + len,
                    fragments: fragments + 1,
                });
            }
        }
        self.whole_below = match (self.unfinished, self.end) {
            (None, None) => self.rules.whole_below,
            _ => 0,
        };
    }
}

/// Moves what is left in a buffer back to the front of its memory if it is little beside the `spent`
/// bytes before it: what is read next finds room there, and in the processor's cache, instead of
/// walking on to the end and being moved from there.
#[inline(never)]
fn rewind(src: &mut BytesMut, spent: usize) {
    if spent > 0 && src.len() <= spent / 4 {
        // More than there is behind the front makes it look in front of it; if the memory is shared
        // the buffer stays where it is.
        let _ = src.try_reclaim(src.capacity() + 1);
    }
}
