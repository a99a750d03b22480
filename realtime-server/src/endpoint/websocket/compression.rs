use std::cell::RefCell;

use bytes::BytesMut;
use ws_frame::{
    EncodeError, Message,
    deflate::{Deflater, Direction, WindowBits},
};

/// How many sizes a window may have.
const SIZES: usize = (WindowBits::MAX.as_u8() - WindowBits::MIN.as_u8() + 1) as usize;

thread_local! {
    /// What was used on this thread, for each size of the window. A deflater that takes no context
    /// over belongs to no connection; all of them together hold less than 2 MiB.
    static DEFLATERS: RefCell<[Option<Deflater>; SIZES]> =
        const { RefCell::new([const { None }; SIZES]) };
}

/// How what is sent on one connection is compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compression {
    /// How far back a message may refer. No context is taken over.
    pub(super) window_bits: WindowBits,
    /// Messages of fewer bytes are not compressed.
    pub(super) threshold: usize,
}

impl Compression {
    /// Appends a data message.
    pub(super) fn encode(self, message: Message<'_>, dst: &mut BytesMut) {
        let payload = match message {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
            _ => &[],
        };
        let encoded = if payload.len() < self.threshold {
            message.encode(dst)
        } else {
            self.deflate(message, dst)
        };
        encoded.expect("a message fits into memory");
    }

    fn deflate(self, message: Message<'_>, dst: &mut BytesMut) -> Result<(), EncodeError> {
        let direction = Direction {
            context_takeover: false,
            window_bits: self.window_bits,
        };
        let size = usize::from(self.window_bits.as_u8() - WindowBits::MIN.as_u8());
        DEFLATERS.with_borrow_mut(|deflaters| match deflaters.get_mut(size) {
            Some(deflater) => deflater
                .get_or_insert_with(|| Deflater::new(direction, 0))
                .encode(message, dst),
            None => message.encode(dst),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_with_different_windows_do_not_rebuild_each_others_state() {
        let text = "again and ".repeat(100);
        for bits in [9, 15, 9, 15] {
            let compression = Compression {
                window_bits: WindowBits::new(bits).expect("in range"),
                threshold: 256,
            };
            let mut wire = BytesMut::new();
            compression.encode(Message::text(&text), &mut wire);
            assert_eq!(wire.first(), Some(&0xC1));
        }
        let kept = DEFLATERS.with_borrow(|deflaters| deflaters.iter().flatten().count());
        assert_eq!(kept, 2);
    }

    #[test]
    fn the_threshold_is_that_of_the_connection() {
        let text = "x".repeat(100);
        for (threshold, first) in [(100, 0xC1), (101, 0x81)] {
            let compression = Compression {
                window_bits: WindowBits::MAX,
                threshold,
            };
            let mut wire = BytesMut::new();
            compression.encode(Message::text(&text), &mut wire);
            assert_eq!(wire.first(), Some(&first), "{threshold}");
        }
    }
}
