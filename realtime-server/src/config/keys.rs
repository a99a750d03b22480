use std::time::Duration;

/// How the keys of tokens are fetched.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeySetConfig {
    /// How often they are fetched: every 5 min.
    pub refresh_period: Duration,
    /// How long after a token with an unknown key, or a fetch that failed, the next such fetch may
    /// be made: 30 s. However many tokens name unknown keys, there are no more.
    pub refresh_pause: Duration,
    /// How long a fetch may take, and so how long a request may wait for one: 5 s.
    pub fetch_timeout: Duration,
    /// The largest key set, in bytes: 64 KiB.
    pub max_body: usize,
}

impl Default for KeySetConfig {
    fn default() -> Self {
        Self {
            refresh_period: Duration::from_secs(300),
            refresh_pause: Duration::from_secs(30),
            fetch_timeout: Duration::from_secs(5),
            max_body: 64 * 1024,
        }
    }
}
