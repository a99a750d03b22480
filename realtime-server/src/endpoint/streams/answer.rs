use std::cmp::Reverse;

use crate::http::{HeaderValue, Problem, Request, Response, Source, Status, weighed};

/// The media type of event streams (WHATWG HTML, section 9.2.4).
const EVENT_STREAM: &str = "text/event-stream";

/// What holds it, the closest first.
const RANGES: [&str; 3] = [EVENT_STREAM, "text/*", "*/*"];

/// The response around an event stream.
pub(super) fn stream(source: Box<dyn Source>) -> Response {
    Response::stream(EVENT_STREAM, source)
        .header(
            "cache-control",
            const { HeaderValue::from_static("no-cache") },
        )
        .header(
            "x-accel-buffering",
            const { HeaderValue::from_static("no") },
        )
}

/// The response that stops an `EventSource`.
//= https://html.spec.whatwg.org/multipage/server-sent-events.html#server-sent-events-intro
//# Clients will reconnect if the connection is closed; a client can be told to stop reconnecting
//# using the HTTP 204 No Content response code.
pub(super) fn do_not_come_back() -> Response {
    Response::empty(Status::NO_CONTENT)
}

/// Refuses a request that leaves no room for an event stream: it has `Accept`, but no range in it
/// that holds one, or the closest of them says never.
//= https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
//# Media ranges can be overridden by more specific media ranges or specific media types. If more
//# than one media range applies to a given type, the most specific reference has precedence.
pub(super) fn check_accept(request: &Request) -> Result<(), Problem> {
    let headers = &request.head.headers;
    let fitting = headers.members("accept").filter_map(|range| {
        let (essence, weight) = weighed(range);
        let closeness = RANGES
            .iter()
            .position(|fitting| essence.eq_ignore_ascii_case(fitting.as_bytes()))?;
        Some((closeness, Reverse(weight)))
    });
    let wanted = fitting.min().is_some_and(|(_, Reverse(weight))| weight > 0);
    if wanted || headers.first("accept").is_none() {
        return Ok(());
    }
    Err(Problem::new(Status::NOT_ACCEPTABLE)
        .with_detail("only text/event-stream is offered here")
        .with_field("Accept"))
}

/// The response to a subscription that is not accepted.
pub(super) fn refusal(problem: Problem) -> Response {
    let later = matches!(
        problem.status,
        Status::SERVICE_UNAVAILABLE | Status::TOO_MANY_REQUESTS
    );
    let response = Response::from(problem);
    if later {
        response.header("retry-after", const { HeaderValue::from_static("5") })
    } else {
        response
    }
}
