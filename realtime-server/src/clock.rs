//! The time of day as text.

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};

/// As many digits of a second as .NET writes.
const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(7));

/// Now, in UTC: `2026-01-12T10:00:00.1234567Z` (RFC 3339).
#[must_use]
pub fn timestamp() -> String {
    PRINTER.timestamp_to_string(&Timestamp::now())
}
