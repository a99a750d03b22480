//! The `Date` of answers.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

/// The length of an IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
const LENGTH: usize = 29;

thread_local! {
    /// The last second that was written, and its text.
    static LAST: Cell<(u64, [u8; LENGTH])> = const { Cell::new((0, *b"Thu, 01 Jan 1970 00:00:00 GMT")) };
}

/// The current time as an IMF-fixdate (RFC 9110 section 5.6.7), made once a second per thread.
pub(crate) fn now() -> [u8; LENGTH] {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let (second, text) = LAST.get();
    if second == since.as_secs() {
        return text;
    }
    let text = format(since.as_secs()).unwrap_or(text);
    LAST.set((since.as_secs(), text));
    text
}

fn format(second: u64) -> Option<[u8; LENGTH]> {
    let timestamp = Timestamp::from_second(i64::try_from(second).ok()?).ok()?;
    let text = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&timestamp)
        .ok()?;
    text.as_bytes().try_into().ok()
}
