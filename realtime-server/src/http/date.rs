//! Dates in header fields.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::tz::TimeZone;

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
    let text = fixdate(since.as_secs()).unwrap_or(text);
    LAST.set((since.as_secs(), text));
    text
}

fn fixdate(second: u64) -> Option<[u8; LENGTH]> {
    format(second)?.into_bytes().try_into().ok()
}

/// A time in seconds since 1970 as an IMF-fixdate.
pub(crate) fn format(second: u64) -> Option<String> {
    let timestamp = Timestamp::from_second(i64::try_from(second).ok()?).ok()?;
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&timestamp)
        .ok()
}

/// The time in seconds since 1970, of a date in any of the three forms.
//= https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
//# A recipient that parses a timestamp value in an HTTP field MUST accept all three HTTP-date
//# formats.
pub(crate) fn parse(text: &str) -> Option<u64> {
    const FORMS: [&str; 3] = [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ];
    let time = FORMS
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())?;
    let time = TimeZone::UTC.to_timestamp(time).ok()?;
    u64::try_from(time.as_second()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_forms_are_read_and_nothing_else() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text), Some(784_111_777), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 +0100",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Thu, 01 Jan 1950 00:00:00 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(
            format(784_111_777).as_deref(),
            Some("Sun, 06 Nov 1994 08:49:37 GMT")
        );
    }
}
