/// How much a [`Decoder`](crate::Decoder) takes before it gives up on a block.
///
/// Both are checked while bytes arrive, before anything is copied, so what a decoder holds is bounded
/// by a small multiple of their sum, whatever the peer sends. (The multiple is there because buffers
/// are kept for the next event, and because U+FFFD takes three bytes for one that is malformed.)
///
/// ```
/// let mut limits = sse_codec::Limits::default();
/// limits.max_event = 64 * 1024;
/// assert_eq!(limits.max_line, 1024 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Longest line in bytes, without its line end; 1 MiB unless told otherwise.
    ///
    /// Lines that are ignored anyway (unknown fields, and comments unless asked for) are dropped
    /// as they arrive and may be of any length.
    pub max_line: usize,
    /// Largest event in bytes; 1 MiB unless told otherwise.
    ///
    /// Counted are the values of `data` with the line feeds between them, of `event` and of `id`.
    pub max_event: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_line: 1024 * 1024,
            max_event: 1024 * 1024,
        }
    }
}
