use std::time::Duration;

/// How one server treats its sockets as a whole.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ServerConfig {
    /// Connections at the same time: 10,000. More are answered with 503 and closed.
    pub max_connections: usize,
    /// What the bodies of requests take, of all connections together, in bytes: 256 MiB. A body for
    /// which nothing is left is answered with 503. It counts what has come of them, until their
    /// handlers have answered.
    pub max_body_memory: usize,
    /// How long a stopping server waits for its connections: 4 s, so that the process is gone
    /// within 5.
    pub drain_timeout: Duration,
    /// How long the accept loop rests when the process is out of files or memory: 50 ms.
    pub accept_pause: Duration,
    /// Whether every connection begins with the PROXY protocol, version 1 or 2: no. It is taken from
    /// [trusted proxies](super::HttpConfig::trusted_proxies) alone; others are closed.
    pub proxy_protocol: bool,
    /// How long that may take: 5 s. Beyond it: a close.
    pub proxy_protocol_timeout: Duration,
    /// How long browsers that came over TLS are told to come over nothing else (RFC 6797): a year.
    pub hsts: Option<Duration>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            max_body_memory: 256 * 1024 * 1024,
            drain_timeout: Duration::from_secs(4),
            accept_pause: Duration::from_millis(50),
            proxy_protocol: false,
            proxy_protocol_timeout: Duration::from_secs(5),
            hsts: Some(Duration::from_secs(365 * 24 * 60 * 60)),
        }
    }
}
