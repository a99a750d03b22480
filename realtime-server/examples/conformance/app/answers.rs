use realtime_server::{
    config::{CorsConfig, Hosts, Origins},
    http::{Head, HeaderValue, Method, Response, Scheme, Status},
    server::ServerBuilder,
};

/// The cookies that every negotiation sets; the last one is over before it began.
const COOKIES: [&str; 3] = [
    "testCookie=testValue; path=/",
    "testCookie2=testValue2; path=/",
    "expiredCookie=doesntmatter; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/",
];
/// What a browser needs to see to send them from a page of another site.
const CROSS_SITE: &str = "; SameSite=None; Secure; Partitioned";

/// The fields that a page of another origin may see the answer by, and those of the preflight
/// that are given back.
const ECHOED: [(&str, &str); 3] = [
    ("origin", "access-control-allow-origin"),
    (
        "access-control-request-method",
        "access-control-allow-methods",
    ),
    (
        "access-control-request-headers",
        "access-control-allow-headers",
    ),
];

/// Adds to every answer what pages of all origins and test suites count on.
pub(super) fn install(server: &mut ServerBuilder) {
    let mut cors = CorsConfig::default();
    cors.origins = Origins::Any;
    server.cors(cors);
    server.hosts(Hosts::Any);
    server.filter_answers(|head, response| {
        let response = if head.method == Method::Options {
            Response::empty(Status::NO_CONTENT)
        } else {
            response
        };
        with_cookies(head, with_cors(head, response))
    });
}

fn with_cors(head: &Head, response: Response) -> Response {
    if head.headers.first("origin").is_none() {
        return response;
    }
    let response = response
        .header(
            "access-control-allow-credentials",
            const { HeaderValue::from_static("true") },
        )
        .header("vary", const { HeaderValue::from_static("Origin") });
    ECHOED.iter().fold(response, |response, (asked, given)| {
        let value = head.headers.text(asked).map(HeaderValue::try_from);
        match value {
            Some(Ok(value)) => response.header(given, value),
            _ => response,
        }
    })
}

fn with_cookies(head: &Head, response: Response) -> Response {
    if !head
        .target
        .path()
        .to_ascii_lowercase()
        .contains("/negotiate")
    {
        return response;
    }
    let attributes = match head.scheme {
        Scheme::Https => CROSS_SITE,
        Scheme::Http => "",
    };
    COOKIES.into_iter().fold(response, |response, cookie| {
        match HeaderValue::try_from(format!("{cookie}{attributes}")) {
            Ok(cookie) => response.header("set-cookie", cookie),
            Err(_) => response,
        }
    })
}
