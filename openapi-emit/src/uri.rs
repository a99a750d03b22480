//! References by the grammar of RFC 3986.

use std::net::Ipv6Addr;

/// Whether the text is a URI or a relative reference.
pub(crate) fn is_reference(text: &str) -> bool {
    let (scheme, rest) = split_scheme(text);
    if scheme.is_some_and(|name| !is_scheme(name)) {
        return false;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if !is_authority(authority) {
                return false;
            }
            path
        }
        None => rest,
    };
    has_only(path, b":@/") && has_only(query, b":@/?") && has_only(fragment, b":@/?")
}

/// Whether the text is a URI: it begins with a scheme.
pub(crate) fn is_absolute(text: &str) -> bool {
    is_reference(text) && split_scheme(text).0.is_some()
}

/// What stands before a colon in the first segment can be nothing but a scheme.
fn split_scheme(text: &str) -> (Option<&str>, &str) {
    match text.split_once(':') {
        Some((before, rest)) if !before.contains(['/', '?', '#']) => (Some(before), rest),
        _ => (None, text),
    }
}

fn is_scheme(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_authority(authority: &str) -> bool {
    let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (is_host, port) =
        if let Some((address, port)) = place.strip_prefix('[').and_then(|it| it.split_once(']')) {
            (address.parse::<Ipv6Addr>().is_ok(), port)
        } else {
            let end = place.find(':').unwrap_or(place.len());
            let (host, port) = place.split_at_checked(end).unwrap_or((place, ""));
            (has_only(host, b""), port)
        };
    let is_port = match port.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => port.is_empty(),
    };
    has_only(user, b":") && is_host && is_port
}

/// Whether all is unreserved, a sub-delimiter, percent-encoded or one of `more`.
fn has_only(part: &str, more: &[u8]) -> bool {
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                tail
            }
            (byte, tail)
                if byte.is_ascii_alphanumeric()
                    || b"-._~!$&'()*+,;=".contains(byte)
                    || more.contains(byte) =>
            {
                tail
            }
            _ => return false,
        };
    }
    true
}
