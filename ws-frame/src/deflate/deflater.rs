use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};
use flate2::{Compress, Compression, FlushCompress};

use super::Direction;
use crate::{EncodeError, Frame, Message, Opcode};

/// Room for the end of a stream, so that it comes in one piece and only once.
const ROOM: usize = 64;

/// The largest buffer that is kept for the next message, in bytes.
const KEPT: usize = 64 * 1024;

/// What a message leaves out.
//= https://www.rfc-editor.org/rfc/rfc7692#section-7.2.1
//# Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end.
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// Compresses messages that are sent.
///
/// With context takeover it belongs to one connection and every message it compressed has to be
/// sent there, in this order. Without, it belongs to no connection: a message may be sent on every
/// one whose agreed [`Direction`] takes no context over either and has as many window bits or more,
/// so that [`to_bytes`](Self::to_bytes) compresses a broadcast once.
///
/// Pings, pongs and close frames, and messages shorter than the threshold, are sent as they are.
#[derive(Debug)]
pub struct Deflater {
    context_takeover: bool,
    threshold: usize,
    stream: Compress,
    compressed: Vec<u8>,
}

impl Deflater {
    /// A deflater for what is sent in one direction. Messages of fewer than `threshold` bytes are
    /// not compressed; 256 is a good one without context takeover, 32 with it.
    ///
    /// It takes zlib's fastest level, which for short messages is nearly as good as the others.
    #[must_use]
    pub fn new(direction: Direction, threshold: usize) -> Self {
        let bits = direction.window_bits.as_u8();
        Self {
            context_takeover: direction.context_takeover,
            threshold,
            stream: Compress::new_with_window_bits(Compression::fast(), false, bits),
            compressed: Vec::new(),
        }
    }

    /// Appends the message as a server sends it.
    ///
    /// # Errors
    /// [`EncodeError::ControlTooLong`] for a ping or pong of more than 125 bytes; `dst` is then as
    /// before.
    pub fn encode(&mut self, message: Message<'_>, dst: &mut BytesMut) -> Result<(), EncodeError> {
        let encoded = message.with_frame(|frame| self.compress(frame).encode(dst));
        self.rest();
        encoded
    }

    /// Appends the message as a client sends it, masked with `key`; see
    /// [`Frame::encode_masked`] for what a key must be.
    ///
    /// # Errors
    /// [`EncodeError::ControlTooLong`] for a ping or pong of more than 125 bytes; `dst` is then as
    /// before.
    pub fn encode_masked(
        &mut self,
        message: Message<'_>,
        key: [u8; 4],
        dst: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        let encoded = message.with_frame(|frame| self.compress(frame).encode_masked(key, dst));
        self.rest();
        encoded
    }

    /// The message as a server sends it, in a buffer of its own: a broadcast, if no context is
    /// taken over.
    ///
    /// # Errors
    /// [`EncodeError::ControlTooLong`] for a ping or pong of more than 125 bytes.
    pub fn to_bytes(&mut self, message: Message<'_>) -> Result<Bytes, EncodeError> {
        let encoded = message.with_frame(|frame| self.compress(frame).to_bytes());
        self.rest();
        encoded
    }

    /// Gives the buffer of a long message back.
    fn rest(&mut self) {
        if self.compressed.capacity() > KEPT {
            self.compressed = Vec::new();
        }
    }

    /// The frame with its payload compressed, if that is of use.
    fn compress<'a>(&'a mut self, frame: Frame<'a>) -> Frame<'a> {
        let Frame {
            opcode, payload, ..
        } = frame;
        // An empty message leaves nothing to flush.
        let worth_it = payload.len() >= self.threshold.max(1);
        if !worth_it || !matches!(opcode, Opcode::Text | Opcode::Binary) {
            return frame;
        }
        if !self.context_takeover {
            self.stream.reset();
        }
        self.compressed.clear();
        let Some(compressed) = deflate(&mut self.stream, payload, &mut self.compressed) else {
            return frame;
        };
        // What entered the context has to be sent as it entered.
        if !self.context_takeover && compressed.len() >= payload.len() {
            return frame;
        }
        Frame {
            fin: true,
            rsv1: true,
            opcode,
            payload: compressed,
        }
    }
}

/// Compresses `payload` to the end of a block that is aligned to a byte.
fn deflate<'a>(
    stream: &mut Compress,
    mut payload: &[u8],
    out: &'a mut Vec<u8>,
) -> Option<&'a [u8]> {
    loop {
        out.reserve(payload.len() / 2 + ROOM);
        let before = stream.total_in();
        // The one error is a stream that was ended, and none is.
        stream
            .compress_vec(payload, out, FlushCompress::Sync)
            .ok()?;
        let read = usize::try_from(stream.total_in() - before).ok()?;
        payload = payload.get(read..).unwrap_or_default();
        // With room left all is flushed; asking again would flush twice.
        if payload.is_empty() && out.len() < out.capacity() {
            return out.strip_suffix(&TAIL);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn the_buffer_of_a_long_message_is_not_kept() {
        let mut deflater = Deflater::new(Direction::default(), 1);
        let mut wire = BytesMut::new();
        for len in [1000, 1 << 20] {
            let bytes = vec![0; len];
            let message = Message::Binary(&bytes);
            assert_eq!(deflater.encode(message, &mut wire), Ok(()));
            assert!(deflater.compressed.capacity() <= KEPT, "{len}");
            assert_eq!(deflater.encode_masked(message, [1; 4], &mut wire), Ok(()));
            assert!(deflater.compressed.capacity() <= KEPT, "{len}, masked");
            assert!(deflater.to_bytes(message).is_ok());
            assert!(deflater.compressed.capacity() <= KEPT, "{len}, by itself");
        }
    }
}
