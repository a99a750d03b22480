use alloc::{boxed::Box, vec::Vec};

use flate2::{Decompress, FlushDecompress, Status};

use super::Direction;
use crate::{DecodeError, utf8::Utf8};

/// The least and the most room that is made for the beginning of a message, in bytes. From there on it
/// doubles, up to the limit.
const STEP: (usize, usize) = (256, 16 * 1024);

/// What the sender of a message left out.
//= https://www.rfc-editor.org/rfc/rfc7692#section-7.2.2
//# Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the
//# payload of the message.
const TAIL: &[u8] = &[0x00, 0x00, 0xFF, 0xFF];

/// The same, and an empty block that ends the stream, which has to end there. A block that was cut
/// off takes these bytes for its own, and goes on.
const LAST_TAIL: &[u8] = &[0x00, 0x00, 0xFF, 0xFF, 0x03, 0x00];

/// Inflates the messages of a connection as they arrive.
#[derive(Debug)]
pub(crate) struct Inflater {
    context_takeover: bool,
    /// The longest message, inflated, in bytes.
    limit: usize,
    /// In a box, so that a connection that waits is small. Its window is the largest, whichever was
    /// agreed on: zlib compares a distance with a smaller one only where the bytes are no longer in
    /// the output, so that it would depend on the reads whether a message is refused.
    stream: Option<Box<Decompress>>,
    /// Whether a message has begun and not ended.
    under_way: bool,
    /// Whether the stream of the message under way was ended by a final block.
    ended: bool,
    utf8: Utf8,
}

impl Inflater {
    pub(crate) fn new(direction: Direction, limit: usize) -> Self {
        Self {
            context_takeover: direction.context_takeover,
            limit,
            stream: None,
            under_way: false,
            ended: false,
            utf8: Utf8::default(),
        }
    }

    /// Appends what the next piece of a message inflates to to `message`, which nothing else fills.
    pub(crate) fn push(
        &mut self,
        piece: &[u8],
        last: bool,
        text: bool,
        message: &mut Vec<u8>,
    ) -> Result<(), DecodeError> {
        self.under_way |= !piece.is_empty();
        self.inflate(piece, text, message)?;
        // What compresses to nothing is no DEFLATE stream, but what zlib makes of an empty message
        // when it has just been flushed; senders that do not know of that send it.
        if !last || !self.under_way {
            return Ok(());
        }
        if self.context_takeover {
            self.inflate(TAIL, text, message)?;
        } else {
            self.inflate(LAST_TAIL, text, message)?;
            if !self.ended {
                return Err(DecodeError::InvalidDeflate);
            }
        }
        if text && !self.utf8.is_complete() {
            return Err(DecodeError::InvalidUtf8);
        }
        if let Some(stream) = &mut self.stream {
            if self.ended || !self.context_takeover {
                stream.reset(false);
            }
        }
        self.under_way = false;
        self.ended = false;
        Ok(())
    }

    /// Gives memory back that no later message depends on.
    pub(crate) fn rest(&mut self) {
        if !self.under_way && !self.context_takeover {
            self.stream = None;
        }
    }

    fn inflate(
        &mut self,
        mut piece: &[u8],
        text: bool,
        message: &mut Vec<u8>,
    ) -> Result<(), DecodeError> {
        let stream = self
            .stream
            .get_or_insert_with(|| Box::new(Decompress::new(false)));
        // What follows a final block is dropped.
        while !self.ended {
            let start = message.len();
            make_room(message, piece.len(), self.limit);
            let read = stream.total_in();
            let status = stream.decompress_vec(piece, message, FlushDecompress::Sync);
            let read = progress(read, stream.total_in());
            let written = message.len() - start;
            if message.len() > self.limit {
                return Err(DecodeError::MessageTooLarge { limit: self.limit });
            }
            if text {
                self.utf8.push(message.get(start..).unwrap_or_default())?;
            }
            piece = piece.get(read..).unwrap_or_default();
            match status {
                //= https://www.rfc-editor.org/rfc/rfc7692#section-7.2.3.4
                //# On platforms on which the flush method using an empty DEFLATE block
                //# with no compression is not available, implementors can choose to
                //# flush data using DEFLATE blocks with "BFINAL" set to 1.
                Ok(Status::StreamEnd) => self.ended = true,
                // With room left the stream has said all it could.
                Ok(_) if piece.is_empty() && message.len() < message.capacity() => return Ok(()),
                Ok(_) if read > 0 || written > 0 => {}
                _ => return Err(DecodeError::InvalidDeflate),
            }
        }
        Ok(())
    }
}

/// Makes room for what `len` bytes may inflate to, unless there is some: as a vector grows by itself,
/// but not beyond one byte more than there may be, which shows that the limit is passed.
fn make_room(message: &mut Vec<u8>, len: usize, limit: usize) {
    let there = message.len();
    if there < message.capacity() {
        return;
    }
    let step = len.saturating_mul(4).clamp(STEP.0, STEP.1);
    let most = limit.saturating_add(1).saturating_sub(there);
    message.reserve_exact(step.max(there).min(most));
}

/// How far a counter went in one step, which is never further than a buffer is long.
fn progress(before: u64, after: u64) -> usize {
    usize::try_from(after - before).unwrap_or(usize::MAX)
}
