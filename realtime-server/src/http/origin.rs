//! Which pages may open a connection.

use super::{Head, Scheme};
use crate::config::Origins;

/// Whether the request comes from a page that may, or from no page at all.
//= https://www.rfc-editor.org/rfc/rfc6455#section-10.2
//# Servers that are not intended to process input from any web page but only for certain sites
//# SHOULD verify the |Origin| field is an origin they expect.
pub(crate) fn admits(origins: &Origins, head: &Head) -> bool {
    let listed: &[Box<str>] = match origins {
        Origins::Any => return true,
        Origins::Listed(listed) => listed,
        Origins::Same => &[],
    };
    let Some(origin) = head.headers.first("origin") else {
        return true;
    };
    let Ok(origin) = str::from_utf8(origin) else {
        return false;
    };
    // Whole, never by a part of it: `http://a.example` is no part of `http://a.example.evil.test`.
    // Not `null` either: all pages without an origin share it.
    is_same(origin, head)
        || origin != "null" && listed.iter().any(|one| one.eq_ignore_ascii_case(origin))
}

/// Scheme, host and port are the same (RFC 6454 section 5). A page in clear text is not that of a
/// server that is reached over TLS: anybody on the way could have written it. Where TLS ends in front
/// of us, a trusted proxy says so.
fn is_same(origin: &str, head: &Head) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let (Some(scheme), Some(own)) = (Scheme::parse(scheme), head.authority()) else {
        return false;
    };
    let [one, two] = [authority, own].map(|authority| scheme.without_default_port(authority));
    scheme == head.scheme && one.eq_ignore_ascii_case(two)
}
