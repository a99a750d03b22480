//! References: JSON Pointers of RFC 6901 in the fragment of a URI.

use std::fmt::Write;

use crate::value::Value;

/// Whether a reference into this document finds something. References to other documents count
/// as found: nothing here can tell.
pub(crate) fn resolves(pointer: &str, document: &Value) -> bool {
    let Some(fragment) = pointer.strip_prefix('#') else {
        return true;
    };
    if fragment.is_empty() {
        return true;
    }
    let Some(path) = fragment.strip_prefix('/') else {
        return false;
    };
    path.split('/')
        .try_fold(document, |value, token| match value {
            Value::Object(object) => object.get(&unescape(token)),
            Value::Array(elements) => elements.get(token.parse::<usize>().ok()?),
            _ => None,
        })
        .is_some()
}

/// Escapes a name for use in a reference: RFC 6901, section 6.
pub(crate) fn escape(name: &str) -> String {
    let mut token = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'~' => token.push_str("~0"),
            b'/' => token.push_str("~1"),
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' => {
                token.push(char::from(byte));
            }
            _ => {
                write!(token, "%{byte:02X}").expect("the writer is memory, so nothing can fail");
            }
        }
    }
    token
}

fn unescape(token: &str) -> String {
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digits = [*high, *low];
                let text = std::str::from_utf8(&digits).unwrap_or_default();
                bytes.push(u8::from_str_radix(text, 16).unwrap_or(b'%'));
                rest = tail;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes)
        .replace("~1", "/")
        .replace("~0", "~")
}
