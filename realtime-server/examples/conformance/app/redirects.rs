use std::{
    future::ready,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use realtime_server::{
    http::{HeaderValue, Request, Response, Status},
    server::{ServerBuilder, SetupError},
};
use serde_json::json;

use super::http_echo::METHODS;

pub(super) fn install(server: &mut ServerBuilder) -> Result<(), SetupError> {
    let redirects = AtomicU64::new(0);
    server.post("/redirect/{*path}", move |request| {
        let count = redirects.fetch_add(1, Relaxed) + 1;
        ready(to_test_hub(&request, count))
    })?;
    server.post("/bad-negotiate/negotiate", |_| {
        ready(Response::text(
            Status::BAD_REQUEST,
            "Some response from server",
        ))
    })?;
    for method in METHODS {
        for pattern in ["/echoredirect", "/echoredirect/{*path}"] {
            server.route(method, pattern, |request| ready(to_echo(&request)))?;
        }
    }
    Ok(())
}

/// A negotiation that sends the client on, and says which redirect of this run it is.
fn to_test_hub(request: &Request, count: u64) -> Response {
    let base = request.query("baseUrl").unwrap_or_default();
    let url = format!("{base}/testHub?numRedirects={count}");
    Response::json(Status::OK, &json!({ "url": url }))
}

/// The same path with `echo` in place of `echoredirect`, the query kept.
fn to_echo(request: &Request) -> Response {
    let target = request.head.target.raw();
    // The route matches without case; what follows its first segment stays as it is.
    let rest = target.get("/echoredirect".len()..).unwrap_or_default();
    match HeaderValue::try_from(format!("/echo{rest}")) {
        Ok(location) => Response::empty(Status::TEMPORARY_REDIRECT).header("location", location),
        Err(_) => Response::empty(Status::BAD_REQUEST),
    }
}
