use std::time::Duration;

/// Limits and time-outs of HTTP/2 connections, beside those of HTTP as a whole.
///
/// All sizes are in bytes. The list of header fields may be as large as a head of HTTP/1.1,
/// [`max_head`](super::HttpConfig::max_head).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Http2Config {
    /// Streams at the same time on one connection: 100, the least that RFC 9113 section 6.5.2
    /// recommends. Beyond it: the stream is refused.
    pub max_concurrent_streams: u32,
    /// What may come of a body before it is read: 64 KiB.
    pub stream_window: u32,
    /// What may come of all bodies of a connection before they are read: 256 KiB.
    pub connection_window: u32,
    /// What is kept of an answer for a connection that is busy: 64 KiB. The source of a stream is
    /// not asked for more meanwhile.
    pub max_send_buffer: usize,
    /// Streams that a client has reset before we saw them, at the same time: 20. Beyond it the
    /// connection ends with `ENHANCE_YOUR_CALM`.
    pub max_pending_resets: usize,
    /// Streams of one connection that we reset because the client broke the protocol: 100. Beyond
    /// it the connection ends with `ENHANCE_YOUR_CALM`.
    pub max_error_resets: usize,
    /// Bytes that a client may send besides those eight for each that is part of a request or an
    /// answer: 4 MiB. Beyond it the connection ends with `ENHANCE_YOUR_CALM`: it is a flood of
    /// frames that ask for nothing.
    pub max_overhead: u64,
    /// How often a connection with open streams is pinged: every 30 s.
    pub ping_interval: Duration,
    /// For the answer to a ping: 20 s. Beyond it: a reset of the connection.
    pub ping_timeout: Duration,
}

impl Default for Http2Config {
    fn default() -> Self {
        Self {
            max_concurrent_streams: 100,
            stream_window: 64 * 1024,
            connection_window: 256 * 1024,
            max_send_buffer: 64 * 1024,
            max_pending_resets: 20,
            max_error_resets: 100,
            max_overhead: 4 * 1024 * 1024,
            ping_interval: Duration::from_secs(30),
            ping_timeout: Duration::from_secs(20),
        }
    }
}
