//! Limits and time-outs of the HTTP layer.

use std::time::Duration;

use super::{Http2Config, Network, ProxyFields};

/// Limits and time-outs of every HTTP connection.
///
/// All sizes are in bytes. A limit is the largest value that is still accepted.
///
/// ```
/// use realtime_server::config::HttpConfig;
///
/// let mut config = HttpConfig::default();
/// config.max_head = 16 * 1024;
/// assert_eq!(config.max_request_line, 8 * 1024);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpConfig {
    /// Method, target and version without their line end: 8 KiB. RFC 9112 section 3 recommends
    /// at least 8000 octets. Beyond it: 414.
    pub max_request_line: usize,
    /// The whole head with its line ends: 32 KiB, as Kestrel. Beyond it: 431. It also bounds what
    /// is kept of a pipelined request while a stream runs.
    pub max_head: usize,
    /// Header lines: 100, as Kestrel, hyper and Envoy. Beyond it: 431. At most
    /// [`HttpConfig::HEADER_COUNT_CEILING`] counts.
    pub max_header_count: usize,
    /// No route can allow a larger body: 1 MiB. Beyond it: 413.
    pub max_body_ceiling: usize,
    /// One chunk-size line without its line end: 256 bytes. RFC 9112 section 7.1.1 asks for a
    /// limit. Beyond it: 400.
    pub max_chunk_line: usize,
    /// All chunk extensions of one body together: 4 KiB. Beyond it: 400.
    pub max_chunk_extensions: usize,
    /// The trailer section of one body with its line ends: 8 KiB. Beyond it: 431.
    pub max_trailers: usize,
    /// Trailer lines of one body: 32. Beyond it: 431.
    pub max_trailer_count: usize,
    /// A body that no handler wants is read and dropped up to this size, so that the connection
    /// can be kept: 256 KiB, as Go. A larger one closes the connection.
    pub max_discarded_body: usize,
    /// Answers before the connection is closed: 10 000, so that no connection lives for ever on
    /// one node.
    pub max_requests_per_connection: usize,
    /// From the first byte of a head to its end: 10 s in all, against slow heads. Kestrel and
    /// hyper take 30 s. Beyond it: 408.
    pub head_timeout: Duration,
    /// Until the first byte of a head: 75 s, as nginx; longer than a proxy's own idle time.
    /// Beyond it: a silent close.
    pub keep_alive_timeout: Duration,
    /// For a whole request body: 60 s. Beyond it: 408.
    pub body_timeout: Duration,
    /// A body may be slower than [`min_body_rate`](Self::min_body_rate) for this long: 5 s, as
    /// Kestrel.
    pub body_grace: Duration,
    /// Bytes per second that a body must reach after its grace: 240, as Kestrel. Zero turns the
    /// check off. Below it: 408.
    pub min_body_rate: u32,
    /// For the rest of a body that no handler wants: 5 s, as Kestrel. Beyond it: a close.
    pub discard_timeout: Duration,
    /// A response may stay without progress for 30 s; see also
    /// [`min_write_rate`](Self::min_write_rate). Beyond it: a reset.
    pub write_timeout: Duration,
    /// Bytes per second that a client must take of a response that waits for it, on average over
    /// each [`write_timeout`](Self::write_timeout): 240, as Kestrel. Below it: a reset. Zero asks for
    /// some progress only. Streams without a length are not held to it: what waits for them has
    /// limits of its own.
    pub min_write_rate: u32,
    /// A streamed response without a length may stay without progress for 5 s: its source goes on
    /// producing meanwhile. Beyond it: a reset.
    pub stream_write_timeout: Duration,
    /// What was written may stay without an acknowledgement by the peer's kernel for 20 s. Beyond
    /// it the connection is gone: so a client is noticed that lost its power or its network.
    pub unacknowledged_timeout: Duration,
    /// After the last answer the client's remaining bytes are read for 2 s (RFC 9112 section
    /// 9.6), so that the answer is not lost to a reset.
    pub linger_timeout: Duration,
    /// After the last answer at most this much is read and dropped: 8 MiB.
    pub linger_bytes: usize,
    /// A handler must answer within 30 s, unless its route holds the request open. Beyond it: 503.
    pub handler_timeout: Duration,
    /// Proxies whose word about a client is taken: none. It is its address that limits, logs and
    /// caps are then about, and its scheme and host that origins are compared with. Of several
    /// proxies in a row each must be in the list.
    pub trusted_proxies: Vec<Network>,
    /// By which fields they say it.
    pub proxy_fields: ProxyFields,
    /// What HTTP/2 has besides.
    pub http2: Http2Config,
}

impl HttpConfig {
    /// Header lines that one head can have at all: they are parsed into a table on the stack.
    pub const HEADER_COUNT_CEILING: usize = 256;
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            max_request_line: 8 * 1024,
            max_head: 32 * 1024,
            max_header_count: 100,
            max_body_ceiling: 1024 * 1024,
            max_chunk_line: 256,
            max_chunk_extensions: 4 * 1024,
            max_trailers: 8 * 1024,
            max_trailer_count: 32,
            max_discarded_body: 256 * 1024,
            max_requests_per_connection: 10_000,
            head_timeout: Duration::from_secs(10),
            keep_alive_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(60),
            body_grace: Duration::from_secs(5),
            min_body_rate: 240,
            discard_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(30),
            min_write_rate: 240,
            stream_write_timeout: Duration::from_secs(5),
            unacknowledged_timeout: Duration::from_secs(20),
            linger_timeout: Duration::from_secs(2),
            linger_bytes: 8 * 1024 * 1024,
            handler_timeout: Duration::from_secs(30),
            trusted_proxies: Vec::new(),
            proxy_fields: ProxyFields::default(),
            http2: Http2Config::default(),
        }
    }
}
