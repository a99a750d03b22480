//! Where an encoder writes: a buffer, or a count of what would be written.

use bytes::BytesMut;

/// Takes bytes one after the other.
pub trait Sink {
    /// Takes these bytes.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for BytesMut {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts, so that a length is always the length of what would be written.
pub(crate) struct Count(pub(crate) usize);

impl Sink for Count {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}
