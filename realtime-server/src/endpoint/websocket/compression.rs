use std::cell::RefCell;

use bytes::BytesMut;
use ws_frame::{
    Message,
    deflate::{Deflater, Direction},
};

thread_local! {
    /// What was used last on this thread. A deflater that takes no context over belongs to no
    /// connection, and almost all connections agree on the same.
    static LAST: RefCell<Option<(Compression, Deflater)>> = const { RefCell::new(None) };
}

/// How what is sent on one connection is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compression {
    /// It takes no context over.
    pub(super) direction: Direction,
    /// Messages of fewer bytes are not compressed.
    pub(super) threshold: usize,
}

impl Compression {
    /// Appends a data message.
    pub(super) fn encode(self, message: Message<'_>, dst: &mut BytesMut) {
        let encoded = LAST.with_borrow_mut(|last| {
            let fresh = || (self, Deflater::new(self.direction, self.threshold));
            let (of, deflater) = last.get_or_insert_with(fresh);
            if *of != self {
                (*of, *deflater) = fresh();
            }
            deflater.encode(message, dst)
        });
        encoded.expect("a message fits into memory");
    }
}
