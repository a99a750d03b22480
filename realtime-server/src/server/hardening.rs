use std::time::Duration;

use crate::http::{Body, HeaderValue, Response};

/// What is added to every answer that does not say otherwise.
const DEFAULTS: [(&str, HeaderValue); 3] = [
    // Answers of programs are of the moment, and can be for one user alone.
    ("cache-control", HeaderValue::from_static("no-store")),
    ("referrer-policy", HeaderValue::from_static("no-referrer")),
    (
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    ),
];

/// What an answer may do that a browser is made to show as a page.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Adds what keeps browsers from taking an answer for something else. `hsts` is how long they are to
/// come back over TLS only.
pub(super) fn harden(response: Response, hsts: Option<Duration>) -> Response {
    if matches!(response.body, Body::Upgrade(_)) {
        return response;
    }
    let mut response = DEFAULTS
        .into_iter()
        .fold(response, |response, (name, value)| {
            if response.has(name) {
                response
            } else {
                response.header(name, value)
            }
        });
    let has_content = !matches!(response.body, Body::Empty);
    if has_content && !response.has("x-content-type-options") {
        response = response.header(
            "x-content-type-options",
            const { HeaderValue::from_static("nosniff") },
        );
    }
    // A page has a policy of its author, or none.
    let is_page = response.is_page();
    if has_content && !is_page && !response.has("content-security-policy") {
        response = response.header("content-security-policy", NOTHING);
    }
    match hsts.map(|time| HeaderValue::try_from(format!("max-age={}", time.as_secs()))) {
        Some(Ok(value)) => response.header("strict-transport-security", value),
        _ => response,
    }
}
