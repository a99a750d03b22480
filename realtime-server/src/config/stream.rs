use std::time::Duration;

/// How one event stream treats its subscribers.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StreamConfig {
    /// After how long without an event a comment is sent: 15 s, as the standard advises
    /// (WHATWG HTML, section 9.2.7).
    pub keep_alive: Duration,
    /// How long a browser waits before it connects again: 2,000 ms.
    pub retry: Duration,
    /// Events that may wait for a slow subscriber before the oldest are dropped: 256.
    pub max_queued_events: usize,
    /// Bytes that may wait for a slow subscriber before the oldest events are dropped: 1 MiB.
    pub max_queued_bytes: usize,
}

impl Default for StreamConfig {
    fn default() -> Self {
        Self {
            keep_alive: Duration::from_secs(15),
            retry: Duration::from_secs(2),
            max_queued_events: 256,
            max_queued_bytes: 1024 * 1024,
        }
    }
}
