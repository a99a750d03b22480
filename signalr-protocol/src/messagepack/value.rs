//! Values on their way out, each in the shortest form that holds it.

use crate::json::Sink;

/// Writes the marker and length of an array.
pub(crate) fn write_array_len<S: Sink>(sink: &mut S, len: usize) {
    match u8::try_from(len) {
        Ok(len @ 0..=0x0F) => sink.put(&[0x90 | len]),
        _ => write_wide_len(sink, len, [0xDC, 0xDD]),
    }
}

/// Writes the marker and length of a map.
pub(crate) fn write_map_len<S: Sink>(sink: &mut S, len: usize) {
    match u8::try_from(len) {
        Ok(len @ 0..=0x0F) => sink.put(&[0x80 | len]),
        _ => write_wide_len(sink, len, [0xDE, 0xDF]),
    }
}

/// Writes a string.
pub(crate) fn write_text<S: Sink>(sink: &mut S, text: &str) {
    match u8::try_from(text.len()) {
        Ok(len @ 0..=0x1F) => sink.put(&[0xA0 | len]),
        Ok(len) => sink.put(&[0xD9, len]),
        Err(_) => write_wide_len(sink, text.len(), [0xDA, 0xDB]),
    }
    sink.put(text.as_bytes());
}

/// Writes bytes.
pub(crate) fn write_binary<S: Sink>(sink: &mut S, bytes: &[u8]) {
    match u8::try_from(bytes.len()) {
        Ok(len) => sink.put(&[0xC4, len]),
        Err(_) => write_wide_len(sink, bytes.len(), [0xC5, 0xC6]),
    }
    sink.put(bytes);
}

/// The type of extension that a moment is.
pub(crate) const TIMESTAMP: i8 = -1;

/// Writes the content of a timestamp extension, which is of 4, 8 or 12 bytes.
pub(crate) fn write_timestamp<S: Sink>(sink: &mut S, bytes: &[u8]) {
    match bytes.len() {
        4 => sink.put(&[0xD6]),
        8 => sink.put(&[0xD7]),
        _ => sink.put(&[0xC7, 12]),
    }
    sink.put(&TIMESTAMP.to_be_bytes());
    sink.put(bytes);
}

/// Writes an integer that may be negative.
pub(crate) fn write_signed<S: Sink>(sink: &mut S, number: i64) {
    if let Ok(number) = u64::try_from(number) {
        return write_unsigned(sink, number);
    }
    if let Ok(number) = i8::try_from(number) {
        if number < -32 {
            sink.put(&[0xD0]);
        }
        sink.put(&number.to_be_bytes());
    } else if let Ok(number) = i16::try_from(number) {
        marked(sink, 0xD1, number.to_be_bytes());
    } else if let Ok(number) = i32::try_from(number) {
        marked(sink, 0xD2, number.to_be_bytes());
    } else {
        marked(sink, 0xD3, number.to_be_bytes());
    }
}

/// Writes an integer that is not negative.
pub(crate) fn write_unsigned<S: Sink>(sink: &mut S, number: u64) {
    if let Ok(number) = u8::try_from(number) {
        if number > 0x7F {
            sink.put(&[0xCC]);
        }
        sink.put(&[number]);
    } else if let Ok(number) = u16::try_from(number) {
        marked(sink, 0xCD, number.to_be_bytes());
    } else if let Ok(number) = u32::try_from(number) {
        marked(sink, 0xCE, number.to_be_bytes());
    } else {
        marked(sink, 0xCF, number.to_be_bytes());
    }
}

/// Writes a marker and the big-endian bytes that go with it.
pub(crate) fn marked<S: Sink, const N: usize>(sink: &mut S, marker: u8, bytes: [u8; N]) {
    sink.put(&[marker]);
    sink.put(&bytes);
}

/// Writes a length of 16 or 32 bits behind the marker for it.
fn write_wide_len<S: Sink>(sink: &mut S, len: usize, [short, long]: [u8; 2]) {
    match u16::try_from(len) {
        Ok(len) => marked(sink, short, len.to_be_bytes()),
        // What does not fit is too long for a record too, and refused when that is complete.
        Err(_) => marked(
            sink,
            long,
            u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes(),
        ),
    }
}
