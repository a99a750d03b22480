//! What a peer may make the decoder hold.

/// Bounds on what a peer may send.
///
/// ```
/// let mut limits = signalr_protocol::Limits::default();
/// limits.max_record = 1_024;
/// assert_eq!(limits.max_record, 1_024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest record in bytes, counted with its framing: the separator, or the length prefix.
    /// 32 768 by default, which is the `MaximumReceiveMessageSize` of ASP.NET Core.
    pub max_record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_record: 32_768 }
    }
}
