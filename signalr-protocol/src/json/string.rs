//! Strings on their way out.

use super::Sink;

/// Writes a string with its quotes. Only what JSON cannot hold is escaped: non-ASCII stands raw, as
/// in ASP.NET Core's relaxed encoder, and no raw 0x1E can come out.
pub(crate) fn write_string<S: Sink>(sink: &mut S, text: &str) {
    sink.put(b"\"");
    let bytes = text.as_bytes();
    let mut written = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let unicode;
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0C => b"\\f",
            0x00..0x20 => {
                unicode = [
                    b'\\',
                    b'u',
                    b'0',
                    b'0',
                    hex_digit(byte >> 4),
                    hex_digit(byte & 0x0F),
                ];
                &unicode
            }
            _ => continue,
        };
        sink.put(bytes.get(written..at).unwrap_or_default());
        sink.put(escape);
        written = at + 1;
    }
    sink.put(bytes.get(written..).unwrap_or_default());
    sink.put(b"\"");
}

const fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + nibble - 10,
    }
}
