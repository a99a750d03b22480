//! Which pages may open a connection.

use super::Head;
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
    is_same(origin, head) || listed.iter().any(|one| one.eq_ignore_ascii_case(origin))
}

fn is_same(origin: &str, head: &Head) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority
        .zip(head.authority())
        .is_some_and(|(one, two)| one.eq_ignore_ascii_case(two))
}
