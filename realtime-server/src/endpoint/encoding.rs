use crate::http::Request;

/// Content codings of which a file may lie beside the plain one, the better first: the coding, and
/// what is appended to the name.
pub(super) const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Whether the client takes content in this coding (RFC 9110 section 12.5.3).
pub(super) fn takes(request: &Request, coding: &str) -> bool {
    let members = request.head.headers.members("accept-encoding");
    let mut any = false;
    for member in members.filter_map(|member| str::from_utf8(member).ok()) {
        let (name, weight) = match member.split_once(';') {
            Some((name, weight)) => (name.trim(), weight.trim()),
            None => (member, ""),
        };
        if name.eq_ignore_ascii_case(coding) {
            return !is_zero(weight);
        }
        any |= name == "*" && !is_zero(weight);
    }
    any
}

/// Whether a weight such as `q=0.000` says never.
fn is_zero(weight: &str) -> bool {
    let value = weight
        .split_once('=')
        .map_or("1", |(_, value)| value.trim());
    value.trim_matches(['0', '.']).is_empty()
}
