//! The time of day as text, and times that nobody can foresee.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};

/// As many digits of a second as .NET writes.
const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(7));

/// Now, in UTC: `2026-01-12T10:00:00.1234567Z` (RFC 3339).
#[must_use]
pub fn timestamp() -> String {
    PRINTER.timestamp_to_string(&Timestamp::now())
}

/// Now, in seconds since 1970.
#[must_use]
pub fn unix_seconds() -> i64 {
    Timestamp::now().as_second()
}

/// A time from zero up to `most`, in whole milliseconds, so that not everybody does the same thing
/// at the same time.
#[must_use]
pub fn jitter(most: Duration) -> Duration {
    let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
    // Keys of a new hasher are random enough for a pause.
    let random = RandomState::new().hash_one(());
    Duration::from_millis(most.checked_add(1).map_or(random, |limit| random % limit))
}
