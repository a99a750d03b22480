use std::time::Duration;

/// How one event stream treats its subscribers.
///
/// ```
/// use realtime_server::config::{SlowClient, StreamConfig};
///
/// let mut config = StreamConfig::default();
/// config.slow_client = SlowClient::Disconnect;
/// assert_eq!(config.history_events, 1_000);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StreamConfig {
    /// After how long without an event a comment is sent: 15 s, as the standard advises
    /// (WHATWG HTML, section 9.2.7).
    pub keep_alive: Duration,
    /// How long a browser waits before it connects again: 2,000 ms; at least
    /// [`RETRY_FLOOR`](Self::RETRY_FLOOR).
    pub retry: Duration,
    /// Each subscriber is told to wait up to so much longer: 1 s, so that those of a server that
    /// died do not all come back at once.
    pub retry_jitter: Duration,
    /// The same for subscribers of a server that stops: 3 s.
    pub farewell_jitter: Duration,
    /// How long a subscription may last: no limit. The client is asked back, to whichever server
    /// it is sent then.
    pub max_age: Option<Duration>,
    /// A subscription with a [`max_age`](Self::max_age) lasts up to so much shorter: 60 s.
    pub max_age_jitter: Duration,
    /// Events that may wait for a slow subscriber: 256.
    pub max_queued_events: usize,
    /// Bytes that may wait for a slow subscriber: 1 MiB. No event may be larger.
    pub max_queued_bytes: usize,
    /// What happens when more would wait: the oldest are dropped.
    pub slow_client: SlowClient,
    /// Events that are kept for subscribers that come back: 1,000. With 0 nothing is kept, and
    /// events get no ids.
    pub history_events: usize,
    /// Bytes that are kept for subscribers that come back: 1 MiB.
    pub history_bytes: usize,
    /// How long events are kept for subscribers that come back: 5 min.
    pub history_age: Duration,
    /// Subscribers at the same time: 10,000. Beyond it: 503.
    pub max_subscribers: usize,
    /// Subscribers from one address at the same time: no limit of its own, because a proxy is one
    /// address. Beyond it: 429.
    pub max_per_address: Option<usize>,
    /// Subscriptions of one user at the same time: 100. Beyond it: 429.
    pub max_per_user: Option<usize>,
    /// Topics that one subscriber may ask for: 32. Beyond it: 400.
    pub max_topics: usize,
    /// The longest name of a topic, in bytes: 128. Beyond it: 400.
    pub max_topic_name: usize,
}

/// What happens to a subscriber for whom more would wait than may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SlowClient {
    /// It loses the oldest events that wait; a comment says how many, before the next event.
    #[default]
    DropOldest,
    /// An event takes the place of one with the same key that still waits, whether or not there is
    /// room; where that is not enough, the oldest are dropped.
    Conflate,
    /// It is disconnected. It comes back by itself and resumes from the history.
    Disconnect,
}

impl StreamConfig {
    /// The least that a client is ever told to wait before it connects again. With 0, which a
    /// client would obey, a failing server is asked without a pause.
    pub const RETRY_FLOOR: Duration = Duration::from_millis(500);
}

impl Default for StreamConfig {
    fn default() -> Self {
        Self {
            keep_alive: Duration::from_secs(15),
            retry: Duration::from_secs(2),
            retry_jitter: Duration::from_secs(1),
            farewell_jitter: Duration::from_secs(3),
            max_age: None,
            max_age_jitter: Duration::from_secs(60),
            max_queued_events: 256,
            max_queued_bytes: 1024 * 1024,
            slow_client: SlowClient::DropOldest,
            history_events: 1_000,
            history_bytes: 1024 * 1024,
            history_age: Duration::from_secs(300),
            max_subscribers: 10_000,
            max_per_address: None,
            max_per_user: Some(100),
            max_topics: 32,
            max_topic_name: 128,
        }
    }
}
