use crate::http::{HeaderValue, Problem, Request, Response, Source, Status};

/// The media type of event streams (WHATWG HTML, section 9.2.4).
const EVENT_STREAM: &str = "text/event-stream";

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
/// that holds one.
pub(super) fn check_accept(request: &Request) -> Result<(), Problem> {
    let headers = &request.head.headers;
    let accepted = headers.first("accept").is_none()
        || headers.members("accept").any(|range| {
            let essence = range.split(|byte| *byte == b';').next().unwrap_or_default();
            let essence = essence.trim_ascii();
            [EVENT_STREAM, "text/*", "*/*"]
                .iter()
                .any(|fitting| essence.eq_ignore_ascii_case(fitting.as_bytes()))
        });
    if accepted {
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
