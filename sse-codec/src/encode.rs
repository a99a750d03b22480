//! How the fields of a block are written and measured.

use core::{fmt::Write, time::Duration};

use bytes::BytesMut;
use memchr::{memchr2, memchr3};

use crate::EncodeError;

/// Fails if the event type would end its line.
pub(crate) fn check_event(event: &str) -> Result<(), EncodeError> {
    match memchr2(b'\n', b'\r', event.as_bytes()) {
        Some(at) => Err(EncodeError::LineBreakInEvent { at }),
        None => Ok(()),
    }
}

/// Fails if the id would end its line or be ignored by the receiver.
pub(crate) fn check_id(id: &str) -> Result<(), EncodeError> {
    //= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    //# If the field value does not contain U+0000 NULL, then set the last event ID buffer to the
    //# field value. Otherwise, ignore the field.
    match memchr3(b'\n', b'\r', 0, id.as_bytes()) {
        None => Ok(()),
        Some(at) if id.as_bytes().get(at) == Some(&0) => Err(EncodeError::NulInId { at }),
        Some(at) => Err(EncodeError::LineBreakInId { at }),
    }
}

/// Writes `retry` in whole milliseconds.
pub(crate) fn put_retry(dst: &mut BytesMut, retry: Option<Duration>) {
    if let Some(retry) = retry {
        // A `BytesMut` takes all that is written to it, so this does not fail.
        _ = writeln!(dst, "retry: {}", millis(retry));
    }
}

/// How many bytes [`put_retry`] writes.
pub(crate) fn retry_len(retry: Option<Duration>) -> usize {
    retry.map_or(0, |retry| {
        let further_digits = millis(retry).checked_ilog10().unwrap_or(0);
        "retry: 0\n".len() + usize::try_from(further_digits).unwrap_or(0)
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Writes the line of a field, if there is one.
pub(crate) fn put_field(dst: &mut BytesMut, prefix: &str, value: Option<&str>) {
    if let Some(value) = value {
        put_line(dst, prefix, value.as_bytes());
    }
}

/// How many bytes [`put_field`] writes.
pub(crate) fn field_len(prefix: &str, value: Option<&str>) -> usize {
    value.map_or(0, |value| line_len(prefix, value.as_bytes()))
}

/// Writes one line. The prefix ends with a space, which is left out if the text is empty and
/// otherwise keeps a space at the start of the text: receivers remove one.
pub(crate) fn put_line(dst: &mut BytesMut, prefix: &str, text: &[u8]) {
    dst.extend_from_slice(prefix_of(prefix, text).as_bytes());
    dst.extend_from_slice(text);
    dst.extend_from_slice(b"\n");
}

/// How many bytes [`put_line`] writes.
pub(crate) fn line_len(prefix: &str, text: &[u8]) -> usize {
    prefix_of(prefix, text).len() + text.len() + 1
}

fn prefix_of<'a>(prefix: &'a str, text: &[u8]) -> &'a str {
    if text.is_empty() {
        prefix.trim_end()
    } else {
        prefix
    }
}

/// Splits at CR LF, CR and LF. Text that ends with a line break has an empty last line, so that
/// the receiver gets it back; `str::lines` would lose it.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest.take()?;
        let Some((line, end)) =
            memchr2(b'\n', b'\r', text).and_then(|at| text.split_at_checked(at))
        else {
            return Some(text);
        };
        rest = end.strip_prefix(b"\r\n").or_else(|| end.get(1..));
        Some(line)
    })
}
