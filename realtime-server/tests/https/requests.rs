//! Requests and answers of HTTP/2.

use std::time::Duration;

use h2::Reason;
use http::Request;

use crate::{
    http2::{Client, get, to},
    rig::Rig,
    until,
};

#[tokio::test]
async fn a_request_is_answered_as_by_http_1_1() {
    let rig = Rig::new("h2-ask").await;
    let mut client = Client::new(&rig).await;
    let answer = client.ask(get("/ok")).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    assert_eq!(answer.field("content-length"), Some("2"));
    assert_eq!(answer.field("x-content-type-options"), Some("nosniff"));
    assert!(answer.field("date").unwrap().ends_with(" GMT"));
    assert_eq!(answer.field("connection"), None);
    let missing = client.ask(get("/missing")).await;
    assert_eq!(missing.status, 404);
    assert_eq!(
        missing.field("content-type"),
        Some("application/problem+json")
    );
    let mirrored = client
        .send(to("POST", "/mirror").body(()).unwrap(), b"hello")
        .await;
    assert_eq!((mirrored.status, mirrored.body.as_str()), (200, "hello"));
    assert_eq!(rig.metrics.http2_connections.value(), 1);
    assert_eq!(rig.metrics.http2_streams.value(), 3);
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
//# the server MUST NOT send content in the response
#[tokio::test]
async fn head_is_get_without_content() {
    let rig = Rig::new("h2-head").await;
    let mut client = Client::new(&rig).await;
    for path in ["/ok", "/events"] {
        let answer = client.ask(to("HEAD", path).body(()).unwrap()).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}");
    }
    let answer = client.ask(to("HEAD", "/ok").body(()).unwrap()).await;
    assert_eq!(answer.field("content-length"), Some("2"));
}

//= https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3
//# If there are multiple Cookie header fields after decompression, these MUST be concatenated into
//# a single octet string using the two-octet delimiter of 0x3b, 0x20 (the ASCII string "; ") before
//# being passed into a non-HTTP/2 context
#[tokio::test]
async fn a_handler_sees_the_fields_of_http_1_1() {
    let rig = Rig::new("h2-fields").await;
    let mut client = Client::new(&rig).await;
    let request = to("GET", "/inspect?a=b")
        .header("cookie", "a=1")
        .header("x-more", "one")
        .header("cookie", "b=2")
        .header("te", "trailers");
    let answer = client.ask(request.body(()).unwrap()).await;
    let mut lines: Vec<_> = answer.body.lines().collect();
    assert_eq!(lines.remove(0), "Http2 https localhost");
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "cookie: a=1; b=2",
            "host: localhost",
            "te: trailers",
            "x-more: one"
        ]
    );
}

//= https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1
//# A server SHOULD treat a request as malformed if it contains a Host header field that identifies an
//# entity that differs from the entity in the ":authority" pseudo-header field.
#[tokio::test]
async fn what_cannot_be_served_is_refused() {
    let rig = Rig::new("h2-refused").await;
    let mut client = Client::new(&rig).await;
    let long = format!("/{}", "a".repeat(9000));
    let many = (0..101).fold(to("GET", "/ok"), |request, at| {
        request.header(format!("x-{at}"), "1")
    });
    for (request, status) in [
        (to("GET", "/ok").header("host", "other.example"), 400),
        (to("GET", "/ok").header("host", "LOCALHOST"), 200),
        (
            to("GET", "/ok").header("origin", "a").header("origin", "b"),
            400,
        ),
        (to("GET", "/ok").header("x-blank", " a"), 400),
        (to("GET", &long), 414),
        (many, 431),
        (to("TRACE", "/ok"), 501),
        (to("BREW", "/ok"), 501),
        (to("DELETE", "/ok"), 405),
        (to("GET", "/ok").header("expect", "wonders"), 417),
        (to("GET", "/ws").header("origin", "https://localhost"), 426),
    ] {
        let request = request.body(()).unwrap();
        let shown = format!("{} {:?}", request.method(), request.headers());
        assert_eq!(client.ask(request).await.status, status, "{shown}");
    }
    let tunnel = Request::builder().method("CONNECT").uri("localhost:80");
    let (response, _stream) = client.begin(tunnel.body(()).unwrap()).await;
    assert_eq!(crate::soon(response).await.unwrap().status(), 501);
    let plain = Request::builder()
        .uri("http://localhost/ok")
        .body(())
        .unwrap();
    assert_eq!(client.ask(plain).await.status, 421);
}

#[tokio::test]
async fn a_list_of_fields_over_the_limit_is_refused() {
    let rig = Rig::with("h2-large", |settings| settings.http.max_head = 4 * 1024).await;
    let mut client = Client::new(&rig).await;
    let value = "v".repeat(3 * 1024);
    let fits = client
        .ask(to("GET", "/ok").header("x-a", &value).body(()).unwrap())
        .await;
    assert_eq!(fits.status, 200);
    let request = to("GET", "/ok").header("x-a", &value).header("x-b", &value);
    let answer = client.open(request.body(()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 431);
    assert_eq!(client.ask(get("/ok")).await.status, 200);
}

#[tokio::test]
async fn a_handler_that_panics_costs_its_own_stream_alone() {
    let rig = Rig::new("h2-panic").await;
    let mut client = Client::new(&rig).await;
    assert_eq!(client.ask(get("/panics")).await.status, 500);
    // The reset can overtake what was sent before.
    let error = match client.open(get("/broken")).await {
        Ok(broken) => crate::http2::whole(broken).await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.reason(), Some(Reason::INTERNAL_ERROR));
    assert_eq!(client.ask(get("/ok")).await.status, 200);
    assert_eq!(rig.metrics.handler_panics.value(), 2);
}

#[tokio::test]
async fn a_handler_has_its_time() {
    let short = Duration::from_millis(50);
    let rig = Rig::with("h2-slow", |settings| settings.http.handler_timeout = short).await;
    let mut client = Client::new(&rig).await;
    let answer = client.ask(get("/never")).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.field("retry-after"), Some("1"));
    assert_eq!(rig.metrics.handler_timeouts.value(), 1);
}

#[tokio::test]
async fn a_reset_stream_ends_its_handler() {
    let rig = Rig::with("h2-reset", |settings| {
        settings.http.http2.max_concurrent_streams = 1;
    })
    .await;
    let mut client = Client::new(&rig).await;
    for round in 1..=5 {
        let (response, mut stream) = client.begin(get("/never")).await;
        stream.send_data(bytes::Bytes::new(), true).unwrap();
        until(|| rig.metrics.requests.value() == 2 * round - 1).await;
        stream.send_reset(Reason::CANCEL);
        drop(response);
        // There is room for it again.
        assert_eq!(client.ask(get("/ok")).await.status, 200);
    }
    assert_eq!(rig.metrics.http2_streams_reset.value(), 5);
}
