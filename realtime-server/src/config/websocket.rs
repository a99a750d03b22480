use std::time::Duration;

use super::Origins;

/// How one WebSocket endpoint treats its connections.
///
/// All sizes are in bytes. A limit is the largest value that is still accepted.
///
/// ```
/// use realtime_server::config::WebSocketConfig;
///
/// let mut config = WebSocketConfig::default();
/// config.protocols = vec!["chat.v2".into(), "chat.v1".into()];
/// assert_eq!(config.max_message, 1024 * 1024);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WebSocketConfig {
    /// Which pages may connect: those that the [server](super::CorsConfig) admits.
    pub origins: Option<Origins>,
    /// The sub-protocols that are spoken here, the preferred one first: none. A client that offers
    /// others is connected without one; [`protocol`](crate::endpoint::WebSocket::protocol) tells.
    pub protocols: Vec<Box<str>>,
    /// Connections of one user at the same time, until their handlers have ended: 100. Beyond it: 429.
    /// Connections of nobody who is known are not counted.
    pub max_per_user: Option<usize>,
    /// One message over all its frames: 1 MiB. Beyond it, as soon as a frame declares it or so much
    /// was inflated: close code 1009. Frames have no limit of their own.
    pub max_message: usize,
    /// Frames of one message, empty ones included: 131,072. Beyond it: close code 1008.
    pub max_fragments: usize,
    /// Above so many bytes that wait for the socket, sending waits, nothing more is read, and of
    /// pings only the latest is answered: 64 KiB. One message more may wait, whatever its size.
    pub max_queued_bytes: usize,
    /// Whether messages are compressed with clients that offer permessage-deflate (RFC 7692): no.
    /// Each is compressed for itself, so that an idle connection holds no window; a thread holds 370 KiB
    /// for all its connections, and up to 1.9 MiB if their clients ask for all sizes of windows. Not
    /// for messages that hold a secret beside what somebody else chose: their length tells of the secret.
    pub deflate: bool,
    /// Messages of fewer bytes are not compressed: 256.
    pub deflate_threshold: usize,
    /// How often a connection is pinged: every 15 s. Zero turns pings off.
    pub ping_interval: Duration,
    /// How long nothing at all may come from a client, not even the answer to a ping: 45 s. Beyond
    /// it: close code 1001. Zero turns the check off.
    pub idle_timeout: Duration,
    /// How long a message may take to arrive, from its first byte to its last: 60 s. Beyond it: close
    /// code 1008. It is what ends a client that sends a byte now and then, or pings between the
    /// fragments of a message that never ends, and has its memory kept for that. Time in which we read
    /// nothing does not count. Where messages are large or networks slow, it has to be longer: 1 MiB in
    /// 60 s are 17 KiB a second. Zero turns the check off.
    pub message_timeout: Duration,
    /// How long a blocked socket may take nothing: 10 s. Beyond it: a reset.
    pub write_timeout: Duration,
    /// How long the closing handshake may take: 5 s. Beyond it: a close without it.
    pub close_timeout: Duration,
    /// How long a handler may go on after its connection has ended: 30 s. Then it is dropped.
    pub handler_grace: Duration,
}

impl Default for WebSocketConfig {
    fn default() -> Self {
        Self {
            origins: None,
            protocols: Vec::new(),
            max_per_user: Some(100),
            max_message: 1024 * 1024,
            max_fragments: 1 << 17,
            max_queued_bytes: 64 * 1024,
            deflate: false,
            deflate_threshold: 256,
            ping_interval: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(45),
            message_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
            handler_grace: Duration::from_secs(30),
        }
    }
}
