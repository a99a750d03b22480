//! The grammar of `Host` and of authorities.

use std::net::Ipv6Addr;

/// Whether `text` is `uri-host [":" port]` with a host that is not empty (RFC 9110 section 4.2.1
/// and 7.2).
pub(crate) fn is_authority(text: &[u8]) -> bool {
    if let [b'[', rest @ ..] = text {
        let Some(end) = rest.iter().position(|&byte| byte == b']') else {
            return false;
        };
        let (address, port) = rest.split_at(end);
        return is_ipv6(address) && matches!(port, [b']', port @ ..] if is_port(port));
    }
    let end = text
        .iter()
        .position(|&byte| byte == b':')
        .unwrap_or(text.len());
    let (name, port) = text.split_at(end);
    is_name(name) && is_port(port)
}

fn is_ipv6(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

fn is_port(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b':', digits @ ..] => digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// A `reg-name` (RFC 3986 section 3.2.2) whose first label is not empty.
fn is_name(mut name: &[u8]) -> bool {
    if name.is_empty() || name.starts_with(b".") {
        return false;
    }
    loop {
        name = match name {
            [] => return true,
            [b'%', a, b, rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => rest,
            [byte, rest @ ..] if is_name_byte(*byte) => rest,
            _ => return false,
        };
    }
}

/// `unreserved` or `sub-delims` (RFC 3986 section 2).
pub(crate) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}
