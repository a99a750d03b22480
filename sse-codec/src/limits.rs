/// How much a [`Decoder`](crate::Decoder) takes before it gives up on a block.
///
/// Both are checked while bytes arrive, before anything is copied, so a peer cannot make the
/// decoder hold more than about `max_line + 4 * max_event` bytes: a pending line, the event's
/// values, and U+FFFD in place of malformed bytes, which is three bytes for one.
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
