//! Telling work from a flood.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a connection has brought, and how much of it was of use. Its task alone writes it.
///
/// Frames that ask for nothing cost us time, some of them memory: pings, settings, priorities,
/// window updates, empty data. There is no telling which of them is one too many, but what they
/// weigh beside what is done for them.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    received: AtomicU64,
    useful: AtomicU64,
}

/// How much a client may send for each byte of use.
const FACTOR: u64 = 8;

impl Traffic {
    /// So many bytes have come in all.
    pub(super) fn received(&self, bytes: u64) {
        self.received.store(bytes, Ordering::Relaxed);
    }

    /// So many bytes of a request, or of an answer.
    pub(super) fn useful(&self, bytes: usize) {
        self.useful.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Whether more has come than can be explained.
    pub(super) fn is_flood(&self, allowance: u64) -> bool {
        let useful = self.useful.load(Ordering::Relaxed);
        let explained = useful.saturating_mul(FACTOR).saturating_add(allowance);
        self.received.load(Ordering::Relaxed) > explained
    }
}
