/// What a peer may make us hold (RFC 6455 section 10.4). Every limit is checked on what a frame's head declares, before any
/// of the payload is kept; a compressed message also while it is inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest payload of one data frame, in bytes: 16 MiB by default. Control frames hold at
    /// most 125 bytes and are not judged by it.
    pub max_frame: usize,
    /// The longest message over all its frames, in bytes: 64 MiB by default. It bounds what is on
    /// the wire and what that inflates to, each by itself.
    pub max_message: usize,
    /// The most frames one message may come in, empty ones included: 131 072 by default.
    pub max_fragments: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_frame: 16 << 20,
            max_message: 64 << 20,
            max_fragments: 1 << 17,
        }
    }
}
