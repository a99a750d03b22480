//! How the fields of a block are written and measured.

use core::time::Duration;

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

/// Writes a field whose value was checked to be one line.
pub(crate) fn put_field(dst: &mut BytesMut, name: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    dst.extend_from_slice(name.as_bytes());
    // The space is what keeps a space at the start of the value: receivers remove one.
    dst.extend_from_slice(if value.is_empty() { b":" } else { b": " });
    dst.extend_from_slice(value.as_bytes());
    dst.extend_from_slice(b"\n");
}

/// How many bytes [`put_field`] writes.
pub(crate) fn field_len(name: &str, value: Option<&str>) -> usize {
    value.map_or(0, |value| {
        name.len() + 1 + usize::from(!value.is_empty()) + value.len() + 1
    })
}

/// Writes `retry` in whole milliseconds.
pub(crate) fn put_retry(dst: &mut BytesMut, retry: Option<Duration>) {
    let Some(retry) = retry else { return };
    dst.extend_from_slice(b"retry: ");
    let mut millis = millis(retry);
    let mut place = 10_u64.pow(millis.checked_ilog10().unwrap_or(0));
    while place > 0 {
        dst.extend_from_slice(&[b'0' + u8::try_from(millis / place).unwrap_or(0)]);
        millis %= place;
        place /= 10;
    }
    dst.extend_from_slice(b"\n");
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

/// Writes one line for each line of `text`, with `prefix` (without its last space if the line is
/// empty) before it.
pub(crate) fn put_lines(dst: &mut BytesMut, prefix: &str, text: &str) {
    for line in lines(text) {
        let prefix = if line.is_empty() {
            prefix.trim_end()
        } else {
            prefix
        };
        dst.extend_from_slice(prefix.as_bytes());
        dst.extend_from_slice(line);
        dst.extend_from_slice(b"\n");
    }
}

/// How many bytes [`put_lines`] writes.
pub(crate) fn lines_len(prefix: &str, text: &str) -> usize {
    lines(text)
        .map(|line| {
            let prefix = if line.is_empty() {
                prefix.trim_end()
            } else {
                prefix
            };
            prefix.len() + line.len() + 1
        })
        .sum()
}

/// Splits at CR LF, CR and LF. Text that ends with a line break has an empty last line, so that
/// the receiver gets it back; `str::lines` would lose it.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text.as_bytes());
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
