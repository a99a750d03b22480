//! Counters that the layers write and a metrics page reads.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
///
/// ```
/// use realtime_server::metrics::Counter;
///
/// let counter = Counter::default();
/// counter.incr();
/// counter.add(2);
/// assert_eq!(counter.value(), 3);
/// ```
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`; wraps around after 2^64.
    pub fn add(&self, n: u64) {
        // Nothing is published by a counter, so no ordering is needed.
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Adds one.
    pub fn incr(&self) {
        self.add(1);
    }

    /// The sum so far.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All counters of one server. There is no global: two servers in one process count apart.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Connections that were handed to the HTTP layer.
    pub connections_accepted: Counter,
    /// Heads that were read and understood.
    pub requests: Counter,
    /// Requests that the HTTP layer itself answered with an error: bad heads, bodies over the
    /// limit, time-outs.
    pub requests_refused: Counter,
    /// Handlers, upgrades and response streams that panicked.
    pub handler_panics: Counter,
    /// Handlers that did not answer in time.
    pub handler_timeouts: Counter,
    /// Responses and streams that were cut because the client stopped reading.
    pub write_timeouts: Counter,
    /// Connections that changed their protocol.
    pub upgrades: Counter,
}
