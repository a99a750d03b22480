use std::time::Duration;

use crate::clock;

/// The reconnection time until the server says another: "a few seconds", as the standard wants it.
const DEFAULT: Duration = Duration::from_secs(3);
/// The least time between two attempts, whatever the server says.
const LEAST: Duration = Duration::from_millis(100);
/// The most that failures add up to, unless the server asks for more.
const MOST: Duration = Duration::from_secs(60);

/// How long to wait before connecting again.
#[derive(Debug, Default)]
pub(super) struct Pause {
    /// Attempts that failed since the last that did not.
    failures: u32,
}

impl Pause {
    /// The next pause, where the server asked for `retry`.
    //= https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
    //# Optionally, wait some more. In particular, if the previous attempt failed, then user agents
    //# might introduce an exponential backoff delay to avoid overloading a potentially already
    //# overloaded server.
    pub(super) fn next(&mut self, retry: Option<Duration>) -> Duration {
        let asked = retry.unwrap_or(DEFAULT).max(LEAST);
        let factor = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        let longer = asked.saturating_mul(factor).min(MOST.max(asked));
        self.failures = self.failures.saturating_add(1);
        longer.saturating_add(clock::jitter(asked / 10))
    }

    /// An attempt has not failed.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}
